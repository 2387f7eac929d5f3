//! Tables and numbers as they are printed.

use super::table::{Table, bytes};

#[test]
fn columns_are_aligned() {
    let mut table = Table::new(&["a", "long"]);
    table.add(vec!["12".into(), "3".into()]);
    assert_eq!(
        table.to_string(),
        "|  a | long |\n|---:|-----:|\n| 12 |    3 |\n"
    );
}

#[test]
fn thousands_are_grouped() {
    assert_eq!(
        [1, 999, 1000, 1234567].map(bytes),
        ["1", "999", "1,000", "1,234,567"]
    );
}
