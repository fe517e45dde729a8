//! When the server ends: `exit`, the end of its input, or the end of the process that started it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::watch;

/// How often to look whether the parent lives.
const PARENT_INTERVAL: Duration = Duration::from_secs(2);

/// How long answers may still take once nobody can ask for more.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// What is known of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lifecycle {
    /// The process that the server must not outlive.
    pub(crate) parent: Option<u32>,
    /// `shutdown` was received.
    pub(crate) shut_down: bool,
    /// The input has ended.
    pub(crate) input_ended: bool,
}

/// An input that tells when it has ended.
#[derive(Debug)]
pub(crate) struct WatchedInput<R> {
    inner: R,
    lifecycle: watch::Sender<Lifecycle>,
}

impl<R> WatchedInput<R> {
    /// Reads from `inner`.
    pub(crate) fn new(inner: R, lifecycle: watch::Sender<Lifecycle>) -> Self {
        WatchedInput { inner, lifecycle }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for WatchedInput<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, buffer);
        let ended = match &read {
            Poll::Ready(Ok(())) => buffer.filled().len() == before && buffer.capacity() > before,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        };
        if ended {
            self.lifecycle.send_modify(|now| now.input_ended = true);
        }
        read
    }
}

/// Ends some time after the input has.
pub(crate) async fn input_ended(mut lifecycle: watch::Receiver<Lifecycle>) {
    if lifecycle.wait_for(|now| now.input_ended).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GRACE).await;
}

/// Ends when the process that the client named has ended.
pub(crate) async fn parent_ended(mut lifecycle: watch::Receiver<Lifecycle>) {
    let parent = match lifecycle.wait_for(|now| now.parent.is_some()).await {
        Ok(now) => now.parent,
        Err(_) => None,
    };
    let Some(parent) = parent else {
        return std::future::pending().await;
    };
    let mut interval = tokio::time::interval(PARENT_INTERVAL);
    loop {
        interval.tick().await;
        if !is_alive(parent) {
            return;
        }
    }
}

#[cfg(unix)]
fn is_alive(process: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) else {
        return true;
    };
    // Any other error, such as that of another user's process, comes from a process that is there.
    test_kill_process(pid) != Err(Errno::SRCH)
}

/// Windows ends the input with the process at its other end, which is enough.
#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}
