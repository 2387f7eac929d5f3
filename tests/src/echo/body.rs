//! The functions of a component that echoes.

use std::collections::BTreeMap;

use wasm_encoder::{BlockType, Instruction, ValType};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{
    Function, FunctionKind, LiftLowerAbi, ManglingAndAbi, Resolve, ResourceIntrinsic, Type, TypeId,
    WasmExport, WasmExportKind, WasmImport, WorldId, WorldKey,
};

use crate::echo::code::{ALIVE, Code, NUMBER, TOP, at};
use crate::echo::exports;
use crate::echo::layout::{Layout, Layouts, Shape, same_type};
use crate::echo::memory::{Place, fill, load, release, spill};

const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
const I32: ValType = ValType::I32;

/// All functions of a module, imported ones first.
pub(super) struct Bodies<'a> {
    resolve: &'a Resolve,
    layouts: Layouts<'a>,
    /// Module and name, and the result; each has one i32 as its parameter.
    pub(super) imports: Vec<((String, String), Option<ValType>)>,
    pub(super) functions: Vec<Code>,
    pub(super) exports: Vec<(String, u32)>,
    /// What makes a resource (its parameter counts for nothing), and what drops it.
    resources: BTreeMap<TypeId, (u32, u32)>,
    alloc: u32,
    zeros: u32,
    /// What a function exports that returns an address.
    post_return: u32,
}

impl<'a> Bodies<'a> {
    pub(super) fn of(resolve: &'a Resolve, world: WorldId) -> Self {
        let mut bodies = Bodies {
            resolve,
            layouts: Layouts::new(resolve),
            imports: Vec::new(),
            functions: Vec::new(),
            exports: Vec::new(),
            resources: BTreeMap::new(),
            alloc: 0,
            zeros: 0,
            post_return: 0,
        };
        let resources = exports::resources(resolve, world);
        for (key, resource) in &resources {
            bodies.import(key, *resource);
        }
        bodies.alloc = bodies.add(alloc());
        bodies.zeros = bodies.add(zeros(bodies.alloc));
        let realloc = bodies.add(realloc(bodies.alloc));
        let name = resolve.wasm_export_name(ABI, WasmExport::Realloc);
        bodies.exports.push((name, realloc));
        let mut reset = Code::new(&[I32], &[]);
        reset.reset();
        bodies.post_return = bodies.add(reset);
        for (interface, resource) in resources {
            bodies.resource(interface, resource);
        }
        for (key, function) in exports::functions(resolve, world) {
            let body = bodies.body(function);
            let body = bodies.add(body);
            bodies.export(key, function, body);
        }
        bodies
    }

    fn add(&mut self, mut code: Code) -> u32 {
        code.op(Instruction::End);
        self.functions.push(code);
        u32::try_from(self.imports.len() + self.functions.len() - 1).unwrap()
    }

    fn import(&mut self, key: &WorldKey, resource: TypeId) {
        for (intrinsic, result) in [
            (ResourceIntrinsic::ExportedNew, Some(I32)),
            (ResourceIntrinsic::ExportedDrop, None),
        ] {
            let import = WasmImport::ResourceIntrinsic {
                interface: Some(key),
                resource,
                intrinsic,
            };
            let name = self.resolve.wasm_import_name(ABI, import);
            self.imports.push((name, result));
        }
        let next = u32::try_from(self.imports.len()).unwrap();
        self.resources.insert(resource, (next - 2, next - 1));
    }

    /// Puts a function before `[resource-new]` that counts, and exports the destructor.
    fn resource(&mut self, interface: &WorldKey, resource: TypeId) {
        let (new, drop) = self.resources[&resource];
        let mut make = Code::new(&[I32], &[I32]);
        count(&mut make, ALIVE, 1);
        count(&mut make, NUMBER, 1);
        make.ops([Instruction::GlobalGet(NUMBER), Instruction::Call(new)]);
        let make = self.add(make);
        self.resources.insert(resource, (make, drop));
        let mut end = Code::new(&[I32], &[]);
        count(&mut end, ALIVE, -1);
        let end = self.add(end);
        let export = WasmExport::ResourceDtor {
            interface,
            resource,
        };
        self.exports
            .push((self.resolve.wasm_export_name(ABI, export), end));
    }

