//! Where two versions of one interface differ.
//!
//! Types are compared by structure, as the component model does: names of records and aliases do
//! not count, names of fields, cases, flags and parameters do. A difference is reported at the
//! innermost type that has a name, once, and otherwise at the function. Only what the importer has
//! is looked at: a stub may have more.

use std::cell::RefCell;
use std::collections::BTreeSet;

use wac_graph::types::are_semver_compatible;
use wit_parser::{
    Case, Function, Handle, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, TypeId,
};

use crate::error::Difference;
use crate::text;

/// One version of an interface.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) resolve: &'a Resolve,
    pub(crate) interface: InterfaceId,
}

/// What `expected` has and `found` has not, or has differently: types first, then functions.
pub(crate) fn differences(expected: Side<'_>, found: Side<'_>) -> Vec<Difference> {
    let same_types = RefCell::default();
    let pair = Pair {
        expected: expected.resolve,
        found: found.resolve,
        same: &same_types,
    };
    let left = &expected.resolve.interfaces[expected.interface];
    let right = &found.resolve.interfaces[found.interface];
    let types = left
        .types
        .iter()
        .filter_map(|(name, &id)| match right.types.get(name) {
            Some(&other) => pair
                .types(Type::Id(id), Type::Id(other))
                .err()
                .and_then(below),
            None => Some(missing(
                name.clone(),
                text::definition(expected.resolve, id),
            )),
        });
    let functions =
        left.functions
            .iter()
            .filter_map(|(name, function)| match right.functions.get(name) {
                Some(other) => pair.function_difference(function, other),
                None => Some(missing(
                    text::function_name(expected.resolve, function),
                    text::signature(expected.resolve, function),
                )),
            });
    let mut all = Vec::new();
    for difference in types.chain(functions) {
        if !all.contains(&difference) {
            all.push(difference);
        }
    }
    all
}

fn missing(item: String, expected: String) -> Difference {
    Difference {
        item,
        expected,
        found: None,
    }
}

/// Where a difference is to be shown.
enum Found {
    /// At whatever contains the two types that were compared.
    Here,
    /// At a named type inside.
    Below(Difference),
}

fn below(found: Found) -> Option<Difference> {
    match found {
        Found::Here => None,
        Found::Below(difference) => Some(difference),
    }
}

fn same(equal: bool) -> Result<(), Found> {
    if equal { Ok(()) } else { Err(Found::Here) }
}

/// The two worlds of types.
#[derive(Clone, Copy)]
struct Pair<'a> {
    expected: &'a Resolve,
    found: &'a Resolve,
    /// Definitions that were found to be the same.
    same: &'a RefCell<BTreeSet<(TypeId, TypeId)>>,
}

