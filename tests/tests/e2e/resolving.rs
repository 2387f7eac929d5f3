//! Members' WIT resolves with what is planned for it, or the plan is refused.

use std::fs;

use golem_rpc_tests::Workspace;

/// A desk that cargo alone builds, and a gauge and a clock that it may call.
fn office() -> Workspace {
    let office = Workspace::empty("office");
    let members = "[workspace]\nresolver = \"2\"\nmembers = [\"desk\", \"gauge\", \"clock\"]\n";
    office.write("Cargo.toml", members);
    for member in ["desk", "gauge", "clock"] {
        office.write(
            &format!("{member}/Cargo.toml"),
            format!(
                "[package]\nname = \"{member}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n\
                 [lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\nwit-bindgen = \"0.63\"\n"
            ),
        );
        let code = "mod bindings {\n    wit_bindgen::generate!({ generate_all });\n}\n";
        office.write(&format!("{member}/src/lib.rs"), code);
    }
    office.write("desk/wit/desk.wit", DESK);
    office.write("gauge/wit/gauge.wit", GAUGE);
    office.write("clock/wit/clock.wit", CLOCK);
    office
}

const DESK: &str = "package office:desk;\n\nworld desk {\n  export late: func() -> bool;\n}\n";
const GAUGE: &str = "package office:gauge@1.0.0;

interface types {
  record level { parts: u32 }
}

interface api {
  use types.{level};
  read: func() -> level;
}

world gauge {
  export api;
}
";
const CLOCK: &str = "package office:clock;

interface api {
  now: func() -> u64;
}

world clock {
  export api;
}
";

/// The office with a link to the gauge, whose import the user wrote.
fn linked() -> Workspace {
    let office = office();
    office.golem_rpc(&["link", "desk", "gauge"]).success();
    let import = "world desk {\n  // what is left in the tank\n  import office:gauge-stub/stub-gauge@1.0.0;\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", import);
    office.golem_rpc(&["check"]).success();
    office
}

/// `regenerate` and `check` refuse, with a line and what to write there; `--fix-imports` writes it, and
/// nothing else.
#[track_caller]
fn fixes(office: &Workspace, file: &str, lines: &[(&str, &str, &str)]) {
    for (place, old, new) in lines {
        let things = [
            &format!("no `{old}`"),
            *place,
            &format!("write `{new}`"),
            "--fix-imports",
        ];
        office.refuses(&["regenerate"], 4, &things);
        let check = office.golem_rpc(&["check"]);
        assert_eq!(check.code, 1, "{check}");
        assert!(check.stdout.contains(&format!("write `{new}`")), "{check}");
    }
    let before = office.read(file);
    office.golem_rpc(&["regenerate", "--fix-imports"]).success();
    let wanted = lines
        .iter()
        .fold(before, |text, (_, old, new)| text.replace(old, new));
    assert_eq!(office.read(file), wanted);
    office.golem_rpc(&["check"]).success();
    office
        .golem_rpc(&["regenerate", "--fix-imports"])
        .success()
        .says("Fresh");
}

const IMPORT: &str = "office:gauge-stub/stub-gauge@1.0.0";

#[test]
fn a_world_that_has_another_name() {
    let office = linked();
    office.replace("gauge/wit/gauge.wit", "world gauge", "world tank");
    let new = "office:gauge-stub/stub-tank@1.0.0";
    let place = "desk/wit/desk.wit:5:10";
    fixes(&office, "desk/wit/desk.wit", &[(place, IMPORT, new)]);
}

#[test]
fn a_package_that_has_another_version() {
    let office = linked();
    let uses = "interface notes {\n  use office:gauge/types@1.0.0.{level};\n}\n\nworld desk {\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", uses);
    office.golem_rpc(&["check"]).success();
    office.replace("gauge/wit/gauge.wit", "@1.0.0", "@2.0.0-rc.1");
    let lines = [
        (
            "desk/wit/desk.wit:4:7",
            "office:gauge/types@1.0.0",
            "office:gauge/types@2.0.0-rc.1",
        ),
        (
            "desk/wit/desk.wit:9:10",
            IMPORT,
            "office:gauge-stub/stub-gauge@2.0.0-rc.1",
        ),
    ];
    fixes(&office, "desk/wit/desk.wit", &lines);
}

