//! `wit-value` → [`Val`], led by the type.
//!
//! Three ways to fail: the nodes make no value at all ([`DecodeError::Malformed`]),
//! they make one of another type ([`DecodeError::Mismatch`]), or a handle is of no
//! resource here ([`DecodeError::Handle`]). A node may stand in several places, as
//! the engine allows, but copying shared nodes may cost no more than [`SHARED`]
//! beyond what the list itself holds.

use wasmtime::component::{Type, Val};

use crate::resources::{Passing, Resources};
use crate::value::display;
use crate::wire::{NodeIndex, WitNode, WitValue};

/// What repeated use of nodes may cost: one per node, per byte of a string and per flag.
const SHARED: usize = 1 << 20;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error("{0}")]
    Malformed(String),
    #[error("{0}")]
    Mismatch(String),
    #[error("{0}")]
    Handle(String),
}

type Result<T> = std::result::Result<T, DecodeError>;

/// The value of type `ty` that the nodes describe, with the resources that it passes.
pub(crate) fn decode(value: &WitValue, ty: &Type, passing: &mut Passing<'_>) -> Result<Val> {
    let budget = value.nodes.iter().map(cost).sum::<usize>() + SHARED;
    let mut decoder = Decoder {
        nodes: &value.nodes,
        open: vec![false; value.nodes.len()],
        budget,
        passing,
    };
    decoder.value(0, ty)
}

/// The results of a call that a person is to read, in which there are no resources.
pub(crate) fn decode_written(results: &WitValue, types: &[Type]) -> Result<Vec<Val>> {
    let resources = Resources::none();
    let Some(WitNode::TupleValue(items)) = results.nodes.first() else {
        return Err(DecodeError::Malformed("results are a tuple".into()));
    };
    let mut decoder = Decoder {
        nodes: &results.nodes,
        open: vec![false; results.nodes.len()],
        budget: results.nodes.iter().map(cost).sum::<usize>() + SHARED,
        passing: &mut resources.passing(),
    };
    same_length("results", items.len(), types.len())?;
    let items = items.iter().zip(types);
    items.map(|(item, ty)| decoder.value(*item, ty)).collect()
}

struct Decoder<'a, 'p, 'r> {
    nodes: &'a [WitNode],
    /// The nodes on the way from the root to here.
    open: Vec<bool>,
    budget: usize,
    passing: &'p mut Passing<'r>,
}

fn cost(node: &WitNode) -> usize {
    match node {
        WitNode::PrimString(text) => 1 + text.len(),
        WitNode::FlagsValue(set) => 1 + set.len(),
        _ => 1,
    }
}

impl<'a> Decoder<'a, '_, '_> {
    fn value(&mut self, index: NodeIndex, ty: &Type) -> Result<Val> {
        let position = self.enter(index)?;
        let nodes: &'a [WitNode] = self.nodes;
        let value = self
            .node(&nodes[position], ty)
            .map_err(|error| match error {
                Wrong::Inside(error) => error,
                Wrong::Kind => DecodeError::Mismatch(format!(
                    "node {index} is {}, where {} is expected",
                    kind(&nodes[position]),
                    display(ty)
                )),
            });
        self.open[position] = false;
        value
    }

    fn enter(&mut self, index: NodeIndex) -> Result<usize> {
        let count = self.nodes.len();
        let malformed = |reason: String| Err(DecodeError::Malformed(reason));
        let position = match usize::try_from(index) {
            Ok(position) if position < count => position,
            _ => return malformed(format!("node index {index} is out of range: {count} nodes")),
        };
        if std::mem::replace(&mut self.open[position], true) {
            return malformed(format!("node {index} is a part of itself"));
        }
        match self.budget.checked_sub(cost(&self.nodes[position])) {
            Some(left) => self.budget = left,
            None => return malformed("nodes are shared too often".into()),
        }
        Ok(position)
    }

    fn node(&mut self, node: &WitNode, ty: &Type) -> std::result::Result<Val, Wrong> {
        Ok(match (node, ty) {
            (WitNode::PrimBool(value), Type::Bool) => Val::Bool(*value),
            (WitNode::PrimU8(value), Type::U8) => Val::U8(*value),
            (WitNode::PrimU16(value), Type::U16) => Val::U16(*value),
            (WitNode::PrimU32(value), Type::U32) => Val::U32(*value),
            (WitNode::PrimU64(value), Type::U64) => Val::U64(*value),
            (WitNode::PrimS8(value), Type::S8) => Val::S8(*value),
            (WitNode::PrimS16(value), Type::S16) => Val::S16(*value),
            (WitNode::PrimS32(value), Type::S32) => Val::S32(*value),
            (WitNode::PrimS64(value), Type::S64) => Val::S64(*value),
            (WitNode::PrimFloat32(value), Type::Float32) => Val::Float32(*value),
            (WitNode::PrimFloat64(value), Type::Float64) => Val::Float64(*value),
            (WitNode::PrimChar(value), Type::Char) => Val::Char(*value),
            (WitNode::PrimString(value), Type::String) => Val::String(value.clone()),
            (WitNode::EnumValue(case), Type::Enum(ty)) => {
                Val::Enum(case_at(*case, ty.names())?.to_owned())
            }
            (WitNode::FlagsValue(set), Type::Flags(ty)) => flags(set, ty.names())?,
            (WitNode::Handle(handle), Type::Own(ty)) => {
                let resource = self.passing.own(handle, ty);
                Val::Resource(resource.map_err(DecodeError::Handle)?)
            }
            (WitNode::Handle(handle), Type::Borrow(ty)) => {
                let resource = self.passing.borrow(handle, ty);
                Val::Resource(resource.map_err(DecodeError::Handle)?)
            }
            _ => return self.compound(node, ty),
        })
    }

