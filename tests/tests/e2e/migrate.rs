//! `migrate`: a workspace as the older tool left it becomes ours in one step.

use camino::Utf8PathBuf;
use golem_rpc_messages::{Cause, Diagnostic, Message};
use golem_rpc_tests::{Run, Tree, Workspace, assert_snapshot};

use super::shopping_cart::{is_composed, two_checkouts_are_two_orders};

const NO_VCS: [&str; 2] = ["migrate", "--allow-no-vcs"];

#[test]
fn an_older_workspace_is_migrated_built_and_called() {
    let older = older();
    commit(&older);
    older
        .golem_rpc(&["migrate"])
        .success()
        .says("`shopping-cart` calls `purchase-history`: its WIT imports the stub")
        .says("Migrated");
    is_settled(&older);
    older.make("build-flow").success().does_not_say("warning");
    is_composed(&older, "debug");
    two_checkouts_are_two_orders(&older, &[]);
}

/// A second run and an `init` of the same links have nothing to do.
#[track_caller]
fn is_settled(workspace: &Workspace) {
    let settled = workspace.tree();
    workspace.golem_rpc(&NO_VCS).success().says("Fresh");
    workspace.init_cart().success().says("Fresh");
    workspace.golem_rpc(&["regenerate"]).success().says("Fresh");
    workspace.tree().assert_same_as(&settled);
    assert!(!workspace.read("Makefile.toml").contains("stubgen"));
    let stub = workspace.read("purchase-history-stub/Cargo.toml");
    assert!(!stub.contains("golem-wasm-rpc"), "{stub}");
}

/// What becomes of the files that are not ours altogether.
#[test]
fn the_diff_is_the_one_that_was_reviewed() {
    let older = older();
    let before = older.tree();
    let run = older.golem_rpc(&["migrate", "--dry-run"]).success();
    older.tree().assert_same_as(&before);
    let files = run.stdout.split("--- a/").skip(1);
    let ours = ["purchase-history-stub/", "Makefile.toml"];
    let users = files.filter(|diff| {
        !ours.iter().any(|ours| diff.starts_with(ours))
            && !diff.starts_with("shopping-cart/wit/deps")
    });
    // A file that comes is shown behind the one above it.
    let users = users.map(|diff| diff.split("--- /dev/null").next().unwrap_or_default());
    let users: String = users.map(|diff| format!("--- a/{diff}")).collect();
    assert_snapshot("migrate/shopping-cart.diff", &users);
}

#[test]
fn line_endings_stay_what_they_are() {
    let plain = older();
    plain.golem_rpc(&NO_VCS).success();
    let windows = older();
    let files = [
        "Cargo.toml",
        "shopping-cart/Cargo.toml",
        "shopping-cart/wit/shopping-cart.wit",
        "purchase-history/wit/purchase-history.wit",
    ];
    for file in files {
        windows.write(file, windows.read(file).replace('\n', "\r\n"));
    }
    windows.golem_rpc(&NO_VCS).success();
    for file in files {
        let wanted = plain.read(file).replace('\n', "\r\n");
        assert_eq!(windows.read(file), wanted, "{file}");
    }
    is_settled(&windows);
}

#[test]
fn comments_and_names_are_nobody_s_spelling() {
    let older = older();
    let wit = "purchase-history/wit/purchase-history.wit";
    let text = older.read(wit).replace(
        "interface api {",
        "/* float32 /* -> () */ */ interface float64 { enum float32 { float64 } }\n\ninterface api {",
    );
    older.write(wit, &text);
    older.golem_rpc(&NO_VCS).success();
    let wanted = text
        .replace("price: float32,", "price: f32,")
        .replace("total: float32,", "total: f32,")
        .replace(
            "add-order: func(order: order) -> ();",
            "add-order: func(order: order);",
        );
    assert_eq!(older.read(wit), wanted);
}

