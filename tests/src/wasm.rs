//! What a component file imports.

use std::collections::BTreeSet;
use std::fs;

use camino::Utf8Path;
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};

/// A valid component.
#[derive(Debug)]
pub struct Component {
    /// The names of its imports.
    pub imports: BTreeSet<String>,
    /// The names of its exports.
    pub exports: BTreeSet<String>,
}

/// Reads and validates a component.
#[track_caller]
pub fn component(file: &Utf8Path) -> Component {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    if let Err(error) = Validator::new_with_features(WasmFeatures::all()).validate_all(&bytes) {
        panic!("{file} is not valid: {error}");
    }
    let mut component = Component {
        imports: BTreeSet::new(),
        exports: BTreeSet::new(),
    };
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.unwrap() {
            Payload::Version { encoding, .. } => {
                assert!(
                    depth > 0 || encoding == Encoding::Component,
                    "{file} is no component"
                );
                depth += 1;
            }
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                let names = section
                    .into_iter()
                    .map(|import| import.unwrap().name.name.to_string());
                component.imports.extend(names);
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                let names = section
                    .into_iter()
                    .map(|export| export.unwrap().name.name.to_string());
                component.exports.extend(names);
            }
            _ => {}
        }
    }
    component
}
