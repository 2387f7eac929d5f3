//! Bytes → an entry of an oplog or an error → bytes → the same entry.

use golem_rpc_oplog::Entry;

/// Panics if something is wrong.
pub fn run(data: &[u8]) {
    let Ok(entry) = Entry::decode(data) else {
        return;
    };
    let again = Entry::decode(&entry.encode());
    // as text, since an entry can hold a number that is not equal to itself
    assert_eq!(format!("{again:?}"), format!("{:?}", Ok::<_, ()>(entry)));
}
