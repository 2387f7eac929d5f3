//! Resources that live in a worker, used from another: made, called, handed over, dropped.

use golem_rpc_messages::{Cause, Level, Message, Place};
use golem_rpc_tests::Workspace;

const CALLS: [(&str, &str, &str); 8] = [
    ("teller/t", r#"save("ann", [1, 20, 300])"#, "321"),
    (
        "teller/t",
        r#"marry("ann", "bob")"#,
        r#"(124, "ann & bob")"#,
    ),
    ("teller/t", r#"visit("cy", 7)"#, r#"("cy", 7)"#),
    (
        "teller/t",
        r#"crowd(["dee", "", "ö"])"#,
        r#"["dee", "", "ö"]"#,
    ),
    (
        "teller/t",
        r#"compare("eve", "fay fay")"#,
        r#"some("fay fay")"#,
    ),
    ("teller/t", r#"compare("gus", "hal")"#, "none"),
    // each account goes when the resource of the stub does
    ("teller/t", "counts()", "[0, 1, 2, 1, 0]"),
    ("bank/main", "open-accounts()", "0"),
];

#[test]
fn resources_in_a_stub_crate() {
    resources("crate");
}

#[test]
fn resources_in_a_stub_component() {
    resources("component");
}

fn resources(backend: &str) {
    let bank = Workspace::of_fixture("resources");
    let args = ["init", "--targets", "bank", "--callers", "teller"];
    let args = [&args[..], &["--stub-backend", backend]].concat();
    bank.golem_rpc(&args).success();
    bank.make("build-flow").success().does_not_say("warning");
    let calls = CALLS.iter().flat_map(|(worker, call, _)| [*worker, *call]);
    let args: Vec<&str> = ["invoke"].into_iter().chain(calls).collect();
    let run = bank.golem_rpc(&args).success();
    let results: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(results, CALLS.map(|(_, _, result)| result), "{run}");
}

const INIT: [&str; 5] = ["init", "--targets", "bank", "--callers", "teller"];

/// What Golem cannot run: said with the place, and with the way out.
const OWNED: &str = "warning: Golem fails every call of `office:bank/api@1.0.0.{close}`: its parameter \
     `account` is an owned `account`, and the engine drops that handle twice (bank/wit/bank.wit:21:15)\n\
     hint: write `borrow<account>`\n";

#[test]
fn an_owned_parameter_is_told_where_it_is_decided() {
    let bank = Workspace::of_fixture("resources");
    bank.golem_rpc(&["describe", "bank"]).success().says(OWNED);
    for command in [&INIT[..], &INIT, &["link", "teller", "bank"]] {
        bank.golem_rpc(command).success().says(OWNED);
    }
    for command in ["check", "describe bank"] {
        let args: Vec<&str> = command.split(' ').collect();
        bank.golem_rpc(&args).success().says(OWNED);
    }
    bank.golem_rpc(&["check", "--quiet"])
        .success()
        .does_not_say("warning");
    let doctor = bank.golem_rpc(&["doctor"]);
    assert!(
        doctor.stdout.contains("Golem fails every call of"),
        "{doctor}"
    );
    // each build regenerates: it is said where the stub becomes another one
    bank.golem_rpc(&["regenerate"])
        .success()
        .does_not_say("warning");
    bank.replace(
        "bank/wit/bank.wit",
        "open-accounts: func() -> u32;",
        "open-accounts: func() -> u64;",
    );
    bank.golem_rpc(&["regenerate"]).success().says(OWNED);
    let (wit, files) = (
        "bank/wit",
        ["--dest-wasm", "s.wasm", "--dest-wit-root", "s"],
    );
    bank.golem_rpc(&[&["build", "-s", wit][..], &files].concat())
        .success()
        .says(OWNED);
    bank.golem_rpc(&["generate", "-s", wit, "-d", "s-crate"])
        .success()
        .says(OWNED);
    bank.replace(
        "bank/wit/bank.wit",
        "close: func(account: account)",
        "close: func(account: borrow<account>)",
    );
    bank.golem_rpc(&["regenerate"])
        .success()
        .does_not_say("warning");
    bank.golem_rpc(&["check"]).success().does_not_say("warning");
}

#[test]
fn programs_get_an_owned_parameter_with_its_place() {
    let bank = Workspace::of_fixture("resources");
    let run = bank.golem_rpc(&[&INIT[..], &["--message-format", "json"]].concat());
    let diagnostics = run
        .messages()
        .into_iter()
        .filter_map(|message| match message {
            Message::Diagnostic(diagnostic) => Some((diagnostic.level, diagnostic.cause)),
            _ => None,
        });
    let expected = Cause::OwnedParameter {
        target: "bank".into(),
        function: "office:bank/api@1.0.0.{close}".into(),
        parameter: Some("account".into()),
        place: Some(Place {
            path: bank.path("bank/wit/bank.wit").to_string(),
            line: 21,
            column: Some(15),
        }),
    };
    let found: Vec<_> = diagnostics
        .filter(|(_, cause)| *cause == expected)
        .collect();
    assert_eq!(found, [(Level::Warning, expected)], "{run}");
}

#[test]
fn the_local_runtime_notes_an_owned_handle_once() {
    let bank = Workspace::of_fixture("resources");
    bank.golem_rpc(&[&INIT[..], &["--stub-backend", "component"]].concat())
        .success();
    bank.golem_rpc(&["build-workspace"]).success();
    let visit = ["teller/t", r#"visit("cy", 7)"#];
    let save = ["teller/t", r#"save("ann", [1])"#];
    let run = bank
        .golem_rpc(&[&["invoke"][..], &visit, &visit].concat())
        .success();
    let note = "note: `office:bank/api@1.0.0.{close}` of `bank` is given an owned handle: that works \
                here, but Golem drops the handle twice";
    assert_eq!(run.stderr.matches(note).count(), 1, "{run}");
    bank.golem_rpc(&[&["invoke"][..], &save].concat())
        .success()
        .does_not_say("owned handle");
}
