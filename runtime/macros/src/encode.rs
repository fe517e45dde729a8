//! Code that makes parameters part of the key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{GenericArgument, GenericParam, Generics, Lifetime, PathArguments, Type, TypeImplTrait};

use cachelit_spec::Kind;
use cachelit_spec::options::{Options, RefreshMode};

use crate::prepare::{Cached, Param};
use crate::process::scope;

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
    if cached.params.iter().any(|param| param.is_hashed) {
        code.extend(use_in_records(cached));
    }
    for param in &cached.params {
        code.extend(encode_param(cached, param));
    }
    code
}

/// Types that are numbers, and how many bytes of a key they take.
const NUMBERS: [(&str, usize); 14] = [
    ("u64", 8),
    ("u32", 4),
    ("u16", 2),
    ("u8", 1),
    ("usize", 8),
    ("i64", 8),
    ("i32", 4),
    ("i16", 2),
    ("i8", 1),
    ("isize", 8),
    ("f64", 8),
    ("f32", 4),
    ("bool", 1),
    ("char", 4),
];

/// What a short key may hold.
const SHORT: usize = 16;

/// How a thread can be asked for a call before that has a key.
pub(crate) struct Early {
    /// Its parameters, an expression of an `Option`.
    pub(crate) parameters: TokenStream,
    /// Whether these are few numbers.
    pub(crate) is_short: bool,
}

