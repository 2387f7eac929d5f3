//! Where files lie, and what lies beside them: links, junk, members outside of the workspace.

mod junk;
mod links;
mod outside;
mod wasi;

use golem_rpc_tests::Workspace;

/// A nursery grows what a florist orders. cargo alone builds both.
const NURSERY: &str = "package garden:nursery;

interface api {
  use garden:plants/types.{plant};
  grow: func(what: plant) -> u32;
}

world nursery {
  export api;
}
";
const NURSERY_CODE: &str = "mod bindings {
    wit_bindgen::generate!({ world: \"nursery\", generate_all });
}

use bindings::exports::garden::nursery::api::{Guest, Plant};

struct Component;

impl Guest for Component {
    fn grow(what: Plant) -> u32 {
        what.height
    }
}

bindings::export!(Component with_types_in bindings);
";
const FLORIST: &str = "package garden:florist;

interface shop {
  order: func(name: string) -> u32;
}

world florist {
  export shop;
}
";
const FLORIST_CODE: &str = "mod bindings {
    wit_bindgen::generate!({ world: \"florist\", generate_all });
}

use bindings::exports::garden::florist::shop::Guest;

struct Component;

impl Guest for Component {
    fn order(name: String) -> u32 {
        name.len() as u32
    }
}

bindings::export!(Component with_types_in bindings);
";
const PLANTS: &str = "package garden:plants;

interface types {
  record plant { name: string, height: u32 }
}
";
const INIT: [&str; 5] = ["init", "--targets", "nursery", "--callers", "florist"];

/// The two, with their WIT dependencies each in a directory of its own.
fn garden() -> Workspace {
    let garden = bare_garden();
    garden.write("nursery/wit/deps/plants/plants.wit", PLANTS);
    garden
}

fn bare_garden() -> Workspace {
    let garden = Workspace::empty("garden");
    let root = "[workspace]\nresolver = \"3\"\nmembers = [\"nursery\", \"florist\"]\n";
    garden.write("Cargo.toml", root);
    member(&garden, "nursery", NURSERY, NURSERY_CODE);
    member(&garden, "florist", FLORIST, FLORIST_CODE);
    garden
}

fn member(garden: &Workspace, name: &str, wit: &str, code: &str) {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\n\
         crate-type = [\"cdylib\"]\n\n[dependencies]\nwit-bindgen = \"0.63\"\n"
    );
    garden.write(&format!("{name}/Cargo.toml"), manifest);
    garden.write(&format!("{name}/src/lib.rs"), code);
    garden.write(&format!("{name}/wit/{name}.wit"), wit);
}

/// The WIT of a member resolves as wit-bindgen's macro has it.
#[track_caller]
fn loads(garden: &Workspace, member: &str) {
    let root = garden.path(&format!("{member}/wit"));
    let loaded = wit_parser::Resolve::default().push_path(root.canonicalize().unwrap());
    loaded.unwrap_or_else(|error| panic!("{member}: {error:?}"));
}
