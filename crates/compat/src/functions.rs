//! Functions, which callers find by name, their parameters and their results.

use std::collections::BTreeSet;
use std::mem::discriminant;

use golem_rpc_stub::text;
use wit_parser::{Function, FunctionKind, Span};

use crate::align::unique;
use crate::cases::{Member, Members, Place};
use crate::change::{Class, Subject, What};
use crate::comparison::{Comparison, Draft, Piece, Slot, Version};
use crate::directions::Directions;
use crate::path::{Path, Step};

/// The functions of an interface, or of a world.
pub(crate) struct Group<'f> {
    pub(crate) functions: Vec<&'f Function>,
    pub(crate) span: Span,
}

impl Comparison<'_> {
    pub(crate) fn functions(&mut self, path: &Path, old: &Group<'_>, new: &Group<'_>) {
        let names: Vec<String> = old.functions.iter().map(|f| self.name_now(f)).collect();
        let (was, is) = (&old.functions, &new.functions);
        let mut pairs = unique(was.len(), is.len(), &[], |i, j| {
            names[i] == text::wire(is[j]) && is_constructor(was[i]) == is_constructor(is[j])
        });
        let renamed = unique(was.len(), is.len(), &pairs, |i, j| {
            self.same_signature(was[i], is[j])
        });
        pairs.extend(&renamed);
        for (i, function) in was.iter().enumerate() {
            let path = path.with(Step::Function(text::wire(function)));
            match pairs.iter().find(|pair| pair.0 == i) {
                Some((_, j)) => {
                    if renamed.contains(&(i, *j)) {
                        self.function_renamed(&path, function, is[*j]);
                    }
                    self.function(&path, function, is[*j]);
                }
                None if self.resource_is_gone(function) => {}
                None => {
                    let reason = "callers that are built ask for it by this name";
                    self.only(path, function, What::Removed, new.span, reason);
                }
            }
        }
        let known: BTreeSet<usize> = pairs.iter().map(|pair| pair.1).collect();
        let added = (0..is.len()).filter(|j| !known.contains(j));
        for function in added.map(|j| is[j]) {
            if !self.resource_is_new(function) {
                let path = path.with(Step::Function(text::wire(function)));
                let reason = "callers that are built do not ask for it";
                self.only(path, function, What::Added, new.span, reason);
            }
        }
    }

    /// A function that only one version has.
    fn only(&mut self, path: Path, function: &Function, what: What, within: Span, reason: &str) {
        let new = what == What::Added;
        let version = if new { &self.new } else { &self.old };
        let piece = piece(version, function);
        let draft = Draft {
            subject: Subject::Function,
            what,
            class: if new { Class::Compatible } else { Class::Wire },
            old: (!new).then(|| piece.clone()),
            new: new.then_some(piece),
            within,
            reason: reason.into(),
        };
        self.push(path, draft);
    }

    fn function_renamed(&mut self, path: &Path, old: &Function, new: &Function) {
        let reason = format!(
            "functions are called by name, and callers that are built ask for `{}`; `{}` has its signature",
            text::wire(old),
            text::wire(new)
        );
        self.whole_function(path, What::Renamed, old, new, reason);
    }

    fn whole_function(
        &mut self,
        path: &Path,
        what: What,
        old: &Function,
        new: &Function,
        reason: String,
    ) {
        let draft = Draft {
            subject: Subject::Function,
            what,
            class: Class::Wire,
            old: Some(piece(&self.old, old)),
            new: Some(piece(&self.new, new)),
            within: new.span,
            reason,
        };
        self.push(path.clone(), draft);
    }

    fn function(&mut self, path: &Path, old: &Function, new: &Function) {
        self.docs(
            path,
            Subject::Function,
            (&old.docs, old.span),
            (&new.docs, new.span),
        );
        if discriminant(&old.kind) != discriminant(&new.kind) {
            let reason = match text::implicit(old) == text::implicit(new) {
                true => "callers that are built call it as what it was",
                false => {
                    "a method gets its resource's handle as the first value, a static function does not"
                }
            };
            self.whole_function(path, What::Retyped, old, new, reason.into());
        }
        let place = Place {
            path,
            subject: Subject::Param,
            directions: Directions::PARAM,
        };
        self.members(place, &params(&self.old, old), &params(&self.new, new));
        if !is_constructor(old) {
            self.result(path, old, new);
        }
    }

    fn result(&mut self, path: &Path, old: &Function, new: &Function) {
        let path = path.with(Step::Result);
        let (was, is) = (result(&self.old, old), result(&self.new, new));
        match (&old.result, &new.result) {
            (None, None) => {}
            (Some(a), Some(b)) => {
                let slot = Slot {
                    path: &path,
                    subject: Subject::Result,
                    directions: Directions::RESULT,
                    old: was.unwrap_or_else(|| piece(&self.old, old)),
                    new: is.unwrap_or_else(|| piece(&self.new, new)),
                };
                self.types(&slot, a, b);
            }
            (_, is_some) => {
                let (what, reason) = match is_some {
                    Some(_) => (
                        What::Added,
                        "callers that are built expect an answer without a value",
                    ),
                    None => (
                        What::Removed,
                        "callers that are built expect an answer with a value",
                    ),
                };
                let draft = Draft {
                    subject: Subject::Result,
                    what,
                    class: Class::Wire,
                    old: was,
                    new: is,
                    within: new.span,
                    reason: reason.into(),
                };
                self.push(path, draft);
            }
        }
    }

    /// The name by which a function of the old version would be found in the new one.
    fn name_now(&self, function: &Function) -> String {
        let wire = text::wire(function);
        let resource = function.kind.resource();
        let now = resource.and_then(|id| self.resources.get(&self.old.identity(id)));
        match (now, wire.split_once('.')) {
            (Some(resource), Some((_, name))) => format!("{resource}.{name}"),
            _ => wire,
        }
    }

    fn resource_is_gone(&self, function: &Function) -> bool {
        let resource = function.kind.resource();
        resource.is_some_and(|id| !self.resources.contains_key(&self.old.identity(id)))
    }

    fn resource_is_new(&self, function: &Function) -> bool {
        function.kind.resource().is_some_and(|id| {
            let identity = self.new.identity(id);
            let mut known = self.resources.iter().map(|((interface, _), name)| {
                let interface = self.interfaces.get(interface).unwrap_or(interface);
                (interface, name)
            });
            !known.any(|(interface, name)| (interface, name) == (&identity.0, &identity.1))
        })
    }

    /// Whether two functions take and give the same, under the same names of parameters.
    fn same_signature(&self, old: &Function, new: &Function) -> bool {
        let mut pairs = old.params.iter().zip(&new.params);
        discriminant(&old.kind) == discriminant(&new.kind)
            && old.params.len() == new.params.len()
            && pairs.all(|(o, n)| o.name == n.name && self.same_wire(&o.ty, &n.ty))
            && self.same_optional(&old.result, &new.result)
    }
}

/// A method may be called `new` as well.
fn is_constructor(function: &Function) -> bool {
    matches!(function.kind, FunctionKind::Constructor(_))
}

fn piece(version: &Version<'_>, function: &Function) -> Piece {
    Piece {
        text: text::signature(version.resolve(), function),
        span: function.span,
    }
}

fn result(version: &Version<'_>, function: &Function) -> Option<Piece> {
    let ty = function.result.as_ref()?;
    Some(Piece {
        text: format!("-> {}", text::spell_out(version.resolve(), ty)),
        span: function.span,
    })
}

fn params<'f>(version: &Version<'_>, function: &'f Function) -> Members<'f> {
    let member = |param: &'f wit_parser::Param| Member {
        name: &param.name,
        ty: Some(&param.ty),
        piece: Piece {
            text: format!(
                "{}: {}",
                param.name,
                text::spell_out(version.resolve(), &param.ty)
            ),
            span: param.span,
        },
        docs: None,
    };
    let params = function.params.iter().skip(text::implicit(function));
    Members {
        list: params.map(member).collect(),
        whole: piece(version, function),
    }
}
