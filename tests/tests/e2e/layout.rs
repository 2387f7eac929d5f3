//! Workspaces whose names, places and settings are not the usual ones.

use camino::Utf8PathBuf;
use golem_rpc_tests::{Invocation, Run, Workspace, component};

/// Directory, package, lib, world and WIT package have different names; members are nested and by
/// glob; a host tool is the only default member; the target directory is elsewhere; the path has
/// spaces and letters beyond ASCII; the caller has WIT dependencies of its own, wasi:io among them.
#[test]
fn nothing_has_the_name_or_place_one_would_guess() {
    let shop = Shop::new();
    let before = shop.files.tree();
    let root = shop.files.read("Cargo.toml");

    // from a subdirectory; one member by name, the other by its path
    shop.run(
        "apps/deep",
        &["init", "--targets", "history-pkg", "--callers", "cart-dir"],
    )
    .success();
    assert!(
        shop.files.read("Cargo.toml").starts_with(root.trim_end()),
        "members are by glob"
    );
    assert!(
        shop.files
            .path("backend/history-dir-stub/Cargo.toml")
            .is_file()
    );
    let stub = shop.files.read("backend/history-dir-stub/Cargo.toml");
    assert!(stub.contains("name = \"history-pkg-stub\""), "{stub}");
    the_callers_own_packages_are_used(&shop);
    for file in before
        .files()
        .filter(|file| file.starts_with("apps/deep/cart-dir/own"))
    {
        assert_eq!(
            before.text(file.as_str()),
            shop.files.tree().text(file.as_str()),
            "{file}"
        );
    }

    shop.files.replace(CALLER_WIT, "  export buying;", IMPORT);
    shop.files
        .write("apps/deep/cart-dir/src/lib.rs", CALLING_SOURCE);
    shop.make("build-flow").success().does_not_say("warning");
    shop.nothing_but_components_was_built();
    shop.buys("apps/deep/cart-dir/src");
    let settled = shop.files.tree();
    shop.make("build-flow").success();
    shop.files.tree().assert_same_as(&settled);
}

/// One copy of wasi:io, at the version and the place that the caller has had.
fn the_callers_own_packages_are_used(shop: &Shop) {
    let tree = shop.files.tree();
    let copies: Vec<_> = tree
        .files()
        .filter(|file| file.starts_with("apps/deep/cart-dir"))
        .filter(|file| {
            tree.text(file.as_str())
                .is_some_and(|text| text.contains("package wasi:io"))
        })
        .collect();
    assert_eq!(copies, ["apps/deep/cart-dir/own/io/poll.wit"]);
    let manifest = shop.files.read("apps/deep/cart-dir/Cargo.toml");
    assert_eq!(manifest.matches("wasi:io").count(), 1, "{manifest}");
    assert!(manifest.contains("\"acme:ledger-stub\""), "{manifest}");
}

/// A workspace that is as unlike the walkthroughs' as it may be.
struct Shop {
    files: Workspace,
    target: Utf8PathBuf,
}

impl Shop {
    fn new() -> Shop {
        let files = Workspace::empty("wörk späce – магазин");
        let target = files.outside("bauten für alle");
        for (file, text) in [
            ("Cargo.toml", ROOT),
            (
                "tools/cli/Cargo.toml",
                "package = { name = \"cli\", version.workspace = true, edition = \"2021\" }\n",
            ),
            (
                "tools/cli/src/main.rs",
                "fn main() {\n    println!(\"{:?}\", std::env::home_dir());\n}\n",
            ),
            ("backend/ignored/Cargo.toml", "this is not a manifest\n"),
            ("backend/history-dir/Cargo.toml", TARGET),
            ("backend/history-dir/interface/ledger.wit", TARGET_WIT),
            ("backend/history-dir/rust/history.rs", TARGET_SOURCE),
            ("apps/deep/cart-dir/Cargo.toml", CALLER),
            (CALLER_WIT, CALLER_WIT_TEXT),
            ("apps/deep/cart-dir/own/io/poll.wit", IO),
            ("apps/deep/cart-dir/own/money.wit", MONEY),
            ("apps/deep/cart-dir/src/lib.rs", SOURCE),
        ] {
            files.write(file, text);
        }
        Shop { files, target }
    }

    fn run(&self, dir: &str, args: &[&str]) -> Run {
        let args = [&["golem-rpc"], args].concat();
        let command = Invocation::new("cargo", &args, &self.files.path(dir));
        command.env("CARGO_TARGET_DIR", self.target.as_str()).run()
    }

    fn make(&self, task: &str) -> Run {
        let command = self
            .files
            .command("cargo", &["make", "--disable-check-for-updates", task]);
        command.env("CARGO_TARGET_DIR", self.target.as_str()).run()
    }

    /// The host tool was not compiled to wasm, and nothing lies in the usual target directory.
    fn nothing_but_components_was_built(&self) {
        assert!(!self.files.path("target").exists());
        let dir = self.target.join("wasm32-wasip1/debug");
        let composed = component(&dir.join("cart_core_composed.wasm"));
        assert!(
            !composed
                .imports
                .iter()
                .any(|import| import.contains("-stub/")),
            "{composed:?}"
        );
        let cli = dir
            .read_dir_utf8()
            .unwrap()
            .find(|file| file.as_ref().unwrap().file_name().starts_with("cli"));
        assert!(cli.is_none(), "{cli:?}");
    }

