//! Stubs' WIT in callers.

use golem_rpc_plan::FileSet;
use golem_rpc_stub::vendor::{Copy, Existing, StubWit, VendorError, vendor};
use golem_rpc_stub::{WitFile, WitPackage};
use wit_parser::PackageName;

use crate::{stub, stub_of};

fn wit(text: &str) -> StubWit {
    StubWit::of(&stub(text)).expect("a stub's WIT is readable")
}

fn history() -> StubWit {
    wit(
        "package shop:history; interface api { record order { id: string } add: func(o: order); } world history { export api; }",
    )
}

fn name(text: &str) -> PackageName {
    let (namespace, rest) = text.split_once(':').expect("ns:name");
    let (name, version) = match rest.split_once('@') {
        Some((name, version)) => (name, Some(version.parse().expect("a version"))),
        None => (rest, None),
    };
    PackageName {
        namespace: namespace.into(),
        name: name.into(),
        version,
    }
}

fn existing(package: &str, text: &str) -> Existing {
    let path = camino::Utf8PathBuf::from("/caller/wit/deps/own");
    let file = WitFile {
        path: path.join("x.wit"),
        content: text.into(),
    };
    Existing {
        name: name(package),
        path,
        package: WitPackage {
            path: file.path.clone(),
            files: vec![file],
        },
    }
}

fn file<'a>(copies: &'a [Copy], dir: &str) -> &'a str {
    let copy = copies
        .iter()
        .find(|c| c.dir == dir)
        .unwrap_or_else(|| panic!("{dir} in {copies:?}"));
    let (_, content) = copy.files.iter().next().expect("a file");
    std::str::from_utf8(content).expect("text")
}

const IO_023: &str = "package wasi:io@0.2.3; interface poll { resource pollable { ready: func() -> bool; block: func(); } poll: func(in: list<borrow<pollable>>) -> list<u32>; } interface streams { resource s; }";

#[test]
fn a_caller_without_anything_gets_all() {
    let copies = vendor(&[&history()], &name("shop:cart"), &[]).expect("copies");
    let dirs: Vec<_> = copies.iter().map(|c| c.dir.as_str()).collect();
    assert_eq!(
        dirs,
        ["wasm-rpc", "shop_history", "shop_history-stub", "io"]
    );
    let stub = stub(
        "package shop:history; interface api { record order { id: string } add: func(o: order); } world history { export api; }",
    );
    assert_eq!(
        Some(file(&copies, "shop_history-stub")),
        stub.wit.text("_stub.wit"),
        "as it stands"
    );
}

#[test]
fn a_compatible_package_of_the_callers_is_used() {
    let copies = vendor(
        &[&history()],
        &name("shop:cart"),
        &[existing("wasi:io@0.2.3", IO_023)],
    )
    .expect("copies");
    assert!(!copies.iter().any(|c| c.dir == "io"), "{copies:?}");
    assert!(file(&copies, "shop_history-stub").contains("use wasi:io/poll@0.2.3.{pollable};"));
    assert!(file(&copies, "wasm-rpc").contains("use wasi:io/poll@0.2.3.{pollable};"));
}

#[test]
fn an_incompatible_one_is_refused() {
    let text = "package wasi:io@0.3.0; interface poll { resource pollable; }";
    let error = vendor(
        &[&history()],
        &name("shop:cart"),
        &[existing("wasi:io@0.3.0", text)],
    )
    .expect_err("refused");
    assert!(matches!(error, VendorError::Incompatible { .. }));
    let message = error.to_string();
    assert!(
        message.contains("wasi:io@0.2.0") && message.contains("wasi:io@0.3.0"),
        "{message}"
    );
}

#[test]
fn a_package_with_other_types_is_refused_and_both_are_shown() {
    let text =
        "package shop:history; interface api { record order { id: u64 } add: func(o: order); }";
    let error = vendor(
        &[&history()],
        &name("shop:cart"),
        &[existing("shop:history", text)],
    )
    .expect_err("refused");
    let message = error.to_string();
    assert!(message.contains("record { id: string }"), "{message}");
    assert!(message.contains("record { id: u64 }"), "{message}");
    assert!(message.contains("/caller/wit/deps/own"), "{message}");
    let text = "package wasi:io@0.2.1; interface streams { resource s; }";
    let error = vendor(
        &[&history()],
        &name("shop:cart"),
        &[existing("wasi:io@0.2.1", text)],
    )
    .expect_err("refused");
    assert!(error.to_string().contains("interface poll"), "{error}");
}

