//! Directories that were moved, copies that somebody else put there, and callers that share one `deps`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use golem_rpc_workspace::{Note, WorkspaceError};
use support::{Scratch, changed};

const COPY: &str = "cart/wit/deps/shop_history/history.wit";

fn manifest(name: &str, wit: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component.target]\npath = \"{wit}\"\n"
    )
}

fn history(ty: &str) -> String {
    format!(
        "package shop:history;\n\ninterface api {{\n  record order {{\n    total: {ty},\n  }}\n\n  add: func(order: order);\n}}\n\nworld history {{\n  export api;\n}}\n"
    )
}

fn plain(name: &str) -> String {
    format!(
        "package shop:{name};\n\ninterface api {{\n  go: func();\n}}\n\nworld {name} {{\n  export api;\n}}\n"
    )
}

/// `history`, whose types travel; `other`, which has none; `cart`, `till`.
fn workspace(cart: &str, till: &str) -> Scratch {
    let members = ["history", "other", "cart", "till"];
    let root = format!("[workspace]\nresolver = \"2\"\nmembers = {members:?}\n");
    Scratch::with(&[
        ("Cargo.toml", &root),
        ("history/Cargo.toml", &manifest("history", "wit")),
        ("history/wit/history.wit", &history("f32")),
        ("other/Cargo.toml", &manifest("other", "wit")),
        ("other/wit/other.wit", &plain("other")),
        ("cart/Cargo.toml", &manifest("cart", cart)),
        ("cart/wit/cart.wit", &plain("cart")),
        ("till/Cargo.toml", &manifest("till", till)),
        ("till/wit/till.wit", &plain("till")),
    ])
}

fn linked() -> Scratch {
    let scratch = workspace("wit", "wit");
    scratch.init_twice(&["history"], &["cart"]);
    scratch
}

fn regenerate(scratch: &Scratch) -> Vec<String> {
    let planned = scratch.regenerate(&["history"], &["cart"]).unwrap();
    assert_eq!(planned.notes, []);
    scratch.apply(&planned);
    let again = scratch.regenerate(&["history"], &["cart"]).unwrap();
    assert_eq!(changed(&again, &scratch.root), Vec::<String>::new());
    changed(&planned, &scratch.root)
}

#[test]
fn a_caller_s_directory_that_was_moved() {
    let scratch = linked();
    scratch.rename("cart", "shop");
    let root = scratch.read("Cargo.toml").replace("\"cart\"", "\"shop\"");
    scratch.write("Cargo.toml", root);
    scratch.write("history/wit/history.wit", history("f64"));
    regenerate(&scratch);
    let copy = COPY.replace("cart", "shop");
    assert!(scratch.read(&copy).contains("total: f64"));
}

#[test]
fn force_replaces_another_copy_of_the_target_s_package() {
    let scratch = workspace("wit", "wit");
    scratch.write(COPY, history("u8"));
    let error = scratch.init(&["history"], &["cart"], false).unwrap_err();
    assert!(matches!(error, WorkspaceError::Vendor { .. }), "{error}");
    let planned = scratch.init(&["history"], &["cart"], true).unwrap();
    let file = scratch.root.join(COPY);
    assert_eq!(planned.notes, [Note::Overwritten { file }]);
    scratch.apply(&planned);
    assert!(scratch.read(COPY).contains("total: f32"));
    assert!(
        scratch
            .init(&["history"], &["cart"], false)
            .unwrap()
            .plan
            .is_empty()
    );
}

#[test]
fn callers_that_share_their_deps_keep_each_other_s_copies() {
    let scratch = workspace("../wit", "../wit");
    scratch.write("wit/shop.wit", plain("shop"));
    scratch.init_twice(&["history"], &["cart"]);
    scratch.init_twice(&["other"], &["till"]);
    let (cart, till) = (
        scratch.read("cart/Cargo.toml"),
        scratch.read("till/Cargo.toml"),
    );
    assert!(cart.contains("../wit/deps/shop_history-stub") && cart.contains("../wit/deps/io"));
    assert!(till.contains("../wit/deps/shop_other-stub") && till.contains("../wit/deps/io"));
    let copies = [
        "shop_history-stub/_stub.wit",
        "shop_other-stub/_stub.wit",
        "shop_history/history.wit",
    ];
    let are_there = || {
        for copy in copies {
            assert!(scratch.root.join("wit/deps").join(copy).is_file(), "{copy}");
        }
    };
    are_there();
    for caller in ["cart", "till"] {
        let planned = scratch
            .regenerate(&["history", "other"], &[caller])
            .unwrap();
        assert_eq!(changed(&planned, &scratch.root), Vec::<String>::new());
    }
    scratch.write("history/wit/history.wit", plain("history"));
    scratch.apply(&scratch.regenerate(&["history"], &["cart"]).unwrap());
    are_there();
    let planned = scratch.regenerate(&["history"], &["cart", "till"]).unwrap();
    assert_eq!(
        changed(&planned, &scratch.root),
        ["-wit/deps/shop_history/history.wit"]
    );
}
