//! wasi:io's `poll`, which notes who waits for which answers and leaves the rest to wasmtime's.
//!
//! A poll with a pollable of another kind among them, a timer say, can always end and is not noted.

use std::sync::Arc;

use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi_io::bindings::wasi::io::poll;
use wasmtime_wasi_io::poll::DynPollable;

use crate::state::WorkerState;
use crate::waits::Reply;

pub(super) fn add_to_linker(linker: &mut Linker<WorkerState>) -> wasmtime::Result<()> {
    poll::add_to_linker::<_, HasSelf<_>>(linker, |state: &mut WorkerState| state)
}

impl WorkerState {
    /// The answers that all of these pollables stand for, if they all do.
    fn replies(&self, pollables: &[Resource<DynPollable>]) -> Option<Vec<Arc<Reply>>> {
        let replies = pollables.iter();
        replies
            .map(|pollable| self.pollables.get(&pollable.rep()).cloned())
            .collect()
    }
}

impl poll::Host for WorkerState {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        let call = self.gate.read("golem io::poll::poll");
        if let Some(recorded) = self.gate.recorded(&call)? {
            return Ok(recorded);
        }
        self.resume()?;
        let replies = self.replies(&pollables);
        let waiting = replies.map(|replies| self.wait(replies)).transpose()?;
        let ready = poll::Host::poll(&mut self.table, pollables).await?;
        drop(waiting);
        self.gate.record(call, &ready)?;
        Ok(ready)
    }
}

impl poll::HostPollable for WorkerState {
    async fn ready(&mut self, this: Resource<DynPollable>) -> wasmtime::Result<bool> {
        let call = self.gate.read("golem io::poll::ready");
        if let Some(recorded) = self.gate.recorded(&call)? {
            return Ok(recorded);
        }
        self.resume()?;
        tokio::task::yield_now().await;
        let ready = poll::HostPollable::ready(&mut self.table, this).await?;
        self.gate.record(call, &ready)?;
        Ok(ready)
    }

    /// Needs no entry: whoever goes on after it in the oplog has waited.
    async fn block(&mut self, this: Resource<DynPollable>) -> wasmtime::Result<()> {
        if !self.gate.is_live() {
            return Ok(());
        }
        self.resume()?;
        let replies = self.replies(std::slice::from_ref(&this));
        let _waiting = replies.map(|replies| self.wait(replies)).transpose()?;
        poll::HostPollable::block(&mut self.table, this).await
    }

    fn drop(&mut self, this: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.pollables.remove(&this.rep());
        poll::HostPollable::drop(&mut self.table, this)
    }
}
