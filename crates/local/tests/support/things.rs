//! `things`: a component with resources, whose instances say how often a destructor ran.

use super::guests::{ALLOCATOR, component};

/// `test:things`: counters, baskets that hold one counter, and functions over handles.
pub(crate) fn things() -> Vec<u8> {
    let wit = "
package test:things@1.0.0;
interface api {
  resource counter {
    constructor(start: u64);
    add: func(value: u64);
    get: func() -> u64;
    merge: static func(a: counter, b: borrow<counter>) -> counter;
    new: static func() -> counter;
  }
  resource basket {
    constructor();
    put: func(item: counter);
    take: func() -> option<counter>;
    drop: func() -> u32;
  }
  split: func(whole: counter) -> list<counter>;
  sum: func(of: list<borrow<counter>>) -> u64;
  keep-one: func(of: tuple<counter, counter>) -> counter;
  ended: func() -> u32;
  fail: func();
}
interface others {
  use api.{counter as thing};
  peek: func(at: borrow<thing>) -> u64;
}
world things { export api; export others; }
";
    let core = format!(
        r#"(module
  (import "[export]test:things/api@1.0.0" "[resource-new]counter"
    (func $new-counter (param i32) (result i32)))
  (import "[export]test:things/api@1.0.0" "[resource-rep]counter"
    (func $counter (param i32) (result i32)))
  (import "[export]test:things/api@1.0.0" "[resource-drop]counter"
    (func $drop-counter (param i32)))
  (import "[export]test:things/api@1.0.0" "[resource-new]basket"
    (func $new-basket (param i32) (result i32)))
  {ALLOCATOR}
  (global $ended (mut i32) (i32.const 0))
  (func $make (param i64) (result i32) (local $at i32)
    (local.set $at (call $alloc (i32.const 8)))
    (i64.store (local.get $at) (local.get 0))
    (call $new-counter (local.get $at)))
  (func (export "test:things/api@1.0.0#[constructor]counter") (param i64) (result i32)
    (call $make (local.get 0)))
  (func (export "test:things/api@1.0.0#[method]counter.add") (param i32 i64)
    (i64.store (local.get 0) (i64.add (i64.load (local.get 0)) (local.get 1))))
  (func $get (export "test:things/api@1.0.0#[method]counter.get") (param i32) (result i64)
    (i64.load (local.get 0)))
  (func (export "test:things/api@1.0.0#[static]counter.merge") (param i32 i32) (result i32)
    (local $sum i64)
    (local.set $sum (i64.add (i64.load (call $counter (local.get 0))) (i64.load (local.get 1))))
    (call $drop-counter (local.get 0))
    (call $make (local.get $sum)))
  (func (export "test:things/api@1.0.0#[static]counter.new") (result i32)
    (call $make (i64.const 77)))
  ;; a counter of 13 cannot come to its end
  (func (export "test:things/api@1.0.0#[dtor]counter") (param i32)
    (if (i64.eq (i64.load (local.get 0)) (i64.const 13)) (then unreachable))
    (global.set $ended (i32.add (global.get $ended) (i32.const 1))))
  (func (export "test:things/api@1.0.0#[constructor]basket") (result i32)
    (call $new-basket (call $alloc (i32.const 8))))
  (func (export "test:things/api@1.0.0#[method]basket.put") (param i32 i32)
    (i32.store (local.get 0) (i32.const 1))
    (i32.store offset=4 (local.get 0) (local.get 1)))
  (func (export "test:things/api@1.0.0#[method]basket.take") (param i32) (result i32)
    (local $ret i32)
    (local.set $ret (call $alloc (i32.const 8)))
    (i64.store (local.get $ret) (i64.load (local.get 0)))
    (i32.store (local.get 0) (i32.const 0))
    (local.get $ret))
  (func (export "test:things/api@1.0.0#[method]basket.drop") (param i32) (result i32)
    (i32.const 5))
  (func (export "test:things/api@1.0.0#split") (param i32) (result i32)
    (local $ret i32) (local $half i64)
    (local.set $ret (call $alloc (i32.const 16)))
    (local.set $half (i64.shr_u (i64.load (call $counter (local.get 0))) (i64.const 1)))
    (call $drop-counter (local.get 0))
    (i32.store (local.get $ret) (i32.add (local.get $ret) (i32.const 8)))
    (i32.store offset=4 (local.get $ret) (i32.const 2))
    (i32.store offset=8 (local.get $ret) (call $make (local.get $half)))
    (i32.store offset=12 (local.get $ret) (call $make (local.get $half)))
    (local.get $ret))
  (func (export "test:things/api@1.0.0#sum") (param i32 i32) (result i64) (local $sum i64)
    (loop $adding
      (if (local.get 1) (then
        (local.set $sum (i64.add (local.get $sum) (i64.load (i32.load (local.get 0)))))
        (local.set 0 (i32.add (local.get 0) (i32.const 4)))
        (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
        (br $adding))))
    (local.get $sum))
  (func (export "test:things/api@1.0.0#keep-one") (param i32 i32) (result i32)
    (call $drop-counter (local.get 0))
    (local.get 1))
  (func (export "test:things/api@1.0.0#ended") (result i32) (global.get $ended))
  (func (export "test:things/api@1.0.0#fail") unreachable)
  (func (export "test:things/others@1.0.0#peek") (param i32) (result i64)
    (call $get (local.get 0)))
)"#
    );
    component(wit, &core)
}
