//! The order in each layer, with as few crossings as some sweeps find.

use super::layers::Layers;

/// A node, or a point of a link in a layer that the link only passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vertex {
    Node(usize),
    Point,
}

/// Layers of vertices in order, from top to bottom.
pub(crate) struct Rows {
    pub(crate) vertices: Vec<Vertex>,
    /// The layer of each vertex.
    pub(crate) layer: Vec<usize>,
    pub(crate) rows: Vec<Vec<usize>>,
    /// Each link's vertices from left to right, and whether it runs backwards.
    pub(crate) chains: Vec<(Vec<usize>, bool)>,
}

const SWEEPS: usize = 24;

pub(crate) fn order(layers: &Layers) -> Rows {
    let mut rows = chains(layers);
    let (left, right) = rows.neighbours();
    let mut best = rows.rows.clone();
    let mut fewest = rows.crossings(&right);
    for sweep in 0..SWEEPS {
        let forth = sweep % 2 == 0;
        let count = rows.rows.len();
        for i in 1..count {
            let layer = if forth { i } else { count - 1 - i };
            let toward = if forth { &left } else { &right };
            rows.sort(layer, toward, sweep % 4 > 1);
        }
        let crossings = rows.crossings(&right);
        if crossings < fewest {
            fewest = crossings;
            best.clone_from(&rows.rows);
        }
    }
    rows.rows = best;
    rows
}

/// Vertices and chains; links that are long first get the rows nearest to the middle.
fn chains(layers: &Layers) -> Rows {
    let count = layers.of.iter().max().map_or(0, |last| last + 1);
    let mut rows = Rows {
        vertices: (0..layers.of.len()).map(Vertex::Node).collect(),
        layer: layers.of.clone(),
        rows: vec![Vec::new(); count],
        chains: Vec::new(),
    };
    for (node, layer) in layers.of.iter().enumerate() {
        rows.rows[*layer].push(node);
    }
    for (a, b, backwards) in &layers.links {
        let mut chain = vec![*a];
        for layer in layers.of[*a] + 1..layers.of[*b] {
            let id = rows.vertices.len();
            rows.vertices.push(Vertex::Point);
            rows.layer.push(layer);
            rows.rows[layer].push(id);
            chain.push(id);
        }
        chain.push(*b);
        rows.chains.push((chain, *backwards));
    }
    rows
}

impl Rows {
    /// For each vertex its neighbours in the layer before and in the one after.
    pub(crate) fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let mut left = vec![Vec::new(); self.vertices.len()];
        let mut right = left.clone();
        for (chain, _) in &self.chains {
            for pair in chain.windows(2).filter(|pair| pair[0] != pair[1]) {
                right[pair[0]].push(pair[1]);
                left[pair[1]].push(pair[0]);
            }
        }
        (left, right)
    }

    /// Each vertex's place in its row.
    fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.vertices.len()];
        for row in &self.rows {
            for (place, vertex) in row.iter().enumerate() {
                positions[*vertex] = place;
            }
        }
        positions
    }

    /// Sorts a row by the middle of each vertex's neighbours; ties keep their order, or turn it.
    fn sort(&mut self, layer: usize, toward: &[Vec<usize>], turn: bool) {
        let positions = self.positions();
        let middle = |vertex: &usize| {
            let near = &toward[*vertex];
            let sum: usize = near.iter().map(|n| positions[*n]).sum();
            match near.len() {
                0 => positions[*vertex] as f64,
                count => sum as f64 / count as f64,
            }
        };
        let row = &mut self.rows[layer];
        if turn {
            row.reverse();
        }
        row.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    }

    fn crossings(&self, right: &[Vec<usize>]) -> usize {
        let positions = self.positions();
        let mut crossings = 0;
        for row in &self.rows {
            let ends = row
                .iter()
                .flat_map(|from| right[*from].iter().map(|to| (*from, *to)));
            let ends: Vec<_> = ends.map(|(a, b)| (positions[a], positions[b])).collect();
            for (i, one) in ends.iter().enumerate() {
                let crosses = |other: &&(usize, usize)| {
                    (one.0 < other.0 && one.1 > other.1) || (one.0 > other.0 && one.1 < other.1)
                };
                crossings += ends[i + 1..].iter().filter(crosses).count();
            }
        }
        crossings
    }
}
