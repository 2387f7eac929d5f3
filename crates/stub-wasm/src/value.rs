//! Pieces of code that lowering, lifting and counting share.

use wasm_encoder::BlockType;

use crate::memory::at;
use crate::module::{Body, asm, index};
use crate::shape::ShapeId;

/// An address: `offset` bytes after the one in a local variable.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) base: u32,
    pub(crate) offset: u32,
}

impl Place {
    pub(crate) fn new(base: u32, offset: u32) -> Place {
        Place { base, offset }
    }
}

pub(crate) fn push_address(b: &mut Body, place: Place) {
    asm!(b; local_get place.base;);
    if place.offset > 0 {
        asm!(b; i32_const place.offset as i32; i32_add;);
    }
}

/// Loads 1, 2, 4 or 8 bytes from the address on the stack.
pub(crate) fn load(b: &mut Body, width: u32, offset: u32) {
    let from = at(offset);
    match width {
        1 => b.ops().i32_load8_u(from),
        2 => b.ops().i32_load16_u(from),
        4 => b.ops().i32_load(from),
        _ => b.ops().i64_load(from),
    };
}

/// Stores 1, 2, 4 or 8 bytes.
pub(crate) fn store(b: &mut Body, width: u32, offset: u32) {
    let to = at(offset);
    match width {
        1 => b.ops().i32_store8(to),
        2 => b.ops().i32_store16(to),
        4 => b.ops().i32_store(to),
        _ => b.ops().i64_store(to),
    };
}

/// The payloads of a choice, each once, and which of them each case has.
pub(crate) fn distinct(cases: &[Option<ShapeId>]) -> (Vec<u32>, Vec<Option<ShapeId>>) {
    let mut payloads = Vec::new();
    let targets = cases.iter().map(|case| {
        let known = payloads.iter().position(|payload| payload == case);
        index(known.unwrap_or_else(|| {
            payloads.push(*case);
            payloads.len() - 1
        }))
    });
    let targets = targets.collect();
    (targets, payloads)
}

/// Does what the target of the case in local `tag` says; each target's code stands once. A tag is
/// known to be that of a case.
pub(crate) fn switch(
    b: &mut Body,
    tag: u32,
    targets: &[u32],
    write: &mut dyn FnMut(&mut Body, usize),
) {
    let count = targets.iter().max().map_or(0, |last| last + 1);
    if count < 2 {
        (0..count).for_each(|target| write(b, target as usize));
        return;
    }
    for _ in 0..=count {
        asm!(b; block BlockType::Empty;);
    }
    asm!(b; local_get tag; br_table targets.iter().copied(), count - 1; end;);
    for target in 0..count {
        write(b, target as usize);
        if target + 1 < count {
            asm!(b; br count - 1 - target;);
        }
        asm!(b; end;);
    }
}
