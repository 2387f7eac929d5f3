//! What two versions of a world export: which interface is which, and what is new or gone.

use std::collections::BTreeSet;

use wit_parser::{Function, InterfaceId, PackageName, Span, WorldItem, WorldKey};

use crate::align::unique;
use crate::change::{Class, Subject, What};
use crate::comparison::{Comparison, Draft, Piece, Version};
use crate::functions::Group;
use crate::path::Path;

/// An exported interface.
struct Export {
    /// As it is on the wire.
    id: String,
    /// The same without version.
    bare: String,
    interface: InterfaceId,
    span: Span,
}

impl Comparison<'_> {
    /// Compares everything.
    pub(crate) fn exports(&mut self) {
        let (old, new) = (interfaces(&self.old), interfaces(&self.new));
        let pairs = match (self.of_stubs, &old[..], &new[..]) {
            // Whatever its name is: a stub has only this one.
            (true, [_], [_]) => vec![(0, 0)],
            _ => pair(&self.old, &old, &self.new, &new),
        };
        for (i, j) in &pairs {
            let (was, is) = (&old[*i], &new[*j]);
            self.interfaces.insert(was.bare.clone(), is.bare.clone());
            self.pair_resources(was.interface, is.interface);
        }
        self.package();
        self.world();
        for (i, was) in old.iter().enumerate() {
            match pairs.iter().find(|pair| pair.0 == i) {
                Some((_, j)) => self.interface(was, &new[*j]),
                None => self.interface_removed(was),
            }
        }
        self.world_functions();
        let known: BTreeSet<usize> = pairs.iter().map(|pair| pair.1).collect();
        for (_, is) in new.iter().enumerate().filter(|(j, _)| !known.contains(j)) {
            self.whole(
                is,
                What::Added,
                Class::Compatible,
                "callers that are built do not ask for it",
            );
        }
    }

    fn package(&mut self) {
        let name = |version: &Version<'_>| {
            let package = version.source.package;
            version.resolve().packages[package].name.clone()
        };
        let (was, is) = (name(&self.old), name(&self.new));
        if was == is {
            return;
        }
        let stub = if self.of_stubs {
            bare(&is)
        } else {
            bare(&is) + "-stub"
        };
        let reason = match bare(&was) == bare(&is) {
            true => format!(
                "the stub is of the package's version: callers import `{stub}@…` of the new one"
            ),
            false => format!("the stub is named after the package: callers import `{stub}`"),
        };
        self.renamed_whole(Subject::Package, was.to_string(), is.to_string(), reason);
    }

    fn world(&mut self) {
        let name =
            |version: &Version<'_>| version.resolve().worlds[version.source.world].name.clone();
        let (was, is) = (name(&self.old), name(&self.new));
        if was != is {
            let reason = format!(
                "the stub's interface is named after the world: callers import `stub-{is}`"
            );
            self.renamed_whole(Subject::World, was, is, reason);
        }
    }

    fn renamed_whole(&mut self, subject: Subject, was: String, is: String, reason: String) {
        let word = if subject == Subject::World {
            "world"
        } else {
            "package"
        };
        let span = |version: &Version<'_>| version.resolve().worlds[version.source.world].span;
        let piece = |name: &str, span| Piece {
            text: format!("{word} {name}"),
            span,
        };
        let new_span = span(&self.new);
        let draft = Draft {
            subject,
            what: What::Renamed,
            class: Class::Source,
            old: Some(piece(&was, span(&self.old))),
            new: Some(piece(&is, new_span)),
            within: new_span,
            reason,
        };
        self.push(Path::new(was), draft);
    }

    fn interface(&mut self, was: &Export, is: &Export) {
        let path = Path::new(&was.id);
        if was.id != is.id && !self.is_renamed_with_its_world(was, is) {
            let class = Class::Wire;
            let why = if was.bare == is.bare {
                "the version is part of the name"
            } else {
                "functions are called by the name of their interface"
            };
            let draft = Draft {
                subject: Subject::Interface,
                what: What::Renamed,
                class,
                old: Some(piece(was)),
                new: Some(piece(is)),
                within: is.span,
                reason: format!("{why}: callers that are built ask for `{}.{{…}}`", was.id),
            };
            self.push(path.clone(), draft);
        }
        let (a, b) = (
            &self.old.resolve().interfaces[was.interface],
            &self.new.resolve().interfaces[is.interface],
        );
        self.docs(
            &path,
            Subject::Interface,
            (&a.docs, a.span),
            (&b.docs, b.span),
        );
        self.resources(&path, was.interface, is.interface);
        let old = Group {
            functions: a.functions.values().collect(),
            span: was.span,
        };
        let new = Group {
            functions: b.functions.values().collect(),
            span: is.span,
        };
        self.functions(&path, &old, &new);
        self.declared_types(&path, was.interface, is.interface);
    }

    /// Whether these are the interfaces of two stubs of one package, which are named after the world:
    /// that has another name is told of the world.
    fn is_renamed_with_its_world(&self, was: &Export, is: &Export) -> bool {
        let package = |version: &Version<'_>, export: &Export| {
            let resolve = version.resolve();
            let package = resolve.interfaces[export.interface].package;
            package.map(|package| resolve.packages[package].name.clone())
        };
        self.of_stubs && package(&self.old, was) == package(&self.new, is)
    }

    fn interface_removed(&mut self, was: &Export) {
        let reason = "callers that are built ask for its functions";
        self.whole(was, What::Removed, Class::Wire, reason);
    }

    /// An interface that only one version has.
    fn whole(&mut self, export: &Export, what: What, class: Class, reason: &str) {
        let new = what == What::Added;
        let world = self.new.resolve().worlds[self.new.source.world].span;
        let draft = Draft {
            subject: Subject::Interface,
            what,
            class,
            old: (!new).then(|| piece(export)),
            new: new.then(|| piece(export)),
            within: world,
            reason: reason.into(),
        };
        self.push(Path::new(&export.id), draft);
    }

    fn world_functions(&mut self) {
        let group = |version: &Version<'_>| -> (Vec<Function>, Span) {
            let world = &version.resolve().worlds[version.source.world];
            let functions = world.exports.values().filter_map(|item| match item {
                WorldItem::Function(function) => Some(function.clone()),
                _ => None,
            });
            (functions.collect(), world.span)
        };
        let (old, new) = (group(&self.old), group(&self.new));
        let old = Group {
            functions: old.0.iter().collect(),
            span: old.1,
        };
        let new = Group {
            functions: new.0.iter().collect(),
            span: new.1,
        };
        self.functions(&Path::default(), &old, &new);
    }
}

