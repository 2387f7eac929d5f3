//! Values between golem:rpc's `wit-value` and wasmtime's [`Val`].
//!
//! A `wit-value` is a flat list of nodes, node 0 the root, children by index, and
//! says nothing of names: record fields, cases and flags travel by position. So
//! both directions are led by the function's type. Types are finite and nodes are
//! charged to a budget, so that no list of nodes can make either loop, recurse
//! deeply or take more memory than it brought. Handles do not travel yet.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

use wasmtime::component::Type;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::wasm_wave::wasm::DisplayType;

pub(crate) use decode::{DecodeError, decode};
pub(crate) use encode::encode_results;

use crate::error::CallError;

/// Refuses a function whose parameters or results hold what cannot travel.
pub(crate) fn check_signature(function: &str, ty: &ComponentFunc) -> Result<(), CallError> {
    let refuse = |place: &str, what: &str| CallError::Unsupported {
        reason: format!("`{function}` has a {what} in {place}, which cannot be passed yet"),
    };
    for (name, ty) in ty.params() {
        if let Some(what) = unsupported(&ty) {
            return Err(refuse(&format!("parameter `{name}`"), what));
        }
    }
    match ty.results().find_map(|ty| unsupported(&ty)) {
        Some(what) => Err(refuse("its result", what)),
        None => Ok(()),
    }
}

/// A type as WIT writes it, without the names of its parts.
pub(crate) fn display(ty: &Type) -> String {
    DisplayType(ty)
        .to_string()
        .replace("<<UNSUPPORTED>>", unsupported(ty).unwrap_or("handle"))
}

/// A type as [`display`] shows it, but not what records, variants and the like consist of.
pub(crate) fn outline(ty: &Type) -> String {
    let part = |ty: Option<Type>| ty.map_or_else(|| "_".into(), |ty| outline(&ty));
    match ty {
        Type::Record(_) => "record {…}".into(),
        Type::Variant(_) => "variant {…}".into(),
        Type::Enum(_) => "enum {…}".into(),
        Type::Flags(_) => "flags {…}".into(),
        Type::List(list) => format!("list<{}>", outline(&list.ty())),
        Type::Option(option) => format!("option<{}>", outline(&option.ty())),
        Type::Tuple(tuple) => {
            let types: Vec<_> = tuple.types().map(|ty| outline(&ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        Type::Result(result) => match (result.ok(), result.err()) {
            (None, None) => "result".into(),
            (ok, None) => format!("result<{}>", part(ok)),
            (ok, err) => format!("result<{}, {}>", part(ok), part(err)),
        },
        simple => display(simple),
    }
}

fn unsupported(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Own(_) | Type::Borrow(_) => Some("resource handle"),
        Type::Future(_) => Some("future"),
        Type::Stream(_) => Some("stream"),
        Type::ErrorContext => Some("error-context"),
        Type::Map(_) => Some("map"),
        Type::FixedLengthList(_) => Some("list of fixed length"),
        Type::List(list) => unsupported(&list.ty()),
        Type::Option(option) => unsupported(&option.ty()),
        Type::Record(record) => record.fields().find_map(|field| unsupported(&field.ty)),
        Type::Tuple(tuple) => tuple.types().find_map(|ty| unsupported(&ty)),
        Type::Variant(variant) => variant
            .cases()
            .find_map(|case| case.ty.as_ref().and_then(unsupported)),
        Type::Result(result) => [result.ok(), result.err()]
            .iter()
            .flatten()
            .find_map(unsupported),
        _ => None,
    }
}
