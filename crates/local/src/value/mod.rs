//! Values between golem:rpc's `wit-value` and wasmtime's [`Val`].
//!
//! A `wit-value` is a flat list of nodes, node 0 the root, children by index, and
//! says nothing of names: record fields, cases and flags travel by position. So
//! both directions are led by the function's type. Types are finite and nodes are
//! charged to a budget, so that no list of nodes can make either loop, recurse
//! deeply or take more memory than it brought. A resource stays where it is and its
//! handle travels: see [`crate::resources`].

mod decode;
mod encode;
#[cfg(test)]
mod tests;

use wasmtime::component::types::ComponentFunc;
use wasmtime::component::wasm_wave::wasm::DisplayType;
use wasmtime::component::{ResourceType, Type};

pub(crate) use decode::{DecodeError, decode};
pub(crate) use encode::encode_results;

use crate::error::CallError;
use crate::functions::Exports;

/// Refuses a function whose parameters or results hold what golem:rpc cannot carry. Of resources,
/// it carries handles of those that the component exports.
pub(crate) fn check_signature(
    function: &str,
    ty: &ComponentFunc,
    exports: &Exports,
) -> Result<(), CallError> {
    let why = "which golem:rpc cannot carry";
    match first_unsupported(ty, &|ty| exports.has_resource(ty)) {
        Some((what, place)) if what == RESOURCE => Err(CallError::Unsupported {
            reason: format!("`{function}` has a {what} of the host in {place}, {why}"),
        }),
        Some((what, place)) => Err(CallError::Unsupported {
            reason: format!("`{function}` has a {what} in {place}, {why}"),
        }),
        None => Ok(()),
    }
}

/// Refuses a function whose parameters or results a person cannot write or read.
pub(crate) fn check_written(function: &str, ty: &ComponentFunc) -> Result<(), CallError> {
    match first_unsupported(ty, &|_| false) {
        Some((what, place)) => Err(CallError::Unsupported {
            reason: format!(
                "`{function}` has a {what} in {place}, which cannot be written in WAVE"
            ),
        }),
        None => Ok(()),
    }
}

/// What it is and where, of the first thing in a signature that is not a plain value.
fn first_unsupported(
    ty: &ComponentFunc,
    carried: &dyn Fn(&ResourceType) -> bool,
) -> Option<(&'static str, String)> {
    let in_param = |(name, ty): (&str, Type)| {
        let what = unsupported(&ty, carried)?;
        Some((what, format!("parameter `{name}`")))
    };
    let in_result = |ty| Some((unsupported(&ty, carried)?, "its result".to_owned()));
    let param = ty.params().find_map(in_param);
    param.or_else(|| ty.results().find_map(in_result))
}

/// A type as WIT writes it, without the names of its parts.
pub(crate) fn display(ty: &Type) -> String {
    DisplayType(ty).to_string().replace(
        "<<UNSUPPORTED>>",
        unsupported(ty, &|_| false).unwrap_or("handle"),
    )
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

const RESOURCE: &str = "resource handle";

fn unsupported(ty: &Type, carried: &dyn Fn(&ResourceType) -> bool) -> Option<&'static str> {
    let inside = |ty: &Type| unsupported(ty, carried);
    match ty {
        Type::Own(resource) | Type::Borrow(resource) => (!carried(resource)).then_some(RESOURCE),
        Type::Future(_) => Some("future"),
        Type::Stream(_) => Some("stream"),
        Type::ErrorContext => Some("error-context"),
        Type::Map(_) => Some("map"),
        Type::FixedLengthList(_) => Some("list of fixed length"),
        Type::List(list) => inside(&list.ty()),
        Type::Option(option) => inside(&option.ty()),
        Type::Record(record) => record.fields().find_map(|field| inside(&field.ty)),
        Type::Tuple(tuple) => tuple.types().find_map(|ty| inside(&ty)),
        Type::Variant(variant) => variant
            .cases()
            .find_map(|case| case.ty.as_ref().and_then(inside)),
        Type::Result(result) => [result.ok(), result.err()]
            .iter()
            .flatten()
            .find_map(inside),
        _ => None,
    }
}
