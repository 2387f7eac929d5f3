//! What sort of failure an error is. Every library's errors say it of themselves (`class()`), and the
//! binary makes an exit code of it.

/// A sort of failure; the number is its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Something that was tried has failed.
    Failed = 1,
    /// The command line asks for something that is not possible.
    Usage = 2,
    /// The workspace, a manifest or a named file is not as needed.
    Workspace = 3,
    /// The WIT is wrong, or a stub cannot be generated for it.
    Wit = 4,
    /// Something was changed by hand, or belongs to the user.
    Refused = 5,
    /// A required tool is missing.
    ToolMissing = 6,
    /// A signal ended it.
    Interrupted = 130,
}

impl Class {
    /// The exit code, as `--help` documents it.
    pub fn code(self) -> u8 {
        self as u8
    }
}
