//! A caller gets WASI packages after it was linked: our cut-down copy of wasi:io gives way to theirs.

use std::fs;

use golem_rpc_tests::Workspace;

use super::{INIT, garden, loads};

/// wasi:io as it is published, comments aside, and a package that needs more of it than a stub does.
fn add_wasi(garden: &Workspace, io: &str, version: &str) {
    let files = [
        (
            "error.wit",
            "interface error {\n  resource error {\n    to-debug-string: func() -> string;\n  }\n}\n",
        ),
        (
            "poll.wit",
            "interface poll {\n  resource pollable {\n    ready: func() -> bool;\n    block: func();\n  }\n  poll: func(in: list<borrow<pollable>>) -> list<u32>;\n}\n",
        ),
        (
            "streams.wit",
            "interface streams {\n  use error.{error};\n  use poll.{pollable};\n  resource input-stream {\n    read: func(len: u64) -> result<list<u8>, error>;\n    subscribe: func() -> pollable;\n  }\n}\n",
        ),
    ];
    for (name, text) in files {
        let text = format!("package wasi:io@{version};\n\n{text}");
        garden.write(&format!("florist/wit/deps/{io}/{name}"), text);
    }
    let cli = format!(
        "package wasi:cli@{version};\n\ninterface stdin {{\n  use wasi:io/streams@{version}.{{input-stream}};\n  get-stdin: func() -> input-stream;\n}}\n"
    );
    garden.write("florist/wit/deps/cli/stdin.wit", cli);
    let import = format!("world florist {{\n  import wasi:cli/stdin@{version};");
    garden.replace("florist/wit/florist.wit", "world florist {", &import);
}

/// The garden, linked before it gets WASI.
fn with_wasi(io: &str, version: &str) -> Workspace {
    let garden = garden();
    garden
        .golem_rpc(&[&INIT[..], &["--import"]].concat())
        .success();
    add_wasi(&garden, io, version);
    garden
}

/// Ours gives way, the WIT root resolves, and theirs stays when the link goes.
#[track_caller]
fn gives_way(io: &str, version: &str) {
    let garden = with_wasi(io, version);
    garden.golem_rpc(&["regenerate"]).success();
    loads(&garden, "florist");
    assert_eq!(garden.path("florist/wit/deps/io").exists(), io == "io");
    let poll = garden.read(&format!("florist/wit/deps/{io}/poll.wit"));
    assert!(!poll.contains("@generated"), "{poll}");
    let stub = garden.read("florist/wit/deps/garden_nursery-stub/_stub.wit");
    assert!(stub.contains(&format!("wasi:io/poll@{version}")), "{stub}");
    garden.golem_rpc(&["check"]).success();
    garden.golem_rpc(&["regenerate"]).success().says("Fresh");
    garden.golem_rpc(&["unlink", "--all"]).success();
    loads(&garden, "florist");
    assert!(
        garden
            .path(&format!("florist/wit/deps/{io}/poll.wit"))
            .exists()
    );
}

#[test]
fn in_the_same_directory() {
    gives_way("io", "0.2.0");
}

#[test]
fn in_another_directory() {
    gives_way("wasi-io", "0.2.0");
    gives_way("a-io", "0.2.0");
}

#[test]
fn at_another_version_that_is_compatible() {
    gives_way("wasi-io", "0.2.3");
    gives_way("io", "0.2.3");
}

#[test]
fn a_copy_that_was_changed_and_is_not_fuller_is_refused() {
    let garden = garden();
    garden.golem_rpc(&INIT).success();
    let file = "florist/wit/deps/io/poll.wit";
    garden.write(file, garden.read(file) + "// mine\n");
    garden.refuses(&["regenerate"], 5, &[file]);
}

#[test]
fn without_a_workspace() {
    let garden = garden();
    let build = [
        "build",
        "--source-wit-root",
        "nursery/wit",
        "--dest-wasm",
        "stub.wasm",
        "--dest-wit-root",
        "stub-wit",
    ];
    garden.golem_rpc(&build).success();
    let add = [
        "add-stub-dependency",
        "--stub-wit-root",
        "stub-wit",
        "--dest-wit-root",
        "florist/wit",
    ];
    for (io, version) in [("wasi-io", "0.2.0"), ("io", "0.2.0"), ("wasi-io", "0.2.3")] {
        garden.golem_rpc(&add).success();
        let wit = garden.read("florist/wit/florist.wit");
        add_wasi(&garden, io, version);
        garden
            .golem_rpc(
                &[
                    &add[..],
                    &["--overwrite"][..usize::from(version != "0.2.0")],
                ]
                .concat(),
            )
            .success();
        loads(&garden, "florist");
        garden
            .golem_rpc(&add)
            .success()
            .says("has the stub already");
        garden.write("florist/wit/florist.wit", wit);
        fs::remove_dir_all(garden.path("florist/wit/deps")).unwrap();
    }
}
