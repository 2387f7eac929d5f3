//! Names that the bindings of cargo-component 0.21.1 cannot be built with.
//!
//! The bindings put all types of the stub interface into one module and add names of their own to
//! it; beside it they have the modules of all namespaces. Two things of one name there, or one
//! called like a Rust keyword, is an error here, rather than some rustc error in a file that nobody
//! wrote.

use std::collections::BTreeSet;

use golem_rpc_stub::Stub;
use wit_parser::{TypeDefKind, TypeId};

use crate::GenerateError;
use crate::names::{camel, type_name};
use crate::reach::{Reach, Shape};

/// Refuses the first name that the bindings cannot take.
pub(crate) fn check(stub: &Stub, reach: &Reach) -> Result<(), GenerateError> {
    let results = |shape: &Shape| matches!(shape, Shape::Result(..));
    let mut taken: BTreeSet<String> = ["Guest", "Option", "Self"].map(String::from).into();
    taken.extend(
        reach
            .shapes
            .keys()
            .find(|s| results(s))
            .map(|_| "Result".to_string()),
    );
    for (name, id) in &stub.resolve.interfaces[stub.interface].types {
        for rust in rust_names(stub, name, *id) {
            take(&mut taken, name, rust)?;
        }
    }
    if stub.packages.iter().any(|p| p.name.namespace == "exports") {
        return Err(refused("exports", "exports"));
    }
    for shape in reach.shapes.keys() {
        if let Shape::Named(id) = shape {
            check_keyword(stub, *id)?;
        }
    }
    Ok(())
}

/// The names that a type of the stub interface has in the bindings' module.
fn rust_names(stub: &Stub, name: &str, id: TypeId) -> Vec<String> {
    match stub.resolve.types[id].kind {
        TypeDefKind::Resource => {
            let rust = camel(name);
            vec![format!("{rust}Borrow"), format!("Guest{rust}"), rust]
        }
        _ => vec![type_name(name)],
    }
}

fn take(taken: &mut BTreeSet<String>, name: &str, rust: String) -> Result<(), GenerateError> {
    match taken.contains(&rust) {
        true => Err(refused(name, &rust)),
        false => {
            taken.insert(rust);
            Ok(())
        }
    }
}

fn refused(name: &str, rust: &str) -> GenerateError {
    GenerateError::BindingsName {
        name: name.to_string(),
        rust: rust.to_string(),
    }
}

/// No case, and no type wherever it stands, can be called `Self`.
fn check_keyword(stub: &Stub, id: TypeId) -> Result<(), GenerateError> {
    let ty = &stub.resolve.types[id];
    let mut names: Vec<&str> = ty.name.as_deref().into_iter().collect();
    match &ty.kind {
        TypeDefKind::Variant(variant) => {
            names.extend(variant.cases.iter().map(|case| case.name.as_str()));
        }
        TypeDefKind::Enum(cases) => names.extend(cases.cases.iter().map(|c| c.name.as_str())),
        _ => {}
    }
    match names.into_iter().find(|name| camel(name) == "Self") {
        Some(name) => Err(refused(name, "Self")),
        None => Ok(()),
    }
}
