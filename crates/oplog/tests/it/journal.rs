//! What a journal owes to those who use it, whatever it writes to.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};

use golem_rpc_oplog::{
    Batch, Completion, Entry, Journal, JournalError, Kind, Promise, WorkerId, WorkerRecord,
};
use uuid::Uuid;

use crate::places::{Place, everywhere};

everywhere!(
    what_was_appended_is_read,
    it_is_there_when_opened_again,
    a_worker_that_is_deleted_is_gone,
    a_promise_is_completed_once,
    a_restart_finds_whom_to_wake,
    workers_are_listed_in_pages,
    values_are_kept_by_bucket_and_key,
    values_are_counted_by_many_threads,
    blobs_and_components_are_kept,
    many_threads_append,
    a_reader_sees_all_while_others_append,
    a_long_oplog_is_read_in_pages,
    who_waits_without_a_thread_is_called,
);

pub(crate) fn record(name: &str) -> WorkerRecord {
    WorkerRecord::new(WorkerId::new(Uuid::from_u128(7), name), 0, 1)
}

pub(crate) fn error(text: &str) -> Entry {
    let kind = Kind::Error {
        error: text.to_owned(),
        retried: false,
    };
    Entry { time: 5, kind }
}

pub(crate) fn errors(journal: &Journal, worker: &WorkerId) -> Vec<String> {
    let log = journal.log(worker).unwrap().unwrap();
    let mut texts = Vec::new();
    loop {
        let page = journal.read(&log, texts.len() as u64 + 1).unwrap();
        if page.is_empty() {
            assert_eq!(log.last(), texts.len() as u64);
            return texts;
        }
        for (index, entry) in page {
            let Kind::Error { error, .. } = entry.kind else {
                panic!("{entry:?}")
            };
            texts.push(error);
            assert_eq!(index, texts.len() as u64);
        }
    }
}

fn what_was_appended_is_read(place: &impl Place) {
    let journal = place.open();
    let row = record("a");
    let log = journal.create(&row).unwrap();
    assert_eq!(journal.write(&log, &error("one")).unwrap().last, 1);
    let mut batch = Batch::default();
    batch.entry(&log, &error("two"));
    batch.entry(&log, &error("three"));
    let appended = journal.append(batch).unwrap();
    assert_eq!(appended.last, 3);
    // before it is on disk, and then
    for _ in 0..2 {
        assert_eq!(errors(&journal, &row.worker), ["one", "two", "three"]);
        assert_eq!(journal.worker(&row.worker).unwrap(), Some(row.clone()));
        journal.wait_durable(appended.seq).unwrap();
        assert!(journal.watermark() >= appended.seq);
    }
    let again = journal.create(&row);
    assert!(matches!(again, Err(JournalError::Exists { worker }) if worker == row.worker));
}

fn it_is_there_when_opened_again(place: &impl Place) {
    let row = record("a");
    for round in 0..20 {
        let journal = place.open();
        let log = match round {
            0 => journal.create(&row).unwrap(),
            _ => journal.log(&row.worker).unwrap().unwrap(),
        };
        assert_eq!(log.last(), round * 3);
        for _ in 0..3 {
            journal.write(&log, &error("more")).unwrap();
        }
        // closed by hand, and by being dropped
        if round % 2 == 0 {
            journal.close().unwrap();
            let late = journal.write(&log, &error("late"));
            assert!(matches!(late, Err(JournalError::Closed)));
        }
    }
    assert_eq!(errors(&place.open(), &row.worker), ["more"; 60]);
}

fn a_worker_that_is_deleted_is_gone(place: &impl Place) {
    let row = record("a");
    let neighbour = record("b");
    for wait in [false, true] {
        let journal = place.open();
        let log = journal.create(&row).unwrap();
        let other = journal.log(&neighbour.worker).unwrap();
        let other = other.unwrap_or_else(|| journal.create(&neighbour).unwrap());
        for log in [&log, &other] {
            journal.write(log, &error("one")).unwrap();
            journal.create_promise(log, 1, Batch::default()).unwrap();
        }
        if wait {
            journal.wait_durable(journal.appended()).unwrap();
        }
        let mut batch = Batch::default();
        batch.entry(&log, &error("last words"));
        batch.delete_worker(&log);
        journal.append(batch).unwrap();
        assert!(journal.log(&row.worker).unwrap().is_none());
        assert_eq!(journal.promise(&row.worker, 1).unwrap(), None);
        // whoever had it may not know yet
        let mut late = Batch::default();
        late.entry(&log, &error("late"));
        late.worker(&log, &row);
        assert_eq!(journal.append(late).unwrap().last, 0);
        assert!(log.is_deleted() && journal.log(&row.worker).unwrap().is_none());
        let again = journal.create(&row).unwrap();
        assert_eq!(again.last(), 0);
        assert!(errors(&journal, &row.worker).is_empty());
        let mut batch = Batch::default();
        batch.delete_worker(&again);
        journal.append(batch).unwrap();
        assert_eq!(
            journal.promise(&neighbour.worker, 1).unwrap(),
            Some(Promise::Pending)
        );
    }
    let journal = place.open();
    assert_eq!(
        journal.workers(None, None, 9).unwrap(),
        std::slice::from_ref(&neighbour)
    );
    assert_eq!(errors(&journal, &neighbour.worker), ["one", "one"]);
}

