//! CL009 `hidden-input`.

use cachelit_spec::lints;
use cachelit_spec::options::Kind;
use ra_ap_syntax::TextRange;
use ra_ap_syntax::ast;

use super::fate::comes_to_nothing;
use super::reach::{Search, Wanted};
use crate::finding::{Finding, Note};
use crate::model::{CacheAttribute, CachedFunction, Call, Context, static_reads};
use crate::resolve::{ModuleId, Resolution};
use crate::rules::{Check, FixAvailability, Rule};

const DOCS: &str = r#"
## What it does

Reports what a cached function reads, itself or through workspace functions that return something,
and what is not in its key: the environment (`std::env::var`, `args`, `current_dir` …), the clock
(`SystemTime::now`, and those of chrono, time and jiff), random numbers (rand, fastrand, getrandom,
uuid), statics that can change (`static mut`, atomics, values behind a `Mutex` or `RwLock`) and
thread-locals.

Silent are: what is only printed, logged, sent to another thread or dropped, also as the difference of
two times; a random name of a file; a time that is only asked how much has elapsed; the clock where there is a `ttl`, which says that results age; a
counter that is only added to; and, as a resource is made once for the whole program, everything but
statics and thread-locals in `cache_resource`.

## Why it matters

The body runs once for a key, and its result is handed out for as long as the entry lives. When what
it has read changes, the old result is still a hit.

## Example

```rust
#[cache_data]
fn greeting(name: &str) -> String {
    let language = std::env::var("LANG").unwrap_or_default();
//                 ^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]
    if language.starts_with("de") { format!("Hallo {name}") } else { format!("Hello {name}") }
}
```

## Instead

```rust
#[cache_data]
fn greeting(name: &str, language: &str) -> String {
    if language.starts_with("de") { format!("Hallo {name}") } else { format!("Hello {name}") }
}
```

## Fix safety

There is no automatic fix: the callers have to hand in what was read.

## See also

`untracked-code`, for code that is not in the key.
"#;

pub(crate) static RULE: Rule = Rule {
    lint: &lints::HIDDEN_INPUT,
    docs: DOCS,
    fixes: FixAvailability::None,
    check: Check::Function(check),
};

/// What a result can hang on without being in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Environment,
    Clock,
    Random,
    Static,
    ThreadLocal,
}

use Input::{Clock, Environment, Random, Static, ThreadLocal};

/// Functions of the standard library.
const STD: [(&str, Input); 9] = [
    ("std::env::args", Environment),
    ("std::env::args_os", Environment),
    ("std::env::current_dir", Environment),
    ("std::env::home_dir", Environment),
    ("std::env::var", Environment),
    ("std::env::var_os", Environment),
    ("std::env::vars", Environment),
    ("std::env::vars_os", Environment),
    // Not `Instant`, which is good for nothing but to see how much time has elapsed.
    ("std::time::SystemTime::now", Clock),
];

/// Functions of other packages: the end of their path, below the crate's name.
const PACKAGES: [(&str, &str, Input); 30] = [
    ("chrono", "Local::now", Clock),
    ("chrono", "Utc::now", Clock),
    ("dotenv", "var", Environment),
    ("dotenv", "vars", Environment),
    ("dotenvy", "var", Environment),
    ("dotenvy", "vars", Environment),
    ("fastrand", "Rng::new", Random),
    ("fastrand", "alphabetic", Random),
    ("fastrand", "alphanumeric", Random),
    ("fastrand", "bool", Random),
    ("fastrand", "choice", Random),
    ("fastrand", "choose_multiple", Random),
    ("fastrand", "f32", Random),
    ("fastrand", "f64", Random),
    ("fastrand", "shuffle", Random),
    ("fastrand", "u32", Random),
    ("fastrand", "u64", Random),
    ("fastrand", "usize", Random),
    ("getrandom", "fill", Random),
    ("getrandom", "getrandom", Random),
    ("jiff", "Timestamp::now", Clock),
    ("jiff", "Zoned::now", Clock),
    ("rand", "random", Random),
    ("rand", "random_range", Random),
    ("rand", "rng", Random),
    ("rand", "thread_rng", Random),
    ("time", "OffsetDateTime::now_local", Clock),
    ("time", "OffsetDateTime::now_utc", Clock),
    ("uuid", "Uuid::new_v4", Random),
    ("uuid", "Uuid::now_v7", Random),
];

/// A read: what of, and how it is named in a message.
#[derive(Clone)]
struct Read {
    input: Input,
    name: String,
}

