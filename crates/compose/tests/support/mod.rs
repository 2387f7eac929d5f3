//! Test components, built from WIT: a core module that imports and exports all that the world
//! asks for, made a component.

use golem_rpc_compose::{ComposeError, Composed, Input, compose};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

/// The part of golem:rpc that a stub's interface uses.
pub(crate) const RPC: &str = "package golem:rpc@0.1.0;
    interface types {
        record uri { value: string }
        resource wasm-rpc {
            constructor(location: uri);
            invoke: func(name: string);
        }
    }";

/// The interface of the component that is called.
pub(crate) const HISTORY: &str = "package shop:history;
    interface api {
        record order { id: string, total: f32 }
        add-order: func(order: order);
        get-orders: func() -> list<order>;
    }";

/// `wasi:io` at a version, with an interface that depends on poll's resource.
pub(crate) fn io(version: &str) -> String {
    format!(
        "package wasi:io@{version};
        interface poll {{
            resource pollable {{ ready: func() -> bool; block: func(); }}
            poll: func(in: list<borrow<pollable>>) -> list<u32>;
        }}
        interface streams {{
            use poll.{{pollable}};
            resource input-stream {{ subscribe: func() -> pollable; }}
        }}"
    )
}

/// The stub package of [`HISTORY`], for a version of wasi:io.
pub(crate) fn history_stub(io: &str) -> String {
    format!(
        "package shop:history-stub;
        interface stub-history {{
            use golem:rpc/types@0.1.0.{{uri}};
            use wasi:io/poll@{io}.{{pollable}};
            use shop:history/api.{{order}};
            resource future-get-orders-result {{
                subscribe: func() -> pollable;
                get: func() -> option<list<order>>;
            }}
            resource api {{
                constructor(location: uri);
                blocking-add-order: func(order: order);
                add-order: func(order: order);
                blocking-get-orders: func() -> list<order>;
                get-orders: func() -> future-get-orders-result;
            }}
        }}"
    )
}

/// The caller of [`history_stub`], built with a version of wasi:io.
pub(crate) fn cart(io_version: &str) -> Vec<u8> {
    let world = format!(
        "package shop:cart;
        interface api {{ checkout: func() -> string; }}
        world cart {{
            import wasi:io/poll@{io_version};
            import shop:history-stub/stub-history;
            export api;
        }}"
    );
    component(&[
        RPC,
        HISTORY,
        &io(io_version),
        &history_stub(io_version),
        &world,
    ])
}

/// The stub component of [`history_stub`], built with a version of wasi:io.
pub(crate) fn history(io_version: &str) -> Vec<u8> {
    let world = format!(
        "package shop:history-component;
        world wasm-rpc-stub-history {{
            import golem:rpc/types@0.1.0;
            import wasi:io/poll@{io_version};
            export shop:history-stub/stub-history;
        }}"
    );
    component(&[
        RPC,
        HISTORY,
        &io(io_version),
        &history_stub(io_version),
        &world,
    ])
}

/// A component of the only world in the last of `packages`; each may use those before it.
pub(crate) fn component(packages: &[&str]) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let mut last = None;
    for (index, text) in packages.iter().enumerate() {
        let pushed = resolve.push_str(format!("{index}.wit"), text);
        last = Some(pushed.unwrap_or_else(|error| panic!("{error:?}\n{text}")));
    }
    let package = last.expect("at least the world's package");
    let world = resolve.select_world(&[package], None).expect("one world");
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)
        .expect("the world was just resolved");
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode());
    encoded.expect("a dummy module fits its world")
}

/// A caller and a stub of an interface `t:t/api` that they were built with separately.
pub(crate) fn pair(expected: &str, found: &str) -> (Vec<u8>, Vec<u8>) {
    let caller = format!("package t:t; interface api {{ {expected} }} world w {{ import api; }}");
    let stub = format!("package t:t; interface api {{ {found} }} world w {{ export api; }}");
    (component(&[&caller]), component(&[&stub]))
}

/// Composes `caller.wasm` with stubs that have names.
pub(crate) fn compose_with(
    caller: &[u8],
    stubs: &[(&str, &[u8])],
) -> Result<Composed, ComposeError> {
    let stubs: Vec<_> = stubs
        .iter()
        .map(|&(name, wasm)| Input { name, wasm })
        .collect();
    compose(
        Input {
            name: "caller.wasm",
            wasm: caller,
        },
        &stubs,
    )
}
