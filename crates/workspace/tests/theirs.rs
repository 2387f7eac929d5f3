//! What the user has in the workspace already stays the user's, even where we would write the same to
//! the byte: it is still there when all links are gone again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use camino::{Utf8Path, Utf8PathBuf};
use support::{Scratch, changed};

const TABLE: &str = "\n[package.metadata.component.target.dependencies]\n";
const HISTORY: &str = "package shop:history;\n\ninterface api {\n  record order {\n    total: f32,\n  }\n\n  add: func(order: order);\n}\n\nworld history {\n  export api;\n}\n";
const CART: &str =
    "package shop:cart;\n\ninterface api {\n  go: func();\n}\n\nworld cart {\n  export api;\n}\n";

fn manifest(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component.target]\npath = \"wit\"\n"
    )
}

/// `history`, whose types travel, and `cart`.
fn workspace() -> Scratch {
    Scratch::with(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"history\", \"cart\"]\n",
        ),
        ("history/Cargo.toml", &manifest("history")),
        ("history/wit/history.wit", HISTORY),
        ("cart/Cargo.toml", &manifest("cart")),
        ("cart/wit/cart.wit", CART),
    ])
}

/// The files that the first `init` writes.
fn written() -> Vec<(Utf8PathBuf, Vec<u8>)> {
    let scratch = workspace();
    let before = scratch.content();
    scratch.init_twice(&["history"], &["cart"]);
    let files = scratch.content().into_iter();
    files
        .filter(|(path, _)| !before.contains_key(path))
        .map(|(path, content)| (path, unsigned(&content)))
        .collect()
}

/// A generated file without the line that says so: it is the user's.
fn unsigned(content: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(content).unwrap();
    text.split_once('\n').unwrap().1.as_bytes().to_vec()
}

/// A workspace in which the user has some of what we would write.
fn with(theirs: impl Fn(&Utf8Path) -> bool, entries: &[(&str, &str)]) -> Scratch {
    let scratch = workspace();
    let mut number = 0;
    for (path, content) in written().iter().filter(|(path, _)| theirs(path)) {
        scratch.write(path.as_str(), content);
        number += 1;
    }
    assert!(number > 0, "there are such files");
    let mut manifest = scratch.read("cart/Cargo.toml");
    if !entries.is_empty() {
        manifest.push_str(TABLE);
    }
    for (key, dir) in entries {
        manifest.push_str(&format!(
            "\"{key}\" = {{ path = \"wit/deps/{dir}\" }} # mine\n"
        ));
    }
    scratch.write("cart/Cargo.toml", manifest);
    scratch
}

/// Links, looks again and again, and unlinks.
fn comes_and_goes(scratch: &Scratch) {
    let before = scratch.content();
    scratch.init_twice(&["history"], &["cart"]);
    let planned = scratch.regenerate(&["history"], &["cart"]).unwrap();
    assert_eq!(changed(&planned, &scratch.root), Vec::<String>::new());
    scratch.apply(&scratch.unlink_all().unwrap());
    let after = scratch.content();
    let names = |content: &std::collections::BTreeMap<Utf8PathBuf, Vec<u8>>| {
        content.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&after), names(&before));
    for (path, content) in &after {
        let [now, was] = [content, &before[path]].map(|text| String::from_utf8_lossy(text));
        assert_eq!(now, was, "{path}");
    }
}

#[test]
fn a_package_below_deps_with_and_without_an_entry() {
    let is_io = |path: &Utf8Path| path.starts_with("cart/wit/deps/io");
    comes_and_goes(&with(is_io, &[]));
    comes_and_goes(&with(is_io, &[("wasi:io", "io")]));
    let is_types = |path: &Utf8Path| path.starts_with("cart/wit/deps/shop_history");
    comes_and_goes(&with(is_types, &[("shop:history", "shop_history")]));
}

#[test]
fn a_copy_of_the_stub_and_all_that_it_needs() {
    let is_stub = |path: &Utf8Path| path.starts_with("cart/wit/deps/shop_history-stub");
    comes_and_goes(&with(is_stub, &[]));
    let entries = [("shop:history-stub", "shop_history-stub")];
    comes_and_goes(&with(is_stub, &entries));
    comes_and_goes(&with(|path| path.starts_with("cart/wit/deps"), &entries));
}

/// The workspace lists the stub directory as a member: it is the user's own crate.
fn listed(scratch: Scratch) -> Scratch {
    let members = "members = [\"history\", \"cart\", \"history-stub\"]";
    let root = scratch.read("Cargo.toml");
    scratch.write(
        "Cargo.toml",
        root.replace("members = [\"history\", \"cart\"]", members),
    );
    scratch
}

#[test]
fn a_stub_directory_and_the_copies_of_it() {
    let in_stub = |path: &Utf8Path| path.starts_with("history-stub");
    comes_and_goes(&listed(with(in_stub, &[])));
    let in_both = |path: &Utf8Path| in_stub(path) || path.starts_with("cart/wit/deps");
    let entries = [
        ("wasi:io", "io"),
        ("shop:history-stub", "shop_history-stub"),
    ];
    comes_and_goes(&listed(with(in_both, &entries)));
    comes_and_goes(&listed(with(in_both, &[])));
}

#[test]
fn the_stub_crate_s_wit_alone() {
    comes_and_goes(&with(|path| path.starts_with("history-stub/wit"), &[]));
}
