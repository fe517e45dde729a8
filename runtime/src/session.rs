//! Who a call belongs to.
//!
//! Entries of functions with `scope = "session"` belong to the session in which they were made. A
//! session is entered for a thread or for a future; without any, the process is one session. With the
//! feature `tower`, `SessionLayer` enters one for each request to a web server.

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::engine::registry;
use crate::frontend::{Frontend, Terminal};

#[cfg(feature = "tower")]
mod layer;

#[cfg(feature = "tower")]
pub use layer::{SessionLayer, SessionService};

thread_local! {
    static CURRENT: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// Identifies a session; never used twice in a process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u64);

impl SessionId {
    #[inline]
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.0)
    }
}

/// A user's session. Clones are handles to the same one; with the last of them it ends, and its
/// entries are released.
///
/// ```
/// use cachelit::{cache_data, session::Session};
///
/// #[cache_data]
/// fn greeting() -> String {
///     "hello".to_owned()
/// }
///
/// let (alice, bob) = (Session::new(), Session::new());
/// alice.run(greeting);
/// alice.run(greeting);
/// bob.run(greeting);
/// assert_eq!(greeting::stats().misses, 2);
///
/// drop(alice);
/// assert_eq!(greeting::stats().entries, 1);
/// ```
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: SessionId,
    frontend: Arc<dyn Frontend>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        registry::end_session(self.id);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.0.id).finish()
    }
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl Session {
    /// A session that shows its elements on the terminal.
    pub fn new() -> Self {
        Session::with_frontend(terminal())
    }

    /// A session that shows its elements there.
    pub fn with_frontend(frontend: Arc<dyn Frontend>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Session(Arc::new(Inner { id: SessionId(NEXT.fetch_add(1, Ordering::Relaxed)), frontend }))
    }

    /// Which session this is.
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// Makes this the session of the current thread, until the guard is dropped.
    #[must_use = "the session is current only as long as the guard lives"]
    pub fn enter(&self) -> EnteredSession {
        EnteredSession { previous: CURRENT.replace(Some(self.clone())), not_send: PhantomData }
    }

    /// Runs a closure in this session.
    pub fn run<R>(&self, call: impl FnOnce() -> R) -> R {
        let _entered = self.enter();
        call()
    }

    /// Makes this the session of a future, wherever that is polled.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use cachelit::{cache_data, session::Session};
    ///
    /// #[cache_data]
    /// async fn basket() -> Vec<String> {
    ///     Vec::new()
    /// }
    ///
    /// Session::new().scope(basket()).await;
    /// Session::new().scope(basket()).await;
    /// assert_eq!(basket::stats().misses, 2);
    /// # }
    /// ```
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            let _entered = self.enter();
            future.as_mut().poll(context)
        })
        .await
    }
}

/// Ends [`Session::enter`] when dropped.
#[derive(Debug)]
pub struct EnteredSession {
    previous: Option<Session>,
    not_send: PhantomData<*const ()>,
}

impl Drop for EnteredSession {
    fn drop(&mut self) {
        let left = CURRENT.replace(self.previous.take());
        // Dropped outside the borrow: with the last handle a session ends, and hooks of the user's run.
        drop(left);
    }
}

/// The session that calls on this thread belong to, if one was entered.
pub fn current() -> Option<Session> {
    CURRENT.with_borrow(Clone::clone)
}

/// Which session calls on this thread belong to; none outside of every one.
#[inline]
pub(crate) fn current_id() -> Option<SessionId> {
    CURRENT.with_borrow(|session| session.as_ref().map(Session::id))
}

pub(crate) fn frontend() -> Arc<dyn Frontend> {
    CURRENT.with_borrow(|session| {
        session.as_ref().map_or_else(terminal, |session| session.0.frontend.clone())
    })
}

fn terminal() -> Arc<dyn Frontend> {
    static TERMINAL: OnceLock<Arc<Terminal>> = OnceLock::new();
    TERMINAL.get_or_init(|| Arc::new(Terminal::new())).clone()
}
