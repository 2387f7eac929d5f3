//! What a composed component still imports: nothing of a target, with the copies that callers get, even
//! where bindings import whole interfaces; else it is said, or refused.

use std::fs;

use golem_rpc_messages::{Cause, Message};
use golem_rpc_tests::{Run, Workspace, component};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

const METER: &str = "package plant:meter@1.2.0;
interface types {
  record reading { at: u64, value: f32 }
  unit: func() -> string;
}
interface api {
  use types.{reading};
  variant state { off, running(reading) }
  resource probe { constructor(); read: func() -> reading; }
  last: func() -> state;
  reset: func(to: reading);
}
interface service { restart: func(); }
world meter { export api; export service; }
";

const VALVE: &str = "package plant:valve;
interface api { open: func(percent: u8) -> bool; }
world valve { export api; }
";

/// A directory with the WIT of two targets, and a caller of the first that has the copies of its stub.
fn plant() -> Workspace {
    let plant = Workspace::empty("plant");
    plant.write("meter/wit/meter.wit", METER);
    plant.write("valve/wit/valve.wit", VALVE);
    plant.write("panel/wit/panel.wit", panel(&[]));
    for target in ["meter", "valve"] {
        let (wit, wasm, dest) = (
            format!("{target}/wit"),
            format!("{target}_stub.wasm"),
            format!("{target}-stub/wit"),
        );
        let args = [
            "build",
            "-s",
            &wit,
            "--dest-wasm",
            &wasm,
            "--dest-wit-root",
            &dest,
        ];
        plant.golem_rpc(&args).success();
    }
    add(&plant, "meter").success();
    plant
}

fn panel(more: &[&str]) -> String {
    let stub = "import plant:meter-stub/stub-meter@1.2.0;";
    let lines = [&[stub], more].concat().join("\n  ");
    format!("package plant:panel;\nworld panel {{\n  {lines}\n  export run: func();\n}}\n")
}

fn add(plant: &Workspace, target: &str) -> Run {
    let stub = format!("{target}-stub/wit");
    let args = [
        "add-stub-dependency",
        "--stub-wit-root",
        &stub,
        "--dest-wit-root",
        "panel/wit",
    ];
    plant.golem_rpc(&args)
}

/// A component of a world that imports all functions of all interfaces, as Python's and JavaScript's do.
fn import_whole(plant: &Workspace, wit: &str, wasm: &str) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(plant.path(wit)).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module).unwrap();
    plant.write(wasm, encoder.encode().unwrap());
}

const COMPOSE: [&str; 7] = [
    "compose",
    "--source-wasm",
    "panel.wasm",
    "--stub-wasm",
    "meter_stub.wasm",
    "--dest-wasm",
    "composed.wasm",
];

fn compose(plant: &Workspace, more: &[&str]) -> Run {
    import_whole(plant, "panel/wit", "panel.wasm");
    plant.golem_rpc(&[&COMPOSE[..], more].concat())
}

#[test]
fn bindings_of_whole_interfaces_leave_no_import_of_the_target() {
    let plant = plant();
    let copy = plant.read("panel/wit/deps/plant_meter/meter.wit");
    for gone in ["func", "resource", "service"] {
        assert!(!copy.contains(gone), "{gone} in {copy}");
    }
    assert!(
        copy.contains("record reading") && copy.contains("variant state"),
        "{copy}"
    );
    compose(&plant, &["--deny-imports"])
        .success()
        .does_not_say("warning");
    let composed = component(&plant.path("composed.wasm"));
    let targets = composed
        .imports
        .iter()
        .filter(|name| name.starts_with("plant:"));
    let targets: Vec<_> = targets.collect();
    // types alone, which any host has
    assert_eq!(
        targets,
        ["plant:meter/api@1.2.0", "plant:meter/types@1.2.0"]
    );
}

/// A copy of the caller's own stays as it is, and what comes of it is said.
#[test]
fn functions_of_the_target_that_nobody_offers_are_named() {
    let plant = plant();
    plant.write("panel/wit/deps/plant_meter/meter.wit", METER);
    add(&plant, "meter").success();
    assert_eq!(plant.read("panel/wit/deps/plant_meter/meter.wit"), METER);
    let said = [
        "`panel.wasm` imports `plant:meter/types@1.2.0` (function `unit`), which neither Golem 1.1 \
         nor the local runtime offers",
        "`panel.wasm` imports `plant:meter/api@1.2.0` (functions `probe.constructor`, `probe.read`, \
         `last`, `reset`; resource `probe`), which",
    ];
    let run = compose(&plant, &[]).success().says("warning: ");
    let run = said.iter().fold(run, |run, text| run.says(text));
    run.says("`add-stub-dependency --overwrite` copies them without functions");
    fs::remove_file(plant.path("composed.wasm")).unwrap();
    let before = plant.tree();
    let denied = plant.golem_rpc(&[&COMPOSE[..], &["--deny-imports"]].concat());
    denied.refusal(1, &said);
    plant.tree().assert_same_as(&before);

    let run = plant.golem_rpc(&[&COMPOSE[..], &["--message-format", "json"]].concat());
    let mut causes = run
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::Diagnostic(diagnostic) => Some(diagnostic.cause),
            _ => None,
        });
    let expected = Cause::ImportNotOffered {
        caller: plant.path("panel.wasm").to_string(),
        import: "plant:meter/types@1.2.0".into(),
        functions: vec!["unit".into()],
        resources: vec![],
    };
    assert!(causes.any(|cause| cause == expected), "{run}");

    // the way out that is named
    let stub = ["add-stub-dependency", "--stub-wit-root", "meter-stub/wit"];
    let stub = [&stub[..], &["--dest-wit-root", "panel/wit", "--overwrite"]].concat();
    plant.golem_rpc(&stub).success();
    compose(&plant, &["--deny-imports"]).success();
}

