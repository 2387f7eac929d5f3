//! Members that call themselves and each other: nobody's sources are touched.

use golem_rpc_tests::{Run, Workspace};

#[test]
fn a_worker_calls_others_of_its_own_component() {
    let cycle = Workspace::of_fixture("cycle-self");
    link(&cycle, "countdown", "countdown");
    for backend in ["crate", "component"] {
        let args = ["init", "--targets", "countdown", "--callers", "countdown"];
        let args = [&args[..], &["--stub-backend", backend]].concat();
        cycle.golem_rpc(&args).success();
        build_twice(&cycle);
        let run = cycle.golem_rpc(&[
            "invoke",
            "countdown/start",
            r#"run({left: 3, trail: ["go"]})"#,
            "countdown/start",
            "asked()",
            "countdown/2",
            "asked()",
            "countdown/3",
            "asked()",
        ]);
        let expected = "{left: 0, trail: [\"go\", \"3\", \"2\", \"1\", \"0\"]}\n1\n1\n0\n";
        assert_eq!(run.success().stdout, expected, "{backend}");
    }
}

#[test]
fn two_members_call_each_other() {
    let cycle = Workspace::of_fixture("cycle-pair");
    link(&cycle, "ping", "pong");
    link(&cycle, "pong", "ping");
    build_twice(&cycle);
    let run = rally(&cycle).success();
    let hits = r#"["ping 4", "pong 3", "ping 2", "pong 1", "ping 0"]"#;
    let expected = format!("{{hits-left: 0, spin: back, hit-by: {hits}}}\n1\n1\n");
    assert_eq!(run.stdout, expected);

    a_changed_type_goes_round(&cycle);
    let run = cycle.make("build-flow");
    assert_ne!(run.code, 0, "a field is missing in both sources");
    for member in ["ping", "pong"] {
        let source = format!("{member}/src/lib.rs");
        let field = "hit_by: ball.hit_by,";
        if cycle.read(&source).contains(field) {
            cycle.replace(&source, field, "hit_by: ball.hit_by, speed: ball.speed,");
        }
    }
    cycle.make("build-flow").success();
    let call = "hit({hits-left: 1, spin: %none, hit-by: [], speed: 2.5})";
    let run = cycle.golem_rpc(&["invoke", "ping/p", call]).success();
    let hits = r#"["ping 1", "pong 0"]"#;
    let expected = format!("{{hits-left: 0, spin: top, hit-by: {hits}, speed: 2.5}}\n");
    assert_eq!(run.stdout, expected);
}

fn rally(cycle: &Workspace) -> Run {
    cycle.golem_rpc(&[
        "invoke",
        "ping/start",
        "hit({hits-left: 4, spin: %none, hit-by: []})",
        "pong/table-4",
        "hits()",
        "pong/table-2",
        "hits()",
    ])
}

/// The ball is `ping`'s: `pong` has a copy, and `ping` has it in the stub of `pong`.
fn a_changed_type_goes_round(cycle: &Workspace) {
    let (field, fields) = (
        "hit-by: list<string>,",
        "hit-by: list<string>,\n    speed: f64,",
    );
    cycle.replace("ping/wit/ping.wit", field, fields);
    cycle.golem_rpc(&["regenerate"]).success();
    for copy in [
        "pong/wit/deps/cycle_ping/ping.wit",
        "ping/wit/deps/cycle_pong-stub/_stub.wit",
        "pong-stub/wit/_stub.wit",
    ] {
        let text = cycle.read(copy);
        assert!(text.contains("speed: f64"), "{copy}: {text}");
    }
    let settled = cycle.tree();
    cycle.golem_rpc(&["regenerate"]).success().says("Fresh");
    cycle.tree().assert_same_as(&settled);
}

#[test]
fn three_members_call_each_other_in_a_circle() {
    let cycle = Workspace::of_fixture("cycle-triangle");
    for (target, caller) in [("alpha", "gamma"), ("gamma", "beta"), ("beta", "alpha")] {
        let args = ["init", "--targets", target, "--callers", caller];
        let args = [&args[..], &["--stub-backend", "component"]].concat();
        cycle.golem_rpc(&args).success();
    }
    build_twice(&cycle);
    let call = "pass({left: 6, trail: []}, calm)";
    let run = cycle.golem_rpc(&["invoke", "alpha/start", call]).success();
    let trail = r#"["alpha 6", "beta 5", "gamma 4", "alpha 3", "beta 2", "gamma 1", "alpha 0"]"#;
    assert_eq!(run.stdout, format!("({{left: 0, trail: {trail}}}, calm)\n"));
}

fn link(cycle: &Workspace, target: &str, caller: &str) {
    let before: Vec<String> = sources(cycle);
    let args = ["init", "--targets", target, "--callers", caller];
    cycle.golem_rpc(&args).success();
    assert_eq!(sources(cycle), before);
}

/// The texts that are the user's alone.
fn sources(cycle: &Workspace) -> Vec<String> {
    let tree = cycle.tree();
    let own = |path: &str| {
        let is_source = path.ends_with(".rs") || path.ends_with(".wit");
        is_source
            && !path.contains("-stub/")
            && !path.contains("/deps/")
            && !path.contains("bindings.rs")
    };
    let files = tree.files().filter(|file| own(file.as_str()));
    files.map(|file| cycle.read(file.as_str())).collect()
}

/// Builds everything; a second time nothing is left to do.
fn build_twice(cycle: &Workspace) {
    cycle.make("build-flow").success().does_not_say("warning");
    let settled = cycle.tree();
    cycle.make("build-flow").success().says("Fresh");
    cycle.tree().assert_same_as(&settled);
}
