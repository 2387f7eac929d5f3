//! Changes that are appended and not committed yet, in a form that can be read and written.
//!
//! Rows are kept once each, as the last batch left them; entries in their order. A commit writes the
//! entries of a worker as few rows, since a row costs more than an entry: see [`crate::run`].

use std::collections::{BTreeMap, HashMap};

use crate::id::Index;
use crate::key;
use crate::run;
use crate::store::{Row, Scan, Store, StoreError, Table, Write};
use crate::wire;

/// How many rows are read at once to be removed.
const REMOVED: usize = 4096;

/// The tables whose rows go with the worker that their keys begin with.
const OF_A_WORKER: [Table; 3] = [Table::Log, Table::Head, Table::Promise];

#[derive(Debug, Default)]
pub(super) struct Layer {
    entries: Vec<Item>,
    bytes: Vec<u8>,
    puts: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
    deleted: Vec<u64>,
    weight: usize,
}

#[derive(Debug)]
struct Item {
    number: u64,
    index: Index,
    length: usize,
}

impl Layer {
    pub(super) fn push(&mut self, number: u64, index: Index, entry: &[u8]) {
        let length = entry.len();
        self.bytes.extend_from_slice(entry);
        self.weight += length + size_of::<Item>();
        self.entries.push(Item {
            number,
            index,
            length,
        });
    }

    pub(super) fn set(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.weight += key.len() + value.as_ref().map_or(0, Vec::len) + size_of::<Item>();
        self.puts.insert((table, key), value);
    }

    pub(super) fn delete(&mut self, number: u64) {
        self.deleted.push(number);
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// What it says of a row: nothing, that it is gone, or its value.
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<Option<Vec<u8>>> {
        // a map of pairs cannot be asked by reference
        self.puts.get(&(table, key.to_vec())).cloned()
    }

    /// What it says of the rows of a scan, regardless of its limit.
    pub(super) fn rows(&self, scan: &Scan) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        let from = (scan.table, scan.from.clone());
        let rows = self.puts.range(from..).take_while(|((table, key), _)| {
            *table == scan.table && scan.to.as_ref().is_none_or(|to| key < to)
        });
        rows.map(|((_, key), value)| (key.clone(), value.clone()))
            .collect()
    }

    /// The entries of a worker, and their bytes one behind the other.
    pub(super) fn entries(&self, number: u64, from: Index) -> (Vec<Index>, Vec<u8>) {
        let (mut indices, mut bytes) = (Vec::new(), Vec::new());
        for (item, data) in self.items() {
            if item.number == number && item.index >= from {
                indices.push(item.index);
                bytes.extend_from_slice(data);
            }
        }
        (indices, bytes)
    }

    fn items(&self) -> impl Iterator<Item = (&Item, &[u8])> {
        self.entries
            .iter()
            .scan(self.bytes.as_slice(), |rest, item| {
                let (data, after) = rest.split_at(item.length);
                *rest = after;
                Some((item, data))
            })
    }

    /// What a store has to write.
    pub(super) fn writes(&self, store: &dyn Store) -> Result<Vec<Write>, StoreError> {
        let mut writes = self.runs();
        writes.retain(|write| !self.is_deleted(write.table, &write.key));
        for ((table, key), value) in &self.puts {
            if self.is_deleted(*table, key) {
                continue;
            }
            writes.push(Write {
                table: *table,
                key: key.clone(),
                value: value.clone(),
            });
        }
        for number in &self.deleted {
            for table in OF_A_WORKER {
                remove(store, table, *number, &mut writes)?;
            }
        }
        Ok(writes)
    }

    /// Whether a row belongs to a worker that is deleted.
    fn is_deleted(&self, table: Table, key: &[u8]) -> bool {
        let numbers = || self.deleted.iter().map(|number| key::number(*number));
        OF_A_WORKER.contains(&table) && numbers().any(|number| key.starts_with(&number))
    }

    /// The entries, in rows.
    fn runs(&self) -> Vec<Write> {
        let mut open: HashMap<u64, (Index, Vec<u8>)> = HashMap::new();
        let mut writes = Vec::new();
        for (item, data) in self.items() {
            let run = open.entry(item.number);
            let (last, value) = run.or_insert_with(|| (item.index, run::begin(item.index)));
            if *last != item.index && value.len() + data.len() > run::FULL {
                let value = std::mem::replace(value, run::begin(item.index));
                writes.push(run_row(item.number, *last, value));
            }
            *last = item.index;
            value.extend_from_slice(data);
        }
        for (number, (last, value)) in open {
            let head = Some(wire::encode(&last));
            writes.push(run_row(number, last, value));
            writes.push(Write {
                table: Table::Head,
                key: key::number(number),
                value: head,
            });
        }
        writes
    }
}

fn run_row(number: u64, last: Index, value: Vec<u8>) -> Write {
    Write {
        table: Table::Log,
        key: key::pair(number, last),
        value: Some(value),
    }
}

/// Removes all rows of a worker from a table.
fn remove(
    store: &dyn Store,
    table: Table,
    number: u64,
    writes: &mut Vec<Write>,
) -> Result<(), StoreError> {
    let prefix = key::number(number);
    let mut from = prefix.clone();
    loop {
        let to = key::after(&prefix);
        let scan = Scan {
            table,
            from,
            to,
            limit: REMOVED,
        };
        let rows: Vec<Row> = store.scan(&scan)?;
        let full = rows.len() == REMOVED;
        writes.extend(rows.into_iter().map(|(key, _)| Write {
            table,
            key,
            value: None,
        }));
        match writes.last() {
            Some(last) if full => from = [last.key.as_slice(), &[0]].concat(),
            _ => return Ok(()),
        }
    }
}
