//! The emitted component and the Rust stub crate do the same: on the same values they make the same
//! calls, in nodes of whatever order, and take the same results out of the same answers; and so with
//! remote resources.

use std::mem::{Discriminant, discriminant};
use std::thread;

use golem_rpc_stub::Stub;

use crate::bench::{Bench, Step};
use crate::corpus;
use crate::crates::Crates;
use crate::host::Compiled;
use crate::random::Random;
use crate::wire::Node;

/// Worlds that hold every type between them, and resources in every place.
const WORLDS: [&str; 37] = [
    "aliases",
    "choices",
    "deep-lists",
    "foreign-interface",
    "in-memory",
    "inline",
    "joined",
    "keywords",
    "large-choices",
    "long-names",
    "minimal-actor",
    "nested-records",
    "no-values",
    "numbers",
    "only-params",
    "only-results",
    "points",
    "reserved-looking",
    "resource-constructor-params",
    "resource-deep",
    "resource-in-lists",
    "resource-in-options",
    "resource-in-records",
    "resource-in-results",
    "resource-own-and-borrow",
    "resource-statics",
    "resource-used-by-another-interface",
    "resources-several",
    "rust-names",
    "same-names",
    "shared-types",
    "shopping-history",
    "single",
    "versioned",
    "wide-types",
    "world-level",
    "zoo",
];

/// How many calls each stub makes at least.
const CALLS: usize = 1_000;

/// The kinds of nodes.
const KINDS: usize = 22;

#[test]
fn both_stubs_make_the_same_calls_and_take_the_same_results() {
    let stubs: Vec<(String, Stub)> = WORLDS
        .iter()
        .map(|world| (world.to_string(), corpus::stub(world)))
        .collect();
    let crates = Crates::build("differential", &stubs);
    let mut kinds = Vec::new();
    for ((world, stub), seed) in stubs.iter().zip(1..) {
        let built = crates.component(world);
        // compiling what cargo built takes longest: the other runs meanwhile
        let (emitted, built) = thread::scope(|scope| {
            let built = scope.spawn(|| trace(Compiled::of(stub, &built), stub, seed));
            (trace(Compiled::new(stub), stub, seed), built.join())
        });
        let built = built.unwrap_or_else(|_| panic!("{world}: the crate's component fails"));
        emitted.iter().for_each(|step| add_kinds(step, &mut kinds));
        assert!(emitted.len() >= CALLS, "{world}: {}", emitted.len());
        assert_eq!(emitted.len(), built.len(), "{world}");
        for (emitted, built) in emitted.iter().zip(&built) {
            assert_eq!(emitted, built, "{world}");
        }
    }
    assert_eq!(kinds.len(), KINDS, "the worlds hold every type: {kinds:?}");
}

/// Calls all functions in turn, as `seed` says.
fn trace(compiled: Compiled, stub: &Stub, seed: u64) -> Vec<Step> {
    let mut bench = Bench::new(stub, &compiled, Random(seed));
    bench.trace = Some(Vec::new());
    while bench.calls < CALLS {
        bench.round();
    }
    bench.finish();
    bench.trace.unwrap()
}

/// Adds the kinds of nodes that were sent.
fn add_kinds(step: &Step, kinds: &mut Vec<Discriminant<Node>>) {
    let Step::Call { params, .. } = step else {
        return;
    };
    for tree in params {
        for node in tree.clone().answer(&mut Random(0)) {
            let kind = discriminant(&node);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
}
