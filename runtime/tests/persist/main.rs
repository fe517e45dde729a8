//! Results that outlive the process. A script runs in a process of its own, by the test `child`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cachelit::clock::ManualClock;
use cachelit::{CacheKey, Stats, cache_data, st};
use serde::{Deserialize, Serialize};

#[path = "../segments/mod.rs"]
mod segments;
mod trouble;

/// Where a child finds its script.
const SCRIPT: &str = "CACHELIT_TEST_SCRIPT";

#[cache_data(scope = "global", persist = "disk")]
fn plain(x: u32) -> u32 {
    10 * x
}

#[cache_data(scope = "global", persist = "disk")]
async fn later(x: u32) -> u32 {
    10 * x
}

#[cache_data(scope = "global", persist = "disk", ttl = 10)]
fn aged(x: u32) -> u32 {
    10 * x
}

#[cache_data(scope = "global", persist = "disk", max_entries = 2)]
fn few(x: u32) -> u32 {
    10 * x
}

#[cache_data(scope = "global", persist = "disk", max_size = "3KB")]
fn small(x: u32) -> Vec<u8> {
    vec![1; if x == 9 { 4000 } else { 1000 }]
}

#[cache_data(scope = "global", persist = "disk")]
fn large(x: u32) -> Vec<u8> {
    vec![u8::try_from(x).unwrap_or_default(); 100_000]
}

#[cache_data(scope = "global", persist = "disk")]
fn odd(x: u32) -> Result<u32, String> {
    if x % 2 == 1 { Ok(10 * x) } else { Err("even".to_owned()) }
}

#[cache_data(scope = "global", persist = "disk")]
fn shown(x: u32) -> u32 {
    st::text("before");
    let [left, right] = st::columns(2)[..] else { unreachable!("two were asked for") };
    right.run(|| st::metric("right", x));
    left.run(|| st::text("left"));
    st::sidebar().run(|| st::text("aside"));
    10 * x
}

#[cache_data(scope = "global", persist = "disk")]
fn outer(x: u32) -> u32 {
    shown(x) + 1
}

struct Shop {
    factor: u32,
}

impl CacheKey for Shop {
    fn encode(&self, key: &mut cachelit::KeyHasher) {
        self.factor.encode(key);
    }
}

impl Shop {
    #[cache_data(scope = "global", persist = "disk")]
    fn price(&self, x: u32) -> u32 {
        self.factor * x
    }
}

#[derive(Hash)]
struct Hashed(u32);

#[cache_data(scope = "global", persist = "disk")]
fn hashed(x: Hashed) -> u32 {
    10 * x.0
}

#[cache_data(scope = "global", persist = "disk")]
fn long(x: Vec<u32>) -> usize {
    x.len()
}

/// Not readable as it is written.
#[derive(Clone, Serialize, Deserialize)]
struct OneWay {
    #[serde(serialize_with = "as_text")]
    number: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn as_text<S: serde::Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&number.to_string())
}

#[cache_data(scope = "global", persist = "disk")]
fn one_way(x: u32) -> OneWay {
    OneWay { number: 10 * x }
}

#[cache_data(scope = "global", persist = "disk")]
fn cleared_meanwhile(x: u32) -> u32 {
    cleared_meanwhile::clear();
    10 * x
}

/// Calls a function; its result and its counters.
fn call(name: &str, x: u32) -> (String, Stats) {
    let shop = Shop { factor: 10 };
    let said = |value: u32| value.to_string();
    match name {
        "plain" => (said(plain(x)), plain::stats()),
        "later" => {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            (said(runtime.expect("a runtime").block_on(later(x))), later::stats())
        }
        "aged" => (said(aged(x)), aged::stats()),
        "few" => (said(few(x)), few::stats()),
        "small" => (small(x).len().to_string(), small::stats()),
        "large" => (large(x).len().to_string(), large::stats()),
        "odd" => (format!("{:?}", odd(x)), odd::stats()),
        "shown" => (said(shown(x)), shown::stats()),
        "outer" => (said(outer(x)), outer::stats()),
        "price" => (said(shop.price(x)), Shop::price_stats()),
        "hashed" => (said(hashed(Hashed(x))), hashed::stats()),
        "long" => (long(vec![x; 10_000]).to_string(), long::stats()),
        "one_way" => (said(one_way(x).number), one_way::stats()),
        "cleared_meanwhile" => (said(cleared_meanwhile(x)), cleared_meanwhile::stats()),
        _ => panic!("no function `{name}`"),
    }
}

