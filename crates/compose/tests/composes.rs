//! What is linked, what is left out, and what the output still imports.

mod support;

use golem_rpc_compose::{Composed, Link};
use support::{HISTORY, RPC, cart, component, compose_with, history, history_stub, io};
use wasmparser::{Parser, Payload, Validator};
use wit_component::{DecodedWasm, decode};

/// The output's exports, after checking that it is valid.
fn exports(composed: &Composed) -> Vec<String> {
    let valid = Validator::new().validate_all(&composed.wasm);
    valid.expect("the output is validated");
    let Ok(DecodedWasm::Component(resolve, world)) = decode(&composed.wasm) else {
        panic!("not a component with a world")
    };
    let exports = resolve.worlds[world].exports.keys();
    exports.map(|key| resolve.name_world_key(key)).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A stub package `t:<name>[@version]` with one function, and its component.
fn small_stub(name: &str, version: &str) -> (String, Vec<u8>) {
    let package = format!("package t:{name}{version}; interface api {{ f-{name}: func(); }}");
    let world = format!("package t:c; world c {{ export t:{name}/api{version}; }}");
    let wasm = component(&[&package, &world]);
    (package, wasm)
}

/// A component that imports `lines` from those packages.
fn caller_of(packages: &[&str], lines: &str) -> Vec<u8> {
    let world = format!("package t:caller; world w {{ {lines} export run: func(); }}");
    let mut packages = packages.to_vec();
    packages.push(&world);
    component(&packages)
}

#[test]
fn a_stub_takes_the_place_of_the_import() {
    let composed = compose_with(&cart("0.2.0"), &[("history.wasm", &history("0.2.0"))]).unwrap();
    assert_eq!(exports(&composed), ["shop:cart/api"]);
    assert_eq!(
        composed.imports,
        [
            "wasi:io/poll@0.2.0",
            "golem:rpc/types@0.1.0",
            "shop:history/api"
        ]
    );
    let interface = "shop:history-stub/stub-history".to_owned();
    assert_eq!(
        composed.links,
        [Link {
            importer: "caller.wasm".to_owned(),
            import: interface.clone(),
            stub: "history.wasm".to_owned(),
            export: interface,
        }]
    );
    assert_eq!(composed.unused, []);
}

#[test]
fn compatible_versions_of_wasi_become_one_import_at_the_higher_version() {
    for (caller, stub) in [("0.2.3", "0.2.0"), ("0.2.0", "0.2.3")] {
        let stub = history(stub);
        let composed = compose_with(&cart(caller), &[("history.wasm", &stub)]).unwrap();
        assert_eq!(exports(&composed), ["shop:cart/api"]);
        let wasi: Vec<_> = composed
            .imports
            .iter()
            .filter(|id| id.starts_with("wasi:"))
            .collect();
        assert_eq!(wasi, ["wasi:io/poll@0.2.3"], "caller at {caller}");
        assert!(!composed.imports.iter().any(|id| id.contains("-stub/")));
    }
}

#[test]
fn an_interface_that_depends_on_the_merged_one_follows_it() {
    for (caller, stub) in [("0.2.3", "0.2.0"), ("0.2.0", "0.2.3")] {
        let world =
            format!("import wasi:io/streams@{caller}; import shop:history-stub/stub-history;");
        let packages = [RPC, HISTORY, &io(caller), &history_stub(caller)];
        let importer = caller_of(&packages, &world);
        let composed = compose_with(&importer, &[("history.wasm", &history(stub))]).unwrap();
        assert_eq!(exports(&composed), ["run"]);
        let polls: Vec<_> = composed
            .imports
            .iter()
            .filter(|id| id.contains("/poll@"))
            .collect();
        assert_eq!(polls.len(), 1, "{:?}", composed.imports);
        assert!(
            composed
                .imports
                .contains(&format!("wasi:io/streams@{caller}"))
        );
    }
}

#[test]
fn a_newer_golem_rpc_in_the_caller_serves_the_stub_too() {
    let newer = RPC.replace("@0.1.0", "@0.1.1").replace(
        "record uri",
        "record typed { name: string } extract: func(name: string) -> typed; record uri",
    );
    let stub_wit = history_stub("0.2.0").replace("types@0.1.0", "types@0.1.1");
    let lines = "import golem:rpc/types@0.1.1; import shop:history-stub/stub-history;";
    let caller = caller_of(&[&newer, HISTORY, &io("0.2.0"), &stub_wit], lines);
    let composed = compose_with(&caller, &[("history.wasm", &history("0.2.0"))]).unwrap();
    exports(&composed);
    let rpc: Vec<_> = composed
        .imports
        .iter()
        .filter(|id| id.starts_with("golem:"))
        .collect();
    assert_eq!(rpc, ["golem:rpc/types@0.1.1"]);
}

#[test]
fn two_stubs_are_linked_in_any_order_with_the_same_bytes() {
    let (a_wit, a) = small_stub("a", "");
    let (b_wit, b) = small_stub("b", "");
    let caller = caller_of(
        &[&a_wit, &b_wit],
        "import t:a/api; import t:b/api; import log: func();",
    );
    let composed = compose_with(&caller, &[("a.wasm", &a), ("b.wasm", &b)]).unwrap();
    assert_eq!(exports(&composed), ["run"]);
    assert_eq!(composed.imports, ["log"]);
    let stubs: Vec<_> = composed
        .links
        .iter()
        .map(|link| link.stub.as_str())
        .collect();
    assert_eq!(stubs, ["a.wasm", "b.wasm"]);
    let other = compose_with(&caller, &[("b.wasm", &b), ("a.wasm", &a)]).unwrap();
    assert_eq!(composed.wasm, other.wasm);
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (caller, stub) = (cart("0.2.3"), history("0.2.0"));
    let first = compose_with(&caller, &[("history.wasm", &stub)]).unwrap();
    for _ in 0..20 {
        let again = compose_with(&caller, &[("history.wasm", &stub)]).unwrap();
        assert!(first == again);
    }
}

#[test]
fn the_composition_adds_little_and_no_custom_section() {
    let (caller, stub) = (cart("0.2.3"), history("0.2.0"));
    let composed = compose_with(&caller, &[("history.wasm", &stub)]).unwrap();
    assert!(contains(&composed.wasm, &caller) && contains(&composed.wasm, &stub));
    let added = composed.wasm.len() - caller.len() - stub.len();
    assert!(added < 1000, "{added} bytes");
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(&composed.wasm) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) => assert!(depth > 1, "{}", section.name()),
            _ => {}
        }
    }
}

