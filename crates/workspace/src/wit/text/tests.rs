//! Imports put into worlds that are written in many ways.

use super::*;

fn with(text: &str, world: &str, imports: &[&str]) -> String {
    let worlds = worlds(text);
    let world = worlds.iter().find(|known| known.name == world).unwrap();
    let imports: Vec<String> = imports.iter().map(ToString::to_string).collect();
    let (at, new) = world.insertion(text, &imports);
    format!("{}{new}{}", &text[..at], &text[at..])
}

#[test]
fn behind_the_last_import() {
    let text = "world w {\n    import a:b/c; // }\n    export x;\n}\n";
    let wanted =
        "world w {\n    import a:b/c; // }\n    import d:e/f; // golem-rpc\n    export x;\n}\n";
    assert_eq!(with(text, "w", &["d:e/f"]), wanted);
    let text = "world w {\r\n\timport f: func(a: u8) -> u8;\r\n\timport i: interface {\r\n\t\tg: func();\r\n\t}\r\n\texport x;\r\n}";
    let new = "\t}\r\n\timport d:e/f; // golem-rpc\r\n\timport d:e/g; // golem-rpc\r\n\texport x";
    let wanted = text.replace("\t}\r\n\texport x", new);
    assert_eq!(with(text, "w", &["d:e/f", "d:e/g"]), wanted);
}

#[test]
fn behind_the_brace_where_there_is_none() {
    assert_eq!(
        with("world w {\n  export x;\n}", "w", &["a:b/c"]),
        "world w {\n  import a:b/c; // golem-rpc\n  export x;\n}"
    );
    assert_eq!(
        with("  world w { // all\n  }", "w", &["a:b/c"]),
        "  world w { // all\n    import a:b/c; // golem-rpc\n  }"
    );
    assert_eq!(
        with("world w {}", "w", &["a:b/c"]),
        "world w { import a:b/c; /* golem-rpc */}"
    );
    assert_eq!(
        with("world w { }", "w", &["a:b/c"]),
        "world w { import a:b/c; /* golem-rpc */ }"
    );
    assert_eq!(
        with("world w { import x; export y; }", "w", &["a:b/c"]),
        "world w { import x; import a:b/c; /* golem-rpc */ export y; }"
    );
    assert_eq!(
        with("world w { /* { \n */ export y; }", "w", &["a:b/c"]),
        "world w { import a:b/c; /* golem-rpc */ /* { \n */ export y; }"
    );
}

#[test]
fn in_the_right_world() {
    let text = "package a:b;\n// world w {\ninterface world-of {\n  record world-w { world: u8 }\n}\n/* world w { /* */ */\nworld v { import q; }\nworld %w{\n  use x.{y, z};\n  @since(version = 1.0.0)\n  import q;\n  include v with { q as r }\n}\n";
    let last = "  import q;\n  include";
    assert_eq!(text.matches(last).count(), 1);
    let wanted = text.replace(
        last,
        "  import q;\n  import c:d/e@1.0.0; // golem-rpc\n  include",
    );
    assert_eq!(with(text, "w", &["c:d/e@1.0.0"]), wanted);
    let worlds = worlds(text);
    assert_eq!(worlds.len(), 2);
    let imports = worlds[1]
        .items
        .iter()
        .filter_map(|item| item.import.as_deref());
    assert_eq!(imports.collect::<Vec<_>>(), ["q"]);
}

#[test]
fn what_was_put_in_is_found_and_comes_out() {
    for text in [
        "world w {\n  import x;\n  export y;\n}\n",
        "world w {\r\n  export y;\r\n}\r\n",
        "world w { export y; }",
        "world w {  import x;  export y; } // golem-rpc\n",
        "world w {}",
        "world w { }",
        "world w {\n}",
    ] {
        for imports in [&["a:b/c"][..], &["a:b/c", "d:e/f@1.0.0"]] {
            let new = with(text, "w", imports);
            let worlds = worlds(&new);
            let ours = worlds[0].items.iter().filter(|item| item.tag.is_some());
            let ours: Vec<&str> = ours.filter_map(|item| item.import.as_deref()).collect();
            assert_eq!(ours, imports, "{new}");
            assert_eq!(without_tagged(&new), text);
        }
    }
}

#[test]
fn only_a_tag_makes_an_import_ours() {
    for (behind, is_ours) in [
        (" // golem-rpc", true),
        ("// golem-rpc: because", true),
        (" /* golem-rpc */ export y;", true),
        ("", false),
        (" // golem-rpcs", false),
        (" // about golem-rpc", false),
    ] {
        let text = format!("world w {{\n  import a:b/c;{behind}\n}}\n");
        assert_eq!(worlds(&text)[0].items[0].tag.is_some(), is_ours, "{text}");
    }
}

#[test]
fn mentions_are_names_not_text() {
    let package = PackageName {
        namespace: "a".into(),
        name: "b-stub".into(),
        version: None,
    };
    let text = "// a:b-stub\nworld w {\n  import a:b-stub/x@1.0.0;\n  use %a : b-stub/y.{z};\n  import a:b-stubs/x;\n}";
    let lines: Vec<usize> = mentions(text, &package)
        .into_iter()
        .map(|at| text[..at].matches('\n').count() + 1)
        .collect();
    assert_eq!(lines, [3, 4]);
}

#[test]
fn an_import_goes_with_its_gates_and_its_documentation() {
    let world = |items: &str| format!("world w {{\n{items}}}\n");
    for lead in ["@unstable(feature = x)", "/// Ours.", "/** Ours. */"] {
        for rest in ["  export y;\n", ""] {
            let all = world(&format!("  {lead}\n  import a:b/c; // golem-rpc\n{rest}"));
            assert_eq!(without_tagged(&all), world(rest));
        }
    }
}
