//! Values as golem:rpc carries them.
//!
//! A [`WitValue`] is a flat list of nodes, node 0 the root, children by their index in the list.
//! Record fields, variant and enum cases and flags travel by position; only functions have names.
//! These types are those of golem:rpc's WIT, the same in every version. They describe no type: that
//! is what `value` knows.

use serde::{Deserialize, Serialize};
use wasmtime::component::{ComponentType, Lift, Lower};

/// An index into a list of nodes.
pub type NodeIndex = i32;

/// A value of any type: a list of nodes, the first of them its root.
#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower, Serialize, Deserialize)]
#[component(record)]
pub struct WitValue {
    /// The nodes; an empty list is no value.
    pub nodes: Vec<WitNode>,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower, Serialize, Deserialize)]
#[component(variant)]
pub enum WitNode {
    /// A record: its fields.
    #[component(name = "record-value")]
    RecordValue(Vec<NodeIndex>),
    /// A variant: the position of its case, and what the case holds.
    #[component(name = "variant-value")]
    VariantValue((u32, Option<NodeIndex>)),
    /// An enum: the position of its case.
    #[component(name = "enum-value")]
    EnumValue(u32),
    /// Flags: for each whether it is set.
    #[component(name = "flags-value")]
    FlagsValue(Vec<bool>),
    /// A tuple: its elements.
    #[component(name = "tuple-value")]
    TupleValue(Vec<NodeIndex>),
    /// A list: its elements.
    #[component(name = "list-value")]
    ListValue(Vec<NodeIndex>),
    /// An option.
    #[component(name = "option-value")]
    OptionValue(Option<NodeIndex>),
    /// A result; either side may hold nothing.
    #[component(name = "result-value")]
    ResultValue(Result<Option<NodeIndex>, Option<NodeIndex>>),
    /// A u8.
    #[component(name = "prim-u8")]
    PrimU8(u8),
    /// A u16.
    #[component(name = "prim-u16")]
    PrimU16(u16),
    /// A u32.
    #[component(name = "prim-u32")]
    PrimU32(u32),
    /// A u64.
    #[component(name = "prim-u64")]
    PrimU64(u64),
    /// An s8.
    #[component(name = "prim-s8")]
    PrimS8(i8),
    /// An s16.
    #[component(name = "prim-s16")]
    PrimS16(i16),
    /// An s32.
    #[component(name = "prim-s32")]
    PrimS32(i32),
    /// An s64.
    #[component(name = "prim-s64")]
    PrimS64(i64),
    /// An f32.
    #[component(name = "prim-float32")]
    PrimFloat32(f32),
    /// An f64.
    #[component(name = "prim-float64")]
    PrimFloat64(f64),
    /// A char.
    #[component(name = "prim-char")]
    PrimChar(char),
    /// A bool.
    #[component(name = "prim-bool")]
    PrimBool(bool),
    /// A string.
    #[component(name = "prim-string")]
    PrimString(String),
    /// A resource: the URI of the worker that has it, and its id there.
    #[component(name = "handle")]
    Handle((Uri, u64)),
}

/// A worker's address as golem:rpc 0.1 writes it: `urn:worker:<component-id>/<worker-name>`.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift, Lower, Serialize, Deserialize)]
#[component(record)]
pub struct Uri {
    /// The text.
    pub value: String,
}

/// A call on its way to a worker: the function's name on the wire, and its arguments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Invocation {
    pub(crate) function: String,
    pub(crate) params: Vec<WitValue>,
}

/// What the oplog says of an invocation that waits, beside function and key.
#[derive(Serialize, Deserialize)]
pub(crate) struct Queued {
    /// Nobody waits for a triggered invocation.
    pub(crate) is_awaited: bool,
    pub(crate) params: Vec<WitValue>,
}
