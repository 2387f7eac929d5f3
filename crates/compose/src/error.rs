//! Why a composition is refused.
//!
//! Every variant names the files by the names that the inputs came with. Differences between two
//! sides are shown as WIT, both sides below each other.

use std::error::Error;
use std::fmt::{self, Write as _};

/// The cause that another library gives, where it has something to add.
type Cause = Box<dyn Error + Send + Sync>;

/// Why nothing was composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// An input is something else.
    #[error("`{name}` is {found}")]
    NotAComponent {
        /// The input.
        name: String,
        /// What it is instead.
        found: NotAComponent,
    },
    /// An input has a component's header and cannot be read as one.
    #[error("`{name}` is not a valid component")]
    Invalid {
        /// The input.
        name: String,
        /// What the parser or the validator says.
        source: Cause,
    },
    /// A stub that nothing could ever import.
    #[error("`{name}` exports no interface that a caller could import: it is not a stub")]
    NoInterface {
        /// The stub.
        name: String,
    },
    /// It is not clear which of two stubs is meant.
    #[error("`{first}` and `{second}` both export `{interface}`: give one of them")]
    SameInterface {
        /// The interface with its version.
        interface: String,
        /// The stub that was given earlier.
        first: String,
        /// The stub that was given later.
        second: String,
    },
    /// The stub would be silently left out because of its version.
    #[error("`{importer}` imports `{import}`, but `{stub}` exports `{export}`")]
    OtherVersion {
        /// The input that imports.
        importer: String,
        /// What it imports.
        import: String,
        /// The stub.
        stub: String,
        /// What the stub exports: the same interface in a version that is not compatible.
        export: String,
    },
    /// The importer was built with another WIT than the stub.
    #[error(
        "`{importer}` imports `{interface}` with other types than `{stub}` exports{}",
        list(differences, importer, stub)
    )]
    TypesDiffer {
        /// The input that imports: the caller, or a stub that needs another stub.
        importer: String,
        /// The stub.
        stub: String,
        /// The interface, as the importer names it.
        interface: String,
        /// What differs: `expected` is the importer's side, `found` the stub's. Empty if the WIT
        /// of one side cannot be read back; the source tells then.
        differences: Vec<Difference>,
        /// The first mismatch, as the type checker puts it.
        source: Cause,
    },
    /// Two inputs need one interface from the host, each with other types.
    #[error(
        "`{first}` and `{second}` both import `{interface}`, with different types{}",
        list(differences, first, second)
    )]
    ImportsDiffer {
        /// The interface, as the second input names it.
        interface: String,
        /// One input.
        first: String,
        /// The other input.
        second: String,
        /// What differs: `expected` is the first input's side, `found` the second's.
        differences: Vec<Difference>,
        /// The first mismatch, as the type checker puts it.
        source: Cause,
    },
    /// Stubs that need each other.
    #[error("the stubs import each other in a circle: {}", names.join(" → "))]
    Circle {
        /// The stubs along the circle, the first one again at the end.
        names: Vec<String>,
    },
    /// Linking does not take the interface away from the imports.
    #[error(
        "`{stub}` exports `{interface}`, but the composed component would still import it: \
         another import uses its types, or `{stub}` imports it itself"
    )]
    StillImported {
        /// The interface.
        interface: String,
        /// The stub that exports it.
        stub: String,
    },
    /// The composition has a shape that cannot be written down.
    #[error("`{caller}` cannot be composed with its stubs")]
    Refused {
        /// The caller.
        caller: String,
        /// What wac-graph or the validator says.
        source: Cause,
    },
}

impl ComposeError {
    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            ComposeError::TypesDiffer { .. } | ComposeError::OtherVersion { .. } => {
                "the caller was built with another version of the stub's WIT: update it with `cargo golem-rpc regenerate` (or `add-stub-dependency --overwrite`) and build again"
            }
            ComposeError::NotAComponent { .. } | ComposeError::Invalid { .. } => {
                "name the component that `cargo component build` or `wasm-tools component new` made"
            }
            ComposeError::NoInterface { .. } => "build the stub with `cargo golem-rpc build`",
            ComposeError::ImportsDiffer { .. } => {
                "give both sides the same version of that interface's WIT"
            }
            _ => return None,
        })
    }
}

/// One thing that two sides of a link have differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// A type's name, or a function's: `order`, `api.blocking-add-order`, `api.constructor`.
    pub item: String,
    /// The importer's side, as WIT: a definition or a signature.
    pub expected: String,
    /// The stub's side; `None` where the stub does not have the item.
    pub found: Option<String>,
}

/// What a file is that should have been a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAComponent {
    /// No bytes.
    #[error("empty, not a component")]
    Empty,
    /// What plain `cargo build` for a wasm target leaves.
    #[error("a core module, not a component: build it with `cargo component build`")]
    CoreModule,
    /// A wasm binary of a version or layer that is neither a core module nor today's component.
    #[error(
        "wasm of an unknown version, not a component: build it again with `cargo component build`"
    )]
    OtherVersion,
    /// The text format.
    #[error("WebAssembly text, not a component in binary form")]
    Text,
    /// Anything else.
    #[error("not a wasm file")]
    Unknown,
}

/// The differences as lines of their own, each side under the name of its file.
fn list(differences: &[Difference], left: &str, right: &str) -> Listed {
    let mut text = String::new();
    for Difference {
        item,
        expected,
        found,
    } in differences
    {
        let found = found.as_deref().unwrap_or("does not have it");
        // writing to a string cannot fail
        let _ = write!(
            text,
            "\n  `{item}`\n    in {left}: {expected}\n    in {right}: {found}"
        );
    }
    Listed(text)
}

/// Text for a message.
struct Listed(String);

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
