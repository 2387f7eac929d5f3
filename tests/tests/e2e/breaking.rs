//! `check --breaking`: targets compared with what callers have, with revisions and with directories.

use std::fs;

use golem_rpc_messages::{Against, Class, Compatibility, Message, Subject, TextKind, What};
use golem_rpc_tests::{Run, Workspace, copy_dir, link_programs};

const WIT: &str = "purchase-history/wit/purchase-history.wit";
pub(super) const CHECK: [&str; 2] = ["check", "--breaking"];

#[test]
fn nothing_has_changed() {
    let cart = committed();
    let before = cart.tree();
    let run = check(&cart, &[]).success();
    let said = "purchase-history, against HEAD: nothing has changed";
    assert_eq!(run.stdout.trim(), said, "{run}");
    cart.tree().assert_same_as(&before);
}

#[test]
fn changes_are_told_apart() {
    let cart = Workspace::initialized_cart();
    cart.replace(
        WIT,
        "total: f32,\n    timestamp: u64,",
        "timestamp: u64,\n    total: f32,",
    );
    cart.replace(WIT, "quantity: u32", "count: u32");
    cart.replace(WIT, "  get-orders:", "  clear: func();\n\n  get-orders:");
    let run = check(&cart, &[]).refusal(1, &["1 change on the wire", "1 change at the source"]);
    for line in [
        "wire-breaking: the fields of `order` are reordered",
        "source-breaking: field `quantity` has another name",
        "compatible: function `api.clear` is new",
        "     --> purchase-history/wit/purchase-history.wit:11:10",
        "1 wire-breaking, 1 source-breaking, 1 compatible change",
    ] {
        assert!(run.stdout.contains(line), "no `{line}`: {run}");
    }
    // of the copy that the caller has
    let copy = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";
    let [found] = &messages(&cart, &[])[..] else {
        panic!("one target, one caller");
    };
    let caller = "shopping-cart".to_string();
    assert_eq!(found.against, Against::Vendored { caller });
    let renamed = &found.changes[1];
    assert_eq!(
        (renamed.class, renamed.subject, renamed.what),
        (Class::Source, Subject::Field, What::Renamed)
    );
    let old = renamed.old.as_ref().unwrap().place.as_ref().unwrap();
    assert_eq!(old.path, cart.path(copy).as_str());
    let new = renamed.new.as_ref().unwrap().place.as_ref().unwrap();
    assert_eq!((new.path.as_str(), new.line), (cart.path(WIT).as_str(), 8));

    // what was is overwritten now, and nobody has kept it
    cart.golem_rpc(&["regenerate"]).success();
    check(&cart, &[]).refusal(3, &["cannot tell", "up to date", "--against"]);
}

#[test]
fn what_only_breaks_sources_fails_if_that_is_asked_for() {
    let cart = Workspace::initialized_cart();
    cart.replace(WIT, "quantity: u32", "count: u32");
    check(&cart, &[]).success();
    let quiet = check(&cart, &["--fail-on", "source", "--quiet"]);
    assert_eq!(
        (quiet.code, &*quiet.stdout, &*quiet.stderr),
        (1, "", ""),
        "{quiet}"
    );
    check(&cart, &["--fail-on", "source"]).refusal(1, &["0 changes on the wire", "1 change at"]);
}

#[test]
fn a_function_that_is_gone_or_another_package_breaks_callers() {
    let cart = Workspace::initialized_cart();
    cart.replace(WIT, "  get-orders: func() -> list<order>;\n", "");
    let run = check(&cart, &["purchase-history"]).refusal(1, &["1 change on the wire"]);
    let line = "wire-breaking: function `api.get-orders` is gone";
    assert!(run.stdout.contains(line), "{run}");
    cart.replace(
        WIT,
        "package shopping:purchase-history;",
        "package shopping:history;",
    );
    let run = check(&cart, &[]).failure(1, &[]);
    let line = "package `shopping:purchase-history-stub` has another name";
    assert!(run.stdout.contains(line), "{run}");
    // by the name that callers import
    let import = "callers import `shopping:history-stub`";
    assert!(run.stdout.contains(import), "{run}");
}

