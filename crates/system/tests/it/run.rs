//! Real child processes: their output, their failures, their end by a signal.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use golem_rpc_plan::CommandSpec;
use golem_rpc_system::{RunError, Streams, interrupt, run};

use crate::child;
use crate::place::Place;

fn shell(place: &Place, script: &str) -> CommandSpec {
    CommandSpec {
        program: "sh".into(),
        args: vec!["-c".into(), script.into()],
        cwd: place.path(""),
        env: BTreeMap::from([("GREETING".to_string(), "hello".to_string())]),
    }
}

#[test]
fn output_is_captured_as_asked_and_directory_and_environment_are_the_specs() {
    let place = Place::new(&[("here", "")]);
    let spec = shell(&place, "ls; echo $GREETING >&2");
    let both = run(&spec, Streams::Captured).unwrap();
    assert_eq!(
        (&both.stdout[..], &both.stderr[..]),
        (&b"here\n"[..], &b"hello\n"[..])
    );
    let spec = shell(&place, "ls; echo to-stderr-of-the-test >&2");
    let one = run(&spec, Streams::StdoutCaptured).unwrap();
    assert_eq!(
        (&one.stdout[..], &one.stderr[..]),
        (&b"here\n"[..], &b""[..])
    );
    let none = run(&shell(&place, "touch made"), Streams::Inherited).unwrap();
    assert!(none.stdout.is_empty() && place.path("made").exists());
}

#[test]
fn more_output_than_a_pipe_holds_is_captured() {
    let place = Place::new(&[]);
    let spec = shell(
        &place,
        "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2",
    );
    let output = run(&spec, Streams::Captured).unwrap();
    assert_eq!(
        (output.stdout.len(), output.stderr.len()),
        (300_000, 300_000)
    );
}

#[test]
fn a_failure_has_command_directory_status_and_stderr() {
    let place = Place::new(&[]);
    let spec = shell(&place, "echo broken >&2; exit 7");
    let error = run(&spec, Streams::Captured).unwrap_err();
    let text = error.to_string();
    for part in [&spec.display(), place.path("").as_str(), "7", "\n  broken"] {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
    match run(&spec, Streams::StdoutCaptured).unwrap_err() {
        RunError::Failed { status, stderr, .. } => {
            assert_eq!((status.code(), stderr), (Some(7), None));
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_missing_program_and_a_missing_directory_are_told_apart() {
    let place = Place::new(&[]);
    let mut spec = shell(&place, "");
    spec.program = "no-such-program-anywhere".into();
    match run(&spec, Streams::Inherited).unwrap_err() {
        RunError::NotFound { program, .. } => assert_eq!(program, "no-such-program-anywhere"),
        error => panic!("{error}"),
    }
    let mut spec = shell(&place, "");
    spec.cwd = place.path("missing");
    match run(&spec, Streams::Inherited).unwrap_err() {
        RunError::Io { cwd, .. } => assert_eq!(cwd, place.path("missing")),
        error => panic!("{error}"),
    }
}

/// The signal goes to the parent alone; the grandchild would outlive any patience.
#[test]
fn a_signal_ends_a_running_command() {
    let name = "run::a_signal_ends_a_running_command";
    if let Some(dir) = child::role(name) {
        interrupt::install().unwrap();
        let spec = CommandSpec {
            program: "sh".into(),
            args: vec!["-c".into(), "echo started; exec sleep 600".into()],
            cwd: dir,
            env: BTreeMap::new(),
        };
        let error = run(&spec, Streams::Inherited).unwrap_err();
        assert!(matches!(error, RunError::Interrupted { .. }), "{error}");
        let again = run(&spec, Streams::Inherited).unwrap_err();
        assert!(matches!(again, RunError::Interrupted { .. }), "{again}");
        return;
    }
    let place = Place::new(&[]);
    let mut command = child::command(&[], name, &place.path(""));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("started")));
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success(), "{rest:?}");
}
