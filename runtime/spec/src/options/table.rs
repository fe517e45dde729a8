//! The option table.

use super::Kind;

/// An option, whatever name it was given by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OptionName {
    /// `ttl`
    Ttl,
    /// `max_entries`
    MaxEntries,
    /// `max_size`
    MaxSize,
    /// `show_spinner`
    ShowSpinner,
    /// `show_time`
    ShowTime,
    /// `hash_funcs`
    HashFuncs,
    /// `scope`
    Scope,
    /// `persist`
    Persist,
    /// `experimental_allow_widgets`, also `allow_widgets`
    AllowWidgets,
    /// `refresh_mode`
    RefreshMode,
    /// `validate`
    Validate,
    /// `on_release`
    OnRelease,
    /// `code`
    Code,
    /// `allow`
    Allow,
}

impl OptionName {
    /// The name that the documentation uses.
    pub fn as_str(self) -> &'static str {
        self.spec().text
    }

    /// The option's row in the table.
    pub fn spec(self) -> &'static OptionSpec {
        OPTIONS
            .iter()
            .find(|option| option.name == self)
            .expect("every option has a row, which a test proves")
    }

    /// The option of that name or alias.
    ///
    /// ```
    /// use cachelit_spec::options::OptionName;
    /// assert_eq!(OptionName::find("allow_widgets"), Some(OptionName::AllowWidgets));
    /// ```
    pub fn find(text: &str) -> Option<OptionName> {
        let row = OPTIONS.iter().find(|option| option.names().any(|name| name == text))?;
        Some(row.name)
    }
}

/// What stands after the `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueShape {
    /// Seconds, a text with units, or an expression of type `Duration`.
    Time,
    /// An integer of at least 1.
    Count,
    /// Bytes, or a text with a unit.
    Size,
    /// `true` or `false`.
    Bool,
    /// `true`, `false` or a text.
    BoolOrText,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// `{ Type: function, … }`
    HashFuncs,
    /// A path or a closure of this type.
    Function(&'static str),
    /// `(lint-name, …)`, without `=`.
    Lints,
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// The option.
    pub name: OptionName,
    /// The name that the documentation uses.
    pub text: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// The only attribute that takes it; `None`: both do.
    pub only_on: Option<Kind>,
    /// What stands after the `=`.
    pub value: ValueShape,
    /// What holds where it is not given.
    pub default: &'static str,
    /// An example of its use.
    pub example: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
}

impl OptionSpec {
    /// Whether the attribute takes this option.
    pub fn is_on(&self, kind: Kind) -> bool {
        self.only_on.is_none_or(|only| only == kind)
    }

    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.text).chain(self.aliases.iter().copied())
    }
}

/// Every option, in the order of the documentation.
pub static OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: OptionName::Ttl,
        text: "ttl",
        aliases: &[],
        only_on: None,
        value: ValueShape::Time,
        default: "entries don't expire",
        example: "ttl = \"1h30m\"",
        doc: "age past which an entry is not served: seconds, a text with units, or a `Duration`",
    },
    OptionSpec {
        name: OptionName::MaxEntries,
        text: "max_entries",
        aliases: &[],
        only_on: None,
        value: ValueShape::Count,
        default: "no bound",
        example: "max_entries = 1000",
        doc: "never more live entries than this; the one that was not used for the longest goes first",
    },
    OptionSpec {
        name: OptionName::MaxSize,
        text: "max_size",
        aliases: &[],
        only_on: Some(Kind::Data),
        value: ValueShape::Size,
        default: "no bound",
        example: "max_size = \"500MB\"",
        doc: "bound on the stored size of the entries; the one that was not used for the longest goes first",
    },
    OptionSpec {
        name: OptionName::ShowSpinner,
        text: "show_spinner",
        aliases: &[],
        only_on: None,
        value: ValueShape::BoolOrText,
        default: "true",
        example: "show_spinner = \"Loading …\"",
        doc: "shown while the body runs on a miss, once it has run for half a second",
    },
    OptionSpec {
        name: OptionName::ShowTime,
        text: "show_time",
        aliases: &[],
        only_on: None,
        value: ValueShape::Bool,
        default: "false",
        example: "show_time = true",
        doc: "elapsed time beside the spinner",
    },
    OptionSpec {
        name: OptionName::HashFuncs,
        text: "hash_funcs",
        aliases: &[],
        only_on: None,
        value: ValueShape::HashFuncs,
        default: "`CacheKey`, else `std::hash::Hash`",
        example: "hash_funcs = { Model: |model| model.id }",
        doc: "how to hash a parameter of these types, also inside containers",
    },
    OptionSpec {
        name: OptionName::Scope,
        text: "scope",
        aliases: &[],
        only_on: None,
        value: ValueShape::OneOf(&["session", "global"]),
        default: "`session` for `cache_data`, `global` for `cache_resource`",
        example: "scope = \"global\"",
        doc: "who shares the entries: one session, or all of them",
    },
    OptionSpec {
        name: OptionName::Persist,
        text: "persist",
        aliases: &[],
        only_on: Some(Kind::Data),
        value: ValueShape::OneOf(&["disk", "shared"]),
        default: "entries live in memory only",
        example: "persist = \"disk\"",
        doc: "where else entries live: the local disk, or a Redis or Valkey server; needs `scope = \"global\"`",
    },
    OptionSpec {
        name: OptionName::AllowWidgets,
        text: "experimental_allow_widgets",
        aliases: &["allow_widgets"],
        only_on: None,
        value: ValueShape::Bool,
        default: "false",
        example: "experimental_allow_widgets = true",
        doc: "interactive widgets may be called in the body; their values become part of the key",
    },
    OptionSpec {
        name: OptionName::RefreshMode,
        text: "refresh_mode",
        aliases: &[],
        only_on: None,
        value: ValueShape::OneOf(&["foreground", "background"]),
        default: "\"foreground\"",
        example: "refresh_mode = \"background\"",
        doc: "background: an expired value is served once more while a fresh one is made; needs `ttl`",
    },
    OptionSpec {
        name: OptionName::Validate,
        text: "validate",
        aliases: &[],
        only_on: Some(Kind::Resource),
        value: ValueShape::Function("fn(&T) -> bool"),
        default: "every entry is good",
        example: "validate = Connection::is_alive",
        doc: "asked on every hit; false throws the entry away and makes it anew",
    },
    OptionSpec {
        name: OptionName::OnRelease,
        text: "on_release",
        aliases: &[],
        only_on: Some(Kind::Resource),
        value: ValueShape::Function("fn(Arc<T>)"),
        default: "nothing is called",
        example: "on_release = |connection| connection.close()",
        doc: "called with each entry that leaves the cache",
    },
    OptionSpec {
        name: OptionName::Code,
        text: "code",
        aliases: &[],
        only_on: None,
        value: ValueShape::OneOf(&["body", "deep"]),
        default: "\"body\"",
        example: "code = \"deep\"",
        doc: "what the code hash covers: this function, or also everything in the workspace that it reaches",
    },
    OptionSpec {
        name: OptionName::Allow,
        text: "allow",
        aliases: &[],
        only_on: None,
        value: ValueShape::Lints,
        default: "every lint speaks",
        example: "allow(hidden-input)",
        doc: "silences these lints on this function",
    },
];
