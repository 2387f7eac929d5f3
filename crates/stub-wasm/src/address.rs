//! Where workers are: from what a constructor takes to the record of a worker.
//!
//! golem:rpc 0.1 finds workers by URI, and the record names them by it. Since 0.2 it takes the id of a
//! component, 128 bits, and a name; these are spelled as the URI that Golem would have, which is only
//! for messages.

use golem_rpc_stub::Address;
use wasm_encoder::{BlockType, ValType};

use crate::emit::{Emit, Key};
use crate::memory::at;
use crate::module::{Body, asm};
use crate::remote::{URI, URI_LENGTH, USERS};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

/// What a worker's URI starts with, and the length of the id behind it.
const SCHEME: &str = "urn:worker:";
const ID: u32 = 36;

/// `connect(address) -> worker`: the record of a worker that has one user. The arena stays as it is.
pub(crate) fn connect(e: &mut Emit<'_>) -> Body {
    match e.address {
        Address::Uri => connect_uri(e),
        Address::WorkerId | Address::AgentId => connect_id(e),
    }
}

fn connect_uri(e: &mut Emit<'_>) -> Body {
    let (uri, length) = (0, 1);
    let mut b = Body::new("connect", &[I32, I32], &[I32]).about("the record of a worker");
    let rpc = b.local(I32);
    asm!(b; local_get uri; local_get length; call e.imports.new; local_set rpc;);
    write_record(e, &mut b, (rpc, uri, length));
    b
}

fn connect_id(e: &mut Emit<'_>) -> Body {
    let (high, low, name, length) = (0, 1, 2, 3);
    let types = [I64, I64, I32, I32];
    let mut b = Body::new("connect", &types, &[I32]).about("the record of a worker");
    let urn = b.local(I32);
    let start = SCHEME.len() as u32 + ID;
    asm!(b;
        local_get high; local_get low; local_get name; local_get length; call e.imports.new;
        local_get high; local_get low; call e.f(Key::Urn); local_tee urn;
        // behind the id, where nothing else is yet: a slash and the name
        local_get length; i64_extend_i32_u; i64_const 1; i64_add; i32_const 1;
        call e.f(Key::Alloc); drop;
        local_get urn; i32_const i32::from(b'/'); i32_store8 at(start);
        local_get urn; i32_const start as i32 + 1; i32_add;
        local_get name; local_get length; memory_copy 0, 0;
        local_get length; i32_const start as i32 + 1; i32_add; call e.f(Key::Worker);
    );
    b
}

/// `connect-ephemeral(component) -> worker`: the same for a new worker without a name.
pub(crate) fn connect_ephemeral(e: &mut Emit<'_>) -> Body {
    let (high, low) = (0, 1);
    let mut b = Body::new("connect-ephemeral", &[I64, I64], &[I32]).about("a new worker's record");
    asm!(b;
        local_get high; local_get low; call e.imports.ephemeral;
        local_get high; local_get low; call e.f(Key::Urn);
        i32_const SCHEME.len() as i32 + ID as i32; call e.f(Key::Worker);
    );
    b
}

/// `worker(wasm-rpc, uri, length) -> worker`: the record itself.
pub(crate) fn worker(e: &mut Emit<'_>) -> Body {
    let (rpc, uri, length) = (0, 1, 2);
    let mut b = Body::new("worker", &[I32; 3], &[I32]).about("a record of a worker");
    write_record(e, &mut b, (rpc, uri, length));
    b
}

/// Pushes a new record of what is in these local variables.
fn write_record(e: &mut Emit<'_>, b: &mut Body, (rpc, uri, length): (u32, u32, u32)) {
    let worker = b.local(I32);
    asm!(b;
        local_get length; i32_const URI as i32; i32_add; call e.f(Key::Keep); local_tee worker;
        // the URI first: it may lie where the record's head is going to be
        i32_const URI as i32; i32_add; local_get uri; local_get length; memory_copy 0, 0;
        local_get worker; local_get rpc; i32_store at(0);
        local_get worker; i32_const 1; i32_store at(USERS);
        local_get worker; local_get length; i32_store at(URI_LENGTH);
        local_get worker;
    );
}

/// `urn(high, low) -> text`: `urn:worker:<id>`, at the end of the arena.
pub(crate) fn urn(e: &mut Emit<'_>) -> Body {
    let (high, low) = (0, 1);
    let mut b = Body::new("urn", &[I64, I64], &[I32]).about("the URI of a component's workers");
    let (text, to, left, digit) = (b.local(I32), b.local(I32), b.local(I32), b.local(I32));
    let scheme = e.module.text(SCHEME);
    // the dashes of 8-4-4-4-12 digits, counted from the end
    let dashes: i64 = 1 << 27 | 1 << 22 | 1 << 17 | 1 << 12;
    asm!(b;
        i64_const SCHEME.len() as i64 + i64::from(ID); i32_const 1; call e.f(Key::Alloc);
        local_tee text; i32_const scheme + 2; i32_const SCHEME.len() as i32; memory_copy 0, 0;
        local_get text; i32_const SCHEME.len() as i32; i32_add; local_set to;
        i32_const ID as i32; local_set left;
        loop_ BlockType::Empty;
            i32_const i32::from(b'-'); local_set digit;
            i64_const dashes;
            local_get left; i32_const 1; i32_sub; local_tee left; i64_extend_i32_u; i64_shr_u;
            i64_const 1; i64_and; i64_eqz; if_ BlockType::Empty;
                // four bits of 128, which move up
                local_get high; i64_const 60; i64_shr_u; i32_wrap_i64; local_tee digit;
                i32_const 48; i32_const 87; local_get digit; i32_const 10; i32_lt_u; select;
                i32_add; local_set digit;
                local_get high; i64_const 4; i64_shl; local_get low; i64_const 60; i64_shr_u;
                i64_or; local_set high;
                local_get low; i64_const 4; i64_shl; local_set low;
            end;
            local_get to; local_get digit; i32_store8 at(0);
            local_get to; i32_const 1; i32_add; local_set to;
            local_get left; br_if 0;
        end;
        local_get text;
    );
    b
}
