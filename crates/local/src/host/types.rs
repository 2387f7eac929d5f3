//! The types of golem:rpc that only its host needs: errors, addresses, times, described values.
//!
//! Field and case names are those of the WIT; linking checks them against what a component imports.
#![allow(
    dead_code,
    reason = "what only guests make, and we pass on, is never constructed here"
)]

use serde::{Deserialize, Serialize};
use uuid::Uuid as Id;
use wasmtime::component::{ComponentType, Lift, Lower};

use crate::error::CallError;
use crate::wire::{NodeIndex, WitValue};

#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift, Lower, Serialize, Deserialize)]
#[component(variant)]
pub(crate) enum RpcError {
    #[component(name = "protocol-error")]
    ProtocolError(String),
    #[component(name = "denied")]
    Denied(String),
    #[component(name = "not-found")]
    NotFound(String),
    #[component(name = "remote-internal-error")]
    RemoteInternalError(String),
}

impl From<CallError> for RpcError {
    fn from(error: CallError) -> Self {
        let text = error.to_string();
        match error {
            CallError::Malformed { .. } | CallError::Unsupported { .. } => {
                Self::ProtocolError(text)
            }
            _ => Self::RemoteInternalError(text),
        }
    }
}

#[derive(Clone, Copy, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Uuid {
    #[component(name = "high-bits")]
    high_bits: u64,
    #[component(name = "low-bits")]
    low_bits: u64,
}

impl From<Id> for Uuid {
    fn from(id: Id) -> Self {
        let (high_bits, low_bits) = id.as_u64_pair();
        Self {
            high_bits,
            low_bits,
        }
    }
}

impl From<Uuid> for Id {
    fn from(uuid: Uuid) -> Self {
        Self::from_u64_pair(uuid.high_bits, uuid.low_bits)
    }
}

#[derive(Clone, Copy, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct ComponentId {
    pub(crate) uuid: Uuid,
}

/// A worker, in golem:rpc 0.2.0 and 0.2.1.
#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct WorkerIdRecord {
    #[component(name = "component-id")]
    pub(crate) component_id: ComponentId,
    #[component(name = "worker-name")]
    pub(crate) worker_name: String,
}

/// A worker, since golem:rpc 0.2.2.
#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct AgentIdRecord {
    #[component(name = "component-id")]
    pub(crate) component_id: ComponentId,
    #[component(name = "agent-id")]
    pub(crate) agent_id: String,
}

/// A point in time, since 1970: wasi:clocks.
#[derive(Clone, Copy, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Datetime {
    pub(crate) seconds: u64,
    pub(crate) nanoseconds: u32,
}

#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct ValueAndType {
    pub(crate) value: WitValue,
    pub(crate) typ: WitType,
}

#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct WitType {
    nodes: Vec<WitTypeNode>,
}

#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum WitTypeNode {
    #[component(name = "record-type")]
    Record(Vec<(String, NodeIndex)>),
    #[component(name = "variant-type")]
    Variant(Vec<(String, Option<NodeIndex>)>),
    #[component(name = "enum-type")]
    Enum(Vec<String>),
    #[component(name = "flags-type")]
    Flags(Vec<String>),
    #[component(name = "tuple-type")]
    Tuple(Vec<NodeIndex>),
    #[component(name = "list-type")]
    List(NodeIndex),
    #[component(name = "option-type")]
    Option(NodeIndex),
    #[component(name = "result-type")]
    Result((Option<NodeIndex>, Option<NodeIndex>)),
    #[component(name = "prim-u8-type")]
    PrimU8,
    #[component(name = "prim-u16-type")]
    PrimU16,
    #[component(name = "prim-u32-type")]
    PrimU32,
    #[component(name = "prim-u64-type")]
    PrimU64,
    #[component(name = "prim-s8-type")]
    PrimS8,
    #[component(name = "prim-s16-type")]
    PrimS16,
    #[component(name = "prim-s32-type")]
    PrimS32,
    #[component(name = "prim-s64-type")]
    PrimS64,
    #[component(name = "prim-f32-type")]
    PrimF32,
    #[component(name = "prim-f64-type")]
    PrimF64,
    #[component(name = "prim-char-type")]
    PrimChar,
    #[component(name = "prim-bool-type")]
    PrimBool,
    #[component(name = "prim-string-type")]
    PrimString,
    #[component(name = "handle-type")]
    Handle((u64, ResourceMode)),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum ResourceMode {
    #[component(name = "owned")]
    Owned,
    #[component(name = "borrowed")]
    Borrowed,
}
