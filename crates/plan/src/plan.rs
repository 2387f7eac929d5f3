//! A plan: the changes to files and the commands that a command of ours would carry out.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Change, FileSet, Snapshot};

/// A process to run: `cargo component build …`, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// The program, found on PATH if it has no directory.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The directory it runs in; absolute.
    pub cwd: Utf8PathBuf,
    /// Environment variables set on top of the inherited ones.
    pub env: BTreeMap<String, String>,
}

impl CommandSpec {
    /// The command as a person would type it: the program without its directory.
    pub fn display(&self) -> String {
        let env = self.env.iter().map(|(k, v)| format!("{k}={v}"));
        let program = Utf8Path::new(&self.program)
            .file_name()
            .unwrap_or(&self.program);
        let words = std::iter::once(program.to_string()).chain(self.args.iter().cloned());
        let quoted = words.map(|word| {
            if word.is_empty() || word.contains([' ', '\'', '"']) {
                format!("'{}'", word.replace('\'', r"'\''"))
            } else {
                word
            }
        });
        env.chain(quoted).collect::<Vec<_>>().join(" ")
    }
}

/// What should happen to a workspace. A plan that changes nothing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    changes: BTreeMap<Utf8PathBuf, Change>,
    /// Commands to run after the changes, in order.
    pub commands: Vec<CommandSpec>,
}

impl Plan {
    /// A plan that does nothing.
    pub fn new() -> Plan {
        Plan::default()
    }

    /// Plans that `path` hold `content`; plans nothing if the snapshot shows that it does already.
    pub fn write(&mut self, disk: &Snapshot, path: &Utf8Path, content: impl Into<Vec<u8>>) {
        self.set(disk, path, Some(content.into()));
    }

    /// Plans that every file of `files` stand below `dir`.
    pub fn write_all(&mut self, disk: &Snapshot, dir: &Utf8Path, files: FileSet) {
        for (path, content) in files {
            self.write(disk, &dir.join(path), content);
        }
    }

    /// Plans that there be no file at `path`.
    pub fn remove(&mut self, disk: &Snapshot, path: &Utf8Path) {
        self.set(disk, path, None);
    }

    /// Plans what `next` plans, which was made from `disk` as this plan leaves it.
    pub fn then(&mut self, disk: &Snapshot, next: Plan) {
        for (path, change) in next.changes {
            self.set(disk, &path, change.after);
        }
        self.commands.extend(next.commands);
    }

    fn set(&mut self, disk: &Snapshot, path: &Utf8Path, after: Option<Vec<u8>>) {
        let path = disk.name_of(path);
        let before = disk.get(&path).map(<[u8]>::to_vec);
        if before == after {
            self.changes.remove(&path);
        } else {
            self.changes.insert(
                path.clone(),
                Change {
                    path,
                    before,
                    after,
                },
            );
        }
    }

    /// The planned changes in path order.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.values()
    }

    /// Whether neither a change nor a command is planned.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.commands.is_empty()
    }
}

impl Snapshot {
    /// The files as they will be when `plan` is applied.
    #[must_use]
    pub fn after(&self, plan: &Plan) -> Snapshot {
        self.changed(&plan.changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_what_is_there_already_plans_nothing() {
        let mut disk = Snapshot::new();
        disk.insert("/w/a", "same");
        let mut plan = Plan::new();
        plan.write(&disk, Utf8Path::new("/w/a"), "same");
        plan.remove(&disk, Utf8Path::new("/w/absent"));
        assert!(plan.is_empty());
        plan.write(&disk, Utf8Path::new("/w/a"), "other");
        assert_eq!(plan.changes().count(), 1);
        plan.write(&disk, Utf8Path::new("/w/a"), "same");
        assert!(plan.is_empty(), "the last word counts");
    }

    #[test]
    fn a_plan_after_a_plan_starts_from_the_disk() {
        let mut disk = Snapshot::new();
        disk.insert("/w/a", "old");
        let path = Utf8Path::new("/w/a");
        let mut plan = Plan::new();
        plan.write(&disk, path, "new");
        let after = disk.after(&plan);
        assert_eq!(after.text(path), Some("new"));
        let mut next = Plan::new();
        next.remove(&after, path);
        plan.then(&disk, next);
        let change = plan.changes().next().expect("a change");
        assert_eq!(change.before.as_deref(), Some(b"old".as_slice()));
        assert_eq!(change.after, None);
        assert!(!disk.after(&plan).contains(path));
    }

    #[test]
    fn a_command_is_shown_as_typed() {
        let command = CommandSpec {
            program: "/toolchain/bin/cargo".into(),
            args: vec!["build".into(), "my crate".into()],
            cwd: "/w".into(),
            env: BTreeMap::from([("A".to_string(), "1".to_string())]),
        };
        assert_eq!(command.display(), "A=1 cargo build 'my crate'");
    }
}
