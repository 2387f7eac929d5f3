//! Imports that we put in are ours wherever they stand later, and go with their link.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use support::{Scratch, changed};

const WIT: &str = "cart/wit/cart.wit";
const MANIFEST: &str = "cart/Cargo.toml";
const OF_A: &str = "import shop:a-stub/stub-a;";
const OF_B: &str = "import shop:b-stub/stub-b;";

/// `a`, `b` and `cart`, which has the worlds `cart` and `desk`, and chooses the first.
fn workspace() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"a\", \"b\", \"cart\"]\n",
    );
    for name in ["a", "b", "cart"] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component.target]\npath = \"wit\"\nworld = \"{name}\"\n"
        );
        let wit = format!(
            "package shop:{name};\n\ninterface api {{\n  go: func();\n}}\n\nworld {name} {{\n  export api;\n}}\n"
        );
        scratch.write(&format!("{name}/Cargo.toml"), manifest);
        scratch.write(&format!("{name}/wit/{name}.wit"), wit);
    }
    scratch.write(
        WIT,
        scratch.read(WIT) + "\nworld desk {\n  export api;\n}\n",
    );
    scratch.complete();
    scratch
}

/// Brings everything up to date; then once more, which changes nothing.
fn regenerate(scratch: &Scratch) {
    scratch.apply(&scratch.regenerate(&["a"], &["cart"]).unwrap());
    let again = scratch.regenerate(&["a"], &["cart"]).unwrap();
    assert_eq!(changed(&again, &scratch.root), Vec::<String>::new());
}

#[test]
fn another_world_is_chosen() {
    let scratch = workspace();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    let manifest = scratch.read(MANIFEST);
    let chosen = manifest.replace("world = \"cart\"", "world = \"desk\"");
    assert_ne!(manifest, chosen);
    scratch.write(MANIFEST, chosen);
    regenerate(&scratch);
    scratch.import("a", "cart");
    assert_eq!(scratch.read(WIT).matches(OF_A).count(), 2);
    regenerate(&scratch);
    assert_eq!(scratch.read(WIT).matches(OF_A).count(), 2);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), before);
}

#[test]
fn the_same_line_of_the_user_s_in_another_world_stays() {
    let scratch = workspace();
    scratch.import("a", "cart");
    let mine = format!("world desk {{\n  {OF_A}\n");
    scratch.write(WIT, scratch.read(WIT).replace("world desk {\n", &mine));
    regenerate(&scratch);
    scratch.apply(&scratch.unlink_all().unwrap());
    let text = scratch.read(WIT);
    assert_eq!(text.matches(OF_A).count(), 1, "{text}");
    assert!(text.contains(&mine), "{text}");
}

#[test]
fn its_world_gets_another_name() {
    let scratch = workspace();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    let renamed = |text: &str| text.replace("world cart {", "world till {");
    scratch.write(WIT, renamed(&scratch.read(WIT)));
    let manifest = scratch.read(MANIFEST);
    scratch.write(
        MANIFEST,
        manifest.replace("world = \"cart\"", "world = \"till\""),
    );
    regenerate(&scratch);
    assert!(scratch.read(WIT).contains(OF_A));
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), renamed(&before));
}

#[test]
fn its_file_gets_another_name() {
    for (now, dir) in [("cart/wit/main.wit", "wit"), ("cart/api/cart.wit", "api")] {
        for comment in ["", "// edited\n"] {
            let scratch = workspace();
            let before = scratch.read(WIT);
            scratch.import("a", "cart");
            scratch.write(now, format!("{comment}{}", scratch.read(WIT)));
            scratch.remove(WIT);
            let path = |dir: &str| format!("path = \"{dir}\"\n");
            let manifest = scratch.read(MANIFEST).replace(&path("wit"), &path(dir));
            scratch.write(MANIFEST, manifest);
            let kept = scratch.read(now);
            regenerate(&scratch);
            assert_eq!(scratch.read(now), kept, "{now}");
            scratch.apply(&scratch.unlink_all().unwrap());
            assert_eq!(scratch.read(now), format!("{comment}{before}"), "{now}");
        }
    }
}

