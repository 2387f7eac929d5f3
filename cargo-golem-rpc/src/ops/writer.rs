//! The right to change files: held from before anything is read until the command ends.
//!
//! One of our processes at a time changes a workspace. What a killed one left there is finished or
//! undone first, and said. A command that only reads, or only shows what it would do, takes no lock
//! and repairs nothing.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::{Cause, Diagnostic, Level, Message};
use golem_rpc_plan::Plan;
use golem_rpc_system::{Lock, cargo, lock, read, unfinished};

use super::{Context, causes};
use crate::error::CliError;

/// Carries plans out, or shows them with `--dry-run`.
pub(super) struct Writer<'c> {
    context: &'c Context,
    /// None with `--dry-run`.
    lock: Option<Lock>,
}

impl Writer<'_> {
    /// Carries a plan out, or shows it if that is all that is wanted. Says whether it was carried
    /// out.
    pub(super) fn apply(&self, plan: &Plan) -> Result<bool, CliError> {
        let Some(lock) = &self.lock else {
            self.context.report.dry_run(plan);
            return Ok(false);
        };
        lock.apply(plan)?;
        self.context.report.applied(plan);
        Ok(true)
    }
}

impl Context {
    /// For commands that change the workspace.
    pub(super) fn writer(&self) -> Result<Writer<'_>, CliError> {
        let root = self.workspace_root()?;
        self.writer_in(&root)
    }

    /// For commands that write at or below `dest`, which may be in no workspace and not be there
    /// yet. No process is run to find that out.
    pub(super) fn writer_at(&self, dest: &Utf8Path) -> Result<Writer<'_>, CliError> {
        let is_table = |line: &str| line.starts_with("[workspace") || line.starts_with("workspace");
        let is_root = |dir: &&Utf8Path| {
            let manifest = read::file(&dir.join("Cargo.toml")).ok().flatten();
            let manifest = String::from_utf8(manifest.unwrap_or_default());
            manifest.is_ok_and(|text| text.lines().any(is_table))
        };
        let root = dest.ancestors().find(is_root);
        let root = root.or_else(|| read::nearest_dir(dest));
        self.writer_in(root.unwrap_or(&self.cwd))
    }

    fn writer_in(&self, root: &Utf8Path) -> Result<Writer<'_>, CliError> {
        if self.settings.dry_run {
            self.warn_if_unfinished(root)?;
            return Ok(Writer {
                context: self,
                lock: None,
            });
        }
        let mut waiting = || {
            let thing = format!("waiting for another `cargo golem-rpc` at work in {root}");
            let waiting = Message::Diagnostic(Diagnostic {
                level: Level::Note,
                cause: Cause::Waiting {
                    root: root.to_string(),
                },
                message: thing.clone(),
                hint: None,
            });
            self.report.event(&waiting, "Blocking", &thing);
        };
        let lock = lock(root, &mut waiting)?;
        if let Some(recovered) = lock.recovered() {
            let cause = causes::of_recovery(recovered);
            self.report.warning_of(cause, &recovered.to_string(), None);
        }
        Ok(Writer {
            context: self,
            lock: Some(lock),
        })
    }

    /// For commands that change nothing in the workspace: says so if it is half changed.
    pub(super) fn reader(&self) -> Result<(), CliError> {
        let root = self.workspace_root()?;
        self.warn_if_unfinished(&root)
    }

    fn warn_if_unfinished(&self, root: &Utf8Path) -> Result<(), CliError> {
        if let Some(files) = unfinished(root)? {
            let cause = causes::of_leftovers(&files);
            let files: String = files.iter().map(|file| format!("\n  `{file}`")).collect();
            let message =
                format!("an earlier command was cut off in the middle of its changes:{files}");
            let hint = "the next command that changes files undoes or finishes them, `cargo golem-rpc regenerate` for example";
            self.report.warning_of(cause, &message, Some(hint));
        }
        Ok(())
    }

    fn workspace_root(&self) -> Result<Utf8PathBuf, CliError> {
        if let Some(root) = self.root.get() {
            return Ok(root.clone());
        }
        let manifest = self.manifest_path();
        let root = cargo::workspace_root(manifest.as_deref(), &self.cwd)?;
        self.report.in_workspace(&root);
        Ok(self.root.get_or_init(|| root).clone())
    }
}
