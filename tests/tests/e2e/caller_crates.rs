//! Callers whose crate lacks what their bindings need once there is a stub in their world: told, or put in,
//! before anything is written.

use golem_rpc_tests::Workspace;

use super::breaking::git;

const GARDENER: &str = "gardener/Cargo.toml";
const FEATURE: &str = "{ features = [\"bitflags\"], version = \"0.44.0\" } # golem-rpc";

fn greenhouse() -> Workspace {
    Workspace::of_fixture("real/flags-without-bitflags/start")
}

fn coast() -> Workspace {
    Workspace::of_fixture("real/no-generate-all/start")
}

#[test]
fn flags_get_the_feature_that_defines_them() {
    let house = greenhouse();
    let before = house.tree();
    let init = [
        "init",
        "--targets",
        "vents",
        "--callers",
        "gardener",
        "--import",
    ];
    house.golem_rpc(&init).success();
    assert!(
        house.read(GARDENER).contains(FEATURE),
        "{}",
        house.read(GARDENER)
    );
    house.golem_rpc(&["check"]).success();
    house.overlay("real/flags-without-bitflags/final");
    house.make("build-flow").success();
    let calls = ["invoke", "gardener/tom", "morning()"];
    assert_eq!(house.golem_rpc(&calls).success().stdout, "2\n");

    // without it the bindings do not compile, and everybody says so
    let with = house.read(GARDENER);
    house.replace(GARDENER, FEATURE, "\"0.44.0\"");
    let check = house.golem_rpc(&["check"]);
    let key = "dependencies.wit-bindgen-rt.features.bitflags";
    assert_eq!(check.code, 1, "{check}");
    assert!(check.stdout.contains(key), "{check}");
    let doctor = house.golem_rpc(&["doctor"]);
    assert!(
        doctor.stdout.contains("1 generated file out of date"),
        "{doctor}"
    );
    let build = house.cargo(&["component", "build", "-p", "gardener"]);
    assert_ne!(
        build.code, 0,
        "flags compile without the feature now: {build}"
    );
    house.golem_rpc(&["regenerate"]).success();
    assert_eq!(house.read(GARDENER), with);

    house.overlay("real/flags-without-bitflags/start");
    std::fs::remove_file(house.path("gardener/src/bindings.rs")).unwrap();
    std::fs::remove_file(house.path("vents/src/bindings.rs")).unwrap();
    std::fs::remove_file(house.path("Cargo.lock")).unwrap();
    house.write(GARDENER, with);
    house
        .golem_rpc(&["init", "--targets", "vents", "--callers", "gardener"])
        .success();
    house.golem_rpc(&["unlink", "--all"]).success();
    house.tree().assert_same_content_as(&before);
}

#[test]
fn a_macro_that_makes_no_bindings_of_other_packages() {
    let coast = coast();
    coast.add_wit_bindgen();
    let link = ["link", "harbour", "tide", "--stub-backend", "component"];
    let with = [&link[..], &["--import"]].concat();
    let things = [
        "`wit_bindgen::generate!` of `harbour` (harbour/src/lib.rs:4:18) makes no bindings of ",
        "`coast:tide-stub/stub-tide`",
        "hint: write `wit_bindgen::generate!({ world: \"harbour\", generate_all })`",
    ];
    coast.refuses(&with, 3, &things);

    // without the import the build is as it was, and both lines to write are told
    let run = coast.golem_rpc(&link).success();
    let run = run.says("write `import coast:tide-stub/stub-tide;` in `world harbour`");
    run.says("and write `wit_bindgen::generate!({ world: \"harbour\", generate_all })` (harbour/src/lib.rs:4:18)");
    coast.golem_rpc(&["build-workspace"]).success();

    // with the import alone it would fail
    let wit = "harbour/wit/harbour.wit";
    coast.replace(
        wit,
        "export berths;",
        "import coast:tide-stub/stub-tide;\n  export berths;",
    );
    let check = coast.golem_rpc(&["check"]);
    assert_eq!(check.code, 1, "{check}");
    assert!(
        check.stdout.contains("Broken harbour/src/lib.rs"),
        "{check}"
    );
    let status = coast.golem_rpc(&["status"]).success();
    assert!(status.stdout.contains("broken"), "{status}");
    let doctor = coast.golem_rpc(&["doctor"]);
    assert_eq!(doctor.code, 1, "{doctor}");
    assert!(doctor.stdout.contains("generate_all"), "{doctor}");
    coast.refuses(&["regenerate"], 3, &things);
    let build = coast.cargo(&["build", "--target", "wasm32-wasip2", "-p", "harbour"]);
    build.failure(101, &["missing one of", "generate_all"]);

    coast.overlay("real/no-generate-all/final");
    coast.golem_rpc(&["check"]).success();
    coast.golem_rpc(&["build-workspace"]).success();
    let calls = [
        "invoke",
        "harbour/h",
        "enter(300)",
        "harbour/h",
        "enter(320)",
    ];
    assert_eq!(coast.golem_rpc(&calls).success().stdout, "true\nfalse\n");
}

