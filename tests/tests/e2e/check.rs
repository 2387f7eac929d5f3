//! `check`: what is found in a workspace whose files were changed, named, with its exit code.

use std::fs;

use golem_rpc_messages::{Check, FindingKind as Kind, Message};
use golem_rpc_tests::{Invocation, Run, Workspace};

const HISTORY: &str = "purchase-history/wit/purchase-history.wit";
const STUB: &str = "purchase-history-stub/wit/_stub.wit";
const COPY: &str = "shopping-cart/wit/deps/shopping_purchase-history-stub/_stub.wit";
const TYPES: &str = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";

/// The message of a run with `--message-format json`.
#[track_caller]
pub(super) fn messages(run: &Run) -> Vec<Message> {
    let is_frame = |message: &Message| matches!(message, Message::Start(_) | Message::Finish(_));
    let messages = run.messages().into_iter();
    messages.filter(|message| !is_frame(message)).collect()
}

#[track_caller]
fn check(cart: &Workspace, code: i32) -> Check {
    let before = cart.tree();
    let run = cart.golem_rpc(&["check", "--message-format", "json"]);
    assert_eq!(run.code, code, "{run}");
    cart.tree().assert_same_as(&before);
    let mut messages = messages(&run).into_iter();
    let found = messages.find_map(|message| match message {
        Message::Check(check) => Some(check),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no check in {run}"))
}

/// Kind, path from the root and key of each finding.
fn found(cart: &Workspace, check: &Check) -> Vec<(Kind, String, Option<String>)> {
    let root = format!("{}/", cart.root().canonicalize_utf8().unwrap());
    let findings = check.findings.iter();
    findings
        .map(|f| (f.kind, f.path.replace(&root, ""), f.key.clone()))
        .collect()
}

fn check_of(cart: &Workspace) -> Vec<(Kind, String, Option<String>)> {
    found(cart, &check(cart, 1))
}

#[track_caller]
fn assert_found(cart: &Workspace, expected: &[(Kind, &str, Option<&str>)]) -> Check {
    let check = check(cart, 1);
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, path, key)| (*kind, path.to_string(), key.map(str::to_string)))
        .collect();
    assert_eq!(found(cart, &check), expected);
    check
}

#[test]
fn what_was_just_made_is_as_it_should_be() {
    let cart = Workspace::initialized_cart();
    let run = cart.golem_rpc(&["check"]).success();
    assert!(run.stdout.contains("Checked"), "{run}");
    let found = check(&cart, 0);
    assert!(found.findings.is_empty() && found.checked > 20, "{found:?}");
}

#[test]
fn a_changed_target_makes_its_stub_and_its_copies_stale() {
    let cart = Workspace::initialized_cart();
    cart.replace(HISTORY, "add-order: func(", "put-order: func(");
    let check = assert_found(
        &cart,
        &[
            (Kind::Stale, "purchase-history-stub/src/lib.rs", None),
            (Kind::Stale, STUB, None),
            (Kind::Stale, COPY, None),
        ],
    );
    let copy = &check.findings[2];
    assert_eq!(copy.caller.as_deref(), Some("shopping-cart"));
    assert_eq!(copy.target.as_deref(), Some("purchase-history"));
    assert_eq!(copy.command.as_deref(), Some("cargo golem-rpc regenerate"));
    let diff = copy.diff.as_deref().unwrap();
    assert!(diff.contains("+    blocking-put-order"), "{diff}");
    let run = cart
        .golem_rpc(&["check"])
        .refusal(1, &["3 of", "regenerate"]);
    assert!(run.stdout.contains(&format!("Stale {COPY}")), "{run}");
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["check"]).success();

    // the copy of the target's package holds its types
    cart.replace(HISTORY, "total: f32", "total: f64");
    let check = check_of(&cart);
    assert!(
        check.contains(&(Kind::Stale, TYPES.into(), None)),
        "{check:?}"
    );
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["check"]).success();
}

#[test]
fn quiet_is_silent_but_for_the_exit_code() {
    let cart = Workspace::initialized_cart();
    let good = cart.golem_rpc(&["check", "-q"]).success();
    assert_eq!((good.stdout.as_str(), good.stderr.as_str()), ("", ""));
    fs::remove_file(cart.path(COPY)).unwrap();
    let bad = cart.golem_rpc(&["check", "--quiet"]);
    assert_eq!(bad.code, 1, "{bad}");
    assert_eq!((bad.stdout.as_str(), bad.stderr.as_str()), ("", ""));
}

