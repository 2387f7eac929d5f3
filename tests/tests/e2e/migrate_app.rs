//! Applications of golem-cli: `golem.yaml` as 1.1, 1.2 and 1.3 have it.

use golem_rpc_tests::Workspace;

const NO_VCS: [&str; 2] = ["migrate", "--allow-no-vcs"];

/// 1.1: one manifest, components by plain names, stubs called as ours are.
#[test]
fn an_application_of_1_1_is_migrated_built_and_called() {
    let app = members("parts", "till", "stock");
    app.write("golem.yaml", MANIFEST_1_1);
    app.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"parts/*\"]\nresolver = \"2\"\n",
    );
    let doctor = app.golem_rpc(&["doctor"]);
    assert!(
        doctor.stdout.contains(
            "`till` calls `stock`: not linked here yet; one of its entries cannot be a link"
        ),
        "{doctor}"
    );
    assert!(doctor.stdout.contains("golem.yaml:20"), "{doctor}");
    let before = app.read("golem.yaml");
    app.golem_rpc(&NO_VCS)
        .success()
        .says("`till` calls `stock`: `golem.yaml:20` says so")
        .says("golem.yaml:22: `till` → `web` (wasm-rpc) is no link: `web` is no Rust component: there is no Cargo.toml in `parts/web` (its template is `ts`)")
        .says("golem.yaml is left as it is")
        .says("Migrated");
    assert_eq!(app.read("golem.yaml"), before);
    let root = app.read("Cargo.toml");
    assert!(root.contains("till = [\"stock\"]"), "{root}");
    let wit = app.read("parts/till/wit/till.wit");
    assert!(wit.contains("import shop:stock-stub/stub-stock;"), "{wit}");
    assert!(wit.contains("use shop:stock/api.{item};"), "{wit}");
    app.golem_rpc(&NO_VCS).success().says("Fresh");
    let doctor = app.golem_rpc(&["doctor"]);
    assert!(
        doctor
            .stdout
            .contains("1 call between them, all linked here"),
        "{doctor}"
    );
    app.write("parts/till/src/lib.rs", TILL);
    app.make("build-flow").success();
    let calls = [
        "invoke",
        "till/a",
        "sell(\"Mug\")",
        "stock/main",
        "left(\"Mug\")",
    ];
    let run = app.golem_rpc(&calls).success();
    assert_eq!(run.stdout, "9\n9\n");
}

/// 1.2: a manifest for each component, names with namespaces, clients; the component sections lead to
/// what golem-cli generated, which is in no clone.
#[test]
fn an_application_of_1_2() {
    let app = app_of("1.2.4", "static-wasm-rpc");
    let run = app
        .golem_rpc(&NO_VCS)
        .success()
        .says("`shop-till` calls `shop-stock`: `components-rust/shop-till/golem.yaml:")
        .says("components-rust/shop-till/src/lib.rs:4: write `stock_stub::stub_stock` for `stock_client`")
        .says("components-rust/shop-stock/src/lib.rs:4: write `stock` for `stock_exports`")
        .says("components-rust/shop-till/wit/till.wit:4: `shop:stock-exports/api` is now `shop:stock/api`")
        .says("(wasm) is no link: it composes a component into another one")
        .says("(wasm-rpc) is no link: golem.yaml has no component `shop:nobody`")
        .does_not_say("`cargo make build-flow` builds it");
    assert!(run.stderr.contains("change what"), "{run}");
    for name in ["till", "stock"] {
        let manifest = app.read(&format!("components-rust/shop-{name}/Cargo.toml"));
        assert!(manifest.contains("path = \"wit\""), "{manifest}");
        assert!(!manifest.contains("wit-generated"), "{manifest}");
    }
    let till = app.read("components-rust/shop-till/Cargo.toml");
    assert!(
        till.contains("\"shop:units\" = { path = \"../../wit/deps/units\" }"),
        "{till}"
    );
    let root = app.read("Cargo.toml");
    assert!(root.contains("shop-till = [\"shop-stock\"]"), "{root}");
    assert!(root.contains("golem-rpc = \"0.2.1\""), "{root}");
    let wit = app.read("components-rust/shop-till/wit/till.wit");
    assert!(wit.contains("import shop:stock-stub/stub-stock;"), "{wit}");
    app.golem_rpc(&["check"]).success();
    app.golem_rpc(&NO_VCS).success().says("Fresh");
    // golem-cli builds once more, and writes the section anew
    let manifest = "components-rust/shop-till/Cargo.toml";
    let migrated = app.tree();
    app.replace(manifest, "path = \"wit\"", "path = \"wit-generated\"");
    let doctor = app.golem_rpc(&["doctor"]);
    assert!(
        doctor.stdout.contains("golem-cli has led `shop-till` back"),
        "{doctor}"
    );
    app.golem_rpc(&NO_VCS).success();
    app.tree().assert_same_content_as(&migrated);
}

