//! What functions expand to. It is to stay small: checks, names, and a call into the runtime.

use cachelit_spec::Kind;
use proc_macro2::TokenStream;

use crate::attribute;

fn expansion(kind: Kind, options: &str, item: &str) -> String {
    let [options, item] = [options, item].map(|text| text.parse().expect("these are tokens"));
    let expansion: TokenStream = attribute(kind, &options, &item);
    let file = syn::parse2(expansion).expect("an expansion is items");
    prettyplease::unparse(&file)
}

#[test]
fn data_with_one_parameter_that_counts_and_one_that_does_not() {
    let item = "fn rows(_db: &Connection, count: usize) -> Vec<Row> { query(_db, count) }";
    insta::assert_snapshot!(expansion(Kind::Data, "ttl = \"1h\"", item));
}

#[test]
fn data_from_numbers_to_a_number() {
    let item = "fn area(width: u32, height: &f64) -> Result<f64, Error> { measure(width, height) }";
    insta::assert_snapshot!(expansion(Kind::Data, "", item));
}

#[test]
fn an_async_method_that_makes_a_resource() {
    let item = "pub async fn pool(&self) -> Result<Pool, Error> { Pool::open(self).await }";
    insta::assert_snapshot!(expansion(Kind::Resource, "on_release = close", item));
}
