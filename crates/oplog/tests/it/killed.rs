//! A process that is killed while it commits: what it said is on disk, is on disk.

use std::env;
use std::io::{BufRead as _, BufReader, Lines};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use golem_rpc_oplog::{DiskStore, Journal, JournalError, StoreError};

use crate::journal::{error, errors, record};
use crate::places::scratch;

const DIRECTORY: &str = "OPLOG_TEST_CHILD";

/// What the children of the other tests do; by itself it does nothing.
#[test]
fn child() {
    let Some(directory) = env::var_os(DIRECTORY) else {
        return;
    };
    let store = DiskStore::with_fresh(Path::new(&directory), 20_000).unwrap();
    let journal = Journal::open(store).unwrap();
    let logs = ["a", "b", "c"].map(|name| match journal.log(&record(name).worker).unwrap() {
        Some(log) => log,
        None => journal.create(&record(name)).unwrap(),
    });
    std::thread::scope(|scope| {
        for log in &logs {
            scope.spawn(|| {
                loop {
                    let text = (log.last() + 1).to_string();
                    let written = journal.write(log, &error(&text));
                    match written.and_then(|appended| journal.wait_durable(appended.seq)) {
                        Ok(()) => println!("{} {text}", log.worker().name),
                        Err(error) => return println!("failed {error:?}"),
                    }
                }
            });
        }
    });
}

const ABORT: &str = "OPLOG_TEST_ABORT";

/// Appends entries until it aborts; by itself it does nothing, either.
#[test]
fn aborting_child() {
    let Some(directory) = env::var_os(DIRECTORY) else {
        return;
    };
    let journal = Journal::open(DiskStore::open(Path::new(&directory)).unwrap()).unwrap();
    let log = journal.create(&record("a")).unwrap();
    journal.abort_after(env::var(ABORT).unwrap().parse().unwrap());
    for number in 1..100 {
        journal.write(&log, &error(&number.to_string())).unwrap();
    }
}

/// What makes it possible to kill a runtime at every entry.
#[test]
fn a_process_aborts_behind_the_entry_that_it_is_told() {
    for entries in [1, 2, 3, 10, 99] {
        let dir = scratch();
        let status = Command::new(env::current_exe().unwrap())
            .args(["--exact", "killed::aborting_child"])
            .env(DIRECTORY, dir.path())
            .env(ABORT, entries.to_string())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        // SIGABRT
        assert_eq!(status.signal(), Some(6));
        let journal = Journal::open(DiskStore::open(dir.path()).unwrap()).unwrap();
        assert_eq!(errors(&journal, &record("a").worker).len(), entries);
    }
}

fn spawn(directory: &Path, limit: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let command = format!("{limit} exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &command])
        .arg(env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

/// The number that a line acknowledges, for a worker.
fn acknowledged(line: &str, worker: &str) -> Option<usize> {
    line.strip_prefix(worker)?.strip_prefix(' ')?.parse().ok()
}

fn check(directory: &Path, lines: &[String]) {
    let journal = Journal::open(DiskStore::open(directory).unwrap()).unwrap();
    for name in ["a", "b", "c"] {
        let said = lines
            .iter()
            .filter_map(|line| acknowledged(line, name))
            .max();
        let kept = match journal.log(&record(name).worker).unwrap() {
            Some(_) => errors(&journal, &record(name).worker),
            None => Vec::new(),
        };
        assert!(
            kept.len() >= said.unwrap_or(0),
            "{name}: {said:?}, {}",
            kept.len()
        );
        assert!(
            kept.iter()
                .enumerate()
                .all(|(place, text)| *text == (place + 1).to_string())
        );
    }
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let dir = scratch();
    // the same store is killed again and again
    for round in 0..15 {
        let (mut child, mut lines) = spawn(dir.path(), "");
        let mut seen: Vec<String> = lines
            .by_ref()
            .take(20 + 30 * round)
            .map(Result::unwrap)
            .collect();
        child.kill().unwrap();
        child.wait().unwrap();
        seen.extend(lines.map(Result::unwrap));
        assert!(seen.len() >= 20 + 30 * round, "{seen:?}");
        check(dir.path(), &seen);
    }
}

/// No file may grow beyond a bound, as on a disk that is full.
#[test]
fn a_full_disk_is_an_error_for_all_who_wait() {
    let dir = scratch();
    let (mut child, lines) = spawn(dir.path(), "trap '' XFSZ; ulimit -f 1000;");
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success());
    let failed: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("failed"))
        .collect();
    assert_eq!(failed.len(), 3, "{lines:?}");
    assert!(
        failed
            .iter()
            .all(|line| line.contains("Stopped") && line.contains("Io")),
        "{failed:?}"
    );
    assert!(lines.len() > 30);
    check(dir.path(), &lines);
}

#[test]
fn a_second_process_is_told_who_has_the_store() {
    let dir = scratch();
    let (mut child, lines) = spawn(dir.path(), "");
    let mut lines = lines.map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("a ")));
    let second = DiskStore::open(dir.path()).map(|_| ());
    let Err(error @ StoreError::Locked { .. }) = second else {
        panic!("{second:?}")
    };
    assert!(
        error
            .to_string()
            .contains(&format!("process {}", child.id())),
        "{error}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    DiskStore::open(dir.path()).unwrap();
}

#[test]
fn errors_of_the_store_are_told_with_their_cause() {
    let error = DiskStore::open(Path::new("/proc/nothing"))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.to_string(), "cannot use `/proc/nothing`");
    let error = JournalError::from(error);
    assert!(std::error::Error::source(&error).is_some());
}
