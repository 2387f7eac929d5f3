//! A function's code while it is written.

use wasm_encoder::{BlockType, Instruction, MemArg, MemArgTarget, ValType};

/// The global that holds the end of the memory in use.
pub(super) const TOP: u32 = 0;
/// The global that holds the number of the last resource.
pub(super) const NUMBER: u32 = 1;
/// The global that holds how many resources live.
pub(super) const ALIVE: u32 = 2;

/// Where memory in use begins, at the start of a call.
pub(super) const BASE: i32 = 16;

/// A function.
#[derive(Default)]
pub(super) struct Code {
    pub(super) params: Vec<ValType>,
    pub(super) results: Vec<ValType>,
    pub(super) locals: Vec<ValType>,
    pub(super) ops: Vec<Instruction<'static>>,
}

impl Code {
    pub(super) fn new(params: &[ValType], results: &[ValType]) -> Code {
        Code {
            params: params.to_vec(),
            results: results.to_vec(),
            ..Code::default()
        }
    }

    pub(super) fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        u32::try_from(self.params.len() + self.locals.len() - 1).unwrap()
    }

    pub(super) fn op(&mut self, op: Instruction<'static>) {
        self.ops.push(op);
    }

    pub(super) fn ops(&mut self, ops: impl IntoIterator<Item = Instruction<'static>>) {
        self.ops.extend(ops);
    }

    /// `{ … }` if there is a number other than 0 on the stack.
    pub(super) fn when(&mut self, inner: impl FnOnce(&mut Code)) {
        self.op(Instruction::If(BlockType::Empty));
        inner(self);
        self.op(Instruction::End);
    }

    /// `{ … }` for each of `count` items of `size` bytes; both locals are used up.
    pub(super) fn each(
        &mut self,
        (address, count): (u32, u32),
        size: u32,
        inner: impl FnOnce(&mut Code),
    ) {
        self.ops([
            Instruction::Block(BlockType::Empty),
            Instruction::Loop(BlockType::Empty),
            Instruction::LocalGet(count),
            Instruction::I32Eqz,
            Instruction::BrIf(1),
        ]);
        inner(self);
        for (local, step) in [(address, size.cast_signed()), (count, -1)] {
            self.ops([
                Instruction::LocalGet(local),
                Instruction::I32Const(step),
                Instruction::I32Add,
                Instruction::LocalSet(local),
            ]);
        }
        self.ops([Instruction::Br(0), Instruction::End, Instruction::End]);
    }

    /// Empties the memory in use.
    pub(super) fn reset(&mut self) {
        self.ops([Instruction::I32Const(BASE), Instruction::GlobalSet(TOP)]);
    }
}

/// Memory at `offset` from the address on the stack.
pub(super) fn at(offset: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: 0,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}
