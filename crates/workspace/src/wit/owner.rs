//! Which files this tool generated, as their first lines say: "ours".

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Owner, Snapshot};

/// Whether a file is ours.
pub(crate) fn is_ours(disk: &Snapshot, file: &Utf8Path) -> bool {
    disk.get(file)
        .is_some_and(|content| Owner::of(content).is_us())
}

/// Whether a WIT package, a file or a directory, is ours: a file of it is.
pub fn is_package(disk: &Snapshot, path: &Utf8Path) -> bool {
    let name = disk.name_of(path);
    let mut ours = ours_below(disk, path);
    ours.any(|(file, _)| file == name || file.parent() == Some(&name))
}

/// Whether anything at or below a path is ours.
pub(crate) fn has_ours(disk: &Snapshot, path: &Utf8Path) -> bool {
    ours_below(disk, path).next().is_some()
}

/// The files at or below a path that are ours.
pub(crate) fn ours_below<'d>(
    disk: &'d Snapshot,
    path: &Utf8Path,
) -> impl Iterator<Item = (&'d Utf8Path, &'d [u8])> {
    let files = disk.under(path);
    files.filter(|(_, content)| Owner::of(content).is_us())
}

/// The stub directories that are ours, wherever they are.
pub(crate) fn stub_dirs(disk: &Snapshot) -> BTreeSet<Utf8PathBuf> {
    let dir_of = |file: &Utf8Path| {
        let dir = file.parent()?;
        match file.file_name()? {
            "Cargo.toml" => Some(dir.to_path_buf()),
            "_stub.wit" if dir.file_name() == Some("wit") => Some(dir.parent()?.to_path_buf()),
            _ => None,
        }
    };
    let files = disk
        .iter()
        .filter_map(|(file, content)| Some((dir_of(file)?, content)));
    let ours = files.filter(|(_, content)| Owner::of(content).is_us());
    ours.map(|(dir, _)| dir).collect()
}

/// The directories in which files of ours stand, and those of stubs.
pub fn own_dirs(disk: &Snapshot) -> BTreeSet<Utf8PathBuf> {
    let ours = disk
        .iter()
        .filter(|(_, content)| Owner::of(content).is_us());
    let parents = ours.filter_map(|(file, _)| Some(file.parent()?.to_path_buf()));
    parents.chain(stub_dirs(disk)).collect()
}

#[cfg(test)]
mod tests {
    use golem_rpc_plan::sign;

    use super::*;

    #[test]
    fn where_stubs_are() {
        let mut disk = Snapshot::new();
        let mut add = |path: &str| disk.insert(path, sign(path.into(), b"x\n"));
        add("/w/a-stub/wit/_stub.wit");
        add("/w/b-stub/Cargo.toml");
        add("/w/c/wit/deps/shop_a-stub/_stub.wit");
        disk.insert("/w/d-stub/wit/_stub.wit", "the user's");
        let dirs: Vec<Utf8PathBuf> = stub_dirs(&disk).into_iter().collect();
        assert_eq!(dirs, ["/w/a-stub", "/w/b-stub"]);
        assert!(own_dirs(&disk).contains(Utf8Path::new("/w/c/wit/deps/shop_a-stub")));
    }
}
