//! Linear memory: an arena for the current call, and blocks that outlive calls.
//!
//! ```text
//! 0          128     table     base of the arena           top
//! | free lists | data | indices | kept blocks | this call's blocks | …
//! ```
//!
//! The arena is reset when a function returns; a result still lies there, untouched, until the next
//! call's first block, which comes after the caller has read it. So no `cabi_post_…` is needed. A
//! block that outlives its call (the record of a resource) has a power of two as its size. It comes
//! from the free list of that size or, where that is empty, moves the arena's base up: a component
//! that keeps n resources at a time needs room for n, however many there were.
//!
//! Remote resources are kept while the arena holds parameters or an answer. In a stub that has any,
//! a block comes from a free list, or else from a stretch of room, or else from a new stretch that
//! the arena itself gives at its top. When that call ends, the arena's base moves behind the new
//! stretch, and what was the arena before it is room for blocks of later calls.

use wasm_encoder::{BlockType, MemArg, MemArgTarget, ValType};

use crate::emit::{Emit, Key};
use crate::module::{Body, Global, MAX_PAGES, asm};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

/// Where a load or store goes: `offset` bytes after the address on the stack.
pub(crate) fn at(offset: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: 0,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

const TOP: u32 = Global::Top as u32;
const BASE: u32 = Global::Base as u32;
const ROOM: u32 = Global::Room as u32;
const ROOM_END: u32 = Global::RoomEnd as u32;
const HOLE: u32 = Global::Hole as u32;
const FLOOR: u32 = Global::Floor as u32;

/// The least that the arena gives away at once.
const STRETCH: i32 = 1024;

/// `alloc(size: i64, align) -> address`: the next block of the arena. Traps where memory ends.
pub(crate) fn alloc(_: &mut Emit<'_>) -> Body {
    let (size, align) = (0, 1);
    let mut b = Body::new("alloc", &[I64, I32], &[I32]).about("the next block of the arena");
    let start = b.local(I32);
    asm!(b;
        // start = top rounded up; size becomes the block's end
        global_get TOP; local_get align; i32_add; i32_const 1; i32_sub;
        i32_const 0; local_get align; i32_sub; i32_and; local_tee start;
        i64_extend_i32_u; local_get size; i64_add; local_tee size;
        memory_size 0; i64_extend_i32_u; i64_const 16; i64_shl;
        i64_gt_u; if_ BlockType::Empty;
            // an end beyond all memory must not wrap around below
            local_get size; i64_const (MAX_PAGES << 16) as i64; i64_gt_u;
            if_ BlockType::Empty; unreachable; end;
            local_get size; i64_const 65535; i64_add; i64_const 16; i64_shr_u; i32_wrap_i64;
            memory_size 0; i32_sub; memory_grow 0; i32_const -1; i32_eq;
            if_ BlockType::Empty; unreachable; end;
        end;
        local_get size; i32_wrap_i64; global_set TOP;
        local_get start;
    );
    b
}

/// `cabi_realloc(old, old_size, align, size) -> address`. An old block is copied and left behind:
/// it goes with the rest of the call's memory.
pub(crate) fn realloc(e: &mut Emit<'_>) -> Body {
    let (old, old_size, align, size) = (0, 1, 2, 3);
    let mut b = Body::new("cabi-realloc", &[I32; 4], &[I32]).about("room for what a call passes");
    let start = b.local(I32);
    asm!(b;
        local_get size; i64_extend_i32_u; local_get align; call e.f(Key::Alloc); local_set start;
        local_get old_size; if_ BlockType::Empty;
            local_get start; local_get old;
            local_get old_size; local_get size; local_get old_size; local_get size; i32_lt_u; select;
            memory_copy 0, 0;
        end;
        local_get start;
    );
    b
}

/// Pushes the address of the free list's head for a block of the size in local `size`.
fn head(b: &mut Body, size: u32) {
    asm!(b;
        i32_const 32; local_get size; i32_const 1; i32_sub; i32_clz; i32_sub;
        i32_const 2; i32_shl;
    );
}

/// `keep(size) -> address`: a block that outlives the call. What the arena holds stays readable
/// only for a copy into the block that is made at once.
pub(crate) fn keep(e: &mut Emit<'_>) -> Body {
    let size = 0;
    let mut b = Body::new("keep", &[I32], &[I32]).about("a block that outlives the call");
    let (list, block) = (b.local(I32), b.local(I32));
    asm!(b; local_get size; i32_const 0; i32_le_s; if_ BlockType::Empty; unreachable; end;);
    head(&mut b, size);
    asm!(b;
        local_tee list; i32_load at(0); local_tee block; if_ BlockType::Empty;
            local_get list; local_get block; i32_load at(0); i32_store at(0);
        else_;
    );
    match e.remote {
        false => asm!(b;
            global_get BASE; global_set TOP;
            i64_const 1; local_get list; i32_const 2; i32_shr_u; i64_extend_i32_u; i64_shl;
            i32_const 1; call e.f(Key::Alloc); local_set block;
            global_get TOP; global_set BASE;
        ),
        true => take_room(e, &mut b, (size, list, block)),
    }
    asm!(b; end; local_get block;);
    b
}

/// Sets `block` to new room for a block of the size that `list` is for, beside the arena's content.
fn take_room(e: &mut Emit<'_>, b: &mut Body, (size, list, block): (u32, u32, u32)) {
    asm!(b;
        // no block of 2 GiB: its size would be negative
        local_get size; i32_const 1 << 30; i32_gt_u; if_ BlockType::Empty; unreachable; end;
        i32_const 1; local_get list; i32_const 2; i32_shr_u; i32_shl; local_set size;
        global_get ROOM_END; global_get ROOM; i32_sub; local_get size; i32_lt_u;
        if_ BlockType::Empty;
            local_get size; i32_const STRETCH; local_get size; i32_const STRETCH; i32_gt_u; select;
            i64_extend_i32_u; i32_const 16; call e.f(Key::Alloc); global_set ROOM;
            global_get TOP; global_set ROOM_END;
            global_get FLOOR; i32_eqz; if_ BlockType::Empty;
                global_get ROOM; global_set HOLE;
            end;
            global_get TOP; global_set FLOOR;
        end;
        global_get ROOM; local_tee block; local_get size; i32_add; global_set ROOM;
    );
}

/// `release(block, size)`: gives a kept block to the free list of its size.
pub(crate) fn release(_: &mut Emit<'_>) -> Body {
    let (block, size) = (0, 1);
    let mut b = Body::new("release", &[I32, I32], &[]).about("frees a kept block");
    let list = b.local(I32);
    head(&mut b, size);
    asm!(b;
        local_set list;
        local_get block; local_get list; i32_load at(0); i32_store at(0);
        local_get list; local_get block; i32_store at(0);
    );
    b
}

/// `reset()`: empties the arena where it may have given room away. Of the old stretch of room and
/// what lay before the new one, the larger is used.
pub(crate) fn reset(_: &mut Emit<'_>) -> Body {
    let mut b = Body::new("reset", &[], &[]).about("empties the arena");
    asm!(b;
        global_get FLOOR; if_ BlockType::Empty;
            global_get HOLE; global_get BASE; i32_sub;
            global_get ROOM_END; global_get ROOM; i32_sub;
            i32_gt_u; if_ BlockType::Empty;
                global_get BASE; global_set ROOM;
                global_get HOLE; global_set ROOM_END;
            end;
            global_get FLOOR; global_set BASE;
            i32_const 0; global_set FLOOR;
        end;
        global_get BASE; global_set TOP;
    );
    b
}

impl Emit<'_> {
    /// Empties the arena, at the end of a call.
    pub(crate) fn reset(&mut self, b: &mut Body) {
        if self.remote {
            asm!(b; call self.f(Key::Reset);)
        } else {
            asm!(b; global_get BASE; global_set TOP;)
        }
    }
}
