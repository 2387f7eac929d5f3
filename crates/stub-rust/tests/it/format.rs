//! Generated code is what rustfmt would make of it.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_stub_rust::{CrateOptions, generate};

use crate::corpus;

/// Runs `rustfmt --check` on files of this name and content.
fn check(sources: Vec<(String, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap();
    let paths: Vec<Utf8PathBuf> = sources
        .into_iter()
        .map(|(name, text)| {
            let path = dir.join(name).with_extension("rs");
            fs::write(&path, text).unwrap();
            path
        })
        .collect();
    let output = Command::new("rustfmt")
        .args(["--check", "--edition", "2021"])
        .args(&paths)
        .output()
        .expect("rustfmt is installed");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

#[test]
fn every_crate_is_formatted() {
    let sources = corpus::worlds().into_iter().map(|world| {
        let text = corpus::stub_crate(&world)
            .text("src/lib.rs")
            .unwrap()
            .to_string();
        (world, text)
    });
    check(sources.collect());
}

/// One world with names of `n` letters everywhere.
fn world_of_length(n: usize) -> String {
    let x = "x".repeat(n);
    format!(
        "package a:b;
interface i{x} {{
  record r{x} {{ f{x}: u8, g: string }}
  record s{x} {{ f{x}: r{x} }}
  variant v{x} {{ a{x}(r{x}), b{x} }}
  enum e{x} {{ c{x}, d }}
  flags l{x} {{ m{x}, n }}
  f{x}: func(p{x}: r{x}, q: v{x}) -> result<e{x}, list<l{x}>>;
  g: func(p{x}: tuple<r{x}, u8>, q: option<s{x}>) -> v{x};
  h{x}: func(p: u8);
  k: func() -> tuple<e{x}, l{x}, r{x}>;
}}
world w {{ export i{x}; }}
"
    )
}

#[test]
fn names_of_any_length_are_formatted() {
    let sources = (0..=100).map(|n| {
        let stub = corpus::stub_of_text(&world_of_length(n));
        let files = generate(&stub, &CrateOptions::new("c")).unwrap();
        let text = files.text("src/lib.rs").unwrap().to_string();
        (format!("length_{n}"), text)
    });
    check(sources.collect());
}

#[test]
fn only_lines_that_cannot_be_shorter_are_kept_from_rustfmt() {
    let skips = |world: &str| {
        let files = corpus::stub_crate(world);
        let text = files.text("src/lib.rs").unwrap();
        text.matches("#[rustfmt::skip]").count()
    };
    assert_eq!(skips("zoo"), 1, "the bindings alone");
    assert!(skips("long-names") > 1);
}