    fn compound(&mut self, node: &WitNode, ty: &Type) -> std::result::Result<Val, Wrong> {
        Ok(match (node, ty) {
            (WitNode::RecordValue(items), Type::Record(ty)) => {
                let fields = ty.fields();
                same_length("fields", items.len(), fields.len())?;
                let fields = items.iter().zip(fields).map(|(item, field)| {
                    Ok((field.name.to_owned(), self.value(*item, &field.ty)?))
                });
                Val::Record(fields.collect::<Result<_>>()?)
            }
            (WitNode::TupleValue(items), Type::Tuple(ty)) => {
                let types = ty.types();
                same_length("elements", items.len(), types.len())?;
                let items = items.iter().zip(types);
                Val::Tuple(
                    items
                        .map(|(item, ty)| self.value(*item, &ty))
                        .collect::<Result<_>>()?,
                )
            }
            (WitNode::ListValue(items), Type::List(ty)) => {
                let element = ty.ty();
                let items = items.iter().map(|item| self.value(*item, &element));
                Val::List(items.collect::<Result<_>>()?)
            }
            (WitNode::VariantValue((case, payload)), Type::Variant(ty)) => {
                let case = case_at(*case, ty.cases())?;
                Val::Variant(case.name.to_owned(), self.payload(*payload, case.ty)?)
            }
            (WitNode::OptionValue(item), Type::Option(ty)) => Val::Option(match item {
                Some(item) => Some(Box::new(self.value(*item, &ty.ty())?)),
                None => None,
            }),
            (WitNode::ResultValue(Ok(item)), Type::Result(ty)) => {
                Val::Result(Ok(self.payload(*item, ty.ok())?))
            }
            (WitNode::ResultValue(Err(item)), Type::Result(ty)) => {
                Val::Result(Err(self.payload(*item, ty.err())?))
            }
            _ => return Err(Wrong::Kind),
        })
    }

    fn payload(&mut self, item: Option<NodeIndex>, ty: Option<Type>) -> Result<Option<Box<Val>>> {
        match (item, ty) {
            (Some(item), Some(ty)) => Ok(Some(Box::new(self.value(item, &ty)?))),
            (None, None) => Ok(None),
            (Some(_), None) => mismatch("a case has a payload that its type lacks"),
            (None, Some(ty)) => mismatch(format!("a case lacks its payload of {}", display(&ty))),
        }
    }
}

/// An error of this node, to be told with its place, or of one inside.
enum Wrong {
    Kind,
    Inside(DecodeError),
}

impl From<DecodeError> for Wrong {
    fn from(error: DecodeError) -> Self {
        Self::Inside(error)
    }
}

fn mismatch<T>(reason: impl Into<String>) -> Result<T> {
    Err(DecodeError::Mismatch(reason.into()))
}

fn same_length(what: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    mismatch(format!("{found} {what}, where {expected} are expected"))
}

fn case_at<T>(case: u32, mut cases: impl ExactSizeIterator<Item = T>) -> Result<T> {
    let count = cases.len();
    match cases.nth(case as usize) {
        Some(case) => Ok(case),
        None => mismatch(format!("case {case} of a type with {count} cases")),
    }
}

fn flags<'a>(set: &[bool], names: impl ExactSizeIterator<Item = &'a str>) -> Result<Val> {
    same_length("flags", set.len(), names.len())?;
    let names = set.iter().zip(names);
    Ok(Val::Flags(
        names
            .filter(|(set, _)| **set)
            .map(|(_, name)| name.to_owned())
            .collect(),
    ))
}

fn kind(node: &WitNode) -> &'static str {
    match node {
        WitNode::RecordValue(_) => "a record",
        WitNode::VariantValue(_) => "a variant",
        WitNode::EnumValue(_) => "an enum",
        WitNode::FlagsValue(_) => "flags",
        WitNode::TupleValue(_) => "a tuple",
        WitNode::ListValue(_) => "a list",
        WitNode::OptionValue(_) => "an option",
        WitNode::ResultValue(_) => "a result",
        WitNode::PrimU8(_) => "a u8",
        WitNode::PrimU16(_) => "a u16",
        WitNode::PrimU32(_) => "a u32",
        WitNode::PrimU64(_) => "a u64",
        WitNode::PrimS8(_) => "an s8",
        WitNode::PrimS16(_) => "an s16",
        WitNode::PrimS32(_) => "an s32",
        WitNode::PrimS64(_) => "an s64",
        WitNode::PrimFloat32(_) => "an f32",
        WitNode::PrimFloat64(_) => "an f64",
        WitNode::PrimChar(_) => "a char",
        WitNode::PrimBool(_) => "a bool",
        WitNode::PrimString(_) => "a string",
        WitNode::Handle(_) => "a handle",
    }
}
