//! A user's workspace in a scratch directory.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use crate::{Invocation, Run, Tree, copy_dir, fixture};

/// A workspace in a scratch directory, which goes when this is dropped.
pub struct Workspace {
    scratch: TempDir,
    root: Utf8PathBuf,
}

impl Workspace {
    /// An empty directory of this name.
    pub fn empty(name: &str) -> Workspace {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(scratch.path()).unwrap().join(name);
        fs::create_dir(&root).unwrap();
        Workspace { scratch, root }
    }

    /// A copy of a directory below `fixtures/`.
    pub fn of_fixture(name: &str) -> Workspace {
        let workspace = Workspace::empty("workspace");
        workspace.overlay(name);
        workspace
    }

    /// The two members of the shopping cart as they are before `init`.
    pub fn cart() -> Workspace {
        Workspace::of_fixture("shopping-cart/start")
    }

    /// A shop whose members are built in three ways, linked and with the sources that call the stubs.
    pub fn shop() -> Workspace {
        let shop = Workspace::of_fixture("build-styles/start");
        shop.add_wit_bindgen();
        for (target, caller) in [("stock", "orders"), ("prices", "stock")] {
            let args = ["init", "--targets", target, "--callers", caller];
            shop.golem_rpc(&args).success();
        }
        shop.overlay("build-styles/final");
        shop
    }

    /// The shopping cart after `init`.
    pub fn initialized_cart() -> Workspace {
        let workspace = Workspace::cart();
        workspace.init_cart().success();
        workspace
    }

    /// Lays a directory below `fixtures/` over the files that are there.
    pub fn overlay(&self, name: &str) {
        copy_dir(&fixture(name), &self.root);
    }

    /// The root.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The path of something below the root.
    pub fn path(&self, path: &str) -> Utf8PathBuf {
        self.root.join(path)
    }

    /// A path outside of the workspace, in the same scratch directory.
    pub fn outside(&self, path: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.scratch.path()).unwrap().join(path)
    }

    /// Writes a file, with the directories above it.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// The text of a file.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let file = self.path(path);
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Replaces a text, which has to be there, in a file.
    #[track_caller]
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no `{old}`");
        self.write(path, text.replace(old, new));
    }

    /// All files outside of `target`.
    pub fn tree(&self) -> Tree {
        Tree::read(&self.root)
    }

    /// A command in the root.
    pub fn command(&self, program: &str, args: &[&str]) -> Invocation {
        Invocation::new(program, args, &self.root)
    }

    /// `cargo golem-rpc ARGS`
    pub fn golem_rpc(&self, args: &[&str]) -> Run {
        self.cargo(&[&["golem-rpc"], args].concat())
    }

    /// `cargo golem-rpc init` for the shopping cart.
    pub fn init_cart(&self) -> Run {
        self.golem_rpc(&[
            "init",
            "--targets",
            "purchase-history",
            "--callers",
            "shopping-cart",
        ])
    }

    /// `cargo make TASK`
    pub fn make(&self, task: &str) -> Run {
        self.cargo(&["make", "--disable-check-for-updates", task])
    }

    /// `cargo ARGS`
    pub fn cargo(&self, args: &[&str]) -> Run {
        self.command("cargo", args).run()
    }

    /// `command` with `golem-rpc` arguments refuses, and touches no file.
    #[track_caller]
    pub fn refuses(&self, args: &[&str], code: i32, things: &[&str]) -> Run {
        let before = self.tree();
        let run = self.golem_rpc(args).refusal(code, things);
        self.tree().assert_same_as(&before);
        run
    }
}