fn a_promise_is_completed_once(place: &impl Place) {
    let journal = place.open();
    let log = journal.create(&record("a")).unwrap();
    let complete = |index, data: &[u8]| {
        let data = data.to_vec();
        let completed = journal.complete_promise(log.worker(), index, data, Batch::default());
        completed.unwrap()
    };
    assert_eq!(complete(1, b"early"), Completion::Unknown);
    journal.create_promise(&log, 1, Batch::default()).unwrap();
    assert!(matches!(complete(1, b"first"), Completion::Now(_)));
    assert_eq!(complete(1, b"second"), Completion::Before);
    // replay creates it again
    journal.create_promise(&log, 1, Batch::default()).unwrap();
    drop(journal);
    let journal = place.open();
    let data = b"first".to_vec();
    let promise = journal.promise(&record("a").worker, 1).unwrap();
    assert_eq!(promise, Some(Promise::Completed { data }));
    let worker = record("a").worker;
    journal
        .delete_promise(&worker, 1, Batch::default())
        .unwrap();
    assert_eq!(journal.promise(&worker, 1).unwrap(), None);
}

fn a_restart_finds_whom_to_wake(place: &impl Place) {
    let (mut a, b) = (record("a"), record("b"));
    let journal = place.open();
    a.wake = Some(9);
    journal.create(&a).unwrap();
    journal.create(&b).unwrap();
    drop(journal);
    let journal = place.open();
    assert_eq!(journal.wakes().unwrap(), [(a.worker.clone(), 9)]);
    for wake in [Some(10), None, Some(0), None] {
        let log = journal.log(&a.worker).unwrap().unwrap();
        a.wake = wake;
        let mut batch = Batch::default();
        batch.worker(&log, &a);
        journal.append(batch).unwrap();
        let expected = wake.map(|at| (a.worker.clone(), at));
        assert_eq!(journal.wakes().unwrap(), Vec::from_iter(expected));
    }
}

fn workers_are_listed_in_pages(place: &impl Place) {
    let journal = place.open();
    let mut all = Vec::new();
    for component in 0..3 {
        for name in 0..10 {
            let worker = WorkerId::new(Uuid::from_u128(component), format!("{name}"));
            all.push(WorkerRecord::new(worker, 0, name));
            let log = journal.create(all.last().unwrap()).unwrap();
            if name == 4 {
                journal.wait_durable(journal.appended()).unwrap();
                let mut batch = Batch::default();
                batch.delete_worker(&log);
                journal.append(batch).unwrap();
                all.pop();
            }
        }
    }
    assert_eq!(journal.workers(None, None, 99).unwrap(), all);
    let second = Uuid::from_u128(1);
    for limit in 1..11 {
        let mut pages = Vec::new();
        loop {
            let after = pages
                .last()
                .map(|record: &WorkerRecord| record.worker.clone());
            let page = journal
                .workers(Some(second), after.as_ref(), limit)
                .unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= limit);
            pages.extend(page);
        }
        assert_eq!(pages, all[9..18]);
    }
}

fn values_are_kept_by_bucket_and_key(place: &impl Place) {
    // names that would be one, were they only put together
    let names = [
        ("a", "b"),
        ("ab", ""),
        ("", "ab"),
        ("a\0", "b"),
        ("a", "\0b"),
        ("ÿ", "🦀"),
    ];
    let journal = place.open();
    let mut batch = Batch::default();
    for (number, (bucket, key)) in names.iter().enumerate() {
        batch.set_value(bucket, key, vec![number as u8]);
    }
    journal.append(batch).unwrap();
    drop(journal);
    let journal = place.open();
    for (number, (bucket, key)) in names.iter().enumerate() {
        assert_eq!(
            journal.value(bucket, key).unwrap(),
            Some(vec![number as u8])
        );
    }
    assert_eq!(journal.value_keys("a").unwrap(), ["\0b", "b"]);
    let mut batch = Batch::default();
    batch.delete_value("a", "b");
    batch.set_value("a", "c", Vec::new());
    journal.append(batch).unwrap();
    assert_eq!(journal.value_keys("a").unwrap(), ["\0b", "c"]);
    assert_eq!(journal.value("a", "b").unwrap(), None);
    assert_eq!(journal.value("a", "c").unwrap(), Some(Vec::new()));
}

