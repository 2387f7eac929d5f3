//! What goes into a layout and what comes out: sizes and links, boxes and ways.

/// A graph by indices.
pub(crate) struct Input {
    /// Width and height of each node.
    pub(crate) sizes: Vec<(f64, f64)>,
    /// Caller and target.
    pub(crate) links: Vec<(usize, usize)>,
}

/// The picture, with its upper left corner at the origin.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Upper left corner and size of each node.
    pub(crate) boxes: Vec<Rect>,
    /// The way of each link.
    pub(crate) ways: Vec<Way>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A link's way from left to right: curved between the stretches, straight along them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Way {
    /// Left end, right end and height of each straight stretch. The first one ends at the left
    /// node, the last one starts at the right node.
    pub(crate) stretches: Vec<(f64, f64, f64)>,
    /// Whether the caller stands at the right end.
    pub(crate) backwards: bool,
}

/// Room between columns and between rows.
pub(super) const COLUMN_GAP: f64 = 84.0;
pub(super) const ROW_GAP: f64 = 18.0;
