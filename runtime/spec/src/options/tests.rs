use std::time::Duration;

use super::*;
use crate::token::{Edition, TokenBuffer};
use Kind::{Data, Resource};

fn parsed(kind: Kind, text: &str) -> (Options, Vec<Problem>, TokenBuffer<Range>) {
    let buffer = TokenBuffer::from_source(text, Edition::E2024);
    let (options, problems) = parse(kind, buffer.tokens());
    (options, problems, buffer)
}

type Range = std::ops::Range<usize>;

/// Parses what must be right.
#[track_caller]
fn valid(kind: Kind, text: &str) -> Options {
    let (options, problems, _) = parsed(kind, text);
    assert_eq!(problems, [], "{text}");
    options
}

/// Each problem as the text that it points at, its message and its help.
#[track_caller]
fn check(kind: Kind, text: &str, expected: &[(&str, &str, &str)]) {
    let (_, problems, buffer) = parsed(kind, text);
    let found: Vec<_> = problems
        .iter()
        .map(|problem| {
            let place = &text[buffer.source_range(&problem.range)];
            (place, &*problem.message, problem.help.as_deref().unwrap_or_default())
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// Applies the only replacement, after which nothing may be wrong.
#[track_caller]
fn check_fix(kind: Kind, before: &str, after: &str) {
    let (_, problems, buffer) = parsed(kind, before);
    let mut replacements = problems.iter().filter_map(|problem| problem.replacement.as_ref());
    let (range, text) = replacements.next().expect(before);
    assert_eq!(replacements.next(), None, "{before}");
    let mut fixed = before.to_owned();
    fixed.replace_range(buffer.source_range(range), text);
    assert_eq!(fixed, after);
    valid(kind, after);
}

#[test]
fn every_option_has_one_row_with_a_valid_example() {
    for (at, option) in OPTIONS.iter().enumerate() {
        assert_eq!(option.name.spec(), option);
        assert_eq!(OptionName::find(option.text), Some(option.name));
        assert!(OPTIONS[..at].iter().all(|other| other.name != option.name), "{}", option.text);
        let needed = match option.name {
            OptionName::Persist => ", scope = \"global\"",
            OptionName::RefreshMode => ", ttl = 60",
            _ => "",
        };
        for kind in [Data, Resource].into_iter().filter(|kind| option.is_on(*kind)) {
            for name in option.names() {
                let example = option.example.replacen(option.text, name, 1);
                let options = valid(kind, &format!("{example}{needed}"));
                assert_eq!(options.given[0].0, option.name);
            }
        }
    }
}

#[test]
fn s88_forms_of_ttl() {
    let cases = [
        ("10", 10.0),
        ("10.5", 10.5),
        ("1_000u64", 1000.0),
        ("0x10", 16.0),
        ("1e3", 1000.0),
        ("2f32", 2.0),
        ("\"1h\"", 3600.0),
        ("\"1.5 days\"", 129_600.0),
        ("\"1h23s\"", 3623.0),
        ("\"1h30m\"", 5400.0),
        ("\"90s\"", 90.0),
        ("\"1D\"", 86_400.0),
        ("r#\"2min\"#", 120.0),
        ("\"1\\x68\"", 3600.0),
    ];
    for (text, seconds) in cases {
        let options = valid(Data, &format!("ttl = {text}"));
        assert_eq!(options.ttl, Some(Ttl::Known(Duration::from_secs_f64(seconds))), "{text}");
    }
}

#[test]
fn ttl_may_be_an_expression() {
    for text in ["Duration::from_secs(5)", "TTL", "std::cmp::max::<A, B>(a, b)", "-x", "f(a, b)"] {
        let options = valid(Resource, &format!("ttl = {text}, show_time = true"));
        let Some(Ttl::Expression(range)) = options.ttl else { panic!("{text}: {:?}", options.ttl) };
        let buffer = TokenBuffer::from_source(text, Edition::E2024);
        assert_eq!(range, 2..2 + buffer.tokens().len(), "{text}");
        assert!(options.show_time);
    }
}

#[test]
fn s89_to_s91_ttl_that_means_nothing() {
    let never = "no entry would ever be served";
    let more = "write more than zero, or leave `ttl` out: entries then don't expire";
    for zero in ["0", "0.0", "-1", "-0", "-2.5", "\"0s\"", "\"-1h\"", "1e-20"] {
        let message = format!("`ttl = {zero}` is not more than zero: {never}");
        check(Data, &format!("ttl = {zero}"), &[(zero, &message, more)]);
    }
    let cases = [
        ("\"10\"", "unit missing after `10`", "write \"10s\" for seconds, or \"10m\" for minutes"),
        ("\"bogus\"", "expected a number, found `bogus`", "write a number and its unit"),
        ("\"1hh\"", "unknown unit `hh`", "units are `d`, `h`, `m`, `s`, `ms`, `us`, `ns` or `w`"),
        ("\"\"", "number missing", "write a number and its unit"),
        (
            "\"3 minuts\"",
            "unknown unit `minuts`",
            "did you mean `minute`? units are `d`, `h`, `m`, `s`, `ms`, `us`, `ns` or `w`",
        ),
        ("1e300", "too large", "leave the option out for no limit"),
    ];
    for (text, error, help) in cases {
        let message = format!("`{text}` is no time for `ttl`: {error}");
        check(Resource, &format!("ttl = {text}"), &[(text, &message, help)]);
    }
    for text in ["true", "'a'", "b\"1h\"", "10x"] {
        let message =
            format!("`ttl` takes seconds, a text with units or a `Duration`, found `{text}`");
        check(Data, &format!("ttl = {text}"), &[(text, &message, "write `ttl = \"1h30m\"`")]);
    }
}

#[test]
fn s96_max_entries_that_bounds_nothing() {
    assert_eq!(valid(Data, "max_entries = 1_000").max_entries.unwrap().get(), 1000);
    for text in ["0", "-1", "0.5", "\"1000\"", "N", "1 + 1"] {
        let message = format!(
            "`max_entries` takes an integer of at least 1, found `{}`",
            text.replace(' ', "")
        );
        check(
            Resource,
            &format!("max_entries = {text}"),
            &[(text, &message, "write `max_entries = 1000`")],
        );
    }
}

#[test]
fn s100_forms_of_max_size() {
    let cases = [
        ("4096", 4096),
        ("\"500MB\"", 524_288_000),
        ("\"1.5GiB\"", 1_610_612_736),
        ("\"1.1KB\"", 1126),
        ("\"10 mb\"", 10_485_760),
        ("\"10B\"", 10),
    ];
    for (text, bytes) in cases {
        let options = valid(Data, &format!("max_size = {text}"));
        assert_eq!(options.max_size.unwrap().get(), bytes, "{text}");
    }
}

#[test]
fn s101_max_size_that_is_none() {
    let texts = [
        ("\"10\"", "unit missing after `10`"),
        ("\"0MB\"", "zero"),
        ("\"0.5B\"", "zero"),
        ("\"-1MB\"", "less than zero"),
        ("\"MB\"", "expected a number, found `MB`"),
        ("\"1XB\"", "unknown unit `XB`"),
        ("\"1MB 2KB\"", "unknown unit `2KB`"),
        ("\"99999999999TB\"", "too large"),
    ];
    for (text, error) in texts {
        let (_, problems, _) = parsed(Data, &format!("max_size = {text}"));
        let message = format!("`{text}` is no size for `max_size`: {error}");
        assert_eq!(problems.iter().map(|it| &it.message).collect::<Vec<_>>(), [&message]);
    }
    for text in ["0", "-5", "1.5", "true"] {
        let message =
            format!("`max_size` takes at least 1 byte, or a text with a unit, found `{text}`");
        let help = "write `max_size = \"500MB\"`";
        check(Data, &format!("max_size = {text}"), &[(text, &message, help)]);
    }
}

#[test]
fn s134_options_of_the_other_attribute() {
    for option in ["validate = f", "on_release = f"] {
        let name = option.split(' ').next().unwrap();
        let message = format!("`{name}` is only on `cache_resource`");
        check(Data, option, &[(name, &message, "remove it, or use `#[cache_resource]`")]);
    }
    for option in ["persist = \"disk\"", "max_size = 5"] {
        let name = option.split(' ').next().unwrap();
        let message = format!("`{name}` is only on `cache_data`");
        check(Resource, option, &[(name, &message, "remove it, or use `#[cache_data]`")]);
    }
}

#[test]
fn s142_s148_s155_values_outside_the_list() {
    let cases = [
        ("scope = \"x\"", "\"x\"", "values are `\"session\"` and `\"global\"`"),
        (
            "scope = \"gobal\"",
            "\"gobal\"",
            "did you mean `\"global\"`? values are `\"session\"` and `\"global\"`",
        ),
        ("refresh_mode = \"x\"", "\"x\"", "values are `\"foreground\"` and `\"background\"`"),
        ("persist = \"ram\"", "\"ram\"", "values are `\"disk\"` and `\"shared\"`"),
        ("code = 5", "5", "values are `\"body\"` and `\"deep\"`"),
    ];
    for (text, place, help) in cases {
        let name = text.split(' ').next().unwrap();
        let message = format!("`{name}` has no value `{place}`");
        check(Data, text, &[(place, &message, help)]);
    }
}

#[test]
fn s146_background_refresh_with_nothing_to_refresh() {
    check(
        Data,
        "refresh_mode = \"background\"",
        &[(
            "refresh_mode = \"background\"",
            "`refresh_mode = \"background\"` needs a `ttl`: without one nothing expires",
            "add a `ttl`, or remove `refresh_mode`",
        )],
    );
    check(
        Data,
        "ttl = 5, refresh_mode = \"background\", persist = \"disk\", scope = \"global\"",
        &[(
            "refresh_mode = \"background\"",
            "`refresh_mode = \"background\"` can't be combined with `persist`",
            "remove one of the two",
        )],
    );
    check(
        Resource,
        "ttl = -1, refresh_mode = \"background\"",
        &[(
            "-1",
            "`ttl = -1` is not more than zero: no entry would ever be served",
            "write more than zero, or leave `ttl` out: entries then don't expire",
        )],
    );
}

#[test]
fn persisting_what_belongs_to_a_session() {
    let message = "`persist` needs `scope = \"global\"`: what is stored outlives every session";
    let help =
        "add `scope = \"global\"` if every session may see these values, else remove `persist`";
    for scope in ["", ", scope = \"session\""] {
        let text = format!("persist = \"disk\"{scope}");
        check(Data, &text, &[("persist = \"disk\"", message, help)]);
    }
    valid(Data, "persist = \"shared\", scope = \"global\"");
    let (_, problems, _) = parsed(Data, "persist = \"disk\", scope = \"gobal\"");
    assert_eq!(problems.len(), 1, "a misspelt scope is one mistake: {problems:?}");
}

#[test]
fn persisting_what_hangs_on_a_widget() {
    for option in ["experimental_allow_widgets = true", "allow_widgets = true"] {
        check(
            Data,
            &format!("persist = \"disk\", scope = \"global\", {option}"),
            &[(
                option,
                "widgets can't be allowed together with `persist`: what a user chose belongs to one session",
                "ask the widget outside of the function and pass its value in, or remove `persist`",
            )],
        );
    }
    valid(Data, "persist = \"disk\", scope = \"global\", allow_widgets = false");
}

#[test]
fn s163_unknown_options() {
    check(
        Resource,
        "max_size_mb = 5, tll = 6, frobnicate = f(1, 2), show_time = true",
        &[
            ("max_size_mb", "unknown option `max_size_mb`", CACHE_RESOURCE_TAKES),
            ("tll", "unknown option `tll`", "did you mean `ttl`?"),
            ("frobnicate", "unknown option `frobnicate`", CACHE_RESOURCE_TAKES),
        ],
    );
}

const CACHE_RESOURCE_TAKES: &str = "`cache_resource` takes `ttl`, `max_entries`, `show_spinner`, \
    `show_time`, `hash_funcs`, `scope`, `experimental_allow_widgets`, `refresh_mode`, `validate`, \
    `on_release`, `code`, `allow`";

#[test]
fn repeated_options() {
    let remove = "remove one of the two";
    check(Data, "ttl = 1, ttl = 2", &[("ttl", "`ttl` is given twice", remove)]);
    check(
        Data,
        "experimental_allow_widgets = true, allow_widgets = true",
        &[(
            "allow_widgets",
            "`allow_widgets` is given twice: it is another name for `experimental_allow_widgets`",
            remove,
        )],
    );
    assert_eq!(parsed(Data, "ttl = 1, ttl = 2").0.ttl, Some(Ttl::Known(Duration::from_secs(1))));
}

#[test]
fn slips_with_a_certain_fix() {
    let cases = [
        ("show_time", "show_time = true"),
        ("show_time =, ttl = 5", "show_time = true, ttl = 5"),
        ("show_time = True", "show_time = true"),
        ("show_time = \"false\"", "show_time = false"),
        ("ttl: 5", "ttl = 5"),
        ("tll = 5", "ttl = 5"),
        ("ttl = 10s", "ttl = \"10s\""),
        ("ttl = 1h30m", "ttl = \"1h30m\""),
        ("max_size = 500MB", "max_size = \"500MB\""),
        ("scope = global", "scope = \"global\""),
        ("scope = \"Global\"", "scope = \"global\""),
        ("persist = true, scope = \"global\"", "persist = \"disk\", scope = \"global\""),
        ("ttl = 5 max_entries = 3", "ttl = 5, max_entries = 3"),
        ("hash_funcs = { \"a::B\": f }", "hash_funcs = { a::B: f }"),
        ("allow(hiden-input)", "allow(hidden-input)"),
        ("allow(\"hidden-input\")", "allow(hidden-input)"),
    ];
    for (before, after) in cases {
        check_fix(Data, before, after);
    }
}

#[test]
fn hash_funcs_are_split_at_the_right_places() {
    let text = "hash_funcs = {
        Model: |model| model.id,
        a::Table<K, V>: a::hash::<K, V>,
        Vec<Vec<u8>>: |x: &HashMap<K, V>, | -> Pair<A, B> { (a, b) },
        dyn Fn(A, B) -> C: || 5,
        [u8; 4]: <T as Trait<A, B>>::hash,
        (A, B): move |x| x.0 < y.1,
    }, show_time = true";
    let (options, problems, buffer) = parsed(Data, text);
    assert_eq!(problems, []);
    assert!(options.show_time);
    let part = |range: &TokenRange| &text[buffer.source_range(range)];
    let found: Vec<_> =
        options.hash_funcs.iter().map(|it| (part(&it.ty), part(&it.function))).collect();
    assert_eq!(
        found,
        [
            ("Model", "|model| model.id"),
            ("a::Table<K, V>", "a::hash::<K, V>"),
            ("Vec<Vec<u8>>", "|x: &HashMap<K, V>, | -> Pair<A, B> { (a, b) }"),
            ("dyn Fn(A, B) -> C", "|| 5"),
            ("[u8; 4]", "<T as Trait<A, B>>::hash"),
            ("(A, B)", "move |x| x.0 < y.1"),
        ]
    );
}

#[test]
fn s74_malformed_hash_funcs() {
    let write = "write `Type: function`";
    check(
        Data,
        "hash_funcs = { \"a::B\": f, 5: f, A, B: , : f, C: 5, D: f, D: g }",
        &[
            ("\"a::B\"", "`\"a::B\"` is no type", "write the type itself: `a::B`"),
            ("5", "`5` is no type", write),
            ("A", "`A` has no hash function", write),
            ("B", "`B` has no hash function", write),
            (":", "expected a type, found `:`", write),
            (
                "5",
                "`5` is no function",
                "give a path or a closure that takes a reference to the type",
            ),
            ("D", "`D` is in `hash_funcs` twice", "remove one of the two"),
        ],
    );
    for text in ["[A: f]", "A", "{ A: f } + 1", "(A: f)"] {
        let (_, problems, _) = parsed(Data, &format!("hash_funcs = {text}"));
        let found = text.replace(' ', "");
        let message = format!("`hash_funcs` takes `{{ Type: function, … }}`, found `{found}`");
        assert_eq!(problems[0].message, message);
    }
}

#[test]
fn s133_functions_that_are_none() {
    check(
        Resource,
        "validate = async |x| true, on_release = \"f\"",
        &[
            ("async |x| true", "`validate` can't be async", "give a plain `fn(&T) -> bool`"),
            (
                "\"f\"",
                "`on_release` takes a function, `fn(Arc<T>)`, found `\"f\"`",
                "write `on_release = |connection| connection.close()`",
            ),
        ],
    );
}

#[test]
fn lints_that_are_allowed() {
    let names = |text: &str| {
        let options = valid(Data, text);
        options.allow.iter().map(|allowed| allowed.lint.name).collect::<Vec<_>>()
    };
    assert_eq!(names("allow(hidden-input, CL008,)"), ["hidden-input", "ignored-param"]);
    assert_eq!(names("allow = (hidden_input), ttl = 5"), ["hidden-input"]);
    assert_eq!(names("allow()"), [""; 0]);
    check(
        Data,
        "allow(dead_code, hidden-input, hidden-input,, unused-alow)",
        &[
            ("dead_code", "unknown lint `dead_code`", "`cargo cache-lint explain` lists the lints"),
            ("hidden-input", "`hidden-input` is allowed twice", "remove one of the two"),
            (",", "expected a lint name, found `,`", ""),
            ("unused-alow", "unknown lint `unused-alow`", "did you mean `unused-allow`?"),
        ],
    );
}

#[test]
fn what_is_no_option_at_all() {
    let write = "options are written `ttl = \"1h30m\"`";
    check(Data, "\"1h\"", &[("\"1h\"", "expected an option name, found `\"1h\"`", write)]);
    check(
        Data,
        "ttl = 5,, show_time = true",
        &[(",", "expected an option name, found `,`", write)],
    );
    check(Data, "ttl(5)", &[("(", "expected `=` after `ttl`", "write `ttl = \"1h30m\"`")]);
    check(Data, "ttl == 5", &[("=", "expected `=` after `ttl`", "write `ttl = \"1h30m\"`")]);
    check(Data, "ttl", &[("ttl", "`ttl` needs a value", "write `ttl = \"1h30m\"`")]);
    check(Data, "ttl =", &[("ttl", "`ttl` needs a value", "write `ttl = \"1h30m\"`")]);
    valid(Data, "");
    valid(Data, "ttl = 5,");
}

#[test]
fn two_mistakes_are_two_problems_and_the_rest_is_read() {
    let (options, problems, _) = parsed(Data, "max_entries = 0, scop = \"global\", ttl = 5");
    assert_eq!(problems.len(), 2);
    assert_eq!(options.ttl, Some(Ttl::Known(Duration::from_secs(5))));
}

#[test]
fn spinners() {
    let spinner = |text: &str| valid(Data, &format!("show_spinner = {text}")).spinner;
    assert_eq!(spinner("true"), Spinner::Default);
    assert_eq!(spinner("false"), Spinner::Off);
    assert_eq!(spinner("\"Loading \\u{2026}\""), Spinner::Text("Loading …".to_owned()));
    assert_eq!(spinner("\"one \\\n   two\""), Spinner::Text("one two".to_owned()));
}

#[test]
fn default_scope_is_the_attributes() {
    assert_eq!(Options::default().scope(Data), Scope::Session);
    assert_eq!(Options::default().scope(Resource), Scope::Global);
    assert_eq!(valid(Data, "scope = \"global\"").scope(Data), Scope::Global);
}

proptest::proptest! {
    #[test]
    fn any_text_is_parsed_without_panic(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..24),
    ) {
        let text = words.concat();
        for kind in [Data, Resource] {
            let (options, problems, buffer) = parsed(kind, &text);
            let length = buffer.tokens().len();
            for range in problems.iter().map(|it| &it.range).chain(options.given.iter().map(|it| &it.1)) {
                proptest::prop_assert!(range.start <= range.end && range.end <= length);
            }
        }
    }
}

const WORDS: &[&str] = &[
    "ttl",
    "max_entries",
    "max_size",
    "hash_funcs",
    "validate",
    "allow",
    "scope",
    "persist",
    "allow_widgets",
    "show_time",
    "show_spinner",
    "refresh_mode",
    "code",
    "unknown",
    " = ",
    ", ",
    ": ",
    "::",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "->",
    "|",
    "||",
    "-",
    "&&",
    "5",
    "0",
    "1.5",
    "10s",
    "\"1h\"",
    "\"global\"",
    "\"\\u{}\"",
    "\"\\",
    "r#\"",
    "'a",
    "'",
    "b'x'",
    "async ",
    "move ",
    "true",
    " ",
    "é",
    "\u{301}",
    "#",
    "\n",
    "//",
    "/* ",
    "A",
    "hidden-input",
    "99999999999999999999",
    "0x",
    "1e",
    "1e999",
    "_",
    "\u{0}",
];
