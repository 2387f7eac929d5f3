//! What can be chosen about a stub: the golem:rpc that it calls through, how failed calls reach the
//! caller, and what happens to functions that it cannot carry.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use wit_parser::PackageName;

/// The options of a stub; the default is what `cargo golem-rpc` makes without any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StubOptions {
    /// The golem:rpc that it calls through.
    pub golem_rpc: GolemRpc,
    /// How failed calls reach the caller.
    pub rpc_errors: RpcErrors,
    /// Leaves functions out that a stub cannot carry, instead of refusing the whole world.
    pub skip_unsupported: bool,
    /// Packages that the stub must not depend on, at any version: it declares their types itself.
    /// A caller whose own package is among the target's types needs this.
    pub redeclared: BTreeSet<PackageName>,
}

/// A version of golem:rpc.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GolemRpc {
    /// Golem 1.0 and 1.1: workers are found by URI.
    #[default]
    #[serde(rename = "0.1.0")]
    V0_1_0,
    /// Golem 1.1.9 and later: as 0.1.0, and types travel beside values.
    #[serde(rename = "0.1.1")]
    V0_1_1,
    /// Golem 1.2: workers are found by worker id, calls can be scheduled.
    #[serde(rename = "0.2.0")]
    V0_2_0,
    /// As 0.2.0, on WASI 0.2.3.
    #[serde(rename = "0.2.1")]
    V0_2_1,
    /// Golem 1.3: as 0.2.1, where workers are called agents and none is ephemeral.
    #[serde(rename = "0.2.2")]
    V0_2_2,
}

/// By what a stub's constructor finds its worker: a type of golem:rpc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// `uri`, in the parameter `location`.
    Uri,
    /// `worker-id`, in the parameter `worker-id`.
    WorkerId,
    /// `agent-id`, in the parameter `agent-id`.
    AgentId,
}

impl GolemRpc {
    /// All versions, the oldest first.
    pub const ALL: [GolemRpc; 5] = [
        GolemRpc::V0_1_0,
        GolemRpc::V0_1_1,
        GolemRpc::V0_2_0,
        GolemRpc::V0_2_1,
        GolemRpc::V0_2_2,
    ];

    /// The version as text.
    pub fn name(self) -> &'static str {
        match self {
            GolemRpc::V0_1_0 => "0.1.0",
            GolemRpc::V0_1_1 => "0.1.1",
            GolemRpc::V0_2_0 => "0.2.0",
            GolemRpc::V0_2_1 => "0.2.1",
            GolemRpc::V0_2_2 => "0.2.2",
        }
    }

    /// By what constructors find workers.
    pub fn address(self) -> Address {
        match self {
            GolemRpc::V0_1_0 | GolemRpc::V0_1_1 => Address::Uri,
            GolemRpc::V0_2_0 | GolemRpc::V0_2_1 => Address::WorkerId,
            GolemRpc::V0_2_2 => Address::AgentId,
        }
    }

    /// Whether calls can be scheduled.
    pub fn has_schedule(self) -> bool {
        self.address() != Address::Uri
    }

    /// Whether `wasm-rpc` has the static function `ephemeral`.
    pub fn has_ephemeral(self) -> bool {
        self.address() == Address::WorkerId
    }
}

impl fmt::Display for GolemRpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How failed calls reach the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RpcErrors {
    /// The stub says why on standard error and traps.
    #[default]
    Panic,
    /// Every call gives a `result` whose error is golem:rpc's `rpc-error`.
    Result,
}

impl RpcErrors {
    /// Both, the default first.
    pub const ALL: [RpcErrors; 2] = [RpcErrors::Panic, RpcErrors::Result];

    /// The name in manifests and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            RpcErrors::Panic => "panic",
            RpcErrors::Result => "result",
        }
    }
}

impl fmt::Display for RpcErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
