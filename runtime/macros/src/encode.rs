//! Code that makes parameters part of the key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{GenericArgument, GenericParam, PathArguments, Type};

use crate::prepare::{Cached, Param};

/// The entries of `hash_funcs`.
#[derive(Default)]
pub(crate) struct HashFuncs(Vec<(Type, TokenStream)>);

impl HashFuncs {
    pub(crate) fn push(&mut self, ty: Type, function: TokenStream) {
        self.0.push((ty, function));
    }

    /// The function for exactly this type, and the type's text.
    fn find(&self, ty: &Type) -> Option<(String, &TokenStream)> {
        let text = canonical(ty);
        self.0
            .iter()
            .find(|(known, _)| canonical(known) == text)
            .map(|(_, function)| (text, function))
    }

    /// Whether there is a function for this type or for one written inside of it.
    fn concern(&self, ty: &Type) -> bool {
        struct Search<'a>(&'a HashFuncs, bool);
        impl<'ast> Visit<'ast> for Search<'_> {
            fn visit_type(&mut self, ty: &'ast Type) {
                self.1 |= self.0.find(ty).is_some();
                syn::visit::visit_type(self, ty);
            }
        }
        let mut search = Search(self, false);
        search.visit_type(ty);
        search.1
    }
}

/// A type's tokens, without what makes no difference.
fn canonical(ty: &Type) -> String {
    match ty {
        Type::Paren(inner) => canonical(&inner.elem),
        Type::Group(inner) => canonical(&inner.elem),
        other => other.to_token_stream().to_string(),
    }
}

/// The name of the `KeyHasher` in the code made here.
pub(crate) fn key() -> Ident {
    Ident::new("__cachelit_key", Span::mixed_site())
}

/// Statements that encode a call: type arguments, `Self`, and the hashed parameters.
pub(crate) fn encode_call(cached: &Cached) -> TokenStream {
    let key = key();
    let mut code = TokenStream::new();
    if cached.is_method {
        code.extend(quote!(::cachelit::internal::encode_type::<Self>(#key);));
    }
    for param in &cached.sig.generics.params {
        match param {
            GenericParam::Type(param) => {
                let name = &param.ident;
                code.extend(quote!(::cachelit::internal::encode_type::<#name>(#key);));
            }
            GenericParam::Const(param) => {
                let name = &param.ident;
                code.extend(quote!(::cachelit::CacheKey::encode(&#name, #key);));
            }
            GenericParam::Lifetime(_) => {}
        }
    }
    for param in &cached.params {
        code.extend(encode_param(cached, param));
    }
    code
}

fn encode_param(cached: &Cached, param: &Param) -> TokenStream {
    let key = key();
    let reference = &param.reference;
    let mut code = TokenStream::new();
    if mentions_impl_trait(&param.ty) && !reference.is_empty() {
        code.extend(quote!(::cachelit::internal::encode_type_of(#reference, #key);));
    }
    if param.is_hashed {
        code.extend(encode_value(&cached.values.hash_funcs, &param.ty, reference, 0));
    }
    code
}

fn mentions_impl_trait(ty: &Type) -> bool {
    struct Search(bool);
    impl<'ast> Visit<'ast> for Search {
        fn visit_type_impl_trait(&mut self, _ty: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut search = Search(false);
    search.visit_type(ty);
    search.0
}

/// Encodes the value behind `reference`, an expression of type `&ty`.
fn encode_value(
    hash_funcs: &HashFuncs,
    ty: &Type,
    reference: &TokenStream,
    depth: usize,
) -> TokenStream {
    let key = key();
    if let Some((name, function)) = hash_funcs.find(ty) {
        return quote!(::cachelit::internal::encode_by(#reference, #key, #name, #function););
    }
    if !hash_funcs.concern(ty) {
        return encode_leaf(ty, reference);
    }
    encode_parts(hash_funcs, ty, reference, depth).unwrap_or_else(|| encode_leaf(ty, reference))
}

/// Encodes by `CacheKey`, else by `Hash`. Errors point at the type as the user wrote it.
fn encode_leaf(ty: &Type, reference: &TokenStream) -> TokenStream {
    let key = key();
    let method = Ident::new("encode_param", ty.span().resolved_at(Span::mixed_site()));
    let param = quote_spanned!(ty.span()=> (&&&::cachelit::internal::Param(#reference)));
    quote! {
        {
            use ::cachelit::internal::{ByHash as _, ByKey as _, ByNothing as _};
            #param.#method(#key);
        }
    }
}

/// Takes a type apart in which a function of `hash_funcs` is needed further inside.
fn encode_parts(
    hash_funcs: &HashFuncs,
    ty: &Type,
    reference: &TokenStream,
    depth: usize,
) -> Option<TokenStream> {
    let key = key();
    let names: Vec<Ident> = (0..2)
        .map(|n| Ident::new(&format!("__cachelit_part_{depth}_{n}"), Span::mixed_site()))
        .collect();
    let (first, second) = (&names[0], &names[1]);
    let part = |ty: &Type, name: &Ident| encode_value(hash_funcs, ty, &quote!(#name), depth + 1);
    let sequence = |element: &Type| {
        let encode = part(element, first);
        quote!(#key.write_sequence((#reference).iter(), |#first, #key| { #encode });)
    };
    match ty {
        Type::Paren(inner) => encode_parts(hash_funcs, &inner.elem, reference, depth),
        Type::Group(inner) => encode_parts(hash_funcs, &inner.elem, reference, depth),
        Type::Reference(inner) => {
            Some(encode_value(hash_funcs, &inner.elem, &quote!(&**#reference), depth))
        }
        Type::Slice(slice) => Some(sequence(&slice.elem)),
        Type::Array(array) => Some(sequence(&array.elem)),
        Type::Tuple(tuple) => {
            let parts = tuple.elems.iter().enumerate().map(|(n, element)| {
                let index = syn::Index::from(n);
                encode_value(hash_funcs, element, &quote!((&(#reference).#index)), depth + 1)
            });
            Some(quote!(#(#parts)*))
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let arguments = type_arguments(&last.arguments);
            match (&*last.ident.to_string(), &*arguments) {
                ("Box" | "Arc" | "Rc", [inner]) => {
                    Some(encode_value(hash_funcs, inner, &quote!((&**#reference)), depth + 1))
                }
                ("Vec" | "VecDeque" | "LinkedList", [element, ..]) => Some(sequence(element)),
                ("Option", [inner]) => {
                    let encode = part(inner, first);
                    Some(quote! {
                        ::cachelit::CacheKey::encode(&(#reference).is_some(), #key);
                        if let ::core::option::Option::Some(#first) = #reference { #encode }
                    })
                }
                ("HashMap" | "BTreeMap", [name, value, ..]) => {
                    let (name, value) = (part(name, first), part(value, second));
                    Some(quote! {
                        #key.write_unordered((#reference).iter(), |(#first, #second), #key| {
                            #name
                            #value
                        });
                    })
                }
                ("HashSet" | "BTreeSet", [element, ..]) => {
                    let encode = part(element, first);
                    Some(
                        quote!(#key.write_unordered((#reference).iter(), |#first, #key| { #encode });),
                    )
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn type_arguments(arguments: &PathArguments) -> Vec<Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    types.collect()
}
