//! What the tasks of an older workspace ask for besides the stub: another world, types in the stub,
//! versions; as arguments, in scripts, in whatever spelling.

use golem_rpc_tests::{Workspace, copy_dir, fixture};

const NO_VCS: [&str; 2] = ["migrate", "--allow-no-vcs"];

const WORLD: &str = "[workspace.metadata.golem-rpc.targets.shelf]\nworld = \"shelf-desk\"\n";

#[test]
fn a_stub_of_another_world_is_migrated_built_and_called() {
    let library = library(TASK);
    library
        .golem_rpc(&NO_VCS)
        .success()
        .says("`-w shelf-desk` of the task `generate-shelf-stub` (Makefile.toml, line 7) is now `world = \"shelf-desk\"`")
        .says("`--always-inline-types` of the task `generate-shelf-stub` (Makefile.toml, line 9) is now `redeclare = [\"library:shelf\"]`")
        .says("`--stub-crate-version 0.4.2` of the task `generate-shelf-stub` (Makefile.toml, line 8) is dropped")
        .says("`--wasm-rpc-version-override 1.0.12` of the task")
        .says("`cargo make build-flow` builds it");
    let root = library.read("Cargo.toml");
    let wanted = "[workspace.metadata.golem-rpc.targets.shelf]\nredeclare = [\"library:shelf\"]\nworld = \"shelf-desk\"\n";
    assert!(root.contains(wanted), "{root}");
    let stub = library.read("shelf-stub/wit/_stub.wit");
    assert!(stub.contains("interface stub-shelf-desk"), "{stub}");
    assert!(stub.contains("record loan"), "{stub}");
    library.golem_rpc(&["check"]).success();
    library.golem_rpc(&NO_VCS).success().says("Fresh");
    library.make("build-flow").success();
    let calls = [
        "invoke",
        "desk/a",
        "checkout(\"Emma\")",
        "shelf/main",
        "loans()",
    ];
    let run = library.golem_rpc(&calls).success();
    assert_eq!(run.stdout, "1\n[{title: \"Emma\", days: 14}]\n");
    library.golem_rpc(&["unlink", "--all", "--force"]).success();
    assert!(!library.read("Cargo.toml").contains("golem-rpc"));
}

/// The task in other words.
#[test]
fn every_way_to_ask_for_a_world() {
    let args = |args: &str| {
        format!(
            "command = \"golem-cloud-cli\"\nargs = [\"stubgen\", \"generate\", \"-s\", \"shelf/wit\", \"-d\", \"shelf-stub\", {args}]"
        )
    };
    for task in [
        args("\"--world=shelf-desk\""),
        args("\"-wshelf-desk\""),
        args("\"--world\", \"shelf-desk\""),
    ] {
        let library = library(&format!("[tasks.stub]\n{task}\n"));
        let run = library.golem_rpc(&NO_VCS).success();
        let root = library.read("Cargo.toml");
        assert!(root.contains(WORLD), "{task}: {root}");
        run.says("is now `world = \"shelf-desk\"`")
            .does_not_say("your task `stub`");
    }
}

/// A script is the user's: it stays and is named, and the stub itself says its world.
#[test]
fn a_script_that_calls_the_older_tool() {
    let script = "wasm-rpc-stubgen generate -s shelf/wit \\\n  -d shelf-stub -w shelf-desk";
    let library = library(&format!("[tasks.stub]\nscript = '''\n{script}\n'''\n"));
    library
        .golem_rpc(&NO_VCS)
        .success()
        .says("your task `stub` (Makefile.toml, line 3) still calls the older tool");
    assert!(library.read("Makefile.toml").contains(script));
    let root = library.read("Cargo.toml");
    assert!(root.contains(WORLD), "{root}");
}

