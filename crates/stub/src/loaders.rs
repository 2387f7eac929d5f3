//! What the WIT loaders (of cargo-component, wit-bindgen, wasm-tools) read of a WIT root, what they pass
//! over, and what they choke on.
//!
//! | place | read | passed over |
//! |---|---|---|
//! | the root, and each directory below `deps` | files whose name ends with `.wit`, hidden or not | all else, directories too |
//! | `deps` itself | every directory, hidden or not, as a package; `.wit`, `.wasm` and `.wat` files | other files |
//!
//! So a directory without WIT below `deps` is an error for those loaders that read all of it, and so is a
//! link of a `.wit` name that leads nowhere.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Entry, EntryKind, Snapshot};

/// Whether the loaders look at something in a WIT root, named by its path from there.
pub fn is_read(path: &Utf8Path, kind: EntryKind) -> bool {
    let parts: Vec<&str> = path.components().map(|part| part.as_str()).collect();
    match (kind, &parts[..]) {
        (_, ["deps"]) => true,
        (EntryKind::Directory, ["deps", _]) => true,
        (EntryKind::Directory, _) => false,
        (_, [name] | ["deps", _, name]) => is_wit(name),
        (_, ["deps", _]) => matches!(path.extension(), Some("wit" | "wasm" | "wat")),
        _ => false,
    }
}

/// Whether a file in a package's directory is WIT.
pub fn is_wit(name: &str) -> bool {
    name.ends_with(".wit")
}

/// Something on which the loaders choke.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Unfit {
    /// A directory below `deps` that holds no WIT.
    #[error("`{dir}` holds no WIT, and wit-bindgen takes every directory there for a WIT package")]
    NoWit {
        /// The directory.
        dir: Utf8PathBuf,
    },
    /// A link that leads nowhere.
    #[error("`{link}` is a link that leads nowhere, and WIT is read from there")]
    Dangling {
        /// The link.
        link: Utf8PathBuf,
    },
}

impl Unfit {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Unfit::NoWit { dir } => format!("move `{dir}` elsewhere, or remove it"),
            Unfit::Dangling { link } if link.file_name().is_some_and(|n| n.starts_with(".#")) => {
                "an editor keeps it while it has changes that are not saved: save them, or remove it".into()
            }
            Unfit::Dangling { .. } => "remove it, or restore its target".into(),
        }
    }

    /// Where it stands.
    pub fn path(&self) -> &Utf8Path {
        match self {
            Unfit::NoWit { dir: path } | Unfit::Dangling { link: path } => path,
        }
    }
}

/// On what the loaders choke in the WIT root at `path`; `all` says whether they read all below `deps`.
pub fn unfit(disk: &Snapshot, path: &Utf8Path, all: bool) -> Vec<Unfit> {
    let mut found = dangling(disk.entries(path));
    found.retain(|unfit| unfit.path().file_name() != Some("deps"));
    if !all {
        return found;
    }
    for Entry { path, kind } in disk.entries(&deps_dir(disk, path)) {
        match kind {
            EntryKind::Nothing => found.push(Unfit::Dangling { link: path }),
            EntryKind::File => {}
            EntryKind::Directory => {
                let entries = disk.entries(&path);
                let is_wit = |entry: &Entry| {
                    entry.kind != EntryKind::Directory && entry.path.file_name().is_some_and(is_wit)
                };
                if !entries.iter().any(is_wit) {
                    found.push(Unfit::NoWit { dir: path });
                }
                found.extend(dangling(entries));
            }
        }
    }
    found
}

/// The directory of the dependencies of the WIT root at `path`, by its name in the snapshot.
pub(crate) fn deps_dir(disk: &Snapshot, path: &Utf8Path) -> Utf8PathBuf {
    disk.name_of(if disk.contains(path) {
        path.with_file_name("deps")
    } else {
        path.join("deps")
    })
}

fn dangling(entries: impl IntoIterator<Item = Entry>) -> Vec<Unfit> {
    let entries = entries.into_iter();
    let links = entries.filter(|entry| entry.kind == EntryKind::Nothing);
    links
        .map(|link| Unfit::Dangling { link: link.path })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read() {
        use EntryKind::{Directory, File};
        for (path, kind) in [
            ("a.wit", File),
            (".a.wit", File),
            ("deps", Directory),
            ("deps/.idea", Directory),
            ("deps/a.wasm", File),
            ("deps/a/a.wit", File),
        ] {
            assert!(is_read(path.into(), kind), "{path}");
        }
        for (path, kind) in [
            ("README.md", File),
            (".DS_Store", File),
            ("a.wit.bak", File),
            ("other", Directory),
            ("deps/.DS_Store", File),
            ("deps/README.md", File),
            ("deps/a/CHANGELOG.md", File),
            ("deps/a/deps", Directory),
            ("deps/a/a.wasm", File),
            ("other/a.wit", File),
        ] {
            assert!(!is_read(path.into(), kind), "{path}");
        }
    }

    #[test]
    fn what_they_choke_on() {
        let mut disk = Snapshot::new();
        for file in ["/w/a.wit", "/w/deps/b/b.wit", "/w/deps/c.wit"] {
            disk.insert(file, "");
        }
        for dir in ["/w", "/w/deps", "/w/deps/b", "/w/deps/.idea"] {
            disk.insert_dir(dir);
        }
        disk.insert_link("/w/deps/b/.#b.wit", "/w/deps/b/me@here:1");
        let root = Utf8Path::new("/w");
        let no_wit = Unfit::NoWit {
            dir: "/w/deps/.idea".into(),
        };
        let dangling = Unfit::Dangling {
            link: "/w/deps/b/.#b.wit".into(),
        };
        assert_eq!(unfit(&disk, root, true), [no_wit, dangling]);
        assert_eq!(unfit(&disk, root, false), []);
    }
}
