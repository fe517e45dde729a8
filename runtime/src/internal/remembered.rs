//! Asking what this thread remembers before a call has a key.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use super::numbers::Whole;
use super::{Copies, DataValue, Function, Scope, Shape, Sharing};
use crate::engine::front::{self, Asked, Question};
use crate::engine::lookup::{Keeper, trace_hit, traced};
use crate::engine::{numbers, word};
use crate::session;

/// A call that this thread is asked for by its parameters. Results of a type that can't be cached are none here, for the
/// compiler to say so only once: method lookup takes the first of [`OfData`] or [`OfObject`] and [`OfNothing`] that fits.
pub struct Early<'a, S, Q> {
    function: &'static Function,
    shape: PhantomData<fn() -> S>,
    parameters: &'a Option<Q>,
}

impl<'a, S: Shape, Q> Early<'a, S, Q> {
    /// Nothing was asked yet.
    #[inline]
    pub fn new(function: &'static Function, _shape: &S, parameters: &'a Option<Q>) -> Self {
        Early { function, shape: PhantomData, parameters }
    }
}

impl<S: Shape> Early<'_, S, Whole> {
    /// What the call returns, if that is a number and this thread remembers it. Of a function under whose options entries
    /// leave.
    #[inline]
    pub fn number(&self) -> Option<S::Output>
    where
        S::Value: Any + Clone,
    {
        let Whole(short) = self.parameters.as_ref()?;
        self.output(numbers::find_other(self.function.place(), *short)?)
    }

    /// The same, of a function of that scope under whose options none do.
    #[inline]
    pub fn plain_number(&self, scope: Scope) -> Option<S::Output>
    where
        S::Value: Any + Clone,
    {
        let Whole(short) = self.parameters.as_ref()?;
        let session = match scope {
            Scope::Global => None,
            Scope::Session => Some(session::number(session::current_id())),
        };
        self.output(numbers::find_plain(self.function, session, *short)?)
    }

    #[inline]
    fn output(&self, word: u64) -> Option<S::Output>
    where
        S::Value: Any + Clone,
    {
        // Where a result is only called like a number, there are no words.
        Some(S::join(word::to(traced(self.function, word))?))
    }
}

/// The same, of any result that callers get copies of.
pub trait OfData<O> {
    fn data(&self) -> Option<O>;
}

impl<S: Shape, Q: Question> OfData<S::Output> for &Early<'_, S, Q>
where
    S::Value: DataValue,
{
    #[inline]
    fn data(&self) -> Option<S::Output> {
        remembered::<S, _>(self.function, self.parameters.as_ref(), &Copies(PhantomData))
    }
}

/// The same, of an object that is shared.
pub trait OfObject<O> {
    fn object(&self) -> Option<O>;
}

impl<S, Q, T> OfObject<S::Output> for &Early<'_, S, Q>
where
    S: Shape<Value = Arc<T>>,
    Q: Question,
    T: ?Sized + Send + Sync + 'static,
{
    #[inline]
    fn object(&self) -> Option<S::Output> {
        // No thread remembers what is to be validated.
        let keeper = Sharing { validate: None, on_release: None };
        remembered::<S, _>(self.function, self.parameters.as_ref(), &keeper)
    }
}

pub trait OfNothing<O> {
    fn data(&self) -> Option<O> {
        None
    }

    fn object(&self) -> Option<O> {
        None
    }
}

impl<S: Shape, Q> OfNothing<S::Output> for Early<'_, S, Q> {}

#[inline]
fn remembered<S: Shape, K: Keeper<Value = S::Value>>(
    function: &'static Function,
    parameters: Option<&impl Question>,
    keeper: &K,
) -> Option<S::Output> {
    let value = front::hit(function.place(), parameters?, keeper)?;
    trace_hit(function);
    Some(S::join(value))
}

/// By what a call was asked for.
#[inline]
pub fn asked(parameters: &Option<impl Question>) -> Asked {
    parameters.as_ref().map_or(Asked::Nothing, Question::asked)
}

/// Does the rest of a call that is not remembered, by itself, so that one that is makes no room for it.
#[inline(never)]
pub fn apart<R>(call: impl FnOnce() -> R) -> R {
    call()
}
