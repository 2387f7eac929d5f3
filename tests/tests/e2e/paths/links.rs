//! One directory, one name: WIT that several members reach through links.

use std::fs;
use std::os::unix::fs::symlink;

use golem_rpc_tests::Workspace;

use super::{FLORIST_CODE, INIT, bare_garden, garden, loads, member};

/// The WIT dependencies of both are links to one directory.
fn shared_garden() -> Workspace {
    let garden = bare_garden();
    garden.write("wit-deps/plants/plants.wit", super::PLANTS);
    for name in ["nursery", "florist"] {
        symlink("../../wit-deps", garden.path(&format!("{name}/wit/deps"))).unwrap();
    }
    garden
}

/// The nursery answers with a type of its own, which its stub cannot bring to where it reads itself.
fn with_own_type(garden: &Workspace) {
    garden.replace(
        "nursery/wit/nursery.wit",
        "  grow: func(what: plant) -> u32;",
        "  record pot { size: u32 }\n  grow: func(what: plant) -> pot;",
    );
    let code = garden.read("nursery/src/lib.rs");
    let code = code.replace("{Guest, Plant}", "{Guest, Plant, Pot}");
    let code = code.replace("-> u32", "-> Pot");
    garden.write(
        "nursery/src/lib.rs",
        code.replace("what.height", "Pot { size: what.height }"),
    );
}

#[test]
fn shared_dependencies_never_hold_a_members_own_package() {
    let garden = shared_garden();
    with_own_type(&garden);
    let before = garden.tree();
    garden
        .golem_rpc(&[&INIT[..], &["--import"]].concat())
        .success();
    for name in ["nursery", "florist"] {
        loads(&garden, name);
    }
    assert!(!garden.path("wit-deps/garden_nursery").exists());
    garden.golem_rpc(&["check"]).success();
    garden.golem_rpc(&["regenerate"]).success().says("Fresh");
    garden.golem_rpc(&["unlink", "--all"]).success();
    garden.tree().assert_same_content_as(&before);
}

#[test]
fn members_with_shared_dependencies_are_built_and_called() {
    let garden = shared_garden();
    with_own_type(&garden);
    garden.add_wit_bindgen();
    let init = ["--import", "--stub-backend", "component"];
    garden.golem_rpc(&[&INIT[..], &init].concat()).success();
    garden.write("florist/src/lib.rs", calling());
    garden.golem_rpc(&["build-workspace"]).success();
    let run = garden
        .golem_rpc(&["invoke", "florist/main", "order(\"rose\")"])
        .success();
    assert_eq!(run.stdout, "7\n", "{run}");
}

fn calling() -> String {
    let uses = "use bindings::exports::garden::florist::shop::Guest;\nuse bindings::garden::nursery_stub::stub_nursery::Api;\nuse bindings::garden::plants::types::Plant;\nuse bindings::golem::rpc::types::Uri;\n";
    let code = FLORIST_CODE.replace(
        "use bindings::exports::garden::florist::shop::Guest;\n",
        uses,
    );
    code.replace(
        "        name.len() as u32\n",
        "        let id = std::env::var(\"NURSERY_COMPONENT_ID\").unwrap();\n        let value = format!(\"urn:worker:{id}/main\");\n        Api::new(&Uri { value }).blocking_grow(&Plant { name, height: 7 }).size\n",
    )
}

#[test]
fn unlinking_one_caller_leaves_what_another_needs() {
    let garden = shared_garden();
    let shop = super::FLORIST.replace("florist", "market");
    let code = FLORIST_CODE.replace("florist", "market");
    member(&garden, "market", &shop, &code);
    garden.replace("Cargo.toml", "\"florist\"", "\"florist\", \"market\"");
    // The same directory by another way.
    symlink("../../florist/wit/deps", garden.path("market/wit/deps")).unwrap();
    let before = garden.tree();
    let both = [&INIT[..], &["market"]].concat();
    garden.golem_rpc(&both).success();
    garden.golem_rpc(&["unlink", "market", "nursery"]).success();
    garden.golem_rpc(&["check"]).success();
    assert!(
        garden
            .path("wit-deps/garden_nursery-stub/_stub.wit")
            .exists()
    );
    for name in ["nursery", "florist", "market"] {
        loads(&garden, name);
    }
    garden.golem_rpc(&["unlink", "--all"]).success();
    garden.tree().assert_same_content_as(&before);
}

