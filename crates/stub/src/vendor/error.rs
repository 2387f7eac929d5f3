//! Why a stub's WIT cannot stand in a caller's WIT root, and what to do about it. Each message names
//! both sides with their versions.

use camino::Utf8PathBuf;
use golem_rpc_plan::Class;
use wit_parser::PackageName;

use crate::error::WitError;

/// Why a stub's WIT cannot stand in a caller's WIT root.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// The caller's own package is one that the stub depends on.
    #[error(
        "`{stub}` needs the package `{needed}`, and the caller's own package is `{package}`: WIT packages cannot depend on each other in a circle"
    )]
    Cycle {
        /// The stub package.
        stub: PackageName,
        /// The package it needs.
        needed: PackageName,
        /// The caller's package.
        package: PackageName,
    },
    /// Two stubs bring versions of one package that are not compatible.
    #[error(
        "`{first}` needs `{first_needs}`, and `{second}` needs `{second_needs}`: a caller's WIT has one version of a package"
    )]
    Versions {
        /// A stub package.
        first: PackageName,
        /// What it needs.
        first_needs: PackageName,
        /// Another one.
        second: PackageName,
        /// What that needs.
        second_needs: PackageName,
    },
    /// The destination has the package at a version that is not compatible.
    #[error("`{stub}` needs `{needed}`, but `{path}` holds `{present}`")]
    Incompatible {
        /// The stub package.
        stub: PackageName,
        /// The package it needs.
        needed: PackageName,
        /// What the destination has.
        present: PackageName,
        /// Where.
        path: Utf8PathBuf,
    },
    /// The destination's own copy of a package lacks something, or has it otherwise.
    #[error(
        "`{stub}` needs `{item}` of `{wanted}` as\n    {needed}\nbut `{path}` holds `{package}` with\n    {present}"
    )]
    Differs {
        /// The stub package.
        stub: PackageName,
        /// The package that the stub was made with.
        wanted: PackageName,
        /// The package that the destination has.
        package: PackageName,
        /// The type or interface.
        item: String,
        /// How the stub has it.
        needed: String,
        /// How the destination has it.
        present: String,
        /// Where.
        path: Utf8PathBuf,
    },
    /// Two stubs bring the same package with different content.
    #[error("`{first}` and `{second}` bring `{package}` with different content: {message}")]
    Conflict {
        /// The package.
        package: PackageName,
        /// A stub package that brings it.
        first: PackageName,
        /// Another one.
        second: PackageName,
        /// What differs.
        message: String,
    },
    /// The packages of two stubs do not go together.
    #[error(
        "the packages of `{stub}` do not go together with those of the caller's other stubs: {message}"
    )]
    Merge {
        /// The stub package.
        stub: PackageName,
        /// What does not fit.
        message: String,
    },
    /// The destination's packages do not parse.
    #[error(transparent)]
    Wit(#[from] WitError),
}

impl VendorError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        Class::Wit
    }

    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            VendorError::Cycle { package, .. } => format!(
                "move the types that both sides use from `{package}` to a package of their own"
            ),
            VendorError::Incompatible { needed, .. } => {
                format!(
                    "bring `{needed}` to the caller, or remove that copy: it is then copied from the stub"
                )
            }
            VendorError::Differs { path, .. } => {
                format!("bring `{path}` up to date, or remove it: it is then copied from the stub")
            }
            VendorError::Versions { first_needs, .. } => {
                let PackageName {
                    namespace, name, ..
                } = first_needs;
                format!("bring both targets to one version of `{namespace}:{name}`")
            }
            VendorError::Conflict { package, .. } => {
                format!("bring the targets to one version of `{package}`")
            }
            VendorError::Merge { .. } => {
                "bring the targets to one version of the packages that they share".into()
            }
            VendorError::Wit(error) => return error.hint(),
        })
    }
}
