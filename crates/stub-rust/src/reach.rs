//! What travels: the types that the remote functions' parameters and results are made of.
//!
//! Parameters are only lowered and results only lifted, so each type is listed with the directions
//! in which it travels; code that no function needs is not generated.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_stub::{ResourceKind, Stub};
use wit_parser::{Handle, Type, TypeDefKind, TypeId};

use crate::error::GenerateError;
use crate::signature;
use crate::spell::{Primitive, dealias, primitive};

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
    /// A remote resource that is handed over.
    Own(TypeId),
    /// A remote resource that is lent, which only goes to the worker.
    Borrow(TypeId),
}

/// All shapes that travel, and what kinds of functions there are.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Which way each shape goes, in a fixed order.
    pub(crate) shapes: BTreeMap<Shape, BTreeSet<Way>>,
    /// Some function has a result.
    pub(crate) results: bool,
    /// Some function has none.
    pub(crate) no_results: bool,
    /// Some remote resource has a constructor.
    pub(crate) constructs: bool,
    /// There are remote resources.
    pub(crate) resources: bool,
    /// What was walked, and which way.
    walked: BTreeSet<(TypeId, Way)>,
}

impl Reach {
    /// Walks the signatures of all remote functions and constructors.
    pub(crate) fn of(stub: &Stub) -> Result<Reach, GenerateError> {
        let mut reach = Reach::default();
        for resource in &stub.resources {
            reach.resources |= matches!(resource.kind, ResourceKind::Remote { .. });
            if let Some(params) = signature::constructor(stub, resource) {
                reach.constructs = true;
                for param in params {
                    let walked = reach.walk(stub, &param.ty, Way::Lower);
                    walked.map_err(|construct| refused(&resource.name, construct))?;
                }
            }
            for function in &resource.functions {
                let walked = reach.walk_function(stub, &signature::remote(stub, function));
                walked.map_err(|construct| refused(&function.wire_name, construct))?;
            }
        }
        Ok(reach)
    }

    /// Whether anything goes this way.
    pub(crate) fn goes(&self, way: Way) -> bool {
        self.shapes.values().any(|ways| ways.contains(&way))
    }

    /// Whether handles that are handed over go this way.
    pub(crate) fn hands_over(&self, way: Way) -> bool {
        let own = |(shape, ways): (&Shape, &BTreeSet<Way>)| {
            matches!(shape, Shape::Own(_)) && ways.contains(&way)
        };
        self.shapes.iter().any(own)
    }

    fn walk_function(
        &mut self,
        stub: &Stub,
        signature: &signature::Signature<'_>,
    ) -> Result<(), &'static str> {
        for param in signature.params {
            self.walk(stub, &param.ty, Way::Lower)?;
        }
        match &signature.result {
            Some(result) => {
                self.results = true;
                self.walk(stub, result, Way::Lift)
            }
            None => {
                self.no_results = true;
                Ok(())
            }
        }
    }

    fn walk(&mut self, stub: &Stub, ty: &Type, way: Way) -> Result<(), &'static str> {
        if let Type::Id(id) = ty
            && !self.walked.insert((*id, way))
        {
            return Ok(());
        }
        let (shape, parts) = take_apart(stub, ty)?;
        self.shapes.entry(shape).or_default().insert(way);
        parts.iter().try_for_each(|part| self.walk(stub, part, way))
    }
}

fn refused(function: &str, construct: &'static str) -> GenerateError {
    GenerateError::Unsupported {
        function: function.to_string(),
        construct,
    }
}

/// The shape of a type, and the types of its parts.
fn take_apart(stub: &Stub, ty: &Type) -> Result<(Shape, Vec<Type>), &'static str> {
    let ty = dealias(&stub.resolve, *ty);
    let Type::Id(id) = ty else {
        return Ok((Shape::Primitive(primitive(&ty)?), vec![]));
    };
    let remote = |id: &TypeId| signature::remote_resource(stub, *id).map(|resource| resource.id);
    Ok(match &stub.resolve.types[id].kind {
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
        TypeDefKind::Handle(Handle::Own(resource)) => {
            let resource = remote(resource).ok_or("handle of a resource that is not exported")?;
            (Shape::Own(resource), vec![])
        }
        TypeDefKind::Handle(Handle::Borrow(resource)) => {
            let resource = remote(resource).ok_or("handle of a resource that is not exported")?;
            (Shape::Borrow(resource), vec![])
        }
        TypeDefKind::Type(_) => unreachable!("an alias was looked through"),
        TypeDefKind::Resource => return Err("resource"),
        TypeDefKind::Map(..) => return Err("map"),
        TypeDefKind::FixedLengthList(..) => return Err("fixed-length list"),
        TypeDefKind::Future(_) => return Err("future"),
        TypeDefKind::Stream(_) => return Err("stream"),
        TypeDefKind::Unknown => unreachable!("a resolved type is known"),
    })
}
