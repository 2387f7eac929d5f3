//! Changes as unified diffs, for `--dry-run` and for messages that show two versions.

use similar::TextDiff;

/// The difference between two versions of a file as a unified diff with three lines of context.
///
/// `None` stands for "no such file": one that comes or goes empty has a head and no lines. Content
/// that is not UTF-8 is only said to differ.
pub fn unified_diff(name: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let header = |present: bool, side: &str| match present {
        true => format!("{side}/{}", name.trim_start_matches('/')),
        false => "/dev/null".to_string(),
    };
    let comes_or_goes = before.is_some() != after.is_some();
    let (old, new) = (header(before.is_some(), "a"), header(after.is_some(), "b"));
    let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap_or_default().to_vec());
    match (text(before), text(after)) {
        (Ok(before), Ok(after)) if comes_or_goes && before == after => {
            format!("--- {old}\n+++ {new}\n")
        }
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
    fn an_empty_file_comes_and_goes_with_a_head() {
        let created = unified_diff("x", None, Some(b""));
        assert_eq!(created, "--- /dev/null\n+++ b/x\n");
        let removed = unified_diff("x", Some(b""), None);
        assert_eq!(removed, "--- a/x\n+++ /dev/null\n");
        assert_eq!(unified_diff("x", Some(b"1\n"), Some(b"1\n")), "");
    }

    #[test]
    fn an_absolute_path_has_one_slash_before_it() {
        let diff = unified_diff("/w/x", Some(b"1\n"), Some(b"2\n"));
        assert!(diff.starts_with("--- a/w/x\n+++ b/w/x\n"), "{diff}");
    }

    #[test]
    fn binary_content_is_only_said_to_differ() {
        let diff = unified_diff("x", Some(&[0xff]), Some(b"one\n"));
        assert_eq!(diff, "Binary files a/x and b/x differ\n");
    }
}
