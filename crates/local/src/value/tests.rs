//! Round trips of random values of every type, and lists of nodes that mean harm.

mod dice;

use std::collections::BTreeMap;

use wasmtime::Engine;
use wasmtime::component::{Component, Type, Val};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{ManglingAndAbi, Resolve};

use dice::Dice;

use super::*;
use crate::functions::{Exports, exported};
use crate::name::WorkerId;
use crate::resources::Resources;
use crate::wire::{Uri, WitNode as N, WitValue};

/// One function per type under test; each takes it inside a tuple of one, which is
/// the shape in which results travel.
const ZOO: &str = r#"
package test:zoo;
interface types {
  record point { x: s32, y: f64, label: option<string> }
  variant shape { nothing, circle(f32), line(tuple<point, point>), text(string) }
  enum color { red, green, blue }
  flags few { a, b, c }
  flags many { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15,
    f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31 }
  resource thing { constructor(); }
  t-bool: func(v: tuple<bool>);
  t-u8: func(v: tuple<u8>);
  t-u16: func(v: tuple<u16>);
  t-u32: func(v: tuple<u32>);
  t-u64: func(v: tuple<u64>);
  t-s8: func(v: tuple<s8>);
  t-s16: func(v: tuple<s16>);
  t-s32: func(v: tuple<s32>);
  t-s64: func(v: tuple<s64>);
  t-f32: func(v: tuple<f32>);
  t-f64: func(v: tuple<f64>);
  t-char: func(v: tuple<char>);
  t-string: func(v: tuple<string>);
  t-record: func(v: tuple<point>);
  t-variant: func(v: tuple<shape>);
  t-enum: func(v: tuple<color>);
  t-few: func(v: tuple<few>);
  t-many: func(v: tuple<many>);
  t-tuple: func(v: tuple<tuple<u8, string, tuple<bool>>>);
  t-list: func(v: tuple<list<shape>>);
  t-deep: func(v: tuple<list<list<list<list<u8>>>>>);
  t-flag-lists: func(v: tuple<list<list<many>>>);
  t-option: func(v: tuple<option<option<u8>>>);
  t-result: func(v: tuple<result<point, color>>);
  t-result-ok: func(v: tuple<result<u8>>);
  t-result-err: func(v: tuple<result<_, string>>);
  t-result-none: func(v: tuple<result>);
  h-handle: func(v: list<option<thing>>);
}
world zoo { export types; }
"#;

fn exports() -> Exports {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("zoo.wit", ZOO).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    let encoding = StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    encoder.module(&module).unwrap();
    let engine = Engine::default();
    let component = Component::from_binary(&engine, &encoder.encode().unwrap()).unwrap();
    exported(&engine, &component.component_type())
}

/// The types under test by their short names, each inside its tuple of one.
fn types() -> BTreeMap<String, Type> {
    let exports = exports();
    let tested = exports.functions.iter().filter_map(|function| {
        let name = function.name.strip_prefix("t-")?;
        Some((name.to_owned(), function.ty.params().next()?.1))
    });
    tested.collect()
}

/// A worker that keeps no resource.
fn nobodys() -> Resources {
    let worker = WorkerId {
        component: "zoo".into(),
        name: "w".into(),
    };
    Resources::new(worker, Default::default(), Default::default())
}

fn decoded(wire: &WitValue, ty: &Type) -> Result<Val, DecodeError> {
    decode(wire, ty, &mut nobodys().passing())
}

fn encoded(values: &[Val], types: &[Type]) -> WitValue {
    encode_results(values, types, &mut nobodys()).unwrap()
}

fn inner(ty: &Type) -> Type {
    ty.unwrap_tuple().types().next().unwrap()
}

#[test]
fn random_values_of_every_type_come_back() {
    let types = types();
    assert_eq!(types.len(), 27);
    let mut dice = Dice(0x5eed);
    for (name, ty) in &types {
        for _ in 0..200 {
            let value = dice.value(&inner(ty));
            let wire = encoded(std::slice::from_ref(&value), &[inner(ty)]);
            assert_eq!(decoded(&wire, ty), Ok(Val::Tuple(vec![value])), "{name}");
        }
    }
}