    fn export(&mut self, interface: Option<&WorldKey>, func: &Function, body: u32) {
        let name = |kind| {
            self.resolve.wasm_export_name(
                ABI,
                WasmExport::Func {
                    interface,
                    func,
                    kind,
                },
            )
        };
        let names = [
            name(WasmExportKind::Normal),
            name(WasmExportKind::PostReturn),
        ];
        let [normal, post_return] = names;
        self.exports.push((normal, body));
        if self.signature(func).1.is_some() {
            self.exports.push((post_return, self.post_return));
        }
    }

    /// The core types of a function's parameters, of its result's address, or of its result.
    fn signature(&self, function: &Function) -> (Vec<ValType>, Option<ValType>, Option<ValType>) {
        let signature = self
            .resolve
            .wasm_signature(AbiVariant::GuestExport, function);
        let result = signature.results.first().map(core);
        let (address, value) = if signature.retptr {
            (result, None)
        } else {
            (None, result)
        };
        (signature.params.iter().map(core).collect(), address, value)
    }

    fn body(&self, function: &Function) -> Code {
        let (params, address, value) = self.signature(function);
        let mut code = Code::new(&params, address.or(value).as_slice());
        let types: Vec<Type> = function.params.iter().map(|param| param.ty).collect();
        let frame = self.layouts.frame(&types);
        let base = if frame.flat > Resolve::MAX_FLAT_PARAMS {
            0
        } else {
            self.spilled(&mut code, &frame, &params)
        };
        let echoed = self.echoed(function);
        let Shape::Fields(fields) = &frame.shape else {
            unreachable!("a frame is made of fields")
        };
        let place = |number: usize| Place {
            base,
            offset: fields[number].0,
        };
        for (number, (_, param)) in fields.iter().enumerate() {
            if echoed != Some(number) {
                let drop = |resource| self.resources[&resource].1;
                release(&mut code, param, place(number), &drop);
            }
        }
        if let Some(result) = &function.result {
            let layout = self.layouts.of(result);
            let from = match echoed {
                Some(number) => place(number),
                None => self.fresh(&mut code, function, &layout),
            };
            give_back(&mut code, from, &layout, value);
        }
        if address.is_none() {
            code.reset();
        }
        code
    }

    /// The first parameter of the result's type.
    fn echoed(&self, function: &Function) -> Option<usize> {
        let result = function.result?;
        let mut params = function.params.iter();
        params.position(|param| same_type(self.resolve, &param.ty, &result))
    }

    fn spilled(&self, code: &mut Code, frame: &Layout, params: &[ValType]) -> u32 {
        let base = self.allocated(code, frame, self.alloc);
        let passed: Vec<_> = (0..).zip(params.iter().copied()).collect();
        spill(code, frame, Place { base, offset: 0 }, &passed);
        base
    }

    fn allocated(&self, code: &mut Code, layout: &Layout, alloc: u32) -> u32 {
        let base = code.local(I32);
        code.ops([
            Instruction::I32Const(layout.size.cast_signed()),
            Instruction::I32Const(layout.align.cast_signed()),
            Instruction::Call(alloc),
            Instruction::LocalSet(base),
        ]);
        base
    }