fn clear(name: &str) {
    match name {
        "plain" => plain::clear(),
        "large" => large::clear(),
        "all" => cachelit::cache_data::clear_all(),
        _ => panic!("`{name}` is not cleared here"),
    }
}

/// What a line of a script does, and what came of it.
fn step(line: &str, clock: &ManualClock) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |word: &str| word.parse::<u32>().expect("a number");
    match words[..] {
        ["at", seconds] => clock.set(Duration::from_secs(number(seconds).into())),
        ["clear", name] => clear(name),
        ["clear", "plain", x] => plain::clear_entry(number(x)),
        ["many", name, count] => {
            for x in (0..number(count)).chain((0..number(count)).rev()) {
                let (value, _) = call(name, x);
                assert_eq!(value, (10 * x).to_string());
            }
            return format!("{line} = right");
        }
        ["disk", mode] => {
            let folder = env::var_os("CACHELIT_DIR").expect("it is set");
            let mode = format!("remount,{mode}");
            let mounted = Command::new("mount").args(["-o", &mode]).arg(folder).status();
            assert!(mounted.expect("`mount` is there").success());
        }
        #[cfg(unix)]
        ["files", mode] if trouble::modes(mode).is_some() => {
            let folder = cachelit::persist::folder().expect("`CACHELIT_DIR` is set");
            trouble::set_modes(&folder, trouble::modes(mode).expect("it is known"));
        }
        ["files", "blocked"] => {
            let folder = cachelit::persist::folder().expect("`CACHELIT_DIR` is set");
            fs::remove_dir_all(&folder).expect("the folder is there");
            fs::write(folder, "in the way").expect("its place is free");
        }
        ["files", "removed"] => {
            let folder = cachelit::persist::folder().expect("`CACHELIT_DIR` is set");
            fs::remove_dir_all(folder).expect("the folder is there");
        }
        [name, x] => {
            let before = call_stats(name);
            let (value, after) = call(name, number(x));
            let how = match (after.misses - before.misses, after.disk_hits - before.disk_hits) {
                (1, 0) => "ran",
                (0, 1) => "disk",
                (0, 0) => "memory",
                _ => "?",
            };
            let failed = if after.disk_errors > before.disk_errors { ", failed" } else { "" };
            return format!("{line} = {value} ({how}{failed})");
        }
        _ => panic!("no step `{line}`"),
    }
    line.to_owned()
}

fn call_stats(name: &str) -> Stats {
    let functions = cachelit::functions();
    let suffix = format!("::{name}");
    functions.iter().find(|function| function.path.ends_with(&suffix)).expect("a function").stats
}

#[test]
fn child() {
    let Ok(script) = env::var(SCRIPT) else { return };
    tracing_subscriber::fmt().with_ansi(false).without_time().init();
    // The test harness has begun a line.
    println!();
    let clock = ManualClock::new();
    let _entered = clock.enter();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        println!("> {}", step(line, &clock));
    }
}

/// What a run of a script said: of its steps, and everything.
struct Said {
    steps: Vec<String>,
    whole: String,
}

fn run(folder: &Path, script: &str) -> Said {
    let this = env::current_exe().expect("a test runs");
    said(Command::new(this).args(CHILD), folder, script)
}

/// What makes the test's executable run a script.
const CHILD: [&str; 4] = ["--exact", "child", "--nocapture", "--test-threads=1"];

fn said(command: &mut Command, folder: &Path, script: &str) -> Said {
    let command = command.env("CACHELIT_DIR", folder).env(SCRIPT, script);
    let output = command.output().expect("the child starts");
    let whole = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{whole}{}", String::from_utf8_lossy(&output.stderr));
    let steps = whole.lines().filter_map(|line| line.strip_prefix("> "));
    Said { steps: steps.map(str::to_owned).collect(), whole }
}

/// Runs scripts one after the other, each in a process of its own. Behind a `=` stands what is expected.
#[track_caller]
fn check(scripts: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    for expected in scripts {
        let lines = expected.lines().map(str::trim).filter(|line| !line.is_empty());
        let (script, expected): (Vec<&str>, Vec<&str>) =
            lines.map(|line| (line.split(" =").next().unwrap_or(line), line)).unzip();
        let said = run(folder.path(), &script.join("\n"));
        assert_eq!(said.steps, expected, "{}", said.whole);
    }
}