/// The options of a stub are no part of the target: another stub of the same is not another target.
#[test]
fn other_options_of_the_stub_break_nothing() {
    let cart = committed();
    let options = "\n[workspace.metadata.golem-rpc.targets.purchase-history]\n\
                   rpc-errors = \"result\"\ngolem-rpc = \"0.2.0\"\n";
    let manifest = cart.read("Cargo.toml") + options;
    cart.write("Cargo.toml", manifest);
    let run = check(&cart, &["--fail-on", "source"]).success();
    assert!(run.stdout.contains("nothing has changed"), "{run}");
    cart.golem_rpc(&["regenerate"]).success();
    cart.replace("Cargo.toml", options, "");
    let run = check(&cart, &["--fail-on", "source"]).success();
    assert!(run.stdout.contains("nothing has changed"), "{run}");
    cart.replace(WIT, "timestamp: u64", "timestamp: u32");
    check(&cart, &[]).refusal(1, &["1 change on the wire"]);
}

#[test]
fn a_target_with_resources_in_a_circle() {
    let bank = Workspace::of_fixture("resources");
    let init = |target: &str, caller: &str| {
        let args = ["init", "--targets", target, "--callers", caller];
        bank.golem_rpc(&args).success();
    };
    init("bank", "teller");
    init("teller", "bank");
    commit_all(&bank);
    let run = check(&bank, &["--fail-on", "source"]).success();
    assert_eq!(
        run.stdout.matches("nothing has changed").count(),
        2,
        "{run}"
    );
    let wit = "bank/wit/bank.wit";
    let text = bank.read(wit);
    let constructor = text
        .lines()
        .find(|line| line.contains("constructor("))
        .unwrap();
    bank.replace(
        wit,
        constructor,
        "    constructor(owner: string, limit: u64);",
    );
    let line = 1 + text.lines().position(|line| line == constructor).unwrap();
    let run = check(&bank, &[]).refusal(1, &["on the wire"]);
    let place = format!("--> {wit}:{line}:");
    assert!(run.stdout.contains(&place), "no {place}: {run}");
}

#[test]
fn a_revision_is_read_without_a_checkout() {
    let cart = committed();
    cart.replace(
        WIT,
        "add-order: func(order: order);",
        "add-order: func(order: order, at: u64);",
    );
    let before = cart.tree();
    let run = check(&cart, &["--against", "v1"]).refusal(1, &["1 change on the wire"]);
    assert!(
        run.stdout.contains("purchase-history, against v1:"),
        "{run}"
    );
    assert!(run.stdout.contains(&format!("--> {WIT}:18:")), "{run}");
    cart.tree().assert_same_as(&before);
    let [found] = &messages(&cart, &["--against", "HEAD"])[..] else {
        panic!("one target");
    };
    let revision = "HEAD".to_string();
    assert_eq!(found.against, Against::Git { revision });
    // committed, it is what is compared with
    git(&cart, &["commit", "--quiet", "--all", "-m", "time"]);
    check(&cart, &["--against", "HEAD"]).success();
    check(&cart, &["--against", "HEAD~1"]).refusal(1, &["1 change on the wire"]);
}

/// At the revision the target was elsewhere, in a workspace without links, with WIT of another name.
#[test]
fn a_target_that_has_moved_is_found() {
    let cart = Workspace::cart();
    fs::rename(cart.path("purchase-history"), cart.path("history")).unwrap();
    cart.replace("Cargo.toml", "\"purchase-history\"", "\"history\"");
    let manifest = cart.read("history/Cargo.toml");
    assert!(
        manifest.contains("[package.metadata.component]"),
        "{manifest}"
    );
    cart.write(
        "history/Cargo.toml",
        format!("{manifest}\n[package.metadata.component.target]\npath = \"idl\"\n"),
    );
    fs::rename(cart.path("history/wit"), cart.path("history/idl")).unwrap();
    commit_all(&cart);
    fs::remove_dir_all(cart.path("history")).unwrap();
    cart.overlay("shopping-cart/start");
    cart.init_cart().success();
    check(&cart, &["--against", "v1"]).success();
    cart.replace(WIT, "total: f32", "total: f64");
    check(&cart, &["--against", "v1"]).refusal(1, &["1 change on the wire"]);
}

