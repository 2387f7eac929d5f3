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

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use wasmtime::component::types::ComponentFunc;
use wasmtime::component::wasm_wave::wasm::DisplayType;
use wasmtime::component::{ResourceType, Type};

pub(crate) use decode::{DecodeError, decode, decode_written};
pub(crate) use encode::{encode_results, encode_written};

use crate::error::CallError;

/// Refuses a function whose parameters or results hold what golem:rpc cannot carry. Of resources,
/// it carries handles of those that live in a worker.
pub(crate) fn check_signature(
    function: &str,
    ty: &ComponentFunc,
    carried: &dyn Fn(&ResourceType) -> bool,
) -> Result<(), CallError> {
    let why = "which golem:rpc cannot carry";
    match first_unsupported(ty, carried) {
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

/// How much of a type is shown.
const SHOWN: usize = 2000;

/// A type as WIT writes it, without the names of its parts; so much of it as people may read.
pub(crate) fn display(ty: &Type) -> String {
    let mut shown = Shown(String::new());
    let whole = write!(shown, "{}", DisplayType(ty));
    let what = unsupported(ty, &|_| false).unwrap_or("handle");
    shown.end(whole).replace("<<UNSUPPORTED>>", what)
}

/// A type as [`display`] shows it, but not what records, variants and the like consist of.
pub(crate) fn outline(ty: &Type) -> String {
    let mut shown = Shown(String::new());
    let whole = shown.outline(ty);
    shown.end(whole)
}

/// A text that takes no more than [`SHOWN`] bytes.
struct Shown(String);

impl Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > SHOWN {
            Err(fmt::Error)
        } else {
            self.0.write_str(text)
        }
    }
}

impl Shown {
    /// The text, with a sign where it could not be written as a whole.
    fn end(self, whole: fmt::Result) -> String {
        self.0 + if whole.is_ok() { "" } else { "…" }
    }

    fn outline(&mut self, ty: &Type) -> fmt::Result {
        match ty {
            Type::Record(_) => self.write_str("record {…}"),
            Type::Variant(_) => self.write_str("variant {…}"),
            Type::Enum(_) => self.write_str("enum {…}"),
            Type::Flags(_) => self.write_str("flags {…}"),
            Type::List(list) => self.applied("list", &[Some(list.ty())]),
            Type::Option(option) => self.applied("option", &[Some(option.ty())]),
            Type::Tuple(tuple) => {
                let types: Vec<_> = tuple.types().map(Some).collect();
                self.applied("tuple", &types)
            }
            Type::Result(result) => match (result.ok(), result.err()) {
                (None, None) => self.write_str("result"),
                (ok, None) => self.applied("result", &[ok]),
                (ok, err) => self.applied("result", &[ok, err]),
            },
            simple => self.write_str(&display(simple)),
        }
    }

    fn applied(&mut self, word: &str, types: &[Option<Type>]) -> fmt::Result {
        self.write_str(word)?;
        for (place, ty) in types.iter().enumerate() {
            self.write_str(if place == 0 { "<" } else { ", " })?;
            match ty {
                Some(ty) => self.outline(ty)?,
                None => self.write_str("_")?,
            }
        }
        self.write_str(">")
    }
}

const RESOURCE: &str = "resource handle";

fn unsupported(ty: &Type, carried: &dyn Fn(&ResourceType) -> bool) -> Option<&'static str> {
    within(ty, &mut |ty| match ty {
        Type::Own(resource) | Type::Borrow(resource) => (!carried(resource)).then_some(RESOURCE),
        Type::Future(_) => Some("future"),
        Type::Stream(_) => Some("stream"),
        Type::ErrorContext => Some("error-context"),
        Type::Map(_) => Some("map"),
        Type::FixedLengthList(_) => Some("list of fixed length"),
        _ => None,
    })
}

/// What `look` finds first in a type and all types that it is made of. Each is looked at once.
pub(crate) fn within<T>(ty: &Type, look: &mut dyn FnMut(&Type) -> Option<T>) -> Option<T> {
    find(ty, look, &mut BTreeSet::new())
}

fn find<T>(
    ty: &Type,
    look: &mut dyn FnMut(&Type) -> Option<T>,
    seen: &mut BTreeSet<String>,
) -> Option<T> {
    let parts = parts(ty);
    // wasmtime tells types apart by an index that only their debug text shows
    if !parts.is_empty() && !seen.insert(format!("{ty:?}")) {
        return None;
    }
    let found = look(ty);
    found.or_else(|| parts.iter().find_map(|part| find(part, look, seen)))
}

fn parts(ty: &Type) -> Vec<Type> {
    match ty {
        Type::List(list) => vec![list.ty()],
        Type::Option(option) => vec![option.ty()],
        Type::Record(record) => record.fields().map(|field| field.ty).collect(),
        Type::Tuple(tuple) => tuple.types().collect(),
        Type::Variant(variant) => variant.cases().filter_map(|case| case.ty).collect(),
        Type::Result(result) => result.ok().into_iter().chain(result.err()).collect(),
        _ => Vec::new(),
    }
}
