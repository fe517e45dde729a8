//! Which binding each name in a function's body means: parameters, `let`, closures and patterns
//! shadow each other as in rustc, and items of blocks hide what is outside.

use ra_ap_syntax::ast::{self, AstNode, HasLoopBody, HasName};
use ra_ap_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize, match_ast};
use rustc_hash::FxHashMap;

use super::{Context, macros};
use crate::resolve::ModuleId;

/// The bindings of a function, and where they are used.
#[derive(Default)]
pub(crate) struct Locals {
    bindings: Vec<Binding>,
    by_use: FxHashMap<TextRange, usize>,
}

/// A name that a parameter, a `let` or a pattern introduces.
pub(crate) struct Binding {
    /// The name where it is introduced.
    pub(crate) range: TextRange,
    pub(crate) origin: Origin,
    pub(crate) uses: Vec<Use>,
}

/// What introduced a binding.
#[derive(Clone)]
pub(crate) enum Origin {
    /// A parameter of the function, as a whole.
    Parameter(ast::Param),
    /// `let name: T = …;`, as a whole.
    Let(ast::LetStmt),
    /// A part of a pattern, a closure's parameter, a loop's variable.
    Other,
}

/// A place where a binding is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) range: TextRange,
    pub(crate) form: UseForm,
    /// Whether it certainly is one: inside macros that are not known it only looks like one.
    pub(crate) is_certain: bool,
}

/// How a use is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UseForm {
    /// An expression, or a format string's `{name}`.
    Name,
    /// `Struct { name }`: both a field and a use.
    Shorthand,
}

impl Locals {
    /// The names of a function in a file of `module`.
    pub(crate) fn of(cx: &Context<'_>, module: ModuleId, item: &ast::Fn) -> Self {
        Locals::knowing(item, &|call| macros::is_known(cx, module, call))
    }

    /// The names of a function, where `is_known` tells the macros whose arguments are expressions.
    fn knowing(item: &ast::Fn, is_known: &dyn Fn(&ast::MacroCall) -> bool) -> Self {
        let mut walker = Walker {
            is_known,
            scopes: vec![Vec::new()],
            meanings: FxHashMap::default(),
            locals: Locals::default(),
        };
        for param in item.param_list().into_iter().flat_map(|list| list.params()) {
            if let Some(pat) = param.pat() {
                walker.bind(&pat, &Origin::Parameter(param));
            }
        }
        if let Some(body) = item.body() {
            walker.visit(body.syntax());
        }
        walker.locals
    }

    /// The binding whose name stands at `range`.
    pub(crate) fn binding(&self, range: TextRange) -> Option<&Binding> {
        self.bindings.iter().find(|binding| binding.range == range)
    }

    /// The binding that the name at `range` means.
    pub(crate) fn meant_at(&self, range: TextRange) -> Option<&Binding> {
        self.by_use.get(&range).map(|&at| &self.bindings[at])
    }
}

struct Walker<'a> {
    is_known: &'a dyn Fn(&ast::MacroCall) -> bool,
    /// The names that each scope introduced, the innermost last.
    scopes: Vec<Vec<String>>,
    /// What a name means, the innermost last: a binding, or an item that hides one.
    meanings: FxHashMap<String, Vec<Option<usize>>>,
    locals: Locals,
}

