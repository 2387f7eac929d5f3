//! What travels: nodes as golem:rpc has them, and the trees that they stand for.

use wasmtime::component::types::Field;
use wasmtime::component::{ComponentType, Lift, Lower, ResourceAny, Type, Val};

use crate::random::Random;

/// `golem:rpc/types.{wit-node}`.
#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Node {
    #[component(name = "record-value")]
    Record(Vec<i32>),
    #[component(name = "variant-value")]
    Variant((u32, Option<i32>)),
    #[component(name = "enum-value")]
    Enum(u32),
    #[component(name = "flags-value")]
    Flags(Vec<bool>),
    #[component(name = "tuple-value")]
    Tuple(Vec<i32>),
    #[component(name = "list-value")]
    List(Vec<i32>),
    #[component(name = "option-value")]
    Option(Option<i32>),
    #[component(name = "result-value")]
    Result(Result<Option<i32>, Option<i32>>),
    #[component(name = "prim-u8")]
    U8(u8),
    #[component(name = "prim-u16")]
    U16(u16),
    #[component(name = "prim-u32")]
    U32(u32),
    #[component(name = "prim-u64")]
    U64(u64),
    #[component(name = "prim-s8")]
    S8(i8),
    #[component(name = "prim-s16")]
    S16(i16),
    #[component(name = "prim-s32")]
    S32(i32),
    #[component(name = "prim-s64")]
    S64(i64),
    #[component(name = "prim-float32")]
    F32(f32),
    #[component(name = "prim-float64")]
    F64(f64),
    #[component(name = "prim-char")]
    Char(char),
    #[component(name = "prim-bool")]
    Bool(bool),
    #[component(name = "prim-string")]
    String(String),
    #[component(name = "handle")]
    Handle((Uri, u64)),
}

/// `golem:rpc/types.{wit-value}`.
#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Value {
    pub(crate) nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Uri {
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum RpcError {
    #[component(name = "protocol-error")]
    ProtocolError(String),
    #[component(name = "denied")]
    Denied(String),
    #[component(name = "not-found")]
    NotFound(String),
    #[component(name = "remote-internal-error")]
    RemoteInternalError(String),
}

/// Gives the tree of a resource.
pub(crate) type Handle<'a> = &'a mut dyn FnMut(ResourceAny) -> Tree;

/// Gives the resource of an id.
pub(crate) type Resource<'a> = &'a mut dyn FnMut(u64) -> ResourceAny;

/// A value without an order of nodes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// A node without children.
    Leaf(Node),
    /// Numbers by their bits, so that each NaN is only like itself.
    F32(u32),
    F64(u64),
    /// The handle of a remote resource: URI and id.
    Handle(String, u64),
    Record(Vec<Tree>),
    Tuple(Vec<Tree>),
    List(Vec<Tree>),
    Variant(u32, Option<Box<Tree>>),
    Option(Option<Box<Tree>>),
    Result(Result<Option<Box<Tree>>, Option<Box<Tree>>>),
}

impl Tree {
    /// What a value of the component model without resources is on the wire.
    pub(crate) fn of(value: &Val, ty: &Type) -> Tree {
        Tree::with(value, ty, &mut |_| panic!("a resource"))
    }

    /// What a value of the component model is on the wire, if its resources are these trees.
    pub(crate) fn with(value: &Val, ty: &Type, handle: Handle<'_>) -> Tree {
        match (value, ty) {
            (Val::Resource(resource), _) => handle(*resource),
            (Val::Bool(v), _) => Tree::Leaf(Node::Bool(*v)),
            (Val::U8(v), _) => Tree::Leaf(Node::U8(*v)),
            (Val::U16(v), _) => Tree::Leaf(Node::U16(*v)),
            (Val::U32(v), _) => Tree::Leaf(Node::U32(*v)),
            (Val::U64(v), _) => Tree::Leaf(Node::U64(*v)),
            (Val::S8(v), _) => Tree::Leaf(Node::S8(*v)),
            (Val::S16(v), _) => Tree::Leaf(Node::S16(*v)),
            (Val::S32(v), _) => Tree::Leaf(Node::S32(*v)),
            (Val::S64(v), _) => Tree::Leaf(Node::S64(*v)),
            (Val::Float32(v), _) => Tree::F32(v.to_bits()),
            (Val::Float64(v), _) => Tree::F64(v.to_bits()),
            (Val::Char(v), _) => Tree::Leaf(Node::Char(*v)),
            (Val::String(v), _) => Tree::Leaf(Node::String(v.clone())),
            (Val::Enum(case), Type::Enum(ty)) => {
                let case = ty.names().position(|name| name == case).unwrap();
                Tree::Leaf(Node::Enum(case as u32))
            }
            (Val::Flags(set), Type::Flags(ty)) => {
                let flags = ty.names().map(|name| set.iter().any(|s| s == name));
                Tree::Leaf(Node::Flags(flags.collect()))
            }
            (Val::Record(fields), Type::Record(ty)) => {
                let fields = fields.iter().zip(ty.fields());
                Tree::Record(
                    fields
                        .map(|((_, v), f)| Tree::with(v, &f.ty, handle))
                        .collect(),
                )
            }
            (Val::Tuple(items), Type::Tuple(ty)) => {
                let items = items.iter().zip(ty.types());
                Tree::Tuple(items.map(|(v, ty)| Tree::with(v, &ty, handle)).collect())
            }
            (Val::List(items), Type::List(list)) => {
                let ty = list.ty();
                Tree::List(items.iter().map(|v| Tree::with(v, &ty, handle)).collect())
            }
            (Val::Option(value), Type::Option(ty)) => {
                Tree::Option(Tree::some(value, Some(ty.ty()), handle))
            }
            (Val::Result(Ok(value)), Type::Result(ty)) => {
                Tree::Result(Ok(Tree::some(value, ty.ok(), handle)))
            }
            (Val::Result(Err(value)), Type::Result(ty)) => {
                Tree::Result(Err(Tree::some(value, ty.err(), handle)))
            }
            (Val::Variant(case, value), Type::Variant(ty)) => {
                let mut cases = (0..).zip(ty.cases());
                let (index, case) = cases.find(|(_, c)| c.name == case).unwrap();
                Tree::Variant(index, Tree::some(value, case.ty, handle))
            }
            other => panic!("a value of another type: {other:?}"),
        }
    }

