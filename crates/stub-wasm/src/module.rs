//! A core module in the making: imports, functions, static data, and how they become bytes.
//!
//! Functions are numbered when they are first asked for and may call what has no body yet. Texts
//! stand in the data once, as two bytes of length and the text.

use std::collections::BTreeMap;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, Encode, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, GlobalType, ImportSection, InstructionSink, MemorySection,
    MemoryType, NameMap, NameSection, TypeSection, ValType,
};

/// Writes instructions one after the other: `asm!(body: local_get 0; i32_const 1; i32_add;)`.
macro_rules! asm {
    ($body:expr; $($op:ident $($arg:expr),*;)*) => {{
        $( $body.ops().$op($($arg),*); )*
    }};
}
pub(crate) use asm;

/// A function of the module.
pub(crate) struct Body {
    /// What it is called in the readable view, and what it is for.
    pub(crate) name: String,
    pub(crate) comment: String,
    params: Vec<ValType>,
    results: Vec<ValType>,
    locals: Vec<ValType>,
    code: Vec<u8>,
}

impl Body {
    pub(crate) fn new(name: impl Into<String>, params: &[ValType], results: &[ValType]) -> Body {
        Body {
            name: name.into(),
            comment: String::new(),
            params: params.to_vec(),
            results: results.to_vec(),
            locals: Vec::new(),
            code: Vec::new(),
        }
    }

    pub(crate) fn about(mut self, comment: impl Into<String>) -> Body {
        self.comment = comment.into();
        self
    }

    /// A new local variable.
    pub(crate) fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        index(self.params.len() + self.locals.len() - 1)
    }

    pub(crate) fn ops(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut groups: Vec<(u32, ValType)> = Vec::new();
        for ty in &self.locals {
            match groups.last_mut() {
                Some((count, last)) if last == ty => *count += 1,
                _ => groups.push((1, *ty)),
            }
        }
        groups.len().encode(&mut bytes);
        for (count, ty) in groups {
            count.encode(&mut bytes);
            ty.encode(&mut bytes);
        }
        bytes.extend_from_slice(&self.code);
        bytes.push(0x0b);
        bytes
    }
}

type Signature = (Vec<ValType>, Vec<ValType>);

/// Where the static data starts: after the heads of the free lists.
const DATA: u32 = 128;

/// A page of linear memory.
const PAGE: u64 = 65536;

/// The largest memory: one page short of 4 GiB, so that every end of a block is an `i32`.
pub(crate) const MAX_PAGES: u64 = 65535;

/// The module's variables.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(crate) enum Global {
    /// The end of what the current call has allocated.
    Top,
    /// The end of what outlives calls, and the start of what a call allocates.
    Base,
    /// The table of indices 0, 1, 2, … that the current parameter's nodes point into.
    Indices,
    /// How many entries of the lasting table are written.
    Written,
    /// The first node of the parameter that is being lowered.
    Start,
    /// Its next free node.
    Next,
    /// The nodes of the answer that is being lifted.
    Nodes,
    /// Their number.
    Count,
    /// The name of the function that is being called, a text.
    Function,
    /// The worker that is being called.
    Worker,
    /// The lasting table of indices; never changes.
    Table,
    /// Where failed calls give results: the `rpc-error` of the current call, if there is one.
    Error,
    /// The remote resources that the current call gives away, the last first; 1 ends the chain.
    Moved,
    /// Those that it made, the last first.
    Made,
    /// Room for blocks that outlive calls, and its end.
    Room,
    RoomEnd,
    /// The first block that the current call took out of the arena to keep it, and the end of the
    /// last one, if there is any.
    Hole,
    Floor,
}

/// How many variables there are where calls trap and no resource is remote.
const PLAIN_GLOBALS: u32 = 11;
const GLOBALS: u32 = 18;

/// What ends the chain of resources that were given away: not zero, since that is in those that were
/// not.
pub(crate) const END_OF_MOVED: u32 = 1;

/// How many entries the lasting table of indices can have: it lies in the first page.
pub(crate) const TABLE_ENTRIES: u32 = 8192;

/// A core module.
#[derive(Default)]
pub(crate) struct Module {
    types: Vec<Signature>,
    imports: Vec<(String, String, u32)>,
    bodies: Vec<Option<Body>>,
    exports: Vec<(String, u32)>,
    data: Vec<u8>,
    texts: BTreeMap<(Option<u8>, String), i32>,
    /// Whether it has the variables of failed calls and remote resources.
    pub(crate) extended: bool,
}

impl Module {
    fn ty(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let signature = (params.to_vec(), results.to_vec());
        let known = self.types.iter().position(|ty| *ty == signature);
        index(known.unwrap_or_else(|| {
            self.types.push(signature);
            self.types.len() - 1
        }))
    }

    /// Imports a function; all imports come before the first function is reserved.
    pub(crate) fn import(
        &mut self,
        (module, name): (String, String),
        params: &[ValType],
        results: &[ValType],
    ) -> u32 {
        debug_assert!(self.bodies.is_empty(), "imports are numbered first");
        let ty = self.ty(params, results);
        self.imports.push((module, name, ty));
        index(self.imports.len() - 1)
    }

