//! What wit-bindgen compiles to, made once.
//!
//! Members that cargo alone builds depend on wit-bindgen, whose macro takes a minute to compile. It is
//! the same in each workspace, so a workspace gets links to what a small package of its own has left
//! in the cache, and its Cargo.lock.

use std::fs;
use std::sync::OnceLock;

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Invocation, Workspace, add_target, cache_dir};

const MANIFEST: &str = "[package]
name = \"with-wit-bindgen\"
version = \"0.1.0\"
edition = \"2024\"

[workspace]

[dependencies]
wit-bindgen = \"0.63\"
";

impl Workspace {
    /// Puts compiled wit-bindgen into the target directory.
    pub fn add_wit_bindgen(&self) {
        static COMPILED: OnceLock<Utf8PathBuf> = OnceLock::new();
        let package = COMPILED.get_or_init(compile);
        link_dir(&package.join("target"), &self.path("target"));
        fs::copy(package.join("Cargo.lock"), self.path("Cargo.lock")).unwrap();
    }
}

fn compile() -> Utf8PathBuf {
    let package = cache_dir("wit-bindgen");
    fs::create_dir_all(package.join("src")).unwrap();
    for (file, text) in [("Cargo.toml", MANIFEST), ("src/lib.rs", "")] {
        if fs::read_to_string(package.join(file)).ok().as_deref() != Some(text) {
            fs::write(package.join(file), text).unwrap();
        }
    }
    let mut args = vec!["build"];
    for target in ["wasm32-wasip1", "wasm32-wasip2"] {
        add_target(target);
        args.extend(["--target", target]);
    }
    Invocation::new("cargo", &args, &package).run().success();
    package
}

/// Links all files of `from` to `to`, save those that cargo writes again and again.
fn link_dir(from: &Utf8Path, to: &Utf8Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let (name, dest) = (entry.file_name(), to.join(entry.file_name()));
        match entry.path().is_dir() {
            true if name != "incremental" => link_dir(entry.path(), &dest),
            false if !name.starts_with('.') => fs::hard_link(entry.path(), dest).unwrap(),
            _ => {}
        }
    }
}