#[test]
fn another_member_has_the_same_wit() {
    let scratch = workspace();
    let (root, manifest) = (scratch.read("Cargo.toml"), scratch.read(MANIFEST));
    scratch.write("Cargo.toml", root.replace("\"cart\"", "\"cart\", \"desk\""));
    let manifest = manifest
        .replace("\"cart\"", "\"desk\"")
        .replace("path = \"wit\"", "path = \"../cart/wit\"");
    scratch.write("desk/Cargo.toml", manifest);
    scratch.complete();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    regenerate(&scratch);
    assert!(scratch.read(WIT).contains(OF_A));
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), before);
}

#[test]
fn one_whose_target_cannot_be_read_stays() {
    let scratch = workspace();
    scratch.import("a", "cart");
    scratch.import("b", "cart");
    let of_b = scratch.read("b/wit/b.wit");
    let missing = "interface api {\n  use no:such/types.{t};\n";
    let broken = of_b.replace("interface api {\n", missing);
    assert_ne!(of_b, broken);
    scratch.write("b/wit/b.wit", broken);
    let text = scratch.read(WIT);
    scratch.apply(&scratch.regenerate(&["a"], &["cart"]).unwrap());
    assert_eq!(scratch.read(WIT), text);
    assert!(text.contains(OF_B), "{text}");
    scratch.write("b/wit/b.wit", of_b);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert!(!scratch.read(WIT).contains(OF_B));
}

/// Adds a member with the WIT root `path`, as its manifest says it, and the world `world`.
fn add(scratch: &Scratch, name: &str, path: &str, world: &str) {
    let root = scratch.read("Cargo.toml");
    let manifest = scratch.read(MANIFEST);
    let members = root.replace("\"cart\"", &format!("\"cart\", \"{name}\""));
    scratch.write("Cargo.toml", members);
    let manifest = manifest
        .replace("name = \"cart\"", &format!("name = \"{name}\""))
        .replace("world = \"cart\"", &format!("world = \"{world}\""))
        .replace("path = \"wit\"", &format!("path = \"{path}\""));
    scratch.write(&format!("{name}/Cargo.toml"), manifest);
    scratch.complete();
}

#[test]
fn a_line_of_another_member_is_not_ours_whatever_its_file_is_called() {
    let scratch = workspace();
    add(&scratch, "app", "wit", "cart");
    let of_app = "app/wit/cart.wit";
    scratch.write(of_app, scratch.read(WIT).replace("shop:cart", "shop:app"));
    scratch.init_twice(&["a"], &["app"]);
    scratch.import("a", "cart");
    let mine = scratch.read(WIT).replace("shop:cart", "shop:app");
    let mine = mine.replace(" // golem-rpc", "");
    scratch.write(of_app, &mine);
    scratch.rename(WIT, "cart/wit/main.wit");
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(of_app), mine);
    assert!(!scratch.read("cart/wit/main.wit").contains(OF_A));
}

#[test]
fn a_root_that_one_member_names_as_a_directory_and_another_as_a_file() {
    let scratch = workspace();
    add(&scratch, "app", "../cart/wit/cart.wit", "cart");
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    let linked = scratch.read(WIT);
    regenerate(&scratch);
    assert_eq!(scratch.read(WIT), linked);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), before);
}

#[test]
fn a_file_gets_another_name_that_is_not_in_the_caller_s_directory() {
    let scratch = workspace();
    add(&scratch, "app", "../cart/wit", "cart");
    let before = scratch.read(WIT);
    scratch.import("a", "app");
    scratch.rename(WIT, "cart/wit/main.wit");
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read("cart/wit/main.wit"), before);
}

#[test]
fn its_world_moves_to_another_file() {
    let scratch = workspace();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    let text = scratch.read(WIT);
    let (rest, world) = text.split_at(text.find("world cart").unwrap());
    scratch.write(WIT, rest);
    scratch.write("cart/wit/worlds.wit", world);
    regenerate(&scratch);
    scratch.apply(&scratch.unlink_all().unwrap());
    let both = scratch.read(WIT) + &scratch.read("cart/wit/worlds.wit");
    assert_eq!(both, before);
}

