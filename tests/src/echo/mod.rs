//! Components to be called: given any world, one that exports it and gives back what it gets.
//!
//! In: a resolved world. Out: a component without WASI, whose functions behave by their signature:
//!
//! | function | result |
//! |---|---|
//! | with parameters of the result's type | the first of these, as it came |
//! | a method without parameters whose result is a `u32` | the number of its resource: 1, 2, 3, … |
//! | `alive: func() -> u32` of an interface or the world | how many resources live in the worker |
//! | any other | all zero: empty texts and lists, first cases, and a new resource for each `own` |
//!
//! Resources in parameters that are not given back are dropped. Nothing here can be async, nor hold
//! what a stub cannot carry: see [`without`].

mod body;
mod code;
mod exports;
mod layout;
mod memory;

pub use layout::same_type;

use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, MemorySection, MemoryType, Module, TypeSection,
    ValType,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId, WorldItem};

use crate::echo::body::Bodies;
use crate::echo::code::Code;

/// A component that exports `world`.
pub fn component(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let mut module = module(resolve, world);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module).unwrap();
    encoder.encode().unwrap()
}

/// The same world without the exported functions of these names on the wire,
/// `ns:pkg/iface.{res.f}`, and without the types that these functions alone have.
pub fn without(resolve: &Resolve, world: WorldId, names: &[&str]) -> Resolve {
    let mut less = resolve.clone();
    for (key, function) in exports::functions(resolve, world) {
        if !names.contains(&&*exports::wire_name(resolve, key, function)) {
            continue;
        }
        match key.map(|key| &resolve.worlds[world].exports[key]) {
            Some(WorldItem::Interface { id, .. }) => {
                less.interfaces[*id].functions.shift_remove(&function.name);
            }
            _ => {
                let key = wit_parser::WorldKey::Name(function.name.clone());
                less.worlds[world].exports.shift_remove(&key);
            }
        }
    }
    less
}

/// One page of memory for a start, behind a first one that nothing uses.
const HEAP: u64 = code::BASE as u64;
const PAGES: u64 = 1;

fn module(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let bodies = Bodies::of(resolve, world);
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    let (mut functions, mut exports) = (FunctionSection::new(), ExportSection::new());
    let mut code = CodeSection::new();
    let mut ty = 0;
    for ((module, name), result) in &bodies.imports {
        types.ty().function([ValType::I32], result.iter().copied());
        imports.import(module, name, EntityType::Function(ty));
        ty += 1;
    }
    for Code {
        params, results, ..
    } in &bodies.functions
    {
        types
            .ty()
            .function(params.iter().copied(), results.iter().copied());
        functions.function(ty);
        ty += 1;
    }
    for body in &bodies.functions {
        let locals = body.locals.iter().map(|ty| (1, *ty));
        let mut function = Function::new(locals);
        for op in &body.ops {
            function.instruction(op);
        }
        code.function(&function);
    }
    exports.export("memory", ExportKind::Memory, 0);
    for (name, function) in &bodies.exports {
        exports.export(name, ExportKind::Func, *function);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions);
    module.section(&memory()).section(&globals());
    module.section(&exports).section(&code);
    module.finish()
}

fn memory() -> MemorySection {
    let mut section = MemorySection::new();
    section.memory(MemoryType {
        minimum: PAGES,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    section
}

/// See the constants of `code`.
fn globals() -> GlobalSection {
    let mut section = GlobalSection::new();
    for value in [i32::try_from(HEAP).unwrap(), 0, 0] {
        let ty = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        section.global(ty, &ConstExpr::i32_const(value));
    }
    section
}
