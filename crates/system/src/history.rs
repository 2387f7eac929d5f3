//! What git has of some files: whether what is about to change can be brought back.
//!
//! git is only asked; nothing of its own is changed, not even its index is refreshed.

use camino::{Utf8Path, Utf8PathBuf};

use crate::git::git;
use crate::{RunError, Streams, run};

/// What git has of some files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum History {
    /// All of them as they are.
    Committed,
    /// These, in path order, not as they are: changed, new, or ones that it was told to ignore.
    Uncommitted(Vec<Utf8PathBuf>),
    /// Nothing: there is no repository, or no git.
    Missing,
}

/// So many files are named to one git at most.
const AT_ONCE: usize = 200;

/// Asks git about `files`, which lie in or below `dir`.
///
/// # Errors
/// If there is a repository, but git cannot read it.
pub fn history(dir: &Utf8Path, files: &[Utf8PathBuf]) -> Result<History, RunError> {
    let top = match ask(dir, &["rev-parse", "--show-toplevel"]) {
        Ok(top) => Utf8PathBuf::from(top.trim_end_matches('\n')),
        Err(RunError::NotFound { .. }) => return Ok(History::Missing),
        Err(RunError::Failed { stderr, .. }) if is_no_repository(stderr.as_deref()) => {
            return Ok(History::Missing);
        }
        Err(error) => return Err(error),
    };
    let mut uncommitted = Vec::new();
    for files in files.chunks(AT_ONCE) {
        let mut args = vec![
            "--literal-pathspecs",
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            // With the option above it names files, not the directories that they are in.
            "--ignored=traditional",
            "--",
        ];
        args.extend(files.iter().map(|file| file.as_str()));
        let status = ask(dir, &args)?;
        let entries = status.split('\0').filter_map(|entry| entry.get(3..));
        uncommitted.extend(entries.map(|name| top.join(name)));
    }
    uncommitted.sort();
    Ok(if uncommitted.is_empty() {
        History::Committed
    } else {
        History::Uncommitted(uncommitted)
    })
}

fn is_no_repository(stderr: Option<&str>) -> bool {
    stderr.is_some_and(|stderr| stderr.contains("not a git repository"))
}

fn ask(dir: &Utf8Path, args: &[&str]) -> Result<String, RunError> {
    let finished = run(&git(dir, args), Streams::Captured)?;
    Ok(String::from_utf8_lossy(&finished.stdout).into_owned())
}
