//! Code grows with the number of types, not with the ways that lead to them.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Stub, StubOptions, WitRoot};
use golem_rpc_stub_wasm::emit;

use crate::random::Random;

/// The size of the component of a function that takes and gives the last of these types.
fn size(types: &[String], param: &str) -> usize {
    let types = types.join("\n");
    let text = format!(
        "package a:b;\ninterface api {{\n{types}\nf: func(v: {param}) -> {param};\n}}\nworld w {{ export api; }}\n"
    );
    let mut disk = Snapshot::new();
    disk.insert("/wit/main.wit", text.as_bytes());
    let source = WitRoot::read(&disk, Utf8Path::new("/wit"))
        .unwrap()
        .select(None)
        .unwrap();
    let stub =
        Stub::new(&source, &StubOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    emit(&stub).unwrap().len()
}

/// What one more type adds is bounded, however many ways there are through those before it.
fn grows_evenly(per_type: usize, types: impl Fn(usize) -> Vec<String>, deep: usize) {
    let param = |last: usize| format!("t{last}");
    let one = size(&types(2), &param(2));
    let many = size(&types(deep), &param(deep));
    assert!(many < one + deep * per_type, "{one} bytes, then {many}");
}

#[test]
fn records_that_double() {
    let types = |last: usize| {
        let next = |n: usize| format!("record t{n} {{ a: t{0}, b: t{0} }}", n - 1);
        let mut types = vec!["record t0 { x: option<string> }".to_string()];
        types.extend((1..=last).map(next));
        types
    };
    grows_evenly(700, types, 13);
}

/// Such a variant is few core values, so that it is passed in these.
#[test]
fn variants_whose_cases_have_different_payloads() {
    let types = |last: usize| {
        let mut types = vec![
            "variant t0 { a(u32), b(f32) }".to_string(),
            "variant p0 { a(f64), b(u8) }".to_string(),
        ];
        for n in 1..=last {
            let before = n - 1;
            types.push(format!("variant t{n} {{ a(t{before}), b(p{before}) }}"));
            types.push(format!("variant p{n} {{ a(p{before}), b(t{before}), c }}"));
        }
        types
    };
    grows_evenly(2000, types, 12);
}

/// Any types, each made of some before it.
#[test]
fn random_types_that_share_others() {
    for seed in 0..12 {
        let types = |last: usize| {
            let mut random = Random(seed);
            let mut types = vec!["type t0 = string;".to_string()];
            for n in 1..=last {
                let mut some = || format!("t{}", n as u64 - 1 - random.below(3).min(n as u64 - 1));
                let (a, b) = (some(), some());
                types.push(match random.below(5) {
                    0 => format!("record t{n} {{ a: {a}, b: {b} }}"),
                    1 => format!("variant t{n} {{ a({a}), b({b}), c }}"),
                    2 => format!("type t{n} = tuple<{a}, {b}>;"),
                    3 => format!("type t{n} = result<{a}, {b}>;"),
                    _ => format!("type t{n} = list<{a}>;"),
                });
            }
            types
        };
        grows_evenly(2000, types, 15);
    }
}
