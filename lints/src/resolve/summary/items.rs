//! Items from syntax.

use std::sync::Arc;

use memchr::memmem;
use ra_ap_syntax::ast::{
    self, AstNode, HasGenericParams, HasModuleItem, HasName, HasTypeBounds, HasVisibility,
};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, TextRange, WalkEvent};

use thin_vec::{ThinVec, thin_vec};

use super::types::{bounds, generics_of, lower_path, optional, plain};
use super::{
    Adt, AdtKind, AssocFn, AssocType, Attrs, Field, Impl, Item, ItemKind, Name, PathRef, PathRoot,
    Segment, Trait, TypeRef, Variant, Visibility,
};

/// Makes items from syntax.
#[derive(Clone, Copy)]
pub(crate) struct Lowering<'a> {
    /// Where the tree is from; without it, it is the whole text's.
    source: Option<Source<'a>>,
    /// Stands for every range, where the syntax is that of an expansion.
    place: Option<TextRange>,
    /// How many bodies are around.
    bodies: u8,
    /// Whether a nameless constant is among them.
    in_nameless: bool,
}

/// Bodies inside bodies are kept in each other so deep, which nobody writes; deeper ones side by side.
const MAX_BODIES: u8 = 8;

/// A text, and what was parsed of it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) outline: &'a str,
}

/// The items among the statements of a block.
pub(crate) fn block_items(block: &ast::StmtList) -> Arc<[Arc<Item>]> {
    Lowering { source: None, place: None, bodies: 0, in_nameless: false }.block(block)
}

