//! How long composition takes with a caller that does nothing but import all of the stub.

use golem_rpc_compose::{Composed, Input, compose};
use golem_rpc_stub::Stub;

use crate::bytes::grouped;
use crate::measure;
use crate::pair::{HISTORY, Pair, wide};
use crate::table::{Table, time};
use crate::times::minimum;

pub(crate) fn measure(pairs: &[Pair]) -> Table {
    let mut table = Table::new(&["stub", "backend", "time", "caller", "composed", "adds"]);
    for name in [HISTORY.to_string(), wide(10), wide(100)] {
        let pair = Pair::of(pairs, &name);
        let caller = caller(&pair.stub);
        for (backend, wasm) in [("component", &pair.emitted), ("crate", &pair.built)] {
            let composed = composed(&caller, wasm).wasm.len();
            table.add(vec![
                name.clone(),
                backend.to_string(),
                time(minimum(|| self::composed(&caller, wasm))),
                grouped(caller.len()),
                grouped(composed),
                grouped(composed - caller.len()),
            ]);
        }
    }
    table
}

fn composed(caller: &[u8], stub: &[u8]) -> Composed {
    let input = |name, wasm| Input { name, wasm };
    compose(input("caller", caller), &[input("stub", stub)]).unwrap()
}

/// A component that imports the stub's interface.
fn caller(stub: &Stub) -> Vec<u8> {
    let mut resolve = stub.resolve.clone();
    let import = resolve.id_of(stub.interface).expect("it is of a package");
    let text = format!("package bench:caller; world caller {{ import {import}; }}");
    let package = resolve.push_str("caller.wit", &text).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    measure::dummy(&resolve, world)
}
