//! Members that cargo alone builds and whose WIT cannot be found.

use camino::Utf8PathBuf;

/// Why the WIT of such a member is not known. A place is `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlainError {
    /// The WIT stands in the code.
    #[error(
        "the WIT of `{member}` stands in its Rust code: `inline` of `wit_bindgen::generate!` ({place})"
    )]
    Inline {
        /// The package.
        member: String,
        /// Where.
        place: String,
    },
    /// There are several sets of bindings.
    #[error("`{member}` calls `wit_bindgen::generate!` more than once ({first}, {second})")]
    Several {
        /// The package.
        member: String,
        /// One call.
        first: String,
        /// Another call.
        second: String,
    },
    /// An argument is computed, or a list.
    #[error(
        "`{option}` of `wit_bindgen::generate!` is not a single string ({place}), so that the WIT of `{member}` is not found"
    )]
    NotAString {
        /// The package.
        member: String,
        /// `path` or `world`.
        option: &'static str,
        /// Where.
        place: String,
    },
    /// The arguments are none that the macro takes.
    #[error("this call of `wit_bindgen::generate!` is not understood ({place})")]
    NotUnderstood {
        /// The package.
        member: String,
        /// Where.
        place: String,
    },
    /// A file is not what Rust files are made of.
    #[error("this is not Rust ({place}): {message}")]
    NotRust {
        /// Where.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A key of ours in the manifest has another shape.
    #[error("`{manifest}`: `{key}` of [package.metadata.golem-rpc]: {message}")]
    Setting {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// The key.
        key: String,
        /// What is wrong with its value.
        message: String,
    },
    /// There is no place for the stubs' WIT where the macro would find it.
    #[error(
        "the WIT of `{member}` is the single file `{path}`, and `wit_bindgen::generate!` finds no packages beside one"
    )]
    SingleFile {
        /// The package.
        member: String,
        /// The file.
        path: Utf8PathBuf,
    },
}

impl PlainError {
    /// What to type next.
    pub fn hint(&self) -> String {
        match self {
            PlainError::Inline { .. } => {
                "move it to a file in `wit`, and write `path: \"wit\"` in the place of `inline`".into()
            }
            PlainError::Several { .. }
            | PlainError::NotAString { .. }
            | PlainError::NotUnderstood { .. } => {
                "say where it is in its Cargo.toml: [package.metadata.golem-rpc] with `wit = \"wit\"` and, if there are several, `world = \"…\"`".into()
            }
            PlainError::NotRust { .. } => {
                "correct it; if `cargo build` accepts it, say in Cargo.toml where the WIT is: [package.metadata.golem-rpc] with `wit = \"wit\"`".into()
            }
            PlainError::Setting { manifest, .. } => {
                format!("correct `{manifest}`, then run this again")
            }
            PlainError::SingleFile { path, .. } => format!(
                "give it a directory of its own, and name that instead of `{}`",
                path.file_name().unwrap_or(path.as_str())
            ),
        }
    }
}
