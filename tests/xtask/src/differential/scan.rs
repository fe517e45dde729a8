//! What the source of a crate declares and re-exports, found without knowing what is compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use ra_ap_syntax::ast::{self, HasAttrs, HasGenericParams, HasModuleItem, HasName, HasVisibility};
use ra_ap_syntax::{AstNode, Edition, SourceFile};
use serde_json::Value;

use crate::shell;

/// The source of a crate.
#[derive(Default)]
pub(super) struct Source {
    /// What stands before the paths of its modules: the name of a direct dependency as code has it, and
    /// for others something that is no name.
    pub(super) root: String,
    /// Whether the probe can name it.
    pub(super) is_direct: bool,
    /// Whether it is part of the repo.
    pub(super) is_local: bool,
    /// The roots of the crates that it can name, by these names.
    pub(super) dependencies: BTreeMap<String, String>,
    /// Types and traits, by the paths of their modules.
    pub(super) types: Vec<(String, Type)>,
    /// The paths of modules that nobody outside can name.
    pub(super) private: BTreeSet<String>,
    /// Names that are imported with `pub`: the module, the new name, what is imported.
    pub(super) imports: BTreeSet<(String, String, String)>,
    /// Likewise for globs: the module, and what all is imported from.
    pub(super) globs: BTreeSet<(String, String)>,
}

/// A declared type or trait.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Type {
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// What can follow a path to make a type of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Arguments for these.
    Type(Vec<Param>),
    /// A trait without parameters: `dyn` goes before it.
    Trait,
}

/// A generic parameter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Param {
    Lifetime,
    /// With its bounds as they are written, and whether it has a default.
    Type(String, bool),
    /// With its type.
    Const(String),
}

/// The crates that a package depends on directly, and those that they re-export something from.
///
/// # Errors
///
/// When cargo can't tell, or a source can't be read.
pub(super) fn crates(manifest: &Path) -> Result<Vec<Source>, Box<dyn std::error::Error>> {
    let mut cargo = shell::cargo(&["metadata", "--format-version=1", "--manifest-path"]);
    let metadata = json(cargo.arg(manifest))?;
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        let list = list.as_array().into_iter().flatten();
        list.map(|it| (it["id"].as_str().unwrap_or_default().to_owned(), it.clone())).collect()
    };
    let packages = by_id(&metadata["packages"]);
    let nodes = by_id(&metadata["resolve"]["nodes"]);
    let root = metadata["resolve"]["root"].as_str().ok_or("the probe is not resolved")?;
    let direct = dependencies(&nodes[root]);
    let root_of = |id: &str| {
        let name = direct.iter().find(|(_, own)| own.as_str() == id).map(|(name, _)| name.clone());
        name.unwrap_or_else(|| format!("<{id}>"))
    };
    let mut left: Vec<String> = direct.values().cloned().collect();
    let mut met = BTreeSet::new();
    let mut sources = Vec::new();
    while let Some(id) = left.pop() {
        let Some(path) = library(&packages[&id]).filter(|_| met.insert(id.clone())) else {
            continue;
        };
        let named = dependencies(&nodes[&id]);
        let mut source = Source {
            root: root_of(&id),
            is_direct: direct.values().any(|own| *own == id),
            is_local: packages[&id]["source"].is_null(),
            dependencies: named.iter().map(|(name, id)| (name.clone(), root_of(id))).collect(),
            ..Source::default()
        };
        let module = source.root.clone();
        source.read_folder(&path, path.parent().unwrap_or(&path), &module)?;
        let targets = source.imports.iter().map(|(_, _, target)| target);
        let targets = targets.chain(source.globs.iter().map(|(_, target)| target));
        let first = targets.filter_map(|path| path.trim_start_matches("::").split("::").next());
        left.extend(first.filter_map(|name| named.get(name).cloned()));
        sources.push(source);
    }
    Ok(sources)
}

/// The packages that a package can name, by the names.
fn dependencies(node: &Value) -> BTreeMap<String, String> {
    let list = node["deps"].as_array().into_iter().flatten();
    list.filter_map(|it| Some((it["name"].as_str()?.to_owned(), it["pkg"].as_str()?.to_owned())))
        .collect()
}

/// The root file of a package's library, unless that is a proc macro.
fn library(package: &Value) -> Option<PathBuf> {
    let targets = package["targets"].as_array()?;
    let library = targets.iter().find(|target| {
        let kinds = target["kind"].as_array().into_iter().flatten();
        kinds.filter_map(Value::as_str).any(|kind| kind.ends_with("lib"))
    });
    library?["src_path"].as_str().map(PathBuf::from)
}

