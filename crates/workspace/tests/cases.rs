//! Whole workspaces, before and after.
//!
//! A case is a directory in `tests/cases`: `request.toml` (`targets`, `callers`, `force`,
//! `stub-backend`), the workspace `in`, and `out`. `out/files` lists the files that come (`+`), change (`~`) and go (`-`),
//! `out/notes` is what the plan says; the rest of `out` are the manifests as the plan changes them. A
//! case called `error-*` has a file `error` instead: message and hint. Packages without
//! `src/lib.rs` get one, or a `src/main.rs`.
//!
//! Besides, each plan leaves every manifest a subsequence of what becomes of it, cargo takes the
//! result, a second plan is empty, and with CRLF in the manifests the same comes out in CRLF. A switch
//! of the stub backend leads to what a first `init` with that one makes, and back to every byte.
//! `BLESS=1 cargo test` writes `out` and `error` anew.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::unified_diff;
use golem_rpc_workspace::{Planned, StubBackend, WorkspaceError};
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
    there_and_back(case, |text| text)?;
    there_and_back(case, |text| {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    })?;
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
    request_as(case, scratch, None)
}

/// The case's request, with another stub backend.
fn request_as(
    case: &Utf8Path,
    scratch: &Scratch,
    backend: Option<StubBackend>,
) -> Result<Planned, WorkspaceError> {
    let request = fs::read_to_string(case.join("request.toml")).unwrap();
    let request: DocumentMut = request.parse().unwrap();
    let names = |key: &str| -> Vec<&str> {
        let array = request[key].as_array().unwrap();
        array.iter().map(|name| name.as_str().unwrap()).collect()
    };
    let force = request.get("force").and_then(|force| force.as_bool());
    let of_case = request
        .get("stub-backend")
        .map(|backend| match backend.as_str() {
            Some("component") => StubBackend::Component,
            _ => StubBackend::Crate,
        });
    let backend = backend.or(of_case);
    scratch.init_as(
        backend,
        &names("targets"),
        &names("callers"),
        force == Some(true),
    )
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

fn there_and_back(case: &Utf8Path, rewrite: fn(String) -> String) -> Result<(), String> {
    let (switched, straight) = (scratch(case, rewrite), scratch(case, rewrite));
    let to = |scratch: &Scratch, backend| -> Result<BTreeMap<Utf8PathBuf, Vec<u8>>, String> {
        let planned = request_as(case, scratch, Some(backend));
        let planned = planned.map_err(|error| format!("{case} as {backend}: {error}"))?;
        scratch.apply(&planned);
        match request_as(case, scratch, Some(backend)) {
            Ok(again) if again.plan.is_empty() => Ok(scratch.content()),
            Ok(again) => Err(format!("{case} as {backend}, a second plan: {again:#?}")),
            Err(error) => Err(format!("{case} as {backend}, again: {error}")),
        }
    };
    let a_crate = to(&switched, StubBackend::Crate)?;
    let component = to(&switched, StubBackend::Component)?;
    let back = to(&switched, StubBackend::Crate)?;
    same(case, "crate → component → crate", &a_crate, &back)?;
    let again = to(&switched, StubBackend::Component)?;
    same(case, "component → crate → component", &component, &again)?;
    let straight = to(&straight, StubBackend::Component)?;
    same(case, "component at once", &component, &straight)
}

fn same(
    case: &Utf8Path,
    way: &str,
    wanted: &BTreeMap<Utf8PathBuf, Vec<u8>>,
    found: &BTreeMap<Utf8PathBuf, Vec<u8>>,
) -> Result<(), String> {
    let names: BTreeSet<&Utf8PathBuf> = wanted.keys().chain(found.keys()).collect();
    let differ = names
        .into_iter()
        .filter(|name| wanted.get(*name) != found.get(*name));
    let diffs: String = differ
        .map(|name| {
            let content = |files: &BTreeMap<Utf8PathBuf, Vec<u8>>| files.get(name).cloned();
            unified_diff(
                name.as_str(),
                content(wanted).as_deref(),
                content(found).as_deref(),
            )
        })
        .collect();
    if diffs.is_empty() {
        Ok(())
    } else {
        Err(format!("{case}, {way}:\n{diffs}"))
    }
}

fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}

fn compare(case: &Utf8Path, actual: BTreeMap<Utf8PathBuf, Vec<u8>>) -> Result<(), String> {
    let mut expected = if case.join("out").is_dir() {
        tree(&case.join("out"))
    } else {
        Default::default()
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
