//! Pairs of texts and all that differs between them.

use crate::{changes, lines, source};
use golem_rpc_compat::compare;

struct Case {
    name: &'static str,
    old: &'static str,
    new: &'static str,
    /// `class subject what path`; `~` stands for `a:b/api`.
    expected: &'static [&'static str],
}

const fn case(
    name: &'static str,
    old: &'static str,
    new: &'static str,
    expected: &'static [&'static str],
) -> Case {
    Case {
        name,
        old,
        new,
        expected,
    }
}

const CASES: &[Case] = &[
    // records
    case(
        "a field retyped",
        "record r { a: u8, b: u8 } f: func(r: r);",
        "record r { a: u8, b: u16 } f: func(r: r);",
        &["wire field retyped ~.f: param r: record r: field b"],
    ),
    case(
        "a field renamed",
        "record r { a: u8, b: u8 } f: func(r: r);",
        "record r { a: u8, c: u8 } f: func(r: r);",
        &["source field renamed ~.f: param r: record r: field b"],
    ),
    case(
        "a field renamed and retyped",
        "record r { a: u8 } f: func(r: r);",
        "record r { b: string } f: func(r: r);",
        &[
            "source field renamed ~.f: param r: record r: field a",
            "wire field retyped ~.f: param r: record r: field a",
        ],
    ),
    case(
        "two fields of one type swapped",
        "record r { a: u8, b: u8 } f: func(r: r);",
        "record r { b: u8, a: u8 } f: func(r: r);",
        &["wire field reordered ~.f: param r: record r"],
    ),
    case(
        "two fields of different types swapped",
        "record r { a: u8, b: string } f: func(r: r);",
        "record r { b: string, a: u8 } f: func(r: r);",
        &["wire field reordered ~.f: param r: record r"],
    ),
    case(
        "a field added last",
        "record r { a: u8 } f: func(r: r);",
        "record r { a: u8, b: u8 } f: func(r: r);",
        &["wire field added ~.f: param r: record r: field b"],
    ),
    case(
        "a field added first",
        "record r { a: u8 } f: func() -> r;",
        "record r { b: u8, a: u8 } f: func() -> r;",
        &["wire field added ~.f: result: record r: field b"],
    ),
    case(
        "a field removed",
        "record r { a: u8, b: u8, c: u8 } f: func(r: r);",
        "record r { a: u8, c: u8 } f: func(r: r);",
        &["wire field removed ~.f: param r: record r: field b"],
    ),
    case(
        "a field made optional",
        "record r { a: u8 } f: func(r: r);",
        "record r { a: option<u8> } f: func(r: r);",
        &["wire field retyped ~.f: param r: record r: field a"],
    ),
    case(
        "a field removed and the rest swapped",
        "record r { a: u8, b: u8, c: u8 } f: func(r: r);",
        "record r { c: u8, a: u8 } f: func(r: r);",
        &[
            "wire field reordered ~.f: param r: record r",
            "wire field removed ~.f: param r: record r: field b",
        ],
    ),
    case(
        "a change deep inside is told once",
        "record i { a: u8 } record o { is: list<i> } f: func(o: o); g: func() -> option<o>;",
        "record i { a: u32 } record o { is: list<i> } f: func(o: o); g: func() -> option<o>;",
        &["wire field retyped ~.f: param o: record o: field is: record i: field a"],
    ),
    // enums, variants, flags
    case(
        "an enum case appended to a parameter",
        "enum e { a, b } f: func(e: e);",
        "enum e { a, b, c } f: func(e: e);",
        &["compatible case added ~.f: param e: enum e: case c"],
    ),
    case(
        "an enum case appended to a result",
        "enum e { a, b } f: func() -> e;",
        "enum e { a, b, c } f: func() -> e;",
        &["wire case added ~.f: result: enum e: case c"],
    ),
    case(
        "an enum case appended to both",
        "enum e { a } f: func(e: e); g: func() -> list<e>;",
        "enum e { a, b } f: func(e: e); g: func() -> list<e>;",
        &["wire case added ~.f: param e: enum e: case b"],
    ),
    case(
        "an enum case added in front",
        "enum e { a, b } f: func(e: e);",
        "enum e { c, a, b } f: func(e: e);",
        &["wire case added ~.f: param e: enum e: case c"],
    ),
    case(
        "the last case removed from a parameter",
        "enum e { a, b } f: func(e: e);",
        "enum e { a } f: func(e: e);",
        &["wire case removed ~.f: param e: enum e: case b"],
    ),
    case(
        "the last case removed from a result",
        "enum e { a, b } f: func() -> e;",
        "enum e { a } f: func() -> e;",
        &["source case removed ~.f: result: enum e: case b"],
    ),
    case(
        "the first case removed from a result",
        "enum e { a, b } f: func() -> e;",
        "enum e { b } f: func() -> e;",
        &["wire case removed ~.f: result: enum e: case a"],
    ),
    case(
        "cases reordered",
        "enum e { a, b } f: func(e: e);",
        "enum e { b, a } f: func(e: e);",
        &["wire case reordered ~.f: param e: enum e"],
    ),
    case(
        "a case renamed",
        "variant v { a, b(u8) } f: func(v: v);",
        "variant v { a, c(u8) } f: func(v: v);",
        &["source case renamed ~.f: param v: variant v: case b"],
    ),
    case(
        "a payload added",
        "variant v { a, b } f: func(v: v);",
        "variant v { a, b(u8) } f: func(v: v);",
        &["wire case retyped ~.f: param v: variant v: case b"],
    ),
    case(
        "a payload retyped",
        "variant v { a(u8) } f: func(v: v);",
        "variant v { a(string) } f: func(v: v);",
        &["wire case retyped ~.f: param v: variant v: case a"],
    ),
    case(
        "an enum made a variant",
        "enum v { a, b } f: func(v: v);",
        "variant v { a, b } f: func(v: v);",
        &["wire type retyped ~.f: param v: enum v"],
    ),
    case(
        "a flag added",
        "flags p { a, b } f: func(p: p);",
        "flags p { a, b, c } f: func(p: p);",
        &["wire flag added ~.f: param p: flags p: flag c"],
    ),
    case(
        "a flag removed",
        "flags p { a, b } f: func() -> p;",
        "flags p { a } f: func() -> p;",
        &["wire flag removed ~.f: result: flags p: flag b"],
    ),
    case(
        "a flag renamed",
        "flags p { a, b } f: func(p: p);",
        "flags p { a, c } f: func(p: p);",
        &["source flag renamed ~.f: param p: flags p: flag b"],
    ),
    case(
        "flags swapped",
        "flags p { a, b } f: func(p: p);",
        "flags p { b, a } f: func(p: p);",
        &["wire flag reordered ~.f: param p: flags p"],
    ),
    // aliases and names of types
    case(
        "an alias in place of what it stands for",
        "f: func(x: string);",
        "type t = string; f: func(x: t);",
        &["compatible type added ~: type t"],
    ),
    case(
        "an alias dissolved",
        "type t = string; f: func(x: t);",
        "f: func(x: string);",
        &["source type removed ~: type t"],
    ),
    case(
        "an alias of another type",
        "type t = u32; f: func(x: t); g: func() -> t;",
        "type t = u64; f: func(x: t); g: func() -> t;",
        &["wire type retyped ~.f: param x: type t"],
    ),
    case(
        "a record renamed",
        "record r { a: u8 } f: func(r: r);",
        "record s { a: u8 } f: func(r: s);",
        &["source type renamed ~.f: param r: record r"],
    ),
    case(
        "a record renamed, the old name kept",
        "record r { a: u8 } f: func(r: r);",
        "record s { a: u8 } type r = s; f: func(r: s);",
        &[],
    ),
    case(
        "another record of the same shape",
        "record r { a: u8 } record s { a: u8 } f: func(r: r); g: func(s: s);",
        "record r { a: u8 } record s { a: u8 } f: func(r: s); g: func(s: s);",
        &["source param retyped ~.f: param r"],
    ),
    case(
        "another record of another shape",
        "record r { a: u8 } record s { a: u16 } f: func(r: r); g: func(s: s);",
        "record r { a: u8 } record s { a: u16 } f: func(r: list<s>); g: func(s: s);",
        &["wire param retyped ~.f: param r"],
    ),
    case(
        "a record made a tuple",
        "record r { a: u8 } f: func(r: r);",
        "type r = tuple<u8>; f: func(r: r);",
        &["wire type retyped ~.f: param r: record r"],
    ),
    case(
        "a type that no function carries",
        "record r { a: u8 } f: func();",
        "record r { a: u16 } f: func();",
        &["source field retyped ~: record r: field a"],
    ),
    case(
        "a type added and one removed that no function carries",
        "record r { a: u8 } f: func();",
        "enum e { a } f: func();",
        &[
            "source type removed ~: record r",
            "compatible type added ~: enum e",
        ],
    ),
    // unnamed types
    case(
        "a list's element",
        "f: func(x: list<u8>);",
        "f: func(x: list<u16>);",
        &["wire param retyped ~.f: param x"],
    ),
    case(
        "a tuple grows",
        "f: func() -> tuple<u8, u8>;",
        "f: func() -> tuple<u8, u8, u8>;",
        &["wire result retyped ~.f: result"],
    ),
    case(
        "an error gets a type",
        "f: func() -> result<u8>;",
        "f: func() -> result<u8, string>;",
        &["wire result retyped ~.f: result"],
    ),
    case(
        "a result in place of a value",
        "f: func() -> u8;",
        "f: func() -> result<u8>;",
        &["wire result retyped ~.f: result"],
    ),
    // functions
    case(
        "a parameter renamed",
        "f: func(a: u8);",
        "f: func(b: u8);",
        &["source param renamed ~.f: param a"],
    ),
    case(
        "a parameter retyped",
        "f: func(a: u8);",
        "f: func(a: s8);",
        &["wire param retyped ~.f: param a"],
    ),
    case(
        "a parameter added",
        "f: func(a: u8);",
        "f: func(a: u8, b: option<u8>);",
        &["wire param added ~.f: param b"],
    ),
    case(
        "a parameter removed",
        "f: func(a: u8, b: u8);",
        "f: func(b: u8);",
        &["wire param removed ~.f: param a"],
    ),
    case(
        "parameters swapped",
        "f: func(a: u8, b: u8);",
        "f: func(b: u8, a: u8);",
        &["wire param reordered ~.f"],
    ),
    case(
        "a result added",
        "f: func();",
        "f: func() -> u8;",
        &["wire result added ~.f: result"],
    ),
    case(
        "a result removed",
        "f: func() -> u8;",
        "f: func();",
        &["wire result removed ~.f: result"],
    ),
    case(
        "a function added",
        "f: func();",
        "f: func(); g: func(a: u8);",
        &["compatible function added ~.g"],
    ),
    case(
        "a function removed",
        "f: func(); g: func(a: u8);",
        "f: func();",
        &["wire function removed ~.g"],
    ),
    case(
        "a function renamed",
        "f: func(); g: func(a: u8);",
        "f: func(); h: func(a: u8);",
        &["wire function renamed ~.g"],
    ),
    case(
        "functions reordered",
        "f: func(); g: func();",
        "g: func(); f: func();",
        &[],
    ),
    case(
        "documentation",
        "/// One.\nf: func();",
        "/// Two.\nf: func();",
        &["compatible function documented ~.f"],
    ),
    case(
        "documentation of a field",
        "record r { a: u8 } f: func(r: r);",
        "record r {\n /// Why.\n a: u8 } f: func(r: r);",
        &["compatible field documented ~.f: param r: record r: field a"],
    ),
    // resources
    case(
        "a method added",
        "resource c { constructor(); get: func() -> u8; }",
        "resource c { constructor(); get: func() -> u8; set: func(x: u8); }",
        &["compatible function added ~.c.set"],
    ),
    case(
        "a method removed",
        "resource c { constructor(); get: func() -> u8; }",
        "resource c { constructor(); }",
        &["wire function removed ~.c.get"],
    ),
    case(
        "a resource renamed",
        "resource c { constructor(a: u8); get: func() -> u8; } f: func(c: borrow<c>);",
        "resource d { constructor(a: u8); get: func() -> u8; } f: func(c: borrow<d>);",
        &["wire resource renamed ~: resource c"],
    ),
    case(
        "a resource removed",
        "resource c { get: func() -> u8; } f: func();",
        "f: func();",
        &["wire resource removed ~: resource c"],
    ),
    case(
        "a resource added",
        "f: func();",
        "resource c { get: func() -> u8; } f: func();",
        &["compatible resource added ~: resource c"],
    ),
    case(
        "a constructor's parameter",
        "resource c { constructor(a: u8); }",
        "resource c { constructor(a: u8, b: u8); }",
        &["wire param added ~.c.new: param b"],
    ),
    case(
        "a method made static",
        "resource c { get: func() -> u8; }",
        "resource c { get: static func() -> u8; }",
        &["wire function retyped ~.c.get"],
    ),
    case(
        "a borrowed handle owned",
        "resource c { get: func(); } f: func(c: borrow<c>);",
        "resource c { get: func(); } f: func(c: c);",
        &["wire param retyped ~.f: param c"],
    ),
    // interfaces, packages, worlds
    case(
        "an interface removed",
        "package a:b; interface x { f: func(); } interface y { g: func(); } world w { export x; export y; }",
        "package a:b; interface x { f: func(); } interface y { g: func(); } world w { export x; }",
        &["wire interface removed a:b/y"],
    ),
    case(
        "an interface added",
        "package a:b; interface x { f: func(); } world w { export x; }",
        "package a:b; interface x { f: func(); } interface y { g: func(); } world w { export x; export y; }",
        &["compatible interface added a:b/y"],
    ),
    case(
        "an interface renamed",
        "package a:b; interface x { record r { a: u8 } f: func(r: r); } world w { export x; }",
        "package a:b; interface y { record r { a: u8 } f: func(r: r); } world w { export y; }",
        &["wire interface renamed a:b/x"],
    ),
    case(
        "another version",
        "package a:b@1.0.0; interface x { f: func(); } world w { export x; export g: func(); }",
        "package a:b@1.1.0; interface x { f: func(); } world w { export x; export g: func(); }",
        &[
            "source package renamed a:b@1.0.0",
            "wire interface renamed a:b/x@1.0.0",
        ],
    ),
    case(
        "another package",
        "package a:b; interface x { record r { a: u8 } f: func() -> r; } world w { export x; }",
        "package a:c; interface x { record r { a: u8 } f: func() -> r; } world w { export x; }",
        &["source package renamed a:b", "wire interface renamed a:b/x"],
    ),
    case(
        "a world renamed",
        "package a:b; world v { export f: func(); }",
        "package a:b; world w { export f: func(); }",
        &["source world renamed v"],
    ),
    case(
        "a world's functions",
        "package a:b; world w { export f: func(x: u8); export g: func(); }",
        "package a:b; world w { export f: func(x: u16); export h: func(y: u8); }",
        &[
            "wire param retyped f: param x",
            "wire function removed g",
            "compatible function added h",
        ],
    ),
    case(
        "an inline interface",
        "package a:b; world w { export i: interface { f: func(x: u8); } }",
        "package a:b; world w { export i: interface { f: func(x: u16); } }",
        &["wire param retyped i.f: param x"],
    ),
    case(
        "imports do not count",
        "package a:b; interface i { g: func(); } world w { export f: func(); }",
        "package a:b; interface i { g: func(x: u8); } world w { import i; export f: func(); }",
        &[],
    ),
    case(
        "a type moved to another interface",
        "package a:b; interface t { record r { a: u8 } } interface s { } interface x { use t.{r}; f: func(r: r); } world w { export x; }",
        "package a:b; interface t { } interface s { record r { a: u8 } } interface x { use s.{r}; f: func(r: r); } world w { export x; }",
        &["source type moved a:b/x.f: param r: record r"],
    ),
    case(
        "a used type changed",
        "package a:b; interface t { record r { a: u8 } } interface x { use t.{r as q}; f: func(r: q); } world w { export x; }",
        "package a:b; interface t { record r { a: u8, b: u8 } } interface x { use t.{r}; f: func(r: r); } world w { export x; }",
        &["wire field added a:b/x.f: param r: record r: field b"],
    ),
];

#[test]
fn every_pair_differs_as_expected() {
    assert!(CASES.len() >= 40);
    let mut wrong = Vec::new();
    for case in CASES {
        let expected: Vec<String> = case
            .expected
            .iter()
            .map(|e| e.replace('~', "a:b/api"))
            .collect();
        let found = lines(&changes(case.old, case.new));
        if found != expected {
            wrong.push(format!(
                "{}\n  expected {expected:#?}\n  found {found:#?}",
                case.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_differs_from_itself() {
    for case in CASES {
        for text in [case.old, case.new] {
            assert_eq!(lines(&changes(text, text)), [""; 0], "{text}");
        }
    }
}

#[test]
fn whatever_differs_one_way_differs_the_other_way() {
    for case in CASES {
        let (old, new) = (source(case.old), source(case.new));
        let back = compare(&new, &old);
        assert!(
            case.expected.is_empty() || !back.is_empty(),
            "{}",
            case.name
        );
    }
}
