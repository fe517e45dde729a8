//! From tokens to a function that can be cached, or to the reasons why not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    Attribute, Block, Error, FnArg, Pat, ReceiverKind, ReturnType, Safety, Signature, Type,
    Visibility,
};

use cachelit_spec::options::{
    self, CodeCoverage, OptionName, Options, Persist, Problem, RefreshMode,
};
use cachelit_spec::token::{TokenRange, slice};
use cachelit_spec::{CodeHash, Kind, TokenBuffer, code_hash};

use crate::encode::{HashFuncs, first_impl_trait};
use crate::returns::Returns;

/// A function that can be cached.
pub(crate) struct Cached {
    pub(crate) kind: Kind,
    pub(crate) options: Options,
    pub(crate) values: Values,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// What stands between the braces.
    pub(crate) body: TokenStream,
    pub(crate) params: Vec<Param>,
    pub(crate) returns: Returns,
    /// Whether it stands in an `impl` block.
    pub(crate) is_method: bool,
    pub(crate) code_hash: CodeHash,
}

/// Values of options that are Rust code.
pub(crate) struct Values {
    pub(crate) ttl: Option<TokenStream>,
    pub(crate) hash_funcs: HashFuncs,
    pub(crate) validate: Option<TokenStream>,
    pub(crate) on_release: Option<TokenStream>,
}

/// A parameter.
pub(crate) struct Param {
    /// The name as it is reported: `self`, `num_rows`.
    pub(crate) name: String,
    /// Where the name stands, for errors about it.
    pub(crate) span: Span,
    /// An expression for a reference to the value.
    pub(crate) reference: TokenStream,
    pub(crate) ty: Type,
    pub(crate) is_hashed: bool,
}

/// A `fn` item whose body stays as it is.
struct Item {
    attrs: Vec<Attribute>,
    vis: Visibility,
    sig: Signature,
    body: TokenStream,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse().map_err(|error| {
            Error::new(error.span(), format!("only a function can be cached: {error}"))
        })?;
        if input.peek(syn::Token![;]) {
            return Err(input.error("only a function with a body can be cached"));
        }
        let content;
        syn::braced!(content in input);
        for mut inner in content.call(Attribute::parse_inner)? {
            inner.style = syn::AttrStyle::Outer;
            attrs.push(inner);
        }
        Ok(Item { attrs, vis, sig, body: content.parse()? })
    }
}

/// Collects all errors, so that one compilation shows them all.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.add(Error::new_spanned(at, message));
    }

    fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    fn finish(self) -> syn::Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

pub(crate) fn prepare(
    kind: Kind,
    attribute: &TokenStream,
    item: TokenStream,
) -> syn::Result<Cached> {
    let code_hash = code_hash(TokenBuffer::from_tokens(item.clone()).tokens());
    let Item { attrs, vis, mut sig, body } = syn::parse2(item)?;
    let mut errors = Errors::default();
    let buffer = TokenBuffer::from_tokens(attribute.clone());
    let (options, problems) = options::parse(kind, buffer.tokens());
    for problem in &problems {
        errors.add(problem_error(problem, attribute, &buffer));
    }
    let values = values(&options, attribute, &mut errors);
    unsupported_options(&options, attribute, &mut errors);
    function_kind(&sig, &attrs, &mut errors);
    if options.refresh_mode == RefreshMode::Background {
        background(&sig, &mut errors);
    }
    if options.persist.is_some() {
        persisted(&sig, &mut errors);
    }
    let is_method = is_method(&sig, &body);
    let params = params(&mut sig, &mut errors);
    let returns = Returns::of(kind, &mut sig, &mut errors);
    errors.finish()?;
    Ok(Cached {
        kind,
        options,
        values,
        attrs,
        vis,
        sig,
        body,
        params,
        returns,
        is_method,
        code_hash,
    })
}

