//! A module in the making: its functions by key, each made when it is first called.

use std::collections::BTreeMap;

use golem_rpc_stub::{Address, ResourceKind, RpcErrors, Stub};
use wit_parser::TypeId;

use crate::imports::{Imports, Owned};
use crate::module::{Body, Module};
use crate::shape::{Node, ShapeId, Shapes};

/// A function that is there at most once, whoever calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Alloc,
    Realloc,
    Keep,
    Release,
    Reset,
    Urn,
    Worker,
    Connect,
    ConnectEphemeral,
    Forget,
    DropFuture,
    Subscribe,
    Wait,
    Trigger,
    Start,
    Schedule,
    Poll,
    Put,
    PutText,
    Begin,
    Say,
    Failed,
    Malformed,
    Refuse,
    Discard,
    LowerHandle,
    Give(TypeId),
    Receive,
    LiftOwn(TypeId),
    ForgetMoved,
    End,
    Open,
    Children,
    Child,
    LowerFlags,
    Take,
    Items,
    Root,
    LiftEnum,
    LiftFlags,
    Payload,
    Nothing,
    Count(ShapeId),
    Lower(ShapeId),
    Lift(ShapeId),
    /// From these parameters to wit-values.
    Params(Vec<ShapeId>),
    /// From parameters at these places of a frame to wit-values.
    ParamsAt(Vec<(u32, ShapeId)>),
    /// From core values to memory.
    Spill(ShapeId),
    /// The answer of a call, as a function of the stub returns it.
    Result(ShapeId),
    /// `get` of the futures of such results.
    Get(ShapeId),
}

/// A stub's module in the making.
pub(crate) struct Emit<'a> {
    pub(crate) shapes: Shapes<'a>,
    pub(crate) module: Module,
    pub(crate) imports: Imports,
    pub(crate) params_count: u32,
    /// By what workers are found.
    pub(crate) address: Address,
    /// Whether failed calls give results instead of trapping.
    pub(crate) results: bool,
    /// Whether a resource of the stub is remote.
    pub(crate) remote: bool,
    /// What may be made of answers: the remote resources that they can own.
    pub(crate) received: Vec<TypeId>,
    functions: BTreeMap<Key, u32>,
    /// Makes a function's body.
    body: fn(&mut Emit<'_>, Key) -> Body,
}

impl<'a> Emit<'a> {
    pub(crate) fn new(
        stub: &Stub,
        shapes: Shapes<'a>,
        owned: &Owned,
        module: Module,
        imports: Imports,
        body: fn(&mut Emit<'_>, Key) -> Body,
    ) -> Self {
        let mut emit = Self {
            shapes,
            module,
            imports,
            params_count: 0,
            address: stub.options.golem_rpc.address(),
            results: stub.options.rpc_errors == RpcErrors::Result,
            remote: has_remote(stub),
            received: owned.received.iter().copied().collect(),
            functions: BTreeMap::new(),
            body,
        };
        emit.module.extended = emit.results || emit.remote;
        emit
    }

    /// The index of a function.
    pub(crate) fn f(&mut self, key: Key) -> u32 {
        if let Some(function) = self.functions.get(&key) {
            return *function;
        }
        let function = self.module.reserve();
        self.functions.insert(key.clone(), function);
        let body = (self.body)(self, key);
        self.module.define(function, body);
        function
    }

    /// The address of what an answer must hold in some place: the kind of a node, and its name.
    pub(crate) fn expected(&mut self, node: Node, name: &str) -> i32 {
        self.module.marked_text(node as u8, name)
    }

    /// What is expected where an index is not that of a node, or of one that was met before.
    pub(crate) fn tree(&mut self) -> i32 {
        self.module.marked_text(u8::MAX, "a tree of nodes")
    }

    /// A name for a shape's function, for readers only.
    pub(crate) fn function_name(&self, verb: &str, id: ShapeId) -> String {
        let name = self.shapes.get(id).name.replace('`', "").replace(' ', "-");
        format!("{verb}-{name}-{}", id.number())
    }
}

fn has_remote(stub: &Stub) -> bool {
    let mut resources = stub.resources.iter();
    resources.any(|resource| resource.kind != ResourceKind::Worker)
}

/// The index of a resource's `[resource-new]`.
pub(crate) fn resource_new(e: &Emit<'_>, resource: TypeId) -> u32 {
    let found = e.imports.resource_new.get(&resource);
    *found.expect("every resource that can be made got its import")
}

/// The index of a resource's `[resource-rep]`.
pub(crate) fn resource_rep(e: &Emit<'_>, resource: TypeId) -> u32 {
    let found = e.imports.resource_rep.get(&resource);
    *found.expect("every resource that can be given away got its import")
}

/// The index of a resource's `[resource-drop]`.
pub(crate) fn resource_drop(e: &Emit<'_>, resource: TypeId) -> u32 {
    let found = e.imports.resource_drop.get(&resource);
    *found.expect("every resource that a call can drop got its import")
}
