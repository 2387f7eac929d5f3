//! What the component exports: constructors, methods, futures and destructors, all thin.

use golem_rpc_stub::{Stub, StubFunction, StubResource};
use wasm_encoder::{BlockType, ValType};
use wit_parser::{
    Function, LiftLowerAbi, ManglingAndAbi, Resolve, TypeId, WasmExport, WasmExportKind, WorldKey,
};

use crate::EmitError;
use crate::emit::{Emit, Key};
use crate::imports::resource_new;
use crate::lift::Index;
use crate::memory::{at, reset};
use crate::module::{Body, asm};
use crate::shape::ShapeId;
use crate::value::{Place, load};

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
    let constructor = format!("[constructor]{}", resource.name);
    let mut b = Body::new(constructor.clone(), &[I32, I32], &[I32]).about(format!(
        "the resource `{}`: a worker by its URI",
        resource.name
    ));
    asm!(b;
        local_get 0; local_get 1; call e.f(Key::Connect);
        call resource_new(e, resource.id);
    );
    let function = e.module.add(b);
    export(e, stub, &constructor, function);
    export_drop(e, stub, resource.id, Key::DropWorker);
    for function in &resource.functions {
        add_function(e, stub, function)?;
    }
    Ok(())
}

fn add_function(e: &mut Emit<'_>, stub: &Stub, function: &StubFunction) -> Result<(), EmitError> {
    let signature = &stub.resolve.interfaces[stub.interface].functions[&function.blocking];
    let params = signature.params.iter().skip(1);
    let params = params.map(|param| e.shapes.of(&param.ty));
    let params: Vec<ShapeId> = params.collect::<Result<_, _>>()?;
    let result = signature.result.map(|ty| e.shapes.of(&ty)).transpose()?;
    let wire_name = &function.wire_name;
    let flat = result.map(|shape| e.shapes.single(shape).map_or(I32, |(ty, _)| ty));

    let about = format!("waits for `{wire_name}`");
    let mut b = method(e, &function.blocking, &params, flat).about(about);
    push_call(e, &mut b, wire_name, &params);
    asm!(b; call e.f(Key::Wait););
    match result {
        Some(shape) => asm!(b; call e.f(Key::Result(shape));),
        None => reset(&mut b),
    }
    let blocking = e.module.add(b);
    export(e, stub, &function.blocking, blocking);

    let about = format!("starts `{wire_name}`");
    let mut b = method(e, &function.start, &params, result.map(|_| I32)).about(about);
    push_call(e, &mut b, wire_name, &params);
    match (result, function.future) {
        (Some(shape), Some(future)) => {
            asm!(b; call e.f(Key::Start); call resource_new(e, future););
            add_future(e, stub, future, shape);
        }
        _ => {
            asm!(b; call e.f(Key::Trigger););
            reset(&mut b);
        }
    }
    let start = e.module.add(b);
    export(e, stub, &function.start, start);
    Ok(())
}

fn add_future(e: &mut Emit<'_>, stub: &Stub, future: TypeId, result: ShapeId) {
    let name = stub.resolve.types[future].name.as_deref();
    let name = name.expect("a resource has a name");
    let subscribe = e.f(Key::Subscribe);
    export(e, stub, &format!("[method]{name}.subscribe"), subscribe);
    let get = e.f(Key::Get(result));
    export(e, stub, &format!("[method]{name}.get"), get);
    export_drop(e, stub, future, Key::DropFuture);
}

/// A method with these parameters after its handle.
fn method(e: &Emit<'_>, name: &str, params: &[ShapeId], result: Option<ValType>) -> Body {
    let mut types = vec![I32];
    types.extend(e.flat_params(params).unwrap_or_default());
    Body::new(name, &types, result.as_slice())
}

/// Pushes worker, function name, parameters as wit-values, and their number.
fn push_call(e: &mut Emit<'_>, b: &mut Body, wire_name: &str, params: &[ShapeId]) {
    let name = e.module.text(wire_name);
    asm!(b; local_get 0;);
    let flat = e.flat_params(params);
    if flat.is_none() {
        // everything is in memory, the handle too
        asm!(b; i32_load at(0););
    }
    asm!(b; i32_const name;);
    match (params, flat) {
        ([], _) => asm!(b; i32_const 0;),
        (params, Some(flat)) => {
            (1u32..)
                .zip(&flat)
                .for_each(|(local, _)| asm!(b; local_get local;));
            asm!(b; call e.f(Key::Params(params.to_vec())););
        }
        (params, None) => asm!(b; local_get 0; call e.f(Key::Params(params.to_vec()));),
    }
    asm!(b; i32_const params.len() as i32;);
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

fn export_drop(e: &mut Emit<'_>, stub: &Stub, resource: TypeId, key: Key) {
    let interface = &WorldKey::Interface(stub.interface);
    let export = WasmExport::ResourceDtor {
        interface,
        resource,
    };
    let name = stub.resolve.wasm_export_name(ABI, export);
    let function = e.f(key);
    e.module.export(name, function);
}

impl Emit<'_> {
    /// `result() -> value or where it is`: lifts the answer of a call and ends it.
    pub(crate) fn result(&mut self, id: ShapeId) -> Body {
        let shape = self.shapes.get(id).clone();
        let single = self.shapes.single(id);
        let flat = single.map_or(I32, |(ty, _)| ty);
        let name = self.function_name("result", id);
        let mut b = Body::new(name, &[], &[flat]).about(format!("the answer: {}", shape.name));
        let value = b.local(I32);
        asm!(b;
            i64_const i64::from(shape.size); i32_const shape.align as i32;
            call self.f(Key::Alloc); local_set value;
        );
        self.lift_value(&mut b, id, Index::Root, Place::new(value, 0));
        reset(&mut b);
        asm!(b; local_get value;);
        match single {
            Some((ValType::F32, _)) => asm!(b; f32_load at(0);),
            Some((ValType::F64, _)) => asm!(b; f64_load at(0);),
            Some((_, width)) => load(&mut b, width, 0),
            None => {}
        }
        b
    }

    /// `get(future) -> where the option is`.
    pub(crate) fn get(&mut self, id: ShapeId) -> Body {
        let (size, align, offset) = self.shapes.option(id);
        let name = self.function_name("get", id);
        let about = format!("`get` of every future of {}", self.shapes.get(id).name);
        let mut b = Body::new(name, &[I32], &[I32]).about(about);
        let (future, option) = (0, b.local(I32));
        asm!(b;
            i64_const i64::from(size); i32_const align as i32;
            call self.f(Key::Alloc); local_tee option;
            local_get future; call self.f(Key::Poll); local_tee future; i32_store8 at(0);
            local_get future; if_ BlockType::Empty;
        );
        self.lift_value(&mut b, id, Index::Root, Place::new(option, offset));
        asm!(b; end;);
        reset(&mut b);
        asm!(b; local_get option;);
        b
    }
}
