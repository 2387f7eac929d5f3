//! `doctor`: what it finds is so, and what it says fixes it.

use std::fs;

use golem_rpc_messages::{DoctorFinding, Examined, Message, Severity};
use golem_rpc_tests::{Run, Workspace, link_programs, script, sysroot};

const WIT: &str = "purchase-history/wit/purchase-history.wit";

#[test]
fn all_is_well() {
    let cart = Workspace::initialized_cart();
    let before = cart.tree();
    let run = cart.golem_rpc(&["doctor"]).success();
    cart.tree().assert_same_as(&before);
    for line in [
        "     ok  cargo-component 0.21.1",
        "     ok  cargo-make 0.37.24",
        "     ok  the Rust target wasm32-wasip1",
        "     ok  golem:rpc@0.1.0 in `shopping-cart`",
        "     ok  stubs and their copies are up to date",
        "0 errors, 0 warnings",
    ] {
        assert!(
            run.stdout.lines().any(|other| other == line),
            "no `{line}`: {run}"
        );
    }
    let findings = findings(&cart.golem_rpc(&["doctor", "--message-format", "json"]));
    assert!(
        findings
            .iter()
            .all(|f| f.severity == Severity::Ok && f.command.is_none())
    );
    let tools = findings
        .iter()
        .filter(|f| matches!(f.examined, Examined::Tool { .. }));
    assert_eq!(tools.count(), 4);
}

#[test]
fn outside_of_a_workspace_it_looks_at_the_tools() {
    let nowhere = Workspace::empty("nowhere");
    let run = nowhere.golem_rpc(&["doctor"]).success();
    run.says("there is no workspace here");
    nowhere
        .golem_rpc(&["doctor", "--manifest-path", "a/Cargo.toml"])
        .refusal(3, &["a/Cargo.toml", "--manifest-path"]);
    nowhere
        .golem_rpc(&["doctor", "--manifest-path", ""])
        .failure(2, &["--manifest-path"]);
}

#[test]
fn a_machine_without_tools() {
    let cart = Workspace::initialized_cart();
    let (real, bin, home) = (sysroot(), cart.outside("bin"), cart.outside("cargo-home"));
    fs::create_dir(&home).unwrap();
    link_programs(&bin, &["cargo-golem-rpc"]);
    // a toolchain with nothing in it
    let fake = cart.outside("sysroot");
    fs::create_dir_all(&fake).unwrap();
    let rustc = format!("exec '{real}/bin/rustc' --sysroot '{fake}' \"$@\"");
    script(&bin.join("rustc"), &rustc);
    let path = [
        bin.clone(),
        real.join("bin"),
        "/usr/bin".into(),
        "/bin".into(),
    ];
    let doctor = |args: &[&str]| {
        let args = [&["golem-rpc", "doctor"], args].concat();
        let command = cart
            .command("cargo", &args)
            .path(&path)
            .env("CARGO_HOME", home.as_str());
        command.without_env("RUSTUP_TOOLCHAIN").run()
    };
    let run = doctor(&[]).refusal(1, &["2 of ", "checks failed", "its fix"]);
    for line in [
        "  error  cargo-component is not installed",
        "         cargo install --locked cargo-component --version 0.21.1",
        "warning  cargo-make is not installed",
        "         cargo install --locked cargo-make --version 0.37.24",
        "  error  the Rust target wasm32-wasip1 is not installed",
        "         rustup target add wasm32-wasip1",
        "2 errors, 1 warning",
    ] {
        assert!(
            run.stdout.lines().any(|other| other == line),
            "no `{line}`: {run}"
        );
    }
    script(
        &bin.join("cargo-component"),
        "echo cargo-component-component 0.13.2",
    );
    script(&bin.join("cargo-make"), "echo cargo-make 0.36.0");
    let found = findings(&doctor(&["--message-format", "json"]));
    let old = found.iter().filter(|f| f.severity == Severity::Warning);
    let old: Vec<&str> = old.map(|f| f.message.as_str()).collect();
    let expected = [
        "cargo-component 0.13.2 is installed; 0.21.1 is what this is made for",
        "cargo-make 0.36.0 is installed; 0.37.24 is what this is made for",
    ];
    assert_eq!(old, expected);
}

