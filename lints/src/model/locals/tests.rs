use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{Edition, SourceFile};

use super::{Locals, UseForm, macros};

/// `body` as a function's that has a parameter `conn`, its uses marked:
/// `«certain»`, `⟪shorthand⟫`, `‹perhaps›`.
fn marked(body: &str) -> String {
    let text = format!("fn f(conn: C) {{ {body} }}");
    let tree = SourceFile::parse(&text, Edition::CURRENT).tree();
    let item = tree.syntax().descendants().find_map(ast::Fn::cast).expect("a function");
    let locals = Locals::knowing(&item, &macros::has_known_name);
    let parameter = &locals.bindings[0];
    let mut uses = parameter.uses.clone();
    uses.sort_by_key(|used| std::cmp::Reverse(used.range.start()));
    let mut text = text.clone();
    for used in uses {
        let (open, close) = match (used.is_certain, used.form) {
            (false, _) => ('‹', '›'),
            (true, UseForm::Shorthand) => ('⟪', '⟫'),
            (true, UseForm::Name) => ('«', '»'),
        };
        text.insert(used.range.end().into(), close);
        text.insert(used.range.start().into(), open);
    }
    text["fn f(conn: C) { ".len()..text.len() - " }".len()].to_owned()
}

#[track_caller]
fn check(expected: &str) {
    let body = expected.replace(['«', '»', '⟪', '⟫', '‹', '›'], "");
    assert_eq!(marked(&body), expected);
}

#[test]
fn plain_uses() {
    check(
        "let a = «conn».len(); g(&mut «conn», conn::path(), x.conn, Foo { conn: «conn» }); «conn»",
    );
}

#[test]
fn shorthand_fields() {
    check("Foo { ⟪conn⟫, other }");
}

#[test]
fn let_shadows_what_follows_it_but_not_its_own_initializer() {
    check("let conn = «conn».clone(); conn");
    check("{ let conn = «conn»; conn; } «conn»");
    check("let Some(conn) = «conn» else { return «conn» }; conn");
}

#[test]
fn closure_parameters_shadow_in_the_closure() {
    check("xs.map(|conn| conn + 1); xs.map(|x| x + «conn»)");
}

#[test]
fn match_arms_shadow_in_their_guard_and_body() {
    check("match «conn» { Some(conn) if conn > 1 => conn, None => «conn», conn @ _ => conn }");
}

#[test]
fn let_chains_shadow_in_what_follows_and_in_the_branch() {
    check("if «conn» && let Some(conn) = «conn» && conn { conn } else { «conn» }");
    check("while let Some(conn) = «conn» { conn; } «conn»");
}

#[test]
fn loops_shadow_in_their_body() {
    check("for conn in «conn» { conn; } «conn»");
}

#[test]
fn items_in_a_block_hide_what_is_outside_and_see_nothing_of_it() {
    check("{ conn(); fn conn() {} } «conn»");
    check("fn inner(conn: u8) -> u8 { conn } «conn»");
}

#[test]
fn known_macros_take_expressions_and_captures() {
    check(r#"println!("{«conn»} {} {x.conn}", «conn».len(), y = «conn»); vec![«conn»; 2]"#);
    check(r#"assert!(«conn» == x, "{«conn»:?} {{conn}} {:«conn»$}", 1)"#);
}

#[test]
fn a_named_argument_takes_the_capture_over() {
    check(r#"format!("{conn}", conn = «conn»)"#);
}

#[test]
fn other_macros_use_names_only_perhaps() {
    check(r#"my!(‹conn› => 1); info!("{‹conn›}"); vec![xs.map(|x| x + ‹conn›)]"#);
    check("println!(\"{:?}\", Foo { ‹conn› })");
}

#[test]
fn a_macro_of_the_body_may_use_its_locals() {
    check("macro_rules! go { () => { ‹conn›.go() } } go!()");
}

#[test]
fn members_and_paths_in_macros_are_no_uses() {
    check("vec![a.conn, conn::b, b::conn, conn!(), ..«conn»]");
}

#[test]
fn raw_names_are_the_same_names() {
    check("let r#conn = «conn»; conn");
}
