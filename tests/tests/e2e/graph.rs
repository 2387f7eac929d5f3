//! `graph`: each form, on standard output and in files.

use golem_rpc_messages::{LinkState, Message, Role, TextKind};
use golem_rpc_tests::{Workspace, assert_snapshot};

use super::check::messages;

/// Three members: a link that is up to date, a stale one back, and one that nobody imports.
fn triangle() -> Workspace {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.golem_rpc(&[
        "init",
        "--targets",
        "shopping-cart",
        "--callers",
        "purchase-history",
    ])
    .success();
    let stub = "purchase-history/wit/deps/shopping_cart-stub/_stub.wit";
    std::fs::remove_file(cart.path(stub)).unwrap();
    cart
}

#[test]
fn every_form_is_as_it_was() {
    let cart = triangle();
    let before = cart.tree();
    for (form, file) in [
        ("text", "graph/triangle.txt"),
        ("dot", "graph/triangle.dot"),
        ("mermaid", "graph/triangle.mmd"),
        ("json", "graph/triangle.json"),
        ("svg", "graph/triangle.svg"),
    ] {
        let run = cart.golem_rpc(&["graph", "--format", form]).success();
        assert_snapshot(file, &run.stdout);
    }
    let plain = cart.golem_rpc(&["graph"]).success().stdout;
    assert_snapshot("graph/triangle.txt", &plain);
    cart.tree().assert_same_as(&before);
}

#[test]
fn programs_get_the_graph_or_the_form_that_they_ask_for() {
    let cart = triangle();
    let json = ["--message-format", "json"];
    let run = cart.golem_rpc(&[&["graph"][..], &json].concat()).success();
    let [Message::Graph(graph)] = &messages(&run)[..] else {
        panic!("{run}");
    };
    let roles: Vec<_> = graph
        .members
        .iter()
        .map(|m| (m.name.as_str(), m.role))
        .collect();
    let both = [
        ("purchase-history", Role::Both),
        ("shopping-cart", Role::Both),
    ];
    assert_eq!(roles, both);
    let states: Vec<_> = graph.links.iter().map(|link| link.state).collect();
    assert_eq!(states, [LinkState::Unused, LinkState::UpToDate]);
    assert_eq!(
        graph.members[0].wit.as_deref(),
        Some("shopping:purchase-history")
    );
    let args = ["graph", "--format", "dot"];
    let run = cart.golem_rpc(&[&args[..], &json].concat()).success();
    let found = messages(&run);
    assert!(
        matches!(&found[..], [Message::Text(text)] if text.kind == TextKind::Dot),
        "{run}"
    );
}

#[test]
fn members_without_links_are_drawn_too() {
    let run = Workspace::cart().golem_rpc(&["graph"]).success();
    assert_eq!(run.stdout, "purchase-history\nshopping-cart\n");
}

#[test]
fn a_file_is_written_once_and_only_over_an_earlier_drawing() {
    let cart = triangle();
    let args = ["graph", "--format", "svg", "-o", "docs/links.svg"];
    let before = cart.tree();
    let dry = cart
        .golem_rpc(&[&args[..], &["--dry-run"]].concat())
        .success();
    assert!(dry.stdout.contains("+<svg"), "{dry}");
    cart.tree().assert_same_as(&before);
    cart.golem_rpc(&args)
        .success()
        .says("Creating docs/links.svg");
    assert!(cart.read("docs/links.svg").starts_with("<svg xmlns="));
    cart.golem_rpc(&args).success().says("Fresh");
    cart.overlay("shopping-cart/final");
    let text = ["graph", "--output", "docs/links.svg"];
    cart.refuses(&text, 5, &["docs/links.svg", "earlier run"]);
    cart.write("notes.md", "# Some notes\n");
    cart.refuses(&["graph", "-o", "notes.md"], 5, &["notes.md"]);
}

#[test]
fn misuse_is_explained() {
    let cart = Workspace::cart();
    let run = cart.golem_rpc(&["graph", "--format", "png"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("mermaid"),
        "the forms are listed: {run}"
    );
    cart.refuses(
        &["graph", "-o", "purchase-history"],
        1,
        &["purchase-history"],
    );
    Workspace::empty("nowhere").refuses(&["graph"], 3, &["Cargo.toml"]);
}
