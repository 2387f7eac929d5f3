//! From values in memory to nodes: one function for each compound shape, and its helpers.
//!
//! The nodes of a parameter are counted first, so that they are one block and nothing has to move.
//! The children of a node always lie side by side, so that their indices, which the node must list,
//! are a stretch k, k+1, … of a table 0, 1, 2, … that all nodes share.

use wasm_encoder::{BlockType, ValType};

use crate::emit::{Emit, Key};
use crate::memory::at;
use crate::module::{Body, Global, TABLE_ENTRIES, asm};
use crate::shape::{Kind, Node, ShapeId};
use crate::value::{Place, distinct, load, push_address, store, switch};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;
const INDICES: u32 = Global::Indices as u32;
const WRITTEN: u32 = Global::Written as u32;
const START: u32 = Global::Start as u32;
const NEXT: u32 = Global::Next as u32;
const TABLE: u32 = Global::Table as u32;

/// The layout of a `wit-node`.
pub(crate) const NODE_SIZE: u32 = 24;
pub(crate) const NODE_ALIGN: i32 = 8;
/// Its payload: a plain value, the pointer of a list, or a tag.
pub(crate) const PAYLOAD: u32 = 8;
/// The length of a list.
pub(crate) const LENGTH: u32 = 12;
/// The index that a variant or a result may hold: `option<node-index>`.
pub(crate) const CHILD: u32 = 12;
/// What no node with a list uses: room for eight flags.
const UNUSED: i32 = 16;

/// `open(value, count: i64) -> root`: room for the nodes of the `wit-value` at this address.
pub(crate) fn open(e: &mut Emit<'_>) -> Body {
    let (value, count) = (0, 1);
    let mut b = Body::new("open", &[I32, I64], &[I32]).about("room for a parameter's nodes");
    let (entry, end, pair) = (b.local(I32), b.local(I32), b.local(I64));
    asm!(b;
        local_get count; i64_const i64::from(NODE_SIZE); i64_mul; i32_const NODE_ALIGN;
        call e.f(Key::Alloc); global_set START;
        global_get START; i32_const NODE_SIZE as i32; i32_add; global_set NEXT;
        local_get value; global_get START; i32_store at(0);
        local_get value; local_get count; i32_wrap_i64; i32_store at(4);
        // indices: from the lasting table, or from one of this call
        local_get count; i64_const i64::from(TABLE_ENTRIES); i64_gt_u; if_ BlockType::Empty;
            local_get count; i64_const 4; i64_mul; i64_const 4; i64_add;
            i32_const 4; call e.f(Key::Alloc);
            global_set INDICES;
        else_;
            global_get TABLE; global_set INDICES;
            global_get WRITTEN; local_set entry;
            local_get count; local_get entry; i64_extend_i32_u; i64_gt_u; if_ BlockType::Empty;
                local_get count; i64_const 1; i64_add; i64_const -2; i64_and; i32_wrap_i64;
                global_set WRITTEN;
            end;
        end;
        // two entries at a time, from an even one on: pair = entry | (entry + 1) << 32
        local_get entry; i64_extend_i32_u; i64_const (1 << 32) + 1; i64_mul;
        i64_const 1 << 32; i64_add; local_set pair;
        global_get INDICES; local_get count; i32_wrap_i64; i32_const 2; i32_shl; i32_add;
        local_set end;
        global_get INDICES; local_get entry; i32_const 2; i32_shl; i32_add; local_set entry;
        block BlockType::Empty; loop_ BlockType::Empty;
            local_get entry; local_get end; i32_ge_u; br_if 1;
            local_get entry; local_get pair; i64_store at(0);
            local_get pair; i64_const (2 << 32) + 2; i64_add; local_set pair;
            local_get entry; i32_const 8; i32_add; local_set entry;
            br 0;
        end; end;
        global_get START;
    );
    b
}

/// `children(node, kind, count) -> first child`: makes a node a list of new nodes.
pub(crate) fn children(_: &mut Emit<'_>) -> Body {
    let (node, kind, count) = (0, 1, 2);
    let mut b = Body::new("children", &[I32; 3], &[I32]).about("a node that lists new nodes");
    let first = b.local(I32);
    asm!(b;
        local_get node; local_get kind; i32_store8 at(0);
        local_get node;
        global_get INDICES; global_get NEXT; local_tee first; global_get START; i32_sub;
        i32_const NODE_SIZE as i32 / 4; i32_div_u; i32_add; i32_store at(PAYLOAD);
        local_get node; local_get count; i32_store at(LENGTH);
        local_get first; local_get count; i32_const NODE_SIZE as i32; i32_mul; i32_add;
        global_set NEXT;
        local_get first;
    );
    b
}

/// `child(option) -> child`: makes an `option<node-index>` some new node.
pub(crate) fn child(_: &mut Emit<'_>) -> Body {
    let option = 0;
    let mut b = Body::new("child", &[I32], &[I32]).about("an index of a new node");
    let child = b.local(I32);
    asm!(b;
        local_get option; i32_const 1; i32_store8 at(0);
        local_get option;
        global_get NEXT; local_tee child; global_get START; i32_sub;
        i32_const NODE_SIZE as i32; i32_div_u; i32_store at(4);
        local_get child; i32_const NODE_SIZE as i32; i32_add; global_set NEXT;
        local_get child;
    );
    b
}

