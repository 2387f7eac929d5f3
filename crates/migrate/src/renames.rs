//! What Rust code calls by the older stub's names and has to call otherwise from now on.
//!
//! The interfaces of both stubs are compared. A type that has another name, but leads to the same
//! type of another package, was renamed; so was a function `f` that is called `call-f` now. Then the
//! words of the callers' sources are looked through; nothing is rewritten.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{WitRoot, names};
use golem_rpc_workspace::Member;
use wit_parser::{Interface, Resolve, Type, TypeDefKind, TypeId, TypeOwner};

use crate::remark::Remark;
use crate::rust::{camel, snake, sources};
use crate::wit::{key, respelled_root};

/// What is called otherwise: Rust names, old and new.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Renames {
    /// The Rust module of the older stub: a file that does not name it is not looked at.
    module: String,
    names: BTreeMap<String, Option<String>>,
}

impl Renames {
    /// Compares the WIT roots of an older stub and of ours.
    pub(crate) fn between(older: &WitRoot, ours: &WitRoot) -> Option<Renames> {
        let (old, new) = (Names::read(&respelled_root(older))?, Names::read(ours)?);
        let mut names = BTreeMap::new();
        if old.interface != new.interface {
            names.insert(snake(&old.interface), Some(snake(&new.interface)));
        }
        for (name, origin) in &old.types {
            if !new.types.contains_key(name) {
                let mut same = new.types.iter().filter(|(_, other)| *other == origin);
                let now = same.next().filter(|_| origin.is_some());
                names.insert(camel(name), now.map(|(name, _)| camel(name)));
            }
        }
        for name in old.functions.difference(&new.functions) {
            let call = format!("call-{name}");
            let now = new.functions.contains(&call).then(|| snake(&call));
            names.insert(snake(name), now);
        }
        let module = snake(&old.interface);
        Some(Renames { module, names })
    }

    /// The lines of a caller's sources that name something of these.
    pub(crate) fn remarks(&self, caller: &Member, disk: &Snapshot) -> Vec<Remark> {
        let files = sources(caller, disk);
        files
            .flat_map(|(path, words)| self.in_file(path, &words))
            .collect()
    }

    fn in_file(&self, path: &Utf8Path, words: &[(usize, &str)]) -> Vec<Remark> {
        if !words.iter().any(|(_, word)| *word == self.module) {
            return Vec::new();
        }
        let named = words.iter().filter_map(|(line, word)| {
            Some(Remark::Renamed {
                file: path.to_path_buf(),
                line: *line,
                old: word.to_string(),
                new: self.names.get(*word)?.clone(),
            })
        });
        named.collect()
    }
}

/// What a stub's interface calls things.
struct Names {
    interface: String,
    /// Each type, with the interface and name of the type of others that it stands for.
    types: BTreeMap<String, Option<(String, String)>>,
    functions: BTreeSet<String>,
}

impl Names {
    fn read(root: &WitRoot) -> Option<Names> {
        let (resolve, package) = root.resolve().ok()?;
        let prefix = names::stub_interface("");
        let mut interfaces = resolve.packages[package].interfaces.iter();
        let (name, id) = interfaces.find(|(name, _)| name.starts_with(&prefix))?;
        let interface = &resolve.interfaces[*id];
        let types = interface.types.iter();
        let types = types.map(|(name, id)| (name.clone(), origin(&resolve, *id, interface)));
        let functions = interface.functions.values();
        Some(Names {
            interface: name.clone(),
            types: types.collect(),
            functions: functions.map(|f| f.item_name().to_string()).collect(),
        })
    }
}

/// The type of another interface that a type is an alias of: interface and name.
fn origin(resolve: &Resolve, mut id: TypeId, own: &Interface) -> Option<(String, String)> {
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    let def = &resolve.types[id];
    let TypeOwner::Interface(owner) = def.owner else {
        return None;
    };
    let interface = &resolve.interfaces[owner];
    let is_own = interface.name == own.name && interface.package == own.package;
    let package = key(&resolve.packages[interface.package?].name);
    let place = format!("{package}/{}", interface.name.as_deref()?);
    (!is_own).then_some((place, def.name.clone()?))
}

#[cfg(test)]
mod tests {
    use golem_rpc_stub::WitFile;
    use golem_rpc_stub::WitPackage;

    use super::*;
    use crate::rust::words;

    fn root(stub: &str) -> WitRoot {
        let package = |text: &str| WitPackage {
            path: "names.wit".into(),
            files: vec![WitFile {
                path: "w.wit".into(),
                content: text.as_bytes().to_vec(),
            }],
        };
        let rpc = "package golem:rpc@0.1.0;\ninterface types { record uri { value: string } }";
        WitRoot {
            path: "wit".into(),
            main: package(stub),
            deps: vec![package(rpc)],
        }
    }

    #[test]
    fn names_that_are_other_names_now() {
        let old = "package a:b-stub;\ninterface stub-b { use golem:rpc/types@0.1.0.{uri as golem-rpc-uri}; record gone { a: float32 } resource api { constructor(l: golem-rpc-uri); handle: func(); same: func(); } }";
        let new = "package a:b-stub;\ninterface stub-b { use golem:rpc/types@0.1.0.{uri}; resource api { constructor(l: uri); call-handle: func(); same: func(); } }";
        let renames = Renames::between(&root(old), &root(new)).unwrap();
        let name = |name: &str| Some(name.to_string());
        let wanted = [
            ("GolemRpcUri".to_string(), name("Uri")),
            ("Gone".to_string(), None),
            ("handle".to_string(), name("call_handle")),
        ];
        assert_eq!(renames.names, wanted.into());
        let source = "use x::stub_b::{Api, // GolemRpcUri\n  GolemRpcUri};\nfn f(a: &Api) { a.same(); a.handle() }\n";
        let found = renames.in_file(Utf8Path::new("/w/src/a.rs"), &words(source));
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "/w/src/a.rs:2: `GolemRpcUri` of the stub is called `Uri` now",
                "/w/src/a.rs:3: `handle` of the stub is called `call_handle` now",
            ]
        );
        assert!(
            renames
                .in_file(Utf8Path::new("/w/b.rs"), &words("struct GolemRpcUri;"))
                .is_empty()
        );
        assert!(
            Renames::between(&root(new), &root(new))
                .unwrap()
                .names
                .is_empty()
        );
    }
}
