//! What expansions of the macros call. Not for use by hand: it changes without notice, in lockstep with
//! the macros.

use std::any::Any;
use std::future::Future;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use cachelit_spec::options::{Kind, Persist, RefreshMode, Scope};
pub use inventory;

use crate::engine::entry::{Entry, Erased, Release, Value};
use crate::engine::front::Memory;
pub use crate::engine::front::{Asked, Question};
pub use crate::engine::function::{Function, FunctionInfo, FunctionSpec, SpinnerText};
pub use crate::engine::lookup::Call;
use crate::engine::lookup::Keeper;
pub use crate::engine::lookup::Shape;
pub use crate::engine::registry::Registered;
use crate::engine::{size, word};
pub use crate::key::kept::KeptKey;
use crate::key::{CacheKey, KeyHasher};
use crate::persist::Codec;
pub use crate::stats::Stats;

mod numbers;
mod parts;
mod remembered;
mod target;

pub use numbers::Numbers;
pub use parts::{ByNoText, ByText, Parts};
pub use remembered::{Early, OfData, OfNothing, OfObject, apart, asked};
pub use target::{Target, Unsized};

/// Clears the entry of a call.
pub fn clear_entry(function: &'static Function, encode: impl FnOnce(&mut KeyHasher)) {
    let mut key = function.new_key();
    encode(&mut key);
    function.clear_entry(key.seal());
}

/// Makes a type part of the key: a type argument, or `Self`.
pub fn encode_type<T: ?Sized>(key: &mut KeyHasher) {
    key.write_type::<T>();
}

/// Makes the type of a value part of the key, for parameters of type `impl Trait`.
pub fn encode_type_of<T: ?Sized>(_value: &T, key: &mut KeyHasher) {
    encode_type::<T>(key);
}

/// A parameter. What its type implements decides how it is encoded: method lookup takes the first of
/// [`ByKey`], [`ByHash`] and [`ByNothing`] that fits.
pub struct Param<'a, T: ?Sized>(pub &'a T);

pub trait ByKey {
    fn encode_param(&self, key: &mut KeyHasher);
}

impl<T: CacheKey + ?Sized> ByKey for &&Param<'_, T> {
    fn encode_param(&self, key: &mut KeyHasher) {
        self.0.encode(key);
    }
}

pub trait ByHash {
    fn encode_param(&self, key: &mut KeyHasher);
}

impl<T: Hash + ?Sized> ByHash for &Param<'_, T> {
    fn encode_param(&self, key: &mut KeyHasher) {
        key.write_std_hash(self.0);
    }
}

/// The last resort: it demands `CacheKey`, so that the compiler says what is missing.
pub trait ByNothing {
    type Value: ?Sized;

    fn encode_param(&self, key: &mut KeyHasher)
    where
        Self::Value: CacheKey;
}

impl<T: ?Sized> ByNothing for Param<'_, T> {
    type Value = T;

    fn encode_param(&self, key: &mut KeyHasher)
    where
        T: CacheKey,
    {
        self.0.encode(key);
    }
}

/// Encodes what a function of `hash_funcs` says of a value, tagged with its type, and with how it is written in
/// keys that outlive the build: another function may say the same of other values.
pub fn encode_by<'a, T: ?Sized, R: CacheKey>(
    value: &'a T,
    key: &mut KeyHasher,
    type_name: &str,
    written: &str,
    function: impl FnOnce(&'a T) -> R,
) {
    key.write_text(type_name);
    key.write_shape(written);
    let said = function(value);
    key.without_hash_funcs(|key| said.encode(key));
}

/// Encodes a value if it is of the type of a function of `hash_funcs`, and says whether it was.
pub type HashFunc = fn(&dyn Any, &mut KeyHasher) -> bool;

/// Makes functions of `hash_funcs` known to the records that are encoded from here on.
pub fn use_hash_funcs(key: &mut KeyHasher, functions: &'static [HashFunc]) {
    key.set_hash_funcs(functions);
}

/// Whether a record must look for functions.
#[inline]
pub fn has_hash_funcs(key: &KeyHasher) -> bool {
    key.has_hash_funcs()
}

/// What stands in a record, or the record itself. Method lookup takes the first of [`ByFunc`] and
/// [`ByNoFunc`] that fits.
pub struct Part<'a, T: ?Sized>(pub &'a T);

pub trait ByFunc {
    fn encode_by_hash_func(&self, key: &mut KeyHasher) -> bool;
}

impl<T: 'static> ByFunc for &Part<'_, T> {
    fn encode_by_hash_func(&self, key: &mut KeyHasher) -> bool {
        key.encode_by_hash_func(self.0)
    }
}

