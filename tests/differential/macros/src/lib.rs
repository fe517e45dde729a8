//! Macros whose doing can't be seen from the names that they have.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// The name behind `struct`, `enum` or `union`.
fn name(item: &TokenStream) -> String {
    let mut tokens = item.clone().into_iter().map(|token| token.to_string());
    tokens.find(|word| matches!(word.as_str(), "struct" | "enum" | "union"));
    tokens.next().expect("it has a name")
}

/// Adds nothing.
#[proc_macro_derive(Nothing, attributes(nothing))]
pub fn nothing(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Makes it `Send` and `Sync`.
#[proc_macro_derive(Vouched)]
pub fn vouched(item: TokenStream) -> TokenStream {
    let name = name(&item);
    format!("unsafe impl Send for {name} {{}} unsafe impl Sync for {name} {{}}").parse().unwrap()
}

/// Makes it `Hash` and `Clone`.
#[proc_macro_derive(Rich)]
pub fn rich(item: TokenStream) -> TokenStream {
    let name = name(&item);
    format!(
        "impl ::std::hash::Hash for {name} {{ fn hash<H: ::std::hash::Hasher>(&self, _: &mut H) {{}} }}
         impl ::std::clone::Clone for {name} {{ fn clone(&self) -> Self {{ loop {{}} }} }}"
    )
    .parse()
    .unwrap()
}

/// Makes another type `Hash`: that in `#[other(…)]`.
#[proc_macro_derive(HashOther, attributes(other))]
pub fn hash_other(item: TokenStream) -> TokenStream {
    let mut found = None;
    for token in item {
        if let TokenTree::Group(group) = token
            && group.delimiter() == Delimiter::Bracket
        {
            let mut inner = group.stream().into_iter();
            if inner.next().is_some_and(|first| first.to_string() == "other") {
                found = inner.next();
            }
        }
    }
    let Some(TokenTree::Group(group)) = found else { panic!("`#[other(Type)]` is missing") };
    let other = group.stream();
    format!("impl ::std::hash::Hash for {other} {{ fn hash<H: ::std::hash::Hasher>(&self, _: &mut H) {{}} }}")
        .parse()
        .unwrap()
}

/// Leaves an item as it is.
#[proc_macro_attribute]
pub fn as_it_is(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Takes an item away.
#[proc_macro_attribute]
pub fn removed(_: TokenStream, _: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// Replaces an item by what the attribute has in its parentheses.
#[proc_macro_attribute]
pub fn replaced(by: TokenStream, _: TokenStream) -> TokenStream {
    by
}

/// Items as they stand.
#[proc_macro]
pub fn items(input: TokenStream) -> TokenStream {
    input
}

/// An impl of `Hash` for a type of a fixed name.
#[proc_macro]
pub fn hash_hidden(_: TokenStream) -> TokenStream {
    "impl ::std::hash::Hash for Hidden { fn hash<H: ::std::hash::Hasher>(&self, _: &mut H) {} }"
        .parse()
        .unwrap()
}

/// Calls a macro by its name, with what follows the comma.
#[proc_macro]
pub fn call(input: TokenStream) -> TokenStream {
    let mut tokens = input.into_iter();
    let name = tokens.next().expect("it is given a name");
    let rest: TokenStream = tokens.skip(1).collect();
    format!("{name}! {{ {rest} }}").parse().unwrap()
}