/// Reads that can reach a result of this function's.
struct Inputs {
    kind: Kind,
    has_ttl: bool,
}

impl Inputs {
    fn wants(&self, input: Input) -> bool {
        match input {
            Static | ThreadLocal => true,
            Environment | Random => self.kind == Kind::Data,
            Clock => self.kind == Kind::Data && !self.has_ttl,
        }
    }
}

impl Wanted for Inputs {
    type Thing = Read;

    fn called(&self, cx: &Context<'_>, call: &Call) -> Option<Read> {
        let read = match &call.target {
            Resolution::Std(path) => of_std(path),
            Resolution::StdAssociated(path) => of_std(path),
            Resolution::Function(callee) => {
                let package = cx.project.package(callee.package);
                // The package itself may call what it likes.
                let (_, path) = callee.path.split_once("::").filter(|_| !package.is_member)?;
                let (_, end, input) = PACKAGES.iter().find(|(name, end, _)| {
                    *name == package.name && path.strip_suffix(end).is_some_and(is_module)
                })?;
                Some(Read { input: *input, name: format!("{}::{end}", package.name) })
            }
            _ => None,
        };
        read.filter(|read| self.wants(read.input))
    }

    fn done(&self, cx: &Context<'_>, module: ModuleId, item: &ast::Fn) -> Vec<(TextRange, Read)> {
        static_reads(cx, module, item)
            .into_iter()
            .map(|read| {
                let input = if read.is_thread_local { ThreadLocal } else { Static };
                (read.range, Read { input, name: read.name })
            })
            .collect()
    }

    /// What a function without a result reads stays in it, and one that is cached has findings of its own.
    fn enters(&self, item: &ast::Fn, caches: &[CacheAttribute]) -> bool {
        caches.is_empty() && item.ret_type().is_some()
    }

    fn is_harmless(
        &self,
        cx: &Context<'_>,
        module: ModuleId,
        item: &ast::Fn,
        place: TextRange,
        read: &Read,
    ) -> bool {
        comes_to_nothing(cx, module, item, place, read.input == Random)
    }

    fn name(thing: &Read) -> String {
        thing.name.clone()
    }

    fn verb(thing: &Read) -> &'static str {
        match thing.input {
            Static | ThreadLocal => "reads",
            _ => "calls",
        }
    }
}

/// Whether what stands before a name is a module's path, and not a type's.
fn is_module(prefix: &str) -> bool {
    let module = prefix.strip_suffix("::");
    let last = module.and_then(|it| it.rsplit("::").next());
    prefix.is_empty() || last.is_some_and(|it| it.starts_with(char::is_lowercase))
}

fn of_std(path: &str) -> Option<Read> {
    let (name, input) = STD.iter().find(|(name, _)| *name == path)?;
    Some(Read { input: *input, name: (*name).to_owned() })
}

