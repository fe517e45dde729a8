//! What the source of a crate declares and re-exports, found without knowing what is compiled.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use ra_ap_syntax::ast::{self, HasGenericParams, HasModuleItem, HasName, HasVisibility};
use ra_ap_syntax::{AstNode, Edition, SourceFile};
use serde_json::Value;

use crate::shell;

/// The source of a crate.
#[derive(Default)]
pub(super) struct Source {
    /// As code names it.
    pub(super) name: String,
    /// Types, by the paths of their modules.
    pub(super) types: Vec<(String, Type)>,
    /// Names that are imported with `pub`: the module, the new name, what is imported.
    pub(super) imports: BTreeSet<(String, String, String)>,
    /// Likewise for globs: the module, and what all is imported from.
    pub(super) globs: BTreeSet<(String, String)>,
}

/// A declared type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Type {
    pub(super) name: String,
    pub(super) params: Vec<Param>,
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

/// The crates that a package depends on directly.
///
/// # Errors
///
/// When cargo can't tell, or a source can't be read.
pub(super) fn dependencies(manifest: &Path) -> Result<Vec<Source>, Box<dyn std::error::Error>> {
    let mut cargo = shell::cargo(&["metadata", "--format-version=1", "--manifest-path"]);
    let metadata = json(cargo.arg(manifest))?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages = list(&metadata["packages"]);
    let root = &metadata["resolve"]["root"];
    let nodes = list(&metadata["resolve"]["nodes"]);
    let node = nodes.iter().find(|node| node["id"] == *root).ok_or("the probe is not resolved")?;
    let mut sources = Vec::new();
    for dependency in list(&node["deps"]) {
        let package = packages.iter().find(|package| package["id"] == dependency["pkg"]);
        let targets = package.map(|package| list(&package["targets"])).unwrap_or_default();
        let library = targets.iter().find(|target| {
            list(&target["kind"]).iter().any(|kind| kind == "lib" || kind == "rlib")
        });
        let (Some(name), Some(path)) =
            (dependency["name"].as_str(), library.and_then(|target| target["src_path"].as_str()))
        else {
            continue;
        };
        let mut source = Source { name: name.to_owned(), ..Source::default() };
        let root = Path::new(path);
        source.read_folder(root, root.parent().unwrap_or(root), name)?;
        sources.push(source);
    }
    Ok(sources)
}

fn json(command: &mut Command) -> Result<Value, Box<dyn std::error::Error>> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl Source {
    /// Reads all files; the module of each is where `mod` without `#[path]` would put it.
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
                self.read_text(&std::fs::read_to_string(&path)?, &module);
            }
        }
        Ok(())
    }

    fn read_text(&mut self, text: &str, module: &str) {
        let file = SourceFile::parse(text, Edition::CURRENT).tree();
        for item in file.items() {
            self.read_item(&item, module);
        }
    }

    fn read_item(&mut self, item: &ast::Item, module: &str) {
        match item {
            ast::Item::Struct(it) => self.read_type(it, module),
            ast::Item::Enum(it) => self.read_type(it, module),
            ast::Item::Union(it) => self.read_type(it, module),
            ast::Item::TypeAlias(it) => self.read_type(it, module),
            ast::Item::Module(it) => {
                let (Some(name), Some(items)) = (it.name(), it.item_list()) else { return };
                for item in items.items() {
                    self.read_item(&item, &format!("{module}::{}", name.text()));
                }
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
                self.read_text(text.get(1..text.len() - 1).unwrap_or_default(), module);
            }
            _ => {}
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
        let ty = Type { name: name.text().to_string(), params: params.collect() };
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
