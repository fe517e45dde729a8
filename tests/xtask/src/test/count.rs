//! Counting what passed and failed, from what test runners print.

use std::ops::AddAssign;

/// How many tests, or checks that are no tests, passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Who speaks in a step's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runner {
    /// Nobody: the step is one check, and its exit status is the result.
    None,
    /// Rust's test harness: `test result: ok. 3 passed; 0 failed; …`.
    Libtest,
    /// Node's test runner: `ℹ pass 3` or `# pass 3`, and `fail` likewise.
    Node,
}

/// Sums up one step's results.
#[derive(Debug)]
pub(super) struct Counter {
    runner: Runner,
    count: Count,
}

impl Counter {
    pub(super) fn new(runner: Runner) -> Counter {
        Counter { runner, count: Count::default() }
    }

    /// Takes in a line of the output.
    pub(super) fn line(&mut self, line: &str) {
        match self.runner {
            Runner::None => {}
            Runner::Libtest => {
                if let Some(results) = line.strip_prefix("test result: ") {
                    let results = results.split_once(". ").map_or("", |(_, results)| results);
                    for result in results.split("; ") {
                        match result.split_once(' ') {
                            Some((number, "passed")) => self.count.passed += parse(number),
                            Some((number, "failed")) => self.count.failed += parse(number),
                            _ => {}
                        }
                    }
                }
            }
            Runner::Node => match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["ℹ" | "#", "pass", number] => self.count.passed += parse(number),
                ["ℹ" | "#", "fail" | "cancelled", number] => self.count.failed += parse(number),
                _ => {}
            },
        }
    }

    /// The results, given how the command ended: one that failed, or ran nothing, without a failed
    /// test to show for it is a failure itself.
    pub(super) fn end(mut self, success: bool) -> Count {
        match self.runner {
            Runner::None if success => self.count.passed = 1,
            Runner::None => self.count.failed = 1,
            Runner::Libtest | Runner::Node => {
                let silent = self.count.failed == 0 && (!success || self.count.passed == 0);
                self.count.failed += u64::from(silent);
            }
        }
        self.count
    }
}

fn parse(number: &str) -> u64 {
    number.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Count, Counter, Runner};

    fn check(runner: Runner, output: &str, success: bool, (passed, failed): (u64, u64)) {
        let mut counter = Counter::new(runner);
        output.lines().for_each(|line| counter.line(line));
        assert_eq!(counter.end(success), Count { passed, failed }, "{output}");
    }

    #[test]
    fn several_test_binaries_add_up() {
        let output = "\
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/b.rs
test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        check(Runner::Libtest, output, false, (4, 2));
    }

    #[test]
    fn a_build_that_fails_is_one_failure() {
        check(Runner::Libtest, "", false, (0, 1));
        check(Runner::Libtest, "test result: ok. 3 passed; 0 failed; 0 ignored", false, (3, 1));
    }

    #[test]
    fn a_runner_that_ran_nothing_is_one_failure() {
        check(Runner::Libtest, "test result: ok. 0 passed; 0 failed; 0 ignored", true, (0, 1));
        check(Runner::Node, "", true, (0, 1));
    }

    #[test]
    fn node_counts_are_read_in_both_styles() {
        check(Runner::Node, "ℹ tests 3\nℹ pass 2\nℹ fail 1\nℹ cancelled 0", false, (2, 1));
        check(Runner::Node, "# tests 2\n# pass 2\n# fail 0", true, (2, 0));
    }

    #[test]
    fn a_check_counts_by_its_exit_status() {
        check(Runner::None, "test result: ok. 3 passed; 0 failed", true, (1, 0));
        check(Runner::None, "", false, (0, 1));
    }
}
