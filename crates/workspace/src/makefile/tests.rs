//! Tasks of ours merged into files of all kinds, with two short tasks in place of the real ones.

use std::collections::BTreeMap;

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;

use super::*;
use crate::Workspace;
use crate::lock::Keys;

const BUILD: &str = "# Builds all.\n[tasks.build]\ncommand = \"cargo\"\n";
const CLEAN: &str = "[tasks.clean]\ncommand = \"cargo\"\nargs = [\"clean\"]\n";
const STUB: &str = "[tasks.generate-a-stub]\ncommand = \"cargo\"\nargs = [\"golem-rpc\"]\n";

fn tables(texts: &[&str]) -> Vec<Table> {
    let table = |toml: &&str| {
        let header = toml.lines().find(|line| line.starts_with('[')).unwrap();
        let path = header.trim_matches(['[', ']']).split('.');
        Table {
            path: path.map(str::to_string).collect(),
            toml: toml.to_string(),
        }
    };
    texts.iter().map(table).collect()
}

struct Merged {
    text: String,
    notes: Vec<String>,
    keys: Keys,
}

/// Merges into `text`, where `before` are the tables that an earlier run wrote.
fn merge_into(text: &str, before: &[&str], now: &[&str], force: bool) -> Merged {
    let workspace = Workspace {
        root: "/w".into(),
        manifest: "/w/Cargo.toml".into(),
        target_directory: "/w/target".into(),
        members: BTreeMap::new(),
        metadata: serde_json::Value::Null,
        link_lines: Default::default(),
    };
    let disk = Snapshot::new();
    let ledger = Ledger::new(&workspace, &disk, force).unwrap();
    let mut draft = Draft::default();
    tables(before)
        .iter()
        .for_each(|table| record(&mut draft, table));
    draft.old = draft.new.clone();
    let toml = TomlText::parse(Utf8Path::new("/w/Makefile.toml"), text).unwrap();
    let makefile = Makefile {
        tables: tables(now),
        before: tables(before),
    };
    let merged = merge(&ledger, &mut draft, &toml, &[], &makefile).unwrap();
    Merged {
        text: merged.text,
        notes: draft.notes.iter().map(ToString::to_string).collect(),
        keys: draft.new,
    }
}

fn is_recorded(merged: &Merged, task: &str) -> bool {
    merged.keys.get(&["tasks", task]).is_some()
}

#[test]
fn ours_go_behind_the_user_s() {
    let user = "# mine\n[tasks.lint]\ncommand = \"x\" # x";
    let merged = merge_into(user, &[], &[BUILD, CLEAN], false);
    assert_eq!(merged.text, format!("{user}\n\n{BUILD}\n{CLEAN}"));
    assert!(merged.notes.is_empty());
    let again = merge_into(&merged.text, &[BUILD, CLEAN], &[BUILD, CLEAN], false);
    assert_eq!(again.text, merged.text);
    assert_eq!(again.keys, merged.keys);
}

#[test]
fn a_new_task_goes_behind_our_others() {
    let text = format!("{BUILD}\n# mine\n[tasks.lint]\n");
    let merged = merge_into(&text, &[BUILD], &[BUILD, CLEAN], false);
    assert_eq!(
        merged.text,
        format!("{BUILD}\n{CLEAN}\n# mine\n[tasks.lint]\n")
    );
}

#[test]
fn ours_change_in_their_place() {
    let newer = BUILD
        .replace("cargo", "cargo-2")
        .replace("all", "everything");
    let around = |ours: &str| format!("[tasks.a]\n\n# not theirs\n{ours}\n# b\n[tasks.b]\n");
    let merged = merge_into(&around(BUILD), &[BUILD], &[&newer], false);
    assert_eq!(merged.text, around(&newer));
    assert!(merged.notes.is_empty());
}

