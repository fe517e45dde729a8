//! From a function that can be cached to its expansion.

use std::num::NonZeroU64;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, FnArg, Pat, Type};

use cachelit_spec::Kind;
use cachelit_spec::options::{Options, Persist, RefreshMode, Scope, Spinner};

use crate::encode::{Early, encode_call, key};
use crate::prepare::Cached;

pub(crate) fn process(cached: &Cached) -> TokenStream {
    let Cached { attrs, vis, sig, .. } = cached;
    let handle = Handle::of(cached);
    let call = call(cached, &handle.function);
    let items = handle.items;
    quote! {
        #(#attrs)*
        #vis #sig {
            #call
        }
        #items
    }
}

/// The new body of the function.
fn call(cached: &Cached, function: &TokenStream) -> TokenStream {
    let Some(early) = Early::of(cached) else {
        let shape = &cached.returns.shape;
        return rest(cached, shape, &quote!(::cachelit::internal::Call::new(#function)));
    };
    let shape_name = named("shape", cached.returns.span);
    let [parameters_name, asked_name] =
        ["parameters", "asked"].map(|name| named(name, Span::mixed_site()));
    let (shape, parameters) = (&cached.returns.shape, &early.parameters);
    let (imports, method) = early.method(cached);
    let remembered = return_if_some(&quote!({
        #imports
        (&&::cachelit::internal::Early::new(#function, &#shape_name, &#parameters_name)).#method
    }));
    let new = quote!(::cachelit::internal::Call::asked(#function, #asked_name));
    let rest = rest(cached, &shape_name.to_token_stream(), &new);
    // Where parameters are few numbers, it is known by what was asked, so that the closure has nothing but them.
    let again = early.is_short.then_some(parameters).map(ToTokens::to_token_stream);
    let of = again.unwrap_or_else(|| parameters_name.to_token_stream());
    let asked = quote!(let #asked_name = ::cachelit::internal::asked(&#of););
    let rest = if cached.sig.asyncness.is_some() {
        quote!(#asked #rest)
    } else if early.is_short {
        quote!(::cachelit::internal::apart(move || { #asked #rest }))
    } else {
        quote!(#asked ::cachelit::internal::apart(move || { #rest }))
    };
    quote! {
        let #shape_name = #shape;
        let #parameters_name = #parameters;
        #remembered
        #rest
    }
}

/// A name for the code made here.
fn named(name: &str, span: Span) -> Ident {
    Ident::new(&format!("__cachelit_{name}"), span)
}

/// A call whose key is to be made.
fn rest(cached: &Cached, shape: &TokenStream, new: &TokenStream) -> TokenStream {
    let key = key();
    let encode = encode_call(cached);
    let name = named("call", Span::mixed_site());
    // In place, and passed on by reference: moving a key costs more than the rest of a hit.
    let call = quote! {
        let mut #name = #new;
        #name.encode(|#key| { #encode });
    };
    let span = cached.returns.span;
    let is_async = cached.sig.asyncness.is_some();
    let wait = is_async.then(|| quote!(.await));
    let body = body(cached);
    let is_background = cached.options.refresh_mode == RefreshMode::Background;
    let own = is_background.then(|| own_body(cached));
    match cached.kind {
        Kind::Data => {
            let run = match (cached.options.persist.is_some(), is_async) {
                (false, false) => "data",
                (false, true) => "data_async",
                (true, false) => "data_persisted",
                (true, true) => "data_persisted_async",
            };
            let run = Ident::new(run, span);
            let stale =
                own.map(|own| quote!(::cachelit::internal::data_stale(&mut #name, #shape, #own)));
            let stale = stale.as_ref().map(return_if_some);
            quote! {
                #call
                #stale
                ::cachelit::internal::#run(&mut #name, #shape, #body)#wait
            }
        }
        Kind::Resource => {
            let check = cached.returns.must_not_be_result.then(|| {
                let written = &cached.returns.written;
                quote_spanned! {span=>
                    {
                        use ::cachelit::internal::NoResult as _;
                        ::cachelit::internal::Written::<#written>::new().check();
                    }
                }
            });
            let validate = cached.values.validate.as_ref().map(|value| quote!(.validate(#value)));
            let on_release =
                cached.values.on_release.as_ref().map(|value| quote!(.on_release(#value)));
            let run = Ident::new(if is_async { "run_async" } else { "run" }, span);
            let resource = named("resource", Span::mixed_site());
            let mutable = is_background.then(|| quote!(mut));
            let stale = own.map(|own| return_if_some(&quote!(#resource.stale(#own))));
            quote! {
                #check
                #call
                let #mutable #resource =
                    ::cachelit::internal::Resource::new(&mut #name, #shape) #validate #on_release;
                #stale
                #resource.#run(#body) #wait
            }
        }
    }
}

fn return_if_some(value: &TokenStream) -> TokenStream {
    let known = Ident::new("__cachelit_known", Span::mixed_site());
    quote! {
        if let ::core::option::Option::Some(#known) = #value {
            return #known;
        }
    }
}

/// A closure that makes a body which owns copies of the parameters, for another thread.
fn own_body(cached: &Cached) -> TokenStream {
    let (mut own, mut borrow) = (TokenStream::new(), TokenStream::new());
    for input in &cached.sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let (Pat::Ident(pat), ty) = (&*typed.pat, &*typed.ty) else { continue };
        let (name, binding) = (&pat.ident, &typed.pat);
        if let Type::Reference(reference) = ty {
            let inner = &reference.elem;
            own.extend(quote! {
                let #name = <#inner as ::std::borrow::ToOwned>::to_owned(#name);
            });
            borrow.extend(quote! {
                let #binding: &#inner = ::core::borrow::Borrow::borrow(&#name);
            });
        } else {
            own.extend(quote!(let #name = ::core::clone::Clone::clone(&#name);));
            borrow.extend(quote!(let #binding = #name;));
        }
    }
    let body = &cached.body;
    let returns = cached.returns.written.as_ref().map(|ty| quote!(-> #ty));
    quote! {
        || {
            #own
            move || #returns {
                #borrow
                #body
            }
        }
    }
}

/// The user's body, as a closure or a future.
fn body(cached: &Cached) -> TokenStream {
    let body = &cached.body;
    let written = &cached.returns.written;
    if cached.sig.asyncness.is_none() {
        let returns = written.as_ref().map(|ty| quote!(-> #ty));
        return quote!(move || #returns { #body });
    }
    let Some(ty) = written else { return quote!(async move { #body }) };
    let value = Ident::new("__cachelit_value", Span::mixed_site());
    // The type of an async block can't be written, only shown by a `return` that never runs.
    quote! {
        async move {
            if let ::core::option::Option::Some(#value) = ::core::option::Option::None::<#ty> {
                return #value;
            }
            let #value: #ty = { #body };
            #[allow(unreachable_code)]
            #value
        }
    }
}

/// What stands beside the function.
struct Handle {
    /// An expression for the `&'static Function`.
    function: TokenStream,
    items: TokenStream,
}

impl Handle {
    fn of(cached: &Cached) -> Self {
        let name = &cached.sig.ident;
        let plain = name.unraw();
        if cached.is_method {
            let getter = format_ident!("__cachelit_{}", plain, span = name.span());
            let function = quote!(Self::#getter());
            let items = functions(cached, &getter, |suffix| {
                format_ident!("{plain}_{suffix}", span = name.span())
            });
            return Handle { function, items };
        }
        let getter = format_ident!("__cachelit", span = name.span());
        let functions =
            functions(cached, &getter, |suffix| format_ident!("{suffix}", span = name.span()));
        let conditions: Vec<&Attribute> =
            cached.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
        let vis = &cached.vis;
        let doc = format!("The cache of the function `{plain}`.");
        let items = quote! {
            #(#conditions)*
            #[doc = #doc]
            #[allow(non_camel_case_types)]
            #vis enum #name {}

            #(#conditions)*
            impl #name {
                #functions
            }
        };
        Handle { function: quote!(#name::#getter()), items }
    }
}

fn functions(cached: &Cached, getter: &Ident, named: impl Fn(&str) -> Ident) -> TokenStream {
    let vis = &cached.vis;
    let conditions: Vec<&Attribute> =
        cached.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    let statics = statics(cached);
    let (clear, clear_entry, stats, info) =
        (named("clear"), named("clear_entry"), named("stats"), named("info"));
    let inputs = cached.sig.inputs.iter().map(plain_input);
    let generics = &cached.sig.generics;
    let bounds = &generics.where_clause;
    let key = key();
    let encode = encode_call(cached);
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #vis fn #getter() -> &'static ::cachelit::internal::Function {
            #statics
        }

        /// Removes the entries that the current session sees.
        #(#conditions)*
        #[allow(dead_code)]
        #vis fn #clear() {
            Self::#getter().clear();
        }

        /// Removes the entry of a call with these arguments.
        #(#conditions)*
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        #vis fn #clear_entry #generics (#(#inputs),*) #bounds {
            ::cachelit::internal::clear_entry(Self::#getter(), |#key| { #encode });
        }

        /// What happened so far.
        #(#conditions)*
        #[allow(dead_code)]
        #vis fn #stats() -> ::cachelit::Stats {
            Self::#getter().stats()
        }

        /// What is known of the function.
        #(#conditions)*
        #[allow(dead_code)]
        #vis fn #info() -> ::cachelit::FunctionInfo {
            Self::#getter().info()
        }
    }
}

/// A parameter as `clear_entry` takes it.
fn plain_input(input: &FnArg) -> FnArg {
    let mut input = input.clone();
    match &mut input {
        FnArg::Receiver(receiver) => {
            receiver.attrs.clear();
            receiver.mutability = None;
        }
        FnArg::Typed(typed) => {
            typed.attrs.clear();
            if let Pat::Ident(pat) = &mut *typed.pat {
                pat.mutability = None;
            }
        }
    }
    input
}

/// The function's static, its registration, and a reference to it.
fn statics(cached: &Cached) -> TokenStream {
    let spec = spec(cached);
    quote! {
        static FUNCTION: ::cachelit::internal::Function = ::cachelit::internal::Function::new(#spec);
        ::cachelit::internal::inventory::submit! { ::cachelit::internal::Registered(&FUNCTION) }
        &FUNCTION
    }
}

fn spec(cached: &Cached) -> TokenStream {
    let Cached { kind, options, values, params, .. } = cached;
    let name = cached.sig.ident.unraw().to_string();
    let variant = format_ident!("{}", if *kind == Kind::Data { "Data" } else { "Resource" });
    let hash = cached.code_hash.as_bytes();
    let names = |hashed: bool| {
        params
            .iter()
            .filter(move |param| param.is_hashed == hashed)
            .map(|param| param.name.as_str())
    };
    let (hashed, excluded) = (names(true), names(false));
    let scope = scope(options, *kind);
    let refresh = match options.refresh_mode {
        RefreshMode::Foreground => quote!(Foreground),
        RefreshMode::Background => quote!(Background),
    };
    let spinner = match &options.spinner {
        Spinner::Default => quote!(Default),
        Spinner::Off => quote!(Off),
        Spinner::Text(text) => quote!(Text(#text)),
    };
    let persist = option(options.persist.map(|persist| match persist {
        Persist::Disk => quote!(::cachelit::internal::Persist::Disk),
        Persist::Shared => quote!(::cachelit::internal::Persist::Shared),
    }));
    let ttl = option(values.ttl.as_ref().map(|ttl| quote!(|| #ttl)));
    let max_entries = option(options.max_entries.map(NonZeroU64::get));
    let max_size = option(options.max_size.map(NonZeroU64::get));
    let (allow_widgets, show_time) = (options.allow_widgets, options.show_time);
    quote! {
        ::cachelit::internal::FunctionSpec {
            path: ::core::concat!(::core::module_path!(), "::", #name),
            file: ::core::file!(),
            line: ::core::line!(),
            kind: ::cachelit::internal::Kind::#variant,
            code_hash: [#(#hash),*],
            hashed: &[#(#hashed),*],
            excluded: &[#(#excluded),*],
            scope: #scope,
            persist: #persist,
            ttl: #ttl,
            max_entries: #max_entries,
            max_size: #max_size,
            refresh_mode: ::cachelit::internal::RefreshMode::#refresh,
            allow_widgets: #allow_widgets,
            spinner: ::cachelit::internal::SpinnerText::#spinner,
            show_time: #show_time,
        }
    }
}

pub(crate) fn scope(options: &Options, kind: Kind) -> TokenStream {
    match options.scope(kind) {
        Scope::Session => quote!(::cachelit::internal::Scope::Session),
        Scope::Global => quote!(::cachelit::internal::Scope::Global),
    }
}

fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}
