use super::*;

fn named(path: &str) -> &'static Item {
    lookup(path, Namespace::Type).unwrap_or_else(|| panic!("`{path}` is not in the table"))
}

/// An answer in words: `hash`, `!hash`, `hash?`, or the requirements.
fn answered(path: &str, of: Marker, arguments: &[Argument<'_>]) -> String {
    let item = named(path);
    let name = of.name();
    match item.answer(of, arguments) {
        Answer::Yes => name.to_owned(),
        Answer::No => format!("!{name}"),
        Answer::Unknown => format!("{name}?"),
        Answer::If(all) => {
            let words = all.iter().map(|requirement| match requirement {
                Requirement::Argument(i, marker) => {
                    format!("{}: {}", item.generics[*i].name, marker.name())
                }
                Requirement::Associated { argument, name, implements, .. } => {
                    let subject = item.generics[*argument].name;
                    format!("{subject}::{name}: {}", implements.name())
                }
                Requirement::SerdeFeature(feature) => format!("#{feature}"),
            });
            words.collect::<Vec<_>>().join(", ")
        }
    }
}

#[test]
fn paths_of_one_item_give_one_item() {
    for (path, same) in [
        ("std::collections::HashMap", "std::collections::hash_map::HashMap"),
        ("core::cell::RefCell", "std::cell::RefCell"),
        ("alloc::vec::Vec", "std::vec::Vec"),
        ("std::prelude::v1::Option", "core::option::Option"),
    ] {
        assert_eq!(named(path).path, named(same).path, "{path}");
    }
}

#[test]
fn items_of_one_name_are_told_apart() {
    for (path, other) in [
        ("std::collections::hash_map::Iter", "std::collections::btree_map::Iter"),
        ("std::io::Error", "std::fmt::Error"),
        ("std::rc::Weak", "std::sync::Weak"),
        ("std::io::Result", "std::result::Result"),
        ("std::fmt", "core::fmt"),
    ] {
        assert_ne!(named(path).path, named(other).path, "{path}");
    }
}

#[test]
fn what_is_unstable_or_nowhere_is_not_found() {
    for path in ["std::collections::HashTree", "std::alloc::Allocator", "core::collections"] {
        assert!(lookup(path, Namespace::Type).is_none(), "{path}");
    }
}

#[test]
fn a_name_has_a_meaning_in_each_namespace() {
    assert_eq!(named("std::clone::Clone").kind, Kind::Trait);
    let derive = lookup("std::clone::Clone", Namespace::Macro).map(|item| item.kind);
    assert_eq!(derive, Some(Kind::Derive));
    let vec = lookup("std::vec", Namespace::Macro).map(|item| item.kind);
    assert_eq!((vec, named("std::vec").kind), (Some(Kind::Macro), Kind::Module));
}

#[test]
fn preludes_differ_by_edition() {
    let names = |edition: &str, std: bool| -> Vec<&'static str> {
        children(&prelude(edition, std)).iter().map(|child| child.name.as_str()).collect()
    };
    for (name, in_2018, in_2021, in_2024, in_core) in [
        ("Vec", true, true, true, false),
        ("Option", true, true, true, true),
        ("Some", true, true, true, true),
        ("TryFrom", false, true, true, true),
        ("Future", false, false, true, true),
        ("HashMap", false, false, false, false),
    ] {
        let found = [("2018", true), ("2021", true), ("2024", true), ("2024", false)]
            .map(|(edition, std)| names(edition, std).contains(&name));
        assert_eq!(found, [in_2018, in_2021, in_2024, in_core], "{name}");
    }
}

#[test]
fn globs_over_an_enum_bring_its_variants() {
    let names: Vec<&str> =
        children("std::cmp::Ordering").iter().map(|child| child.name.as_str()).collect();
    assert_eq!(names, ["Equal", "Equal", "Greater", "Greater", "Less", "Less"]);
}

#[test]
fn an_alias_tells_what_it_stands_for() {
    let result = named("std::io::Result");
    assert_eq!(result.target, Some("std::result::Result<T, std::io::Error>"));
    assert_eq!(result.generics.len(), 1);
}

#[test]
fn defaults_of_parameters_are_told() {
    let map = named("std::collections::HashMap");
    assert_eq!(map.generics[2].default, Some("std::hash::RandomState"));
}

