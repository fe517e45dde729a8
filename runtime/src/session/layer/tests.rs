use std::convert::Infallible;
use std::future::{Ready, ready};

use super::*;
use crate::clock::ManualClock;
use crate::session::{SessionId, current_id};

/// Answers with the session that it is called in.
struct Who;

impl Service<Request<()>> for Who {
    type Response = Response<SessionId>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        let extension = request.extensions().get::<Session>().map(Session::id);
        assert_eq!(extension, current_id());
        ready(Ok(Response::new(current_id().expect("a session"))))
    }
}

/// Which session a request with that `Cookie` header is in, and the cookie that it is given.
async fn visit(layer: &SessionLayer, cookie: Option<&str>) -> (SessionId, Option<String>) {
    let mut request = Request::new(());
    if let Some(cookie) = cookie {
        request.headers_mut().insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
    }
    let response = layer.layer(Who).call(request).await.unwrap();
    let set = response.headers().get(SET_COOKIE).map(|set| set.to_str().unwrap().to_owned());
    (*response.body(), set)
}

fn pair(set: &str) -> &str {
    set.split(';').next().unwrap()
}

#[tokio::test]
async fn a_visitor_with_a_cookie_is_known() {
    let layer = SessionLayer::new();
    let (first, set) = visit(&layer, None).await;
    let set = set.expect("a cookie");
    assert!(set.ends_with("; HttpOnly; SameSite=Lax; Path=/"), "{set}");
    assert_eq!(visit(&layer.clone(), Some(pair(&set))).await, (first, None));
    let among_others = format!("a=b; {}; cachelit_session=other; c", pair(&set));
    assert_eq!(visit(&layer, Some(&among_others)).await, (first, None));
    let (second, set) = visit(&layer, None).await;
    assert!(second != first && set.is_some());
}

#[tokio::test]
async fn a_cookie_that_was_not_given_out_is_not_taken_over() {
    let layer = SessionLayer::new();
    let (chosen, set) = visit(&layer, Some("cachelit_session=chosen")).await;
    assert!(!set.expect("a cookie").contains("chosen"));
    let (again, _) = visit(&layer, Some("cachelit_session=chosen")).await;
    assert_ne!(chosen, again);
}

#[tokio::test]
async fn a_session_ends_when_it_was_idle() {
    let clock = ManualClock::new();
    let _entered = clock.enter();
    let layer = SessionLayer::new().idle(Duration::from_secs(10)).secure(true).cookie("visitor");
    let (first, set) = visit(&layer, None).await;
    let set = set.expect("a cookie");
    assert!(set.starts_with("visitor=") && set.contains("; Secure"), "{set}");
    clock.advance(Duration::from_secs(9));
    assert_eq!(visit(&layer, Some(pair(&set))).await, (first, None));
    clock.advance(Duration::from_secs(9));
    assert_eq!(visit(&layer, Some(pair(&set))).await, (first, None));
    clock.advance(Duration::from_secs(10));
    assert_ne!(visit(&layer, Some(pair(&set))).await.0, first);
}

#[tokio::test]
async fn the_longest_unused_session_makes_room() {
    let layer = SessionLayer::new().max_sessions(2);
    let (first, a) = visit(&layer, None).await;
    let (second, b) = visit(&layer, None).await;
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(visit(&layer, Some(pair(&a))).await.0, first);
    visit(&layer, None).await;
    assert_eq!(visit(&layer, Some(pair(&a))).await, (first, None));
    assert_ne!(visit(&layer, Some(pair(&b))).await.0, second);
}

#[tokio::test]
async fn a_name_that_no_cookie_can_have_costs_only_the_session() {
    let layer = SessionLayer::new().cookie("a\nb");
    let (first, set) = visit(&layer, None).await;
    assert_eq!(set, None);
    assert_ne!(visit(&layer, None).await.0, first);
}
