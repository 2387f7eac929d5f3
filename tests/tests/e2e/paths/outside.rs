//! Targets outside of the workspace's directory, and packages that cargo does not count as members.

use std::fs;

use golem_rpc_tests::Workspace;

use super::{INIT, garden, loads};

/// The garden, whose nursery lies beside the workspace.
fn with_nursery_outside() -> Workspace {
    let garden = garden();
    fs::rename(garden.path("nursery"), garden.outside("nursery")).unwrap();
    garden.replace("Cargo.toml", "\"nursery\"", "\"../nursery\"");
    garden.replace(
        "../nursery/Cargo.toml",
        "edition",
        "workspace = \"../garden\"\nedition",
    );
    garden
}

#[test]
fn a_target_outside_has_a_stub_without_a_crate() {
    let garden = with_nursery_outside();
    let (before, outside) = (
        garden.tree(),
        golem_rpc_tests::Tree::read(&garden.outside("nursery")),
    );
    let things = [
        "nursery-stub",
        "outside of the workspace",
        "--stub-backend component",
    ];
    garden.refuses(&INIT, 3, &things);
    let args = [&INIT[..], &["--stub-backend", "component", "--import"]].concat();
    garden.golem_rpc(&args).success();
    loads(&garden, "florist");
    garden.golem_rpc(&["check"]).success();
    garden.golem_rpc(&["regenerate"]).success().says("Fresh");
    garden.golem_rpc(&["unlink", "--all"]).success();
    garden.tree().assert_same_content_as(&before);
    golem_rpc_tests::Tree::read(&garden.outside("nursery")).assert_same_content_as(&outside);
    assert!(!garden.outside("nursery-stub").exists());
}

#[test]
fn a_target_outside_is_built_and_called() {
    let garden = with_nursery_outside();
    garden.add_wit_bindgen();
    let args = [&INIT[..], &["--stub-backend", "component", "--import"]].concat();
    garden.golem_rpc(&args).success();
    let old = garden.read("florist/src/lib.rs");
    let call = "let id = std::env::var(\"NURSERY_COMPONENT_ID\").unwrap();\n        let uri = bindings::golem::rpc::types::Uri { value: format!(\"urn:worker:{id}/main\") };\n        let plant = bindings::garden::plants::types::Plant { name, height: 9 };\n        bindings::garden::nursery_stub::stub_nursery::Api::new(&uri).blocking_grow(&plant)";
    garden.write("florist/src/lib.rs", old.replace("name.len() as u32", call));
    garden.golem_rpc(&["build-workspace"]).success();
    let run = garden
        .golem_rpc(&["invoke", "florist/main", "order(\"rose\")"])
        .success();
    assert_eq!(run.stdout, "9\n", "{run}");
}

#[test]
fn members_with_a_workspace_table_of_their_own() {
    let garden = garden();
    for member in ["nursery", "florist"] {
        let manifest = garden.read(&format!("{member}/Cargo.toml"));
        garden.write(
            &format!("{member}/Cargo.toml"),
            manifest + "\n[workspace]\n",
        );
    }
    let things = [
        "`florist/Cargo.toml` and `nursery/Cargo.toml` have a [workspace] table",
        "remove [workspace] from",
    ];
    garden.refuses(&INIT, 3, &things);
    garden.replace("florist/Cargo.toml", "\n[workspace]\n", "");
    let things = [
        "`nursery/Cargo.toml` has a [workspace] table of its own",
        "`Cargo.toml`",
    ];
    garden.refuses(&INIT, 3, &things);
    let doctor = garden.golem_rpc(&["doctor"]);
    assert!(
        doctor
            .stdout
            .contains("remove [workspace] from `nursery/Cargo.toml`"),
        "{doctor}"
    );
    garden.replace("nursery/Cargo.toml", "\n[workspace]\n", "");
    garden.golem_rpc(&INIT).success();
}

#[test]
fn an_excluded_package_is_told_the_whole_way() {
    let garden = garden();
    let listed = "members = [\"nursery\", \"florist\"]";
    garden.replace(
        "Cargo.toml",
        listed,
        "members = [\"florist\"]\nexclude = [\"nursery\"]",
    );
    let manifest = garden.read("nursery/Cargo.toml");
    garden.write("nursery/Cargo.toml", format!("{manifest}\n[workspace]\n"));
    let way = [
        "excludes it by `nursery`",
        "take `nursery` out of `exclude`",
        "add `nursery` to `members`",
        "remove [workspace] from `nursery/Cargo.toml`",
        "cargo golem-rpc build --source-wit-root nursery/wit",
    ];
    garden.refuses(&INIT, 3, &way);
    garden.refuses(
        &["init", "--targets", "./nursery", "--callers", "florist"],
        3,
        &way,
    );
    // what it says is enough
    garden.write("nursery/Cargo.toml", manifest);
    garden.replace(
        "Cargo.toml",
        "members = [\"florist\"]\nexclude = [\"nursery\"]",
        listed,
    );
    garden.golem_rpc(&INIT).success();
}

#[test]
fn an_excluded_package_that_a_glob_covers_has_no_need_to_be_listed() {
    let garden = garden();
    let listed = "members = [\"nursery\", \"florist\"]";
    garden.replace(
        "Cargo.toml",
        listed,
        "members = [\"*\"]\nexclude = [\"nursery\"]",
    );
    let refused = garden.refuses(
        &INIT,
        3,
        &["take `nursery` out of `exclude` of [workspace];"],
    );
    refused.does_not_say("`members`");
}

#[test]
fn a_package_that_nothing_lists() {
    let garden = garden();
    garden.replace("Cargo.toml", "\"nursery\", ", "");
    let things = [
        "`nursery` is a package, but not a member",
        "add `nursery` to `members`",
    ];
    garden.refuses(&INIT, 3, &things);
}