#[test]
fn a_wit_root_that_is_a_link() {
    let garden = garden();
    fs::create_dir(garden.path("idl")).unwrap();
    fs::rename(garden.path("florist/wit"), garden.path("idl/florist")).unwrap();
    symlink("../idl/florist", garden.path("florist/wit")).unwrap();
    let before = garden.tree();
    garden
        .golem_rpc(&[&INIT[..], &["--import"]].concat())
        .success();
    loads(&garden, "florist");
    garden.golem_rpc(&["check"]).success();
    // The link gives way to what it led to.
    fs::remove_file(garden.path("florist/wit")).unwrap();
    fs::rename(garden.path("idl/florist"), garden.path("florist/wit")).unwrap();
    garden.golem_rpc(&["regenerate"]).success();
    garden.golem_rpc(&["check"]).success();
    fs::rename(garden.path("florist/wit"), garden.path("idl/florist")).unwrap();
    symlink("../idl/florist", garden.path("florist/wit")).unwrap();
    garden.golem_rpc(&["regenerate"]).success();
    garden.golem_rpc(&["unlink", "--all"]).success();
    garden.tree().assert_same_content_as(&before);
}

#[test]
fn a_package_that_is_a_link_is_the_users() {
    let garden = garden();
    garden.golem_rpc(&INIT).success();
    let copy = "florist/wit/deps/garden_plants";
    fs::rename(garden.path(copy), garden.path("plants")).unwrap();
    symlink("../../../plants", garden.path(copy)).unwrap();
    garden.golem_rpc(&["regenerate"]).success();
    garden.golem_rpc(&["unlink", "--all"]).success();
    assert!(garden.path("plants").join("plants.wit").exists());
    loads(&garden, "florist");
}

#[test]
fn a_link_of_gits_that_was_checked_out_as_a_file() {
    let garden = shared_garden();
    fs::remove_file(garden.path("florist/wit/deps")).unwrap();
    garden.write("florist/wit/deps", "../../wit-deps");
    garden.refuses(
        &INIT,
        4,
        &["`florist/wit/deps` is a file", "link to `../../wit-deps`"],
    );
    let doctor = garden.golem_rpc(&["doctor"]);
    assert!(
        doctor.stdout.contains("`florist/wit/deps` is a file"),
        "{doctor}"
    );
}

#[test]
fn dependencies_that_are_not_there_yet() {
    let garden = garden();
    symlink("../../wit-deps", garden.path("florist/wit/deps")).unwrap();
    garden.golem_rpc(&INIT).success();
    assert!(
        garden
            .path("wit-deps/garden_nursery-stub/_stub.wit")
            .exists()
    );
    loads(&garden, "florist");
    garden.golem_rpc(&["unlink", "--all"]).success();
    assert!(!garden.path("wit-deps").exists());
    assert!(garden.path("florist/wit/deps").is_symlink());
}

/// Another member that reads the florist's WIT: as its own, as a package that its manifest names, or
/// through a link in its dependencies.
fn with_reader(root: Option<&str>, named: bool) -> Workspace {
    let garden = garden();
    let section = "\n[package.metadata.component]\npackage = \"garden:market\"\n";
    let target =
        root.map(|root| format!("[package.metadata.component.target]\npath = \"{root}\"\n"));
    let table = "[package.metadata.component.target.dependencies]\n";
    let dependency = format!("{table}\"garden:florist\" = {{ path = \"../florist/wit\" }}\n");
    let wit = "package garden:market;\n\nworld market {\n  import garden:florist/shop;\n}\n";
    member(&garden, "market", wit, FLORIST_CODE);
    let manifest = garden.read("market/Cargo.toml");
    let manifest = match (target, named) {
        (Some(target), _) => format!("{manifest}{section}{target}"),
        (None, true) => format!("{manifest}{section}{dependency}"),
        (None, false) => manifest,
    };
    garden.write("market/Cargo.toml", manifest);
    if !named {
        let code = "wit_bindgen::generate!({ world: \"market\", generate_all });\n";
        garden.write("market/src/lib.rs", code);
        fs::create_dir(garden.path("market/wit/deps")).unwrap();
        let link = garden.path("market/wit/deps/florist");
        symlink("../../../florist/wit", link).unwrap();
    }
    garden.replace("Cargo.toml", "\"florist\"", "\"florist\", \"market\"");
    garden
}

#[test]
fn members_that_read_a_callers_wit_are_not_broken_by_its_imports() {
    let readers = [(Some("../florist/wit"), true), (None, true), (None, false)];
    for (root, named) in readers {
        let garden = with_reader(root, named);
        let things = [
            "the WIT of `market` does not resolve",
            "florist/wit/florist.wit:8:10",
            "make `market` a caller of the same targets as well",
        ];
        let import = [&INIT[..], &["--import"]].concat();
        garden.refuses(&import, 4, &things);
        let before = garden.tree();
        garden
            .golem_rpc(&[&import[..], &["--callers", "market"]].concat())
            .success();
        garden.golem_rpc(&["check"]).success();
        garden.golem_rpc(&["unlink", "--all"]).success();
        garden.tree().assert_same_content_as(&before);
    }
}
