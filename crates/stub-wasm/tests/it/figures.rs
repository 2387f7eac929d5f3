//! Figures: bytes and fuel. `cargo test -p golem-rpc-stub-wasm figures -- --nocapture` prints them;
//! what is asserted is only that they stay in the region where they belong.

use std::time::Instant;

use golem_rpc_stub::Stub;
use golem_rpc_stub_wasm::emit;
use wasmparser::{Parser, Payload};
use wasmtime::component::{Type, Val};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi};

use crate::corpus;
use crate::host::{Answer, Compiled, Running};
use crate::random::Random;
use crate::wire::{Node, Tree};

/// The bytes that wit-component alone needs for the stub's world, without standard error.
fn dummy(stub: &Stub) -> usize {
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&stub.resolve, stub.world, abi);
    let encoding = StringEncoding::UTF8;
    embed_component_metadata(&mut module, &stub.resolve, stub.world, encoding, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    encoder.module(&module).unwrap();
    without_custom_sections(&encoder.encode().unwrap())
}

/// About the bytes of a component once its custom sections are gone.
fn without_custom_sections(component: &[u8]) -> usize {
    let payloads = Parser::new(0).parse_all(component);
    let custom = payloads.filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) => {
            let range = section.range();
            Some((range.end - range.start) as usize + 3)
        }
        _ => None,
    });
    component.len() - custom.sum::<usize>()
}

/// About what standard error adds to a component.
const STDERR: usize = 1_000;

/// The bytes of the core module with the code.
fn module_bytes(component: &[u8]) -> usize {
    let payloads = Parser::new(0).parse_all(component);
    let sizes = payloads.filter_map(|payload| match payload.unwrap() {
        Payload::ModuleSection {
            unchecked_range, ..
        } => Some((unchecked_range.end - unchecked_range.start) as usize),
        _ => None,
    });
    sizes.max().unwrap()
}

/// An interface of functions that take and return a record.
fn wide(functions: usize) -> Stub {
    let record = "record item { id: string, tags: list<string>, price: f64 }";
    let functions =
        (0..functions).map(|i| format!("call-{i}: func(item: item, n: u32) -> item;\n"));
    let functions: String = functions.collect();
    let text = format!(
        "package demo:wide;\ninterface api {{ {record}\n{functions} }}\nworld wide {{ export api; }}"
    );
    corpus::stub_of_text(&text)
}

#[test]
fn bytes() {
    println!("world: bytes (core module), wit-component's dummy without standard error");
    for world in corpus::worlds() {
        let stub = corpus::stub(&world);
        let start = Instant::now();
        let wasm = emit(&stub).unwrap();
        let emitted = start.elapsed();
        let floor = dummy(&stub);
        println!(
            "{world}: {} ({}) in {emitted:?}, {floor}",
            wasm.len(),
            module_bytes(&wasm)
        );
        assert!(wasm.len() < floor * 115 / 100 + 1_500 + STDERR, "{world}");
        let names = b"producers";
        assert!(!wasm.windows(names.len()).any(|part| part == names));
    }
    let history = emit(&corpus::stub("shopping-history")).unwrap();
    assert!(history.len() <= 12_300);
    for functions in [1, 10, 100] {
        let stub = wide(functions);
        let start = Instant::now();
        let wasm = emit(&stub).unwrap();
        let (emitted, start) = (start.elapsed(), Instant::now());
        let floor = dummy(&stub);
        let encoded = start.elapsed();
        println!(
            "{functions} functions: {} ({}) in {emitted:?}, dummy {floor} in {encoded:?}",
            wasm.len(),
            module_bytes(&wasm)
        );
    }
}

/// A running history that answers with 100 orders, its resource, and an order.
fn history(items: usize) -> (Running, Val, Val) {
    let stub = corpus::stub("shopping-history");
    let mut running = Compiled::new(&stub).start(Answer::Nodes(vec![]));
    let (types, _) = running.types("[method]api.blocking-add-order");
    let item = |i: usize| {
        Val::Record(vec![
            ("product-id".into(), Val::String(format!("product-{i}"))),
            ("name".into(), Val::String("a thing".into())),
            ("price".into(), Val::Float32(1.5)),
            ("quantity".into(), Val::U32(3)),
        ])
    };
    let order = Val::Record(vec![
        ("order-id".into(), Val::String("order-1".into())),
        ("items".into(), Val::List((0..items).map(item).collect())),
        ("total".into(), Val::Float32(13.5)),
        ("timestamp".into(), Val::U64(1_700_000_000)),
    ]);
    let orders = Tree::List(vec![Tree::of(&order, &types[0]); 100]);
    running.store.data_mut().answer = Answer::Nodes(orders.answer(&mut Random(1)));
    let api = Val::Resource(running.connect("api", "urn:worker:5f2b/user-1"));
    (running, api, order)
}

/// The fuel of a second call, when nothing is done for the first time.
fn fuel_of(running: &mut Running, name: &str, params: &[Val]) -> u64 {
    let mut used = 0;
    for _ in 0..2 {
        let before = running.store.get_fuel().unwrap();
        running.call(name, params).unwrap();
        used = before - running.store.get_fuel().unwrap();
    }
    used
}

const BENCH: &str = "package demo:bench;
interface api {
  record ten {
    a: u8, b: u16, c: u32, d: u64, e: s64, f: f32, g: f64, h: bool, i: char, j: string,
  }
  nothing: func();
  %record: func(v: ten);
  many: func(v: list<ten>);
  text: func(v: string);
}
world bench { export api; }
";

#[test]
fn fuel() {
    let (mut running, api, order) = history(3);
    let params = [api.clone(), order];
    let get = fuel_of(&mut running, "[method]api.blocking-get-orders", &[api]);
    running.store.data_mut().answer = Answer::Nodes(vec![Node::Tuple(vec![])]);
    let add = fuel_of(&mut running, "[method]api.blocking-add-order", &params);
    println!("add-order of three items: {add}; get-orders of 100 such orders: {get}");
    assert!(add <= 1_550 && get <= 208_000);

    let mut counter = Compiled::new(&corpus::stub("minimal-actor"))
        .start(Answer::Nodes(vec![Node::Tuple(vec![1]), Node::U64(1)]));
    let api = Val::Resource(counter.connect("api", "urn:worker:5f2b/user-1"));
    let get = fuel_of(
        &mut counter,
        "[method]api.blocking-get",
        std::slice::from_ref(&api),
    );
    let add = fuel_of(
        &mut counter,
        "[method]api.blocking-add",
        &[api, Val::U64(1)],
    );
    println!("get() -> u64: {get}; add(u64): {add}");

    let stub = corpus::stub_of_text(BENCH);
    let mut bench = Compiled::new(&stub).start(Answer::Nodes(vec![Node::Tuple(vec![])]));
    let api = Val::Resource(bench.connect("api", "urn:worker:5f2b/user-1"));
    let text = Val::String("x".repeat(65536));
    let (types, _) = bench.types("[method]api.blocking-many");
    let Type::List(list) = &types[0] else {
        panic!("a list of records");
    };
    let record = Random(5).value(&list.ty(), 0);
    let thousand = Val::List(vec![record.clone(); 1_000]);
    for (name, params) in [
        ("nothing", vec![]),
        ("record", vec![record]),
        ("many", vec![thousand]),
        ("text", vec![text]),
    ] {
        let params: Vec<Val> = [api.clone()].into_iter().chain(params).collect();
        let fuel = fuel_of(&mut bench, &format!("[method]api.blocking-{name}"), &params);
        println!("{name}: {fuel}");
    }
}