/// What rustup says in the place of its tools; cargo itself is asked about the workspace too.
#[test]
fn a_toolchain_that_is_not_there() {
    let cart = Workspace::initialized_cart();
    let bin = cart.outside("bin");
    link_programs(&bin, &["cargo-golem-rpc"]);
    for tool in ["rustc", "cargo"] {
        let says = "echo \"error: toolchain '1.2.3-nope' is not installed\" >&2; exit 1";
        script(&bin.join(tool), says);
    }
    let path = [bin, "/usr/bin".into(), "/bin".into()];
    let run = |args: &[&str]| {
        let command = cart.command("cargo-golem-rpc", args).path(&path);
        command.without_env("CARGO").run()
    };
    let doctor = run(&["doctor"]).refusal(1, &["1 of 1 checks"]);
    for line in [
        "  error  toolchain '1.2.3-nope' is not installed",
        "1 error, 0 warnings",
    ] {
        assert!(
            doctor.stdout.lines().any(|other| other == line),
            "no `{line}`: {doctor}"
        );
    }
    let install = "rustup toolchain install 1.2.3-nope";
    assert!(doctor.stdout.contains(install), "{doctor}");
    run(&["status"]).refusal(3, &["'1.2.3-nope' is not installed", install]);
}

#[test]
fn what_cannot_be_read_is_told_once() {
    let cart = Workspace::initialized_cart();
    cart.write("Makefile.toml", "[tasks\n");
    let found = errors(&cart, 1);
    assert!(found[0].message.contains("Makefile.toml"), "{found:?}");
}

#[test]
fn what_is_out_of_date_or_was_edited() {
    let cart = Workspace::initialized_cart();
    cart.replace(WIT, "total: f32", "total: f64");
    let run = cart.golem_rpc(&["doctor"]).success();
    assert!(
        run.stdout
            .contains("out of date\n         cargo golem-rpc regenerate\n"),
        "{run}"
    );
    cart.golem_rpc(&["regenerate"]).success();
    let copy = "shopping-cart/wit/deps/shopping_purchase-history-stub/_stub.wit";
    let text = cart.read(copy);
    cart.write(copy, text + "// mine\n");
    let found = errors(&cart, 1);
    assert_eq!(
        found[0].examined,
        Examined::Generated {
            paths: vec![cart.path(copy).to_string()]
        }
    );
    assert!(
        found[0]
            .command
            .as_ref()
            .unwrap()
            .contains("regenerate --force"),
        "{found:?}"
    );
    let quiet = cart.golem_rpc(&["doctor", "--quiet"]);
    assert_eq!(
        (quiet.code, &*quiet.stdout, &*quiet.stderr),
        (1, "", ""),
        "{quiet}"
    );
    cart.golem_rpc(&["regenerate", "--force"]).success();
    assert_eq!(errors(&cart, 0), []);
}

#[test]
fn links_that_cannot_work() {
    let cart = Workspace::initialized_cart();
    let link = "shopping-cart = [\"purchase-history\"]";
    cart.replace(
        "Cargo.toml",
        link,
        "shopping-cart = [\"purchase-history\", \"returns\"]",
    );
    let found = errors(&cart, 1);
    let examined = Examined::Link {
        caller: Some("shopping-cart".into()),
        target: "returns".into(),
    };
    assert_eq!(found[0].examined, examined);
    assert!(
        found[0].command.as_ref().unwrap().contains("or remove it"),
        "{found:?}"
    );
    cart.replace("Cargo.toml", ", \"returns\"", "");
    cart.replace(WIT, "list<order>;", "stream<order>;");
    let found = errors(&cart, 1);
    let examined = Examined::Link {
        caller: None,
        target: "purchase-history".into(),
    };
    assert_eq!(found[0].examined, examined);
    assert!(
        found[0].message.contains("purchase-history.wit:20:"),
        "{found:?}"
    );
    assert!(
        found[0].command.as_ref().unwrap().contains("list<T>"),
        "{found:?}"
    );
}

#[test]
fn two_versions_of_golem_rpc() {
    let cart = Workspace::initialized_cart();
    let args = [
        "init",
        "--targets",
        "shopping-cart",
        "--callers",
        "purchase-history",
    ];
    cart.golem_rpc(&[&args[..], &["--golem-rpc", "0.2.0"]].concat())
        .success();
    let run = cart.golem_rpc(&["doctor"]).success();
    let line = "warning  not all members run on one Golem: golem:rpc@0.1.0 in `shopping-cart`; \
                golem:rpc@0.2.0 in `purchase-history`";
    assert!(run.stdout.contains(line), "{run}");
    assert!(run.stdout.contains("--golem-rpc <one version>"), "{run}");
    // a package of the user's own beside the copy
    let file = "shopping-cart/wit/deps/newer/rpc.wit";
    cart.write(file, "package golem:rpc@0.2.0;\ninterface other {}\n");
    let run = cart.golem_rpc(&["doctor"]).refusal(1, &["checks failed"]);
    let line = "versions that cannot meet in one component are in shopping-cart";
    assert!(run.stdout.contains(line), "{run}");
}