#[test]
fn the_user_s_tasks_stay() {
    let older = older();
    let own = "\n# how we ship\n[tasks.ship]\nscript = '''\ncp target/wasm32-wasi/release/a.wasm ship/\n'''\n";
    let makefile = older.read("Makefile.toml") + own;
    let line = makefile.lines().count() - 1;
    older.write("Makefile.toml", &makefile);
    let run = older.golem_rpc(&NO_VCS).success();
    let now = older.read("Makefile.toml");
    assert!(now.contains(own), "{now}");
    let line_now = now.lines().position(|line| line.starts_with("cp target/"));
    let line_now = line_now.unwrap() + 1;
    assert_ne!(line, line_now, "the test should tell the two apart");
    run.says(&format!(
        "your task `ship` (Makefile.toml, line {line_now})"
    ))
    .does_not_say("written anew");
    is_settled(&older);
}

#[test]
fn rust_that_has_to_change_is_named() {
    let older = older();
    let source = "use crate::bindings::shopping::purchase_history_stub::stub_purchase_history::{Api,\n    GolemRpcUri};\n// GolemRpcUri\npub type Place = GolemRpcUri;\n";
    older.write("shopping-cart/src/place.rs", source);
    let json = ["--dry-run", "--message-format", "json"];
    let run = older.golem_rpc(&[&NO_VCS[..], &json].concat()).success();
    let lines = run
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::Diagnostic(Diagnostic {
                cause: Cause::Renamed { place, .. },
                ..
            }) => Some(place.line),
            _ => None,
        });
    assert_eq!(lines.collect::<Vec<_>>(), [2, 4], "{run}");
    older
        .golem_rpc(&NO_VCS)
        .success()
        .says("shopping-cart/src/place.rs:2: `GolemRpcUri` of the stub is called `Uri` now")
        .says("shopping-cart/src/place.rs:4: ")
        .does_not_say("place.rs:3");
    assert_eq!(older.read("shopping-cart/src/place.rs"), source);
}

/// A package of somebody else's is rewritten where nothing goes without, and only there.
#[test]
fn foreign_packages_are_rewritten_if_they_have_to_be() {
    let older = older();
    let rates = "package bank:rates;\ninterface rates { type rate = float64; }\n";
    let deps = "shopping-cart/wit/deps";
    older.write(&format!("{deps}/rates/rates.wit"), rates);
    let unused = rates.replace("bank:rates", "bank:unused");
    older.write(&format!("{deps}/unused/unused.wit"), &unused);
    older.replace(
        "shopping-cart/wit/shopping-cart.wit",
        "interface api {",
        "interface api {\n  use bank:rates/rates.{rate};",
    );
    // It is met twice: by its name in the manifest, and below `deps`.
    older.replace(
        "shopping-cart/Cargo.toml",
        "[lib]",
        "[package.metadata.component.target.dependencies.\"bank:rates\"]\npath = \"wit/deps/rates\"\n\n[lib]",
    );
    let note = "`shopping-cart/wit/deps/rates/rates.wit` is not your own";
    let run = older
        .golem_rpc(&NO_VCS)
        .success()
        .does_not_say("unused.wit");
    assert_eq!(run.stderr.matches(note).count(), 1, "{run}");
    let now = older.read(&format!("{deps}/rates/rates.wit"));
    assert_eq!(now, rates.replace("float64", "f64"));
    assert_eq!(older.read(&format!("{deps}/unused/unused.wit")), unused);
    is_settled(&older);
}

#[test]
fn what_is_half_migrated_is_finished() {
    let older = older();
    let before = older.tree();
    older.golem_rpc(&NO_VCS).success();
    let whole = older.tree();
    // Somebody has brought the older Makefile back, then the stub crate too, then old spellings.
    let stub: Vec<&str> = before
        .files()
        .map(|file| file.as_str())
        .filter(|file| file.starts_with("purchase-history-stub/"))
        .collect();
    let steps = [
        vec!["Makefile.toml"],
        [vec!["Makefile.toml"], stub].concat(),
        vec!["purchase-history/wit/purchase-history.wit"],
    ];
    for files in steps {
        for file in &files {
            older.write(file, before.text(file).unwrap());
        }
        older.golem_rpc(&NO_VCS).success().does_not_say("Fresh");
        older.tree().assert_same_content_as(&whole);
    }
}