pub trait ByNoFunc {
    fn encode_by_hash_func(&self, _key: &mut KeyHasher) -> bool {
        false
    }
}

impl<T: ?Sized> ByNoFunc for Part<'_, T> {}

/// Encodes what the function of a field's `#[cache_key(with = …)]` says of it.
pub fn encode_with<'a, T: ?Sized, R: CacheKey>(
    value: &'a T,
    key: &mut KeyHasher,
    function: impl FnOnce(&'a T) -> R,
) {
    function(value).encode(key);
}

/// What a body returns, by its type rather than by how that is written.
pub struct Returned<R>(PhantomData<fn() -> R>);

impl<R> Default for Returned<R> {
    fn default() -> Self {
        Returned::new()
    }
}

impl<R> Returned<R> {
    pub const fn new() -> Self {
        Returned(PhantomData)
    }
}

impl<T, E> Returned<Result<T, E>> {
    /// Goes before [`Plain::shape`].
    pub fn shape(self) -> Fallible<T, E> {
        Fallible(PhantomData)
    }
}

pub trait Plain<R> {
    fn shape(self) -> Whole<R>;
}

impl<R> Plain<R> for Returned<R> {
    fn shape(self) -> Whole<R> {
        Whole(PhantomData)
    }
}

/// Everything that is returned is cached.
pub struct Whole<T>(PhantomData<fn() -> T>);

/// What is inside `Ok` is cached.
pub struct Fallible<T, E>(PhantomData<fn() -> (T, E)>);

impl<T> Shape for Whole<T> {
    type Returned = T;
    type Value = T;
    type Output = T;

    fn split(returned: T) -> Result<T, T> {
        Ok(returned)
    }

    fn join(value: T) -> T {
        value
    }
}

impl<T, E> Shape for Fallible<T, E> {
    type Returned = Result<T, E>;
    type Value = T;
    type Output = Result<T, E>;

    fn split(returned: Result<T, E>) -> Result<T, Result<T, E>> {
        returned.map_err(Err)
    }

    fn join(value: T) -> Result<T, E> {
        Ok(value)
    }
}

/// What a function of `cache_data` may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be cached as data",
    label = "must be `Clone + Serialize + DeserializeOwned + Send + Sync + 'static`",
    note = "derive what is missing: `#[derive(Clone, serde::Serialize, serde::Deserialize)]`",
    note = "or share one object instead of copies of it: `#[cache_resource]`"
)]
pub trait DataValue: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> DataValue for T {}

/// Callers get copies.
struct Copies<T>(PhantomData<fn() -> T>);

impl<T> Clone for Copies<T> {
    fn clone(&self) -> Self {
        Copies(PhantomData)
    }
}

impl<T: DataValue> Copies<T> {
    #[inline]
    fn typed(stored: &Erased) -> &T {
        stored.downcast_ref().expect("the key tells the types apart")
    }
}

impl<T: DataValue> Keeper for Copies<T> {
    type Value = T;

    fn keep(&self, value: &T, measured: bool) -> Option<(Value, u64)> {
        let size = if measured {
            match size::of(value) {
                Ok(size) => size,
                Err(error) => {
                    tracing::warn!(%error, "a result can't be measured for `max_size` and is not cached");
                    return None;
                }
            }
        } else {
            0
        };
        let kept = word::of(value)
            .map_or_else(|| Value::Shared(Arc::new(value.clone()) as Erased), Value::Word);
        Some((kept, size))
    }

    fn memory(&self, kept: Value<&Erased>) -> Memory {
        match kept {
            Value::Word(_) => Memory::Owned,
            Value::Shared(stored) => Memory::of(Self::typed(stored)),
        }
    }

    #[inline]
    fn load(&self, stored: &Erased) -> T {
        Self::typed(stored).clone()
    }

    #[inline]
    fn word(&self, value: &T) -> Option<u64> {
        word::of(value)
    }

    #[inline]
    fn is_of_words(&self) -> bool {
        word::is::<T>()
    }

    #[inline]
    fn of_word(&self, word: u64) -> Option<T> {
        word::to(word)
    }
}

#[inline]
pub fn data<S: Shape>(call: &mut Call, _shape: S, body: impl FnOnce() -> S::Returned) -> S::Output
where
    S::Value: DataValue,
{
    call.run::<S, _>(&Copies(PhantomData), body)
}

/// What a call of a function with `refresh_mode = "background"` looks for first.
pub fn data_stale<S, B>(call: &mut Call, _shape: S, own: impl FnOnce() -> B) -> Option<S::Output>
where
    S: Shape + 'static,
    S::Value: DataValue,
    B: FnOnce() -> S::Returned + Send + 'static,
{
    call.serve_stale::<S, _, B>(&Copies(PhantomData), own)
}

