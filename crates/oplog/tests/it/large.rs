//! Large things.

use std::os::unix::fs::MetadataExt as _;

use golem_rpc_oplog::{
    Batch, Call, DiskStore, Entry, IdempotencyKey, Invocation, Journal, Kind, Pending,
};

use crate::journal::{error, errors, record};
use crate::places::{Disk, Place as _, scratch};

#[test]
fn a_blob_of_256_megabytes() {
    let disk = Disk::default();
    let journal = disk.open();
    let mut bytes = vec![0; 256 << 20];
    bytes
        .chunks_mut(4096)
        .zip(1_u64..)
        .for_each(|(chunk, number)| {
            chunk[..8].copy_from_slice(&number.to_be_bytes());
        });
    let written = journal.write_blob(("box", "large"), &bytes, 1, Batch::default());
    journal.wait_durable(written.unwrap().seq).unwrap();
    let info = journal.blob("box", "large").unwrap().unwrap();
    assert!(journal.object(&info.hash).unwrap() == bytes);
}

#[test]
fn entries_and_values_of_many_megabytes() {
    let disk = Disk::default();
    let journal = disk.open();
    let log = journal.create(&record("a")).unwrap();
    let texts = [
        "small".to_owned(),
        "large".repeat(4 << 20),
        "small".to_owned(),
    ];
    let mut batch = Batch::default();
    texts
        .iter()
        .for_each(|text| batch.entry(&log, &error(text)));
    batch.set_value("bucket", "key", vec![7; 20 << 20]);
    journal.append(batch).unwrap();
    drop((journal, log));
    let journal = disk.open();
    assert!(errors(&journal, &record("a").worker) == texts);
    assert!(journal.value("bucket", "key").unwrap() == Some(vec![7; 20 << 20]));
}

/// With what a call writes: that it waits, begins and ends.
#[test]
fn a_worker_takes_little_of_the_disk() {
    const WORKERS: u64 = 20_000;
    let dir = scratch();
    let journal = Journal::open(DiskStore::open(dir.path()).unwrap()).unwrap();
    for number in 0..WORKERS {
        let row = record(&format!("customer-{number}"));
        let log = journal.create(&row).unwrap();
        let invocation = Invocation {
            function: "shopping:cart-exports/cart-api.{add-item}".to_owned(),
            params: vec![7; 40],
            key: IdempotencyKey("c0ffee00-0000-4000-8000-000000000001".into()),
        };
        let kinds = [
            Kind::PendingWorkerInvocation {
                invocation: Pending::Call { invocation },
            },
            Kind::ExportedFunctionInvoked {
                call: Call::Queued { index: 1 },
            },
            Kind::ExportedFunctionCompleted {
                response: vec![7; 10],
                fuel: 0,
            },
        ];
        let mut batch = Batch::default();
        for kind in kinds {
            let time = 1_800_000_000_000;
            batch.entry(&log, &Entry { time, kind });
        }
        batch.worker(&log, &row);
        journal.append(batch).unwrap();
    }
    journal.close().unwrap();
    drop(journal);
    let blocks = |name| std::fs::metadata(dir.path().join(name)).unwrap().blocks();
    let bytes = 512 * ["commits", "tables.sqlite"].map(blocks).iter().sum::<u64>();
    assert!(
        bytes / WORKERS <= 1024,
        "{} bytes a worker",
        bytes / WORKERS
    );
}
