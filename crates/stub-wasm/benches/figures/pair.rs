//! The two components of a stub: emitted, and built from the Rust crate.

use golem_rpc_stub::Stub;
use golem_rpc_stub_wasm::emit;

use crate::crates::Crates;
use crate::{BUILT, corpus, measure};

/// A stub and its components.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) stub: Stub,
    pub(crate) emitted: Vec<u8>,
    pub(crate) built: Vec<u8>,
}

/// The stub of the shopping history, and that of the calls whose fuel is measured.
pub(crate) const HISTORY: &str = "shopping-history";
pub(crate) const CALLS: &str = "calls";

impl Pair {
    /// All that are measured; builds what is not built yet.
    pub(crate) fn all() -> Vec<Pair> {
        let mut stubs = vec![
            (HISTORY.to_string(), corpus::stub(HISTORY)),
            (CALLS.to_string(), corpus::stub_of_text(measure::CALLS)),
        ];
        for functions in BUILT {
            let stub = corpus::stub_of_text(&measure::wide(functions));
            stubs.push((wide(functions), stub));
        }
        let crates = Crates::build("figures", &stubs);
        let pairs = stubs.into_iter().map(|(name, stub)| Pair {
            emitted: emit(&stub).unwrap(),
            built: crates.component(&name),
            name,
            stub,
        });
        pairs.collect()
    }

    /// The stub `name` among those measured.
    pub(crate) fn of<'a>(pairs: &'a [Pair], name: &str) -> &'a Pair {
        let pair = pairs.iter().find(|pair| pair.name == name);
        pair.expect("one of those measured")
    }
}

/// The name of the stub of so many functions.
pub(crate) fn wide(functions: usize) -> String {
    format!("wide-{functions}")
}
