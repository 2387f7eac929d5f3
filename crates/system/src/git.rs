//! Files as a git repository has them at some revision, read into memory: nothing is checked out.
//!
//! ```text
//! directory → Repository → Revision (which files there are) → Snapshot (what is in them)
//! ```
//!
//! Files have the paths that they would have in the working tree. A symbolic link is followed where
//! it leads to something in the same revision. Of submodules only the places are known.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Class, CommandSpec, Snapshot, normal};

use crate::{RunError, Streams, run, run_fed};

/// How many links may lead to one another.
const LINKS: usize = 8;

/// A repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The root of its working tree.
    pub root: Utf8PathBuf,
}

/// What a repository holds at one revision.
#[derive(Clone, Debug)]
pub struct Revision {
    root: Utf8PathBuf,
    /// Path in the working tree → the object with its content.
    files: BTreeMap<Utf8PathBuf, String>,
    /// Where there are submodules.
    submodules: BTreeSet<Utf8PathBuf>,
}

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error("git is not installed")]
    Missing,
    /// The directory is in no repository that git would read.
    #[error("`{dir}` is in no git repository that can be read{}", because(.stderr))]
    NoRepository {
        /// The directory.
        dir: Utf8PathBuf,
        /// What git said.
        stderr: String,
    },
    /// The repository has no such revision.
    #[error("the git repository `{root}` has no revision `{revision}`")]
    NoRevision {
        /// The root of the working tree.
        root: Utf8PathBuf,
        /// The revision as it was given.
        revision: String,
    },
    /// git's answer was not understood.
    #[error("`{command}` gave an answer that is not understood")]
    Unreadable {
        /// The command as typed.
        command: String,
    },
    /// git failed, or a signal arrived.
    #[error(transparent)]
    Run(RunError),
}

impl GitError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            GitError::Missing => Class::ToolMissing,
            GitError::Run(error) => error.class(),
            _ => Class::Failed,
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            GitError::Missing => {
                Some("install git, or name a directory: another checkout, or a WIT root".into())
            }
            GitError::NoRevision { revision, .. } => Some(format!(
                "`git rev-parse {revision}` should give a commit; in a shallow clone fetch it first: `git fetch --unshallow`"
            )),
            _ => None,
        }
    }
}

fn because(stderr: &str) -> String {
    let lines = stderr.lines();
    lines.map(|line| format!("\n  {line}")).collect()
}

impl From<RunError> for GitError {
    fn from(error: RunError) -> GitError {
        match error {
            RunError::NotFound { .. } => GitError::Missing,
            error => GitError::Run(error),
        }
    }
}

