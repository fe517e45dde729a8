//! Digests of long runs of bytes. Each thread remembers the last few with what they are of: to compare costs a third of
//! making a digest, and equal bytes have equal digests.

use std::cell::RefCell;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use foldhash::fast::RandomState as FoldState;
use xxhash_rust::xxh3::xxh3_128_with_secret;

/// How many digests a thread remembers.
const SLOTS: usize = 16;
/// Of at most so many bytes each, so that a thread keeps no more than a MiB.
const LONGEST: usize = 64 * 1024;
/// How much of each end is looked at to find a slot.
const END: usize = 64;

/// Drawn by this process, so that nobody can choose arguments whose digests collide.
static SECRET: LazyLock<[u8; 192]> = LazyLock::new(|| {
    let random = RandomState::new();
    let mut secret = [0; 192];
    for (place, n) in secret.chunks_exact_mut(8).zip(0_u64..) {
        place.copy_from_slice(&random.hash_one(n).to_le_bytes());
    }
    secret
});

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::new(Known::default());
}

/// What is known of bytes that are remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Content {
    #[default]
    Bytes,
    /// Floats of that width, and each `NaN` among them is the one that stands for all.
    F32,
    F64,
}

#[derive(Default)]
struct Known {
    /// Of each slot, what tells it from most others.
    tags: [u64; SLOTS],
    slots: [Slot; SLOTS],
    /// The slot that is given away next.
    next: usize,
}

#[derive(Default)]
struct Slot {
    content: Content,
    digest: u128,
    /// Nothing until the digest was wanted a second time, for most bytes never come again.
    bytes: Box<[u8]>,
}

/// A digest for use in this process only.
pub(super) fn keyed(bytes: &[u8]) -> u128 {
    xxh3_128_with_secret(bytes, &*SECRET)
}

/// The digest of bytes that this thread remembers with that content.
pub(super) fn recall(bytes: &[u8], content: Content) -> Option<u128> {
    if bytes.len() > LONGEST {
        return None;
    }
    let find = |known: &RefCell<Known>| known.borrow().find(tag(bytes, content), bytes, content);
    KNOWN.try_with(find).ok().flatten()
}

/// The digest of bytes, which this thread may remember with that content.
pub(super) fn digest(bytes: &[u8], content: Content) -> u128 {
    if bytes.len() > LONGEST {
        return keyed(bytes);
    }
    let known = KNOWN.try_with(|known| {
        let (mut known, tag) = (known.borrow_mut(), tag(bytes, content));
        known.find(tag, bytes, content).unwrap_or_else(|| {
            let digest = keyed(bytes);
            known.note(tag, bytes, content, digest);
            digest
        })
    });
    known.unwrap_or_else(|_| keyed(bytes))
}

/// Costs the same whatever the length.
fn tag(bytes: &[u8], content: Content) -> u64 {
    static RANDOM: LazyLock<FoldState> = LazyLock::new(FoldState::default);
    let mut hasher = RANDOM.build_hasher();
    content.hash(&mut hasher);
    bytes.len().hash(&mut hasher);
    let end = bytes.len().min(END);
    hasher.write(&bytes[..end]);
    hasher.write(&bytes[bytes.len() - end..]);
    hasher.finish()
}

impl Known {
    fn find(&self, tag: u64, bytes: &[u8], content: Content) -> Option<u128> {
        let at = self.tags.iter().position(|known| *known == tag)?;
        let slot = &self.slots[at];
        (slot.content == content && *slot.bytes == *bytes).then_some(slot.digest)
    }

    fn note(&mut self, tag: u64, bytes: &[u8], content: Content, digest: u128) {
        let at = self.tags.iter().position(|known| *known == tag).unwrap_or_else(|| {
            self.next = (self.next + 1) % SLOTS;
            self.next
        });
        let slot = &mut self.slots[at];
        let is_second = self.tags[at] == tag && slot.content == content && slot.digest == digest;
        let bytes = if is_second { bytes.into() } else { Box::default() };
        self.tags[at] = tag;
        *slot = Slot { content, digest, bytes };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(bytes: &[u8], content: Content) -> bool {
        recall(bytes, content).is_some()
    }

    #[test]
    fn what_comes_a_second_time_is_remembered_and_has_the_digest_it_had() {
        let bytes = vec![7; 3000];
        for expected in [false, true, true] {
            assert_eq!(digest(&bytes, Content::Bytes), keyed(&bytes));
            assert_eq!(remembered(&bytes, Content::Bytes), expected);
        }
    }

    #[test]
    fn bytes_that_look_alike_at_both_ends_are_told_apart() {
        let bytes = vec![7; 3000];
        for at in [0, 63, 64, 1500, 2935, 2936, 2999] {
            digest(&bytes, Content::Bytes);
            digest(&bytes, Content::Bytes);
            let mut other = bytes.clone();
            other[at] = 8;
            for _ in 0..3 {
                assert!(digest(&other, Content::Bytes) == keyed(&other), "byte {at}");
            }
        }
    }

    #[test]
    fn bytes_known_as_one_content_are_not_known_as_another() {
        let bytes = vec![7; 3000];
        digest(&bytes, Content::F64);
        digest(&bytes, Content::F64);
        let known = [Content::F64, Content::F32, Content::Bytes].map(|it| remembered(&bytes, it));
        assert_eq!(known, [true, false, false]);
    }

    #[test]
    fn the_oldest_make_room_and_the_longest_are_not_kept() {
        let of = |n: usize| vec![u8::try_from(n).unwrap(); 1000];
        for n in 0..=SLOTS {
            digest(&of(n), Content::Bytes);
            digest(&of(n), Content::Bytes);
        }
        let known = (0..=SLOTS).filter(|&n| remembered(&of(n), Content::Bytes)).count();
        assert_eq!((known, remembered(&of(0), Content::Bytes)), (SLOTS, false));
        let long = vec![1; LONGEST + 1];
        assert_eq!(digest(&long, Content::Bytes), digest(&long, Content::Bytes));
        assert!(!remembered(&long, Content::Bytes));
    }
}