pub async fn data_async<S: Shape>(
    call: &mut Call,
    _shape: S,
    body: impl Future<Output = S::Returned>,
) -> S::Output
where
    S::Value: DataValue,
{
    let keeper = Copies(PhantomData);
    call.run_async::<S, _>(&keeper, body).await
}

/// Callers get copies, also of what is on disk.
struct Persisted<T>(Copies<T>);

impl<T: DataValue> Keeper for Persisted<T> {
    type Value = T;

    fn keep(&self, value: &T, measured: bool) -> Option<(Value, u64)> {
        self.0.keep(value, measured)
    }

    fn memory(&self, kept: Value<&Erased>) -> Memory {
        self.0.memory(kept)
    }

    #[inline]
    fn load(&self, stored: &Erased) -> T {
        self.0.load(stored)
    }

    #[inline]
    fn is_of_words(&self) -> bool {
        self.0.is_of_words()
    }

    #[inline]
    fn of_word(&self, word: u64) -> Option<T> {
        self.0.of_word(word)
    }

    fn codec(&self) -> Option<Codec<T>> {
        Some(Codec::new())
    }
}

/// For a function with `persist = "disk"`.
#[inline]
pub fn data_persisted<S: Shape>(
    call: &mut Call,
    _shape: S,
    body: impl FnOnce() -> S::Returned,
) -> S::Output
where
    S::Value: DataValue,
{
    call.run::<S, _>(&Persisted(Copies(PhantomData)), body)
}

/// For an `async` function with `persist = "disk"`.
pub async fn data_persisted_async<S: Shape>(
    call: &mut Call,
    _shape: S,
    body: impl Future<Output = S::Returned>,
) -> S::Output
where
    S::Value: DataValue,
{
    let keeper = Persisted(Copies(PhantomData));
    call.run_async::<S, _>(&keeper, body).await
}

/// Makes what a type looks like part of keys that outlive the build.
pub fn encode_shape(key: &mut KeyHasher, shape: &str) {
    key.write_shape(shape);
}

/// `T` becomes `Arc<T>`.
pub struct Object<T>(PhantomData<fn() -> T>);

/// `Arc<T>` stays.
pub struct Shared<T: ?Sized>(PhantomData<fn() -> Box<T>>);

/// `Result<T, E>` becomes `Result<Arc<T>, E>`.
pub struct FallibleObject<T, E>(PhantomData<fn() -> (T, E)>);

/// `Result<Arc<T>, E>` stays.
pub struct FallibleShared<T: ?Sized, E>(PhantomData<BoxOr<T, E>>);

type BoxOr<T, E> = fn() -> Result<Box<T>, E>;

macro_rules! resource_shapes {
    ($($name:ident<T $(: ?$sized:ident)? $(, $param:ident)?>: $returned:ty => $output:ty,
        |$body:ident| $split:expr, |$value:ident| $join:expr;)*) => {$(
        impl<T $(: ?$sized)? $(, $param)?> $name<T $(, $param)?> {
            #[expect(clippy::new_without_default, reason = "called by expansions only")]
            pub const fn new() -> Self {
                $name(PhantomData)
            }
        }

        impl<T $(: ?$sized)? $(, $param)?> Shape for $name<T $(, $param)?> {
            type Returned = $returned;
            type Value = Arc<T>;
            type Output = $output;

            fn split($body: $returned) -> Result<Arc<T>, $output> {
                $split
            }

            fn join($value: Arc<T>) -> $output {
                $join
            }
        }
    )*};
}

resource_shapes! {
    Object<T>: T => Arc<T>, |body| Ok(Arc::new(body)), |value| value;
    Shared<T: ?Sized>: Arc<T> => Arc<T>, |body| Ok(body), |value| value;
    FallibleObject<T, E>: Result<T, E> => Result<Arc<T>, E>, |body| body.map(Arc::new).map_err(Err), |value| Ok(value);
    FallibleShared<T: ?Sized, E>: Result<Arc<T>, E> => Result<Arc<T>, E>, |body| body.map_err(Err), |value| Ok(value);
}

/// A call of a function of `cache_resource`, with its hooks.
pub struct Resource<'a, S, T: ?Sized> {
    call: &'a mut Call,
    shape: PhantomData<fn() -> S>,
    keeper: Sharing<T>,
}

/// Callers get the same object.
struct Sharing<T: ?Sized> {
    validate: Option<fn(&T) -> bool>,
    on_release: Option<fn(Arc<T>)>,
}

