//! Names of things: a worker, an idempotency key, stored bytes.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::wire::{DecodeError, Wire, wire_struct};

/// The place of an entry in a worker's oplog. The first entry has index 1; 0 is before it.
pub type Index = u64;

/// Milliseconds since 1970.
pub type Millis = u64;

wire_struct! {
    /// Which worker: the component that it is made of, and its name there. Cheap to clone.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct WorkerId {
        /// The component's id.
        pub component: Uuid,
        /// The worker's name, any text.
        pub name: Arc<str>,
    }
}

impl WorkerId {
    /// The worker of this name.
    #[must_use]
    pub fn new(component: Uuid, name: impl Into<Arc<str>>) -> Self {
        Self {
            component,
            name: name.into(),
        }
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.component, self.name)
    }
}

/// What tells one invocation from another: any text, mostly a UUID, which is stored in 16 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(pub Arc<str>);

impl Wire for IdempotencyKey {
    fn put(&self, out: &mut Vec<u8>) {
        let uuid = Uuid::try_parse(&self.0).ok();
        let text = &mut [0; uuid::fmt::Hyphenated::LENGTH];
        match uuid.filter(|uuid| *uuid.hyphenated().encode_lower(text) == *self.0) {
            Some(uuid) => {
                out.push(1);
                uuid.put(out);
            }
            None => {
                out.push(0);
                self.0.put(out);
            }
        }
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        match u8::take(bytes)? {
            0 => Wire::take(bytes).map(Self),
            1 => Ok(Self(Uuid::take(bytes)?.to_string().into())),
            tag => Err(DecodeError::Tag {
                what: "an idempotency key",
                tag,
            }),
        }
    }
}

/// The name of stored bytes: their BLAKE3 hash.
pub type Hash = [u8; 32];
