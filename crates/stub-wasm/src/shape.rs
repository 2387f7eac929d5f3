//! The types that travel, each structure once.
//!
//! In: types of the stub's `Resolve`. Out: shapes with their layout in memory, taken from
//! `SizeAlign`, and with what an answer's node must be to hold them. Aliases are looked through and
//! anonymous types interned, so that `list<u8>` is one shape however often it is written.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::ValType;
use wit_parser::{ArchitectureSize, Handle, Resolve, SizeAlign, Type, TypeDefKind, TypeId};

use crate::error::EmitError;

/// The place of a case in `golem:rpc/types.{wit-node}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Node {
    Record,
    Variant,
    Enum,
    Flags,
    Tuple,
    List,
    Option,
    Result,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    Bool,
    String,
    Handle,
}

/// The place of a shape among all shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ShapeId(usize);

/// What a value is made of. Offsets and widths are bytes of its canonical ABI memory layout.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A value whose bytes in memory are its bytes in a node; a string is pointer and length.
    Plain { width: u32, flat: Flat },
    /// An enum with this many cases.
    Enum { cases: u32, width: u32 },
    /// This many flags.
    Flags { count: u32, width: u32 },
    /// A resource of the stub: a handle where it is owned, and otherwise its representation.
    Handle { resource: TypeId, own: bool },
    /// A record or a tuple.
    Fields(Vec<(u32, ShapeId)>),
    /// A list.
    List(ShapeId),
    /// A variant, an option or a result.
    Choice {
        cases: Vec<Option<ShapeId>>,
        width: u32,
        payload: u32,
    },
}

/// How a plain value is passed as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flat {
    I32,
    I64,
    F32,
    F64,
    /// Pointer and length.
    Pair,
}

/// A type that travels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    pub(crate) node: Node,
    /// What it is called where an answer holds something else: ``record `order` ``.
    pub(crate) name: String,
    pub(crate) size: u32,
    pub(crate) align: u32,
}

/// No component can have values of more bytes; a few types made of one another twice would.
const MAX_SIZE: usize = 1 << 28;

/// What follows from a shape's parts. Known once, since a type can be made of others over and over.
#[derive(Debug)]
struct Facts {
    flat: usize,
    /// The core types of a value that is passed as a parameter; of too many none.
    core: Vec<ValType>,
    nodes: Option<i64>,
    least: u32,
    owned: BTreeSet<TypeId>,
}

/// All shapes of a stub.
pub(crate) struct Shapes<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
    shapes: Vec<Shape>,
    facts: Vec<Facts>,
    known: BTreeMap<Shape, ShapeId>,
    by_type: BTreeMap<TypeId, ShapeId>,
}

impl<'a> Shapes<'a> {
    pub(crate) fn new(resolve: &'a Resolve) -> Result<Self, EmitError> {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve).map_err(EmitError::Encode)?;
        Ok(Self {
            resolve,
            sizes,
            shapes: Vec::new(),
            facts: Vec::new(),
            known: BTreeMap::new(),
            by_type: BTreeMap::new(),
        })
    }

