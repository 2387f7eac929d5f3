//! Hand-written core modules, made components by wit-component.
//!
//! `target` counts, logs, fails and shows its environment. `caller` passes golem:rpc
//! through: it takes URIs, function names and wit-values as arguments, so that each
//! test says in WAVE what travels.

use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{ManglingAndAbi, Resolve, WorldId};

/// golem:rpc, by version.
static GOLEM_RPC: [(&str, &str); 4] = [
    ("0.1.1", include_str!("../../wit/golem-rpc-0.1.1.wit")),
    ("0.2.0", include_str!("../../wit/golem-rpc-0.2.0.wit")),
    ("0.2.1", include_str!("../../wit/golem-rpc-0.2.1.wit")),
    ("0.2.2", include_str!("../../wit/golem-rpc-0.2.2.wit")),
];

const WASI: &str = "
package wasi:io@0.2.3 {
  interface error { resource error; }
  interface poll {
    resource pollable { block: func(); ready: func() -> bool; }
    poll: func(in: list<borrow<pollable>>) -> list<u32>;
  }
  interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(error), closed }
    resource output-stream {
      blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
    }
  }
}
package wasi:cli@0.2.3 {
  interface environment { get-environment: func() -> list<tuple<string, string>>; }
  interface exit { exit: func(status: result); }
  interface stdout {
    use wasi:io/streams@0.2.3.{output-stream};
    get-stdout: func() -> output-stream;
  }
  interface stderr {
    use wasi:io/streams@0.2.3.{output-stream};
    get-stderr: func() -> output-stream;
  }
}
package wasi:clocks@0.2.3 {
  interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } }
  interface monotonic-clock {
    use wasi:io/poll@0.2.3.{pollable};
    subscribe-duration: func(when: u64) -> pollable;
  }
}
";

/// A component of the first world in `wit`, which may use golem:rpc and WASI.
pub(crate) fn component(wit: &str, core: &str) -> Vec<u8> {
    encode(wit, core, "0.1.1")
}

pub(super) fn encode(wit: &str, core: &str, rpc_version: &str) -> Vec<u8> {
    let (resolve, world) = resolve(wit, rpc_version);
    finish(wat::parse_str(core).unwrap(), &resolve, world)
}

/// A component whose core imports all that its world does; its functions only trap.
pub(crate) fn dummy(wit: &str, rpc_version: &str) -> Vec<u8> {
    let (resolve, world) = resolve(wit, rpc_version);
    let module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    finish(module, &resolve, world)
}

/// The first world in `wit`. A golem:rpc without a file of its own is like the first.
fn resolve(wit: &str, rpc_version: &str) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    for (name, version) in [("older", "0.2.0"), ("newer", "0.2.3")] {
        let wasi = format!("package wasi:{name};\n{}", WASI.replace("0.2.3", version));
        resolve.push_str("wasi.wit", &wasi).unwrap();
    }
    let own = GOLEM_RPC
        .iter()
        .find(|(version, _)| *version == rpc_version);
    let (like, rpc) = own.unwrap_or(&GOLEM_RPC[0]);
    let package = |version: &str| format!("package golem:rpc@{version};");
    let rpc = rpc.replace(&package(like), &package(rpc_version));
    resolve.push_str("golem-rpc.wit", &rpc).unwrap();
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    (resolve, world)
}

fn finish(mut module: Vec<u8>, resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let encoding = StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, resolve, world, encoding, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).unwrap();
    encoder.encode().unwrap()
}

/// A memory and an allocator that never frees.
pub(super) const ALLOCATOR: &str = r#"
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 32768))
  (func $alloc (param $size i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow
        (i32.add (i32.const 1) (i32.div_u (local.get $size) (i32.const 65536)))))))
    (local.get $at))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (call $alloc (local.get 3)))
"#;

