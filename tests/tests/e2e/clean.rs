//! `clean`: what is ours below the target directory goes, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_tests::Workspace;

/// The files below the target directory.
fn built(cart: &Workspace) -> BTreeSet<String> {
    let (root, mut found) = (cart.path("target"), BTreeSet::new());
    let mut waiting: Vec<Utf8PathBuf> = vec![root.clone()];
    while let Some(dir) = waiting.pop() {
        for entry in dir.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            if path.is_dir() {
                waiting.push(path)
            } else {
                found.insert(below(&path, &root));
            }
        }
    }
    found
}

fn below(path: &Utf8Path, root: &Utf8Path) -> String {
    path.strip_prefix(root).unwrap().to_string()
}

#[test]
fn what_was_put_below_the_target_directory_goes() {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart.golem_rpc(&["clean"]).success().says("nothing of ours");
    cart.cargo(&["component", "build"]).success();
    let before = built(&cart);
    cart.golem_rpc(&["build-workspace"]).success();
    let ours = [
        "golem-rpc/debug/shopping-cart.json",
        "wasm32-wasip1/debug/shopping_cart_composed.wasm",
    ];
    let after = built(&cart);
    let made: Vec<&str> = after.difference(&before).map(String::as_str).collect();
    assert_eq!(made, ours);

    let tree = cart.tree();
    let dry = cart.golem_rpc(&["clean", "--dry-run"]).success();
    for file in ours {
        assert!(
            dry.stdout.contains(&format!("target/{file}")),
            "{file}: {dry}"
        );
    }
    assert!(dry.stderr.contains("2 files would change"), "{dry}");
    assert_eq!(built(&cart), after);
    let run = cart.golem_rpc(&["clean"]).success();
    assert_eq!(run.stderr.matches("Removing").count(), ours.len(), "{run}");
    assert_eq!(built(&cart), before);
    assert!(!cart.path("target/golem-rpc").exists());
    cart.tree().assert_same_as(&tree);

    what_somebody_else_has_put_there_stays(&cart);
}

fn what_somebody_else_has_put_there_stays(cart: &Workspace) {
    cart.golem_rpc(&["build-workspace"]).success();
    let composed = "target/wasm32-wasip1/debug/shopping_cart_composed.wasm";
    let notes = "target/golem-rpc/debug/notes.txt";
    cart.write(composed, "mine");
    cart.write(notes, "mine");
    let run = cart.golem_rpc(&["clean"]).success();
    run.says("note: ").says(composed).says("stays");
    for file in [composed, notes] {
        assert_eq!(fs::read_to_string(cart.path(file)).unwrap(), "mine");
    }
    assert!(
        !cart
            .path("target/golem-rpc/debug/shopping-cart.json")
            .exists()
    );
    // and is not overwritten by what is no output either
    let run = cart.golem_rpc(&["build-workspace"]);
    run.refusal(5, &["shopping_cart_composed.wasm"]);
}