#[test]
fn s149_a_result_is_found_by_the_next_process() {
    for name in ["plain", "later", "price", "hashed", "aged", "few"] {
        let first = format!("{name} 1 = 10 (ran)\n{name} 1 = 10 (memory)\n{name} 2 = 20 (ran)");
        let second = format!("{name} 1 = 10 (disk)\n{name} 1 = 10 (memory)\n{name} 2 = 20 (disk)");
        check(&[&first, &second]);
    }
    check(&["long 1 = 10000 (ran)", "long 1 = 10000 (disk)\nlong 2 = 10000 (ran)"]);
}

#[test]
fn an_error_is_not_stored() {
    let said = [
        "odd 1 = Ok(10) (ran)\nodd 2 = Err(\"even\") (ran)",
        "odd 1 = Ok(10) (disk)\nodd 2 = Err(\"even\") (ran)",
    ];
    check(&said);
}

#[test]
fn s150_clearing_reaches_the_disk() {
    let stored = "plain 1 = 10 (ran)\nplain 2 = 20 (ran)\naged 1 = 10 (ran)";
    check(&[
        stored,
        "clear plain 1",
        "plain 1 = 10 (ran)\nplain 2 = 20 (disk)\naged 1 = 10 (disk)",
    ]);
    check(&[stored, "clear plain", "plain 1 = 10 (ran)\nplain 2 = 20 (ran)\naged 1 = 10 (disk)"]);
    check(&[stored, "clear all", "plain 1 = 10 (ran)\nplain 2 = 20 (ran)\naged 1 = 10 (ran)"]);
    check(&[
        "plain 1 = 10 (ran)\nclear plain\nplain 1 = 10 (ran)\nclear plain 1\nplain 1 = 10 (ran)",
    ]);
}

#[test]
fn a_run_that_is_cleared_meanwhile_is_not_stored() {
    check(&["cleared_meanwhile 1 = 10 (ran)", "cleared_meanwhile 1 = 10 (ran)"]);
}

#[test]
fn s153_ttl_holds_on_disk() {
    check(&[
        "at 100\naged 1 = 10 (ran)",
        "at 105\naged 1 = 10 (disk)\nat 109\naged 1 = 10 (memory)\nat 110\naged 1 = 10 (ran)",
        "at 119\naged 1 = 10 (disk)",
        "at 120\naged 1 = 10 (ran)",
    ]);
}

#[test]
fn an_entry_from_the_future_is_not_served_under_a_ttl() {
    check(&["at 100\naged 1 = 10 (ran)", "at 99\naged 1 = 10 (ran)", "at 100\naged 1 = 10 (disk)"]);
    check(&["at 100\nplain 1 = 10 (ran)", "at 99\nplain 1 = 10 (disk)"]);
}

#[test]
fn s154_max_entries_holds_on_disk() {
    check(&[
        "few 1 = 10 (ran)\nfew 2 = 20 (ran)\nfew 1 = 10 (memory)\nfew 3 = 30 (ran)",
        "few 1 = 10 (disk)\nfew 3 = 30 (disk)\nfew 2 = 20 (ran)",
        "few 2 = 20 (disk)\nfew 3 = 30 (disk)\nfew 1 = 10 (ran)",
    ]);
    // What this process has not read goes before what it has.
    check(&[
        "few 1 = 10 (ran)\nfew 2 = 20 (ran)",
        "few 1 = 10 (disk)\nfew 3 = 30 (ran)",
        "few 1 = 10 (disk)\nfew 3 = 30 (disk)\nfew 2 = 20 (ran)",
    ]);
}

#[test]
fn max_size_holds_on_disk() {
    check(&[
        "small 1 = 1000 (ran)\nsmall 2 = 1000 (ran)\nsmall 3 = 1000 (ran)",
        "small 2 = 1000 (disk)\nsmall 3 = 1000 (disk)\nsmall 1 = 1000 (ran)",
        "small 9 = 4000 (ran)",
        "small 3 = 1000 (disk)\nsmall 1 = 1000 (disk)",
    ]);
}

