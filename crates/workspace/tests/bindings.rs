//! What a caller's bindings are generated with, looked at before anything is written.
#![allow(
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]

mod support;

use support::Scratch;

const BANK: &str = "package town:bank;

interface desk {
  enum coin { copper, gold }
  flags rights { look, take }
  record rate { price: f64 }
  record name { first: string, all: list<coin> }
  record may { rights: rights }
  resource account { balance: func() -> u64; }
  record opened { account: account, by: name }
  variant answer { yes(opened), no(string) }
  ask: func(rate: rate, may: may) -> name;
  open: func(name: name) -> answer;
}

world bank { export desk; }
";
const TELLER: &str = "package town:teller;

world teller {
  import town:bank-stub/stub-bank;
  export work: func();
}
";

fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n{more}"
    )
}

/// A town whose teller is made so, and calls the bank.
fn town(dependencies: &str, code: &str, world: &str) -> Scratch {
    Scratch::with(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"bank\", \"teller\"]\nresolver = \"2\"\n",
        ),
        (
            "bank/Cargo.toml",
            &manifest("bank", "[package.metadata.component]\n"),
        ),
        ("bank/wit/bank.wit", BANK),
        ("teller/Cargo.toml", &manifest("teller", dependencies)),
        ("teller/wit/teller.wit", world),
        ("teller/src/lib.rs", code),
    ])
}

/// What `init` says about it, with the hint.
fn init(town: &Scratch) -> Result<(), String> {
    let planned = town.init(&["bank"], &["teller"], false);
    let text = |error: &golem_rpc_workspace::WorkspaceError| {
        let text = format!("{error}\nhint: {}", error.hint().unwrap());
        text.replace(town.root.as_str(), "/town")
    };
    planned.map(drop).map_err(|error| text(&error))
}

const PLAIN: &str = "[dependencies]\nwit-bindgen = \"0.63\"\n";

fn plain(call: &str) -> Result<(), String> {
    init(&town(
        PLAIN,
        &format!("wit_bindgen::generate!({call});\n"),
        TELLER,
    ))
}

#[test]
fn imports_without_bindings() {
    for call in [
        "",
        "\"teller\"",
        "{ world: \"teller\" }",
        "{ with: { \"town:bank-stub/stub-bank\": generate } }",
    ] {
        let error = plain(call).unwrap_err();
        assert!(error.contains("`wit_bindgen::generate!` of `teller` (/town/teller/src/lib.rs:1:14) makes no bindings of "), "{error}");
        assert!(error.contains("`golem:rpc/types@0.1.0`"), "{error}");
        let is_named = error.contains("`town:bank-stub/stub-bank`");
        assert_eq!(is_named, !call.contains("with"), "{error}");
    }
    let hint = |call| {
        plain(call)
            .unwrap_err()
            .split_once("hint: ")
            .unwrap()
            .1
            .to_string()
    };
    let wanted = "write `wit_bindgen::generate!({ world: \"teller\", generate_all })`";
    assert_eq!(hint("\"teller\""), wanted);
    assert_eq!(
        hint("{ std_feature }"),
        "write `generate_all,` between its braces"
    );
    assert_eq!(plain("{ world: \"teller\", generate_all }"), Ok(()));
    let with = [
        "town:bank-stub/stub-bank",
        "town:bank/desk",
        "golem:rpc/types@0.1.0",
        "wasi:io/poll@0.2.0",
    ];
    let with = with.map(|name| format!("\"{name}\": generate")).join(", ");
    assert_eq!(plain(&format!("{{ with: {{ {with} }} }}")), Ok(()));
}

#[test]
fn nothing_is_missing_before_the_import() {
    let world = TELLER.replace("  import town:bank-stub/stub-bank;\n", "");
    let town = town(PLAIN, "wit_bindgen::generate!();\n", &world);
    assert_eq!(init(&town), Ok(()));
    let member = &town.workspace().unwrap().members["teller"];
    let lacks = member
        .lacks_bindings_of("town:bank-stub/stub-bank")
        .unwrap();
    assert_eq!(
        lacks.hint(),
        "write `wit_bindgen::generate!({ generate_all })`"
    );
}

#[test]
fn older_versions_make_bindings_of_all() {
    let older = PLAIN.replace("0.63", "0.26");
    assert_eq!(
        init(&town(&older, "wit_bindgen::generate!();\n", TELLER)),
        Ok(())
    );
}

