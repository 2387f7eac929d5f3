//! The invocations of a worker with an oplog: which wait, which run, how the others ended; and the row
//! that tells the next start whether there is something to do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use golem_rpc_oplog::{
    Batch, Call, IdempotencyKey, Index, JournalError, Kind, Status, WorkerRecord,
};
use uuid::Uuid;

use crate::directory::Origin;
use crate::error::CallError;
use crate::gate::{Record, encode};
use crate::history::{History, queued};
use crate::retry::Failures;
use crate::waits::{Answer, Reply};
use crate::wire::Invocation;

/// See the module.
pub(crate) struct Book {
    record: Record,
    /// How the worker was when its oplog was read.
    failed: Option<String>,
    failures: (u32, u64),
    is_running: bool,
    order: Mutex<()>,
    pages: Mutex<Pages>,
}

struct Pages {
    row: WorkerRecord,
    known: BTreeMap<IdempotencyKey, Known>,
    /// What the oplog left to do, until the worker takes it.
    open: Vec<(Index, IdempotencyKey, Invocation)>,
    /// How many have not ended.
    waiting: u64,
}

/// What is known of an invocation.
enum Known {
    /// It waits or runs, and these wait for its answer.
    Open {
        replies: Vec<Arc<Reply>>,
        /// Whether anybody does, or did before a restart.
        is_awaited: bool,
    },
    Ended(Answer),
}

/// What becomes of an invocation that arrives.
pub(crate) enum Accepted {
    /// It is queued at this index.
    New(Index, IdempotencyKey),
    /// It has arrived before.
    Known,
}

impl Book {
    /// The book of a worker whose oplog says this.
    pub(crate) fn new(record: Record, row: WorkerRecord, mut history: History) -> Book {
        let failed = history.failed();
        let failures = (history.failures, history.entries.len() as u64);
        let mut known = BTreeMap::new();
        for (index, answer) in std::mem::take(&mut history.answers) {
            if let Some(call) = history.invocations.remove(&index) {
                known.insert(call.key, Known::Ended(answer));
            }
        }
        let mut open = Vec::new();
        for index in history.open {
            if let Some(call) = history.invocations.remove(&index) {
                let replies = Vec::new();
                let is_awaited = call.is_awaited;
                let waits = Known::Open {
                    replies,
                    is_awaited,
                };
                known.insert(call.key.clone(), waits);
                open.push((index, call.key, call.invocation));
            }
        }
        let pages = Pages {
            row,
            known,
            waiting: open.len() as u64,
            open,
        };
        Book {
            record,
            failed,
            failures,
            is_running: history.is_running,
            order: Mutex::default(),
            pages: Mutex::new(pages),
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().expect("no panic holds this lock")
    }

    /// Why the worker has failed for good, if it has.
    pub(crate) fn failed(&self) -> Option<String> {
        self.failed.clone()
    }

    /// The failures of the invocation that was running.
    pub(crate) fn failures(&self) -> Failures {
        Failures::before(self.failures.0, self.failures.1)
    }

    /// Whether the first of what is open has begun.
    pub(crate) fn is_running(&self) -> bool {
        self.is_running
    }

    /// What the oplog left to do, once.
    pub(crate) fn take_open(&self) -> Vec<(Index, IdempotencyKey, Invocation)> {
        std::mem::take(&mut self.pages().open)
    }

    /// Has the queue and the oplog grow in the same order.
    pub(crate) fn in_order<T>(&self, step: impl FnOnce() -> T) -> T {
        let _order = self.order.lock().expect("no panic holds this lock");
        step()
    }

    /// Writes down an invocation, unless it is known. Who waits for it is answered in any case.
    pub(crate) fn accept(
        &self,
        invocation: &Invocation,
        origin: Origin,
    ) -> Result<Accepted, JournalError> {
        let new_key = || IdempotencyKey(Uuid::new_v4().to_string().into());
        let key = origin.key.unwrap_or_else(new_key);
        let mut batch = origin.with;
        let mut pages = self.pages();
        if let Some(known) = pages.known.get_mut(&key) {
            if !batch.is_empty() {
                self.record.journal.append(batch)?;
            }
            match (known, origin.reply) {
                (
                    Known::Open {
                        replies,
                        is_awaited,
                    },
                    Some(reply),
                ) => {
                    *is_awaited = true;
                    replies.push(reply);
                }
                (Known::Ended(answer), Some(reply)) => reply.deliver(answer.clone()),
                (_, None) => {}
            }
            return Ok(Accepted::Known);
        }
        pages.waiting += 1;
        if pages.waiting == 1 && pages.row.status != Status::Failed {
            pages.row.status = Status::Running;
            pages.row.wake = Some(0);
            batch.worker(&self.record.log, &pages.row);
        }
        let is_awaited = origin.reply.is_some();
        let entry = queued(invocation, &key, is_awaited);
        self.record.entry(&mut batch, entry);
        let index = self.record.journal.append(batch)?.last;
        let replies = origin.reply.into_iter().collect();
        let waits = Known::Open {
            replies,
            is_awaited,
        };
        pages.known.insert(key.clone(), waits);
        Ok(Accepted::New(index, key))
    }

    /// Writes down that the running invocation failed, and whether it is tried again.
    pub(crate) fn failed_once(&self, error: &str, retried: bool) -> Result<(), JournalError> {
        let error = error.to_owned();
        self.record.write(Kind::Error { error, retried })
    }

    /// Writes down how an invocation ended.
    pub(crate) fn end(
        &self,
        queued: Index,
        has_begun: bool,
        answer: &Answer,
    ) -> Result<(), JournalError> {
        let mut batch = Batch::default();
        match answer {
            // nothing has come of it, and the next start tries again
            Err(CallError::State { .. } | CallError::Lost { .. }) => return Ok(()),
            Err(CallError::NotCreated { .. }) if has_begun => return Ok(()),
            _ if has_begun => {}
            _ => {
                let call = Call::Queued { index: queued };
                let begun = Kind::ExportedFunctionInvoked { call };
                self.record.entry(&mut batch, begun);
            }
        }
        let response = encode(answer);
        let ended = Kind::ExportedFunctionCompleted { response, fuel: 0 };
        self.record.entry(&mut batch, ended);
        let mut pages = self.pages();
        pages.waiting -= 1;
        let fails = matches!(answer, Err(error) if error.fails_worker());
        if fails {
            pages.row.status = Status::Failed;
        }
        if pages.waiting == 0 || fails {
            if pages.row.status == Status::Running {
                pages.row.status = Status::Idle;
            }
            pages.row.wake = None;
            batch.worker(&self.record.log, &pages.row);
        }
        self.record.journal.append(batch)?;
        Ok(())
    }

    /// Answers all who wait for an invocation; false if it was triggered.
    pub(crate) fn deliver(&self, key: &IdempotencyKey, answer: &Answer) -> bool {
        let known = Known::Ended(answer.clone());
        match self.pages().known.insert(key.clone(), known) {
            Some(Known::Open {
                replies,
                is_awaited,
            }) => {
                for reply in replies {
                    reply.deliver(answer.clone());
                }
                is_awaited
            }
            _ => false,
        }
    }
}
