//! Why a workspace cannot be migrated: what, where, and what to do next.

use std::fmt;

use camino::Utf8PathBuf;
use wit_parser::PackageName;

use golem_rpc_plan::Class;
use golem_rpc_workspace::WorkspaceError;

/// Why there is no migration.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A stub crate has something in it that the older tool does not write.
    #[error("somebody changed what the older tool wrote: {}", list(.files, "and"))]
    Edited {
        /// The files.
        files: Vec<Utf8PathBuf>,
    },
    /// Several members could be the target of a stub crate.
    #[error(
        "the older stub crate `{dir}` could be that of {}: each declares the WIT package `{package}`",
        list(.members, "or")
    )]
    Ambiguous {
        /// The stub crate.
        dir: Utf8PathBuf,
        /// The target's WIT package.
        package: PackageName,
        /// The members.
        members: Vec<String>,
    },
    /// No member is the target of a stub crate.
    #[error(
        "the older stub crate `{dir}` is of the WIT package `{package}`, which no member declares"
    )]
    NoTarget {
        /// The stub crate.
        dir: Utf8PathBuf,
        /// The target's WIT package.
        package: PackageName,
    },
    /// There are stub crates, but nobody has the WIT of one.
    #[error("no member calls {}", list(.targets, "or"))]
    NoCaller {
        /// The targets.
        targets: Vec<String>,
    },
    /// The workspace is not what is needed.
    #[error(transparent)]
    Workspace(Box<WorkspaceError>),
}

impl From<WorkspaceError> for MigrateError {
    fn from(error: WorkspaceError) -> MigrateError {
        MigrateError::Workspace(Box::new(error))
    }
}

impl MigrateError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            MigrateError::Edited { .. } => Class::Refused,
            MigrateError::Ambiguous { .. }
            | MigrateError::NoTarget { .. }
            | MigrateError::NoCaller { .. } => Class::Workspace,
            MigrateError::Workspace(error) => error.class(),
        }
    }

    /// What to type next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            MigrateError::Edited { .. } => {
                "save what you need of it elsewhere; then `--force` writes the stub anew".into()
            }
            MigrateError::Ambiguous { members, .. } => {
                format!("say which: `--targets {}`", members.first()?)
            }
            MigrateError::NoTarget { dir, .. } => format!(
                "take `{dir}` out of `members` of [workspace], or name the other targets with `--targets`"
            ),
            MigrateError::NoCaller { targets } => format!(
                "say who calls: `--targets {} --callers <member>`; or take the stub crates out of `members` of [workspace]",
                targets.join(" ")
            ),
            MigrateError::Workspace(error) => return error.hint(),
        })
    }
}

fn list<T: fmt::Display>(names: &[T], word: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} {word} {last}", others.join(", "))
        }
        _ => names.concat(),
    }
}
