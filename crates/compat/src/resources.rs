//! Exported resources, whose names are part of their functions' names on the wire, and the other
//! types that an exported interface declares.

use std::collections::BTreeSet;

use golem_rpc_stub::text;
use wit_parser::{InterfaceId, TypeDefKind, TypeId};

use crate::align::unique;
use crate::change::{Class, Subject, What};
use crate::comparison::{Comparison, Draft, Piece, Slot, Version};
use crate::path::{Path, Step};

impl Comparison<'_> {
    /// Notes which old resource has which new name.
    pub(crate) fn pair_resources(&mut self, old: InterfaceId, new: InterfaceId) {
        let (was, is) = (own_resources(&self.old, old), own_resources(&self.new, new));
        let mut pairs = unique(was.len(), is.len(), &[], |i, j| was[i].0 == is[j].0);
        let of_worlds = |i: usize, j: usize| self.are_of_worlds(&was[i].0, &is[j].0);
        pairs.extend(unique(was.len(), is.len(), &pairs, of_worlds));
        let same = |i: usize, j: usize| {
            let methods = methods(&self.old, old, was[i].1);
            !methods.is_empty() && methods == self::methods(&self.new, new, is[j].1)
        };
        pairs.extend(unique(was.len(), is.len(), &pairs, same));
        for (i, j) in pairs {
            let identity = self.old.identity(was[i].1);
            self.resources.insert(identity, is[j].0.clone());
        }
    }

    /// Whether these are the resources of two stubs for the functions of the world itself, which are
    /// named after it, while the functions are called by their own names alone.
    fn are_of_worlds(&self, old: &str, new: &str) -> bool {
        let is_of_world = |version: &Version<'_>, name: &str| {
            let world = &version.resolve().worlds[version.source.world].name;
            name.strip_suffix("-world").unwrap_or(name) == world || name == world
        };
        self.of_stubs && is_of_world(&self.old, old) && is_of_world(&self.new, new)
    }

    /// Compares the resources that two versions of an interface declare.
    pub(crate) fn resources(&mut self, path: &Path, old: InterfaceId, new: InterfaceId) {
        let (was, is) = (own_resources(&self.old, old), own_resources(&self.new, new));
        let mut known = BTreeSet::new();
        for (name, id) in &was {
            let path = path.with(resource(name));
            let now = self.resources.get(&self.old.identity(*id)).cloned();
            let found = is.iter().find(|(name, _)| Some(name) == now.as_ref());
            let Some((new_name, new_id)) = found else {
                let reason = format!("callers that are built ask for `{{{name}.…}}`");
                self.resource(
                    path,
                    What::Removed,
                    Class::Wire,
                    Some(*id),
                    None,
                    reason,
                    new,
                );
                continue;
            };
            known.insert(new_name.clone());
            if name != new_name {
                let (class, reason) = match self.are_of_worlds(name, new_name) {
                    true => (
                        Class::Source,
                        "the stub names it after the world; its functions are called without it"
                            .into(),
                    ),
                    false => (
                        Class::Wire,
                        format!(
                            "the name is part of its functions' names: callers that are built ask for `{{{name}.…}}`"
                        ),
                    ),
                };
                let ids = (Some(*id), Some(*new_id));
                self.resource(
                    path.clone(),
                    What::Renamed,
                    class,
                    ids.0,
                    ids.1,
                    reason,
                    new,
                );
            }
            let types = (
                &self.old.resolve().types[*id],
                &self.new.resolve().types[*new_id],
            );
            let docs = ((&types.0.docs, types.0.span), (&types.1.docs, types.1.span));
            self.docs(&path, Subject::Resource, docs.0, docs.1);
        }
        for (name, id) in is.iter().filter(|(name, _)| !known.contains(name)) {
            let reason = "callers that are built do not ask for it".to_string();
            let path = path.with(resource(name));
            self.resource(
                path,
                What::Added,
                Class::Compatible,
                None,
                Some(*id),
                reason,
                new,
            );
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one draft")]
    fn resource(
        &mut self,
        path: Path,
        what: What,
        class: Class,
        old: Option<TypeId>,
        new: Option<TypeId>,
        reason: String,
        within: InterfaceId,
    ) {
        let draft = Draft {
            subject: Subject::Resource,
            what,
            class,
            old: old.map(|id| declaration(&self.old, id)),
            new: new.map(|id| declaration(&self.new, id)),
            within: self.new.resolve().interfaces[within].span,
            reason,
        };
        self.push(path, draft);
    }

    /// Types that no function has led to yet: code can name them all the same.
    pub(crate) fn declared_types(&mut self, path: &Path, old: InterfaceId, new: InterfaceId) {
        let (was, is) = (own_types(&self.old, old), own_types(&self.new, new));
        let within = self.new.resolve().interfaces[new].span;
        for (name, id) in &was {
            if self.paired.0.contains(id) {
                continue;
            }
            let piece = declaration(&self.old, *id);
            match is.iter().find(|(other, _)| other == name) {
                Some((_, new)) => {
                    let slot = Slot {
                        path,
                        subject: Subject::Type,
                        directions: Default::default(),
                        new: declaration(&self.new, *new),
                        old: piece,
                    };
                    self.named(&slot, *id, *new);
                }
                None => {
                    let path = path.with(named(&self.old, *id, name));
                    let draft = Draft {
                        subject: Subject::Type,
                        what: What::Removed,
                        class: Class::Source,
                        old: Some(piece),
                        new: None,
                        within,
                        reason: "names of types do not travel, but code that names it must change"
                            .into(),
                    };
                    self.push(path, draft);
                }
            }
        }
        for (name, id) in is {
            let old_has = was.iter().any(|(other, _)| *other == name);
            if old_has || self.paired.1.contains(&id) {
                continue;
            }
            let path = path.with(named(&self.new, id, &name));
            let draft = Draft {
                subject: Subject::Type,
                what: What::Added,
                class: Class::Compatible,
                old: None,
                new: Some(declaration(&self.new, id)),
                within,
                reason: "nothing names it yet".into(),
            };
            self.push(path, draft);
        }
    }
}

fn resource(name: &str) -> Step {
    Step::Type {
        word: "resource",
        name: name.to_string(),
    }
}

fn named(version: &Version<'_>, id: TypeId, name: &str) -> Step {
    Step::Type {
        word: text::word(version.resolve(), id),
        name: name.to_string(),
    }
}

fn declaration(version: &Version<'_>, id: TypeId) -> Piece {
    Piece {
        text: text::declared(version.resolve(), id),
        span: version.resolve().types[id].span,
    }
}

/// The types that an interface declares itself, resources and `use`s aside.
fn own_types(version: &Version<'_>, interface: InterfaceId) -> Vec<(String, TypeId)> {
    let types = version.resolve().interfaces[interface].types.iter();
    let own = types.filter(|(_, id)| {
        let used = version.named(&wit_parser::Type::Id(**id)) != Some(**id);
        !used && !matches!(version.kind(**id), TypeDefKind::Resource)
    });
    own.map(|(name, id)| (name.clone(), *id)).collect()
}

fn own_resources(version: &Version<'_>, interface: InterfaceId) -> Vec<(String, TypeId)> {
    let types = version.resolve().interfaces[interface].types.iter();
    let resources = types.filter(|(_, id)| matches!(version.kind(**id), TypeDefKind::Resource));
    resources.map(|(name, id)| (name.clone(), *id)).collect()
}

/// The names of a resource's functions on the wire, without that of the resource.
fn methods(version: &Version<'_>, interface: InterfaceId, id: TypeId) -> BTreeSet<String> {
    let functions = version.resolve().interfaces[interface].functions.values();
    let own = functions.filter(|function| function.kind.resource() == Some(id));
    own.map(|function| {
        let wire = text::wire(function);
        wire.split_once('.')
            .map_or(wire.clone(), |(_, name)| name.to_string())
    })
    .collect()
}
