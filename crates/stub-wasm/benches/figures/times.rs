//! How long it takes from WIT to a component, beside wit-component's encoding of the dummy module
//! of the same world.

use std::time::{Duration, Instant};

use golem_rpc_stub::Stub;
use golem_rpc_stub_wasm::emit;

use crate::bytes::grouped;
use crate::pair::HISTORY;
use crate::table::{Table, time};
use crate::{BUILT, MANY, corpus, measure};

/// Runs are repeated until they took this long in all, but not more often than `RUNS`.
const ENOUGH: Duration = Duration::from_secs(3);
const RUNS: u32 = 50;

pub(crate) fn measure() -> Table {
    let mut table = Table::new(&[
        "functions",
        "WIT to stub",
        "emit",
        "whole",
        "dummy",
        "ratio",
    ]);
    let shopping = || corpus::stub(HISTORY);
    add(&mut table, "2 (shopping history)", shopping);
    for functions in BUILT.into_iter().chain([MANY]) {
        let text = measure::wide(functions);
        let wide = || corpus::stub_of_text(&text);
        add(&mut table, &grouped(functions), wide);
    }
    table
}

fn add(table: &mut Table, name: &str, read: impl Fn() -> Stub) {
    let stub = read();
    let resolved = minimum(&read);
    let emitted = minimum(|| emit(&stub).unwrap());
    let whole = resolved + emitted;
    let dummy = minimum(|| measure::dummy(&stub.resolve, stub.world));
    let ratio = whole.as_secs_f64() / dummy.as_secs_f64();
    let times = [resolved, emitted, whole, dummy].map(time);
    let row = [name.to_string()].into_iter().chain(times);
    table.add(row.chain([format!("{ratio:.2}")]).collect());
}

/// The least time that `run` takes.
pub(crate) fn minimum<T>(run: impl Fn() -> T) -> Duration {
    let (begin, mut least) = (Instant::now(), Duration::MAX);
    for _ in 0..RUNS {
        let start = Instant::now();
        run();
        least = least.min(start.elapsed());
        if begin.elapsed() > ENOUGH {
            break;
        }
    }
    least
}
