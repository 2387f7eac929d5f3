//! The graph as one JSON document, and back.

use serde::{Deserialize, Serialize};

use crate::graph::{Graph, Link, Member, Role, State};

/// The document. New fields come with a new format version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Document {
    /// The version of this format: 1.
    pub format_version: u32,
    /// The members, by name.
    pub members: Vec<JsonMember>,
    /// The links, by caller and target.
    pub links: Vec<JsonLink>,
}

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JsonMember {
    /// Its Cargo package.
    pub name: String,
    /// Its WIT package, where that is known.
    pub wit: Option<String>,
    /// What it is in the graph.
    pub role: Role,
}

/// A caller's link to a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JsonLink {
    /// Who calls.
    pub caller: String,
    /// Who is called.
    pub target: String,
    /// How the link is.
    pub state: State,
    /// Why it is so, where there is something to say.
    pub reason: Option<String>,
}

/// The graph as data.
pub fn document(graph: &Graph) -> Document {
    let member = |member: &Member| JsonMember {
        name: member.name.clone(),
        wit: member.wit.clone(),
        role: graph.role(&member.name),
    };
    let link = |link: &Link| JsonLink {
        caller: link.caller.clone(),
        target: link.target.clone(),
        state: link.state,
        reason: link.reason.clone(),
    };
    Document {
        format_version: 1,
        members: graph.members().map(member).collect(),
        links: graph.links().map(link).collect(),
    }
}

/// The document as text, with a line break at its end.
pub fn render(graph: &Graph) -> String {
    let text = serde_json::to_string_pretty(&document(graph));
    text.expect("string keys and plain values") + "\n"
}
