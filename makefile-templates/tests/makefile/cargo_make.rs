//! The rendered tasks and the plugin under the real cargo-make, with a recording `cargo-golem-rpc`.

use crate::support::{CART, SHOP, Scratch, text};

#[test]
fn the_tasks_are_listed_under_their_category() {
    let scratch = Scratch::new(&SHOP, "");
    let output = scratch.make(&["--makefile", "Makefile.toml", "--list-all-steps"]);
    assert!(output.status.success(), "{}", text(&output));
    let listed = text(&output);
    let ours = listed
        .split("Golem RPC\n----------\n")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next())
        .unwrap();
    let names: Vec<&str> = ours
        .lines()
        .filter_map(|line| line.split(" - ").next())
        .collect();
    assert_eq!(
        names,
        [
            "add-stub-dependency-mail-cart",
            "add-stub-dependency-mail-pay",
            "add-stub-dependency-pay-cart",
            "add-stub-dependency-stock-cart",
            "build",
            "build-flow",
            "build-release",
            "clean",
            "compose-cart",
            "compose-pay",
            "compose-release-cart",
            "compose-release-pay",
            "generate-mail-stub",
            "generate-pay-stub",
            "generate-stock-stub",
            "post-build",
            "post-build-release",
            "regenerate-stubs",
            "release-build-flow",
            "test",
        ]
    );
    assert!(ours.contains("[aliases: default]"), "{ours}");
}

#[test]
fn a_flow_is_one_command() {
    let scratch = Scratch::new(&CART, "");
    scratch.record_program("bin/cargo-component");
    for task in ["build-flow", "release-build-flow"] {
        let output = scratch.make(&[task]);
        assert!(output.status.success(), "{}", text(&output));
    }
    assert_eq!(
        calls(&scratch),
        [
            "[golem-rpc] [build-workspace]",
            "[golem-rpc] [build-workspace] [--release]",
        ]
    );
}

#[test]
fn an_installed_cargo_component_is_only_asked_for_its_version() {
    let scratch = Scratch::new(&CART, "");
    scratch.record_program("bin/cargo-component");
    let output = scratch.make(&["build"]);
    assert!(output.status.success(), "{}", text(&output));
    let asked = "cargo-component backtrace=0 [--version]";
    assert_eq!(scratch.record()[0], asked);
    assert!(!text(&output).contains("\"install\""), "{}", text(&output));
}

#[test]
fn a_missing_cargo_component_is_installed_in_the_pinned_version() {
    // offline and with an empty home, so that the attempt fails at once
    let own = "[env]\nCARGO_NET_OFFLINE = \"true\"\n";
    let scratch = Scratch::new(&CART, own);
    let output = scratch.make(&["build"]);
    let install = r#""cargo" "install" "--locked" "--version" "0.21.1" "cargo-component""#;
    assert!(text(&output).contains(install), "{}", text(&output));
    assert!(!output.status.success());
    assert!(scratch.record().is_empty(), "{:?}", scratch.record());
}

#[test]
fn the_small_tasks_name_their_packages() {
    let scratch = Scratch::new(&SHOP, "");
    for task in [
        "generate-pay-stub",
        "add-stub-dependency-stock-cart",
        "compose-pay",
        "compose-release-cart",
        "post-build",
    ] {
        let output = scratch.make(&[task]);
        assert!(output.status.success(), "{}", text(&output));
    }
    assert_eq!(
        calls(&scratch),
        [
            "[golem-rpc] [regenerate] [--target] [pay]",
            "[golem-rpc] [regenerate] [--target] [stock] [--caller] [cart]",
            "[golem-rpc] [compose] [--caller] [pay]",
            "[golem-rpc] [compose] [--release] [--caller] [cart]",
            "[golem-rpc] [compose] [--caller] [cart] [--caller] [pay]",
        ]
    );
}

#[test]
fn a_failure_stops_the_flow_and_ends_with_our_hint() {
    // a caller of that name makes the recorder fail
    let flow = golem_rpc_makefile_templates::Flow {
        targets: &["fail"],
        ..CART
    };
    let scratch = Scratch::new(
        &flow,
        "[tasks.flow]\ndependencies = [\"build\", \"post-build\"]\n",
    );
    scratch.record_program("bin/cargo-component");
    let output = scratch.make(&["flow"]);
    assert!(!output.status.success(), "{}", text(&output));
    let made: Vec<String> = calls(&scratch);
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].starts_with("[golem-rpc] [build-members]"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let after_ours = stderr.split("hint: the last line of ours\n").nth(1);
    assert_eq!(
        after_ours,
        Some("Error while executing command, exit code: 3\n")
    );
}