#[test]
fn a_stub_that_was_not_given_is_named() {
    let plant = plant();
    add(&plant, "valve").success();
    plant.write(
        "panel/wit/panel.wit",
        panel(&["import plant:valve-stub/stub-valve;"]),
    );
    let said =
        "`panel.wasm` imports the stub `plant:valve-stub/stub-valve`, which was not composed in";
    compose(&plant, &[])
        .success()
        .says(said)
        .says("`--stub-wasm`");
    fs::remove_file(plant.path("composed.wasm")).unwrap();
    compose(&plant, &["--deny-imports"]).refusal(1, &[said, "`--stub-wasm`"]);
    assert!(!plant.path("composed.wasm").exists());
    let json = ["--message-format", "json"];
    let run = compose(&plant, &json).success();
    let is_it = |message: &Message| match message {
        Message::Diagnostic(diagnostic) => matches!(
            &diagnostic.cause,
            Cause::StubNotGiven { import, .. } if import == "plant:valve-stub/stub-valve"
        ),
        _ => false,
    };
    assert!(run.messages().iter().any(is_it), "{run}");
    let mut both = COMPOSE.to_vec();
    both.insert(5, "valve_stub.wasm");
    both.push("--deny-imports");
    plant.golem_rpc(&both).success().does_not_say("warning");
}

#[test]
fn what_golem_offers_is_not_told() {
    let plant = plant();
    for (package, dir, interface) in [
        ("wasi:keyvalue@0.1.0", "keyvalue", "eventual"),
        ("wasi:logging", "logging", "logging"),
        ("golem:api@1.1.0", "golem", "host"),
    ] {
        let text = format!("package {package}; interface {interface} {{ f: func(); }}");
        plant.write(&format!("panel/wit/deps/{dir}/x.wit"), text);
    }
    let offered = [
        "import wasi:keyvalue/eventual@0.1.0;",
        "import wasi:logging/logging;",
        "import golem:api/host@1.1.0;",
    ];
    plant.write("panel/wit/panel.wit", panel(&offered));
    compose(&plant, &["--deny-imports"])
        .success()
        .does_not_say("warning");

    // another version, another interface, a function of the world itself
    let text = "package golem:api@2.0.0; interface host { f: func(); }";
    plant.write("panel/wit/deps/golem/x.wit", text);
    let text = "package wasi:nn; interface tensor { f: func(); }";
    plant.write("panel/wit/deps/nn/x.wit", text);
    let more = [
        "import golem:api/host@2.0.0;",
        "import wasi:nn/tensor;",
        "import tick: func();",
    ];
    plant.write("panel/wit/panel.wit", panel(&more));
    compose(&plant, &["--deny-imports"]).refusal(
        1,
        &[
            "`golem:api/host@2.0.0`",
            "`wasi:nn/tensor`",
            "imports `tick`",
        ],
    );
}

#[test]
fn only_a_package_that_is_there_is_redeclared() {
    let plant = plant();
    let before = plant.tree();
    let build = |package: &str| {
        let args = [
            "build",
            "-s",
            "meter/wit",
            "--dest-wasm",
            "new.wasm",
            "--dest-wit-root",
            "new",
        ];
        plant.golem_rpc(&[&args[..], &["--redeclare", package]].concat())
    };
    build("plant:metre").refusal(2, &["`--redeclare plant:metre`", "`plant:meter@1.2.0`"]);
    let args = [
        "generate",
        "-s",
        "meter/wit",
        "-d",
        "new-crate",
        "--redeclare",
        "plant:panel",
    ];
    plant.refuses(
        &args,
        2,
        &["`--redeclare plant:panel`", "`plant:meter@1.2.0`"],
    );
    plant.tree().assert_same_as(&before);
    build("plant:meter").success();
    assert!(plant.read("new/_stub.wit").contains("record reading"));
    assert!(!plant.path("new/deps/plant_meter").exists());
}

