//! The text of the rendered tables: whole files against `tests/golden/`, and the rare names.
//!
//! `BLESS=1 cargo test -p golem-rpc-makefile-templates` rewrites the golden files.

use std::fs;
use std::path::Path;

use crate::support::{CART, SHOP, makefile};
use golem_rpc_makefile_templates::{Caller, Flow, Table, tables};
use toml_edit::{DocumentMut, Item};

#[test]
fn two_members() {
    assert_golden("two-members.toml", &makefile(&CART));
}

#[test]
fn three_targets_and_two_callers() {
    assert_golden("three-targets-two-callers.toml", &makefile(&SHOP));
}

#[test]
fn every_table_is_a_document_with_its_path() {
    for table in tables(&SHOP) {
        let document: DocumentMut = table.toml.parse().unwrap();
        let mut item = document.as_item();
        for key in &table.path {
            item = item.get(key).unwrap_or_else(|| panic!("{key} in {item}"));
        }
        assert!(item.is_table(), "{:?}", table.path);
        assert!(table.toml.ends_with('\n') && !table.toml.ends_with("\n\n"));
        assert!(!table.toml.contains("{{"), "{}", table.toml);
    }
}

#[test]
fn every_task_names_itself_fully() {
    for table in tables(&SHOP)
        .iter()
        .filter(|table| table.path[0] == "tasks")
    {
        let task = task(table);
        assert_eq!(task["category"].as_str(), Some("Golem RPC"));
        assert_eq!(task["clear"].as_bool(), Some(true));
        assert_eq!(task["workspace"].as_bool(), Some(false));
        assert!(task["description"].is_str());
        if task.get("command").is_some() {
            assert_eq!(task["env"]["RUST_BACKTRACE"].as_str(), Some("0"));
            assert!(task.get("install_crate").is_some(), "{}", table.toml);
        }
    }
}

#[test]
fn letters_that_a_bare_key_may_not_hold_are_quoted() {
    let flow = Flow {
        targets: &["käse"],
        crates: &[],
        callers: &[Caller {
            name: "brot",
            targets: &["käse"],
        }],
    };
    let table = find(&flow, "generate-käse-stub");
    assert!(table.toml.contains("[tasks.\"generate-käse-stub\"]"));
    assert_eq!(
        args(&table),
        ["golem-rpc", "regenerate", "--target", "käse"]
    );
}

#[test]
fn links_with_one_task_name_share_the_task() {
    let flow = Flow {
        targets: &["a", "a-b"],
        crates: &[],
        callers: &[
            Caller {
                name: "b-c",
                targets: &["a"],
            },
            Caller {
                name: "c",
                targets: &["a-b"],
            },
        ],
    };
    let expected = "golem-rpc regenerate --target a --target a-b --caller b-c --caller c";
    let table = find(&flow, "add-stub-dependency-a-b-c");
    assert_eq!(args(&table).join(" "), expected);
}

#[test]
fn a_release_composition_keeps_its_name() {
    let flow = Flow {
        targets: &["t"],
        crates: &[],
        callers: &[
            Caller {
                name: "release-x",
                targets: &["t"],
            },
            Caller {
                name: "x",
                targets: &["t"],
            },
        ],
    };
    let table = find(&flow, "compose-release-x");
    assert_eq!(
        args(&table).join(" "),
        "golem-rpc compose --release --caller x"
    );
}

#[test]
fn only_the_stubs_that_are_crates_are_built() {
    let crates = &["pay"];
    let table = find(&Flow { crates, ..SHOP }, "build");
    let expected = "golem-rpc build-members -p cart -p mail -p pay -p pay-stub -p stock";
    assert_eq!(args(&table).join(" "), expected);
}

/// The only table of that task.
fn find(flow: &Flow<'_>, task: &str) -> Table {
    let path = ["tasks", task];
    let mut found = tables(flow);
    found.retain(|table| table.path == path);
    assert_eq!(found.len(), 1, "{task}");
    found.remove(0)
}

fn task(table: &Table) -> Item {
    let document: DocumentMut = table.toml.parse().unwrap();
    document["tasks"][&table.path[1]].clone()
}

fn args(table: &Table) -> Vec<String> {
    let task = task(table);
    let args = task["args"].as_array().unwrap();
    args.iter()
        .map(|arg| arg.as_str().unwrap().to_owned())
        .collect()
}

fn assert_golden(name: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, actual).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; BLESS=1 rewrites it. Now:\n{actual}",
        file.display()
    );
}
