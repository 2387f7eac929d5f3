//! The narrow gate: what enters a worker from outside passes it, and is written down.
//!
//! | live | in replay |
//! |---|---|
//! | the host does the call; its answer becomes an entry of the worker's oplog | the answer is that of the next entry, which has to be of the same call |
//!
//! So a worker is a function of its oplog, and can be had again from it: after a restart, and after a
//! trap. Host functions are lists of such calls: [`Gate::recorded`], then the call, then
//! [`Gate::record`], or [`Gate::durable`] for all three. What follows from the oplog alone, like the
//! environment or random numbers behind their seed, needs no entry. A worker without an oplog, in
//! memory or ephemeral, passes the same gate, and nothing is written.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use golem_rpc_oplog::{
    Batch, Effect, Entry, IdempotencyKey, Index, Journal, JournalError, Kind, Log,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::waits::Answer;

/// The namespace of keys that derive from one that is no UUID: the engine's.
const ROOT: Uuid = Uuid::from_u128(0x9c19_b15a_c83d_46f7_9bc3_eac7_9237_33f4);

/// A worker's oplog in the journal; clones are the same.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) journal: Arc<Journal>,
    pub(crate) log: Log,
}

impl Record {
    /// Adds an entry of this worker to a batch.
    pub(crate) fn entry(&self, batch: &mut Batch, kind: Kind) {
        let time = now();
        batch.entry(&self.log, &Entry { time, kind });
    }

    /// Appends an entry of this worker.
    pub(crate) fn write(&self, kind: Kind) -> Result<(), JournalError> {
        let time = now();
        self.journal.write(&self.log, &Entry { time, kind })?;
        Ok(())
    }
}

/// How long ago 1970 was, by the system's clock.
pub(crate) fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    u64::try_from(since_1970().as_millis()).unwrap_or(u64::MAX)
}

/// A value as entries hold it.
pub(crate) fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).expect("what is recorded has a binary form")
}

/// Why a worker cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GateError {
    #[error(
        "entry {index} of the oplog is {recorded}, but the worker now does {now}; replay needs a component that does \
         the same whenever it is given the same"
    )]
    Diverged {
        index: Index,
        recorded: String,
        now: String,
    },
    #[error("entry {index} of the oplog holds no answer to `{function}`")]
    Unreadable { index: Index, function: String },
    #[error(
        "entry {index} of the oplog is no invocation that waits, but one begins that waited there"
    )]
    NotQueued { index: Index },
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// A call of the host: its name, what it was given, and what it touches.
pub(crate) struct Call {
    name: &'static str,
    request: Vec<u8>,
    effect: Effect,
}

/// See the module.
pub(crate) struct Gate {
    record: Option<Record>,
    /// What is still to be replayed, without hints.
    replay: VecDeque<(Index, Kind)>,
    /// Whether that is nothing, for those who only look.
    live: Arc<AtomicBool>,
    /// Of the invocation that runs.
    key: Option<IdempotencyKey>,
    /// How many entries the worker has passed.
    passed: u64,
}

impl Gate {
    /// The gate of a worker with this oplog and these entries to replay.
    pub(crate) fn new(record: Option<Record>, replay: VecDeque<(Index, Kind)>) -> Gate {
        Gate {
            live: Arc::new(AtomicBool::new(replay.is_empty())),
            record,
            replay,
            key: None,
            passed: 0,
        }
    }

    /// Whether the worker does what it does for the first time.
    pub(crate) fn is_live(&self) -> bool {
        self.replay.is_empty()
    }

    /// Tells others the same at any time.
    pub(crate) fn live(&self) -> Arc<AtomicBool> {
        self.live.clone()
    }

    /// How many entries the worker has passed: failures at the same place are counted together.
    pub(crate) fn passed(&self) -> u64 {
        self.passed
    }

    /// A call that reads.
    pub(crate) fn read(&self, name: &'static str) -> Call {
        Call {
            name,
            request: Vec::new(),
            effect: Effect::ReadLocal,
        }
    }

    /// A call that writes elsewhere, and what it writes.
    pub(crate) fn write(&self, name: &'static str, request: &impl Serialize) -> Call {
        let request = match self.record {
            Some(_) => blake3::hash(&encode(request)).as_bytes()[..8].to_vec(),
            None => Vec::new(),
        };
        Call {
            name,
            request,
            effect: Effect::WriteRemote,
        }
    }

    /// In replay, the answer that was recorded for this call.
    pub(crate) fn recorded<T: DeserializeOwned>(
        &mut self,
        call: &Call,
    ) -> Result<Option<T>, GateError> {
        let Some((index, kind)) = self.pop() else {
            return Ok(None);
        };
        match kind {
            Kind::ImportedFunctionInvoked {
                function,
                request,
                response,
                ..
            } if function == call.name && request == call.request => {
                let unreadable = |_| GateError::Unreadable {
                    index,
                    function: function.to_string(),
                };
                postcard::from_bytes(&response)
                    .map(Some)
                    .map_err(unreadable)
            }
            other => Err(diverged(index, &other, format!("the call `{}`", call.name))),
        }
    }