/// Without a task, the stub itself says which world it is for.
#[test]
fn a_stub_says_its_world_by_itself() {
    let library = library("[tasks.other]\ncommand = \"true\"\n");
    library.golem_rpc(&NO_VCS).success();
    let root = library.read("Cargo.toml");
    assert!(root.contains(WORLD), "{root}");
}

/// The import in the caller's WIT follows, and is told.
#[test]
fn a_world_that_is_gone() {
    let library = library(&TASK.replace("\"shelf-desk\"", "\"counter\""));
    for file in [
        "shelf-stub/wit/_stub.wit",
        "desk/wit/deps/library_shelf-stub/_stub.wit",
        "desk/wit/desk.wit",
    ] {
        let text = library
            .read(file)
            .replace("stub-shelf-desk", "stub-counter");
        library.write(file, text);
    }
    library
        .golem_rpc(&NO_VCS)
        .success()
        .says("is dropped: the WIT of `shelf` has no world `counter` any more")
        .says("desk/wit/desk.wit:8: `library:shelf-stub/stub-counter` is now `library:shelf-stub/stub-shelf-full`");
    let wit = library.read("desk/wit/desk.wit");
    assert!(
        wit.contains("import library:shelf-stub/stub-shelf-full;"),
        "{wit}"
    );
    library.golem_rpc(&["check"]).success();
}

/// What callers see can be chosen without the older tool, and cannot be more than there is.
#[test]
fn a_world_for_callers() {
    let library = library("");
    library.golem_rpc(&NO_VCS).success();
    library
        .golem_rpc(&["link", "desk", "shelf", "--world=", "--fix-imports"])
        .success();
    let root = library.read("Cargo.toml");
    assert!(!root.contains("targets.shelf"), "{root}");
    let wit = "shelf/wit/shelf.wit";
    library.write(
        wit,
        library.read(wit) + "\nworld more {\n  export extra: func();\n}\n",
    );
    let args = ["link", "desk", "shelf", "--world", "more"];
    library.refuses(
        &args,
        3,
        &["`more`", "`extra`", "`shelf-full`", "targets.shelf"],
    );
    let args = ["link", "desk", "shelf", "--world", "les"];
    library.refuses(&args, 4, &["no world `les`"]);
}

const TASK: &str = "\
[tasks.generate-shelf-stub]
command = \"golem-cli\"
cwd = \".\"
args = [
  \"stubgen\", \"generate\",
  \"-s\", \"shelf/wit\", \"-d\", \"shelf-stub\",
  \"-w\", \"shelf-desk\",
  \"--stub-crate-version\", \"0.4.2\", \"--wasm-rpc-version-override\", \"1.0.12\",
  \"--always-inline-types\",
]
";

const ROOT: &str =
    "[workspace]\nmembers = [\"shelf\", \"desk\", \"shelf-stub\"]\nresolver = \"2\"\n";

const SHELF_WIT: &str = "package library:shelf;

interface reading {
  titles: func() -> list<string>;
}

interface lending {
  record loan { title: string, days: float32 }
  lend: func(what: loan) -> ();
  loans: func() -> list<loan>;
}

/// what is compiled
world shelf-full {
  export reading;
  export lending;
}

/// what a desk sees
world shelf-desk {
  export lending;
}
";

const STUB_WIT: &str = "package library:shelf-stub;

interface stub-shelf-desk {
  use golem:rpc/types@0.1.0.{uri as golem-rpc-uri};
  use wasi:io/poll@0.2.0.{pollable as wasi-io-pollable};

  record loan { title: string, days: f32 }

  resource future-loans-result {
    subscribe: func() -> wasi-io-pollable;
    get: func() -> option<list<loan>>;
  }
  resource lending {
    constructor(location: golem-rpc-uri);
    blocking-lend: func(what: loan);
    lend: func(what: loan);
    blocking-loans: func() -> list<loan>;
    loans: func() -> future-loans-result;
  }
}

world wasm-rpc-stub-shelf-desk {
  export stub-shelf-desk;
}
";

const DESK_WIT: &str = "package library:desk;

