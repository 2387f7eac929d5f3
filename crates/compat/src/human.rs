//! Changes as text for people, the worst class first, each with the lines that differ.

use std::fmt::Write as _;

use crate::change::{Change, Class, Place};

/// All changes, with a line of counts at the end; an empty text if there are none.
pub fn render(changes: &[Change]) -> String {
    let mut out = String::new();
    for class in [Class::Wire, Class::Source, Class::Compatible] {
        for change in changes.iter().filter(|change| change.class == class) {
            one(&mut out, change);
            out.push('\n');
        }
    }
    if !changes.is_empty() {
        out.push_str(&counts(changes));
        out.push('\n');
    }
    out
}

/// `2 wire-breaking, 1 source-breaking, 0 compatible changes`.
pub fn counts(changes: &[Change]) -> String {
    let count = |class| {
        changes
            .iter()
            .filter(|change| change.class == class)
            .count()
    };
    let classes = [Class::Wire, Class::Source, Class::Compatible];
    let counts = classes.map(|class| format!("{} {class}", count(class)));
    let plural = if count(Class::Compatible) == 1 {
        ""
    } else {
        "s"
    };
    format!("{} change{plural}", counts.join(", "))
}

fn one(out: &mut String, change: &Change) {
    let place = match &change.place {
        Some(Place {
            path, line, column, ..
        }) => format!("{path}:{line}:{column}"),
        None => "no place".into(),
    };
    // A String takes everything that is written to it.
    let _ = writeln!(out, "{}: {}", change.class, change.headline());
    if change.place.is_some() {
        let _ = writeln!(out, "     --> {place}");
    }
    let shown = [&change.new, &change.old];
    let shown = shown
        .into_iter()
        .flatten()
        .find_map(|side| side.place.as_ref());
    if let Some(place) = shown {
        if change.new.is_none() {
            let Place {
                path, line, column, ..
            } = place;
            let _ = writeln!(out, "     was {path}:{line}:{column}");
        }
        let _ = writeln!(out, "{}", place.shown);
    }
    let _ = writeln!(out, "      = at {}", change.path);
    match change.also.as_slice() {
        [] => {}
        [path] => {
            let _ = writeln!(out, "      = and at {path}");
        }
        [path, rest @ ..] => {
            let _ = writeln!(
                out,
                "      = and at {path}, and in {} more places",
                rest.len()
            );
        }
    }
    for (word, side) in [("old", &change.old), ("new", &change.new)] {
        if let Some(side) = side {
            let _ = writeln!(out, "      = {word}: {}", side.text);
        }
    }
    let _ = writeln!(out, "      = {}", change.reason);
}
