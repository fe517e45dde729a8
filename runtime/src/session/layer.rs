//! A session for each visitor of a web server.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use cookie::{Cookie, SameSite};
use hashlink::LinkedHashMap;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request, Response};
use parking_lot::Mutex;
use tower_layer::Layer;
use tower_service::Service;

use super::Session;
use crate::clock;

/// Runs each request in the session of its visitor, who is known by a cookie.
///
/// A visitor without the cookie, or with one that this server didn't give out or has forgotten, gets a new
/// session and a cookie for it. A session ends, and its entries are released, when it was not used for
/// [`idle`](Self::idle), or when [`max_sessions`](Self::max_sessions) others were used since.
///
/// Clones of a layer share their sessions.
///
/// ```
/// # use axum_like::{Router, get};
/// # mod axum_like {
/// #     pub struct Router;
/// #     impl Router {
/// #         pub fn new() -> Self { Router }
/// #         pub fn route(self, _: &str, _: fn()) -> Self { self }
/// #         pub fn layer<L: tower_layer::Layer<fn()>>(self, _: L) -> Self { self }
/// #     }
/// #     pub fn get(handler: fn()) -> fn() { handler }
/// # }
/// use cachelit::session::SessionLayer;
///
/// # fn basket() {}
/// let app = Router::new().route("/basket", get(basket)).layer(SessionLayer::new().secure(true));
/// ```
///
/// The session covers the handler, until it returns its response. What a handler spawns elsewhere is told
/// the session: it is among the request's extensions, and [`current`](super::current) says it.
#[derive(Clone)]
pub struct SessionLayer {
    cookie: Cow<'static, str>,
    secure: bool,
    idle: Duration,
    max_sessions: usize,
    new_session: Arc<dyn Fn() -> Session + Send + Sync>,
    visitors: Arc<Mutex<Visitors>>,
}

/// By the value of the cookie, the one who was not here for the longest first.
type Visitors = LinkedHashMap<String, Visitor>;

struct Visitor {
    session: Session,
    seen: Duration,
}

impl Default for SessionLayer {
    fn default() -> Self {
        SessionLayer::new()
    }
}

impl fmt::Debug for SessionLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLayer")
            .field("cookie", &self.cookie)
            .field("secure", &self.secure)
            .field("idle", &self.idle)
            .field("max_sessions", &self.max_sessions)
            .finish_non_exhaustive()
    }
}

impl SessionLayer {
    /// Sessions that end after half an hour without a request, 10,000 of them at most, known by a cookie
    /// `cachelit_session` that is sent over plain HTTP too.
    pub fn new() -> Self {
        SessionLayer {
            cookie: Cow::Borrowed("cachelit_session"),
            secure: false,
            idle: Duration::from_mins(30),
            max_sessions: 10_000,
            new_session: Arc::new(Session::new),
            visitors: Arc::default(),
        }
    }

    /// The name of the cookie.
    #[must_use]
    pub fn cookie(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.cookie = name.into();
        self
    }

    /// Whether browsers send the cookie over HTTPS only.
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// For how long a session is kept after a request. It ends with the next request of anybody.
    #[must_use]
    pub fn idle(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// How many sessions are kept.
    #[must_use]
    pub fn max_sessions(mut self, max: usize) -> Self {
        self.max_sessions = max;
        self
    }

    /// How sessions are made: with a front end of their own, for instance.
    #[must_use]
    pub fn new_session(mut self, make: impl Fn() -> Session + Send + Sync + 'static) -> Self {
        self.new_session = Arc::new(make);
        self
    }

    /// The session of a visitor, and what to set as a cookie if it is new.
    fn session(&self, headers: &HeaderMap) -> (Session, Option<HeaderValue>) {
        let now = clock::monotonic();
        // Dropped after the lock: with a session end its entries, and hooks of the user's run.
        let mut ended = Vec::new();
        let mut visitors = self.visitors.lock();
        while let Some((_, oldest)) = visitors.front()
            && now.saturating_sub(oldest.seen) >= self.idle
        {
            ended.extend(visitors.pop_front());
        }
        for token in self.tokens(headers) {
            if let Some(visitor) = visitors.to_back(token) {
                visitor.seen = now;
                return (visitor.session.clone(), None);
            }
        }
        drop(visitors);
        let Some((token, header)) = self.new_cookie() else {
            return ((self.new_session)(), None);
        };
        let session = (self.new_session)();
        let mut visitors = self.visitors.lock();
        visitors.insert(token, Visitor { session: session.clone(), seen: now });
        while visitors.len() > self.max_sessions {
            ended.extend(visitors.pop_front());
        }
        drop(visitors);
        (session, Some(header))
    }

    /// The values that the request's cookies of our name have.
    fn tokens<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let texts = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        texts
            .flat_map(|text| text.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.cookie)
            .map(|(_, value)| value)
    }

    /// A value that nobody can guess, and the header that sets it. Without randomness, or with a name that no
    /// cookie can have, there is none, and the session is over with the request.
    fn new_cookie(&self) -> Option<(String, HeaderValue)> {
        let mut random = [0; 16];
        if let Err(error) = getrandom::fill(&mut random) {
            tracing::error!(%error, "no randomness for the cookie of a session");
            return None;
        }
        let token = format!("{:032x}", u128::from_le_bytes(random));
        let cookie = Cookie::build((&*self.cookie, &token))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .build();
        let header = HeaderValue::from_str(&cookie.to_string());
        match header {
            Ok(header) => Some((token, header)),
            Err(error) => {
                tracing::error!(%error, name = %self.cookie, "no cookie can have this name");
                None
            }
        }
    }
}

impl<S> Layer<S> for SessionLayer {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService { layer: self.clone(), inner }
    }
}

/// What [`SessionLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    layer: SessionLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let (session, cookie) = self.layer.session(request.headers());
        request.extensions_mut().insert(session.clone());
        let future = session.run(|| self.inner.call(request));
        Box::pin(async move {
            let mut response = session.scope(future).await?;
            if let Some(cookie) = cookie {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests;
