//! From an answer's nodes to values in memory: one function for each compound shape, and its helpers.
//!
//! The answer is in the component's own memory, where the canonical ABI has put it: pointers,
//! lengths, cases, bools and chars are right. What the caller of golem:rpc must check is that each
//! index is that of a node, of the expected kind and with the expected number of children, and that
//! no node is met twice, so that no answer, cyclic ones included, makes more work than it has nodes.
//!
//! A malformed answer is a trap, or else the error of the call. In the second case lifting goes on to
//! its end, on nodes of zeros, so that no function has to look at what another one found.

use wasm_encoder::{BlockType, ValType};

use crate::emit::{Emit, Key};
use crate::lower::{CHILD, LENGTH, NODE_SIZE, PAYLOAD};
use crate::memory::at;
use crate::module::{Body, Global, asm};
use crate::shape::{Kind, Node, ShapeId};
use crate::value::{Place, distinct, load, push_address, store, switch};

const I32: ValType = ValType::I32;
const NODES: u32 = Global::Nodes as u32;
const COUNT: u32 = Global::Count as u32;

/// The kind of a node that was met.
const TAKEN: i32 = 255;

/// Where the index of a node comes from.
#[derive(Clone, Copy)]
pub(crate) enum Index {
    /// From this local variable.
    Local(u32),
    /// From memory.
    At(Place),
    /// From the root of the answer, whose only element it is.
    Root,
}

/// `take(index, expected) -> node`: the node of the kind that the marked text calls for. Once the
/// answer is known to be malformed, if that is no trap, a node of zeros.
pub(crate) fn take(e: &mut Emit<'_>) -> Body {
    let (index, expected) = (0, 1);
    let mut b = Body::new("take", &[I32, I32], &[I32]).about("a node that was not met before");
    let node = b.local(I32);
    let tree = e.tree();
    if e.results {
        asm!(b; block BlockType::Empty; global_get Global::Error as u32; br_if 0;);
    }
    asm!(b;
        local_get index; global_get COUNT; i32_ge_u; if_ BlockType::Empty;
            i32_const tree; call e.f(Key::Malformed);
    );
    leave_if_malformed(e, &mut b);
    asm!(b;
        end;
        global_get NODES; local_get index; i32_const NODE_SIZE as i32; i32_mul; i32_add;
        local_tee node; i32_load8_u at(0);
        local_get expected; i32_load8_u at(0);
        i32_ne; if_ BlockType::Empty;
            i32_const tree; local_get expected;
            local_get node; i32_load8_u at(0); i32_const TAKEN; i32_eq; select;
            call e.f(Key::Malformed);
    );
    leave_if_malformed(e, &mut b);
    asm!(b;
        end;
        local_get node; i32_const TAKEN; i32_store8 at(0);
        local_get node;
    );
    if e.results {
        let zeros = e.module.bytes(&[0; NODE_SIZE as usize]);
        asm!(b; return_; end; i32_const zeros;);
    }
    b
}

/// Leaves the block around this `if`, where malformed answers are no traps.
fn leave_if_malformed(e: &Emit<'_>, b: &mut Body) {
    if e.results {
        asm!(b; br 1;);
    }
}

/// `items(index, expected, count) -> items`: the list of a node that holds this many. That of a
/// malformed answer, if that is no trap, is whatever lies at the start of memory.
pub(crate) fn items(e: &mut Emit<'_>) -> Body {
    let (index, expected, count) = (0, 1, 2);
    let mut b = Body::new("items", &[I32; 3], &[I32]).about("the list of a node");
    asm!(b;
        local_get index; local_get expected; call e.f(Key::Take); local_tee index;
        i32_load at(LENGTH); local_get count; i32_ne; if_ BlockType::Empty;
            local_get expected; call e.f(Key::Malformed);
    );
    if e.results {
        asm!(b; i32_const 0; return_;);
    }
    asm!(b; end; local_get index; i32_load at(PAYLOAD););
    b
}

/// `root() -> index`: that of the one result.
pub(crate) fn root(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("root", &[], &[I32]).about("the index of the one result");
    let expected = e.expected(Node::Tuple, "a tuple of one result");
    asm!(b;
        i32_const 0; i32_const expected; i32_const 1; call e.f(Key::Items); i32_load at(0);
    );
    b
}

