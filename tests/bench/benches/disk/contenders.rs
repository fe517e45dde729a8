//! The contenders, each of which stores and finds a text of 4 KiB by a number.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use cached::{ConcurrentCached, RedbCache};
use cachelit::cache_data;
use foyer::{
    BlockEngineConfig, DeviceBuilder, FsDeviceBuilder, HybridCache, HybridCacheBuilder,
    HybridCachePolicy,
};

pub const ENTRIES: u64 = 2000;
const LEN: usize = 4096;
/// Hits that are timed.
const HITS: u64 = 200_000;

/// Made before the clock starts.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| (0..ENTRIES).map(text).collect());

fn text(n: u64) -> String {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'!' + (state % 90) as u8)
    };
    std::iter::repeat_with(next).take(LEN).collect()
}

/// An open store.
trait Store {
    fn put(&self, n: u64, text: String);
    fn get(&self, n: u64) -> Option<String>;
    /// What the store's user does before the process ends.
    fn close(&self) {}
}

pub struct Contender {
    pub name: &'static str,
    /// What is safe when the power fails.
    pub durability: &'static str,
    open: fn(&Path) -> Box<dyn Store>,
}

pub const CONTENDERS: &[Contender] = &[
    Contender {
        name: "cachelit, `persist = \"disk\"`",
        durability: "the newest may be lost",
        open: |_| Box::new(Ours),
    },
    Contender {
        name: "cachelit, with `max_entries`",
        durability: "the newest may be lost",
        open: |_| Box::new(OursBounded),
    },
    Contender {
        name: "cached, redb",
        durability: "all safe: an fsync for each",
        open: |folder| Box::new(redb(folder, true)),
    },
    Contender {
        name: "cached, redb, `durable(false)`",
        durability: "all lost since the last flush",
        open: |folder| Box::new(redb(folder, false)),
    },
    Contender {
        name: "foyer, hybrid",
        durability: "the newest may be lost",
        open: |folder| Box::new(Foyer::open(folder)),
    },
    Contender {
        name: "*files, written and renamed*",
        durability: "the newest may be lost",
        open: |folder| Box::new(Files(folder.to_owned())),
    },
];

/// Does a task of a contender and prints: for `read`, milliseconds, microseconds for a hit, and how many were found;
/// else milliseconds. A process that is `killed` has said to the store that all is written, and closes nothing.
pub fn run(task: &str, name: &str, folder: &Path) {
    let contender = CONTENDERS.iter().find(|one| one.name == name).expect("a contender");
    LazyLock::force(&TEXTS);
    let start = Instant::now();
    let store = (contender.open)(folder);
    if task == "read" {
        let texts = || (0..ENTRIES).filter_map(|n| store.get(n));
        let found = texts().filter(|text| text.len() == LEN).count();
        let read = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        for n in 0..HITS {
            black_box(store.get(n % ENTRIES));
        }
        let hit = start.elapsed().as_secs_f64() * 1e6 / HITS as f64;
        println!("{read} {hit} {found}");
        return;
    }
    for n in 0..ENTRIES {
        store.put(n, TEXTS[n as usize].clone());
    }
    if task == "killed" {
        std::process::abort();
    }
    store.close();
    println!("{}", start.elapsed().as_secs_f64() * 1e3);
}

#[derive(Debug)]
struct Missed;

#[cache_data(scope = "global", persist = "disk", show_spinner = false)]
fn unbounded(n: u64, _text: Option<String>) -> Result<String, Missed> {
    _text.ok_or(Missed)
}

#[cache_data(scope = "global", persist = "disk", max_entries = 10_000, show_spinner = false)]
fn bounded(n: u64, _text: Option<String>) -> Result<String, Missed> {
    _text.ok_or(Missed)
}

struct Ours;

impl Store for Ours {
    fn put(&self, n: u64, text: String) {
        unbounded(n, Some(text)).expect("it is given");
    }

    fn get(&self, n: u64) -> Option<String> {
        unbounded(n, None).ok()
    }
}

struct OursBounded;

impl Store for OursBounded {
    fn put(&self, n: u64, text: String) {
        bounded(n, Some(text)).expect("it is given");
    }

    fn get(&self, n: u64) -> Option<String> {
        bounded(n, None).ok()
    }
}

fn redb(folder: &Path, is_durable: bool) -> RedbCache<u64, String> {
    let builder = RedbCache::builder("bench").disk_dir(folder).durable(is_durable);
    builder.build().expect("it opens")
}

impl Store for RedbCache<u64, String> {
    fn put(&self, n: u64, text: String) {
        self.cache_set(n, text).expect("it is stored");
    }

    fn get(&self, n: u64) -> Option<String> {
        self.cache_get(&n).expect("it can be read")
    }

    fn close(&self) {
        self.flush().expect("it is written");
    }
}

/// The least that a file for each entry takes.
struct Files(PathBuf);

impl Store for Files {
    fn put(&self, n: u64, text: String) {
        let written = self.0.join(format!("{n}.new"));
        std::fs::write(&written, text).expect("it is written");
        std::fs::rename(written, self.0.join(n.to_string())).expect("it is renamed");
    }

    fn get(&self, n: u64) -> Option<String> {
        std::fs::read_to_string(self.0.join(n.to_string())).ok()
    }
}

struct Foyer {
    runtime: tokio::runtime::Runtime,
    cache: HybridCache<u64, String>,
}

impl Foyer {
    /// With room for all entries in memory, as ours has.
    fn open(folder: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let cache = runtime.block_on(async {
            let device = FsDeviceBuilder::new(folder).with_capacity(64 << 20);
            let device = device.build().expect("it opens");
            let engine = BlockEngineConfig::new(device).with_block_size(4 << 20);
            HybridCacheBuilder::new()
                .with_policy(HybridCachePolicy::WriteOnInsertion)
                .memory(1 << 14)
                .storage()
                .with_engine_config(engine)
                .build()
                .await
                .expect("it opens")
        });
        Foyer { runtime, cache }
    }
}

impl Store for Foyer {
    fn put(&self, n: u64, text: String) {
        self.cache.insert(n, text);
    }

    fn get(&self, n: u64) -> Option<String> {
        let entry = self.runtime.block_on(self.cache.get(&n)).expect("it can be read");
        entry.map(|entry| entry.value().clone())
    }

    fn close(&self) {
        self.runtime.block_on(self.cache.close()).expect("it closes");
    }
}
