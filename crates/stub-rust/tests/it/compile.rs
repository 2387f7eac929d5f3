//! Every crate builds with `cargo component build`, without a warning, as a member of one workspace,
//! and the component exports what the stub world says.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_stub::{GolemRpc, RpcErrors, Stub, StubOptions};
use golem_rpc_stub_rust::{CrateOptions, generate};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve};

use crate::corpus;

/// Worlds that are also built with failed calls as results, and the versions of golem:rpc with which
/// they are built.
const VARIANTS: [(&str, &[(GolemRpc, RpcErrors)]); 9] = [
    ("docs", &[(GolemRpc::V0_1_1, RpcErrors::Result)]),
    ("keywords", &[(GolemRpc::V0_2_1, RpcErrors::Result)]),
    ("no-values", &[(GolemRpc::V0_2_0, RpcErrors::Result)]),
    ("only-params", &[(GolemRpc::V0_1_0, RpcErrors::Result)]),
    (
        "resource-function-names",
        &[
            (GolemRpc::V0_2_0, RpcErrors::Panic),
            (GolemRpc::V0_2_2, RpcErrors::Result),
        ],
    ),
    (
        "resource-only-constructor",
        &[(GolemRpc::V0_2_0, RpcErrors::Result)],
    ),
    (
        "resource-statics",
        &[
            (GolemRpc::V0_1_0, RpcErrors::Result),
            (GolemRpc::V0_2_0, RpcErrors::Panic),
            (GolemRpc::V0_2_2, RpcErrors::Result),
        ],
    ),
    (
        "resource-statics-only",
        &[(GolemRpc::V0_2_2, RpcErrors::Panic)],
    ),
    ("zoo", &[(GolemRpc::V0_1_0, RpcErrors::Result)]),
];

/// Refused worlds whose one bad name is written in another way, so that all the rest of them is
/// built.
const RENAMED: [(&str, &str, &str); 9] = [
    ("digits-and-single-letters", "x86-64", "x86"),
    ("resource-in-variants", "guest", "visitor"),
    ("rust-keywords-as-interfaces", "%self", "selfish"),
    ("rust-keywords-as-package", "%self", "selfish"),
    ("rust-keywords-as-resources", "%self", "selfish"),
    ("rust-keywords-as-types", "%self", "selfish"),
    ("wit-keywords-as-interfaces", "%option", "optional"),
    ("wit-keywords-as-resources", "%option", "optional"),
    ("wit-keywords-as-types", "%option", "optional"),
];

/// Seeds of random worlds.
const RANDOM: std::ops::Range<u64> = 1..1000;

/// How many random worlds are built.
const RANDOM_COUNT: usize = 6;

/// A crate to build: its name and its stub.
struct Case {
    name: String,
    stub: Stub,
}

/// All crates to build, and what was refused, with the reason.
fn cases() -> (Vec<Case>, BTreeMap<String, String>) {
    let mut cases = Vec::new();
    let mut refused = BTreeMap::new();
    let mut add = |name: String, stub: Stub| match generate(&stub, &CrateOptions::new("c")) {
        Ok(_) => cases.push(Case { name, stub }),
        Err(error) => {
            refused.insert(name, error.to_string());
        }
    };
    for world in corpus::worlds() {
        add(world.clone(), corpus::stub(&world));
    }
    for (world, from, to) in RENAMED {
        let stub = corpus::stub_renamed(world, from, to);
        add(format!("{world}-renamed"), stub);
    }
    for (world, variants) in VARIANTS {
        for (golem_rpc, rpc_errors) in variants {
            let options = corpus::options(*golem_rpc, *rpc_errors);
            let name = format!("{world}{}", corpus::suffix(&options));
            add(name, corpus::stub_with(world, &options));
        }
    }
    let random = RANDOM.filter_map(|seed| {
        let options = match seed % 2 {
            0 => StubOptions::default(),
            _ => corpus::options(GolemRpc::V0_2_0, RpcErrors::Result),
        };
        let stub = corpus::random_stub(seed, &options)?;
        generate(&stub, &CrateOptions::new("c")).ok()?;
        Some((format!("random-{seed}"), stub))
    });
    for (name, stub) in random.take(RANDOM_COUNT) {
        add(name, stub);
    }
    (cases, refused)
}

