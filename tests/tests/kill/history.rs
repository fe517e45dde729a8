//! What killed processes said that they did, and whether a store may behave so.

use std::collections::{BTreeMap, BTreeSet};

/// A call of the cached function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) process: usize,
    /// The first call of its process for the key, so that the value is from disk or from a run of the body.
    pub(crate) is_fresh: bool,
    /// It got the result of another thread's run.
    pub(crate) has_waited: bool,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
    /// When the body ran that made the value.
    pub(crate) made: u64,
}

impl Call {
    fn ran(&self) -> bool {
        self.made >= self.begun && !self.has_waited
    }
}

/// A clear of the key.
#[derive(Clone, Copy, Debug)]
struct Clear {
    process: usize,
    begun: u64,
    /// For one that was killed, when the process was gone, for until then it may have happened.
    ended: u64,
    is_done: bool,
}

#[derive(Default)]
struct Key {
    calls: Vec<Call>,
    clears: Vec<Clear>,
}

/// Everything that was said of the function's entries.
#[derive(Default)]
pub(crate) struct History {
    keys: BTreeMap<String, Key>,
    /// Clears of all keys.
    clears: Vec<Clear>,
    /// Clears that were begun: by which process, when, and of what.
    open: BTreeSet<(usize, u64, String)>,
    faults: Vec<String>,
    /// Calls of processes that found what an earlier process had stored.
    pub(crate) found: usize,
    /// Of these, how many had to find it.
    pub(crate) owed: usize,
}

impl History {
    /// Notes a line of a process:
    ///
    /// ```text
    /// fresh|call|waited|bounded|wrong KEY BEGUN ENDED MADE
    /// clear KEY|* BEGUN
    /// cleared KEY|* BEGUN ENDED
    /// ```
    pub(crate) fn note(&mut self, process: usize, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let time = |word: &str| word.parse::<u64>().expect("a time");
        match words[..] {
            // Which of these have left, nobody can say.
            ["bounded", ..] => {}
            [how @ ("fresh" | "call" | "waited"), key, begun, ended, made] => {
                let (begun, ended, made) = (time(begun), time(ended), time(made));
                let (is_fresh, has_waited) = (how == "fresh", how == "waited");
                let call = Call { process, is_fresh, has_waited, begun, ended, made };
                self.keys.entry(key.to_owned()).or_default().calls.push(call);
            }
            ["clear", key, begun] => {
                self.open.insert((process, time(begun), key.to_owned()));
            }
            ["cleared", key, begun, ended] => {
                self.open.remove(&(process, time(begun), key.to_owned()));
                self.clear(key, process, time(begun), time(ended), true);
            }
            _ => self.faults.push(format!("process {process}: {line}")),
        }
    }

    /// Notes that a process was gone by now.
    pub(crate) fn gone(&mut self, process: usize, now: u64) {
        let open: Vec<_> = self.open.extract_if(.., |(of, ..)| *of == process).collect();
        for (_, begun, key) in open {
            self.clear(&key, process, begun, now, false);
        }
    }

    fn clear(&mut self, key: &str, process: usize, begun: u64, ended: u64, is_done: bool) {
        let clear = Clear { process, begun, ended, is_done };
        if key == "*" {
            self.clears.push(clear);
        } else {
            self.keys.entry(key.to_owned()).or_default().clears.push(clear);
        }
    }

    /// What no store may do. Complete only when all processes are gone.
    pub(crate) fn faults(mut self) -> (Vec<String>, Self) {
        let mut faults = std::mem::take(&mut self.faults);
        for (name, key) in &mut self.keys {
            key.clears.extend(&self.clears);
            key.calls.sort_by_key(|call| call.begun);
            key.clears.sort_by_key(|clear| clear.begun);
            for call in key.calls.iter().filter(|call| call.is_fresh) {
                let owed = key.owed(call);
                self.owed += usize::from(owed.is_some());
                self.found += usize::from(!call.ran());
                if let (Some(stored), true) = (owed, call.ran()) {
                    faults.push(format!(
                        "lost: {name} was stored by {stored:?}, not found by {call:?}"
                    ));
                }
            }
            let risen = key.risen().map(|(call, clear)| {
                format!("risen: {name} was cleared by {clear:?}, found by {call:?}")
            });
            faults.extend(risen);
        }
        (faults, self)
    }
}

