//! What those who append, those who wait and the writer share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::batch::{Change, Log};
use super::error::{JournalError, Seq};
use super::layer::Layer;
use crate::id::{Millis, WorkerId};
use crate::key;
use crate::store::{Store, StoreError, Table};
use crate::sync::lock;
use crate::wire::{self, wire_struct};

/// How many bytes may wait for the disk before appending does, too.
const ROOM: usize = 256 << 20;

/// From so many bytes on the writer does not wait for more.
const ENOUGH: usize = 1 << 20;

wire_struct! {
    /// A worker that is to be loaded after a restart.
    #[derive(Debug, Clone)]
    pub(super) struct Wake {
        pub(super) at: Millis,
        pub(super) worker: WorkerId,
    }
}

/// How many bytes wait in front of a volatile store: few, since reading an oplog passes them all.
const MANY: usize = 64 << 10;

pub(super) struct Shared {
    pub(super) store: Box<dyn Store>,
    pub(super) volatile: bool,
    state: Mutex<State>,
    /// Up to here everything is on disk.
    pub(super) watermark: AtomicU64,
    /// Something came, somebody waits, or it is over: for the writer.
    pub(super) work: Condvar,
    /// A commit ended: for those who wait.
    pub(super) progress: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    /// What came since the writer looked.
    pub(super) queue: Layer,
    /// What the writer is committing.
    pub(super) committing: Option<Arc<Layer>>,
    pub(super) appended: Seq,
    pub(super) woken: HashMap<u64, Millis>,
    /// The last batch that somebody waits for.
    pub(super) wanted: Seq,
    pub(super) wakers: Vec<(Seq, Waker)>,
    /// The writer sleeps until it is called.
    pub(super) asleep: bool,
    pub(super) closing: bool,
    pub(super) failed: Option<Arc<StoreError>>,
}

impl State {
    /// What is not in the store yet, the older first.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.committing.as_deref().into_iter().chain([&self.queue])
    }

    fn usable(&self) -> Result<(), JournalError> {
        match &self.failed {
            Some(source) => Err(JournalError::Stopped {
                source: Arc::clone(source),
            }),
            None if self.closing => Err(JournalError::Closed),
            None => Ok(()),
        }
    }

    /// Replaces the row of a worker, or removes the worker.
    pub(super) fn change(&mut self, log: &Log, change: Change) {
        let number = log.0.number;
        let (wake, row) = match change {
            _ if log.is_deleted() => return,
            Change::Set { wake, row } => (wake, Some(row)),
            Change::Delete => (None, None),
        };
        if row.is_none() {
            log.0.deleted.store(true, Ordering::Release);
            self.queue.delete(number);
        }
        self.queue
            .set(Table::Worker, key::worker(log.worker()), row);
        let known = match wake {
            Some(at) => self.woken.insert(number, at),
            None => self.woken.remove(&number),
        };
        if known != wake {
            let row = wake.map(|at| {
                wire::encode(&Wake {
                    at,
                    worker: log.worker().clone(),
                })
            });
            self.queue.set(Table::Wake, key::number(number), row);
        }
    }

    /// Whether the writer should commit now, without waiting for more.
    pub(super) fn urgent(&self, watermark: Seq) -> bool {
        self.closing || self.wanted > watermark || self.queue.weight() > ENOUGH
    }
}

impl Shared {
    pub(super) fn new(store: Box<dyn Store>) -> Self {
        Self {
            volatile: store.is_volatile(),
            store,
            state: Mutex::new(State::default()),
            watermark: AtomicU64::new(0),
            work: Condvar::new(),
            progress: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The state, as soon as it can take a batch.
    pub(super) fn room(&self) -> Result<MutexGuard<'_, State>, JournalError> {
        let mut state = self.lock();
        while state.usable().is_ok() && state.queue.weight() > ROOM {
            state = self
                .progress
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.usable()?;
        Ok(state)
    }

    /// What follows when a batch is in the queue.
    pub(super) fn appended(&self, mut state: MutexGuard<'_, State>) -> Result<(), JournalError> {
        if self.volatile {
            // nothing is there to wait for, and many at once cost less each
            self.watermark.store(state.appended, Ordering::Release);
            return if state.queue.weight() > MANY {
                self.commit_here(&mut state)
            } else {
                Ok(())
            };
        }
        if state.asleep {
            state.asleep = false;
            self.work.notify_one();
        }
        Ok(())
    }

    /// Commits without the writer.
    fn commit_here(&self, state: &mut State) -> Result<(), JournalError> {
        let queue = std::mem::take(&mut state.queue);
        let writes = queue.writes(&*self.store);
        let committed = writes.and_then(|writes| self.store.commit(writes));
        committed.map_err(|error| self.fail(state, error))
    }

    /// Stops the journal.
    pub(super) fn fail(&self, state: &mut State, error: StoreError) -> JournalError {
        let source = Arc::new(error);
        state.failed = Some(Arc::clone(&source));
        self.finished(state);
        JournalError::Stopped { source }
    }

    /// Tells all who wait for what is now on disk, or for something that will never be.
    pub(super) fn finished(&self, state: &mut State) {
        let watermark = self.watermark.load(Ordering::Relaxed);
        let over = state.failed.is_some();
        let (done, rest) = std::mem::take(&mut state.wakers)
            .into_iter()
            .partition(|(seq, _)| over || *seq <= watermark);
        state.wakers = rest;
        let done: Vec<(Seq, Waker)> = done;
        done.into_iter().for_each(|(_, waker)| waker.wake());
        self.progress.notify_all();
    }

    /// Whether a batch is on disk, or cannot get there any more.
    pub(super) fn is_durable(&self, state: &State, seq: Seq) -> Option<Result<(), JournalError>> {
        if self.watermark.load(Ordering::Acquire) >= seq {
            return Some(Ok(()));
        }
        let failed = state.failed.as_ref()?;
        Some(Err(JournalError::Stopped {
            source: Arc::clone(failed),
        }))
    }

    /// Has the writer commit at once.
    pub(super) fn want(&self, state: &mut State, seq: Seq) {
        if state.wanted < seq {
            state.wanted = seq;
            self.work.notify_one();
        }
    }

    pub(super) fn wait(&self, seq: Seq) -> Result<(), JournalError> {
        if self.watermark.load(Ordering::Acquire) >= seq {
            return Ok(());
        }
        let mut state = self.lock();
        self.want(&mut state, seq);
        loop {
            if let Some(outcome) = self.is_durable(&state, seq) {
                return outcome;
            }
            state = self
                .progress
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        if self.volatile && state.failed.is_none() {
            // what goes wrong is remembered, and told by `outcome`
            let _ = self.commit_here(&mut state);
        }
        self.work.notify_one();
        self.progress.notify_all();
    }

    /// How it ended.
    pub(super) fn outcome(&self) -> Result<(), JournalError> {
        let state = self.lock();
        match &state.failed {
            Some(source) => Err(JournalError::Stopped {
                source: Arc::clone(source),
            }),
            None => Ok(()),
        }
    }
}
