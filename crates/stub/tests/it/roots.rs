//! WIT roots of all shapes.

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitError, WitRoot};

use crate::{root, select, stub_of, text};

#[test]
fn a_package_in_several_files_with_deps_of_every_kind() {
    let mut resolve = wit_parser::Resolve::default();
    let encoded = "package e:f@0.3.0; interface t { record z { a: string } }";
    let package = resolve.push_source("f.wit", encoded).expect("this parses");
    let encoded = wit_component::encode(&resolve, package, false).expect("this encodes");
    let mut files = root(&[
        ("main.wit", "package a:b; world w { export api; }"),
        (
            "api.wit",
            "package a:b; interface api { use c:d/t.{x}; use e:f/t@0.3.0.{z}; f: func(x: x) -> z; }",
        ),
        (
            "deps/c_d/one.wit",
            "package c:d; interface t { use g:h/t.{y}; record x { y: y } }",
        ),
        (
            "deps/c_d/two.wit",
            "package c:d; interface unreached { f: func(); }",
        ),
        (
            "deps/h.wit",
            "package g:h; interface t { type y = list<u8>; }",
        ),
        (
            "deps/stray.wit",
            "package s:t; interface old { f: func(x: float32); }",
        ),
    ]);
    files.deps.push(golem_rpc_stub::WitPackage {
        path: "dep".into(),
        files: vec![golem_rpc_stub::WitFile {
            path: "/wit/deps/f.wasm".into(),
            content: encoded,
        }],
    });
    let source = files.select(None).unwrap_or_else(|error| panic!("{error}"));
    let stub = golem_rpc_stub::Stub::new(&source, &Default::default())
        .unwrap_or_else(|error| panic!("{error}"));
    let text = text(&stub);
    assert!(text.contains("use c:d/t.{x};"), "{text}");
    assert!(text.contains("use e:f/t@0.3.0.{z};"), "{text}");
    let dirs: Vec<_> = stub.packages.iter().map(|p| p.dir.as_str()).collect();
    assert_eq!(dirs, ["c_d", "e_f", "g_h", "wasm-rpc", "io"]);
    let copy = stub.wit.text("deps/c_d/d.wit").expect("a copy");
    assert!(!copy.contains("unreached"), "{copy}");
}

#[test]
fn a_file_in_place_of_deps() {
    let mut disk = Snapshot::new();
    disk.insert("/wit/main.wit", "package a:b; world w {}");
    disk.insert("/wit/deps", "x");
    let error = WitRoot::read(&disk, Utf8Path::new("/wit")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`/wit/deps` is a file, where a directory is needed"
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("move")));
}

#[test]
fn a_missing_package_is_named() {
    let files = [(
        "main.wit",
        "package a:b; interface api { use c:d/t.{x}; f: func(x: x); } world w { export api; }",
    )];
    let error = select(&files, None).expect_err("refused");
    assert!(error.to_string().contains("'c:d' not found"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("`c:d`")));
}

#[test]
fn a_missing_package_in_a_broken_file_is_that_files_trouble() {
    let files = [
        (
            "main.wit",
            "package a:b; interface api { use c:d/t.{x}; f: func(x: x); } world w { export api; }",
        ),
        (
            "deps/d.wit",
            "package c:d; interface t { record x { a: float64 } }",
        ),
    ];
    let error = select(&files, None).expect_err("refused");
    assert!(matches!(error, WitError::OldSpelling { .. }), "{error}");
}

#[test]
fn a_target_with_a_compatible_wasi_of_its_own_keeps_that_version() {
    let rpc = include_str!("../../wit/golem-rpc-0.1.0.wit").replace("poll@0.2.0", "poll@0.2.3");
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b; interface api { use golem:rpc/types@0.1.0.{uri}; f: func(u: uri); } world w { export api; }",
        ),
        ("deps/rpc.wit", &rpc),
        (
            "deps/io.wit",
            "package wasi:io@0.2.3; interface poll { resource pollable; } interface streams { resource s; }",
        ),
    ]);
    let text = text(&stub);
    assert!(
        text.contains("use wasi:io/poll@0.2.3.{pollable};"),
        "{text}"
    );
    let io = stub.wit.text("deps/io/poll.wit").expect("a copy");
    assert!(io.contains("package wasi:io@0.2.3;"), "{io}");
    assert!(!io.contains("streams"), "{io}");
}

#[test]
fn an_empty_comment_is_one() {
    let stub = stub_of(&[(
        "main.wit",
        "package a:b;\ninterface api {\n  /**/\n  f: func();\n}\nworld w { export api; }\n",
    )]);
    assert_eq!(stub.resources[0].functions.len(), 1);
}

/// The second of these claims to have a section of two gigabytes, for which there must be no room made.
#[test]
fn bytes_that_are_no_package() {
    let bytes: [&[u8]; 2] = [
        b"package a:b;",
        b"\0asm\x0d\0\x01\0\x07\xff\xff\xff\xff\x07\x01A",
    ];
    for content in bytes {
        let mut disk = Snapshot::new();
        disk.insert("/wit.wasm", content);
        let root = WitRoot::read(&disk, Utf8Path::new("/wit.wasm")).expect("there is a file");
        let error = root.select(None).expect_err("refused");
        assert!(matches!(error, WitError::NotWit { .. }), "{error}");
        let message = error.to_string();
        assert!(
            message.starts_with("`/wit.wasm` is not an encoded WIT package or component: "),
            "{message}"
        );
    }
}
