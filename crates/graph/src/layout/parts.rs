//! Parts of a graph without a link between them, the largest first, and nodes without any link.

use super::shapes::Input;

/// One part, with the indices that its nodes and links have in the whole.
pub(crate) struct Part {
    pub(crate) nodes: Vec<usize>,
    pub(crate) links: Vec<usize>,
    pub(crate) input: Input,
}

/// The parts, and the nodes that are left.
pub(crate) fn split(input: &Input) -> (Vec<Part>, Vec<usize>) {
    let mut leader: Vec<usize> = (0..input.sizes.len()).collect();
    loop {
        let mut changed = false;
        for (a, b) in &input.links {
            let least = leader[*a].min(leader[*b]);
            changed |= leader[*a] != least || leader[*b] != least;
            (leader[*a], leader[*b]) = (least, least);
        }
        if !changed {
            break;
        }
    }
    let leaders = (0..leader.len()).filter(|i| leader[*i] == *i);
    let mut parts: Vec<Part> = leaders.map(|first| part(input, &leader, first)).collect();
    let alone = parts.extract_if(.., |part| part.links.is_empty());
    let alone = alone.flat_map(|part| part.nodes).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.nodes.len()));
    (parts, alone)
}

fn part(input: &Input, leader: &[usize], first: usize) -> Part {
    let nodes: Vec<usize> = (0..leader.len()).filter(|i| leader[*i] == first).collect();
    let links: Vec<usize> = (0..input.links.len())
        .filter(|i| leader[input.links[*i].0] == first)
        .collect();
    let place = |node: usize| nodes.partition_point(|n| *n < node);
    let inner = Input {
        sizes: nodes.iter().map(|node| input.sizes[*node]).collect(),
        links: links
            .iter()
            .map(|link| input.links[*link])
            .map(|(a, b)| (place(a), place(b)))
            .collect(),
    };
    Part {
        nodes,
        links,
        input: inner,
    }
}
