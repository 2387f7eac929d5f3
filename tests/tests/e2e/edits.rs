//! What is ours stays ours when the user renames, edits or checks out with other line breaks.

use std::fs;

use golem_rpc_tests::{Tree, Workspace};

/// A linked cart with its import.
fn linked() -> Workspace {
    let cart = Workspace::cart();
    let link = ["link", "shopping-cart", "purchase-history", "--import"];
    cart.golem_rpc(&link).success();
    cart
}

fn rename(cart: &Workspace, from: &str, to: &str) {
    fs::rename(cart.path(from), cart.path(to)).unwrap();
}

/// Replaces a text where a file has it.
fn replace_all(cart: &Workspace, file: &str, old: &str, new: &str) {
    cart.write(file, cart.read(file).replace(old, new));
}

/// Does the same to a linked workspace and to one that never was: the links go without a trace.
fn keeps_ownership(change: impl Fn(&Workspace)) {
    let never = Workspace::cart();
    change(&never);
    let cart = linked();
    change(&cart);
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["check"]).success();
    let links = cart.golem_rpc(&["graph", "--format", "json"]).success();
    assert!(links.stdout.contains("\"up-to-date\""), "{links}");
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&never.tree());
}

#[test]
fn a_renamed_file_keeps_what_is_ours() {
    keeps_ownership(|cart| {
        rename(
            cart,
            "shopping-cart/wit/shopping-cart.wit",
            "shopping-cart/wit/api.wit",
        );
        rename(
            cart,
            "purchase-history/wit/purchase-history.wit",
            "purchase-history/wit/api.wit",
        );
    });
}

#[test]
fn a_renamed_directory_keeps_what_is_ours() {
    for (from, to) in [("shopping-cart", "cart"), ("purchase-history", "history")] {
        keeps_ownership(|cart| {
            rename(cart, from, to);
            let (old, new) = (format!("\"{from}\",\n"), format!("\"{to}\",\n"));
            replace_all(cart, "Cargo.toml", &old, &new);
        });
    }
}

#[test]
fn a_renamed_crate_keeps_what_is_ours() {
    for (from, to) in [("shopping-cart", "cart"), ("purchase-history", "history")] {
        keeps_ownership(|cart| {
            let manifest = format!("{from}/Cargo.toml");
            let (old, new) = (format!("name = \"{from}\""), format!("name = \"{to}\""));
            replace_all(cart, &manifest, &old, &new);
            // Who calls whom is the user's to say, and speaks of packages.
            let root = cart.read("Cargo.toml");
            if let Some((members, links)) = root.split_once("[workspace.metadata.golem-rpc") {
                let links = links
                    .replace(&format!("{from} ="), &format!("{to} ="))
                    .replace(&format!("\"{from}\""), &format!("\"{to}\""));
                let root = format!("{members}[workspace.metadata.golem-rpc{links}");
                cart.write("Cargo.toml", root);
            }
        });
    }
}

#[test]
fn a_renamed_world_keeps_what_is_ours() {
    for (file, from, to) in [
        (
            "shopping-cart/wit/shopping-cart.wit",
            "world shopping-cart",
            "world cart",
        ),
        (
            "purchase-history/wit/purchase-history.wit",
            "world purchase-history",
            "world history",
        ),
    ] {
        keeps_ownership(|cart| replace_all(cart, file, from, to));
    }
}

/// The files of the user, in which something of ours may stand.
const USERS: [&str; 4] = [
    "Cargo.toml",
    "shopping-cart/Cargo.toml",
    "shopping-cart/wit/shopping-cart.wit",
    "Makefile.toml",
];

/// What a user may put in at a line break without a change of meaning.
fn comment(file: &str) -> &'static str {
    match file.rsplit_once('.') {
        Some((_, "wit")) => "// mine\n",
        _ => "# mine\n",
    }
}

#[test]
fn an_edit_outside_of_what_is_ours_changes_nothing_else() {
    let cart = linked();
    let settled = cart.tree();
    for file in USERS {
        let text = settled.text(file).unwrap();
        let comment = comment(file);
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        for at in [0].into_iter().chain(breaks) {
            // The block of tasks is ours as a whole.
            let block = text.find("# >>> golem-rpc").unwrap_or(text.len());
            if at > block && at < text.len() {
                continue;
            }
            let edited = format!("{}{comment}{}", &text[..at], &text[at..]);
            cart.write(file, &edited);
            let before = cart.tree();
            cart.golem_rpc(&["regenerate"]).success();
            cart.tree().assert_same_as(&before);
        }
        cart.write(file, text);
    }
}

/// All text files, as git checks them out on Windows.
fn with_windows_line_breaks(cart: &Workspace, tree: &Tree) {
    for file in tree.files() {
        let text = tree.text(file.as_str()).unwrap();
        cart.write(file.as_str(), text.replace('\n', "\r\n"));
    }
}

#[test]
fn line_breaks_of_windows_are_no_edit() {
    let never = Workspace::cart();
    with_windows_line_breaks(&never, &never.tree());
    let cart = linked();
    with_windows_line_breaks(&cart, &cart.tree());
    let before = cart.tree();
    cart.golem_rpc(&["check"]).success();
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_as(&before);
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&never.tree());
}