    pub(crate) fn get(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0]
    }

    /// The name of a named type.
    pub(crate) fn type_name(&self, id: TypeId) -> &'a str {
        let resolve = self.resolve;
        resolve.types[id].name.as_deref().unwrap_or_default()
    }

    /// The shape of a type.
    pub(crate) fn of(&mut self, ty: &Type) -> Result<ShapeId, EmitError> {
        let Type::Id(id) = ty else {
            let (node, flat, name) = plain(ty)?;
            let width = bytes(self.sizes.size(ty));
            return Ok(self.intern(ty, node, name.into(), Kind::Plain { width, flat }));
        };
        if let Some(known) = self.by_type.get(id) {
            return Ok(*known);
        }
        let shape = self.compound(*id)?;
        self.by_type.insert(*id, shape);
        Ok(shape)
    }

    fn compound(&mut self, id: TypeId) -> Result<ShapeId, EmitError> {
        let resolve = self.resolve;
        let def = &resolve.types[id];
        let ty = Type::Id(id);
        if self.sizes.size(&ty).size_wasm32() > MAX_SIZE {
            let name = def.name.clone().unwrap_or_default();
            return Err(EmitError::TooLarge { name });
        }
        let named = |what: &str| format!("{what} `{}`", def.name.as_deref().unwrap_or_default());
        let (node, name, kind) = match &def.kind {
            TypeDefKind::Type(aliased) => return self.of(aliased),
            TypeDefKind::Record(record) => {
                let types: Vec<Type> = record.fields.iter().map(|f| f.ty).collect();
                (Node::Record, named("record"), self.fields(&types)?)
            }
            TypeDefKind::Tuple(tuple) => {
                let name = format!("a tuple of {}", tuple.types.len());
                (Node::Tuple, name, self.fields(&tuple.types)?)
            }
            TypeDefKind::List(item) => (Node::List, "a list".into(), Kind::List(self.of(item)?)),
            TypeDefKind::Enum(cases) => {
                let width = bytes(self.sizes.size(&ty));
                let cases = count(cases.cases.len());
                (Node::Enum, named("enum"), Kind::Enum { cases, width })
            }
            TypeDefKind::Flags(flags) if flags.flags.len() <= 32 => {
                let width = bytes(self.sizes.size(&ty));
                let count = count(flags.flags.len());
                (Node::Flags, named("flags"), Kind::Flags { count, width })
            }
            TypeDefKind::Variant(variant) => {
                let cases: Vec<_> = variant.cases.iter().map(|c| c.ty).collect();
                (
                    Node::Variant,
                    named("variant"),
                    self.choice(variant.tag(), &cases)?,
                )
            }
            TypeDefKind::Option(some) => {
                let kind = self.choice(wit_parser::Int::U8, &[None, Some(*some)])?;
                (Node::Option, "an option".into(), kind)
            }
            TypeDefKind::Result(result) => {
                let kind = self.choice(wit_parser::Int::U8, &[result.ok, result.err])?;
                (Node::Result, "a result".into(), kind)
            }
            TypeDefKind::Handle(handle) => (Node::Handle, "a handle".into(), self.handle(handle)),
            other => {
                return Err(EmitError::Unsupported {
                    kind: other.as_str(),
                });
            }
        };
        Ok(self.intern(&ty, node, name, kind))
    }

    fn handle(&self, handle: &Handle) -> Kind {
        let (own, mut resource) = match handle {
            Handle::Own(resource) => (true, *resource),
            Handle::Borrow(resource) => (false, *resource),
        };
        while let TypeDefKind::Type(Type::Id(aliased)) = self.resolve.types[resource].kind {
            resource = aliased;
        }
        Kind::Handle { resource, own }
    }

    fn fields(&mut self, types: &[Type]) -> Result<Kind, EmitError> {
        let offsets = self.sizes.field_offsets(types);
        let offsets: Vec<u32> = offsets
            .into_iter()
            .map(|(offset, _)| bytes(offset))
            .collect();
        let shapes = types.iter().map(|ty| self.of(ty));
        let shapes = shapes.collect::<Result<Vec<_>, _>>()?;
        Ok(Kind::Fields(offsets.into_iter().zip(shapes).collect()))
    }

    fn choice(&mut self, tag: wit_parser::Int, cases: &[Option<Type>]) -> Result<Kind, EmitError> {
        let payload = self
            .sizes
            .payload_offset(tag, cases.iter().map(Option::as_ref));
        let cases = cases.iter().map(|ty| ty.map(|ty| self.of(&ty)).transpose());
        Ok(Kind::Choice {
            cases: cases.collect::<Result<_, _>>()?,
            width: match tag {
                wit_parser::Int::U8 => 1,
                wit_parser::Int::U16 => 2,
                _ => 4,
            },
            payload: bytes(payload),
        })
    }

    fn intern(&mut self, ty: &Type, node: Node, name: String, kind: Kind) -> ShapeId {
        let shape = Shape {
            kind,
            node,
            name,
            size: bytes(self.sizes.size(ty)),
            align: count(self.sizes.align(ty).align_wasm32()),
        };
        let next = ShapeId(self.shapes.len());
        let id = *self.known.entry(shape.clone()).or_insert(next);
        if id == next {
            self.facts.push(self.facts(&shape.kind));
            self.shapes.push(shape);
        }
        id
    }

    /// How many values a shape is when it is passed as a parameter.
    pub(crate) fn flat_count(&self, id: ShapeId) -> usize {
        self.facts[id.0].flat
    }

    /// The core types that a shape is when it is passed as a parameter, if these are not too many.
    pub(crate) fn core(&self, id: ShapeId) -> &[ValType] {
        &self.facts[id.0].core
    }

    /// The core type of a shape that is one value, and how many bytes of memory hold it.
    pub(crate) fn single(&self, id: ShapeId) -> Option<(ValType, u32)> {
        if self.flat_count(id) != 1 {
            return None;
        }
        Some(match &self.get(id).kind {
            Kind::Plain { width, flat } => (flat.core(), *width),
            Kind::Enum { width, .. } | Kind::Flags { width, .. } => (ValType::I32, *width),
            Kind::Choice { width, .. } => (ValType::I32, *width),
            Kind::Handle { .. } => (ValType::I32, 4),
            Kind::Fields(fields) => return self.single(fields[0].1),
            Kind::List(_) => return None,
        })
    }

    /// How many nodes every value of a shape is; none if that depends on the value.
    pub(crate) fn nodes(&self, id: ShapeId) -> Option<i64> {
        self.facts[id.0].nodes
    }

    /// How many nodes a value of a shape is at least.
    pub(crate) fn least_nodes(&self, id: ShapeId) -> u32 {
        self.facts[id.0].least
    }

    /// The resources that a value of a shape may own.
    pub(crate) fn owned(&self, id: ShapeId) -> &BTreeSet<TypeId> {
        &self.facts[id.0].owned
    }

    /// The facts of a shape, from those of its parts.
    fn facts(&self, kind: &Kind) -> Facts {
        let of = |id: &ShapeId| &self.facts[id.0];
        let mut facts = Facts {
            flat: 1,
            core: vec![ValType::I32],
            nodes: Some(1),
            least: 1,
            owned: BTreeSet::new(),
        };
        match kind {
            Kind::Plain { flat, .. } => {
                facts.flat += usize::from(*flat == Flat::Pair);
                facts.core = vec![flat.core(); facts.flat];
            }
            Kind::Enum { .. } | Kind::Flags { .. } => {}
            Kind::Handle { resource, own } => facts.owned.extend(own.then_some(*resource)),
            Kind::Fields(fields) => {
                (facts.flat, facts.core) = (0, Vec::new());
                for field in fields.iter().map(|(_, field)| of(field)) {
                    facts.flat = facts.flat.saturating_add(field.flat);
                    facts.core.extend(&field.core);
                    facts.nodes = facts.nodes.and_then(|sum| sum.checked_add(field.nodes?));
                    facts.least = facts.least.saturating_add(field.least);
                    facts.owned.extend(&field.owned);
                }
            }
            Kind::List(item) => {
                facts.flat = 2;
                facts.core = vec![ValType::I32; 2];
                facts.nodes = None;
                facts.owned.extend(&of(item).owned);
            }
            Kind::Choice { cases, .. } => {
                let some = || cases.iter().flatten().map(of);
                let flat = some().map(|case| case.flat).max().unwrap_or(0);
                let least = cases
                    .iter()
                    .map(|case| case.as_ref().map_or(0, |c| of(c).least));
                facts.flat = flat.saturating_add(1);
                facts.core.extend(joined(some().map(|case| &case.core[..])));
                facts.nodes = some().next().is_none().then_some(1);
                facts.least = least.min().unwrap_or(0).saturating_add(1);
                some().for_each(|case| facts.owned.extend(&case.owned));
            }
        }
        if facts.flat > Resolve::MAX_FLAT_PARAMS {
            facts.core.clear();
        }
        facts
    }

    /// Size, alignment and offsets of values that lie one after the other in memory.
    pub(crate) fn frame(&self, values: &[ShapeId]) -> (u32, u32, Vec<u32>) {
        let (mut end, mut largest) = (0u32, 1);
        let mut offsets = Vec::new();
        for value in values {
            let Shape { size, align, .. } = *self.get(*value);
            // what saturates here is refused when the component is validated
            let offset = end.checked_next_multiple_of(align).unwrap_or(end);
            offsets.push(offset);
            end = offset.saturating_add(size);
            largest = largest.max(align);
        }
        (end, largest, offsets)
    }
}

