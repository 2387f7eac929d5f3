//! Which sort of failure ended a command.

use golem_rpc_plan::Class;

use super::CliError;

impl CliError {
    /// Which sort of failure it is.
    pub(super) fn class(&self) -> Class {
        match self {
            CliError::Apply(error) => error.class(),
            CliError::Lock(error) => error.class(),
            CliError::Recover(error) => error.class(),
            CliError::Cargo(error) => error.class(),
            CliError::Build(error) => error.class(),
            CliError::Git(error) => error.class(),
            CliError::History(error) | CliError::Tools(error) => error.class(),
            CliError::Workspace(error) => error.class(),
            CliError::Migrate(error) => error.class(),
            CliError::App(error) => error.class(),
            CliError::Wit(error) => error.class(),
            CliError::Vendor(error) => error.class(),
            CliError::Stub { error, .. } => error.class(),
            CliError::EmitStub { error, .. } => error.class(),
            CliError::StubCrate { error, .. } => error.class(),
            CliError::Then { error, .. } => error.class(),
            #[cfg(feature = "local")]
            CliError::Invoke { error, .. } => of_invocation(error),
            own => own.own_class(),
        }
    }

    /// That of an error of the commands themselves.
    fn own_class(&self) -> Class {
        match self {
            CliError::OutputIsInput { .. }
            | CliError::NoName
            | CliError::NoPackageName { .. }
            | CliError::NothingToRedeclare { .. }
            | CliError::SeveralTargets { .. }
            | CliError::ItselfAgainst { .. }
            | CliError::TextOfACrate => Class::Usage,
            #[cfg(feature = "local")]
            CliError::WorkerRef(_) | CliError::CallWithoutFunction { .. } => Class::Usage,
            CliError::NotACaller { .. }
            | CliError::NotATarget { .. }
            | CliError::UnknownPackage { .. }
            | CliError::NoBaseline { .. }
            | CliError::NotThen { .. }
            | CliError::NothingCompared { .. }
            | CliError::CannotTell { .. }
            | CliError::InSubmodule { .. }
            | CliError::NotLinked { .. }
            | CliError::NoSuchLink { .. }
            | CliError::NoManifestAbove { .. }
            | CliError::NoSuchDirectory { .. }
            | CliError::NoSuchFile { .. } => Class::Workspace,
            CliError::NotAStubCrate { .. }
            | CliError::NotAStubRoot { .. }
            | CliError::NotAnOutput { .. }
            | CliError::WouldOverwrite { .. }
            | CliError::Uncommitted { .. }
            | CliError::NoHistory { .. } => Class::Refused,
            _ => Class::Failed,
        }
    }
}

/// A call that cannot be made is a wrong argument; one that was made and failed is a failure.
#[cfg(feature = "local")]
fn of_invocation(error: &golem_rpc_local::InvokeError) -> Class {
    use golem_rpc_local::InvokeError as E;
    match error {
        E::UnknownComponent { .. } => Class::Workspace,
        E::NotAComponent { .. } | E::Call(_) => Class::Failed,
        E::Interrupted => Class::Interrupted,
        _ => Class::Usage,
    }
}