impl Early {
    /// Of parameters that are numbers and texts, as far as the names of their types tell. What these are, the runtime
    /// finds out.
    pub(crate) fn of(cached: &Cached) -> Option<Self> {
        let is_plain = cached.sig.generics.params.is_empty()
            && !cached.is_method
            && cached.returns.written.is_some()
            && !cached.options.allow_widgets
            && cached.options.persist.is_none()
            && cached.options.refresh_mode != RefreshMode::Background;
        if !is_plain || cached.params.iter().any(|param| first_impl_trait(&param.ty).is_some()) {
            return None;
        }
        let (mut parts, mut len) = (TokenStream::new(), 0);
        for param in cached.params.iter().filter(|param| param.is_hashed) {
            if cached.values.hash_funcs.concern(&param.ty) {
                return None;
            }
            let (width, part) = part(&param.ty, &param.reference)?;
            len += width;
            parts.extend(part);
        }
        let is_short = len <= SHORT;
        let parameters = if is_short {
            quote!(::cachelit::internal::Numbers::new() #parts .short())
        } else {
            quote!(::cachelit::internal::Parts::new() #parts .hash())
        };
        Some(Early { parameters, is_short })
    }

    /// The method that asks for the result: the imports that it needs, and its call.
    pub(crate) fn method(&self, cached: &Cached) -> (TokenStream, TokenStream) {
        let value = cached.returns.value();
        let is_number = value.is_some_and(|value| width(&value).is_some());
        let import = |name| quote!(use ::cachelit::internal::{#name as _, OfNothing as _};);
        match cached.kind {
            Kind::Resource => (import(quote!(OfObject)), quote!(object())),
            Kind::Data if is_number && self.is_short => {
                (TokenStream::new(), number(&cached.options, cached.kind))
            }
            Kind::Data => (import(quote!(OfData)), quote!(data())),
        }
    }
}

/// What is said of the function here is known to the compiler, so that no call reads it.
fn number(options: &Options, kind: Kind) -> TokenStream {
    let is_plain =
        options.ttl.is_none() && options.max_entries.is_none() && options.max_size.is_none();
    let scope = scope(options, kind);
    if is_plain { quote!(plain_number(#scope)) } else { quote!(number()) }
}

/// How many bytes a number or a text takes at least, or as many as make a key long, and the call that adds what is
/// behind `reference`, an expression of type `&ty`.
fn part(ty: &Type, reference: &TokenStream) -> Option<(usize, TokenStream)> {
    if let Type::Reference(target) = ty {
        return part(&target.elem, &quote!(&**#reference));
    }
    if let Some(width) = width(ty) {
        return Some((width, quote!(.number(#reference))));
    }
    let Type::Path(path) = ty else { return None };
    let is_text = path.path.is_ident("str") || path.path.is_ident("String");
    is_text.then(|| {
        let text = quote! {
            .text({
                use ::cachelit::internal::{ByNoText as _, ByText as _};
                (&&::cachelit::internal::Param(#reference)).text()
            })
        };
        (SHORT + 1, text)
    })
}

fn width(ty: &Type) -> Option<usize> {
    let Type::Path(path) = ty else { return None };
    let (_, width) = NUMBERS.iter().find(|(name, _)| path.path.is_ident(name))?;
    Some(*width)
}

/// Makes the functions of `hash_funcs` known to the records in the parameters.
fn use_in_records(cached: &Cached) -> Option<TokenStream> {
    let key = key();
    let value = Ident::new("__cachelit_value", Span::mixed_site());
    let functions = cached.values.hash_funcs.0.iter();
    let known = functions.filter(|(ty, _)| is_static(ty, &cached.sig.generics));
    let known = known.map(|(ty, function)| {
        let (name, shape) = (canonical(ty), function.to_string());
        quote! {
            |#value, #key| match ::cachelit::internal::Target::<#ty>::new().of(#value) {
                ::core::option::Option::Some(#value) => {
                    ::cachelit::internal::encode_by(#value, #key, #name, #shape, #function);
                    true
                }
                ::core::option::Option::None => false,
            }
        }
    });
    let known: Vec<TokenStream> = known.collect();
    if known.is_empty() {
        return None;
    }
    Some(quote! {
        ::cachelit::internal::use_hash_funcs(#key, const {
            #[allow(unused_imports)]
            use ::cachelit::internal::Unsized as _;
            &[#((#known) as ::cachelit::internal::HashFunc),*]
        });
    })
}

/// Whether a type that is written like this borrows nothing and hangs on no type parameter.
pub(crate) fn is_static(ty: &Type, generics: &Generics) -> bool {
    struct Search<'a>(&'a Generics, bool);
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.1 &= lifetime.ident == "static";
        }

        fn visit_type(&mut self, ty: &'ast Type) {
            self.1 &= match ty {
                Type::Reference(reference) => reference.lifetime.is_some(),
                Type::Macro(_) | Type::Infer(_) | Type::ImplTrait(_) => false,
                Type::Path(path) => path.path.segments.first().is_none_or(|first| {
                    first.ident != "Self"
                        && self.0.type_params().all(|param| param.ident != first.ident)
                }),
                _ => true,
            };
            syn::visit::visit_type(self, ty);
        }
    }
    let mut search = Search(generics, true);
    search.visit_type(ty);
    search.1
}

/// Encodes a field of a record, by a function of the call's `hash_funcs` if there is one for its type, or
/// for one that is written inside of it.
pub(crate) fn encode_field(generics: &Generics, ty: &Type, reference: &TokenStream) -> TokenStream {
    let key = key();
    let own = encode_own(ty, reference);
    let by_parts = match encode_parts(ty, reference, 0, &|ty, reference, depth| {
        encode_part(generics, ty, reference, depth)
    }) {
        Some(parts) => parts,
        None if is_static(ty, generics) => {
            let by_function = encode_by_hash_func(reference);
            return quote!(if !#by_function { #own });
        }
        None => return own,
    };
    let by_parts = if is_static(ty, generics) {
        let by_function = encode_by_hash_func(reference);
        quote!(if !#by_function { #by_parts })
    } else {
        by_parts
    };
    quote!(if ::cachelit::internal::has_hash_funcs(#key) { #by_parts } else { #own })
}

/// What stands inside a field.
fn encode_part(
    generics: &Generics,
    ty: &Type,
    reference: &TokenStream,
    depth: usize,
) -> TokenStream {
    let parts = encode_parts(ty, reference, depth, &|ty, reference, depth| {
        encode_part(generics, ty, reference, depth)
    });
    let own = parts.unwrap_or_else(|| encode_own(ty, reference));
    if !is_static(ty, generics) {
        return own;
    }
    let by_function = encode_by_hash_func(reference);
    quote!(if !#by_function { #own })
}

fn encode_own(ty: &Type, reference: &TokenStream) -> TokenStream {
    let key = key();
    quote_spanned!(ty.span()=> ::cachelit::CacheKey::encode(#reference, #key);)
}

/// Encodes what is behind `reference` by a function of `hash_funcs`, if there is one for its type.
pub(crate) fn encode_by_hash_func(reference: &TokenStream) -> TokenStream {
    let key = key();
    quote!((&&::cachelit::internal::Part(#reference)).encode_by_hash_func(#key))
}

fn encode_param(cached: &Cached, param: &Param) -> TokenStream {
    let key = key();
    let reference = &param.reference;
    let mut code = TokenStream::new();
    if first_impl_trait(&param.ty).is_some() && !reference.is_empty() {
        code.extend(quote!(::cachelit::internal::encode_type_of(#reference, #key);));
    }
    if param.is_hashed {
        code.extend(encode_value(&cached.values.hash_funcs, param, &param.ty, reference, 0));
    }
    code
}

/// The first `impl Trait` in a type.
pub(crate) fn first_impl_trait(ty: &Type) -> Option<TypeImplTrait> {
    struct Search(Option<TypeImplTrait>);
    impl<'ast> Visit<'ast> for Search {
        fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
            self.0.get_or_insert_with(|| ty.clone());
        }
    }
    let mut search = Search(None);
    search.visit_type(ty);
    search.0
}

/// Encodes the value behind `reference`, an expression of type `&ty`.
fn encode_value(
    hash_funcs: &HashFuncs,
    param: &Param,
    ty: &Type,
    reference: &TokenStream,
    depth: usize,
) -> TokenStream {
    let key = key();
    if let Some((name, function)) = hash_funcs.find(ty) {
        let shape = function.to_string();
        return quote!(::cachelit::internal::encode_by(#reference, #key, #name, #shape, #function););
    }
    if !hash_funcs.concern(ty) {
        return encode_leaf(param, ty, reference);
    }
    let parts = encode_parts(ty, reference, depth, &|ty, reference, depth| {
        encode_value(hash_funcs, param, ty, reference, depth)
    });
    parts.unwrap_or_else(|| encode_leaf(param, ty, reference))
}

/// Encodes by `CacheKey`, else by `Hash`. Errors point at the parameter's name.
fn encode_leaf(param: &Param, ty: &Type, reference: &TokenStream) -> TokenStream {
    if let Type::Reference(target) = ty {
        return encode_leaf(param, &target.elem, &quote!(&**#reference));
    }
    let key = key();
    let span = param.span.resolved_at(Span::mixed_site());
    let method = Ident::new("encode_param", span);
    let value = quote_spanned!(span=> (&&&::cachelit::internal::Param(#reference)));
    quote! {
        {
            use ::cachelit::internal::{ByHash as _, ByKey as _, ByNothing as _};
            #value.#method(#key);
        }
    }
}

/// Takes a type apart in which a function of `hash_funcs` is needed further inside.
fn encode_parts(
    ty: &Type,
    reference: &TokenStream,
    depth: usize,
    inner: &dyn Fn(&Type, &TokenStream, usize) -> TokenStream,
) -> Option<TokenStream> {
    let key = key();
    let names: Vec<Ident> = (0..2)
        .map(|n| Ident::new(&format!("__cachelit_part_{depth}_{n}"), Span::mixed_site()))
        .collect();
    let (first, second) = (&names[0], &names[1]);
    let part = |ty: &Type, name: &Ident| inner(ty, &quote!(#name), depth + 1);
    let sequence = |element: &Type| {
        let encode = part(element, first);
        quote!(#key.write_sequence((#reference).iter(), |#first, #key| { #encode });)
    };
    match ty {
        Type::Paren(paren) => encode_parts(&paren.elem, reference, depth, inner),
        Type::Group(group) => encode_parts(&group.elem, reference, depth, inner),
        Type::Reference(target) => Some(inner(&target.elem, &quote!(&**#reference), depth)),
        Type::Slice(slice) => Some(sequence(&slice.elem)),
        Type::Array(array) => Some(sequence(&array.elem)),
        Type::Tuple(tuple) => {
            let parts = tuple.elems.iter().enumerate().map(|(n, element)| {
                let index = syn::Index::from(n);
                inner(element, &quote!((&(#reference).#index)), depth + 1)
            });
            Some(quote!(#(#parts)*))
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let arguments = type_arguments(&last.arguments);
            match (&*last.ident.to_string(), &*arguments) {
                ("Box" | "Arc" | "Rc", [target]) => {
                    Some(inner(target, &quote!((&**#reference)), depth + 1))
                }
                ("Vec" | "VecDeque" | "LinkedList", [element, ..]) => Some(sequence(element)),
                ("Option", [value]) => {
                    let encode = part(value, first);
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
