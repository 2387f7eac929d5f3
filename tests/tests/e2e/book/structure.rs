//! The book as a whole: every page is in the table of contents, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;

use golem_rpc_tests::repository;

use super::markdown::Page;
use super::{PAGES, all_pages, path, read};

#[test]
fn every_page_is_in_the_summary_once() {
    let summary = read("docs/src/SUMMARY.md");
    let links = summary.links().into_iter();
    let mut listed: Vec<String> = links.map(|link| format!("docs/src/{link}")).collect();
    listed.extend(["README.md".into(), "docs/src/SUMMARY.md".into()]);
    listed.sort();
    assert_eq!(listed, all_pages());
}

#[test]
fn every_page_with_commands_has_a_test() {
    let has_commands = |page: &String| {
        let page = read(page);
        let mut infos = page.fences.iter().map(|fence| fence.info.join(" "));
        infos.any(|info| {
            let is_run = info == "sh" || info == "console";
            is_run || info.starts_with("console exit=")
        })
    };
    let pages: BTreeSet<String> = all_pages().into_iter().filter(has_commands).collect();
    let tested: BTreeSet<String> = PAGES.iter().map(|page| page.to_string()).collect();
    assert_eq!(tested, pages);
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = all_pages();
    pages.extend(["CONTRIBUTING.md".into(), "ARCHITECTURE.md".into()]);
    let wrong: Vec<String> = pages.iter().flat_map(|page| dead_links(page)).collect();
    assert!(wrong.is_empty(), "dead links:\n{}", wrong.join("\n"));
}

fn dead_links(name: &str) -> Vec<String> {
    let page = read(name);
    let links = page.links().into_iter();
    let ours = links.filter(|link| !link.starts_with("https://"));
    let dead = ours.filter(|link| !exists(name, &page, link));
    dead.map(|link| format!("{name}: {link}")).collect()
}

/// Pages of the book are read without the rest of the repository, too: they link to each other only.
fn exists(name: &str, page: &Page, link: &str) -> bool {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let is_anchor = |page: &Page| anchor.is_empty() || page.anchors().iter().any(|it| it == anchor);
    if file.is_empty() {
        return is_anchor(page);
    }
    let target = path(name).parent().unwrap().join(file);
    let leaves_the_book = name.starts_with("docs/") && file.contains('/');
    let has_anchor = || match target.extension() {
        Some("md") => is_anchor(&Page::parse(&fs::read_to_string(&target).unwrap())),
        _ => anchor.is_empty(),
    };
    !leaves_the_book && target.exists() && has_anchor()
}

#[test]
fn the_book_is_one_that_mdbook_builds() {
    let text = fs::read_to_string(repository().join("docs/book.toml")).unwrap();
    assert!(text.starts_with("[book]\n"), "{text}");
    assert!(text.contains("\nsrc = \"src\"\n"), "{text}");
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines.len();
    assert!(lines <= 150, "README.md has {lines} lines");
}
