//! `--message-format json`: every command, when it succeeds and when it does not.
//!
//! Whether lines are what the format promises is looked at wherever a test asks for JSON (see
//! `golem_rpc_tests::Run::messages`). Here is what the lines of each command are.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};

use golem_rpc_messages::{
    ArtifactKind, Cause, Diagnostic, Error, ErrorKind, Finish, Level, Message, TextKind,
};
use golem_rpc_tests::{Run, Workspace, copy_dir};

use super::help::commands_of;

/// Command lines in the order in which they are run, and what each writes between its `start` and
/// its `finish`: the kinds of its lines, each named once where several follow each other.
const STEPS: &[(&[&str], &[&str])] = &[
    (&INIT, &["file", "diagnostic"]),
    (&INIT, &["fresh", "diagnostic"]),
    (&["regenerate"], &["fresh"]),
    (&["regenerate", "--dry-run"], &["plan"]),
    (&["check"], &["check"]),
    (
        &["check", "--breaking", "--against", "released", "component1"],
        &["compatibility"],
    ),
    (&["link", "component2", "component1"], &["fresh"]),
    (&["prune"], &["fresh"]),
    (&["describe", "component1"], &["describe"]),
    (&["why", "golem:rpc"], &["why"]),
    (&["doctor"], &["doctor"]),
    (&["graph"], &["graph"]),
    (&["graph", "--format", "svg"], &["text"]),
    (&["graph", "--output", "links.txt"], &["file"]),
    (&["graph", "--output", "links.txt"], &["fresh"]),
    (&GENERATE, &["generating", "file"]),
    (&GENERATE, &["generating", "fresh"]),
    (&BUILD, &["generating", "file", "artifact"]),
    (&["build", "--emit", "wat", SOURCE, WIT], &["text"]),
    (&ADD, &["file"]),
    (&ADD, &["fresh"]),
    (&["build-members", "--dry-run"], &["plan"]),
    (&["build-members"], &["command", "artifact"]),
    (
        &COMPOSE,
        &["fresh", "command", "artifact", "file", "artifact"],
    ),
    (&COMPOSE, &["fresh", "command", "artifact"]),
    (&["status"], &["status"]),
    (&COMPOSE_FILES, &["file", "artifact"]),
    (&["clean", "--dry-run"], &["plan"]),
    (&["clean"], &["file"]),
    (
        &["build-workspace"],
        &["fresh", "command", "artifact", "file", "artifact"],
    ),
    (&["build-workspace"], &["fresh", "command", "artifact"]),
    (
        &INVOKE,
        &[
            "fresh",
            "command",
            "artifact",
            "worker-started",
            "diagnostic",
            "worker-started",
            "result",
        ],
    ),
    (
        &["unlink", "--all", "--force", "--dry-run"],
        &["diagnostic", "unlinked", "plan"],
    ),
    (&["migrate"], &["fresh"]),
    (&["build-workspace"], &["fresh", "command", "artifact"]),
    (&["clean", "--dry-run"], &["plan"]),
    (&["completions", "bash"], &["text"]),
    (&["man"], &["text"]),
    (&["man", "pages"], &["file"]),
    (&["man", "pages"], &["fresh"]),
];

/// Commands that need nothing, so that they cannot fail for the lack of it.
const NEED_NOTHING: [&str; 3] = ["completions", "doctor", "man"];

const INIT: [&str; 5] = ["init", "--targets", "component1", "--callers", "component2"];
const SOURCE: &str = "--source-wit-root";
const WIT: &str = "component1/wit";
const GENERATE: [&str; 5] = ["generate", SOURCE, WIT, "--dest-crate-root", "other/stub"];
const BUILD: [&str; 7] = [
    "build",
    SOURCE,
    WIT,
    "--dest-wasm",
    "other/stub.wasm",
    "--dest-wit-root",
    "other/wit",
];
const ADD: [&str; 5] = [
    "add-stub-dependency",
    "--stub-wit-root",
    "other/wit",
    "--dest-wit-root",
    "other/caller",
];
const COMPOSE: [&str; 3] = ["compose", "--caller", "component2"];
const COMPOSE_FILES: [&str; 7] = [
    "compose",
    "--source-wasm",
    "target/wasm32-wasip1/debug/component2.wasm",
    "--stub-wasm",
    "other/stub.wasm",
    "--dest-wasm",
    "other/composed.wasm",
];
const INVOKE: [&str; 5] = [
    "invoke",
    "--env",
    "TARGET_COMPONENT_ID=component1",
    "component2/caller",
    "add(3)",
];

