//! How many nodes a value in memory becomes.
//!
//! Only shapes whose number depends on the value (those with lists, options, variants or results in
//! them) have a function; a list of others is a multiplication. Numbers are 64 bits wide: no length
//! of a list can make them wrap.

use wasm_encoder::{BlockType, ValType};

use crate::emit::{Emit, Key};
use crate::memory::at;
use crate::module::{Body, asm};
use crate::shape::{Kind, ShapeId};
use crate::value::{Place, distinct, load, push_address, switch};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

impl Emit<'_> {
    /// Pushes how many nodes the value at `value` becomes, as an i64.
    pub(crate) fn count_value(&mut self, b: &mut Body, id: ShapeId, value: Place) {
        if let Some(nodes) = self.shapes.nodes(id) {
            asm!(b; i64_const nodes;);
            return;
        }
        if let Kind::List(item) = self.shapes.get(id).kind
            && let Some(nodes) = self.shapes.nodes(item)
        {
            asm!(b;
                local_get value.base; i64_load32_u at(value.offset + 4);
                i64_const nodes; i64_mul; i64_const 1; i64_add;
            );
            return;
        }
        push_address(b, value);
        asm!(b; call self.f(Key::Count(id)););
    }

    /// `count(value) -> i64` for a shape whose values become different numbers of nodes.
    pub(crate) fn count(&mut self, id: ShapeId) -> Body {
        let shape = self.shapes.get(id).clone();
        let name = self.function_name("count", id);
        let about = format!("the number of nodes of {}", shape.name);
        let mut b = Body::new(name, &[I32], &[I64]).about(about);
        match shape.kind {
            Kind::Fields(fields) => self.count_fields(&mut b, &fields),
            Kind::List(item) => self.count_list(&mut b, item),
            Kind::Choice {
                cases,
                width,
                payload,
            } => self.count_choice(&mut b, &cases, (width, payload)),
            Kind::Plain { .. } | Kind::Enum { .. } | Kind::Flags { .. } | Kind::Handle { .. } => {
                unreachable!("one node each")
            }
        }
        b
    }

    fn count_fields(&mut self, b: &mut Body, fields: &[(u32, ShapeId)]) {
        let value = 0;
        let fixed = fields.iter().filter_map(|(_, f)| self.shapes.nodes(*f));
        asm!(b; i64_const 1 + fixed.sum::<i64>(););
        for (offset, field) in fields {
            if self.shapes.nodes(*field).is_none() {
                self.count_value(b, *field, Place::new(value, *offset));
                asm!(b; i64_add;);
            }
        }
    }

    fn count_list(&mut self, b: &mut Body, item: ShapeId) {
        let value = 0;
        let (left, sum) = (b.local(I32), b.local(I64));
        let size = self.shapes.get(item).size;
        asm!(b;
            i64_const 1; local_set sum;
            local_get value; i32_load at(4); local_set left;
            local_get value; i32_load at(0); local_set value;
            block BlockType::Empty; loop_ BlockType::Empty;
                local_get left; i32_eqz; br_if 1;
                local_get sum;
        );
        self.count_value(b, item, Place::new(value, 0));
        asm!(b;
                i64_add; local_set sum;
                local_get value; i32_const size as i32; i32_add; local_set value;
                local_get left; i32_const 1; i32_sub; local_set left;
                br 0;
            end; end;
            local_get sum;
        );
    }

    fn count_choice(
        &mut self,
        b: &mut Body,
        cases: &[Option<ShapeId>],
        (width, payload): (u32, u32),
    ) {
        let value = 0;
        let (tag, sum) = (b.local(I32), b.local(I64));
        asm!(b; local_get value;);
        load(b, width, 0);
        asm!(b; local_set tag;);
        let (targets, payloads) = distinct(cases);
        switch(b, tag, &targets, &mut |b, target| {
            match payloads[target] {
                None => {
                    asm!(b; i64_const 0;);
                }
                Some(case) => self.count_value(b, case, Place::new(value, payload)),
            }
            asm!(b; local_set sum;);
        });
        asm!(b; local_get sum; i64_const 1; i64_add;);
    }
}