#[test]
fn a_missing_binary_is_named_with_how_to_install_it() {
    let scratch = Scratch::without_binary(&CART, OWN_TASKS);
    for task in ["build-flow", "build", "post-build-release", "order"] {
        let output = scratch.make(&[task]);
        assert!(!output.status.success(), "{task}: {}", text(&output));
        let hint = "cargo install --locked --path <checkout of cargo-golem-rpc>/cargo-golem-rpc";
        assert!(text(&output).contains(hint), "{task}: {}", text(&output));
        assert!(!text(&output).contains("Execute Command"), "{task}");
    }
}

#[test]
fn a_binary_that_only_cargo_finds_is_not_missing() {
    let scratch = Scratch::without_binary(&CART, "");
    scratch.record_program(".cargo/bin/cargo-golem-rpc");
    let output = scratch.make(&["regenerate-stubs"]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(calls(&scratch), ["[golem-rpc] [regenerate]"]);
}

#[test]
fn the_plugin_hands_arguments_over_as_they_are() {
    let scratch = Scratch::new(&CART, OWN_TASKS);
    for task in ["order", "bare", "settings"] {
        let output = scratch.make(&[task]);
        assert!(output.status.success(), "{}", text(&output));
    }
    assert_eq!(
        calls(&scratch),
        [
            r#"[golem-rpc] [invoke] [cart/user 1] [add-item({product-id: "p1", name: "It's a Mug"})] [] [7] [100%]"#,
            "[golem-rpc]",
            "[golem-rpc] [--env] [K=from the task]",
        ]
    );
}

#[test]
fn a_failing_plugin_task_stops_the_flow() {
    let scratch = Scratch::new(&CART, OWN_TASKS);
    let output = scratch.make(&["stopped"]);
    assert!(!output.status.success(), "{}", text(&output));
    assert_eq!(calls(&scratch), ["[golem-rpc] [fail]"]);
    assert!(!text(&output).contains("Build Done"), "{}", text(&output));
}

#[test]
fn a_workspace_whose_own_tasks_go_to_members_still_runs_ours_once() {
    // a user's file has no `default_to_workspace = false`
    let scratch = Scratch::new(&CART, "");
    scratch.edit_makefile(|text| text.replace("default_to_workspace = false\n", ""));
    let output = scratch.make(&["regenerate-stubs"]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(calls(&scratch), ["[golem-rpc] [regenerate]"]);
}

#[test]
fn arguments_that_cargo_make_cannot_hand_to_a_plugin_stop_the_flow() {
    // what the comment above the plugin says
    let scratch = Scratch::new(&CART, OWN_TASKS);
    for task in ["backslash", "line-break", "bare-dollar"] {
        let output = scratch.make(&[task]);
        assert!(!output.status.success(), "{task}: {}", text(&output));
    }
    assert_eq!(scratch.record(), [""; 0]);
    let output = scratch.make(&["spelled-out"]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(scratch.record().len(), 1);
    assert!(scratch.record()[0].ends_with(r"[golem-rpc] [C:\x] [$y]"));
}

/// What `cargo golem-rpc` was called with, each time without a backtrace in its environment.
fn calls(scratch: &Scratch) -> Vec<String> {
    let record = scratch.record();
    let ours = record
        .iter()
        .filter(|line| !line.starts_with("cargo-component"));
    ours.map(|line| {
        let call = line.strip_prefix("cargo-golem-rpc backtrace=0 ");
        call.unwrap_or_else(|| panic!("{line}")).to_owned()
    })
    .collect()
}

const OWN_TASKS: &str = r#"
[tasks.order]
plugin = "golem-rpc"
args = ["invoke", "cart/user 1", "add-item({product-id: \"p1\", name: \"It's a Mug\"})", "", "7", "100%"]

[tasks.bare]
plugin = "golem-rpc"

[tasks.settings]
plugin = "golem-rpc"
workspace = false
env = { K = "from the task" }
args = ["--env", "K=${K}"]

[tasks.backslash]
plugin = "golem-rpc"
args = ["C:\\x"]

[tasks.line-break]
plugin = "golem-rpc"
args = ["x\ny"]

[tasks.bare-dollar]
plugin = "golem-rpc"
args = ["$y"]

[tasks.spelled-out]
install_crate = false
command = "cargo"
args = ["golem-rpc", "C:\\x", "$y"]

[tasks.failing]
plugin = "golem-rpc"
args = ["fail"]

[tasks.after]
plugin = "golem-rpc"
args = ["after"]

[tasks.stopped]
dependencies = ["failing", "after"]
"#;
