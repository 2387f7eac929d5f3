//! The journal itself, on disk: calls of three entries (queued, begun, ended) with a worker's row.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use golem_rpc_oplog::{
    Batch, Call, DiskStore, Entry, IdempotencyKey, Invocation, Journal, Kind, Log, Pending, Status,
    WorkerId, WorkerRecord,
};
use uuid::Uuid;

use crate::{disk, files, syncs};

pub fn run() {
    volatile();
    let dir = tempfile::tempdir_in(std::env::current_dir().unwrap()).unwrap();
    let sync = || println!("fdatasync: {:.0}/s", syncs(&dir.path().join("sync")));
    for clients in [1, 16, 64] {
        sync();
        waiting(&dir.path().join(format!("waiting-{clients}")), clients);
    }
    sync();
    appending(&dir.path().join("appending"));
    workers(&dir.path().join("workers"));
    long(&dir.path().join("long"));
}

fn open(path: &Path) -> Journal {
    Journal::open(DiskStore::open(path).unwrap()).unwrap()
}

fn record(number: u64) -> WorkerRecord {
    let worker = WorkerId::new(Uuid::from_u128(0xabcdef << 64), format!("worker-{number}"));
    WorkerRecord::new(worker, 0, 1_700_000_000_000)
}

fn call(log: &Log, record: &mut WorkerRecord) -> Batch {
    let entry = |kind| Entry {
        time: 1_700_000_000_000,
        kind,
    };
    let invocation = Invocation {
        function: "shopping:cart-exports/cart-api.{add-item}".to_owned(),
        params: vec![7; 20],
        key: IdempotencyKey("c0ffee00-0000-4000-8000-000000000001".into()),
    };
    let mut batch = Batch::default();
    let pending = Pending::Call { invocation };
    batch.entry(
        log,
        &entry(Kind::PendingWorkerInvocation {
            invocation: pending,
        }),
    );
    let call = Call::Queued {
        index: log.last() + 1,
    };
    batch.entry(log, &entry(Kind::ExportedFunctionInvoked { call }));
    batch.entry(
        log,
        &entry(Kind::ExportedFunctionCompleted {
            response: vec![7; 5],
            fuel: 0,
        }),
    );
    record.status = Status::Idle;
    batch.worker(log, record);
    batch
}

fn bytes(path: &Path) -> u64 {
    files(path).iter().map(|file| disk(file)).sum()
}

fn waiting(path: &Path, clients: u64) {
    let journal = open(path);
    let (calls, start) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (journal, calls) = (&journal, &calls);
            scope.spawn(move || {
                let mut record = record(client);
                let log = journal.create(&record).unwrap();
                while start.elapsed() < Duration::from_secs(3) {
                    let appended = journal.append(call(&log, &mut record)).unwrap();
                    journal.wait_durable(appended.seq).unwrap();
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let calls = calls.into_inner();
    let rate = calls as f64 / start.elapsed().as_secs_f64();
    drop(journal);
    println!(
        "{clients} clients that wait: {rate:.0} calls/s, {} bytes a call",
        bytes(path) / calls
    );
}

fn volatile() {
    let journal = Journal::memory();
    let mut record = record(0);
    let log = journal.create(&record).unwrap();
    let start = Instant::now();
    for _ in 0..200_000 {
        journal.append(call(&log, &mut record)).unwrap();
    }
    println!("in memory: {:.0} calls/s", 2e5 / start.elapsed().as_secs_f64());
}

fn appending(path: &Path) {
    for threads in [1, 2] {
        let journal = open(&path.join(threads.to_string()));
        let start = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let journal = &journal;
                scope.spawn(move || {
                    let log = journal.create(&record(thread)).unwrap();
                    for _ in 0..1_000_000 {
                        let kind = Kind::ImportedFunctionInvoked {
                            function: "wall_clock::now".into(),
                            request: Vec::new(),
                            response: vec![7; 12],
                            effect: golem_rpc_oplog::Effect::ReadLocal,
                        };
                        journal
                            .write(
                                &log,
                                &Entry {
                                    time: 1_700_000_000_000,
                                    kind,
                                },
                            )
                            .unwrap();
                    }
                });
            }
        });
        let entries = threads as f64 * 1e6;
        let appended = start.elapsed();
        journal.close().unwrap();
        println!(
            "{threads} threads that append: {:.0} entries/s; on disk after {:.0?} more",
            entries / appended.as_secs_f64(),
            start.elapsed() - appended,
        );
    }
}

fn workers(path: &Path) {
    let journal = open(path);
    let start = Instant::now();
    for number in 0..100_000 {
        let mut record = record(number);
        let log = journal.create(&record).unwrap();
        journal.append(call(&log, &mut record)).unwrap();
    }
    journal.close().unwrap();
    drop(journal);
    println!(
        "100,000 workers, one call each: {:.1?}, {} bytes a worker",
        start.elapsed(),
        bytes(path) / 100_000
    );
    let start = Instant::now();
    let journal = open(path);
    println!("opened in {:.1?}", start.elapsed());
    let start = Instant::now();
    let log = |number| journal.log(&record(number).worker).unwrap().unwrap();
    let entries: usize = (0..100_000)
        .map(|number| journal.read(&log(number), 1).unwrap().len())
        .sum();
    println!(
        "{entries} entries of all workers read in {:.1?}",
        start.elapsed()
    );
}

fn long(path: &Path) {
    let journal = open(path);
    let mut record = record(0);
    let log = journal.create(&record).unwrap();
    for _ in 0..10_000 {
        journal.append(call(&log, &mut record)).unwrap();
    }
    journal.close().unwrap();
    drop((journal, log));
    let start = Instant::now();
    let journal = open(path);
    let log = journal.log(&record.worker).unwrap().unwrap();
    let mut read = 0;
    while let Some((last, _)) = journal.read(&log, read + 1).unwrap().last() {
        read = *last;
    }
    println!(
        "an oplog of {read} entries opened and read in {:.1?}, {} bytes",
        start.elapsed(),
        bytes(path)
    );
}