/// `lift-enum(index, expected, cases) -> case`.
pub(crate) fn lift_enum(e: &mut Emit<'_>) -> Body {
    let (index, expected, cases) = (0, 1, 2);
    let mut b = Body::new("lift-enum", &[I32; 3], &[I32]).about("the case of an enum");
    asm!(b;
        local_get index; local_get expected; call e.f(Key::Take); i32_load at(PAYLOAD);
        local_tee index; local_get cases; i32_ge_u; if_ BlockType::Empty;
            local_get expected; call e.f(Key::Malformed);
        end;
        local_get index;
    );
    b
}

/// `lift-flags(index, expected, count) -> bits`.
pub(crate) fn lift_flags(e: &mut Emit<'_>) -> Body {
    let (index, expected, count) = (0, 1, 2);
    let mut b = Body::new("lift-flags", &[I32; 3], &[I32]).about("the bits of flags");
    let bits = b.local(I32);
    asm!(b;
        local_get index; local_get expected; local_get count; call e.f(Key::Items);
        local_set index;
        loop_ BlockType::Empty;
            local_get bits; i32_const 1; i32_shl;
            local_get count; i32_const 1; i32_sub; local_tee count;
            local_get index; i32_add; i32_load8_u at(0); i32_or; local_set bits;
            local_get count; br_if 0;
        end;
        local_get bits;
    );
    b
}

/// `payload(option, expected) -> index`: what must be some index.
pub(crate) fn payload(e: &mut Emit<'_>) -> Body {
    let (option, expected) = (0, 1);
    let mut b = Body::new("payload", &[I32, I32], &[I32]).about("the index of a payload");
    asm!(b;
        local_get option; i32_load8_u at(0); i32_eqz; if_ BlockType::Empty;
            local_get expected; call e.f(Key::Malformed);
        end;
        local_get option; i32_load at(4);
    );
    b
}

/// `nothing(option, expected)`: what must be no index.
pub(crate) fn nothing(e: &mut Emit<'_>) -> Body {
    let (option, expected) = (0, 1);
    let mut b = Body::new("nothing", &[I32, I32], &[]).about("a case without a payload");
    asm!(b;
        local_get option; i32_load8_u at(0); if_ BlockType::Empty;
            local_get expected; call e.f(Key::Malformed);
        end;
    );
    b
}

