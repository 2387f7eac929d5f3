//! What callers get of a target's packages: types, and of these only what the stub may `use`.

use golem_rpc_stub::Stub;
use golem_rpc_stub::vendor::{StubWit, vendor};
use wit_parser::PackageName;

use crate::{stub, stub_of, text};

fn dep<'a>(stub: &'a Stub, path: &str) -> &'a str {
    let found = stub.wit.text(format!("deps/{path}"));
    found.unwrap_or_else(|| panic!("{path} in {:?}", stub.packages))
}

fn packages(stub: &Stub) -> Vec<String> {
    stub.packages.iter().map(|p| p.name.to_string()).collect()
}

const BASE: [&str; 2] = ["golem:rpc@0.1.0", "wasi:io@0.2.0"];

#[test]
fn functions_go_and_types_stay() {
    let stub = stub(
        "package a:b;
/// All there is.
interface api {
  /// Who.
  record person { name: string, born: option<date> }
  type date = u32;
  enum unused { x }
  hire: func(who: person) -> date;
  fire: func(who: string);
}
world w { export api; }",
    );
    let copy = dep(&stub, "a_b/b.wit");
    assert!(!copy.contains("func"), "{copy}");
    for kept in [
        "/// All there is.",
        "/// Who.",
        "record person",
        "type date",
        "enum unused",
    ] {
        assert!(copy.contains(kept), "{kept} in {copy}");
    }
    assert!(
        text(&stub).contains("use a:b/api.{person, date};"),
        "{}",
        text(&stub)
    );
}

#[test]
fn an_interface_of_functions_alone_is_not_copied() {
    let stub = stub(
        "package a:b;
interface types { record person { name: string } }
interface api { use types.{person}; hire: func(who: person); }
interface admin { stop: func(); }
world w { export api; export admin; }",
    );
    let copy = dep(&stub, "a_b/b.wit");
    assert!(
        copy.contains("interface types") && !copy.contains("interface a"),
        "{copy}"
    );
}

#[test]
fn without_types_no_package_is_copied() {
    let text = "package a:b; interface api { add: func(n: u64) -> u64; } world w { export api; }";
    assert_eq!(packages(&stub(text)), BASE);
}

#[test]
fn resources_go_with_all_that_holds_one() {
    let stub = stub(
        "package a:b;
interface api {
  resource job { constructor(); run: func() -> report; }
  record report { lines: list<string> }
  record crew { lead: job, name: string }
  type crews = list<crew>;
  type a-job = job;
  assign: func(c: borrow<job>) -> crews;
}
interface more { use api.{crew, report as note}; type both = tuple<note, note>; last: func() -> both; }
world w { export api; export more; }",
    );
    let copy = dep(&stub, "a_b/b.wit");
    for gone in ["resource", "func", "crew", "a-job"] {
        assert!(!copy.contains(gone), "{gone} in {copy}");
    }
    for kept in ["record report", "use api.{report as note};", "type both"] {
        assert!(copy.contains(kept), "{kept} in {copy}");
    }
    assert!(text(&stub).contains("resource job"), "{}", text(&stub));
    assert!(text(&stub).contains("record crew"), "{}", text(&stub));
}

#[test]
fn packages_that_only_functions_or_resources_lead_to_are_not_copied() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package a:b;
interface api { use x:res/api.{thing}; use x:types/t.{date}; record r { d: date } f: func(r: r) -> r; g: func(t: borrow<thing>); }
world w { export x:res/api; export api; }",
        ),
        ("deps/res.wit", "package x:res; interface api { resource thing; make: func() -> thing; }"),
        (
            "deps/types.wit",
            "package x:types; interface t { type date = u32; today: func() -> date; } interface clock { tick: func(); }",
        ),
    ]);
    assert_eq!(packages(&stub), ["a:b", BASE[0], BASE[1], "x:types"]);
    let copy = dep(&stub, "x_types/types.wit");
    assert!(!copy.contains("clock") && !copy.contains("func"), "{copy}");
}

#[test]
fn what_the_host_provides_stays_whole() {
    let stub = stub_of(&[
        (
            "main.wit",
            "package golem:component; interface api { use wasi:clocks/wall-clock@0.2.0.{datetime}; record r { at: datetime } f: func(at: r); } world w { export api; }",
        ),
        (
            "deps/clocks.wit",
            "package wasi:clocks@0.2.0; interface wall-clock { record datetime { seconds: u64, nanoseconds: u32 } now: func() -> datetime; }",
        ),
    ]);
    assert!(dep(&stub, "clocks/wall-clock.wit").contains("now: func"));
    let copy = dep(&stub, "golem_component/component.wit");
    assert!(
        copy.contains("record r") && !copy.contains("func"),
        "{copy}"
    );
}

#[test]
fn what_cannot_be_carried_goes_too_where_it_holds_a_resource() {
    let text = "package a:b;
interface api {
  resource job;
  type jobs = stream<job>;
  type later = future<jobs>;
  type by-name = map<string, job>;
  record r { n: u8 }
  f: func(r: r);
}
world w { export api; }";
    let stub = stub(text);
    let copy = dep(&stub, "a_b/b.wit");
    for gone in ["job", "later", "by-name"] {
        assert!(!copy.contains(gone), "{gone} in {copy}");
    }
}

/// Two targets share a package: its copy is the same from both.
#[test]
fn two_targets_agree_on_a_package_that_they_share() {
    let shared = "package x:y; interface t { record r { n: u8 } enum e { a } resource s; go: func() -> s; } interface u { use t.{e}; stop: func(e: e); }";
    let target = |name: &str, interface: &str, ty: &str| {
        let main = format!(
            "package a:{name}; interface api {{ use x:y/{interface}.{{{ty}}}; f: func(v: {ty}); }} world w {{ export api; }}"
        );
        StubWit::of(&stub_of(&[("main.wit", &main), ("deps/y.wit", shared)])).unwrap()
    };
    let (one, other) = (target("one", "t", "r"), target("other", "u", "e"));
    let own = PackageName {
        namespace: "my".into(),
        name: "caller".into(),
        version: None,
    };
    let copies = vendor(&[&one, &other], &own, &[]).unwrap();
    let copy = copies.iter().find(|copy| copy.dir == "x_y").unwrap();
    let (_, text) = copy.files.iter().next().unwrap();
    let text = std::str::from_utf8(text).unwrap();
    assert!(
        text.contains("record r") && text.contains("enum e"),
        "{text}"
    );
    assert!(
        !text.contains("func") && !text.contains("resource"),
        "{text}"
    );
}