fn problem_error(problem: &Problem, attribute: &TokenStream, buffer: &TokenBuffer<Span>) -> Error {
    let message = match &problem.help {
        Some(help) => format!("{}: {help}", problem.message),
        None => problem.message.clone(),
    };
    let tokens = slice(attribute, &problem.range);
    if !tokens.is_empty() {
        return Error::new_spanned(tokens, message);
    }
    let spans = buffer.spans();
    let span = spans.get(problem.range.start).or(spans.last()).copied();
    Error::new(span.unwrap_or_else(Span::call_site), message)
}

fn values(options: &Options, attribute: &TokenStream, errors: &mut Errors) -> Values {
    let tokens = |range: &TokenRange| slice(attribute, range);
    let mut hash_funcs = HashFuncs::default();
    for entry in &options.hash_funcs {
        match syn::parse2(tokens(&entry.ty)) {
            Ok(ty) => hash_funcs.push(ty, tokens(&entry.function)),
            Err(error) => errors.add(error),
        }
    }
    let ttl = options.ttl.as_ref().map(|ttl| match ttl {
        options::Ttl::Known(duration) => {
            let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
            quote!(::core::time::Duration::new(#seconds, #nanos))
        }
        options::Ttl::Expression(range) => tokens(range),
    });
    Values {
        ttl,
        hash_funcs,
        validate: options.validate.as_ref().map(tokens),
        on_release: options.on_release.as_ref().map(tokens),
    }
}

/// Options of the grammar that this version of the runtime does not have.
fn unsupported_options(options: &Options, attribute: &TokenStream, errors: &mut Errors) {
    let mut reject = |name: OptionName| {
        let given = options.given.iter().find(|(given, _)| *given == name);
        let at = given.map(|(_, range)| slice(attribute, range)).unwrap_or_default();
        errors.push(
            at,
            format!(
                "`{}` is not available in this version of cachelit: remove the option",
                name.as_str()
            ),
        );
    };
    if options.persist == Some(Persist::Shared) {
        reject(OptionName::Persist);
    }
    if options.code == CodeCoverage::Deep {
        reject(OptionName::Code);
    }
}

/// What has no name that is the same in the next build of the program and that nothing else has.
fn persisted(sig: &Signature, errors: &mut Errors) {
    let message = "a persisted function can't be generic: the name of a type is not unique, so results of one type could \
                   be found for another. Write a function for each type, which calls a shared one";
    for param in sig.generics.type_params() {
        errors.push(param, message);
    }
    for input in &sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        if let Some(opaque) = first_impl_trait(&typed.ty) {
            errors.push(opaque, message);
        }
    }
}

/// What a thread of its own can't run.
fn background(sig: &Signature, errors: &mut Errors) {
    if let Some(token) = &sig.asyncness {
        errors.push(
            token,
            "`refresh_mode = \"background\"` needs a thread to run the body on, which an `async fn` has not: \
             remove the option",
        );
    }
    if let Some(receiver) = sig.receiver() {
        errors.push(
            receiver,
            "`refresh_mode = \"background\"` can't take `self` to another thread: cache a function that \
             takes what it needs as parameters",
        );
    }
}

fn function_kind(sig: &Signature, attrs: &[Attribute], errors: &mut Errors) {
    if let Some(token) = &sig.constness {
        errors.push(token, "a `const fn` can't be cached: a cache needs a running program");
    }
    if let Safety::Unsafe(token) = &sig.safety {
        errors.push(
            token,
            "an `unsafe fn` can't be cached: on a hit nobody checks its conditions. \
             Cache a safe function around it",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.push(abi, "an `extern fn` can't be cached: cache a Rust function around it");
    }
    if let Some(variadic) = &sig.variadic {
        errors.push(variadic, "a variadic function can't be cached: take a slice");
    }
    for attr in attrs {
        let Some(name) = attr.path().segments.last().map(|segment| &segment.ident) else {
            continue;
        };
        if name == "cache_data" || name == "cache_resource" {
            errors.push(attr, format!("a second `{name}` on one function: keep one of them"));
        }
    }
}

/// An attribute can't see the block in which its function stands, but a receiver or `Self` gives it
/// away.
fn is_method(sig: &Signature, body: &TokenStream) -> bool {
    if sig.receiver().is_some() || mentions_self(sig.to_token_stream()) {
        return true;
    }
    if !mentions_self(body.clone()) {
        return false;
    }
    let Ok(statements) = Block::parse_within.parse2(body.clone()) else {
        return true;
    };
    let mut outside = OutsideOfItems { mentions_self: false };
    for statement in &statements {
        outside.visit_stmt(statement);
    }
    outside.mentions_self
}

/// Looks for `Self`, but not inside of items, which have one of their own.
struct OutsideOfItems {
    mentions_self: bool,
}

impl<'ast> Visit<'ast> for OutsideOfItems {
    fn visit_item(&mut self, _item: &'ast syn::Item) {}

    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.mentions_self |= ident == "Self";
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.mentions_self |= mentions_self(mac.tokens.clone());
    }
}

fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Ident(ident) => ident == "Self",
        proc_macro2::TokenTree::Group(group) => mentions_self(group.stream()),
        _ => false,
    })
}

