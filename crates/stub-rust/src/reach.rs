//! What travels: the types that the remote functions' parameters and results are made of.
//!
//! Parameters are only lowered and results only lifted, so each type is listed with the directions
//! in which it travels; code that no function needs is not generated.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::{Stub, StubFunction};
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

use crate::GenerateError;
use crate::spell::dealias;

/// A direction of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// From a Rust value to nodes.
    Lower,
    /// From nodes to a Rust value.
    Lift,
}

/// A type that needs an implementation: a named one for itself, any other one for its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// A Rust primitive or `String`.
    Primitive(Primitive),
    /// `Vec<T>`.
    List,
    /// `Option<T>`.
    Option,
    /// `Result<T, E>`, with whether it has an ok and an error value.
    Result(bool, bool),
    /// A tuple of so many items.
    Tuple(usize),
    /// A record, variant, enum or flags type.
    Named(TypeId),
}

/// A primitive type: its Rust name, its node and what an error message calls it.
pub(crate) type Primitive = (&'static str, &'static str, &'static str);

/// All shapes that travel, and whether there are functions with and without a result.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Which way each shape goes, in a fixed order.
    pub(crate) shapes: BTreeMap<Shape, BTreeSet<Way>>,
    /// Some function has a result.
    pub(crate) results: bool,
    /// Some function has none.
    pub(crate) no_results: bool,
}

impl Reach {
    /// Walks the signatures of all remote functions.
    pub(crate) fn of(stub: &Stub) -> Result<Reach, GenerateError> {
        let mut reach = Reach::default();
        for function in stub.resources.iter().flat_map(|r| &r.functions) {
            let signature = signature(stub, function);
            let refused = |construct| GenerateError::Unsupported {
                function: function.wire_name.clone(),
                construct,
            };
            for param in signature.params.iter().skip(1) {
                let walked = reach.walk(&stub.resolve, &param.ty, Way::Lower);
                walked.map_err(refused)?;
            }
            match &signature.result {
                Some(result) => {
                    reach.results = true;
                    let walked = reach.walk(&stub.resolve, result, Way::Lift);
                    walked.map_err(refused)?;
                }
                None => reach.no_results = true,
            }
        }
        Ok(reach)
    }

    /// Whether anything goes this way.
    pub(crate) fn goes(&self, way: Way) -> bool {
        self.shapes.values().any(|ways| ways.contains(&way))
    }

    fn walk(&mut self, resolve: &Resolve, ty: &Type, way: Way) -> Result<(), &'static str> {
        let (shape, parts) = take_apart(resolve, ty)?;
        let named = matches!(shape, Shape::Named(_));
        let new = self.shapes.entry(shape).or_default().insert(way);
        // the parts of a named type are the same each time, those of a list or tuple are not
        if new || !named {
            for part in parts {
                self.walk(resolve, &part, way)?;
            }
        }
        Ok(())
    }
}

/// The method that waits for a function's result: it has the function's own signature.
pub(crate) fn signature<'a>(stub: &'a Stub, function: &StubFunction) -> &'a Function {
    &stub.resolve.interfaces[stub.interface].functions[&function.blocking]
}

/// The shape of a type, and the types of its parts.
fn take_apart(resolve: &Resolve, ty: &Type) -> Result<(Shape, Vec<Type>), &'static str> {
    let ty = dealias(resolve, *ty);
    let Type::Id(id) = ty else {
        return Ok((Shape::Primitive(primitive(&ty)?), vec![]));
    };
    Ok(match &resolve.types[id].kind {
        TypeDefKind::Record(r) => (Shape::Named(id), r.fields.iter().map(|f| f.ty).collect()),
        TypeDefKind::Variant(v) => {
            let payloads = v.cases.iter().filter_map(|c| c.ty);
            (Shape::Named(id), payloads.collect())
        }
        TypeDefKind::Enum(_) => (Shape::Named(id), vec![]),
        TypeDefKind::Flags(flags) if flags.flags.len() <= 32 => (Shape::Named(id), vec![]),
        TypeDefKind::Flags(_) => return Err("flags type of more than 32 flags"),
        TypeDefKind::Tuple(t) => (Shape::Tuple(t.types.len()), t.types.clone()),
        TypeDefKind::Option(ty) => (Shape::Option, vec![*ty]),
        TypeDefKind::List(ty) => (Shape::List, vec![*ty]),
        TypeDefKind::Result(result) => {
            let parts = result.ok.into_iter().chain(result.err).collect();
            (
                Shape::Result(result.ok.is_some(), result.err.is_some()),
                parts,
            )
        }
        TypeDefKind::Type(_) => unreachable!("an alias was looked through"),
        TypeDefKind::Resource => return Err("resource"),
        TypeDefKind::Handle(Handle::Own(_)) => return Err("resource handle"),
        TypeDefKind::Handle(Handle::Borrow(_)) => return Err("borrowed resource handle"),
        TypeDefKind::Map(..) => return Err("map"),
        TypeDefKind::FixedLengthList(..) => return Err("fixed-length list"),
        TypeDefKind::Future(_) => return Err("future"),
        TypeDefKind::Stream(_) => return Err("stream"),
        TypeDefKind::Unknown => unreachable!("a resolved type is known"),
    })
}

/// A primitive's Rust type, node case and description.
pub(crate) fn primitive(ty: &Type) -> Result<Primitive, &'static str> {
    Ok(match ty {
        Type::Bool => ("bool", "PrimBool", "a bool"),
        Type::U8 => ("u8", "PrimU8", "a u8"),
        Type::U16 => ("u16", "PrimU16", "a u16"),
        Type::U32 => ("u32", "PrimU32", "a u32"),
        Type::U64 => ("u64", "PrimU64", "a u64"),
        Type::S8 => ("i8", "PrimS8", "an s8"),
        Type::S16 => ("i16", "PrimS16", "an s16"),
        Type::S32 => ("i32", "PrimS32", "an s32"),
        Type::S64 => ("i64", "PrimS64", "an s64"),
        Type::F32 => ("f32", "PrimFloat32", "an f32"),
        Type::F64 => ("f64", "PrimFloat64", "an f64"),
        Type::Char => ("char", "PrimChar", "a char"),
        Type::String => ("String", "PrimString", "a string"),
        Type::ErrorContext => return Err("error-context"),
        Type::Id(_) => unreachable!("a named type is not a primitive"),
    })
}
