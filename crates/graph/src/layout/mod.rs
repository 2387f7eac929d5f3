//! Where members stand and how links run in a picture: layers from left to right.
//!
//! | step | file | how |
//! |---|---|---|
//! | parts | `parts` | members without a way between them are laid out apart, one below the other |
//! | layers | `layers` | links that close a circle are turned round; then the longest way from the left |
//! | rows | `rows` | links over several layers get a point in each; barycenters, sweep by sweep |
//! | places | `places` | each as near to its neighbours as the order in its layer allows |
//!
//! All sizes are in pixels; y grows downwards.

mod layers;
mod parts;
mod places;
mod rows;
mod shapes;

pub(crate) use shapes::{Input, Layout, Rect, Way};

use shapes::ROW_GAP;

/// Room between parts.
const PART_GAP: f64 = 34.0;

/// Lays out everything.
pub(crate) fn layout(input: &Input) -> Layout {
    let mut whole = Layout {
        boxes: vec![Rect::default(); input.sizes.len()],
        ways: vec![Way::default(); input.links.len()],
        ..Layout::default()
    };
    let mut top = 0.0;
    let (parts, alone) = parts::split(input);
    for part in parts {
        let placed = places::place(&rows::order(&layers::layer(&part.input)), &part.input);
        for (index, mut rect) in part.nodes.iter().zip(placed.boxes) {
            rect.y += top;
            whole.boxes[*index] = rect;
        }
        for (index, mut way) in part.links.iter().zip(placed.ways) {
            way.stretches.iter_mut().for_each(|(_, _, y)| *y += top);
            whole.ways[*index] = way;
        }
        whole.width = whole.width.max(placed.width);
        whole.height = top + placed.height;
        top = whole.height + PART_GAP;
    }
    in_rows(&mut whole, input, &alone, top);
    whole
}

/// Least width of a picture before nodes without links go on in another row.
const ROW_WIDTH: f64 = 560.0;

fn in_rows(whole: &mut Layout, input: &Input, nodes: &[usize], mut y: f64) {
    let limit = whole.width.max(ROW_WIDTH);
    let mut x = 0.0;
    for node in nodes {
        let (width, height) = input.sizes[*node];
        if x > 0.0 && x + width > limit {
            (x, y) = (0.0, whole.height + ROW_GAP);
        }
        whole.boxes[*node] = Rect {
            x,
            y,
            width,
            height,
        };
        whole.width = whole.width.max(x + width);
        whole.height = whole.height.max(y + height);
        x += width + ROW_GAP;
    }
}
