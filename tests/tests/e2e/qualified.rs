//! Worlds that are named with package and version, of the member's own package or of a dependency.

use golem_rpc_tests::Workspace;

/// The weather service, linked, with its imports.
fn weather() -> Workspace {
    let weather = Workspace::of_fixture("real/qualified-worlds/start");
    weather.add_wit_bindgen();
    let link = ["link", "forecast", "sonde", "--import"];
    weather.golem_rpc(&link).success();
    let link = ["link", "board", "sonde", "forecast", "--import"];
    weather.golem_rpc(&link).success();
    weather
}

#[test]
fn worlds_of_dependencies_call_and_are_called() {
    let weather = weather();
    let stub = weather.generated("sonde-stub/wit/_stub.wit");
    assert!(
        stub.starts_with("package met:contracts-stub@1.2.0;"),
        "{stub}"
    );
    // the import stands where the world does
    let world = weather.read("board/wit/deps/contracts/contracts.wit");
    let import = "world board {\n  import met:contracts-stub/stub-sonde@1.2.0; // golem-rpc\n";
    assert!(world.contains(import), "{world}");
    let world = weather.read("forecast/wit/forecast.wit");
    let import = "world forecast {\n  import met:contracts-stub/stub-sonde@1.2.0; // golem-rpc\n";
    assert!(world.contains(import), "{world}");
    weather.golem_rpc(&["check"]).success();
    weather.golem_rpc(&["regenerate"]).success().says("Fresh");
    weather.overlay("real/qualified-worlds/final");
    weather.golem_rpc(&["build-workspace"]).success();
    let run = weather.golem_rpc(&["invoke", "board/hall", "show()"]);
    let shown = "\"15 today, 10 degrees at 1000 m\"\n";
    assert_eq!(run.success().stdout, shown);
}

#[test]
fn links_of_such_worlds_come_and_go() {
    let before = Workspace::of_fixture("real/qualified-worlds/start");
    let weather = weather();
    let rest = ["target", "Cargo.lock"].map(|name| weather.path(name));
    weather.golem_rpc(&["unlink", "board", "sonde"]).success();
    let world = weather.read("board/wit/deps/contracts/contracts.wit");
    assert!(world.contains("import met:forecast-stub/stub-forecast@2.1.0;"));
    assert!(!world.contains("stub-sonde"), "{world}");
    weather.golem_rpc(&["unlink", "--all"]).success();
    std::fs::remove_file(&rest[1]).unwrap();
    weather.tree().assert_same_content_as(&before.tree());
}

#[track_caller]
fn refuses(file: &str, old: &str, new: &str, args: &[&str], things: &[&str]) {
    let weather = Workspace::of_fixture("real/qualified-worlds/start");
    weather.replace(file, old, new);
    weather.refuses(args, 4, things);
}

const LINK: [&str; 3] = ["link", "forecast", "sonde"];

#[test]
fn packages_and_versions_that_are_not_there() {
    let (sonde, forecast) = ("sonde/src/lib.rs", "forecast/Cargo.toml");
    let there = ["`met:contracts/sonde@1.2.0`", "`met:contracts/board@1.2.0`"];
    let no_package = "no package `met:other`";
    let things = [&there[..], &[no_package]].concat();
    refuses(
        sonde,
        "met:contracts/sonde@1.2.0",
        "met:other/sonde",
        &LINK,
        &things,
    );
    let things = [&there[..], &["`met:contracts@1.3.0`"]].concat();
    refuses(sonde, "@1.2.0", "@1.3.0", &LINK, &things);
    // there is such a world in its own package, but another one is named
    let things = ["no package `met:outlook`", "`met:forecast/rehearsal@2.1.0`"];
    refuses(
        forecast,
        "met:forecast/forecast@2.1.0",
        "met:outlook/forecast",
        &LINK,
        &things,
    );
    let things = ["`met:forecast@2.0.0`", "`met:forecast/forecast@2.1.0`"];
    refuses(forecast, "forecast@2.1.0", "forecast@2.0.0", &LINK, &things);
    let things = [
        "package `met:contracts@1.2.0`",
        "no world `sond`",
        "`sonde`, `board`",
    ];
    refuses(sonde, "/sonde@", "/sond@", &LINK, &things);
    refuses(
        sonde,
        "/sonde@",
        "/sonde/@",
        &LINK,
        &["cannot be the name of a world"],
    );
}

#[test]
fn the_version_may_be_left_out() {
    let weather = Workspace::of_fixture("real/qualified-worlds/start");
    weather.replace("sonde/src/lib.rs", "sonde@1.2.0", "sonde");
    weather.replace("forecast/Cargo.toml", "forecast@2.1.0", "forecast");
    weather.golem_rpc(&LINK).success();
    weather.golem_rpc(&["check"]).success();
}

#[test]
fn worlds_on_the_command_line() {
    let weather = Workspace::of_fixture("real/qualified-worlds/start");
    let generate = |world: &'static str, dest: &'static str| {
        let source = ["generate", "-s", "sonde/wit", "-d", dest, "-w", world];
        weather.golem_rpc(&source)
    };
    generate("met:contracts/sonde@1.2.0", "exact").success();
    assert!(
        weather
            .read("exact/wit/_stub.wit")
            .contains("interface stub-sonde {")
    );
    generate("met:contracts/sonde", "alike").success();
    let things = ["`met:contracts@2.0.0`", "`met:contracts/sonde@1.2.0`"];
    generate("met:contracts/sonde@2.0.0", "wrong").refusal(4, &things);
    generate("met:sonde-impl/sonde", "wrong").refusal(4, &["`met:sonde-impl`", "no world `sonde`"]);
    generate("sonde", "wrong").refusal(4, &["`met:sonde-impl`", "no world `sonde`"]);
    assert!(!weather.path("wrong").exists());
}

/// Contracts that all members read, in one place beside them.
#[test]
fn a_world_that_others_read_is_not_written_to() {
    let weather = Workspace::of_fixture("real/qualified-worlds/start");
    let contracts = weather.read("board/wit/deps/contracts/contracts.wit");
    weather.write("contracts/contracts.wit", contracts);
    for member in ["board", "sonde"] {
        std::fs::remove_dir_all(weather.path(&format!("{member}/wit/deps"))).unwrap();
        weather.write(
            &format!("{member}/Cargo.toml"),
            format!(
                "{}\n{COMPONENT}world = \"met:contracts/{member}@1.2.0\"\n{CONTRACTS}",
                weather.read(&format!("{member}/Cargo.toml"))
            ),
        );
    }
    let link = ["link", "board", "forecast", "--import"];
    let things = [
        "`board`",
        "contracts/contracts.wit",
        "which `sonde` reads as well",
        "include",
    ];
    weather.refuses(&link, 3, &things);
    let line = "import met:forecast-stub/stub-forecast@2.1.0;";
    weather
        .golem_rpc(&link[..3])
        .success()
        .says(line)
        .says("contracts/contracts.wit");
}

const COMPONENT: &str = "[package.metadata.component.target]\npath = \"wit\"\n";
const CONTRACTS: &str = "[package.metadata.component.target.dependencies]
\"met:contracts\" = { path = \"../contracts\" }
";