#[test]
fn names_travel_by_position() {
    let types = types();
    let point = Val::Record(vec![
        ("x".into(), Val::S32(-1)),
        ("y".into(), Val::Float64(0.5)),
        ("label".into(), Val::Option(None)),
    ]);
    let wire = encoded(&[point], &[inner(&types["record"])]);
    let expected = "[TupleValue([1]), RecordValue([2, 3, 4]), \
        PrimS32(-1), PrimFloat64(0.5), OptionValue(None)]";
    assert_eq!(format!("{:?}", wire.nodes), expected);

    let values = [
        (
            Val::Variant("text".into(), Some(Box::new(Val::String("t".into())))),
            "variant",
            "[TupleValue([1]), VariantValue((3, Some(2))), PrimString(\"t\")]",
        ),
        (
            Val::Enum("blue".into()),
            "enum",
            "[TupleValue([1]), EnumValue(2)]",
        ),
        (
            Val::Flags(vec!["c".into(), "a".into()]),
            "few",
            "[TupleValue([1]), FlagsValue([true, false, true])]",
        ),
        (
            Val::Result(Err(None)),
            "result-none",
            "[TupleValue([1]), ResultValue(Err(None))]",
        ),
    ];
    for (value, name, expected) in values {
        let wire = encoded(&[value], &[inner(&types[name])]);
        assert_eq!(format!("{:?}", wire.nodes), expected);
    }
}

#[test]
fn no_results_are_an_empty_tuple() {
    let wire = encoded(&[], &[]);
    assert_eq!(format!("{:?}", wire.nodes), "[TupleValue([])]");
}

fn malformed(nodes: Vec<N>, ty: &str) -> String {
    match decoded(&WitValue { nodes }, &types()[ty]) {
        Err(DecodeError::Malformed(reason)) => reason,
        other => panic!("not malformed: {other:?}"),
    }
}

fn mismatch(nodes: Vec<N>, ty: &str) -> String {
    match decoded(&WitValue { nodes }, &types()[ty]) {
        Err(DecodeError::Mismatch(reason)) => reason,
        other => panic!("no mismatch: {other:?}"),
    }
}

#[test]
fn nodes_that_make_no_value() {
    assert_eq!(
        malformed(vec![], "u8"),
        "node index 0 is out of range: 0 nodes"
    );
    let outside = |index| vec![N::TupleValue(vec![index]), N::PrimU8(1)];
    assert_eq!(
        malformed(outside(2), "u8"),
        "node index 2 is out of range: 2 nodes"
    );
    assert_eq!(
        malformed(outside(-1), "u8"),
        "node index -1 is out of range: 2 nodes"
    );
    assert_eq!(
        malformed(outside(i32::MIN), "u8"),
        "node index -2147483648 is out of range: 2 nodes"
    );
    assert_eq!(
        malformed(outside(i32::MAX), "u8"),
        "node index 2147483647 is out of range: 2 nodes"
    );
    let cycle = vec![
        N::TupleValue(vec![1]),
        N::ListValue(vec![2]),
        N::ListValue(vec![1]),
    ];
    assert_eq!(malformed(cycle, "deep"), "node 1 is a part of itself");
    let own = vec![N::TupleValue(vec![1]), N::OptionValue(Some(1))];
    assert_eq!(malformed(own, "option"), "node 1 is a part of itself");
}

#[test]
fn shared_nodes_are_taken_within_bounds() {
    let twice = vec![
        N::TupleValue(vec![1]),
        N::ListValue(vec![2, 2]),
        N::ListValue(vec![]),
    ];
    let empty = Val::List(vec![]);
    let expected = Val::Tuple(vec![Val::List(vec![empty.clone(), empty])]);
    assert_eq!(
        decoded(&WitValue { nodes: twice }, &types()["deep"]),
        Ok(expected)
    );

    let mut bomb = vec![N::TupleValue(vec![1])];
    bomb.extend((2..=5).map(|child| N::ListValue(vec![child; 1000])));
    bomb.push(N::PrimU8(0));
    assert_eq!(malformed(bomb, "deep"), "nodes are shared too often");

    let text = N::PrimString("x".repeat(1 << 20));
    let texts = vec![
        N::TupleValue(vec![1]),
        N::ListValue(vec![2; 1000]),
        N::VariantValue((3, Some(3))),
        text,
    ];
    assert_eq!(malformed(texts, "list"), "nodes are shared too often");
}

#[test]
fn shared_flags_are_charged_one_by_one() {
    let flags = vec![N::TupleValue(vec![1]), N::FlagsValue(vec![true; 32])];
    assert!(decoded(&WitValue { nodes: flags }, &types()["many"]).is_ok());
    let mut bomb = vec![N::TupleValue(vec![1])];
    bomb.extend((2..=3).map(|child| N::ListValue(vec![child; 200])));
    bomb.push(N::FlagsValue(vec![true; 32]));
    // 40,000 nodes would be cheap, 1,280,000 flags are not
    assert_eq!(malformed(bomb, "flag-lists"), "nodes are shared too often");
}

