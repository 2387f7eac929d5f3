//! Types that stand in others over and over: what a component can hold becomes a stub, what none can
//! is refused at its place.

use golem_rpc_stub::Stub;

use crate::{make_component, select};

/// Declarations of `name0`, `name1` … each made of the one before; the number of the last is `last`.
fn chain(last: usize, first: &str, next: impl Fn(usize, &str) -> String) -> String {
    let types = (1..=last).map(|n| next(n, &format!("t{}", n - 1)));
    format!("{first}\n{}\n", types.collect::<Vec<_>>().join("\n"))
}

fn records(last: usize) -> String {
    let next = |n, before: &str| format!("record t{n} {{ a: {before}, b: {before} }}");
    chain(last, "record t0 { x: bool }", next)
}

fn options(last: usize) -> String {
    chain(last, "type t0 = u8;", |n, before| {
        format!("type t{n} = option<{before}>;")
    })
}

fn world(types: &str, functions: &str) -> String {
    format!("package a:b;\ninterface api {{\n{types}{functions}\n}}\nworld w {{ export api; }}\n")
}

fn stub(types: &str, functions: &str) -> Result<(), (String, String)> {
    let text = world(types, functions);
    let source = select(&[("main.wit", &text)], None).unwrap_or_else(|error| panic!("{error}"));
    match Stub::new(&source, &Default::default()) {
        Ok(stub) => {
            make_component(&stub);
            Ok(())
        }
        Err(error) => Err((error.to_string(), error.hint().unwrap_or_default())),
    }
}

fn refused(types: &str, functions: &str, things: &[&str]) {
    let (message, hint) = stub(types, functions).expect_err("this is refused");
    for thing in things {
        assert!(message.contains(thing), "no `{thing}` in {message}");
    }
    assert!(message.contains("/wit/main.wit:"), "{message}");
    assert!(
        !hint.is_empty() && !message.contains("bug"),
        "{message} {hint}"
    );
}

/// The last line of the declarations is refused: line 2 + `n` of the file has `t{n}`.
fn line(n: usize) -> String {
    format!("/wit/main.wit:{}:", n + 3)
}

#[test]
fn what_doubles_at_each_level() {
    // just below the limit, which is that of the encoder
    stub(&records(15), "f: func(v: option<t15>) -> u32;").unwrap();
    let above = "f: func(v: option<t16>) -> u32;";
    refused(&records(16), above, &["world whose functions", "main.wit:"]);
    // each is too large by itself, and the first of them is told
    for last in [20, 26, 40, 70] {
        let function = format!("f: func(v: option<t{last}>) -> u32;");
        refused(&records(last), &function, &["1000000 types", &line(19)]);
    }
}

#[test]
fn what_is_too_much_together() {
    refused(
        &records(17),
        "f: func(v: t17) -> t17;",
        &["world whose functions", "main.wit:"],
    );
    // no function has it, but the copies of its interface would
    refused(
        &records(40),
        "f: func(v: t3);",
        &["1000000 types", &line(19)],
    );
}

#[test]
fn what_is_nested() {
    stub(&options(88), "f: func(v: t88) -> t88;").unwrap();
    for last in [91, 150, 5000] {
        let function = format!("f: func(v: t{last});");
        refused(&options(last), &function, &["nested deeper than 90"]);
    }
    let written = format!("f: func(v: {}u8{});", "list<".repeat(95), ">".repeat(95));
    refused("", &written, &["nested deeper than 90"]);
}

/// A name adds nothing to a type. The parser follows names recursively, so this runs with a stack like
/// that of the command.
#[test]
fn long_chains_of_names() {
    let names = chain(3000, "record t0 { x: bool }", |n, before| {
        format!("type t{n} = {before};")
    });
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    let run = thread.spawn(move || stub(&names, "f: func(v: t3000) -> t1500;"));
    run.unwrap().join().unwrap().unwrap();
}

#[test]
fn what_has_many_members() {
    let fields = |count: usize| {
        let fields: String = (0..count).map(|n| format!("field{n}: u8, ")).collect();
        format!("record wide {{ {fields} }}\n")
    };
    stub(&fields(10_000), "f: func(v: wide);").unwrap();
    refused(
        &fields(10_001),
        "f: func(v: wide);",
        &["more than 10000 fields"],
    );
    let params = |count: usize| {
        let params: String = (0..count).map(|n| format!("p{n}: u8, ")).collect();
        format!("f: func({params});")
    };
    stub("", &params(990)).unwrap();
    refused("", &params(991), &["more than 990 parameters"]);
}

/// What is left out is not counted.
#[test]
fn functions_with_such_types_can_be_skipped() {
    let text = world(&options(150), "f: func(v: t150);\ng: func(v: t10);");
    let source = select(&[("main.wit", &text)], None).unwrap();
    let skipping = golem_rpc_stub::StubOptions {
        skip_unsupported: true,
        ..Default::default()
    };
    let stub = Stub::new(&source, &skipping);
    match stub {
        Ok(stub) => assert_eq!(stub.skipped.len(), 1),
        // the interface with all its types would be copied
        Err(error) => assert!(error.to_string().contains("nested deeper"), "{error}"),
    }
}
