//! The types that travel, each structure once.
//!
//! In: types of the stub's `Resolve`. Out: shapes with their layout in memory, taken from
//! `SizeAlign`, and with what an answer's node must be to hold them. Aliases are looked through and
//! anonymous types interned, so that `list<u8>` is one shape however often it is written.

use std::collections::BTreeMap;

use wasm_encoder::ValType;
use wit_parser::{ArchitectureSize, Resolve, SizeAlign, Type, TypeDefKind, TypeId};

use crate::EmitError;

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

/// All shapes of a stub.
pub(crate) struct Shapes<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
    shapes: Vec<Shape>,
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
            known: BTreeMap::new(),
            by_type: BTreeMap::new(),
        })
    }

    pub(crate) fn get(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0]
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
            other => {
                return Err(EmitError::Unsupported {
                    kind: other.as_str(),
                });
            }
        };
        Ok(self.intern(&ty, node, name, kind))
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
            self.shapes.push(shape);
        }
        id
    }

    /// How many values a shape is when it is passed as a parameter.
    pub(crate) fn flat_count(&self, id: ShapeId) -> usize {
        match &self.get(id).kind {
            Kind::Plain { flat, .. } => 1 + usize::from(*flat == Flat::Pair),
            Kind::Enum { .. } | Kind::Flags { .. } => 1,
            Kind::Fields(fields) => fields
                .iter()
                .map(|(_, field)| self.flat_count(*field))
                .sum(),
            Kind::List(_) => 2,
            Kind::Choice { cases, .. } => {
                let cases = cases.iter().flatten();
                1 + cases.map(|case| self.flat_count(*case)).max().unwrap_or(0)
            }
        }
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
            Kind::Fields(fields) => return self.single(fields[0].1),
            Kind::List(_) => return None,
        })
    }

    /// How many nodes every value of a shape is; none if that depends on the value.
    pub(crate) fn nodes(&self, id: ShapeId) -> Option<i64> {
        match &self.get(id).kind {
            Kind::Plain { .. } | Kind::Enum { .. } | Kind::Flags { .. } => Some(1),
            Kind::Fields(fields) => {
                let mut fields = fields.iter().map(|(_, field)| self.nodes(*field));
                fields.try_fold(1, |sum, nodes| Some(sum + nodes?))
            }
            Kind::List(_) => None,
            Kind::Choice { cases, .. } => cases.iter().all(Option::is_none).then_some(1),
        }
    }

    /// How many nodes a value of a shape is at least.
    pub(crate) fn least_nodes(&self, id: ShapeId) -> u32 {
        match &self.get(id).kind {
            Kind::Fields(fields) => fields.iter().fold(1, |sum: u32, (_, field)| {
                sum.saturating_add(self.least_nodes(*field))
            }),
            Kind::Choice { cases, .. } => {
                let least = |case: &Option<ShapeId>| case.map_or(0, |case| self.least_nodes(case));
                1 + cases.iter().map(least).min().unwrap_or(0)
            }
            _ => 1,
        }
    }

    /// Size, alignment and offsets of parameters in memory, after the handle of their resource.
    pub(crate) fn frame(&self, params: &[ShapeId]) -> (u32, u32, Vec<u32>) {
        let (mut end, mut largest) = (4, 4);
        let mut offsets = Vec::new();
        for param in params {
            let Shape { size, align, .. } = *self.get(*param);
            let offset = u32::next_multiple_of(end, align);
            offsets.push(offset);
            end = offset + size;
            largest = largest.max(align);
        }
        (end, largest, offsets)
    }

    /// Size and alignment of an option of a type, and where its value starts.
    pub(crate) fn option(&self, id: ShapeId) -> (u32, u32, u32) {
        let Shape { size, align, .. } = self.get(id);
        ((size + align).next_multiple_of(*align), *align, *align)
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
    u32::try_from(count).expect("no type of a WIT text is larger than an address space")
}

impl ShapeId {
    pub(crate) fn number(self) -> usize {
        self.0
    }
}
