//! Generated code is what rustfmt would make of it, if it were let.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_stub::{GolemRpc, RpcErrors};
use golem_rpc_stub_rust::{CrateOptions, generate};

use crate::corpus;

const KEEPS_AWAY: &str = "#![cfg_attr(rustfmt, rustfmt::skip)]\n";

/// Runs `rustfmt --check` on files of this name and content.
fn check(sources: Vec<(String, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap();
    let paths: Vec<Utf8PathBuf> = sources
        .into_iter()
        .map(|(name, text)| {
            let path = dir.join(name).with_extension("rs");
            assert!(text.contains(KEEPS_AWAY), "{path} is not kept from rustfmt");
            fs::write(&path, text.replace(KEEPS_AWAY, "")).unwrap();
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
    let mut sources = Vec::new();
    for world in corpus::worlds() {
        for golem_rpc in [GolemRpc::V0_1_0, GolemRpc::V0_2_0, GolemRpc::V0_2_2] {
            for rpc_errors in RpcErrors::ALL {
                let options = corpus::options(golem_rpc, rpc_errors);
                // what the bindings cannot take has no crate
                if let Ok(files) = corpus::crate_with(&world, &options) {
                    let text = files.text("src/lib.rs").unwrap().to_string();
                    sources.push((format!("{world}{}", corpus::suffix(&options)), text));
                }
            }
        }
    }
    check(sources);
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
  resource z{x} {{
    constructor(a{x}: r{x});
    m{x}: func(a: borrow<z{x}>) -> z{x};
    n{x}: static func(a{x}: borrow<z{x}>, b: o{x}) -> u8;
    o: static func(b{x}: u8);
  }}
  record o{x} {{ x{x}: borrow<z{x}>, y: list<borrow<z{x}>> }}
}}
world w {{ export i{x}; }}
"
    )
}

#[test]
fn names_of_any_length_are_formatted() {
    let mut sources = Vec::new();
    for n in 0..=100 {
        for options in [
            corpus::options(GolemRpc::V0_1_0, RpcErrors::Panic),
            corpus::options(GolemRpc::V0_2_0, RpcErrors::Result),
        ] {
            let stub = corpus::stub_of_text_with(&world_of_length(n), &options);
            let files = generate(&stub, &CrateOptions::new("c")).unwrap();
            let text = files.text("src/lib.rs").unwrap().to_string();
            sources.push((format!("length_{n}{}", corpus::suffix(&options)), text));
        }
    }
    check(sources);
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
