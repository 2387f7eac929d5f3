//! The graphs that are tested.

use golem_rpc_graph::{Graph, Link, Member, State};

/// Members as `name` or `name ns:wit`, links as `caller > target`, with a state and a reason
/// behind them: `a > b stale: its WIT has changed`.
pub(crate) fn graph(members: &[&str], links: &[&str]) -> Graph {
    let member = |text: &&str| {
        let (name, wit) = match text.split_once(' ') {
            Some((name, wit)) => (name, Some(wit.to_string())),
            None => (*text, None),
        };
        Member {
            name: name.to_string(),
            wit,
        }
    };
    Graph::new(
        members.iter().map(member),
        links.iter().map(|text| link(text)),
    )
}

fn link(text: &str) -> Link {
    let (caller, rest) = text.split_once(" > ").unwrap();
    let (target, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (state, reason) = match rest.split_once(": ") {
        Some((state, reason)) => (state, Some(reason.to_string())),
        None => (rest, None),
    };
    let state = match state {
        "" => State::UpToDate,
        "stale" => State::Stale,
        "unused" => State::Unused,
        "broken" => State::Broken,
        other => panic!("no state `{other}`"),
    };
    Link {
        caller: caller.to_string(),
        target: target.to_string(),
        state,
        reason,
    }
}

/// All of them, by name.
pub(crate) fn all() -> Vec<(&'static str, Graph)> {
    vec![
        ("empty", graph(&[], &[])),
        ("two", two()),
        ("six", six()),
        ("twenty", twenty()),
        ("awkward", awkward()),
    ]
}

pub(crate) fn two() -> Graph {
    graph(
        &[
            "shopping-cart golem:template",
            "purchase-history shopping:purchase-history",
        ],
        &["shopping-cart > purchase-history"],
    )
}

pub(crate) fn six() -> Graph {
    graph(
        &[
            "shop",
            "cart",
            "pricing",
            "inventory",
            "billing",
            "audit-log",
        ],
        &[
            "shop > cart",
            "shop > inventory",
            "cart > pricing stale: `record price` of its WIT has changed",
            "pricing > billing",
            "billing > cart broken: `billing` has no world",
            "cart > audit-log",
            "billing > audit-log unused: its world does not import it",
            "inventory > audit-log",
        ],
    )
}

pub(crate) fn twenty() -> Graph {
    let members = [
        "gateway",
        "web-shop",
        "mobile-api",
        "admin",
        "cart",
        "checkout",
        "orders",
        "payments",
        "billing",
        "invoices",
        "inventory",
        "warehouse",
        "shipping",
        "pricing",
        "currency",
        "customers",
        "notifications",
        "audit-log",
        "search",
        "legacy-import",
    ];
    let links = [
        "gateway > web-shop",
        "gateway > mobile-api",
        "gateway > customers",
        "web-shop > cart",
        "web-shop > search",
        "mobile-api > cart",
        "mobile-api > search",
        "admin > orders",
        "admin > inventory unused",
        "cart > pricing",
        "cart > checkout",
        "checkout > orders",
        "checkout > payments stale",
        "orders > inventory",
        "orders > shipping",
        "orders > notifications",
        "payments > billing",
        "billing > invoices",
        "invoices > notifications",
        "pricing > currency",
        "billing > currency",
        "inventory > warehouse",
        "shipping > warehouse",
        "shipping > notifications",
        "warehouse > orders broken",
        "payments > audit-log",
        "orders > audit-log",
        "customers > audit-log",
        "search > inventory",
    ];
    graph(&members, &links)
}

/// Names that mean something to the formats, a link to itself, circles of two, members without
/// links.
pub(crate) fn awkward() -> Graph {
    let nasty = Member {
        name: "<a & \"b\"> #1;\\n".to_string(),
        wit: Some("x:y/[z]`|".to_string()),
    };
    let rest = graph(
        &["alone", "also-alone"],
        &[
            "self > self",
            "ping > pong",
            "pong > ping stale: line\none",
            "self > ping",
        ],
    );
    let to_nasty = Link {
        caller: "ping".to_string(),
        target: nasty.name.clone(),
        state: State::Broken,
        reason: Some("</title><script>alert(1)</script>".to_string()),
    };
    let members: Vec<Member> = rest.members().cloned().chain([nasty]).collect();
    Graph::new(members, rest.links().cloned().chain([to_nasty]))
}
