//! Done twice is done once: nothing planned, compiled or rewritten.

use std::fs;
use std::time::SystemTime;

use golem_rpc_tests::{Invocation, Run, Workspace};

#[test]
fn a_second_init_plans_nothing() {
    let cart = Workspace::initialized_cart();
    let before = cart.tree();
    cart.init_cart().success();
    cart.tree().assert_same_as(&before);

    let args = [
        "init",
        "--dry-run",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    let run = cart
        .golem_rpc(&args)
        .success()
        .says("there is nothing to do");
    assert_eq!(run.stdout, "", "{run}");
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_as(&before);
}

#[test]
fn a_dry_run_names_files_elsewhere_by_their_path() {
    let cart = Workspace::initialized_cart();
    let args = ["golem-rpc", "unlink", "--all", "--dry-run"];
    let run = Invocation::new("cargo", &args, &cart.path("shopping-cart")).run();
    let run = run.success();
    let root = cart.root().canonicalize_utf8().unwrap();
    let head = format!("--- a{root}/Cargo.toml\n+++ b{root}/Cargo.toml\n");
    assert!(run.stdout.contains(&head), "{run}");
    let below = "--- a/wit/deps/io/poll.wit\n+++ /dev/null\n";
    assert!(run.stdout.contains(below), "{run}");
}

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let cart = Workspace::cart();
    let before = cart.tree();
    let args = [
        "init",
        "--dry-run",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    let run = cart.golem_rpc(&args).success();
    cart.tree().assert_same_as(&before);
    cart.init_cart().success();
    let after = cart.tree();
    for file in after.files() {
        let new = before.text(file.as_str()) != after.text(file.as_str());
        assert_eq!(
            run.stdout.contains(&format!("+++ b/{file}\n")),
            new,
            "{file}: {run}"
        );
    }
}

#[test]
fn a_second_build_flow_recompiles_and_rewrites_nothing() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    for (task, profile) in [("build-flow", "debug"), ("release-build-flow", "release")] {
        cart.make(task).success();
        let composed = format!("target/wasm32-wasip1/{profile}/shopping_cart_composed.wasm");
        let before = (cart.tree(), modified(&cart, &composed));
        let run = cart.make(task).success();
        cart.tree().assert_same_as(&before.0);
        assert_eq!(
            modified(&cart, &composed),
            before.1,
            "{composed} was rewritten"
        );
        compiled_nothing(&run);
    }
    let flags = ["build-members", "-v"];
    let run = cart.golem_rpc(&flags).success();
    compiled_nothing(&run);
}

#[track_caller]
fn compiled_nothing(run: &Run) {
    assert!(run.stderr.contains("Finished"), "{run}");
    for verb in [" Compiling ", " Checking ", " Composing "] {
        assert!(
            !run.stderr.contains(verb) && !run.stdout.contains(verb),
            "{run}"
        );
    }
}

#[test]
fn another_link_adds_and_leaves_the_first_as_it_is() {
    let cart = Workspace::initialized_cart();
    let before = cart.tree();
    cart.golem_rpc(&[
        "init",
        "--targets",
        "shopping-cart",
        "--callers",
        "purchase-history",
    ])
    .success();
    let after = cart.tree();
    for file in before
        .files()
        .filter(|file| file.starts_with("purchase-history-stub"))
    {
        assert_eq!(
            after.text(file.as_str()),
            before.text(file.as_str()),
            "{file}"
        );
    }
    assert!(cart.path("shopping-cart-stub/wit/_stub.wit").is_file());
    let makefile = cart.read("Makefile.toml");
    for task in [
        "[tasks.compose-shopping-cart]",
        "[tasks.compose-purchase-history]",
    ] {
        assert!(makefile.contains(task), "no {task} in\n{makefile}");
    }
    cart.make("build").success();
}

#[test]
fn a_changed_target_reaches_its_callers() {
    let cart = Workspace::initialized_cart();
    let wit = "purchase-history/wit/purchase-history.wit";
    cart.replace(
        wit,
        "  get-orders:",
        "  count-orders: func() -> u32;\n\n  get-orders:",
    );
    cart.golem_rpc(&["regenerate"]).success();
    for place in [
        "purchase-history-stub/wit",
        "shopping-cart/wit/deps/shopping_purchase-history-stub",
    ] {
        let stub = cart.read(&format!("{place}/_stub.wit"));
        assert!(
            stub.contains("blocking-count-orders: func() -> u32;"),
            "{stub}"
        );
    }
    let copy = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";
    let copy = cart.read(copy);
    assert!(
        copy.contains("record order") && !copy.contains("func"),
        "{copy}"
    );
}

fn modified(cart: &Workspace, path: &str) -> SystemTime {
    fs::metadata(cart.path(path)).unwrap().modified().unwrap()
}

/// Whatever was deleted, with its entries in manifests or without.
#[test]
fn what_was_deleted_comes_back() {
    let cart = Workspace::cart();
    let user = cart.tree();
    cart.init_cart().success();
    let settled = cart.tree();
    // Without these cargo reads nothing.
    let of_cargo = ["Cargo.toml", "src/lib.rs"].map(|file| format!("purchase-history-stub/{file}"));
    let generated = settled.files().filter(|file| {
        user.text(file.as_str()).is_none() && !of_cargo.iter().any(|other| file == other)
    });
    for file in generated.map(ToString::to_string) {
        fs::remove_file(cart.path(&file)).unwrap();
    }
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_content_as(&settled);
    for dir in ["purchase-history-stub/wit", "shopping-cart/wit/deps"] {
        fs::remove_dir_all(cart.path(dir)).unwrap();
        cart.golem_rpc(&["regenerate"]).success();
        cart.tree().assert_same_content_as(&settled);
    }
    for file in ["Cargo.toml", "shopping-cart/Cargo.toml"] {
        cart.write(file, user.text(file).unwrap());
    }
    cart.init_cart().success();
    cart.tree().assert_same_content_as(&settled);
}

#[test]
fn formatting_the_whole_workspace_changes_nothing_generated() {
    let cart = Workspace::cart();
    cart.write("rustfmt.toml", "max_width = 80\n");
    cart.init_cart().success();
    // cargo-component writes the bindings in the same place.
    for member in ["purchase-history", "purchase-history-stub", "shopping-cart"] {
        cart.write(&format!("{member}/src/bindings.rs"), "");
    }
    let stub = cart.read("purchase-history-stub/src/lib.rs");
    assert!(stub.lines().any(|line| line.len() > 80), "{stub}");
    cart.cargo(&["fmt", "--all"]).success();
    assert_eq!(cart.read("purchase-history-stub/src/lib.rs"), stub);
    cart.golem_rpc(&["regenerate"])
        .success()
        .says("1 stub up to date");
}

#[test]
fn line_endings_of_version_control_change_nothing_generated() {
    let cart = Workspace::cart();
    let user = cart.tree();
    cart.init_cart().success();
    let generated: Vec<_> = (cart.tree().files())
        .filter(|file| user.text(file.as_str()).is_none())
        .map(ToString::to_string)
        .collect();
    for file in &generated {
        cart.write(file, cart.read(file).replace('\n', "\r\n"));
    }
    let checked_out = cart.tree();
    cart.golem_rpc(&["regenerate"])
        .success()
        .says("1 stub up to date");
    cart.golem_rpc(&["check"]).success();
    cart.tree().assert_same_as(&checked_out);
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&user);
}
