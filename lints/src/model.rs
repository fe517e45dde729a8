//! What the rules look at: cached functions, their attributes and parameters, the names in their
//! bodies and the calls that they make. Rules see source only through this.

mod attribute;
mod calls;
mod function;
mod locals;
mod macros;
mod parses;

pub(crate) use attribute::CacheAttribute;
pub(crate) use calls::{Call, calls_of, static_reads};
pub(crate) use function::{
    CachedFunction, Parameter, ParameterKind, cache_attributes, cached_functions, impl_of,
};
pub(crate) use locals::{Locals, Origin, UseForm};
pub(crate) use parses::Parses;

use std::cell::Cell;

use ra_ap_syntax::SyntaxNode;
use ra_ap_syntax::ast::{self, AstNode};

use crate::project::{Edition, Package, Project};
use crate::resolve::{FunctionDef, ModuleId, Reason, Resolver, Scope, StaticDef, Trait, Verdict};
use crate::source::FileRange;

/// What every question about a revision needs.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) project: &'a Project,
    pub(crate) resolver: &'a Resolver,
    pub(crate) parses: &'a Parses,
    /// Set when an answer is unknown: silence then does not mean that all is well.
    pub(crate) doubt: &'a Cell<bool>,
}

impl Context<'_> {
    /// Whether a type, as written at `scope`, implements a trait.
    pub(crate) fn verdict(&self, scope: &Scope, ty: &ast::Type, of: Trait) -> Verdict {
        self.noted(self.resolver.verdict(scope, ty, of))
    }

    /// The same of what would be stored: of a `Result<T, E>`, by whatever name, the `T`.
    pub(crate) fn verdict_on_success(&self, scope: &Scope, ty: &ast::Type, of: Trait) -> Verdict {
        self.noted(self.resolver.verdict_on_success(scope, ty, of))
    }

    /// Where the key of a type certainly rests on `std::hash::Hash`.
    pub(crate) fn rests_on_hash(&self, scope: &Scope, ty: &ast::Type) -> Option<Reason> {
        let found = self.resolver.rests_on_hash(scope, ty);
        self.found_in(scope, ty, found)
    }

    /// Where copies of a value certainly share state that can change.
    pub(crate) fn shared_state(&self, scope: &Scope, ty: &ast::Type) -> Option<Reason> {
        let found = self.resolver.shared_state(scope, ty);
        self.found_in(scope, ty, found)
    }

    /// Whether values of a type have values of the type of that text in them.
    pub(crate) fn contains(&self, scope: &Scope, ty: &ast::Type, other: &str) -> Option<bool> {
        let contains = self.resolver.contains(scope, ty, other);
        if contains.is_none() {
            self.doubt.set(true);
        }
        contains
    }

    /// Where nothing was found, it is certain only of the standard library's data that nothing is there.
    fn found_in(&self, scope: &Scope, ty: &ast::Type, found: Option<Reason>) -> Option<Reason> {
        if found.is_none() && !self.resolver.is_immutable_data(scope, ty) {
            self.doubt.set(true);
        }
        found
    }

    fn noted(&self, verdict: Verdict) -> Verdict {
        if verdict == Verdict::Unknown {
            self.doubt.set(true);
        }
        verdict
    }

    /// The package that a module belongs to.
    pub(crate) fn package(&self, module: ModuleId) -> &Package {
        self.project.package(self.resolver.package_of(module))
    }

    /// The edition of the crate that a module belongs to.
    pub(crate) fn edition(&self, module: ModuleId) -> Edition {
        let path = self.resolver.module_path(module);
        let crate_name = path.split("::").next().unwrap_or_default();
        let targets = &self.package(module).targets;
        targets
            .iter()
            .find(|target| target.crate_name == crate_name)
            .or(targets.first())
            .map_or_else(Edition::default, |target| target.edition)
    }

    /// The source of a function, and the module that its file is the source of.
    pub(crate) fn function(&self, def: &FunctionDef) -> Option<(ModuleId, ast::Fn)> {
        let module = self.module_around(&def.path, &def.item)?;
        Some((module, self.parses.function(&def.item, self.edition(module))?))
    }

    /// The source of a static, and the module that its file is the source of.
    pub(crate) fn static_item(&self, def: &StaticDef) -> Option<(ModuleId, ast::Static)> {
        let module = self.module_around(&def.path, &def.item)?;
        Some((module, self.parses.static_item(&def.item, self.edition(module))?))
    }

    fn module_around(&self, path: &str, item: &FileRange) -> Option<ModuleId> {
        let is_around = |module: &ModuleId| {
            let module = self.resolver.module_path(*module);
            path.strip_prefix(&*module).is_some_and(|rest| rest.starts_with("::"))
        };
        self.resolver.modules_of_file(&item.file).into_iter().find(is_around)
    }

    /// Whether the `cfg` attributes directly on `node` hold; `None` where that can't be known.
    pub(crate) fn cfg_attributes_hold(&self, scope: &Scope, node: &SyntaxNode) -> Option<bool> {
        let mut holds = Some(true);
        for attr in node.children().filter_map(ast::Attr::cast) {
            for meta in attr.meta().into_iter().flat_map(|meta| self.active_metas(scope, meta)) {
                let ast::Meta::CfgMeta(cfg) = meta else { continue };
                let predicate = cfg.cfg_predicate().map(|it| it.syntax().text().to_string());
                match predicate.and_then(|it| self.resolver.cfg_holds(scope, &it)) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => holds = None,
                }
            }
        }
        holds
    }

    /// What an attribute amounts to once the `cfg_attr`s around it that hold are gone.
    pub(crate) fn active_metas(&self, scope: &Scope, meta: ast::Meta) -> Vec<ast::Meta> {
        match meta {
            ast::Meta::CfgAttrMeta(cfg_attr) => {
                let predicate = cfg_attr.cfg_predicate().map(|it| it.syntax().text().to_string());
                if predicate.and_then(|it| self.resolver.cfg_holds(scope, &it)) != Some(true) {
                    return Vec::new();
                }
                cfg_attr.metas().flat_map(|inner| self.active_metas(scope, inner)).collect()
            }
            other => vec![other],
        }
    }
}

/// The edition as the parser names it.
pub(crate) fn parser_edition(edition: Edition) -> ra_ap_syntax::Edition {
    match edition {
        Edition::E2015 => ra_ap_syntax::Edition::Edition2015,
        Edition::E2018 => ra_ap_syntax::Edition::Edition2018,
        Edition::E2021 => ra_ap_syntax::Edition::Edition2021,
        Edition::E2024 => ra_ap_syntax::Edition::Edition2024,
    }
}

/// The edition as the code hash names it.
pub(crate) fn token_edition(edition: Edition) -> cachelit_spec::token::Edition {
    use cachelit_spec::token::Edition as Token;
    match edition {
        Edition::E2015 => Token::E2015,
        Edition::E2018 => Token::E2018,
        Edition::E2021 => Token::E2021,
        Edition::E2024 => Token::E2024,
    }
}
