//! A workspace right after `init` and as git clones it: what everybody runs on the host works before any
//! component was built.

use golem_rpc_tests::Workspace;

use super::breaking::git;

/// Two components and a library, with the ignore file of people who do not commit bindings.
fn meters() -> Workspace {
    let meters = Workspace::of_fixture("real/bindings-are-ignored");
    meters.write(".gitignore", "target/\nsrc/bindings.rs\n");
    meters.add_wit_bindgen();
    git(&meters, &["init", "--quiet"]);
    meters
}

/// All that people and their editors run without a thought of wasm, with every warning an error.
#[track_caller]
fn works_on_the_host(workspace: &Workspace) {
    for args in [
        &["check", "--workspace", "--all-targets"][..],
        &["clippy", "--workspace", "--all-targets"],
        &["test", "--workspace"],
        &["build", "--workspace"],
        &["doc", "--workspace", "--no-deps"],
    ] {
        let cargo = workspace.command("cargo", args);
        let cargo = cargo.env("RUSTFLAGS", "-D warnings -D unused-crate-dependencies");
        let run = cargo.env("RUSTDOCFLAGS", "-D warnings").run().success();
        run.does_not_say("warning");
    }
}

/// What is committed, cloned to another place, with nothing built in it.
fn clone(workspace: &Workspace) -> Workspace {
    git(workspace, &["add", "--all"]);
    git(workspace, &["commit", "--quiet", "--message", "linked"]);
    let clone = Workspace::empty("clone");
    git(
        &clone,
        &["clone", "--quiet", workspace.root().as_str(), "."],
    );
    clone
}

/// The components of cargo-component keep their own bindings in git; the stub's are ignored.
#[test]
fn a_stub_crate_needs_no_bindings_beside_members_that_do() {
    let cart = Workspace::initialized_cart();
    cart.write(
        ".gitignore",
        "target/\n/purchase-history-stub/src/bindings.rs\n",
    );
    cart.golem_rpc(&["build-workspace"]).success();
    git(&cart, &["init", "--quiet"]);
    let clone = clone(&cart);
    assert!(clone.path("shopping-cart/src/bindings.rs").exists());
    assert!(!clone.path("purchase-history-stub/src/bindings.rs").exists());
    for command in ["check", "test", "doc"] {
        clone.cargo(&[command, "--workspace"]).success();
    }
    // what cargo-component writes beside the crate's own files is nobody's edit
    clone.cargo(&["component", "build"]).success();
    clone.golem_rpc(&["check"]).success();
    git(&clone, &["diff", "--exit-code"]);
}

/// The panel reads meters, and nothing is built yet.
fn linked() -> Workspace {
    let meters = meters();
    let link = ["init", "--targets", "meter", "--callers", "panel"];
    let link = [&link[..], &["--import"]].concat();
    meters.golem_rpc(&link).success();
    meters
}

#[test]
fn the_host_side_works_before_anything_was_built() {
    let meters = linked();
    works_on_the_host(&meters);
    let clone = clone(&meters);
    clone.add_wit_bindgen();
    works_on_the_host(&clone);
    clone.golem_rpc(&["check"]).success();
    assert!(!clone.path("meter-stub/src/bindings.rs").exists());
}

#[test]
fn the_host_side_works_beside_bindings_of_another_day() {
    let meters = linked();
    meters.golem_rpc(&["build-workspace"]).success();
    let calls = ["invoke", "panel/p", "read(\"m\")", "meter/m", "count()"];
    assert_eq!(meters.golem_rpc(&calls).success().stdout, "1\n1\n");
    works_on_the_host(&meters);
    meters.replace("meter/wit/meter.wit", "count:", "reset: func();\n  count:");
    meters.golem_rpc(&["regenerate"]).success();
    works_on_the_host(&meters);
}
