//! What was done to the disk, so that it can be taken back in reverse order.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};

use super::{ApplyError, FileState, Unrestored, parent, temporary};
use crate::error::{At, PathError};

/// The steps taken so far, oldest first.
#[derive(Default)]
pub(super) struct Undo {
    steps: Vec<Step>,
}

enum Step {
    /// A directory was made.
    MadeDir(Utf8PathBuf),
    /// A file was created.
    Created(Utf8PathBuf),
    /// The old file is also, or only, at `aside`.
    KeptAside {
        file: Utf8PathBuf,
        aside: Utf8PathBuf,
        removal: bool,
    },
}

impl Undo {
    /// Makes `dir` and whatever is missing above it.
    pub(super) fn make_dirs(&mut self, dir: &Utf8Path) -> Result<(), PathError> {
        match fs::create_dir(dir) {
            Ok(()) => self.steps.push(Step::MadeDir(dir.to_path_buf())),
            Err(_) if dir.is_dir() => {}
            Err(error) if error.kind() == ErrorKind::NotFound && dir.parent().is_some() => {
                self.make_dirs(parent(dir))?;
                fs::create_dir(dir).at("create the directory", dir)?;
                self.steps.push(Step::MadeDir(dir.to_path_buf()));
            }
            Err(error) => return Err(PathError::new("create the directory", dir, error)),
        }
        Ok(())
    }

    /// Remembers that `file` was created.
    pub(super) fn created(&mut self, file: &Utf8Path) {
        self.steps.push(Step::Created(file.to_path_buf()));
    }

    /// Gives a file that is about to be replaced a second name.
    ///
    /// Where the file system has no hard links the file gets another name instead, and is absent
    /// for the moment until it is replaced.
    pub(super) fn keep_aside(&mut self, file: &Utf8Path) -> Result<(), PathError> {
        let aside = aside(file, |aside| match fs::hard_link(file, aside) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => fs::rename(file, aside),
            linked => linked,
        });
        self.remember(file, aside.at("write", file)?, false);
        Ok(())
    }

    /// Removes a file by giving it another name.
    pub(super) fn take_away(&mut self, file: &Utf8Path) -> Result<(), PathError> {
        let aside = aside(file, |aside| fs::rename(file, aside)).at("remove", file)?;
        self.remember(file, aside, true);
        Ok(())
    }

    fn remember(&mut self, file: &Utf8Path, aside: Utf8PathBuf, removal: bool) {
        self.steps.push(Step::KeptAside {
            file: file.to_path_buf(),
            aside,
            removal,
        });
    }

    /// Takes everything back. The answer is `cause`, with what could not be taken back if anything.
    pub(super) fn restore(self, cause: ApplyError) -> ApplyError {
        let steps = self.steps.into_iter().rev();
        let left: Vec<_> = steps.filter_map(|step| step.take_back().err()).collect();
        match left.is_empty() {
            true => cause,
            false => ApplyError::NotRestored {
                cause: Box::new(cause),
                left,
            },
        }
    }

    /// Lets the old files go, and then the directories that are empty without the removed ones.
    pub(super) fn forget(self) -> Result<(), ApplyError> {
        let mut left = Vec::new();
        for step in &self.steps {
            if let Step::KeptAside { aside, .. } = step
                && let Err(source) = fs::remove_file(aside)
            {
                left.push(unrestored(aside, FileState::Temporary, source));
            }
        }
        for step in &self.steps {
            if let Step::KeptAside { file, removal, .. } = step
                && *removal
            {
                remove_emptied(parent(file));
            }
        }
        match left.is_empty() {
            true => Ok(()),
            false => Err(ApplyError::Leftover { left }),
        }
    }
}

impl Step {
    fn take_back(self) -> Result<(), Unrestored> {
        match self {
            Step::MadeDir(dir) => fs::remove_dir(&dir)
                .map_err(|source| unrestored(&dir, FileState::CreatedDirectory, source)),
            Step::Created(file) => fs::remove_file(&file)
                .map_err(|source| unrestored(&file, FileState::Created, source)),
            Step::KeptAside { file, aside, .. } => put_back(&file, &aside).map_err(|source| {
                let state = match file.exists() {
                    true => FileState::Changed { aside },
                    false => FileState::Missing { aside },
                };
                unrestored(&file, state, source)
            }),
        }
    }
}

fn put_back(file: &Utf8Path, aside: &Utf8Path) -> io::Result<()> {
    fs::rename(aside, file)?;
    // A rename between two names of one file, which is what a file that was kept aside and not yet
    // replaced has, changes nothing: the second name still has to go.
    match fs::remove_file(aside) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Has `make` put a file at an unused name beside `file`.
fn aside(
    file: &Utf8Path,
    mut make: impl FnMut(&Utf8Path) -> io::Result<()>,
) -> io::Result<Utf8PathBuf> {
    let utf8 = |path: PathBuf| Utf8PathBuf::try_from(path).map_err(|error| error.into_io_error());
    let made = temporary().make_in(parent(file), |path| make(&utf8(path.to_path_buf())?))?;
    let (_, path) = made.keep().map_err(io::Error::from)?;
    utf8(path)
}

/// Removes `dir` and its parents up to the first one that still holds something, is a link, or will
/// not go.
fn remove_emptied(dir: &Utf8Path) {
    for dir in dir.ancestors() {
        if fs::remove_dir(dir).is_err() {
            break;
        }
    }
}

fn unrestored(path: &Utf8Path, state: FileState, source: io::Error) -> Unrestored {
    Unrestored {
        path: path.to_path_buf(),
        state,
        source,
    }
}
