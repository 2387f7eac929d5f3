//! Which members of an ordered list are which in another version of the list.

use std::collections::BTreeSet;

/// Members by their indices.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Alignment {
    /// Old and new index of members with the same name.
    pub(crate) same: Vec<(usize, usize)>,
    /// Old and new index where one name stands in another's place.
    pub(crate) renamed: Vec<(usize, usize)>,
    /// Old indices of what is gone.
    pub(crate) removed: Vec<usize>,
    /// New indices of what is new.
    pub(crate) added: Vec<usize>,
    /// Whether those with the same name stand in another order.
    pub(crate) reordered: bool,
}

/// Aligns two lists of distinct names.
///
/// Between two names that both lists have, in both the same order, the first unknown old name is
/// taken for the first unknown new one, and so on. Where the order differs, only the same index is.
pub(crate) fn align(old: &[&str], new: &[&str]) -> Alignment {
    let find = |name: &str| new.iter().position(|other| *other == name);
    let same: Vec<_> = old
        .iter()
        .enumerate()
        .filter_map(|(i, name)| Some((i, find(name)?)))
        .collect();
    let reordered = !same.is_sorted_by_key(|(_, j)| *j);
    let known_new: BTreeSet<usize> = same.iter().map(|(_, j)| *j).collect();
    let renamed = match reordered {
        true => (0..old.len().min(new.len()))
            .filter(|i| find(old[*i]).is_none() && !known_new.contains(i))
            .map(|i| (i, i))
            .collect(),
        false => in_gaps(&same, old.len(), new.len()),
    };
    let placed = |i: &usize| same.iter().chain(&renamed).any(|(old, _)| old == i);
    let removed = (0..old.len()).filter(|i| !placed(i)).collect();
    let placed = |j: &usize| same.iter().chain(&renamed).any(|(_, new)| new == j);
    let added = (0..new.len()).filter(|j| !placed(j)).collect();
    Alignment {
        same,
        renamed,
        removed,
        added,
        reordered,
    }
}

fn in_gaps(same: &[(usize, usize)], old: usize, new: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut from = (0, 0);
    for to in same.iter().copied().chain([(old, new)]) {
        pairs.extend((from.0..to.0).zip(from.1..to.1));
        from = (to.0 + 1, to.1 + 1);
    }
    pairs
}

/// Pairs of what is not paired yet where each has exactly one counterpart.
pub(crate) fn unique(
    old: usize,
    new: usize,
    paired: &[(usize, usize)],
    same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let olds = (0..old).filter(|i| paired.iter().all(|pair| pair.0 != *i));
    let news: Vec<usize> = (0..new)
        .filter(|j| paired.iter().all(|pair| pair.1 != *j))
        .collect();
    let candidates: Vec<(usize, usize)> = olds
        .flat_map(|i| news.iter().map(move |j| (i, *j)))
        .filter(|(i, j)| same(*i, *j))
        .collect();
    let alone = |pair: &&(usize, usize)| {
        let rivals = candidates.iter();
        let rivals = rivals.filter(|other| other.0 == pair.0 || other.1 == pair.1);
        rivals.count() == 1
    };
    candidates.iter().filter(alone).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(old: &str, new: &str) -> Alignment {
        let split = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        align(
            &split(Box::leak(old.to_string().into_boxed_str())),
            &split(Box::leak(new.to_string().into_boxed_str())),
        )
    }

    #[test]
    fn a_new_name_in_an_old_place_is_a_renaming() {
        let found = indices("a b c", "a x c");
        assert_eq!(found.renamed, [(1, 1)]);
        assert_eq!(found.same, [(0, 0), (2, 2)]);
        assert!(!found.reordered && found.added.is_empty() && found.removed.is_empty());
    }

    #[test]
    fn what_only_shifts_is_not_reordered() {
        let found = indices("a b", "x a b");
        assert_eq!(found.added, [0]);
        assert!(!found.reordered && found.renamed.is_empty());
        let found = indices("a b c", "b c");
        assert_eq!(found.removed, [0]);
        assert!(!found.reordered);
    }

    #[test]
    fn in_another_order_only_the_same_index_is_a_renaming() {
        let found = indices("a b c d", "b a x d");
        assert!(found.reordered);
        assert_eq!(found.renamed, [(2, 2)]);
        let found = indices("a b c", "c a");
        assert!(found.reordered);
        assert_eq!(found.removed, [1]);
    }
}