/// Whether a node is an item of a block or a module that [`Lowering::item`] looks into.
fn is_lowered_with_its_body(node: &SyntaxNode) -> bool {
    use SyntaxKind::{CONST, FN, IMPL, ITEM_LIST, MODULE, STATIC, STMT_LIST, TRAIT};
    matches!(node.kind(), CONST | FN | IMPL | MODULE | STATIC | TRAIT)
        && node.parent().is_some_and(|it| matches!(it.kind(), ITEM_LIST | STMT_LIST))
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(source: Option<Source<'a>>, place: Option<TextRange>) -> Self {
        Lowering { source, place, bodies: 0, in_nameless: false }
    }

    pub(crate) fn source_file(self, file: &ast::SourceFile) -> Arc<[Arc<Item>]> {
        self.all(&Attrs::of(file), file.items())
    }

    /// The items of a module. A `#![cfg(…)]` in it counts for each of them.
    fn all(self, own: &Attrs, items: impl Iterator<Item = ast::Item>) -> Arc<[Arc<Item>]> {
        let mut lowered = Vec::new();
        lowered.extend(own.list.iter().find(|attr| attr.is("macro_use")).map(|_| macro_use()));
        for item in items {
            self.item(item, &mut lowered);
        }
        if !own.cfg.is_empty() {
            for item in &mut lowered {
                if let Some(item) = Arc::get_mut(item) {
                    item.attrs.cfg.extend(own.cfg.iter().cloned());
                }
            }
        }
        lowered.into()
    }

    fn block(self, block: &ast::StmtList) -> Arc<[Arc<Item>]> {
        let mut items = Vec::new();
        let expression = |expr: Option<ast::Expr>, items: &mut Vec<Arc<Item>>| {
            if let Some(ast::Expr::MacroExpr(expr)) = expr
                && let Some(call) = expr.macro_call()
            {
                self.macro_call(&call, items);
            }
        };
        for statement in block.statements() {
            match statement {
                ast::Stmt::Item(item) => self.item(item, &mut items),
                ast::Stmt::ExprStmt(statement) => expression(statement.expr(), &mut items),
                ast::Stmt::LetStmt(_) => {}
            }
        }
        expression(block.tail_expr(), &mut items);
        items.into()
    }

    fn range(self, node: &SyntaxNode) -> TextRange {
        self.place.unwrap_or_else(|| node.text_range())
    }

    fn named<N>(self, node: &N, kind: ItemKind) -> Item
    where
        N: HasName + HasVisibility + ast::HasAttrs,
    {
        let name = node.name();
        let name_range = match &name {
            Some(name) => self.range(name.syntax()),
            None => self.range(node.syntax()),
        };
        Item {
            name: name.map_or(Name::default(), |name| plain(name.text())),
            kind,
            attrs: Attrs::of(node),
            vis: visibility(node),
            range: self.range(node.syntax()),
            name_range,
        }
    }

    fn anonymous(self, node: &SyntaxNode, attrs: Attrs, kind: ItemKind) -> Item {
        let range = self.range(node);
        Item {
            name: Name::default(),
            kind,
            attrs,
            vis: Visibility::Private,
            range,
            name_range: range,
        }
    }

    fn item(self, item: ast::Item, into: &mut Vec<Arc<Item>>) {
        let lowered = match item {
            ast::Item::AsmExpr(_) => return,
            ast::Item::Const(it) => {
                self.body(it.syntax(), &Attrs::of(&it), into);
                let value = it.body().map(|value| self.text_of(value.syntax()));
                self.named(&it, ItemKind::Const { value })
            }
            ast::Item::Static(it) => {
                self.body(it.syntax(), &Attrs::of(&it), into);
                self.named(&it, ItemKind::Static)
            }
            ast::Item::Enum(it) => {
                let variants = it.variant_list().into_iter().flat_map(|list| list.variants());
                let variants = variants
                    .map(|variant| Variant {
                        name: variant.name().map_or(Name::default(), |name| plain(name.text())),
                        attrs: Attrs::of(&variant),
                        fields: self.fields(variant.field_list()),
                    })
                    .collect();
                let generics = Arc::new(generics_of(&it));
                let kind = AdtKind::Enum;
                self.named(&it, ItemKind::Adt(Adt { kind, generics, variants, is_value: false }))
            }
            ast::Item::Struct(it) => {
                let is_value = !matches!(it.field_list(), Some(ast::FieldList::RecordFieldList(_)));
                let fields = self.fields(it.field_list());
                let variants = thin_vec![nameless_variant(fields)];
                let generics = Arc::new(generics_of(&it));
                let kind = AdtKind::Struct;
                self.named(&it, ItemKind::Adt(Adt { kind, generics, variants, is_value }))
            }
            ast::Item::Union(it) => {
                let list = it.record_field_list().map(ast::FieldList::RecordFieldList);
                let variants = thin_vec![nameless_variant(self.fields(list))];
                let generics = Arc::new(generics_of(&it));
                let kind = AdtKind::Union;
                self.named(&it, ItemKind::Adt(Adt { kind, generics, variants, is_value: false }))
            }
            ast::Item::ExternBlock(it) => return self.extern_block(&it, into),
            ast::Item::ExternCrate(it) => match self.extern_crate(&it) {
                Some(item) => item,
                None => return,
            },
            ast::Item::Fn(it) => {
                self.body(it.syntax(), &Attrs::of(&it), into);
                self.function(&it)
            }
            ast::Item::Impl(it) => {
                self.body(it.syntax(), &Attrs::of(&it), into);
                self.implementation(&it)
            }
            ast::Item::MacroCall(it) => return self.macro_call(&it, into),
            ast::Item::MacroDef(it) => self.named(&it, ItemKind::OpaqueMacro),
            ast::Item::MacroRules(it) => {
                let body = it.token_tree().map(|tree| self.text_of(tree.syntax()));
                self.named(&it, ItemKind::MacroRules { body: body.unwrap_or_default() })
            }
            ast::Item::Module(it) => {
                let items = it.item_list().map(|list| self.all(&Attrs::of(&list), list.items()));
                self.named(&it, ItemKind::Module(items))
            }
            ast::Item::Trait(it) => {
                self.body(it.syntax(), &Attrs::of(&it), into);
                self.trait_(&it)
            }
            ast::Item::TypeAlias(it) => {
                let generics = Arc::new(generics_of(&it));
                let ty = it.ty().map(|ty| super::lower_type(&ty));
                self.named(&it, ItemKind::Alias { generics, ty })
            }
            ast::Item::Use(it) => return self.uses(&it, into),
        };
        into.push(Arc::new(lowered));
    }

    /// Items inside a body matter to others only by what they implement.
    fn body(self, node: &SyntaxNode, attrs: &Attrs, into: &mut Vec<Arc<Item>>) {
        if self.bodies == MAX_BODIES {
            return;
        }
        // `const _: () = { … }` is where macros put impls; elsewhere a macro call is an expression.
        let is_nameless = self.in_nameless
            || ast::Const::cast(node.clone()).is_some_and(|it| it.underscore_token().is_some());
        let header = usize::from(ast::Impl::can_cast(node.kind()));
        if !is_nameless && self.count_impls(node) <= header {
            return;
        }
        let matters = |item: &Arc<Item>| match item.kind {
            // A macro that is made here is called here.
            ItemKind::Impl(_) | ItemKind::MacroRules { .. } | ItemKind::Body(_) => true,
            ItemKind::MacroCall { .. } => is_nameless,
            _ => false,
        };
        let inner = Lowering { bodies: self.bodies + 1, in_nameless: is_nameless, ..self };
        let mut walk = node.preorder();
        while let Some(event) = walk.next() {
            let WalkEvent::Enter(at) = event else { continue };
            // Its blocks come with it, as a part of the block that it stands in.
            if inner.bodies < MAX_BODIES && at != *node && is_lowered_with_its_body(&at) {
                walk.skip_subtree();
                continue;
            }
            let Some(block) = ast::StmtList::cast(at) else { continue };
            let items = inner.block(&block);
            if items.iter().any(matters) {
                into.push(Arc::new(self.anonymous(node, attrs.clone(), ItemKind::Body(items))));
            }
        }
    }

    /// What a node says, also where the outline is silent.
    fn text_of(self, node: &SyntaxNode) -> Box<str> {
        match self.source {
            Some(source) => source.text[node.text_range()].into(),
            None => node.to_string().into(),
        }
    }

    /// How often the word stands in a node.
    fn count_impls(self, node: &SyntaxNode) -> usize {
        let count = |text: &str| memmem::find_iter(text.as_bytes(), b"impl").count();
        match self.source {
            Some(source) => count(&source.outline[node.text_range()]),
            None => count(&node.to_string()),
        }
    }

    fn function(self, it: &ast::Fn) -> Item {
        self.named(it, ItemKind::Fn)
    }

    pub(crate) fn implementation(self, it: &ast::Impl) -> Item {
        let of = match it.trait_() {
            Some(ast::Type::PathType(path)) => path.path().map(|path| lower_path(&path)),
            _ => None,
        };
        let list = it.assoc_item_list();
        let kind = ItemKind::Impl(Box::new(Impl {
            generics: Arc::new(generics_of(it)),
            negative: it.excl_token().is_some(),
            ties_lifetimes: ties_lifetimes(it),
            of,
            self_ty: optional(it.self_ty()),
            types: Self::assoc_types(list.as_ref()),
            fns: self.assoc_fns(list.as_ref()),
        }));
        self.anonymous(it.syntax(), Attrs::of(it), kind)
    }

    pub(crate) fn trait_(self, it: &ast::Trait) -> Item {
        let generics = Arc::new(generics_of(it));
        let mut supers = bounds(it.type_bound_list());
        for pred in &generics.wheres {
            if let Ok(TypeRef::Path(path)) = &pred.subject
                && path.root == PathRoot::SelfType
                && path.segments.is_empty()
            {
                supers.extend(pred.bounds.iter().cloned());
            }
        }
        let list = it.assoc_item_list();
        let types = Self::assoc_types(list.as_ref());
        let kind = ItemKind::Trait(Box::new(Trait { generics, supers, types }));
        self.named(it, kind)
    }

    fn assoc_types(list: Option<&ast::AssocItemList>) -> ThinVec<AssocType> {
        let mut types = ThinVec::new();
        for item in list.into_iter().flat_map(ast::AssocItemList::assoc_items) {
            if let ast::AssocItem::TypeAlias(it) = item {
                types.push(AssocType {
                    name: it.name().map_or(Name::default(), |name| plain(name.text())),
                    generics: Arc::new(generics_of(&it)),
                    bounds: bounds(it.type_bound_list()),
                    ty: it.ty().map(|ty| super::lower_type(&ty)),
                    attrs: Attrs::of(&it),
                });
            }
        }
        types.shrink_to_fit();
        types
    }

    fn assoc_fns(self, list: Option<&ast::AssocItemList>) -> ThinVec<AssocFn> {
        let mut fns = ThinVec::new();
        for item in list.into_iter().flat_map(ast::AssocItemList::assoc_items) {
            if let ast::AssocItem::Fn(it) = item {
                fns.push(AssocFn {
                    name: it.name().map_or(Name::default(), |name| plain(name.text())),
                    cfg: Attrs::of(&it).cfg,
                    range: self.range(it.syntax()),
                    is_expanded: self.place.is_some(),
                });
            }
        }
        fns.shrink_to_fit();
        fns
    }

    fn fields(self, list: Option<ast::FieldList>) -> ThinVec<Field> {
        let mut fields: ThinVec<Field> = match list {
            Some(ast::FieldList::RecordFieldList(list)) => {
                let fields = list.fields().map(|field| {
                    let name = field.name().map_or(Name::default(), |name| plain(name.text()));
                    self.field(field.syntax(), Attrs::of(&field), name, field.ty())
                });
                fields.collect()
            }
            Some(ast::FieldList::TupleFieldList(list)) => {
                let fields = list.fields().enumerate().map(|(at, field)| {
                    let name = Name::from(at.to_string());
                    self.field(field.syntax(), Attrs::of(&field), name, field.ty())
                });
                fields.collect()
            }
            None => ThinVec::new(),
        };
        fields.shrink_to_fit();
        fields
    }

    fn field(self, node: &SyntaxNode, attrs: Attrs, name: Name, ty: Option<ast::Type>) -> Field {
        let text = ty.as_ref().map_or(String::new(), |ty| ty.syntax().to_string());
        Field { name, ty: optional(ty), attrs, range: self.range(node), text: text.into() }
    }

    fn extern_block(self, it: &ast::ExternBlock, into: &mut Vec<Arc<Item>>) {
        for item in it.extern_item_list().into_iter().flat_map(|list| list.extern_items()) {
            match item {
                ast::ExternItem::Fn(it) => into.push(Arc::new(self.function(&it))),
                ast::ExternItem::Static(it) => {
                    into.push(Arc::new(self.named(&it, ItemKind::Static)));
                }
                ast::ExternItem::TypeAlias(it) => {
                    let kind = ItemKind::Alias { generics: Arc::new(generics_of(&it)), ty: None };
                    into.push(Arc::new(self.named(&it, kind)));
                }
                ast::ExternItem::MacroCall(it) => self.macro_call(&it, into),
            }
        }
    }

    fn extern_crate(self, it: &ast::ExternCrate) -> Option<Item> {
        let krate = plain(it.name_ref()?.text());
        let rename = it.rename();
        let name = match &rename {
            Some(rename) => rename.name().map_or(Name::default(), |name| plain(name.text())),
            None => krate.clone(),
        };
        let range = self.range(it.syntax());
        Some(Item {
            name,
            kind: ItemKind::ExternCrate { krate },
            attrs: Attrs::of(it),
            vis: visibility(it),
            range,
            name_range: range,
        })
    }

    fn macro_call(self, it: &ast::MacroCall, into: &mut Vec<Arc<Item>>) {
        let Some(path) = it.path() else { return };
        let input = it.token_tree().map(|tree| self.text_of(tree.syntax())).unwrap_or_default();
        let kind = ItemKind::MacroCall { path: lower_path(&path), input };
        into.push(Arc::new(self.anonymous(it.syntax(), Attrs::of(it), kind)));
    }

    fn uses(self, it: &ast::Use, into: &mut Vec<Arc<Item>>) {
        let Some(tree) = it.use_tree() else { return };
        let attrs = Attrs::of(it);
        let vis = visibility(it);
        let empty = PathRef { root: PathRoot::Plain, segments: ThinVec::new() };
        let mut leaf = |path: PathRef, name: Name, glob: bool, node: &SyntaxNode| {
            into.push(Arc::new(Item {
                name,
                kind: ItemKind::Use { path, glob },
                attrs: attrs.clone(),
                vis: vis.clone(),
                range: self.range(it.syntax()),
                name_range: self.range(node),
            }));
        };
        use_tree(&tree, &empty, &mut leaf);
    }
}