    /// Writes down the answer to a call.
    pub(crate) fn record(&mut self, call: Call, answer: &impl Serialize) -> Result<(), GateError> {
        let batch = self.announce(call, answer);
        if let Some(record) = &self.record {
            record.journal.append(batch)?;
        }
        Ok(())
    }

    /// A call that is answered at once.
    pub(crate) fn durable<T: Serialize + DeserializeOwned>(
        &mut self,
        name: &'static str,
        live: impl FnOnce() -> T,
    ) -> Result<T, GateError> {
        let call = self.read(name);
        if let Some(answer) = self.recorded(&call)? {
            return Ok(answer);
        }
        let answer = live();
        self.record(call, &answer)?;
        Ok(answer)
    }

    /// The entry of a call in a batch, to be appended together with what the call does.
    pub(crate) fn announce(&mut self, call: Call, answer: &impl Serialize) -> Batch {
        let mut batch = Batch::default();
        if let Some(record) = &self.record {
            record.entry(&mut batch, imported(call, answer));
            self.passed += 1;
        }
        batch
    }

    /// A key for the next call to another worker: the same in every replay, and another for every call.
    pub(crate) fn derived_key(&self) -> Option<IdempotencyKey> {
        let key = &self.key.as_ref()?.0;
        let space = Uuid::try_parse(key).unwrap_or_else(|_| Uuid::new_v5(&ROOT, key.as_bytes()));
        let name = format!("oplog-index-{}", self.passed);
        let derived = Uuid::new_v5(&space, name.as_bytes());
        Some(IdempotencyKey(derived.to_string().into()))
    }

    /// An invocation begins, which waited in the queue at this index.
    pub(crate) fn begin(&mut self, queued: Index, key: &IdempotencyKey) -> Result<(), GateError> {
        self.key = Some(key.clone());
        let begun = Kind::ExportedFunctionInvoked {
            call: golem_rpc_oplog::Call::Queued { index: queued },
        };
        match self.pop() {
            Some((_, kind)) if kind == begun => Ok(()),
            Some((index, kind)) => {
                let now = format!("the invocation that is queued at {queued}");
                Err(diverged(index, &kind, now))
            }
            None => {
                if let Some(record) = &self.record {
                    record.write(begun)?;
                    self.passed += 1;
                }
                Ok(())
            }
        }
    }

    /// In replay, the index at which the next invocation was queued, if that has ended.
    pub(crate) fn next_invocation(&self) -> Option<Index> {
        let is_end =
            |(_, kind): &(Index, Kind)| matches!(kind, Kind::ExportedFunctionCompleted { .. });
        match self.replay.front() {
            Some((
                _,
                Kind::ExportedFunctionInvoked {
                    call: golem_rpc_oplog::Call::Queued { index },
                },
            )) if self.replay.iter().any(is_end) => Some(*index),
            _ => None,
        }
    }

    /// In replay, the end of an invocation that never reached the guest.
    pub(crate) fn skip_refused(&mut self) -> bool {
        let is_refused =
            |response: &[u8]| matches!(postcard::from_bytes::<Answer>(response), Ok(Err(_)));
        match self.replay.front() {
            Some((_, Kind::ExportedFunctionCompleted { response, .. })) if is_refused(response) => {
                self.pop();
                true
            }
            _ => false,
        }
    }

    /// In replay, an invocation ends as it did.
    pub(crate) fn check_end(&mut self, answer: &Answer) -> Result<(), GateError> {
        match self.pop() {
            Some((_, Kind::ExportedFunctionCompleted { response, .. }))
                if response == encode(answer) =>
            {
                Ok(())
            }
            Some((index, kind)) => {
                let now = match answer {
                    Ok(_) => "the end of the invocation, with this result".to_owned(),
                    Err(error) => format!("fails: {error}"),
                };
                Err(diverged(index, &kind, now))
            }
            None => unreachable!("the end of a finished invocation is there until it is replayed"),
        }
    }

    /// An entry was written that replay will pass.
    pub(crate) fn pass(&mut self) {
        if self.record.is_some() {
            self.passed += 1;
        }
    }

    fn pop(&mut self) -> Option<(Index, Kind)> {
        let next = self.replay.pop_front()?;
        self.passed += 1;
        if self.replay.is_empty() {
            self.live.store(true, Ordering::Release);
        }
        Some(next)
    }
}

fn imported(call: Call, answer: &impl Serialize) -> Kind {
    Kind::ImportedFunctionInvoked {
        function: call.name.into(),
        request: call.request,
        response: encode(answer),
        effect: call.effect,
    }
}

fn diverged(index: Index, kind: &Kind, now: String) -> GateError {
    let recorded = match kind {
        Kind::ImportedFunctionInvoked { function, .. } => format!("the call `{function}`"),
        Kind::ExportedFunctionInvoked { .. } => "the beginning of an invocation".to_owned(),
        Kind::ExportedFunctionCompleted { .. } => "the end of an invocation".to_owned(),
        other => format!("{other:?}"),
    };
    GateError::Diverged {
        index,
        recorded,
        now,
    }
}
