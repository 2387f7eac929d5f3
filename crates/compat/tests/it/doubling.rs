//! Types that stand in each other over and over: two to the power of 60 ways lead to the first. That
//! these tests come to an end shows that not every way is gone.

use golem_rpc_compat::Change;

use crate::{changes, lines};

const DEPTH: usize = 60;

fn chain(first: &str, next: &dyn Fn(usize, usize) -> String) -> String {
    let types = (1..=DEPTH).map(|n| next(n, n - 1));
    format!("{first}\n{}\n", types.collect::<Vec<_>>().join("\n"))
}

fn function(types: &str, param: &str) -> String {
    format!("{types}f: func(v: {param});")
}

#[test]
fn a_change_of_the_first_is_told_once() {
    let next = |n, before| format!("record t{n} {{ a: t{before}, b: t{before} }}");
    let of = |first: &str| function(&chain(first, &next), &format!("t{DEPTH}"));
    assert!(changes(&of("record t0 { x: u8 }"), &of("record t0 { x: u8 }")).is_empty());
    let found = changes(&of("record t0 { x: u8 }"), &of("record t0 { x: u16 }"));
    assert_eq!(found.len(), 1, "{:?}", lines(&found));
    assert!(also(&found) <= 2 * DEPTH, "{}", also(&found));
}

/// How often other places are named.
fn also(changes: &[Change]) -> usize {
    changes.iter().map(|change| change.also.len()).sum()
}

/// One family of types takes the place of another, which is still there.
#[test]
fn other_names_that_lead_to_the_same() {
    let next = |n, before| {
        ["t", "p"]
            .map(|t| format!("type {t}{n} = tuple<{t}{before}, {t}{before}>;"))
            .join("\n")
    };
    let of = |first: &str, t: &str| function(&chain(first, &next), &format!("{t}{DEPTH}"));
    let both = "type t0 = u8;\ntype p0 = u8;";
    assert!(changes(&of(both, "t"), &of(both, "p")).is_empty());
    let found = changes(
        &of("type t0 = u8;\ntype p0 = u16;", "t"),
        &of("type t0 = u8;\ntype p0 = u16;", "p"),
    );
    assert!(!found.is_empty());
}

/// A record in the place of another one: whether they travel alike is asked of all that is in them.
#[test]
fn another_type_of_the_same_form() {
    let next = |n, before| {
        ["t", "p"]
            .map(|t| format!("record {t}{n} {{ a: {t}{before}, b: {t}{before} }}"))
            .join("\n")
    };
    let types = chain("record t0 { x: u8 }\nrecord p0 { x: u8 }", &next);
    let found = changes(
        &function(&types, &format!("t{DEPTH}")),
        &function(&types, &format!("p{DEPTH}")),
    );
    assert_eq!(found.len(), 1, "{:?}", lines(&found));
    assert!(
        lines(&found)[0].starts_with("source"),
        "{:?}",
        lines(&found)
    );
}