impl Walker<'_> {
    fn visit(&mut self, node: &SyntaxNode) {
        match_ast! { match node {
            ast::Item(it) => match it {
                ast::Item::MacroCall(call) => self.macro_call(&call),
                // What a macro writes into this body sees the locals that stand before it.
                ast::Item::MacroRules(rules) => if let Some(tree) = rules.token_tree() {
                    self.tokens(&tree, false);
                },
                _ => {},
            },
            ast::Type(_it) => {},
            ast::Attr(_it) => {},
            ast::StmtList(it) => self.scoped(|this| {
                this.hide_items(&it);
                this.children(it.syntax());
            }),
            ast::LetStmt(it) => self.let_stmt(&it),
            ast::LetExpr(it) => {
                if let Some(expr) = it.expr() { self.visit(expr.syntax()); }
                if let Some(pat) = it.pat() { self.bind(&pat, &Origin::Other); }
            },
            ast::ClosureExpr(it) => self.scoped(|this| {
                for pat in it.param_list().into_iter().flat_map(|list| list.params()) {
                    if let Some(pat) = pat.pat() { this.bind(&pat, &Origin::Other); }
                }
                if let Some(body) = it.body() { this.visit(body.syntax()); }
            }),
            ast::MatchArm(it) => self.scoped(|this| {
                if let Some(pat) = it.pat() { this.bind(&pat, &Origin::Other); }
                if let Some(guard) = it.guard() { this.visit(guard.syntax()); }
                if let Some(expr) = it.expr() { this.visit(expr.syntax()); }
            }),
            ast::ForExpr(it) => {
                if let Some(iterable) = it.iterable() { self.visit(iterable.syntax()); }
                self.scoped(|this| {
                    if let Some(pat) = it.pat() { this.bind(&pat, &Origin::Other); }
                    if let Some(body) = it.loop_body() { this.visit(body.syntax()); }
                });
            },
            ast::IfExpr(it) => self.if_expr(&it),
            ast::WhileExpr(it) => self.scoped(|this| {
                if let Some(condition) = it.condition() { this.visit(condition.syntax()); }
                if let Some(body) = it.loop_body() { this.visit(body.syntax()); }
            }),
            ast::MacroCall(it) => self.macro_call(&it),
            ast::PathExpr(it) => self.path_expr(&it),
            _ => self.children(node),
        }}
    }

    fn children(&mut self, node: &SyntaxNode) {
        for child in node.children() {
            self.visit(&child);
        }
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push(Vec::new());
        inside(self);
        for name in self.scopes.pop().into_iter().flatten() {
            self.meanings.get_mut(&name).and_then(Vec::pop);
        }
    }

    fn let_stmt(&mut self, stmt: &ast::LetStmt) {
        if let Some(initializer) = stmt.initializer() {
            self.visit(initializer.syntax());
        }
        if let Some(block) = stmt.let_else().and_then(|it| it.block_expr()) {
            self.visit(block.syntax());
        }
        if let Some(pat) = stmt.pat() {
            self.bind(&pat, &Origin::Let(stmt.clone()));
        }
    }

    fn if_expr(&mut self, expr: &ast::IfExpr) {
        self.scoped(|this| {
            if let Some(condition) = expr.condition() {
                this.visit(condition.syntax());
            }
            if let Some(then) = expr.then_branch() {
                this.visit(then.syntax());
            }
        });
        match expr.else_branch() {
            Some(ast::ElseBranch::Block(block)) => self.visit(block.syntax()),
            Some(ast::ElseBranch::IfExpr(next)) => self.visit(next.syntax()),
            None => {}
        }
    }

    /// Items of a block are known in all of it, and hide the locals around it.
    fn hide_items(&mut self, list: &ast::StmtList) {
        for item in list.syntax().children().filter_map(ast::Item::cast) {
            let name = match &item {
                ast::Item::Fn(it) => it.name(),
                ast::Item::Const(it) => it.name(),
                ast::Item::Static(it) => it.name(),
                ast::Item::Struct(it) => it.name(),
                _ => None,
            };
            if let Some(name) = name {
                self.introduce(name.text(), None);
            }
        }
    }

    fn introduce(&mut self, name: &str, meaning: Option<usize>) {
        let name = plain(name).to_owned();
        self.meanings.entry(name.clone()).or_default().push(meaning);
        let scope = self.scopes.last_mut();
        scope.expect("the walk starts with a scope and leaves what it enters").push(name);
    }

    fn bind(&mut self, pat: &ast::Pat, origin: &Origin) {
        for ident in pat.syntax().descendants().filter_map(ast::IdentPat::cast) {
            let Some(name) = ident.name() else { continue };
            let text = name.text().to_string();
            // Constants and variants look like bindings; by convention only they are in upper case.
            let is_bare = ident.ref_token().is_none() && ident.mut_token().is_none();
            if is_bare && text.starts_with(char::is_uppercase) {
                continue;
            }
            let is_whole = ident.syntax() == pat.syntax() && ident.pat().is_none();
            self.locals.bindings.push(Binding {
                range: name.syntax().text_range(),
                origin: if is_whole { origin.clone() } else { Origin::Other },
                uses: Vec::new(),
            });
            let at = self.locals.bindings.len() - 1;
            self.introduce(&text, Some(at));
        }
    }

    fn lookup(&self, name: &str) -> Option<usize> {
        *self.meanings.get(plain(name))?.last()?
    }

    fn record(&mut self, binding: usize, found: Use) {
        self.locals.by_use.insert(found.range, binding);
        self.locals.bindings[binding].uses.push(found);
    }

    fn path_expr(&mut self, expr: &ast::PathExpr) {
        let Some(name) = expr.path().and_then(|path| path.as_single_name_ref()) else { return };
        let Some(binding) = self.lookup(name.text()) else { return };
        let field = expr.syntax().parent().and_then(ast::RecordExprField::cast);
        let is_shorthand = field.is_some_and(|field| field.colon_token().is_none());
        let form = if is_shorthand { UseForm::Shorthand } else { UseForm::Name };
        self.record(binding, Use { range: name.syntax().text_range(), form, is_certain: true });
    }

    fn macro_call(&mut self, call: &ast::MacroCall) {
        if let Some(tree) = call.token_tree() {
            self.tokens(&tree, (self.is_known)(call));
        }
    }

    /// Names in a macro's tokens: certain uses where the macro is known to take expressions.
    fn tokens(&mut self, tree: &ast::TokenTree, is_known: bool) {
        let tokens: Vec<SyntaxToken> = tree
            .syntax()
            .descendants_with_tokens()
            .filter_map(ra_ap_syntax::NodeOrToken::into_token)
            .filter(|it| !it.kind().is_trivia())
            .collect();
        let is_known = is_known && !macros::may_bind(&tokens);
        let named_arguments = macros::named_arguments(&tokens);
        for (at, token) in tokens.iter().enumerate() {
            if token.kind() == SyntaxKind::STRING {
                self.captures(token, &named_arguments, is_known);
                continue;
            }
            let Some(form) = macros::use_form(&tokens, at) else { continue };
            if let Some(binding) = self.lookup(token.text()) {
                let is_certain = is_known && form == UseForm::Name;
                self.record(binding, Use { range: token.text_range(), form, is_certain });
            }
        }
    }

    fn captures(&mut self, token: &SyntaxToken, named_arguments: &[String], is_known: bool) {
        for (start, name) in macros::format_captures(token.text()) {
            if named_arguments.iter().any(|argument| argument == name) {
                continue;
            }
            let Some(binding) = self.lookup(name) else { continue };
            let offset = |at: usize| TextSize::try_from(at).expect("tokens are below 4 GiB");
            let range = TextRange::at(offset(start), offset(name.len()));
            let range = range + token.text_range().start();
            self.record(binding, Use { range, form: UseForm::Name, is_certain: is_known });
        }
    }
}

fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

#[cfg(test)]
mod tests;
