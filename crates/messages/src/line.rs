//! Lines of text ↔ messages.

use serde::Serialize;
use serde_json::Value;

use crate::{FORMAT_VERSION, Message};

/// The key that every line has beside its message's.
pub(crate) const VERSION_KEY: &str = "format-version";

/// Why a line is no message.
#[derive(Debug)]
pub enum LineError {
    /// It is of another version of the format.
    Version {
        /// The version that it names, if it names one.
        found: Option<u64>,
    },
    /// It is no message of this version.
    Message(serde_json::Error),
}

impl std::fmt::Display for LineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LineError::Version { found: Some(found) } => write!(
                f,
                "the line is of format version {found}, and this reads {FORMAT_VERSION}"
            ),
            LineError::Version { found: None } => {
                write!(f, "the line has no `{VERSION_KEY}`")
            }
            LineError::Message(_) => write!(f, "the line is no message"),
        }
    }
}

impl std::error::Error for LineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LineError::Version { .. } => None,
            LineError::Message(error) => Some(error),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'m> {
    format_version: u32,
    #[serde(flatten)]
    message: &'m Message,
}

impl Message {
    /// The message as a line, without a line break.
    pub fn to_line(&self) -> String {
        let line = Line {
            format_version: FORMAT_VERSION,
            message: self,
        };
        serde_json::to_string(&line).expect("string keys and plain values")
    }

    /// The message of a line.
    ///
    /// # Errors
    /// If the line is of another version, is no JSON, or has a key that this version has not.
    pub fn from_line(line: &str) -> Result<Message, LineError> {
        let mut value: Value = serde_json::from_str(line).map_err(LineError::Message)?;
        let version = value
            .as_object_mut()
            .and_then(|line| line.remove(VERSION_KEY));
        let found = version.as_ref().and_then(Value::as_u64);
        if found == Some(u64::from(FORMAT_VERSION)) {
            serde_json::from_value(value).map_err(LineError::Message)
        } else {
            Err(LineError::Version { found })
        }
    }
}