/// Writes one workspace of all stub crates; it stays between runs, so that little is compiled anew.
fn write_workspace(cases: &[Case]) -> Utf8PathBuf {
    let root = Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("stub-crates");
    let mut members = String::new();
    for Case { name, stub } in cases {
        let dir = root.join(format!("{name}-stub"));
        if dir.join("wit").exists() {
            fs::remove_dir_all(dir.join("wit")).unwrap();
        }
        let options = CrateOptions::new(format!("{name}-stub"));
        corpus::write_dir(&dir, generate(stub, &options).unwrap());
        members.push_str(&format!("  \"{name}-stub\",\n"));
    }
    let manifest = format!(
        "[workspace]\nresolver = \"2\"\nmembers = [\n{members}]\n\n[profile.dev]\ndebug = false\nstrip = true\nincremental = false\n"
    );
    let path = root.join("Cargo.toml");
    if fs::read_to_string(&path).ok().as_ref() != Some(&manifest) {
        fs::write(&path, manifest).unwrap();
    }
    root
}

/// Builds all crates. Cargo names each that fails or warns.
fn build(root: &Utf8Path) {
    let mut command = Command::new("cargo");
    command.args(["component", "build", "--workspace", "--keep-going"]);
    command.current_dir(root);
    command.env("CARGO_TARGET_DIR", root.join("target"));
    command.env("CARGO_TERM_COLOR", "never");
    for variable in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    let output = command.output().expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("warning"), "{stderr}");
}

/// A package as WIT text, without its worlds, docs and the versions of what it uses of WASI: a
/// component has WASI at the version of cargo-component's adapter.
fn interfaces(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print(resolve, package, &[]).unwrap();
    let text = printer.output.to_string();
    let text = text.split("\nworld ").next().unwrap_or_default().trim_end();
    let lines = text.lines().map(|line| match line.split_once('@') {
        Some((wasi, types)) if wasi.trim().starts_with("use wasi:") => {
            let types = types.find('{').map(|at| &types[at..]).unwrap_or_default();
            format!("{wasi}.{types}")
        }
        _ => line.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The stub package of a component, as its only export's interface shows it.
fn exported(wasm: &[u8], stub: &Stub) -> String {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(wasm).unwrap() else {
        panic!("a component was built");
    };
    let exports: Vec<String> = resolve.worlds[world]
        .exports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    let expected = stub.resolve.id_of(stub.interface).unwrap();
    assert_eq!(exports, [expected]);
    let name = &stub.resolve.packages[stub.package].name;
    interfaces(&resolve, resolve.package_names[name])
}

/// All crates, built once.
struct Built {
    cases: Vec<Case>,
    refused: BTreeMap<String, String>,
    dir: Utf8PathBuf,
}

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let (cases, refused) = cases();
    let root = write_workspace(&cases);
    build(&root);
    Built {
        cases,
        refused,
        dir: root.join("target/wasm32-wasip1/debug"),
    }
});

/// The stub of a world, or of a variant of one.
pub(crate) fn stub(name: &str) -> &'static Stub {
    let case = BUILT.cases.iter().find(|case| case.name == name);
    &case.unwrap_or_else(|| panic!("`{name}` is built")).stub
}

/// The stub component of a world, or of a variant of one.
pub(crate) fn component(name: &str) -> Vec<u8> {
    let file = format!("{name}-stub").replace('-', "_");
    fs::read(BUILT.dir.join(file).with_extension("wasm")).unwrap()
}

#[test]
fn every_crate_builds_without_a_warning_and_exports_the_stub() {
    for Case { name, stub } in &BUILT.cases {
        let expected = interfaces(&stub.resolve, stub.package);
        assert_eq!(exported(&component(name), stub), expected, "{name}");
    }
    let random = BUILT.cases.iter().filter(|c| c.name.starts_with("random-"));
    assert_eq!(random.count(), RANDOM_COUNT);
}

#[test]
fn what_the_bindings_cannot_take_is_refused_and_nothing_else() {
    let reason = |world: String| Some((world.clone(), corpus::crate_refused(&world)?));
    let refused: BTreeMap<_, _> = corpus::worlds().into_iter().filter_map(reason).collect();
    assert_eq!(BUILT.refused, refused);
}

#[test]
fn comments_reach_the_bindings() {
    let bindings = BUILT.dir.join("../../../docs-stub/src/bindings.rs");
    let bindings = fs::read_to_string(bindings).unwrap();
    let stub = corpus::stub("docs");
    let functions = stub.resolve.interfaces[stub.interface].functions.values();
    let docs = functions.filter_map(|function| function.docs.contents.as_deref());
    let lines: Vec<&str> = docs.flat_map(|text| text.trim().lines()).collect();
    assert!(lines.len() > 2);
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        assert!(bindings.contains(&format!("/// {line}")), "{line}");
    }
}
