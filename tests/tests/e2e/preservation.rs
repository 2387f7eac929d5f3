//! A user's files keep every byte that is not ours.

use golem_rpc_tests::{Tree, Workspace, assert_kept};

const ROOT: &str = r#"# Our shop. Ask Ana before you change versions!
[workspace]   # two members, for now
  resolver = "2"   # not 3
members = [ "purchase-history",
            # the cart is the one that customers see
     'shopping-cart' ,
   ]    # end of members


[profile.dev]
debug=1 # stack traces need lines

# [profile.release]
# lto = "fat"       <- too slow

[workspace.metadata.ana] # her notes
"quoted key" = { nested = true ,more=[1,2 , 3 ] }
"#;

const CALLER: &str = "# This file has Windows line endings.\r
package.name = \"shopping-cart\"  # dotted\r
package.version=\"0.1.0\"\r
package.edition = \"2021\"\r
\r
[dependencies]\r
wit-bindgen-rt = { version = \"0.44.0\", features = [ \"bitflags\" ,] }   # pinned\r
\r
[lib]\r
crate-type = [\"cdylib\"]\r
\r
[package.metadata.component]\r
  package = \"shopping:cart\"\r
\r
[package.metadata.component.dependencies]  # none yet\r
# the end, without a line break";

const MAKEFILE: &str = r#"# tasks of our own
[config]
skip_core_tasks = true   # shorter lists

[tasks.deploy]
dependencies = ["release-build-flow"]   # ours after theirs
script = '''
echo "deploying"
'''

[tasks.build]    # one that has a name of the tool's
command = "echo"
args = [ "our own build", ]
"#;

#[test]
fn init_and_regenerate_keep_every_byte() {
    let cart = Workspace::cart();
    cart.write("Cargo.toml", ROOT);
    cart.write("shopping-cart/Cargo.toml", CALLER);
    cart.write("Makefile.toml", MAKEFILE);
    cart.write("shopping-cart/wit/deps/.keep", "");
    let before = cart.tree();

    cart.init_cart()
        .success()
        .says("`build`")
        .says("Makefile.toml");
    assert_all_kept(&before, &cart.tree());
    assert!(cart.read("Makefile.toml").contains("[tasks.build-flow]"));
    assert!(
        cart.read("shopping-cart/Cargo.toml")
            .contains("\"shopping:purchase-history-stub\"")
    );
    cart.cargo(&["metadata", "--format-version", "1", "--no-deps"])
        .success();
    let tasks = cart.make("--list-all-steps").success();
    assert!(tasks.stdout.contains("deploy"), "{tasks}");

    let settled = cart.tree();
    cart.init_cart().success();
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_as(&settled);
}

#[test]
fn line_endings_stay_what_they_are() {
    let cart = Workspace::cart();
    cart.write("shopping-cart/Cargo.toml", CALLER);
    cart.init_cart().success();
    let manifest = cart.read("shopping-cart/Cargo.toml");
    let bare = manifest.replace("\r\n", "").contains('\n');
    assert!(!bare, "a line of {manifest:?} ends otherwise than the rest");
}

#[test]
fn force_replaces_the_task_that_has_a_name_of_ours() {
    let cart = Workspace::cart();
    cart.write("Makefile.toml", MAKEFILE);
    let args = [
        "init",
        "--force",
        "--targets",
        "purchase-history",
        "--callers",
        "shopping-cart",
    ];
    cart.golem_rpc(&args).success().says("`build`");
    let makefile = cart.read("Makefile.toml");
    assert!(!makefile.contains("our own build"), "{makefile}");
    assert!(makefile.contains("echo \"deploying\""), "{makefile}");
}

#[track_caller]
fn assert_all_kept(before: &Tree, after: &Tree) {
    for file in before.files() {
        let old = before.text(file.as_str()).unwrap();
        let new = after
            .text(file.as_str())
            .unwrap_or_else(|| panic!("{file} is gone"));
        assert_kept(file.as_str(), old, new);
    }
}

#[test]
fn tasks_of_the_users_stay() {
    let own = [OWN_TEST, OWN_CLEAN, OWN_SCRIPT, OWN_FLOW];
    let cart = Workspace::cart();
    cart.write("Makefile.toml", own.concat());
    cart.init_cart()
        .success()
        .says("`test`")
        .says("`clean`")
        .does_not_say("`lint`");
    let makefile = cart.read("Makefile.toml");
    for task in own {
        assert!(
            makefile.contains(task),
            "no longer is there\n{task}in\n{makefile}"
        );
    }
    let settled = cart.tree();
    cart.golem_rpc(&["regenerate"]).success();
    cart.init_cart().success();
    cart.tree().assert_same_as(&settled);
    let run = cart.make("clean").success();
    assert!(run.stdout.contains("nothing is cleaned"), "{run}");
}

const OWN_TEST: &str = "[tasks.test]
command = \"cargo\"
args = [\"test\", \"--workspace\", \"--all-features\"]

";

const OWN_CLEAN: &str = "[tasks.clean]
clear = true
workspace = false
script = \"echo nothing is cleaned\"

";

const OWN_SCRIPT: &str = "[tasks.lint] # ours
script = \"\"\"
cargo clippy
cargo fmt --check
\"\"\"

";

const OWN_FLOW: &str = "[tasks.all]
dependencies = [\"lint\", \"test\"]

";