    fn some(value: &Option<Box<Val>>, ty: Option<Type>, handle: Handle<'_>) -> Option<Box<Tree>> {
        let value = value.as_ref()?;
        Some(Box::new(Tree::with(value, &ty.unwrap(), handle)))
    }

    /// The value that this tree is; `resource` gives those of its handles.
    pub(crate) fn value(&self, ty: &Type, resource: Resource<'_>) -> Val {
        let mut some = |tree: &Option<Box<Tree>>, ty: Option<Type>| {
            tree.as_ref()
                .map(|tree| Box::new(tree.value(&ty.unwrap(), resource)))
        };
        match (self, ty) {
            (Tree::Handle(_, id), _) => Val::Resource(resource(*id)),
            (Tree::F32(bits), _) => Val::Float32(f32::from_bits(*bits)),
            (Tree::F64(bits), _) => Val::Float64(f64::from_bits(*bits)),
            (Tree::Leaf(node), ty) => node.value(ty),
            (Tree::Record(items), Type::Record(ty)) => {
                let fields = items.iter().zip(ty.fields());
                let value = |(item, field): (&Tree, Field<'_>)| {
                    (field.name.to_string(), item.value(&field.ty, resource))
                };
                Val::Record(fields.map(value).collect())
            }
            (Tree::Tuple(items), Type::Tuple(ty)) => {
                let items = items.iter().zip(ty.types());
                Val::Tuple(items.map(|(v, ty)| v.value(&ty, resource)).collect())
            }
            (Tree::List(items), Type::List(list)) => {
                let ty = list.ty();
                Val::List(items.iter().map(|v| v.value(&ty, resource)).collect())
            }
            (Tree::Option(tree), Type::Option(ty)) => Val::Option(some(tree, Some(ty.ty()))),
            (Tree::Result(Ok(tree)), Type::Result(ty)) => Val::Result(Ok(some(tree, ty.ok()))),
            (Tree::Result(Err(tree)), Type::Result(ty)) => Val::Result(Err(some(tree, ty.err()))),
            (Tree::Variant(case, tree), Type::Variant(ty)) => {
                let case = ty.cases().nth(*case as usize).unwrap();
                Val::Variant(case.name.to_string(), some(tree, case.ty))
            }
            other => panic!("a tree of another type: {other:?}"),
        }
    }

    /// Visits the ids of all handles, in order.
    pub(crate) fn handles(&self, visit: &mut impl FnMut(&str, u64)) {
        match self {
            Tree::Handle(uri, id) => visit(uri, *id),
            Tree::Record(items) | Tree::Tuple(items) | Tree::List(items) => {
                items.iter().for_each(|item| item.handles(visit));
            }
            Tree::Variant(_, Some(item))
            | Tree::Option(Some(item))
            | Tree::Result(Ok(Some(item)) | Err(Some(item))) => item.handles(visit),
            _ => {}
        }
    }

    /// The tree of a parameter, whose nodes all belong to it.
    pub(crate) fn read(value: &Value) -> Tree {
        let mut used = 0;
        let tree = Tree::read_node(&value.nodes, 0, &mut used);
        assert_eq!(used, value.nodes.len(), "no node too many");
        tree
    }

