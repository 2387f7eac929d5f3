//! Remote resources: their records, and their handles in parameters and answers.
//!
//! | record | 0 | 4 | 8 | 16 | 20 |
//! |---|---|---|---|---|---|
//! | remote resource | worker | 0, or where it was given away the next such record | id | URI length | URI |
//!
//! URI and id are what the worker gave, and are sent back as they came; the calls go through the
//! `wasm-rpc` of the worker's record.
//!
//! - *Given away*: a parameter that owns a resource arrives as a handle. The record is put into a
//!   chain and the handle dropped, and since the record is in that chain the destructor does nothing.
//!   The nodes point at the record's URI, so it is freed after the call.
//! - *Lent*: a borrowed resource arrives as its representation, the record itself.
//! - *Received*: a handle in an answer becomes a record and a new resource.
//! - *Dropped*: a resource that still owns calls its remote end. This can happen at any time between
//!   calls, and while a malformed answer is dropped, so what is in the arena stays.

use wasm_encoder::{BlockType, ValType};
use wit_parser::TypeId;

use crate::emit::{Emit, Key, resource_drop, resource_new, resource_rep};
use crate::lower::{LENGTH, NODE_ALIGN, NODE_SIZE, PAYLOAD};
use crate::memory::at;
use crate::module::{Body, END_OF_MOVED, Global, asm, index};
use crate::remote::USERS;
use crate::shape::Node;
use crate::value::switch;

const I32: ValType = ValType::I32;
const MOVED: u32 = Global::Moved as u32;
const MADE: u32 = Global::Made as u32;
const WORKER: u32 = Global::Worker as u32;
const ERROR: u32 = Global::Error as u32;
const TOP: u32 = Global::Top as u32;

const NEXT: u32 = 4;
const RESOURCE_ID: u32 = 8;
const URI_LENGTH: u32 = 16;
const URI: u32 = 20;

/// The id in a `wit-node` that is a handle.
pub(crate) const NODE_ID: u32 = 16;

/// What is noted of each resource that is made of an answer: next, handle, place of its type.
const NOTE: i64 = 12;

/// `lower-handle(node, record)`.
pub(crate) fn lower_handle(_: &mut Emit<'_>) -> Body {
    let (node, record) = (0, 1);
    let mut b = Body::new("lower-handle", &[I32, I32], &[]).about("a remote resource as a node");
    asm!(b;
        local_get node; i32_const Node::Handle as i32; i32_store8 at(0);
        local_get node; local_get record; i32_const URI as i32; i32_add; i32_store at(PAYLOAD);
        local_get node; local_get record; i32_load at(URI_LENGTH); i32_store at(LENGTH);
        local_get node; local_get record; i64_load at(RESOURCE_ID); i64_store at(NODE_ID);
    );
    b
}

/// `give(node, handle)`: lowers a resource that the worker owns from now on.
pub(crate) fn give(e: &mut Emit<'_>, resource: TypeId) -> Body {
    let (node, handle) = (0, 1);
    let name = e.resource_function("give", resource);
    let mut b = Body::new(name, &[I32, I32], &[]).about("a resource that is given away");
    let record = b.local(I32);
    asm!(b;
        local_get handle; call resource_rep(e, resource); local_tee record;
        global_get MOVED; i32_store at(NEXT);
        local_get record; global_set MOVED;
        local_get handle; call resource_drop(e, resource);
        local_get node; local_get record; call e.f(Key::LowerHandle);
    );
    b
}

/// `forget-moved()`: frees the records of all resources that the call gave away.
pub(crate) fn forget_moved(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("forget-moved", &[], &[]).about("frees what was given away");
    let record = b.local(I32);
    asm!(b;
        block BlockType::Empty; loop_ BlockType::Empty;
            global_get MOVED; local_tee record; i32_const END_OF_MOVED as i32; i32_eq; br_if 1;
            local_get record; i32_load at(NEXT); global_set MOVED;
    );
    free(e, &mut b, record);
    asm!(b; br 0; end; end;);
    b
}

/// Frees a record and the worker's, if nothing else needs it.
fn free(e: &mut Emit<'_>, b: &mut Body, record: u32) {
    asm!(b;
        local_get record; i32_load at(0); call e.f(Key::Forget);
        local_get record; local_get record; i32_load at(URI_LENGTH); i32_const URI as i32; i32_add;
        call e.f(Key::Release);
    );
}

