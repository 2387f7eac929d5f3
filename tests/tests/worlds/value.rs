//! Values without an order of nodes, led by their type in a stub's WIT.

use golem_rpc_local::wire::{Uri, WitNode, WitValue};
use wit_parser::{Handle, Resolve, Type, TypeDefKind, TypeId};

/// A value of any type. Floats are bits, so that every NaN is itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A node without children that is neither of the next three.
    Plain(WitNode),
    F32(u32),
    F64(u64),
    /// The worker's address, and the id there.
    Handle(String, u64),
    Record(Vec<Value>),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Variant(u32, Option<Box<Value>>),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
}

impl Value {
    pub(crate) fn write(&self) -> WitValue {
        let mut nodes = Vec::new();
        self.push(&mut nodes);
        WitValue { nodes }
    }

    fn push(&self, nodes: &mut Vec<WitNode>) -> i32 {
        let index = nodes.len();
        nodes.push(WitNode::PrimBool(false));
        let mut add = |value: &Value| value.push(nodes);
        let mut some = |value: &Option<Box<Value>>| value.as_ref().map(|value| add(value));
        let node = match self {
            Value::Plain(node) => node.clone(),
            Value::F32(bits) => WitNode::PrimFloat32(f32::from_bits(*bits)),
            Value::F64(bits) => WitNode::PrimFloat64(f64::from_bits(*bits)),
            Value::Handle(uri, id) => WitNode::Handle((Uri { value: uri.clone() }, *id)),
            Value::Record(items) => WitNode::RecordValue(items.iter().map(add).collect()),
            Value::Tuple(items) => WitNode::TupleValue(items.iter().map(add).collect()),
            Value::List(items) => WitNode::ListValue(items.iter().map(add).collect()),
            Value::Variant(case, value) => WitNode::VariantValue((*case, some(value))),
            Value::Option(value) => WitNode::OptionValue(some(value)),
            Value::Result(Ok(value)) => WitNode::ResultValue(Ok(some(value))),
            Value::Result(Err(value)) => WitNode::ResultValue(Err(some(value))),
        };
        nodes[index] = node;
        i32::try_from(index).unwrap()
    }

    pub(crate) fn read(value: &WitValue) -> Value {
        Value::node(&value.nodes, 0)
    }

    fn node(nodes: &[WitNode], index: i32) -> Value {
        let all = |items: &[i32]| items.iter().map(|item| Value::node(nodes, *item)).collect();
        let some = |item: &Option<i32>| item.map(|item| Box::new(Value::node(nodes, item)));
        match &nodes[usize::try_from(index).unwrap()] {
            WitNode::PrimFloat32(number) => Value::F32(number.to_bits()),
            WitNode::PrimFloat64(number) => Value::F64(number.to_bits()),
            WitNode::Handle((uri, id)) => Value::Handle(uri.value.clone(), *id),
            WitNode::RecordValue(items) => Value::Record(all(items)),
            WitNode::TupleValue(items) => Value::Tuple(all(items)),
            WitNode::ListValue(items) => Value::List(all(items)),
            WitNode::VariantValue((case, item)) => Value::Variant(*case, some(item)),
            WitNode::OptionValue(item) => Value::Option(some(item)),
            WitNode::ResultValue(Ok(item)) => Value::Result(Ok(some(item))),
            WitNode::ResultValue(Err(item)) => Value::Result(Err(some(item))),
            plain => Value::Plain(plain.clone()),
        }
    }

    /// The first result of an answer, which is a tuple of all.
    pub(crate) fn answer(value: &WitValue) -> Option<Value> {
        match Value::read(value) {
            Value::Tuple(mut results) => {
                assert!(results.len() < 2, "no function has two results");
                results.pop()
            }
            other => panic!("an answer is a tuple, not {other:?}"),
        }
    }

    /// Gives the handles in this value, in order.
    pub(crate) fn handles(&self, visit: &mut impl FnMut(&str, u64)) {
        match self {
            Value::Plain(_) | Value::F32(_) | Value::F64(_) => {}
            Value::Handle(uri, id) => visit(uri, *id),
            Value::Record(items) | Value::Tuple(items) | Value::List(items) => {
                items.iter().for_each(|item| item.handles(visit));
            }
            Value::Variant(_, item) | Value::Option(item) | Value::Result(Ok(item) | Err(item)) => {
                item.iter().for_each(|item| item.handles(visit));
            }
        }
    }

    /// The same with every handle replaced by one and the same.
    pub(crate) fn without_handles(mut self) -> Value {
        fn erase(value: &mut Value) {
            match value {
                Value::Handle(uri, id) => (*uri, *id) = (String::new(), 0),
                Value::Plain(_) | Value::F32(_) | Value::F64(_) => {}
                Value::Record(items) | Value::Tuple(items) | Value::List(items) => {
                    items.iter_mut().for_each(erase);
                }
                Value::Variant(_, item)
                | Value::Option(item)
                | Value::Result(Ok(item) | Err(item)) => {
                    item.iter_mut().for_each(|item| erase(item));
                }
            }
        }
        erase(&mut self);
        self
    }

