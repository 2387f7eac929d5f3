//! The types of golem:rpc that a stub component and its host exchange.

use wasmtime::component::{ComponentType, Lift, Lower};

/// `golem:rpc/types.{wit-node}`.
#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Node {
    #[component(name = "record-value")]
    Record(Vec<i32>),
    #[component(name = "variant-value")]
    Variant((u32, Option<i32>)),
    #[component(name = "enum-value")]
    Enum(u32),
    #[component(name = "flags-value")]
    Flags(Vec<bool>),
    #[component(name = "tuple-value")]
    Tuple(Vec<i32>),
    #[component(name = "list-value")]
    List(Vec<i32>),
    #[component(name = "option-value")]
    Option(Option<i32>),
    #[component(name = "result-value")]
    Result(Result<Option<i32>, Option<i32>>),
    #[component(name = "prim-u8")]
    U8(u8),
    #[component(name = "prim-u16")]
    U16(u16),
    #[component(name = "prim-u32")]
    U32(u32),
    #[component(name = "prim-u64")]
    U64(u64),
    #[component(name = "prim-s8")]
    S8(i8),
    #[component(name = "prim-s16")]
    S16(i16),
    #[component(name = "prim-s32")]
    S32(i32),
    #[component(name = "prim-s64")]
    S64(i64),
    #[component(name = "prim-float32")]
    F32(f32),
    #[component(name = "prim-float64")]
    F64(f64),
    #[component(name = "prim-char")]
    Char(char),
    #[component(name = "prim-bool")]
    Bool(bool),
    #[component(name = "prim-string")]
    String(String),
    #[component(name = "handle")]
    Handle((Uri, u64)),
}

impl Node {
    /// Moves the indices of all children by `by`.
    pub(crate) fn shifted(mut self, by: i32) -> Node {
        match &mut self {
            Node::Record(items) | Node::Tuple(items) | Node::List(items) => {
                items.iter_mut().for_each(|item| *item += by);
            }
            Node::Variant((_, Some(item)))
            | Node::Option(Some(item))
            | Node::Result(Ok(Some(item)) | Err(Some(item))) => *item += by,
            _ => {}
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Value {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Uri {
    pub(crate) value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Uuid {
    #[component(name = "high-bits")]
    pub(crate) high_bits: u64,
    #[component(name = "low-bits")]
    pub(crate) low_bits: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct ComponentId {
    pub(crate) uuid: Uuid,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct WorkerId {
    #[component(name = "component-id")]
    pub(crate) component_id: ComponentId,
    #[component(name = "worker-name")]
    pub(crate) worker_name: String,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct AgentId {
    #[component(name = "component-id")]
    pub(crate) component_id: ComponentId,
    #[component(name = "agent-id")]
    pub(crate) agent_id: String,
}

/// A point in time: `wasi:clocks/wall-clock.{datetime}`.
#[derive(Clone, Copy, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Datetime {
    pub(crate) seconds: u64,
    pub(crate) nanoseconds: u32,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
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