#[test]
fn elements_are_shown_again_by_the_next_process() {
    let shown = |said: &Said| -> Vec<String> {
        let lines = said.whole.lines().filter(|line| !line.starts_with("> "));
        let shown = ["before", "right: 1", "left", "aside"];
        lines
            .filter(|line| shown.contains(&line.trim()))
            .map(|line| line.trim().to_owned())
            .collect()
    };
    for script in ["shown 1", "outer 1"] {
        let folder = tempfile::tempdir().expect("a folder");
        let first = run(folder.path(), script);
        let second = run(folder.path(), script);
        assert!(first.steps[0].ends_with("(ran)"), "{}", first.whole);
        assert!(second.steps[0].ends_with("(disk)"), "{}", second.whole);
        assert_eq!(shown(&first), ["before", "right: 1", "left", "aside"], "{}", first.whole);
        assert_eq!(shown(&second), shown(&first), "{}", second.whole);
    }
}

#[test]
fn a_result_that_does_not_read_back_stays_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(folder.path(), "one_way 1\none_way 1");
    assert_eq!(said.steps, ["one_way 1 = 10 (ran, failed)", "one_way 1 = 10 (memory)"]);
    assert!(said.whole.contains("a result can't be persisted"), "{}", said.whole);
    assert_eq!(run(folder.path(), "one_way 1").steps, ["one_way 1 = 10 (ran, failed)"]);
}

#[test]
fn a_folder_that_vanishes_is_made_again() {
    check(&[
        "plain 1 = 10 (ran)\nfiles removed\nplain 1 = 10 (memory)\nplain 2 = 20 (ran)",
        "plain 1 = 10 (ran)\nplain 2 = 20 (disk)",
    ]);
}

#[test]
fn s151_s152_what_is_no_segment_is_a_miss_with_one_warning_and_is_replaced() {
    let contents: [&[u8]; 4] = [b"garbage", b"cachelit\x01\x00", &[0xff; 500], &[0; 74]];
    for content in contents {
        let folder = tempfile::tempdir().expect("a folder");
        run(folder.path(), "plain 1");
        let [segment] = &segments::files(folder.path())[..] else { panic!("one segment") };
        fs::write(segment, content).expect("it can be damaged");
        let said = run(folder.path(), "plain 1\nplain 1");
        assert_eq!(said.steps, ["plain 1 = 10 (ran, failed)", "plain 1 = 10 (memory)"]);
        assert_eq!(said.whole.matches("WARN").count(), 1, "{}", said.whole);
        assert_eq!(run(folder.path(), "plain 1").steps, ["plain 1 = 10 (disk)"]);
    }
}

#[test]
fn an_entry_that_is_damaged_is_a_miss_with_one_warning_and_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), "plain 1\nplain 2");
    let [segment] = &segments::files(folder.path())[..] else { panic!("one segment") };
    let mut bytes = fs::read(segment).expect("it is there");
    let end = segments::frames(&bytes)[0].range.end;
    bytes[end - 1] ^= 1;
    fs::write(segment, bytes).expect("it can be damaged");
    let said = run(folder.path(), "plain 1\nplain 1\nplain 2");
    let expected = ["plain 1 = 10 (ran, failed)", "plain 1 = 10 (memory)", "plain 2 = 20 (disk)"];
    assert_eq!(said.steps, expected);
    assert_eq!(said.whole.matches("WARN").count(), 1, "{}", said.whole);
    let said = run(folder.path(), "plain 1\nplain 2");
    assert_eq!(said.steps, ["plain 1 = 10 (disk)", "plain 2 = 20 (disk)"]);
    assert_eq!(said.whole.matches("WARN").count(), 0, "{}", said.whole);
}

#[test]
fn what_was_cleared_is_not_told_when_its_file_is_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), "plain 1");
    let segment = &segments::files(folder.path())[0];
    let clears = segment.ancestors().nth(2).expect("a folder").join("clears");
    fs::write(clears, "garbage").expect("it can be damaged");
    let said = run(folder.path(), "plain 1\nplain 2");
    assert_eq!(said.steps, ["plain 1 = 10 (ran, failed)", "plain 2 = 20 (ran)"]);
    assert_eq!(said.whole.matches("WARN").count(), 1, "{}", said.whole);
    assert_eq!(run(folder.path(), "plain 1").steps, ["plain 1 = 10 (disk)"]);
}
