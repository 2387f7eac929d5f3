//! `status`: each state of a link, and what the last build made.

use golem_rpc_messages::{ArtifactKind, LinkReason, LinkState, Message, Status};
use golem_rpc_tests::{Workspace, component};

use super::check::messages;

const HISTORY: &str = "purchase-history/wit/purchase-history.wit";
const CART: &str = "shopping-cart/wit/shopping-cart.wit";

#[track_caller]
fn status(cart: &Workspace) -> Status {
    let before = cart.tree();
    let run = cart.golem_rpc(&["status", "--message-format", "json"]);
    assert_eq!(run.code, 0, "{run}");
    cart.tree().assert_same_as(&before);
    let mut messages = messages(&run).into_iter();
    let found = messages.find_map(|message| match message {
        Message::Status(status) => Some(status),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no status in {run}"))
}

#[test]
fn a_link_is_unused_until_it_is_imported_and_stale_when_its_target_changes() {
    let cart = Workspace::initialized_cart();
    let link = &status(&cart).links[0];
    assert_eq!(link.state, LinkState::Unused);
    let import = "import shopping:purchase-history-stub/stub-purchase-history;";
    assert_eq!(link.import.as_deref(), Some(import));
    let [LinkReason::NotImported { place: Some(place) }] = &link.reasons[..] else {
        panic!("{link:?}");
    };
    assert!(place.path.ends_with(CART) && place.line > 1, "{place:?}");
    let run = cart.golem_rpc(&["status"]).success();
    assert!(
        run.stdout.contains("1 unused") && run.stdout.contains(import),
        "{run}"
    );

    cart.overlay("shopping-cart/final");
    let link = &status(&cart).links[0];
    assert_eq!((link.state, link.reasons.len()), (LinkState::UpToDate, 0));

    cart.replace(HISTORY, "total: f32", "total: f64");
    let link = &status(&cart).links[0];
    assert_eq!(link.state, LinkState::Stale);
    let copy = "shopping-cart/wit/deps/shopping_purchase-history/purchase-history.wit";
    let is_copy = |reason: &LinkReason| matches!(reason, LinkReason::FileStale { path } if path.ends_with(copy));
    assert!(link.reasons.iter().any(is_copy), "{link:?}");
    let run = cart.golem_rpc(&["status"]).success();
    assert!(run.stdout.contains("1 stale"), "{run}");
}

#[test]
fn an_import_that_is_included_counts() {
    let cart = Workspace::initialized_cart();
    let text = cart.read(CART);
    let include = text.replace(
        "world shopping-cart {",
        "world shopping-cart {\n  include calls;",
    );
    let calls =
        "\nworld calls {\n  import shopping:purchase-history-stub/stub-purchase-history;\n}\n";
    cart.write(CART, include + calls);
    let manifest = cart.read("shopping-cart/Cargo.toml");
    if !manifest.contains("world =") {
        cart.replace(
            "shopping-cart/Cargo.toml",
            "[package.metadata.component.target.dependencies]",
            "[package.metadata.component.target]\nworld = \"shopping-cart\"\n\n[package.metadata.component.target.dependencies]",
        );
    }
    assert_eq!(status(&cart).links[0].state, LinkState::UpToDate);
}

#[test]
fn broken_links_say_why() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.replace(HISTORY, "record order {", "record order [");
    let link = &status(&cart).links[0];
    assert_eq!(link.state, LinkState::Broken);
    let LinkReason::WitInvalid {
        place: Some(place), ..
    } = &link.reasons[0]
    else {
        panic!("{link:?}");
    };
    assert!(place.path.ends_with(HISTORY), "{place:?}");
    cart.replace(HISTORY, "record order [", "record order {");
    cart.replace(
        "Cargo.toml",
        "shopping-cart = [\"purchase-history\"]",
        "shopping-cart = [\"gone\"]",
    );
    let link = &status(&cart).links[0];
    let gone = LinkReason::NoMember {
        member: "gone".into(),
    };
    assert_eq!(
        (link.state, &link.reasons[..]),
        (LinkState::Broken, &[gone][..])
    );
    let run = cart.golem_rpc(&["status"]).success();
    assert!(run.stdout.contains("`gone` is not a member"), "{run}");
}

#[test]
fn a_target_that_no_stub_can_carry_is_a_broken_link() {
    let cart = Workspace::initialized_cart();
    cart.replace(
        HISTORY,
        "world purchase-history {\n  export api;",
        "world purchase-history {",
    );
    let link = &status(&cart).links[0];
    assert_eq!(link.state, LinkState::Broken);
    assert!(
        matches!(&link.reasons[0], LinkReason::NoStub { message } if message.contains("exports no function")),
        "{link:?}"
    );
}

#[test]
fn what_a_build_made_has_sizes_and_goes_out_of_date() {
    let cart = Workspace::cart();
    let args = [
        "init",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    cart.golem_rpc(&[&args[..], &["--stub-backend", "component"]].concat())
        .success();
    cart.overlay("shopping-cart/final");
    let run = cart.golem_rpc(&["status"]).success();
    assert!(
        run.stdout.contains("nothing is built in the dev profile"),
        "{run}"
    );
    cart.golem_rpc(&["build-members"]).success();
    cart.golem_rpc(&["compose", "--caller", "shopping-cart"])
        .success();

    let seen = status(&cart);
    let kinds: Vec<_> = seen
        .artifacts
        .iter()
        .map(|a| (a.package.as_deref().unwrap_or_default(), a.kind))
        .collect();
    let (component_kind, composed) = (ArtifactKind::Component, ArtifactKind::Composed);
    let expected = [
        ("purchase-history", component_kind),
        ("shopping-cart", component_kind),
        ("shopping-cart", composed),
    ];
    assert_eq!(kinds, expected);
    for artifact in &seen.artifacts {
        let file = artifact.path.as_deref().unwrap();
        assert_eq!(artifact.bytes, std::fs::metadata(file).unwrap().len());
        assert!(artifact.fresh, "{artifact:?}");
        component(file.into());
    }
    // What is composed is the caller, the stub, and some wiring between them.
    let adds = seen.links[0].adds_bytes.unwrap();
    let wiring = seen.artifacts[2].bytes - seen.artifacts[1].bytes - adds;
    assert!(
        adds > 1_000 && wiring < 5_000,
        "the stub {adds}, the wiring {wiring}"
    );
    let run = cart.golem_rpc(&["status"]).success();
    let summary = "3 files in the dev profile, ";
    assert!(
        run.stdout.contains(summary) && run.stdout.contains("KB\n"),
        "{run}"
    );

    // it is cargo's to say whether a component is older than its sources
    let fresh = || {
        let artifacts = status(&cart).artifacts;
        artifacts.iter().map(|a| a.fresh).collect::<Vec<_>>()
    };
    let lib = "shopping-cart/src/lib.rs";
    cart.replace(lib, "\"{}-{}\"", "\"{}/{}\"");
    assert_eq!(fresh(), [true, true, true]);
    cart.cargo(&["component", "build"]).success();
    assert_eq!(fresh(), [true, true, false]);
    let run = cart.golem_rpc(&["status"]).success();
    let why = "was composed of other components";
    assert!(
        run.stdout.contains(why) && run.stdout.contains("build-workspace"),
        "{run}"
    );
    std::fs::remove_file(cart.path("target/wasm32-wasip1/debug/purchase_history.wasm")).unwrap();
    let target = &status(&cart).artifacts[0];
    assert_eq!(
        (target.path.as_deref(), target.bytes, target.fresh),
        (None, 0, false)
    );
}

#[test]
fn misuse_is_explained() {
    let cart = Workspace::cart();
    cart.refuses(&["status"], 3, &["links no caller to a target"]);
    let run = cart.golem_rpc(&["status", "--release", "--profile", "x"]);
    assert_eq!(run.code, 2, "{run}");
    Workspace::empty("nowhere").refuses(&["status"], 3, &["Cargo.toml"]);
    cart.init_cart().success();
    cart.replace(
        "Cargo.toml",
        "shopping-cart = [\"purchase-history\"]",
        "shopping-cart = 3",
    );
    cart.refuses(&["status"], 3, &["workspace.metadata.golem-rpc.links"]);
}
