//! Types of the language and the standard library, put together.

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::marker::{PhantomData, PhantomPinned};
use std::rc::{Rc, Weak};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, OnceLock, RwLock, mpsc};

pub type Tuple1 = (u8,);
pub type Tuple13 = (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
pub type Tuple17 = (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
pub type Tuple18 = (Rc<u8>, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
pub struct Tuple20(pub (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8));
pub type Nested = (u8, (f64, [Rc<u8>; 2]), &'static [Cell<u8>]);
pub type Pointers = (*const u8, *mut u8);
pub type Functions = (fn(), unsafe extern "C" fn(u8) -> Rc<u8>, for<'a> fn(&'a str) -> &'a str);
pub type Never = Result<u8, std::convert::Infallible>;
pub struct Diverges(pub fn() -> !);
pub type Phantoms = (PhantomData<Rc<u8>>, PhantomData<*const u8>, PhantomData<fn() -> Rc<u8>>);
pub type PhantomFn = PhantomData<fn(Rc<u8>)>;
pub type Pinned = (PhantomPinned, u8);
pub type Cells = (Cell<u8>, RefCell<u8>, UnsafeCell<u8>, OnceCell<u8>);
pub type Locks = (Mutex<Cell<u8>>, RwLock<u8>, Once);
pub type RwCell = RwLock<Cell<u8>>;
pub type OnceRc = OnceLock<Rc<u8>>;
pub type Lazy = LazyLock<u8>;
pub type LazyCell = LazyLock<Cell<u8>, fn() -> Cell<u8>>;
pub type Guard = MutexGuard<'static, u8>;
pub type Channels = (mpsc::Sender<u8>, mpsc::SyncSender<Cell<u8>>);
pub type Receiver = mpsc::Receiver<u8>;
pub type Weaks = (Weak<u8>, std::sync::Weak<Mutex<u8>>);
pub type Threads = std::thread::JoinHandle<Rc<u8>>;
pub type Local = std::thread::LocalKey<Cell<u8>>;
pub type Waker = std::task::Waker;
pub type Context = std::task::Context<'static>;
pub type Formatter = std::fmt::Arguments<'static>;
pub type Process = std::process::Command;
pub type Environment = std::env::Vars;
pub type Lines = std::io::Lines<std::io::BufReader<std::fs::File>>;
pub type Lock = std::io::StdinLock<'static>;
pub type Map = std::iter::Map<std::vec::IntoIter<u8>, fn(u8) -> Rc<u8>>;
pub type Chars = std::iter::Rev<std::str::Chars<'static>>;
pub type Chunks = std::slice::ChunksMut<'static, Cell<u8>>;
pub type Drain = std::vec::Drain<'static, Rc<u8>>;
pub type Entry = std::collections::hash_map::Entry<'static, u8, Rc<u8>>;
pub type Heap = std::collections::BinaryHeap<std::cmp::Reverse<(u8, String)>>;
pub type CowSlice = std::borrow::Cow<'static, [Cell<u8>]>;
pub type CowStr = Vec<std::borrow::Cow<'static, str>>;
pub type Wrapping = std::num::Wrapping<f64>;
pub type NonZero = (std::num::NonZeroU8, std::num::NonZero<i64>);
pub type Ranges = (std::ops::Range<f64>, std::ops::RangeInclusive<u8>, std::ops::RangeFull);
pub type Control = std::ops::ControlFlow<Rc<u8>, u8>;
pub type Bounds = std::ops::Bound<f64>;
pub type Poll = std::task::Poll<Result<Rc<u8>, std::io::Error>>;
pub type Manually = std::mem::ManuallyDrop<Rc<u8>>;
pub type Uninit = std::mem::MaybeUninit<Cell<u8>>;
pub type NonNull = std::ptr::NonNull<u8>;
pub type Atomic = std::sync::atomic::AtomicPtr<Rc<u8>>;
pub type Typed = (std::any::TypeId, std::alloc::Layout, std::time::Instant);
pub type Panics = std::panic::AssertUnwindSafe<Rc<u8>>;
pub type Deep = Arc<RwLock<Vec<Option<Box<Mutex<std::collections::HashMap<String, Arc<Cell<u8>>>>>>>>>;
pub type Fns = Vec<Box<dyn FnMut(&mut u8) -> Result<(), Box<dyn std::error::Error>> + Send + 'static>>;
pub struct Unsized { pub len: u8, pub tail: [Cell<u8>] }
pub struct UnsizedStr(pub u8, pub str);
pub type BoxUnsized = Box<Unsized>;
pub type ArcUnsized = Arc<UnsizedStr>;
pub struct Zst;
pub enum Void {}
pub enum Many { A, B(u8), C { d: Rc<u8>, e: [f64; 2] } }
pub union Raw { pub a: u8, pub b: std::mem::ManuallyDrop<Rc<u8>> }
pub struct Reference<'a, T: ?Sized>(pub &'a T, pub &'a mut u8);
pub type ReferenceStr = Reference<'static, str>;
pub type ReferenceCell = Reference<'static, Cell<u8>>;
