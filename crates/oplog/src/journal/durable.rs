//! Waiting for the watermark without a thread of one's own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use super::error::{JournalError, Seq};
use super::shared::Shared;

/// Ready when a batch is on disk, or cannot get there any more.
pub struct Durable {
    shared: Arc<Shared>,
    seq: Seq,
}

impl Durable {
    pub(super) fn new(shared: Arc<Shared>, seq: Seq) -> Self {
        Self { shared, seq }
    }
}

impl Future for Durable {
    type Output = Result<(), JournalError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.shared.watermark.load(Ordering::Acquire) >= self.seq {
            return Poll::Ready(Ok(()));
        }
        let mut state = self.shared.lock();
        if let Some(outcome) = self.shared.is_durable(&state, self.seq) {
            return Poll::Ready(outcome);
        }
        self.shared.want(&mut state, self.seq);
        state.wakers.push((self.seq, context.waker().clone()));
        Poll::Pending
    }
}
