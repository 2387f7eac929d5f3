//! How large the components are, without custom sections. The dummy is wit-component's own encoding
//! of the stub's world, which has no standard error.

use golem_rpc_stub::Stub;
use golem_rpc_stub_wasm::emit;

use crate::pair::{HISTORY, Pair, wide};
use crate::table::{Table, bytes};
use crate::{BUILT, MANY, corpus, measure};

pub(crate) fn measure(pairs: &[Pair]) -> Table {
    let mut table = Table::new(&[
        "functions",
        "emitted",
        "per function",
        "dummy",
        "Rust crate",
        "per function",
        "ratio",
    ]);
    let history = Pair::of(pairs, HISTORY);
    add(&mut table, "2 (shopping history)", 2, history);
    for functions in BUILT {
        let pair = Pair::of(pairs, &wide(functions));
        add(&mut table, &functions.to_string(), functions, pair);
    }
    let stub = corpus::stub_of_text(&measure::wide(MANY));
    let emitted = emit(&stub).unwrap().len();
    let dummy = stripped_dummy(&stub);
    let known = [MANY, emitted, emitted / MANY, dummy].map(grouped);
    let unknown = [(); 3].map(|()| "-".to_string());
    table.add(known.into_iter().chain(unknown).collect());
    table
}

fn add(table: &mut Table, name: &str, functions: usize, pair: &Pair) {
    let (emitted, built) = (pair.emitted.len(), pair.built.len());
    table.add(vec![
        name.to_string(),
        grouped(emitted),
        grouped(emitted / functions),
        grouped(stripped_dummy(&pair.stub)),
        grouped(built),
        grouped(built / functions),
        format!("{:.2}", emitted as f64 / built as f64),
    ]);
}

fn stripped_dummy(stub: &Stub) -> usize {
    measure::without_custom_sections(&measure::dummy(&stub.resolve, stub.world))
}

/// `1,234,567`
pub(crate) fn grouped(number: usize) -> String {
    bytes(number as u64)
}