#[test]
fn every_command_that_succeeds() {
    let actor = Workspace::of_fixture("minimal-actor/start");
    let wit = "package demo:other;\n\nworld other {}\n";
    actor.write("other/caller/other.wit", wit);
    copy_dir(&actor.path("component1/wit"), &actor.path("released"));
    let mut seen = BTreeSet::new();
    for (at, (args, kinds)) in STEPS.iter().enumerate() {
        if at == 2 {
            actor.overlay("minimal-actor/final");
        }
        let run = json(&actor, args).success();
        assert_eq!(kinds_of(&run), *kinds, "{run}");
        assert_eq!(command_of(&run), Some(args[0].to_string()));
        seen.insert(args[0].to_string());
    }
    assert_eq!(seen, commands());
    what_was_built(&actor);
    calls_that_fail(&actor);
    let unlink = json(&actor, &["unlink", "component2", "component1", "--force"]);
    assert_eq!(
        kinds_of(&unlink.success()),
        ["diagnostic", "unlinked", "file"]
    );
}

/// The same command lines, and one that is wrong, where there is nothing to work with.
#[test]
fn every_command_that_fails() {
    let nowhere = Workspace::empty("nowhere");
    for (args, _) in STEPS {
        let typed = json(&nowhere, &[args, &["--no-such-option"][..]].concat());
        let error = error_of(&typed);
        assert_eq!((error.kind, error.code), (ErrorKind::Usage, 2), "{typed}");
        assert!(error.message.contains("--no-such-option"), "{typed}");
        assert_eq!(command_of(&typed), Some(args[0].to_string()));
        if !NEED_NOTHING.contains(&args[0]) {
            let run = json(&nowhere, args);
            let error = error_of(&run);
            assert_eq!((error.kind, error.code), (ErrorKind::Workspace, 3), "{run}");
            assert!(error.hint.is_some(), "{run}");
        }
    }
    let run = json(&nowhere, &["man", "/dev/null"]);
    assert_eq!(error_of(&run).kind, ErrorKind::Failed, "{run}");
}

#[test]
fn command_lines_that_name_no_command() {
    let nowhere = Workspace::empty("nowhere");
    for args in [&[][..], &["innit"], &["--no-such-option"]] {
        let run = json(&nowhere, args);
        assert_eq!(run.code, 2, "{run}");
        assert_eq!(kinds_of(&run), ["error"], "{run}");
        assert_eq!(command_of(&run), None, "{run}");
        assert!(error_of(&run).hint.is_some(), "{run}");
    }
    let run = json(&nowhere, &["innit"]);
    assert!(error_of(&run).hint.unwrap().contains("'init'"), "{run}");
    for (args, kind) in [
        (&["--help"][..], TextKind::Help),
        (&["init", "-h"], TextKind::Help),
        (&["--version"], TextKind::Version),
    ] {
        let run = json(&nowhere, args).success();
        let [_, Message::Text(text), _] = &run.messages()[..] else {
            panic!("should have written one text: {run}");
        };
        assert_eq!(text.kind, kind, "{run}");
    }
}

fn what_was_built(actor: &Workspace) {
    let run = json(actor, &["build-members"]).success();
    let artifacts = artifacts_of(&run);
    let mut members: Vec<_> = artifacts
        .iter()
        .map(|artifact| (artifact.package.as_deref().unwrap(), artifact.kind))
        .collect();
    members.sort();
    use ArtifactKind::{Component, Composed, Stub};
    let expected = [
        ("component1", Component),
        ("component1", Stub),
        ("component2", Component),
    ];
    assert_eq!(members, expected, "{run}");
    for artifact in &artifacts {
        let size = fs::metadata(artifact.path.as_ref().unwrap()).unwrap().len();
        assert_eq!((artifact.bytes, artifact.fresh), (size, true), "{run}");
        assert_eq!(artifact.profile.as_deref(), Some("dev"));
    }
    let [composed] = &artifacts_of(&json(actor, &[&COMPOSE[..], &["--no-build"]].concat()))[..]
    else {
        panic!("one component is composed");
    };
    assert_eq!((composed.kind, composed.fresh), (Composed, true));
    assert_eq!(composed.targets, ["component1"]);
}

