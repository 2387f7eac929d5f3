//! Texts compared with texts.

use std::fs;

use camino::Utf8Path;
use similar::TextDiff;

use crate::repository;

/// Every byte of `old` is still in `new`, in the same order.
#[track_caller]
pub fn assert_kept(name: &str, old: &str, new: &str) {
    let mut left = new.bytes();
    let kept = old.bytes().all(|byte| left.any(|other| other == byte));
    assert!(
        kept,
        "bytes of {name} were removed or moved:\n{}",
        diff(old, new)
    );
}

/// `actual` is what the file `name` of `tests/snapshots` holds; with `BLESS=1` it becomes that.
#[track_caller]
pub fn assert_snapshot(name: &str, actual: &str) {
    let file = repository().join("tests/snapshots").join(name);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        return fs::write(&file, actual).unwrap();
    }
    let expected = read_or_empty(&file);
    let same = expected == actual;
    assert!(
        same,
        "{file} says otherwise; `BLESS=1` rewrites it:\n{}",
        diff(&expected, actual)
    );
}

fn read_or_empty(file: &Utf8Path) -> String {
    if file.exists() {
        fs::read_to_string(file).unwrap()
    } else {
        String::new()
    }
}

fn diff(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_keep_a_text() {
        assert_kept("a file", "a\nb\n", "x\na\n y b\n\n");
    }

    #[test]
    #[should_panic(expected = "bytes of a file were removed or moved")]
    fn a_moved_line_is_not_kept() {
        assert_kept("a file", "a\nb\n", "b\na\n");
    }
}
