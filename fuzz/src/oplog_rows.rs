//! Rows of a store that hold anything → what a journal reads of them, or an error.
//!
//! In: bytes that say for each row its table, how long its key and value are, and both. All bytes mean
//! something, and where they end there are no more rows.

use golem_rpc_oplog::{Journal, JournalError, MemoryStore, Store as _, Table, Write};

/// Panics if something is wrong.
pub fn run(data: &[u8]) {
    let store = MemoryStore::default();
    let rows = rows(data);
    store.commit(rows.clone()).expect("memory takes all");
    let Ok(journal) = Journal::open(store) else {
        return;
    };
    // each of them may be an error, and none a panic
    let _ = (journal.wakes(), journal.components(), journal.containers());
    let _ = (journal.value_keys(""), journal.blobs(""));
    for row in rows {
        let _ = worker(&journal, &row.key);
    }
}

fn rows(mut data: &[u8]) -> Vec<Write> {
    let mut rows = Vec::new();
    while let [table, key, value, rest @ ..] = data {
        let table = Table::ALL[usize::from(*table) % Table::ALL.len()];
        let (key, rest) = rest.split_at(rest.len().min(usize::from(*key)));
        let (value, rest) = rest.split_at(rest.len().min(usize::from(*value)));
        data = rest;
        let (key, value) = (key.to_vec(), Some(value.to_vec()));
        rows.push(Write { table, key, value });
    }
    rows
}

fn worker(journal: &Journal, key: &[u8]) -> Result<(), JournalError> {
    let _ = journal.workers(None, None, 9);
    let Some((component, name)) = key.split_first_chunk() else {
        return Ok(());
    };
    let component = uuid::Uuid::from_bytes(*component);
    let worker = golem_rpc_oplog::WorkerId::new(component, String::from_utf8_lossy(name));
    let _ = journal.promise(&worker, 1);
    let Some(log) = journal.log(&worker)? else {
        return Ok(());
    };
    let mut next = 1;
    while let Some((last, _)) = journal.read(&log, next)?.last() {
        assert!(*last >= next);
        next = last + 1;
    }
    assert!(next > log.last(), "entries are missing, silently");
    Ok(())
}
