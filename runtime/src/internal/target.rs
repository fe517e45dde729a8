//! The types that functions of `hash_funcs` are for.

use std::any::Any;
use std::marker::PhantomData;

/// The type of a function of `hash_funcs`. Of one without a size, there are no values to recognise.
pub struct Target<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Target<T> {
    #[expect(clippy::new_without_default, reason = "called by expansions only")]
    pub const fn new() -> Self {
        Target(PhantomData)
    }
}

impl<T> Target<T> {
    /// Goes before [`Unsized::of`].
    pub fn of<'a>(&self, value: &'a dyn Any) -> Option<&'a T>
    where
        T: 'static,
    {
        value.downcast_ref()
    }
}

pub trait Unsized {
    type Value: ?Sized;

    fn of<'a>(&self, _value: &'a dyn Any) -> Option<&'a Self::Value> {
        None
    }
}

impl<T: ?Sized> Unsized for Target<T> {
    type Value = T;
}