    fn buys(&self, from: &str) {
        let calls = [
            "cart-pkg/ann",
            r#"buy("mug", {cents: 950})"#,
            "history-pkg/ann",
            "all()",
            // the same function in full
            "history-pkg/ann",
            "acme:ledger/keeping@1.2.0.{all}()",
        ];
        let run = self
            .run(from, &[&["invoke"], &calls[..]].concat())
            .success();
        assert_eq!(run.stdout, "1\n[\"mug\"]\n[\"mug\"]\n", "{run}");
    }
}

const CALLER_WIT: &str = "apps/deep/cart-dir/wit/basket.wit";

const ROOT: &str = r#"[workspace]
resolver = "2"
members = ["backend/*", "apps/deep/*", "tools/cli"]
exclude = ["backend/ignored"]
default-members = ["tools/cli"]

[workspace.package]
version = "3.2.1"
edition = "2021"

[workspace.dependencies]
wit-bindgen-rt = { version = "0.44.0", features = ["bitflags"] }
"#;

const TARGET: &str = r#"[package]
name = "history-pkg"
version.workspace = true
edition.workspace = true

[lib]
name = "history_lib"
path = "rust/history.rs"
crate-type = ["cdylib"]

[dependencies]
wit-bindgen-rt = { workspace = true }

[package.metadata.component]
package = "acme:ledger"

[package.metadata.component.target]
path = "interface"
world = "history-world"
"#;

const TARGET_WIT: &str = "package acme:ledger@1.2.0;

interface keeping {
  put: func(what: string) -> u32;
  all: func() -> list<string>;
}

world unused {
}

world history-world {
  export keeping;
}
";

const TARGET_SOURCE: &str = "#[allow(warnings)]
#[path = \"../src/bindings.rs\"]
mod bindings;

use bindings::exports::acme::ledger::keeping::Guest;
use std::cell::RefCell;

thread_local! {
    static KEPT: RefCell<Vec<String>> = RefCell::default();
}

struct Component;

impl Guest for Component {
    fn put(what: String) -> u32 {
        KEPT.with_borrow_mut(|kept| kept.push(what));
        KEPT.with_borrow(|kept| kept.len() as u32)
    }

    fn all() -> Vec<String> {
        KEPT.with_borrow(Clone::clone)
    }
}

bindings::export!(Component with_types_in bindings);
";

const CALLER: &str = r#"[package]
name = "cart-pkg"
version = { workspace = true }
edition = { workspace = true }

[lib]
name = "cart_core"
crate-type = ["cdylib"]

[dependencies]
wit-bindgen-rt.workspace = true

[package.metadata.component]
package = "acme:basket"

[package.metadata.component.target]
path = "wit"
world = "cart-world"

[package.metadata.component.target.dependencies]
"acme:money" = { path = "own/money.wit" }
"wasi:io" = { path = "own/io" }
"#;

const CALLER_WIT_TEXT: &str = "package acme:basket;

interface buying {
  use acme:money/amounts.{amount};

  buy: func(what: string, price: amount) -> u32;
}

world cart-world {
  import wasi:io/poll@0.2.3;
  export buying;
}
";

const IMPORT: &str = "  import acme:ledger-stub/stub-history-world@1.2.0;
  export buying;";

const IO: &str = "package wasi:io@0.2.3;

/// Waiting for several things at once.
interface poll {
  resource pollable {
    ready: func() -> bool;
    block: func();
  }

  poll: func(in: list<borrow<pollable>>) -> list<u32>;
}
";

const MONEY: &str = "package acme:money;

interface amounts {
  record amount {
    cents: u64,
  }
}
";

const SOURCE: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::acme::basket::buying::{Amount, Guest};

struct Component;

impl Guest for Component {
    fn buy(_what: String, _price: Amount) -> u32 {
        0
    }
}

bindings::export!(Component with_types_in bindings);
";

const CALLING_SOURCE: &str = "#[allow(warnings)]
mod bindings;

use bindings::acme::ledger_stub::stub_history_world::Keeping;
use bindings::exports::acme::basket::buying::{Amount, Guest};
use bindings::golem::rpc::types::Uri;

struct Component;

impl Guest for Component {
    fn buy(what: String, _price: Amount) -> u32 {
        let id = std::env::var(\"HISTORY_PKG_COMPONENT_ID\").unwrap();
        let name = std::env::var(\"GOLEM_WORKER_NAME\").unwrap();
        let uri = Uri { value: format!(\"urn:worker:{id}/{name}\") };
        // an answer that is waited for as a caller of wasi:io of its own does
        let history = Keeping::new(&uri);
        let future = history.put(&what);
        let pollable = future.subscribe();
        bindings::wasi::io::poll::poll(&[&pollable]);
        future.get().expect(\"a ready future has a value\")
    }
}

bindings::export!(Component with_types_in bindings);
";
