//! Keys of rows, in whose order rows are read: numbers big-endian, texts ended by a mark.

use uuid::Uuid;

use crate::id::WorkerId;

/// A number, ordered as numbers are.
pub(crate) fn number(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

/// Two numbers, such as a worker's and an index.
pub(crate) fn pair(first: u64, second: u64) -> Vec<u8> {
    [first.to_be_bytes(), second.to_be_bytes()].concat()
}

/// The numbers of a [`pair`].
pub(crate) fn split_pair(key: &[u8]) -> Option<(u64, u64)> {
    let (first, second) = key.split_first_chunk()?;
    Some((
        u64::from_be_bytes(*first),
        u64::from_be_bytes(second.try_into().ok()?),
    ))
}

/// A worker: those of a component lie together, in the order of their names.
pub(crate) fn worker(worker: &WorkerId) -> Vec<u8> {
    [worker.component.as_bytes(), worker.name.as_bytes()].concat()
}

/// The worker of such a key, if it is one.
pub(crate) fn split_worker(key: &[u8]) -> Option<WorkerId> {
    let (component, name) = key.split_first_chunk()?;
    Some(WorkerId::new(
        Uuid::from_bytes(*component),
        std::str::from_utf8(name).ok()?,
    ))
}

/// A text that something may follow: no such key is the beginning of another.
pub(crate) fn group(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 2);
    for byte in text.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xff);
        }
    }
    key.extend([0, 0]);
    key
}

/// A text within a group.
pub(crate) fn grouped(text: &str, within: &str) -> Vec<u8> {
    let mut key = group(text);
    key.extend(within.as_bytes());
    key
}

/// The key behind all that begin with `prefix`; none if there is no such key.
pub(crate) fn after(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut key = prefix[..=last].to_vec();
    key[last] += 1;
    Some(key)
}