impl Emit<'_> {
    /// Lifts the node of an index into the memory at `value`.
    pub(crate) fn lift_value(&mut self, b: &mut Body, id: ShapeId, index: Index, value: Place) {
        let shape = self.shapes.get(id).clone();
        if let Kind::Fields(_) | Kind::List(_) | Kind::Choice { .. } = shape.kind {
            self.push_index(b, index);
            push_address(b, value);
            asm!(b; call self.f(Key::Lift(id)););
            return;
        }
        let expected = self.expected(shape.node, &shape.name);
        asm!(b; local_get value.base;);
        self.push_index(b, index);
        asm!(b; i32_const expected;);
        match shape.kind {
            Kind::Enum { cases, width } => {
                asm!(b; i32_const cases as i32; call self.f(Key::LiftEnum););
                store(b, width, value.offset);
            }
            Kind::Flags { count, width } => {
                asm!(b; i32_const count as i32; call self.f(Key::LiftFlags););
                store(b, width, value.offset);
            }
            Kind::Handle { resource, .. } => {
                asm!(b; call self.f(Key::LiftOwn(resource)););
                store(b, 4, value.offset);
            }
            _ => {
                asm!(b; call self.f(Key::Take););
                load(b, shape.size, PAYLOAD);
                store(b, shape.size, value.offset);
            }
        }
    }

    fn push_index(&mut self, b: &mut Body, index: Index) {
        match index {
            Index::Local(local) => asm!(b; local_get local;),
            Index::At(place) => asm!(b; local_get place.base; i32_load at(place.offset);),
            Index::Root => asm!(b; call self.f(Key::Root);),
        }
    }

    /// `lift(index, value)` for a compound shape.
    pub(crate) fn lift(&mut self, id: ShapeId) -> Body {
        let shape = self.shapes.get(id).clone();
        let name = self.function_name("lift", id);
        let mut b = Body::new(name, &[I32, I32], &[]).about(format!("{} from nodes", shape.name));
        let expected = self.expected(shape.node, &shape.name);
        asm!(b; local_get 0; i32_const expected;);
        match &shape.kind {
            Kind::Fields(fields) => self.lift_fields(&mut b, fields),
            Kind::List(item) => self.lift_list(&mut b, *item),
            Kind::Choice {
                cases,
                width,
                payload,
            } => {
                asm!(b; call self.f(Key::Take););
                self.lift_choice(&mut b, (shape.node, expected), cases, (*width, *payload));
            }
            Kind::Plain { .. } | Kind::Enum { .. } | Kind::Flags { .. } | Kind::Handle { .. } => {
                unreachable!("these are lifted where they are used")
            }
        }
        b
    }

    fn lift_fields(&mut self, b: &mut Body, fields: &[(u32, ShapeId)]) {
        let (items, value) = (0, 1);
        asm!(b; i32_const fields.len() as i32; call self.f(Key::Items); local_set items;);
        for (place, (offset, field)) in (0u32..).zip(fields) {
            let index = Index::At(Place::new(items, place * 4));
            self.lift_value(b, *field, index, Place::new(value, *offset));
        }
    }

    /// A list has no more items than there are nodes for: room is made for no others.
    fn lift_list(&mut self, b: &mut Body, item: ShapeId) {
        let (items, value) = (0, 1);
        let (left, least) = (b.local(I32), self.shapes.least_nodes(item) as i32);
        let (size, align) = (self.shapes.get(item).size, self.shapes.get(item).align);
        let tree = self.tree();
        asm!(b;
            call self.f(Key::Take); local_tee items; i32_load at(LENGTH); local_tee left;
            global_get COUNT; i32_const least; i32_div_u; i32_gt_u; if_ BlockType::Empty;
                i32_const tree; call self.f(Key::Malformed);
        );
        if self.results {
            asm!(b; i32_const 0; local_set left;);
        }
        asm!(b;
            end;
            local_get value; local_get left; i32_store at(4);
            local_get value;
            local_get left; i64_extend_i32_u; i64_const i64::from(size); i64_mul;
            i32_const align as i32; call self.f(Key::Alloc); local_tee value;
            i32_store at(0);
            local_get items; i32_load at(PAYLOAD); local_set items;
            block BlockType::Empty; loop_ BlockType::Empty;
                local_get left; i32_eqz; br_if 1;
        );
        if self.results {
            asm!(b; global_get Global::Error as u32; br_if 1;);
        }
        self.lift_value(
            b,
            item,
            Index::At(Place::new(items, 0)),
            Place::new(value, 0),
        );
        asm!(b;
                local_get value; i32_const size as i32; i32_add; local_set value;
                local_get items; i32_const 4; i32_add; local_set items;
                local_get left; i32_const 1; i32_sub; local_set left;
                br 0;
            end; end;
        );
    }

    fn lift_choice(
        &mut self,
        b: &mut Body,
        (kind, expected): (Node, i32),
        cases: &[Option<ShapeId>],
        (width, offset): (u32, u32),
    ) {
        let (node, value) = (0, 1);
        let tag = b.local(I32);
        asm!(b; local_tee node;);
        load(b, if kind == Node::Variant { 4 } else { 1 }, PAYLOAD);
        asm!(b; local_set tag;);
        if kind == Node::Variant {
            asm!(b;
                local_get tag; i32_const cases.len() as i32; i32_ge_u; if_ BlockType::Empty;
                    i32_const expected; call self.f(Key::Malformed);
                end;
            );
        }
        asm!(b; local_get value; local_get tag;);
        store(b, width, 0);
        let (targets, payloads) = distinct(cases);
        let index = Place::new(node, CHILD);
        let value = Place::new(value, offset);
        switch(
            b,
            tag,
            &targets,
            &mut |b, target| match (kind, payloads[target]) {
                (Node::Option, None) => {}
                (Node::Option, Some(case)) => self.lift_value(b, case, Index::At(index), value),
                (_, None) => {
                    push_address(b, index);
                    asm!(b; i32_const expected; call self.f(Key::Nothing););
                }
                (_, Some(case)) => {
                    push_address(b, index);
                    asm!(b; i32_const expected; call self.f(Key::Payload); local_set node;);
                    self.lift_value(b, case, Index::Local(node), value);
                }
            },
        );
    }
}
