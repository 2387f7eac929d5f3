//! All that a journal says, as text: two that say the same have the same.

use std::fmt::Write as _;

use golem_rpc_oplog::{Index, Journal, JournalError};

/// Which buckets and promises to ask for, since nobody lists them.
pub(crate) const BUCKETS: [&str; 3] = ["", "b", "b\0"];

/// As many promises a worker are asked for.
pub(crate) const PROMISES: Index = 12;

pub(crate) fn dump(journal: &Journal) -> Result<String, JournalError> {
    let mut text = String::new();
    for record in journal.workers(None, None, usize::MAX)? {
        let log = journal.log(&record.worker)?.expect("a worker has an oplog");
        put(&mut text, &record);
        let mut next = 1;
        loop {
            let page = journal.read(&log, next)?;
            let Some((last, _)) = page.last() else { break };
            next = last + 1;
            put(&mut text, &page);
        }
        assert_eq!(log.last(), next - 1);
        for index in 1..=PROMISES {
            put(&mut text, &journal.promise(&record.worker, index)?);
        }
    }
    put(&mut text, &journal.wakes()?);
    for bucket in BUCKETS {
        for key in journal.value_keys(bucket)? {
            put(&mut text, &(bucket, &key, journal.value(bucket, &key)?));
        }
    }
    for container in journal.containers()? {
        for blob in journal.blobs(&container)? {
            let info = journal.blob(&container, &blob)?.expect("it is listed");
            put(
                &mut text,
                &(&container, &blob, &info, journal.object(&info.hash)?),
            );
        }
    }
    put(&mut text, &journal.components()?);
    // pages end where rows do
    Ok(text.replace("][", ", "))
}

fn put(text: &mut String, what: &dyn std::fmt::Debug) {
    write!(text, "{what:?}").expect("a text takes all");
}
