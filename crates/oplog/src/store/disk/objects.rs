//! Large things as files, by their hash.
#![expect(
    clippy::disallowed_methods,
    reason = "the store is a room of its own, as `system` is"
)]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::id::Hash;
use crate::store::StoreError;

pub(super) struct Objects {
    directory: PathBuf,
}

impl Objects {
    pub(super) fn open(directory: &Path) -> Result<Self, StoreError> {
        let directory = directory.join("objects");
        fs::create_dir_all(&directory).map_err(|source| StoreError::io(&directory, source))?;
        Ok(Self { directory })
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        self.directory
            .join(blake3::Hash::from(*hash).to_hex().as_str())
    }

    pub(super) fn put(&self, hash: &Hash, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(hash);
        // a file that is there may be damaged, which is a reason to write it again
        if matches!(self.get(hash), Ok(Some(_))) {
            return Ok(());
        }
        let half = path.with_extension("new");
        let write = || -> io::Result<()> {
            let mut file = File::create(&half)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&half, &path)?;
            File::open(&self.directory)?.sync_all()
        };
        write().map_err(|source| StoreError::io(path.clone(), source))
    }

    pub(super) fn get(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(hash);
        match fs::read(&path) {
            Ok(bytes) if blake3::hash(&bytes).as_bytes() == hash => Ok(Some(bytes)),
            Ok(_) => Err(StoreError::damaged(path, "the bytes have another hash")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::io(path, source)),
        }
    }

    pub(super) fn list(&self) -> Result<Vec<Hash>, StoreError> {
        let list = || -> io::Result<Vec<Hash>> {
            let mut hashes = Vec::new();
            for entry in fs::read_dir(&self.directory)? {
                let name = entry?.file_name();
                let hash = name
                    .to_str()
                    .and_then(|name| blake3::Hash::from_hex(name).ok());
                hashes.extend(hash.map(|hash| *hash.as_bytes()));
            }
            Ok(hashes)
        };
        list().map_err(|source| StoreError::io(&self.directory, source))
    }

    pub(super) fn remove(&self, hash: &Hash) -> Result<(), StoreError> {
        let path = self.path(hash);
        fs::remove_file(&path).map_err(|source| StoreError::io(path, source))
    }
}
