//! What travels: nodes as golem:rpc has them, and the trees that they stand for.

use wasmtime::component::{ComponentType, Lift, Lower, Type, Val};

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

/// A value without an order of nodes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// A node without children.
    Leaf(Node),
    Record(Vec<Tree>),
    Tuple(Vec<Tree>),
    List(Vec<Tree>),
    Variant(u32, Option<Box<Tree>>),
    Option(Option<Box<Tree>>),
    Result(Result<Option<Box<Tree>>, Option<Box<Tree>>>),
}

impl Tree {
    /// What a value of the component model is on the wire.
    pub(crate) fn of(value: &Val, ty: &Type) -> Tree {
        match (value, ty) {
            (Val::Bool(v), _) => Tree::Leaf(Node::Bool(*v)),
            (Val::U8(v), _) => Tree::Leaf(Node::U8(*v)),
            (Val::U16(v), _) => Tree::Leaf(Node::U16(*v)),
            (Val::U32(v), _) => Tree::Leaf(Node::U32(*v)),
            (Val::U64(v), _) => Tree::Leaf(Node::U64(*v)),
            (Val::S8(v), _) => Tree::Leaf(Node::S8(*v)),
            (Val::S16(v), _) => Tree::Leaf(Node::S16(*v)),
            (Val::S32(v), _) => Tree::Leaf(Node::S32(*v)),
            (Val::S64(v), _) => Tree::Leaf(Node::S64(*v)),
            (Val::Float32(v), _) => Tree::Leaf(Node::F32(*v)),
            (Val::Float64(v), _) => Tree::Leaf(Node::F64(*v)),
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
                Tree::Record(fields.map(|((_, v), f)| Tree::of(v, &f.ty)).collect())
            }
            (Val::Tuple(items), Type::Tuple(ty)) => {
                let items = items.iter().zip(ty.types());
                Tree::Tuple(items.map(|(v, ty)| Tree::of(v, &ty)).collect())
            }
            (Val::List(items), Type::List(list)) => {
                let ty = list.ty();
                Tree::List(items.iter().map(|v| Tree::of(v, &ty)).collect())
            }
            (Val::Option(value), Type::Option(ty)) => {
                Tree::Option(Tree::some(value, Some(ty.ty())))
            }
            (Val::Result(Ok(value)), Type::Result(ty)) => {
                Tree::Result(Ok(Tree::some(value, ty.ok())))
            }
            (Val::Result(Err(value)), Type::Result(ty)) => {
                Tree::Result(Err(Tree::some(value, ty.err())))
            }
            (Val::Variant(case, value), Type::Variant(ty)) => {
                let mut cases = (0..).zip(ty.cases());
                let (index, case) = cases.find(|(_, c)| c.name == case).unwrap();
                Tree::Variant(index, Tree::some(value, case.ty))
            }
            other => panic!("a value of another type: {other:?}"),
        }
    }

    fn some(value: &Option<Box<Val>>, ty: Option<Type>) -> Option<Box<Tree>> {
        let value = value.as_ref()?;
        Some(Box::new(Tree::of(value, &ty.unwrap())))
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
