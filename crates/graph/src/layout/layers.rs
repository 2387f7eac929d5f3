//! Which layer each node stands in.

use super::shapes::Input;

/// The nodes' layers, and the links as they are drawn.
pub(crate) struct Layers {
    /// The layer of each node, from 0 at the left.
    pub(crate) of: Vec<usize>,
    /// Left node, right node, and whether that is backwards. A link of a node to itself stays.
    pub(crate) links: Vec<(usize, usize, bool)>,
}

pub(crate) fn layer(input: &Input) -> Layers {
    let backwards = close_circles(input);
    let links = input.links.iter().zip(backwards);
    let links: Vec<_> = links
        .map(|((a, b), backwards)| match backwards {
            true => (*b, *a, true),
            false => (*a, *b, false),
        })
        .collect();
    let mut of = vec![0; input.sizes.len()];
    let forward = || links.iter().filter(|(a, b, _)| a != b);
    // Without circles this ends after as many rounds as there are layers.
    loop {
        let before = of.clone();
        for (a, b, _) in forward() {
            of[*b] = of[*b].max(of[*a] + 1);
        }
        if before == of {
            break;
        }
    }
    // Who is not called at all stands right before what it calls first.
    for (node, layer) in of.clone().iter().enumerate() {
        let called = forward().any(|(_, b, _)| *b == node);
        let next = forward()
            .filter(|(a, ..)| *a == node)
            .map(|(_, b, _)| of[*b]);
        if let (false, Some(next)) = (called, next.min()) {
            of[node] = (next - 1).max(*layer);
        }
    }
    Layers { of, links }
}

/// For each link whether it is turned round, so that none of the others close a circle.
///
/// Nodes are put in a row, from both ends: who is called by nobody that is left comes next from the
/// left, who calls nobody that is left comes next from the right; and if there is neither, who calls
/// more than it is called by (Eades, Lin and Smyth). Links that run against the row are turned.
fn close_circles(input: &Input) -> Vec<bool> {
    let mut waiting: Vec<usize> = (0..input.sizes.len()).collect();
    let (mut front, mut back) = (Vec::new(), Vec::new());
    while !waiting.is_empty() {
        let links = |pick: fn(&(usize, usize)) -> usize, node: usize| {
            let among = |(a, b): &(usize, usize)| waiting.contains(a) && waiting.contains(b);
            let links = input.links.iter().filter(|(a, b)| a != b);
            links.filter(|l| among(l) && pick(l) == node).count() as isize
        };
        // Of equals the one to which more links lead from the left: that is how one gets in.
        let surplus = |node: &usize| {
            let entries = |(a, b): &&(usize, usize)| b == node && front.contains(a);
            let entries = input.links.iter().filter(entries).count();
            (links(|l| l.0, *node) - links(|l| l.1, *node), entries)
        };
        let source = waiting.iter().position(|n| links(|l| l.1, *n) == 0);
        let sink = waiting.iter().position(|n| links(|l| l.0, *n) == 0);
        match (source, sink) {
            (Some(place), _) => front.push(waiting.remove(place)),
            (None, Some(place)) => back.push(waiting.remove(place)),
            (None, None) => {
                let best = waiting.iter().map(surplus).max();
                let place = waiting.iter().position(|node| Some(surplus(node)) == best);
                front.push(waiting.remove(place.expect("one of them is the best")));
            }
        }
    }
    let row: Vec<usize> = front.into_iter().chain(back.into_iter().rev()).collect();
    let place = |node: usize| row.iter().position(|other| *other == node);
    let against = |(a, b): &(usize, usize)| place(*a) > place(*b);
    input.links.iter().map(against).collect()
}