#[test]
fn annotations_are_for_github() {
    let cart = Workspace::empty("repository");
    cart.write("README.md", "the workspace is below");
    copy_dir(
        &golem_rpc_tests::fixture("shopping-cart/start"),
        &cart.path("shop"),
    );
    let check = |args: &[&str]| {
        let args = [&["golem-rpc"], &CHECK[..], args].concat();
        golem_rpc_tests::Invocation::new("cargo", &args, &cart.path("shop")).run()
    };
    commit_all(&cart);
    cart.replace(&format!("shop/{WIT}"), "total: f32", "total: f64");
    cart.replace(&format!("shop/{WIT}"), "quantity: u32", "count: u32");
    let github = ["--against", "v1", "--format", "github", "purchase-history"];
    let run = check(&github).refusal(1, &["on the wire"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{run}");
    let error = format!("::error file=shop/{WIT},line=14,col=5,title=wire-breaking");
    assert!(lines.iter().any(|line| line.starts_with(&error)), "{run}");
    let warning = format!("::warning file=shop/{WIT},line=8,col=5,title=source-breaking");
    assert!(lines.iter().any(|line| line.starts_with(&warning)), "{run}");

    let quiet = check(&[&github[..], &["--quiet"]].concat());
    assert_eq!(
        (quiet.code, &quiet.stdout, &*quiet.stderr),
        (1, &run.stdout, ""),
        "{quiet}"
    );

    let run = check(&[&github[..], &["--message-format", "json"]].concat());
    let text = run
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::Text(text) => Some(text),
            _ => None,
        });
    let text = text.unwrap_or_else(|| panic!("no text in {run}"));
    assert_eq!(text.kind, TextKind::Github);
    assert_eq!(text.text.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn a_checkout_or_a_wit_root_is_compared_with() {
    let cart = Workspace::initialized_cart();
    let old = cart.outside("old");
    copy_dir(&golem_rpc_tests::fixture("shopping-cart/start"), &old);
    check(&cart, &["--against", "../old"]).success();
    cart.replace(WIT, "total: f32", "total: f64");
    check(&cart, &["--against", "../old"]).refusal(1, &["1 change on the wire"]);
    let root = "../old/purchase-history/wit";
    let run = check(&cart, &["--against", root]).refusal(1, &["1 change on the wire"]);
    assert!(
        run.stdout.contains(&format!("{old}/purchase-history/wit")),
        "{run}"
    );
    let file = "../old/purchase-history/wit/purchase-history.wit";
    check(&cart, &["--against", file]).refusal(1, &["1 change on the wire"]);
}

#[test]
fn what_cannot_be_compared() {
    let cart = Workspace::initialized_cart();
    let refuses = |args: &[&str], code: i32, things: &[&str]| {
        cart.refuses(&[&CHECK[..], args].concat(), code, things)
    };
    // no repository at all
    refuses(
        &["--against", "v1"],
        3,
        &["directory", "`v1`", "no git repository", "WIT root"],
    );
    commit_all(&cart);
    refuses(&["--against", "v9"], 3, &["no revision `v9`", "git fetch"]);
    refuses(&["--against=--all"], 3, &["no revision `--all`"]);
    refuses(&["--against", "v9^"], 3, &["no revision `v9^`"]);
    refuses(
        &["purchase-histroy"],
        3,
        &["`purchase-histroy`", "did you mean `purchase-history`"],
    );
    refuses(
        &["shopping-cart"],
        3,
        &["no member calls `shopping-cart`", "--against"],
    );
    let both = [
        "--against",
        "shopping-cart/wit",
        "shopping-cart",
        "purchase-history",
    ];
    refuses(&both, 2, &["one target", "shopping-cart", "name the one"]);
    refuses(
        &["--against", "shopping-cart/src", "shopping-cart"],
        4,
        &["no WIT", "shopping-cart/src"],
    );
    cart.golem_rpc(&["check", "--against", "v1"])
        .failure(2, &["--breaking"]);
    cart.golem_rpc(&[&CHECK[..], &["--fail-on", "all"]].concat())
        .failure(2, &["wire", "source"]);

    // a member that is younger than the revision
    copy_dir(&cart.path("purchase-history"), &cart.path("returns"));
    cart.replace(
        "returns/Cargo.toml",
        "name = \"purchase-history\"",
        "name = \"returns\"",
    );
    let wit = "returns/wit/purchase-history.wit";
    cart.replace(
        wit,
        "package shopping:purchase-history;",
        "package shopping:returns;",
    );
    cart.replace(
        "Cargo.toml",
        "\"purchase-history\",",
        "\"purchase-history\", \"returns\",",
    );
    refuses(
        &["--against", "v1", "returns"],
        3,
        &["no `returns` in `v1`", "leave it out"],
    );
    let args = ["init", "--targets", "returns", "--callers", "shopping-cart"];
    cart.golem_rpc(&args).success();
    let run = check(&cart, &["--against", "v1"]).success();
    run.says("`returns` is new since `v1`");

    // WIT that was wrong then
    cart.write("old/wit/a.wit", "package a:b\n");
    refuses(
        &["--against", "old/wit", "returns"],
        4,
        &["old/wit/a.wit:", "fix it there"],
    );
}

#[test]
fn without_git_or_without_links() {
    let cart = Workspace::initialized_cart();
    let tools = cart.outside("tools");
    link_programs(&tools, &["cargo", "rustc", "cargo-golem-rpc"]);
    let args = [&["golem-rpc"], &CHECK[..], &["--against", "v1"]].concat();
    let run = cart.command("cargo", &args).path(&[tools]).run();
    run.refusal(6, &["git is not installed", "another checkout"]);
    let empty = Workspace::cart();
    empty.refuses(
        &CHECK,
        3,
        &["links no caller to a target", "cargo golem-rpc init"],
    );
}

#[test]
fn a_caller_without_its_copy_is_told_of() {
    let cart = Workspace::initialized_cart();
    copy_dir(&cart.path("shopping-cart"), &cart.path("second"));
    cart.replace("second/Cargo.toml", "\"shopping-cart\"", "\"second\"");
    cart.replace(
        "Cargo.toml",
        "\"shopping-cart\",",
        "\"shopping-cart\", \"second\",",
    );
    let links = "shopping-cart = [\"purchase-history\"]";
    cart.replace(
        "Cargo.toml",
        links,
        &format!("{links}\nsecond = [\"purchase-history\"]"),
    );
    // nothing to compare with, and no advice that would overwrite what there is
    let refuses = |things: &[&str]| {
        let run = check(&cart, &[]).refusal(3, &[things, &["cannot tell", "--against"]].concat());
        assert!(!run.stderr.contains("regenerate"), "{run}");
    };
    let copy = "wit/deps/shopping_purchase-history-stub";
    fs::remove_dir_all(cart.path("shopping-cart").join(copy)).unwrap();
    refuses(&["`shopping-cart` has no copy of the stub of `purchase-history`"]);
    commit_all(&cart);
    check(&cart, &[]).success();
    cart.replace(WIT, "total: f32", "total: f64");
    let run = check(&cart, &[]).refusal(1, &["2 changes on the wire"]);
    for heading in ["against HEAD:", "against what second has:"] {
        assert!(run.stdout.contains(heading), "{run}");
    }
}

/// Neither is what nobody named, nor what is compared itself.
#[test]
fn nothing_is_compared_with_itself() {
    let cart = committed();
    let refuses = |against: &str, things: &[&str]| {
        cart.refuses(&[&CHECK[..], &["--against", against]].concat(), 2, things);
    };
    check(&cart, &["--against", ""]).failure(2, &["--against", "--help"]);
    refuses(
        ".",
        &[
            "would be compared with itself",
            "hint: name an older revision",
        ],
    );
    refuses("purchase-history", &["would be compared with itself"]);
    refuses(
        "purchase-history/wit",
        &["`purchase-history/wit` would be compared with itself"],
    );
}

#[test]
fn where_no_target_was_there_nothing_is_compared() {
    let cart = Workspace::initialized_cart();
    git(&cart, &["init", "--quiet"]);
    git(
        &cart,
        &["commit", "--quiet", "--allow-empty", "-m", "empty"],
    );
    git(&cart, &["tag", "v0"]);
    let things = [
        "nothing was compared with `v0`",
        "no `purchase-history`",
        "hint: name a revision",
    ];
    check(&cart, &["--against", "v0"]).refusal(3, &things);
    check(&cart, &["--against", "v0", "--quiet"]).failure(3, &["nothing was compared"]);
}

/// The package and then its directory too are renamed; what was in the old place is another one now.
#[test]
fn a_target_with_another_name_is_found() {
    let cart = Workspace::cart();
    commit_all(&cart);
    let old = cart.outside("old");
    copy_dir(&cart.path("."), &old);
    cart.replace(
        "purchase-history/Cargo.toml",
        "name = \"purchase-history\"",
        "name = \"history\"",
    );
    let init = ["init", "--targets", "history", "--callers", "shopping-cart"];
    cart.golem_rpc(&init).success();
    let breaks = |line: &str| {
        for against in ["v1", "../old"] {
            let run = check(&cart, &["--against", against]).refusal(1, &["1 change on the wire"]);
            assert!(run.stdout.contains(line), "{run}");
        }
    };
    check(&cart, &["--against", "v1"]).success();
    cart.replace(WIT, "total: f32", "total: f64");
    breaks("--> purchase-history/wit/");
    fs::rename(cart.path("purchase-history"), cart.path("history")).unwrap();
    cart.replace("Cargo.toml", "\"purchase-history\",", "\"history\",");
    breaks("--> history/wit/");
}

#[test]
fn a_target_in_a_submodule_is_not_new() {
    let cart = Workspace::initialized_cart();
    let inner = ["-C", "purchase-history"];
    let git_inside = |args: &[&str]| git(&cart, &[&inner[..], args].concat());
    git_inside(&["init", "--quiet"]);
    git_inside(&["add", "--all"]);
    git_inside(&["commit", "--quiet", "-m", "inner"]);
    commit_all(&cart);
    cart.replace(WIT, "total: f32", "total: f64");
    let things = [
        "`purchase-history` is a git submodule",
        "in `HEAD`",
        "hint: ",
    ];
    check(&cart, &["--against", "HEAD"]).refusal(3, &things);
}

#[test]
fn wit_that_was_wrong_then_is_not_to_be_corrected_now() {
    let cart = Workspace::initialized_cart();
    let good = cart.read(WIT);
    cart.write(WIT, format!("{good}\n\ninterface broken {{\n"));
    commit_all(&cart);
    cart.write(WIT, good);
    let things = ["error: in `v1`: ", "hint: name another revision"];
    let run = check(&cart, &["--against", "v1"]).refusal(4, &things);
    assert!(!run.stderr.contains("correct it"), "{run}");
    let json = check(&cart, &["--against", "v1", "--message-format", "json"]);
    let error = json
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::Error(error) => Some(error),
            _ => None,
        });
    assert_eq!(error.unwrap().place, None, "{json}");
}

