//! What the commits in front of the tables say, to be read before the tables are.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::store::{Row, Scan, StoreError, Table, Write};

type Rows = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The last value of each row, or that it is gone.
#[derive(Default)]
pub(super) struct Fresh([Rows; Table::ALL.len()]);

impl Fresh {
    pub(super) fn apply(&mut self, writes: Vec<Write>) {
        for write in writes {
            self.0[write.table as usize].insert(write.key, write.value);
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (Table, &Rows)> {
        Table::ALL.into_iter().zip(&self.0)
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.0[table as usize].get(key)
    }

    /// The rows of a scan: these, and behind them those that `below` has.
    pub(super) fn over(
        &self,
        scan: &Scan,
        below: impl FnOnce(&Scan) -> Result<Vec<Row>, StoreError>,
    ) -> Result<Vec<Row>, StoreError> {
        if scan.is_empty() {
            return Ok(Vec::new());
        }
        let range = (Bound::Included(scan.from.as_slice()), scan.end());
        let own = self.0[scan.table as usize].range::<[u8], _>(range);
        scan.merge(own.map(|(key, value)| (key.clone(), value.clone())), below)
    }
}