impl<'a, S: Shape<Value = Arc<T>>, T: ?Sized> Resource<'a, S, T> {
    pub fn new(call: &'a mut Call, _shape: S) -> Self {
        Resource { call, shape: PhantomData, keeper: Sharing { validate: None, on_release: None } }
    }

    #[must_use]
    pub fn validate(mut self, validate: fn(&T) -> bool) -> Self {
        self.keeper.validate = Some(validate);
        self
    }

    #[must_use]
    pub fn on_release(mut self, on_release: fn(Arc<T>)) -> Self {
        self.keeper.on_release = Some(on_release);
        self
    }

    /// See [`data_stale`].
    pub fn stale<B>(&mut self, own: impl FnOnce() -> B) -> Option<S::Output>
    where
        S: 'static,
        T: Send + Sync + 'static,
        B: FnOnce() -> S::Returned + Send + 'static,
    {
        self.call.serve_stale::<S, _, B>(&self.keeper, own)
    }

    #[inline]
    pub fn run(self, body: impl FnOnce() -> S::Returned) -> S::Output
    where
        T: Send + Sync + 'static,
    {
        self.call.run::<S, _>(&self.keeper, body)
    }

    pub async fn run_async(self, body: impl Future<Output = S::Returned>) -> S::Output
    where
        T: Send + Sync + 'static,
    {
        self.call.run_async::<S, _>(&self.keeper, body).await
    }
}

/// Objects of at most this many bytes are remembered by themselves.
const SMALL_OBJECT: usize = 1024;

/// To an object, as long as that is somewhere.
struct Way<T: ?Sized> {
    key: KeptKey,
    object: Weak<T>,
}

impl<T: ?Sized> Clone for Sharing<T> {
    fn clone(&self) -> Self {
        Sharing { validate: self.validate, on_release: self.on_release }
    }
}

impl<T: ?Sized + Send + Sync + 'static> Sharing<T> {
    fn typed(stored: &Erased) -> Arc<T> {
        stored.downcast_ref::<Arc<T>>().expect("the key tells the types apart").clone()
    }
}

impl<T: ?Sized + Send + Sync + 'static> Keeper for Sharing<T> {
    type Value = Arc<T>;

    fn keep(&self, value: &Arc<T>, _measured: bool) -> Option<(Value, u64)> {
        // An `Arc` around the `Arc`, for `T` may be unsized.
        Some((Value::Shared(Arc::new(value.clone())), 0))
    }

    fn memory(&self, _kept: Value<&Erased>) -> Memory {
        // Each hit is to be validated once, and only then is it one.
        if self.validate.is_some() { Memory::None } else { Memory::Shared }
    }

    fn way(&self, entry: &Entry) -> Option<Erased> {
        let Value::Shared(stored) = entry.value() else { return None };
        let object = Self::typed(stored);
        // A thread that remembers an object has its memory, if not what it owns, until it remembers others.
        (size_of_val(&*object) <= SMALL_OBJECT).then(|| {
            Arc::new(Way { key: entry.key.clone(), object: Arc::downgrade(&object) }) as Erased
        })
    }

    #[inline]
    fn follow(&self, way: &Erased, is_of: impl FnOnce(&KeptKey) -> bool) -> Option<Arc<T>> {
        let way: &Way<T> = way.downcast_ref()?;
        if is_of(&way.key) { way.object.upgrade() } else { None }
    }

    #[inline]
    fn load(&self, stored: &Erased) -> Arc<T> {
        Self::typed(stored)
    }

    fn is_valid(&self, stored: &Erased) -> bool {
        let Some(validate) = self.validate else { return true };
        validate(&Self::typed(stored))
    }

    fn releases(&self) -> bool {
        self.on_release.is_some()
    }

    fn release(&self) -> Option<Release> {
        let on_release = self.on_release?;
        Some(Arc::new(move |stored| on_release(Self::typed(&stored))))
    }
}

/// A return type that was not seen to be a `Result`, for the compiler to check: method lookup takes the
/// first of these methods only for one that is a `Result` by another name.
pub struct Written<R>(PhantomData<fn() -> R>);

impl<R> Written<R> {
    #[expect(clippy::new_without_default, reason = "called by expansions only")]
    pub const fn new() -> Self {
        Written(PhantomData)
    }
}

impl<T, E> Written<Result<T, E>> {
    pub fn check(self)
    where
        Result<T, E>: WrittenOut,
    {
    }
}

pub trait NoResult: Sized {
    fn check(self) {}
}

impl<R> NoResult for Written<R> {}

/// Implemented by nothing.
#[diagnostic::on_unimplemented(
    message = "the return type is another name for a `Result`",
    label = "write `Result<T, E>` here, of which callers get `Result<Arc<T>, E>`"
)]
pub trait WrittenOut {}
