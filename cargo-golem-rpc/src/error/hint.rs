//! What to type after an error. That of a library's error is its own, unless an option of the command
//! helps as well.

use golem_rpc_stub::names;
use golem_rpc_stub::vendor::VendorError;

use super::CliError;

/// What to do where there is nothing to compare with.
pub(crate) const AGAINST: &str = "compare with an older version: `cargo golem-rpc check --breaking --against REV`, or the directory of another checkout";

impl CliError {
    /// What to type next.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            CliError::Breaking { .. } => {
                "keep what callers use and add new items beside it; or update all callers: `cargo golem-rpc regenerate`, then build and deploy them together".into()
            }
            CliError::CannotTell { .. } => AGAINST.into(),
            CliError::Git(error) => return error.hint(),
            CliError::NoBaseline { error, .. } => match error.hint() {
                Some(hint) => hint,
                None => "name another checkout of the workspace, or a WIT root".into(),
            },
            CliError::Then { .. } => "name another revision".into(),
            CliError::NotThen { .. } => {
                "leave it out: callers of what is new cannot break".into()
            }
            CliError::SeveralTargets { path, targets } => format!(
                "name the one: `cargo golem-rpc check --breaking --against {path} {}`",
                targets.first().map(String::as_str).unwrap_or_default()
            ),
            CliError::ItselfAgainst { .. } => {
                "name an older revision, another checkout, or the WIT root of an older version".into()
            }
            CliError::NothingCompared { hint, .. } => (*hint).into(),
            CliError::InSubmodule { path, .. } => format!(
                "run it in the submodule's own workspace; or check out the older version elsewhere, with `git -C {path} worktree add`, and name that directory"
            ),
            CliError::Unwell { .. } => "each error above is followed by its fix".into(),
            CliError::NoName => "name a member by its package or its directory".into(),
            CliError::NoPackageName { .. } => {
                "write it as `golem:rpc`, or with its version as `golem:rpc@0.1.0`".into()
            }
            CliError::UnknownPackage { hint, .. } => hint.clone(),
            CliError::NotATarget { member } => format!(
                "`--against` compares it with an older version; `cargo golem-rpc init --targets {member} --callers <member>` gives it a caller"
            ),
            CliError::Wit(error) => return error.hint(),
            CliError::Vendor(VendorError::Cycle { package, .. }) => format!(
                "`--redeclare {}:{}` of `generate` or `build` makes a stub that declares those types itself",
                package.namespace, package.name
            ),
            CliError::Vendor(
                VendorError::Differs { path, package, .. }
                | VendorError::Incompatible {
                    path,
                    present: package,
                    ..
                },
            ) if path.ends_with(names::dep_path(package).0) => {
                format!("`--overwrite` replaces `{path}` by what the stub brings")
            }
            CliError::Vendor(error) => return error.hint(),
            CliError::Stub { error, .. } if error.is_skippable() => {
                let instead = error.hint().map_or_else(String::new, |hint| hint + "; or ");
                format!("{instead}leave such functions out with `--skip-unsupported`")
            }
            CliError::Stub { error, .. } => return error.hint(),
            CliError::Workspace(error) => return error.hint(),
            CliError::Check(checked) => return Some(checked.hint()),
            CliError::Migrate(error) => return error.hint(),
            CliError::App(error) => error.hint(),
            CliError::History(_) => {
                "fix what git reports; `--allow-dirty --allow-no-vcs` continues without git".into()
            }
            CliError::Uncommitted { .. } => "commit them first, or continue with `--allow-dirty`".into(),
            CliError::NoHistory { .. } => {
                "keep a copy, then go on with `--allow-no-vcs`; or `git init`, and commit".into()
            }
            CliError::Cargo(error) => return error.hint(),
            CliError::Build(error) => return error.hint(),
            CliError::Apply(error) => return error.hint(),
            CliError::Lock(error) => return error.hint(),
            CliError::Recover(error) => error.hint(),
            CliError::Path(error) => error.hint(),
            CliError::NotAStubCrate { path } => {
                format!("name another directory, or move `{path}` out of the way")
            }
            CliError::WouldOverwrite { .. } => "`--overwrite` replaces them".into(),
            CliError::NotAStubRoot { .. } => "name an empty directory for the stub's WIT".into(),
            CliError::NotAnOutput { .. } | CliError::OutputIsInput { .. } => {
                "name another file to write".into()
            }
            CliError::NotLinked { .. } => {
                "[workspace.metadata.golem-rpc.links] in the root manifest says who calls whom".into()
            }
            CliError::NoSuchLink { caller, targets, .. } => match targets.as_slice() {
                [] => format!("`{caller}` calls no other member"),
                targets => format!("it calls: {}", targets.join(", ")),
            },
            CliError::NoManifestAbove { .. } => {
                "`--update-cargo-toml` is for components that are Cargo packages".into()
            }
            CliError::ImportsDenied { hints, .. } => {
                let mut hints = hints.clone();
                hints.dedup();
                hints.join("\n")
            }
            CliError::NothingToRedeclare { packages, .. } => match packages.as_slice() {
                [] => "leave it out: the target uses no other package".into(),
                packages => format!("name one of these: {}", packages.join(", ")),
            },
            #[cfg(feature = "local")]
            CliError::State(error) => state_hint(error).into(),
            CliError::NotACaller { member } => {
                format!("cargo golem-rpc init --targets <member> --callers {member}")
            }
            CliError::NotBuilt { .. } => "run it again without `--no-build`".into(),
            #[cfg(feature = "local")]
            CliError::CallWithoutFunction { worker, directory } => match directory {
                Some(directory) => format!(
                    "write pairs: `WORKER 'function(arguments)'`; and a directory with `=`: `--state={directory}`"
                ),
                None => format!("write pairs: `{worker} 'function(arguments)'`"),
            },
            CliError::StubCrate { error, .. } => error.hint().into(),
            CliError::TextOfACrate => "leave `--stub-backend crate` out".into(),
            CliError::Compose(error) => return error.hint().map(str::to_string),
            CliError::Encode(_) => {
                "`target = \"wasm32-wasip2\"` in [package.metadata.golem-rpc] has rustc make the component".into()
            }
            CliError::NoSuchDirectory { .. } => {
                "name the directory that holds the component's `.wit` files".into()
            }
            CliError::NoSuchFile { .. } => "name a file that a build has made".into(),
            #[cfg(feature = "local")]
            CliError::WorkerRef(_) => "write it as `purchase-history/user-1`".into(),
            _ => return None,
        };
        Some(hint)
    }
}

#[cfg(feature = "local")]
fn state_hint(error: &golem_rpc_oplog::JournalError) -> &'static str {
    use golem_rpc_oplog::{JournalError, StoreError};
    let (JournalError::Store(error) | JournalError::Stopped { source: error }) = error else {
        return "start with a new state: `--state=DIR`";
    };
    match **error {
        StoreError::Locked { .. } => {
            "wait until that process has ended, or use another state: `--state=DIR`"
        }
        StoreError::Newer { .. } => {
            "install a newer cargo-golem-rpc, or use another state: `--state=DIR`"
        }
        StoreError::Io { .. } => "name a directory that can be written: `--state=DIR`",
        _ => "start with a new state: `--state=DIR`",
    }
}
