//! Figures: bytes and fuel. `cargo test -p golem-rpc-stub-wasm figures -- --nocapture` prints them;
//! what is asserted is only that they stay in the region where they belong.

use std::time::Instant;

use golem_rpc_stub::Stub;
use golem_rpc_stub_wasm::emit;
use wasmparser::{Parser, Payload};

use crate::corpus;
use crate::host::{Answer, Compiled};
use crate::measure::{self, fuel_of};

/// The bytes that wit-component alone needs for the stub's world, without standard error.
fn dummy(stub: &Stub) -> usize {
    measure::without_custom_sections(&measure::dummy(&stub.resolve, stub.world))
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
        // choices that stand in each other cost a function each
        assert!(wasm.len() < floor * 115 / 100 + 2_500 + STDERR, "{world}");
        let names = b"producers";
        assert!(!wasm.windows(names.len()).any(|part| part == names));
    }
    let history = emit(&corpus::stub("shopping-history")).unwrap();
    assert!(history.len() <= 12_300);
    for functions in [1, 10, 100] {
        let stub = corpus::stub_of_text(&measure::wide(functions));
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

#[test]
fn fuel() {
    let start = |stub: &Stub| Compiled::new(stub).start(Answer::Never);
    let mut history = start(&corpus::stub("shopping-history"));
    let calls = measure::history_calls(&mut history);
    let [add, get] = calls.map(|call| fuel_of(&mut history, &call));
    println!("add-order of three items: {add}; get-orders of 100 such orders: {get}");
    assert!(add <= 1_550 && get <= 208_000);

    let mut bench = start(&corpus::stub_of_text(measure::CALLS));
    for call in measure::calls(&mut bench) {
        println!("{}: {}", call.name, fuel_of(&mut bench, &call));
    }
}
