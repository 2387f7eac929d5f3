//! README.md and the book say what is so: commands work, output is true, links lead somewhere.
//!
//! The commands of a page run in order, from a directory that holds `fixtures` as a checkout does;
//! `cd` lasts until the end of the page. What a fence says after its language:
//!
//! | fence | what the test does |
//! |---|---|
//! | `sh` | runs it as a script |
//! | `console` | runs the lines after `$ `; output that follows one is compared |
//! | `console exit=4` | the same, for commands that end with this exit code |
//! | `console not-run` | only compares it with `NOT_RUN` |
//! | `rust src/lib.rs`, any language | writes the block to that file |
//!
//! Other fences are for reading. In output, a line `…` stands for any lines; sizes, durations and
//! timestamps are not compared. `BLESS=1` rewrites output and generated tables.

mod lists;
mod markdown;
mod output;
mod session;
mod structure;

use std::fs;

use camino::Utf8PathBuf;
use golem_rpc_tests::repository;

use markdown::Page;
use session::Session;

/// A test for each page that has commands: each in its own scratch directory.
macro_rules! pages {
    ($($test:ident: $page:literal,)*) => {
        const PAGES: &[&str] = &[$($page),*];
        $(#[test] fn $test() { Session::walk($page); })*
    };
}

pages! {
    readme: "README.md",
    walkthrough: "docs/src/walkthrough.md",
    links: "docs/src/links.md",
    members: "docs/src/members.md",
    building: "docs/src/building.md",
    inspecting: "docs/src/inspecting.md",
    breaking_changes: "docs/src/breaking-changes.md",
    stubs: "docs/src/stubs.md",
    resources: "docs/src/resources.md",
    cycles: "docs/src/cycles.md",
    languages: "docs/src/languages.md",
    runtime: "docs/src/runtime.md",
    json: "docs/src/json.md",
    shells: "docs/src/shells.md",
    migration: "docs/src/migration.md",
    troubleshooting: "docs/src/troubleshooting.md",
}

/// README.md and every page of the book, as paths in the repository.
fn all_pages() -> Vec<String> {
    let docs = repository().join("docs/src");
    let files = fs::read_dir(&docs).unwrap().map(|entry| entry.unwrap());
    let names = files.map(|file| file.file_name().into_string().unwrap());
    let pages = names.filter(|name| name.ends_with(".md"));
    let mut pages: Vec<String> = pages.map(|name| format!("docs/src/{name}")).collect();
    pages.push("README.md".into());
    pages.sort();
    pages
}

fn path(page: &str) -> Utf8PathBuf {
    repository().join(page)
}

fn read(page: &str) -> Page {
    Page::parse(&fs::read_to_string(path(page)).unwrap())
}
