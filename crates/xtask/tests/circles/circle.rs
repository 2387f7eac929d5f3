//! The edges of a graph of modules → its shortest circle.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Module → the modules that it depends on, each with the path that says so.
pub(crate) type Edges = BTreeMap<String, BTreeMap<String, String>>;

/// A way that ends where it begins: from, to, and the path in the code that leads there.
pub(crate) struct Circle(Vec<(String, String, String)>);

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |module: &str| match module {
            "" => "(root)".to_string(),
            module => module.to_string(),
        };
        let edges = self.0.iter();
        let edges =
            edges.map(|(from, to, path)| format!("{} -> {} ({path})", name(from), name(to)));
        f.write_str(&edges.collect::<Vec<_>>().join(", "))
    }
}

/// The shortest circle; of several, that of the first module.
pub(crate) fn find(edges: &Edges) -> Option<Circle> {
    let circles = edges.keys().filter_map(|module| through(edges, module));
    circles.min_by_key(|circle| circle.0.len())
}

/// The shortest circle through a module.
fn through(edges: &Edges, start: &str) -> Option<Circle> {
    let mut ways = VecDeque::from([(start, Vec::new())]);
    let mut seen = Vec::new();
    while let Some((module, way)) = ways.pop_front() {
        for (to, path) in edges.get(module).into_iter().flatten() {
            let mut way = way.clone();
            way.push((module.to_string(), to.clone(), path.clone()));
            if to == start {
                return Some(Circle(way));
            }
            if !seen.contains(&to) {
                seen.push(to);
                ways.push_back((to, way));
            }
        }
    }
    None
}