/// `lower-flags(node, bits, count)`. Up to eight flags lie in the node itself.
pub(crate) fn lower_flags(e: &mut Emit<'_>) -> Body {
    let (node, bits, count) = (0, 1, 2);
    let mut b = Body::new("lower-flags", &[I32; 3], &[]).about("flags as a list of bools");
    let flags = b.local(I32);
    asm!(b;
        local_get node; i32_const Node::Flags as i32; i32_store8 at(0);
        local_get node;
        local_get count; i32_const 8; i32_gt_u; if_ BlockType::Result(I32);
            local_get count; i64_extend_i32_u; i32_const 1; call e.f(Key::Alloc);
        else_;
            local_get node; i32_const UNUSED; i32_add;
        end;
        local_tee flags; i32_store at(PAYLOAD);
        local_get node; local_get count; i32_store at(LENGTH);
        loop_ BlockType::Empty;
            local_get count; i32_const 1; i32_sub; local_tee count;
            local_get flags; i32_add;
            local_get bits; local_get count; i32_shr_u; i32_const 1; i32_and; i32_store8 at(0);
            local_get count; br_if 0;
        end;
    );
    b
}

impl Emit<'_> {
    /// Lowers the value at `value` into the node at `node`.
    pub(crate) fn lower_value(&mut self, b: &mut Body, id: ShapeId, node: Place, value: Place) {
        let shape = self.shapes.get(id);
        let kind = shape.node as i32;
        match shape.kind {
            Kind::Plain { width, .. } => {
                asm!(b; local_get node.base; i32_const kind; i32_store8 at(node.offset););
                asm!(b; local_get node.base; local_get value.base;);
                load(b, width, value.offset);
                store(b, width, node.offset + PAYLOAD);
            }
            Kind::Enum { width, .. } => {
                asm!(b; local_get node.base; i32_const kind; i32_store8 at(node.offset););
                asm!(b; local_get node.base; local_get value.base;);
                load(b, width, value.offset);
                store(b, 4, node.offset + PAYLOAD);
            }
            Kind::Flags { count, width } => {
                push_address(b, node);
                asm!(b; local_get value.base;);
                load(b, width, value.offset);
                asm!(b; i32_const count as i32; call self.f(Key::LowerFlags););
            }
            Kind::Handle { resource, own } => {
                push_address(b, node);
                asm!(b; local_get value.base; i32_load at(value.offset););
                let lower = if own {
                    Key::Give(resource)
                } else {
                    Key::LowerHandle
                };
                asm!(b; call self.f(lower););
            }
            Kind::Fields(_) | Kind::List(_) | Kind::Choice { .. } => {
                push_address(b, node);
                push_address(b, value);
                asm!(b; call self.f(Key::Lower(id)););
            }
        }
    }

    /// `lower(node, value)` for a compound shape.
    pub(crate) fn lower(&mut self, id: ShapeId) -> Body {
        let shape = self.shapes.get(id).clone();
        let name = self.function_name("lower", id);
        let mut b = Body::new(name, &[I32, I32], &[]).about(format!("{} to nodes", shape.name));
        match shape.kind {
            Kind::Fields(fields) => self.lower_fields(&mut b, shape.node, &fields),
            Kind::List(item) => self.lower_list(&mut b, item),
            Kind::Choice {
                cases,
                width,
                payload,
            } => self.lower_choice(&mut b, shape.node, &cases, (width, payload)),
            Kind::Plain { .. } | Kind::Enum { .. } | Kind::Flags { .. } | Kind::Handle { .. } => {
                unreachable!("these are lowered where they are used")
            }
        }
        b
    }

    fn lower_fields(&mut self, b: &mut Body, node: Node, fields: &[(u32, ShapeId)]) {
        let (target, value) = (0, 1);
        let child = b.local(I32);
        asm!(b;
            local_get target; i32_const node as i32; i32_const fields.len() as i32;
            call self.f(Key::Children); local_set child;
        );
        for (place, (offset, field)) in (0u32..).zip(fields) {
            let node = Place::new(child, place * NODE_SIZE);
            self.lower_value(b, *field, node, Place::new(value, *offset));
        }
    }

    fn lower_list(&mut self, b: &mut Body, item: ShapeId) {
        let (node, value) = (0, 1);
        let (child, left) = (b.local(I32), b.local(I32));
        let size = self.shapes.get(item).size;
        asm!(b;
            local_get node; i32_const Node::List as i32;
            local_get value; i32_load at(4); local_tee left;
            call self.f(Key::Children); local_set child;
            local_get value; i32_load at(0); local_set value;
            block BlockType::Empty; loop_ BlockType::Empty;
                local_get left; i32_eqz; br_if 1;
        );
        self.lower_value(b, item, Place::new(child, 0), Place::new(value, 0));
        asm!(b;
                local_get value; i32_const size as i32; i32_add; local_set value;
                local_get child; i32_const NODE_SIZE as i32; i32_add; local_set child;
                local_get left; i32_const 1; i32_sub; local_set left;
                br 0;
            end; end;
        );
    }

    fn lower_choice(
        &mut self,
        b: &mut Body,
        kind: Node,
        cases: &[Option<ShapeId>],
        (width, payload): (u32, u32),
    ) {
        let (node, value) = (0, 1);
        let (tag, child) = (b.local(I32), b.local(I32));
        // an option is its own `option<node-index>`; the others have a tag before it
        let option = if kind == Node::Option { PAYLOAD } else { CHILD };
        asm!(b;
            local_get node; i32_const kind as i32; i32_store8 at(0);
            local_get node; local_get value;
        );
        load(b, width, 0);
        asm!(b; local_tee tag; i32_store at(PAYLOAD););
        let (targets, payloads) = distinct(cases);
        switch(b, tag, &targets, &mut |b, target| match payloads[target] {
            None => {
                asm!(b; local_get node; i32_const 0; i32_store8 at(option););
            }
            Some(case) => {
                push_address(b, Place::new(node, option));
                asm!(b; call self.f(Key::Child); local_set child;);
                self.lower_value(b, case, Place::new(child, 0), Place::new(value, payload));
            }
        });
    }
}
