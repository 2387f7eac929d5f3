//! From what a world exports to the stub's resources: their names, and how each of their functions
//! finds its worker.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{Docs, Function, FunctionKind, Resolve, TypeId};

use crate::closure::{self, Closure};
use crate::exported::{Exported, Holder, Part};
use crate::golem_rpc::{OurType, our_types};
use crate::model::{Receiver, ResourceKind};
use crate::names::{self, Candidates, FunctionNames, Functions};
use crate::options::StubOptions;
use crate::source::Source;
use crate::types::{LocalNames, is_handle};

/// A resource of the stub.
pub(crate) struct Export<'a> {
    /// Its name in the stub interface.
    pub(crate) resource: String,
    pub(crate) kind: ResourceKind,
    /// Whether it has a constructor, and what that takes beside the address.
    pub(crate) constructor: Option<Constructor<'a>>,
    pub(crate) functions: Vec<Remote<'a>>,
    pub(crate) docs: Option<&'a Docs>,
}

/// The constructor of a resource of the stub; `remote` is that of a remote resource.
pub(crate) struct Constructor<'a> {
    pub(crate) remote: Option<&'a Function>,
    /// Whether there is the same as a static function, on a new ephemeral worker.
    pub(crate) ephemeral: bool,
}

/// A remote function.
pub(crate) struct Remote<'a> {
    pub(crate) function: &'a Function,
    pub(crate) wire_name: String,
    pub(crate) receiver: Receiver,
    pub(crate) names: FunctionNames,
    /// Name of the future resource, if the function has a result.
    pub(crate) future: Option<String>,
}

/// All that the stub WIT is rendered from.
pub(crate) struct Derived<'a> {
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) closure: Closure,
    pub(crate) local: LocalNames,
    /// Our own types, with their names in the stub interface.
    pub(crate) ours: Vec<(OurType, String)>,
}

impl Derived<'_> {
    /// The name of one of our own types in the stub interface.
    pub(crate) fn our(&self, name: &str) -> &str {
        let found = self.ours.iter().find(|(ours, _)| ours.name == name);
        &found.expect("only what the options bring is asked for").1
    }
}

/// Derives the stub's resources from the parts of what the selected world exports.
pub(crate) fn derive<'a>(
    source: &'a Source,
    exported: &Exported<'a>,
    options: &StubOptions,
) -> Derived<'a> {
    let resolve = &source.resolve;
    let parts = &exported.parts;
    let functions = parts
        .iter()
        .flat_map(|part| part.constructor.iter().chain(&part.functions).copied());
    let closure = closure::collect(source, functions, options);
    let resources = resource_names(parts);
    let mut taken: BTreeSet<String> = resources.iter().cloned().collect();
    let remote = remote_names(parts, &resources);
    let our_types = our_types(options);
    let plain: Vec<&str> = our_types.iter().map(|ty| ty.name).collect();
    let local = LocalNames::assign(resolve, &closure.types, remote, &taken, &plain);
    taken.extend(local.all().cloned());
    let mut ours = Vec::new();
    for ty in our_types {
        let name = names::ours(ty.name, ty.base.prefix(), &taken);
        taken.insert(name.clone());
        ours.push((ty, name));
    }
    let futures = future_names(parts, &resources, &taken);
    let mut functions = fixed_functions(parts, &resources, &futures, options);
    let named = parts.iter().zip(&resources).zip(futures);
    let exports = named.map(|((part, name), futures)| {
        let names = functions.name(&part.remote_names(), name, part.added(options));
        export(resolve, part, name, names, futures, options)
    });
    let exports = exports.collect();
    Derived {
        exports,
        closure,
        local,
        ours,
    }
}

