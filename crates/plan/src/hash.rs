//! Content hashes: how a later run knows what we wrote from what somebody changed.

use std::fmt;

/// The BLAKE3 hash of some bytes, shown as 32 hexadecimal digits (its first 16 bytes).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentHash(String);

impl ContentHash {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(blake3::hash(bytes).to_hex()[..32].to_string())
    }

    /// The hash of several named parts; the same parts in another order give another hash.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> ContentHash {
        let mut hasher = blake3::Hasher::new();
        for (name, bytes) in parts {
            for part in [name.as_bytes(), bytes] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        ContentHash(hasher.finalize().to_hex()[..32].to_string())
    }

    /// A hash as it was written down earlier; equal to nothing if it is not one of ours.
    pub fn from_recorded(text: &str) -> ContentHash {
        ContentHash(text.to_string())
    }

    /// The hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
