//! All named worlds, with every option that changes what is emitted.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use golem_rpc_stub::{GolemRpc, RpcErrors, Stub, StubOptions};
use golem_rpc_stub_wasm::emit;

use crate::bench::{Bench, exercise};
use crate::corpus;
use crate::host::Compiled;
use crate::pool;
use crate::random::Random;

/// How often each function is called: with the default options, and with others.
const ROUNDS: [usize; 2] = [20, 4];

/// How many stubs there are of each world.
const STUBS: usize = 4;

/// Of every golem:rpc with either way of failing some, the default first; which others these are goes
/// round from world to world.
fn options(world: usize) -> Vec<StubOptions> {
    let others = GolemRpc::ALL.into_iter().flat_map(|golem_rpc| {
        RpcErrors::ALL.map(|rpc_errors| StubOptions {
            golem_rpc,
            rpc_errors,
            ..StubOptions::default()
        })
    });
    let others: Vec<StubOptions> = others.skip(1).collect();
    let first = world * (STUBS - 1);
    let some = (first..first + STUBS - 1).map(|place| others[place % others.len()].clone());
    [StubOptions::default()].into_iter().chain(some).collect()
}

fn call_all(stub: &Stub, seed: u64, rounds: usize) -> Bench<'_> {
    let wasm = emit(stub).unwrap();
    assert!(wasm == emit(stub).unwrap(), "the same bytes again");
    let mut bench = Bench::new(stub, &Compiled::quickly(stub, &wasm), Random(seed));
    for _ in 0..rounds {
        bench.round();
    }
    bench.finish();
    bench
}

#[test]
fn every_value_survives_the_way_there_and_back() {
    let worlds = corpus::worlds();
    let calls = pool::each(worlds.len(), |place| {
        let mut calls = 0;
        for (index, options) in options(place).iter().enumerate() {
            let stub = corpus::stub_with(&worlds[place], options);
            let call = || call_all(&stub, place as u64, ROUNDS[index.min(1)]);
            let bench = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
                println!("{}: {options:?}", worlds[place]);
                resume_unwind(payload)
            });
            assert!(bench.calls > 0, "{}: nothing was called", worlds[place]);
            calls += bench.calls;
        }
        calls
    });
    let calls: usize = calls.iter().sum();
    println!("{calls} calls of {} worlds", worlds.len());
    assert!(calls > 20_000, "{calls}");
}

#[test]
fn what_counts_fuel_behaves_the_same() {
    for world in ["zoo", "resource-statics"] {
        assert!(exercise(&corpus::stub(world), Random(3), 20) > 100);
    }
}