fn bare(package: &PackageName) -> String {
    format!("{}:{}", package.namespace, package.name)
}

fn piece(export: &Export) -> Piece {
    Piece {
        text: format!("interface {}", export.id),
        span: export.span,
    }
}

fn interfaces(version: &Version<'_>) -> Vec<Export> {
    let resolve = version.resolve();
    let world = &resolve.worlds[version.source.world];
    let export = |(key, item): (&WorldKey, &WorldItem)| match item {
        WorldItem::Interface { id, span, .. } => {
            let declared = resolve.interfaces[*id].span;
            let wire = resolve.name_world_key(key);
            Some(Export {
                bare: match key {
                    WorldKey::Interface(id) => version.bare(*id),
                    WorldKey::Name(_) => wire.clone(),
                },
                id: wire,
                interface: *id,
                span: if declared.is_known() { declared } else { *span },
            })
        }
        _ => None,
    };
    world.exports.iter().filter_map(export).collect()
}

/// Which old export is which new one: by its id, then by the first of these that leaves no choice:
/// without version, by the interface's own name, by the names of its functions.
fn pair(a: &Version<'_>, old: &[Export], b: &Version<'_>, new: &[Export]) -> Vec<(usize, usize)> {
    let functions = |version: &Version<'_>, export: &Export| -> Vec<String> {
        let interface = &version.resolve().interfaces[export.interface];
        let mut names: Vec<String> = interface.functions.keys().cloned().collect();
        names.sort();
        names
    };
    let own = |export: &Export| export.bare.rsplit('/').next().map(str::to_string);
    type Same<'f> = &'f dyn Fn(&Export, &Export) -> bool;
    let rules: [Same<'_>; 4] = [
        &|o, n| o.id == n.id,
        &|o, n| o.bare == n.bare,
        &|o, n| own(o) == own(n),
        &|o, n| {
            let names = functions(a, o);
            !names.is_empty() && names == functions(b, n)
        },
    ];
    let mut pairs = Vec::new();
    for same in rules {
        pairs.extend(unique(old.len(), new.len(), &pairs, |i, j| {
            same(&old[i], &new[j])
        }));
    }
    pairs
}