/// A call whose worker panics, and one that triggers another which does.
fn calls_that_fail(actor: &Workspace) {
    let run = json(
        actor,
        &["invoke", "--no-build", "component2/caller", "get()"],
    );
    let kinds = ["worker-started", "worker-output", "error"];
    assert_eq!(kinds_of(&run), kinds, "{run}");
    assert_eq!(error_of(&run).kind, ErrorKind::Failed, "{run}");
    let overflow = "trigger-add(18446744073709551615)";
    let calls = [
        "component1/target-worker",
        "add(1)",
        "component2/caller",
        overflow,
    ];
    let run = json(actor, &[&INVOKE[..3], &calls].concat());
    let trigger = |message: &Message| matches!(message, Message::TriggerFailed(t) if t.worker == "component1/target-worker");
    assert!(run.messages().iter().any(trigger), "{run}");
    assert_eq!(run.code, 1, "{run}");
}

#[test]
fn diagnostics_say_what_they_are_about() {
    let cart = Workspace::cart();
    cart.write(
        "Makefile.toml",
        "# mine\n[tasks.build-flow]\nscript = \"true\"\n",
    );
    let import = "import shopping:purchase-history-stub/stub-purchase-history;";
    let run = json(&cart, &CART).success();
    for diagnostic in diagnostics_of(&run) {
        assert_eq!(diagnostic.level, Level::Note, "{run}");
        match diagnostic.cause {
            Cause::TaskKept { task, place } => {
                assert_eq!((task.as_str(), place.line), ("build-flow", 2));
                assert_eq!(place.path, cart.path("Makefile.toml"));
            }
            Cause::ImportMissing {
                caller,
                target,
                imports,
                place,
            } => {
                assert_eq!(
                    (caller.as_str(), target.as_str()),
                    ("shopping-cart", "purchase-history")
                );
                assert_eq!(imports, [import]);
                let wit = cart.path("shopping-cart/wit/shopping-cart.wit");
                assert_eq!(place.unwrap().path, wit);
            }
            cause => panic!("{cause:?}"),
        }
    }
    assert_eq!(diagnostics_of(&run).len(), 2, "{run}");
    // `-q` is about what people see; a task that was kept is said once
    let quiet = json(&cart, &[&CART[..], &["-q"]].concat());
    assert_eq!(diagnostics_of(&quiet).len(), 1, "{quiet}");
}

#[test]
fn functions_that_are_left_out_have_a_place() {
    let nowhere = Workspace::empty("nowhere");
    let wit =
        "package a:b;\n\nworld w {\n  export f: func(x: stream<u8>);\n  export g: func();\n}\n";
    nowhere.write("wit/w.wit", wit);
    let args = ["build", "--emit", "wat", SOURCE, "wit"];
    let run = json(&nowhere, &[&args[..], &["--skip-unsupported"]].concat()).success();
    let [Diagnostic { cause, level, .. }] = &diagnostics_of(&run)[..] else {
        panic!("one function is left out: {run}");
    };
    let Cause::FunctionSkipped { target, place, .. } = cause else {
        panic!("{run}");
    };
    assert_eq!(
        (target.as_str(), *level),
        (nowhere.path("wit").as_str(), Level::Warning)
    );
    let place = place.as_ref().unwrap();
    assert_eq!(
        (place.path.as_str(), place.line),
        (nowhere.path("wit/w.wit").as_str(), 4)
    );
    // without the option it is an error in the same place
    let error = error_of(&json(&nowhere, &args));
    assert_eq!(
        (error.kind, error.place.as_ref()),
        (ErrorKind::Wit, Some(place))
    );
}

#[test]
fn errors_have_causes_and_places() {
    let cart = Workspace::cart();
    cart.write(
        "shopping-cart/wit/shopping-cart.wit",
        "package a:b;\n\nworld w {\n  é\n}\n",
    );
    let run = json(&cart, &CART);
    let place = error_of(&run).place.unwrap();
    let found = (place.path.as_str(), place.line, place.column);
    let wit = cart.path("shopping-cart/wit/shopping-cart.wit");
    assert_eq!(found, (wit.as_str(), 4, Some(3)), "{run}");
    cart.write("Makefile.toml", "a = 1\n[tasks\n");
    cart.overlay("shopping-cart/start");
    let run = json(&cart, &CART);
    let place = error_of(&run).place.unwrap();
    assert_eq!(
        (place.path.as_str(), place.line),
        (cart.path("Makefile.toml").as_str(), 2),
        "{run}"
    );
    let run = json(&cart, &["man", "Cargo.toml/pages"]);
    assert!(!error_of(&run).causes.is_empty(), "{run}");
}