impl Pair<'_> {
    fn function_difference(self, left: &Function, right: &Function) -> Option<Difference> {
        match self.functions(left, right).err()? {
            Found::Below(difference) => Some(difference),
            Found::Here => Some(Difference {
                item: text::function_name(self.expected, left),
                expected: text::signature(self.expected, left),
                found: Some(text::signature(self.found, right)),
            }),
        }
    }

    fn functions(self, left: &Function, right: &Function) -> Result<(), Found> {
        same(left.kind.is_async() == right.kind.is_async())?;
        same(left.params.len() == right.params.len())?;
        for (left, right) in left.params.iter().zip(&right.params) {
            same(left.name == right.name)?;
            self.types(left.ty, right.ty)?;
        }
        self.optional(left.result, right.result)
    }

    fn types(self, left: Type, right: Type) -> Result<(), Found> {
        let compared = match (structure(self.expected, left), structure(self.found, right)) {
            (Type::Id(left), Type::Id(right)) if self.same.borrow().contains(&(left, right)) => {
                Ok(())
            }
            (Type::Id(left), Type::Id(right)) => self.definitions(left, right).map(|()| {
                self.same.borrow_mut().insert((left, right));
            }),
            (left, right) => same(left == right),
        };
        compared.map_err(|found| match found {
            Found::Here => self.at_name(left, right),
            below => below,
        })
    }

    /// The difference between two types as one of their definitions, if one of them has a name.
    fn at_name(self, left: Type, right: Type) -> Found {
        let left = innermost_name(self.expected, left);
        let right = innermost_name(self.found, right);
        let name = name_of(self.expected, left).or_else(|| name_of(self.found, right));
        let Some(name) = name else { return Found::Here };
        Found::Below(Difference {
            item: name.to_owned(),
            expected: text::described(self.expected, left),
            found: Some(text::described(self.found, right)),
        })
    }

    fn definitions(self, left: TypeId, right: TypeId) -> Result<(), Found> {
        use TypeDefKind as Kind;
        let (left_def, right_def) = (&self.expected.types[left], &self.found.types[right]);
        match (&left_def.kind, &right_def.kind) {
            (Kind::Record(left), Kind::Record(right)) => {
                let (left, right) = (&left.fields, &right.fields);
                let names = |fields: &[wit_parser::Field]| -> Vec<String> {
                    fields.iter().map(|field| field.name.clone()).collect()
                };
                same(names(left) == names(right))?;
                let mut fields = left.iter().zip(right);
                fields.try_for_each(|(left, right)| self.types(left.ty, right.ty))
            }
            (Kind::Variant(left), Kind::Variant(right)) => self.cases(&left.cases, &right.cases),
            (Kind::Enum(left), Kind::Enum(right)) => {
                let names = left.cases.iter().map(|case| &case.name);
                same(names.eq(right.cases.iter().map(|case| &case.name)))
            }
            (Kind::Flags(left), Kind::Flags(right)) => {
                let names = left.flags.iter().map(|flag| &flag.name);
                same(names.eq(right.flags.iter().map(|flag| &flag.name)))
            }
            (Kind::Tuple(left), Kind::Tuple(right)) => {
                same(left.types.len() == right.types.len())?;
                let mut items = left.types.iter().zip(&right.types);
                items.try_for_each(|(left, right)| self.types(*left, *right))
            }
            (Kind::Result(left), Kind::Result(right)) => {
                self.optional(left.ok, right.ok)?;
                self.optional(left.err, right.err)
            }
            (Kind::Resource, Kind::Resource) => self.resources(left_def, right_def),
            (left, right) => self.wrappers(left, right),
        }
    }

    /// The kinds that just wrap other types.
    fn wrappers(self, left: &TypeDefKind, right: &TypeDefKind) -> Result<(), Found> {
        use TypeDefKind as Kind;
        match (left, right) {
            (Kind::Option(left), Kind::Option(right)) | (Kind::List(left), Kind::List(right)) => {
                self.types(*left, *right)
            }
            (Kind::FixedLengthList(left, n), Kind::FixedLengthList(right, m)) => {
                same(n == m)?;
                self.types(*left, *right)
            }
            (Kind::Map(left, left_value), Kind::Map(right, right_value)) => {
                self.types(*left, *right)?;
                self.types(*left_value, *right_value)
            }
            (Kind::Future(left), Kind::Future(right))
            | (Kind::Stream(left), Kind::Stream(right)) => self.optional(*left, *right),
            (Kind::Handle(Handle::Own(left)), Kind::Handle(Handle::Own(right)))
            | (Kind::Handle(Handle::Borrow(left)), Kind::Handle(Handle::Borrow(right))) => {
                self.types(Type::Id(*left), Type::Id(*right))
            }
            _ => Err(Found::Here),
        }
    }

    fn cases(self, left: &[Case], right: &[Case]) -> Result<(), Found> {
        let names = left.iter().map(|case| &case.name);
        same(names.eq(right.iter().map(|case| &case.name)))?;
        let mut cases = left.iter().zip(right);
        cases.try_for_each(|(left, right)| self.optional(left.ty, right.ty))
    }

    fn optional(self, left: Option<Type>, right: Option<Type>) -> Result<(), Found> {
        match (left, right) {
            (Some(left), Some(right)) => self.types(left, right),
            (left, right) => same(left.is_none() && right.is_none()),
        }
    }

    /// Resources are the same if their interfaces are, up to compatible versions.
    fn resources(self, left: &TypeDef, right: &TypeDef) -> Result<(), Found> {
        let owners = (
            text::owner(self.expected, left),
            text::owner(self.found, right),
        );
        let owned = match owners {
            (Some(left), Some(right)) => are_semver_compatible(&left, &right),
            _ => true,
        };
        same(left.name == right.name && owned)
    }
}

/// The type behind all aliases.
fn structure(resolve: &Resolve, ty: Type) -> Type {
    match ty {
        Type::Id(id) => match resolve.types[id].kind {
            TypeDefKind::Type(aliased) => structure(resolve, aliased),
            _ => ty,
        },
        primitive => primitive,
    }
}

/// The last definition in a chain of aliases: the one that says what the type is.
fn innermost_name(resolve: &Resolve, ty: Type) -> Type {
    match ty {
        Type::Id(id) => match resolve.types[id].kind {
            TypeDefKind::Type(aliased @ Type::Id(_)) => innermost_name(resolve, aliased),
            _ => ty,
        },
        primitive => primitive,
    }
}

fn name_of(resolve: &Resolve, ty: Type) -> Option<&str> {
    match ty {
        Type::Id(id) => resolve.types[id].name.as_deref(),
        _ => None,
    }
}
