//! What can be wrong with a TOML file.

use camino::Utf8PathBuf;

/// Why a TOML file cannot be read or edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TomlError {
    /// It does not parse.
    #[error("`{file}`, line {line}: {message}")]
    Broken {
        /// The file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A key holds something of another kind.
    #[error("`{file}`, line {line}: `{key}` should be {expected}")]
    WrongShape {
        /// The file.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// What should be there.
        expected: &'static str,
    },
    /// It is not UTF-8.
    #[error("`{file}` is not UTF-8 text")]
    NotUtf8 {
        /// The file.
        file: Utf8PathBuf,
    },
    /// An edit of ours would break it: a mistake in this tool.
    #[error("the edit of `{file}` went wrong, which is a bug in cargo golem-rpc: {message}")]
    Mistake {
        /// The file.
        file: Utf8PathBuf,
        /// What would be wrong.
        message: String,
    },
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