#[test]
fn traits_tell_what_an_object_of_them_implements() {
    assert!(!named("std::error::Error").supertraits.contains(&"std::marker::Send"));
    assert!(named("std::marker::Send").auto);
    assert!(named("std::marker::Send").unsafe_impl);
}

#[test]
fn answers_are_those_of_rustc() {
    use Marker::{Clone, DeserializeOwned, Hash, Send, Serialize, Sync};
    for (path, of, expected) in [
        ("std::vec::Vec", Hash, "T: hash"),
        ("std::sync::Mutex", Sync, "T: send"),
        ("std::sync::Mutex", Hash, "!hash"),
        ("std::sync::MutexGuard", Send, "!send"),
        ("std::sync::MutexGuard", Sync, "T: sync"),
        ("std::sync::RwLock", Sync, "T: send, T: sync"),
        ("std::sync::Arc", Send, "T: send, T: sync"),
        ("std::rc::Rc", Send, "!send"),
        ("std::rc::Rc", Clone, "clone"),
        ("std::cell::RefCell", Sync, "!sync"),
        ("std::cell::RefCell", Send, "T: send"),
        ("std::sync::mpsc::Receiver", Sync, "!sync"),
        ("std::sync::mpsc::Sender", Sync, "T: send"),
        ("std::thread::JoinHandle", Sync, "sync"),
        ("std::collections::HashMap", Hash, "!hash"),
        ("std::collections::HashMap", Clone, "K: clone, S: clone, V: clone"),
        ("std::collections::HashMap", Serialize, "K: serialize, V: serialize"),
        ("std::collections::BTreeMap", Hash, "K: hash, V: hash"),
        ("std::borrow::Cow", Send, "B::Owned: send, B: sync"),
        ("std::ptr::NonNull", Send, "!send"),
        ("std::sync::OnceLock", Sync, "T: send, T: sync"),
        ("std::rc::Rc", Serialize, "#rc, T: serialize"),
        ("std::time::Instant", Hash, "hash"),
        ("std::time::Instant", Serialize, "!serialize"),
        ("std::path::PathBuf", DeserializeOwned, "deserialize"),
        ("std::io::Error", Clone, "!clone"),
        ("std::fs::File", Sync, "sync"),
        ("std::ops::RangeInclusive", Hash, "Idx: hash"),
        ("std::marker::PhantomData", Hash, "hash"),
        ("f64", Hash, "!hash"),
        ("str", Clone, "!clone"),
        ("&", Send, "T: sync"),
        ("&", DeserializeOwned, "!deserialize"),
        ("*const", Send, "!send"),
        ("fn", Sync, "sync"),
    ] {
        assert_eq!(answered(path, of, &[]), expected, "{path}: {}", of.name());
    }
}

#[test]
fn special_arguments_go_before_the_rule() {
    let str = [Argument::Named("str")];
    assert_eq!(answered("std::boxed::Box", Marker::Clone, &[]), "T: clone");
    assert_eq!(answered("std::boxed::Box", Marker::Clone, &str), "clone");
    assert_eq!(answered("std::boxed::Box", Marker::Clone, &[Argument::Slice]), "T: clone");
    assert_eq!(answered("std::boxed::Box", Marker::Hash, &str), "T: hash");
    let u8 = [Argument::Named("u8")];
    assert_eq!(answered("std::num::NonZero", Marker::Serialize, &u8), "serialize");
}

#[test]
fn shapes_have_their_limits() {
    let answer = |of: Shape, marker| shape(of).map(|item| item.answer(marker, &[]) != &Answer::No);
    for (of, marker, expected) in [
        (Shape::Array(Some(32)), Marker::Serialize, Some(true)),
        (Shape::Array(Some(33)), Marker::Serialize, Some(false)),
        (Shape::Array(None), Marker::Serialize, None),
        (Shape::Tuple(12), Marker::Hash, Some(true)),
        (Shape::Tuple(13), Marker::Hash, Some(false)),
        (Shape::Tuple(16), Marker::Serialize, Some(true)),
        (Shape::Tuple(100), Marker::Serialize, Some(false)),
        (Shape::Never, Marker::Hash, Some(true)),
    ] {
        assert_eq!(answer(of, marker), expected, "{of:?}: {}", marker.name());
    }
}
