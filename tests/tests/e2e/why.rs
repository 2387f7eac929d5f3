//! `why`: which member has a WIT package, and what for.

use golem_rpc_messages::{Message, Origin, Why};
use golem_rpc_tests::Workspace;

#[test]
fn a_copy_comes_from_a_stub() {
    let cart = Workspace::initialized_cart();
    let before = cart.tree();
    let run = cart.golem_rpc(&["why", "golem:rpc"]).success();
    let expected = "golem:rpc@0.1.0\n    shopping-cart: shopping-cart/wit/deps/wasm-rpc\n        \
                    copied from the stub of purchase-history\n";
    assert_eq!(run.stdout, expected, "{run}");
    cart.tree().assert_same_as(&before);
    for package in [
        "shopping:purchase-history-stub",
        "shopping:purchase-history",
        "wasi:io@0.2.0",
    ] {
        let [found] = &why(&cart, package)[..] else {
            panic!("one version of {package}");
        };
        let [
            Origin {
                member,
                brought: false,
                targets,
                ..
            },
        ] = &found.origins[..]
        else {
            panic!("one copy of {package}: {found:?}");
        };
        assert_eq!(
            (member.as_str(), &targets[..]),
            ("shopping-cart", &["purchase-history".to_string()][..])
        );
    }
}

/// What cannot be read tells nothing, least of all that nothing is used.
#[test]
fn a_stub_that_cannot_be_looked_at_is_named() {
    let cart = Workspace::initialized_cart();
    let wit = "purchase-history/wit/purchase-history.wit";
    let good = cart.read(wit);
    cart.write(wit, format!("{good}\ninterface broken {{\n"));
    let run = cart.golem_rpc(&["why", "golem:rpc"]).success();
    assert!(!run.stdout.contains("nothing uses it"), "{run}");
    let said = "whether that of purchase-history uses it cannot be told now";
    assert!(run.stdout.contains(said), "{run}");
    run.says("the stub of `purchase-history` could not be read: ")
        .says("purchase-history/wit/purchase-history.wit:");
}

/// A package that the member has used for itself, and one that a stub uses as it is.
#[test]
fn what_a_member_brought_itself_is_its_own() {
    let cart = Workspace::cart();
    cart.write(
        "shopping-cart/wit/deps/money/money.wit",
        "package bank:money@1.2.0;\ninterface t {}\n",
    );
    cart.write(
        "purchase-history/wit/deps/money.wit",
        "package bank:money@2.0.0;\ninterface t {}\n",
    );
    let poll = "package wasi:io@0.2.0;\ninterface poll {\n  resource pollable {\n    \
                ready: func() -> bool;\n    block: func();\n  }\n  \
                poll: func(in: list<borrow<pollable>>) -> list<u32>;\n}\n";
    cart.write("shopping-cart/wit/deps/io/poll.wit", poll);
    cart.init_cart().success();
    let found = why(&cart, "bank:money");
    let versions: Vec<&str> = found.iter().map(|why| why.package.as_str()).collect();
    assert_eq!(versions, ["bank:money@1.2.0", "bank:money@2.0.0"]);
    assert!(
        found
            .iter()
            .flat_map(|why| &why.origins)
            .all(|o| o.brought && o.targets.is_empty())
    );
    assert_eq!(why(&cart, "bank:money@2.0.0").len(), 1);
    let own = &why(&cart, "wasi:io")[0].origins[0];
    assert_eq!((own.brought, own.targets.len()), (true, 1));
    assert_eq!(own.path, cart.path("shopping-cart/wit/deps/io").as_str());
    let run = cart.golem_rpc(&["why", "wasi:io"]).success();
    let line = "the member brought it itself; used by the stub of purchase-history";
    assert!(run.stdout.contains(line), "{run}");
    assert!(!why(&cart, "golem:rpc")[0].origins[0].brought);
}

#[test]
fn what_several_stubs_use_and_what_none_uses() {
    let cart = Workspace::initialized_cart();
    let args = [
        "init",
        "--targets",
        "shopping-cart",
        "--callers",
        "purchase-history",
    ];
    cart.golem_rpc(&args).success();
    let found = why(&cart, "golem:rpc");
    let members: Vec<&str> = found[0].origins.iter().map(|o| o.member.as_str()).collect();
    assert_eq!(members, ["purchase-history", "shopping-cart"]);
    cart.replace("Cargo.toml", "purchase-history = [\"shopping-cart\"]\n", "");
    let run = cart.golem_rpc(&["why", "golem:template-stub"]).success();
    let line = "copied from a stub; nothing uses it now: `cargo golem-rpc regenerate`";
    assert!(run.stdout.contains(line), "{run}");
}

#[test]
fn what_nobody_has() {
    let cart = Workspace::initialized_cart();
    cart.refuses(
        &["why", "golem:rcp"],
        3,
        &["`golem:rcp`", "nearest names are `golem:rpc`"],
    );
    cart.refuses(
        &["why", "golem:rpc@9.0.0"],
        3,
        &["`golem:rpc@9.0.0`", "`golem:rpc@0.1.0`"],
    );
    cart.refuses(
        &["why", "golem:template"],
        3,
        &["the own package of `shopping-cart`"],
    );
    for text in ["golem", "golem:rpc@", "golem:rpc/types", ":rpc", "wit/deps"] {
        cart.refuses(
            &["why", text],
            2,
            &[&format!("`{text}`"), "golem:rpc@0.1.0"],
        );
    }
    cart.golem_rpc(&["why"]).failure(2, &["<PACKAGE>"]);
    let empty = Workspace::cart();
    empty.refuses(
        &["why", "golem:rpc"],
        3,
        &["`golem:rpc`", "cargo golem-rpc init"],
    );
}

fn why(workspace: &Workspace, package: &str) -> Vec<Why> {
    let run = workspace
        .golem_rpc(&["why", package, "--message-format", "json"])
        .success();
    let found = run
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::Why(why) => Some(why),
            _ => None,
        });
    found.collect()
}
