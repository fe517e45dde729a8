//! What rustc would say: which item a path names, and whether a type implements a trait.
//!
//! Answers come from source text, on demand: only the names that are asked for are followed, through
//! modules, imports, aliases and packages. What can't be known is said to be unknown.

pub mod std_table;

mod cachelit;
mod cfg;
mod constants;
mod crates;
mod lower;
mod macros;
mod modules;
mod names;
mod query;
mod report;
mod scope;
mod solve;
mod summary;
#[cfg(test)]
mod tests;
mod ty;

use std::path::Path;
use std::sync::{Arc, RwLock};

use ra_ap_syntax::{SyntaxNode, ast};
use rustc_hash::FxHashMap;

use crates::{CrateId, Crates};
use lower::{Env, TypesByMacros};
use macros::{MacroRef, Rules};
use modules::{ByPlace, ItemRef, Modules};
use names::{Found, NameKey};
use query::Query;
use solve::{Answers, CrateImpls, EarlierAnswers, Head};
pub(crate) use summary::parse_file;
use summary::{Item, Name};
pub use summary::{Summaries, format};

use crate::project::{PackageIndex, Project};
use crate::source::{FileRange, SourceFiles};

/// Answers for one revision, memoised. Threads share what one of them worked out; where two work at
/// the same, both come to the same answer.
pub struct Resolver {
    project: Arc<Project>,
    files: Arc<dyn SourceFiles>,
    summaries: Arc<Summaries>,
    crates: Crates,
    /// Of crates that an edit can reach.
    own: Memos,
    dependencies: Arc<DependencyMemos>,
    scopes: scope::Scopes,
    types_by_macros: TypesByMacros,
}

/// What was worked out about some crates.
#[derive(Default)]
struct Memos {
    modules: RwLock<Modules>,
    /// Items with parameters under a `cfg`, as this build has them.
    trimmed: RwLock<FxHashMap<(CrateId, ByPlace), Arc<Item>>>,
    names: RwLock<FxHashMap<NameKey, Found>>,
    rules: RwLock<FxHashMap<MacroRef, Arc<Rules>>>,
    /// Macros that a crate exports and does not make by other macros.
    written_exports: RwLock<FxHashMap<CrateId, Arc<FxHashMap<Name, ItemRef>>>>,
    exported: RwLock<FxHashMap<CrateId, Arc<FxHashMap<Name, ItemRef>>>>,
    impls: RwLock<FxHashMap<CrateId, Arc<CrateImpls>>>,
    heads: RwLock<FxHashMap<ItemRef, Arc<Head>>>,
    /// Features that the build script of a package may turn on.
    script_features: RwLock<FxHashMap<PackageIndex, Arc<[Box<str>]>>>,
    /// Whether the source of a proc-macro package has a word in it.
    macro_words: RwLock<FxHashMap<(PackageIndex, Name), solve::Writes>>,
    answers: Answers,
    earlier: EarlierAnswers,
}

/// Memos about fetched packages that depend on nothing but fetched packages. No edit of the workspace
/// reaches these, so that the revisions of one [`Project`] share them until a file of such a package changes.
#[derive(Default)]
pub struct DependencyMemos(Memos);

/// A module of a crate of this revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleId(pub u32);

/// Where a piece of code stands: its module, the items of enclosing blocks, generics, `Self`.
#[derive(Clone, Debug)]
pub struct Scope {
    env: Env,
}

/// The traits that are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trait {
    /// `cachelit::CacheKey`.
    CacheKey,
    /// `std::hash::Hash`.
    Hash,
    /// `Send`.
    Send,
    /// `Sync`.
    Sync,
    /// `Clone`.
    Clone,
    /// `serde::Serialize`.
    Serialize,
    /// `serde::de::DeserializeOwned`.
    DeserializeOwned,
}

/// An answer about a type and a trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The type implements the trait.
    Yes,
    /// It certainly does not.
    No(Reason),
    /// It can't be known from here.
    Unknown,
}

/// Why a type does not implement a trait: the path from the type to the field or missing impl.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// From the outside in; never empty in an answer.
    pub steps: Vec<ReasonStep>,
}

/// One step of a [`Reason`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonStep {
    /// Such as ``field `db: RefCell<Inner>` of `Connection` ``.
    pub message: String,
    /// The field or the type's definition.
    pub place: Option<FileRange>,
}

