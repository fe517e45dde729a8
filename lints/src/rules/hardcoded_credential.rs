//! CL010 `hardcoded-credential`.

use cachelit_spec::lints;
use ra_ap_syntax::ast::{self, AstNode, AstToken, HasName};
use ra_ap_syntax::{NodeOrToken, SyntaxNode, SyntaxToken};

use crate::finding::{Finding, Note};
use crate::model::{CachedFunction, Context};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports a literal in a cached function that is a password or a token: by its form (a key of a known
service, a private key, a URL with a password, an `Authorization` header), or by the name it is given
(`password`, `api_key`, `client_secret`, `access_token` …). Texts that stand for another one, such as
`"<password>"` or `"{password}"`, are left alone.

## Why it matters

Cached functions are where databases and services are opened. A credential in the source is in every
clone and in every build, and to change it is a change of the code, which makes all entries of the
function anew.

## Example

```rust
#[cache_resource]
fn database() -> String {
    "postgres://app:h7-Kd92x@db.example.com/shop".to_owned()
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hardcoded-credential]
}
```

## Instead

```rust
#[cache_resource]
fn database() -> String {
    std::env::var("DATABASE_URL").expect("DATABASE_URL is set")
}
```

## Fix safety

There is no automatic fix. What was committed is known: make a new credential.

## See also

`hidden-input`: in `cache_data`, read the environment outside, and hand it in as a `_` parameter.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::HARDCODED_CREDENTIAL,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

/// Beginnings of the tokens that services give out, and how many letters and digits follow at least.
const TOKENS: [(&str, usize, &str); 20] = [
    ("AIza", 35, "a Google API key"),
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("EAACEdEose0cBA", 10, "a Facebook token"),
    ("SG.", 40, "a SendGrid key"),
    ("dckr_pat_", 20, "a Docker token"),
    ("gho_", 36, "a GitHub token"),
    ("ghp_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("github_pat_", 40, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("hf_", 30, "a Hugging Face token"),
    ("npm_", 36, "an npm token"),
    ("pypi-AgEI", 40, "a PyPI token"),
    ("rk_live_", 20, "a Stripe key"),
    ("sk-ant-", 32, "an API key"),
    ("sk-proj-", 32, "an API key"),
    ("sk_live_", 20, "a Stripe key"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
];

/// Ends of names that hold nothing else.
const NAMES: [&str; 12] = [
    "access_key",
    "access_token",
    "api_key",
    "api_token",
    "apikey",
    "auth_token",
    "client_secret",
    "passwd",
    "password",
    "private_key",
    "secret_key",
    "secret_token",
];

/// Methods whose only text is one.
const METHODS: [&str; 4] = ["api_key", "bearer_auth", "password", "secret_key"];

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let Some(body) = function.item.body() else { return Vec::new() };
    let literals = body
        .syntax()
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .filter_map(ast::String::cast)
        .filter_map(|literal| {
            let text = literal.value().ok()?;
            let what = by_form(&text).or_else(|| by_name(literal.syntax(), &text))?;
            Some((literal, what))
        });
    literals
        .filter(|(literal, _)| is_in_this_build(cx, function, literal.syntax()))
        .map(|(literal, what)| {
            let message = format!("{what} is written into a cached function");
            let range = literal.syntax().text_range();
            let mut finding = function.finding(RULE.lint, range, message);
            finding.notes.push(Note::plain(
                "keep it outside of the source, such as in an environment variable; what was committed is known, and wants a new one",
            ));
            finding
        })
        .collect()
}

fn is_in_this_build(cx: &Context<'_>, function: &CachedFunction, token: &SyntaxToken) -> bool {
    let node = token.parent();
    node.is_some_and(|node| cx.resolver.scope_at(function.module, &node).is_some())
}

/// What a text is by its form.
fn by_form(text: &str) -> Option<&'static str> {
    if text.contains("PRIVATE KEY-----") && text.trim_start().starts_with("-----BEGIN ") {
        // The header alone is what a parser looks for.
        return (text.lines().count() > 2).then_some("a private key");
    }
    if has_password(text) {
        return Some("a URL with a password");
    }
    if let Some(token) = text.strip_prefix("Bearer ").filter(|it| is_random(it, 16)) {
        return (!is_placeholder(token)).then_some("a bearer token");
    }
    let (_, _, what) = TOKENS.iter().find(|(beginning, length, _)| {
        text.strip_prefix(beginning).is_some_and(|rest| is_random(rest, *length))
    })?;
    Some(what)
}