#[test]
fn handles_of_different_resources_differ() {
    let needed = "package wasi:t@1.0.0; interface one { resource r; resource q; record a { x: u8 } type h = borrow<r>; }";
    let main = "package p:q; interface api { use wasi:t/one@1.0.0.{a}; f: func(v: a); } world w { export api; }";
    let stub = stub_of(&[("main.wit", main), ("deps/t.wit", needed)]);
    let stub = StubWit::of(&stub).expect("readable");
    let same = existing("wasi:t@1.0.0", needed);
    vendor(&[&stub], &name("shop:cart"), &[same]).expect("copies");
    let other = needed.replace("borrow<r>", "borrow<q>");
    let other = existing("wasi:t@1.0.0", &other);
    let error = vendor(&[&stub], &name("shop:cart"), &[other]).expect_err("refused");
    let message = error.to_string();
    assert!(
        message.contains("borrow<r>") && message.contains("borrow<q>"),
        "{message}"
    );
}

#[test]
fn a_difference_names_both_versions() {
    let stub = user_of_shared("p:q", "one", "a");
    let text = "package s:t@1.2.0; interface one { record a { x: u16 } }";
    let error = vendor(&[&stub], &name("shop:cart"), &[existing("s:t@1.2.0", text)]);
    let message = error.expect_err("refused").to_string();
    for part in [
        "`a` of `s:t@1.0.0` as",
        "`/caller/wit/deps/own` holds `s:t@1.2.0` with",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn the_callers_own_package_cannot_be_a_dependency() {
    let stub = user_of_shared("p:q", "one", "a");
    let error = vendor(&[&stub], &name("s:t@2.0.0"), &[]).expect_err("refused");
    assert!(matches!(error, VendorError::Cycle { .. }), "{error}");
    let message = error.to_string();
    for part in [
        "`p:q-stub` needs",
        "`s:t@1.0.0`",
        "own package is `s:t@2.0.0`",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn two_stubs_with_incompatible_versions_are_refused() {
    let options = golem_rpc_stub::StubOptions {
        golem_rpc: golem_rpc_stub::GolemRpc::V0_2_0,
        ..Default::default()
    };
    let later = crate::stub_with(
        &[(
            "main.wit",
            "package p:later; interface api { f: func(); } world w { export api; }",
        )],
        &options,
    );
    let later = StubWit::of(&later.expect("a stub")).expect("readable");
    let error = vendor(&[&history(), &later], &name("shop:cart"), &[]).expect_err("refused");
    let message = error.to_string();
    for part in [
        "`shop:history-stub` needs `golem:rpc@0.1.0`",
        "`p:later-stub` needs `golem:rpc@0.2.0`",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("`golem:rpc`"))
    );
}

const SHARED: &str =
    "package s:t@1.0.0; interface one { record a { x: u8 } } interface two { record b { y: u8 } }";

fn user_of_shared(package: &str, interface: &str, ty: &str) -> StubWit {
    let main = format!(
        "package {package}; interface api {{ use s:t/{interface}@1.0.0.{{{ty}}}; f: func(v: {ty}); }} world w {{ export api; }}"
    );
    StubWit::of(&stub_of(&[("main.wit", &main), ("deps/t.wit", SHARED)])).expect("readable")
}

#[test]
fn two_stubs_bring_different_parts_of_one_package() {
    let stubs = [
        user_of_shared("p:q", "one", "a"),
        user_of_shared("p:r", "two", "b"),
    ];
    let copies = vendor(&stubs.each_ref(), &name("shop:cart"), &[]).expect("copies");
    let shared = file(&copies, "s_t");
    assert!(
        shared.contains("interface one") && shared.contains("interface two"),
        "{shared}"
    );
    assert_eq!(copies.iter().filter(|c| c.dir == "wasm-rpc").count(), 1);
}

#[test]
fn two_stubs_that_disagree_are_refused() {
    let other = "package s:t@1.0.0; interface one { record a { x: u64 } }";
    let main = "package p:r; interface api { use s:t/one@1.0.0.{a}; f: func(v: a); } world w { export api; }";
    let second =
        StubWit::of(&stub_of(&[("main.wit", main), ("deps/t.wit", other)])).expect("readable");
    let error = vendor(
        &[&user_of_shared("p:q", "one", "a"), &second],
        &name("shop:cart"),
        &[],
    )
    .expect_err("refused");
    assert!(matches!(error, VendorError::Conflict { .. }), "{error}");
}

#[test]
fn copies_are_the_same_every_time() {
    let copies = || {
        vendor(
            &[&user_of_shared("p:q", "one", "a"), &history()],
            &name("shop:cart"),
            &[],
        )
        .expect("copies")
    };
    let files = |copies: Vec<Copy>| {
        let mut all = FileSet::new();
        copies
            .into_iter()
            .for_each(|c| all.extend_under(c.dir, c.files));
        all
    };
    assert_eq!(files(copies()), files(copies()));
}
