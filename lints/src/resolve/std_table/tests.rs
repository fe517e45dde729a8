use super::*;

fn named(path: &str) -> &'static Item {
    lookup(path, Namespace::Type).unwrap_or_else(|| panic!("`{path}` is not in the table"))
}

/// An answer as the table writes it.
fn answered(path: &str, of: Marker, arguments: &[Argument<'_>]) -> String {
    format!("{:?}", named(path).answer(of, arguments))
}

#[test]
fn paths_of_one_item_give_one_item() {
    for (path, same) in [
        ("std::collections::HashMap", "std::collections::hash_map::HashMap"),
        ("core::cell::RefCell", "std::cell::RefCell"),
        ("alloc::vec::Vec", "std::vec::Vec"),
    ] {
        assert_eq!(named(path).path, named(same).path);
    }
}

#[test]
fn a_name_has_a_meaning_in_each_namespace() {
    assert_eq!(named("std::clone::Clone").kind, Kind::Trait);
    let derive = lookup("std::clone::Clone", Namespace::Macro).map(|item| item.kind);
    assert_eq!(derive, Some(Kind::Derive));
}

#[test]
fn special_arguments_go_before_the_rule() {
    let of = Marker::Clone;
    assert_eq!(answered("std::boxed::Box", of, &[]), "If([Argument(0, Clone)])");
    assert_eq!(answered("std::boxed::Box", of, &[Argument::Named("str")]), "Yes");
    assert_eq!(
        answered("std::boxed::Box", Marker::Hash, &[Argument::Named("str")]),
        "If([Argument(0, Hash)])"
    );
}