#[test]
fn what_the_manifest_says_of_the_bindings() {
    let section = |bindings: &str| {
        let runtime = "[dependencies]\nwit-bindgen-rt = \"0.44\"\n";
        format!("{runtime}[package.metadata.component.bindings]\n{bindings}\n")
    };
    let of = |bindings: &str| init(&town(&section(bindings), "mod bindings;\n", TELLER));
    assert_eq!(of(""), Ok(()));
    let error = of("generate_all = false").unwrap_err();
    assert!(
        error.contains(
            "`[package.metadata.component.bindings]` of `teller` (/town/teller/Cargo.toml)"
        ),
        "{error}"
    );
    let error = of("derives = [\"PartialEq\"]").unwrap_err();
    assert!(
        error.contains("hint: take `PartialEq` out of it"),
        "{error}"
    );
    assert!(!error.contains("additional_derives"), "{error}");
}

/// The types that are named as those that cannot derive `traits`.
fn underivable(traits: &str, ignored: &str) -> Vec<String> {
    let call = format!(
        "{{ generate_all, additional_derives: [{traits}], additional_derives_ignore: [{ignored}] }}"
    );
    let error = match plain(&call) {
        Ok(()) => return Vec::new(),
        Err(error) => error,
    };
    let lines = error.lines().filter(|line| line.starts_with("  `"));
    // A type with a resource is the stub's own, another one is the target's.
    let of_desk = lines.filter_map(|line| {
        let (what, why) = line.trim().split_once(" of town:bank")?;
        Some(format!("{what}: {}", why.split_once(": ")?.1))
    });
    let mut lines: Vec<String> = of_desk.collect();
    lines.dedup();
    lines
}

#[test]
fn traits_that_types_cannot_derive() {
    let resource = |derive: &str| {
        [
            format!("`{derive}` for `answer`: its case `yes` holds a resource"),
            format!("`{derive}` for `opened`: its field `account` holds a resource"),
        ]
    };
    assert_eq!(underivable("PartialEq", ""), resource("PartialEq"));
    assert_eq!(underivable("Clone", ""), resource("Clone"));
    let of_flags = |derive: &str| format!("`{derive}` for `may`: its field `rights` holds flags");
    let mut serde = resource("serde::Serialize").to_vec();
    serde.insert(1, of_flags("serde::Serialize"));
    assert_eq!(underivable("serde::Serialize", ""), serde);
    let eq = ["`Eq` for `rate`: its field `price` holds a float"];
    assert_eq!(underivable("PartialEq, Eq", "\"opened\", \"answer\""), eq);
    let default = underivable("Default", "\"opened\"");
    let no_case = |name: &str| format!("`Default` for `{name}`: no case of it is the default");
    let wanted = [no_case("answer"), no_case("coin"), of_flags("Default")];
    assert_eq!(default, wanted);
    let copy = underivable("Copy", "");
    assert!(
        copy.contains(&"`Copy` for `name`: its field `first` holds a string".to_string()),
        "{copy:?}"
    );
}

/// What holds a type that is left out is left out with it, so that one hint is enough.
#[test]
fn the_types_to_leave_out_are_all_of_them() {
    for (traits, ignored) in [
        ("PartialEq, Eq, Hash", ""),
        ("PartialEq", "\"may\""),
        ("Copy, Default", "\"name\""),
    ] {
        let call = |ignored: &str| {
            plain(&format!(
                "{{ generate_all, additional_derives: [{traits}], additional_derives_ignore: [{ignored}] }}"
            ))
        };
        let error = call(ignored).unwrap_err();
        let (_, hint) = error
            .split_once("leave types out: `additional_derives_ignore: [")
            .unwrap();
        let (names, _) = hint.split_once("]`").unwrap();
        assert!(names.contains(ignored), "{error}");
        assert_eq!(call(names), Ok(()), "{error}");
    }
}

/// What is to be done fits the way in which the member is built.
#[test]
fn hints_fit_the_member() {
    let two = format!("{TELLER}world guard {{ export watch: func(); }}\n");
    let hint = |town: &Scratch, target: &str, caller: &str| {
        let error = town.init(&[target], &[caller], false).unwrap_err();
        error.hint().unwrap().replace(town.root.as_str(), "/town")
    };
    let code = "wit_bindgen::generate!({ world: \"guard\" });\n";
    let plain = town(PLAIN, &code.replace("world: \"guard\"", ""), &two);
    let wanted =
        "name one: `world: \"teller\"` in `wit_bindgen::generate!` (/town/teller/src/lib.rs:1:14)";
    assert_eq!(hint(&plain, "teller", "bank"), wanted);
    let section = town("[package.metadata.component]\n", "", &two);
    let wanted = "name one: `world = \"teller\"` in [package.metadata.component.target] of `/town/teller/Cargo.toml`";
    assert_eq!(hint(&section, "teller", "bank"), wanted);
    let shared = town(
        PLAIN,
        "wit_bindgen::generate!({ path: \"../bank/wit\" });\n",
        TELLER,
    );
    let wanted = "give `teller` WIT of its own: `path` of `wit_bindgen::generate!` (/town/teller/src/lib.rs:1:14) names it";
    assert_eq!(hint(&shared, "bank", "teller"), wanted);
}
