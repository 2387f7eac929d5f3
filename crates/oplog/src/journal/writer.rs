//! The thread that commits.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::layer::Layer;
use super::shared::{Shared, State};
use crate::store::{Store, StoreError};

/// How long the writer waits for more, if nobody waits for it.
const LINGER: Duration = Duration::from_millis(5);

pub(super) fn spawn(shared: Arc<Shared>) -> JoinHandle<()> {
    thread::spawn(move || {
        let panics = Panics(&shared);
        while step(panics.0) {}
    })
}

/// Stops the journal if the writer panics, so that nobody waits for ever.
struct Panics<'a>(&'a Shared);

impl Drop for Panics<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let source = io::Error::other("the writer of the journal panicked");
            let path = PathBuf::new();
            self.0
                .fail(&mut self.0.lock(), StoreError::Io { path, source });
        }
    }
}

/// Commits what has come. No more comes when this says so.
fn step(shared: &Shared) -> bool {
    let mut state = gather(shared);
    let seq = state.appended;
    if seq == shared.watermark.load(Ordering::Relaxed) {
        return false;
    }
    let layer = Arc::new(std::mem::take(&mut state.queue));
    state.committing = Some(Arc::clone(&layer));
    drop(state);
    let committed = commit(&*shared.store, &layer);
    let mut state = shared.lock();
    match committed {
        Ok(()) => {
            shared.watermark.store(seq, Ordering::Release);
            state.committing = None;
            shared.finished(&mut state);
            true
        }
        Err(error) => {
            // what was appended stays readable for those who ask why
            shared.fail(&mut state, error);
            false
        }
    }
}

fn commit(store: &dyn Store, layer: &Layer) -> Result<(), StoreError> {
    store.commit(layer.writes(store)?)
}

/// The state, when there is something to commit or the journal is closed.
fn gather(shared: &Shared) -> MutexGuard<'_, State> {
    let mut state = shared.lock();
    let watermark = shared.watermark.load(Ordering::Relaxed);
    while state.appended == watermark && !state.closing {
        state.asleep = true;
        state = shared
            .work
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner);
    }
    state.asleep = false;
    let lazy = |state: &mut State| !state.urgent(watermark);
    let waited = shared.work.wait_timeout_while(state, LINGER, lazy);
    waited.unwrap_or_else(PoisonError::into_inner).0
}
