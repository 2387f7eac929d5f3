//! `build-workspace`: all of `build-flow`, and nothing twice.

use std::fs;

use golem_rpc_tests::{Run, Tree, Workspace, script, which};

use super::plain::orders_are_taken;

#[test]
fn it_builds_what_has_changed() {
    let shop = Workspace::shop();
    let dry = shop.golem_rpc(&["build-workspace", "--dry-run"]).success();
    for command in [
        "cargo component build",
        "cargo build --target wasm32-wasip2",
    ] {
        assert!(dry.stdout.contains(command), "{dry}");
    }
    assert!(!shop.path("target/golem-rpc").exists(), "{dry}");
    build(&shop, &[]).does_not_say("warning");
    orders_are_taken(&shop);
    a_second_time_nothing_runs(&shop);
    one_member_is_compiled(&shop);
    what_a_member_includes_counts(&shop);
    settings_of_the_build_count(&shop);
    a_part_can_be_built(&shop);
    orders_are_taken(&shop);
}

#[track_caller]
fn build(shop: &Workspace, args: &[&str]) -> Run {
    shop.golem_rpc(&[&["build-workspace"], args].concat())
        .success()
}

/// All that was built, without what cargo has beside it.
fn wasm(shop: &Workspace) -> Vec<Tree> {
    let dirs = [
        "golem-rpc/debug",
        "wasm32-wasip1/debug",
        "wasm32-wasip2/debug",
    ];
    let dirs = dirs.map(|dir| shop.path("target").join(dir));
    dirs.iter().map(|dir| Tree::read(dir)).collect()
}

#[track_caller]
fn a_second_time_nothing_runs(shop: &Workspace) {
    // a cargo that writes down what it is asked for
    let (bin, log) = (shop.outside("bin"), shop.outside("log"));
    let cargo = bin.join("logging-cargo");
    script(
        &cargo,
        &format!("echo \"$@\" >> '{log}'\nexec '{}' \"$@\"", which("cargo")),
    );
    let before = (shop.tree(), wasm(shop));
    let command = shop.command("cargo-golem-rpc", &["build-workspace"]);
    let run = command.env("CARGO", cargo.as_str()).run().success();
    let asked = fs::read_to_string(&log).unwrap();
    let asked: Vec<&str> = asked
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    // the root, the members, and the three ways of building
    let expected = ["locate-project", "metadata", "component", "build", "build"];
    assert_eq!(asked[..5], expected, "{run}");
    for fresh in ["orders_composed.wasm", "stock_composed.wasm"] {
        assert!(run.stderr.contains(fresh), "{run}");
    }
    assert_eq!(run.stderr.matches("Fresh").count(), 2, "{run}");
    let run = run.does_not_say(" Compiling ");
    shop.tree().assert_same_as(&before.0);
    // cargo-component writes the same bytes again
    for (now, before) in wasm(shop).iter().zip(&before.1) {
        now.assert_same_content_as(before);
    }
    let dry = build(shop, &["--dry-run"]);
    assert!(
        dry.stdout.lines().all(|line| line.starts_with("$ cargo ")),
        "{run}{dry}"
    );
}

#[track_caller]
fn one_member_is_compiled(shop: &Workspace) {
    let code = shop.read("orders/src/lib.rs");
    shop.write(
        "orders/src/lib.rs",
        format!("{code}\n#[used]\nstatic NEW: u8 = 1;\n"),
    );
    let before = wasm(shop);
    let run = build(shop, &[]);
    run.says(" Compiling orders ")
        .says("Composing target/wasm32-wasip2/debug/orders.wasm")
        .does_not_say(" Compiling stock")
        .does_not_say(" Compiling prices")
        .says("Fresh target/wasm32-wasip1/debug/stock_composed.wasm");
    wasm(shop)[1].assert_same_content_as(&before[1]);
}

/// A file that is in no directory of sources, and of which only the compiler knows.
#[track_caller]
fn what_a_member_includes_counts(shop: &Workspace) {
    shop.write("orders/motto.txt", "one");
    let code = shop.read("orders/src/lib.rs");
    let include = "pub static MOTTO: &str = include_str!(\"../motto.txt\");";
    shop.write("orders/src/lib.rs", format!("{code}{include}\n"));
    build(shop, &[]).says(" Compiling orders ");
    build(shop, &[]).does_not_say(" Compiling ");
    shop.write("orders/motto.txt", "two");
    build(shop, &[]).says(" Compiling orders ");
    build(shop, &[]).does_not_say(" Compiling ");
}

#[track_caller]
fn settings_of_the_build_count(shop: &Workspace) {
    let manifest = shop.read("Cargo.toml");
    let profile = "[profile.dev.package.stock]\nopt-level = 1\n";
    shop.write("Cargo.toml", format!("{manifest}\n{profile}"));
    build(shop, &[])
        .says(" Compiling stock ")
        .does_not_say(" Compiling orders")
        .does_not_say(" Compiling prices");
    build(shop, &[]).does_not_say(" Compiling ");
}

#[track_caller]
fn a_part_can_be_built(shop: &Workspace) {
    for file in ["orders/src/lib.rs", "prices/src/lib.rs"] {
        let code = shop.read(file);
        shop.write(file, format!("{code}\n// changed\n"));
    }
    build(shop, &["-p", "prices"])
        .says(" Compiling prices ")
        .does_not_say("orders")
        .does_not_say("stock");
    build(shop, &["-p", "stock"]).does_not_say(" Compiling ");
    build(shop, &["-p", "orders"]).says(" Compiling orders ");
    build(shop, &[]).does_not_say(" Compiling ");
}

#[test]
fn what_cannot_be_built() {
    let cart = Workspace::cart();
    cart.refuses(
        &["build-workspace"],
        3,
        &["links no caller", "golem-rpc init"],
    );
    cart.init_cart().success();
    let args = ["build-workspace", "-p", "shoping-cart"];
    cart.refuses(
        &args,
        3,
        &["`shoping-cart`", "did you mean `shopping-cart`"],
    );
    let args = ["build-workspace", "-p", "purchase-history-stub"];
    cart.refuses(&args, 3, &["`purchase-history-stub`", "links"]);
    cart.replace("shopping-cart/src/lib.rs", "struct Component;", "struct");
    let run = cart.golem_rpc(&["build-workspace"]);
    let run = run.refusal(1, &["cargo component build", "cargo reports above"]);
    assert!(!cart.path("target/golem-rpc").exists(), "{run}");
}

/// A cargo-component that interrupts the build.
#[test]
fn ctrl_c_while_members_are_built() {
    let cart = Workspace::initialized_cart();
    let bin = cart.outside("bin");
    let body = "[ \"$2\" = build ] || exit 0\nkill -INT $PPID\nsleep 1\nexit 130";
    script(&bin.join("cargo-component"), body);
    let before = cart.tree();
    let command = cart.command("cargo-golem-rpc", &["build-workspace"]);
    let run = command.path_first(&bin).run();
    run.failure(130, &["interrupted"]);
    cart.tree().assert_same_as(&before);
}