#[test]
fn a_package_that_has_another_name() {
    let office = linked();
    office.replace("gauge/wit/gauge.wit", "office:gauge@1.0.0", "office:tank");
    let new = "office:tank-stub/stub-gauge";
    let place = "desk/wit/desk.wit:5:10";
    fixes(&office, "desk/wit/desk.wit", &[(place, IMPORT, new)]);
}

/// A member that is called calls one whose world has another name.
#[test]
fn a_chain() {
    let office = linked();
    office.golem_rpc(&["link", "gauge", "clock"]).success();
    let import = "world gauge {\n  import office:clock-stub/stub-clock;\n";
    office.replace("gauge/wit/gauge.wit", "world gauge {\n", import);
    office.golem_rpc(&["regenerate"]).success();
    office.replace("clock/wit/clock.wit", "world clock", "world sundial");
    let line = (
        "gauge/wit/gauge.wit:13:10",
        "office:clock-stub/stub-clock",
        "office:clock-stub/stub-sundial",
    );
    fixes(&office, "gauge/wit/gauge.wit", &[line]);
}

/// What we put in ourselves follows.
#[test]
fn an_import_of_ours_needs_no_fix() {
    let office = office();
    office
        .golem_rpc(&["link", "desk", "gauge", "--import"])
        .success();
    office.replace("gauge/wit/gauge.wit", "world gauge", "world tank");
    office.golem_rpc(&["regenerate"]).success();
    let world = office.read("desk/wit/desk.wit");
    assert!(
        world.contains("import office:gauge-stub/stub-tank@1.0.0;"),
        "{world}"
    );
    office.golem_rpc(&["check"]).success();
}

/// The import was written before there was a stub, and not as it is called.
#[test]
fn an_import_that_was_wrong_from_the_start() {
    let office = office();
    let import = "world desk {\n  import office:gauge-stub/stub-gauges@1.0.0;\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", import);
    let before = office.tree();
    let things = ["desk/wit/desk.wit:4:10", &format!("write `{IMPORT}`")];
    office.refuses(&["link", "desk", "gauge"], 4, &things);
    office
        .golem_rpc(&["link", "desk", "gauge", "--fix-imports"])
        .success();
    assert!(
        office
            .read("desk/wit/desk.wit")
            .contains(&format!("import {IMPORT};"))
    );
    office.golem_rpc(&["check"]).success();
    office.golem_rpc(&["unlink", "--all", "--force"]).success();
    // the user's own line stays, as it is now
    office.replace("desk/wit/desk.wit", "stub-gauge@", "stub-gauges@");
    office.tree().assert_same_content_as(&before);
}

/// What the user's WIT lacks, and lacked before, stops nothing, but is said.
#[test]
fn what_was_so_before_is_said() {
    let office = office();
    let import = "world desk {\n  import office:lamp/light;\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", import);
    let says = [
        "`desk` does not resolve",
        "office:lamp",
        "desk/wit/desk.wit:4:10",
        "before",
    ];
    let run = office.golem_rpc(&["link", "desk", "gauge"]).success();
    says.iter().fold(run, |run, thing| run.says(thing));
    let check = office.golem_rpc(&["check"]);
    assert_eq!(check.code, 1, "{check}");
    assert!(check.stdout.contains("desk/wit/desk.wit:4:10"), "{check}");
    let status = office.golem_rpc(&["status"]);
    assert!(status.stdout.contains("broken"), "{status}");
    let doctor = office.golem_rpc(&["doctor"]);
    assert!(
        doctor.stdout.contains("`desk` does not resolve"),
        "{doctor}"
    );
    // nor is it in the way of taking links back
    office
        .golem_rpc(&["unlink", "--all"])
        .success()
        .says("before");
}

/// The macro takes in all that lies below `deps`, so nothing may lie there twice, used or not.
#[test]
fn one_package_at_two_places() {
    let office = linked();
    for file in ["lamp.wit", "lamp/lamp.wit"] {
        let lamp = "package office:lamp;\n\ninterface light {\n  on: func();\n}\n";
        office.write(&format!("desk/wit/deps/{file}"), lamp);
    }
    let check = office.golem_rpc(&["check"]);
    assert_eq!(check.code, 1, "{check}");
    for thing in ["there twice", "deps/lamp.wit", "deps/lamp/lamp.wit"] {
        assert!(check.stdout.contains(thing), "{check}");
    }
    // ours gives way where the user brings the same
    fs::remove_file(office.path("desk/wit/deps/lamp.wit")).unwrap();
    let copy = office.generated("desk/wit/deps/office_gauge/gauge.wit");
    office.write("desk/wit/deps/gauge.wit", copy);
    assert_eq!(office.golem_rpc(&["check"]).code, 1);
    office.golem_rpc(&["regenerate"]).success();
    assert!(!office.path("desk/wit/deps/office_gauge").exists());
    office.golem_rpc(&["check"]).success();
}