impl Key {
    /// A call that stored what this one should find: that ran the body and was over before, with no clear since.
    fn owed(&self, call: &Call) -> Option<&Call> {
        let before = self.clears.partition_point(|clear| clear.begun <= call.ended);
        let cleared = self.clears[..before].iter().map(|clear| clear.ended).max().unwrap_or(0);
        let from = self.calls.partition_point(|stored| stored.begun <= cleared);
        let until = self.calls.partition_point(|stored| stored.begun < call.begun);
        let mut stored = self.calls.get(from..until).unwrap_or_default().iter();
        stored.find(|stored| stored.ran() && stored.ended < call.begun)
    }

    /// Calls that got what was made before a clear that was over before they began. What other processes hold in
    /// memory is not reached by a clear, what is on disk is.
    fn risen(&self) -> impl Iterator<Item = (&Call, &Clear)> {
        self.calls.iter().filter_map(|call| {
            // Only these can be later than what was made, and earlier than the call.
            let from = self.clears.partition_point(|clear| clear.begun <= call.made);
            let until = self.clears.partition_point(|clear| clear.begun < call.begun);
            let between = self.clears.get(from..until).unwrap_or_default();
            let reached = |clear: &&Clear| {
                clear.is_done
                    && clear.ended < call.begun
                    && (call.is_fresh || clear.process == call.process)
            };
            between.iter().find(reached).map(|clear| (call, clear))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::History;

    /// Processes 1 and 2, of which the first is gone at 100.
    #[track_caller]
    fn check(first: &[&str], second: &[&str], expected: &[&str]) {
        let mut history = History::default();
        for line in first {
            history.note(1, line);
        }
        history.gone(1, 100);
        for line in second {
            history.note(2, line);
        }
        history.gone(2, 1000);
        let (faults, _) = history.faults();
        let kinds: Vec<&str> =
            faults.iter().map(|fault| fault.split(':').next().unwrap_or_default()).collect();
        assert_eq!(kinds, expected, "{faults:#?}");
    }

    #[test]
    fn what_was_stored_must_be_found() {
        check(&["call 7 10 12 11"], &["fresh 7 110 111 11"], &[]);
        check(&["call 7 10 12 11"], &["fresh 7 110 112 111"], &["lost"]);
        check(&["call 7 10 12 11"], &["fresh 8 110 112 111"], &[]);
    }

    #[test]
    fn what_was_got_from_memory_says_nothing_of_the_disk() {
        check(&["call 7 10 12 5"], &["fresh 7 110 112 111"], &[]);
    }

    #[test]
    fn who_waited_does_not_say_that_the_result_is_on_disk() {
        check(&["waited 7 10 12 11"], &["fresh 7 110 112 111"], &[]);
        check(&["call 7 9 13 11", "waited 7 10 12 11"], &["fresh 7 110 112 111"], &["lost"]);
    }

    #[test]
    fn what_may_have_been_cleared_may_be_gone() {
        let fresh = "fresh 7 110 112 111";
        check(&["call 7 10 12 11", "clear 7 20", "cleared 7 20 25"], &[fresh], &[]);
        check(&["call 7 10 12 11", "clear * 20"], &[fresh], &[]);
        check(&["call 7 10 12 11"], &["clear 7 105", fresh], &[]);
        check(&["clear 7 5", "cleared 7 5 9", "call 7 10 12 11"], &[fresh], &["lost"]);
    }

    #[test]
    fn what_was_cleared_does_not_come_back() {
        let cleared = ["call 7 10 12 11", "clear 7 20", "cleared 7 20 25"];
        check(&cleared, &["fresh 7 110 111 11"], &["risen"]);
        check(&cleared, &["call 7 110 111 11"], &[]);
        check(&[&cleared[..], &["call 7 30 31 11"]].concat(), &[], &["risen"]);
        check(&[&cleared[..2], &["call 7 30 31 11"]].concat(), &["fresh 7 110 111 11"], &[]);
    }

    #[test]
    fn a_wrong_value_is_a_fault() {
        check(&["wrong 7 10 12 11"], &[], &["process 1"]);
    }
}
