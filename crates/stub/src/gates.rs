//! Feature gates that contradict each other, found where they stand, with what to write instead.
//!
//! Only consulted after the parser has panicked: wit-parser 0.263 does on such gates before a `use`,
//! `include`, `import` or `export` that names another package.

use std::fmt;

use crate::file::WitFile;
use crate::place::{Place, blank_comments};

/// A gate that cannot stand where it does.
#[derive(Debug)]
pub(crate) struct WrongGate {
    place: Place,
    advice: &'static str,
}

impl fmt::Display for WrongGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "feature gates that contradict each other")?;
        self.place.show(f, self.advice)
    }
}

/// The first wrong gate of these files.
pub(crate) fn find(files: &[WitFile]) -> Option<WrongGate> {
    files.iter().find_map(|file| {
        let text = std::str::from_utf8(&file.content).ok()?;
        let code = blank_comments(text);
        let runs = runs(&code);
        let (gate, advice) = runs.iter().find_map(|run| wrong(run))?;
        let place = Place::of(file, text, gate.start..gate.start + gate.name.len());
        Some(WrongGate { place, advice })
    })
}

/// `@name(…)`: its name, and where that begins.
struct Gate<'a> {
    name: &'a str,
    start: usize,
}

/// The gates before each item.
fn runs(code: &str) -> Vec<Vec<Gate<'_>>> {
    let mut runs = vec![Vec::new()];
    let mut rest = code;
    while let Some(at) = rest.find('@') {
        if !rest[..at].trim().is_empty() {
            runs.push(Vec::new());
        }
        let after = rest[at + 1..].trim_start().trim_start_matches('%');
        let start = code.len() - after.len();
        let end = after.find(|c: char| c != '-' && !c.is_alphanumeric());
        let name = &after[..end.unwrap_or(after.len())];
        runs.last_mut()
            .expect("one is always there")
            .push(Gate { name, start });
        rest = &after[name.len()..];
        // the `@` of a version has none
        if rest.trim_start().starts_with('(') {
            rest = rest.split_once(')').map_or("", |(_, rest)| rest);
        }
    }
    runs
}

/// The gate that is wrong beside the others of an item.
fn wrong<'a>(run: &'a [Gate<'_>]) -> Option<(&'a Gate<'a>, &'static str)> {
    let named = |name: &'static str| {
        let mut gates = run.iter().filter(move |gate| gate.name == name);
        (gates.next(), gates.next())
    };
    let (since, second_since) = named("since");
    let (unstable, second_unstable) = named("unstable");
    let (deprecated, second_deprecated) = named("deprecated");
    if let Some(gate) = second_since.or(second_unstable).or(second_deprecated) {
        return Some((gate, "remove it: there is one before it"));
    }
    match (since, unstable, deprecated) {
        (Some(gate), Some(_), _) => Some((gate, "remove `@since` or `@unstable`")),
        (None, None, Some(gate)) => Some((gate, "write `@since(version = …)` before it")),
        _ => None,
    }
}
