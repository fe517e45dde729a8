//! From a node of a file to the scope it stands in, and from paths in it to definitions.

use std::sync::{Arc, RwLock};

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, TextRange};
use rustc_hash::FxHashMap;

use super::lower::Env;
use super::modules::{BlockKey, ItemRef};
use super::names::{Def, Found, StdItem};
use super::query::Query;
use super::summary::{
    AssocFn, Attrs, Generics, ItemKind, Name, ParamKind, PathRoot, block_items, generics_of,
    lower_path, lower_type,
};
use super::ty::{Const, Ty};
use super::{FunctionDef, ModuleId, Namespace, Resolution, Resolver, StaticDef, std_table};
use crate::source::FileRange;

/// The scopes inside of blocks and items that were asked about: a body may hold thousands of calls.
#[derive(Default)]
pub(super) struct Scopes {
    known: RwLock<FxHashMap<(ModuleId, SyntaxKind, TextRange), Inside>>,
    #[cfg(test)]
    pub(super) worked_out: std::sync::atomic::AtomicUsize,
}

/// The scope inside of a node.
type Inside = Result<Env, LeftOut>;

/// A `cfg` leaves the node out of this build.
#[derive(Clone, Copy)]
struct LeftOut;

impl Scopes {
    fn known(&self, module: ModuleId, node: &SyntaxNode) -> Option<Inside> {
        if !is_kept(node) {
            return None;
        }
        let known = self.known.read().expect("no panic while held");
        known.get(&(module, node.kind(), node.text_range())).cloned()
    }

