//! Paths as text: no disk is asked, so links are not followed.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The path without `.` and `..`, trailing slash and doubled slashes.
pub fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if normal.file_name().is_some_and(|name| name != "..") => {
                normal.pop();
            }
            Utf8Component::ParentDir if normal.has_root() => {}
            component => normal.push(component),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_paths() {
        let of = |path: &str| normal(Utf8Path::new(path)).to_string();
        assert_eq!(of("/a/./b//c/"), "/a/b/c");
        assert_eq!(of("/a/../../b"), "/b");
        assert_eq!(of("./a/.."), "");
        assert_eq!(of("../../a"), "../../a");
    }
}
