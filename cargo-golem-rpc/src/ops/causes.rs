//! What the libraries have to say → what it is about, for programs.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_messages::Cause;
use golem_rpc_migrate::Remark;
use golem_rpc_system::{Outcome, Recovered};
use golem_rpc_workspace::Note;

use crate::place::line_of;

/// What a note about a plan is about.
pub(super) fn of_note(note: &Note) -> Cause {
    match note {
        Note::TaskKept { task, file, line } => Cause::TaskKept {
            task: task.clone(),
            place: line_of(file, *line),
        },
        Note::TaskHidden { task, file, line } => Cause::TaskHidden {
            task: task.clone(),
            place: line_of(file, *line),
        },
        Note::TaskReplaced { task, file, line } => Cause::TaskReplaced {
            task: task.clone(),
            place: line_of(file, *line),
        },
        Note::SharedWit {
            caller,
            root,
            others,
        } => Cause::SharedWit {
            caller: caller.clone(),
            path: text(root),
            others: others.clone(),
        },
        Note::Overwritten { file } => Cause::Overwritten { path: text(file) },
        Note::Kept { file } | Note::EditedKept { file } => Cause::Kept { path: text(file) },
        Note::OldLock { file } => Cause::OldLock { path: text(file) },
        Note::Removed { file } => Cause::Removed { path: text(file) },
        Note::JunkRemoved { file } => Cause::JunkRemoved { path: text(file) },
        Note::Left { file } => Cause::Left { path: text(file) },
        Note::SharedDeps {
            dir,
            caller,
            others,
        } => Cause::SharedDeps {
            dir: text(dir),
            caller: caller.clone(),
            others: others.clone(),
        },
    }
}

/// What a remark about a migration is about.
pub(super) fn of_remark(remark: &Remark) -> Cause {
    match remark {
        Remark::TaskRemoved { task, file, line } => Cause::TaskRemoved {
            task: task.clone(),
            place: line_of(file, *line),
        },
        Remark::Renamed {
            file,
            line,
            old,
            new,
        } => Cause::Renamed {
            old: old.clone(),
            new: new.clone(),
            place: line_of(file, *line),
        },
        Remark::WitRenamed {
            file,
            line,
            old,
            new,
        }
        | Remark::Module {
            file,
            line,
            old,
            new,
        } => Cause::Renamed {
            old: old.clone(),
            new: Some(new.clone()),
            place: line_of(file, *line),
        },
        _ => Cause::Other {},
    }
}

/// What was done about a command that was cut off.
pub(super) fn of_recovery(recovered: &Recovered) -> Cause {
    Cause::Recovered {
        finished: recovered.outcome == Outcome::Finished,
        paths: texts(&recovered.files),
    }
}

/// What a command that was cut off has left.
pub(super) fn of_leftovers(files: &[Utf8PathBuf]) -> Cause {
    Cause::Unfinished {
        paths: texts(files),
    }
}

/// What a note of the local runtime is about.
#[cfg(feature = "local")]
pub(super) fn of_local_note(note: &golem_rpc_local::Note) -> Cause {
    use golem_rpc_local::Note as N;
    match note {
        N::WorkerScheme { uri } | N::PackageName { uri, .. } => {
            Cause::LocalOnly { uri: uri.clone() }
        }
        N::OwnedHandle {
            component,
            function,
        } => Cause::OwnedParameter {
            target: component.clone(),
            function: function.clone(),
            parameter: None,
            place: None,
        },
        N::Scheduled { calls, seconds } => Cause::Scheduled {
            calls: u32::try_from(*calls).unwrap_or(u32::MAX),
            seconds: *seconds,
        },
    }
}

fn text(path: &Utf8Path) -> String {
    path.to_string()
}

fn texts(paths: &[Utf8PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string()).collect()
}
