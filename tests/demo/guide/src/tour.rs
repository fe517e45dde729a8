//! The guide who walks through the sections: says what happens, and checks that it does.

use std::process::ExitCode;

use cachelit::{FunctionInfo, Stats};

/// What a call is expected to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The body runs.
    Miss,
    /// The body doesn't run.
    Hit,
}

use Call::Hit;

/// Prints the tour and keeps count of what was claimed.
#[derive(Default)]
pub struct Tour {
    claims: usize,
    wrong: usize,
}

impl Tour {
    /// Begins a section.
    pub fn section(&self, title: &str) {
        println!("\n== {title}");
    }

    /// Says that `call` is a miss or a hit of the function that `stats` belongs to, and makes it.
    pub fn call<T>(
        &mut self,
        expected: Call,
        code: &str,
        stats: impl Fn() -> Stats,
        call: impl FnOnce() -> T,
    ) -> T {
        let before = stats();
        let result = call();
        self.counted(expected, code, &before, &stats());
        result
    }

    /// Says what the counters tell of one call.
    pub fn counted(&mut self, expected: Call, code: &str, before: &Stats, after: &Stats) {
        let (hits, misses) = (after.hits - before.hits, after.misses - before.misses);
        let holds = (hits, misses) == if expected == Hit { (1, 0) } else { (0, 1) };
        let outcome = match (hits, misses) {
            (1, 0) => "hit ".to_owned(),
            (0, 1) => "miss".to_owned(),
            _ => format!("{hits} hits, {misses} misses"),
        };
        let body = if misses > 0 { "the body ran" } else { "the body didn't run" };
        self.line(holds, &format!("{outcome}  {code:<46} {body}"));
    }

    /// Says something that must be true.
    pub fn claim(&mut self, holds: bool, what: &str) {
        self.line(holds, &format!("      {what}"));
    }

    /// Shows what the keys of the functions in `module` are made of.
    pub fn keys(&self, module: &str) {
        for function in cachelit::functions() {
            if let Some(name) = function.path.strip_prefix(module) {
                println!("   key  {}", describe(name.trim_start_matches("::"), &function));
            }
        }
    }

    /// Says how it went.
    pub fn end(self) -> ExitCode {
        println!("\n{} claims, {} of them wrong", self.claims, self.wrong);
        if self.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn line(&mut self, holds: bool, text: &str) {
        self.claims += 1;
        self.wrong += usize::from(!holds);
        println!("   {text}{}", if holds { "" } else { "   <- WRONG" });
    }
}

/// One line on a function's key: `transform = [code a1b2c3d4, table]`.
fn describe(name: &str, function: &FunctionInfo) -> String {
    let hash = function.code_hash.to_string();
    let mut parts = vec![format!("code {}", &hash[..8])];
    parts.extend(function.hashed.iter().map(ToString::to_string));
    let excluded = match function.excluded {
        [] => String::new(),
        excluded => format!(" without {}", excluded.join(", ")),
    };
    let Stats { hits, misses, .. } = function.stats;
    format!("{name} = [{}]{excluded}: hits {hits}, misses {misses}", parts.join(", "))
}

/// Every cached function of this program, a JSON object a line, as `cargo cache-lint keys` names its parts.
pub fn functions() -> String {
    let line = |function: FunctionInfo| {
        serde_json::json!({
            "function": function.path,
            "kind": function.kind.as_str(),
            "code_hash": function.code_hash.to_string(),
            "hashed": function.hashed,
            "excluded": function.excluded,
        })
        .to_string()
    };
    cachelit::functions().into_iter().map(line).collect::<Vec<_>>().join("\n")
}