#[test]
fn two_worlds_get_other_names_and_their_file_is_cut_in_two() {
    let scratch = workspace();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    let chosen = scratch
        .read(MANIFEST)
        .replace("world = \"cart\"", "world = \"desk\"");
    scratch.write(MANIFEST, &chosen);
    scratch.import("a", "cart");
    let renamed = |text: &str| {
        text.replace("world cart {", "world one {")
            .replace("world desk {", "world two {")
    };
    let text = renamed(&scratch.read(WIT));
    let (one, two) = text.split_at(text.find("world two").unwrap());
    scratch.write("cart/wit/one.wit", one);
    scratch.write("cart/wit/two.wit", two);
    scratch.remove(WIT);
    let chosen = chosen.replace("world = \"desk\"", "world = \"two\"");
    scratch.write(MANIFEST, chosen);
    regenerate(&scratch);
    assert!(scratch.read("cart/wit/one.wit").contains(OF_A));
    scratch.apply(&scratch.unlink_all().unwrap());
    let both = scratch.read("cart/wit/one.wit") + &scratch.read("cart/wit/two.wit");
    assert_eq!(both, renamed(&before));
}

#[test]
fn a_namespace_that_is_a_word_of_wit() {
    let scratch = workspace();
    let of_a = scratch.read("a/wit/a.wit");
    let package = of_a.replace("package shop:a", "package %interface:a");
    scratch.write("a/wit/a.wit", package);
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    let text = scratch.read(WIT);
    assert!(text.contains("import %interface:a-stub/stub-a;"), "{text}");
    regenerate(&scratch);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(WIT), before);
}

#[test]
fn its_directory_gets_another_name() {
    let scratch = workspace();
    let before = scratch.read(WIT);
    scratch.import("a", "cart");
    scratch.rename("cart", "shop");
    let root = scratch.read("Cargo.toml").replace("\"cart\"", "\"shop\"");
    scratch.write("Cargo.toml", root);
    regenerate(&scratch);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read("shop/wit/cart.wit"), before);
}

#[test]
fn nothing_of_the_root_package_is_taken_for_a_member_s_that_is_gone() {
    let scratch = workspace();
    let root = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component.target]\npath = \"wit\"\nworld = \"cart\"\n\n";
    scratch.write("Cargo.toml", root.to_string() + &scratch.read("Cargo.toml"));
    scratch.write(
        "wit/shop.wit",
        scratch.read(WIT).replace("shop:cart", "shop:shop"),
    );
    scratch.complete();
    scratch.init_twice(&["a"], &["shop"]);
    scratch.import("a", "cart");
    let mine = scratch.read(WIT).replace("shop:cart", "shop:shop");
    let mine = mine.replace(" // golem-rpc", "");
    scratch.write("wit/shop.wit", &mine);
    scratch.remove("cart");
    let without = scratch.read("Cargo.toml").replace(", \"cart\"]", "]");
    let links = without.replace("cart = [\"a\"]\n", "");
    scratch.write("Cargo.toml", links);
    scratch.apply(&scratch.regenerate(&["a"], &["shop"]).unwrap());
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read("wit/shop.wit"), mine);
}

/// `a` and `b` at 1.0.0, imported by `cart`.
fn versioned() -> Scratch {
    let scratch = workspace();
    for name in ["a", "b"] {
        let file = format!("{name}/wit/{name}.wit");
        let text = scratch.read(&file);
        let package = format!("package shop:{name};");
        let text = text.replace(&package, &package.replace(';', "@1.0.0;"));
        scratch.write(&file, text);
        scratch.import(name, "cart");
    }
    scratch
}

#[test]
fn one_of_a_stub_that_is_not_made_anew_stays_as_it_is() {
    let scratch = versioned();
    let text = scratch.read(WIT);
    let of_b = scratch.read("b/wit/b.wit").replace("1.0.0", "2.0.0");
    scratch.write("b/wit/b.wit", of_b);
    scratch.apply(&scratch.regenerate(&["a"], &["cart"]).unwrap());
    assert_eq!(scratch.read(WIT), text);
    scratch.apply(&scratch.regenerate(&["a", "b"], &["cart"]).unwrap());
    let now = text.replace("stub-b@1.0.0", "stub-b@2.0.0");
    assert_eq!(scratch.read(WIT), now);
}

