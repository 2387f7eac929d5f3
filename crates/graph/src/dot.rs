//! The graph for Graphviz.

use crate::graph::{Graph, Link, Role, State};

/// A `digraph`.
pub fn render(graph: &Graph) -> String {
    let mut out = String::from(
        "digraph workspace {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"monospace\"];\n",
    );
    for member in graph.members() {
        let name = quoted(&member.name);
        let label = match &member.wit {
            Some(wit) => format!(" label={},", quoted(&format!("{}\n{wit}", member.name))),
            None => String::new(),
        };
        let color = match graph.role(&member.name) {
            Role::Caller => "#2563eb",
            Role::Both => "#7c3aed",
            Role::Target => "#0f766e",
            Role::Alone => "#6b7280",
        };
        out.push_str(&format!("  {name} [{label} color=\"{color}\"];\n").replace("[ ", "["));
    }
    for link in graph.links() {
        out.push_str(&edge(link));
    }
    out.push_str("}\n");
    out
}

fn edge(link: &Link) -> String {
    let ends = format!("  {} -> {}", quoted(&link.caller), quoted(&link.target));
    let (color, style) = match link.state {
        State::UpToDate => return format!("{ends};\n"),
        State::Stale => ("#b45309", "dashed"),
        State::Unused => ("#6b7280", "dotted"),
        State::Broken => ("#dc2626", "bold"),
    };
    let tooltip = quoted(&link.state_text());
    let state = link.state;
    format!("{ends} [label=\"{state}\", color=\"{color}\", style={style}, tooltip={tooltip}];\n")
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\r', " ").replace('\n', "\\n"))
}