#[test]
fn nothing_of_the_older_tool_is_nothing_to_do() {
    let cart = Workspace::cart();
    for _ in 0..2 {
        let before = cart.tree();
        cart.golem_rpc(&["migrate"]).success().says("Fresh");
        cart.tree().assert_same_as(&before);
        cart.init_cart().success();
    }
}

#[test]
fn spellings_alone_are_rewritten_too() {
    let cart = Workspace::cart();
    let wit = "purchase-history/wit/purchase-history.wit";
    let today = cart.read(wit);
    cart.write(wit, today.replace("f32", "float32"));
    cart.init_cart()
        .refusal(4, &["float32", "cargo golem-rpc migrate"]);
    let before = cart.tree();
    cart.golem_rpc(&NO_VCS).success().does_not_say("Migrated");
    assert_eq!(cart.read(wit), today);
    let others = cart.tree().files().count();
    assert_eq!(others, before.files().count(), "no other file came");
    cart.init_cart().success();
}

#[test]
fn links_can_be_named() {
    let older = older();
    older.write("other/Cargo.toml", OTHER);
    older.write("other/src/lib.rs", "");
    older.write(
        "other/wit/w.wit",
        "package shopping:other;\nworld other {\n  export go: func() -> ();\n}\n",
    );
    older.replace(
        "Cargo.toml",
        "\"purchase-history-stub\"",
        "\"purchase-history-stub\", \"other\"",
    );
    let args = [
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart,other",
    ];
    older
        .golem_rpc(&[&NO_VCS[..], &args].concat())
        .success()
        .says("import shopping:purchase-history-stub/stub-purchase-history;")
        .says("other/wit/w.wit");
    let manifest = older.read("Cargo.toml");
    assert!(
        manifest.contains("other = [\"purchase-history\"]"),
        "{manifest}"
    );
    let wit = older.read("other/wit/w.wit");
    assert!(wit.contains("export go: func();"), "{wit}");
}

const OTHER: &str = "[package]\nname = \"other\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[package.metadata.component]\npackage = \"shopping:other\"\n";

#[test]
fn what_is_not_committed_is_not_touched() {
    let older = older();
    commit(&older);
    // Something else may be changed.
    older.write("README.md", "new\n");
    let wit = "shopping-cart/wit/shopping-cart.wit";
    older.write(wit, older.read(wit) + "// mine\n");
    let things = ["shopping-cart/wit/shopping-cart.wit", "--allow-dirty"];
    older
        .refuses(&["migrate"], 5, &things)
        .does_not_say("README.md");
    older.golem_rpc(&["migrate", "--dry-run"]).success();
    older.golem_rpc(&["migrate", "--allow-dirty"]).success();
    assert!(older.read(wit).ends_with("// mine\n"));
}

#[test]
fn what_git_ignores_is_not_touched() {
    let older = older();
    older.write(".gitignore", "*-stub/\n");
    commit(&older);
    let file = "purchase-history-stub/src/lib.rs";
    older.refuses(&["migrate"], 5, &[file, "--allow-dirty"]);
    // A new file has nothing that could be lost.
    let copy = "shopping-cart/wit/deps/io/poll.wit";
    std::fs::remove_file(older.path(copy)).unwrap();
    older.write(".gitignore", format!("/{copy}\n"));
    commit(&older);
    older.golem_rpc(&["migrate"]).success();
    assert!(older.path(copy).exists());
}

