//! Who waits for whom, and the answers that they wait for.
//!
//! A worker that blocks, in a blocking call or in a poll over futures, waits for
//! answers from other workers and is free again as soon as one of them is there.
//! Its wait can end if from it some worker can be reached that is not waiting, or
//! an answer that has already arrived. If there is none, this wait has just closed
//! a cycle, and the worker gets [`Cycle`] in place of waiting for ever.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;

use crate::error::CallError;
use crate::name::WorkerId;
use crate::wire::WitValue;

/// The results of an invocation, as one tuple.
pub(crate) type Answer = Result<WitValue, CallError>;

/// The place where the answer to one invocation arrives.
pub(crate) struct Reply {
    from: WorkerId,
    slot: Mutex<Slot>,
    arrived: Notify,
}

enum Slot {
    Pending,
    Here(Answer),
    Taken,
}

/// Why there is no answer to take.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    Pending,
    Taken,
}

impl Reply {
    pub(crate) fn new(from: WorkerId) -> Arc<Self> {
        Arc::new(Self {
            from,
            slot: Mutex::new(Slot::Pending),
            arrived: Notify::new(),
        })
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().expect("no panic holds this lock")
    }

    /// Delivers the answer; the first one counts.
    pub(crate) fn deliver(&self, answer: Answer) {
        let mut slot = self.slot();
        if matches!(*slot, Slot::Pending) {
            *slot = Slot::Here(answer);
            self.arrived.notify_waiters();
        }
    }

    pub(crate) fn is_pending(&self) -> bool {
        matches!(*self.slot(), Slot::Pending)
    }

    pub(crate) async fn wait(&self) {
        loop {
            let arrived = self.arrived.notified();
            if !self.is_pending() {
                return;
            }
            arrived.await;
        }
    }

    pub(crate) fn take(&self) -> Result<Answer, NoAnswer> {
        let mut slot = self.slot();
        if matches!(*slot, Slot::Pending) {
            return Err(NoAnswer::Pending);
        }
        match std::mem::replace(&mut *slot, Slot::Taken) {
            Slot::Here(answer) => Ok(answer),
            _ => Err(NoAnswer::Taken),
        }
    }
}

/// Workers that wait for each other, the first one named again at the end.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("waiting cycle: {}", .workers.iter().map(WorkerId::to_string).collect::<Vec<_>>().join(" → "))]
pub(crate) struct Cycle {
    pub(crate) workers: Vec<WorkerId>,
}

/// All waits of the moment: who, and for which answers.
#[derive(Clone, Default)]
pub(crate) struct Waits(Arc<Mutex<BTreeMap<WorkerId, Vec<Arc<Reply>>>>>);

/// A wait; it ends when this is dropped.
pub(crate) struct Waiting {
    waits: Waits,
    worker: WorkerId,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.waits.lock().remove(&self.worker);
    }
}

impl Waits {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<WorkerId, Vec<Arc<Reply>>>> {
        self.0.lock().expect("no panic holds this lock")
    }

    /// Notes that `worker` waits for any one of `replies`.
    pub(crate) fn enter(
        &self,
        worker: &WorkerId,
        replies: Vec<Arc<Reply>>,
    ) -> Result<Waiting, Cycle> {
        let mut waits = self.lock();
        waits.insert(worker.clone(), replies);
        if let Some(workers) = cycle(&waits, worker) {
            waits.remove(worker);
            return Err(Cycle { workers });
        }
        Ok(Waiting {
            waits: self.clone(),
            worker: worker.clone(),
        })
    }
}

/// The way from `start` back to itself, if nothing that can go on is reachable.
fn cycle(waits: &BTreeMap<WorkerId, Vec<Arc<Reply>>>, start: &WorkerId) -> Option<Vec<WorkerId>> {
    let mut came_from: BTreeMap<&WorkerId, &WorkerId> = BTreeMap::new();
    let mut last = None;
    let mut open = vec![start];
    while let Some(worker) = open.pop() {
        for reply in waits.get(worker)? {
            if !reply.is_pending() {
                return None;
            }
            if reply.from == *start {
                last.get_or_insert(worker);
            } else if !came_from.contains_key(&reply.from) {
                came_from.insert(&reply.from, worker);
                open.push(waits.get_key_value(&reply.from)?.0);
            }
        }
    }
    let mut way = vec![start.clone()];
    let mut worker = last?;
    while worker != start {
        way.push(worker.clone());
        worker = came_from[worker];
    }
    way.push(start.clone());
    way.reverse();
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(name: &str) -> WorkerId {
        WorkerId {
            component: "c".into(),
            name: name.into(),
        }
    }

    fn from(name: &str) -> Vec<Arc<Reply>> {
        vec![Reply::new(worker(name))]
    }

    #[test]
    fn a_wait_for_oneself_is_a_cycle() {
        let waits = Waits::default();
        let cycle = waits.enter(&worker("a"), from("a")).err().unwrap();
        assert_eq!(cycle.to_string(), "waiting cycle: c/a → c/a");
    }

    #[test]
    fn a_cycle_of_three_is_named_in_order() {
        let waits = Waits::default();
        let _a = waits.enter(&worker("a"), from("b")).unwrap();
        let _b = waits.enter(&worker("b"), from("c")).unwrap();
        let cycle = waits.enter(&worker("c"), from("a")).err().unwrap();
        assert_eq!(cycle.to_string(), "waiting cycle: c/c → c/a → c/b → c/c");
    }

    #[test]
    fn an_answer_that_is_there_ends_a_wait_before_the_waiter_notices() {
        let waits = Waits::default();
        let reply = Reply::new(worker("b"));
        let _a = waits.enter(&worker("a"), vec![reply.clone()]).unwrap();
        reply.deliver(Ok(WitValue { nodes: vec![] }));
        assert!(waits.enter(&worker("b"), from("a")).is_ok());
    }

    #[test]
    fn one_live_future_among_several_is_enough() {
        let waits = Waits::default();
        let both = vec![Reply::new(worker("b")), Reply::new(worker("idle"))];
        let _a = waits.enter(&worker("a"), both).unwrap();
        assert!(waits.enter(&worker("b"), from("a")).is_ok());
    }

    #[test]
    fn the_end_of_a_wait_is_the_end_of_its_edge() {
        let waits = Waits::default();
        drop(waits.enter(&worker("a"), from("b")).unwrap());
        assert!(waits.enter(&worker("b"), from("a")).is_ok());
    }

    #[test]
    fn an_answer_is_taken_once() {
        let reply = Reply::new(worker("a"));
        assert_eq!(reply.take().unwrap_err(), NoAnswer::Pending);
        let failed = CallError::Malformed { reason: "x".into() };
        reply.deliver(Err(failed.clone()));
        assert_eq!(reply.take().unwrap().unwrap_err(), failed);
        assert_eq!(reply.take().unwrap_err(), NoAnswer::Taken);
    }
}
