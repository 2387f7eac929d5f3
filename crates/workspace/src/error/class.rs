//! What sort of failure an error is.

use golem_rpc_plan::Class;
use golem_rpc_toml::TomlError;

use super::WorkspaceError;

impl WorkspaceError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        use WorkspaceError as E;
        match self {
            E::Wit(_)
            | E::SeveralWorlds { .. }
            | E::Unresolved { .. }
            | E::Dangling { .. }
            | E::Stub { .. }
            | E::Vendor { .. }
            | E::Versions { .. } => Class::Wit,
            E::NotAStub { .. }
            | E::OlderStub { .. }
            | E::Edited { .. }
            | E::StillUsed { .. }
            | E::Stray { .. } => Class::Refused,
            E::Toml(TomlError::Mistake { .. }) => Class::Failed,
            _ => Class::Workspace,
        }
    }
}
