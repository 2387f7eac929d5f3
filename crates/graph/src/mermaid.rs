//! The graph as a Mermaid flowchart, as Markdown pages show it.

use std::collections::BTreeMap;

use crate::graph::{Graph, Role, State};

/// A `flowchart`.
pub fn render(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    let mut ids = BTreeMap::new();
    for (i, member) in graph.members().enumerate() {
        let class = match graph.role(&member.name) {
            Role::Caller => "caller",
            Role::Both => "both",
            Role::Target => "target",
            Role::Alone => "alone",
        };
        let wit = member.wit.as_ref();
        let wit = wit.map_or(String::new(), |wit| format!("<br/>{}", escaped(wit)));
        let name = escaped(&member.name);
        out.push_str(&format!("  m{i}[\"{name}{wit}\"]:::{class}\n"));
        ids.insert(member.name.as_str(), i);
    }
    let mut styles = String::new();
    for (i, link) in graph.links().enumerate() {
        let (from, to) = (ids[link.caller.as_str()], ids[link.target.as_str()]);
        let (arrow, color) = match link.state {
            State::UpToDate => ("-->".to_string(), None),
            State::Stale => ("-. stale .->".to_string(), Some("#b45309")),
            State::Unused => ("-. unused .->".to_string(), Some("#6b7280")),
            State::Broken => ("== broken ==>".to_string(), Some("#dc2626")),
        };
        out.push_str(&format!("  m{from} {arrow} m{to}\n"));
        if let Some(color) = color {
            styles.push_str(&format!("  linkStyle {i} stroke:{color}\n"));
        }
    }
    out.push_str(&styles);
    for (class, stroke) in [
        ("caller", "#2563eb"),
        ("both", "#7c3aed"),
        ("target", "#0f766e"),
        ("alone", "#6b7280"),
    ] {
        out.push_str(&format!(
            "  classDef {class} stroke:{stroke},stroke-width:2px\n"
        ));
    }
    out
}

/// Mermaid has entities of its own, with `#` in place of `&`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' | '\\' | '[' | ']' => out.push_str(&format!("#{};", u32::from(c))),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