fn params(sig: &mut Signature, errors: &mut Errors) -> Vec<Param> {
    let mut params = Vec::new();
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => params.extend(self_param(receiver, errors)),
            FnArg::Typed(typed) => params.extend(typed_param(typed, errors)),
        }
    }
    params
}

fn self_param(receiver: &syn::Receiver, errors: &mut Errors) -> Option<Param> {
    let self_token = &receiver.self_token;
    let own: Type = syn::parse_quote_spanned!(self_token.span()=> Self);
    let (ty, reference, mutability) = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => (own, quote!(#self_token), *mutability),
        ReceiverKind::Typed(_, ty) => match &**ty {
            Type::Reference(reference) => {
                ((*reference.elem).clone(), quote!(#self_token), reference.mutability)
            }
            ty => (ty.clone(), quote!(&#self_token), None),
        },
        _ => (own, quote!(&#self_token), None),
    };
    if let Some(mutability) = mutability {
        errors.push(
            mutability,
            "`&mut self` can't be part of a key: a hit would skip its changes. Take `&self`, or cache a \
             function that the method calls",
        );
        return None;
    }
    let span = self_token.span();
    Some(Param { name: "self".to_owned(), span, reference, ty, is_hashed: true })
}

fn typed_param(typed: &syn::PatType, errors: &mut Errors) -> Option<Param> {
    let ty = (*typed.ty).clone();
    let name = match &*typed.pat {
        Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => &pat.ident,
        Pat::Wild(wild) => {
            return Some(Param {
                name: "_".to_owned(),
                span: wild.underscore_token.span(),
                reference: TokenStream::new(),
                ty,
                is_hashed: false,
            });
        }
        pattern => {
            errors.push(
                pattern,
                "a parameter of a cached function needs a name: take it apart in the body",
            );
            return None;
        }
    };
    let text = name.to_string();
    let is_hashed = !text.starts_with('_');
    if is_hashed
        && let Type::Reference(reference) = &ty
        && let Some(mutability) = &reference.mutability
    {
        errors.push(
            mutability,
            format!(
                "the `&mut` parameter `{text}` can't be part of a key: a hit would skip its changes. Take \
                 it by `&`, or name it `_{text}` if it is only used and says nothing about the result"
            ),
        );
    }
    Some(Param {
        name: name.unraw().to_string(),
        span: name.span(),
        reference: quote!(&#name),
        ty,
        is_hashed,
    })
}

/// The written return type, `()` if there is none.
pub(crate) fn return_type(sig: &Signature) -> Type {
    match &sig.output {
        ReturnType::Default => syn::parse_quote_spanned!(sig.ident.span()=> ()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}

/// Where errors about the result are to be shown.
pub(crate) fn return_span(sig: &Signature) -> Span {
    match &sig.output {
        ReturnType::Default => sig.ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    }
}
