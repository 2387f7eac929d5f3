//! Large things.

use golem_rpc_oplog::Batch;

use crate::journal::{error, errors, record};
use crate::places::{Disk, Place as _};

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