/// The two kinds of names that paths are resolved in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// Modules, types, traits.
    Type,
    /// Functions, constants, statics, constructors.
    Value,
    /// `macro_rules!`, attribute and derive macros.
    Macro,
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Something of cachelit's own, by its path inside the crate: `cache_data`, `st::slider`, `st`.
    /// However it was imported, re-exported or renamed.
    Cachelit(String),
    /// A function or method of a crate whose source is at hand.
    Function(FunctionDef),
    /// A `static` of such a crate.
    Static(StaticDef),
    /// A function of the standard library, by its path: `std::env::var`.
    Std(&'static str),
    /// What a type of the standard library has by that name, its own or of some trait:
    /// `std::time::SystemTime::now`.
    StdAssociated(String),
    /// Some other item.
    Other,
    /// Not known; macros or missing source stand in the way.
    Unknown,
}

/// A function's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionDef {
    /// `crate::module::name`, with the crate's name.
    pub path: String,
    /// Its package.
    pub package: PackageIndex,
    /// The whole `fn` item.
    pub item: FileRange,
    /// The module it stands in.
    pub module: ModuleId,
}

/// A static's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticDef {
    /// `crate::module::NAME`, with the crate's name.
    pub path: String,
    /// Its package.
    pub package: PackageIndex,
    /// The whole `static` item.
    pub item: FileRange,
}

/// What is known about a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeReport {
    /// Every trait with its verdict, in the order of the contract.
    pub verdicts: Vec<(Trait, Verdict)>,
}

/// Why there is no [`TypeReport`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeReportError {
    /// Not the syntax of a type.
    NotAType,
    /// The module does not exist.
    NoSuchModule,
    /// A name certainly leads nowhere.
    Unresolved(String),
}

impl Resolver {
    /// A resolver whose files don't change while it lives.
    pub fn new(
        project: Arc<Project>,
        files: Arc<dyn SourceFiles>,
        summaries: Arc<Summaries>,
        dependencies: Arc<DependencyMemos>,
    ) -> Self {
        let crates = Crates::new(&project);
        Resolver {
            project,
            files,
            summaries,
            crates,
            own: Memos::default(),
            dependencies,
            scopes: scope::Scopes::default(),
            types_by_macros: TypesByMacros::default(),
        }
    }

    /// The memos that a crate is in.
    fn memos(&self, krate: CrateId) -> &Memos {
        if self.crates.is_out_of_reach(krate) { &self.dependencies.0 } else { &self.own }
    }

    /// The memos that a module's crate is in.
    fn memos_at(&self, module: ModuleId) -> &Memos {
        if module.is_out_of_reach() { &self.dependencies.0 } else { &self.own }
    }

    /// The modules whose source is this file: none where no crate of a workspace member contains it
    /// as configured, several where more than one does.
    pub fn modules_of_file(&self, file: &Path) -> Vec<ModuleId> {
        let q = Query::new();
        let mut found = Vec::new();
        for (at, package) in self.project.indexed() {
            if !package.is_member || !file.starts_with(&package.root) {
                continue;
            }
            for krate in self.crates.of(at) {
                let dir = self.crate_data(krate).root.parent();
                if dir.is_some_and(|dir| file.starts_with(dir)) {
                    found.extend(self.modules_in(&q, krate, file));
                }
            }
        }
        found
    }

    /// The path of a module: `crate_name::a::b`.
    pub fn module_path(&self, module: ModuleId) -> String {
        self.path_of_module(module)
    }

    /// The package of a module.
    pub fn package_of(&self, module: ModuleId) -> PackageIndex {
        self.crate_data(self.module(module).krate).package
    }

    /// The text of a file as this revision has it.
    pub fn text(&self, file: &Path) -> Option<Arc<str>> {
        self.files.read(file)
    }

    /// Where `node` stands, given the module that the file is the source of: inline modules, blocks,
    /// impls and generics around it are taken from its ancestors. `None` where a `cfg` on the way
    /// leaves it out of this build.
    pub fn scope_at(&self, module: ModuleId, node: &SyntaxNode) -> Option<Scope> {
        let env = self.env_at(&Query::new(), module, node)?;
        Some(Scope { env })
    }

