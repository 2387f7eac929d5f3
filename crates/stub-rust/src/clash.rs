//! Names that the bindings of cargo-component 0.21.1 cannot be built with.
//!
//! The bindings put all types of an interface into one module and add names of their own to it;
//! beside it they have the modules of all namespaces. Two things of one name there, or one called
//! like a Rust keyword, is an error here, rather than some rustc error in a file that nobody wrote.
//!
//! | where | refused |
//! |---|---|
//! | in each module | two types of one Rust name; for a resource of the stub that is `X`, `XBorrow` and `GuestX` |
//! | in each module | a type called `Self`, or `Option` or `Result` where the module has such a type |
//! | in each module | flags called `Some`, `None`, `Ok` or `Err`, which hide Rust's |
//! | in variants and enums | a case `Self` |
//! | functions, parameters, fields, interfaces, packages, namespaces | a Rust keyword in capitals; as a package's name any |
//! | functions of the stub | two of one symbol: `a.b-c` and `a-b.c` |
//! | namespaces | `exports` |
//! | everywhere | a part of a name that begins with a digit, which this release does not read |

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::Stub;
use heck::ToSnakeCase as _;
use wit_parser::{InterfaceId, Type, TypeDefKind, TypeId, TypeOwner};

use crate::error::GenerateError;
use crate::names::{camel, ident, is_keyword, package_module, type_name};
use crate::spell::dealias;
use crate::wit::live_types;

/// Refuses the first name that the bindings cannot take.
pub(crate) fn check(stub: &Stub) -> Result<(), GenerateError> {
    let live = live_types(stub);
    let mut modules = BTreeMap::<InterfaceId, Vec<TypeId>>::new();
    modules.entry(stub.interface).or_default();
    for id in &live {
        check_parts(stub, *id)?;
        if let (Some(_), TypeOwner::Interface(owner)) = named(stub, *id) {
            modules.entry(owner).or_default().push(*id);
        }
    }
    for (interface, types) in modules {
        check_path(stub, interface)?;
        check_module(stub, interface, &types)?;
    }
    check_functions(stub)
}

fn named(stub: &Stub, id: TypeId) -> (Option<&str>, TypeOwner) {
    let ty = &stub.resolve.types[id];
    (ty.name.as_deref(), ty.owner)
}

/// The names of the modules of an interface.
fn check_path(stub: &Stub, id: InterfaceId) -> Result<(), GenerateError> {
    let interface = &stub.resolve.interfaces[id];
    let name = interface.name.as_deref().unwrap_or_default();
    check_ident(name, &ident(name))?;
    let Some(package) = interface.package else {
        return Ok(());
    };
    let package_name = &stub.resolve.packages[package].name;
    let module = package_module(&stub.resolve, package);
    check_ident(&package_name.name, &module)?;
    check_ident(&package_name.namespace, &ident(&package_name.namespace))?;
    match package_name.namespace.as_str() {
        "exports" => Err(refused("exports", "exports")),
        _ => Ok(()),
    }
}

/// The names of the types in the module of an interface.
fn check_module(stub: &Stub, id: InterfaceId, types: &[TypeId]) -> Result<(), GenerateError> {
    let exported = id == stub.interface;
    let mut taken: BTreeSet<String> = ["Self"].map(String::from).into();
    if exported {
        taken.extend(["Guest", "Option"].map(String::from));
    }
    let is_own = |id: &TypeId| types.contains(id) || stub.resolve.types[*id].name.is_none();
    for id in live_types(stub).iter().filter(|id| is_own(id)) {
        match stub.resolve.types[*id].kind {
            TypeDefKind::Option(_) => taken.insert("Option".into()),
            TypeDefKind::Result(_) => taken.insert("Result".into()),
            _ => false,
        };
    }
    for id in types {
        let name = stub.resolve.types[*id].name.as_deref().unwrap_or_default();
        check_ident(name, "")?;
        for rust in rust_names(stub, name, *id, exported) {
            if !taken.insert(rust.clone()) {
                return Err(refused(name, &rust));
            }
        }
    }
    Ok(())
}

/// The names that a type has in a module.
fn rust_names(stub: &Stub, name: &str, id: TypeId, exported: bool) -> Vec<String> {
    let resolve = &stub.resolve;
    let own =
        |resource: TypeId| resolve.types[resource].owner == TypeOwner::Interface(stub.interface);
    match (&resolve.types[id].kind, dealias(resolve, Type::Id(id))) {
        (TypeDefKind::Resource, _) if exported => {
            let rust = camel(name);
            vec![format!("{rust}Borrow"), format!("Guest{rust}"), rust]
        }
        (TypeDefKind::Type(_), Type::Id(behind))
            if exported
                && own(behind)
                && matches!(resolve.types[behind].kind, TypeDefKind::Resource) =>
        {
            vec![format!("{}Borrow", camel(name)), type_name(name)]
        }
        _ => vec![type_name(name)],
    }
}

/// The names within a type: of fields, cases and flags.
fn check_parts(stub: &Stub, id: TypeId) -> Result<(), GenerateError> {
    let ty = &stub.resolve.types[id];
    let case = |name: &str| match camel(name) == "Self" {
        true => Err(refused(name, "Self")),
        false => check_ident(name, ""),
    };
    match &ty.kind {
        TypeDefKind::Record(record) => {
            let mut fields = record.fields.iter();
            fields.try_for_each(|f| check_ident(&f.name, &ident(&f.name)))
        }
        TypeDefKind::Variant(variant) => variant.cases.iter().try_for_each(|c| case(&c.name)),
        TypeDefKind::Enum(cases) => cases.cases.iter().try_for_each(|c| case(&c.name)),
        TypeDefKind::Flags(flags) => {
            let name = ty.name.as_deref().unwrap_or_default();
            if ["Some", "None", "Ok", "Err"].contains(&camel(name).as_str()) {
                return Err(refused(name, &camel(name)));
            }
            flags
                .flags
                .iter()
                .try_for_each(|f| check_ident(&f.name, ""))
        }
        _ => Ok(()),
    }
}

/// The functions of the stub: their names, their symbols and their parameters.
fn check_functions(stub: &Stub) -> Result<(), GenerateError> {
    let mut symbols = BTreeSet::new();
    for function in stub.resolve.interfaces[stub.interface].functions.values() {
        let name = function.item_name();
        check_ident(name, &ident(name))?;
        for param in &function.params {
            check_ident(&param.name, &ident(&param.name))?;
        }
        let symbol = format!("_export_{}_cabi", function.name.to_snake_case());
        if !symbols.insert(symbol.clone()) {
            return Err(refused(&function.name, &symbol));
        }
    }
    Ok(())
}

/// A name that is `rust` in the bindings.
fn check_ident(name: &str, rust: &str) -> Result<(), GenerateError> {
    let digit = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    if name.split('-').any(digit) {
        return Err(GenerateError::BindingsDigit {
            name: name.to_string(),
        });
    }
    if is_keyword(rust) {
        Err(refused(name, rust))
    } else {
        Ok(())
    }
}

fn refused(name: &str, rust: &str) -> GenerateError {
    GenerateError::BindingsName {
        name: name.to_string(),
        rust: rust.to_string(),
    }
}