/// `scheme://user:password@host`.
fn has_password(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user_info, host)) = authority.rsplit_once('@') else { return false };
    let Some((_, password)) = user_info.split_once(':') else { return false };
    !scheme.is_empty()
        && scheme.chars().all(|ch| ch.is_ascii_alphanumeric() || "+-.".contains(ch))
        && !host.is_empty()
        && !password.is_empty()
        && !is_placeholder(password)
}

/// Whether a text is at least that long, of the characters of tokens, with letters and digits among them.
fn is_random(text: &str, length: usize) -> bool {
    text.len() >= length
        && text.chars().all(|ch| ch.is_ascii_alphanumeric() || "-_.=+/".contains(ch))
        && text.contains(|ch: char| ch.is_ascii_digit())
        && text.contains(|ch: char| ch.is_ascii_alphabetic())
        && !is_placeholder(text)
}

/// Whether a text only stands for another one.
fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 10] = [
        "changeme",
        "dummy",
        "example",
        "pass",
        "password",
        "placeholder",
        "pwd",
        "redacted",
        "secret",
        "your",
    ];
    let lower = text.to_ascii_lowercase();
    let first = text.chars().next();
    lower.contains(['{', '}', '<', '>', '$', '*', '%', ' '])
        || text.chars().all(|ch| Some(ch) == first)
        || WORDS.iter().any(|word| lower.starts_with(word))
        || lower.contains("xxxx")
        || lower.contains("example")
}

/// What a text is by the name that it is given.
fn by_name(token: &SyntaxToken, text: &str) -> Option<&'static str> {
    // Words are names of fields, columns and variables more often than passwords.
    let has_digit = text.contains(|ch: char| ch.is_ascii_digit());
    let has_letter = text.contains(|ch: char| ch.is_alphabetic());
    if text.len() < 6 || !has_digit || !has_letter || is_placeholder(text) {
        return None;
    }
    let mut node = token.parent()?;
    // Past the literal itself, `.to_owned()`, `.into()`, `Some(…)`, `String::from(…)`, `&…`.
    loop {
        let parent = node.parent()?;
        if let Some(name) = name_of(&parent, &node) {
            return is_credential(&name).then_some("a credential");
        }
        if !hands_on(&parent, &node) {
            return None;
        }
        node = parent;
    }
}

/// The name under which `parent` keeps the value of `node`.
fn name_of(parent: &SyntaxNode, node: &SyntaxNode) -> Option<String> {
    if let Some(it) = ast::LetStmt::cast(parent.clone()) {
        let ast::Pat::IdentPat(pat) = it.pat()? else { return None };
        return Some(pat.name()?.text().to_string());
    }
    if let Some(it) = ast::Const::cast(parent.clone()) {
        return Some(it.name()?.text().to_string());
    }
    if let Some(it) = ast::RecordExprField::cast(parent.clone()) {
        return Some(it.field_name()?.text().to_string());
    }
    let list = ast::ArgList::cast(parent.clone())?;
    let call = ast::MethodCallExpr::cast(parent.parent()?)?;
    let is_only = list.args().count() == 1 && list.syntax() != node;
    let name = call.name_ref()?;
    (is_only && METHODS.contains(&name.text())).then(|| name.text().to_string())
}