    fn read_node(nodes: &[Node], index: i32, used: &mut usize) -> Tree {
        *used += 1;
        let mut list = |items: &[i32]| -> Vec<Tree> {
            let items = items.iter();
            items.map(|i| Tree::read_node(nodes, *i, used)).collect()
        };
        match &nodes[index as usize] {
            Node::Record(items) => Tree::Record(list(items)),
            Node::Tuple(items) => Tree::Tuple(list(items)),
            Node::List(items) => Tree::List(list(items)),
            Node::Variant((case, child)) => {
                let child = child.map(|i| Box::new(Tree::read_node(nodes, i, used)));
                Tree::Variant(*case, child)
            }
            Node::Option(child) => {
                Tree::Option(child.map(|i| Box::new(Tree::read_node(nodes, i, used))))
            }
            Node::Result(result) => {
                let mut child = |i: i32| Box::new(Tree::read_node(nodes, i, used));
                Tree::Result(match result {
                    Ok(ok) => Ok(ok.map(&mut child)),
                    Err(err) => Err(err.map(&mut child)),
                })
            }
            Node::F32(v) => Tree::F32(v.to_bits()),
            Node::F64(v) => Tree::F64(v.to_bits()),
            Node::Handle((uri, id)) => Tree::Handle(uri.value.clone(), *id),
            leaf => Tree::Leaf(leaf.clone()),
        }
    }

    /// The answer of a function with this result: nodes in any order behind the root.
    pub(crate) fn answer(self, random: &mut Random) -> Vec<Node> {
        let mut nodes = Vec::new();
        Tree::Tuple(vec![self]).write(&mut nodes);
        // new[order[i]] = old[i]
        let mut order: Vec<i32> = (0..nodes.len() as i32).collect();
        for i in (2..nodes.len()).rev() {
            order.swap(i, 1 + random.below(i as u64) as usize);
        }
        let mut shuffled = vec![Node::Bool(false); nodes.len()];
        for (old, mut node) in nodes.into_iter().enumerate() {
            node.children(&mut |child| *child = order[*child as usize]);
            shuffled[order[old] as usize] = node;
        }
        shuffled
    }

    fn write(self, nodes: &mut Vec<Node>) -> i32 {
        let index = nodes.len();
        nodes.push(Node::Bool(false));
        let mut add = |tree: Tree| tree.write(nodes);
        let node = match self {
            Tree::Leaf(node) => node,
            Tree::F32(bits) => Node::F32(f32::from_bits(bits)),
            Tree::F64(bits) => Node::F64(f64::from_bits(bits)),
            Tree::Handle(value, id) => Node::Handle((Uri { value }, id)),
            Tree::Record(items) => Node::Record(items.into_iter().map(add).collect()),
            Tree::Tuple(items) => Node::Tuple(items.into_iter().map(add).collect()),
            Tree::List(items) => Node::List(items.into_iter().map(add).collect()),
            Tree::Variant(case, child) => Node::Variant((case, child.map(|c| add(*c)))),
            Tree::Option(child) => Node::Option(child.map(|c| add(*c))),
            Tree::Result(Ok(child)) => Node::Result(Ok(child.map(|c| add(*c)))),
            Tree::Result(Err(child)) => Node::Result(Err(child.map(|c| add(*c)))),
        };
        nodes[index] = node;
        index as i32
    }
}

impl Node {
    /// The value that a node without children is.
    fn value(&self, ty: &Type) -> Val {
        match (self, ty) {
            (Node::Bool(v), _) => Val::Bool(*v),
            (Node::U8(v), _) => Val::U8(*v),
            (Node::U16(v), _) => Val::U16(*v),
            (Node::U32(v), _) => Val::U32(*v),
            (Node::U64(v), _) => Val::U64(*v),
            (Node::S8(v), _) => Val::S8(*v),
            (Node::S16(v), _) => Val::S16(*v),
            (Node::S32(v), _) => Val::S32(*v),
            (Node::S64(v), _) => Val::S64(*v),
            (Node::Char(v), _) => Val::Char(*v),
            (Node::String(v), _) => Val::String(v.clone()),
            (Node::Enum(case), Type::Enum(ty)) => {
                Val::Enum(ty.names().nth(*case as usize).unwrap().to_string())
            }
            (Node::Flags(set), Type::Flags(ty)) => {
                let set = ty.names().zip(set).filter(|(_, set)| **set);
                Val::Flags(set.map(|(name, _)| name.to_string()).collect())
            }
            other => panic!("a node of another type: {other:?}"),
        }
    }

    /// Visits the indices of all children.
    pub(crate) fn children(&mut self, visit: &mut impl FnMut(&mut i32)) {
        match self {
            Node::Record(items) | Node::Tuple(items) | Node::List(items) => {
                items.iter_mut().for_each(visit);
            }
            Node::Variant((_, Some(item)))
            | Node::Option(Some(item))
            | Node::Result(Ok(Some(item)) | Err(Some(item))) => visit(item),
            _ => {}
        }
    }
}