    /// Whether the predicate of a `cfg` or `cfg_attr` (its tokens, such as `feature = "x"`) holds in
    /// the package of `scope`; `None` where it can't be known.
    pub fn cfg_holds(&self, scope: &Scope, predicate: &str) -> Option<bool> {
        self.predicate_holds(self.module(scope.env.module).krate, predicate)
    }

    /// What a path names.
    pub fn resolve_path(
        &self,
        scope: &Scope,
        path: &ast::Path,
        namespace: Namespace,
    ) -> Resolution {
        self.resolution_of(&self.query(&scope.env), &scope.env, path, namespace)
    }

    /// The inherent or trait method `name` of a type of the workspace, where exactly one fits.
    pub fn resolve_method(&self, scope: &Scope, receiver: &ast::Type, name: &str) -> Resolution {
        let q = self.query(&scope.env);
        let ty = self.lower(&q, &scope.env, &summary::lower_type(receiver));
        self.method_of(&q, &ty, name)
    }

    /// Whether a type, as written at `scope`, implements a trait.
    pub fn verdict(&self, scope: &Scope, ty: &ast::Type, of: Trait) -> Verdict {
        let q = self.query(&scope.env);
        let ty = self.lower_asked(&q, &scope.env, ty);
        self.verdict_on(&q, &ty, of)
    }

    fn lower_asked(&self, q: &Query, env: &Env, ty: &ast::Type) -> ty::Ty {
        let written = summary::lower_type(ty);
        q.lasts.set(self.lasts(q, env, &written));
        self.lower(q, env, &written)
    }

    /// Like [`verdict`](Self::verdict); of a type that is a `Result<T, E>`, by whatever name, about the
    /// `T`.
    pub fn verdict_on_success(&self, scope: &Scope, ty: &ast::Type, of: Trait) -> Verdict {
        let q = self.query(&scope.env);
        let ty = self.lower_asked(&q, &scope.env, ty);
        match &ty {
            ty::Ty::Std(item, args) if item.0.path.ends_with("::result::Result") => {
                args.first().map_or(Verdict::Unknown, |value| self.verdict_on(&q, value, of))
            }
            _ => self.verdict_on(&q, &ty, of),
        }
    }

    /// Whether a type is a `Result` whose value has another type, as it is written.
    pub fn succeeds_with(&self, scope: &Scope, ty: &ast::Type, value: &ast::Type) -> bool {
        let q = self.query(&scope.env);
        let lower = |ty| self.lower(&q, &scope.env, &summary::lower_type(ty));
        let ty::Ty::Std(item, args) = lower(ty) else { return false };
        item.0.path.ends_with("::result::Result") && args.first() == Some(&lower(value))
    }

    /// The path of the standard library's type that is meant, references to it stripped: `bool`,
    /// `std::vec::Vec`, and `[]` for arrays and slices.
    pub fn std_type(&self, scope: &Scope, ty: &ast::Type) -> Option<&'static str> {
        let q = self.query(&scope.env);
        let mut ty = self.lower(&q, &scope.env, &summary::lower_type(ty));
        while let ty::Ty::Ref(_, inner) = ty {
            ty = (*inner).clone();
        }
        match ty {
            ty::Ty::Std(item, _) => Some(item.0.path),
            ty::Ty::Array(..) | ty::Ty::Slice(_) => Some("[]"),
            _ => None,
        }
    }

    /// Whether all that a type consists of is of the standard library and can't change through a shared reference.
    pub fn is_immutable_data(&self, scope: &Scope, ty: &ast::Type) -> bool {
        let q = self.query(&scope.env);
        self.lower(&q, &scope.env, &summary::lower_type(ty)).is_immutable_data()
    }

    /// Whether a macro's path certainly names one of the standard library.
    pub fn is_std_macro(&self, scope: &Scope, path: &ast::Path) -> bool {
        self.means_std_macro(&self.query(&scope.env), &scope.env, &summary::lower_path(path))
    }

    /// All verdicts on a type given as text.
    pub fn type_report(
        &self,
        package: PackageIndex,
        module: &str,
        ty: &str,
    ) -> Result<TypeReport, TypeReportError> {
        self.report_on(package, module, ty)
    }
}
