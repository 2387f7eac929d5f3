//! What is done about calls that fail: the component says why on standard error and traps, or the
//! caller gets a result.
//!
//! The message is put together at the end of the arena, one piece after the other, and written in
//! parts of at most 4096 bytes, which is what wasi:io takes at once.

use wasm_encoder::{BlockType, ValType};

use crate::emit::{Emit, Key};
use crate::memory::at;
use crate::module::{Body, Global, asm};
use crate::remote::{URI, URI_LENGTH};

const I32: ValType = ValType::I32;
const FUNCTION: u32 = Global::Function as u32;
const WORKER: u32 = Global::Worker as u32;
const ERROR: u32 = Global::Error as u32;

/// The bytes of an `rpc-error`: a tag of four, pointer and length.
pub(crate) const ERROR_SIZE: i64 = 12;

/// The errors of golem:rpc, in the order of `rpc-error`'s cases.
const ERRORS: [&str; 4] = [
    "protocol-error: ",
    "denied: ",
    "not-found: ",
    "remote-internal-error: ",
];

/// How many bytes `blocking-write-and-flush` takes at once.
const PART: i32 = 4096;

/// `put(text, length)`: adds to the message.
pub(crate) fn put(e: &mut Emit<'_>) -> Body {
    let (text, length) = (0, 1);
    let mut b = Body::new("put", &[I32, I32], &[]).about("adds to the message");
    asm!(b;
        local_get length; i64_extend_i32_u; i32_const 1; call e.f(Key::Alloc);
        local_get text; local_get length; memory_copy 0, 0;
    );
    b
}

/// `put-text(text)`: adds a text of the static data.
pub(crate) fn put_text(e: &mut Emit<'_>) -> Body {
    let text = 0;
    let mut b = Body::new("put-text", &[I32], &[]).about("adds a static text to the message");
    asm!(b;
        local_get text; i32_const 2; i32_add; local_get text; i32_load16_u at(0);
        call e.f(Key::Put);
    );
    b
}

/// `begin() -> address`: starts the message with the call that it is about.
pub(crate) fn begin(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("begin", &[], &[I32]).about("starts a message");
    let (call, to) = (
        e.module.text("remote call `"),
        e.module.text("` to worker `"),
    );
    asm!(b;
        global_get Global::Top as u32;
        i32_const call; call e.f(Key::PutText);
        global_get FUNCTION; call e.f(Key::PutText);
        i32_const to; call e.f(Key::PutText);
        global_get WORKER; i32_const URI as i32; i32_add;
        global_get WORKER; i32_load at(URI_LENGTH);
        call e.f(Key::Put);
    );
    b
}

/// `say(message)`: ends the message, writes it and, where that is what failures do, traps.
pub(crate) fn say(e: &mut Emit<'_>) -> Body {
    let message = 0;
    let mut b = Body::new("say", &[I32], &[]).about("writes the message");
    let (stream, part) = (b.local(I32), b.local(I32));
    let newline = e.module.text("\n");
    let top = Global::Top as u32;
    let end = b.local(I32);
    asm!(b;
        i32_const newline; call e.f(Key::PutText);
        global_get top; local_set end;
        call e.imports.get_stderr; local_set stream;
        loop_ BlockType::Empty;
            local_get stream; local_get message;
            // part = min(end - message, PART)
            local_get end; local_get message; i32_sub; local_tee part;
            i32_const PART; local_get part; i32_const PART; i32_lt_u; select; local_tee part;
            // the result is not looked at: nothing could be said about it
            i64_const 12; i32_const 4; call e.f(Key::Alloc); call e.imports.write;
            local_get message; local_get part; i32_add; local_tee message;
            local_get end; i32_ne; br_if 0;
        end;
    );
    if !e.results {
        asm!(b; unreachable;);
    }
    b
}

/// `failed(error)`: golem:rpc gave the `rpc-error` at this address.
pub(crate) fn failed(e: &mut Emit<'_>) -> Body {
    let error = 0;
    let mut b = Body::new("failed", &[I32], &[]).about("the call failed");
    let failed = e.module.text("` failed: ");
    let texts: Vec<u8> = ERRORS
        .iter()
        .flat_map(|text| e.module.text(text).to_le_bytes())
        .collect();
    let texts = e.module.bytes(&texts);
    let texts = u32::try_from(texts).expect("an address is positive");
    asm!(b;
        call e.f(Key::Begin);
        i32_const failed; call e.f(Key::PutText);
        local_get error; i32_load8_u at(0); i32_const 2; i32_shl; i32_load at(texts);
        call e.f(Key::PutText);
        local_get error; i32_load at(4); local_get error; i32_load at(8); call e.f(Key::Put);
        call e.f(Key::Say);
    );
    b
}

/// `malformed(expected)`: the answer does not hold what the marked text at this address calls for.
pub(crate) fn malformed(e: &mut Emit<'_>) -> Body {
    if e.results {
        return note_malformed(e);
    }
    let expected = 0;
    let mut b = Body::new("malformed", &[I32], &[]).about("the answer is not what it should be");
    let malformed = e.module.text("` gave a malformed value: expected ");
    asm!(b;
        call e.f(Key::Begin);
        i32_const malformed; call e.f(Key::PutText);
        local_get expected; i32_const 1; i32_add; call e.f(Key::PutText);
        call e.f(Key::Say);
    );
    b
}

/// The same where the caller gets a result: what is noted first is the error of the call.
fn note_malformed(e: &mut Emit<'_>) -> Body {
    let expected = 0;
    let mut b = Body::new("malformed", &[I32], &[]).about("the answer is not what it should be");
    let (text, end) = (b.local(I32), b.local(I32));
    let malformed = e.module.text("malformed value: expected ");
    let top = Global::Top as u32;
    asm!(b;
        global_get ERROR; if_ BlockType::Empty; return_; end;
        global_get top; local_set text;
        i32_const malformed; call e.f(Key::PutText);
        local_get expected; i32_const 1; i32_add; call e.f(Key::PutText);
        global_get top; local_set end;
        i64_const ERROR_SIZE; i32_const 4; call e.f(Key::Alloc); global_set ERROR;
        global_get ERROR; i32_const 0; i32_store8 at(0);
        global_get ERROR; local_get text; i32_store at(4);
        global_get ERROR; local_get end; local_get text; i32_sub; i32_store at(8);
    );
    b
}

/// `refuse(result, payload)`: makes the result at this address the error of the call; `payload` is
/// where its error lies. What was made of the answer until then is dropped again.
pub(crate) fn refuse(e: &mut Emit<'_>) -> Body {
    let (result, payload) = (0, 1);
    let mut b = Body::new("refuse", &[I32, I32], &[]).about("a result that is an error");
    asm!(b;
        local_get result; i32_const 1; i32_store8 at(0);
        local_get payload; global_get ERROR; i32_const ERROR_SIZE as i32; memory_copy 0, 0;
    );
    if !e.received.is_empty() {
        asm!(b; call e.f(Key::Discard););
    }
    b
}
