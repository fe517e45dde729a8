//! What a function returns, and what its callers get.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::visit::Visit;
use syn::{
    GenericArgument, Lifetime, PathArguments, Signature, Type, TypeImplTrait, TypeParamBound,
    TypeReference,
};

use cachelit_spec::Kind;

use crate::prepare::{Errors, return_span, return_type};

pub(crate) struct Returns {
    /// What the body returns; missing if the type can't be named.
    pub(crate) written: Option<Type>,
    /// An expression for the shape in `cachelit::internal`.
    pub(crate) shape: TokenStream,
    /// Whether the type looks like no `Result`, which the compiler then has to check.
    pub(crate) must_not_be_result: bool,
    /// Where errors about the result are to be shown.
    pub(crate) span: Span,
}

impl Returns {
    /// What is cached of it, inside of a `Result` or not.
    pub(crate) fn value(&self) -> Option<Type> {
        let mut written = self.written.clone()?;
        match first_argument(&mut written, "Result") {
            Some(value) => Some(value.clone()),
            None => Some(written),
        }
    }

    /// Also rewrites the signature: callers of a resource get an `Arc`.
    pub(crate) fn of(kind: Kind, sig: &mut Signature, errors: &mut Errors) -> Self {
        let written = return_type(sig);
        let span = return_span(sig).resolved_at(Span::mixed_site());
        let mut found = Found::default();
        found.visit_type(&written);
        if let Some(borrow) = found.borrow {
            errors.push(
                borrow,
                "a cached result can't borrow: the cache keeps it longer than any parameter lives. \
                 Return an owned value",
            );
        }
        match kind {
            Kind::Data => {
                if let Some((part, advice)) = no_data(&written) {
                    errors.push(part, advice);
                }
                if let Some(opaque) = found.opaque {
                    errors.push(
                        opaque,
                        "`cache_data` can't copy a result of type `impl Trait`: name the type, or use \
                         `cache_resource` to share one object",
                    );
                }
                let shape = quote_spanned! {span=> {
                    use ::cachelit::internal::Plain as _;
                    ::cachelit::internal::Returned::<#written>::new().shape()
                }};
                Returns { written: Some(written), shape, must_not_be_result: false, span }
            }
            Kind::Resource => Returns::resource(sig, written, span, found.opaque.is_some()),
        }
    }

    fn resource(sig: &mut Signature, written: Type, span: Span, is_opaque: bool) -> Self {
        let mut output = written.clone();
        let (value, [bare, wrapped], error) = match first_argument(&mut output, "Result") {
            Some(value) => (value, ["FallibleObject", "FallibleShared"], Some(quote!(, _))),
            None => (&mut output, ["Object", "Shared"], None),
        };
        let must_not_be_result = error.is_none() && !is_opaque;
        let (name, object) = if let Some(object) = first_argument(value, "Arc") {
            (wrapped, object.clone())
        } else {
            let object = value.clone();
            *value = syn::parse_quote!(::std::sync::Arc<#object>);
            (bare, object)
        };
        let name = Ident::new(name, span);
        let object = if is_opaque { quote!(_) } else { quote!(#object) };
        let shape = quote_spanned!(span=> ::cachelit::internal::#name::<#object #error>::new());
        sig.output = syn::parse_quote!(-> #output);
        Returns { written: (!is_opaque).then_some(written), shape, must_not_be_result, span }
    }
}

/// The first type argument of a path that ends in `name`; an `Arc` must be the standard library's.
fn first_argument<'a>(ty: &'a mut Type, name: &str) -> Option<&'a mut Type> {
    let Type::Path(path) = ty else { return None };
    if path.qself.is_some() {
        return None;
    }
    let first = path.path.segments.first()?.ident.to_string();
    let is_foreign =
        path.path.segments.len() > 1 && !matches!(&*first, "std" | "alloc" | "core" | "sync");
    if name == "Arc" && is_foreign {
        return None;
    }
    let last = path.path.segments.last_mut()?;
    if last.ident != name {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else { return None };
    arguments.args.iter_mut().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The part of what is cached that is certainly no data, and what to do about it. What is inside of `Err` is not
/// cached, and types of the user's may do with their arguments as they like.
fn no_data(ty: &Type) -> Option<(TokenStream, &'static str)> {
    match ty {
        Type::Paren(inner) => no_data(&inner.elem),
        Type::Group(inner) => no_data(&inner.elem),
        Type::Reference(reference) => {
            let is_text = matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("str"));
            let is_static = reference.lifetime.as_ref().is_some_and(|at| at.ident == "static");
            (is_text && is_static).then(|| {
                let advice = "`cache_data` can't read a `&'static str` back from where it stores it: return a `String`";
                (quote!(#reference), advice)
            })
        }
        Type::TraitObject(object) => {
            let advice = object.bounds.iter().find_map(no_data_object)?;
            Some((quote!(#object), advice))
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let wraps =
                ["Result", "Option", "Vec", "Box", "Pin"].iter().any(|name| last.ident == name);
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match arguments.args.first()? {
                GenericArgument::Type(inner) if wraps => no_data(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What to do about objects of this trait, if they are no data.
fn no_data_object(bound: &TypeParamBound) -> Option<&'static str> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    let last = bound.path.segments.last()?;
    if matches!(last.arguments, PathArguments::Parenthesized(_)) {
        return Some(
            "`cache_data` can't copy a closure: return the data from which it is made, or use `cache_resource` to \
             share one",
        );
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let output = |argument: &GenericArgument| matches!(argument, GenericArgument::AssocType(ty) if ty.ident == "Output");
    (last.ident == "Future" && arguments.args.iter().any(output)).then_some(
        "`cache_data` can't copy a future: make the function `async`, await the future in it, and return what it \
         gives",
    )
}

/// Parts of a return type that a cache can't keep.
#[derive(Default)]
struct Found {
    borrow: Option<TokenStream>,
    opaque: Option<TokenStream>,
}

impl<'ast> Visit<'ast> for Found {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if reference.lifetime.is_none() {
            self.borrow.get_or_insert_with(|| quote!(#reference));
        }
        syn::visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.borrow.get_or_insert_with(|| quote!(#lifetime));
        }
    }

    fn visit_type_impl_trait(&mut self, opaque: &'ast TypeImplTrait) {
        self.opaque.get_or_insert_with(|| quote!(#opaque));
        syn::visit::visit_type_impl_trait(self, opaque);
    }

    /// `fn(&T)` borrows nothing.
    fn visit_type_fn_ptr(&mut self, _pointer: &'ast syn::TypeFnPtr) {}

    /// Nor does `dyn Fn(&T)`.
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _arguments: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }

    fn visit_bound_lifetimes(&mut self, _lifetimes: &'ast syn::BoundLifetimes) {}
}