/// The stub is named after the world; callers that are built have their old stub in them.
#[test]
fn the_name_of_a_world_is_no_part_of_the_wire() {
    let cart = Workspace::initialized_cart();
    cart.replace(WIT, "world purchase-history {", "world history {");
    let run = check(&cart, &[]).success();
    let said = "source-breaking: world `purchase-history` has another name";
    assert!(
        run.stdout.contains(said) && !run.stdout.contains("wire-breaking:"),
        "{run}"
    );
    check(&cart, &["--fail-on", "source"]).refusal(1, &["0 changes on the wire"]);
}

fn check(cart: &Workspace, args: &[&str]) -> Run {
    cart.golem_rpc(&[&CHECK[..], args].concat())
}

fn messages(cart: &Workspace, args: &[&str]) -> Vec<Compatibility> {
    let run = check(cart, &[args, &["--message-format", "json"]].concat());
    let found = run
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::Compatibility(found) => Some(found),
            _ => None,
        });
    found.collect()
}

/// The initialized cart, as `v1` of a repository.
fn committed() -> Workspace {
    let cart = Workspace::initialized_cart();
    commit_all(&cart);
    cart
}

pub(super) fn commit_all(workspace: &Workspace) {
    git(workspace, &["init", "--quiet"]);
    git(workspace, &["add", "--all"]);
    git(workspace, &["commit", "--quiet", "-m", "first"]);
    git(workspace, &["tag", "v1"]);
}

pub(super) fn git(workspace: &Workspace, args: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    let identity = [&identity[..], &["-c", "commit.gpgsign=false"]].concat();
    workspace
        .command("git", &[&identity[..], args].concat())
        .run()
        .success();
}
