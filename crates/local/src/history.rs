//! A worker's oplog, read: what replay needs, what is still to be done, and what is answered already.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use golem_rpc_oplog::{Call, IdempotencyKey, Index, JournalError, Kind, LogLevel, Pending};

use crate::gate::{Record, encode};
use crate::waits::Answer;
use crate::wire::{Invocation, Queued};

/// An invocation as it was queued.
pub(crate) struct Open {
    pub(crate) key: IdempotencyKey,
    pub(crate) invocation: Invocation,
    /// Whether anybody waited for its answer.
    pub(crate) is_awaited: bool,
}

/// What an oplog says.
#[derive(Default)]
pub(crate) struct History {
    /// All entries that replay looks at, in order.
    pub(crate) entries: VecDeque<(Index, Kind)>,
    /// The invocations, by the index at which they were queued.
    pub(crate) invocations: BTreeMap<Index, Open>,
    /// Those that have not ended: the one that was running first, then the queue.
    pub(crate) open: Vec<Index>,
    /// Whether the first of these has begun.
    pub(crate) is_running: bool,
    /// How the others ended.
    pub(crate) answers: Vec<(Index, Answer)>,
    /// How often the running invocation has failed since it last got further.
    pub(crate) failures: u32,
    /// Lines that were written after the last entry which replay looks at: what is executed again does
    /// not write them again.
    pub(crate) lines: VecDeque<(LogLevel, String)>,
}

impl History {
    /// Reads the oplog of a worker.
    pub(crate) fn read(record: &Record) -> Result<History, JournalError> {
        let mut history = History::default();
        let mut running = None;
        let mut next = 1;
        loop {
            let page = record.journal.read(&record.log, next)?;
            let Some((last, _)) = page.last() else {
                break;
            };
            next = last + 1;
            for (index, entry) in page {
                history.add(index, entry.kind, &mut running);
            }
        }
        let ended: BTreeSet<Index> = history.answers.iter().map(|(index, _)| *index).collect();
        let waiting = history.invocations.keys().copied();
        let waiting = waiting.filter(|index| !ended.contains(index) && Some(*index) != running);
        history.open = running.into_iter().chain(waiting).collect();
        history.is_running = running.is_some();
        Ok(history)
    }

    fn add(&mut self, index: Index, kind: Kind, running: &mut Option<Index>) {
        match kind {
            Kind::PendingWorkerInvocation {
                invocation: Pending::Call { invocation },
            } => {
                // what cannot be read is not called
                if let Ok(queued) = postcard::from_bytes::<Queued>(&invocation.params) {
                    let call = Open {
                        key: invocation.key,
                        invocation: Invocation {
                            function: invocation.function,
                            params: queued.params,
                        },
                        is_awaited: queued.is_awaited,
                    };
                    self.invocations.insert(index, call);
                }
            }
            Kind::Error { .. } => self.failures += 1,
            Kind::Log { level, message, .. } => self.lines.push_back((level, message)),
            hint if hint.is_hint() => {}
            Kind::Create { .. } => {}
            Kind::Jump { start, end } => self
                .entries
                .retain(|(index, _)| !(start..=end).contains(index)),
            kind => {
                self.failures = 0;
                self.lines.clear();
                match &kind {
                    Kind::ExportedFunctionInvoked {
                        call: Call::Queued { index },
                    } => *running = Some(*index),
                    Kind::ExportedFunctionCompleted { response, .. } => {
                        let answer = postcard::from_bytes(response);
                        if let (Some(ended), Ok(answer)) = (running.take(), answer) {
                            self.answers.push((ended, answer));
                        }
                    }
                    _ => {}
                }
                self.entries.push_back((index, kind));
            }
        }
    }

    /// Why the worker takes no further invocation, if it has failed for good.
    pub(crate) fn failed(&self) -> Option<String> {
        let errors = self
            .answers
            .iter()
            .filter_map(|(_, answer)| answer.as_ref().err());
        let mut errors = errors.filter(|error| error.fails_worker());
        errors.next().map(ToString::to_string)
    }
}

/// The entry of an invocation that waits for its turn.
pub(crate) fn queued(invocation: &Invocation, key: &IdempotencyKey, is_awaited: bool) -> Kind {
    let queued = Queued {
        is_awaited,
        params: invocation.params.clone(),
    };
    Kind::PendingWorkerInvocation {
        invocation: Pending::Call {
            invocation: golem_rpc_oplog::Invocation {
                function: invocation.function.clone(),
                params: encode(&queued),
                key: key.clone(),
            },
        },
    }
}
