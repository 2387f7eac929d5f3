//! Why no component could be made of a stub.

use golem_rpc_plan::Class;

/// Why no component could be made of a stub.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    /// A type that a stub cannot carry.
    #[error("a stub cannot carry a value of kind `{kind}`")]
    Unsupported {
        /// What WIT calls it.
        kind: &'static str,
    },
    /// A type whose values no component could hold.
    #[error("values of type `{name}` are too large for any component")]
    TooLarge {
        /// Its name.
        name: String,
    },
    /// A stub that exceeds what the component format allows.
    #[error("the component would exceed a limit of the format: {0}")]
    Limit(String),
    /// The stub's own WIT lacks something that calls need.
    #[error("the stub's WIT lacks `{missing}`")]
    Protocol {
        /// What it lacks.
        missing: &'static str,
    },
    /// wit-component or wit-parser refused what was made: a mistake of ours.
    #[error("the stub component cannot be encoded, which is a bug in cargo golem-rpc: {0:#}")]
    Encode(anyhow::Error),
    /// The finished component is not valid: a mistake of ours.
    #[error("the stub component is not valid, which is a bug in cargo golem-rpc")]
    Invalid(#[from] wasmparser::BinaryReaderError),
}

impl EmitError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            EmitError::Unsupported { .. } | EmitError::TooLarge { .. } | EmitError::Limit(_) => {
                Class::Wit
            }
            EmitError::Protocol { .. } | EmitError::Encode(_) | EmitError::Invalid(_) => {
                Class::Failed
            }
        }
    }
}