#[test]
fn a_library_is_neither_caller_nor_target() {
    let coast = coast();
    coast.replace("Cargo.toml", "\"tide\"]", "\"tide\", \"knots\"]");
    coast.write(
        "knots/Cargo.toml",
        "[package]\nname = \"knots\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    coast.write("knots/src/lib.rs", "//! Units.\n");
    let things = [
        "`knots` builds no wasm: its library is a Rust library, not a `cdylib`",
        "knots/Cargo.toml",
        "name the member that uses it",
        "crate-type = [\"cdylib\", \"rlib\"]",
    ];
    coast.refuses(&["link", "harbour", "knots"], 3, &things);
    let run = coast.refuses(&["link", "knots", "tide"], 3, &things);
    run.does_not_say("move it");

    // one that is a component but for its crate type
    coast.replace(
        "harbour/Cargo.toml",
        "[lib]\ncrate-type = [\"cdylib\"]\n\n",
        "",
    );
    let run = coast.refuses(
        &["link", "harbour", "tide"],
        3,
        &["`harbour` builds no wasm"],
    );
    run.does_not_say("cargo component")
        .does_not_say("metadata.component");
    coast.replace(
        "harbour/Cargo.toml",
        "[dependencies]",
        "[lib]\ncrate-type = [\"cdylib\", \"rlib\"]\n\n[dependencies]",
    );
    coast.golem_rpc(&["link", "harbour", "tide"]).success();
    // what is linked, and then made a library, is told of
    coast.replace("harbour/Cargo.toml", "\"cdylib\", ", "");
    let check = coast.golem_rpc(&["check"]);
    assert!(
        check.code == 1 && check.stdout.contains("builds no wasm"),
        "{check}"
    );
    let doctor = coast.golem_rpc(&["doctor"]);
    assert!(
        doctor.code == 1 && doctor.stdout.contains("builds no wasm"),
        "{doctor}"
    );
}

/// A program is a component too.
#[test]
fn a_binary_calls_and_is_called() {
    let coast = coast();
    for member in ["harbour", "tide"] {
        let code = coast.read(&format!("{member}/src/lib.rs"));
        std::fs::remove_file(coast.path(&format!("{member}/src/lib.rs"))).unwrap();
        coast.write(
            &format!("{member}/src/main.rs"),
            format!("{code}\nfn main() {{}}\n"),
        );
        coast.replace(
            &format!("{member}/Cargo.toml"),
            "[lib]\ncrate-type = [\"cdylib\"]\n\n",
            "",
        );
    }
    coast.add_wit_bindgen();
    coast.replace(
        "harbour/src/main.rs",
        "\"harbour\" }",
        "\"harbour\", generate_all }",
    );
    let link = ["link", "harbour", "tide", "--import", "--stub-backend"];
    coast
        .golem_rpc(&[&link[..], &["component"]].concat())
        .success();
    coast.golem_rpc(&["build-workspace"]).success();
    let calls = ["invoke", "harbour/h", "enter(300)"];
    assert_eq!(coast.golem_rpc(&calls).success().stdout, "false\n");
}

#[test]
fn a_wit_root_that_others_have_too() {
    let coast = coast();
    let manifest = "[package]\nname = \"pilot\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n\
        [lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\nwit-bindgen = \"0.63\"\n";
    coast.replace("Cargo.toml", "\"tide\"]", "\"tide\", \"pilot\"]");
    coast.write("pilot/Cargo.toml", manifest);
    coast.write(
        "pilot/src/lib.rs",
        "wit_bindgen::generate!({ path: \"../harbour/wit\", generate_all });\n",
    );
    let shared = "`harbour/wit`, which changes for `pilot`, is the WIT of `harbour` as well";
    coast
        .golem_rpc(&["link", "pilot", "tide", "--dry-run"])
        .success()
        .says(shared);
    let run = coast
        .golem_rpc(&["link", "pilot", "tide", "--message-format", "json"])
        .success();
    let is_told =
        run.stdout.contains("\"kind\":\"shared-wit\"") || run.stdout.contains("shared_wit");
    assert!(is_told, "{run}");
    coast
        .golem_rpc(&["link", "pilot", "tide"])
        .success()
        .does_not_say("as well");
}

#[test]
fn tests_run_on_this_machine() {
    let house = greenhouse();
    house
        .golem_rpc(&["init", "--targets", "vents", "--callers", "gardener"])
        .success();
    house.write(
        ".cargo/config.toml",
        "[build]\ntarget = \"wasm32-wasip1\"\n",
    );
    let code = house.read("gardener/src/lib.rs");
    let test = "#[test]\nfn on_this_machine() {\n    assert!(cfg!(unix));\n}\n";
    house.write("gardener/src/lib.rs", format!("{code}\n{test}"));
    let run = house.make("test").success();
    assert!(run.stdout.contains("test on_this_machine ... ok"), "{run}");
}

/// A task that comes from a file which Makefile.toml extends is the one that runs.
#[test]
fn tasks_of_an_extended_file_are_the_user_s() {
    let house = greenhouse();
    house.write(
        "Makefile.toml",
        "extend = [{ path = \"make/common.toml\" }]\n",
    );
    let task = "[tasks.clean]\nclear = true\nworkspace = false\nscript_runner = \"@duckscript\"\nscript = \"echo swept\"\n";
    house.write("make/common.toml", task);
    git(&house, &["init", "--quiet"]);
    let run = house
        .golem_rpc(&["init", "--targets", "vents", "--callers", "gardener"])
        .success();
    run.says("the task `clean` (make/common.toml, line 1) is yours and stays as it is");
    let run = house.make("clean").success();
    assert!(run.stdout.contains("swept"), "{run}");
    house.golem_rpc(&["check"]).success();
}
