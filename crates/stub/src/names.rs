//! Every name that is derived: of the stub package, its interface and world, its resources,
//! futures, types and methods, and of directories and crates.
//!
//! Names are part of what users write in their own code, so each is a function of the target's WIT
//! alone, and clashes are settled by fixed rules:
//!
//! | clash | rule |
//! |---|---|
//! | two exported interfaces of one name | each `<pkg>-<iface>` |
//! | an interface named like the world that has functions of its own | these become `<w>-world` |
//! | one type name from two interfaces, or that of a resource | each `<iface>-<type>`, then `<pkg>-<iface>-<type>` |
//! | one future name twice, or that of a type | `future-<iface>-<f>-result` |
//! | a type of the target's called `uri` or `pollable` | ours are `golem-rpc-uri`, `wasi-io-pollable` |
//! | a function called like something that every resource has in Rust | `call-<f>` |
//! | `blocking-x` beside `x` | `call-blocking-x`, and `blocking-blocking-x` waits |

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::PackageName;

/// Function names that bindings give to every resource.
const TAKEN_BY_BINDINGS: [&str; 4] = ["new", "handle", "from-handle", "take-handle"];

/// The stub package of a target's package: `ns:name-stub`, at the same version.
pub fn stub_package(target: &PackageName) -> PackageName {
    PackageName {
        name: format!("{}-stub", target.name),
        ..target.clone()
    }
}

/// The stub interface of a world.
pub fn stub_interface(world: &str) -> String {
    format!("stub-{world}")
}

/// The stub world of a world.
pub fn stub_world(world: &str) -> String {
    format!("wasm-rpc-stub-{world}")
}

/// The stub crate of a Cargo package, or a stub's directory from its target's.
pub fn stub_crate(name: &str) -> String {
    format!("{name}-stub")
}

/// Directory below `deps/` and file name for a package.
pub fn dep_path(package: &PackageName) -> (String, String) {
    match (package.namespace.as_str(), package.name.as_str()) {
        ("golem", "rpc") => ("wasm-rpc".into(), "wasm-rpc.wit".into()),
        ("wasi", "io") => ("io".into(), "poll.wit".into()),
        (namespace, name) => (format!("{namespace}_{name}"), format!("{name}.wit")),
    }
}

/// The method that waits for the result of `function`.
pub fn blocking(function: &str) -> String {
    format!("blocking-{function}")
}

/// For each function of one resource the method that starts it without waiting.
pub fn starts<'a>(functions: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let mut taken: BTreeSet<String> = functions.clone().map(blocking).collect();
    taken.extend(functions.clone().map(str::to_string));
    functions
        .map(|function| {
            let reserved = TAKEN_BY_BINDINGS.contains(&function.to_lowercase().as_str());
            if !reserved && !taken_as_blocking(function, &taken) {
                return function.to_string();
            }
            let mut name = format!("call-{function}");
            while !taken.insert(name.clone()) {
                name.insert_str(0, "call-");
            }
            name
        })
        .collect()
}

fn taken_as_blocking(function: &str, functions: &BTreeSet<String>) -> bool {
    function
        .strip_prefix("blocking-")
        .is_some_and(|rest| functions.contains(rest))
}

/// One thing to name: its candidates, the plainest first.
pub type Candidates = Vec<String>;

/// The candidates for something called `name` in an interface of a package: `name`, then with the
/// interface, the package, the namespace and the version in front.
pub fn candidates(
    name: &str,
    interface: Option<&str>,
    package: Option<&PackageName>,
) -> Candidates {
    let mut names = vec![name.to_string()];
    let mut longer = |prefix: &str| names.push(format!("{prefix}-{}", names[names.len() - 1]));
    if let Some(interface) = interface {
        longer(interface);
    }
    if let Some(package) = package {
        longer(&package.name);
        longer(&package.namespace);
        if let Some(version) = &package.version {
            let digits = version
                .to_string()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            names.push(format!("{}-v{digits}", names[names.len() - 1]));
        }
    }
    names
}

/// Gives each thing the plainest of its candidates that no other has and that is not `taken`: all
/// holders of a clashing name move on to their next candidate together.
pub fn distinct(things: &[Candidates], taken: &BTreeSet<String>) -> Vec<String> {
    let mut level = vec![0; things.len()];
    loop {
        let current: Vec<&str> = things
            .iter()
            .zip(&level)
            .map(|(c, l)| c[*l].as_str())
            .collect();
        let mut holders = BTreeMap::<&str, usize>::new();
        for name in &current {
            *holders.entry(name).or_default() += 1;
        }
        let clashes = |name: &str| taken.contains(name) || holders[name] > 1;
        let moving: Vec<usize> = (0..things.len())
            .filter(|i| clashes(current[*i]) && level[*i] + 1 < things[*i].len())
            .collect();
        if moving.is_empty() {
            return current.into_iter().map(str::to_string).collect();
        }
        for i in moving {
            level[i] += 1;
        }
    }
}

/// The name of one of our own types in the stub interface, next to the target's.
pub fn ours(plain: &str, prefix: &str, taken: &BTreeSet<String>) -> String {
    match taken.contains(plain) {
        true => format!("{prefix}-{plain}"),
        false => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|n| n.to_string()).collect()
    }

    #[test]
    fn starts_avoid_what_bindings_and_blocking_forms_take() {
        let functions = ["x", "blocking-x", "new", "get", "call-new"];
        let expected = ["x", "call-blocking-x", "call-call-new", "get", "call-new"];
        assert_eq!(starts(functions.into_iter()), expected);
        assert_eq!(starts(["blocking-y"].into_iter()), ["blocking-y"]);
    }

    #[test]
    fn every_holder_of_a_clashing_name_moves_on() {
        let package = |name: &str| PackageName {
            namespace: "a".into(),
            name: name.into(),
            version: None,
        };
        let (one, two) = (package("one"), package("two"));
        let things = [
            candidates("t", Some("api"), Some(&one)),
            candidates("t", Some("api"), Some(&two)),
            candidates("t", Some("other"), Some(&one)),
            candidates("u", Some("api"), Some(&one)),
            candidates("taken", Some("api"), Some(&one)),
        ];
        let expected = ["one-api-t", "two-api-t", "other-t", "u", "api-taken"];
        assert_eq!(distinct(&things, &set(&["taken"])), expected);
    }

    #[test]
    fn our_own_types_make_room() {
        assert_eq!(ours("uri", "golem-rpc", &set(&["uri"])), "golem-rpc-uri");
        assert_eq!(ours("uri", "golem-rpc", &set(&[])), "uri");
    }
}
