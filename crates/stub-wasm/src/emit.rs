//! The functions of the module, each made when it is first called.

use std::collections::BTreeMap;

use golem_rpc_stub::{Address, ResourceKind, RpcErrors, Stub};
use wit_parser::TypeId;

use crate::imports::{Imports, Owned};
use crate::module::{Body, Module};
use crate::shape::{Node, ShapeId, Shapes};
use crate::{address, failure, handles, lift, lower, memory, remote};

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
}

impl<'a> Emit<'a> {
    pub(crate) fn new(
        stub: &Stub,
        shapes: Shapes<'a>,
        owned: &Owned,
        module: Module,
        imports: Imports,
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
        let body = self.body(key);
        self.module.define(function, body);
        function
    }

    fn body(&mut self, key: Key) -> Body {
        match key {
            Key::Alloc => memory::alloc(self),
            Key::Realloc => memory::realloc(self),
            Key::Keep => memory::keep(self),
            Key::Release => memory::release(self),
            Key::Reset => memory::reset(self),
            Key::Urn => address::urn(self),
            Key::Worker => address::worker(self),
            Key::Connect => address::connect(self),
            Key::ConnectEphemeral => address::connect_ephemeral(self),
            Key::Forget => remote::forget(self),
            Key::DropFuture => remote::drop_future(self),
            Key::Subscribe => remote::subscribe(self),
            Key::Wait => remote::wait(self),
            Key::Trigger => remote::trigger(self),
            Key::Start => remote::start(self),
            Key::Schedule => remote::schedule(self),
            Key::Poll => remote::poll(self),
            Key::Put => failure::put(self),
            Key::PutText => failure::put_text(self),
            Key::Begin => failure::begin(self),
            Key::Say => failure::say(self),
            Key::Failed => failure::failed(self),
            Key::Malformed => failure::malformed(self),
            Key::Refuse => failure::refuse(self),
            Key::Discard => handles::discard(self),
            Key::LowerHandle => handles::lower_handle(self),
            Key::Give(resource) => handles::give(self, resource),
            Key::Receive => handles::receive(self),
            Key::LiftOwn(resource) => handles::lift_own(self, resource),
            Key::ForgetMoved => handles::forget_moved(self),
            Key::End => handles::end(self),
            Key::Open => lower::open(self),
            Key::Children => lower::children(self),
            Key::Child => lower::child(self),
            Key::LowerFlags => lower::lower_flags(self),
            Key::Take => lift::take(self),
            Key::Items => lift::items(self),
            Key::Root => lift::root(self),
            Key::LiftEnum => lift::lift_enum(self),
            Key::LiftFlags => lift::lift_flags(self),
            Key::Payload => lift::payload(self),
            Key::Nothing => lift::nothing(self),
            Key::Count(shape) => self.count(shape),
            Key::Lower(shape) => self.lower(shape),
            Key::Lift(shape) => self.lift(shape),
            Key::Params(shapes) => self.params(&shapes),
            Key::ParamsAt(params) => self.params_at(&params),
            Key::Spill(shape) => self.spill_choice(shape),
            Key::Result(shape) => self.result(shape),
            Key::Get(shape) => self.get(shape),
        }
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
