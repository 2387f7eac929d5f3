//! What the component exports: constructors, functions, futures and destructors, all thin.

use golem_rpc_stub::{Receiver, ResourceKind, Stub, StubFunction, StubResource};
use wasm_encoder::ValType;
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, TypeId, WasmExport, WasmExportKind, WorldKey,
};

use crate::emit::{Emit, Key, resource_new, resource_rep};
use crate::error::EmitError;
use crate::imports::result_of;
use crate::memory::at;
use crate::module::{Body, asm};
use crate::params::Signature;
use crate::shape::{Kind, ShapeId};

const I32: ValType = ValType::I32;
const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// Adds everything that the stub's interface has.
pub(crate) fn add(e: &mut Emit<'_>, stub: &Stub) -> Result<(), EmitError> {
    let realloc = e.f(Key::Realloc);
    let name = stub.resolve.wasm_export_name(ABI, WasmExport::Realloc);
    e.module.export(name, realloc);
    for resource in &stub.resources {
        add_resource(e, stub, resource)?;
    }
    Ok(())
}

fn add_resource(e: &mut Emit<'_>, stub: &Stub, resource: &StubResource) -> Result<(), EmitError> {
    let makers = [
        (&resource.constructor, Key::Connect),
        (&resource.ephemeral, Key::ConnectEphemeral),
    ];
    for (name, connect) in makers {
        let Some(name) = name else { continue };
        let signature = Signature::of(e, stub, name)?;
        let function = match &resource.kind {
            ResourceKind::Remote { new: Some(new), .. } => {
                make_remote(e, &signature, resource, new, connect)
            }
            _ => make_worker(e, &signature, resource, connect),
        };
        let function = e.module.add(function);
        export(e, stub, name, function);
    }
    let end = match &resource.kind {
        ResourceKind::Worker => e.f(Key::Forget),
        ResourceKind::Remote { drop, .. } => {
            let name = e.module.text(drop);
            let mut b = Body::new(format!("drop-{}", resource.name), &[I32], &[])
                .about(format!("the destructor of `{}`", resource.name));
            asm!(b; local_get 0; i32_const name; call e.f(Key::End););
            e.module.add(b)
        }
    };
    export_drop(e, stub, resource.id, end);
    for function in &resource.functions {
        add_function(e, stub, function)?;
    }
    Ok(())
}

/// The constructor of a worker.
fn make_worker(
    e: &mut Emit<'_>,
    signature: &Signature,
    resource: &StubResource,
    connect: Key,
) -> Body {
    let about = format!("the resource `{}`: a worker by its address", resource.name);
    let mut b = signature.body(Some(I32)).about(about);
    signature.push(e, &mut b, 0);
    asm!(b; call e.f(connect););
    e.reset(&mut b);
    asm!(b; call resource_new(e, resource.id););
    b
}

/// The constructor of a remote resource: calls the remote one. A failure is always a trap.
fn make_remote(
    e: &mut Emit<'_>,
    signature: &Signature,
    resource: &StubResource,
    new: &str,
    connect: Key,
) -> Body {
    let about = format!("the remote resource `{}`: calls `{new}`", resource.name);
    let mut b = signature.body(Some(I32)).about(about);
    let (worker, handle) = (b.local(I32), b.local(I32));
    signature.push(e, &mut b, 0);
    asm!(b; call e.f(connect); local_tee worker;);
    let sent: Vec<usize> = (1..signature.params.len()).collect();
    push_call(e, &mut b, signature, new, &sent);
    asm!(b; call e.f(Key::Wait););
    if e.results {
        asm!(b; drop;);
    }
    e.lift_made(&mut b, resource.id);
    asm!(b; local_set handle;);
    e.trap_on_error(&mut b);
    let ends = Ends {
        connected: Some(worker),
        gives: signature.gives(e, &sent),
    };
    ends.push(e, &mut b);
    e.reset(&mut b);
    asm!(b; local_get handle;);
    b
}

/// What is to be done once a call is over.
struct Ends {
    /// The worker that it made for itself.
    connected: Option<u32>,
    /// Whether it may have given resources away.
    gives: bool,
}

impl Ends {
    fn push(&self, e: &mut Emit<'_>, b: &mut Body) {
        if let Some(worker) = self.connected {
            asm!(b; local_get worker; call e.f(Key::Forget););
        }
        if self.gives {
            asm!(b; call e.f(Key::ForgetMoved););
        }
    }
}

fn add_function(e: &mut Emit<'_>, stub: &Stub, function: &StubFunction) -> Result<(), EmitError> {
    let result = result_of(stub, &function.blocking);
    let result = result.map(|ty| e.shapes.of(&ty)).transpose()?;
    let signature = Signature::of(e, stub, &function.blocking)?;
    let blocking = wait(e, &signature, function, result);
    let blocking = e.module.add(blocking);
    export(e, stub, &function.blocking, blocking);

    let signature = Signature::of(e, stub, &function.start)?;
    let start = start(e, &signature, function);
    let start = e.module.add(start);
    export(e, stub, &function.start, start);
    if let (Some(future), Some(result)) = (function.future, result) {
        add_future(e, stub, future, result);
    }

    if let Some(schedule) = &function.schedule {
        let signature = Signature::of(e, stub, schedule)?;
        let schedule_body = schedule_later(e, &signature, function);
        let scheduled = e.module.add(schedule_body);
        export(e, stub, schedule, scheduled);
    }
    Ok(())
}

