//! Every name that is derived: of the stub package, its interface and world, its resources,
//! futures, types and methods, and of directories and crates.
//!
//! Names are part of what users write in their own code, so each is a function of the target's WIT
//! alone, and clashes are settled by fixed rules:
//!
//! | clash | rule |
//! |---|---|
//! | two exported interfaces of one name | each `<pkg>-<iface>` |
//! | two exported resources of one name, or one called like an exported interface that has functions of its own | each `<iface>-<res>`, then `<pkg>-<iface>-<res>`; the interface keeps its name |
//! | an interface or a resource named like the world that has functions of its own | these become `<w>-world` |
//! | one type name from two interfaces, or that of a resource | each `<iface>-<type>`, then `<pkg>-<iface>-<type>` |
//! | two packages of one name there | `<ns>-…`, then with the version: `…-v1x2x3` |
//! | one future name twice, or that of a type | `future-<iface>-<f>-result`; that of a resource's function always is `future-<res>-<f>-result` |
//! | a type or resource of the target's called like one of ours | ours are `golem-rpc-uri`, `golem-rpc-worker-id`, `golem-rpc-agent-id`, `golem-rpc-component-id`, `golem-rpc-rpc-error`, `golem-rpc-cancellation-token`, `wasi-clocks-datetime`, `wasi-io-pollable` |
//! | a function called like something that every resource has in Rust (`new`, `handle`, `from-handle`, `take-handle`) or in Go (`drop`, `set-handle`, `from-own-handle`, `from-borrow-handle`), or like its resource | `call-<f>` |
//! | `blocking-x` beside `x` | `call-blocking-x`, and `blocking-blocking-x` waits |
//! | `schedule-x` beside `x`, where calls can be scheduled | `call-schedule-x`, and `schedule-schedule-x` schedules |
//! | a function called `ephemeral`, where workers can be | `call-ephemeral` |
//! | resource `a` with `b-c` beside resource `a-b` with `c`, in whatever form | the later one is `call-<f>` |
//! | a parameter called like one of ours (`location`, `worker-id`, `agent-id`, `component-id`, `when`) | ours is `stub-<name>` |
//! | a parameter called `self` | `self-param` |
//! | what still has the name of something else after all that | a number: `…-n2` |
//!
//! Names that differ only in case clash, since a component takes them for one. Words of WIT clash
//! with nothing: they are written with `%`.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{PackageName, UnresolvedPackageGroup};

mod functions;

pub use functions::{Added, EPHEMERAL, FunctionNames, Functions, RemoteName};

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
        ("wasi", "clocks") => ("clocks".into(), "wall-clock.wit".into()),
        (namespace, name) => (format!("{namespace}_{name}"), format!("{name}.wit")),
    }
}

/// An interface's id as WIT text has to write it: with `%` where its namespace is a word of WIT.
pub fn written(id: &str) -> String {
    let namespace = id.split(':').next().unwrap_or_default();
    let package = format!("package {namespace}:x;");
    match UnresolvedPackageGroup::parse("x.wit", &package) {
        Ok(_) => id.to_string(),
        Err(_) => format!("%{id}"),
    }
}

/// Names for the future of `function`, which is one of the stub's `resource`; `remote` says whether
/// that stands for a resource, whose name then always stands in it.
pub fn future(function: &str, resource: &str, remote: bool) -> Candidates {
    let plain = format!("future-{function}-result");
    let long = format!("future-{resource}-{function}-result");
    if remote {
        vec![long]
    } else {
        vec![plain, long]
    }
}

/// Names for parameters of ours, each out of the way of the target's.
pub fn our_params(ours: &[&str], theirs: &[&str]) -> Vec<String> {
    let theirs: BTreeSet<String> = theirs.iter().map(|name| folded(name)).collect();
    let free = |name: &&str| {
        let mut name = name.to_string();
        while theirs.contains(&folded(&name)) {
            name.insert_str(0, "stub-");
        }
        name
    };
    ours.iter().map(free).collect()
}

/// The names of the target's parameters: one called `self` would clash with a method's own.
pub fn their_params(theirs: &[&str]) -> Vec<String> {
    let taken = |name: &str| theirs.iter().any(|other| other.eq_ignore_ascii_case(name));
    let named = theirs.iter().map(|name| {
        if !name.eq_ignore_ascii_case("self") {
            return name.to_string();
        }
        let mut name = "self-param".to_string();
        while taken(&name) {
            name.push_str("-param");
        }
        name
    });
    named.collect()
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
            // one word: cargo-component 0.21.1 reads no word that begins with a digit
            let digits = version.to_string().to_lowercase();
            let digits = digits.replace(|c: char| !c.is_ascii_alphanumeric(), "x");
            names.push(format!("{}-v{digits}", names[names.len() - 1]));
        }
    }
    names
}

/// A name as components compare it: without case and hyphens.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase().replace('-', "")
}

/// Gives each thing the plainest of its candidates that no other has and that is not `taken`: all
/// holders of a clashing name move on to their next candidate together. Names that differ only in
/// case are the same to a component. Things that have no candidate left are numbered.
pub fn distinct(things: &[Candidates], taken: &BTreeSet<String>) -> Vec<String> {
    let taken: BTreeSet<String> = taken.iter().map(|name| folded(name)).collect();
    let mut level = vec![0; things.len()];
    loop {
        let current: Vec<String> = things
            .iter()
            .zip(&level)
            .map(|(c, l)| folded(&c[*l]))
            .collect();
        let mut holders = BTreeMap::<&str, usize>::new();
        for name in &current {
            *holders.entry(name).or_default() += 1;
        }
        let clashes = |name: &str| taken.contains(name) || holders[name] > 1;
        let moving: Vec<usize> = (0..things.len())
            .filter(|i| clashes(&current[*i]) && level[*i] + 1 < things[*i].len())
            .collect();
        if moving.is_empty() {
            let chosen = things.iter().zip(level).map(|(c, l)| c[l].clone());
            return numbered(chosen.collect(), taken);
        }
        for i in moving {
            level[i] += 1;
        }
    }
}

/// Puts a number behind every name that is taken or that one before it has.
fn numbered(names: Vec<String>, mut taken: BTreeSet<String>) -> Vec<String> {
    let all: BTreeSet<String> = names.iter().map(|name| folded(name)).collect();
    let number = |name: String| {
        let free = (1..).map(|n| match n {
            1 => name.clone(),
            n => format!("{name}-n{n}"),
        });
        let mut free = free.filter(|new| *new == name || !all.contains(&folded(new)));
        let free = free.find(|new| taken.insert(folded(new)));
        free.expect("there is always a next number")
    };
    names.into_iter().map(number).collect()
}

/// The name of one of our own types in the stub interface, next to the target's.
pub fn ours(plain: &str, prefix: &str, taken: &BTreeSet<String>) -> String {
    let mut name = plain.to_string();
    while taken.iter().any(|other| folded(other) == folded(&name)) {
        name = format!("{prefix}-{name}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|n| n.to_string()).collect()
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