#[test]
fn without_version_control_there_is_no_way_back() {
    let older = older();
    older.refuses(
        &["migrate"],
        5,
        &["not in a git repository", "--allow-no-vcs"],
    );
    older.refuses(&["migrate", "--yes"], 5, &["not in a git repository"]);
    // The same where there is no git at all.
    let dirs = ["cargo", "cargo-golem-rpc"].map(|program| directory_of(&older, program));
    let without_git = older.command("cargo-golem-rpc", &["golem-rpc", "migrate"]);
    let run = without_git.path(&dirs).run();
    run.refusal(5, &["--allow-no-vcs"]);
}

#[test]
fn a_repository_that_git_cannot_read() {
    let older = older();
    older.write(".git", "nonsense\n");
    let things = ["git", "invalid gitfile", "--allow-dirty --allow-no-vcs"];
    older.refuses(&["migrate"], 1, &things);
    older.refuses(&NO_VCS, 1, &things);
    let both = [&NO_VCS[..], &["--allow-dirty"]].concat();
    older.golem_rpc(&both).success();
}

/// The older tool's own mistakes: a stub whose WIT never parsed, a crate that is no member.
#[test]
fn stub_crates_that_never_worked() {
    let older = older();
    for file in [
        "purchase-history-stub/wit/_stub.wit",
        "shopping-cart/wit/deps/shopping_purchase-history-stub/_stub.wit",
    ] {
        older.replace(file, "    add-order: func(", "    add-order: static_func(");
    }
    older.replace("Cargo.toml", ", \"purchase-history-stub\"", "");
    older.golem_rpc(&NO_VCS).success();
    assert!(
        older
            .read("Cargo.toml")
            .contains("\"purchase-history-stub\"")
    );
    is_settled(&older);
}

/// Whatever is ours comes out as `init` makes it where the older tool never was.
#[test]
fn what_is_ours_is_what_init_makes() {
    let older = older();
    older.golem_rpc(&NO_VCS).success();
    let cart = Workspace::cart();
    cart.overlay("shopping-cart/final");
    let wit = "purchase-history/wit/purchase-history.wit";
    cart.write(wit, older.read(wit));
    cart.init_cart().success();
    let (migrated, fresh) = (older.tree(), cart.tree());
    let ours =
        |file: &str| file.contains("-stub/") || file.contains("/deps/") || file == "Makefile.toml";
    let files = |tree: &Tree| -> Vec<(String, String)> {
        let files = tree.files().map(|file| file.as_str());
        let files = files.filter(|file| ours(file));
        files
            .map(|file| (file.to_string(), tree.text(file).unwrap().to_string()))
            .collect()
    };
    assert_eq!(files(&migrated), files(&fresh));
}

fn directory_of(workspace: &Workspace, program: &str) -> Utf8PathBuf {
    let run = workspace.command("sh", &["-c", &format!("command -v {program}")]);
    let path = Utf8PathBuf::from(run.run().success().stdout.trim_end());
    path.parent().unwrap().to_path_buf()
}

#[test]
fn a_stub_crate_that_was_edited_is_not_replaced() {
    for (file, text) in [
        ("src/lib.rs", "#![allow(warnings)]\n\n// mine\n"),
        ("src/retry.rs", "fn retry() {}\n"),
        (
            "Cargo.toml",
            "# mine\n[package]\nname = \"purchase-history-stub\"\n[dependencies]\ngolem-wasm-rpc = \"1\"\n",
        ),
    ] {
        let older = older();
        let file = format!("purchase-history-stub/{file}");
        older.write(&file, text);
        older.refuses(&NO_VCS, 5, &[&format!("`{file}`"), "--force"]);
    }
    let older = older();
    older.write("purchase-history-stub/NOTES.md", "mine\n");
    older
        .golem_rpc(&[&NO_VCS[..], &["--force"]].concat())
        .success()
        .says("`purchase-history-stub/NOTES.md` is yours and stays");
    assert_eq!(older.read("purchase-history-stub/NOTES.md"), "mine\n");
    is_settled(&older);
}

