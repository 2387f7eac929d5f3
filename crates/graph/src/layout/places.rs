//! Places in pixels: columns for layers, heights that keep links straight.

use super::rows::{Rows, Vertex};
use super::shapes::{COLUMN_GAP, Input, Layout, ROW_GAP, Rect, Way};

const ROUNDS: usize = 16;
/// Room that a passing link takes in a row, and how much more its straightness counts.
const POINT: f64 = 10.0;
const WEIGHT_OF_POINT: f64 = 4.0;

/// Places one part.
pub(crate) fn place(rows: &Rows, input: &Input) -> Layout {
    let columns = columns(rows, input);
    let middles = heights(rows, input);
    let size = |vertex: usize| match rows.vertices[vertex] {
        Vertex::Node(node) => input.sizes[node],
        Vertex::Point => (0.0, 0.0),
    };
    let boxes: Vec<Rect> = (0..input.sizes.len())
        .map(|node| {
            let (width, height) = size(node);
            let (left, right) = columns[rows.layer[node]];
            Rect {
                x: ((left + right - width) / 2.0).round(),
                y: (middles[node] - height / 2.0).round(),
                width,
                height,
            }
        })
        .collect();
    let bottom = boxes.iter().map(|b| b.y + b.height);
    let points = rows.layer.iter().enumerate().skip(boxes.len());
    let points = points.map(|(vertex, _)| middles[vertex]);
    Layout {
        width: columns.last().map_or(0.0, |(_, right)| *right),
        height: bottom.chain(points).fold(0.0, f64::max),
        ways: ways(rows, &columns, &middles, &boxes),
        boxes,
    }
}

/// Left and right edge of each layer's column.
fn columns(rows: &Rows, input: &Input) -> Vec<(f64, f64)> {
    let mut columns = Vec::new();
    let mut left = 0.0;
    for row in &rows.rows {
        let width = |vertex: &usize| match rows.vertices[*vertex] {
            Vertex::Node(node) => input.sizes[node].0,
            Vertex::Point => 0.0,
        };
        let right = left + row.iter().map(width).fold(0.0, f64::max);
        columns.push((left, right));
        left = right + COLUMN_GAP + (row.len() as f64 * 3.0).min(60.0);
    }
    columns
}

/// The middle of each vertex, the uppermost edge at 0.
fn heights(rows: &Rows, input: &Input) -> Vec<f64> {
    let height = |vertex: usize| match rows.vertices[vertex] {
        Vertex::Node(node) => input.sizes[node].1,
        Vertex::Point => POINT,
    };
    let (left, right) = rows.neighbours();
    let mut middles = vec![0.0; rows.vertices.len()];
    let offsets: Vec<Vec<f64>> = rows.rows.iter().map(|row| offsets(row, height)).collect();
    for (row, offsets) in rows.rows.iter().zip(&offsets) {
        let all = offsets.last().copied().unwrap_or_default();
        for (vertex, offset) in row.iter().zip(offsets) {
            middles[*vertex] = offset - all / 2.0;
        }
    }
    let count = rows.rows.len();
    for round in 0..ROUNDS {
        for i in 0..count {
            let layer = if round % 2 == 0 { i } else { count - 1 - i };
            let row = &rows.rows[layer];
            let last = round + 2 >= ROUNDS;
            let wishes = row.iter().map(|vertex| {
                let near: Vec<usize> = match (last, round % 2) {
                    (true, _) => [&left[*vertex][..], &right[*vertex]].concat(),
                    (_, 0) => left[*vertex].clone(),
                    _ => right[*vertex].clone(),
                };
                wish(*vertex, &near, rows, &middles)
            });
            let wishes: Vec<(f64, f64)> = wishes.collect();
            for (vertex, y) in row.iter().zip(settle(&wishes, &offsets[layer])) {
                middles[*vertex] = y;
            }
        }
    }
    let tops = (0..middles.len()).map(|vertex| middles[vertex] - height(vertex) / 2.0);
    let top = tops.fold(f64::INFINITY, f64::min);
    middles.iter().map(|y| (y - top).round()).collect()
}

/// The least distances from the first of a row, summed up.
fn offsets(row: &[usize], height: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut offset = 0.0;
    let mut offsets = Vec::new();
    for (i, vertex) in row.iter().enumerate() {
        if i > 0 {
            offset += (height(row[i - 1]) + height(*vertex)) / 2.0 + ROW_GAP;
        }
        offsets.push(offset);
    }
    offsets
}

