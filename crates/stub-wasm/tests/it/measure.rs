//! What is measured, and how: worlds of any number of functions, wit-component's own encoding of
//! them, calls of every kind, and the fuel that they need.

use wasmparser::{Parser, Payload};
use wasmtime::component::{Type, Val};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

use crate::host::{Answer, Running};
use crate::random::Random;
use crate::wire::{Node, Tree};

const WORKER: &str = "urn:worker:5f2b/user-1";

/// A world of functions that take and return a record.
pub(crate) fn wide(functions: usize) -> String {
    let record = "record item { id: string, tags: list<string>, price: f64 }";
    let functions = (0..functions).map(|i| format!("call{i}: func(item: item, n: u32) -> item;\n"));
    let functions: String = functions.collect();
    format!(
        "package demo:wide;\ninterface api {{ {record}\n{functions} }}\nworld wide {{ export api; }}"
    )
}

/// What wit-component makes of a world's dummy module.
pub(crate) fn dummy(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(resolve, world, abi);
    let encoding = StringEncoding::UTF8;
    embed_component_metadata(&mut module, resolve, world, encoding, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    encoder.module(&module).unwrap();
    encoder.encode().unwrap()
}

/// About the bytes of a component once its custom sections are gone.
pub(crate) fn without_custom_sections(component: &[u8]) -> usize {
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

/// A method of a running stub, its parameters, and what is answered.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    params: Vec<Val>,
    answer: Vec<Node>,
}

impl Method {
    /// A method without a result.
    fn silent(name: &'static str, params: Vec<Val>) -> Method {
        let answer = vec![Node::Tuple(vec![])];
        Method {
            name,
            params,
            answer,
        }
    }
}

/// In a shopping history, to add an order of three items, and to get 100 such orders.
pub(crate) fn history_calls(running: &mut Running) -> [Method; 2] {
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
        ("items".into(), Val::List((0..3).map(item).collect())),
        ("total".into(), Val::Float32(13.5)),
        ("timestamp".into(), Val::U64(1_700_000_000)),
    ]);
    let (types, _) = running.types("[method]api.blocking-add-order");
    let orders = Tree::List(vec![Tree::of(&order, &types[0]); 100]);
    let api = Val::Resource(running.connect("api", WORKER));
    let get = Method {
        name: "[method]api.blocking-get-orders",
        params: vec![api.clone()],
        answer: orders.answer(&mut Random(1)),
    };
    let add = Method::silent("[method]api.blocking-add-order", vec![api, order]);
    [add, get]
}

/// The world of [`calls`].
pub(crate) const CALLS: &str = "package demo:bench;
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

/// A call without parameters, one of a record, one of a list of 1,000, one of a string of 64 KB.
pub(crate) fn calls(running: &mut Running) -> [Method; 4] {
    let (types, _) = running.types("[method]api.blocking-many");
    let Type::List(list) = &types[0] else {
        panic!("a list of records");
    };
    let record = Random(5).value(&list.ty(), 0);
    let thousand = Val::List(vec![record.clone(); 1_000]);
    let text = Val::String("x".repeat(65_536));
    let api = Val::Resource(running.connect("api", WORKER));
    [
        Method::silent("[method]api.blocking-nothing", vec![api.clone()]),
        Method::silent("[method]api.blocking-record", vec![api.clone(), record]),
        Method::silent("[method]api.blocking-many", vec![api.clone(), thousand]),
        Method::silent("[method]api.blocking-text", vec![api, text]),
    ]
}

/// The fuel of a second call, when nothing is done for the first time.
pub(crate) fn fuel_of(running: &mut Running, method: &Method) -> u64 {
    running.store.data_mut().answer = Answer::Nodes(method.answer.clone());
    let mut used = 0;
    for _ in 0..2 {
        let before = running.store.get_fuel().unwrap();
        running.call(method.name, &method.params).unwrap();
        used = before - running.store.get_fuel().unwrap();
    }
    used
}
