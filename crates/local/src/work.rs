//! What is still to be done: invocations that are queued or running, and those for later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::event::Note;

/// A wait so short needs no word.
const UNNOTICED: Duration = Duration::from_secs(1);

/// All work of a runtime; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Work(Arc<Inner>);

#[derive(Default)]
struct Inner {
    open: Mutex<Open>,
    changed: Notify,
}

#[derive(Default)]
struct Open {
    /// Invocations that are queued or running.
    running: usize,
    /// When those for later are due; `None` is beyond all clocks.
    scheduled: BTreeMap<u64, Option<Instant>>,
    /// The number of the next one for later.
    next: u64,
}

/// An invocation for later; it is no work any more when this is dropped.
pub(crate) struct Scheduled {
    work: Work,
    number: u64,
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        self.work.open().scheduled.remove(&self.number);
        self.work.0.changed.notify_waiters();
    }
}

impl Work {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().expect("no panic holds this lock")
    }

    /// Counts an invocation that is queued.
    pub(crate) fn queued(&self) {
        self.open().running += 1;
    }

    /// Counts off an invocation that was queued.
    pub(crate) fn finished(&self) {
        let mut open = self.open();
        open.running -= 1;
        if open.running == 0 {
            self.0.changed.notify_waiters();
        }
    }

    /// Counts an invocation that is due after `delay`.
    pub(crate) fn schedule(&self, delay: Duration) -> Scheduled {
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        let due = Instant::now().checked_add(delay);
        open.scheduled.insert(number, due);
        drop(open);
        Scheduled {
            work: self.clone(),
            number,
        }
    }

    /// Returns when there is nothing more to do; hands `tell` a note if that takes a while.
    pub(crate) async fn done(&self, tell: impl Fn(Note)) {
        loop {
            let changed = self.0.changed.notified();
            let note = {
                let open = self.open();
                if open.running == 0 && open.scheduled.is_empty() {
                    return;
                }
                (open.running == 0).then(|| open.note()).flatten()
            };
            if let Some(note) = note {
                tell(note);
            }
            changed.await;
        }
    }
}

impl Open {
    fn note(&self) -> Option<Note> {
        let now = Instant::now();
        let left = self.scheduled.values().map(|due| match due {
            Some(due) => due.saturating_duration_since(now),
            None => Duration::MAX,
        });
        let last = left.max()?;
        (last >= UNNOTICED).then_some(Note::Scheduled {
            calls: self.scheduled.len(),
            seconds: last.as_secs(),
        })
    }
}