#[test]
fn line_endings_are_the_file_s() {
    let text = format!("{BUILD}\n{CLEAN}").replace('\n', "\r\n");
    let newer = CLEAN.replace("clean\"]", "wipe\"]");
    let merged = merge_into(&text, &[BUILD, CLEAN], &[BUILD, &newer, STUB], false);
    let wanted = format!("{BUILD}\n{newer}\n{STUB}").replace('\n', "\r\n");
    assert_eq!(merged.text, wanted);
}

#[test]
fn what_nobody_needs_goes_unless_it_was_changed() {
    let text = format!("[tasks.a]\n\n{BUILD}\n{STUB}\n{CLEAN}");
    let merged = merge_into(&text, &[BUILD, STUB, CLEAN], &[BUILD], false);
    assert_eq!(merged.text, format!("[tasks.a]\n\n{BUILD}"));
    assert!(!is_recorded(&merged, "clean"));
    let changed = text.replace("golem-rpc", "mine");
    let merged = merge_into(&changed, &[BUILD, STUB, CLEAN], &[BUILD], false);
    assert!(merged.text.contains("mine"), "{}", merged.text);
    assert_eq!(merged.notes.len(), 1, "{:?}", merged.notes);
}

#[test]
fn another_format_changes_nothing_of_what_is_ours() {
    let format = |text: &str| {
        text.replace(" = ", "=")
            .replace("[\"", "[\n  '")
            .replace("\"]", "',\n] # x")
    };
    let text = format(&format!("[tasks.a]\n\n{BUILD}\n{STUB}\n{CLEAN}"));
    let all = [BUILD, STUB, CLEAN];
    let merged = merge_into(&text, &all, &all, false);
    assert_eq!((merged.text, merged.notes), (text.clone(), Vec::new()));
    let merged = merge_into(&text, &all, &[BUILD], false);
    assert_eq!(merged.text, format(&format!("[tasks.a]\n\n{BUILD}")));
    assert!(merged.notes.is_empty(), "{:?}", merged.notes);
    let newer = BUILD.replace("cargo", "cargo-2");
    let merged = merge_into(&text, &all, &[&newer, STUB, CLEAN], false);
    assert!(merged.text.contains(&newer), "{}", merged.text);
}

#[test]
fn a_user_s_task_stays_unless_forced() {
    let text = "[tasks.build]\ncommand = \"make\" # mine\n\n[tasks.build.env]\nA = \"1\"\n\n# l\n[tasks.lint]\n";
    let merged = merge_into(text, &[], &[BUILD], false);
    assert_eq!(merged.text, text);
    assert!(!is_recorded(&merged, "build"));
    assert_eq!(
        merged.notes,
        [
            "the task `build` (/w/Makefile.toml, line 1) is not ours and stays as it is; `--force` replaces it"
        ]
    );
    let forced = merge_into(text, &[], &[BUILD], true);
    assert_eq!(forced.text, format!("{BUILD}\n# l\n[tasks.lint]\n"));
    assert!(is_recorded(&forced, "build"));
}

#[test]
fn ours_changed_by_hand_is_the_user_s() {
    let text = BUILD.replace("cargo", "make");
    let merged = merge_into(&text, &[BUILD], &[BUILD], false);
    assert_eq!(merged.text, text);
    assert_eq!(merged.notes.len(), 1, "{:?}", merged.notes);
}

#[test]
fn a_task_without_a_header_is_seen_too() {
    let text =
        "[tasks]\nbuild = { command = \"make\" }\nlint.command = \"x\"\nclean.command = \"y\"\n";
    let merged = merge_into(text, &[], &[BUILD, CLEAN], false);
    assert_eq!(merged.text, text);
    assert_eq!(merged.notes.len(), 2, "{:?}", merged.notes);
    let forced = merge_into(text, &[], &[BUILD, CLEAN], true);
    assert_eq!(
        forced.text,
        format!("[tasks]\nlint.command = \"x\"\n\n{BUILD}\n{CLEAN}")
    );
}

const OLDER: &str = r#"[config]
default_to_workspace = false

