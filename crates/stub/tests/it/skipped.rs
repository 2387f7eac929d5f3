//! Functions that a stub cannot carry, left out.

use golem_rpc_stub::{Skipped, Stub, StubError, StubOptions};

use crate::{select, stub_with, text, wire_names};

fn skipping(text: &str) -> Result<Stub, StubError> {
    let options = StubOptions {
        skip_unsupported: true,
        ..StubOptions::default()
    };
    stub_with(&[("main.wit", text)], &options)
}

const MIXED: &str = "package a:b;
interface types {
  resource file;
  record parts { all: stream<u8> }
}
interface api {
  use types.{file, parts};
  record only-there { p: parts }
  resource r {
    constructor(x: stream<u8>);
    good: func() -> u8;
    later: async func();
  }
  good: func(r: borrow<r>);
  bad: func(x: only-there);
  open: func() -> file;
}
world w {
  export api;
  export tick: async func();
}";

#[test]
fn what_cannot_be_carried_is_left_out_and_listed() {
    let stub = skipping(MIXED).unwrap_or_else(|error| panic!("{error}"));
    let skipped: Vec<_> = stub.skipped.iter().map(|s| s.wire_name.as_str()).collect();
    assert_eq!(
        skipped,
        [
            "a:b/api.{r.new}",
            "a:b/api.{r.later}",
            "a:b/api.{bad}",
            "a:b/api.{open}",
            "tick"
        ]
    );
    assert_eq!(
        wire_names(&stub),
        [
            ("r", vec!["a:b/api.{r.good}"]),
            ("api", vec!["a:b/api.{good}"])
        ]
    );
    assert_eq!(stub.resources[0].constructor, None);
    assert!(!text(&stub).contains("only-there"), "{}", text(&stub));
    for Skipped { reason, hint, .. } in &stub.skipped {
        assert!(reason.contains("--> /wit/main.wit:"), "{reason}");
        assert!(hint.is_some(), "{reason}");
    }
}

#[test]
fn without_the_option_the_first_is_an_error() {
    let error = stub_with(&[("main.wit", MIXED)], &StubOptions::default()).expect_err("refused");
    let message = error.to_string();
    assert!(
        message.contains("a stub cannot carry a stream"),
        "{message}"
    );
    assert!(message.contains("--> /wit/main.wit:10:17"), "{message}");
}

#[test]
fn where_nothing_remains_the_reason_is_an_error() {
    let source = "package a:b; interface api { resource r; f: func(x: map<string, r>); } world w { export api; }";
    let error = skipping(source).expect_err("refused");
    assert!(
        matches!(&error, StubError::Unsupported(error) if error.construct == "map"),
        "{error}"
    );
}

#[test]
fn nothing_is_skipped_where_all_is_well() {
    let text = "package a:b; interface api { f: func(); } world w { export api; }";
    let stub = skipping(text).unwrap_or_else(|error| panic!("{error}"));
    assert!(stub.skipped.is_empty());
    let source = select(&[("main.wit", text)], None).expect("legal WIT");
    let plain = Stub::new(&source, &StubOptions::default()).expect("a stub");
    assert_eq!(stub.wit, plain.wit);
}
