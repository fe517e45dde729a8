//! Locks, flags and events of the engine. The models of `engine::models` run it on loom's, which try the orders in
//! which threads can take turns.

#[cfg(not(cachelit_loom))]
pub(crate) use event_listener::{Event, Listener};
#[cfg(not(cachelit_loom))]
pub(crate) use parking_lot::{Mutex, MutexGuard};
#[cfg(not(cachelit_loom))]
pub(crate) use std::sync::atomic::{AtomicU8, AtomicU64, Ordering, fence};

#[cfg(cachelit_loom)]
pub(crate) use loom::sync::MutexGuard;
#[cfg(cachelit_loom)]
pub(crate) use loom::sync::atomic::{AtomicU8, AtomicU64, Ordering, fence};
#[cfg(cachelit_loom)]
pub(crate) use modelled::{Event, Listener, Mutex};

/// What loom has by another interface, or not at all.
#[cfg(cachelit_loom)]
mod modelled {
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Instant;

    use loom::sync::{Condvar, MutexGuard};

    #[derive(Default)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Mutex(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().expect("no model panics under a lock")
        }
    }

    /// Counts notifications.
    pub(crate) struct Event {
        count: Mutex<usize>,
        changed: Condvar,
    }

    pub(crate) struct Listening<'a> {
        event: &'a Event,
        seen: usize,
    }

    pub(crate) trait Listener {
        fn wait(self);
        fn wait_deadline(self, until: Instant) -> Option<()>;
    }

    impl Event {
        pub(crate) fn new() -> Self {
            Event { count: Mutex::new(0), changed: Condvar::new() }
        }

        pub(crate) fn notify(&self, _listeners: usize) {
            *self.count.lock() += 1;
            self.changed.notify_all();
        }

        pub(crate) fn listen(&self) -> Listening<'_> {
            Listening { event: self, seen: *self.count.lock() }
        }
    }

    impl Listener for Listening<'_> {
        fn wait(self) {
            let mut count = self.event.count.lock();
            while *count == self.seen {
                count = self.event.changed.wait(count).expect("no model panics under a lock");
            }
        }

        /// No model's time ends.
        fn wait_deadline(self, _until: Instant) -> Option<()> {
            self.wait();
            Some(())
        }
    }

    impl Future for Listening<'_> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            if *self.event.count.lock() != self.seen {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }
}