#[test]
fn a_stub_crate_of_two_members_at_once() {
    let older = older();
    let root = older.read("Cargo.toml");
    for file in ["Cargo.toml", "src/lib.rs", "wit/purchase-history.wit"] {
        let text = older.read(&format!("purchase-history/{file}"));
        let text = text.replace("name = \"purchase-history\"", "name = \"second\"");
        older.write(&format!("second/{file}"), text);
    }
    older.write(
        "Cargo.toml",
        root.replace("\"shopping-cart\",", "\"shopping-cart\", \"second\","),
    );
    // Beside the target it is clear whose it is; elsewhere it is not.
    older.golem_rpc(&["migrate", "--dry-run"]).success();
    let moved = [
        "-c",
        "mkdir stubs && mv purchase-history-stub stubs/history",
    ];
    older.command("sh", &moved).run().success();
    older.replace(
        "Cargo.toml",
        "\"purchase-history-stub\"",
        "\"stubs/history\"",
    );
    let things = [
        "`stubs/history`",
        "`purchase-history` or `second`",
        "--targets",
    ];
    older.refuses(&NO_VCS, 3, &things);
    let args = [&NO_VCS[..], &["--targets", "purchase-history"]].concat();
    older.golem_rpc(&args).success();
    assert!(!older.path("stubs/history/Cargo.toml").exists());
    let root = older.read("Cargo.toml");
    assert!(
        root.contains("\"purchase-history-stub\"") && !root.contains("stubs/"),
        "{root}"
    );
    older.golem_rpc(&["regenerate"]).success().says("Fresh");
}

#[test]
fn a_stub_crate_of_nobody() {
    let older = older();
    for file in [
        "wit/_stub.wit",
        "wit/deps/shopping_purchase-history/purchase-history.wit",
    ] {
        let file = format!("purchase-history-stub/{file}");
        older.replace(&file, "shopping:purchase-history", "shopping:sales");
    }
    let moved = ["-c", "mv purchase-history-stub sales-stub"];
    older.command("sh", &moved).run().success();
    older.replace("Cargo.toml", "purchase-history-stub", "sales-stub");
    older.refuses(
        &NO_VCS,
        3,
        &["`sales-stub`", "`shopping:sales`", "`members`"],
    );
}

#[test]
fn a_stub_that_nobody_calls() {
    let older = older();
    older.write("Makefile.toml", "");
    let remove = "rm -r shopping-cart/wit/deps; sed -i '/purchase-history-stub/,$d' shopping-cart/Cargo.toml";
    older.command("sh", &["-c", remove]).run().success();
    older.write(
        "shopping-cart/wit/shopping-cart.wit",
        "package shopping:cart;\nworld shopping-cart {}\n",
    );
    let things = [
        "no member calls `purchase-history`",
        "--targets purchase-history --callers",
    ];
    older.refuses(&NO_VCS, 3, &things);
}

#[test]
fn files_that_cannot_be_read() {
    let makefile = older();
    makefile.write("Makefile.toml", "[config]\n[tasks.a\n");
    makefile.refuses(
        &NO_VCS,
        3,
        &["`Makefile.toml`, line 2", "correct `Makefile.toml`"],
    );

    let wit = older();
    let file = "purchase-history/wit/purchase-history.wit";
    wit.replace(file, "get-orders: func()", "get-orders: funk()");
    wit.refuses(&NO_VCS, 4, &["purchase-history.wit:20"]);

    let nowhere = Workspace::empty("nowhere");
    nowhere.refuses(&["migrate"], 3, &["Cargo.toml"]);

    let named = older();
    let args = ["migrate", "--targets", "purchase-histori"];
    named.refuses(
        &args,
        3,
        &["`purchase-histori`", "did you mean `purchase-history`"],
    );
    let args = ["migrate", "--callers"];
    named.golem_rpc(&args).failure(2, &["--callers"]);
}

