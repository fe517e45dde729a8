//! What the linter believes of the runtime's `CacheKey`: the answers that the compiler gave to
//! `runtime/tests/implementations.rs`, which must ask about everything that the runtime implements it for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cachelit_lints::resolve::{Trait, Verdict};
use cachelit_tests::root;
use cachelit_workspace::{LoadOptions, Selection, Workspace};
use proc_macro2::{TokenStream, TokenTree};
use syn::Type;

/// Each question, with the answer: `yes Vec<f64>;`.
fn cases(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.lines().map(str::trim).filter_map(|line| {
        let line = line.strip_suffix(';')?;
        let yes = line.strip_prefix("yes ").map(|ty| (true, ty));
        yes.or_else(|| line.strip_prefix("no ").map(|ty| (false, ty)))
    })
}

fn questions() -> String {
    fs::read_to_string(root().join("runtime/tests/implementations.rs")).expect("it is there")
}

/// A package that has the runtime with all its features, and the crates of those in the versions of this
/// repo.
fn package(folder: &Path) {
    let runtime = root().join("runtime");
    let manifest: toml::Table = fs::read_to_string(runtime.join("Cargo.toml"))
        .expect("it is there")
        .parse()
        .expect("cargo reads it, too");
    let features: Vec<&String> =
        manifest["features"].as_table().expect("it has some").keys().collect();
    let crates = manifest["dependencies"].as_table().expect("it has some").keys();
    let mut text = format!(
        "[package]\nname = \"asking\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\ncachelit = {{ path = {:?}, features = {features:?} }}\n",
        runtime.display().to_string(),
    );
    for name in crates.filter(|name| !name.starts_with("cachelit")) {
        let _ = writeln!(text, "{name} = {{ version = \"*\", default-features = false }}");
    }
    fs::create_dir_all(folder.join("src")).expect("the folder can be written to");
    fs::write(folder.join("Cargo.toml"), text).expect("the folder can be written to");
    fs::write(folder.join("src/lib.rs"), "").expect("the folder can be written to");
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock can be copied");
}

#[test]
fn the_linter_answers_as_the_compiler_does() {
    let folder = tempfile::tempdir().expect("the system has a folder for that");
    package(folder.path());
    let options = LoadOptions::new(folder.path().to_path_buf());
    let workspace = Workspace::load(&options).expect("the package loads");
    let snapshot = workspace.snapshot();
    let packages = snapshot.members(&Selection::Default).expect("it has packages");
    let [package] = packages[..] else { panic!("a package of its own: {packages:?}") };
    let text = questions();
    let mut wrong = Vec::new();
    for (expected, ty) in cases(&text) {
        // In a map, so that `Hash` doesn't answer in its place.
        let asked = format!("std::collections::HashMap<u8, Box<{ty}>>");
        let verdict = match snapshot.analysis().type_report(package, "", &asked) {
            Ok(report) => report.verdicts.into_iter().find(|(of, _)| *of == Trait::CacheKey),
            Err(error) => {
                wrong.push(format!("{ty}: {error:?}"));
                continue;
            }
        };
        let (_, verdict) = verdict.expect("every trait is answered");
        if verdict == Verdict::Unknown || (verdict == Verdict::Yes) != expected {
            wrong.push(format!("{ty}: {verdict:?}"));
        }
    }
    assert!(cases(&text).count() > 150, "the questions are read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_compiler_is_asked_about_every_implementation() {
    let mut implemented = BTreeSet::new();
    let mut files = vec![root().join("runtime/src/key.rs")];
    files_in(&root().join("runtime/src/key"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file can be read");
        let parsed = syn::parse_file(&text).expect("a source file is Rust");
        parsed.items.iter().for_each(|item| implementations(item, &mut implemented));
    }
    let text = questions();
    let asked: BTreeSet<String> = cases(&text)
        .filter(|(yes, _)| *yes)
        .map(|(_, ty)| head(&syn::parse_str(ty).expect("a question is a type")))
        .collect();
    assert!(implemented.len() > 100, "implementations are found: {implemented:?}");
    let missing: Vec<&String> = implemented.difference(&asked).collect();
    assert!(missing.is_empty(), "ask in runtime/tests/implementations.rs about {missing:?}");
}

fn files_in(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder can be read") {
        let path = entry.expect("a source folder can be read").path();
        if path.is_dir() {
            files_in(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The types that an item implements `CacheKey` for, by the head of their names.
fn implementations(item: &syn::Item, found: &mut BTreeSet<String>) {
    match item {
        syn::Item::Impl(item) => {
            let of = item.trait_.as_ref().and_then(|(path, ..)| path.segments.last());
            if of.is_some_and(|last| last.ident == "CacheKey") {
                found.insert(head(&item.self_ty));
            }
        }
        // The macros of the runtime take lists of types.
        syn::Item::Macro(call) if call.ident.is_none() => {
            listed(&call.mac.tokens, &mut |ty| _ = found.insert(head(&ty)));
        }
        _ => {}
    }
}

/// The types in the arguments of a macro: between commas, without bounds in front and without what `as`
/// says of them.
fn listed(tokens: &TokenStream, found: &mut dyn FnMut(Type)) {
    let mut argument = TokenStream::new();
    let mut is_over = false;
    let mut end = |argument: &mut TokenStream| {
        let ty = std::mem::take(argument);
        if let Ok(ty) = syn::parse2(ty) {
            found(ty);
        }
    };
    for token in tokens.clone() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                end(&mut argument);
                is_over = false;
            }
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Bracket => {}
            TokenTree::Ident(word) if word == "as" => is_over = true,
            _ if !is_over => argument.extend([token]),
            _ => {}
        }
    }
    end(&mut argument);
}

fn head(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().expect("a path has a name").ident.to_string(),
        Type::Reference(reference) if reference.mutability.is_some() => "&mut".to_owned(),
        Type::Reference(_) => "&".to_owned(),
        Type::Slice(_) => "[]".to_owned(),
        Type::Array(_) => "[;]".to_owned(),
        Type::Tuple(tuple) => format!("({})", tuple.elems.len()),
        Type::TraitObject(object) => match object.bounds.first() {
            Some(syn::TypeParamBound::Trait(bound)) => {
                format!("dyn {}", bound.path.segments.last().expect("a path has a name").ident)
            }
            _ => panic!("an object of no trait"),
        },
        _ => panic!("a kind of type that `head` doesn't know"),
    }
}
