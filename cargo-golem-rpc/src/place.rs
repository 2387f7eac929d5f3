//! Where something stands in a file, as the WIT parser renders it.

use camino::Utf8Path;
use golem_rpc_messages::Place;

/// A line of a file, from 1.
pub(crate) fn line_of(path: &Utf8Path, line: usize) -> Place {
    Place {
        path: path.to_string(),
        line: number(line),
        column: None,
    }
}

pub(crate) fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The first place that a text shows as the WIT parser does: `--> /path/to/file.wit:3:7`, or, where
/// the line is a very long one, in front of the message.
pub(crate) fn in_text(text: &str) -> Option<Place> {
    let marked = |line: &str| rendered(line.trim().strip_prefix("--> ")?);
    let in_front = |line: &str| rendered(line.split_once(": ")?.0);
    text.lines()
        .find_map(|line| marked(line).or_else(|| in_front(line)))
}

/// `/path/to/file.wit:3:7`
pub(crate) fn rendered(place: &str) -> Option<Place> {
    let mut parts = place.rsplitn(3, ':');
    let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let path = parts
        .next()
        .filter(|path| Utf8Path::new(path).is_absolute())?;
    Some(Place {
        path: path.to_string(),
        line,
        column: Some(column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: u32, column: u32) -> Option<Place> {
        Some(Place {
            path: "/w/a b/c.wit".into(),
            line,
            column: Some(column),
        })
    }

    #[test]
    fn places_in_texts() {
        let text = "expected `;`\n     --> /w/a b/c.wit:3:7\n      |\n    3 | f\n";
        assert_eq!(in_text(text), place(3, 7));
        assert_eq!(in_text("/w/a b/c.wit:1:600: expected `;`"), place(1, 600));
        assert_eq!(in_text("`/w/a b/c.wit` is not UTF-8 text: 3"), None);
        assert_eq!(in_text("  --> Cargo.toml:3:7"), None);
    }
}