/// `receive(index, expected) -> record`: of the handle in an answer; 0 if there is none.
pub(crate) fn receive(e: &mut Emit<'_>) -> Body {
    let (node, expected) = (0, 1);
    let mut b = Body::new("receive", &[I32, I32], &[I32]).about("the record of a new resource");
    let record = b.local(I32);
    asm!(b; local_get node; local_get expected; call e.f(Key::Take); local_set node;);
    if e.results {
        asm!(b; global_get ERROR; if_ BlockType::Empty; i32_const 0; return_; end;);
    }
    asm!(b;
        local_get node; i32_load at(LENGTH); i32_const URI as i32; i32_add; call e.f(Key::Keep);
        local_tee record; global_get WORKER; i32_store at(0);
        local_get record; i32_const 0; i32_store at(NEXT);
        local_get record; local_get node; i64_load at(NODE_ID); i64_store at(RESOURCE_ID);
        local_get record; local_get node; i32_load at(LENGTH); i32_store at(URI_LENGTH);
        local_get record; i32_const URI as i32; i32_add;
        local_get node; i32_load at(PAYLOAD); local_get node; i32_load at(LENGTH); memory_copy 0, 0;
        global_get WORKER; global_get WORKER; i32_load at(USERS); i32_const 1; i32_add;
        i32_store at(USERS);
        local_get record;
    );
    b
}

/// `lift-own(index, expected) -> handle`. Where a malformed answer is no trap, what is made is noted:
/// the rest of the answer may be wrong.
pub(crate) fn lift_own(e: &mut Emit<'_>, resource: TypeId) -> Body {
    let (node, expected) = (0, 1);
    let name = e.resource_function("lift", resource);
    let mut b = Body::new(name, &[I32, I32], &[I32]).about("a new remote resource");
    asm!(b; local_get node; local_get expected; call e.f(Key::Receive););
    if !e.results {
        asm!(b; call resource_new(e, resource););
        return b;
    }
    let (record, note) = (b.local(I32), b.local(I32));
    let place = e.received.iter().position(|r| *r == resource);
    let place = index(place.expect("an answer can own what is lifted")) as i32;
    asm!(b;
        local_tee record; if_ BlockType::Empty;
            i64_const NOTE; i32_const 4; call e.f(Key::Alloc); local_tee note;
            global_get MADE; i32_store at(0);
            local_get note; local_get record; call resource_new(e, resource); local_tee record;
            i32_store at(4);
            local_get note; i32_const place; i32_store at(8);
            local_get note; global_set MADE;
        end;
        local_get record;
    );
    b
}

/// `discard()`: drops what was made of an answer that turned out to be malformed.
pub(crate) fn discard(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("discard", &[], &[]).about("drops what was made of an answer");
    let (note, place) = (b.local(I32), b.local(I32));
    let resources = e.received.clone();
    asm!(b;
        block BlockType::Empty; loop_ BlockType::Empty;
            global_get MADE; local_tee note; i32_eqz; br_if 1;
            local_get note; i32_load at(0); global_set MADE;
            local_get note; i32_load at(8); local_set place;
    );
    let targets: Vec<u32> = (0..index(resources.len())).collect();
    switch(&mut b, place, &targets, &mut |b, target| {
        asm!(b; local_get note; i32_load at(4); call resource_drop(e, resources[target]););
    });
    asm!(b; br 0; end; end;);
    b
}

/// `end(record, function)`: calls a resource's remote end, unless it was given away, and frees its
/// record. What the arena holds stays. A failure, where it is no trap, is only told.
pub(crate) fn end(e: &mut Emit<'_>) -> Body {
    let (record, function) = (0, 1);
    let mut b = Body::new("end", &[I32, I32], &[]).about("the destructor of remote resources");
    let (top, node) = (b.local(I32), b.local(I32));
    let size = NODE_SIZE as i32;
    asm!(b;
        local_get record; i32_load at(NEXT); if_ BlockType::Empty; return_; end;
        global_get TOP; local_set top;
        // the node, and the list of nodes that is the one parameter
        i64_const i64::from(NODE_SIZE) + 8; i32_const NODE_ALIGN; call e.f(Key::Alloc);
        local_tee node; local_get record; call e.f(Key::LowerHandle);
        local_get node; local_get node; i32_store at(NODE_SIZE);
        local_get node; i32_const 1; i32_store at(NODE_SIZE + 4);
        local_get record; i32_load at(0); local_get function;
        local_get node; i32_const size; i32_add; i32_const 1; call e.f(Key::Wait);
    );
    if e.results {
        asm!(b; drop; global_get ERROR; if_ BlockType::Empty;
            global_get ERROR; call e.f(Key::Failed);
        end;);
    }
    asm!(b; local_get top; global_set TOP;);
    free(e, &mut b, record);
    b
}

impl Emit<'_> {
    fn resource_function(&self, verb: &str, resource: TypeId) -> String {
        format!("{verb}-{}", self.shapes.type_name(resource))
    }
}