fn values_are_counted_by_many_threads(place: &impl Place) {
    let journal = place.open();
    let next = |old: Option<&[u8]>| Some(vec![old.map_or(0, |old| old[0]) + 1]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    journal
                        .update_value("b", "count", next, Batch::default())
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(journal.value("b", "count").unwrap(), Some(vec![200]));
}

fn blobs_and_components_are_kept(place: &impl Place) {
    let journal = place.open();
    let write = |name, bytes: &[u8]| {
        journal
            .write_blob(("box", name), bytes, 5, Batch::default())
            .unwrap();
    };
    write("a", b"one");
    write("b", b"one");
    write("a", b"two");
    let id = Uuid::from_u128(3);
    let add = |bytes: &[u8]| {
        journal
            .add_component(id, "shop:cart", bytes, 6, vec![])
            .unwrap()
    };
    assert_eq!(add(b"first").version, 0);
    assert_eq!(add(b"first").version, 0);
    assert_eq!(add(b"second").version, 1);
    let mut batch = Batch::default();
    batch.delete_blob("box", "b");
    journal.append(batch).unwrap();
    let gone = *blake3::hash(b"one").as_bytes();
    assert_eq!(journal.object(&gone).unwrap(), b"one");
    journal.sweep().unwrap();
    assert!(journal.object(&gone).is_err());
    drop(journal);
    let journal = place.open();
    assert_eq!(journal.blobs("box").unwrap(), ["a"]);
    assert_eq!(journal.container("box").unwrap(), Some(5));
    let info = journal.blob("box", "a").unwrap().unwrap();
    assert_eq!(
        (journal.object(&info.hash).unwrap(), info.size),
        (b"two".to_vec(), 3)
    );
    let versions = journal.component_versions("shop:cart").unwrap();
    let bytes = versions
        .iter()
        .map(|version| journal.object(&version.hash).unwrap());
    assert!(bytes.eq([b"first".to_vec(), b"second".to_vec()]));
}

fn many_threads_append(place: &impl Place) {
    let journal = place.open();
    let logs: Vec<_> = ["a", "b", "c"]
        .map(|name| journal.create(&record(name)).unwrap())
        .into();
    std::thread::scope(|scope| {
        for log in &logs {
            scope.spawn(|| {
                for number in 0..500 {
                    let appended = journal.write(log, &error(&number.to_string())).unwrap();
                    assert_eq!(appended.last, number + 1);
                    if number % 50 == 0 {
                        journal.wait_durable(appended.seq).unwrap();
                        assert!(journal.watermark() >= appended.seq);
                    }
                }
            });
        }
    });
    let expected: Vec<_> = (0..500).map(|number| number.to_string()).collect();
    for log in &logs {
        assert_eq!(errors(&journal, log.worker()), expected);
    }
    drop((journal, logs));
    assert_eq!(errors(&place.open(), &record("b").worker), expected);
}

/// Whatever is between memory, the commits and the tables just then.
fn a_reader_sees_all_while_others_append(place: &impl Place) {
    let journal = place.open();
    let log = journal.create(&record("a")).unwrap();
    let write = |number: u64| {
        let mut batch = Batch::default();
        batch.entry(&log, &error(&format!("entry {number}")));
        batch.set_value("b", "count", number.to_be_bytes().to_vec());
        let appended = journal.append(batch).unwrap();
        if number.is_multiple_of(20) {
            journal.wait_durable(appended.seq).unwrap();
        }
    };
    write(1);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (2..=3000).for_each(write));
        while !writer.is_finished() {
            let (before, mut seen) = (log.last(), 0);
            let count = journal.value("b", "count").unwrap().unwrap();
            assert!(u64::from_be_bytes(count.try_into().unwrap()) >= before);
            while seen < before {
                for (index, entry) in journal.read(&log, seen + 1).unwrap() {
                    seen += 1;
                    assert_eq!(index, seen);
                    assert_eq!(entry.kind, error(&format!("entry {seen}")).kind);
                }
            }
        }
    });
    assert_eq!(errors(&journal, log.worker()).len(), 3000);
}

fn a_long_oplog_is_read_in_pages(place: &impl Place) {
    let journal = place.open();
    let log = journal.create(&record("a")).unwrap();
    let text = |number: u64| format!("{number}").repeat(1 + (number as usize * 37) % 3000);
    for number in 0..1000 {
        let appended = journal.write(&log, &error(&text(number))).unwrap();
        if number % 7 == 0 {
            journal.wait_durable(appended.seq).unwrap();
        }
    }
    assert!(journal.read(&log, 1).unwrap().len() < 1000);
    assert_eq!(journal.read(&log, 700).unwrap()[0].0, 700);
    assert!(journal.read(&log, 1001).unwrap().is_empty());
    assert!(
        errors(&journal, log.worker())
            .into_iter()
            .eq((0..1000).map(text))
    );
}

fn who_waits_without_a_thread_is_called(place: &impl Place) {
    struct Thread(std::thread::Thread);
    impl std::task::Wake for Thread {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let journal = place.open();
    let log = journal.create(&record("a")).unwrap();
    let waker = Waker::from(std::sync::Arc::new(Thread(std::thread::current())));
    for _ in 0..50 {
        let appended = journal.write(&log, &error("x")).unwrap();
        let mut durable = pin!(journal.durable(appended.seq));
        while durable
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            std::thread::park();
        }
        assert!(journal.watermark() >= appended.seq);
    }
}
