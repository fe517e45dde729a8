//! Codes, names and default levels of the lints: the one list that `allow(…)`, the lint engine and
//! the documentation agree on.

/// What a finding does to the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported.
    Warn,
    /// Reported, and the run fails.
    Deny,
}

impl Level {
    /// `allow`, `warn` or `deny`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

/// A lint's fixed facts.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct LintSpec {
    /// Code for tools, such as `CL001`.
    pub code: &'static str,
    /// Name for people, such as `unhashable-param`.
    pub name: &'static str,
    /// Level where nobody says otherwise.
    pub level: Level,
}

macro_rules! catalogue {
    ($($constant:ident = $code:literal $name:literal $level:ident;)*) => {
        $(#[doc = concat!("`", $name, "`")] pub static $constant: LintSpec =
            LintSpec { code: $code, name: $name, level: Level::$level };)*
        /// Every lint, by code.
        pub static LINTS: &[&LintSpec] = &[$(&$constant),*];
    };
}

catalogue! {
    UNHASHABLE_PARAM = "CL001" "unhashable-param" Deny;
    NON_SYNC_RESOURCE = "CL002" "non-sync-resource" Deny;
    UNSUPPORTED_WIDGET = "CL003" "unsupported-widget" Deny;
    WIDGET_WITHOUT_OPT_IN = "CL004" "widget-without-opt-in" Deny;
    UNSERIALIZABLE_DATA = "CL005" "unserializable-data" Deny;
    INVALID_OPTION = "CL006" "invalid-option" Deny;
    UNUSED_HASH_FUNC = "CL007" "unused-hash-func" Warn;
    IGNORED_PARAM = "CL008" "ignored-param" Allow;
    HIDDEN_INPUT = "CL009" "hidden-input" Warn;
    HARDCODED_CREDENTIAL = "CL010" "hardcoded-credential" Warn;
    SHARED_MUTABLE_DATA = "CL011" "shared-mutable-data" Warn;
    UNKEYABLE_SIGNATURE = "CL012" "unkeyable-signature" Deny;
    UNTRACKED_CODE = "CL013" "untracked-code" Warn;
    UNBOUNDED_CACHE = "CL014" "unbounded-cache" Allow;
    RECURSIVE_KEY = "CL015" "recursive-key" Warn;
    PERSISTED_STD_HASH = "CL016" "persisted-std-hash" Warn;
    UNUSED_ALLOW = "CL017" "unused-allow" Warn;
}

/// Finds a lint by name (with `-` or `_`) or by code.
///
/// ```
/// use cachelit_spec::lints;
/// assert_eq!(lints::find("unhashable_param").unwrap().code, "CL001");
/// assert_eq!(lints::find("CL003").unwrap().name, "unsupported-widget");
/// ```
pub fn find(name: &str) -> Option<&'static LintSpec> {
    let name = name.replace('_', "-");
    LINTS.iter().copied().find(|lint| lint.name == name || lint.code.eq_ignore_ascii_case(&name))
}
