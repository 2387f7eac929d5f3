//! Functions that Golem cannot run: those that take an owned handle of one of the target's resources.
//!
//! Input: what the world exports, without what a stub cannot carry. Output: for each such function the
//! first parameter that is or holds an owned handle, with its place. Golem's engine (1.1.16, and the
//! same code in 1.3.0 and 1.5.9) drops the handle once more after the callee has taken it, so that the
//! call fails, and the worker with it. The local runtime runs them.

use std::collections::BTreeSet;

use wit_parser::{Function, Handle, Resolve, ResolveError, Span, Type, TypeId};

use crate::exported::Part;
use crate::types::{handle_of, placed_parts, resource_of};

/// A function that fails on Golem, since a parameter is or holds an owned handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedParameter {
    /// Its name on the wire.
    pub wire_name: String,
    /// The parameter.
    pub parameter: String,
    /// The message, with file, line and caret where these are known.
    pub reason: String,
    /// What to write instead.
    pub hint: String,
}

/// The functions of these parts that take an owned handle, in their order.
pub(crate) fn owned_parameters(resolve: &Resolve, parts: &[Part<'_>]) -> Vec<OwnedParameter> {
    let mut search = Search {
        resolve,
        without: BTreeSet::new(),
    };
    let mut found = Vec::new();
    for part in parts {
        let constructor = part.constructor.map(|new| (part.wire_new(), new));
        let functions = part.functions.iter().copied();
        let functions = functions.map(|function| (part.wire_name(function), function));
        let all = constructor.into_iter().chain(functions);
        found.extend(all.filter_map(|(name, function)| search.parameter(name, function)));
    }
    found
}

struct Search<'a> {
    resolve: &'a Resolve,
    /// Types that are known to hold no owned handle.
    without: BTreeSet<TypeId>,
}

/// An owned handle: its resource, and where it is asked for.
struct Owned {
    resource: TypeId,
    span: Span,
}

impl Search<'_> {
    fn parameter(&mut self, wire_name: String, function: &Function) -> Option<OwnedParameter> {
        let mut params = function.params.iter();
        let (param, owned) = params.find_map(|param| {
            let owned = self.owned(&param.ty, param.span)?;
            Some((param, owned))
        })?;
        let resource = self.resolve.types[owned.resource].name.as_deref();
        let resource = resource.unwrap_or_default();
        let is_it = matches!(param.ty, Type::Id(id) if handle_of(self.resolve, id).is_some());
        let (verb, hint) = match is_it {
            true => ("is", format!("write `borrow<{resource}>`")),
            false => (
                "holds",
                format!("write `borrow<{resource}>` there, in a type that no result uses"),
            ),
        };
        let message = format!(
            "Golem fails every call of `{wire_name}`: its parameter `{}` {verb} an owned `{resource}`, \
             and the engine drops that handle twice",
            param.name
        );
        let error = ResolveError::new_semantic(owned.span, message);
        Some(OwnedParameter {
            wire_name,
            parameter: param.name.clone(),
            reason: error.render(&self.resolve.source_map),
            hint,
        })
    }

    /// The first owned handle that a type is or holds; `span` is where the type is asked for.
    fn owned(&mut self, ty: &Type, span: Span) -> Option<Owned> {
        let Type::Id(id) = *ty else { return None };
        match handle_of(self.resolve, id) {
            Some(handle @ Handle::Own(_)) => {
                let resource = resource_of(self.resolve, handle);
                return Some(Owned { resource, span });
            }
            Some(Handle::Borrow(_)) => return None,
            None if self.without.contains(&id) => return None,
            None => {}
        }
        let def = &self.resolve.types[id];
        let named = def.name.is_some() && def.span.is_known();
        let span = if named { def.span } else { span };
        let mut parts = placed_parts(&def.kind, span).into_iter();
        let found = parts.find_map(|(part, span)| self.owned(&part, span));
        if found.is_none() {
            self.without.insert(id);
        }
        found
    }
}