/// Where a vertex wants to be, and how much.
fn wish(vertex: usize, near: &[usize], rows: &Rows, middles: &[f64]) -> (f64, f64) {
    if near.is_empty() {
        return (middles[vertex], 0.1);
    }
    let weight = |other: usize| match (rows.vertices[vertex], rows.vertices[other]) {
        (Vertex::Point, Vertex::Point) => WEIGHT_OF_POINT * WEIGHT_OF_POINT,
        (Vertex::Point, _) | (_, Vertex::Point) => WEIGHT_OF_POINT,
        _ => 1.0,
    };
    let all: f64 = near.iter().map(|other| weight(*other)).sum();
    let sum: f64 = near
        .iter()
        .map(|other| weight(*other) * middles[*other])
        .sum();
    (sum / all, all)
}

/// The heights nearest to the wishes (least squares) that keep the order and the distances: without
/// the distances a row must only not fall, and neighbours that would are moved together.
fn settle(wishes: &[(f64, f64)], offsets: &[f64]) -> Vec<f64> {
    // Weighted mean, weight, and number of members of each block.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for ((wish, weight), offset) in wishes.iter().zip(offsets) {
        let mut block = (wish - offset, *weight, 1);
        while let Some(last) = blocks.pop() {
            if last.0 <= block.0 {
                blocks.push(last);
                break;
            }
            let weight = last.1 + block.1;
            let mean = (last.0 * last.1 + block.0 * block.1) / weight;
            block = (mean, weight, last.2 + block.2);
        }
        blocks.push(block);
    }
    let values = blocks
        .iter()
        .flat_map(|block| std::iter::repeat_n(block.0, block.2));
    values
        .zip(offsets)
        .map(|(value, offset)| value + offset)
        .collect()
}

/// The ways of all links, each with a place of its own at the sides of its nodes.
fn ways(rows: &Rows, columns: &[(f64, f64)], middles: &[f64], boxes: &[Rect]) -> Vec<Way> {
    let ports = Ports::new(rows, middles, boxes);
    let way = |(i, (chain, backwards)): (usize, &(Vec<usize>, bool))| {
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let (from, to) = (&boxes[first], &boxes[last]);
        let start = (from.x + from.width, from.x + from.width, ports.right[i]);
        let end = (to.x, to.x, ports.left[i]);
        let passed = chain.iter().filter(|v| rows.vertices[**v] == Vertex::Point);
        let passed = passed.map(|vertex| {
            let (left, right) = columns[rows.layer[*vertex]];
            (left, right, middles[*vertex])
        });
        let stretches = std::iter::once(start).chain(passed).chain([end]);
        Way {
            stretches: stretches.collect(),
            backwards: *backwards,
        }
    };
    rows.chains.iter().enumerate().map(way).collect()
}

/// The heights at which links leave their left node and reach their right one.
struct Ports {
    right: Vec<f64>,
    left: Vec<f64>,
}

/// Distance between two links at one side of a node.
pub(super) const PORT: f64 = 11.0;

impl Ports {
    fn new(rows: &Rows, middles: &[f64], boxes: &[Rect]) -> Ports {
        let mut ports = Ports {
            right: vec![0.0; rows.chains.len()],
            left: vec![0.0; rows.chains.len()],
        };
        for (node, rect) in boxes.iter().enumerate() {
            let leaving = |chain: &[usize]| chain.first() == Some(&node);
            let arriving = |chain: &[usize]| chain.last() == Some(&node);
            let right = spread(rows, middles, rect, leaving, |chain| chain[1]);
            let left = spread(rows, middles, rect, arriving, |chain| {
                chain[chain.len() - 2]
            });
            right
                .into_iter()
                .for_each(|(link, y)| ports.right[link] = y);
            left.into_iter().for_each(|(link, y)| ports.left[link] = y);
        }
        ports
    }
}

/// The links at one side of a node, in the order of the heights that they come from.
fn spread(
    rows: &Rows,
    middles: &[f64],
    rect: &Rect,
    here: impl Fn(&[usize]) -> bool,
    other: impl Fn(&[usize]) -> usize,
) -> Vec<(usize, f64)> {
    let chains = rows.chains.iter().enumerate();
    let mut links: Vec<(usize, f64)> = chains
        .filter(|(_, (chain, _))| here(chain) && chain[0] != chain[chain.len() - 1])
        .map(|(i, (chain, _))| (i, middles[other(chain)]))
        .collect();
    links.sort_by(|a, b| a.1.total_cmp(&b.1));
    let last = links.len().saturating_sub(1) as f64;
    let room = (rect.height - 14.0).max(0.0);
    let step = if last > 0.0 {
        PORT.min(room / last)
    } else {
        0.0
    };
    let middle = rect.y + rect.height / 2.0;
    let placed = links.iter().enumerate();
    placed
        .map(|(place, (link, _))| (*link, middle + (place as f64 - last / 2.0) * step))
        .collect()
}
