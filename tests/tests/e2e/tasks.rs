//! Tasks of the user's own beside ours, and cargo's flags.

use golem_rpc_tests::Workspace;

#[test]
fn a_task_of_the_users_calls_the_plugin() {
    let cart = Workspace::initialized_cart();
    let tasks = r#"
[tasks.refresh]
plugin = "golem-rpc"
args = ["regenerate", "--target", "purchase-history"]

[tasks.wrong]
plugin = "golem-rpc"
args = ["regenerate", "--target", "warehouse"]

[tasks.flow]
dependencies = ["refresh", "wrong", "after"]

[tasks.after]
command = "echo"
args = ["should not be reached"]
"#;
    cart.write("Makefile.toml", cart.read("Makefile.toml") + tasks);
    cart.make("refresh").success().says("1 stub up to date");
    let run = cart.make("flow");
    assert_ne!(run.code, 0, "{run}");
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(
        said.contains("no member of the workspace is called `warehouse`"),
        "{run}"
    );
    assert!(!said.contains("should not be reached\n"), "{run}");
    assert!(!said.contains("stack backtrace"), "{run}");

    let before = cart.tree();
    cart.init_cart().success();
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_as(&before);
}

#[test]
fn a_step_of_the_users_is_a_part_of_the_flow() {
    let cart = Workspace::cart();
    let own = "[tasks.build]\nclear = true\nworkspace = false\nscript = [\"cargo component build\", \"touch mine\"]\n";
    cart.write("Makefile.toml", own);
    let run = cart.init_cart().success();
    assert!(run.stderr.contains("`build`"), "{run}");
    cart.make("build-flow").success();
    assert!(cart.path("mine").exists());
    let composed = "target/wasm32-wasip1/debug/shopping_cart_composed.wasm";
    assert!(cart.path(composed).exists());
    cart.golem_rpc(&["unlink", "--all"]).success();
    assert_eq!(cart.read("Makefile.toml"), own);
}

#[test]
fn flags_for_cargo_are_handed_on() {
    let cart = Workspace::initialized_cart();
    let frozen = cart.golem_rpc(&["build-members", "--locked"]);
    assert_ne!(
        frozen.code, 0,
        "there is no lock file that could be kept: {frozen}"
    );
    cart.golem_rpc(&["build-members"]).success();
    for flag in ["--offline", "--locked", "--frozen"] {
        cart.golem_rpc(&["build-members", flag]).success();
        cart.golem_rpc(&["regenerate", flag]).success();
    }
}

#[test]
fn clean_removes_what_was_built() {
    let cart = Workspace::initialized_cart();
    cart.make("build").success();
    cart.make("clean").success();
    assert!(!cart.path("target").exists());
    cart.make("build-flow").success();
}

#[test]
fn tasks_in_another_format_are_ours_still() {
    let cart = Workspace::cart();
    let user = cart.tree();
    cart.init_cart().success();
    let mut formatted = cart.read("Makefile.toml");
    // No other: what a script says is no format.
    for key in ["description", "category", "clear", "dependencies", "args"] {
        formatted = formatted.replace(&format!("\n{key} = "), &format!("\n{key}="));
    }
    cart.write("Makefile.toml", &formatted);
    let run = cart.init_cart().success();
    run.does_not_say("edited by hand")
        .does_not_say("stays as it is");
    cart.golem_rpc(&["check"]).success();
    assert_eq!(cart.read("Makefile.toml"), formatted);
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&user);
}

#[test]
fn a_block_that_was_edited_stays_unless_forced() {
    let cart = Workspace::cart();
    let user = cart.tree();
    cart.init_cart().success();
    cart.replace(
        "Makefile.toml",
        "[\"golem-rpc\", \"regenerate\"]",
        "[\"mine\"]",
    );
    cart.golem_rpc(&["unlink", "--all"])
        .success()
        .says("`Makefile.toml` is no longer needed, but was edited by hand and stays");
    assert!(cart.read("Makefile.toml").contains("mine"));
    cart.golem_rpc(&["unlink", "--all", "--force"]).success();
    cart.tree().assert_same_content_as(&user);
}
