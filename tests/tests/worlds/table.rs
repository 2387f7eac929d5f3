//! The support table in docs/src/support.md: for each construct of WIT and each place where it can stand,
//! whether a stub can carry it, and Golem run it. Each cell is what became of a world made for it
//! alone.

use std::collections::BTreeSet;

use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Stub, StubError, StubOptions, WitRoot};
use golem_rpc_stub_rust::{CrateOptions, generate};
use golem_rpc_stub_wasm::emit;
use golem_rpc_tests::assert_generated;

/// A type: how it is shown, how it is written, and what has to be declared for it.
struct Row(&'static str, &'static str, &'static str);

const TYPES: [Row; 26] = [
    Row("`bool`", "bool", ""),
    Row("`u8` `u16` `u32` `u64`", "tuple<u8, u16, u32, u64>", ""),
    Row("`s8` `s16` `s32` `s64`", "tuple<s8, s16, s32, s64>", ""),
    Row("`f32` `f64`", "tuple<f32, f64>", ""),
    Row("`char`", "char", ""),
    Row("`string`", "string", ""),
    Row("`list<T>`", "list<u8>", ""),
    Row("`option<T>`", "option<string>", ""),
    Row("`result<T, E>`", "result<u8, string>", ""),
    Row("`result` without types", "result", ""),
    Row("`tuple<…>`", "tuple<u8, string>", ""),
    Row("`record`", "t", "record t { a: u8, b: string }"),
    Row("`variant`", "t", "variant t { a(u8), b }"),
    Row("`enum`", "t", "enum t { a, b }"),
    Row("`flags`, up to 32", "t", "flags t { a, b }"),
    Row("`flags`, more than 32", "t", FLAGS),
    Row("`type a = …`", "t", "type t = list<string>;"),
    Row(
        "an exported resource, owned",
        "t",
        "resource t { constructor(); }",
    ),
    Row(
        "an exported resource, borrowed",
        "borrow<t>",
        "resource t { constructor(); }",
    ),
    Row("an imported resource, owned", "t", "use imported.{t};"),
    Row(
        "an imported resource, borrowed",
        "borrow<t>",
        "use imported.{t};",
    ),
    Row("`stream<T>`", "stream<u8>", ""),
    Row("`future<T>`", "future<u8>", ""),
    Row("`error-context`", "error-context", ""),
    Row("`map<K, V>`", "map<string, u8>", ""),
    Row("`list<T, n>`", "list<u8, 4>", ""),
];

const FLAGS: &str = "flags t { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, \
    f15, f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31, f32 }";

/// What else a world can export: how it is shown, and items of a package with a world `w`.
const FUNCTIONS: [(&str, &str); 15] = [
    (
        "a function of an interface",
        "interface i { f: func(); } world w { export i; }",
    ),
    (
        "a function of an inline interface",
        "world w { export i: interface { f: func(); } }",
    ),
    ("a function of the world", "world w { export f: func(); }"),
    (
        "a function of a world that is included",
        "world v { export f: func(); } world w { include v; }",
    ),
    (
        "an interface of another package",
        "world w { export other:place/i@1.2.3; }",
    ),
    (
        "an interface that only has types",
        "interface i { f: func(); } interface t { type a = u8; } world w { export i; export t; }",
    ),
    (
        "a resource's constructor",
        "interface i { resource r { constructor(a: u8); } } world w { export i; }",
    ),
    (
        "a resource's method",
        "interface i { resource r { f: func(); } } world w { export i; }",
    ),
    (
        "a resource's static function",
        "interface i { resource r { f: static func(); } } world w { export i; }",
    ),
    (
        "a constructor that can fail",
        "interface i { resource r { constructor() -> result<r, string>; } f: func(); } world w { export i; }",
    ),
    (
        "an `async` function",
        "interface i { f: async func(); } world w { export i; }",
    ),
    (
        "an `async` method",
        "interface i { resource r { f: async func(); } } world w { export i; }",
    ),
    (
        "an enum case `self`",
        "interface i { enum e { self } f: func(e: e); } world w { export i; }",
    ),
    (
        "names that are keywords elsewhere",
        "interface %interface { record %struct { %fn: u8 } %match: func(%type: %struct); } world %world { export %interface; }",
    ),
    (
        "a function that is called like one of ours",
        "interface i { new: func(); x: func(); blocking-x: func(); } world w { export i; }",
    ),
];

const OTHERS: &str = "interface imported { resource t; }\n\
    package other:place@1.2.3 { interface i { f: func(); } }\n";

#[derive(Clone, PartialEq)]
enum Verdict {
    Ok,
    /// The component can, the crate cannot.
    NoCrate,
    /// A stub can carry it, and Golem cannot run it: what to do instead.
    NotOnGolem(String),
    /// What to do instead.
    Refused(String),
    /// It cannot be written.
    NoWit,
}

#[test]
fn the_book_has_the_support_table() {
    let tables = format!("{}\n{}", types_table(), functions_table());
    assert_generated("docs/src/support.md", "support table", &tables);
}

fn types_table() -> String {
    let mut text = String::from(
        "| type | parameter | result | in a list | in a record | in a variant | instead |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for Row(shown, ty, declared) in &TYPES {
        let cells = [
            verdict_of(declared, &format!("f: func(x: {ty});")),
            verdict_of(declared, &format!("f: func() -> {ty};")),
            both(declared, "", &format!("list<{ty}>")),
            both(declared, &format!("record r {{ x: {ty} }}"), "r"),
            both(declared, &format!("variant v {{ x({ty}), y }}"), "v"),
        ];
        text.push_str(&line(shown, &cells));
    }
    text
}

fn functions_table() -> String {
    let mut text = String::from("| export | | instead |\n|---|---|---|\n");
    for (shown, items) in &FUNCTIONS {
        text.push_str(&line(shown, &[vec![verdict(items)]]));
    }
    text
}

/// In a parameter, then in a result.
fn both(declared: &str, more: &str, ty: &str) -> Vec<Verdict> {
    let declared = format!("{declared} {more}");
    let mut verdicts = verdict_of(&declared, &format!("f: func(x: {ty});"));
    verdicts.extend(verdict_of(&declared, &format!("f: func() -> {ty};")));
    verdicts
}

fn verdict_of(declared: &str, function: &str) -> Vec<Verdict> {
    let exported = format!("interface i {{ {declared} {function} }}");
    vec![verdict(&format!("{exported} world w {{ export i; }}"))]
}

fn verdict(items: &str) -> Verdict {
    let mut disk = Snapshot::new();
    disk.insert(
        "/wit/main.wit",
        format!("package demo:cell;\n{items}\n{OTHERS}"),
    );
    let root = WitRoot::read(&disk, "/wit".into()).unwrap();
    if root.resolve().is_err() {
        return Verdict::NoWit;
    }
    let world = if items.contains("world w ") {
        "w"
    } else {
        "world"
    };
    let source = root.select(Some(world)).unwrap();
    let stub = match Stub::new(&source, &StubOptions::default()) {
        Ok(stub) => stub,
        Err(error @ StubError::Unsupported(_)) => {
            return Verdict::Refused(error.hint().unwrap_or_default());
        }
        Err(error) => panic!("{items}: {error}"),
    };
    emit(&stub).unwrap_or_else(|error| panic!("{items}: {error}"));
    let is_made = generate(&stub, &CrateOptions::new("cell-stub")).is_ok();
    match (is_made, stub.owned.first()) {
        (false, _) => Verdict::NoCrate,
        (true, Some(owned)) => Verdict::NotOnGolem(owned.hint.clone()),
        (true, None) => Verdict::Ok,
    }
}

fn line(shown: &str, cells: &[Vec<Verdict>]) -> String {
    let mut instead = BTreeSet::new();
    let mut text = format!("| {shown} |");
    for verdicts in cells {
        for verdict in verdicts {
            if let Verdict::Refused(hint) | Verdict::NotOnGolem(hint) = verdict {
                instead.insert(hint.as_str());
            }
        }
        text.push_str(&format!(" {} |", cell(verdicts)));
    }
    let instead: Vec<&str> = instead
        .into_iter()
        .filter(|hint| !hint.is_empty())
        .collect();
    format!("{text} {} |\n", instead.join("; "))
}

fn cell(verdicts: &[Verdict]) -> String {
    let word = |verdict: &Verdict| match verdict {
        Verdict::Ok => "ok",
        Verdict::NoCrate => "ok, but no Rust crate",
        Verdict::NotOnGolem(_) => "not on Golem",
        Verdict::Refused(_) => "refused",
        Verdict::NoWit => "–",
    };
    match verdicts {
        [param, result] if word(param) != word(result) => {
            let places = [(param, "parameters"), (result, "results")];
            let some = places
                .iter()
                .filter(|(verdict, _)| **verdict != Verdict::NoWit);
            let some: Vec<String> = some
                .map(|(v, place)| format!("{} in {place}", word(v)))
                .collect();
            some.join(", ")
        }
        verdicts => word(&verdicts[0]).to_string(),
    }
}