impl Repository {
    /// The repository that a directory is in.
    ///
    /// # Errors
    /// [`GitError::NoRepository`] if it is in none.
    pub fn around(dir: &Utf8Path) -> Result<Repository, GitError> {
        let asked = run(
            &git(dir, &["rev-parse", "--show-prefix"]),
            Streams::Captured,
        );
        let prefix = match asked {
            Ok(finished) => String::from_utf8_lossy(&finished.stdout).into_owned(),
            Err(RunError::Failed { stderr, .. }) => {
                return Err(GitError::NoRepository {
                    dir: dir.to_path_buf(),
                    stderr: stderr.unwrap_or_default(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        // The path is the caller's, not git's, which is without links.
        let depth = Utf8Path::new(prefix.trim_end_matches('\n'))
            .components()
            .count();
        let root = dir.ancestors().nth(depth).unwrap_or(dir).to_path_buf();
        Ok(Repository { root })
    }

    /// What there is at a revision: a commit, a branch, a tag, or whatever git takes for one.
    ///
    /// # Errors
    /// [`GitError::NoRevision`] if git knows no such commit.
    pub fn at(&self, revision: &str) -> Result<Revision, GitError> {
        let commit = format!("{revision}^{{commit}}");
        let ask = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
        let asked = run(
            &git(&self.root, &[&ask[..], &[commit.as_str()]].concat()),
            Streams::Captured,
        );
        let commit = match asked {
            Ok(finished) => String::from_utf8_lossy(&finished.stdout).trim().to_string(),
            Err(RunError::Failed { .. }) => {
                return Err(GitError::NoRevision {
                    root: self.root.clone(),
                    revision: revision.to_string(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        let list = ["ls-tree", "-r", "-z", "--full-tree", commit.as_str()];
        let listed = run(&git(&self.root, &list), Streams::Captured)?;
        self.revision(&listed.stdout)
    }

    fn revision(&self, listed: &[u8]) -> Result<Revision, GitError> {
        let (mut files, mut links) = (BTreeMap::new(), BTreeMap::new());
        let mut submodules = BTreeSet::new();
        for entry in listed.split(|byte| *byte == 0) {
            // A path that is no UTF-8 is nothing that a manifest could name.
            let Some((mode, object, path)) = std::str::from_utf8(entry).ok().and_then(entry_of)
            else {
                continue;
            };
            let path = self.root.join(path);
            match mode {
                "120000" => {
                    links.insert(path, object.to_string());
                }
                "100644" | "100755" => {
                    files.insert(path, object.to_string());
                }
                "160000" => {
                    submodules.insert(path);
                }
                _ => {}
            }
        }
        let mut revision = Revision {
            root: self.root.clone(),
            files,
            submodules,
        };
        revision.follow(&links)?;
        Ok(revision)
    }
}

impl Revision {
    /// All files, in path order.
    pub fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        self.files.keys().map(Utf8PathBuf::as_path)
    }

    /// The submodule that a path is in, or is.
    pub fn submodule_of(&self, path: &Utf8Path) -> Option<&Utf8Path> {
        let mut submodules = self.submodules.iter();
        let found = submodules.find(|submodule| path.starts_with(submodule));
        found.map(Utf8PathBuf::as_path)
    }

    /// The files that are wanted, with their content.
    ///
    /// # Errors
    /// If git cannot read its own objects.
    pub fn read(&self, wanted: impl Fn(&Utf8Path) -> bool) -> Result<Snapshot, GitError> {
        let files = self.files.iter().filter(|(path, _)| wanted(path));
        let files: Vec<(&Utf8PathBuf, &str)> =
            files.map(|(path, id)| (path, id.as_str())).collect();
        let objects: Vec<&str> = files.iter().map(|(_, object)| *object).collect();
        let mut snapshot = Snapshot::new();
        for ((path, _), content) in files.iter().zip(self.objects(&objects)?) {
            snapshot.insert(*path, content);
        }
        Ok(snapshot)
    }

    /// Adds what links lead to under the links' own names.
    fn follow(&mut self, links: &BTreeMap<Utf8PathBuf, String>) -> Result<(), GitError> {
        let objects: Vec<&str> = links.values().map(String::as_str).collect();
        let goals = self.objects(&objects)?;
        let goals = links.keys().zip(goals).filter_map(|(link, goal)| {
            let goal = String::from_utf8(goal).ok()?;
            Some((link, normal(&link.parent()?.join(goal))))
        });
        let goals: Vec<_> = goals.collect();
        for _ in 0..LINKS {
            let before = self.files.len();
            for (link, goal) in &goals {
                let behind = self
                    .files
                    .iter()
                    .filter(|(path, _)| path.starts_with(goal) && !link.starts_with(goal));
                let behind = behind.filter_map(|(path, object)| {
                    let below = path.strip_prefix(goal).ok()?;
                    let path = match below.as_str() {
                        "" => link.to_path_buf(),
                        _ => link.join(below),
                    };
                    Some((path, object.clone()))
                });
                let behind: Vec<_> = behind.collect();
                self.files.extend(behind);
            }
            if self.files.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// What is in these objects, in their order.
    fn objects(&self, objects: &[&str]) -> Result<Vec<Vec<u8>>, GitError> {
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let command = git(&self.root, &["cat-file", "--batch"]);
        let asked: String = objects.iter().map(|object| format!("{object}\n")).collect();
        let answer = run_fed(&command, asked.into_bytes())?.stdout;
        contents(&answer, objects.len()).ok_or_else(|| GitError::Unreadable {
            command: command.display(),
        })
    }
}

/// Mode, object and path of an entry: `100644 blob 1234…<tab>a/b`.
fn entry_of(entry: &str) -> Option<(&str, &str, &str)> {
    let (about, path) = entry.split_once('\t')?;
    let mut words = about.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    Some((mode, object, path))
}

/// The contents in `cat-file --batch`'s answer: each a line `<object> blob <size>`, then so many
/// bytes, then a line break.
fn contents(mut answer: &[u8], count: usize) -> Option<Vec<Vec<u8>>> {
    let mut contents = Vec::new();
    for _ in 0..count {
        let end = answer.iter().position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&answer[..end]).ok()?;
        let size: usize = head.rsplit_once(" blob ")?.1.trim_start().parse().ok()?;
        let content = answer.get(end + 1..end + 1 + size)?;
        contents.push(content.to_vec());
        answer = answer.get(end + 1 + size + 1..)?;
    }
    Some(contents)
}

/// A command of git's that changes nothing, not even its index.
pub(crate) fn git(dir: &Utf8Path, args: &[&str]) -> CommandSpec {
    let env = [("LC_ALL", "C"), ("GIT_OPTIONAL_LOCKS", "0")];
    let env = env.map(|(name, value)| (name.to_string(), value.to_string()));
    CommandSpec {
        program: "git".to_string(),
        args: args.iter().map(|arg| arg.to_string()).collect(),
        cwd: dir.to_path_buf(),
        env: BTreeMap::from(env),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_by_their_size() {
        let answer = b"a1 blob 3\nx\ny\na2 blob 0\n\n";
        let found = contents(answer, 2).unwrap();
        assert_eq!(found, [b"x\ny".to_vec(), Vec::new()]);
        assert!(contents(answer, 3).is_none());
        assert!(contents(b"a1 missing\n", 1).is_none());
    }

    #[test]
    fn entries_are_taken_apart() {
        assert_eq!(
            entry_of("100644 blob 12ab\ta b/ü.wit"),
            Some(("100644", "12ab", "a b/ü.wit"))
        );
        assert_eq!(entry_of(""), None);
    }
}