/// Names of the stub's resources. Interfaces come first, then the remote resources, and the world's
/// own makes room for both.
fn resource_names(parts: &[Part<'_>]) -> Vec<String> {
    let mut names: Vec<String> = vec![String::new(); parts.len()];
    let mut taken = BTreeSet::new();
    let classes: [fn(&Holder) -> bool; 3] = [
        |holder| matches!(holder, Holder::Interface(_)),
        |holder| matches!(holder, Holder::Resource(_)),
        |holder| matches!(holder, Holder::World),
    ];
    for class in classes {
        let of_class = (0..parts.len()).filter(|i| class(&parts[*i].holder));
        let of_class: Vec<usize> = of_class.collect();
        let candidates = of_class.iter().map(|i| parts[*i].candidates.clone());
        let found = names::distinct(&candidates.collect::<Vec<_>>(), &taken);
        taken.extend(found.iter().cloned());
        for (index, name) in of_class.into_iter().zip(found) {
            names[index] = name;
        }
    }
    names
}

fn remote_names(parts: &[Part<'_>], resources: &[String]) -> BTreeMap<TypeId, String> {
    let named = parts.iter().zip(resources);
    named
        .filter_map(|(part, name)| match part.holder {
            Holder::Resource(id) => Some((id, name.clone())),
            _ => None,
        })
        .collect()
}

/// For each part the names of the futures of its functions, in order.
fn future_names(
    parts: &[Part<'_>],
    resources: &[String],
    taken: &BTreeSet<String>,
) -> Vec<Vec<Option<String>>> {
    let mut candidates: Vec<Candidates> = Vec::new();
    for (part, resource) in parts.iter().zip(resources) {
        let returning = part.functions.iter().filter(|f| f.result.is_some());
        candidates
            .extend(returning.map(|f| names::future(f.item_name(), resource, part.is_remote())));
    }
    let mut names = names::distinct(&candidates, taken).into_iter();
    let of_part = |part: &Part<'_>| {
        let functions = part.functions.iter();
        functions
            .map(|f| f.result.and_then(|_| names.next()))
            .collect()
    };
    parts.iter().map(of_part).collect()
}

/// The functions whose names are fixed: those of futures, and `ephemeral`.
fn fixed_functions(
    parts: &[Part<'_>],
    resources: &[String],
    futures: &[Vec<Option<String>>],
    options: &StubOptions,
) -> Functions {
    let mut functions = Functions::default();
    for future in futures.iter().flatten().flatten() {
        functions.take(future, "subscribe", false);
        functions.take(future, "get", false);
    }
    for (part, resource) in parts.iter().zip(resources) {
        if part.added(options).ephemeral {
            functions.take(resource, names::EPHEMERAL, true);
        }
    }
    functions
}

fn export<'a>(
    resolve: &Resolve,
    part: &Part<'a>,
    name: &str,
    names: Vec<FunctionNames>,
    futures: Vec<Option<String>>,
    options: &StubOptions,
) -> Export<'a> {
    let functions = part.functions.iter().zip(names).zip(futures);
    let functions = functions.map(|((function, names), future)| Remote {
        function,
        wire_name: part.wire_name(function),
        receiver: receiver(resolve, function),
        names,
        future,
    });
    Export {
        resource: name.to_string(),
        kind: match part.holder {
            Holder::Resource(_) => ResourceKind::Remote {
                new: part.constructor.map(|_| part.wire_new()),
                drop: part.wire_drop(),
            },
            _ => ResourceKind::Worker,
        },
        constructor: part.is_constructed().then_some(Constructor {
            remote: part.constructor,
            ephemeral: part.added(options).ephemeral,
        }),
        functions: functions.collect(),
        docs: part.docs,
    }
}

/// A static function finds its worker by the first parameter that is a handle.
fn receiver(resolve: &Resolve, function: &Function) -> Receiver {
    match function.kind {
        FunctionKind::Method(_) => Receiver::Resource,
        FunctionKind::Static(_) => {
            let mut params = function.params.iter();
            params
                .position(|param| is_handle(resolve, &param.ty))
                .map_or(Receiver::Address, Receiver::Param)
        }
        _ => Receiver::Worker,
    }
}
