//! Large things: blobs in their containers, and the components that workers are made of.
//!
//! Bytes are stored by their hash, at once and durably; the row that names them is appended after
//! that, like everything else. Bytes that no row names are swept away when the runtime says so.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Appended, Batch, Journal, JournalError, corrupt, prefixed};
use crate::id::{Hash, Millis};
use crate::key;
use crate::record::{BlobInfo, ComponentVersion};
use crate::store::{Row, Table};
use crate::sync::lock;
use crate::wire::{self, Wire};

/// The hash of bytes that are to be stored.
fn hash(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}

impl Journal {
    /// Writes a blob, and creates its container if it is not there.
    ///
    /// # Errors
    /// The bytes cannot be written, or the journal has stopped.
    pub fn write_blob(
        &self,
        (container, name): (&str, &str),
        bytes: &[u8],
        now: Millis,
        mut with: Batch,
    ) -> Result<Appended, JournalError> {
        let hash = hash(bytes);
        let _alone = lock(&self.replacing);
        self.shared.store.put_object(&hash, bytes)?;
        if self.container(container)?.is_none() {
            with.put(Table::Container, container.as_bytes().to_vec(), &now);
        }
        let info = BlobInfo {
            hash,
            size: bytes.len() as u64,
            created: now,
        };
        with.put(Table::Blob, key::grouped(container, name), &info);
        self.append(with)
    }

    /// What is known of a blob.
    ///
    /// # Errors
    /// The store cannot be read, or the row is not what was written.
    pub fn blob(&self, container: &str, name: &str) -> Result<Option<BlobInfo>, JournalError> {
        self.row(Table::Blob, &key::grouped(container, name))
    }

    /// The bytes with this hash.
    ///
    /// # Errors
    /// They are gone, or are not what was written.
    pub fn object(&self, hash: &Hash) -> Result<Vec<u8>, JournalError> {
        let bytes = self.shared.store.object(hash)?;
        bytes.ok_or_else(|| JournalError::Corrupt {
            table: Table::Blob,
            detail: format!(
                "the bytes with the hash {} are missing",
                blake3::Hash::from(*hash)
            ),
        })
    }

    /// The names of a container's blobs, in order.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn blobs(&self, container: &str) -> Result<Vec<String>, JournalError> {
        self.names(Table::Blob, &key::group(container))
    }

    /// When a container was created, if it is there.
    ///
    /// # Errors
    /// The store cannot be read, or the row is not what was written.
    pub fn container(&self, name: &str) -> Result<Option<Millis>, JournalError> {
        self.row(Table::Container, name.as_bytes())
    }

    /// The names of all containers, in order.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn containers(&self) -> Result<Vec<String>, JournalError> {
        self.names(Table::Container, &[])
    }

    /// Stores a component's bytes under the next version of its name. Bytes that are the newest
    /// version already make no new one.
    ///
    /// # Errors
    /// The bytes cannot be written, or the journal has stopped.
    pub fn add_component(
        &self,
        id: Uuid,
        name: &str,
        bytes: &[u8],
        now: Millis,
        extra: Vec<u8>,
    ) -> Result<ComponentVersion, JournalError> {
        let hash = hash(bytes);
        let _alone = lock(&self.replacing);
        let newest = self.component_versions(name)?.pop();
        let version = match newest {
            Some(newest) if newest.hash == hash && newest.id == id => return Ok(newest),
            Some(newest) => newest.version + 1,
            None => 0,
        };
        self.shared.store.put_object(&hash, bytes)?;
        let size = bytes.len() as u64;
        let name = name.to_owned();
        let added = ComponentVersion {
            id,
            name,
            version,
            hash,
            size,
            created: now,
            extra,
        };
        let mut batch = Batch::default();
        let key = [key::group(&added.name), key::number(version)].concat();
        batch.put(Table::Component, key, &added);
        self.append(batch)?;
        Ok(added)
    }

    /// All versions of a component, in order.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn component_versions(&self, name: &str) -> Result<Vec<ComponentVersion>, JournalError> {
        self.rows(Table::Component, &key::group(name))
    }

    /// All versions of all components, by name.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not what was written.
    pub fn components(&self) -> Result<Vec<ComponentVersion>, JournalError> {
        self.rows(Table::Component, &[])
    }

    /// Forgets bytes that no row names any more. Commits first, so that no row can come back.
    ///
    /// # Errors
    /// The journal has stopped, or the store cannot be read.
    pub fn sweep(&self) -> Result<(), JournalError> {
        let _alone = lock(&self.replacing);
        self.wait_durable(self.appended())?;
        let blobs: Vec<BlobInfo> = self.rows(Table::Blob, &[])?;
        let components = self
            .components()?
            .into_iter()
            .map(|component| component.hash);
        let named: BTreeSet<Hash> = blobs
            .iter()
            .map(|blob| blob.hash)
            .chain(components)
            .collect();
        for hash in self.shared.store.objects()? {
            if !named.contains(&hash) {
                self.shared.store.remove_object(&hash)?;
            }
        }
        Ok(())
    }

    fn row<T: Wire>(&self, table: Table, key: &[u8]) -> Result<Option<T>, JournalError> {
        let value = self.get(table, key)?.map(|value| wire::decode(&value));
        value.transpose().map_err(|error| corrupt(table, &error))
    }

    fn rows<T: Wire>(&self, table: Table, prefix: &[u8]) -> Result<Vec<T>, JournalError> {
        let value = |(_, value): Row| wire::decode(&value).map_err(|error| corrupt(table, &error));
        self.scan(&prefixed(table, prefix))?
            .into_iter()
            .map(value)
            .collect()
    }
}