#[test]
fn values_of_another_type() {
    let one = |node| vec![N::TupleValue(vec![1]), node];
    assert_eq!(
        mismatch(one(N::PrimU16(1)), "u8"),
        "node 1 is a u16, where u8 is expected"
    );
    assert_eq!(
        mismatch(one(N::PrimU8(1)), "string"),
        "node 1 is a u8, where string is expected"
    );
    assert_eq!(
        mismatch(vec![N::PrimU8(1)], "u8"),
        "node 0 is a u8, where tuple<u8> is expected"
    );
    assert_eq!(
        mismatch(one(N::EnumValue(3)), "enum"),
        "case 3 of a type with 3 cases"
    );
    assert_eq!(
        mismatch(one(N::EnumValue(u32::MAX)), "enum"),
        "case 4294967295 of a type with 3 cases"
    );
    assert_eq!(
        mismatch(one(N::VariantValue((4, None))), "variant"),
        "case 4 of a type with 4 cases"
    );
    let payload = "a case has a payload that its type lacks";
    assert_eq!(
        mismatch(one(N::VariantValue((0, Some(0)))), "variant"),
        payload
    );
    assert_eq!(
        mismatch(one(N::ResultValue(Ok(Some(0)))), "result-none"),
        payload
    );
    let lacking = "a case lacks its payload of string";
    assert_eq!(
        mismatch(one(N::VariantValue((3, None))), "variant"),
        lacking
    );
    assert_eq!(
        mismatch(one(N::FlagsValue(vec![true; 4])), "few"),
        "4 flags, where 3 are expected"
    );
    assert_eq!(
        mismatch(one(N::RecordValue(vec![])), "record"),
        "0 fields, where 3 are expected"
    );
    assert_eq!(
        mismatch(vec![N::TupleValue(vec![])], "u8"),
        "0 elements, where 1 are expected"
    );
}

#[test]
fn garbage_is_refused_or_is_a_value() {
    let types = types();
    let mut dice = Dice(0xbad);
    let mut values = 0;
    for round in 0..20_000 {
        let ty = types.values().nth(round % types.len()).unwrap();
        let count = 1 + dice.below(6);
        let mut nodes: Vec<_> = (0..count).map(|_| dice.node(count)).collect();
        nodes[0] = N::TupleValue(vec![dice.below(count + 1) as i32]);
        if let Ok(value) = decoded(&WitValue { nodes }, ty) {
            let Val::Tuple(items) = &value else {
                panic!("not a tuple: {value:?}")
            };
            let wire = encoded(items, &[inner(ty)]);
            assert_eq!(decoded(&wire, ty).as_ref(), Ok(&value));
            values += 1;
        }
    }
    assert!(
        values > 100,
        "only {values} values: the garbage is too wild to show anything"
    );
}

#[test]
fn a_handle_of_nobodys_resource() {
    let exports = exports();
    let ty = exports.resources[0].ty;
    let handle = |uri: &str, id| WitValue {
        nodes: vec![N::Handle((Uri { value: uri.into() }, id))],
    };
    let refused = |uri, id, ty| match decoded(&handle(uri, id), &ty) {
        Err(DecodeError::Handle(reason)) => reason,
        other => panic!("not refused: {other:?}"),
    };
    let own = "urn:worker:00000000-0000-0000-0000-000000000000/w";
    for ty in [Type::Own(ty), Type::Borrow(ty)] {
        assert_eq!(refused(own, 0, ty.clone()), "zoo/w has no resource 0");
        let foreign = "urn:worker:00000000-0000-0000-0000-000000000000/other";
        let expected =
            format!("resource 7 belongs to the worker {foreign}, not to this one, {own} (zoo/w)");
        assert_eq!(refused(foreign, 7, ty.clone()), expected);
        let wrong = refused("nonsense", 0, ty);
        assert!(wrong.starts_with("Invalid URI: nonsense."), "{wrong}");
    }
    let number = decoded(&handle(own, 0), &Type::U64);
    let expected = "node 0 is a handle, where u64 is expected";
    assert_eq!(number, Err(DecodeError::Mismatch(expected.into())));
}

#[test]
fn signatures_with_handles() {
    let exports = exports();
    let mut functions = exports.functions.iter();
    let function = functions
        .find(|function| function.name == "h-handle")
        .unwrap();
    assert_eq!(
        check_signature("f", &function.ty, &|ty| exports.has_resource(ty)),
        Ok(())
    );
    let of_the_host = check_signature("f", &function.ty, &|_| false);
    assert_eq!(
        of_the_host.unwrap_err().to_string(),
        "`f` has a resource handle of the host in parameter `v`, which golem:rpc cannot carry"
    );
    let written = check_written("f", &function.ty);
    assert_eq!(
        written.unwrap_err().to_string(),
        "`f` has a resource handle in parameter `v`, which cannot be written in WAVE"
    );
    for function in exports.functions.iter() {
        if function.name.starts_with("t-") {
            assert_eq!(check_written("f", &function.ty), Ok(()));
        }
    }
}