#[test]
fn a_target_gets_another_name() {
    for (old, new) in [("world b {", "world better {"), ("shop:b@", "shop:better@")] {
        let scratch = versioned();
        let of_b = scratch.read("b/wit/b.wit").replace(old, new);
        scratch.write("b/wit/b.wit", of_b);
        let manifest = scratch.read("b/Cargo.toml");
        let world = "world = \"better\"";
        if old.starts_with("world") {
            scratch.write("b/Cargo.toml", manifest.replace("world = \"b\"", world));
        }
        scratch.apply(&scratch.regenerate(&["a", "b"], &["cart"]).unwrap());
        let text = scratch.read(WIT);
        let now = if old.starts_with("world") {
            "import shop:b-stub/stub-better@1.0.0;"
        } else {
            "import shop:better-stub/stub-b@1.0.0;"
        };
        assert!(text.contains(now), "{text}");
        assert_eq!(text.matches("import ").count(), 2, "{text}");
    }
}

#[test]
fn wit_that_does_not_parse_is_an_error_and_no_more() {
    let scratch = workspace();
    scratch.import("a", "cart");
    let broken = scratch
        .read(WIT)
        .replace("export api;", "export x: func());");
    scratch.write(WIT, broken);
    assert!(scratch.regenerate(&["a"], &["cart"]).is_err());
}

/// Makes the package `shop:b` the package `shop:better`.
fn rename_b(scratch: &Scratch) {
    let of_b = scratch.read("b/wit/b.wit");
    scratch.write("b/wit/b.wit", of_b.replace("shop:b@", "shop:better@"));
}

#[test]
fn a_target_gets_another_name_and_its_callers_learn_of_it_one_by_one() {
    let scratch = versioned();
    add(&scratch, "app", "wit", "cart");
    let of_app = scratch.read(WIT).replace("shop:cart", "shop:app");
    let without: Vec<&str> = of_app.lines().filter(|l| !l.contains("-stub/")).collect();
    scratch.write("app/wit/cart.wit", without.join("\n"));
    scratch.import("b", "app");
    rename_b(&scratch);
    scratch.apply(&scratch.regenerate(&["b"], &["app"]).unwrap());
    // The stub is made, and this caller gets it although it was not asked for.
    scratch.apply(&scratch.regenerate(&["a"], &["cart"]).unwrap());
    for file in [WIT, "app/wit/cart.wit"] {
        let text = scratch.read(file);
        assert!(
            text.contains("import shop:better-stub/stub-b@1.0.0;"),
            "{text}"
        );
    }
    let all = scratch.regenerate(&["a", "b"], &["app", "cart"]).unwrap();
    assert_eq!(changed(&all, &scratch.root), Vec::<String>::new());
}

#[test]
fn a_target_takes_over_another_one_s_name() {
    let scratch = versioned();
    let (of_a, of_b) = (scratch.read("a/wit/a.wit"), scratch.read("b/wit/b.wit"));
    scratch.write("a/wit/a.wit", of_a.replace("shop:a@", "shop:b@"));
    scratch.write("b/wit/b.wit", of_b.replace("shop:b@", "shop:c@"));
    scratch.apply(&scratch.regenerate(&["a", "b"], &["cart"]).unwrap());
    let text = scratch.read(WIT);
    for id in ["shop:b-stub/stub-a@1.0.0", "shop:c-stub/stub-b@1.0.0"] {
        assert!(text.contains(&format!("import {id};")), "{text}");
    }
    assert_eq!(text.matches("import ").count(), 2, "{text}");
}

