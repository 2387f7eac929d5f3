//! Resources that live in a worker, used from another: made, called, handed over, dropped.

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
