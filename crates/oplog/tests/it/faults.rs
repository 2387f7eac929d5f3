//! Stores that fail, are damaged in one place, or are not for us.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use golem_rpc_oplog::{DiskStore, Journal, JournalError, MemoryStore, StoreError};
use rusqlite::Connection;

use crate::journal::{error, errors, record};
use crate::places::{Disk, Kept, Place as _};

/// Fails, in whatever way, at the third commit.
fn failing(fail: impl Fn() -> StoreError + Send + Sync + 'static) -> Kept {
    let commits = AtomicUsize::new(0);
    let before = move || match commits.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Ok(()),
        _ => Err(fail()),
    };
    let mut store = Kept::new(&Arc::new(MemoryStore::default()));
    store.before = Box::new(before);
    store
}

fn stopped<T: std::fmt::Debug>(result: Result<T, JournalError>) {
    assert!(
        matches!(result, Err(JournalError::Stopped { .. })),
        "{result:?}"
    );
}

fn stops(store: Kept) {
    let journal = Journal::open(store).unwrap();
    let log = journal.create(&record("a")).unwrap();
    for _ in 0..2 {
        journal.wait_durable(journal.appended()).unwrap();
        journal.write(&log, &error("x")).unwrap();
    }
    let last = journal.appended();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| stopped(journal.wait_durable(last)));
        }
    });
    // what is on disk is still so, and nothing else ever gets there
    journal.wait_durable(last - 1).unwrap();
    stopped(journal.write(&log, &error("late")));
    stopped(journal.create(&record("b")));
    stopped(journal.close());
    assert_eq!(errors(&journal, log.worker()), ["x", "x"]);
}

#[test]
fn a_commit_that_fails_stops_the_journal() {
    stops(failing(|| StoreError::Io {
        path: "disk".into(),
        source: std::io::ErrorKind::StorageFull.into(),
    }));
}

#[test]
fn a_store_that_panics_stops_the_journal() {
    stops(failing(|| panic!("a bug of the store")));
}

/// A store with two workers, all of it in the tables.
fn settled() -> Disk {
    let disk = Disk::default();
    let journal = disk.open();
    for name in ["a", "b"] {
        let log = journal.create(&record(name)).unwrap();
        journal.write(&log, &error("x")).unwrap();
    }
    drop(journal);
    disk
}

fn database(disk: &Disk) -> Connection {
    Connection::open(disk.path().join("tables.sqlite")).unwrap()
}

#[test]
fn a_newer_format_is_refused() {
    let disk = settled();
    database(&disk)
        .pragma_update(None, "user_version", 2)
        .unwrap();
    let opened = DiskStore::open(disk.path()).map(|_| ());
    assert!(
        matches!(
            opened,
            Err(StoreError::Newer {
                found: 2,
                known: 1,
                ..
            })
        ),
        "{opened:?}"
    );
}

#[test]
fn a_damaged_row_tells_its_worker() {
    let disk = settled();
    let damage = "update worker set value = zeroblob(99) where key = (select max(key) from worker)";
    assert_eq!(database(&disk).execute(damage, []).unwrap(), 1);
    let error = DiskStore::open(disk.path())
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(error.contains(&record("b").worker.to_string()), "{error}");
}

#[test]
fn a_row_that_is_missing_is_missed() {
    for table in ["worker", "head", "meta"] {
        let disk = settled();
        let damage = format!("delete from {table} where key = (select max(key) from {table})");
        assert_eq!(database(&disk).execute(&damage, []).unwrap(), 1);
        let error = DiskStore::open(disk.path())
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(error.contains(&format!("`{table}`")), "{error}");
    }
}

#[test]
fn a_damaged_oplog_tells_its_worker_and_spares_the_others() {
    for damage in [
        "update log set value = zeroblob(99) where key = (select max(key) from log)",
        "delete from log where key = (select max(key) from log)",
    ] {
        let disk = settled();
        assert_eq!(database(&disk).execute(damage, []).unwrap(), 1);
        let journal = disk.open();
        assert_eq!(errors(&journal, &record("a").worker), ["x"]);
        let log = journal.log(&record("b").worker).unwrap().unwrap();
        let read = journal.read(&log, 1);
        let Err(JournalError::CorruptWorker { worker, .. }) = read else {
            panic!("{read:?}")
        };
        assert_eq!(worker, record("b").worker.to_string());
    }
}
