//! The SQLite database behind the commits: one table of keys and values for each [`Table`].
//!
//! Each value has its mark behind it. The table `state` has one row, which says for every other table
//! how many rows it has and what the sum of their marks is, and which commit was the last to get here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use super::mark::mark;
use crate::key;
use crate::run;
use crate::store::{Row, Scan, StoreError, Table};
use crate::sync::lock;
use crate::wire::{self, Item, wire_struct};

/// The format of the store as a whole.
const FORMAT: u32 = 1;

const FILE: &str = "tables.sqlite";

/// How many bytes a mark has.
const MARK: usize = 8;

pub(super) struct Tables {
    directory: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    state: Mutex<State>,
}

wire_struct! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct State {
        applied: u64,
        sums: Vec<Sum>,
    }
}

wire_struct! {
    /// Of the rows of a table.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    struct Sum {
        rows: u64,
        marks: u64,
    }
}

impl Item for Sum {}

impl Sum {
    fn add(&mut self, mark: u64) {
        self.rows = self.rows.wrapping_add(1);
        self.marks = self.marks.wrapping_add(mark);
    }

    fn remove(&mut self, mark: u64) {
        self.rows = self.rows.wrapping_sub(1);
        self.marks = self.marks.wrapping_sub(mark);
    }
}

/// What the tables are about to take.
pub(super) struct Taken<'a> {
    tables: &'a Tables,
    writer: MutexGuard<'a, Connection>,
    state: State,
    committed: bool,
}

impl Tables {
    /// Opens the database of a store, makes it if there is none, and looks through it.
    pub(super) fn open(directory: &Path) -> Result<Self, StoreError> {
        let mut writer = connect(directory).map_err(|error| failed(directory, error))?;
        admit(directory, &mut writer)?;
        let state = state(&writer).map_err(|error| failed(directory, error))?;
        let state = state.ok_or_else(|| damaged(directory, "its state cannot be read"))?;
        let tables = Self {
            directory: directory.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            state: Mutex::new(state),
        };
        let read = Table::ALL.into_iter().filter(|table| *table != Table::Log);
        read.into_iter().try_for_each(|table| tables.check(table))?;
        Ok(tables)
    }

    /// The last commit that they have taken.
    pub(super) fn applied(&self) -> u64 {
        lock(&self.state).applied
    }

    /// Whether the rows of a table are those that were written.
    fn check(&self, table: Table) -> Result<(), StoreError> {
        let mut sum = Sum::default();
        let mut add = |key: &[u8], value: &[u8]| match unmarked(table.name(), key, value) {
            Some(_) => {
                sum.add(mark_of(value));
                Ok(())
            }
            None => Err(damaged_row(table, key)),
        };
        self.with_reader(|connection| {
            let mut rows = connection.prepare(&format!("select key, value from {table}"))?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let (key, value) = (row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?);
                if let Err(error) = add(key, value) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })??;
        match lock(&self.state).sums[table as usize] == sum {
            true => Ok(()),
            false => Err(damaged(
                &self.directory,
                &format!("table `{table}` lacks rows"),
            )),
        }
    }

    /// Writes rows into a transaction that is not committed yet.
    pub(super) fn take<'a, 'r>(
        &'a self,
        tables: impl Iterator<Item = (Table, &'r BTreeMap<Vec<u8>, Option<Vec<u8>>>)>,
        last: u64,
    ) -> Result<Taken<'a>, StoreError> {
        let mut state = lock(&self.state).clone();
        state.applied = last;
        let writer = lock(&self.writer);
        writer
            .execute_batch("begin immediate")
            .map_err(|error| failed(&self.directory, error))?;
        let mut taken = Taken {
            tables: self,
            writer,
            state,
            committed: false,
        };
        let written = tables
            .into_iter()
            .try_for_each(|(table, rows)| match table {
                Table::Log => taken.runs(rows),
                _ => rows
                    .iter()
                    .try_for_each(|(key, value)| taken.row(table, key, value.as_deref())),
            });
        written.map_err(|error| failed(&self.directory, error))?;
        Ok(taken)
    }

