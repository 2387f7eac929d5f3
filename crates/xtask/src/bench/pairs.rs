//! Workspaces of pairs: `caller0` calls `target0`, `caller1` calls `target1`, and so on.

use std::fmt::Write as _;
use std::fs;

use anyhow::Result;
use camino::Utf8Path;

/// A text in which `NN` stands for a pair's number.
fn of_pair(text: &str, pair: usize) -> String {
    text.replace("NN", &pair.to_string())
}

/// Writes a workspace of `pairs` pairs; all but the first are linked in the root manifest, so that
/// one `init` of the first makes all stubs.
pub(super) fn write(root: &Utf8Path, pairs: usize) -> Result<()> {
    let mut manifest = "[workspace]\nresolver = \"2\"\nmembers = [\n".to_string();
    for pair in 0..pairs {
        writeln!(manifest, "    \"caller{pair}\",\n    \"target{pair}\",")?;
        write_file(
            root,
            &of_pair("targetNN/Cargo.toml", pair),
            &of_pair(TARGET, pair),
        )?;
        write_file(
            root,
            &of_pair("targetNN/wit/target.wit", pair),
            &of_pair(TARGET_WIT, pair),
        )?;
        write_file(
            root,
            &of_pair("targetNN/src/lib.rs", pair),
            &of_pair(TARGET_SOURCE, pair),
        )?;
        write_file(
            root,
            &of_pair("callerNN/Cargo.toml", pair),
            &of_pair(CALLER, pair),
        )?;
        write_file(
            root,
            &of_pair("callerNN/wit/caller.wit", pair),
            &of_pair(CALLER_WIT, pair),
        )?;
        write_file(
            root,
            &of_pair("callerNN/src/lib.rs", pair),
            &of_pair(CALLER_SOURCE, pair),
        )?;
    }
    manifest += "]\n";
    if pairs > 1 {
        manifest += "\n[workspace.metadata.golem-rpc.links]\n";
    }
    for pair in 1..pairs {
        writeln!(manifest, "caller{pair} = [\"target{pair}\"]")?;
    }
    write_file(root, "Cargo.toml", &manifest)
}

/// Has every caller import the stub of its target.
pub(super) fn import_stubs(root: &Utf8Path, pairs: usize) -> Result<()> {
    for pair in 0..pairs {
        let wit = CALLER_WIT.replace(
            "export api;",
            "import bench:targetNN-stub/stub-targetNN;\n  export api;",
        );
        write_file(
            root,
            &of_pair("callerNN/wit/caller.wit", pair),
            &of_pair(&wit, pair),
        )?;
        let source = CALLER_SOURCE.replace("value + 1", CALL);
        write_file(
            root,
            &of_pair("callerNN/src/lib.rs", pair),
            &of_pair(&source, pair),
        )?;
    }
    Ok(())
}

fn write_file(root: &Utf8Path, path: &str, text: &str) -> Result<()> {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap_or(root))?;
    Ok(fs::write(file, text)?)
}

const TARGET: &str = r#"[package]
name = "targetNN"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
wit-bindgen-rt = { version = "0.44.0", features = ["bitflags"] }

[package.metadata.component]
package = "bench:targetNN"
"#;

const CALLER: &str = r#"[package]
name = "callerNN"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
wit-bindgen-rt = { version = "0.44.0", features = ["bitflags"] }

[package.metadata.component]
package = "bench:callerNN"
"#;

const TARGET_WIT: &str = "package bench:targetNN;

interface api {
  record point {
    x: s32,
    y: s32,
    label: option<string>,
  }

  add: func(value: u64) -> u64;
  move-to: func(place: point) -> result<point, string>;
}

world targetNN {
  export api;
}
";

const TARGET_SOURCE: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::bench::targetNN::api::{Guest, Point};

struct Component;

impl Guest for Component {
    fn add(value: u64) -> u64 {
        value + 1
    }

    fn move_to(place: Point) -> Result<Point, String> {
        Ok(place)
    }
}

bindings::export!(Component with_types_in bindings);
";

const CALLER_WIT: &str = "package bench:callerNN;

interface api {
  add: func(value: u64) -> u64;
}

world callerNN {
  export api;
}
";

const CALLER_SOURCE: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::bench::callerNN::api::Guest;

struct Component;

impl Guest for Component {
    fn add(value: u64) -> u64 {
        value + 1
    }
}

bindings::export!(Component with_types_in bindings);
";

const CALL: &str =
    "let uri = bindings::golem::rpc::types::Uri { value: \"urn:worker:targetNN/w\".into() };
        bindings::bench::targetNN_stub::stub_targetNN::Api::new(&uri).blocking_add(value)";
