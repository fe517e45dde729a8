//! Who a call belongs to.
//!
//! Entries of functions with `scope = "session"` belong to the session in which they were made. A
//! session is entered for a thread or for a future; without any, the process is one session. With the
//! feature `tower`, `SessionLayer` enters one for each request to a web server.
//!
//! [`Session::page`] is a run of a page: it knows which widgets were shown, and can be stopped and begun anew.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::engine::registry;
use crate::frontend::{Frontend, Terminal};
use crate::st::{Leave, Page, State};

#[cfg(feature = "tower")]
mod layer;

#[cfg(feature = "tower")]
pub use layer::{SessionLayer, SessionService};

thread_local! {
    static CURRENT: RefCell<Option<Session>> = const { RefCell::new(None) };

    /// Which that is, for every call asks: what has nothing to drop costs a load.
    static CURRENT_ID: Cell<Option<SessionId>> = const { Cell::new(None) };
}

/// Makes this the session of the thread, and returns the one that was.
fn set_current(session: Option<Session>) -> Option<Session> {
    CURRENT_ID.set(session.as_ref().map(Session::id));
    CURRENT.replace(session)
}

/// Identifies a session; never used twice in a process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(NonZeroU64);

impl SessionId {
    #[inline]
    pub(crate) fn number(self) -> NonZeroU64 {
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
pub struct Session {
    inner: Arc<Inner>,
    /// The run of a page that this handle belongs to.
    page: Option<Arc<Page>>,
}

struct Inner {
    id: SessionId,
    frontend: Arc<dyn Frontend>,
    state: Arc<State>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        registry::end_session(self.id);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.inner.id).finish()
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
        let number = NonZeroU64::new(NEXT.fetch_add(1, Ordering::Relaxed));
        let id = SessionId(number.expect("nobody lives to see 2^64 sessions"));
        Session { inner: Arc::new(Inner { id, frontend, state: Arc::default() }), page: None }
    }

    /// Which session this is.
    pub fn id(&self) -> SessionId {
        self.inner.id
    }

    /// Makes this the session of the current thread, until the guard is dropped.
    ///
    /// ```
    /// use cachelit::session::{self, Session};
    ///
    /// let visitor = Session::new();
    /// {
    ///     let _entered = visitor.enter();
    ///     assert_eq!(session::current().map(|session| session.id()), Some(visitor.id()));
    /// }
    /// assert!(session::current().is_none());
    /// ```
    #[must_use = "the session is current only as long as the guard lives"]
    pub fn enter(&self) -> EnteredSession {
        EnteredSession { previous: set_current(Some(self.clone())), not_send: PhantomData }
    }

    /// Runs a closure in this session.
    pub fn run<R>(&self, call: impl FnOnce() -> R) -> R {
        let _entered = self.enter();
        call()
    }

    /// Runs a page in this session, from top to bottom, as Streamlit runs a script at every interaction. Each
    /// widget stands on it once. Nothing is returned if [`st::stop`](crate::st::stop) ends the run;
    /// [`st::rerun`](crate::st::rerun) begins it anew.
    ///
    /// ```
    /// use cachelit::{session::Session, st};
    ///
    /// let page = || {
    ///     if st::text_input("Name", "").is_empty() {
    ///         st::info("Please enter a name.");
    ///         st::stop();
    ///     }
    ///     "entered"
    /// };
    /// assert_eq!(Session::new().page(page), None);
    /// ```
    ///
    /// # Panics
    ///
    /// If the page does, or shows one widget twice.
    pub fn page<R>(&self, mut page: impl FnMut() -> R) -> Option<R> {
        let own = Session { inner: self.inner.clone(), page: None };
        loop {
            let run = Session { page: Some(Arc::default()), ..own.clone() };
            self.inner.frontend.begin();
            match catch_unwind(AssertUnwindSafe(|| run.run(&mut page))) {
                Ok(result) => return Some(result),
                Err(panic) => match panic.downcast_ref() {
                    Some(Leave::Stop) => return None,
                    Some(Leave::Rerun) => {}
                    None => resume_unwind(panic),
                },
            }
        }
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
        let left = set_current(self.previous.take());
        // Dropped outside the borrow: with the last handle a session ends, and hooks of the user's run.
        drop(left);
    }
}

/// The session that calls on this thread belong to, if one was entered.
///
/// A thread that a session starts is outside of it, until it enters it:
///
/// ```
/// use cachelit::session::{self, Session};
///
/// Session::new().run(|| {
///     let session = session::current().expect("it was entered");
///     let id = session.id();
///     std::thread::spawn(move || {
///         assert!(session::current().is_none());
///         session.run(|| assert_eq!(session::current().map(|it| it.id()), Some(id)));
///     })
///     .join()
///     .unwrap();
/// });
/// ```
pub fn current() -> Option<Session> {
    CURRENT.with_borrow(Clone::clone)
}

/// Which session calls on this thread belong to; none outside of every one.
#[inline]
pub(crate) fn current_id() -> Option<SessionId> {
    CURRENT_ID.get()
}

/// Its number; zero where there is none.
#[inline]
pub(crate) fn number(id: Option<SessionId>) -> u64 {
    id.map_or(0, |id| id.number().get())
}

pub(crate) fn frontend() -> Arc<dyn Frontend> {
    CURRENT.with_borrow(|session| {
        session.as_ref().map_or_else(terminal, |session| session.inner.frontend.clone())
    })
}

/// Whether what is shown goes to a terminal that shows no spinner, which is known without asking a front end.
pub(crate) fn is_silent() -> bool {
    current_id().is_none() && !Terminal::new().shows_busy()
}

/// The run of a page that calls on this thread belong to.
pub(crate) fn current_page() -> Option<Arc<Page>> {
    CURRENT.with_borrow(|session| session.as_ref()?.page.clone())
}

/// What the current session remembers.
pub(crate) fn state() -> Arc<State> {
    static OF_THE_PROCESS: OnceLock<Arc<State>> = OnceLock::new();
    CURRENT.with_borrow(|session| match session {
        Some(session) => session.inner.state.clone(),
        None => OF_THE_PROCESS.get_or_init(Arc::default).clone(),
    })
}

fn terminal() -> Arc<dyn Frontend> {
    static TERMINAL: OnceLock<Arc<Terminal>> = OnceLock::new();
    TERMINAL.get_or_init(|| Arc::new(Terminal::new())).clone()
}