    /// The value that is all zero: first cases, nothing in lists, and handles that stand for any.
    pub(crate) fn zero(resolve: &Resolve, ty: &Type) -> Value {
        let zero = |ty: &Type| Value::zero(resolve, ty);
        let some = |ty: &Option<Type>| ty.as_ref().map(|ty| Box::new(zero(ty)));
        let id = match ty {
            Type::Id(id) => *id,
            plain => return Value::zero_number(plain),
        };
        match &resolve.types[id].kind {
            TypeDefKind::Type(aliased) => zero(aliased),
            TypeDefKind::Record(record) => {
                Value::Record(record.fields.iter().map(|f| zero(&f.ty)).collect())
            }
            TypeDefKind::Tuple(tuple) => Value::Tuple(tuple.types.iter().map(zero).collect()),
            TypeDefKind::List(_) => Value::List(Vec::new()),
            TypeDefKind::Variant(variant) => Value::Variant(0, some(&variant.cases[0].ty)),
            TypeDefKind::Option(_) => Value::Option(None),
            TypeDefKind::Result(result) => Value::Result(Ok(some(&result.ok))),
            TypeDefKind::Enum(_) => Value::Plain(WitNode::EnumValue(0)),
            TypeDefKind::Flags(flags) => {
                Value::Plain(WitNode::FlagsValue(vec![false; flags.flags.len()]))
            }
            TypeDefKind::Handle(_) => Value::Handle(String::new(), 0),
            other => panic!("a stub has no {}", other.as_str()),
        }
    }

    fn zero_number(ty: &Type) -> Value {
        Value::Plain(match ty {
            Type::Bool => WitNode::PrimBool(false),
            Type::U8 => WitNode::PrimU8(0),
            Type::U16 => WitNode::PrimU16(0),
            Type::U32 => WitNode::PrimU32(0),
            Type::U64 => WitNode::PrimU64(0),
            Type::S8 => WitNode::PrimS8(0),
            Type::S16 => WitNode::PrimS16(0),
            Type::S32 => WitNode::PrimS32(0),
            Type::S64 => WitNode::PrimS64(0),
            Type::F32 => return Value::F32(0),
            Type::F64 => return Value::F64(0),
            Type::Char => WitNode::PrimChar('\0'),
            Type::String => WitNode::PrimString(String::new()),
            other => panic!("a stub has no {other:?}"),
        })
    }
}

/// The resource of a type that is a handle: `true` if it is owned.
pub(crate) fn resource(resolve: &Resolve, ty: &Type) -> Option<(TypeId, bool)> {
    let Type::Id(id) = ty else { return None };
    match &resolve.types[*id].kind {
        TypeDefKind::Type(aliased) => resource(resolve, aliased),
        TypeDefKind::Handle(Handle::Own(id)) => Some((origin(resolve, *id), true)),
        TypeDefKind::Handle(Handle::Borrow(id)) => Some((origin(resolve, *id), false)),
        _ => None,
    }
}

/// What an alias stands for in the end.
pub(crate) fn origin(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(aliased)) = &resolve.types[id].kind {
        id = *aliased;
    }
    id
}

/// The resources of the handles in a value of this type, in order.
pub(crate) fn resources(resolve: &Resolve, ty: &Type, value: &Value, found: &mut Vec<TypeId>) {
    let Type::Id(id) = ty else { return };
    let mut inner = |ty: &Type, value: &Value| resources(resolve, ty, value, found);
    match (&resolve.types[*id].kind, value) {
        (TypeDefKind::Type(ty), value) => inner(ty, value),
        (TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)), _) => {
            found.push(origin(resolve, *id));
        }
        (TypeDefKind::Record(record), Value::Record(values)) => {
            let fields = record.fields.iter().zip(values);
            fields.for_each(|(field, value)| inner(&field.ty, value));
        }
        (TypeDefKind::Tuple(tuple), Value::Tuple(values)) => {
            let items = tuple.types.iter().zip(values);
            items.for_each(|(ty, value)| inner(ty, value));
        }
        (TypeDefKind::List(item), Value::List(values)) => {
            values.iter().for_each(|value| inner(item, value));
        }
        (TypeDefKind::Variant(variant), Value::Variant(case, Some(value))) => {
            let case = &variant.cases[usize::try_from(*case).unwrap()];
            inner(&case.ty.unwrap(), value);
        }
        (TypeDefKind::Option(some), Value::Option(Some(value))) => inner(some, value),
        (TypeDefKind::Result(result), Value::Result(Ok(Some(value)))) => {
            inner(&result.ok.unwrap(), value);
        }
        (TypeDefKind::Result(result), Value::Result(Err(Some(value)))) => {
            inner(&result.err.unwrap(), value);
        }
        _ => {}
    }
}
