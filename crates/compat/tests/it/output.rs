//! Places, other uses of a type, and the two renderings.

use camino::Utf8Path;
use golem_rpc_compat::{Class, compare, github, human};

use crate::{changes, source_of};

const OLD: &str = "package shop:hist@1.0.0;

interface api {
  record order {
    id: string,
    total: f32,
  }
  add-order: func(order: order);
  orders: func() -> list<order>;
  last: func() -> option<order>;
}

world w {
  export api;
}
";

fn changed() -> Vec<golem_rpc_compat::Change> {
    let new = OLD.replace("total: f32", "total: u64");
    let new = new.replace("  last: func() -> option<order>;\n", "");
    compare(
        &source_of(&[("old.wit", OLD)]),
        &source_of(&[("new, 2.wit", &new)]),
    )
}

#[test]
fn a_change_has_both_places_and_tells_other_uses() {
    let changes = changed();
    let [total, last] = changes.as_slice() else {
        panic!("{changes:#?}")
    };
    assert_eq!(
        total.path.to_string(),
        "shop:hist/api@1.0.0.add-order: param order: record order: field total"
    );
    let also: Vec<String> = total.also.iter().map(ToString::to_string).collect();
    assert_eq!(also, ["shop:hist/api@1.0.0.orders: result"]);
    let (old, new) = (total.old.as_ref().unwrap(), total.new.as_ref().unwrap());
    assert_eq!(
        (old.text.as_str(), new.text.as_str()),
        ("total: f32", "total: u64")
    );
    let place = old.place.as_ref().unwrap();
    assert_eq!(
        (place.path.as_str(), place.line, place.column),
        ("/wit/old.wit", 6, 5)
    );
    assert_eq!(
        place.shown,
        "      |\n    6 |     total: f32,\n      |     ^----"
    );
    // What is gone points at what it stood in.
    assert_eq!(last.class, Class::Wire);
    let place = last.place.as_ref().unwrap();
    assert_eq!((place.path.as_str(), place.line), ("/wit/new, 2.wit", 3));
}

#[test]
fn for_people() {
    let expected = "\
wire-breaking: field `total` has another type
     --> /wit/new, 2.wit:6:5
      |
    6 |     total: u64,
      |     ^----
      = at shop:hist/api@1.0.0.add-order: param order: record order: field total
      = and at shop:hist/api@1.0.0.orders: result
      = old: total: f32
      = new: total: u64
      = values carry what kind they are, and the other side refuses another kind than it expects

wire-breaking: function `last` is gone
     --> /wit/new, 2.wit:3:11
     was /wit/old.wit:10:3
      |
   10 |   last: func() -> option<order>;
      |   ^---
      = at shop:hist/api@1.0.0.last
      = old: last: func() -> option<order>
      = callers that are built ask for it by this name

2 wire-breaking, 0 source-breaking, 0 compatible changes
";
    assert_eq!(human::render(&changed()), expected);
    assert_eq!(human::render(&[]), "");
}

#[test]
fn for_github() {
    let expected = "\
::error file=new%2C 2.wit,line=6,col=5,title=wire-breaking%3A field `total` has another type::shop:hist/api@1.0.0.add-order: param order: record order: field total: values carry what kind they are, and the other side refuses another kind than it expects%0Aold: total: f32%0Anew: total: u64
::error file=new%2C 2.wit,line=3,col=11,title=wire-breaking%3A function `last` is gone::shop:hist/api@1.0.0.last: callers that are built ask for it by this name%0Aold: last: func() -> option<order>
";
    let root = Utf8Path::new("/wit");
    assert_eq!(github::render(&changed(), root, Class::Wire), expected);
    let levels = changes(
        "record r { a: u8 } f: func(r: r);",
        "record r { b: u8 } f: func(r: r); g: func();",
    );
    let lines = github::render(&levels, Utf8Path::new("/elsewhere"), Class::Wire);
    let starts: Vec<&str> = lines
        .lines()
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(
        starts,
        [
            "::warning file=/wit/main.wit",
            "::notice file=/wit/main.wit"
        ]
    );
    let strict = github::render(&levels, root, Class::Source);
    assert!(strict.starts_with("::error file=main.wit"), "{strict}");
}

#[test]
fn a_swap_that_nothing_notices_is_said_to_be_one() {
    let found = changes(
        "record r { net: u8, gross: u8 } f: func(r: r);",
        "record r { gross: u8, net: u8 } f: func(r: r);",
    );
    assert!(found[0].reason.contains("silently"), "{}", found[0].reason);
    let found = changes(
        "record r { net: u8, gross: u16 } f: func(r: r);",
        "record r { gross: u16, net: u8 } f: func(r: r);",
    );
    assert!(!found[0].reason.contains("silently"), "{}", found[0].reason);
}