#[test]
fn a_wait_is_a_line() {
    let cart = Workspace::cart();
    let root = File::open(cart.root()).unwrap();
    root.lock().unwrap();
    let args = [&["golem-rpc"], &CART[..], &["--message-format", "json"]].concat();
    let mut child = cart.command("cargo-golem-rpc", &args).start();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<String> = stdout.by_ref().take(2).map(Result::unwrap).collect();
    let Message::Diagnostic(diagnostic) = Message::from_line(&lines[1]).unwrap() else {
        panic!("{lines:?}");
    };
    let root_path = cart.root().to_string();
    assert_eq!(diagnostic.cause, Cause::Waiting { root: root_path });
    drop(root);
    let last = stdout.last().unwrap().unwrap();
    let end = Message::Finish(Finish { code: 0 });
    assert_eq!(Message::from_line(&last).unwrap(), end);
    assert!(child.wait().unwrap().success());
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn what_a_killed_command_left_is_a_line() {
    use golem_rpc_trace::{Call, Fate};

    let cart = Workspace::cart();
    let mut renames = 0;
    let command = cart.command("cargo-golem-rpc", &CART);
    let traced = command.trace(|_, call| {
        renames += usize::from(call == Call::Rename);
        if renames == 6 { Fate::Dies } else { Fate::Goes }
    });
    assert!(traced.was_killed);
    let cause = |args: &[&str]| diagnostics_of(&json(&cart, args))[0].cause.clone();
    let torn = cause(&[&CART[..], &["--dry-run"]].concat());
    assert!(
        matches!(&torn, Cause::Unfinished { paths } if paths.len() > 6),
        "{torn:?}"
    );
    let undone = cause(&CART);
    let Cause::Recovered { finished, paths } = undone else {
        panic!("{undone:?}");
    };
    assert!(!finished && !paths.is_empty());
}

const CART: [&str; 5] = [
    "init",
    "--targets",
    "purchase-history",
    "--callers",
    "shopping-cart",
];

/// `cargo golem-rpc ARGS --message-format json`
fn json(workspace: &Workspace, args: &[&str]) -> Run {
    workspace.golem_rpc(&[args, &["--message-format", "json"]].concat())
}

/// The commands that clap knows: each has to be in `STEPS`.
fn commands() -> BTreeSet<String> {
    let help = Workspace::empty("nowhere").golem_rpc(&["--help"]).success();
    let names = commands_of(&help.stdout).into_iter();
    names.map(str::to_string).collect()
}

/// The kinds of lines between the first and the last, each once where several follow each other.
fn kinds_of(run: &Run) -> Vec<String> {
    let messages = run.messages();
    let inner = &messages[1..messages.len() - 1];
    let mut kinds: Vec<String> = inner.iter().map(kind).collect();
    kinds.dedup();
    kinds
}

fn kind(message: &Message) -> String {
    let line = message.to_line();
    let (_, rest) = line.split_once("\"reason\":\"").unwrap();
    rest.split('"').next().unwrap().to_string()
}

fn command_of(run: &Run) -> Option<String> {
    match run.messages().into_iter().next() {
        Some(Message::Start(start)) => start.command,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn error_of(run: &Run) -> Error {
    let mut errors = run
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::Error(error) => Some(error),
            _ => None,
        });
    errors.next().unwrap_or_else(|| panic!("no error: {run}"))
}

fn diagnostics_of(run: &Run) -> Vec<Diagnostic> {
    let messages = run.messages().into_iter();
    let diagnostics = messages.filter_map(|message| match message {
        Message::Diagnostic(diagnostic) => Some(diagnostic),
        _ => None,
    });
    diagnostics.collect()
}

fn artifacts_of(run: &Run) -> Vec<golem_rpc_messages::Artifact> {
    let messages = run.messages().into_iter();
    let artifacts = messages.filter_map(|message| match message {
        Message::Artifact(artifact) => Some(artifact),
        _ => None,
    });
    artifacts.collect()
}