impl Flat {
    pub(crate) fn core(self) -> ValType {
        match self {
            Flat::I32 | Flat::Pair => ValType::I32,
            Flat::I64 => ValType::I64,
            Flat::F32 => ValType::F32,
            Flat::F64 => ValType::F64,
        }
    }
}

/// The core types of the places that the cases of a choice share.
fn joined<'a>(cases: impl Iterator<Item = &'a [ValType]>) -> Vec<ValType> {
    let mut joined: Vec<ValType> = Vec::new();
    for case in cases {
        for (place, ty) in case.iter().enumerate() {
            match joined.get_mut(place) {
                Some(other) => *other = join(*other, *ty),
                None => joined.push(*ty),
            }
        }
    }
    joined
}

/// The core type of a place that two cases share.
fn join(a: ValType, b: ValType) -> ValType {
    match (a, b) {
        (a, b) if a == b => a,
        (ValType::I32, ValType::F32) | (ValType::F32, ValType::I32) => ValType::I32,
        _ => ValType::I64,
    }
}

fn plain(ty: &Type) -> Result<(Node, Flat, &'static str), EmitError> {
    Ok(match ty {
        Type::Bool => (Node::Bool, Flat::I32, "a bool"),
        Type::U8 => (Node::U8, Flat::I32, "a u8"),
        Type::U16 => (Node::U16, Flat::I32, "a u16"),
        Type::U32 => (Node::U32, Flat::I32, "a u32"),
        Type::U64 => (Node::U64, Flat::I64, "a u64"),
        Type::S8 => (Node::S8, Flat::I32, "an s8"),
        Type::S16 => (Node::S16, Flat::I32, "an s16"),
        Type::S32 => (Node::S32, Flat::I32, "an s32"),
        Type::S64 => (Node::S64, Flat::I64, "an s64"),
        Type::F32 => (Node::F32, Flat::F32, "an f32"),
        Type::F64 => (Node::F64, Flat::F64, "an f64"),
        Type::Char => (Node::Char, Flat::I32, "a char"),
        Type::String => (Node::String, Flat::Pair, "a string"),
        Type::ErrorContext => {
            return Err(EmitError::Unsupported {
                kind: "error-context",
            });
        }
        Type::Id(_) => unreachable!("not a primitive"),
    })
}

fn bytes(size: ArchitectureSize) -> u32 {
    count(size.size_wasm32())
}

fn count(count: usize) -> u32 {
    u32::try_from(count).expect("nothing larger than `MAX_SIZE` is looked at")
}

impl ShapeId {
    pub(crate) fn number(self) -> usize {
        self.0
    }
}
