//! Parts of documents that the program itself knows better.

use std::fs;

use crate::repository;

/// Whether texts are to be rewritten instead of compared.
pub fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// What stands in a document between `<!-- NAME: begin -->` and `<!-- NAME: end -->` is `text`;
/// with `BLESS=1` it becomes that.
#[track_caller]
pub fn assert_generated(document: &str, name: &str, text: &str) {
    let path = repository().join(document);
    let whole = fs::read_to_string(&path).unwrap();
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let found = whole.find(&begin).zip(whole.find(&end));
    let (start, stop) = found.unwrap_or_else(|| panic!("{document} has no block `{name}`"));
    let start = start + begin.len();
    if is_blessing() {
        let new = format!("{}{text}{}", &whole[..start], &whole[stop..]);
        return fs::write(path, new).unwrap();
    }
    assert_eq!(
        &whole[start..stop],
        text,
        "`BLESS=1` rewrites the block `{name}` of {document}"
    );
}
