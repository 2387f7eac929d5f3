//! How a call is ended from outside.
//!
//! Whoever starts the runtime gives it a question: has somebody interrupted us? It
//! is asked on every tick. Guests that wait are simply left; one that computes
//! looks at its engine's epoch now and then, and that moves on only once there is
//! an interrupt, so an undisturbed guest is never stopped to look around.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// How long an interrupt may go unnoticed.
const TICK: Duration = Duration::from_millis(50);

/// Whether everything shall come to an end.
pub(crate) type Interrupted = Arc<dyn Fn() -> bool + Send + Sync>;

/// A thread that traps all guests of an engine after an interrupt; dropping this ends it.
pub(crate) struct Ticker {
    _running: Sender<()>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine, interrupted: Interrupted) -> io::Result<Self> {
        let (running, stop) = channel();
        let engine = engine.clone();
        let tick = move || {
            while stop.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                if interrupted() {
                    engine.increment_epoch();
                }
            }
        };
        thread::Builder::new()
            .name("interrupts".into())
            .spawn(tick)?;
        Ok(Self { _running: running })
    }
}

/// What `work` comes to; `None` after an interrupt, even if it has just come to an end.
pub(crate) async fn unless<T>(
    interrupted: &Interrupted,
    work: impl Future<Output = T>,
) -> Option<T> {
    if interrupted() {
        return None;
    }
    let mut work = pin!(work);
    let mut ticks = tokio::time::interval(TICK);
    let done = poll_fn(|context| {
        while ticks.poll_tick(context).is_ready() {
            if interrupted() {
                return Poll::Ready(None);
            }
        }
        work.as_mut().poll(context).map(Some)
    });
    done.await.filter(|_| !interrupted())
}
