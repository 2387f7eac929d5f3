//! [`Val`] → `wit-value`, led by the type, which knows the positions of names.
//!
//! Children follow their parent in the list. The results of a call travel as one
//! value: a tuple at the root whose element i is result i.

use wasmtime::component::{Type, Val};

use crate::error::CallError;
use crate::resources::Resources;
use crate::wire::{NodeIndex, WitNode, WitValue};

/// Where a value is not of its type. wasmtime hands out values of the right type,
/// so the only way here is one that cannot travel.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a result has no form as wit-value: {0}")]
pub(crate) struct EncodeError(&'static str);

impl From<EncodeError> for CallError {
    fn from(error: EncodeError) -> Self {
        Self::Unsupported {
            reason: error.to_string(),
        }
    }
}

type Result<T> = std::result::Result<T, EncodeError>;

/// The results of a call as one value. Resources in them stay in the table.
pub(crate) fn encode_results(
    values: &[Val],
    types: &[Type],
    resources: &mut Resources,
) -> Result<WitValue> {
    let mut nodes = Nodes {
        nodes: Vec::new(),
        resources,
    };
    nodes.parent(|nodes| {
        let items = values
            .iter()
            .zip(types)
            .map(|(val, ty)| nodes.value(val, ty));
        Ok(WitNode::TupleValue(items.collect::<Result<_>>()?))
    })?;
    Ok(WitValue { nodes: nodes.nodes })
}

/// A value that a person has written, in which there are no resources.
pub(crate) fn encode_written(value: &Val, ty: &Type) -> Result<WitValue> {
    let mut nodes = Nodes {
        nodes: Vec::new(),
        resources: &mut Resources::none(),
    };
    nodes.value(value, ty)?;
    Ok(WitValue { nodes: nodes.nodes })
}

struct Nodes<'r> {
    nodes: Vec<WitNode>,
    resources: &'r mut Resources,
}

impl Nodes<'_> {
    fn push(&mut self, node: WitNode) -> Result<NodeIndex> {
        let index = self.nodes.len();
        self.nodes.push(node);
        NodeIndex::try_from(index).map_err(|_| EncodeError("too many nodes"))
    }

    /// Takes the place of a node before its children take theirs.
    fn parent(&mut self, node: impl FnOnce(&mut Self) -> Result<WitNode>) -> Result<NodeIndex> {
        let position = self.nodes.len();
        let index = self.push(WitNode::PrimBool(false))?;
        self.nodes[position] = node(self)?;
        Ok(index)
    }

    fn value(&mut self, val: &Val, ty: &Type) -> Result<NodeIndex> {
        let node = match val {
            Val::Bool(value) => WitNode::PrimBool(*value),
            Val::U8(value) => WitNode::PrimU8(*value),
            Val::U16(value) => WitNode::PrimU16(*value),
            Val::U32(value) => WitNode::PrimU32(*value),
            Val::U64(value) => WitNode::PrimU64(*value),
            Val::S8(value) => WitNode::PrimS8(*value),
            Val::S16(value) => WitNode::PrimS16(*value),
            Val::S32(value) => WitNode::PrimS32(*value),
            Val::S64(value) => WitNode::PrimS64(*value),
            Val::Float32(value) => WitNode::PrimFloat32(*value),
            Val::Float64(value) => WitNode::PrimFloat64(*value),
            Val::Char(value) => WitNode::PrimChar(*value),
            Val::String(value) => WitNode::PrimString(value.clone()),
            Val::Resource(resource) if resource.owned() => {
                WitNode::Handle(self.resources.keep(*resource))
            }
            _ => return self.parent(|nodes| nodes.compound(val, ty)),
        };
        self.push(node)
    }

    fn compound(&mut self, val: &Val, ty: &Type) -> Result<WitNode> {
        Ok(match (val, ty) {
            (Val::Record(fields), Type::Record(ty)) => {
                let fields = fields.iter().zip(ty.fields());
                let items = fields.map(|((_, val), field)| self.value(val, &field.ty));
                WitNode::RecordValue(items.collect::<Result<_>>()?)
            }
            (Val::Tuple(items), Type::Tuple(ty)) => {
                let items = items.iter().zip(ty.types());
                let items = items.map(|(val, ty)| self.value(val, &ty));
                WitNode::TupleValue(items.collect::<Result<_>>()?)
            }
            (Val::List(items), Type::List(ty)) => {
                let element = ty.ty();
                let items = items.iter().map(|val| self.value(val, &element));
                WitNode::ListValue(items.collect::<Result<_>>()?)
            }
            (Val::Variant(name, payload), Type::Variant(ty)) => {
                let (case, ty) = ty
                    .cases()
                    .enumerate()
                    .find_map(|(case, ty)| (ty.name == name).then_some((case, ty.ty)))
                    .ok_or(EncodeError("unknown case"))?;
                WitNode::VariantValue((case as u32, self.payload(payload.as_deref(), ty)?))
            }
            (Val::Enum(name), Type::Enum(ty)) => {
                let case = ty.names().position(|case| case == name);
                WitNode::EnumValue(case.ok_or(EncodeError("unknown case"))? as u32)
            }
            (Val::Flags(set), Type::Flags(ty)) => {
                let set = ty.names().map(|name| set.iter().any(|flag| flag == name));
                WitNode::FlagsValue(set.collect())
            }
            (Val::Option(item), Type::Option(ty)) => {
                WitNode::OptionValue(self.payload(item.as_deref(), Some(ty.ty()))?)
            }
            (Val::Result(Ok(item)), Type::Result(ty)) => {
                WitNode::ResultValue(Ok(self.payload(item.as_deref(), ty.ok())?))
            }
            (Val::Result(Err(item)), Type::Result(ty)) => {
                WitNode::ResultValue(Err(self.payload(item.as_deref(), ty.err())?))
            }
            _ => return Err(EncodeError("not a plain value")),
        })
    }

    fn payload(&mut self, item: Option<&Val>, ty: Option<Type>) -> Result<Option<NodeIndex>> {
        match (item, ty) {
            (Some(item), Some(ty)) => self.value(item, &ty).map(Some),
            _ => Ok(None),
        }
    }
}