/// A component with state: `test:target`.
pub(crate) fn target() -> Vec<u8> {
    let wit = "
package test:target@1.2.3;
interface counter {
  add: func(value: u64);
  get: func() -> u64;
  log: func() -> list<u64>;
  fail: func();
  env: func() -> list<tuple<string, string>>;
  echo: func(text: string) -> string;
  say: func(text: string);
  complain: func(text: string);
  exit: func();
}
interface other {
  record item { name: string, price: f32, amount: option<u32> }
  get: func() -> u64;
  buy: func(item: item, times: u8) -> result<item, string>;
  some-or-none: func(a: u8, b: option<u8>) -> option<u8>;
}
world target {
  import wasi:cli/exit@0.2.3;
  import wasi:cli/environment@0.2.3;
  import wasi:cli/stdout@0.2.3;
  import wasi:cli/stderr@0.2.3;
  export counter;
  export other;
  export top: func() -> u32;
}
";
    let core = format!(
        r#"(module
  (import "wasi:cli/environment@0.2.3" "get-environment" (func $environment (param i32)))
  (import "wasi:cli/exit@0.2.3" "exit" (func $exit (param i32)))
  (import "wasi:cli/stdout@0.2.3" "get-stdout" (func $stdout (result i32)))
  (import "wasi:cli/stderr@0.2.3" "get-stderr" (func $stderr (result i32)))
  (import "wasi:io/streams@0.2.3" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  {ALLOCATOR}
  (global $sum (mut i64) (i64.const 0))
  (global $count (mut i32) (i32.const 0))
  (func (export "test:target/counter@1.2.3#add") (param i64)
    (global.set $sum (i64.add (global.get $sum) (local.get 0)))
    (i64.store (i32.add (i32.const 1024) (i32.mul (global.get $count) (i32.const 8)))
      (local.get 0))
    (global.set $count (i32.add (global.get $count) (i32.const 1))))
  (func (export "test:target/counter@1.2.3#get") (result i64) (global.get $sum))
  (func (export "test:target/counter@1.2.3#log") (result i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (global.get $count))
    (i32.const 0))
  (func (export "test:target/counter@1.2.3#fail") unreachable)
  (func (export "test:target/counter@1.2.3#env") (result i32)
    (call $environment (i32.const 0))
    (i32.const 0))
  (func (export "test:target/counter@1.2.3#echo") (param i32 i32) (result i32)
    (i32.store (i32.const 0) (local.get 0))
    (i32.store (i32.const 4) (local.get 1))
    (i32.const 0))
  (func (export "test:target/counter@1.2.3#say") (param i32 i32)
    (call $write (call $stdout) (local.get 0) (local.get 1) (i32.const 0)))
  (func (export "test:target/counter@1.2.3#complain") (param i32 i32)
    (call $write (call $stderr) (local.get 0) (local.get 1) (i32.const 0)))
  (func (export "test:target/counter@1.2.3#exit") (call $exit (i32.const 1)))
  (func (export "test:target/other@1.2.3#some-or-none") (param i32 i32 i32) (result i32)
    (i32.store8 (i32.const 0) (local.get 1))
    (i32.store8 (i32.const 1) (local.get 2))
    (i32.const 0))
  (func (export "test:target/other@1.2.3#get") (result i64) (i64.const 42))
  (func (export "test:target/other@1.2.3#buy")
    (param i32 i32 f32 i32 i32 i32) (result i32)
    (i32.store8 (i32.const 16) (i32.const 0))
    (i32.store (i32.const 20) (local.get 0))
    (i32.store (i32.const 24) (local.get 1))
    (f32.store (i32.const 28)
      (f32.mul (local.get 2) (f32.convert_i32_u (local.get 5))))
    (i32.store (i32.const 32) (local.get 3))
    (i32.store (i32.const 36) (local.get 4))
    (i32.const 16))
  (func (export "top") (result i32) (i32.const 7))
)"#
    );
    component(wit, &core)
}

/// A component that calls whatever it is told to: `test:caller`.
pub(crate) fn caller(rpc_version: &str) -> Vec<u8> {
    let wit = format!(
        "
package test:caller;
interface api {{
  use golem:rpc/types@{rpc_version}.{{wit-value, rpc-error}};
  type answer = result<wit-value, rpc-error>;
  call: func(uri: string, function: string, params: list<wit-value>) -> answer;
  trigger: func(uri: string, function: string, params: list<wit-value>) -> result<_, rpc-error>;
  twice: func(uri: string, function: string, params: list<wit-value>) -> answer;
  early: func(uri: string, function: string, params: list<wit-value>) -> list<option<answer>>;
  consume: func(uri: string, function: string, params: list<wit-value>) -> list<option<answer>>;
  drop: func(uri: string, function: string, params: list<wit-value>, pollable-first: bool);
  gather: func(calls: list<tuple<string, string, list<wit-value>>>)
    -> list<tuple<u32, option<answer>>>;
  race: func(nanoseconds: u64, uri: string, function: string) -> list<u32>;
}}
world caller {{
  import wasi:io/poll@0.2.3;
  import wasi:clocks/monotonic-clock@0.2.3;
  import golem:rpc/types@{rpc_version};
  export api;
}}
"
    );
    let types = format!("golem:rpc/types@{rpc_version}");
    encode(
        &wit,
        &CALLER
            .replace("RPC", &types)
            .replace("ALLOCATOR", ALLOCATOR),
        rpc_version,
    )
}