    /// Has the database file take what was committed, as far as nobody reads there; the file of SQLite's
    /// own that is in front of it keeps the rest, as durably.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        let writer = lock(&self.writer);
        let done = writer.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()));
        done.map_err(|error| failed(&self.directory, error))
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value: Option<Vec<u8>> = self.with_reader(|connection| {
            let mut value =
                connection.prepare_cached(&format!("select value from {table} where key = ?"))?;
            value.query_row([key], |row| row.get(0)).optional()
        })?;
        value.map(|value| own(table, key, value)).transpose()
    }

    pub(super) fn scan(&self, scan: &Scan) -> Result<Vec<Row>, StoreError> {
        let table = scan.table;
        let end = if scan.to.is_some() {
            "and key < ?3"
        } else {
            "and ?3 is null"
        };
        let limit = i64::try_from(scan.limit).unwrap_or(i64::MAX);
        let rows: Vec<Row> = self.with_reader(|connection| {
            let mut rows = connection.prepare_cached(&format!(
                "select key, value from {table} where key >= ?2 {end} order by key limit ?1"
            ))?;
            let rows = rows.query_map(params![limit, scan.from, scan.to], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.collect()
        })?;
        let own = |(key, value): Row| own(table, &key, value).map(|value| (key, value));
        rows.into_iter().map(own).collect()
    }

    fn with_reader<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let read = || {
            let connection = idle.map_or_else(|| connect(&self.directory), Ok)?;
            let value = read(&connection)?;
            lock(&self.readers).push(connection);
            Ok(value)
        };
        read().map_err(|error| failed(&self.directory, error))
    }
}

impl Taken<'_> {
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        let value = marked("state", &[], &wire::encode(&self.state));
        let written = self.writer.execute("update state set value = ?", [value]);
        let committed = written.and_then(|_| self.writer.execute_batch("commit"));
        committed.map_err(|error| failed(&self.tables.directory, error))?;
        self.committed = true;
        *lock(&self.tables.state) = self.state.clone();
        Ok(())
    }

    /// Writes rows of entries, those that belong together as one.
    fn runs(&mut self, rows: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) -> rusqlite::Result<()> {
        let mut open: Option<(&[u8], Vec<u8>)> = None;
        for (key, value) in rows {
            let Some(value) = value else {
                self.row(Table::Log, key, None)?;
                continue;
            };
            let joined = open.as_mut().is_some_and(|(last, run)| {
                let joined = key::split_pair(last).zip(key::split_pair(key)).is_some_and(
                    |((number, last), (same, _))| number == same && run::join(run, last, value),
                );
                if joined {
                    *last = key;
                }
                joined
            });
            if !joined && let Some((key, run)) = open.replace((key, value.clone())) {
                self.row(Table::Log, key, Some(&run))?;
            }
        }
        open.map_or(Ok(()), |(key, run)| self.row(Table::Log, key, Some(&run)))
    }

    fn row(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) -> rusqlite::Result<()> {
        // entries are written once, and looked for only to be removed
        if table != Table::Log || value.is_none() {
            self.forget(table, key)?;
        }
        let Some(value) = value else {
            return Ok(());
        };
        let value = marked(table.name(), key, value);
        self.state.sums[table as usize].add(mark_of(&value));
        let put = format!("insert into {table} values (?, ?)");
        self.writer
            .prepare_cached(&put)?
            .execute(params![key, value])
            .map(|_| ())
    }

    fn forget(&mut self, table: Table, key: &[u8]) -> rusqlite::Result<()> {
        let delete = format!("delete from {table} where key = ? returning value");
        let mut delete = self.writer.prepare_cached(&delete)?;
        let old: Option<Vec<u8>> = delete.query_row([key], |row| row.get(0)).optional()?;
        if let Some(old) = old {
            self.state.sums[table as usize].remove(mark_of(&old));
        }
        Ok(())
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.committed {
            // what is left of it ends with the connection at the latest
            let _ = self.writer.execute_batch("rollback");
        }
    }
}