#[test]
fn a_stub_that_is_not_imported_is_reported_and_leaves_the_caller_as_it_is() {
    let caller = caller_of(&[], "import log: func();");
    let (_, stub) = small_stub("a", "@1.2.0");
    let composed = compose_with(&caller, &[("a.wasm", &stub)]).unwrap();
    assert_eq!(composed.wasm, caller);
    assert_eq!(composed.imports, ["log"]);
    assert_eq!(composed.unused.len(), 1);
    assert_eq!(composed.unused[0].stub, "a.wasm");
    let lines: Vec<_> = composed.unused[0].import_lines().collect();
    assert_eq!(lines, ["import t:a/api@1.2.0;"]);
}

#[test]
fn an_unused_stub_beside_a_used_one_is_not_in_the_output() {
    let (a_wit, a) = small_stub("a", "");
    let (_, b) = small_stub("b", "");
    let caller = caller_of(&[&a_wit], "import t:a/api;");
    let composed = compose_with(&caller, &[("b.wasm", &b), ("a.wasm", &a)]).unwrap();
    assert_eq!(composed.unused.len(), 1);
    assert_eq!(composed.unused[0].stub, "b.wasm");
    assert!(contains(&composed.wasm, &a) && !contains(&composed.wasm, &b));
}

#[test]
fn a_stub_given_twice_is_used_once() {
    let stub = history("0.2.0");
    let once = compose_with(&cart("0.2.0"), &[("history.wasm", &stub)]).unwrap();
    let stubs = [
        ("history.wasm", stub.as_slice()),
        ("./history.wasm", stub.as_slice()),
    ];
    assert!(compose_with(&cart("0.2.0"), &stubs).unwrap() == once);
}

#[test]
fn a_versioned_interface_is_linked_to_its_version_or_the_highest_compatible_one() {
    let (wit, _) = small_stub("a", "@1.9.0");
    let stubs: Vec<_> = ["@1.9.0", "@1.10.0", "@1.2.0"]
        .map(|version| (version, small_stub("a", version).1))
        .to_vec();
    let stubs: Vec<_> = stubs
        .iter()
        .map(|(name, wasm)| (*name, wasm.as_slice()))
        .collect();
    let caller = caller_of(&[&wit], "import t:a/api@1.9.0;");
    for (given, expected) in [
        (&stubs[..], "t:a/api@1.9.0"),
        (&stubs[1..], "t:a/api@1.10.0"),
    ] {
        let composed = compose_with(&caller, given).unwrap();
        exports(&composed);
        assert_eq!(composed.links.len(), 1);
        assert_eq!(composed.links[0].import, "t:a/api@1.9.0");
        assert_eq!(composed.links[0].export, expected);
        assert_eq!(composed.imports, [""; 0]);
        assert_eq!(composed.unused.len(), given.len() - 1);
    }
}