/// The caller's own WIT uses an interface of the target that its stub has nothing of.
#[test]
fn a_copy_that_the_caller_needs_altogether_stays() {
    let older = older();
    let copy = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";
    let limits = "interface limits {\n  type limit = float64;\n}\n\ninterface api {";
    for file in [copy, "purchase-history/wit/purchase-history.wit"] {
        older.replace(file, "interface api {", limits);
    }
    older.replace(
        "shopping-cart/wit/shopping-cart.wit",
        "interface api {",
        "interface api {\n  use shopping:purchase-history/limits.{limit};",
    );
    older
        .golem_rpc(&NO_VCS)
        .success()
        .says("`shopping-cart/wit/deps/shopping_purchase-history` stays and is yours");
    let kept = older.read(copy);
    assert!(kept.contains("type limit = f64;"), "{kept}");
    is_settled(&older);
}

/// Nothing of the older tool is left that would hold a link.
#[test]
fn what_was_migrated_can_be_unlinked() {
    let older = older();
    older.golem_rpc(&NO_VCS).success();
    older.golem_rpc(&["check"]).success();
    older.golem_rpc(&["unlink", "--all", "--force"]).success();
    for gone in [
        "purchase-history-stub",
        "shopping-cart/wit/deps",
        "Makefile.toml",
    ] {
        assert!(!older.path(gone).exists(), "{gone} is still there");
    }
    let root =
        "[workspace]\nmembers = [\"shopping-cart\", \"purchase-history\"]\nresolver = \"2\"\n";
    assert_eq!(older.read("Cargo.toml"), root);
    let manifest = older.read("shopping-cart/Cargo.toml");
    assert!(!manifest.contains("wit/deps"), "{manifest}");
    older
        .cargo(&["metadata", "--format-version", "1", "--no-deps"])
        .success();
}

/// Both call each other; the older tool gave each the stub of itself, too.
#[test]
fn members_that_call_each_other() {
    let pair = Workspace::empty("pair");
    pair.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"one\", \"two\", \"one-stub\", \"two-stub\"]\nresolver = \"2\"\n",
    );
    let mut makefile = "[config]\ndefault_to_workspace = false\n".to_string();
    for (name, other) in [("one", "two"), ("two", "one")] {
        let stub = pair_stub(name);
        pair.write(&format!("{name}/Cargo.toml"), OTHER.replace("other", name));
        pair.write(&format!("{name}/src/lib.rs"), "");
        pair.write(&format!("{name}/wit/{name}.wit"), pair_wit(name, other));
        pair.write(
            &format!("{name}-stub/Cargo.toml"),
            PAIR_STUB.replace("NAME", name),
        );
        pair.write(&format!("{name}-stub/src/lib.rs"), "#![allow(warnings)]\n");
        pair.write(&format!("{name}-stub/wit/_stub.wit"), &stub);
        for caller in ["one", "two"] {
            let deps = format!("{caller}/wit/deps/shopping_{name}-stub");
            pair.write(&format!("{deps}/_stub.wit"), &stub);
            makefile += &PAIR_TASK.replace("TARGET", name).replace("CALLER", caller);
        }
    }
    pair.write("Makefile.toml", makefile);
    pair.golem_rpc(&NO_VCS)
        .success()
        .says("`one` calls `two`")
        .says("`two` calls `one`");
    let manifest = pair.read("Cargo.toml");
    assert!(
        manifest.contains("one = [\"two\"]\ntwo = [\"one\"]\n"),
        "{manifest}"
    );
    let settled = pair.tree();
    for (target, caller) in [("one", "two"), ("two", "one")] {
        let args = ["init", "--targets", target, "--callers", caller];
        pair.golem_rpc(&args).success().says("Fresh");
    }
    pair.golem_rpc(&NO_VCS).success().says("Fresh");
    pair.tree().assert_same_as(&settled);
    for name in ["one", "two"] {
        let left = pair.path(&format!("{name}/wit/deps/shopping_{name}-stub"));
        assert!(!left.exists(), "nobody needs {left}");
    }
}

