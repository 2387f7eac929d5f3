//! What all workers share beside each other: the journal, the work that is still to be done, who waits for
//! whom, and the way out for events.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use golem_rpc_oplog::{Batch, Journal, JournalError};

use crate::error::CallError;
use crate::event::{Event, Note, TriggerFailure};
use crate::interrupt::Interrupted;
use crate::outlet::{Events, Outlet};
use crate::timers::Timers;
use crate::waits::Waits;
use crate::work::Work;

/// See the module.
pub(crate) struct Shared {
    /// None if workers live in memory.
    pub(crate) journal: Option<Arc<Journal>>,
    pub(crate) interrupted: Interrupted,
    pub(crate) waits: Waits,
    pub(crate) work: Work,
    pub(crate) timers: Timers,
    outlet: Outlet,
    told: Mutex<BTreeSet<&'static str>>,
    failures: Mutex<Vec<TriggerFailure>>,
}

impl Shared {
    pub(crate) fn new(
        journal: Option<Arc<Journal>>,
        events: Events,
        interrupted: Interrupted,
    ) -> Arc<Self> {
        Arc::new(Self {
            outlet: Outlet::new(events, journal.clone()),
            journal,
            interrupted,
            waits: Waits::default(),
            work: Work::default(),
            timers: Timers::default(),
            told: Mutex::default(),
            failures: Mutex::default(),
        })
    }

    /// Whether all work is to come to an end.
    pub(crate) fn is_interrupted(&self) -> bool {
        (self.interrupted)()
    }

    /// Appends what belongs to no worker with an oplog.
    pub(crate) fn append(&self, batch: Batch) -> Result<(), JournalError> {
        match &self.journal {
            Some(journal) if !batch.is_empty() => journal.append(batch).map(drop),
            _ => Ok(()),
        }
    }

    /// Waits until all that has happened is on disk, and all events are handed on.
    pub(crate) async fn settle(&self) -> Result<(), CallError> {
        if let Some(journal) = &self.journal {
            journal.durable(journal.appended()).await?;
            self.outlet.flush();
        }
        Ok(())
    }

    /// Tells of something that happened.
    pub(crate) fn event(&self, event: Event) {
        self.outlet.send(event);
    }

    /// Tells a note unless one of its kind was told before.
    pub(crate) fn tell(&self, note: Note) {
        let kind = match note {
            Note::WorkerScheme { .. } => "scheme",
            Note::PackageName { .. } => "package",
            Note::OwnedHandle { .. } => "owned handle",
            Note::Scheduled { .. } => "scheduled",
        };
        let first = self
            .told
            .lock()
            .expect("no panic holds this lock")
            .insert(kind);
        if first {
            self.event(Event::Note(note));
        }
    }

    /// Tells of a trigger that failed by itself, not because all work was stopped.
    pub(crate) fn trigger_failed(&self, failure: TriggerFailure) {
        if self.is_interrupted() {
            return;
        }
        self.failures
            .lock()
            .expect("no panic holds this lock")
            .push(failure.clone());
        self.event(Event::TriggerFailed(failure));
    }

    /// The triggers that have failed so far.
    pub(crate) fn failures(&self) -> Vec<TriggerFailure> {
        self.failures
            .lock()
            .expect("no panic holds this lock")
            .clone()
    }
}