interface api {
  checkout: func(title: string) -> u32;
}

world desk {
  import library:shelf-stub/stub-shelf-desk;
  export api;
}
";

const SHELF: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::library::shelf::lending::{Guest as Lending, Loan};
use bindings::exports::library::shelf::reading::Guest as Reading;
use std::cell::RefCell;

thread_local! {
    static LOANS: RefCell<Vec<Loan>> = const { RefCell::new(Vec::new()) };
}

struct Component;

impl Reading for Component {
    fn titles() -> Vec<String> {
        Vec::new()
    }
}

impl Lending for Component {
    fn lend(what: Loan) {
        LOANS.with_borrow_mut(|loans| loans.push(what));
    }

    fn loans() -> Vec<Loan> {
        LOANS.with_borrow(|loans| loans.clone())
    }
}

bindings::export!(Component with_types_in bindings);
";

const DESK: &str = "#[allow(warnings)]
mod bindings;

use bindings::exports::library::desk::api::Guest;
use bindings::golem::rpc::types::Uri;
use bindings::library::shelf_stub::stub_shelf_desk::{Lending, Loan};

struct Component;

impl Guest for Component {
    fn checkout(title: String) -> u32 {
        let id = std::env::var(\"SHELF_COMPONENT_ID\").unwrap();
        let lending = Lending::new(&Uri { value: format!(\"urn:worker:{id}/main\") });
        lending.blocking_lend(&Loan { title, days: 14.0 });
        lending.blocking_loans().len() as u32
    }
}

bindings::export!(Component with_types_in bindings);
";

fn manifest(name: &str, component: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\nwit-bindgen-rt = {{ version = \"0.44.0\", features = [\"bitflags\"] }}\n\n[package.metadata.component]\npackage = \"library:{name}\"\n\n[package.metadata.component.target]\npath = \"wit\"\n{component}"
    )
}

/// A caller and a target whose stub is for another world than the one that is compiled.
fn library(makefile: &str) -> Workspace {
    let library = Workspace::empty("library");
    library.write("Cargo.toml", ROOT);
    library.write("Makefile.toml", makefile);
    library.write(
        "shelf/Cargo.toml",
        manifest("shelf", "world = \"shelf-full\"\n"),
    );
    library.write("shelf/wit/shelf.wit", SHELF_WIT);
    library.write("shelf/src/lib.rs", SHELF);
    let dependencies = [("golem:rpc", "wasm-rpc"), ("wasi:io", "io"), ("library:shelf-stub", "library_shelf-stub")]
        .map(|(name, dir)| format!("\n[package.metadata.component.target.dependencies.\"{name}\"]\npath = \"wit/deps/{dir}\"\n"));
    library.write("desk/Cargo.toml", manifest("desk", &dependencies.concat()));
    library.write("desk/wit/desk.wit", DESK_WIT);
    library.write("desk/wit/deps/library_shelf-stub/_stub.wit", STUB_WIT);
    library.write("desk/src/lib.rs", DESK);
    library.write("shelf-stub/wit/_stub.wit", STUB_WIT);
    library.write(
        "shelf-stub/src/lib.rs",
        "#![allow(warnings)]\n\nuse golem_wasm_rpc::*;\n\nmod bindings;\n",
    );
    library.write(
        "shelf-stub/Cargo.toml",
        "[package]\nname = \"shelf-stub\"\nversion = \"0.4.2\"\nedition = \"2021\"\n\n[dependencies]\ngolem-wasm-rpc = { version = \"1.0.12\", default-features = false, features = [\"stub\"] }\n",
    );
    let standard = fixture("older/shopping-cart/shopping-cart/wit/deps");
    for member in ["desk", "shelf-stub"] {
        for package in ["wasm-rpc", "io"] {
            let to = library.path(&format!("{member}/wit/deps/{package}"));
            copy_dir(&standard.join(package), &to);
        }
    }
    library
}
