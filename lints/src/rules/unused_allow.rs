//! CL017 `unused-allow`.

use cachelit_spec::lints;
use cachelit_spec::options::OptionName;
use cachelit_spec::suggest::similar;
use ra_ap_syntax::TextRange;

use crate::finding::{Applicability, Finding, Fix, Note, TextEdit};
use crate::model::CachedFunction;
use crate::rules::{Check, FixAvailability, Rule};
use crate::suppress::Allow;

const DOCS: &str = r"
## What it does

Reports an `allow(…)` option or a `// cache-lint: allow(…)` comment that silences nothing: the lint
that it names certainly finds nothing there, or a comment names a lint that there isn't. Lints that
are off are left alone.

## Why it matters

What is silenced for no reason hides the next mistake.

## Example

```rust
#[cache_data(allow(unhashable_param))]
//                 ^^^^^^^^^^^^^^^^ warn[unused-allow]
fn load(id: u32) -> u32 { id }
```

## Instead

```rust
#[cache_data]
fn load(id: u32) -> u32 { id }
```

## Fix safety

The fix removes the option where it names nothing else. It changes nothing but what is reported.

## See also

The levels in `cache-lint.toml`, to turn a lint off everywhere.
";

pub(crate) static RULE: Rule = Rule {
    lint: &lints::UNUSED_ALLOW,
    docs: DOCS,
    fixes: FixAvailability::Sometimes,
    check: Check::UnusedAllow { check, unknown },
};

fn check(function: &CachedFunction, allow: Allow) -> Finding {
    let message = format!("`allow({})` silences nothing", allow.lint.name);
    let mut finding = function.finding(RULE.lint, allow.range, message);
    finding.notes.push(Note::plain("remove it"));
    finding.fixes.extend(remove_option(function, allow));
    finding
}

/// A name in a comment that no lint has. (One in an option is an `invalid-option`.)
fn unknown(function: &CachedFunction, name: &str, comment: TextRange) -> Finding {
    let message = format!("`allow({name})` silences nothing: there is no such lint");
    let mut finding = function.finding(RULE.lint, comment, message);
    let advice = match similar(name, lints::LINTS.iter().map(|lint| lint.name)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`cargo cache-lint explain` lists the lints".to_owned(),
    };
    finding.notes.push(Note::plain(advice));
    finding
}

/// Removes the option, if this is all that it allows.
fn remove_option(function: &CachedFunction, allow: Allow) -> Option<Fix> {
    let attribute = &function.attribute;
    let [only] = &attribute.options.allow[..] else { return None };
    if attribute.edit_range(&only.range) != allow.range {
        return None;
    }
    let range = attribute.removal(OptionName::Allow)?;
    Some(Fix {
        title: format!("Remove `allow({})`", allow.lint.name),
        applicability: Applicability::MachineApplicable,
        edits: vec![TextEdit { place: function.place(range), text: String::new() }],
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_fix, check_no_fix};

    #[test]
    fn only_what_silences_nothing_is_reported() {
        check(
            "
use cachelit::cache_data;
#[cache_data(allow(unkeyable_signature, invalid_option))]
//                                      ^^^^^^^^^^^^^^ warn[unused-allow]: `allow(invalid-option)` silences nothing
fn used(log: &mut Vec<u8>) -> u32 { 1 }

mod inner {
    // cache-lint: allow(unkeyable-signature)
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[unused-allow]: `allow(unkeyable-signature)` silences nothing
    #[cachelit::cache_data]
    fn by_comment(log: &[u8]) -> u32 { 1 }
}

#[cache_data(allow(hidden_input, unused_allow))]
fn calls_what_is_not_known(log: &[u8]) -> u32 { log.unknown() }

#[cache_data]
fn misspelt(log: &mut Vec<u8>) -> u32 { 1 } // cache-lint: allow(unkeyable-signatur, CL012)
//                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[unused-allow]: `allow(unkeyable-signatur)` silences nothing: there is no such lint

#[cache_data(allow(unsupported_widget))]
fn not_known(id: u32) -> u32 { elsewhere::call(id) }

#[cache_data(allow(unused_hash_func, shared_mutable_data), hash_funcs = { u8: |_| 0 })]
fn types_not_known(id: elsewhere::Id) -> elsewhere::Thing { loop {} }

// cache-lint: allow(unkeyable-signature)
fn not_cached(log: &mut Vec<u8>) -> u32 { 1 }
",
        );
    }

    #[test]
    fn the_option_goes_with_its_comma() {
        let fixture = |attribute: &str| {
            format!("use cachelit::cache_data;\n#[{attribute}]\nfn f(id: u32) -> u32 {{ id }}\n")
        };
        for (before, after) in [
            ("cache_data(allow(invalid_option), ttl = 1)", "cache_data(ttl = 1)"),
            ("cache_data(ttl = 1, allow(invalid_option))", "cache_data(ttl = 1)"),
            ("cache_data(ttl = 1, allow(invalid_option),)", "cache_data(ttl = 1,)"),
            ("cache_data(allow(invalid_option))", "cache_data()"),
        ] {
            check_fix(&fixture(before), &fixture(after));
        }
    }

    #[test]
    fn a_comment_has_no_fix() {
        check_no_fix(
            "use cachelit::cache_data;\n#[cache_data]\nfn f(id: u32) -> u32 { id } // cache-lint: allow(CL001)\n",
        );
    }
}
