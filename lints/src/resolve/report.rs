//! Verdicts for those who ask: on a type in a scope, and on a type given as text.

use super::lower::Env;
use super::names::{Def, Found};
use super::query::Query;
use super::solve::Answer;
use super::std_table::Marker;
use super::summary::{ArgRef, ItemKind, Name, PathRef, PathRoot, TypeRef, parse_type};
use super::ty::Ty;
use super::{
    ModuleId, Namespace, PackageIndex, Reason, Resolver, Trait, TypeReport, TypeReportError,
    Verdict,
};
use crate::project::TargetKind;

/// Every trait, in the order of a report.
const TRAITS: [Trait; 7] = [
    Trait::CacheKey,
    Trait::Hash,
    Trait::Send,
    Trait::Sync,
    Trait::Clone,
    Trait::Serialize,
    Trait::DeserializeOwned,
];

impl Resolver {
    pub(super) fn verdict_on(&self, q: &Query, ty: &Ty, of: Trait) -> Verdict {
        let marker = match of {
            Trait::CacheKey => None,
            Trait::Hash => Some(Marker::Hash),
            Trait::Send => Some(Marker::Send),
            Trait::Sync => Some(Marker::Sync),
            Trait::Clone => Some(Marker::Clone),
            Trait::Serialize => Some(Marker::Serialize),
            Trait::DeserializeOwned => Some(Marker::DeserializeOwned),
        };
        let answer = match marker {
            Some(marker) => self.holds_marker(q, ty, marker),
            None => self.can_be_key(q, ty),
        };
        match answer {
            Answer::Yes => Verdict::Yes,
            Answer::Unknown => Verdict::Unknown,
            Answer::No(reason) => {
                let steps = reason.steps.iter().filter(|step| !step.message.is_empty());
                Verdict::No(Reason { steps: steps.cloned().collect() })
            }
        }
    }

    pub(super) fn report_on(
        &self,
        package: PackageIndex,
        module: &str,
        ty: &str,
    ) -> Result<TypeReport, TypeReportError> {
        let module = self.module_named(package, module).ok_or(TypeReportError::NoSuchModule)?;
        let edition = self.crate_data(self.module(module).krate).edition;
        let written = parse_type(ty, edition).ok_or(TypeReportError::NotAType)?;
        let q = Query::new();
        if let Some(path) = self.unresolved(&q, module, &written) {
            return Err(TypeReportError::Unresolved(path));
        }
        let env = Env::new(module);
        let ty = self.lower(&q, &env, &written);
        let lasts = self.lasts(&q, &env, &written);
        let verdict = |of| {
            let q = Query::new();
            q.lasts.set(lasts);
            self.verdict_on(&q, &ty, of)
        };
        Ok(TypeReport { verdicts: TRAITS.map(|of| (of, verdict(of))).into() })
    }

    /// A module of a package by its path, with or without the crate's name.
    fn module_named(&self, package: PackageIndex, path: &str) -> Option<ModuleId> {
        let krate = self.library_of(package).or_else(|| {
            let mut crates = self.crates.of(package);
            crates.find(|&krate| self.crate_data(krate).kind != TargetKind::BuildScript)
        })?;
        let q = Query::new();
        let mut at = self.root_module(krate);
        let mut names = path.split("::").map(str::trim).filter(|name| !name.is_empty()).peekable();
        let own_name = self.crate_data(krate).name.clone();
        names.next_if(|first| *first == "crate" || *first == own_name);
        for name in names {
            let name = Name::from(name.strip_prefix("r#").unwrap_or(name));
            let items = self.items(&q, at);
            let declaration =
                items.named(&name).find(|entry| matches!(entry.item.kind, ItemKind::Module(_)))?;
            at = self.child_module(&super::modules::ItemRef {
                module: at,
                item: declaration.item.clone(),
            });
        }
        Some(at)
    }

    /// The first path in a type that certainly leads nowhere.
    fn unresolved(&self, q: &Query, module: ModuleId, ty: &TypeRef) -> Option<String> {
        match ty {
            TypeRef::Path(path) => self.unresolved_path(q, module, path),
            TypeRef::Tuple(list) => list.iter().find_map(|ty| self.unresolved(q, module, ty)),
            TypeRef::Array(ty, _)
            | TypeRef::Slice(ty)
            | TypeRef::Ref { ty, .. }
            | TypeRef::Ptr { ty, .. } => self.unresolved(q, module, ty),
            TypeRef::Dyn(bounds) | TypeRef::Impl(bounds) => {
                bounds.iter().find_map(|bound| self.unresolved_path(q, module, &bound.path))
            }
            TypeRef::Never | TypeRef::Unknown | TypeRef::FnPtr | TypeRef::Macro { .. } => None,
        }
    }

    fn unresolved_path(&self, q: &Query, module: ModuleId, path: &PathRef) -> Option<String> {
        if matches!(path.root, PathRoot::SelfType | PathRoot::Qualified(..)) {
            return None;
        }
        let (found, used) = self.resolve(q, module, path, Namespace::Type, false);
        let leads_nowhere = match &found {
            Found::None => true,
            // Only types have something behind them that isn't followed here.
            Found::Def(Def::Std(item)) => {
                used < path.segments.len() && item.0.kind == super::std_table::Kind::Module
            }
            _ => false,
        };
        if leads_nowhere {
            let names: Vec<&str> = path.segments.iter().map(|it| it.name.as_str()).collect();
            return Some(names.join("::"));
        }
        path.segments.iter().flat_map(|segment| &segment.args).find_map(|arg| match arg {
            ArgRef::Type(ty) => self.unresolved(q, module, ty),
            _ => None,
        })
    }
}
