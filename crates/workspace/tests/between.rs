//! What the user writes around what is ours, between two commands, stays what it is when that goes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use support::Scratch;

const WIT: &str = "cart/wit/cart.wit";
const OURS: &str = "\n  import shop:a-stub/stub-a; // golem-rpc";

/// `a`, `b`, `cart`.
fn workspace() -> Scratch {
    let members = ["a", "b", "cart"];
    let root = format!("[workspace]\nresolver = \"2\"\nmembers = {members:?}\n");
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", root);
    for name in members {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component.target]\npath = \"wit\"\n"
        );
        let wit = format!(
            "package shop:{name};\n\ninterface api {{\n  go: func();\n}}\n\nworld {name} {{\n  export api;\n}}\n"
        );
        scratch.write(&format!("{name}/Cargo.toml"), manifest);
        scratch.write(&format!("{name}/wit/{name}.wit"), wit);
    }
    scratch.complete();
    scratch
}

fn edit(scratch: &Scratch, file: &str, from: &str, to: &str) -> String {
    let text = scratch.read(file);
    assert_eq!(text.matches(from).count(), 1, "{text}");
    let text = text.replace(from, to);
    scratch.write(file, &text);
    text
}

#[test]
fn what_stands_in_front_of_our_import_is_not_the_next_item_s() {
    for lead in [
        "@unstable(feature = x)",
        "/// Ours.",
        "/// Ours.\n  @unstable(feature = x)",
    ] {
        let scratch = workspace();
        let before = scratch.read(WIT);
        scratch.import("a", "cart");
        let gated = format!("\n  {lead}{OURS}");
        edit(&scratch, WIT, OURS, &gated);
        scratch.import("b", "cart");
        let both = "\n  import shop:a-stub/stub-a; // golem-rpc\n  import shop:b-stub/stub-b; // golem-rpc\n  export api;\n";
        let text = scratch.read(WIT);
        assert!(text.contains(both), "{text}");
        scratch.apply(&scratch.unlink_all().unwrap());
        assert_eq!(scratch.read(WIT), before);
    }
}

#[test]
fn a_comment_behind_our_tag_goes_with_it_and_one_in_its_place_takes_the_import_over() {
    let scratch = workspace();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    edit(&scratch, WIT, OURS, &format!("{OURS}: why"));
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), before);

    scratch.import("a", "cart");
    let theirs = "\n  import shop:a-stub/stub-a; // why";
    let text = edit(&scratch, WIT, OURS, theirs);
    scratch.import("b", "cart");
    assert!(scratch.read(WIT).contains(theirs), "{text}");
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), text);
}

#[test]
fn files_that_an_editor_saved_with_other_line_endings() {
    let scratch = workspace();
    let files = [WIT, "cart/Cargo.toml", "Cargo.toml"];
    let before = files.map(|file| scratch.read(file));
    scratch.import("a", "cart");
    for file in files {
        scratch.write(file, scratch.read(file).replace('\n', "\r\n"));
    }
    scratch.import("b", "cart");
    scratch.apply(&scratch.unlink_all().unwrap());
    for (file, before) in files.iter().zip(before) {
        assert_eq!(scratch.read(file), before.replace('\n', "\r\n"), "{file}");
    }
}

#[test]
fn comments_around_a_section_of_ours_keep_their_lines() {
    for newline in ["\n", "\r\n"] {
        let profile = format!("[profile.release] # golem-rpc{newline}");
        for last in ["# the end\n", ""] {
            let scratch = workspace();
            let root = scratch.read("Cargo.toml").replace('\n', newline);
            scratch.write("Cargo.toml", &root);
            scratch.import("a", "cart");
            edit(
                &scratch,
                "Cargo.toml",
                &profile,
                &format!("# small please{newline}{profile}"),
            );
            scratch.write("Cargo.toml", scratch.read("Cargo.toml") + last);
            scratch.apply(&scratch.unlink_all().unwrap());
            let text = scratch.read("Cargo.toml");
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            let wanted = format!("{root}# small please\n{last}");
            assert_eq!(lines, wanted.lines().collect::<Vec<_>>());
            assert!(text.ends_with('\n'), "{text}");
        }
    }
}

#[test]
fn a_comment_behind_a_link_goes_with_it() {
    let scratch = workspace();
    let before = scratch.read("Cargo.toml");
    scratch.import("a", "cart");
    let link = "cart = [\"a\"]";
    edit(&scratch, "Cargo.toml", link, &format!("{link} # x"));
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read("Cargo.toml"), before);

    // One on a line of its own keeps the header that it is about.
    scratch.import("a", "cart");
    let links = "[workspace.metadata.golem-rpc.links]\n";
    let noted = format!("{links}# Who calls whom.\n");
    edit(&scratch, "Cargo.toml", links, &noted);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read("Cargo.toml"), format!("{before}\n{noted}"));
}
