//! What the host keeps for a worker's instance.

use std::collections::BTreeMap;
use std::sync::Arc;

use golem_rpc_oplog::IdempotencyKey;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::directory::{Address, Birth, Directory};
use crate::event::Stream;
use crate::gate::{Gate, GateError};
use crate::name::{Env, WorkerId};
use crate::output::{Lines, Out};
use crate::shared::Shared;
use crate::waits::Reply;
use crate::wire::Invocation;

/// A call that replay has made and whose answer nobody has yet. It was sent before, and is sent again,
/// under the same key, when the worker lives.
pub(crate) struct Unsent {
    pub(crate) address: Address,
    pub(crate) invocation: Invocation,
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) reply: Arc<Reply>,
}

/// What the host keeps for a worker's instance.
pub(crate) struct WorkerState {
    pub(crate) id: WorkerId,
    pub(crate) shared: Arc<Shared>,
    pub(crate) directory: Arc<dyn Directory>,
    /// What workers created from here inherit.
    pub(crate) env: Arc<Env>,
    pub(crate) table: ResourceTable,
    /// The answers that pollables, by number, stand for.
    pub(crate) pollables: BTreeMap<u32, Arc<Reply>>,
    /// Calls that replay made and whose answers are not taken yet.
    pub(crate) unsent: Vec<Unsent>,
    pub(crate) gate: Gate,
    wasi: WasiCtx,
    lines: [Lines; 2],
}

impl WorkerState {
    pub(crate) fn new(birth: &Birth, mut gate: Gate, out: Arc<Out>) -> Result<Self, GateError> {
        let lines = [Stream::Stdout, Stream::Stderr]
            .map(|stream| Lines::new(birth.id.clone(), stream, out.clone()));
        // all random numbers of a worker follow from one
        let seed: [u8; 16] = gate.durable("golem random::seed", rand::random)?;
        let random = |of| StdRng::from_seed(blake3::derive_key(of, &seed));
        let mut wasi = WasiCtx::builder();
        wasi.secure_random(random("golem-rpc local secure random"));
        wasi.insecure_random(random("golem-rpc local insecure random"));
        wasi.insecure_random_seed(random("golem-rpc local insecure seed").random());
        wasi.stdout(lines[0].clone()).stderr(lines[1].clone());
        wasi.allow_tcp(false).allow_udp(false);
        for (key, value) in own_env(birth) {
            wasi.env(key, value);
        }
        Ok(Self {
            id: birth.id.clone(),
            shared: birth.shared.clone(),
            directory: birth.directory.clone(),
            env: birth.env.clone(),
            table: ResourceTable::new(),
            pollables: BTreeMap::new(),
            unsent: Vec::new(),
            gate,
            wasi: wasi.build(),
            lines,
        })
    }

    /// Ends the lines that have no line break yet.
    pub(crate) fn finish_lines(&self) {
        self.lines.iter().for_each(Lines::finish);
    }
}

/// The inherited environment, in which the worker's own variables always win.
fn own_env(birth: &Birth) -> Env {
    let mut env = Env::clone(&birth.env);
    env.extend([
        ("GOLEM_WORKER_NAME".into(), birth.id.name.clone()),
        ("GOLEM_COMPONENT_ID".into(), birth.component.to_string()),
        ("GOLEM_COMPONENT_VERSION".into(), birth.version.to_string()),
    ]);
    env
}

impl WasiView for WorkerState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