    fn keep(&self, module: ModuleId, node: &SyntaxNode, inside: &Inside) {
        let key = (module, node.kind(), node.text_range());
        self.known.write().expect("no panic while held").insert(key, inside.clone());
        #[cfg(test)]
        self.worked_out.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Whether to enter a node takes looking at all that is in it, or at all items around it.
fn is_kept(node: &SyntaxNode) -> bool {
    matches!(
        node.kind(),
        SyntaxKind::STMT_LIST | SyntaxKind::MODULE | SyntaxKind::IMPL | SyntaxKind::TRAIT
    )
}

impl Resolver {
    /// A question about something in this scope: the bounds of its parameters are known.
    pub(super) fn query(&self, env: &Env) -> Query {
        let q = Query::new();
        let mut facts = Vec::new();
        for generics in &env.declared {
            facts.extend(self.facts_of(&q, env, generics));
        }
        q.facts.replace(facts);
        q
    }

    pub(super) fn env_at(&self, q: &Query, module: ModuleId, node: &SyntaxNode) -> Option<Env> {
        let mut env = Env::new(module);
        let mut outward = Vec::new();
        for ancestor in node.ancestors() {
            match self.scopes.known(module, &ancestor).filter(|_| ancestor != *node) {
                Some(known) => {
                    env = known.ok()?;
                    break;
                }
                None => outward.push(ancestor),
            }
        }
        for ancestor in outward.iter().rev() {
            let inside = self.env_inside(q, env, ancestor, ancestor == node);
            if is_kept(ancestor) && ancestor != node && !q.is_exhausted() {
                self.scopes.keep(module, ancestor, &inside);
            }
            env = inside.ok()?;
        }
        Some(env)
    }

    /// The scope inside of a node that stands in `env`. A module that is asked about stands outside of itself.
    fn env_inside(&self, q: &Query, mut env: Env, node: &SyntaxNode, is_asked: bool) -> Inside {
        let krate = self.module(env.module).krate;
        if let Some(it) = ast::AnyHasAttrs::cast(node.clone())
            && self.is_active(krate, &Attrs::of(&it)) == Some(false)
        {
            return Err(LeftOut);
        }
        if let Some(it) = ast::Module::cast(node.clone()) {
            if !is_asked && it.item_list().is_some() {
                let declaration = self.item_at(q, env.module, node.text_range()).ok_or(LeftOut)?;
                env = Env::new(self.child_module(&declaration));
            }
        } else if let Some(block) = ast::StmtList::cast(node.clone()) {
            let has_items = block
                .statements()
                .any(|it| matches!(it, ast::Stmt::Item(_)) || is_macro_statement(&it));
            if has_items {
                // The textual scope of macros is known once the items around it are.
                self.items(q, env.module);
                let key = BlockKey::Range(node.text_range());
                env.module = self.block_module(env.module, key, || block_items(&block));
            }
        } else {
            self.enter_item(q, &mut env, node);
        }
        Ok(env)
    }

    /// Adds the generics and the `Self` of an item that a node is inside of.
    fn enter_item(&self, q: &Query, env: &mut Env, ancestor: &SyntaxNode) {
        let is_item = matches!(
            ast::Item::cast(ancestor.clone()),
            Some(
                ast::Item::Fn(_)
                    | ast::Item::Struct(_)
                    | ast::Item::Enum(_)
                    | ast::Item::Union(_)
                    | ast::Item::Impl(_)
                    | ast::Item::Trait(_)
                    | ast::Item::TypeAlias(_)
            )
        );
        if !is_item {
            return;
        }
        let Some(it) = ast::AnyHasGenericParams::cast(ancestor.clone()) else { return };
        let generics = Arc::new(generics_of(&it));
        add_params(env, &generics);
        env.declared.push(generics);
        if let Some(it) = ast::Impl::cast(ancestor.clone()) {
            env.self_ty = it.self_ty().map(|ty| self.lower(q, env, &lower_type(&ty)));
            env.within = self.item_at(q, env.module, ancestor.text_range());
        } else if ast::Trait::can_cast(ancestor.kind()) {
            env.self_ty = Some(Ty::Param(Name::new_static("Self")));
            env.within = self.item_at(q, env.module, ancestor.text_range());
        }
    }

    fn item_at(&self, q: &Query, module: ModuleId, range: TextRange) -> Option<ItemRef> {
        let items = self.items(q, module);
        let entry = items.entries.iter().find(|entry| {
            entry.item.range == range && !matches!(entry.item.kind, ItemKind::Body(_))
        })?;
        Some(ItemRef { module, item: Arc::clone(&entry.item) })
    }

    pub(super) fn resolution_of(
        &self,
        q: &Query,
        env: &Env,
        path: &ast::Path,
        namespace: Namespace,
    ) -> Resolution {
        let path = lower_path(path);
        // `Self::method`, `<Type>::method`.
        let relative_to = match (&path.root, path.segments.as_slice()) {
            (PathRoot::SelfType, [_]) => env.self_ty.clone(),
            (PathRoot::Qualified(of, None), [_]) => Some(self.lower(q, env, of)),
            (PathRoot::SelfType | PathRoot::Qualified(..), _) => return Resolution::Unknown,
            _ => None,
        };
        if let (Some(ty), Some(name)) = (relative_to, path.last_name()) {
            return self.method_of(q, &ty, name);
        }
        let (found, used) = self.resolve(q, env.module, &path, namespace, false);
        let Found::Def(def) = found else { return Resolution::Unknown };
        if used == path.segments.len() {
            return self.resolution(&def);
        }
        if used + 1 != path.segments.len() {
            return Resolution::Unknown;
        }
        let ty = self.type_of_def(q, env, &def, &path.segments[used - 1]);
        self.method_of(q, &ty, &path.segments[used].name)
    }

    fn resolution(&self, def: &Def) -> Resolution {
        match def {
            Def::Cachelit(path) => Resolution::Cachelit(path.to_string()),
            Def::Item(item) => match &item.item.kind {
                // One that a macro made has its call's place for all it consists of.
                ItemKind::Fn | ItemKind::Static if item.item.range == item.item.name_range => {
                    Resolution::Unknown
                }
                ItemKind::Fn => self.function(item, &item.item.name, item.item.range, None),
                ItemKind::Static => {
                    let module = self.normal_module(item.module);
                    let data = self.module(item.module);
                    Resolution::Static(StaticDef {
                        path: format!("{}::{}", self.path_of_module(module), item.item.name),
                        package: self.crate_data(data.krate).package,
                        item: FileRange { file: Arc::clone(&data.file), range: item.item.range },
                    })
                }
                _ => Resolution::Other,
            },
            Def::Std(StdItem(item)) if item.kind == std_table::Kind::Function => {
                Resolution::Std(item.path)
            }
            _ => Resolution::Other,
        }
    }

    /// A function whose body can be looked at.
    fn function(
        &self,
        at: &ItemRef,
        name: &Name,
        range: TextRange,
        of: Option<&str>,
    ) -> Resolution {
        let module = self.normal_module(at.module);
        let mut path = self.path_of_module(module);
        for part in of.into_iter().chain([name.as_str()]) {
            path.push_str("::");
            path.push_str(part);
        }
        let data = self.module(at.module);
        Resolution::Function(FunctionDef {
            path,
            package: self.crate_data(data.krate).package,
            item: FileRange { file: Arc::clone(&data.file), range },
            module: at.module,
        })
    }

    /// The one method of that name that a type has.
    pub(super) fn method_of(&self, q: &Query, ty: &Ty, name: &str) -> Resolution {
        let mut ty = ty;
        while let Ty::Ref(_, inner) = ty {
            ty = inner;
        }
        if let Ty::Std(item, _) = ty {
            return Resolution::StdAssociated(format!("{}::{name}", item.0.path));
        }
        let Ty::Adt(adt, _) = ty else { return Resolution::Unknown };
        let krate = self.module(adt.module).krate;
        let impls = self.impls_of(q, krate);
        if impls.mention(&adt.item.name) {
            return Resolution::Unknown;
        }
        let inherent = self.methods_in(q, &impls.inherent, ty, name);
        let found = if inherent.is_empty() {
            let of_traits: Vec<ItemRef> = impls.of_traits().cloned().collect();
            self.methods_in(q, &of_traits, ty, name)
        } else {
            inherent
        };
        match found.as_slice() {
            [(at, function)] if !function.is_expanded => {
                self.function(at, &function.name, function.range, Some(&adt.item.name))
            }
            _ => Resolution::Unknown,
        }
    }

    fn methods_in(
        &self,
        q: &Query,
        impls: &[ItemRef],
        ty: &Ty,
        name: &str,
    ) -> Vec<(ItemRef, AssocFn)> {
        let mut found = Vec::new();
        for item in impls {
            let ItemKind::Impl(it) = &item.item.kind else { continue };
            for function in it.fns.iter().filter(|function| function.name == name) {
                let krate = self.module(item.module).krate;
                if self.all_hold(krate, &function.cfg) == Some(false) {
                    continue;
                }
                if self.self_type_fits(q, item, it, ty) {
                    found.push((item.clone(), function.clone()));
                }
            }
        }
        found
    }
}

fn is_macro_statement(statement: &ast::Stmt) -> bool {
    match statement {
        ast::Stmt::ExprStmt(it) => matches!(it.expr(), Some(ast::Expr::MacroExpr(_))),
        _ => false,
    }
}

/// Parameters stand for themselves.
fn add_params(env: &mut Env, generics: &Generics) {
    for param in &generics.params {
        let value = match param.kind {
            ParamKind::Lifetime { .. } => continue,
            ParamKind::Type { .. } => Ty::Param(param.name.clone()),
            ParamKind::Const { .. } => Ty::Const(Const::Param(param.name.clone())),
        };
        env.params.push((param.name.clone(), value));
    }
}