/// 1.3: the same with later packages, from a template without a component section; one member is not
/// of this workspace, one is a library, one is called for a single call each.
#[test]
fn an_application_of_1_3() {
    let app = app_of("1.3.0", "wasm-rpc");
    let stock = "components-rust/shop-stock/Cargo.toml";
    let text = app.read(stock);
    app.write(stock, text.split("\n[package.metadata").next().unwrap());
    app.write(
        "Cargo.toml",
        app.read("Cargo.toml")
            .replace("components-rust/*", "components-rust/shop-*"),
    );
    app.write(
        "components-rust/apart/Cargo.toml",
        "[package]\nname = \"apart\"\nversion = \"0.1.0\"\n",
    );
    app.write(
        "components-rust/apart/wit/a.wit",
        "package shop:apart;\nworld apart {}\n",
    );
    app.write(
        "components-rust/apart/golem.yaml",
        "components:\n  shop:apart: { template: rust }\n  shop:parts: { template: rust, sourceWit: ../shop-stock/wit, componentType: library }\ndependencies:\n  shop:till:\n  - { type: wasm-rpc, target: shop:apart }\n  - { type: wasm-rpc, target: shop:parts }\n",
    );
    app.replace(
        "components-rust/shop-stock/golem.yaml",
        "template: rust",
        "template: rust\n    componentType: ephemeral",
    );
    app.golem_rpc(&NO_VCS)
        .success()
        .says("`shop:apart` is in `components-rust/apart`, which is no member of this workspace")
        .says("`shop:parts` is a library: no worker runs it");
    let manifest = app.read(stock);
    assert!(
        manifest.contains("[package.metadata.component.target]\npath = \"wit\"\n"),
        "{manifest}"
    );
    app.golem_rpc(&["check"]).success();
    app.golem_rpc(&NO_VCS).success().says("Fresh");
}

#[test]
fn manifests_that_cannot_be_read() {
    let app = app_of("1.2.4", "wasm-rpc");
    app.write("golem.yaml", "components: [\n");
    app.refuses(&NO_VCS, 3, &["`golem.yaml`, line", "golem-cli"]);
    let doctor = app.golem_rpc(&["doctor"]);
    assert!(doctor.stdout.contains("`golem.yaml`, line"), "{doctor}");
}

const MANIFEST_1_1: &str = "\
# $schema: https://schema.golem.cloud/app/golem/1.1.0/golem.schema.json
tempDir: target/golem-temp
templates:
  rust:
    sourceWit: parts/{{ componentName }}/wit
    generatedWit: parts/{{ componentName }}/wit-generated
  ts:
    sourceWit: parts/{{ componentName }}/wit
components:
  till:
    template: rust
  stock:
    template: rust
  web:
    template: ts

# who calls whom
dependencies:
  till:
  - type: wasm-rpc
    target: stock
  - type: wasm-rpc
    target: web
";

/// Two members below a directory, as golem-cli 1.1 leads them.
fn members(dir: &str, till: &str, stock: &str) -> Workspace {
    let app = Workspace::empty("app");
    for (name, wit, source) in [(till, TILL_WIT, ""), (stock, STOCK_WIT, STOCK)] {
        app.write(
            &format!("{dir}/{name}/Cargo.toml"),
            manifest(name, "path = \"wit\"\n"),
        );
        let wit = wit.replace("SUFFIX", "interface");
        app.write(&format!("{dir}/{name}/wit/{name}.wit"), wit);
        app.write(&format!("{dir}/{name}/src/lib.rs"), source);
    }
    app
}

