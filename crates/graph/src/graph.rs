//! Members and the links between them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

/// A workspace's members with their links, each in order of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    members: BTreeMap<String, Member>,
    links: BTreeMap<(String, String), Link>,
}

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its Cargo package.
    pub name: String,
    /// Its WIT package, where that is known.
    pub wit: Option<String>,
}

/// A caller's link to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who calls.
    pub caller: String,
    /// Who is called.
    pub target: String,
    /// How the link is.
    pub state: State,
    /// Why it is so, where there is something to say.
    pub reason: Option<String>,
}

/// How a link is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// What the caller has of the target is what would be generated now.
    #[default]
    UpToDate,
    /// It is older than the target's WIT.
    Stale,
    /// The caller does not import it.
    Unused,
    /// It cannot be generated.
    Broken,
}

/// What a member is in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It calls others.
    Caller,
    /// It calls others and is called.
    Both,
    /// It is called.
    Target,
    /// It has no link.
    Alone,
}

impl State {
    /// All states, the best first.
    pub const ALL: [State; 4] = [State::UpToDate, State::Stale, State::Unused, State::Broken];
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Caller, Role::Both, Role::Target, Role::Alone];
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::UpToDate => "up to date",
            State::Stale => "stale",
            State::Unused => "unused",
            State::Broken => "broken",
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Caller => "caller",
            Role::Both => "caller and target",
            Role::Target => "target",
            Role::Alone => "no link",
        })
    }
}

impl Link {
    /// The state with its reason: `stale: its WIT has changed`.
    pub fn state_text(&self) -> String {
        match &self.reason {
            Some(reason) => format!("{}: {reason}", self.state),
            None => self.state.to_string(),
        }
    }
}

impl Graph {
    /// A graph of these; a link's ends are members even if nobody named them. Of two links between
    /// the same members the last counts.
    pub fn new(
        members: impl IntoIterator<Item = Member>,
        links: impl IntoIterator<Item = Link>,
    ) -> Graph {
        let mut graph = Graph::default();
        for member in members {
            graph.members.insert(member.name.clone(), member);
        }
        for link in links {
            for name in [&link.caller, &link.target] {
                let unnamed = Member {
                    name: name.clone(),
                    wit: None,
                };
                graph.members.entry(name.clone()).or_insert(unnamed);
            }
            let ends = (link.caller.clone(), link.target.clone());
            graph.links.insert(ends, link);
        }
        graph
    }

    /// The members, by name.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.members.values()
    }

    /// The links, by caller and target.
    pub fn links(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.links.values()
    }

    /// The links of one caller, by target.
    pub fn links_of(&self, caller: &str) -> impl Iterator<Item = &Link> {
        self.links().filter(move |link| link.caller == caller)
    }

    /// What a member is.
    pub fn role(&self, name: &str) -> Role {
        let calls = self.links().any(|link| link.caller == name);
        let called = self.links().any(|link| link.target == name);
        match (calls, called) {
            (true, false) => Role::Caller,
            (true, true) => Role::Both,
            (false, true) => Role::Target,
            (false, false) => Role::Alone,
        }
    }

    /// The members from which one can walk to all others: those that nobody calls, and the first of
    /// each circle that is reached from none of them.
    pub(crate) fn roots(&self) -> Vec<&str> {
        let called: BTreeSet<&str> = self.links().map(|link| link.target.as_str()).collect();
        let names = || self.members.keys().map(String::as_str);
        let mut roots: Vec<&str> = names().filter(|name| !called.contains(name)).collect();
        let mut reached = BTreeSet::new();
        roots.iter().for_each(|root| self.reach(root, &mut reached));
        for name in names() {
            if !reached.contains(name) {
                roots.push(name);
                self.reach(name, &mut reached);
            }
        }
        roots
    }

    fn reach<'a>(&'a self, name: &'a str, reached: &mut BTreeSet<&'a str>) {
        if reached.insert(name) {
            self.links_of(name)
                .for_each(|link| self.reach(&link.target, reached));
        }
    }
}