#[test]
fn manifests_of_no_component() {
    let cart = Workspace::initialized_cart();
    cart.replace("shopping-cart/Cargo.toml", "crate-type = [\"cdylib\"]", "");
    let found = errors(&cart, 1);
    let path = cart.path("shopping-cart/Cargo.toml").to_string();
    assert_eq!(found[0].examined, Examined::Manifest { path });
    assert!(
        found[0]
            .command
            .as_ref()
            .unwrap()
            .contains("crate-type = [\"cdylib\"]")
    );
    let cart = Workspace::initialized_cart();
    let text = cart.read("shopping-cart/Cargo.toml");
    let text = text.replace("package.metadata.component", "package.metadata.other");
    cart.write("shopping-cart/Cargo.toml", text);
    let found = errors(&cart, 1);
    assert!(
        found[0]
            .command
            .as_ref()
            .unwrap()
            .contains("[package.metadata.component]")
    );
    cart.write("Cargo.toml", "[workspace\n");
    let found = errors(&cart, 1);
    assert!(
        found[0].message.contains("cargo cannot read the workspace"),
        "{found:?}"
    );
    assert!(found[0].command.is_some());
}

#[test]
fn leftovers_of_the_older_tool() {
    let cart = Workspace::cart();
    let tasks = "[tasks.mine]\nscript = \"golem-cli stubgen\"\n\n[tasks.generate-a-stub]\n\
                 command = \"golem-cli\"\nargs = [\"stubgen\", \"generate\"]\n\n[tasks.compose]\n\
                 command = \"cp\"\nargs = [\"target/wasm32-wasi/debug/a.wasm\", \"b.wasm\"]\n";
    cart.write("Makefile.toml", tasks);
    let manifest = "[package]\nname = \"purchase-history-stub\"\nversion = \"0.0.1\"\n\n\
                    [lib]\npath = \"lib.rs\"\n\n[dependencies]\ngolem-wasm-rpc = \"1.0\"\n";
    cart.write("purchase-history-stub/Cargo.toml", manifest);
    cart.write("purchase-history-stub/lib.rs", "");
    cart.write("purchase-history-stub/wit/_stub.wit", "package a:b;\n");
    let run = cart.golem_rpc(&["doctor"]).success();
    for line in [
        "warning  the task `generate-a-stub` is one of the older tool's (Makefile.toml:4)",
        "warning  the task `compose` is one of the older tool's (Makefile.toml:8)",
        "warning  `purchase-history-stub` is a stub crate by the older tool",
        "         cargo golem-rpc migrate",
        "0 errors, 3 warnings",
    ] {
        assert!(
            run.stdout.lines().any(|other| other == line),
            "no `{line}`: {run}"
        );
    }
    cart.write("Makefile.toml", "[tasks\n");
    let found = errors(&cart, 1);
    assert!(found[0].message.contains("line 1"), "{found:?}");
}

#[test]
fn changes_that_were_cut_off() {
    let cart = Workspace::initialized_cart();
    let journal = r#"{"version":1,"id":"0","directories":[],"files":[{"path":"new.toml"}]}"#;
    cart.write(".golem-rpc.journal", journal);
    let found = errors(&cart, 1);
    let paths = vec![cart.path("new.toml").to_string()];
    assert_eq!(found[0].examined, Examined::Unfinished { paths });
    assert_eq!(
        found[0].command.as_deref(),
        Some("cargo golem-rpc regenerate")
    );
    cart.golem_rpc(&["regenerate"]).success();
    assert_eq!(errors(&cart, 0), []);
    cart.write(".golem-rpc.journal", "[]");
    assert!(errors(&cart, 1)[0].message.contains("journal"));
}

/// The findings that are errors; the exit code says whether there are some.
#[track_caller]
fn errors(cart: &Workspace, number: usize) -> Vec<DoctorFinding> {
    let run = cart.golem_rpc(&["doctor", "--message-format", "json"]);
    assert_eq!(run.code, i32::from(number > 0), "{run}");
    let found = findings(&run).into_iter();
    let found: Vec<_> = found.filter(|f| f.severity == Severity::Error).collect();
    assert_eq!(found.len(), number, "{found:#?}");
    found
}

fn findings(run: &Run) -> Vec<DoctorFinding> {
    let found = run
        .messages()
        .into_iter()
        .find_map(|message| match message {
            Message::Doctor(doctor) => Some(doctor.findings),
            _ => None,
        });
    found.unwrap_or_else(|| panic!("no findings: {run}"))
}
