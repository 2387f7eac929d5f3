//! Paths as text: no disk is asked, so links are not followed.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The path without `.` and `..`, trailing slash and doubled slashes.
pub(crate) fn normal(path: &Utf8Path) -> Utf8PathBuf {
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

/// The way from the directory `from` to `to`, with `/`, and `..` where it has to leave `from`.
pub(crate) fn relative(from: &Utf8Path, to: &Utf8Path) -> String {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared).map(|c| c.as_str());
    up.chain(down).collect::<Vec<_>>().join("/")
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

    #[test]
    fn relative_paths() {
        let of = |from: &str, to: &str| relative(Utf8Path::new(from), Utf8Path::new(to));
        assert_eq!(of("/w", "/w/a/b"), "a/b");
        assert_eq!(of("/w/a", "/w/b"), "../b");
        assert_eq!(of("/w", "/w"), "");
    }
}
