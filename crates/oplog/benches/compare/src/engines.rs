//! The databases, each as it is used for durable commits.

use std::error::Error;
use std::path::Path;

use crate::Key;

pub type Rows = Vec<(Key, Vec<u8>)>;

pub trait Engine {
    fn commit(&self, rows: &[(bool, Key, Vec<u8>)]) -> Result<(), Box<dyn Error>>;
    fn read(&self) -> Result<Rows, Box<dyn Error>>;
}

/// What cannot even be opened.
struct Closed(Box<dyn Error>);

impl Engine for Closed {
    fn commit(&self, _: &[(bool, Key, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
        Err(self.0.to_string().into())
    }

    fn read(&self) -> Result<Rows, Box<dyn Error>> {
        Err(self.0.to_string().into())
    }
}

fn opened<E: Engine + 'static>(engine: Result<E, Box<dyn Error>>) -> Box<dyn Engine> {
    match engine {
        Ok(engine) => Box::new(engine),
        Err(error) => Box::new(Closed(error)),
    }
}

type Open = fn(&Path) -> Box<dyn Engine>;

pub const OPEN: &[(&str, Open)] = &[
    ("ours", |path| opened(ours::open(path))),
    #[cfg(feature = "sqlite")]
    ("sqlite", |path| opened(sqlite::open(path))),
    #[cfg(feature = "redb")]
    ("redb", |path| opened(redb_::open(path))),
    #[cfg(feature = "fjall")]
    ("fjall", |path| opened(fjall_::open(path))),
];

#[cfg(feature = "sqlite")]
mod sqlite {
    use rusqlite::Connection;

    use super::*;

    pub struct Sqlite(Connection);

    pub fn open(path: &Path) -> Result<Sqlite, Box<dyn Error>> {
        std::fs::create_dir_all(path)?;
        let connection = Connection::open(path.join("db"))?;
        connection.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full;
             create table if not exists worker (key blob primary key, value blob) without rowid;
             create table if not exists log (key blob primary key, value blob) without rowid;",
        )?;
        Ok(Sqlite(connection))
    }

    impl Engine for Sqlite {
        fn commit(&self, rows: &[(bool, Key, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
            let transaction = self.0.unchecked_transaction()?;
            let mut log = self
                .0
                .prepare_cached("insert or replace into log values (?, ?)")?;
            let mut worker = self
                .0
                .prepare_cached("insert or replace into worker values (?, ?)")?;
            for (is_log, key, value) in rows {
                let statement = if *is_log { &mut log } else { &mut worker };
                statement.execute((key, value))?;
            }
            Ok(transaction.commit()?)
        }

        fn read(&self) -> Result<Rows, Box<dyn Error>> {
            let mut statement = self.0.prepare("select key, value from log order by key")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        }
    }
}

#[cfg(feature = "redb")]
mod redb_ {
    use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

    use super::*;

    const WORKER: TableDefinition<Key, &[u8]> = TableDefinition::new("worker");
    const LOG: TableDefinition<Key, &[u8]> = TableDefinition::new("log");

    pub struct Redb(Database);

    pub fn open(path: &Path) -> Result<Redb, Box<dyn Error>> {
        std::fs::create_dir_all(path)?;
        Ok(Redb(Database::create(path.join("db"))?))
    }

    impl Engine for Redb {
        fn commit(&self, rows: &[(bool, Key, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
            let transaction = self.0.begin_write()?;
            {
                let mut worker = transaction.open_table(WORKER)?;
                let mut log = transaction.open_table(LOG)?;
                for (is_log, key, value) in rows {
                    let table = if *is_log { &mut log } else { &mut worker };
                    table.insert(*key, value.as_slice())?;
                }
            }
            Ok(transaction.commit()?)
        }

        fn read(&self) -> Result<Rows, Box<dyn Error>> {
            let transaction = self.0.begin_read()?;
            let table = transaction.open_table(LOG)?;
            let mut rows = Vec::new();
            for row in table.iter()? {
                let (key, value) = row?;
                rows.push((key.value(), value.value().to_vec()));
            }
            Ok(rows)
        }
    }
}

#[cfg(feature = "fjall")]
mod fjall_ {
    use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

    use super::*;

    pub struct Fjall {
        database: Database,
        worker: Keyspace,
        log: Keyspace,
    }

    pub fn open(path: &Path) -> Result<Fjall, Box<dyn Error>> {
        let database = Database::builder(path).open()?;
        let worker = database.keyspace("worker", KeyspaceCreateOptions::default)?;
        let log = database.keyspace("log", KeyspaceCreateOptions::default)?;
        Ok(Fjall {
            database,
            worker,
            log,
        })
    }

    impl Engine for Fjall {
        fn commit(&self, rows: &[(bool, Key, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
            let mut batch = self
                .database
                .batch()
                .durability(Some(PersistMode::SyncData));
            for (is_log, key, value) in rows {
                let keyspace = if *is_log { &self.log } else { &self.worker };
                batch.insert(keyspace, *key, value.as_slice());
            }
            Ok(batch.commit()?)
        }

        fn read(&self) -> Result<Rows, Box<dyn Error>> {
            let mut rows = Vec::new();
            for row in self.log.iter() {
                let (key, value) = row.into_inner()?;
                rows.push((key.as_ref().try_into()?, value.to_vec()));
            }
            Ok(rows)
        }
    }
}

mod ours {
    use golem_rpc_oplog::{DiskStore, Scan, Store as _, Table, Write};

    use super::*;

    pub struct Ours(DiskStore);

    pub fn open(path: &Path) -> Result<Ours, Box<dyn Error>> {
        Ok(Ours(DiskStore::open(path)?))
    }

    impl Engine for Ours {
        fn commit(&self, rows: &[(bool, Key, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
            // entries as rows of their own: the journal would make fewer of them
            let writes = rows.iter().map(|(is_log, key, value)| Write {
                table: if *is_log {
                    Table::KeyValue
                } else {
                    Table::Worker
                },
                key: key.to_vec(),
                value: Some(value.clone()),
            });
            Ok(self.0.commit(writes.collect())?)
        }

        fn read(&self) -> Result<Rows, Box<dyn Error>> {
            let table = Table::KeyValue;
            let scan = Scan {
                table,
                from: Vec::new(),
                to: None,
                limit: usize::MAX,
            };
            let rows = self.0.scan(&scan)?.into_iter();
            rows.map(|(key, value)| Ok((key.as_slice().try_into()?, value)))
                .collect()
        }
    }
}
