//! Changes as the lines that GitHub's workflow runner turns into annotations of a pull request.

use camino::Utf8Path;

use crate::change::{Change, Class};

/// One line for each change: errors for what is as bad as `error` or worse, warnings for what else
/// breaks callers, notices for the rest. Files below `root` are named relative to it, as GitHub
/// wants them.
pub fn render(changes: &[Change], root: &Utf8Path, error: Class) -> String {
    let lines = changes.iter().map(|change| line(change, root, error));
    lines.collect()
}

fn line(change: &Change, root: &Utf8Path, error: Class) -> String {
    let command = match change.class {
        class if class <= error => "error",
        Class::Wire | Class::Source => "warning",
        Class::Compatible => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &change.place {
        let file = place.path.strip_prefix(root).unwrap_or(&place.path);
        properties.push(format!("file={}", property(file.as_str())));
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
    }
    let title = format!("{}: {}", change.class, change.headline());
    properties.push(format!("title={}", property(&title)));
    let mut message = format!("{}: {}", change.path, change.reason);
    for (word, side) in [("old", &change.old), ("new", &change.new)] {
        if let Some(side) = side {
            message.push_str(&format!("\n{word}: {}", side.text));
        }
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// What ends a message, or starts an escape.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// In properties also what separates them.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_line_or_a_property_is_escaped() {
        assert_eq!(data("a%b\r\nc:d,e"), "a%25b%0D%0Ac:d,e");
        assert_eq!(property("a:b,c\n"), "a%3Ab%2Cc%0A");
    }
}
