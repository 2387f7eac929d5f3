//! What calls cost, in wasmtime's fuel, within the stub.

use crate::host::{Answer, Compiled, Running};
use crate::measure::{self, Method, fuel_of};
use crate::pair::{CALLS, HISTORY, Pair};
use crate::table::{Table, bytes};

/// What [`measure::calls`] does, then what [`measure::history_calls`] does.
const CALL_NAMES: [&str; 4] = [
    "no parameters",
    "a record of 10 fields",
    "a list of 1,000 such records",
    "a string of 64 KB",
];
const HISTORY_NAMES: [&str; 2] = ["add-order of three items", "get-orders of 100 such orders"];

pub(crate) fn measure(pairs: &[Pair]) -> Table {
    let mut table = Table::new(&["call", "emitted", "Rust crate", "ratio"]);
    let calls = Pair::of(pairs, CALLS);
    let [emitted, built] = both(calls, measure::calls);
    add(&mut table, &CALL_NAMES, &emitted, &built);
    let history = Pair::of(pairs, HISTORY);
    let [emitted, built] = both(history, measure::history_calls);
    add(&mut table, &HISTORY_NAMES, &emitted, &built);
    table
}

/// The fuel of the same calls to both components.
fn both<const N: usize>(pair: &Pair, calls: fn(&mut Running) -> [Method; N]) -> [Vec<u64>; 2] {
    [&pair.emitted, &pair.built].map(|wasm| {
        let compiled = Compiled::of(&pair.stub, wasm);
        let mut running = compiled.start(Answer::Never);
        let calls = calls(&mut running);
        let fuel = calls.iter().map(|call| fuel_of(&mut running, call));
        fuel.collect()
    })
}

fn add(table: &mut Table, names: &[&str], emitted: &[u64], built: &[u64]) {
    for ((name, &emitted), &built) in names.iter().zip(emitted).zip(built) {
        let ratio = emitted as f64 / built as f64;
        table.add(vec![
            name.to_string(),
            bytes(emitted),
            bytes(built),
            format!("{ratio:.2}"),
        ]);
    }
}
