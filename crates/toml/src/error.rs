//! What can be wrong with a TOML file.

#![allow(
    missing_docs,
    reason = "a message says what its variant and fields are"
)]

use camino::Utf8PathBuf;

/// Why a TOML file cannot be read or edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TomlError {
    #[error("`{file}`, line {line}: {message}")]
    Broken {
        file: Utf8PathBuf,
        line: usize,
        message: String,
    },
    #[error("`{file}`, line {line}: `{key}` should be {expected}")]
    WrongShape {
        file: Utf8PathBuf,
        line: usize,
        key: String,
        expected: &'static str,
    },
    #[error("`{file}` is not UTF-8 text")]
    NotUtf8 { file: Utf8PathBuf },
    #[error("the edit of `{file}` went wrong, which is a bug in cargo golem-rpc: {message}")]
    Mistake { file: Utf8PathBuf, message: String },
}

impl TomlError {
    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            TomlError::Broken { file, .. } | TomlError::WrongShape { file, .. } => {
                Some(format!("correct `{file}`, then run this again"))
            }
            TomlError::NotUtf8 { file } => Some(format!("save `{file}` as UTF-8")),
            TomlError::Mistake { .. } => None,
        }
    }

    /// The file.
    pub fn file(&self) -> &Utf8PathBuf {
        match self {
            TomlError::Broken { file, .. }
            | TomlError::WrongShape { file, .. }
            | TomlError::NotUtf8 { file }
            | TomlError::Mistake { file, .. } => file,
        }
    }
}
