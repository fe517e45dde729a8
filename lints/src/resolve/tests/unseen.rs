use super::{check, error};

#[test]
fn a_file_that_is_included_by_its_name_is_read() {
    check(
        "
//- /src/lib.rs
include!(\"parts/one.rs\");
pub mod inner { include!(\"parts/two.rs\"); }
pub struct Left(pub f64);
//- /src/parts/one.rs
pub struct One(pub *const u8);
impl Clone for Left { fn clone(&self) -> Left { loop {} } }
//- /src/parts/two.rs
pub struct Two(pub super::One);
",
        "
One = -s
inner::Two = -y
Left = c -h
",
    );
}

#[test]
fn what_a_build_script_writes_may_be_for_types_beside_it() {
    check(
        "
pub mod beside {
    include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));
    pub struct Own(pub *const u8);
    pub struct Plain(pub u8);
    pub struct Of<T>(pub T);
}
pub struct Away(pub *const u8);
pub mod far { pub struct Farther(pub *const u8); }
",
        "
beside::Own = ?s ?y ?c
beside::Plain = s y ?h
beside::Of<u8> = ?s
beside::Made = ?s ?h
Away = ?s
far::Farther = -s -h
",
    );
}

/// A crate that has all names of another one, which includes what its script writes.
fn with_made(version: &str) -> String {
    format!(
        "
//- /src/lib.rs deps:oid_registry=oid-registry
use oid_registry::*;
pub struct Own(pub u8);
//- /external/oid-registry/src/lib.rs crate:oid-registry deps: version:{version}
include!(concat!(env!(\"OUT_DIR\"), \"/oid_db.rs\"));
pub struct Kept(pub *const u8);
"
    )
}

#[test]
fn a_script_that_writes_only_values_hides_no_type() {
    check(&with_made("0.8.1"), "Own = s y -c -h\nKept = -s -c");
    check(&with_made("0.9.0"), "Own = ?s\nKept = ?s ?c");
}

#[test]
fn attributes_that_bound_the_methods_of_a_trait_implement_nothing() {
    check(
        "
//- /src/lib.rs deps:openraft_macros=openraft-macros
#[openraft_macros::add_async_trait]
pub trait Reader { async fn read(&self); }
pub struct Own(pub *const u8);
//- /external/openraft-macros/src/lib.rs crate:openraft-macros kind:proc-macro deps:
#[proc_macro_attribute]
pub fn add_async_trait(_: TokenStream, item: TokenStream) -> TokenStream { parse_str(\"impl Send\") }
",
        "Own = -s -c",
    );
}

#[test]
fn a_bound_in_pieces_may_be_an_impl_where_a_macro_is_given_pieces() {
    check(
        "
//- /src/lib.rs deps:pieces,bounds
#[derive(pieces::Make)]
pub struct Pieces(pub u8);
#[derive(bounds::Make)]
pub struct Bounds(pub u8);
//- /external/pieces/src/lib.rs crate:pieces kind:proc-macro deps:helper
#[proc_macro_derive(Make)]
pub fn make(_: TokenStream) -> TokenStream { helper::put_together(quote!(#name: Hash)) }
//- /external/helper/src/lib.rs crate:helper deps:
pub mod inner { pub fn put_together(piece: TokenStream) -> TokenStream { quote!(krate::implement! { #piece }) } }
//- /external/bounds/src/lib.rs crate:bounds kind:proc-macro deps:
#[proc_macro_derive(Make)]
pub fn make(_: TokenStream) -> TokenStream {
    let piece = parse_quote!(#name: Hash);
    quote!(impl Other for #name where #piece { fn f() { panic!(#text) } })
}
",
        "
Pieces = s ?h -c
Bounds = s -h -c
",
    );
}

#[test]
fn derives_may_make_types_that_have_the_name_of_theirs_or_that_they_are_told_of() {
    check(
        "
//- /src/lib.rs deps:strum
use strum::EnumDiscriminants;
pub mod hidden { pub struct AllKinds(pub *const u8); pub struct Found(pub *const u8); }
pub mod made {
    use super::hidden::Found;
    #[derive(strum::EnumDiscriminants)]
    #[kinds(name(AllKinds), derive(Hash))]
    pub enum All { One }
    pub struct ByName(pub AllKinds);
    pub struct Longer(pub AllDiscriminants);
    pub struct Plain(pub Vec<String>);
    pub struct Other(pub Found);
}
pub mod plain {
    #[derive(Clone, Hash)]
    pub enum All { One }
}
//- /external/strum/src/lib.rs crate:strum kind:proc-macro deps:
#[proc_macro_derive(EnumDiscriminants, attributes(kinds))]
pub fn kinds(_: TokenStream) -> TokenStream { quote!(enum #name {}) }
",
        "
made::ByName = ?s
made::Longer = ?s
made::Plain = s -h -c
made::Other = -s
made::AllKinds = ?s ?h
made::AllDiscriminants = ?s
",
    );
    let found = error("#[derive(Clone)] pub enum All { One }", "", "AllKinds");
    assert!(format!("{found:?}").starts_with("Unresolved"), "{found:?}");
}

#[test]
fn nothing_is_said_of_types_that_need_what_a_macro_made_under_a_name_of_its_own() {
    check(
        "
//- /src/lib.rs deps:pest_derive
#[derive(pest_derive::Parser)]
pub struct Grammar;
#[pest_derive::kept]
pub fn parse() {}
#[derive(Clone, Hash)]
pub struct ByDerive(pub Rule);
#[derive(Clone, Hash)]
pub struct ByAttribute(pub Kept);
//- /external/pest_derive/src/lib.rs crate:pest_derive kind:proc-macro deps:
#[proc_macro_derive(Parser)]
pub fn parser(_: TokenStream) -> TokenStream { quote!(pub enum Rule {}) }
#[proc_macro_attribute]
pub fn kept(_: TokenStream, item: TokenStream) -> TokenStream { quote!(pub enum Kept {}) }
",
        "
ByDerive = ?s h c
ByAttribute = ?s h c
",
    );
}

#[test]
fn a_macro_that_is_not_known_may_implement_anything_for_what_it_is_given() {
    check(
        "
pub struct Given(pub f64);
pub struct NotGiven(pub f64);
unknown! { Given }

pub trait Mark {}
macro_rules! mark { ($($name:ident)*) => { impl_all! { ($($name,)*) ByMacro } } }
macro_rules! impl_all { ($($of:tt)*) => { $(impl Mark for $of {})* } }
unknown_for_all! { mark 3 }
pub struct ByMacro(pub f64);
pub struct If<T>(pub T);
impl<T: Mark> Clone for If<T> { fn clone(&self) -> Self { loop {} } }
",
        "
Given = ?h ?c s
NotGiven = -h -c s
ByMacro = ?h
If<()> = ?c
If<Given> = ?c
If<NotGiven> = -c
",
    );
}

#[test]
fn a_proc_macro_implements_what_it_may_write_for_what_it_is_given() {
    let fixture = |written: &str| {
        format!(
            "
//- /src/lib.rs deps:teller
pub mod near {{
    #[derive(teller::Tell)]
    #[tell(other = \"Told\")]
    pub struct Given(pub f64);
    pub struct Told(pub f64);
    pub struct Beside(pub f64);
}}
pub mod by_attribute {{
    #[teller::tell]
    impl Given {{}}
    pub struct Given(pub f64);
}}
//- /external/teller/src/lib.rs crate:teller kind:proc-macro deps:
use std::hash::Hash;
#[derive(Clone, Hash)]
struct Own;
fn of<T: Hash>(_: T) {{}}
/// Text about \"Hash\".
#[proc_macro_derive(Tell, attributes(tell))]
pub fn derive(input: TokenStream) -> TokenStream {{ quote! {{ {written} }} }}
#[proc_macro_attribute]
pub fn tell(_: TokenStream, input: TokenStream) -> TokenStream {{ input }}
"
        )
    };
    check(
        &fixture("impl<T: Copy + ::std::hash::Hash> Tells for #name where #ty: Hash, {}"),
        "
near::Given = -h -c
near::Told = -h -c
near::Beside = -h -c
by_attribute::Given = -h -c
",
    );
    check(
        &fixture("impl ::std::hash::Hash for #name {}"),
        "
near::Given = ?h -c
near::Told = ?h -c
near::Beside = -h -c
by_attribute::Given = ?h -c
",
    );
}

#[test]
fn code_that_is_not_seen_implements_no_trait_of_a_package_that_it_can_not_reach() {
    check(
        "
//- /src/lib.rs deps:apart,serde,beside
pub use apart::*;
pub use beside::Reaches;
//- /external/apart/src/lib.rs crate:apart deps:
unknown! { Given }
#[derive(nowhere::Derive)]
pub struct Given(pub u8);
//- /external/beside/src/lib.rs crate:beside deps:serde
unknown! { Reaches }
pub struct Reaches(pub u8);
",
        "
Given = ?h -e
Reaches = ?h ?e
Result<Given, ()> = -e
",
    );
}

#[test]
fn enum_dispatch_leaves_variants_with_fields_alone() {
    check(
        "
//- /src/lib.rs deps:enum_dispatch
#[enum_dispatch::enum_dispatch]
pub trait Shown {}
#[enum_dispatch::enum_dispatch(Shown)]
pub enum Fields { A(u8), B(std::rc::Rc<u8>) }
#[enum_dispatch::enum_dispatch(Shown)]
pub enum Plain { A(u8) }
#[enum_dispatch::enum_dispatch(Shown)]
pub enum Unit { A(u8), B }
pub struct B(pub std::rc::Rc<u8>);
pub struct If<T>(pub T);
impl<T: Shown> Clone for If<T> { fn clone(&self) -> Self { loop {} } }
//- /external/enum_dispatch/src/lib.rs crate:enum_dispatch kind:proc-macro deps:
#[proc_macro_attribute]
pub fn enum_dispatch(_: TokenStream, input: TokenStream) -> TokenStream { input }
",
        "
Fields = -s -c
Plain = s y -c
Unit = ?s
If<Plain> = ?c
",
    );
}

#[test]
fn attributes_that_leave_an_item_as_it_is_give_it_what_they_name() {
    check(
        "
//- /src/lib.rs deps:derive_where=derive-where,macro_magic_macros,other,serde
pub mod left {
    use derive_where::derive_where;
    use macro_magic_macros::export_tokens;
    #[derive_where(Clone)]
    pub struct Where<T>(pub std::rc::Rc<T>);
    #[derive_where(Clone, Hash; T)]
    #[derive(Debug)]
    pub struct Both<T>(pub T);
    #[derive_where(Serialize, Deserialize)]
    pub struct Stored(pub u8);
    #[export_tokens]
    #[derive(Hash)]
    pub struct Shown(pub std::rc::Rc<u8>);
}
pub mod changed {
    #[derive_where::derive_where(Clone)]
    #[other::other]
    pub struct Other(pub u8);
    #[macro_magic_macros::export_tokens_no_emit]
    pub struct Taken(pub u8);
}
//- /external/derive-where/src/lib.rs crate:derive-where kind:proc-macro deps:
#[proc_macro_attribute]
pub fn derive_where(_: TokenStream, input: TokenStream) -> TokenStream { quote!(impl Clone for #name; impl Hash for #name) }
//- /external/macro_magic_macros/src/lib.rs crate:macro_magic_macros kind:proc-macro deps:
#[proc_macro_attribute]
pub fn export_tokens(_: TokenStream, input: TokenStream) -> TokenStream { input }
#[proc_macro_attribute]
pub fn export_tokens_no_emit(_: TokenStream, input: TokenStream) -> TokenStream { TokenStream::new() }
//- /external/other/src/lib.rs crate:other kind:proc-macro deps:
#[proc_macro_attribute]
pub fn other(_: TokenStream, input: TokenStream) -> TokenStream { quote!(#input impl Hash for #name) }
",
        "
left::Where<u8> = -s -y -h ?c
left::Both<u8> = s y ?h ?c
left::Both<std::rc::Rc<u8>> = -s -y
left::Stored = s -h ?e ?d
left::Shown = h -s -y -c -e -d
changed::Other = ?s ?h
changed::Taken = ?s
",
    );
}

/// A crate with nodes of swc's and oxc's trees; of these a `version` of `ast_node`, and features of the crate itself.
fn nodes(version: &str, features: &str) -> String {
    format!(
        "
//- /src/lib.rs deps:serde,swc_common,oxc_ast_macros features:{features}
use swc_common::{{Marked, ast_node, ast_serde}};
#[ast_node(\"Leaf\")]
#[derive(Hash)]
pub struct Leaf(pub u8);
#[ast_node]
pub struct Shared {{ pub of: std::rc::Rc<u8> }}
#[ast_node]
pub enum Node {{ #[tag(\"Leaf\")] Leaf(Leaf), Shared(Shared) }}
#[ast_node(no_clone)]
pub enum Moved {{ Leaf(Leaf) }}
#[ast_serde]
pub struct Stored(pub u8);
#[ast_node(\"Beside\")]
pub struct Beside(pub u8);
pub struct Alone(pub u8);
pub struct ForMarked<T>(pub T);
impl<T: Marked> Clone for ForMarked<T> {{ fn clone(&self) -> Self {{ loop {{}} }} }}
pub mod ox {{
    use oxc_ast_macros::ast;
    #[ast]
    #[generate_derive(Hash)]
    #[derive(Clone)]
    pub struct Plain<'a> {{ pub of: &'a std::cell::Cell<u8>, pub text: u8 }}
    #[ast]
    pub enum All<'a> {{ Own(u8), INHERIT(Part<'a>) }}
    #[ast]
    pub enum Part<'a> {{ Plain(Plain<'a>) }}
    #[ast]
    pub enum Bare {{ None }}
    impl std::hash::Hash for Bare {{ fn hash<H: std::hash::Hasher>(&self, _: &mut H) {{}} }}
}}
//- /external/swc_common/src/lib.rs crate:swc_common deps:ast_node
pub use ast_node::{{ast_node, ast_serde, DeserializeEnum, Spanned, Encode, Decode, FromVariant}};
pub trait Marked {{}}
//- /external/ast_node/src/lib.rs crate:ast_node kind:proc-macro deps: version:{version}
#[proc_macro_attribute]
pub fn ast_node(_: TokenStream, input: TokenStream) -> TokenStream {{
    quote!(#[derive(Clone, Serialize, Deserialize, Hash)] #input impl Marked for #name {{}})
}}
#[proc_macro_attribute]
pub fn ast_serde(_: TokenStream, input: TokenStream) -> TokenStream {{ input }}
#[proc_macro_derive(DeserializeEnum, attributes(tag))]
pub fn enums(_: TokenStream) -> TokenStream {{ quote!(impl Deserialize for #name {{}}) }}
#[proc_macro_derive(Spanned, attributes(span))]
pub fn spanned(_: TokenStream) -> TokenStream {{ quote!(impl Spanned for #name {{}}) }}
#[proc_macro_derive(Encode)]
pub fn encode(_: TokenStream) -> TokenStream {{ quote!(impl Encode for #name {{}}) }}
#[proc_macro_derive(Decode)]
pub fn decode(_: TokenStream) -> TokenStream {{ quote!(impl Decode for #name {{}}) }}
#[proc_macro_derive(FromVariant)]
pub fn variants(_: TokenStream) -> TokenStream {{ quote!(impl From for #name {{}}) }}
//- /external/oxc_ast_macros/src/lib.rs crate:oxc_ast_macros kind:proc-macro deps: version:0.146.0
#[proc_macro_attribute]
pub fn ast(_: TokenStream, input: TokenStream) -> TokenStream {{ quote!(#[derive(Ast)] #input) }}
#[proc_macro_derive(
    Ast,
    attributes(generate_derive)
)]
pub fn none(_: TokenStream) -> TokenStream {{ TokenStream::new() }}
"
    )
}

#[test]
fn attributes_of_syntax_trees_put_derives_before_their_items() {
    let always = "
Leaf = s y c h
Shared = -s -y c -h
Node = -s -y c -h
Moved = s y -c -h
Stored = s -c e d
Beside = s c -h
Alone = -c -h -e -d
ForMarked<Leaf> = ?c
ForMarked<u8> = -c
ox::Plain<'static> = -s -y c -h -e
ox::All<'static> = -s -y -c -h -d
ox::Bare = s y h -c
";
    let without = "Leaf = -e -d\nShared = -e -d\nNode = -e -d\nMoved = -e -d\nBeside = -e -d";
    check(&nodes("7.0.0", ""), &format!("{always}{without}"));
    let with = "Leaf = e d\nShared = e d\nNode = e d\nMoved = e d\nBeside = e d";
    check(&nodes("6.1.0", "serde-impl"), &format!("{always}{with}"));
    // It may have a variant more, by an option that isn't known here.
    check(&nodes("7.0.0", "encoding-impl"), "Leaf = s c -e\nNode = -s c -e\nBeside = -h");
}

#[test]
fn attributes_of_syntax_trees_that_were_not_read_are_not_known() {
    check(
        &nodes("8.0.0", "serde-impl"),
        "
Leaf = ?s ?c h ?e
Shared = ?s ?c ?e
Node = ?s ?c ?d
Alone = ?c ?h
ox::All<'static> = -s ?c
",
    );
}

#[test]
fn what_a_proc_macro_makes_of_a_colon_is_for_it_to_say() {
    check(
        "
//- /src/lib.rs deps:implementer
pub mod passed { pub struct Passed(pub f64); implementer::implement! { Passed: Eq + std::hash::Hash } }
pub mod bound { pub struct Bound(pub f64); implementer::implement! { impl<T: std::hash::Hash> From<T> for Bound {} } }
//- /external/implementer/src/lib.rs crate:implementer kind:proc-macro deps:
#[proc_macro]
pub fn implement(input: TokenStream) -> TokenStream { input }
",
        "
passed::Passed = ?h -c
bound::Bound = -h -c
",
    );
}

#[test]
fn an_attribute_that_only_exposes_its_item_under_a_feature_leaves_it_as_it_is_without() {
    let exposed = |version: &str, features: &str| {
        format!(
            "
//- /src/lib.rs deps:rhai
//- /external/rhai/src/lib.rs crate:rhai deps:rhai_codegen {features}
pub struct Sent(Text);
pub struct Kept(Part);
#[rhai_codegen::expose_under_internals]
type Text = String;
#[rhai_codegen::expose_under_internals]
struct Part(std::rc::Rc<u8>);
//- /external/rhai_codegen/src/lib.rs crate:rhai_codegen kind:proc-macro deps: version:{version}
#[proc_macro_attribute]
pub fn expose_under_internals(_: TokenStream, item: TokenStream) -> TokenStream {{ quote!(impl Send for #item) }}
"
        )
    };
    check(&exposed("3.3.0", ""), "rhai::Sent = s y\nrhai::Kept = -s -y");
    check(&exposed("3.3.0", "features:internals"), "rhai::Sent = ?s ?y\nrhai::Kept = ?s ?y");
    check(&exposed("4.0.0", ""), "rhai::Sent = ?s ?y\nrhai::Kept = ?s ?y");
}
