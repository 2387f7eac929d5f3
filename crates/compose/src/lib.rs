//! A caller component and its stubs to one composed component.
//!
//! Input: the bytes of a caller and of any number of stub components ([`Input`]). Output: the
//! composed bytes, validated, and what was linked ([`Composed`]). An import of the caller that a
//! stub exports is linked, every other import stays one. Nothing is read, written or printed. What is
//! a core module still becomes a component by [`encode`].
//!
//! Composition is done by wac-graph, not by wasm-compose. A Rust caller with std imports WASI at
//! 0.2.3, a stub without the preview1 adapter at 0.2.0. On such a pair wasm-compose 0.263 imports
//! `wasi:io/poll` twice and writes a component that does not validate ("resource types are not the
//! same"), in whichever of the two the newer version stands. Stubs arrive here as finished files,
//! so their versions cannot be aligned beforehand. wac-graph merges compatible imports into one.

mod differ;
mod encode;
mod error;
mod explain;
mod inner;
mod input;
mod link;
mod offered;
mod open;
mod text;

pub use encode::{EncodeError, encode, is_module};
pub use error::{ComposeError, Difference, NotAComponent};
pub use inner::{Inner, inner};
pub use input::Input;
pub use link::{Link, Unused};
pub use offered::{Offered, offered};
pub use open::OpenImport;

use input::Parts;
use link::Linked;
use open::open_imports;

/// The result of [`compose`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The composed component; the caller's own bytes if no stub was used.
    pub wasm: Vec<u8>,
    /// Which stub satisfies which import, in the order of the importer's imports; what a stub needs
    /// of other stubs comes before the link to it.
    pub links: Vec<Link>,
    /// The stubs that nothing imports, in the order in which they were given.
    pub unused: Vec<Unused>,
    /// The names of the imports that are left for the host, in the order of the component.
    pub imports: Vec<String>,
    /// Those of them that ask for something which not every host offers.
    pub open: Vec<OpenImport>,
}

/// Composes `caller` with those of `stubs` that it imports.
///
/// The same inputs give the same bytes. A stub that is given twice (the same bytes) counts once.
/// An interface is linked to the stub that exports exactly its version, else to the highest
/// compatible version among the stubs.
///
/// # Errors
///
/// Whenever the output would be invalid or would still import an interface of a given stub: see
/// [`ComposeError`].
pub fn compose(caller: Input<'_>, stubs: &[Input<'_>]) -> Result<Composed, ComposeError> {
    let (parts, graph) = Parts::read(caller, stubs)?;
    let linked = Linked::new(&parts, graph)?;
    let wasm = linked.encode()?;
    // Before validation, because it can tell why that would fail.
    let imports = linked.imports(&wasm)?;
    let open = open_imports(&linked.validate(&wasm)?, &imports);
    let (links, unused) = (linked.links(), linked.unused());
    Ok(Composed {
        wasm,
        links,
        unused,
        imports,
        open,
    })
}