#[test]
fn two_major_versions_of_one_interface_go_to_their_own_stubs() {
    let (one_wit, one) = small_stub("a", "@1.0.0");
    let (two_wit, two) = small_stub("a", "@2.0.0");
    let caller = caller_of(
        &[&one_wit, &two_wit],
        "import t:a/api@1.0.0; import t:a/api@2.0.0;",
    );
    let composed = compose_with(&caller, &[("2.wasm", &two), ("1.wasm", &one)]).unwrap();
    assert_eq!(composed.imports, [""; 0]);
    let links: Vec<_> = composed
        .links
        .iter()
        .map(|link| (&*link.export, &*link.stub))
        .collect();
    assert_eq!(
        links,
        [("t:a/api@1.0.0", "1.wasm"), ("t:a/api@2.0.0", "2.wasm")]
    );
}

#[test]
fn a_stub_may_need_another_stub() {
    let (a_wit, a) = small_stub("a", "");
    let b_wit = "package t:b; interface api { f: func(); }";
    let b_world = "package t:c; world c { import t:a/api; export t:b/api; }";
    let b = component(&[&a_wit, b_wit, b_world]);
    let caller = caller_of(&[b_wit], "import t:b/api;");
    let composed = compose_with(&caller, &[("a.wasm", &a), ("b.wasm", &b)]).unwrap();
    assert_eq!(composed.imports, [""; 0]);
    assert_eq!(composed.unused, []);
    let importers: Vec<_> = composed
        .links
        .iter()
        .map(|link| link.importer.as_str())
        .collect();
    assert_eq!(importers, ["b.wasm", "caller.wasm"]);
}

#[test]
fn a_stub_may_export_more_than_the_caller_uses() {
    let (caller, stub) = support::pair(
        "record r { a: u8 } f: func(r: r);",
        "record r { a: u8 } enum more { x, y } f: func(r: r); g: func() -> more;",
    );
    let composed = compose_with(&caller, &[("stub.wasm", &stub)]).unwrap();
    assert_eq!(composed.links.len(), 1);
    assert_eq!(composed.imports, [""; 0]);
}

#[test]
fn every_kind_of_value_type_passes() {
    let api = "type id = u64;
        record r { a: bool, b: id, c: list<string>, d: tuple<u8, s8, f32>, e: tuple<char> }
        variant v { none, one(r), many(list<r>) }
        enum e { x, y }
        flags g { p, q }
        type res = result<r, v>;
        f: func(r: r, v: v, e: e, g: g) -> res;
        h: func(a: option<r>, b: result, c: result<u8>, d: result<_, e>) -> list<tuple<id, f64>>;
        resource cell { constructor(r: r); get: func() -> option<r>; make: static func() -> cell; }
        take: func(cell: cell, other: borrow<cell>);";
    let (caller, stub) = support::pair(api, api);
    let composed = compose_with(&caller, &[("stub.wasm", &stub)]).unwrap();
    assert_eq!(composed.links.len(), 1);
    assert_eq!(composed.imports, [""; 0]);
}

#[test]
fn all_exports_of_the_caller_stay() {
    let (a_wit, a) = small_stub("a", "");
    let world = "package t:caller@2.1.0;
        interface shapes { record point { x: s32 } }
        interface store {
            use shapes.{point};
            resource item { constructor(at: point); at: func() -> point; }
            variant found { none, item(item) }
            find: func(name: string) -> found;
        }
        world w {
            use shapes.{point};
            import t:a/api;
            export store;
            export top: func(at: point) -> point;
            export inline: interface { f: func(); }
        }";
    let caller = component(&[&a_wit, world]);
    let before = compose_with(&caller, &[]).unwrap();
    let composed = compose_with(&caller, &[("a.wasm", &a)]).unwrap();
    let mut expected = exports(&before);
    let mut present = exports(&composed);
    expected.sort();
    present.sort();
    assert_eq!(present, expected);
    assert!(present.contains(&"t:caller/store@2.1.0".to_owned()));
    assert!(!composed.imports.contains(&"t:a/api".to_owned()));
}

#[test]
fn a_caller_with_two_versions_of_one_interface_composes_too() {
    let lines = "import wasi:io/poll@0.2.3; import shop:history-stub/stub-history;";
    let newer = io("0.2.3");
    let packages = [RPC, HISTORY, &io("0.2.0"), &newer, &history_stub("0.2.0")];
    let caller = caller_of(&packages, lines);
    let composed = compose_with(&caller, &[("history.wasm", &history("0.2.0"))]).unwrap();
    exports(&composed);
    assert!(composed.imports.contains(&"wasi:io/poll@0.2.3".to_owned()));
    assert!(!composed.imports.iter().any(|id| id.contains("-stub/")));
}
