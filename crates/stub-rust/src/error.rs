//! Why no crate can be made of a stub.

use golem_rpc_plan::Class;

/// Why no crate can be made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// Cargo would refuse the package name.
    #[error(
        "`{name}` cannot be a crate's name: write ASCII letters, digits, `-` and `_`, first a letter"
    )]
    CrateName {
        /// The name.
        name: String,
    },
    /// Cargo would refuse the version.
    #[error("`{version}` is not a semantic version: {source}")]
    CrateVersion {
        /// The version.
        version: String,
        /// What is wrong with it.
        source: semver::Error,
    },
    /// A signature uses a type that golem:rpc values cannot carry.
    #[error("`{function}` uses a {construct}, which a stub cannot carry")]
    Unsupported {
        /// The remote function, by its name on the wire.
        function: String,
        /// What it uses: `stream`, `resource handle`, ….
        construct: &'static str,
    },
    /// cargo-component's bindings cannot be built with a name.
    #[error(
        "`{name}` is `{rust}` in the stub's Rust bindings, where that name is taken: a Rust stub needs another one"
    )]
    BindingsName {
        /// The name in WIT: of a type, a case, or an exported interface (whose resource has it).
        name: String,
        /// What it becomes in Rust.
        rust: String,
    },
    /// cargo-component does not read a name.
    #[error(
        "`{name}` has a part that begins with a digit, which cargo-component 0.21.1 does not read: a Rust stub needs another name"
    )]
    BindingsDigit {
        /// The name in WIT.
        name: String,
    },
}

impl GenerateError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        Class::Usage
    }

    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            GenerateError::CrateName { .. } => {
                "the crate is named after its directory: choose another one"
            }
            GenerateError::CrateVersion { .. } => "write a version such as `0.1.0`",
            GenerateError::Unsupported { .. }
            | GenerateError::BindingsName { .. }
            | GenerateError::BindingsDigit { .. } => {
                "rename it in the target's WIT: cargo-component cannot generate bindings for it"
            }
        }
    }
}
