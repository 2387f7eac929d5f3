//! The parts of a stub: the packages that it is made of, its resources and their functions.

use wit_parser::{PackageName, TypeId};

/// A package below `deps/` of the stub's WIT root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StubPackage {
    /// Its name with its version.
    pub name: PackageName,
    /// Its directory below `deps/`.
    pub dir: String,
}

/// A resource of the stub interface. All names of functions are keys in the stub interface's
/// `functions`.
#[derive(Clone, Debug)]
pub struct StubResource {
    /// The resource type.
    pub id: TypeId,
    /// Its name in the stub interface.
    pub name: String,
    /// What it stands for.
    pub kind: ResourceKind,
    /// Its constructor, whose first parameter is the worker's address: see
    /// [`crate::GolemRpc::address`]. A remote resource's own parameters follow.
    pub constructor: Option<String>,
    /// Its static function that makes the same on a new ephemeral worker: the first parameter is a
    /// `component-id`. See [`crate::GolemRpc::has_ephemeral`].
    pub ephemeral: Option<String>,
    /// The remote functions, in the target's order.
    pub functions: Vec<StubFunction>,
}

/// What a resource of the stub interface stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A worker: the functions are those of one exported interface, or of the world.
    Worker,
    /// A resource that lives in a worker: the functions are its methods and static functions.
    Remote {
        /// Wire name of its constructor, `ns:pkg/iface.{res.new}`, if it has one.
        new: Option<String>,
        /// Wire name of its end, `ns:pkg/iface.{res.drop}`, called with the handle when the stub's
        /// resource is dropped and still owns the remote one.
        drop: String,
    },
}

/// A remote function and the functions of the stub that call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StubFunction {
    /// The name by which golem:rpc finds it: `ns:pkg/iface.{f}`.
    pub wire_name: String,
    /// How the stub's functions find the worker.
    pub receiver: Receiver,
    /// The function that waits for the result.
    pub blocking: String,
    /// The function that returns a future, or, where the remote function has no result, triggers it.
    pub start: String,
    /// The function that schedules it: `schedule-<f>`, whose parameter `when` comes before the
    /// remote function's own. See [`crate::GolemRpc::has_schedule`].
    pub schedule: Option<String>,
    /// The future resource (`subscribe`, `get`) that `start` returns.
    pub future: Option<TypeId>,
}

/// How a function of the stub finds the worker to call. Its parameters are, in this order: `self`
/// or the address, `when` if it schedules, then those of the remote function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A method of a [`ResourceKind::Worker`]: `self` is not sent.
    Worker,
    /// A method of a [`ResourceKind::Remote`]: `self` has the worker, and its handle is sent first.
    Resource,
    /// A static function whose first parameter is the worker's address, which is not sent.
    Address,
    /// A static function that takes a handle: the worker is that of the remote resource in this
    /// parameter (counted without those that are not sent).
    Param(usize),
}
