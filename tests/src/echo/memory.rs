//! Values in memory: how they get there, what they own, and what is all zero.

use wasm_encoder::{Instruction, ValType};
use wit_parser::TypeId;

use crate::echo::code::{Code, at};
use crate::echo::layout::{Layout, Shape};

const I32: ValType = ValType::I32;

/// A place in memory: an offset from the address in a local.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) base: u32,
    pub(super) offset: u32,
}

impl Place {
    fn after(self, offset: u32) -> Place {
        Place {
            offset: self.offset + offset,
            ..self
        }
    }
}

/// Stores what was passed of a value, core values in locals. Where cases share them, what a case
/// stores is the low bytes.
pub(super) fn spill(code: &mut Code, layout: &Layout, place: Place, passed: &[(u32, ValType)]) {
    match &layout.shape {
        Shape::Bits | Shape::Own(_) => store(code, place, layout.size, passed[0]),
        Shape::List(_) => {
            store(code, place, 4, passed[0]);
            store(code, place.after(4), 4, passed[1]);
        }
        Shape::Fields(fields) => {
            let mut rest = passed;
            for (offset, field) in fields {
                let (own, others) = rest.split_at(field.flat);
                spill(code, field, place.after(*offset), own);
                rest = others;
            }
        }
        Shape::Choice {
            tag,
            payload,
            cases,
        } => {
            store(code, place, *tag, passed[0]);
            for (number, case) in (0..).zip(cases) {
                let Some(case) = case else { continue };
                // not as it was passed: there it may be wider, for the sake of another case
                is_case(code, place, *tag, number);
                code.when(|code| spill(code, case, place.after(*payload), &passed[1..]));
            }
        }
    }
}

fn store(code: &mut Code, place: Place, width: u32, (local, ty): (u32, ValType)) {
    code.ops([
        Instruction::LocalGet(place.base),
        Instruction::LocalGet(local),
    ]);
    let to = at(place.offset);
    code.op(match (ty, width) {
        (ValType::F32, _) => Instruction::F32Store(to),
        (ValType::F64, _) => Instruction::F64Store(to),
        (ValType::I64, 1) => Instruction::I64Store8(to),
        (ValType::I64, 2) => Instruction::I64Store16(to),
        (ValType::I64, 4) => Instruction::I64Store32(to),
        (ValType::I64, _) => Instruction::I64Store(to),
        (_, 1) => Instruction::I32Store8(to),
        (_, 2) => Instruction::I32Store16(to),
        _ => Instruction::I32Store(to),
    });
}

/// Loads a value that is one core value of type `ty`.
pub(super) fn load(code: &mut Code, place: Place, width: u32, ty: ValType) {
    code.op(Instruction::LocalGet(place.base));
    let from = at(place.offset);
    code.op(match (ty, width) {
        (ValType::F32, _) => Instruction::F32Load(from),
        (ValType::F64, _) => Instruction::F64Load(from),
        (ValType::I64, _) => Instruction::I64Load(from),
        (_, 1) => Instruction::I32Load8U(from),
        (_, 2) => Instruction::I32Load16U(from),
        _ => Instruction::I32Load(from),
    });
}

/// Pushes whether the tag at `place` is `number`.
fn is_case(code: &mut Code, place: Place, width: u32, number: i32) {
    load(code, place, width, I32);
    code.ops([Instruction::I32Const(number), Instruction::I32Eq]);
}

/// Drops every resource that the value at `place` owns; `drop` gives the function that does it.
pub(super) fn release(
    code: &mut Code,
    layout: &Layout,
    place: Place,
    drop: &dyn Fn(TypeId) -> u32,
) {
    if !layout.owns() {
        return;
    }
    match &layout.shape {
        Shape::Bits | Shape::List(None) => {}
        Shape::Own(resource) => {
            load(code, place, 4, I32);
            code.op(Instruction::Call(drop(*resource)));
        }
        Shape::List(Some(item)) => {
            let (address, count) = (code.local(I32), code.local(I32));
            load(code, place, 4, I32);
            code.op(Instruction::LocalSet(address));
            load(code, place.after(4), 4, I32);
            code.op(Instruction::LocalSet(count));
            let first = Place {
                base: address,
                offset: 0,
            };
            code.each((address, count), item.size, |code| {
                release(code, item, first, drop);
            });
        }
        Shape::Fields(fields) => {
            for (offset, field) in fields {
                release(code, field, place.after(*offset), drop);
            }
        }
        Shape::Choice {
            tag,
            payload,
            cases,
        } => {
            for (number, case) in (0..).zip(cases) {
                let Some(case) = case.as_ref().filter(|case| case.owns()) else {
                    continue;
                };
                is_case(code, place, *tag, number);
                code.when(|code| release(code, case, place.after(*payload), drop));
            }
        }
    }
}

/// Makes the resources that an all-zero value at `place` owns; `new` gives the function that makes
/// one and leaves its handle on the stack.
pub(super) fn fill(code: &mut Code, layout: &Layout, place: Place, new: &dyn Fn(TypeId) -> u32) {
    match &layout.shape {
        Shape::Bits | Shape::List(_) => {}
        Shape::Own(resource) => {
            code.ops([
                Instruction::LocalGet(place.base),
                Instruction::I32Const(0),
                Instruction::Call(new(*resource)),
                Instruction::I32Store(at(place.offset)),
            ]);
        }
        Shape::Fields(fields) => {
            for (offset, field) in fields {
                fill(code, field, place.after(*offset), new);
            }
        }
        Shape::Choice { payload, cases, .. } => {
            if let Some(Some(first)) = cases.first() {
                fill(code, first, place.after(*payload), new);
            }
        }
    }
}
