//! Reading the toolchain's documentation: which names there are, and how they are declared.
//!
//! A page is a file named after what it documents, `struct.HashMap.html`; links in it carry full
//! paths in their titles. Nothing here is believed without a compiled program that agrees.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::shell;

/// The crates, in the order in which their paths are preferred.
pub(super) const CRATES: [&str; 3] = ["std", "core", "alloc"];

/// An item as the documentation has it.
#[derive(Clone, Debug)]
pub(super) struct Documented {
    /// `std::io::Error`.
    pub(super) path: String,
    /// The word in the file's name: `struct`, `fn`, `mod` …
    pub(super) kind: &'static str,
    /// The declaration, with full paths instead of links.
    pub(super) declaration: String,
    /// The last segments of the traits that it is said to implement, not counting negative and
    /// blanket impls.
    pub(super) implements: Vec<String>,
}

/// What the documentation says.
#[derive(Debug, Default)]
pub(super) struct Docs {
    /// Sorted by path.
    pub(super) items: Vec<Documented>,
    /// From the path of a re-export to what it names.
    pub(super) reexports: BTreeMap<String, String>,
    /// From a module to the modules whose names it re-exports.
    pub(super) globs: Vec<(String, String)>,
}

const KINDS: [&str; 11] = [
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "fn",
    "macro",
    "constant",
    "derive",
    "attr",
    "traitalias",
];

/// Reads the documentation of `std`, `core` and `alloc`.
///
/// # Errors
///
/// When the toolchain comes without its documentation.
pub(super) fn read() -> Result<Docs, Box<dyn std::error::Error>> {
    let sysroot = shell::command("rustc", &["--print", "sysroot"]).output()?;
    let html = PathBuf::from(String::from_utf8(sysroot.stdout)?.trim()).join("share/doc/rust/html");
    if !html.is_dir() {
        return Err(
            "the toolchain has no documentation: run `rustup component add rust-docs`".into()
        );
    }
    let mut docs = Docs::default();
    for name in CRATES {
        read_module(&html.join(name), name, &mut docs)?;
    }
    docs.items.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    Ok(docs)
}

fn read_module(folder: &Path, module: &str, docs: &mut Docs) -> std::io::Result<()> {
    let index = fs::read_to_string(folder.join("index.html"))?;
    docs.items.push(item(module.to_owned(), "mod", &index));
    read_reexports(&index, module, docs);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            if path.join("index.html").is_file() {
                read_module(&path, &format!("{module}::{name}"), docs)?;
            }
            continue;
        }
        let mut words = name.split('.');
        let (Some(kind), Some(name), Some("html")) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        // A macro has a second page that forwards from `macro.vec!.html`.
        let Some(kind) = KINDS.into_iter().find(|known| *known == kind && !name.ends_with('!'))
        else {
            continue;
        };
        let page = fs::read_to_string(&path)?;
        if !is_unstable(&page) {
            let item = item(format!("{module}::{name}"), kind, &page);
            if kind == "enum" {
                docs.items.extend(variants(&page).map(|variant| Documented {
                    path: format!("{}::{variant}", item.path),
                    kind: "variant",
                    declaration: String::new(),
                    implements: Vec::new(),
                }));
            }
            docs.items.push(item);
        }
    }
    Ok(())
}

/// Whether the page's own item, not just a part of it, is marked as unstable.
fn is_unstable(page: &str) -> bool {
    let Some((_, after)) = page.split_once("item-decl") else { return false };
    let after = after.split_once("</pre>").map_or("", |(_, after)| after);
    let own = after.split("toggle top-doc").next().unwrap_or_default();
    own.len() < 5_000 && own.contains("stab unstable")
}

fn item(path: String, kind: &'static str, page: &str) -> Documented {
    let declaration = page
        .split_once("item-decl\"><code>")
        .and_then(|(_, after)| after.split_once("</code></pre>"))
        .map_or_else(String::new, |(declaration, _)| plain(declaration));
    Documented { path, kind, declaration, implements: implements(page) }
}

/// The names of an enum's variants.
fn variants(page: &str) -> impl Iterator<Item = &str> {
    page.split("<section id=\"variant.")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .filter(|name| !name.contains('.'))
}

fn implements(page: &str) -> Vec<String> {
    let own = page.split("blanket-implementations-list").next().unwrap_or_default();
    own.split("<section id=\"impl-")
        .skip(1)
        .filter_map(|part| {
            let name = part.split("-for-").next()?;
            let header = part.split("</h3>").next()?;
            (!header.contains(" !<a")).then(|| name.split("%3C").next().unwrap_or(name).to_owned())
        })
        .collect()
}

fn read_reexports(index: &str, module: &str, docs: &mut Docs) {
    let Some((_, list)) = index.split_once("<dl class=\"item-table reexports\">") else { return };
    let list = list.split("</dl>").next().unwrap_or_default();
    for entry in list.split("<dt").skip(1) {
        let entry = entry.split("</dt>").next().unwrap_or_default();
        if entry.contains("stab unstable") {
            continue;
        }
        let text = plain(entry.split_once("<code>").map_or("", |(_, code)| code));
        let Some(title) = titles(entry).last() else { continue };
        // The title of a link to a variant is the enum's.
        let variant = entry.split("#variant.").nth(1).and_then(|rest| rest.split('"').next());
        let target = match variant {
            Some(variant) => format!("{}::{variant}", after_kind(title)),
            None => after_kind(title).to_owned(),
        };
        if text.contains("::*;") {
            docs.globs.push((module.to_owned(), target));
            continue;
        }
        let name = match text.trim_end_matches(';').rsplit_once(" as ") {
            Some((_, name)) => name,
            None => last(&target),
        };
        if name != "_" {
            docs.reexports.insert(format!("{module}::{name}"), target.clone());
        }
    }
}

/// The last segment of a path.
pub(super) fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

fn titles(html: &str) -> impl Iterator<Item = &str> {
    html.split("title=\"").skip(1).filter_map(|part| part.split('"').next())
}

/// `std::io::Error` of `struct std::io::Error`.
fn after_kind(title: &str) -> &str {
    title.rsplit(' ').next().unwrap_or(title)
}

/// The text of some HTML, links replaced by the full paths in their titles.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = tag.split_once('>') else { break };
        rest = after;
        if tag.starts_with("div") {
            text.push(' ');
        }
        let path = titles(tag).next().map(after_kind);
        let linked = path.filter(|path| path.contains("::") && !tag.contains("associatedtype"));
        if let (true, Some(path)) = (tag.starts_with("a "), linked)
            && let Some((_, after)) = rest.split_once("</a>")
        {
            text.push_str(path);
            rest = after;
        }
    }
    text.push_str(rest);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"")
}