fn use_tree(
    tree: &ast::UseTree,
    prefix: &PathRef,
    leaf: &mut impl FnMut(PathRef, Name, bool, &SyntaxNode),
) {
    let own = tree.path().as_ref().map(lower_path);
    let is_self = own
        .as_ref()
        .is_some_and(|path| path.root == PathRoot::Super(0) && path.segments.is_empty());
    let prefix_is_empty = prefix.segments.is_empty() && prefix.root == PathRoot::Plain;
    let path = match own {
        None if prefix_is_empty && tree.coloncolon_token().is_some() => {
            PathRef { root: PathRoot::Global, segments: ThinVec::new() }
        }
        None => prefix.clone(),
        Some(own) if prefix_is_empty => own,
        Some(own) => {
            let mut joined = prefix.clone();
            if let (PathRoot::Super(more), PathRoot::Super(levels)) = (&own.root, &joined.root) {
                joined.root = PathRoot::Super(levels + more);
            }
            joined.segments.extend(own.segments);
            joined
        }
    };
    if let Some(list) = tree.use_tree_list() {
        for inner in list.use_trees() {
            use_tree(&inner, &path, leaf);
        }
        return;
    }
    if tree.star_token().is_some() {
        return leaf(path, Name::default(), true, tree.syntax());
    }
    let name = match tree.rename() {
        Some(rename) => rename.name().map_or(Name::default(), |name| plain(name.text())),
        None if is_self && prefix_is_empty => return,
        None => path.segments.last().map_or(Name::default(), |last: &Segment| last.name.clone()),
    };
    leaf(path, name, false, tree.syntax());
}