/// A type that came with a stub, and that the caller has begun to use for itself.
#[test]
fn what_is_still_needed_is_not_taken_away() {
    let office = office();
    office.golem_rpc(&["link", "desk", "gauge"]).success();
    let uses = "interface notes {\n  use office:gauge/types@1.0.0.{level};\n}\n\nworld desk {\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", uses);
    office.golem_rpc(&["check"]).success();
    let unlink = ["unlink", "desk", "gauge"];
    office.refuses(
        &unlink,
        4,
        &["`desk` does not resolve", "desk/wit/desk.wit:4:7"],
    );
    let force = [&unlink[..], &["--force"]].concat();
    office
        .golem_rpc(&force)
        .success()
        .says("desk/wit/desk.wit:4:7");
}

/// Lines that lead nowhere, or are none, keep no link.
#[test]
fn prune_counts_what_resolves() {
    let office = linked();
    office.golem_rpc(&["link", "desk", "clock"]).success();
    let comment = "world desk {\n  // import office:clock-stub/stub-clock;\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", comment);
    office
        .golem_rpc(&["prune"])
        .success()
        .says("desk from clock")
        .does_not_say("from gauge");

    office.replace("desk/wit/desk.wit", "stub-gauge@1.0.0", "stub-gouge@1.0.0");
    let run = office.golem_rpc(&["prune"]).success();
    run.says("desk from gauge").says("desk/wit/desk.wit:6");
    assert!(!office.path("desk/wit/deps").exists());
}

/// cargo-component reads what the manifest names, and nothing else below `deps`.
#[test]
fn a_package_that_the_manifest_does_not_name() {
    let office = office();
    let lamp = "package office:lamp;\n\ninterface light {\n  on: func();\n}\n";
    office.write("desk/wit/deps/lamp/lamp.wit", lamp);
    let manifest = office.read("desk/Cargo.toml");
    office.write(
        "desk/Cargo.toml",
        format!("{manifest}\n[package.metadata.component]\n"),
    );
    let import = "world desk {\n  import office:lamp/light;\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", import);
    let entry = "\"office:lamp\" = { path = \"wit/deps/lamp\" }";
    let run = office.golem_rpc(&["link", "desk", "clock"]).success();
    run.says(entry)
        .says("[package.metadata.component.target.dependencies]");
    let check = office.golem_rpc(&["check"]);
    assert_eq!(check.code, 1, "{check}");
    let manifest = fs::read_to_string(office.path("desk/Cargo.toml")).unwrap();
    let table = "[package.metadata.component.target.dependencies] # golem-rpc\n";
    let lamp = format!("{table}{entry}\n");
    office.write("desk/Cargo.toml", manifest.replace(table, &lamp));
    office.golem_rpc(&["check"]).success();
}

/// The stub is of another world than the one that is compiled: so are the names that are right.
#[test]
fn a_stub_of_another_world_than_the_compiled_one() {
    let office = office();
    let world = "world gauge {\n  export api;\n}\n\nworld public {\n  export api;\n}\n";
    office.replace(
        "gauge/wit/gauge.wit",
        "world gauge {\n  export api;\n}\n",
        world,
    );
    office.replace(
        "gauge/src/lib.rs",
        "generate_all",
        "world: \"gauge\", generate_all",
    );
    let import = "world desk {\n  import office:gauge-stub/stub-public@1.0.0;\n";
    office.replace("desk/wit/desk.wit", "world desk {\n", import);
    let wit = office.read("desk/wit/desk.wit");
    let link = [
        "link",
        "desk",
        "gauge",
        "--world",
        "public",
        "--fix-imports",
    ];
    office.golem_rpc(&link).success();
    assert_eq!(office.read("desk/wit/desk.wit"), wit);
    office.golem_rpc(&["check"]).success();
    office
        .golem_rpc(&["regenerate", "--fix-imports"])
        .success()
        .says("Fresh");
}
