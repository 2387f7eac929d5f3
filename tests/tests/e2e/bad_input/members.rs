//! Workspaces and members that are not what `init` needs.

use golem_rpc_tests::{Tree, Workspace};

use super::INIT;

#[test]
fn not_in_a_workspace() {
    let nowhere = Workspace::empty("nowhere");
    nowhere.refuses(&INIT, 3, &["Cargo.toml", "--manifest-path"]);
    nowhere.refuses(&["regenerate"], 3, &["Cargo.toml"]);
}

#[test]
fn a_workspace_without_members() {
    let workspace = Workspace::empty("workspace");
    workspace.write("Cargo.toml", "[workspace]\nmembers = []\n");
    workspace.refuses(&INIT, 3, &["has no members", "`members`"]);
}

#[test]
fn an_unknown_member_and_the_near_name() {
    let cart = Workspace::cart();
    let args = [
        "init",
        "--targets",
        "purchase-histroy",
        "--callers",
        "shopping-cart",
    ];
    cart.refuses(
        &args,
        3,
        &["`purchase-histroy`", "did you mean `purchase-history`"],
    );
    let args = [
        "init",
        "--targets",
        "purchase-history",
        "--callers",
        "components/shoping-cart",
    ];
    cart.refuses(
        &args,
        3,
        &["`components/shoping-cart`", "did you mean `shopping-cart`"],
    );
}

#[test]
fn an_unknown_member_that_is_near_to_none() {
    let cart = Workspace::cart();
    let args = [
        "init",
        "--targets",
        "warehouse",
        "--callers",
        "shopping-cart",
    ];
    cart.refuses(
        &args,
        3,
        &["`warehouse`", "`purchase-history`", "`shopping-cart`"],
    );
}

#[test]
fn a_stub_directory_that_is_the_users_own() {
    let cart = Workspace::cart();
    cart.write("purchase-history-stub/notes.md", "a stub of an idea\n");
    cart.refuses(&INIT, 5, &["purchase-history-stub", "notes.md"]);
    cart.write(
        "purchase-history-stub/Cargo.toml",
        MEMBER.replace("NAME", "purchase-history-stub"),
    );
    cart.refuses(&INIT, 5, &["purchase-history-stub"]);
    let forced = [&INIT[..], &["--force"]].concat();
    cart.refuses(&forced, 5, &["purchase-history-stub"]);
}

#[test]
fn a_caller_without_a_component_section() {
    let cart = Workspace::cart();
    cart.write("tool/Cargo.toml", MEMBER.replace("NAME", "tool"));
    cart.write("tool/src/lib.rs", "");
    cart.replace(
        "Cargo.toml",
        "\"shopping-cart\",",
        "\"shopping-cart\", \"tool\",",
    );
    let args = ["init", "--targets", "purchase-history", "--callers", "tool"];
    cart.refuses(
        &args,
        3,
        &["`tool`", "tool/Cargo.toml", "[package.metadata.component]"],
    );
}

#[test]
fn a_broken_cargo_toml() {
    let cart = Workspace::cart();
    cart.replace("Cargo.toml", "resolver = \"2\"", "resolver = \"2");
    cart.refuses(&INIT, 3, &["Cargo.toml"]);
    let cart = Workspace::cart();
    cart.replace("shopping-cart/Cargo.toml", "[lib]", "[lib");
    cart.refuses(&INIT, 3, &["shopping-cart/Cargo.toml"]);
}

#[test]
fn a_broken_makefile() {
    let cart = Workspace::cart();
    cart.write(
        "Makefile.toml",
        "[tasks.deploy]\ncommand = \"echo\"\nargs = [\"a\"\n[tasks.other]\n",
    );
    cart.refuses(&INIT, 3, &["Makefile.toml", "line 4"]);
}

#[test]
fn hand_made_changes_to_a_generated_file() {
    let cart = Workspace::initialized_cart();
    cart.replace("purchase-history-stub/src/lib.rs", "//!", "//! mine");
    cart.refuses(
        &["regenerate"],
        5,
        &["purchase-history-stub/src/lib.rs", "--force"],
    );
    let before = Workspace::initialized_cart().read("purchase-history-stub/src/lib.rs");
    cart.golem_rpc(&["regenerate", "--force"]).success();
    assert_eq!(cart.read("purchase-history-stub/src/lib.rs"), before);
}

#[test]
fn nothing_is_linked_yet() {
    let cart = Workspace::cart();
    for command in ["regenerate", "build-members", "compose"] {
        let args: &[&str] = match command {
            "compose" => &["compose", "--caller", "shopping-cart"],
            command => &[command],
        };
        cart.refuses(args, 3, &["cargo golem-rpc init --targets"]);
    }
    assert!(
        !cart.path("target").exists(),
        "{:?}",
        Tree::read(cart.root())
    );
}

const MEMBER: &str = "[package]\nname = \"NAME\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