[tasks.build]
install_crate = "cargo-component"
command = "cargo"
args = ["component", "build"]
dependencies = ["clean"]

# mine
[tasks.lint]
command = "wasmtime"
args = ["target/wasm32-wasi/debug/a.wasm"]

[tasks.generate-a-stub]
command = "golem-cli"
args = ["stubgen", "generate", "-s", "a/wit", "-d", "a-stub"]

[tasks.generate-b-stub]
cwd = "."
command = "wasm-rpc-stubgen"
args = ["generate", "-s", "b/wit", "-d", "b-stub"]
"#;

#[test]
fn the_older_tool_s_tasks_give_way() {
    let merged = merge_into(OLDER, &[], &[BUILD, CLEAN, STUB], false);
    let (before, rest) = OLDER.split_once("[tasks.build]").unwrap();
    let user = rest
        .split_once("# mine")
        .unwrap()
        .1
        .split_once("[tasks.generate-a")
        .unwrap()
        .0;
    assert_eq!(
        merged.text,
        format!("{before}{BUILD}\n# mine{user}{STUB}\n{CLEAN}")
    );
    assert_eq!(
        merged.notes,
        [
            "the task `build` (/w/Makefile.toml, line 4) is replaced by ours",
            "the task `generate-a-stub` (/w/Makefile.toml, line 15) is replaced by ours",
            "the task `generate-b-stub` of the older tool (/w/Makefile.toml, line 19) is removed",
        ]
    );
    let again = merge_into(
        &merged.text,
        &[BUILD, CLEAN, STUB],
        &[BUILD, CLEAN, STUB],
        false,
    );
    assert_eq!((again.text, again.notes), (merged.text, Vec::new()));
}

#[test]
fn a_path_of_the_older_target_directory_in_a_task_of_our_name() {
    let text = "[tasks.clean]\ncommand = \"rm\"\nargs = [\"target/wasm32-wasi/debug/a.wasm\"]\n";
    let merged = merge_into(text, &[], &[CLEAN], false);
    assert_eq!(merged.text, CLEAN);
}

#[test]
fn what_somebody_wrote_beside_the_older_tool_s_tasks_stays() {
    let mine = "[tasks.build]\nscript = \"make all\"\n\n[tasks.clean]\ncommand = \"rm\"\nargs = [\"-rf\", \"cache\"]\n\n[tasks.publish]\nscript = \"\"\"\ngolem-cli stubgen generate\nupload\n\"\"\"\n";
    let text =
        format!("{mine}\n[tasks.generate-a-stub]\ncommand = \"golem-cli\"\nargs = [\"stubgen\"]\n");
    let merged = merge_into(&text, &[], &[BUILD, CLEAN, STUB], false);
    assert_eq!(merged.text, format!("{mine}\n{STUB}"));
    assert_eq!(merged.notes.len(), 3, "{:?}", merged.notes);
}

#[test]
fn tasks_that_are_no_table_with_headers_are_refused_with_their_line() {
    let impls = "[plugins.impl.x]\nscript = \"\"\n";
    let refused = |text: &str| {
        let toml = TomlText::parse(Utf8Path::new("/w/Makefile.toml"), text).unwrap();
        check_shape(&toml, &tables(&[BUILD, impls])).map_err(|error| error.to_string())
    };
    let said = |text: &str| refused(text).unwrap_err();
    assert!(said("x = 1\ntasks = 3\n").contains("line 2: `tasks`"));
    assert!(said("[[tasks]]\nx = 1\n").contains("line 1: `tasks`"));
    assert!(said("[plugins]\nimpl = {}\n").contains("line 2: `plugins.impl`"));
    for text in ["[tasks]\nclean = {}\n", "tasks.clean.command = \"x\"\n", ""] {
        assert_eq!(refused(text), Ok(()));
        let merged = merge_into(text, &[], &[BUILD, CLEAN], true);
        assert!(merged.text.contains(BUILD) && merged.text.contains(CLEAN));
    }
}