fn connect(directory: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(directory.join(FILE))?;
    connection.execute_batch(
        "pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full;
         pragma wal_autocheckpoint = 0; pragma journal_size_limit = 8388608; pragma cell_size_check = on; pragma trusted_schema = off;
         pragma busy_timeout = 5000",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the tables, unless they are there or those of a newer version.
fn admit(directory: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let failed = |error| failed(directory, error);
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let found: i64 = found.map_err(failed)?;
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > FORMAT {
        let (path, known) = (directory.to_owned(), FORMAT);
        return Err(StoreError::Newer { path, found, known });
    }
    if found < FORMAT {
        create(connection).map_err(failed)?;
    }
    Ok(())
}

fn state(connection: &Connection) -> rusqlite::Result<Option<State>> {
    let value = connection.query_row("select value from state", [], |row| row.get(0));
    let value: Vec<u8> = value?;
    let state = unmarked("state", &[], &value).and_then(|value| wire::decode(value).ok());
    Ok(state.filter(|state: &State| state.sums.len() == Table::ALL.len()))
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for table in Table::ALL {
        let columns = "(key blob primary key not null, value blob not null) without rowid";
        transaction.execute(&format!("create table if not exists {table} {columns}"), [])?;
    }
    transaction.execute("create table if not exists state (value blob not null)", [])?;
    let state = State {
        applied: 0,
        sums: vec![Sum::default(); Table::ALL.len()],
    };
    let value = marked("state", &[], &wire::encode(&state));
    let put = "insert into state select ? where not exists (select * from state)";
    transaction.execute(put, [value])?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}

/// A value as it is stored: with its mark.
fn marked(table: &str, key: &[u8], value: &[u8]) -> Vec<u8> {
    let mark = mark(&[table.as_bytes(), key, value]);
    [value, &mark.to_le_bytes()].concat()
}

/// The value of a stored one, if it is what was written.
fn unmarked<'a>(table: &str, key: &[u8], stored: &'a [u8]) -> Option<&'a [u8]> {
    let value = &stored[..stored.len().checked_sub(MARK)?];
    (mark(&[table.as_bytes(), key, value]) == mark_of(stored)).then_some(value)
}

fn mark_of(stored: &[u8]) -> u64 {
    stored
        .last_chunk()
        .map_or(0, |mark| u64::from_le_bytes(*mark))
}

fn own(table: Table, key: &[u8], mut stored: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let length = unmarked(table.name(), key, &stored).map(<[u8]>::len);
    stored.truncate(length.ok_or_else(|| damaged_row(table, key))?);
    Ok(stored)
}

fn damaged_row(table: Table, key: &[u8]) -> StoreError {
    let worker = (table == Table::Worker)
        .then(|| key::split_worker(key))
        .flatten();
    let detail = worker.map_or_else(
        || "a row is not what was written".to_owned(),
        |worker| format!("the row of worker `{worker}` is not what was written"),
    );
    StoreError::Corrupt {
        table,
        key: key.to_vec(),
        detail,
    }
}

fn damaged(directory: &Path, detail: &str) -> StoreError {
    StoreError::damaged(directory.join(FILE), detail)
}

fn failed(directory: &Path, error: rusqlite::Error) -> StoreError {
    let path = directory.join(FILE);
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            return StoreError::damaged(path, error.to_string());
        }
        Some(ErrorCode::DiskFull) => std::io::ErrorKind::StorageFull,
        Some(ErrorCode::ReadOnly) => std::io::ErrorKind::ReadOnlyFilesystem,
        Some(ErrorCode::PermissionDenied) => std::io::ErrorKind::PermissionDenied,
        Some(_) => std::io::ErrorKind::Other,
        // a table or column that is not there, or is of another type
        None => {
            return StoreError::damaged(path, error.to_string());
        }
    };
    StoreError::Io {
        path,
        source: std::io::Error::new(kind, error),
    }
}
