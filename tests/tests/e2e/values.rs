//! Every WIT value type travels: what comes back through a stub, blocking or as a future, is what
//! the target itself answers.

use golem_rpc_tests::{Run, Workspace, component_manifest};

const EVERYTHING: &str = r#"{yes: true, letter: 'ß', text: "line\nand \"quotes\" – ok", numbers: {a: -128, b: -32768, c: -2147483648, d: -9223372036854775808, e: 255, f: 65535, g: 4294967295, h: 18446744073709551615, i: 0.1, j: -1e300}, colors: {red, blue}, size: large, shapes: [point, circle(2.5), named(""), both((7, 'x'))], pair: ("left", 3), one: (false), maybe: some(some("there")), grid: [[1, 2], [], [255]], meal: {dish: "soup", grams: some(300)}, r1: ok(1), r2: err, r3: ok, r4: err}"#;

#[test]
fn all_types_arrive_as_they_were_sent() {
    let zoo = zoo();
    let calls = ["echo", "echo-later"].map(|function| format!("{function}({EVERYTHING})"));
    let direct = format!("echo({EVERYTHING})");
    let run = invoke(
        &zoo,
        &[
            "zoo-target/t",
            &direct,
            "zoo-caller/c",
            &calls[0],
            "zoo-caller/c",
            &calls[1],
        ],
    );
    let answers: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(answers.len(), 3, "{run}");
    for part in [
        "-9223372036854775808",
        "18446744073709551615",
        "{red, blue}",
        "'ß'",
        "grams: some(300)",
    ] {
        assert!(answers[0].contains(part), "no {part} in {}", answers[0]);
    }
    assert_eq!(answers[1], answers[0]);
    assert_eq!(answers[2], answers[0]);

    let calls = [
        "zoo-caller/c",
        r#"join("a", 'b', some(3))"#,
        "zoo-caller/c",
        r#"join("", 'ü', none)"#,
        "zoo-caller/c",
        "fail(true)",
        "zoo-caller/c",
        "fail(false)",
        "zoo-caller/c",
        "nothing()",
    ];
    let run = invoke(&zoo, &calls);
    assert_eq!(
        run.stdout, "\"ab3\"\n\"ü-\"\nerr(\"it failed\")\nok\n",
        "{run}"
    );
}

fn invoke(zoo: &Workspace, calls: &[&str]) -> Run {
    zoo.golem_rpc(&[&["invoke"], calls].concat()).success()
}

/// A target with every type, and a caller that hands all of its functions on.
fn zoo() -> Workspace {
    let zoo = Workspace::empty("zoo");
    zoo.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"caller\", \"animals\"]\n",
    );
    let food = "\"zoo:food\" = { path = \"wit/deps/food\" }\n";
    for (dir, name, dependency) in [("caller", "caller", ""), ("animals", "target", food)] {
        let manifest = component_manifest(&format!("zoo-{name}"), &format!("zoo:{name}"));
        let target = "[package.metadata.component.target";
        let manifest = format!(
            "{manifest}\n{target}]\npath = \"wit\"\n\n{target}.dependencies]\n{dependency}"
        );
        zoo.write(&format!("{dir}/Cargo.toml"), manifest);
    }
    zoo.write("animals/wit/zoo.wit", TARGET_WIT);
    zoo.write("animals/wit/deps/food/food.wit", FOOD);
    zoo.write("animals/src/lib.rs", TARGET_SOURCE);
    zoo.write(
        "caller/wit/caller.wit",
        "package zoo:caller;\n\nworld caller {\n}\n",
    );
    zoo.write("caller/src/lib.rs", CALLER_SOURCE);
    zoo.golem_rpc(&["init", "--targets", "zoo-target", "--callers", "zoo-caller"])
        .success();
    zoo.write("caller/wit/caller.wit", CALLER_WIT);
    zoo.make("build-flow").success().does_not_say("warning");
    zoo
}

const FOOD: &str = "package zoo:food@0.3.1;

interface eating {
  record meal {
    dish: string,
    grams: option<u16>,
  }
}
";

const TARGET_WIT: &str = "package zoo:target@1.2.0;

interface api {
  use zoo:food/eating@0.3.1.{meal};

  flags colors { red, green, blue }
  enum size { small, large }
  variant shape { point, circle(f64), named(string), both(tuple<u8, char>) }
  type id = u64;

  record numbers {
    a: s8, b: s16, c: s32, d: s64,
    e: u8, f: u16, g: u32, h: id,
    i: f32, j: f64,
  }

  record everything {
    yes: bool,
    letter: char,
    text: string,
    numbers: numbers,
    colors: colors,
    size: size,
    shapes: list<shape>,
    pair: tuple<string, u32>,
    one: tuple<bool>,
    maybe: option<option<string>>,
    grid: list<list<u8>>,
    meal: meal,
    r1: result<u32, string>,
    r2: result<u32>,
    r3: result<_, string>,
    r4: result,
  }

  echo: func(what: everything) -> everything;
  join: func(a: string, b: char, c: option<u32>) -> string;
  fail: func(really: bool) -> result<_, string>;
  nothing: func();
}

world zoo {
  export api;
}
";

const TARGET_SOURCE: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::zoo::target::api::{Everything, Guest};

struct Component;

impl Guest for Component {
    fn echo(what: Everything) -> Everything {
        what
    }

    fn join(a: String, b: char, c: Option<u32>) -> String {
        let c = c.map_or(\"-\".to_string(), |c| c.to_string());
        format!(\"{a}{b}{c}\")
    }

    fn fail(really: bool) -> Result<(), String> {
        if really { Err(\"it failed\".to_string()) } else { Ok(()) }
    }

    fn nothing() {}
}

bindings::export!(Component with_types_in bindings);
";

const CALLER_WIT: &str = "package zoo:caller;

interface api {
  use zoo:target/api@1.2.0.{everything};

  echo: func(what: everything) -> everything;
  echo-later: func(what: everything) -> everything;
  join: func(a: string, b: char, c: option<u32>) -> string;
  fail: func(really: bool) -> result<_, string>;
  nothing: func();
}

world caller {
  import zoo:target-stub/stub-zoo@1.2.0;
  export api;
}
";

const CALLER_SOURCE: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::zoo::caller::api::{Everything, Guest};
use bindings::golem::rpc::types::Uri;
use bindings::zoo::target_stub::stub_zoo::Api;

struct Component;

fn target() -> Api {
    let id = std::env::var(\"ZOO_TARGET_COMPONENT_ID\").unwrap();
    Api::new(&Uri { value: format!(\"urn:worker:{id}/t\") })
}

impl Guest for Component {
    fn echo(what: Everything) -> Everything {
        target().blocking_echo(&what)
    }

    fn echo_later(what: Everything) -> Everything {
        let target = target();
        let future = target.echo(&what);
        let pollable = future.subscribe();
        bindings::wasi::io::poll::poll(&[&pollable]);
        future.get().unwrap()
    }

    fn join(a: String, b: char, c: Option<u32>) -> String {
        target().blocking_join(&a, b, c)
    }

    fn fail(really: bool) -> Result<(), String> {
        target().blocking_fail(really)
    }

    fn nothing() {
        target().nothing();
        target().blocking_nothing();
    }
}

bindings::export!(Component with_types_in bindings);
";
