//! wasi:clocks: what time it is goes through the gate; a timer ends at a point in time, which is the same in
//! every replay.
//!
//! The monotonic clock is the system's, in nanoseconds since 1970, so that it goes on across restarts.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::{self, Datetime};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::{DynPollable, Pollable, subscribe};

use crate::gate::since_1970;
use crate::state::WorkerState;

pub(super) fn add_to_linker(linker: &mut Linker<WorkerState>) -> wasmtime::Result<()> {
    wall_clock::add_to_linker::<_, HasSelf<_>>(linker, |state: &mut WorkerState| state)?;
    monotonic_clock::add_to_linker::<_, HasSelf<_>>(linker, |state: &mut WorkerState| state)
}

fn nanoseconds() -> u64 {
    u64::try_from(since_1970().as_nanos()).unwrap_or(u64::MAX)
}

/// A timer. One that is due lets others work all the same, or a guest that polls it never would.
struct Timer(Option<Instant>);

#[async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        match self.0 {
            Some(due) if due > Instant::now() => sleep_until(due).await,
            Some(_) => tokio::task::yield_now().await,
            None => std::future::pending().await,
        }
    }
}

impl WorkerState {
    fn timer(&mut self, at: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let left = Duration::from_nanos(at.saturating_sub(nanoseconds()));
        let timer = self.table.push(Timer(Instant::now().checked_add(left)))?;
        subscribe(&mut self.table, timer)
    }
}

impl wall_clock::Host for WorkerState {
    fn now(&mut self) -> wasmtime::Result<Datetime> {
        let now = || {
            let now = since_1970();
            (now.as_secs(), now.subsec_nanos())
        };
        let (seconds, nanoseconds) = self.gate.durable("wall_clock::now", now)?;
        Ok(Datetime {
            seconds,
            nanoseconds,
        })
    }

    fn resolution(&mut self) -> wasmtime::Result<Datetime> {
        Ok(Datetime {
            seconds: 0,
            nanoseconds: 1,
        })
    }
}

impl monotonic_clock::Host for WorkerState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.gate.durable("monotonic_clock::now", nanoseconds)?)
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1)
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.timer(when)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let now = self.gate.durable("monotonic_clock::now", nanoseconds)?;
        self.timer(now.saturating_add(duration))
    }
}
