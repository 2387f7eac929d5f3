//! Different ways to say the same thing.

use golem_rpc_tests::{Invocation, Workspace};

/// The same target twice, with a slash at its end, from `.`, as an absolute path, separated by
/// commas, spaces and further options.
#[test]
fn a_member_named_in_many_ways_counts_once() {
    let plain = Workspace::initialized_cart();
    let cart = Workspace::cart();
    let absolute = cart.path("purchase-history");
    let targets = [
        "purchase-history",
        "purchase-history/",
        "./purchase-history",
        absolute.as_str(),
    ];
    let callers = [
        "--callers",
        "./shopping-cart,shopping-cart",
        "--callers",
        "shopping-cart/",
    ];
    cart.golem_rpc(&[&["init", "--targets"], &targets[..], &callers[..]].concat())
        .success();
    for file in plain.tree().files() {
        let (expected, actual) = (plain.read(file.as_str()), cart.read(file.as_str()));
        assert_eq!(actual, expected, "{file}");
    }
    assert_eq!(cart.tree().files().count(), plain.tree().files().count());
}

#[test]
fn the_older_name_of_init_works() {
    let cart = Workspace::cart();
    let args = [
        "initialize-workspace",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    cart.golem_rpc(&args).success();
    assert_eq!(
        cart.read("Makefile.toml"),
        Workspace::initialized_cart().read("Makefile.toml")
    );
}

#[test]
fn the_binary_runs_without_cargo_and_from_elsewhere() {
    let cart = Workspace::cart();
    let manifest = cart.path("Cargo.toml");
    let args = [
        "--manifest-path",
        manifest.as_str(),
        "init",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    Invocation::new("cargo-golem-rpc", &args, &cart.outside(""))
        .run()
        .success();
    assert!(cart.path("purchase-history-stub/Cargo.toml").is_file());
}

#[test]
fn json_messages_are_one_object_a_line() {
    let cart = Workspace::cart();
    let args = [
        "init",
        "--message-format",
        "json",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    let run = cart.golem_rpc(&args).success();
    assert!(!run.stdout.is_empty(), "{run}");
    for line in run.stdout.lines() {
        assert!(
            line.starts_with('{') && line.contains("\"reason\":"),
            "{line}"
        );
    }
    let args = [
        "init",
        "--message-format",
        "json",
        "--targets",
        "nobody",
        "--callers",
        "shopping-cart",
    ];
    let run = cart.golem_rpc(&args);
    assert!(
        run.stdout.contains(r#""code":3"#) && run.stdout.contains("nobody"),
        "{run}"
    );
}
