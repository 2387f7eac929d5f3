//! Members that cargo alone builds and whose WIT cannot be found.

use camino::Utf8PathBuf;

/// Why the WIT of such a member is not known. A place is `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlainError {
    #[error(
        "the WIT of `{member}` stands in its Rust code: `inline` of `wit_bindgen::generate!` ({place})"
    )]
    Inline { member: String, place: String },
    #[error("`{member}` calls `wit_bindgen::generate!` more than once ({first}, {second})")]
    Several {
        member: String,
        first: String,
        second: String,
    },
    #[error(
        "`{option}` of `wit_bindgen::generate!` is not a single string ({place}), so that the WIT of `{member}` is not found"
    )]
    NotAString {
        member: String,
        option: &'static str,
        place: String,
    },
    #[error("this call of `wit_bindgen::generate!` is not understood ({place})")]
    NotUnderstood { member: String, place: String },
    #[error("this is not Rust ({place}): {message}")]
    NotRust { place: String, message: String },
    #[error("`{manifest}`: `{key}` of [package.metadata.golem-rpc]: {message}")]
    Setting {
        manifest: Utf8PathBuf,
        key: String,
        message: String,
    },
    #[error(
        "the WIT of `{member}` is the single file `{path}`, and `wit_bindgen::generate!` finds no packages beside one"
    )]
    SingleFile { member: String, path: Utf8PathBuf },
}

impl PlainError {
    /// What to type next.
    #[rustfmt::skip] // a case is a line
    pub fn hint(&self) -> String {
        match self {
            Self::Inline { .. } => "move it to a file in `wit`, and write `path: \"wit\"` in the place of `inline`".into(),
            Self::Several { .. } | Self::NotAString { .. } | Self::NotUnderstood { .. } => "say where it is in its Cargo.toml: [package.metadata.golem-rpc] with `wit = \"wit\"` and, if there are several, `world = \"…\"`".into(),
            Self::NotRust { .. } => "correct it; if `cargo build` accepts it, say in Cargo.toml where the WIT is: [package.metadata.golem-rpc] with `wit = \"wit\"`".into(),
            Self::Setting { manifest, .. } => format!("correct `{manifest}`, then run this again"),
            Self::SingleFile { path, .. } => format!("give it a directory of its own, and name that instead of `{}`", path.file_name().unwrap_or(path.as_str())),
        }
    }
}