/// The layout of golem-cli's templates from 1.2 on.
fn app_of(version: &str, kind: &str) -> Workspace {
    let app = Workspace::empty("app");
    let head = format!(
        "# yaml-language-server: $schema=https://schema.golem.cloud/app/golem/{version}/golem.schema.json\n\n"
    );
    let write = |path: &str, text: &str| app.write(path, format!("{head}{text}"));
    app.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"components-rust/*\"]\n",
    );
    write(
        "golem.yaml",
        "includes:\n- common-*/golem.yaml\n- components-*/*/golem.yaml\nwitDeps:\n- wit/deps\n",
    );
    write(
        "common-rust/golem.yaml",
        "templates:\n  rust:\n    profiles:\n      debug:\n        sourceWit: wit\n        generatedWit: wit-generated\n        componentWasm: ../../target/wasm32-wasip1/debug/{{ component_name | to_snake_case }}.wasm\n    defaultProfile: debug\n",
    );
    write(
        "components-rust/shop-till/golem.yaml",
        &format!(
            "components:\n  shop:till:\n    template: rust\n\ndependencies:\n  shop:till:\n  - target: shop:stock\n    type: {kind}\n  - type: wasm\n    url: https://example.org/llm.wasm\n  - target: shop:nobody\n    type: wasm-rpc\n"
        ),
    );
    write(
        "components-rust/shop-stock/golem.yaml",
        "components:\n  shop:stock:\n    template: rust\n",
    );
    app.write(
        "wit/deps/units/units.wit",
        "package shop:units;\n\ninterface units {\n  type grams = u32;\n}\n",
    );
    app.write(
        "wit/deps/golem-rpc/rpc.wit",
        "package golem:rpc@0.2.1;\n\ninterface other {}\n",
    );
    let generated = "path = \"wit-generated\"\n\n[package.metadata.component.target.dependencies]\n\"shop:units\" = { path = \"wit-generated/deps/units\" }\n\"shop:stock-client\" = { path = \"wit-generated/deps/shop_stock-client\" }\n";
    let till = TILL_WIT.replace("SUFFIX", "exports").replace(
        "  sell:",
        "  use shop:units/units.{grams};\n\n  weigh: func() -> grams;\n  sell:",
    );
    for (name, wit, source) in [("till", till.as_str(), CLIENT), ("stock", STOCK_WIT, STOCK)] {
        let dir = format!("components-rust/shop-{name}");
        app.write(
            &format!("{dir}/Cargo.toml"),
            manifest(&format!("shop-{name}"), generated),
        );
        app.write(&format!("{dir}/wit/{name}.wit"), wit);
        let source = source.replace("shop::stock::api", "shop::stock_exports::api");
        app.write(&format!("{dir}/src/lib.rs"), source);
    }
    app
}

fn manifest(name: &str, target: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\nwit-bindgen-rt = {{ version = \"0.44.0\", features = [\"bitflags\"] }}\n\n[package.metadata.component.target]\n{target}"
    )
}

const STOCK_WIT: &str = "package shop:stock;

interface api {
  record item { name: string, left: u32 }
  take: func(name: string) -> item;
  left: func(name: string) -> u32;
}

world stock {
  export api;
}
";

const TILL_WIT: &str = "package shop:till;

interface api {
  use shop:stock-SUFFIX/api.{item};
  sell: func(name: string) -> u32;
  last: func() -> option<item>;
}

world till {
  export api;
}
";

const STOCK: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::shop::stock::api::{Guest, Item};
use std::cell::Cell;

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(10) };
}

struct Component;

impl Guest for Component {
    fn take(name: String) -> Item {
        LEFT.set(LEFT.get() - 1);
        Item { name, left: LEFT.get() }
    }

    fn left(_name: String) -> u32 {
        LEFT.get()
    }
}

bindings::export!(Component with_types_in bindings);
";

const CLIENT: &str = "#[allow(warnings)]
mod bindings;

use bindings::shop::stock_client::stock_client::Api;

struct Component;
fn sell(name: String) -> u32 {
    let stock = Api::new(\"main\");
    stock.blocking_take(&name).left
}
";

const TILL: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::shop::till::api::{Guest, Item};
use bindings::golem::rpc::types::Uri;
use bindings::shop::stock_stub::stub_stock::Api;

struct Component;

impl Guest for Component {
    fn sell(name: String) -> u32 {
        let id = std::env::var(\"STOCK_COMPONENT_ID\").unwrap();
        let stock = Api::new(&Uri { value: format!(\"urn:worker:{id}/main\") });
        stock.blocking_take(&name).left
    }

    fn last() -> Option<Item> {
        None
    }
}

bindings::export!(Component with_types_in bindings);
";