fn pair_wit(name: &str, other: &str) -> String {
    format!(
        "package shopping:{name};\n\ninterface {name}-api {{\n  ask: func(price: float64) -> ();\n}}\n\nworld {name} {{\n  import shopping:{other}-stub/stub-{other};\n  export {name}-api;\n}}\n"
    )
}

fn pair_stub(name: &str) -> String {
    format!(
        "package shopping:{name}-stub;\n\ninterface stub-{name} {{\n  resource {name}-api {{\n    blocking-ask: func(price: float64);\n    ask: func(price: float64);\n  }}\n}}\n\nworld wasm-rpc-stub-{name} {{\n  export stub-{name};\n}}\n"
    )
}

const PAIR_STUB: &str = "[package]\nname = \"NAME-stub\"\nversion = \"0.0.1\"\nedition = \"2021\"\n\n[dependencies.golem-wasm-rpc]\nversion = \"1.0.12\"\n";

const PAIR_TASK: &str = "
[tasks.add-stub-dependency-TARGET-CALLER]
args = [\"add-stub-dependency\", \"--stub-wit-root\", \"TARGET-stub/wit\", \"--dest-wit-root\", \"CALLER/wit\", \"--overwrite\", \"--update-cargo-toml\"]
command = \"wasm-rpc-stubgen\"
cwd = \".\"
dependencies = [\"generate-TARGET-stub\"]
";

#[test]
fn programs_get_lines() {
    let older = older();
    let args = ["--message-format", "json", "migrate", "--dry-run"];
    let run = older.golem_rpc(&args).success();
    let plan = run.stdout.lines().find(|line| line.contains("\"plan\""));
    assert!(
        plan.is_some_and(|plan| plan.contains("Makefile.toml")),
        "{run}"
    );
}

/// On a terminal it shows what it would do, and waits for a word.
#[test]
fn people_are_asked() {
    let before = older().tree();
    let no = older();
    let run = on_a_terminal(&no, r"n\n").success();
    no.tree().assert_same_content_as(&before);
    assert!(run.stdout.contains("(+3 -3)"), "{run}");
    assert!(run.stdout.contains("nothing was touched"), "{run}");

    let interrupted = older();
    let run = on_a_terminal(&interrupted, r"\003");
    assert_eq!(run.code, 130, "{run}");
    interrupted.tree().assert_same_content_as(&before);

    let yes = older();
    on_a_terminal(&yes, r"yes\n").success();
    is_settled(&yes);

    let unasked = older();
    let typed = "script -qec 'cargo golem-rpc migrate --allow-no-vcs --yes' /dev/null";
    let run = unasked.command("sh", &["-c", typed]).run().success();
    assert!(!run.stdout.contains("y/N"), "{run}");
    is_settled(&unasked);
}

/// `migrate` on a terminal where this is typed once it asks.
fn on_a_terminal(workspace: &Workspace, typed: &str) -> Run {
    let shown = workspace.outside("shown");
    let answer = format!(
        "until grep -q y/N {shown} 2>/dev/null; do sleep 0.1; done; printf '{typed}'; sleep 1"
    );
    let command = "cargo-golem-rpc golem-rpc migrate --allow-no-vcs";
    let script = format!("({answer}) | script -qfec '{command}' {shown}");
    workspace.command("sh", &["-c", &script]).run()
}

fn older() -> Workspace {
    Workspace::of_fixture("older/shopping-cart")
}

fn commit(workspace: &Workspace) {
    let git = "git init -q . && git add -A && git -c user.name=Ana -c user.email=ana@example.org commit -qm all";
    workspace.command("sh", &["-c", git]).run().success();
}
