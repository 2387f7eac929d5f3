//! Makefile.toml that extends other files: their tasks are the user's, as those of the file itself are.
#![allow(
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]

mod support;

use std::collections::BTreeSet;

use support::Scratch;

const MEMBER: &str = "version = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component]\n";
const BUILD: &str =
    "# ours at work\n[tasks.build]\ncommand = \"make\"\n\n[tasks.lint]\ncommand = \"x\"\n";

/// Two members, and a Makefile.toml that begins so.
fn mill(makefile: &str) -> Scratch {
    let member = |name: &str| format!("[package]\nname = \"{name}\"\n{MEMBER}");
    let wit = |name: &str, what: &str| format!("package mill:{name};\nworld {name} {{ {what} }}\n");
    Scratch::with(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"wheel\", \"stone\"]\nresolver = \"2\"\n",
        ),
        ("Makefile.toml", makefile),
        ("wheel/Cargo.toml", &member("wheel")),
        ("wheel/wit/w.wit", &wit("wheel", "export turn: func();")),
        ("stone/Cargo.toml", &member("stone")),
        ("stone/wit/s.wit", &wit("stone", "export grind: func();")),
    ])
}

fn has(mill: &Scratch, task: &str) -> bool {
    mill.read("Makefile.toml")
        .contains(&format!("[tasks.{task}]\n"))
}

/// Links, and looks at whether our `build` stayed away; everything comes out again.
#[track_caller]
fn stays_away(makefile: &str, files: &[(&str, &str)]) {
    let mill = mill(makefile);
    files.iter().for_each(|(file, text)| mill.write(file, text));
    let before = mill.content();
    let planned = mill.init_twice(&["wheel"], &["stone"]);
    assert!(
        !has(&mill, "build") && has(&mill, "build-release"),
        "{makefile}"
    );
    let (file, line) = files
        .iter()
        .find_map(|(file, text)| {
            let line = text.lines().position(|line| line == "[tasks.build]")?;
            Some((mill.root.join(file), line + 1))
        })
        .unwrap();
    let note = format!(
        "the task `build` ({file}, line {line}) is yours and stays as it is; `--force` replaces it"
    );
    let notes: Vec<String> = planned.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, [note]);
    mill.apply(&mill.unlink_all().unwrap());
    assert_eq!(mill.content(), before);
}

#[test]
fn every_way_to_extend() {
    for extend in [
        "extend = \"make/common.toml\"\n",
        "extend = { path = \"./make/common.toml\", optional = true }\n",
        "extend = { path = \"make/common.toml\", relative = \"git\" }\n",
        "extend = { path = \"make/common.toml\", relative = \"workspace\" }\n",
        "extend = [{ path = \"no.toml\", optional = true }, { path = \"make/common.toml\" }]\n",
        "[[extend]]\npath = \"make/common.toml\"\n",
        "[extend]\npath = \"make/../make/common.toml\"\n\n[tasks.mine]\ncommand = \"x\"\n",
    ] {
        stays_away(extend, &[("make/common.toml", BUILD)]);
    }
}

#[test]
fn files_that_extend_others() {
    let one = "extend = \"../two.toml\"\n";
    stays_away(
        "extend = \"make/one.toml\"\n",
        &[("make/one.toml", one), ("two.toml", BUILD)],
    );
    // a circle is cargo-make's to complain about
    let back = format!("extend = \"make/one.toml\"\n\n{BUILD}");
    stays_away(
        "extend = \"make/one.toml\"\n",
        &[("make/one.toml", one), ("two.toml", &back)],
    );
    let crate_root = "extend = { path = \"two.toml\", relative = \"crate\" }\n";
    stays_away(
        "extend = \"wheel/make/one.toml\"\n",
        &[
            ("wheel/make/one.toml", crate_root),
            ("wheel/two.toml", BUILD),
        ],
    );
}

#[test]
fn what_is_not_there_or_no_toml_is_nothing() {
    for (extend, common) in [
        ("extend = \"no.toml\"\n", BUILD),
        ("extend = \"make/common.toml\"\n", "[tasks"),
        ("extend = 3\n", BUILD),
        ("", BUILD),
    ] {
        let mill = mill(extend);
        mill.write("make/common.toml", common);
        let planned = mill.init_twice(&["wheel"], &["stone"]);
        assert!(planned.notes.is_empty() && has(&mill, "build"), "{extend}");
    }
}

#[test]
fn ours_hides_theirs_where_that_is_forced() {
    let mill = mill("extend = \"make/common.toml\"\n");
    mill.write("make/common.toml", BUILD);
    let planned = mill.init(&["wheel"], &["stone"], true).unwrap();
    let note = format!(
        "our task `build` in Makefile.toml hides the one in {}, line 2; remove ours to use that",
        mill.root.join("make/common.toml")
    );
    assert_eq!(
        planned
            .notes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [note]
    );
    mill.apply(&planned);
    assert!(has(&mill, "build"));
    // it stays, until the user takes it out
    let again = mill.init(&["wheel"], &["stone"], false).unwrap();
    assert!(again.plan.is_empty() && again.notes.is_empty());
    mill.init_twice(&["wheel", "stone"], &["stone"]);
    assert!(has(&mill, "build"));
    let text = mill.read("Makefile.toml");
    let (before, rest) = text.split_once("[tasks.build]\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    mill.write("Makefile.toml", format!("{before}{after}"));
    mill.init_twice(&["wheel", "stone"], &["stone"]);
    assert!(!has(&mill, "build"));
}

#[test]
fn what_is_to_be_read() {
    let mill =
        mill("extend = [{ path = \"a.toml\", relative = \"git\" }, { path = \"b.toml\" }]\n");
    let places = mill
        .workspace()
        .unwrap()
        .extended_makefiles(&mill.snapshot());
    let mut wanted: BTreeSet<_> = mill
        .root
        .ancestors()
        .map(|dir| dir.join("a.toml"))
        .collect();
    wanted.insert(mill.root.join("b.toml"));
    assert_eq!(places, wanted);
}