#[test]
fn only_a_package_of_a_target_is_redeclared_by_init_and_link() {
    let cart = Workspace::initialized_cart();
    let before = cart.tree();
    let of = |package| ["purchase-history", "shopping-cart", "--redeclare", package];
    let init = |package| {
        let [target, caller, flag, package] = of(package);
        let args = ["init", "--targets", target, "--callers", caller, flag];
        [&args[..], &[package]].concat()
    };
    let lists = "name one of these: `shopping:purchase-history`";
    let refused = |args: &[&str], package: &str| {
        let message = format!("`--redeclare {package}` names no package");
        cart.golem_rpc(args).refusal(2, &[&message, lists]);
        cart.tree().assert_same_as(&before);
    };
    refused(&init("shopping:history"), "shopping:history");
    refused(&init("shopping:shopping-cart"), "shopping:shopping-cart");
    let [target, caller, flag, package] = of("shopping:histories");
    refused(&["link", caller, target, flag, package], package);
    cart.golem_rpc(&init("shopping:purchase-history")).success();
    assert!(
        cart.read("Cargo.toml")
            .contains("redeclare = [\"shopping:purchase-history\"]")
    );
    cart.golem_rpc(&init("shopping:purchase-history@9.9.9"))
        .success();
}

/// A member whose code calls the target itself, beside its stub.
fn workspace() -> Workspace {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    let own = "package shopping:tax;\ninterface api { rate: func(country: string) -> f32; }\n";
    cart.write("shopping-cart/wit/deps/tax/tax.wit", own);
    cart.replace(
        "shopping-cart/wit/shopping-cart.wit",
        "export api;",
        "import shopping:tax/api;\n  export api;",
    );
    let manifest = "\"shopping:purchase-history-stub\" =";
    let entry = "\"shopping:tax\" = { path = \"wit/deps/tax\" }\n";
    cart.replace(
        "shopping-cart/Cargo.toml",
        manifest,
        &format!("{entry}{manifest}"),
    );
    let code = cart.read("shopping-cart/src/lib.rs");
    let call = "fn initialize_cart(";
    assert!(code.contains(call), "{code}");
    let at = code.find(call).unwrap();
    let at = at + code[at..].find('{').unwrap() + 1;
    let (before, after) = code.split_at(at);
    let call = "\n        bindings::shopping::tax::api::rate(\"AT\");";
    cart.write("shopping-cart/src/lib.rs", format!("{before}{call}{after}"));
    cart
}

#[test]
fn callers_of_a_workspace_are_looked_at_each_time() {
    let cart = workspace();
    let said = "`shopping-cart` imports `shopping:tax/api` (function `rate`), which neither Golem 1.1 \
                nor the local runtime offers";
    let composed = "target/wasm32-wasip1/debug/shopping_cart_composed.wasm";
    cart.golem_rpc(&["build-workspace", "--deny-imports"])
        .refusal(1, &[said]);
    assert!(!cart.path(composed).exists());
    for _ in 0..2 {
        cart.golem_rpc(&["build-workspace"]).success().says(said);
        component(&cart.path(composed));
    }
    let compose = ["compose", "--caller", "shopping-cart"];
    cart.golem_rpc(&compose).success().says(said);
    let before = fs::read(cart.path(composed)).unwrap();
    cart.golem_rpc(&[&compose[..], &["--deny-imports"]].concat())
        .refusal(1, &[said]);
    assert_eq!(fs::read(cart.path(composed)).unwrap(), before);
    let call = [
        "invoke",
        "shopping-cart/user-1",
        "initialize-cart(\"user-1\")",
    ];
    let reason = "it imports `shopping:tax/api` (function `rate`), which neither Golem 1.1 nor the \
                  local runtime offers";
    cart.golem_rpc(&call).failure(1, &[reason]);
}

/// A caller that has a stub's WIT by the single commands, and no link.
#[test]
fn a_stub_without_a_link_is_named_with_the_command_that_links_it() {
    let cart = Workspace::cart();
    cart.overlay("shopping-cart/final");
    let dest = ["--dest-wasm", "stub.wasm", "--dest-wit-root", "stub-wit"];
    let build = ["build", "-s", "purchase-history/wit"];
    cart.golem_rpc(&[&build[..], &dest].concat()).success();
    let add = ["add-stub-dependency", "--stub-wit-root", "stub-wit"];
    let to = [
        "--dest-wit-root",
        "shopping-cart/wit",
        "--update-cargo-toml",
    ];
    cart.golem_rpc(&[&add[..], &to].concat()).success();
    let itself = ["link", "shopping-cart", "shopping-cart"];
    let backend = ["--stub-backend", "component"];
    cart.golem_rpc(&[&itself[..], &backend].concat()).success();
    cart.golem_rpc(&["build-workspace"])
        .success()
        .says("imports the stub `shopping:purchase-history-stub/stub-purchase-history`")
        .says("cargo golem-rpc link shopping-cart purchase-history");
}
