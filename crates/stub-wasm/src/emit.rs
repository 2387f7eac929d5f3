//! The functions of the module, each made when it is first called.

use std::collections::BTreeMap;

use golem_rpc_stub::Stub;

use crate::imports::Imports;
use crate::module::{Body, Module};
use crate::shape::{Node, ShapeId, Shapes};
use crate::{EmitError, failure, lift, lower, memory, remote};

/// A function that is there at most once, whoever calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Alloc,
    Realloc,
    Keep,
    Release,
    Connect,
    Forget,
    DropWorker,
    DropFuture,
    Subscribe,
    Wait,
    Trigger,
    Start,
    Poll,
    Put,
    PutText,
    Begin,
    Say,
    Failed,
    Malformed,
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
    functions: BTreeMap<Key, u32>,
}

impl<'a> Emit<'a> {
    pub(crate) fn new(stub: &'a Stub, module: Module, imports: Imports) -> Result<Self, EmitError> {
        Ok(Self {
            shapes: Shapes::new(&stub.resolve)?,
            module,
            imports,
            params_count: 0,
            functions: BTreeMap::new(),
        })
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
            Key::Connect => remote::connect(self),
            Key::Forget => remote::forget(self),
            Key::DropWorker => remote::drop_worker(self),
            Key::DropFuture => remote::drop_future(self),
            Key::Subscribe => remote::subscribe(self),
            Key::Wait => remote::wait(self),
            Key::Trigger => remote::trigger(self),
            Key::Start => remote::start(self),
            Key::Poll => remote::poll(self),
            Key::Put => failure::put(self),
            Key::PutText => failure::put_text(self),
            Key::Begin => failure::begin(self),
            Key::Say => failure::say(self),
            Key::Failed => failure::failed(self),
            Key::Malformed => failure::malformed(self),
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
