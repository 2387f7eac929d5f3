//! What the commands do: each file is the whole chain of one command, read → derive → plan → apply.

pub(crate) mod add_stub_dependency;
mod app;
mod baseline;
pub(crate) mod breaking;
pub(crate) mod build;
mod build_first;
pub(crate) mod build_members;
mod build_steps;
pub(crate) mod build_workspace;
mod causes;
pub(crate) mod check;
pub(crate) mod clean;
mod compatibility;
pub(crate) mod completions;
mod components;
pub(crate) mod compose;
mod compose_callers;
mod composing;
mod composition;
mod copies;
pub(crate) mod describe;
pub(crate) mod doctor;
mod examine;
pub(crate) mod generate;
pub(crate) mod graph;
pub(crate) mod init;
#[cfg(feature = "local")]
pub(crate) mod invoke;
mod links;
pub(crate) mod man;
mod messages;
pub(crate) mod migrate;
mod open_imports;
mod parallel;
mod parts;
pub(crate) mod prune;
pub(crate) mod regenerate;
mod resolve;
pub(crate) mod status;
mod stubs;
pub(crate) mod unlink;
pub(crate) mod why;
mod wit_root;
mod writer;

pub(crate) use resolve::Leave;
pub(crate) use wit_root::StubRequest;

use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Plan, Snapshot, normal};
use golem_rpc_system::cargo::CargoFlags;
use golem_rpc_system::{interrupt, read};

use crate::error::CliError;
use crate::report::Report;

/// The global options that are not about reporting.
pub(crate) struct Settings {
    pub(crate) manifest_path: Option<Utf8PathBuf>,
    pub(crate) dry_run: bool,
    pub(crate) flags: CargoFlags,
}

/// What every command works with.
pub(crate) struct Context {
    pub(crate) report: Report,
    pub(crate) cwd: Utf8PathBuf,
    settings: Settings,
    /// The root of the workspace, once cargo was asked for it.
    root: OnceLock<Utf8PathBuf>,
}

impl Context {
    /// Asks for the working directory and starts to watch for signals.
    pub(crate) fn new(
        mut report: Report,
        settings: Settings,
    ) -> Result<Context, (Report, CliError)> {
        let ending = report.clone();
        let cwd = interrupt::install()
            .and_then(|()| interrupt::watch(move || ending.interrupted()))
            .map_err(CliError::Signals)
            .and_then(|()| read::current_dir().map_err(CliError::from));
        match cwd {
            Ok(cwd) => {
                report.set_cwd(&cwd);
                Ok(Context {
                    report,
                    cwd,
                    settings,
                    root: OnceLock::new(),
                })
            }
            Err(error) => Err((report, error)),
        }
    }

    /// A path of the user's, absolute and without `.` and `..`.
    pub(crate) fn absolute(&self, path: &Utf8Path) -> Utf8PathBuf {
        normal(&self.cwd.join(path))
    }

    /// `--dry-run`
    pub(crate) fn is_dry_run(&self) -> bool {
        self.settings.dry_run
    }

    /// `--manifest-path`; of a directory, the manifest in it.
    pub(crate) fn manifest_path(&self) -> Option<Utf8PathBuf> {
        let manifest = self.settings.manifest_path.as_deref();
        let manifest = manifest.map(|path| self.absolute(path));
        manifest.map(|path| match read::is_dir(&path) {
            true => path.join("Cargo.toml"),
            false => path,
        })
    }

    /// Plans an output file, which may replace an earlier output of the same kind and nothing else.
    /// Says whether it is as it should be already.
    pub(crate) fn plan_output(
        &self,
        plan: &mut Plan,
        dest: &Utf8Path,
        content: Vec<u8>,
    ) -> Result<bool, CliError> {
        let mut disk = Snapshot::new();
        if let Some(old) = read::file(dest)? {
            let kind = |bytes: &[u8]| bytes.iter().take(4).copied().collect::<Vec<u8>>();
            if !old.is_empty() && kind(&old) != kind(&content) {
                return Err(CliError::NotAnOutput {
                    path: dest.to_path_buf(),
                });
            }
            disk.insert(dest, old);
        }
        let is_fresh = disk.get(dest) == Some(content.as_slice());
        plan.write(&disk, dest, content);
        Ok(is_fresh)
    }
}
