//! Invocations that wait for their time, and can be cancelled until then.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use golem_rpc_oplog::IdempotencyKey;
use tokio::sync::oneshot::{Receiver, Sender, channel};

/// The invocations that wait, by key. One that is taken out is cancelled.
#[derive(Default)]
pub(crate) struct Timers(Mutex<BTreeMap<IdempotencyKey, Sender<()>>>);

impl Timers {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<IdempotencyKey, Sender<()>>> {
        self.0.lock().expect("no panic holds this lock")
    }

    /// Adds one; what comes back ends when it is cancelled.
    pub(crate) fn insert(&self, key: IdempotencyKey) -> Receiver<()> {
        let (timer, cancelled) = channel();
        self.lock().insert(key, timer);
        cancelled
    }

    /// Cancels one, or forgets it when it is over.
    pub(crate) fn remove(&self, key: &IdempotencyKey) {
        self.lock().remove(key);
    }
}