/// The function that waits for the result.
fn wait(
    e: &mut Emit<'_>,
    signature: &Signature,
    function: &StubFunction,
    result: Option<ShapeId>,
) -> Body {
    let flat = if e.results {
        Some(I32)
    } else {
        result.map(|shape| e.shapes.single(shape).map_or(I32, |(ty, _)| ty))
    };
    let about = format!("waits for `{}`", function.wire_name);
    let mut b = signature.body(flat).about(about);
    let ends = push_remote(e, &mut b, signature, function, None);
    asm!(b; call e.f(Key::Wait););
    match result {
        Some(shape) => {
            if e.results {
                asm!(b; drop;);
            }
            asm!(b; call e.f(Key::Result(shape)););
        }
        // where failures are results, what golem:rpc wrote is one
        None => e.reset(&mut b),
    }
    ends.push(e, &mut b);
    b
}

/// The function that starts or triggers the call.
fn start(e: &mut Emit<'_>, signature: &Signature, function: &StubFunction) -> Body {
    let flat = (e.results || function.future.is_some()).then_some(I32);
    let about = format!("starts `{}`", function.wire_name);
    let mut b = signature.body(flat).about(about);
    let ends = push_remote(e, &mut b, signature, function, None);
    match function.future {
        Some(future) => asm!(b; call e.f(Key::Start); call resource_new(e, future);),
        None => {
            asm!(b; call e.f(Key::Trigger););
            e.reset(&mut b);
        }
    }
    ends.push(e, &mut b);
    b
}

/// The function that schedules the call.
fn schedule_later(e: &mut Emit<'_>, signature: &Signature, function: &StubFunction) -> Body {
    let about = format!("schedules `{}`", function.wire_name);
    let mut b = signature.body(Some(I32)).about(about);
    let when = usize::from(!matches!(function.receiver, Receiver::Param(_)));
    let ends = push_remote(e, &mut b, signature, function, Some(when));
    asm!(b; call e.f(Key::Schedule););
    e.reset(&mut b);
    ends.push(e, &mut b);
    b
}

/// Pushes worker, the time in the parameter `when` if there is one, function name, parameters as
/// wit-values, and their number.
fn push_remote(
    e: &mut Emit<'_>,
    b: &mut Body,
    signature: &Signature,
    function: &StubFunction,
    when: Option<usize>,
) -> Ends {
    let mut connected = None;
    match function.receiver {
        Receiver::Worker => signature.push(e, b, 0),
        Receiver::Resource => push_worker_of(e, b, signature, 0),
        Receiver::Address => {
            let worker = b.local(I32);
            signature.push(e, b, 0);
            asm!(b; call e.f(Key::Connect); local_tee worker;);
            connected = Some(worker);
        }
        Receiver::Param(param) => {
            push_worker_of(e, b, signature, param + usize::from(when.is_some()));
        }
    }
    if let Some(when) = when {
        signature.push(e, b, when);
    }
    let unsent = match function.receiver {
        Receiver::Worker | Receiver::Address => Some(0),
        Receiver::Resource | Receiver::Param(_) => None,
    };
    let params = 0..signature.params.len();
    let sent: Vec<usize> = params
        .filter(|param| Some(*param) != unsent && Some(*param) != when)
        .collect();
    push_call(e, b, signature, &function.wire_name, &sent);
    Ends {
        connected,
        gives: signature.gives(e, &sent),
    }
}

/// Pushes the worker of the remote resource that a parameter is.
fn push_worker_of(e: &mut Emit<'_>, b: &mut Body, signature: &Signature, param: usize) {
    signature.push(e, b, param);
    let shape = e.shapes.get(signature.params[param]);
    if let Kind::Handle {
        resource,
        own: true,
    } = shape.kind
    {
        asm!(b; call resource_rep(e, resource););
    }
    asm!(b; i32_load at(0););
}

/// Pushes function name, parameters as wit-values, and their number.
fn push_call(
    e: &mut Emit<'_>,
    b: &mut Body,
    signature: &Signature,
    wire_name: &str,
    sent: &[usize],
) {
    let name = e.module.text(wire_name);
    asm!(b; i32_const name;);
    signature.push_params(e, b, sent);
    asm!(b; i32_const sent.len() as i32;);
}

fn add_future(e: &mut Emit<'_>, stub: &Stub, future: TypeId, result: ShapeId) {
    let name = stub.resolve.types[future].name.as_deref();
    let name = name.expect("a resource has a name");
    let subscribe = e.f(Key::Subscribe);
    export(e, stub, &format!("[method]{name}.subscribe"), subscribe);
    let get = e.f(Key::Get(result));
    export(e, stub, &format!("[method]{name}.get"), get);
    let drop = e.f(Key::DropFuture);
    export_drop(e, stub, future, drop);
}

fn export(e: &mut Emit<'_>, stub: &Stub, function: &str, index: u32) {
    let func: &Function = &stub.resolve.interfaces[stub.interface].functions[function];
    let interface = WorldKey::Interface(stub.interface);
    let export = WasmExport::Func {
        interface: Some(&interface),
        func,
        kind: WasmExportKind::Normal,
    };
    let name = Resolve::wasm_export_name(&stub.resolve, ABI, export);
    e.module.export(name, index);
}

fn export_drop(e: &mut Emit<'_>, stub: &Stub, resource: TypeId, function: u32) {
    let interface = &WorldKey::Interface(stub.interface);
    let export = WasmExport::ResourceDtor {
        interface,
        resource,
    };
    let name = stub.resolve.wasm_export_name(ABI, export);
    e.module.export(name, function);
}