    /// A result that does not come from a parameter.
    fn fresh(&self, code: &mut Code, function: &Function, layout: &Layout) -> Place {
        let base = self.allocated(code, layout, self.zeros);
        let place = Place { base, offset: 0 };
        let counted = match (&function.kind, function.params.len(), &function.result) {
            (FunctionKind::Method(_), 1, Some(Type::U32)) => Some(Instruction::LocalGet(0)),
            (FunctionKind::Freestanding, 0, Some(Type::U32)) if function.name == "alive" => {
                Some(Instruction::GlobalGet(ALIVE))
            }
            _ => None,
        };
        match counted {
            Some(number) => code.ops([
                Instruction::LocalGet(base),
                number,
                Instruction::I32Store(at(0)),
            ]),
            None => fill(code, layout, place, &|resource| self.resources[&resource].0),
        }
        place
    }
}

/// Pushes the value itself if it is one core value, else its address.
fn give_back(code: &mut Code, from: Place, layout: &Layout, value: Option<ValType>) {
    match value {
        Some(ty) => load(code, from, layout.size, ty),
        None => code.ops([
            Instruction::LocalGet(from.base),
            Instruction::I32Const(from.offset.cast_signed()),
            Instruction::I32Add,
        ]),
    }
}

fn count(code: &mut Code, global: u32, by: i32) {
    code.ops([
        Instruction::GlobalGet(global),
        Instruction::I32Const(by),
        Instruction::I32Add,
        Instruction::GlobalSet(global),
    ]);
}

/// `alloc(size, align) -> address`: memory is given, never taken back, and emptied after each call.
fn alloc() -> Code {
    let (size, align) = (0, 1);
    let mut code = Code::new(&[I32, I32], &[I32]);
    let start = code.local(I32);
    code.ops([
        Instruction::GlobalGet(TOP),
        Instruction::LocalGet(align),
        Instruction::I32Add,
        Instruction::I32Const(1),
        Instruction::I32Sub,
        Instruction::I32Const(0),
        Instruction::LocalGet(align),
        Instruction::I32Sub,
        Instruction::I32And,
        Instruction::LocalTee(start),
        Instruction::LocalGet(size),
        Instruction::I32Add,
        Instruction::GlobalSet(TOP),
        Instruction::Block(BlockType::Empty),
        Instruction::GlobalGet(TOP),
        Instruction::MemorySize(0),
        Instruction::I32Const(16),
        Instruction::I32Shl,
        Instruction::I32LeU,
        Instruction::BrIf(0),
        Instruction::LocalGet(size),
        Instruction::I32Const(16),
        Instruction::I32ShrU,
        Instruction::I32Const(1),
        Instruction::I32Add,
        Instruction::MemoryGrow(0),
        Instruction::I32Const(-1),
        Instruction::I32Ne,
        Instruction::BrIf(0),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::LocalGet(start),
    ]);
    code
}

/// `zeros(size, align) -> address`
fn zeros(alloc: u32) -> Code {
    let (size, align) = (0, 1);
    let mut code = Code::new(&[I32, I32], &[I32]);
    let start = code.local(I32);
    code.ops([
        Instruction::LocalGet(size),
        Instruction::LocalGet(align),
        Instruction::Call(alloc),
        Instruction::LocalTee(start),
        Instruction::I32Const(0),
        Instruction::LocalGet(size),
        Instruction::MemoryFill(0),
        Instruction::LocalGet(start),
    ]);
    code
}

/// `cabi_realloc(old, old size, align, size) -> address`
fn realloc(alloc: u32) -> Code {
    let (old, old_size, align, size) = (0, 1, 2, 3);
    let mut code = Code::new(&[I32; 4], &[I32]);
    let start = code.local(I32);
    code.ops([
        Instruction::LocalGet(size),
        Instruction::LocalGet(align),
        Instruction::Call(alloc),
        Instruction::LocalTee(start),
        Instruction::LocalGet(old),
        Instruction::LocalGet(old_size),
        Instruction::LocalGet(size),
        Instruction::LocalGet(old_size),
        Instruction::LocalGet(size),
        Instruction::I32LtU,
        Instruction::Select,
        Instruction::MemoryCopy {
            src_mem: 0,
            dst_mem: 0,
        },
        Instruction::LocalGet(start),
    ]);
    code
}

fn core(ty: &WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}
