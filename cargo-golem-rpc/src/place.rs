//! Where something stands in a file: of an error, or as the WIT parser renders it.

use camino::Utf8Path;
use golem_rpc_messages::Place;
use golem_rpc_stub::{OldSpelling, WitError};
use golem_rpc_toml::TomlError;
use golem_rpc_workspace::WorkspaceError;

use crate::error::CliError;

/// The place that an error is about, if it is one.
pub(crate) fn of_error(error: &CliError) -> Option<Place> {
    match error {
        CliError::Workspace(error) => of_workspace(error),
        CliError::Wit(WitError::OldSpelling { places }) => places.first().map(of_spelling),
        // The line is one of another time.
        CliError::Then { .. } => None,
        error => in_text(&error.message()),
    }
}

fn of_workspace(error: &WorkspaceError) -> Option<Place> {
    use WorkspaceError as E;
    match error {
        E::Toml(
            TomlError::Broken { file, line, .. } | TomlError::WrongShape { file, line, .. },
        )
        | E::UnknownKey { file, line, .. }
        | E::DependencyTaken { file, line, .. } => Some(line_of(file, *line)),
        E::Bindings(error) => rendered(error.place()),
        E::UnknownLink { manifest, line, .. } => line.map(|line| line_of(manifest, line)),
        E::Wit(WitError::OldSpelling { places }) => places.first().map(of_spelling),
        error => in_text(&error.to_string()),
    }
}

fn of_spelling(spelling: &OldSpelling) -> Place {
    let before = spelling.place.text.chars().take(spelling.place.column - 1);
    let bytes: usize = before.map(char::len_utf8).sum();
    Place {
        column: Some(number(bytes + 1)),
        ..line_of(&spelling.place.path, spelling.place.line)
    }
}

/// A line of a file, from 1.
pub(crate) fn line_of(path: &Utf8Path, line: usize) -> Place {
    Place {
        path: path.to_string(),
        line: number(line),
        column: None,
    }
}

fn number(number: usize) -> u32 {
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

    #[test]
    fn columns_count_bytes() {
        let spelling = OldSpelling {
            place: golem_rpc_stub::Place {
                path: "/w/a b/c.wit".into(),
                line: 2,
                column: 8,
                width: 7,
                text: "  /*é*/float32".into(),
            },
            old: "float32",
            new: "f32",
        };
        assert_eq!(Some(of_spelling(&spelling)), place(2, 9));
    }
}
