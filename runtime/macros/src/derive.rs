//! `#[derive(CacheKey)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Expr, Field, Fields, Generics};

use crate::encode::{encode_by_hash_func, encode_field};

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let key = crate::encode::key();
    let shape = shape(&input.data)?;
    let body = match &input.data {
        Data::Struct(data) => {
            let (pattern, encode) = fields(&input.generics, &data.fields)?;
            quote!(let Self #pattern = self; #encode)
        }
        Data::Enum(data) => {
            let arms = data.variants.iter().map(|variant| {
                let (pattern, encode) = fields(&input.generics, &variant.fields)?;
                let ident = &variant.ident;
                let text = ident.unraw().to_string();
                Ok(quote!(Self::#ident #pattern => { #key.write_text(#text); #encode }))
            });
            let arms = arms.collect::<syn::Result<Vec<_>>>()?;
            if arms.is_empty() { quote!(match *self {}) } else { quote!(match self { #(#arms)* }) }
        }
        Data::Union(data) => {
            return Err(Error::new(
                data.union_token.span(),
                "a `union` has no `CacheKey`: nothing says which of its fields is there. Implement it by hand",
            ));
        }
    };
    let mut generics = input.generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(syn::parse_quote!(::cachelit::CacheKey));
    }
    // A record is recognised wherever it stands; a borrowing one only as it is written in a parameter.
    let may_be_known = input.generics.lifetimes().next().is_none()
        && input.generics.type_params().next().is_none();
    let by_hash_func = may_be_known.then(|| {
        let by_function = encode_by_hash_func(&quote!(self));
        quote!(if #by_function { return; })
    });
    let (impl_generics, type_generics, bounds) = generics.split_for_impl();
    let text = name.unraw().to_string();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::cachelit::CacheKey for #name #type_generics #bounds {
            fn encode(&self, #key: &mut ::cachelit::KeyHasher) {
                #[allow(unused_imports)]
                use ::cachelit::internal::{ByFunc as _, ByNoFunc as _};
                #by_hash_func
                #key.write_text(::core::concat!(::core::module_path!(), "::", #text));
                ::cachelit::internal::encode_shape(#key, #shape);
                #body
            }
        }
    })
}

/// Names and types of the fields as they are written, and what is asked of them. Another build of the program may
/// know fields of other names whose values encode alike.
fn shape(data: &Data) -> syn::Result<String> {
    let fields: Vec<&Fields> = match data {
        Data::Struct(data) => vec![&data.fields],
        Data::Enum(data) => data.variants.iter().map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    };
    let described = fields.into_iter().flatten().map(|field| {
        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let how = match encoding(field)? {
            Encoding::Whole => String::new(),
            Encoding::Skip => " skip".to_owned(),
            Encoding::With(function) => format!(" with {}", function.to_token_stream()),
        };
        Ok(format!("{name}:{}{how},", field.ty.to_token_stream()))
    });
    described.collect()
}

/// How a field is encoded.
enum Encoding {
    Whole,
    Skip,
    With(Box<Expr>),
}

fn encoding(field: &Field) -> syn::Result<Encoding> {
    let mut encoding = Encoding::Whole;
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("cache_key")) {
        attr.parse_nested_meta(|meta| {
            if !matches!(encoding, Encoding::Whole) {
                return Err(meta.error("a field takes one of `skip` and `with = function`, once"));
            }
            if meta.path.is_ident("skip") {
                encoding = Encoding::Skip;
                return Ok(());
            }
            if meta.path.is_ident("with") {
                encoding = Encoding::With(Box::new(meta.value()?.parse()?));
                return Ok(());
            }
            Err(meta.error("unknown option: `cache_key` takes `skip` and `with = function`"))
        })?;
    }
    Ok(encoding)
}

/// A pattern that binds the fields, and code that encodes them.
fn fields(generics: &Generics, fields: &Fields) -> syn::Result<(TokenStream, TokenStream)> {
    let key = crate::encode::key();
    let mut bindings = Vec::new();
    let mut code = TokenStream::new();
    for (n, field) in fields.iter().enumerate() {
        let value = match &field.ident {
            Some(name) => format_ident!("__cachelit_{}", name.unraw(), span = Span::mixed_site()),
            None => Ident::new(&format!("__cachelit_{n}"), Span::mixed_site()),
        };
        let encoding = encoding(field)?;
        let binding = if matches!(encoding, Encoding::Skip) { quote!(_) } else { quote!(#value) };
        bindings.push(match &field.ident {
            Some(name) => quote!(#name: #binding),
            None => binding,
        });
        match encoding {
            Encoding::Skip => {}
            Encoding::Whole => {
                code.extend(encode_field(generics, &field.ty, &quote!(#value)));
            }
            Encoding::With(function) => {
                code.extend(quote!(::cachelit::internal::encode_with(#value, #key, #function);));
            }
        }
    }
    let pattern = match fields {
        Fields::Named(_) => quote!({ #(#bindings),* }),
        Fields::Unnamed(_) => quote!((#(#bindings),*)),
        Fields::Unit => quote!(),
    };
    Ok((pattern, code))
}