fn json(command: &mut Command) -> Result<Value, Box<dyn std::error::Error>> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Source {
    /// Reads all files; the module of each is where `mod` without `#[path]` would put it, and where one
    /// with it does.
    fn read_folder(&mut self, root: &Path, folder: &Path, module: &str) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                self.read_folder(root, &path, &format!("{module}::{name}"))?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let is_folder = path == root || name == "mod";
                let module =
                    if is_folder { module.to_owned() } else { format!("{module}::{name}") };
                self.read_text(&std::fs::read_to_string(&path)?, &path, &module);
            }
        }
        Ok(())
    }

    fn read_text(&mut self, text: &str, path: &Path, module: &str) {
        let file = SourceFile::parse(text, Edition::CURRENT).tree();
        for item in file.items() {
            self.read_item(&item, path, module);
        }
    }

    fn read_item(&mut self, item: &ast::Item, path: &Path, module: &str) {
        match item {
            ast::Item::Struct(it) => self.read_type(it, module),
            ast::Item::Enum(it) => self.read_type(it, module),
            ast::Item::Union(it) => self.read_type(it, module),
            ast::Item::TypeAlias(it) => self.read_type(it, module),
            ast::Item::Trait(it) if is_public(it) && it.generic_param_list().is_none() => {
                let Some(name) = it.name() else { return };
                let ty = Type { name: name.text().to_string(), shape: Shape::Trait };
                self.types.push((module.to_owned(), ty));
            }
            ast::Item::Module(it) => self.read_module(it, path, module),
            ast::Item::ExternCrate(it) if is_public(it) => {
                let Some(target) = it.name_ref().map(|name| name.text().to_string()) else {
                    return;
                };
                let rename = it.rename().and_then(|it| it.name()).map(|it| it.text().to_string());
                let name = rename.unwrap_or_else(|| target.clone());
                self.imports.insert((module.to_owned(), name, target));
            }
            ast::Item::Use(it) if is_public(it) => {
                if let Some(tree) = it.use_tree() {
                    self.read_import(&tree, "", module);
                }
            }
            // Many a macro passes on the items that it is given.
            ast::Item::MacroCall(it) => {
                let Some(tokens) = it.token_tree() else { return };
                let text = tokens.syntax().text().to_string();
                self.read_text(text.get(1..text.len() - 1).unwrap_or_default(), path, module);
            }
            _ => {}
        }
    }

    fn read_module(&mut self, it: &ast::Module, path: &Path, module: &str) {
        let Some(name) = it.name() else { return };
        let inside = format!("{module}::{}", name.text());
        if !is_public(it) {
            self.private.insert(inside.clone());
        }
        if let Some(items) = it.item_list() {
            for item in items.items() {
                self.read_item(&item, path, &inside);
            }
            return;
        }
        let attrs = it.attrs().map(|attr| attr.syntax().text().to_string());
        for place in attrs.filter_map(|attr| {
            let value = attr.strip_prefix("#[path")?.trim_start_matches([' ', '=']);
            Some(value.trim_end_matches(']').trim().trim_matches('"').to_owned())
        }) {
            let file = path.with_file_name(place);
            if let Ok(text) = std::fs::read_to_string(&file) {
                self.read_text(&text, &file, &inside);
            }
        }
    }

    fn read_type(
        &mut self,
        item: &(impl HasName + HasVisibility + HasGenericParams),
        module: &str,
    ) {
        let Some(name) = item.name().filter(|_| is_public(item)) else { return };
        let list = item.generic_param_list();
        let params =
            list.into_iter().flat_map(|list| list.generic_params()).map(|param| match param {
                ast::GenericParam::LifetimeParam(_) => Param::Lifetime,
                ast::GenericParam::TypeParam(it) => {
                    let is_optional = it.default_type().is_some();
                    let bounds = item.where_clause().map(|it| it.to_string()).unwrap_or_default();
                    Param::Type(format!("{it} {bounds}"), is_optional)
                }
                ast::GenericParam::ConstParam(it) => {
                    Param::Const(it.ty().map(|ty| ty.to_string()).unwrap_or_default())
                }
            });
        let shape = Shape::Type(params.collect());
        let ty = Type { name: name.text().to_string(), shape };
        self.types.push((module.to_owned(), ty));
    }

    fn read_import(&mut self, tree: &ast::UseTree, before: &str, module: &str) {
        let written = tree.path().map(|path| path.to_string().replace(' ', "")).unwrap_or_default();
        let path = match (before, written.as_str()) {
            (before, "") => before.to_owned(),
            ("", written) => written.to_owned(),
            (before, "self") => before.to_owned(),
            (before, written) => format!("{before}::{written}"),
        };
        if let Some(list) = tree.use_tree_list() {
            for tree in list.use_trees() {
                self.read_import(&tree, &path, module);
            }
        } else if tree.star_token().is_some() {
            self.globs.insert((module.to_owned(), path));
        } else {
            let name = match tree.rename() {
                Some(rename) => rename.name().map(|name| name.text().to_string()),
                None => path.rsplit("::").next().map(str::to_owned),
            };
            if let Some(name) = name {
                self.imports.insert((module.to_owned(), name, path));
            }
        }
    }
}

fn is_public(item: &impl HasVisibility) -> bool {
    item.visibility().is_some_and(|visibility| visibility.to_string() == "pub")
}
