//! Changes as unified diffs, for `--dry-run` and for messages that show two versions.

use similar::TextDiff;

/// The difference between two versions of a file as a unified diff with three lines of context.
///
/// `None` stands for "no such file". Content that is not UTF-8 is only said to differ.
pub fn unified_diff(name: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let header = |present: bool, side: &str| match present {
        true => format!("{side}/{name}"),
        false => "/dev/null".to_string(),
    };
    let (old, new) = (header(before.is_some(), "a"), header(after.is_some(), "b"));
    let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap_or_default().to_vec());
    match (text(before), text(after)) {
        (Ok(before), Ok(after)) => TextDiff::from_lines(&before, &after)
            .unified_diff()
            .header(&old, &new)
            .to_string(),
        _ => format!("Binary files {old} and {new} differ\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_comes_from_dev_null() {
        let diff = unified_diff("x", None, Some(b"one\n"));
        assert!(diff.starts_with("--- /dev/null\n+++ b/x\n"), "{diff}");
        assert!(diff.contains("+one"), "{diff}");
    }

    #[test]
    fn binary_content_is_only_said_to_differ() {
        let diff = unified_diff("x", Some(&[0xff]), Some(b"one\n"));
        assert_eq!(diff, "Binary files a/x and b/x differ\n");
    }
}
