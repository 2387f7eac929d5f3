//! A text of which we know what in it is ours.

use std::ops::Range;

/// A text with the places of our pieces, in order and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) text: String,
    pub(crate) ours: Vec<Range<usize>>,
}

impl Marked {
    pub(crate) fn new(text: impl Into<String>, ours: Vec<Range<usize>>) -> Marked {
        let text = text.into();
        Marked { text, ours }
    }

    /// The text as it would be without us.
    pub(crate) fn without_ours(&self) -> String {
        let (mut text, mut from) = (String::new(), 0);
        for piece in &self.ours {
            text.push_str(&self.text[from..piece.start]);
            from = piece.end;
        }
        text.push_str(&self.text[from..]);
        text
    }

    /// Puts a piece of ours behind what is there.
    pub(crate) fn push_ours(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.mark_from(start);
    }

    /// The text with something of ours in the place of a part.
    pub(crate) fn splice(&self, part: Range<usize>, text: &str) -> Marked {
        let mut marked = Marked::default();
        marked.push_part(&self.text, &self.ours, 0..part.start);
        marked.push_ours(text);
        marked.push_part(&self.text, &self.ours, part.end..self.text.len());
        marked
    }

    /// Makes what stands behind `start` ours.
    pub(super) fn mark_from(&mut self, start: usize) {
        if start < self.text.len() {
            self.ours.push(start..self.text.len());
        }
    }

    /// Puts a part of another text behind what is there.
    pub(super) fn push_part(&mut self, text: &str, ours: &[Range<usize>], part: Range<usize>) {
        let at = self.text.len();
        let first = ours.partition_point(|piece| piece.end <= part.start);
        for piece in ours[first..].iter().take_while(|p| p.start < part.end) {
            let (start, end) = (piece.start.max(part.start), piece.end.min(part.end));
            self.ours
                .push(at + start - part.start..at + end - part.start);
        }
        self.text.push_str(&text[part]);
    }
}
