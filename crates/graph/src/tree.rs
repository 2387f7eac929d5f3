//! The graph as a tree of text, for terminals: callers with their targets below them.
//!
//! What a member calls is shown once, where it is met first; later it is marked `(above)`, and
//! `(circle)` where a member comes back to itself.

use std::collections::BTreeSet;

use crate::graph::{Graph, Link, State};

/// The tree; an empty graph gives an empty text.
pub fn render(graph: &Graph) -> String {
    let mut tree = Tree {
        graph,
        out: String::new(),
        shown: BTreeSet::new(),
        way: Vec::new(),
    };
    for root in graph.roots() {
        tree.out.push_str(&clean(root));
        tree.out.push('\n');
        tree.below(root, "");
    }
    tree.out
}

struct Tree<'g> {
    graph: &'g Graph,
    out: String,
    shown: BTreeSet<&'g str>,
    way: Vec<&'g str>,
}

impl<'g> Tree<'g> {
    fn below(&mut self, name: &'g str, margin: &str) {
        self.shown.insert(name);
        self.way.push(name);
        let links: Vec<&Link> = self.graph.links_of(name).collect();
        for (i, link) in links.iter().enumerate() {
            let last = i + 1 == links.len();
            let (branch, deeper) = if last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            let target = link.target.as_str();
            let leaf = self.graph.links_of(target).next().is_none();
            let mark = match () {
                () if self.way.contains(&target) => " (circle)",
                () if !leaf && self.shown.contains(target) => " (above)",
                () => "",
            };
            self.line(&format!("{margin}{branch}"), link, mark);
            if mark.is_empty() {
                self.below(target, &format!("{margin}{deeper}"));
            }
        }
        self.way.pop();
    }

    fn line(&mut self, branch: &str, link: &Link, mark: &str) {
        let state = match link.state {
            State::UpToDate => String::new(),
            _ => format!(" [{}]", clean(&link.state_text())),
        };
        let line = format!("{branch}{}{mark}{state}\n", clean(&link.target));
        self.out.push_str(&line);
    }
}

/// One line, without what a terminal would obey.
fn clean(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(visible).collect()
}
