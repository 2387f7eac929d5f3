//! What a journal owes to those who use it, whatever it stores to.

use golem_rpc_oplog::{
    Batch, Completion, Entry, Journal, JournalError, Kind, Promise, WorkerId, WorkerRecord,
};
use uuid::Uuid;

fn record(name: &str) -> WorkerRecord {
    WorkerRecord::new(WorkerId::new(Uuid::from_u128(7), name), 0, 1)
}

fn error(text: &str) -> Entry {
    let kind = Kind::Error {
        error: text.to_owned(),
        retried: false,
    };
    Entry { time: 5, kind }
}

fn kinds(journal: &Journal, worker: &WorkerId) -> Vec<Kind> {
    let log = journal.log(worker).unwrap().unwrap();
    let page = journal.read(&log, 1).unwrap();
    assert!(page.iter().map(|(index, _)| *index).eq(1..=log.last()));
    page.into_iter().map(|(_, entry)| entry.kind).collect()
}

#[test]
fn what_was_appended_is_read() {
    let journal = Journal::memory();
    let row = record("a");
    let log = journal.create(&row).unwrap();
    assert_eq!(journal.write(&log, &error("one")).unwrap().last, 1);
    let mut batch = Batch::default();
    batch.entry(&log, &error("two"));
    batch.entry(&log, &error("three"));
    let appended = journal.append(batch).unwrap();
    assert_eq!(appended.last, 3);
    journal.wait_durable(appended.seq).unwrap();
    let expected = ["one", "two", "three"].map(|text| error(text).kind);
    assert_eq!(kinds(&journal, &row.worker), expected);
    assert_eq!(journal.worker(&row.worker).unwrap(), Some(row.clone()));
    assert!(matches!(
        journal.create(&row),
        Err(JournalError::Exists { .. })
    ));
}

#[test]
fn a_worker_that_is_deleted_is_gone_with_its_oplog_and_promises() {
    let journal = Journal::memory();
    let row = record("a");
    let log = journal.create(&row).unwrap();
    journal.write(&log, &error("one")).unwrap();
    journal.create_promise(&log, 1, Batch::default()).unwrap();
    let mut batch = Batch::default();
    batch.delete_worker(&log);
    journal.append(batch).unwrap();
    assert!(journal.log(&row.worker).unwrap().is_none());
    assert_eq!(journal.promise(&row.worker, 1).unwrap(), None);
    let again = journal.create(&row).unwrap();
    assert_eq!(again.last(), 0);
    assert_eq!(kinds(&journal, &row.worker), []);
}

#[test]
fn a_promise_is_completed_once() {
    let journal = Journal::memory();
    let log = journal.create(&record("a")).unwrap();
    let complete = |index, data: &[u8]| {
        let completed =
            journal.complete_promise(log.worker(), index, data.to_vec(), Batch::default());
        completed.unwrap()
    };
    assert_eq!(complete(1, b"early"), Completion::Unknown);
    journal.create_promise(&log, 1, Batch::default()).unwrap();
    assert!(matches!(complete(1, b"first"), Completion::Now(_)));
    assert_eq!(complete(1, b"second"), Completion::Before);
    journal.create_promise(&log, 1, Batch::default()).unwrap();
    let data = b"first".to_vec();
    assert_eq!(
        journal.promise(log.worker(), 1).unwrap(),
        Some(Promise::Completed { data })
    );
}

#[test]
fn a_restart_finds_whom_to_wake() {
    let journal = Journal::memory();
    let (mut a, b) = (record("a"), record("b"));
    a.wake = Some(9);
    let log = journal.create(&a).unwrap();
    journal.create(&b).unwrap();
    assert_eq!(journal.wakes().unwrap(), [(a.worker.clone(), 9)]);
    a.wake = None;
    let mut batch = Batch::default();
    batch.worker(&log, &a);
    journal.append(batch).unwrap();
    assert_eq!(journal.wakes().unwrap(), []);
    assert_eq!(
        journal.workers(None, None, 9).unwrap(),
        [a.clone(), b.clone()]
    );
    assert_eq!(journal.workers(None, Some(&a.worker), 9).unwrap(), [b]);
}
