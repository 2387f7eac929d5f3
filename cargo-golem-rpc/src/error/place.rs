//! The place in a file that an error is about.

use golem_rpc_messages::Place;
use golem_rpc_stub::{OldSpelling, WitError};
use golem_rpc_toml::TomlError;
use golem_rpc_workspace::WorkspaceError;

use super::CliError;
use crate::place::{in_text, line_of, number, rendered};

impl CliError {
    /// Where in a file, if it is about one place.
    pub(crate) fn place(&self) -> Option<Place> {
        match self {
            CliError::Workspace(error) => of_workspace(error),
            CliError::Wit(WitError::OldSpelling { places }) => places.first().map(of_spelling),
            // The line is one of another time.
            CliError::Then { .. } => None,
            error => in_text(&error.message()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let place = of_spelling(&spelling);
        assert_eq!((place.line, place.column), (2, Some(9)));
    }
}