#[test]
fn a_file_edited_by_hand_needs_force() {
    let cart = Workspace::initialized_cart();
    let lib = "purchase-history-stub/src/lib.rs";
    cart.write(lib, cart.read(lib) + "// mine\n");
    let check = assert_found(&cart, &[(Kind::Edited, lib, None)]);
    let command = check.findings[0].command.as_deref();
    assert_eq!(command, Some("cargo golem-rpc regenerate --force"));
    cart.golem_rpc(&["check"])
        .refusal(1, &["regenerate --force"]);
    cart.golem_rpc(&["regenerate", "--force"]).success();
    cart.golem_rpc(&["check"]).success();
}

#[test]
fn what_was_deleted_is_missing() {
    let cart = Workspace::initialized_cart();
    fs::remove_dir_all(cart.path("shopping-cart/wit/deps/io")).unwrap();
    let key = "package.metadata.component.target.dependencies.\"wasi:io\"";
    let manifest = cart.read("shopping-cart/Cargo.toml");
    let line = manifest
        .lines()
        .find(|line| line.contains("wasi:io"))
        .unwrap();
    cart.write(
        "shopping-cart/Cargo.toml",
        manifest.replace(&format!("{line}\n"), ""),
    );
    let check = assert_found(
        &cart,
        &[
            (Kind::Missing, "shopping-cart/Cargo.toml", Some(key)),
            (Kind::Missing, "shopping-cart/wit/deps/io/poll.wit", None),
        ],
    );
    assert_eq!(check.findings[0].caller.as_deref(), Some("shopping-cart"));
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["check"]).success();
}

#[test]
fn the_tasks_as_a_whole_may_be_missing() {
    let cart = Workspace::initialized_cart();
    let settled = cart.tree();
    fs::remove_file(cart.path("Makefile.toml")).unwrap();
    assert_found(&cart, &[(Kind::Missing, "Makefile.toml", None)]);
    // In a file with tasks of the user's each of ours is.
    let own = "[tasks.lint]\ncommand = \"cargo\"\n";
    cart.write("Makefile.toml", own);
    let found = check_of(&cart);
    let is_task = |key: &Option<String>| {
        let key = key.as_deref().unwrap_or_default();
        key.starts_with("tasks.") || key.starts_with("plugins.")
    };
    let are_tasks = found
        .iter()
        .all(|(kind, path, key)| *kind == Kind::Missing && path == "Makefile.toml" && is_task(key));
    assert!(found.len() > 10 && are_tasks, "{found:?}");
    fs::remove_file(cart.path("Makefile.toml")).unwrap();
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_content_as(&settled);
}

#[test]
fn a_block_of_tasks_that_was_edited_needs_force() {
    let cart = Workspace::initialized_cart();
    let settled = cart.tree();
    cart.replace(
        "Makefile.toml",
        "[tasks.regenerate-stubs]\n",
        "[tasks.regenerate-stubs]\ncwd = \"elsewhere\"\n",
    );
    let check = assert_found(&cart, &[(Kind::Edited, "Makefile.toml", None)]);
    let command = check.findings[0].command.as_deref();
    assert_eq!(command, Some("cargo golem-rpc regenerate --force"));
    cart.refuses(&["regenerate"], 5, &["Makefile.toml", "--force"]);
    cart.golem_rpc(&["regenerate", "--force"]).success();
    cart.tree().assert_same_content_as(&settled);
    // A task that is missing in it is an edit, too.
    let tasks = cart.read("Makefile.toml");
    let (before, task) = tasks.split_once("[tasks.regenerate-stubs]").unwrap();
    let (_, behind) = task.split_once("\n\n").unwrap();
    cart.write("Makefile.toml", format!("{before}{behind}"));
    assert_found(&cart, &[(Kind::Edited, "Makefile.toml", None)]);
    cart.refuses(&["regenerate"], 5, &["Makefile.toml"]);
}

#[test]
fn what_no_stub_needs_any_more_is_unneeded() {
    let cart = Workspace::initialized_cart();
    let text = "package shopping:purchase-history;\n\ninterface api {\n  clear: func();\n}\n\nworld purchase-history {\n  export api;\n}\n";
    cart.write(HISTORY, text);
    let check = check(&cart, 1);
    let found = found(&cart, &check);
    let copy = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";
    assert!(
        found.contains(&(Kind::Unneeded, copy.into(), None)),
        "{found:?}"
    );
    let key = "package.metadata.component.target.dependencies.\"shopping:purchase-history\"";
    let entry = (
        Kind::Unneeded,
        "shopping-cart/Cargo.toml".into(),
        Some(key.into()),
    );
    assert!(found.contains(&entry), "{found:?}");
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["check"]).success();
}