/// Whether the value of `node` is that of `parent`, converted or wrapped.
fn hands_on(parent: &SyntaxNode, node: &SyntaxNode) -> bool {
    if ast::Literal::can_cast(parent.kind())
        || ast::RefExpr::can_cast(parent.kind())
        || ast::ParenExpr::can_cast(parent.kind())
    {
        return true;
    }
    if let Some(call) = ast::MethodCallExpr::cast(parent.clone()) {
        let name = call.name_ref();
        let converts = name.is_some_and(|it| {
            ["as_bytes", "into", "to_owned", "to_string", "to_vec"].contains(&it.text())
        });
        return converts && call.receiver().is_some_and(|it| it.syntax() == node);
    }
    if let Some(list) = ast::ArgList::cast(parent.clone()) {
        return list.args().count() == 1
            && parent.parent().is_some_and(|it| ast::CallExpr::can_cast(it.kind()));
    }
    let Some(call) = ast::CallExpr::cast(parent.clone()) else { return false };
    let Some(ast::Expr::PathExpr(callee)) = call.expr() else { return false };
    let name = callee.path().and_then(|path| path.segment()?.name_ref());
    name.is_some_and(|it| ["Some", "from", "new"].contains(&it.text()))
}

fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.iter().chain(&METHODS).any(|end| {
        name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

#[cfg(test)]
mod tests {
    use super::{by_form, is_placeholder};
    use crate::testing::check;

    #[test]
    fn credentials_are_known_by_form_and_by_name() {
        check(
            r#"
use cachelit::{cache_data, cache_resource};
struct Login { user: String, password: String }
#[cache_resource]
fn open() -> u32 {
    connect("postgres://app:h7-Kd92x@db/shop");
//          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hardcoded-credential]: a URL with a password is written into a cached function
    let url = format!("mysql://root:tiger17@{HOST}/x");
//                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hardcoded-credential]
    let login = Login { user: "app1".to_owned(), password: "Tr0ub4dor".to_owned() };
//                                                         ^^^^^^^^^^^ warn[hardcoded-credential]: a credential is written into a cached function
    let api_key = String::from("9f86d081884c7d65");
//                             ^^^^^^^^^^^^^^^^^^ warn[hardcoded-credential]
    client().bearer_auth(&"9f86d081884c7d65".to_string());
//                        ^^^^^^^^^^^^^^^^^^ warn[hardcoded-credential]
    const DB_PASSWORD: &str = "hunter2";
//                            ^^^^^^^^^ warn[hardcoded-credential]
    header("Authorization", "Bearer 9f86d081884c7d659a2f");
//                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hardcoded-credential]: a bearer token is written into a cached function
    1
}
fn not_cached() { connect("postgres://app:h7-Kd92x@db/shop"); }
"#,
        );
    }

    #[test]
    fn names_and_placeholders_are_no_credentials() {
        check(
            r#"
use cachelit::cache_data;
#[cache_data]
fn load(user: &str, secret: &str) -> String {
    let url = format!("postgres://{user}:{secret}@db/shop");
    let other = "postgres://app:<password>@db/shop";
    let none = "postgres://app@db:5432/shop";
    let port = "http://localhost:8080/a@b:c@d";
    let password_column = "password_v2";
    let password = "password";
    let token = "utf8-bom-1";
    let password = read("PASSWORD_1");
    let password = read(None, "DB_PASSWORD_2");
    let comment = "a password1 in a text";
    #[cfg(feature = "off")]
    let api_key = "9f86d081884c7d65";
    let header = "Bearer ";
    let pem = "-----BEGIN PRIVATE KEY-----";
    other.to_owned()
}
"#,
        );
    }

    #[test]
    fn tokens_of_services_are_known_by_their_beginning() {
        // Put together here, so that nobody who looks for tokens finds some.
        let token = |beginning: &str, rest: &str| format!("{beginning}{rest}");
        let letters = "aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0dF1gH2";
        assert_eq!(by_form(&token("gh", &format!("p_{letters}"))), Some("a GitHub token"));
        assert_eq!(by_form(&token("AK", "IAIOSFODNN7ABCDEFG")), Some("an AWS access key"));
        assert_eq!(by_form(&token("AK", "IAIOSFODNN7EXAMPLE")), None);
        assert_eq!(by_form("ghp_"), None);
        assert_eq!(by_form("hf_transformers_are_a_library_of_models"), None);
        assert!(is_placeholder("xxxxxxxx") && is_placeholder("${TOKEN}"));
        assert!(!is_placeholder("h7-Kd92x"));
    }
}