#[test]
fn what_the_user_wrote_of_a_renamed_target_is_the_user_s() {
    let scratch = versioned();
    rename_b(&scratch);
    let mine = "  import shop:better-stub/stub-b@1.0.0; // mine\n  export api;";
    scratch.write(WIT, scratch.read(WIT).replacen("  export api;", mine, 1));
    scratch.apply(&scratch.regenerate(&["a", "b"], &["cart"]).unwrap());
    scratch.apply(&scratch.unlink_all().unwrap());
    let text = scratch.read(WIT);
    assert!(text.contains(mine), "{text}");
    assert_eq!(text.matches("import ").count(), 1, "{text}");
}

#[test]
fn its_wit_gets_another_directory_and_takes_the_copies_with_it() {
    let scratch = workspace();
    scratch.import("a", "cart");
    scratch.rename("cart/wit", "cart/api");
    let manifest = scratch.read(MANIFEST).replace("wit", "api");
    scratch.write(MANIFEST, manifest);
    regenerate(&scratch);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert!(!scratch.read("cart/api/cart.wit").contains(OF_A));
    assert!(!scratch.root.join("cart/api/deps/io/poll.wit").exists());
}

/// Gives a crate another name, and the links with it.
fn rename_crate(scratch: &Scratch, dir: &str, old: &str, new: &str) {
    let file = format!("{dir}/Cargo.toml");
    let name = |name: &str| format!("\nname = \"{name}\"\n");
    let manifest = scratch.read(&file).replace(&name(old), &name(new));
    scratch.write(&file, manifest);
}

#[test]
fn a_crate_and_its_package_get_another_name() {
    let scratch = versioned();
    rename_b(&scratch);
    rename_crate(&scratch, "b", "b", "better");
    let root = scratch.read("Cargo.toml");
    let links = root.replace("cart = [\"a\", \"b\"]", "cart = [\"a\", \"better\"]");
    assert_ne!(root, links);
    scratch.write("Cargo.toml", links);
    let all = ["a", "better"];
    scratch.apply(&scratch.regenerate(&all, &["cart"]).unwrap());
    let text = scratch.read(WIT);
    assert!(
        text.contains("import shop:better-stub/stub-b@1.0.0;"),
        "{text}"
    );
    let again = scratch.regenerate(&all, &["cart"]).unwrap();
    assert_eq!(changed(&again, &scratch.root), Vec::<String>::new());
}

#[test]
fn a_crate_takes_over_another_one_s_name() {
    let scratch = versioned();
    let text = scratch.read(WIT);
    rename_crate(&scratch, "a", "a", "c");
    rename_crate(&scratch, "b", "b", "a");
    let root = scratch.read("Cargo.toml");
    let links = root.replace("cart = [\"a\", \"b\"]", "cart = [\"a\", \"c\"]");
    // The stub crates have names of before: an error says that they are to be removed.
    let links = links
        .replace(", \"a-stub\"", "")
        .replace(", \"b-stub\"", "");
    scratch.write("Cargo.toml", links);
    scratch.remove("a-stub");
    scratch.remove("b-stub");
    scratch.apply(&scratch.regenerate(&["a", "c"], &["cart"]).unwrap());
    assert_eq!(scratch.read(WIT), text);
}

#[test]
fn copies_of_the_user_s_stay_the_user_s_when_something_else_is_gone() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["cart"]);
    let manifest = scratch.read(MANIFEST).replace(" # golem-rpc", "");
    let copies = scratch.snapshot();
    let copies: Vec<(String, String)> = copies
        .under(&scratch.root.join("cart/wit/deps"))
        .map(|(path, content)| {
            let name = path.strip_prefix(&scratch.root).unwrap();
            let text = std::str::from_utf8(content).unwrap();
            let (_, text) = text.split_once('\n').unwrap();
            (name.to_string(), text.to_string())
        })
        .collect();
    scratch.apply(&scratch.unlink_all().unwrap());
    // The same, but written by the user.
    copies
        .iter()
        .for_each(|(name, text)| scratch.write(name, text));
    scratch.write(MANIFEST, &manifest);
    scratch.import("a", "cart");
    scratch.remove("Makefile.toml");
    regenerate(&scratch);
    scratch.apply(&scratch.unlink_all().unwrap());
    assert_eq!(scratch.read(MANIFEST), manifest);
    for (name, text) in copies {
        assert_eq!(scratch.read(&name), text);
    }
}