fn check(cx: &Context<'_>, function: &CachedFunction) -> Vec<Finding> {
    let kind = function.kind();
    let inputs = Inputs { kind, has_ttl: function.attribute.options.ttl.is_some() };
    let reached = Search::new(cx, inputs).reached_from(function.module, &function.item);
    let findings = reached.into_iter().map(|reached| {
        let name = &reached.thing.name;
        let what = match reached.thing.input {
            Environment => "the environment",
            Clock => "the clock",
            Random => "random numbers",
            Static => "a static that can change",
            ThreadLocal => "a thread's own value",
        };
        let is_static = matches!(reached.thing.input, Static | ThreadLocal);
        let message = match reached.describe::<Inputs>() {
            Some(way) if is_static => format!("{way}, {what}, which is not in the key"),
            Some(way) => format!("{way}, but {what} can't be in the key"),
            None if is_static => format!("`{name}` is {what}, and not in the key"),
            None => format!("`{name}` reads {what}, which can't be in the key"),
        };
        let mut finding = function.finding(RULE.lint, reached.place, message);
        finding.notes.extend(reached.notes::<Inputs>());
        finding.notes.push(Note::plain(match (kind, reached.thing.input) {
            (Kind::Data, Clock) => {
                "hand it in as a parameter, or give a `ttl` if results may be as old as that"
            }
            _ => "read it outside, and hand it to the cached function as a parameter",
        }));
        finding
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, render};

    #[test]
    fn environment_clock_and_random_numbers_are_inputs() {
        check(
            r#"
//- /external/rand/src/lib.rs crate:rand
pub use rngs::thread::rng;
pub mod rngs { pub mod thread { pub struct ThreadRng; pub fn rng() -> ThreadRng { ThreadRng } } pub struct StdRng; impl StdRng { pub fn random(&self) -> u32 { 4 } } }
pub fn random() -> u32 { 4 }
//- /external/chrono/src/lib.rs crate:chrono
pub struct Local;
impl Local { pub fn now() -> u64 { 0 } }
//- /src/lib.rs deps:cachelit,rand,chrono
use cachelit::{cache_data, cache_resource};
use std::env as surroundings;
use std::time::SystemTime as Wall;
#[cache_data]
fn load(path: &str, seeded: &rand::rngs::StdRng) -> String {
    let home = surroundings::var("HOME");
//             ^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]: `std::env::var` reads the environment, which can't be in the key
    let at = Wall::now();
//           ^^^^^^^^^^^ warn[hidden-input]: `std::time::SystemTime::now` reads the clock, which can't be in the key
    let one = rand::rng();
//            ^^^^^^^^^^^ warn[hidden-input]: `rand::rng` reads random numbers, which can't be in the key
    let two = rand::random();
//            ^^^^^^^^^^^^^^ warn[hidden-input]
    let three = seeded.random();
    let today = chrono::Local::now();
//              ^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]: `chrono::Local::now` reads the clock, which can't be in the key
    format!("{home:?}{at:?}{three}{today}{}", use_of(one, two))
}
#[cache_data(ttl = 60)]
fn ages() -> (std::time::SystemTime, String) { (std::time::SystemTime::now(), std::env::args().collect()) }
//                                                                            ^^^^^^^^^^^^^^^^ warn[hidden-input]
#[cache_resource]
fn pool() -> String { std::env::var("DATABASE_URL").unwrap() }
mod env { pub fn var(_: &str) -> u32 { 1 } }
#[cache_data]
fn of_its_own(x: u32) -> u32 { let built = env!("PATH"); env::var("x") + x }
"#,
        );
    }

    #[test]
    fn what_can_not_reach_the_result_is_silent() {
        check(
            r#"
use cachelit::cache_data;
use std::time::{Instant, SystemTime};
fn log(text: &str) { eprintln!("{:?} {text}", SystemTime::now()); std::env::var("LOG"); }
#[cache_data]
fn load(path: &str) -> String {
    let started = SystemTime::now();
    let instant = Instant::now();
    log("begins");
    println!("{:?}", SystemTime::now());
    let _guard = timer();
    timer();
    let later = || std::env::var("LATER");
    info!("took {:?}", started.elapsed());
    keep(later);
    path.to_owned()
}
fn timer() -> SystemTime { SystemTime::now() }
fn not_cached() -> String { std::env::var("X").unwrap() }
"#,
        );
    }

    #[test]
    fn a_stopwatch_that_only_a_log_hears_of_is_silent() {
        check(
            r#"
//- /external/chrono/src/lib.rs crate:chrono
pub struct Utc;
impl Utc { pub fn now() -> u64 { 0 } }
//- /src/lib.rs deps:cachelit,chrono
use cachelit::cache_data;
use chrono::Utc;
#[cache_data]
fn timed(path: &str) -> String {
    let started = Utc::now();
    let loaded = load(path);
    let took = (Utc::now() - started).num_milliseconds();
    let line = format!("{path} took {took} from {}", &started);
    log::info!("{line}");
    tracing::debug!(took = Utc::now().signed_duration_since(started), "loaded");
    let _entered = tracing::info_span!("load", at = %started).entered();
    dbg!(Utc::now());
    loaded
}
#[cache_data]
fn dated(path: &str) -> String {
    let now = Utc::now();
//            ^^^^^^^^^^ warn[hidden-input]
    let since = Utc::now() - 60;
//              ^^^^^^^^^^ warn[hidden-input]
    let logged = Utc::now();
//               ^^^^^^^^^^ warn[hidden-input]
    info!("{logged} {since}");
    let mut times = Vec::new();
    times.push(Utc::now());
//             ^^^^^^^^^^ warn[hidden-input]
    let line = format!("{logged}");
    let seen = dbg!(Utc::now());
//                  ^^^^^^^^^^ warn[hidden-input]
    format!("{now}{since}{times:?}{line}{seen}")
}
"#,
        );
    }

    #[test]
    fn what_is_sent_away_and_names_of_files_are_silent() {
        check(
            r#"
//- /external/uuid/src/lib.rs crate:uuid
pub struct Uuid;
impl Uuid { pub fn new_v4() -> Uuid { Uuid } }
//- /src/lib.rs deps:cachelit,uuid
use cachelit::cache_data;
use std::path::Path;
use std::time::SystemTime;
use uuid::Uuid;
#[cache_data]
async fn load(path: &str, _tx: &Sender) -> Result<String, Error> {
    _tx.send(SystemTime::now());
    let _ = _tx.try_send(SystemTime::now());
    _tx.send(Uuid::new_v4()).await?;
    let at = SystemTime::now();
    _tx.blocking_send(at).expect("somebody listens");
    let name = format!("{}.tmp", Uuid::new_v4());
    let file = Path::new("/tmp").join(name);
    let other = file.with_file_name(Uuid::new_v4().to_string());
    convert(path, &file, &other)
}
#[cache_data]
fn answered(_client: &Client, names: &[String]) -> String {
    let answer = _client.post().send(SystemTime::now());
//                                   ^^^^^^^^^^^^^^^^^ warn[hidden-input]
    let ids = names.iter().chain(Uuid::new_v4());
//                               ^^^^^^^^^^^^^^ warn[hidden-input]
    let log = Path::new("/var/log").join(today());
//                                       ^^^^^^^ warn[hidden-input]
    read(answer, ids, log)
}
fn today() -> String { format!("{:?}", SystemTime::now()) }
"#,
        );
    }

    #[test]
    fn statics_count_where_they_are_read() {
        check(
            r"
use cachelit::{cache_data, cache_resource};
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, RwLock};
static RATE: AtomicU32 = AtomicU32::new(1);
static CALLS: AtomicU32 = AtomicU32::new(0);
static NAME: Mutex<String> = Mutex::new(String::new());
static PLACE: RwLock<u32> = RwLock::new(1);
static ONLY_ONE: Mutex<()> = Mutex::new(());
static TABLE: [u32; 2] = [1, 2];
static LATE: LazyLock<u32> = LazyLock::new(|| 1);
static mut OLD: u32 = 1;
const FIXED: u32 = 1;
thread_local! { static MINE: Cell<u32> = Cell::new(1); static BUFFER: RefCell<Vec<u8>> = RefCell::default(); }

#[cache_data]
fn load(x: u32) -> u32 {
    CALLS.fetch_add(1, Ordering::Relaxed);
    let _guard = ONLY_ONE.lock().unwrap();
    NAME.lock().unwrap().push('a');
    *PLACE.write().unwrap() = 2;
    let name = NAME.lock().unwrap().clone();
//             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]: `demo::NAME` is a static that can change, and not in the key
    let place = *PLACE.read().unwrap();
//              ^^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]
    unsafe { OLD = 2; }
    let old = unsafe { OLD };
//                     ^^^ warn[hidden-input]: `demo::OLD` is a static that can change, and not in the key
    BUFFER.with(|it| it.borrow_mut().push(1));
    let scratch = BUFFER.with(|it| { let mut it = it.borrow_mut(); it.clear(); it.len() });
    let mine = MINE.get() + MINE.with(Cell::get) + MINE.with(|it| it.get());
//             ^^^^^^^^^^ warn[hidden-input]: `MINE` is a thread's own value, and not in the key
//                          ^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]
//                                                 ^^^^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]
    x * RATE.load(Ordering::Relaxed) + TABLE[0] + *LATE + FIXED + of(name, place)
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]: `demo::RATE` is a static that can change, and not in the key
}
#[cache_resource]
fn shared() -> u32 { RATE.load(Ordering::Relaxed) }
//                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warn[hidden-input]
#[cache_data]
fn shadowed(x: u32) -> u32 {
    static RATE: [u32; 1] = [1];
    RATE.load(x)
}
",
        );
    }

    #[test]
    fn the_way_to_the_read_is_told() {
        insta::assert_snapshot!(render(r#"
use cachelit::cache_data;
fn home() -> String { variable("HOME") }
fn variable(name: &str) -> String { std::env::var(name).unwrap_or_default() }
#[cache_data]
fn load(x: u32) -> String { format!("{}{x}", home()) }
"#), @r#"
    /src/lib.rs:5 warn[hidden-input]: `demo::home` reaches `std::env::var`, but the environment can't be in the key
      note: `demo::home` calls `demo::variable` here [variable("HOME")]
      note: `demo::variable` calls `std::env::var` here [std::env::var(name)]
      note: read it outside, and hand it to the cached function as a parameter
    "#);
    }
}