#[test]
fn broken_wit_of_one_target_hides_nothing_of_another() {
    let cart = Workspace::initialized_cart();
    cart.golem_rpc(&[
        "init",
        "--targets",
        "shopping-cart",
        "--callers",
        "purchase-history",
    ])
    .success();
    let copy = "purchase-history/wit/deps/golem_template-stub/_stub.wit";
    fs::remove_file(cart.path(copy)).unwrap();
    cart.replace(HISTORY, "interface api {", "interface api {\n  oops oops\n");
    let check = assert_found(
        &cart,
        &[(Kind::Missing, copy, None), (Kind::Broken, HISTORY, None)],
    );
    let broken = &check.findings[1];
    assert!(
        broken.message.contains("purchase-history.wit:"),
        "{broken:?}"
    );
    let run = cart.golem_rpc(&["check"]).refusal(1, &["broken"]);
    assert!(
        run.stdout.contains("Broken") && run.stdout.contains(copy),
        "{run}"
    );
}

#[test]
fn a_member_that_is_gone_breaks_its_links_alone() {
    let cart = Workspace::initialized_cart();
    cart.replace(
        "Cargo.toml",
        "shopping-cart = [",
        "shopping-cart = [\"gone\", ",
    );
    let check = check(&cart, 1);
    let found = found(&cart, &check);
    let broken = (Kind::Broken, "Cargo.toml".to_string(), None);
    assert!(found.contains(&broken), "{found:?}");
    let others = found.iter().filter(|finding| **finding != broken);
    let others: Vec<_> = others.collect();
    // Nothing of the good one is called unneeded, and nobody misses tasks for what is not there.
    assert!(others.is_empty(), "{others:?}");

    let manifest = cart.read("Cargo.toml");
    let line = manifest.lines().position(|line| line.contains("\"gone\""));
    let place = format!("Cargo.toml:{}", line.unwrap() + 1);
    let run = cart.golem_rpc(&["check"]).failure(1, &[]);
    let said = format!("`{place}` links `gone`, which is not a member");
    assert!(run.stdout.contains(&said), "{run}");
    let json = cart.golem_rpc(&["regenerate", "--message-format", "json"]);
    let error = json
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::Error(error) => error.place,
            _ => None,
        });
    let found = error.unwrap_or_else(|| panic!("no place: {json}"));
    assert_eq!(
        format!("{}:{}", found.path, found.line),
        cart.path(&place).as_str()
    );
}

#[test]
fn without_links_there_is_nothing_to_check() {
    let cart = Workspace::cart();
    let run = cart.golem_rpc(&["check"]).success();
    run.says("note: `Cargo.toml` links no caller to a target: there is nothing to check");
    let found = check(&cart, 0);
    assert!(found.findings.is_empty() && found.checked == 0, "{found:?}");
    // after the last link is gone, as before the first
    cart.init_cart().success();
    cart.golem_rpc(&["unlink", "--all"]).success();
    check(&cart, 0);
    // links that somebody took out of the manifest have left something
    cart.init_cart().success();
    cart.replace("Cargo.toml", "shopping-cart = [\"purchase-history\"]\n", "");
    cart.refuses(
        &["check"],
        3,
        &["links no caller to a target", "unlink --all"],
    );
}

#[test]
fn a_manifest_that_cargo_cannot_read_is_named() {
    let cart = Workspace::initialized_cart();
    let manifest = "shopping-cart/Cargo.toml";
    let good = cart.read(manifest);
    for (broken, line) in [
        (format!("[package\n{good}"), Some(1)),
        (
            good.replace("version = \"0.1.0\"", "version = \"one\""),
            Some(3),
        ),
        (good.replace("2021", "1066"), None),
    ] {
        assert_ne!(broken, good);
        cart.write(manifest, broken);
        let hint = format!("hint: fix `{manifest}`");
        cart.refuses(&["check"], 3, &[manifest, &hint]);
        // from the member itself cargo calls it `Cargo.toml`
        let args = ["golem-rpc", "check", "--message-format", "json"];
        let inside = Invocation::new("cargo", &args, &cart.path("shopping-cart"));
        let place = inside.run().messages().into_iter().find_map(|m| match m {
            Message::Error(error) => error.place,
            _ => None,
        });
        let place = place.map(|place| (place.path, place.line));
        let path = cart.path(manifest).canonicalize_utf8().unwrap();
        assert_eq!(place, line.map(|line| (path.to_string(), line)));
    }
}

#[test]
fn misuse_is_explained() {
    let cart = Workspace::cart();
    cart.init_cart().success();
    cart.refuses(
        &["check", "--manifest-path", "nowhere/Cargo.toml"],
        3,
        &["nowhere/Cargo.toml"],
    );
    let nowhere = Workspace::empty("nowhere");
    nowhere.refuses(&["check"], 3, &["Cargo.toml"]);
    let tasks = cart.read("Makefile.toml");
    cart.write("Makefile.toml", format!("{tasks}\n[tasks\n"));
    cart.refuses(&["check"], 3, &["Makefile.toml", "line"]);
}
