//! The files and directories that a plan is made from.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::EntryKind;
use golem_rpc_stub::{loaders, names};

use crate::members::paths::{MAKEFILE, OLD_LOCK};
use crate::{Dependency, Member, Target, Workspace};

/// Something to read into the snapshot, if it exists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// A file.
    File(Utf8PathBuf),
    /// A directory with all that is below it, as far as [`Read::wants`] wants it.
    Tree(Utf8PathBuf),
    /// A WIT root or a WIT package, a directory or a file, with links followed: all that
    /// [`loaders::is_read`] says.
    Wit(Utf8PathBuf),
    /// The directory of the dependencies of a WIT root that is a file, in the same way.
    Deps(Utf8PathBuf),
}

impl Read {
    /// Whether something below a tree, named by its path from there, is to be read or entered:
    /// neither hidden files nor what cargo builds.
    pub fn wants(relative: &Utf8Path) -> bool {
        let name = relative.file_name().unwrap_or_default();
        !name.starts_with('.') && name != "target"
    }

    /// The file or directory.
    pub fn path(&self) -> &Utf8Path {
        match self {
            Read::File(path) | Read::Tree(path) | Read::Wit(path) | Read::Deps(path) => path,
        }
    }

    /// Whether a file is among what is to be read.
    pub fn covers(&self, file: &Utf8Path) -> bool {
        match self {
            Read::File(path) => path == file,
            Read::Tree(dir) => {
                let below = file.strip_prefix(dir).map(Utf8Path::ancestors);
                below.is_ok_and(|mut parts| parts.all(Read::wants))
            }
            Read::Wit(root) if file == root => true,
            Read::Wit(root) | Read::Deps(root) => {
                let below = file.strip_prefix(root);
                below.is_ok_and(|below| self.wants_wit(below, EntryKind::File))
            }
        }
    }

    /// Whether something in a WIT root or in its `deps`, named by its path from there, is to be read or
    /// entered.
    pub fn wants_wit(&self, relative: &Utf8Path, kind: EntryKind) -> bool {
        match self {
            Read::Deps(_) => loaders::is_read(&Utf8Path::new("deps").join(relative), kind),
            _ => loaders::is_read(relative, kind),
        }
    }

    /// Whether one of the trees has this in it.
    fn is_within(&self, all: &BTreeSet<Read>) -> bool {
        let path = self.path();
        let above = path.ancestors().skip(1);
        let mut trees = above.map(|dir| Read::Tree(dir.to_path_buf()));
        trees.any(|tree| tree.covers(path) && all.contains(&tree))
    }
}

impl Member {
    /// What to read for its WIT, and that of the packages which its manifest names.
    pub fn wit_reads(&self) -> BTreeSet<Read> {
        let mut reads = BTreeSet::new();
        if let Target::Local(local) = &self.target {
            let root = &local.wit_root;
            reads.insert(Read::Wit(root.clone()));
            if root.extension() == Some("wit") {
                reads.insert(Read::Deps(root.with_file_name("deps")));
            }
            let paths = local.dependencies.values().filter_map(|d| match d {
                Dependency::Path(path) => Some(path),
                Dependency::Registry => None,
            });
            reads.extend(paths.map(|path| Read::Wit(path.clone())));
        }
        reads
    }
}

impl Workspace {
    /// Whether something below a directory in which stub directories stand, named by its path from there, can be in a stub directory.
    pub fn is_in_stub(relative: &Utf8Path) -> bool {
        let name = relative
            .components()
            .next()
            .map_or("", |first| first.as_str());
        name.ends_with(&names::stub_crate("")) && Read::wants(relative)
    }

    /// What to read for a plan that is about these members, as caller or as target.
    pub fn reads<'a>(&self, members: impl IntoIterator<Item = &'a Member>) -> BTreeSet<Read> {
        let mut reads: BTreeSet<Read> = ["Cargo.toml", MAKEFILE, OLD_LOCK]
            .map(|name| Read::File(self.root.join(name)))
            .into();
        for member in members {
            reads.insert(Read::File(member.manifest.clone()));
            reads.insert(Read::Tree(self.stub_dir(member)));
            // Perhaps its stub crate was moved.
            if let Some(stub) = self.members.get(&names::stub_crate(&member.name)) {
                reads.insert(Read::File(stub.dir.join("wit/_stub.wit")));
            }
            reads.extend(member.wit_reads());
        }
        let whole = reads.clone();
        reads.retain(|read| !read.is_within(&whole));
        reads
    }
}
