//! Two processes in one workspace: one waits, says so, and may be interrupted; a lock ends with its
//! process; what is locked can be read, and shows no lock.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use golem_rpc_plan::Plan;
use golem_rpc_system::{LockError, PathError, interrupt, lock, unfinished};

use crate::child;
use crate::place::Place;

/// A child that says what it does, line by line.
struct Talker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Talker {
    fn new(role: &str, place: &Place) -> Talker {
        let mut command = child::command(&[], role, &place.path(""));
        let mut child = command
            .stdout(Stdio::piped())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Talker { child, lines }
    }

    fn says(&mut self, word: &str) {
        assert!(
            self.lines.any(|line| line.unwrap().contains(word)),
            "{word}"
        );
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    fn ends_well(mut self) {
        let rest: Vec<String> = self.lines.map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success(), "{rest:?}");
    }
}

#[test]
fn a_second_process_says_that_it_waits_and_goes_on_when_it_may() {
    let name = "lock::a_second_process_says_that_it_waits_and_goes_on_when_it_may";
    if let Some(dir) = child::role(name) {
        let lock = lock(&dir, &mut || println!("waiting")).unwrap();
        println!("locked");
        let disk = golem_rpc_system::read::tree(&dir, |_| true).unwrap();
        let mut plan = Plan::new();
        let count = disk.text(dir.join("count")).unwrap().len() + 1;
        plan.write(&disk, &dir.join("count"), "x".repeat(count));
        lock.apply(&plan).unwrap();
        return;
    }
    let place = Place::new(&[("count", "")]);
    let before = place.state();
    let mut waited = 0;
    let held = lock(&place.path(""), &mut || waited += 1).unwrap();
    assert_eq!(place.state(), before, "a lock is not to be seen");
    let mut talkers = [(); 3].map(|()| Talker::new(name, &place));
    for talker in &mut talkers {
        talker.says("waiting");
    }
    assert_eq!(place.text("count"), "");
    assert_eq!(unfinished(&place.path("")).unwrap(), None);
    drop(held);
    for mut talker in talkers {
        talker.says("locked");
        talker.ends_well();
    }
    assert_eq!(
        place.text("count"),
        "xxx",
        "each has seen the work of the one before"
    );
    assert_eq!(waited, 0);
}

#[test]
fn a_signal_ends_the_wait() {
    let name = "lock::a_signal_ends_the_wait";
    if let Some(dir) = child::role(name) {
        interrupt::install().unwrap();
        let error = lock(&dir, &mut || println!("waiting")).unwrap_err();
        assert!(matches!(error, LockError::Interrupted { .. }), "{error}");
        return;
    }
    let place = Place::new(&[]);
    let _held = lock(&place.path(""), &mut || {}).unwrap();
    for signal in ["-INT", "-TERM"] {
        let mut talker = Talker::new(name, &place);
        talker.says("waiting");
        talker.signal(signal);
        talker.ends_well();
    }
}

#[test]
fn a_lock_ends_with_its_process() {
    let name = "lock::a_lock_ends_with_its_process";
    if let Some(dir) = child::role(name) {
        let _held = lock(&dir, &mut || {}).unwrap();
        println!("locked");
        std::io::stdin().read_line(&mut String::new()).unwrap();
        return;
    }
    let place = Place::new(&[]);
    let mut talker = Talker::new(name, &place);
    talker.says("locked");
    let mut child = talker.child;
    let root = place.path("");
    lock(&root, &mut || child.kill().unwrap()).unwrap();
    assert!(!child.wait().unwrap().success());
}

#[test]
fn a_root_that_is_not_there_is_named() {
    let place = Place::new(&[]);
    fs::remove_dir(place.path("").as_str()).unwrap();
    let error = lock(&place.path(""), &mut || {}).unwrap_err();
    let LockError::Io(PathError { path, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!(path, place.path(""));
}
