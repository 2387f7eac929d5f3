//! Types that the stub interface declares itself, so that the stub does without their package.

use std::collections::BTreeSet;

use golem_rpc_stub::{Stub, StubOptions};
use wit_parser::PackageName;

use crate::{has_lines, stub_of, stub_with, text};

fn without(files: &[(&str, &str)], packages: &[(&str, &str)]) -> Stub {
    let name = |(namespace, name): &(&str, &str)| PackageName {
        namespace: namespace.to_string(),
        name: name.to_string(),
        version: None,
    };
    let options = StubOptions {
        redeclared: packages.iter().map(name).collect::<BTreeSet<_>>(),
        ..StubOptions::default()
    };
    stub_with(files, &options).unwrap_or_else(|error| panic!("{error}"))
}

fn dirs(stub: &Stub) -> Vec<&str> {
    stub.packages.iter().map(|p| p.dir.as_str()).collect()
}

const FILES: [(&str, &str); 4] = [
    (
        "main.wit",
        "package shop:cart@1.2.0;
         interface api {
           use shop:orders/types@0.1.0.{order};
           use shop:money/types.{amount};
           /// What is in it.
           record content { orders: list<order>, total: amount }
           checkout: func(c: content) -> order;
         }
         world cart { export api; }",
    ),
    (
        "deps/orders.wit",
        "package shop:orders@0.1.0;
         interface types { use shop:items/types.{item}; type id = string; record order { id: id, items: list<item> } }",
    ),
    (
        "deps/items.wit",
        "package shop:items; interface types { record item { name: string } }",
    ),
    (
        "deps/money.wit",
        "package shop:money; interface types { type amount = u64; }",
    ),
];

#[test]
fn without_the_targets_own_package() {
    let stub = without(&FILES, &[("shop", "cart")]);
    assert_eq!(
        dirs(&stub),
        ["wasm-rpc", "shop_items", "shop_money", "shop_orders", "io"]
    );
    has_lines(
        &stub,
        &[
            "package shop:cart-stub@1.2.0;",
            "use shop:orders/types@0.1.0.{order};",
            "use shop:money/types.{amount};",
            "/// What is in it.",
            "record content {",
            "checkout: func(c: content) -> future-checkout-result;",
        ],
    );
}

#[test]
fn without_a_package_that_others_depend_on() {
    let stub = without(&FILES, &[("shop", "items")]);
    // `order` holds an `item`, and `content` an `order`; `amount` has nothing to do with it.
    assert_eq!(dirs(&stub), ["wasm-rpc", "shop_money", "io"]);
    has_lines(
        &stub,
        &[
            "use shop:money/types.{amount};",
            "record item {",
            "type id = string;",
            "items: list<item>,",
            "record content {",
        ],
    );
}

#[test]
fn without_any_package_of_the_targets() {
    let all = [
        ("shop", "cart"),
        ("shop", "items"),
        ("shop", "money"),
        ("shop", "orders"),
    ];
    let stub = without(&FILES, &all);
    assert_eq!(dirs(&stub), ["wasm-rpc", "io"]);
    assert!(!text(&stub).contains("shop:items"), "{}", text(&stub));
    let plain = without(&FILES, &[]);
    assert_eq!(
        plain.wit,
        stub_of(&FILES).wit,
        "and without the option nothing changes"
    );
    assert_eq!(dirs(&plain).len(), 6);
}

#[test]
fn a_package_that_the_stub_itself_is_called_like() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b; interface api { use a:b-stub/t.{x}; f: func(x: x); } world w { export api; }",
        ),
        (
            "deps/s.wit",
            "package a:b-stub; interface t { enum x { one } }",
        ),
    ]);
    assert_eq!(dirs(&stub), ["wasm-rpc", "io"]);
    has_lines(&stub, &["enum x {"]);
}

#[test]
fn of_two_versions_of_one_package_the_highest_is_used() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
             interface api {
               use c:d/t@1.0.0.{x};
               use c:d/t@1.1.0.{x as y};
               use c:d/t@2.0.0.{x as z};
               use e:f/t.{holder};
               f: func(x: x, y: y, z: z) -> holder;
             }
             world w { export api; }",
        ),
        (
            "deps/d1.wit",
            "package c:d@1.0.0; interface t { record x { a: u8 } }",
        ),
        (
            "deps/d2.wit",
            "package c:d@1.1.0; interface t { record x { b: u8 } }",
        ),
        (
            "deps/d3.wit",
            "package c:d@2.0.0; interface t { record x { c: u8 } }",
        ),
        (
            "deps/f.wit",
            "package e:f; interface t { use c:d/t@1.0.0.{x}; record holder { x: x } }",
        ),
    ]);
    assert_eq!(dirs(&stub), ["c_d", "wasm-rpc", "io"]);
    has_lines(
        &stub,
        &[
            "use c:d/t@2.0.0.{x as c-d-t-x-v2x0x0};",
            "record c-d-t-x-v1x0x0 {",
            "record c-d-t-x-v1x1x0 {",
            "record holder {",
            "f: func(x: c-d-t-x-v1x0x0, y: c-d-t-x-v1x1x0, z: c-d-t-x-v2x0x0) -> future-f-result;",
        ],
    );
}

#[test]
fn of_wasi_io_the_version_of_golem_rpc_is_used() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b; interface api { use wasi:io/error@0.3.0.{code}; f: func() -> code; } world w { export api; }",
        ),
        (
            "deps/io.wit",
            "package wasi:io@0.3.0; interface error { enum code { broken } }",
        ),
    ]);
    has_lines(
        &stub,
        &["use wasi:io/poll@0.2.0.{pollable};", "enum code {"],
    );
    assert_eq!(dirs(&stub), ["wasm-rpc", "io"]);
}