fn nameless_variant(fields: ThinVec<Field>) -> Variant {
    Variant { name: Name::default(), attrs: Attrs::default(), fields }
}

fn visibility(node: &dyn HasVisibility) -> Visibility {
    let Some(vis) = node.visibility() else { return Visibility::Private };
    match vis.visibility_inner().and_then(|inner| inner.path()) {
        Some(path) => Visibility::In(Box::new(lower_path(&path))),
        None if vis.pub_token().is_some() => Visibility::Public,
        None => Visibility::Private,
    }
}

/// What stands for `#![macro_use]`.
fn macro_use() -> Arc<Item> {
    Arc::new(Item {
        name: Name::default(),
        kind: ItemKind::MacroUse,
        attrs: Attrs::default(),
        vis: Visibility::Private,
        range: TextRange::default(),
        name_range: TextRange::default(),
    })
}

/// Whether an impl holds for some lifetimes only.
fn ties_lifetimes(it: &ast::Impl) -> bool {
    let (params, clause) = (it.generic_param_list(), it.where_clause());
    let declared = params.iter().flat_map(ast::GenericParamList::lifetime_params);
    let asked = clause.iter().flat_map(ast::WhereClause::predicates);
    let (self_ty, of) = (it.self_ty(), it.trait_());
    let own = lifetimes_in(self_ty.as_ref());
    let is_shared = |(at, name): (usize, &String)| name != "'_" && own[..at].contains(name);
    let is_lasting = |name: &String| name == "'static";
    declared.into_iter().any(|param| param.type_bound_list().is_some())
        || asked.into_iter().any(|pred| pred.lifetime().is_some())
        || own.iter().enumerate().any(is_shared)
        || own.iter().any(is_lasting)
        || lifetimes_in(of.as_ref()).iter().any(is_lasting)
        || lifetimes_in(params.as_ref()).iter().any(is_lasting)
        || lifetimes_in(clause.as_ref()).iter().any(is_lasting)
}

fn lifetimes_in<N: AstNode>(node: Option<&N>) -> Vec<String> {
    let tokens = node.into_iter().flat_map(|node| node.syntax().descendants_with_tokens());
    let lifetimes = tokens.filter(|it| it.kind() == SyntaxKind::LIFETIME_IDENT);
    lifetimes.map(|it| it.to_string()).collect()
}
