//! `describe`: what it says is so. Its Rust code is put into callers and built.

use std::fs;

use golem_rpc_messages::{Describe, Message};
use golem_rpc_tests::{Workspace, fixture};

#[test]
fn a_target_without_callers() {
    let cart = Workspace::cart();
    let before = cart.tree();
    let run = cart.golem_rpc(&["describe", "purchase-history"]).success();
    cart.tree().assert_same_as(&before);
    for line in [
        "purchase-history: world `purchase-history` of `shopping:purchase-history`",
        "    import shopping:purchase-history-stub/stub-purchase-history;",
        "    constructor(location: uri)",
        "    // shopping:purchase-history/api.{add-order}",
        "    blocking-add-order: func(order: order)",
        "    get-orders: func() -> future-get-orders-result",
        "    urn:worker:<component-id>/<worker-name>",
        "    urn:worker:purchase-history/<worker-name>    (in the local runtime only)",
        "    fn call_purchase_history(component_id: &str, worker_name: &str) {",
    ] {
        assert!(
            run.stdout.lines().any(|other| other == line),
            "no `{line}`: {run}"
        );
    }
    run.says("no member calls `purchase-history` yet");
    cart.init_cart().success();
    let run = cart
        .golem_rpc(&["describe", "./purchase-history"])
        .success();
    run.does_not_say("no member calls");
}

#[test]
fn its_code_compiles_in_the_cart() {
    let cart = Workspace::initialized_cart();
    let described = describe(&cart, "purchase-history");
    assert_eq!(
        described.import,
        "import shopping:purchase-history-stub/stub-purchase-history;"
    );
    assert_eq!(described.resources.len(), 1);
    assert_eq!(described.resources[0].functions.len(), 2);
    let on_golem = described.uris.iter().filter(|uri| uri.on_golem);
    assert!(
        on_golem
            .map(|uri| &uri.form)
            .all(|form| form.starts_with("urn:worker:<component-id>"))
    );
    cart.overlay("shopping-cart/final");
    let source = fixture("shopping-cart/final").join("shopping-cart/src/lib.rs");
    for options in [&[][..], &["--rpc-errors", "result"]] {
        let init = [
            "init",
            "--targets",
            "purchase-history",
            "--callers",
            "shopping-cart",
        ];
        cart.golem_rpc(&[&init[..], options].concat()).success();
        let described = describe(&cart, "purchase-history");
        let source = fs::read_to_string(&source).unwrap();
        cart.write("shopping-cart/src/lib.rs", source + &modules(&described));
        cart.cargo(&["component", "build", "-p", "shopping-cart"])
            .success();
    }
}

#[test]
fn its_code_compiles_for_workers_by_id() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    let init = ["init", "--targets", "component1", "--callers", "component2"];
    for version in ["0.2.0", "0.2.2"] {
        let args = [&init[..], &["--golem-rpc", version]].concat();
        actor.golem_rpc(&args).success();
        let wit = "package demo:component2;\nworld component2 {\n  \
                   import demo:component1-stub/stub-component1;\n}\n";
        actor.write("component2/wit/component2.wit", wit);
        let described = describe(&actor, "component1");
        let has_ephemeral = described.resources[0].ephemeral.is_some();
        assert_eq!(has_ephemeral, version == "0.2.0");
        assert!(described.resources[0].functions[0].schedule.is_some());
        actor.write("component2/src/lib.rs", caller(&described));
        actor
            .cargo(&["component", "build", "-p", "component2"])
            .success();
    }
}

/// Resources, and every sort of parameter.
#[test]
fn its_code_compiles_for_whatever_is_exported() {
    for (wit, has) in TARGETS {
        let cart = Workspace::cart();
        let text = format!(
            "package shopping:purchase-history;\n{wit}\nworld purchase-history {{ export api; }}\n"
        );
        cart.write("purchase-history/wit/purchase-history.wit", text);
        let cart_wit = "package shopping:cart;\nworld shopping-cart {\n  \
                        import shopping:purchase-history-stub/stub-purchase-history;\n}\n";
        cart.write("shopping-cart/wit/shopping-cart.wit", cart_wit);
        cart.init_cart().success();
        let described = describe(&cart, "purchase-history");
        assert!(described.snippet.contains(has), "{}", described.snippet);
        cart.write("shopping-cart/src/lib.rs", caller(&described));
        cart.cargo(&["component", "build", "-p", "shopping-cart"])
            .success();
    }
}