    /// Numbers a function whose body comes later.
    pub(crate) fn reserve(&mut self) -> u32 {
        self.bodies.push(None);
        index(self.imports.len() + self.bodies.len() - 1)
    }

    pub(crate) fn define(&mut self, function: u32, body: Body) {
        let place = function as usize - self.imports.len();
        self.bodies[place] = Some(body);
    }

    pub(crate) fn add(&mut self, body: Body) -> u32 {
        let function = self.reserve();
        self.define(function, body);
        function
    }

    pub(crate) fn export(&mut self, name: String, function: u32) {
        self.exports.push((name, function));
    }

    /// The address of a text: its length in two bytes, then the text.
    pub(crate) fn text(&mut self, text: &str) -> i32 {
        self.place(None, text)
    }

    /// The address of a text after a byte.
    pub(crate) fn marked_text(&mut self, mark: u8, text: &str) -> i32 {
        self.place(Some(mark), text)
    }

    fn place(&mut self, mark: Option<u8>, text: &str) -> i32 {
        let key = (mark, text.to_string());
        if let Some(address) = self.texts.get(&key) {
            return *address;
        }
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        let mut bytes: Vec<u8> = mark.into_iter().collect();
        bytes.extend(length.to_le_bytes());
        bytes.extend(&text.as_bytes()[..usize::from(length)]);
        let address = self.bytes(&bytes);
        self.texts.insert(key, address);
        address
    }

    /// The address of bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> i32 {
        let address = DATA + index(self.data.len());
        self.data.extend_from_slice(bytes);
        i32::try_from(address).expect("static data is far smaller than 2 GiB")
    }

    fn bodies(&self) -> impl Iterator<Item = &Body> {
        let bodies = self.bodies.iter();
        bodies.map(|body| body.as_ref().expect("a reserved function gets its body"))
    }

    /// The name and comment of each function, in order.
    pub(crate) fn comments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bodies().map(|body| (&*body.name, &*body.comment))
    }

    /// The module as bytes, with function names if they are wanted.
    pub(crate) fn finish(&mut self, named: bool) -> Vec<u8> {
        let signatures: Vec<Signature> = self
            .bodies()
            .map(|body| (body.params.clone(), body.results.clone()))
            .collect();
        let signatures: Vec<u32> = signatures
            .iter()
            .map(|(params, results)| self.ty(params, results))
            .collect();
        let mut module = wasm_encoder::Module::new();
        let mut types = TypeSection::new();
        for (params, results) in &self.types {
            types
                .ty()
                .function(params.iter().copied(), results.iter().copied());
        }
        let mut imports = ImportSection::new();
        for (module, name, ty) in &self.imports {
            imports.import(module, name, EntityType::Function(*ty));
        }
        let mut functions = FunctionSection::new();
        signatures.iter().for_each(|ty| {
            functions.function(*ty);
        });
        module.section(&types).section(&imports).section(&functions);
        self.finish_memory(&mut module);
        let mut code = CodeSection::new();
        for body in self.bodies() {
            code.raw(&body.bytes());
        }
        let mut data = DataSection::new();
        data.active(
            0,
            &ConstExpr::i32_const(address(DATA)),
            self.data.iter().copied(),
        );
        module.section(&code).section(&data);
        if named {
            self.finish_names(&mut module);
        }
        module.finish()
    }

    fn finish_memory(&self, module: &mut wasm_encoder::Module) {
        let table = (DATA + index(self.data.len())).next_multiple_of(16);
        let heap = table + 4 * TABLE_ENTRIES;
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: u64::from(heap).div_ceil(PAGE),
            maximum: Some(MAX_PAGES),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        let count = if self.extended {
            GLOBALS
        } else {
            PLAIN_GLOBALS
        };
        for global in 0..count {
            let value = match global {
                g if g == Global::Top as u32 || g == Global::Base as u32 => heap,
                g if g == Global::Table as u32 || g == Global::Indices as u32 => table,
                g if g == Global::Moved as u32 => END_OF_MOVED,
                _ => 0,
            };
            let ty = GlobalType {
                val_type: ValType::I32,
                mutable: global != Global::Table as u32,
                shared: false,
            };
            globals.global(ty, &ConstExpr::i32_const(address(value)));
        }
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        for (name, function) in &self.exports {
            exports.export(name, ExportKind::Func, *function);
        }
        module
            .section(&memories)
            .section(&globals)
            .section(&exports);
    }

    fn finish_names(&self, module: &mut wasm_encoder::Module) {
        let mut functions = NameMap::new();
        for (place, (_, name, _)) in self.imports.iter().enumerate() {
            functions.append(index(place), name);
        }
        for (place, body) in self.bodies().enumerate() {
            functions.append(index(self.imports.len() + place), &body.name);
        }
        let mut names = NameSection::new();
        names.functions(&functions);
        module.section(&names);
    }
}

fn address(address: u32) -> i32 {
    i32::try_from(address).expect("static data is far smaller than 2 GiB")
}

pub(crate) fn index(index: usize) -> u32 {
    u32::try_from(index).expect("a module has fewer than 2^32 of anything")
}
