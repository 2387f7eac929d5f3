//! Whole workspaces, before and after.
//!
//! A case is a directory in `tests/cases`: `request.toml` (`targets`, `callers`, `force`), the
//! workspace `in`, and `out`. `out/files` lists the files that come (`+`), change (`~`) and go (`-`),
//! `out/notes` is what the plan says; the rest of `out` are the manifests as the plan changes them. A
//! case called `error-*` has a file `error` instead: message and hint. Packages without
//! `src/lib.rs` get one.
//!
//! Besides, each plan leaves every manifest a subsequence of what becomes of it, cargo takes the
//! result, a second plan is empty, and with CRLF in the manifests the same comes out in CRLF.
//! `BLESS=1 cargo test` writes `out` and `error` anew.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::unified_diff;
use golem_rpc_workspace::{Planned, WorkspaceError};
use support::{Scratch, tree};
use toml_edit::DocumentMut;

#[test]
fn cases() {
    let cases = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut dirs: Vec<Utf8PathBuf> = cases
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().into_path())
        .collect();
    dirs.sort();
    assert!(dirs.len() > 10, "the cases are there");
    let failures: Vec<String> = dirs.iter().filter_map(|dir| run(dir).err()).collect();
    assert!(
        failures.is_empty(),
        "{}\nBLESS=1 accepts",
        failures.join("\n")
    );
}

fn run(case: &Utf8Path) -> Result<(), String> {
    let scratch = scratch(case, |text| text);
    let planned = request(case, &scratch);
    let wants_error = case.file_name().unwrap().starts_with("error-");
    let planned = match (planned, wants_error) {
        (Err(error), true) => {
            let hint = error.hint();
            let hint = hint.map_or(String::new(), |hint| format!("hint: {hint}\n"));
            let text = format!("{error}\n{hint}").replace(scratch.root.as_str(), "/root");
            return compare(case, [(case.join("error"), text.into_bytes())].into());
        }
        (Ok(_), true) => return Err(format!("{case}: there should be an error")),
        (Err(error), false) => return Err(format!("{case}: {error}")),
        (Ok(planned), false) => planned,
    };
    let mut actual = BTreeMap::new();
    let mut files = String::new();
    for change in planned.plan.changes() {
        let name = change.path.strip_prefix(&scratch.root).unwrap();
        let sign = match (&change.before, &change.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        files.push_str(&format!("{sign} {name}\n"));
        if is_manifest(name)
            && let (Some(before), Some(after)) = (&change.before, &change.after)
        {
            if !is_subsequence(before, after) {
                return Err(format!("{case}: {name} lost something"));
            }
            actual.insert(case.join("out").join(name), after.clone());
        }
    }
    let manifests = manifests(&scratch, &planned);
    let notes: String = planned
        .notes
        .iter()
        .map(|note| format!("{note}\n"))
        .collect();
    let notes = notes.replace(scratch.root.as_str(), "/root");
    actual.insert(case.join("out/files"), files.into_bytes());
    actual.insert(case.join("out/notes"), notes.into_bytes());
    scratch.apply(&planned);
    let again = request(case, &scratch).map_err(|error| format!("{case}: {error}"))?;
    if !again.plan.is_empty() {
        return Err(format!("{case}: a second plan: {:#?}", again.plan));
    }
    in_crlf(case, manifests)?;
    compare(case, actual)
}

/// The case's workspace with its manifests rewritten.
fn scratch(case: &Utf8Path, rewrite: impl Fn(String) -> String) -> Scratch {
    let scratch = Scratch::new();
    let dir = case.join("in");
    for (path, content) in tree(&dir).iter() {
        let name = path.strip_prefix(&dir).unwrap();
        match is_manifest(name) {
            true => {
                let text = String::from_utf8(content.to_vec()).unwrap();
                scratch.write(name.as_str(), rewrite(text));
            }
            false => scratch.write(name.as_str(), content),
        }
    }
    scratch.complete();
    scratch
}

fn request(case: &Utf8Path, scratch: &Scratch) -> Result<Planned, WorkspaceError> {
    let request = fs::read_to_string(case.join("request.toml")).unwrap();
    let request: DocumentMut = request.parse().unwrap();
    let names = |key: &str| -> Vec<&str> {
        let array = request[key].as_array().unwrap();
        array.iter().map(|name| name.as_str().unwrap()).collect()
    };
    let force = request.get("force").and_then(|force| force.as_bool());
    scratch.init(&names("targets"), &names("callers"), force == Some(true))
}

fn is_manifest(name: &Utf8Path) -> bool {
    let in_stub = name
        .parent()
        .is_some_and(|dir| dir.as_str().ends_with("-stub"));
    name.file_name() == Some("Cargo.toml") && !in_stub
}

fn manifests(scratch: &Scratch, planned: &Planned) -> BTreeMap<Utf8PathBuf, String> {
    let name = |path: &Utf8Path| path.strip_prefix(&scratch.root).unwrap().to_path_buf();
    let changes = planned.plan.changes();
    let changes = changes.filter(|change| is_manifest(&name(&change.path)));
    let text = |content: &Option<Vec<u8>>| String::from_utf8(content.clone().unwrap()).unwrap();
    changes
        .map(|change| (name(&change.path), text(&change.after)))
        .collect()
}

fn in_crlf(case: &Utf8Path, wanted: BTreeMap<Utf8PathBuf, String>) -> Result<(), String> {
    let crlf = |text: String| text.replace("\r\n", "\n").replace('\n', "\r\n");
    let scratch = scratch(case, crlf);
    let planned = request(case, &scratch).map_err(|error| format!("{case} in CRLF: {error}"))?;
    for (name, text) in manifests(&scratch, &planned) {
        // A file of one line does not say how its lines end.
        if wanted[&name].matches('\n').count() > 8 && text != crlf(wanted[&name].clone()) {
            return Err(format!("{case} in CRLF: {name}: {text:?}"));
        }
    }
    Ok(())
}

fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}

fn compare(case: &Utf8Path, actual: BTreeMap<Utf8PathBuf, Vec<u8>>) -> Result<(), String> {
    let mut expected = match case.join("out").is_dir() {
        true => tree(&case.join("out")),
        false => Default::default(),
    };
    if let Ok(error) = fs::read(case.join("error")) {
        expected.insert(case.join("error"), error);
    }
    let actual_files: Vec<(&Utf8Path, &[u8])> = actual
        .iter()
        .map(|(path, content)| (path.as_path(), content.as_slice()))
        .collect();
    if actual_files == expected.iter().collect::<Vec<_>>() {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(case.join("out"));
        for (path, content) in &actual {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        return Ok(());
    }
    let mut all: Vec<&Utf8Path> = expected.iter().map(|(path, _)| path).collect();
    all.extend(actual.keys().map(Utf8PathBuf::as_path));
    all.sort();
    all.dedup();
    let diffs = all.into_iter().map(|path| {
        let actual = actual.get(path).map(Vec::as_slice);
        unified_diff(path.as_str(), expected.get(path), actual)
    });
    Err(diffs.collect())
}
