//! One caller and one target: features that are missing or there, macros with and without `generate_all`,
//! traits to derive, worlds that are named or not, files that are no WIT.

use golem_rpc_tests::{Run, Workspace, cache_dir};

use super::{Random, each_seed};

/// How many workspaces are made where nobody asks for more.
const SEEDS: u64 = 16;

#[test]
fn what_init_leaves_builds() {
    each_seed(SEEDS, look_at);
}

/// What became of the workspace of a seed.
fn look_at(seed: u64) -> &'static str {
    let random = &mut Random(seed);
    let workspace = Workspace::empty("workspace");
    let is_plain = random.is();
    write(&workspace, random, is_plain);
    let mut init = vec!["init", "--targets", "pump", "--callers", "well"];
    init.extend(["--stub-backend", "component"]);
    if random.is() {
        init.push("--import");
    }
    let before = workspace.tree();
    let run = workspace.golem_rpc(&init);
    if run.code == 0 {
        let built = build(&workspace, is_plain);
        assert_eq!(built.code, 0, "seed {seed}: after\n{run}\n{built}");
        let check = workspace.golem_rpc(&["check"]);
        assert_eq!(check.code, 0, "seed {seed}: {check}");
        return "built";
    }
    let run = run.refusal(3, &["the build would fail"]);
    workspace.tree().assert_same_as(&before);
    init.push("--force");
    workspace.golem_rpc(&init).success();
    let built = build(&workspace, is_plain);
    assert_ne!(built.code, 0, "seed {seed}: builds, but was refused\n{run}");
    "refused"
}

fn build(workspace: &Workspace, is_plain: bool) -> Run {
    let args: &[&str] = if is_plain {
        &["build", "--target", "wasm32-wasip2", "-p", "well"]
    } else {
        &["component", "build", "-p", "well"]
    };
    let target = cache_dir("init-builds");
    workspace
        .command("cargo", args)
        .env("CARGO_TARGET_DIR", target)
        .run()
}

fn write(workspace: &Workspace, random: &mut Random, is_plain: bool) {
    workspace.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"pump\", \"well\"]\nresolver = \"2\"\n\
        [workspace.dependencies]\nwit-bindgen-rt = \"0.44.0\"\n",
    );
    let package = |name: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n")
    };
    let lib = "[lib]\ncrate-type = [\"cdylib\"]\n\n";
    let section = "[package.metadata.component]\n";
    workspace.write(
        "pump/Cargo.toml",
        format!("{}{lib}{section}", package("pump")),
    );
    workspace.write("pump/src/lib.rs", "");
    workspace.write("pump/wit/pump.wit", pump(random));

    let others = random.one(&["", "world drain { export leak: func(); }\n"]);
    let version = random.one(&["", "@1.2.3"]);
    let import = random.one(&["", "", "  import farm:pump-stub/stub-pump;\n"]);
    let own = random.one(&["", "  import meters: interface { read: func() -> u32; }\n"]);
    let world = format!(
        "package farm:well{version};\n\n{others}world well {{\n{import}{own}  export draw: func() -> u32;\n}}\n"
    );
    workspace.write("well/wit/well.wit", world);
    for junk in ["well/wit/.DS_Store", "well/wit/notes.txt"] {
        if random.is() {
            workspace.write(junk, "\0\u{1}");
        }
    }
    let qualified = format!("farm:well/well{version}");
    let names: &[&str] = match others {
        "" => &["", "well", &qualified],
        _ => &["well", &qualified],
    };
    let name = random.one(names);
    let derives = random.one(&["", "", "", "PartialEq", "Clone", "Default", "Hash"]);
    let runtime = random.one(&[
        "wit-bindgen-rt = \"0.44.0\"\n",
        "wit-bindgen-rt = { version = \"0.44.0\", features = [\"bitflags\"] }\n",
        "wit-bindgen-rt.workspace = true\n",
        "wit-bindgen-rt = { workspace = true, features = [] }\n",
    ]);
    let (dependencies, code) = match is_plain {
        true => (
            random.one(&[
                "wit-bindgen = \"0.63\"\n",
                "wit-bindgen = { version = \"0.63\", default-features = false, features = [\"macros\"] }\n",
            ]),
            macro_code(random, name, derives),
        ),
        false => (runtime, "#[allow(warnings)]\nmod bindings;\nuse bindings::{export, Guest};\n".to_string()),
    };
    let mut manifest = format!("{}{lib}[dependencies]\n{dependencies}", package("well"));
    if !is_plain {
        manifest.push_str(&format!("\n{section}"));
        if !name.is_empty() {
            manifest.push_str(&format!(
                "\n[package.metadata.component.target]\nworld = \"{name}\"\n"
            ));
        }
        if !derives.is_empty() {
            manifest.push_str(&format!(
                "\n[package.metadata.component.bindings]\nderives = [\"{derives}\"]\n"
            ));
        }
    }
    workspace.write("well/Cargo.toml", manifest);
    let export = if is_plain {
        "export!(Well);"
    } else {
        "export!(Well with_types_in bindings);"
    };
    let body = "struct Well;\nimpl Guest for Well {\n    fn draw() -> u32 {\n        1\n    }\n}\n";
    workspace.write("well/src/lib.rs", format!("{code}\n{body}{export}\n"));
}

/// A call of the macro.
fn macro_code(random: &mut Random, world: &str, derives: &str) -> String {
    let mut options = Vec::new();
    if !world.is_empty() {
        options.push(format!("world: {world:?}"));
    }
    if random.is() {
        options.push("generate_all".to_string());
    }
    if !derives.is_empty() {
        options.push(format!("additional_derives: [{derives}]"));
    }
    if random.is() {
        options.push("path: \"wit\"".to_string());
    }
    format!("wit_bindgen::generate!({{ {} }});\n", options.join(", "))
}

/// The target's WIT, with types of some sorts.
fn pump(random: &mut Random) -> String {
    let sorts = [
        "  flags lights { red, green }\n  show: func(lights: lights) -> lights;\n",
        "  record rate { litres: f64, per: string }\n  measure: func() -> rate;\n",
        "  enum state { off, on }\n  switch: func(to: state) -> option<state>;\n",
        "  resource valve { turn: func(by: u8); }\n  record set { valve: valve }\n  open: func() -> set;\n",
        "  variant fault { none, leak(list<u8>), other(result<u8, string>) }\n  inspect: func() -> fault;\n",
    ];
    let sorts: String = sorts.into_iter().filter(|_| random.is()).collect();
    format!(
        "package farm:pump;\n\ninterface api {{\n{sorts}  stop: func();\n}}\n\nworld pump {{\n  export api;\n}}\n"
    )
}
