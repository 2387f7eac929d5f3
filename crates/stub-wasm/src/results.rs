//! From the answer of a call to what a function of the stub returns: the value itself where failures
//! are traps, and otherwise a result of it or the `rpc-error`.

use wasm_encoder::{BlockType, ValType};
use wit_parser::TypeId;

use crate::emit::{Emit, Key};
use crate::failure::ERROR_SIZE;
use crate::lift::Index;
use crate::memory::at;
use crate::module::{Body, Global, asm};
use crate::shape::{Node, Shape, ShapeId};
use crate::value::{Place, load, push_address};

const I32: ValType = ValType::I32;
const ERROR: u32 = Global::Error as u32;

/// The alignment of an `rpc-error`.
const ERROR_ALIGN: u32 = 4;

/// Size and alignment of what a function returns.
struct Returned {
    size: u32,
    align: u32,
}

impl Emit<'_> {
    fn returned(&self, id: ShapeId) -> Returned {
        let Shape { size, align, .. } = *self.shapes.get(id);
        if !self.results {
            return Returned { size, align };
        }
        let align = align.max(ERROR_ALIGN);
        let size = align + size.max(ERROR_SIZE as u32);
        Returned {
            size: size.next_multiple_of(align),
            align,
        }
    }

    /// `result() -> value or where it is`: lifts the answer of a call and ends it.
    pub(crate) fn result(&mut self, id: ShapeId) -> Body {
        let Returned { size, align } = self.returned(id);
        let single = self.shapes.single(id).filter(|_| !self.results);
        let flat = single.map_or(I32, |(ty, _)| ty);
        let name = self.function_name("result", id);
        let about = format!("the answer: {}", self.shapes.get(id).name);
        let mut b = Body::new(name, &[], &[flat]).about(about);
        let value = b.local(I32);
        asm!(b;
            i64_const i64::from(size); i32_const align as i32;
            call self.f(Key::Alloc); local_set value;
        );
        self.lift_returned(&mut b, id, Place::new(value, 0));
        self.reset(&mut b);
        asm!(b; local_get value;);
        match single {
            Some((ValType::F32, _)) => asm!(b; f32_load at(0);),
            Some((ValType::F64, _)) => asm!(b; f64_load at(0);),
            Some((_, width)) => load(&mut b, width, 0),
            None => {}
        }
        b
    }

    /// `get(future) -> where the option is`.
    pub(crate) fn get(&mut self, id: ShapeId) -> Body {
        let Returned { size, align } = self.returned(id);
        // an option's value comes after a tag, and is as aligned as the option
        let (size, offset) = ((size + align).next_multiple_of(align), align);
        let name = self.function_name("get", id);
        let about = format!("`get` of every future of {}", self.shapes.get(id).name);
        let mut b = Body::new(name, &[I32], &[I32]).about(about);
        let (future, option) = (0, b.local(I32));
        asm!(b;
            i64_const i64::from(size); i32_const align as i32;
            call self.f(Key::Alloc); local_tee option;
            local_get future; call self.f(Key::Poll); local_tee future; i32_store8 at(0);
            local_get future; if_ BlockType::Empty;
        );
        self.lift_returned(&mut b, id, Place::new(option, offset));
        asm!(b; end;);
        self.reset(&mut b);
        asm!(b; local_get option;);
        b
    }

    fn lift_returned(&mut self, b: &mut Body, id: ShapeId, place: Place) {
        if !self.results {
            self.lift_value(b, id, Index::Root, place);
            return;
        }
        let payload = Place::new(place.base, place.offset + self.returned(id).align);
        if !self.received.is_empty() {
            asm!(b; i32_const 0; global_set Global::Made as u32;);
        }
        asm!(b;
            local_get place.base; i32_const 0; i32_store8 at(place.offset);
            global_get ERROR; i32_eqz; if_ BlockType::Empty;
        );
        self.lift_value(b, id, Index::Root, payload);
        asm!(b; end; global_get ERROR; if_ BlockType::Empty;);
        push_address(b, place);
        push_address(b, payload);
        asm!(b; call self.f(Key::Refuse); end;);
    }

    /// Pushes the new resource that the answer of a remote constructor is.
    pub(crate) fn lift_made(&mut self, b: &mut Body, resource: TypeId) {
        let expected = self.expected(Node::Handle, "a handle");
        asm!(b;
            call self.f(Key::Root); i32_const expected; call self.f(Key::LiftOwn(resource));
        );
    }

    /// Where failures are results, traps after a message if there is one: for functions that cannot
    /// give results.
    pub(crate) fn trap_on_error(&mut self, b: &mut Body) {
        if self.results {
            asm!(b;
                global_get ERROR; if_ BlockType::Empty;
                    global_get ERROR; call self.f(Key::Failed); unreachable;
                end;
            );
        }
    }
}
