//! No crate of ours has a circle among its modules.
//!
//! A module is a file with its inline modules. It depends on a module that its `use` lines or the paths in its
//! code and macros lead to, where a re-export counts as the module that defines the item. `mod` and `pub use`
//! lines are no dependencies, and neither is what only tests compile.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test of the sources, which reads them"
)]

mod circle;
mod modules;

use std::fs;
use std::path::{Path, PathBuf};

use modules::Modules;

#[test]
fn no_crate_has_a_circle_among_its_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut wrong = Vec::new();
    for dir in crates(&root) {
        let name = dir.strip_prefix(&root).unwrap().display().to_string();
        let found = circle::find(&Modules::read(&dir.join("src")).edges());
        wrong.extend(found.map(|circle| format!("{name}: {circle}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All directories of crates, fixtures aside.
fn crates(root: &Path) -> Vec<PathBuf> {
    let own = [
        "cargo-golem-rpc",
        "makefile-templates",
        "tests",
        "tests/trace",
    ];
    let mut dirs: Vec<PathBuf> = own.iter().map(|dir| root.join(dir)).collect();
    let entries = fs::read_dir(root.join("crates")).unwrap();
    dirs.extend(entries.map(|entry| entry.unwrap().path()));
    dirs.retain(|dir| dir.join("src").is_dir());
    dirs.sort();
    assert!(dirs.len() > 10, "where are the crates? {dirs:?}");
    dirs
}

/// The circle in a crate of these files.
fn circle_in(files: &[(&str, &str)]) -> Option<String> {
    circle::find(&Modules::parse(files.iter().copied()).edges()).map(|circle| circle.to_string())
}

#[test]
fn a_circle_is_found_and_shown_with_its_edges() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; pub use b::B; use c::c;"),
        ("a.rs", "use crate::B; pub struct A(B);"),
        ("b.rs", "use crate::c; pub struct B;"),
        ("c.rs", "pub fn c() { super::a::f() }"),
    ];
    let shown = circle_in(&files).unwrap();
    assert_eq!(
        shown,
        "a -> b (crate::B), b -> c (crate::c), c -> a (super::a::f)"
    );
}

#[test]
fn what_only_tests_compile_and_what_a_parent_declares_is_no_dependency() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A;"),
        (
            "a.rs",
            "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }",
        ),
        (
            "b/mod.rs",
            "mod inner; use crate::A; pub use inner::I; mod here { fn f(_: super::A) {} }",
        ),
        ("b/inner.rs", "use crate::a::A; pub struct I(A);"),
    ];
    assert_eq!(circle_in(&files), None);
}

#[test]
fn paths_in_macros_and_of_nested_modules_count() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "fn f() { println!(\"{}\", crate::b::inner::C) }"),
        ("b.rs", "mod inner { use super::super::a; }"),
    ];
    assert_eq!(
        circle_in(&files).unwrap(),
        "a -> b (crate::b::inner::C), b -> a (super::super::a)"
    );
}
