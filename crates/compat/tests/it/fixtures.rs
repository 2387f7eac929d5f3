//! Every WIT root of the project's fixtures, against itself and against small edits of itself.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_compat::{What, compare};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, WitRoot};

fn project() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Directories named `wit`, and those that stand in `worlds`.
fn roots(dir: &Utf8Path, found: &mut Vec<Utf8PathBuf>) {
    for entry in dir.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        match path.file_name() {
            Some("target" | "deps") => {}
            Some("wit") => found.push(path),
            Some(_) if path.is_dir() && dir.ends_with("fixtures/worlds") => found.push(path),
            _ if path.is_dir() => roots(&path, found),
            _ => {}
        }
    }
}

fn read(dir: &Utf8Path, disk: &mut Snapshot) {
    for entry in dir.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            read(&path, disk)
        } else {
            disk.insert(path.clone(), fs::read(&path).unwrap())
        }
    }
}

fn source(disk: &Snapshot, root: &Utf8Path) -> Option<Source> {
    WitRoot::read(disk, root).ok()?.select(None).ok()
}

/// All worlds there are: their roots, what lies there, and the resolved source.
fn worlds() -> Vec<(Utf8PathBuf, Snapshot, Source)> {
    let mut found = Vec::new();
    roots(&project().join("fixtures"), &mut found);
    found.sort();
    let worlds = found.into_iter().filter_map(|root| {
        let mut disk = Snapshot::new();
        read(&root, &mut disk);
        let source = source(&disk, &root)?;
        Some((root, disk, source))
    });
    let worlds: Vec<_> = worlds.collect();
    assert!(
        worlds.len() > 15,
        "the worlds are where they were: {}",
        worlds.len()
    );
    worlds
}

#[test]
fn nothing_differs_from_itself() {
    for (root, disk, old) in worlds() {
        let new = source(&disk, &root).unwrap();
        assert_eq!(compare(&old, &new), [], "{root}");
    }
}

#[test]
fn a_renamed_function_is_found() {
    let mut edits = 0;
    for (root, disk, old) in worlds() {
        let functions = old.resolve.worlds[old.world].exports.values();
        let functions = functions.filter_map(|item| match item {
            wit_parser::WorldItem::Interface { id, .. } => {
                let functions = old.resolve.interfaces[*id].functions.values();
                functions.map(|f| f.span).find(|span| span.is_known())
            }
            wit_parser::WorldItem::Function(function) => Some(function.span),
            wit_parser::WorldItem::Type { .. } => None,
        });
        for span in functions {
            let Some(place) = old.resolve.source_map.resolve_span(span) else {
                continue;
            };
            let path = Utf8Path::new(place.path);
            let mut text = disk.text(path).unwrap().to_string();
            text.insert_str(place.range.end, "-edited");
            let mut disk = disk.clone();
            disk.insert(path, text);
            let Some(new) = source(&disk, &root) else {
                continue; // a constructor has no name to edit
            };
            let changes = compare(&old, &new);
            let found = changes.iter().find(|change| change.what == What::Renamed);
            let found = found.or(changes.iter().find(|change| change.what == What::Removed));
            assert!(found.is_some(), "{root}: {changes:#?}");
            edits += 1;
        }
    }
    assert!(edits > 20, "{edits}");
}
