//! cargo is asked what is to be compiled, and what has other bytes then is composed again.

use golem_rpc_messages::{Cause, Message};
use golem_rpc_tests::{Invocation, Run, Workspace};

const COMPOSE: [&str; 3] = ["compose", "--caller", "shopping-cart"];

#[track_caller]
fn build(cart: &Workspace, args: &[&str]) -> Run {
    cart.golem_rpc(&[&["build-workspace"], args].concat())
        .success()
}

/// Compiles these members and no others, and then has nothing to do.
#[track_caller]
fn compiles(cart: &Workspace, args: &[&str], members: &[&str]) {
    let run = build(cart, args);
    for member in ["purchase-history", "purchase-history-stub", "shopping-cart"] {
        let is_compiled = run.stderr.contains(&format!(" Compiling {member} v"));
        assert_eq!(is_compiled, members.contains(&member), "{member}: {run}");
    }
    build(cart, args).does_not_say(" Compiling ");
}

#[test]
fn what_decides_about_a_build_counts() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    // a script that names a directory, and one that names nothing
    let names = "fn main() {\n    println!(\"cargo:rerun-if-changed=../templates\");\n}\n";
    cart.write("purchase-history/build.rs", names);
    cart.write("templates/a.html", "one");
    let reads = "fn main() {\n    let text = std::fs::read_to_string(\"greeting.txt\").unwrap();\n    println!(\"cargo:rustc-env=GREETING={text}\");\n}\n";
    cart.write("shopping-cart/build.rs", reads);
    cart.write("shopping-cart/greeting.txt", "hello");
    let all = ["purchase-history", "purchase-history-stub", "shopping-cart"];
    compiles(&cart, &[], &all);
    cart.write("templates/b.html", "two");
    compiles(&cart, &[], &["purchase-history"]);
    cart.write("shopping-cart/greeting.txt", "hi");
    compiles(&cart, &[], &["shopping-cart"]);
    compiles(&cart, &["-p", "purchase-history"], &[]);

    let config = ".cargo/config.toml";
    cart.write(config, "[build]\nrustflags = [\"-Copt-level=1\"]\n");
    cart.golem_rpc(&COMPOSE)
        .success()
        .says(" Compiling shopping-cart ");
    std::fs::remove_file(cart.path(config)).unwrap();
    // what code asks the environment for while it is compiled
    cart.replace(
        "shopping-cart/build.rs",
        "fn main() {",
        "fn main() {\n    println!(\"cargo:rerun-if-env-changed=SHOP\");",
    );
    build(&cart, &[]);
    let command = cart.command("cargo", &["golem-rpc", "build-workspace"]);
    let run = command.env("SHOP", "mugs").run().success();
    run.says(" Compiling shopping-cart ")
        .does_not_say(" Compiling purchase-history");
}

/// What is composed, from a stub that nothing calls yet to a link that is gone.
#[test]
fn what_was_composed_is_known() {
    let cart = Workspace::cart();
    let link = |target, caller| {
        let args = ["init", "--targets", target, "--callers", caller];
        let args = [&args[..], &["--stub-backend", "component"]].concat();
        cart.golem_rpc(&args).success();
    };
    link("purchase-history", "shopping-cart");
    let (wit, world) = (
        "shopping-cart/wit/shopping-cart.wit",
        "world shopping-cart {",
    );
    let import = "import shopping:purchase-history-stub/stub-purchase-history;";
    let imports = format!("{world}\n  {import}");
    cart.replace(wit, world, &imports);
    for _ in ["first", "again"] {
        build(&cart, &[])
            .says("imports the stub of `purchase-history`, and no code calls it yet")
            .does_not_say("to use it");
    }
    let json = [&COMPOSE[..], &["--message-format", "json"]].concat();
    let messages = cart.golem_rpc(&json).success().messages();
    let is_not_called = |message: &Message| matches!(message, Message::Diagnostic(said) if matches!(&said.cause, Cause::NotCalled { target, .. } if target == "purchase-history"));
    assert!(messages.iter().any(is_not_called), "{messages:?}");
    let composed = "target/wasm32-wasip1/debug/shopping_cart_composed.wasm";
    let dry = cart.golem_rpc(&["clean", "--dry-run"]).success();
    assert!(dry.stdout.contains(composed), "{dry}");

    let file = cart.path(composed);
    let wasm = std::fs::read(&file).unwrap();
    status_says(&cart, "composed, with no stub");
    cart.write(composed, &wasm[..wasm.len() / 2]);
    status_says(&cart, "was changed after it was composed");
    std::fs::remove_file(&file).unwrap();
    status_says(&cart, "it is missing");
    build(&cart, &[]);
    assert_eq!(std::fs::read(&file).unwrap(), wasm);

    cart.replace(wit, &imports, world);
    cart.golem_rpc(&["unlink", "shopping-cart", "purchase-history"])
        .success();
    link("shopping-cart", "purchase-history");
    status_says(&cart, "nothing is composed here any more");
    build(&cart, &[]).says(composed);
    assert!(!file.exists());
    let run = cart.golem_rpc(&["status"]).success();
    assert!(!run.stdout.contains(composed), "{run}");
}

#[track_caller]
fn status_says(cart: &Workspace, text: &str) {
    let run = cart.golem_rpc(&["status"]).success();
    assert!(run.stdout.contains(text), "no `{text}` in {run}");
}

/// cargo takes it from where the user is, and we run cargo in the root.
#[test]
fn a_relative_target_directory_is_one() {
    let cart = Workspace::initialized_cart();
    let dry = |dir: &str| {
        let args = ["golem-rpc", "build-workspace", "--dry-run"];
        let command = Invocation::new("cargo", &args, &cart.path("shopping-cart"));
        command.env("CARGO_TARGET_DIR", dir).run().success()
    };
    let target = cart.path("shopping-cart/out");
    let run = dry("out");
    let command = format!("CARGO_TARGET_DIR={target} cargo component build");
    assert!(run.stdout.contains(&command), "{run}");
    let run = dry(target.as_str());
    assert!(!run.stdout.contains("CARGO_TARGET_DIR"), "{run}");
}

/// Where cargo's configuration has it, below a profile of the user's.
#[test]
fn what_was_built_is_found_in_another_target_directory() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    let manifest = cart.read("Cargo.toml") + "\n[profile.small]\ninherits = \"release\"\n";
    cart.write("Cargo.toml", manifest);
    cart.write(".cargo/config.toml", "[build]\ntarget-dir = \"out\"\n");
    build(&cart, &["--profile", "small"]);
    let composed = cart.path("out/wasm32-wasip1/small/shopping_cart_composed.wasm");
    std::fs::remove_file(&composed).unwrap();
    let args = [&COMPOSE[..], &["--no-build", "--profile", "small"]].concat();
    cart.golem_rpc(&args).success();
    assert!(composed.exists() && !cart.path("target").exists());
    let dev = [&COMPOSE[..], &["--no-build"]].concat();
    cart.refuses(&dev, 1, &["`shopping-cart` has not been built"]);
}