/// WIT of a target, and what the snippet has to have.
const TARGETS: [(&str, &str); 3] = [
    (
        "interface types {
           record point { x: s32, y: s32 }
           type id = u64;
           type name = string;
           type names = list<string>;
           flags rights { read, write }
           enum color { red, light-green }
           variant shape { round(u32), square(tuple<u32, u32>), none }
           record outcome { ok: bool, %type: option<string>, shape: shape }
           record nothing-but { all: list<outcome>, rights: rights, color: color, name: name, c: char }
         }
         interface api {
           use types.{point, id, name, names, rights, color, shape, outcome, nothing-but};
           every: func(a: point, b: id, c: name, d: names, e: rights, f: color, g: shape,
                       h: outcome, i: nothing-but, %type: string, j: list<u8>, k: option<string>,
                       l: tuple<string, point, id, u8>, m: result<list<outcome>, string>,
                       n: result<_, id>, o: tuple<u8, point>, location: option<point>);
           ask: func(names: list<nothing-but>) -> result<option<point>, name>;
         }",
        "api.blocking_every(Point { x: 0, y: 0 }, 0, \"…\", &[\"…\".to_string()],",
    ),
    (
        "interface api {
           resource account {
             constructor(owner: string, initial: list<u64>);
             balance: func() -> u64;
             take: func(other: account, source: borrow<account>);
           }
         }",
        "let account = Account::new(&location, \"…\", &[0]);",
    ),
    (
        "interface api {
           resource location { open: static func(name: string) -> location; size: func() -> u64; }
         }",
        "let _result = Location::blocking_open(&location, \"…\");",
    ),
];

/// A function that Golem fails is no sample, where there is another one.
#[test]
fn its_code_runs_on_golem() {
    let cart = Workspace::cart();
    let snippet = |functions: &str| {
        let text = format!(
            "package shopping:purchase-history;
             interface api {{ resource slip {{ constructor(); }} {functions} }}
             world purchase-history {{ export api; }}"
        );
        cart.write("purchase-history/wit/purchase-history.wit", text);
        describe(&cart, "purchase-history").snippet
    };
    let owned = "hand-in: func(slip: slip); swap: func(slips: list<slip>) -> slip;";
    let alone = snippet(owned);
    assert!(
        alone.contains("hand_in(") && alone.contains("swap("),
        "{alone}"
    );
    let fine = snippet(&format!("{owned} count: func() -> u32;"));
    assert!(fine.contains("blocking_count("), "{fine}");
    assert!(
        !fine.contains("hand_in(") && !fine.contains("swap("),
        "{fine}"
    );
}

#[test]
fn what_cannot_be_described() {
    let cart = Workspace::cart();
    let refuses = |target: &str, code: i32, things: &[&str]| {
        cart.refuses(&["describe", target], code, things);
    };
    refuses(
        "purchase-histroy",
        3,
        &["`purchase-histroy`", "did you mean `purchase-history`"],
    );
    refuses("", 2, &["name of a member is empty", "name a member"]);
    cart.golem_rpc(&["describe"]).failure(2, &["<TARGET>"]);
    let wit = "purchase-history/wit/purchase-history.wit";
    let text = cart.read(wit);
    cart.write(
        wit,
        text.replace("get-orders: func() ->", "get-orders: func( ->"),
    );
    refuses(
        "purchase-history",
        4,
        &["purchase-history.wit:20:", "fix it there"],
    );
    cart.write(wit, text.replace("list<order>;", "stream<order>;"));
    refuses(
        "purchase-history",
        4,
        &["a stream", "purchase-history.wit:20:", "list<T>"],
    );
    // of several worlds it is the manifest that names one: there is no option for it
    cart.write(wit, format!("{text}\nworld base {{ export api; }}\n"));
    let several = ["describe", "purchase-history"];
    let run = cart.refuses(
        &several,
        4,
        &["`world = \"purchase-history\"` in [package.metadata.component.target]"],
    );
    run.does_not_say("--world");
    cart.write(wit, text.replace("export api;", ""));
    refuses("purchase-history", 4, &["exports no function", "export"]);
    // a directory stands for the manifest in it
    cart.write(wit, text);
    let dir = [
        "describe",
        "purchase-history",
        "--manifest-path",
        "shopping-cart",
    ];
    cart.golem_rpc(&dir).success();
    // cargo's trouble with a stub crate that is there
    let broken = "shopping-cart-stub/Cargo.toml";
    cart.write(broken, "[package\n");
    cart.replace(
        "Cargo.toml",
        "members = [",
        "members = [\"shopping-cart-stub\", ",
    );
    let run = cart.refuses(&several, 3, &["fix `shopping-cart-stub/Cargo.toml`"]);
    run.does_not_say("version control");
    fs::remove_file(cart.path(broken)).unwrap();
    cart.refuses(
        &several,
        3,
        &["restore the stub crate from version control"],
    );
    let nowhere = Workspace::empty("nowhere");
    nowhere.refuses(&["describe", "a"], 3, &["no Cargo.toml", "--manifest-path"]);
}

fn describe(workspace: &Workspace, target: &str) -> Describe {
    let run = workspace
        .golem_rpc(&["describe", target, "--message-format", "json"])
        .success();
    let described = run
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::Describe(described) => Some(described),
            _ => None,
        });
    described.unwrap_or_else(|| panic!("no description: {run}"))
}

/// A caller that exports nothing.
fn caller(described: &Describe) -> String {
    "#[allow(warnings)]\nmod bindings;\n".to_string() + &modules(described)
}

/// The snippet as a module, and the `use` lines as one.
fn modules(described: &Describe) -> String {
    let uses: String = described
        .use_paths
        .iter()
        .map(|line| format!("    {line}\n"))
        .collect();
    format!(
        "\n#[allow(unused_imports)]\nmod paths {{\n{uses}}}\n\n\
         #[allow(dead_code, unreachable_code, unused_variables)]\nmod snippet {{\n{}}}\n",
        described.snippet
    )
}
