//! What a snippet names, and the `use` lines of that: no two things have one name.

use std::collections::BTreeMap;

use golem_rpc_stub::Stub;
use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId};

use crate::names::{camel, interface_module, type_name};
use crate::spell::{dealias, golem_rpc, owner};

/// Names of Rust's own that a snippet uses or that would surprise people.
const TAKEN: [&str; 11] = [
    "Box", "Err", "None", "Ok", "Option", "Result", "Self", "Some", "String", "ToString", "Vec",
];

/// The names of one file.
pub(super) struct Names<'a> {
    stub: &'a Stub,
    /// Types → the same as the stub interface has them.
    local: BTreeMap<TypeId, TypeId>,
    /// Name → module that it is taken from.
    used: BTreeMap<String, String>,
    /// How many more values with parts the present argument may show.
    pub(super) left: usize,
}

impl<'a> Names<'a> {
    pub(super) fn new(stub: &'a Stub) -> Names<'a> {
        let mut local = BTreeMap::new();
        for id in stub.resolve.interfaces[stub.interface].types.values() {
            if let Type::Id(declared) = dealias(&stub.resolve, Type::Id(*id)) {
                local.entry(declared).or_insert(*id);
            }
        }
        Names {
            stub,
            local,
            used: BTreeMap::new(),
            left: 0,
        }
    }

    pub(super) fn resolve(&self) -> &'a Resolve {
        &self.stub.resolve
    }

    /// The `use` lines, sorted: one for each module.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, module) in &self.used {
            modules.entry(module).or_default().push(name);
        }
        let line = |(module, names): (&str, Vec<&str>)| match names[..] {
            [one] => format!("use {module}::{one};"),
            _ => format!("use {module}::{{{}}};", names.join(", ")),
        };
        modules.into_iter().map(line).collect()
    }

    /// A resource of the stub.
    pub(super) fn local(&mut self, resource: &str) -> String {
        let module = self.stub_module();
        self.name(module, camel(resource))
    }

    /// A type of golem:rpc, as the caller has that.
    pub(super) fn rpc(&mut self, name: &str) -> String {
        let module = self.module(golem_rpc(self.stub));
        self.name(module, name.to_string())
    }

    /// A function of golem:rpc.
    pub(super) fn rpc_function(&mut self, name: &str) -> String {
        self.rpc(name)
    }

    /// The path of a named type: through the stub where that has it, else where it is declared.
    pub(super) fn of_type(&mut self, id: TypeId) -> String {
        let resolve = self.resolve();
        let id = match dealias(resolve, Type::Id(id)) {
            Type::Id(declared) => self.local.get(&declared).copied().unwrap_or(declared),
            _ => id,
        };
        let own = resolve.types[id].name.as_deref().unwrap_or_default();
        let module = self.module(owner(resolve, id));
        let name = match resolve.types[id].kind {
            TypeDefKind::Resource => camel(own),
            _ => type_name(own),
        };
        self.name(module, name)
    }

    /// Notes the named types that a type is written with.
    pub(super) fn mention(&mut self, ty: &Type) {
        let Type::Id(id) = *ty else { return };
        let resolve = self.resolve();
        if resolve.types[id].name.is_some() {
            self.of_type(id);
            return;
        }
        match &resolve.types[id].kind {
            TypeDefKind::List(ty) | TypeDefKind::Option(ty) | TypeDefKind::Type(ty) => {
                self.mention(ty);
            }
            TypeDefKind::Tuple(tuple) => tuple.types.iter().for_each(|ty| self.mention(ty)),
            TypeDefKind::Result(result) => {
                let sides = result.ok.iter().chain(&result.err);
                sides.for_each(|ty| self.mention(ty));
            }
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
                self.mention(&Type::Id(*id));
            }
            _ => {}
        }
    }

    fn stub_module(&self) -> String {
        self.module(self.stub.interface)
    }

    fn module(&self, interface: wit_parser::InterfaceId) -> String {
        let module = interface_module(self.resolve(), interface, false);
        format!("crate::{module}")
    }

    /// The name by which something can be written: its own, or its path if that is taken.
    fn name(&mut self, module: String, name: String) -> String {
        if TAKEN.contains(&name.as_str()) {
            return format!("{module}::{name}");
        }
        match self.used.get(&name) {
            Some(other) if *other != module => format!("{module}::{name}"),
            _ => {
                self.used.insert(name.clone(), module);
                name
            }
        }
    }
}
