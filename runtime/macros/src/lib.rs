//! The attributes `#[cache_data]` and `#[cache_resource]`, and `#[derive(CacheKey)]`.
//!
//! To see what they make of a function, compile with `CACHELIT_PRINT_EXPANSION` set to its name, to several with
//! commas between them, or to `*`: the compiler prints it to its standard error. Cargo doesn't notice a change of that
//! variable; touch the file.
//!
//! Use them by way of `cachelit`, which documents them and which their expansions call. Every rejection
//! is in `prepare`; `process` then only writes tokens.

use proc_macro2::TokenStream;
use quote::quote;

use cachelit_spec::Kind;

mod derive;
mod encode;
mod prepare;
mod print;
mod process;
mod returns;
#[cfg(test)]
mod tests;

/// Remembers what a function returns; every caller gets a copy of its own.
///
/// The function's parameters and its code make the key. A parameter whose name begins with `_` is left
/// out. What is cached, the `T` of a `Result<T, E>` or else the whole result, must be
/// `Clone + Serialize + DeserializeOwned + Send + Sync + 'static`.
///
/// | option | example | meaning |
/// |---|---|---|
/// | `ttl` | `ttl = "1h30m"` | age past which an entry is not served |
/// | `max_entries` | `max_entries = 1000` | never more entries; the least recently used goes first |
/// | `max_size` | `max_size = "500MB"` | bound on their stored size |
/// | `scope` | `scope = "global"` | who shares them: a `"session"` (default), or everybody |
/// | `persist` | `persist = "disk"` | where else they live: on the local disk, also for the next run of the program. Needs `scope = "global"`, and a function without type parameters |
/// | `hash_funcs` | `hash_funcs = { Model: \|m\| m.id }` | how to hash parameters of a type |
/// | `refresh_mode` | `refresh_mode = "background"` | up to twice the `ttl`, an expired value is served once more while a thread makes a fresh one |
/// | `show_spinner`, `show_time` | `show_spinner = "Loading"` | what is shown while the body runs |
/// | `experimental_allow_widgets` | `experimental_allow_widgets = true` | widgets may be called in the body; their values are part of the key |
///
/// A type in `hash_funcs` covers the parameters that contain it as it is written there: also inside `&`,
/// `Vec`, `Option`, `Box`, `Arc`, slices, arrays, tuples, maps and sets, and inside the fields of records with
/// `#[derive(CacheKey)]`, wherever those stand. The function captures nothing and returns anything that has a
/// `CacheKey`, by which that counts.
///
/// In records, functions are not asked for types that borrow or have no size, for type parameters and for
/// fields with `#[cache_key(…)]`; and a field whose type has no `CacheKey` needs one of those.
///
/// With `refresh_mode = "background"` parameters are cloned for the thread; the function takes no `self` and
/// is not `async`.
///
/// The attribute refuses functions that are `const`, `unsafe` or `extern`, that return something borrowed
/// from a parameter, or that take a `&mut` without a `_` in its name.
#[proc_macro_attribute]
pub fn cache_data(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    attribute(Kind::Data, &options.into(), &item.into()).into()
}

/// Remembers the object that a function returns; every caller gets the same `Arc`.
///
/// `fn f() -> T` becomes `fn f() -> Arc<T>`, and `-> Result<T, E>` becomes `-> Result<Arc<T>, E>`; an
/// `Arc<T>` that is written there is not wrapped again. The object must be `Send + Sync + 'static`.
///
/// | option | example | meaning |
/// |---|---|---|
/// | `ttl` | `ttl = "1h30m"` | age past which an entry is not served |
/// | `max_entries` | `max_entries = 10` | never more entries; the least recently used goes first |
/// | `scope` | `scope = "session"` | who shares them: a session, or everybody (`"global"`, default) |
/// | `hash_funcs` | `hash_funcs = { Config: \|c\| c.url.clone() }` | how to hash parameters of a type |
/// | `validate` | `validate = \|pool\| pool.is_open()` | `false`: the entry is thrown away and made anew |
/// | `on_release` | `on_release = close` | called with each object that leaves the cache |
/// | `refresh_mode` | `refresh_mode = "background"` | up to twice the `ttl`, an expired object is served once more while a thread makes a fresh one |
/// | `show_spinner`, `show_time` | `show_spinner = false` | what is shown while the body runs |
/// | `experimental_allow_widgets` | `experimental_allow_widgets = true` | widgets may be called in the body; their values are part of the key |
///
/// Hooks are paths or closures that capture nothing. `validate` is asked on every hit. `on_release` gets each
/// object that leaves, whatever the reason; an expired one leaves at the next write or clearing of its
/// function's cache. Both run without any lock, and a panic of `on_release` is logged.
#[proc_macro_attribute]
pub fn cache_resource(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    attribute(Kind::Resource, &options.into(), &item.into()).into()
}

fn attribute(kind: Kind, options: &TokenStream, item: &TokenStream) -> TokenStream {
    match prepare::prepare(kind, options, item.clone()) {
        Ok(cached) => {
            let expansion = process::process(&cached);
            print::if_asked(&cached.sig.ident, &expansion);
            expansion
        }
        Err(error) => {
            // The function itself stays, so that its callers add no errors of their own.
            let error = error.into_compile_error();
            quote!(#error #item)
        }
    }
}

/// Makes a type usable as a parameter of cached functions: by its name, and what is in its fields.
///
/// - `#[cache_key(skip)]` leaves a field out.
/// - `#[cache_key(with = function)]` encodes what the function returns for a reference to the field.
///
/// Functions of a call's `hash_funcs` go before the key of a record and of what is in its other fields.
#[proc_macro_derive(CacheKey, attributes(cache_key))]
pub fn derive_cache_key(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let expanded = syn::parse(item).and_then(|input| derive::derive(&input));
    expanded.unwrap_or_else(syn::Error::into_compile_error).into()
}
