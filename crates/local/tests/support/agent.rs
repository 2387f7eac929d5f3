//! `agent`: a caller by golem:rpc 0.2.x, which does what its arguments say.

use super::guests::{ALLOCATOR, encode};

/// `test:agent`, which calls by worker id, or by agent id where the version says so.
pub(crate) fn agent(rpc_version: &str) -> Vec<u8> {
    let wasi = match rpc_version {
        "0.2.0" => "0.2.0",
        _ => "0.2.3",
    };
    let ephemeral = rpc_version != "0.2.2";
    let twice =
        "twice: func(component: uuid, function: string, params: list<wit-value>) -> answer;";
    let wit = format!(
        "
package test:agent;
interface api {{
  use golem:rpc/types@{rpc_version}.{{wit-value, rpc-error, uuid}};
  use wasi:clocks/wall-clock@{wasi}.{{datetime}};
  type answer = result<wit-value, rpc-error>;
  call: func(component: uuid, name: string, function: string, params: list<wit-value>) -> answer;
  {}
  schedule: func(component: uuid, name: string, at: datetime, function: string,
    params: list<wit-value>);
  maybe: func(component: uuid, name: string, at: datetime, function: string,
    params: list<wit-value>, cancel: bool);
  parse: func(text: string) -> result<uuid, string>;
  show: func(id: uuid) -> string;
}}
world agent {{
  import golem:rpc/types@{rpc_version};
  export api;
}}
",
        if ephemeral { twice } else { "" }
    );
    let core = AGENT
        .replace("ALLOCATOR", ALLOCATOR)
        .replace("EPHEMERAL", if ephemeral { EPHEMERAL } else { "" })
        .replace("TWICE", if ephemeral { TWICE } else { "" })
        .replace("RPC", &format!("golem:rpc/types@{rpc_version}"));
    encode(&wit, &core, rpc_version)
}

const EPHEMERAL: &str = r#"(import "RPC" "[static]wasm-rpc.ephemeral"
    (func $new (param i64 i64) (result i32)))"#;

/// Two calls of one new worker; the answer to the second.
const TWICE: &str = r#"
  (func (export "test:agent/api#twice") (param i64 i64 i32 i32 i32 i32) (result i32)
    (local $ret i32) (local $rpc i32)
    (local.set $ret (call $alloc (i32.const 16)))
    (local.set $rpc (call $new (local.get 0) (local.get 1)))
    (call $call (local.get $rpc) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get $ret))
    (call $call (local.get $rpc) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get $ret))
    (call $drop-rpc (local.get $rpc))
    (local.get $ret))"#;

const AGENT: &str = r#"(module
  (import "RPC" "[constructor]wasm-rpc"
    (func $connect (param i64 i64 i32 i32) (result i32)))
  (import "RPC" "[method]wasm-rpc.invoke-and-await"
    (func $call (param i32 i32 i32 i32 i32 i32)))
  (import "RPC" "[method]wasm-rpc.schedule-invocation"
    (func $schedule (param i32 i64 i32 i32 i32 i32 i32)))
  (import "RPC" "[method]wasm-rpc.schedule-cancelable-invocation"
    (func $maybe (param i32 i64 i32 i32 i32 i32 i32) (result i32)))
  (import "RPC" "[method]cancellation-token.cancel" (func $cancel (param i32)))
  (import "RPC" "[resource-drop]cancellation-token" (func $drop-token (param i32)))
  (import "RPC" "[resource-drop]wasm-rpc" (func $drop-rpc (param i32)))
  (import "RPC" "parse-uuid" (func $parse (param i32 i32 i32)))
  (import "RPC" "uuid-to-string" (func $show (param i64 i64 i32)))
  EPHEMERAL
  ALLOCATOR
  (func (export "test:agent/api#call")
    (param i64 i64 i32 i32 i32 i32 i32 i32) (result i32) (local $ret i32) (local $rpc i32)
    (local.set $ret (call $alloc (i32.const 16)))
    (local.set $rpc
      (call $connect (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (call $call (local.get $rpc) (local.get 4) (local.get 5) (local.get 6) (local.get 7)
      (local.get $ret))
    (call $drop-rpc (local.get $rpc))
    (local.get $ret))
  TWICE
  (func (export "test:agent/api#schedule")
    (param i64 i64 i32 i32 i64 i32 i32 i32 i32 i32) (local $rpc i32)
    (local.set $rpc
      (call $connect (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (call $schedule (local.get $rpc) (local.get 4) (local.get 5) (local.get 6) (local.get 7)
      (local.get 8) (local.get 9))
    (call $drop-rpc (local.get $rpc)))
  ;; the token is cancelled or only dropped
  (func (export "test:agent/api#maybe")
    (param i64 i64 i32 i32 i64 i32 i32 i32 i32 i32 i32) (local $rpc i32) (local $token i32)
    (local.set $rpc
      (call $connect (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (local.set $token (call $maybe (local.get $rpc) (local.get 4) (local.get 5) (local.get 6)
      (local.get 7) (local.get 8) (local.get 9)))
    (if (local.get 10) (then (call $cancel (local.get $token))))
    (call $drop-token (local.get $token))
    (call $drop-rpc (local.get $rpc)))
  (func (export "test:agent/api#parse") (param i32 i32) (result i32) (local $ret i32)
    (local.set $ret (call $alloc (i32.const 24)))
    (call $parse (local.get 0) (local.get 1) (local.get $ret))
    (local.get $ret))
  (func (export "test:agent/api#show") (param i64 i64) (result i32) (local $ret i32)
    (local.set $ret (call $alloc (i32.const 8)))
    (call $show (local.get 0) (local.get 1) (local.get $ret))
    (local.get $ret))
)"#;