const CALLER: &str = r#"(module
  (import "RPC" "[constructor]wasm-rpc" (func $connect (param i32 i32) (result i32)))
  (import "RPC" "[method]wasm-rpc.invoke-and-await"
    (func $call (param i32 i32 i32 i32 i32 i32)))
  (import "RPC" "[method]wasm-rpc.invoke" (func $trigger (param i32 i32 i32 i32 i32 i32)))
  (import "RPC" "[method]wasm-rpc.async-invoke-and-await"
    (func $start (param i32 i32 i32 i32 i32) (result i32)))
  (import "RPC" "[method]future-invoke-result.subscribe"
    (func $subscribe (param i32) (result i32)))
  (import "RPC" "[method]future-invoke-result.get" (func $get (param i32 i32)))
  (import "RPC" "[resource-drop]wasm-rpc" (func $drop-rpc (param i32)))
  (import "RPC" "[resource-drop]future-invoke-result" (func $drop-future (param i32)))
  (import "wasi:io/poll@0.2.3" "poll" (func $poll (param i32 i32 i32)))
  (import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:io/poll@0.2.3" "[resource-drop]pollable" (func $drop-pollable (param i32)))
  (import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration"
    (func $timer (param i64) (result i32)))
  ALLOCATOR
  (func (export "test:caller/api#call") (param i32 i32 i32 i32 i32 i32) (result i32)
    (local $ret i32) (local $rpc i32)
    (local.set $ret (call $alloc (i32.const 16)))
    (local.set $rpc (call $connect (local.get 0) (local.get 1)))
    (call $call (local.get $rpc) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get $ret))
    (call $drop-rpc (local.get $rpc))
    (local.get $ret))
  (func (export "test:caller/api#trigger") (param i32 i32 i32 i32 i32 i32) (result i32)
    (local $ret i32) (local $rpc i32)
    (local.set $ret (call $alloc (i32.const 16)))
    (local.set $rpc (call $connect (local.get 0) (local.get 1)))
    (call $trigger (local.get $rpc) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get $ret))
    (call $drop-rpc (local.get $rpc))
    (local.get $ret))
  ;; two calls through one resource; the answer to the second
  (func (export "test:caller/api#twice") (param i32 i32 i32 i32 i32 i32) (result i32)
    (local $ret i32) (local $rpc i32)
    (local.set $ret (call $alloc (i32.const 16)))
    (local.set $rpc (call $connect (local.get 0) (local.get 1)))
    (call $call (local.get $rpc) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get $ret))
    (call $call (local.get $rpc) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get $ret))
    (local.get $ret))
  ;; `get` at once, and again when the pollable says so
  (func $early (export "test:caller/api#early")
    (param i32 i32 i32 i32 i32 i32) (result i32)
    (local $ret i32) (local $future i32)
    (local.set $ret (call $alloc (i32.const 48)))
    (i32.store (local.get $ret) (i32.add (local.get $ret) (i32.const 8)))
    (i32.store offset=4 (local.get $ret) (i32.const 2))
    (local.set $future (call $start (call $connect (local.get 0) (local.get 1))
      (local.get 2) (local.get 3) (local.get 4) (local.get 5)))
    (call $get (local.get $future) (i32.add (local.get $ret) (i32.const 8)))
    (call $block (call $subscribe (local.get $future)))
    (call $get (local.get $future) (i32.add (local.get $ret) (i32.const 28)))
    (local.get $ret))
  ;; `get` after the answer is gone
  (func (export "test:caller/api#consume")
    (param i32 i32 i32 i32 i32 i32) (result i32)
    (local $ret i32) (local $future i32)
    (local.set $ret (call $alloc (i32.const 48)))
    (local.set $future (call $start (call $connect (local.get 0) (local.get 1))
      (local.get 2) (local.get 3) (local.get 4) (local.get 5)))
    (call $block (call $subscribe (local.get $future)))
    (call $get (local.get $future) (local.get $ret))
    (call $get (local.get $future) (local.get $ret))
    unreachable)
  ;; drops a future and its pollable, in the order that is asked for
  (func (export "test:caller/api#drop") (param i32 i32 i32 i32 i32 i32 i32)
    (local $future i32) (local $pollable i32)
    (local.set $future (call $start (call $connect (local.get 0) (local.get 1))
      (local.get 2) (local.get 3) (local.get 4) (local.get 5)))
    (local.set $pollable (call $subscribe (local.get $future)))
    (call $block (local.get $pollable))
    (if (local.get 6) (then (call $drop-pollable (local.get $pollable))))
    (call $drop-future (local.get $future))
    (if (i32.eqz (local.get 6)) (then (call $drop-pollable (local.get $pollable)))))
  ;; starts all calls, polls those that are left, takes answers as they come
  (func (export "test:caller/api#gather") (param $calls i32) (param $n i32) (result i32)
    (local $ret i32) (local $out i32) (local $futures i32) (local $open i32) (local $index i32)
    (local $i i32) (local $at i32) (local $left i32) (local $ready i32) (local $which i32)
    (local $kept i32)
    (local.set $ret (call $alloc (i32.const 8)))
    (local.set $out (call $alloc (i32.mul (local.get $n) (i32.const 24))))
    (local.set $futures (call $alloc (i32.mul (local.get $n) (i32.const 4))))
    (local.set $open (call $alloc (i32.mul (local.get $n) (i32.const 4))))
    (local.set $index (call $alloc (i32.mul (local.get $n) (i32.const 4))))
    (i32.store (local.get $ret) (local.get $out))
    (i32.store offset=4 (local.get $ret) (local.get $n))
    (loop $starting
      (if (i32.lt_u (local.get $i) (local.get $n)) (then
        (local.set $at (i32.add (local.get $calls) (i32.mul (local.get $i) (i32.const 24))))
        (i32.store (call $word (local.get $futures) (local.get $i))
          (call $start
            (call $connect (i32.load (local.get $at)) (i32.load offset=4 (local.get $at)))
            (i32.load offset=8 (local.get $at)) (i32.load offset=12 (local.get $at))
            (i32.load offset=16 (local.get $at)) (i32.load offset=20 (local.get $at))))
        (i32.store (call $word (local.get $open) (local.get $i))
          (call $subscribe (i32.load (call $word (local.get $futures) (local.get $i)))))
        (i32.store (call $word (local.get $index) (local.get $i)) (local.get $i))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $starting))))
    (local.set $left (local.get $n))
    (loop $polling
      (if (local.get $left) (then
        (call $poll (local.get $open) (local.get $left) (i32.const 0))
        (local.set $i (i32.const 0))
        (loop $taking
          (if (i32.lt_u (local.get $i) (i32.load (i32.const 4))) (then
            (local.set $ready (i32.load (call $word (i32.load (i32.const 0)) (local.get $i))))
            (local.set $which (i32.load (call $word (local.get $index) (local.get $ready))))
            (i32.store (local.get $out) (local.get $which))
            (call $get (i32.load (call $word (local.get $futures) (local.get $which)))
              (i32.add (local.get $out) (i32.const 4)))
            (local.set $out (i32.add (local.get $out) (i32.const 24)))
            (call $drop-pollable (i32.load (call $word (local.get $open) (local.get $ready))))
            (i32.store (call $word (local.get $open) (local.get $ready)) (i32.const 0))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $taking))))
        (local.set $i (i32.const 0))
        (local.set $kept (i32.const 0))
        (loop $keeping
          (if (i32.lt_u (local.get $i) (local.get $left)) (then
            (if (i32.load (call $word (local.get $open) (local.get $i))) (then
              (i32.store (call $word (local.get $open) (local.get $kept))
                (i32.load (call $word (local.get $open) (local.get $i))))
              (i32.store (call $word (local.get $index) (local.get $kept))
                (i32.load (call $word (local.get $index) (local.get $i))))
              (local.set $kept (i32.add (local.get $kept) (i32.const 1)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $keeping))))
        (local.set $left (local.get $kept))
        (br $polling))))
    (local.get $ret))
  (func $word (param i32 i32) (result i32)
    (i32.add (local.get 0) (i32.mul (local.get 1) (i32.const 4))))
  ;; one poll over a timer and a future: which of them is ready
  (func (export "test:caller/api#race") (param i64 i32 i32 i32 i32) (result i32)
    (local $open i32)
    (local.set $open (call $alloc (i32.const 8)))
    (i32.store (local.get $open) (call $timer (local.get 0)))
    (i32.store offset=4 (local.get $open)
      (call $subscribe (call $start (call $connect (local.get 1) (local.get 2))
        (local.get 3) (local.get 4) (i32.const 0) (i32.const 0))))
    (call $poll (local.get $open) (i32.const 2) (i32.const 0))
    (i32.const 0))
)"#;
