//! The resources' records and the calls of golem:rpc.
//!
//! | record | 0 | 4 | 8 | 12 |
//! |---|---|---|---|---|
//! | worker | `wasm-rpc` handle | users: whoever keeps it alive | URI length | URI |
//! | future | `future-invoke-result` handle | function name | worker | |
//!
//! A record's address is its resource's representation. A worker's record lives, and with it its
//! `wasm-rpc`, until the resource, all futures that it started and all remote resources that it gave
//! are dropped. Those have records too: see `handles`.
//!
//! A call that failed traps, or else is noted in a variable, as an address in what golem:rpc wrote.

use wasm_encoder::{BlockType, ValType};

use crate::emit::{Emit, Key};
use crate::memory::at;
use crate::module::{Body, Global, asm};

const I32: ValType = ValType::I32;
const NODES: u32 = Global::Nodes as u32;
const COUNT: u32 = Global::Count as u32;
const FUNCTION: u32 = Global::Function as u32;
const WORKER: u32 = Global::Worker as u32;
const ERROR: u32 = Global::Error as u32;

pub(crate) const USERS: u32 = 4;
pub(crate) const URI_LENGTH: u32 = 8;
pub(crate) const URI: u32 = 12;
const FUTURE_FUNCTION: u32 = 4;
const FUTURE_WORKER: u32 = 8;
const FUTURE_SIZE: i32 = 12;

/// Offsets in what golem:rpc writes: `result<wit-value, rpc-error>`, and an option of it.
pub(crate) const RESULT_SIZE: i64 = 16;
pub(crate) const RESULT_PAYLOAD: u32 = 4;
pub(crate) const OPTION_SIZE: i64 = 20;
pub(crate) const OPTION_PAYLOAD: u32 = 4;

/// `forget(worker)`: one user less; record and `wasm-rpc` go with the last one. The destructor of all
/// resources that stand for a worker.
pub(crate) fn forget(e: &mut Emit<'_>) -> Body {
    let worker = 0;
    let mut b = Body::new("forget", &[I32], &[]).about("a worker's record loses a user");
    let users = b.local(I32);
    asm!(b;
        local_get worker;
        local_get worker; i32_load at(USERS); i32_const 1; i32_sub; local_tee users;
        i32_store at(USERS);
        local_get users; i32_eqz; if_ BlockType::Empty;
            local_get worker; i32_load at(0); call e.imports.drop_rpc;
            local_get worker;
            local_get worker; i32_load at(URI_LENGTH); i32_const URI as i32; i32_add;
            call e.f(Key::Release);
        end;
    );
    b
}

/// The destructor of all futures.
pub(crate) fn drop_future(e: &mut Emit<'_>) -> Body {
    let future = 0;
    let mut b = Body::new("drop-future", &[I32], &[]).about("the destructor of a future");
    asm!(b;
        local_get future; i32_load at(0); call e.imports.drop_future;
        local_get future; i32_load at(FUTURE_WORKER); call e.f(Key::Forget);
        local_get future; i32_const FUTURE_SIZE; call e.f(Key::Release);
    );
    b
}

/// `subscribe` of all futures: the pollable is handed on.
pub(crate) fn subscribe(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("subscribe", &[I32], &[I32]).about("`subscribe` of every future");
    asm!(b; local_get 0; i32_load at(0); call e.imports.subscribe;);
    b
}

/// Sets what an error message names.
fn set_context(b: &mut Body, worker: u32, function: u32) {
    asm!(b;
        local_get worker; global_set WORKER;
        local_get function; global_set FUNCTION;
    );
}

/// Pushes what all calls of golem:rpc take: handle, function name and parameters.
fn push_call(b: &mut Body) {
    let (worker, function, params, count) = (0, 1, 2, 3);
    asm!(b;
        local_get worker; i32_load at(0);
        local_get function; i32_const 2; i32_add;
        local_get function; i32_load16_u at(0);
        local_get params; local_get count;
    );
}

/// Fails, or notes the error, where the result at local `result` + `offset` is one.
fn check(e: &mut Emit<'_>, b: &mut Body, result: u32, offset: u32) {
    if e.results {
        asm!(b;
            local_get result; i32_const (offset + RESULT_PAYLOAD) as i32; i32_add; i32_const 0;
            local_get result; i32_load8_u at(offset); select; global_set ERROR;
        );
        return;
    }
    asm!(b;
        local_get result; i32_load8_u at(offset); if_ BlockType::Empty;
            local_get result; i32_const (offset + RESULT_PAYLOAD) as i32; i32_add;
            call e.f(Key::Failed);
        end;
    );
}

