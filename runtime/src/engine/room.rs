//! What makes room for others under a bound: what was not used for the longest.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::entry::{AllRemoved, Entry, Removed};
use super::function::Limits;
use super::order::{At, Mark};
use super::slab::Slab;
use super::store::State;
use crate::stats::Reason;

/// What must make room.
enum Oldest {
    Entry(Arc<Entry>),
    /// A number in this line of the slab.
    Line(u32),
}

impl State {
    /// Keeps to the bounds.
    pub(super) fn make_room(
        &mut self,
        slab: Option<&Slab>,
        limits: &Limits,
        removed: &mut AllRemoved,
    ) {
        loop {
            let reason = if limits.max_entries.is_some_and(|max| self.held() as u64 > max) {
                Reason::MaxEntries
            } else if limits.max_size.is_some_and(|max| self.bytes > max) {
                Reason::MaxSize
            } else {
                break;
            };
            match self.oldest(slab) {
                None => break,
                Some(Oldest::Line(line)) => {
                    if let Some(slab) = slab {
                        slab.take(&mut self.lines, line);
                    }
                    self.counts.left(reason);
                    if is_told() {
                        removed.push(Removed { entry: None, reason });
                    }
                }
                Some(Oldest::Entry(entry)) => {
                    self.left(&entry, reason);
                    // Of a number that leaves, nobody is told but who listens.
                    if self.spare.is_none() && entry.is_bare() && !is_told() {
                        self.spare = Some(entry);
                    } else {
                        removed.push(Removed { entry: Some(entry), reason });
                    }
                }
            }
        }
    }

    /// Takes the oldest out, for a number of the slab. Where that is a number, it is still in its line, which is returned.
    #[inline]
    pub(super) fn evict_for_number(
        &mut self,
        slab: &Slab,
        removed: &mut Vec<Removed>,
    ) -> Option<u32> {
        let reason = Reason::MaxEntries;
        match self.oldest(Some(slab))? {
            Oldest::Line(line) => {
                self.counts.left(reason);
                if is_told() {
                    removed.push(Removed { entry: None, reason });
                }
                Some(line)
            }
            Oldest::Entry(entry) => {
                self.left(&entry, reason);
                removed.push(Removed { entry: Some(entry), reason });
                None
            }
        }
    }

    /// Notes the first use of what may have to make room.
    #[inline]
    pub(super) fn queue(&mut self, mark: Mark, slab: Option<&Slab>) {
        self.order.push(mark.born, mark);
        // What left by other ways would pile up behind what is used for long.
        if self.order.len() > 2 * self.held() + 16 {
            self.forget_marks(slab);
        }
    }

    /// What was not used for the longest, taken out of the order, and out of the table, but still in its line.
    #[inline]
    fn oldest(&mut self, slab: Option<&Slab>) -> Option<Oldest> {
        loop {
            let (queued, mark) = self.order.pop()?;
            let used = if let At::Line(line) = mark.at {
                match slab.and_then(|slab| slab.last_use(line, mark.born)) {
                    Some(used) if used == queued => return Some(Oldest::Line(line)),
                    Some(used) => used,
                    None => continue,
                }
            } else {
                let Some(known) = self.entries.marked(mark) else { continue };
                let used = known.get().1.used.load(Ordering::Relaxed);
                if used == queued {
                    return Some(Oldest::Entry(known.remove().0.1));
                }
                used
            };
            self.order.push(used, mark);
        }
    }

    #[cold]
    fn forget_marks(&mut self, slab: Option<&Slab>) {
        let State { order, entries, .. } = self;
        order.retain(|mark| match (mark.at, slab) {
            (At::Line(line), Some(slab)) => slab.last_use(line, mark.born).is_some(),
            _ => entries.marked(mark).is_some(),
        });
    }
}

/// Whether somebody listens who is told of numbers that leave.
#[inline]
fn is_told() -> bool {
    LevelFilter::current() >= Level::DEBUG
}
