//! Segments that nobody would write, beside a model of what they mean.

use std::collections::HashMap;

use fastrand::Rng;

use super::*;
use crate::persist::clears::{Clears, Stamp};
use crate::persist::frame::{self, HEADER, Header, Identity, Kind};

/// A frame, and whether a reader comes to it and finds it whole.
struct Written {
    header: Header,
    value: Vec<u8>,
    is_seen: bool,
    is_whole: bool,
}

/// A folder, and what is in it.
struct World {
    fixture: Fixture,
    random: Rng,
    identity: Identity,
    clears: Clears,
    /// Where each name was cleared last, and where everything was.
    cleared: HashMap<Name, u64>,
    floor: u64,
    frames: Vec<Written>,
    segments: Vec<PathBuf>,
}

impl World {
    fn new(seed: u64) -> Self {
        let fixture = Fixture::new();
        let mut clears = Clears::new(&fixture.function());
        clears.make().expect("a file");
        clears.look().expect("it can be read");
        fs::create_dir_all(fixture.code(1)).expect("a folder");
        World {
            fixture,
            random: Rng::with_seed(seed),
            identity: Identity::new(blake3::hash(b"shop::fetch").as_bytes(), &[1; 32]),
            clears,
            cleared: HashMap::new(),
            floor: 0,
            frames: Vec::new(),
            segments: Vec::new(),
        }
    }

    fn name(&mut self) -> Name {
        [self.random.u8(..4); 32]
    }

    fn now(&mut self) -> Stamp {
        self.clears.look().expect("it can be read");
        self.clears.stamp().expect("it is there")
    }

    /// Clears an entry, or loses a record of what was cleared, which may have been anything.
    fn clear(&mut self) {
        let (name, at) = (self.name(), self.now().position);
        if self.random.u8(..8) == 0 {
            let file = self.fixture.function().join(place::CLEARS);
            let mut file = fs::File::options().append(true).open(file).expect("it is there");
            std::io::Write::write_all(&mut file, &[9; 64]).expect("it can be written");
            self.floor = at + 64;
        } else {
            assert!(self.clears.clear(&name).expect("it can be written"));
            self.cleared.insert(name, at);
        }
    }

    /// A frame of any kind, of a run that began at any time.
    fn frame(&mut self) -> Written {
        let mut stamp = self.now();
        match self.random.u8(..20) {
            0 => stamp.generation = [7; 16],
            1 => stamp.position = 1 << 40,
            _ => stamp.position = 64 * self.random.u64(..=stamp.position / 64),
        }
        let kinds = [Kind::Entry, Kind::Entry, Kind::Removal, Kind::Use];
        let kind = kinds[self.random.usize(..kinds.len())];
        let number = self.frames.len() as u64;
        let (recording, value): (&[u8], _) = match kind {
            Kind::Entry => (b"shown", number.to_le_bytes().repeat(self.random.usize(1..90))),
            _ => (b"", Vec::new()),
        };
        let header = Header {
            kind,
            name: self.name(),
            order: self.random.u64(..20),
            // Where orders are the same, the later one counts.
            stored_at: number,
            used_at: self.random.u64(..),
            stamp,
            shape: [7; 32],
            recording: recording.len() as u64,
            value: value.len() as u64,
            sum: frame::sum(recording, &value),
        };
        Written { header, value, is_seen: true, is_whole: true }
    }

    /// Appends frames to a segment, the last time with damage.
    fn append(&mut self, segment: &Path, is_last: bool) {
        let mut bytes = fs::read(segment).unwrap_or_else(|_| self.identity.start().to_vec());
        let (begin, first) = (bytes.len(), self.frames.len());
        let mut ends = Vec::new();
        for _ in 0..self.random.usize(..12) {
            let frame = self.frame();
            bytes.extend_from_slice(&frame.header.seal(&self.identity));
            bytes.extend_from_slice(if frame.header.recording > 0 { b"shown" } else { b"" });
            bytes.extend_from_slice(&frame.value);
            ends.push(bytes.len());
            self.frames.push(frame);
        }
        let place = self.random.usize(begin..=bytes.len());
        let at = ends.partition_point(|end| *end <= place);
        match self.random.u8(..3) {
            0 if is_last => {
                bytes.truncate(place);
                self.frames[first + at..].iter_mut().for_each(|frame| frame.is_seen = false);
            }
            1 if is_last && place < bytes.len() => {
                bytes[place] ^= 1 << self.random.u8(..8);
                let start = if at == 0 { begin } else { ends[at - 1] };
                if place < start + HEADER {
                    self.frames[first + at..].iter_mut().for_each(|frame| frame.is_seen = false);
                } else {
                    self.frames[first + at].is_whole = false;
                }
            }
            _ => {}
        }
        fs::write(segment, bytes).expect("it can be written");
    }

    fn begin_segment(&mut self) {
        let number = self.segments.len();
        let path = self.fixture.code(1).join(format!("0-0-{number}.{}", place::LOG));
        self.segments.push(path);
    }

    /// The frames of a name that count, the last one last.
    fn admitted(&mut self, name: Name) -> Vec<&Written> {
        let now = self.now();
        let counts = |frame: &&Written| {
            let Header { kind, stamp, .. } = frame.header;
            frame.header.name == name
                && frame.is_seen
                && kind != Kind::Use
                && stamp.generation == now.generation
                && (self.floor..=now.position).contains(&stamp.position)
                && self.cleared.get(&name).is_none_or(|at| *at < stamp.position)
        };
        let mut frames: Vec<&Written> = self.frames.iter().filter(counts).collect();
        frames.sort_by_key(|frame| (frame.header.order, frame.header.stored_at));
        frames
    }

    fn check(&mut self, late: &Disk, early: &Disk, seed: u64) {
        for number in 0..4 {
            let name = [number; 32];
            let value = |frame: &Written| {
                let is_there = frame.header.kind == Kind::Entry && frame.is_whole;
                is_there.then(|| frame.value.clone())
            };
            let admitted = self.admitted(name);
            let expected = admitted.last().and_then(|last| value(last));
            assert_eq!(find(late, name, &FREE), expected, "name {number}, seed {seed}");
            let found = find(early, name, &FREE);
            // Who knows an entry that was not cleared need not look for a later one.
            let is_fine = found == expected
                || found.is_some() && admitted.iter().any(|frame| value(frame) == found);
            assert!(is_fine, "name {number}, seed {seed}: {found:?}, and not {expected:?}");
        }
    }
}

#[test]
fn what_segments_say_is_found_by_who_reads_them_at_once_or_in_turns() {
    let seeds = std::env::var("CACHELIT_TEST_HISTORIES").ok().and_then(|text| text.parse().ok());
    for seed in 0..seeds.unwrap_or(400) {
        let mut world = World::new(seed);
        let early = world.fixture.disk(1);
        let stages = world.random.usize(1..4);
        for stage in 1..=stages {
            for _ in 0..world.random.usize(..3) {
                world.clear();
            }
            if world.segments.len() < 3 {
                world.begin_segment();
                world.clears.announce().expect("it can be written");
            }
            for segment in world.segments.clone() {
                world.append(&segment, stage == stages);
            }
            let late = world.fixture.disk(1);
            world.check(&late, &early, seed);
        }
    }
}