/// Keeps the nodes of the wit-value at local `result` + `offset` as the answer.
fn set_answer(b: &mut Body, result: u32, offset: u32) {
    asm!(b;
        local_get result; i32_load at(offset); global_set NODES;
        local_get result; i32_load at(offset + 4); global_set COUNT;
    );
}

/// What calls give where failures are results: what golem:rpc wrote.
fn written(e: &Emit<'_>) -> &'static [ValType] {
    if e.results { &[I32] } else { &[] }
}

/// `invoke-and-await(worker, function, params, count)`; its answer can then be lifted.
pub(crate) fn wait(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("wait", &[I32; 4], written(e)).about("calls and waits for the answer");
    let result = b.local(I32);
    set_context(&mut b, 0, 1);
    push_call(&mut b);
    asm!(b;
        i64_const RESULT_SIZE; i32_const 4; call e.f(Key::Alloc); local_tee result;
        call e.imports.wait;
    );
    check(e, &mut b, result, 0);
    set_answer(&mut b, result, RESULT_PAYLOAD);
    if e.results {
        asm!(b; local_get result;);
    }
    b
}

/// `trigger(worker, function, params, count)`: calls and does not wait.
pub(crate) fn trigger(e: &mut Emit<'_>) -> Body {
    let mut b = Body::new("trigger", &[I32; 4], written(e)).about("calls and does not wait");
    let result = b.local(I32);
    set_context(&mut b, 0, 1);
    push_call(&mut b);
    asm!(b;
        i64_const RESULT_SIZE; i32_const 4; call e.f(Key::Alloc); local_tee result;
        call e.imports.trigger;
    );
    if e.results {
        asm!(b; local_get result;)
    } else {
        check(e, &mut b, result, 0)
    }
    b
}

/// `start(worker, function, params, count) -> future`: calls; the answer comes later.
pub(crate) fn start(e: &mut Emit<'_>) -> Body {
    let (worker, function) = (0, 1);
    let mut b = Body::new("start", &[I32; 4], &[I32]).about("the record of a started call");
    let (handle, future) = (b.local(I32), b.local(I32));
    push_call(&mut b);
    asm!(b;
        call e.imports.start; local_set handle;
        i32_const FUTURE_SIZE; call e.f(Key::Keep); local_tee future;
        local_get handle; i32_store at(0);
        local_get future; local_get function; i32_store at(FUTURE_FUNCTION);
        local_get future; local_get worker; i32_store at(FUTURE_WORKER);
        local_get worker; local_get worker; i32_load at(USERS); i32_const 1; i32_add;
        i32_store at(USERS);
    );
    e.reset(&mut b);
    asm!(b; local_get future;);
    b
}

/// `schedule(worker, seconds, nanoseconds, function, params, count) -> token`: calls some time later.
pub(crate) fn schedule(e: &mut Emit<'_>) -> Body {
    let (worker, seconds, nanoseconds, function, params, count) = (0, 1, 2, 3, 4, 5);
    let types = [I32, ValType::I64, I32, I32, I32, I32];
    let mut b = Body::new("schedule", &types, &[I32]).about("calls some time later");
    asm!(b;
        local_get worker; i32_load at(0);
        local_get seconds; local_get nanoseconds;
        local_get function; i32_const 2; i32_add;
        local_get function; i32_load16_u at(0);
        local_get params; local_get count;
        call e.imports.schedule;
    );
    b
}

/// `poll(future) -> 0 or 1`: whether there is an answer, which can then be lifted.
pub(crate) fn poll(e: &mut Emit<'_>) -> Body {
    let future = 0;
    let mut b = Body::new("poll", &[I32], &[I32]).about("whether a future has its answer");
    let result = b.local(I32);
    asm!(b;
        local_get future; i32_load at(FUTURE_WORKER); global_set WORKER;
        local_get future; i32_load at(FUTURE_FUNCTION); global_set FUNCTION;
        local_get future; i32_load at(0);
        i64_const OPTION_SIZE; i32_const 4; call e.f(Key::Alloc); local_tee result;
        call e.imports.get;
        local_get result; i32_load8_u at(0); i32_eqz;
        if_ BlockType::Empty; i32_const 0; return_; end;
    );
    check(e, &mut b, result, OPTION_PAYLOAD);
    set_answer(&mut b, result, OPTION_PAYLOAD + RESULT_PAYLOAD);
    asm!(b; i32_const 1;);
    b
}
