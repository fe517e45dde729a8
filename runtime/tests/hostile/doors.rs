//! Persisted functions whose entries somebody else writes, each of another type of result. The test of this folder
//! and the fuzzer of `runtime/fuzz` share them.

use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList};
use std::fmt::Debug;
use std::fs;
use std::net::IpAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cachelit::frontend::Frontend;
use cachelit::session::{EnteredSession, Session};
use cachelit::st::{BlockId, Element};
use cachelit::{cache_data, st};
use serde::{Deserialize, Serialize};

/// Where the frame of the entry begins in a segment.
const START: usize = 74;
/// Where the lengths of the parts stand in the segment, and where the checksums of parts and header do.
pub(crate) const LENGTHS: Range<usize> = START + 113..START + 129;
const SUM: Range<usize> = LENGTHS.end..LENGTHS.end + 32;
const HEADER_SUM: Range<usize> = SUM.end..SUM.end + 16;

/// The body ran, for the entry was refused.
#[derive(Debug, PartialEq)]
pub(crate) struct Refused;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Tree {
    Leaf,
    Number(f64),
    Pair(Box<Tree>, Box<Tree>),
    Named { name: String, inside: Option<Box<Tree>>, others: Vec<Tree> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub(crate) enum Tagged {
    Empty {},
    Some { inside: Box<Tagged>, more: BTreeMap<String, Tagged> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content")]
pub(crate) enum Adjacent {
    Unit,
    Tuple(u8, Box<Adjacent>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Untagged {
    Number(i64),
    Text(String),
    Many(Vec<Untagged>),
    Map(HashMap<String, Untagged>),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Flat {
    first_name: String,
    #[serde(flatten)]
    inner: Option<Inner>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Inner {
    count: u8,
    next: Option<Box<Flat>>,
}

/// Nested by what costs no byte.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Wrapped(Option<Box<Wrapped>>);

macro_rules! wide {
    ($($field:ident)*) => {
        /// Takes much of the stack to read.
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(crate) struct Wide {
            inside: Option<Box<Wide>>,
            $($field: Option<(String, [u64; 4])>,)*
        }
    };
}
wide!(a b c d e f g h i j k l m n o p q r s t u v w x y z);

fn nested<T>(depth: usize, inside: T, outside: impl Fn(T) -> T) -> T {
    (0..depth).fold(inside, |inside, _| outside(inside))
}

macro_rules! doors {
    ($($name:ident: $ty:ty = $example:expr;)*) => {
        mod functions {
            use super::*;

            $(
                #[cache_data(scope = "global", persist = "disk", show_spinner = false)]
                pub(super) fn $name(_example: Option<$ty>) -> Result<$ty, Refused> {
                    let example = _example.ok_or(Refused)?;
                    let [left, right] = st::columns(2)[..] else { unreachable!("two were asked for") };
                    left.run(|| st::metric("left", 1.5));
                    right.run(|| st::text("right"));
                    Ok(example)
                }
            )*
        }

        /// Opens all of them.
        pub(crate) fn all() -> Vec<Door> {
            vec![$(Door::open(
                stringify!($name),
                || functions::$name(Some($example)).map(|value| format!("{value:?}")),
                || functions::$name(None).map(|value| format!("{value:?}")),
                functions::$name::clear,
            ),)*]
        }
    };
}

doors! {
    adjacent: Adjacent = Adjacent::Tuple(7, Box::new(Adjacent::Unit));
    address: Vec<(IpAddr, Duration, SystemTime)> =
        vec![(IpAddr::from([127, 0, 0, 1]), Duration::from_millis(3), SystemTime::UNIX_EPOCH)];
    array: [Option<Option<bool>>; 3] = [None, Some(None), Some(Some(true))];
    bytes: Vec<u8> = vec![1, 2, 3];
    character: (char, u128, i8, f32) = ('ß', u128::MAX, -1, f32::NAN);
    flat: Flat = Flat {
        first_name: "Ada".to_owned(),
        inner: Some(Inner { count: 1, next: None }),
        rest: BTreeMap::from([("x".to_owned(), serde_json::json!([1, {"y": null}]))]),
    };
    json: serde_json::Value = serde_json::json!({"a": [1, 2.5, "x", null, {"b": true}]});
    list: LinkedList<Vec<Vec<u16>>> = LinkedList::from([vec![vec![1, 2], vec![]], vec![]]);
    map: HashMap<(u8, String), BTreeSet<i64>> =
        HashMap::from([((1, "one".to_owned()), BTreeSet::from([-1, 1]))]);
    number: u64 = 7;
    tagged: Tagged = Tagged::Some { inside: Box::new(Tagged::Empty {}), more: BTreeMap::new() };
    text: String = "text".to_owned();
    tree: Tree = Tree::Named {
        name: "root".to_owned(),
        inside: Some(Box::new(Tree::Number(1.0))),
        others: vec![Tree::Leaf, Tree::Pair(Box::new(Tree::Leaf), Box::new(Tree::Leaf))],
    };
    unit: Vec<()> = vec![(), ()];
    untagged: Untagged = Untagged::Many(vec![Untagged::Number(1), Untagged::Text("x".to_owned())]);
    wide: Wide = nested(60, Wide::default(), |inside| Wide { inside: Some(Box::new(inside)), ..Wide::default() });
    wrapped: Wrapped = nested(40, Wrapped(None), |inside| Wrapped(Some(Box::new(inside))));
}

type Called = Result<String, Refused>;

/// A function, and the segment of its only entry.
pub(crate) struct Door {
    pub(crate) name: &'static str,
    /// The segment that the function made by itself.
    pub(crate) example: Vec<u8>,
    /// What was cleared when it did.
    clears: Vec<u8>,
    /// The value of that.
    value: String,
    file: PathBuf,
    call: fn() -> Called,
    clear: fn(),
}

impl Door {
    fn open(name: &'static str, store: fn() -> Called, call: fn() -> Called, clear: fn()) -> Self {
        clear();
        let value = store().expect("the body ran");
        let program = cachelit::persist::folder().expect("`CACHELIT_DIR` is set");
        let file = segment(&program, name).unwrap_or_else(|| panic!("`{name}` is not stored"));
        let example = fs::read(&file).expect("it is stored");
        let clears = fs::read(clears(&file)).expect("it is there");
        clear();
        Door { name, example, clears, value, file, call, clear }
    }

    /// A segment with an entry of these parts, with everything that is checked before they are read.
    pub(crate) fn seal(&self, recording: &[u8], value: &[u8]) -> Vec<u8> {
        let mut segment = self.example[..LENGTHS.start].to_vec();
        segment.extend((recording.len() as u64).to_le_bytes());
        segment.extend((value.len() as u64).to_le_bytes());
        let sum = blake3::Hasher::new().update(recording).update(value).finalize();
        segment.extend(sum.as_bytes());
        segment.extend([0; 16]);
        segment.extend(recording);
        segment.extend(value);
        seal_header(&mut segment);
        segment
    }

    /// What the body showed, and the value, in the example.
    pub(crate) fn parts(&self) -> (&[u8], &[u8]) {
        let recording = self.example[LENGTHS].first_chunk().copied().map(u64::from_le_bytes);
        let recording = usize::try_from(recording.expect("a number")).expect("it is short");
        self.example[HEADER_SUM.end..].split_at(recording)
    }

    /// Calls the function with this segment on disk. Only an entry that is whole may be believed.
    pub(crate) fn offer(&self, segment: &[u8]) -> Called {
        fs::create_dir_all(self.file.parent().expect("a folder")).expect("it can be made");
        fs::write(&self.file, segment).expect("it can be written");
        fs::write(clears(&self.file), &self.clears).expect("it can be written");
        let called = (self.call)();
        (self.clear)();
        called
    }

    /// The same for bytes that were not sealed: only what the function stored itself may be believed.
    pub(crate) fn offer_unsealed(&self, segment: &[u8]) {
        // What follows a whole frame is another matter.
        let is_right = segment.starts_with(&self.example);
        let expected = if is_right { Ok(self.value.clone()) } else { Err(Refused) };
        assert_eq!(self.offer(segment), expected, "{}", self.name);
    }
}

/// Makes the checksum of the header right.
pub(crate) fn seal_header(segment: &mut [u8]) {
    let key = blake3::hash(&segment[..START]);
    let sum = blake3::keyed_hash(key.as_bytes(), &segment[START..HEADER_SUM.start]);
    segment[HEADER_SUM].copy_from_slice(&sum.as_bytes()[..16]);
}

/// What says what was cleared, beside the folder of a segment.
fn clears(segment: &Path) -> PathBuf {
    segment.ancestors().nth(2).expect("a folder").join("clears")
}

/// The only segment of a function.
fn segment(folder: &Path, function: &str) -> Option<PathBuf> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let found = fs::read_dir(folder).into_iter().flatten();
        found.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
    };
    let prefix = format!("{function}-");
    let is_ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
    };
    let function = below(folder).into_iter().find(is_ours)?;
    let code = below(&function).into_iter().find(|path| path.is_dir())?;
    below(&code).into_iter().find(|path| path.extension().is_some_and(|it| it == "log"))
}

struct Blind;

impl Frontend for Blind {
    fn show(&self, _at: BlockId, _element: &Element) {}
    fn clear(&self, _block: BlockId) {}
}

/// A session in which elements are shown to nobody.
pub(crate) fn blind() -> EnteredSession {
    Session::with_frontend(Arc::new(Blind)).enter()
}
