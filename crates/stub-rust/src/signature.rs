//! What a stub's function carries to the worker and back: the remote function's own signature.
//!
//! A function of the stub has more parameters than the remote one (the address, the time) and,
//! where failed calls are results, a result around the remote one's.

use golem_rpc_stub::{Receiver, ResourceKind, RpcErrors, Stub, StubFunction, StubResource};
use wit_parser::{Function, Param, Type, TypeDefKind, TypeId};

use crate::spell::dealias;

/// The signature of a remote function, in the stub's types. A method's handle is not among the
/// parameters.
pub(crate) struct Signature<'a> {
    /// The parameters, named as in the stub.
    pub(crate) params: &'a [Param],
    /// The result, as the worker gives it.
    pub(crate) result: Option<Type>,
}

/// A function of the stub interface by its key there.
pub(crate) fn function<'a>(stub: &'a Stub, key: &str) -> &'a Function {
    &stub.resolve.interfaces[stub.interface].functions[key]
}

/// The signature of a remote function.
pub(crate) fn remote<'a>(stub: &'a Stub, function: &StubFunction) -> Signature<'a> {
    let blocking = self::function(stub, &function.blocking);
    Signature {
        params: &blocking.params[not_sent(function.receiver)..],
        result: match stub.options.rpc_errors {
            RpcErrors::Panic => blocking.result,
            RpcErrors::Result => blocking.result.and_then(|ty| ok_of(stub, ty)),
        },
    }
}

/// The parameters of a remote resource's constructor; none if it has no constructor.
pub(crate) fn constructor<'a>(stub: &'a Stub, resource: &StubResource) -> Option<&'a [Param]> {
    let (ResourceKind::Remote { new: Some(_), .. }, Some(key)) =
        (&resource.kind, &resource.constructor)
    else {
        return None;
    };
    Some(&function(stub, key).params[1..])
}

/// How many parameters of a stub's function come before those of the remote one.
pub(crate) fn not_sent(receiver: Receiver) -> usize {
    match receiver {
        Receiver::Worker | Receiver::Resource | Receiver::Address => 1,
        Receiver::Param(_) => 0,
    }
}

/// The remote resource behind a handle's type; none for any other resource.
pub(crate) fn remote_resource(stub: &Stub, handled: TypeId) -> Option<&StubResource> {
    let Type::Id(id) = dealias(&stub.resolve, Type::Id(handled)) else {
        return None;
    };
    let remote = |r: &&StubResource| r.id == id && matches!(r.kind, ResourceKind::Remote { .. });
    stub.resources.iter().find(remote)
}

/// The `T` of a `result<T, rpc-error>`.
fn ok_of(stub: &Stub, ty: Type) -> Option<Type> {
    let Type::Id(id) = dealias(&stub.resolve, ty) else {
        unreachable!("calls that can fail give a result");
    };
    match &stub.resolve.types[id].kind {
        TypeDefKind::Result(result) => result.ok,
        _ => unreachable!("calls that can fail give a result"),
    }
}
