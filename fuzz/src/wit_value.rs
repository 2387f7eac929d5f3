//! Lists of nodes → values of any type → lists of nodes: a value or an error, in bounded memory.
//!
//! In: bytes that say, in this order, how many types there are and what each is made of (by the
//! numbers of those before it), how many resources the worker keeps, and then nodes to the end. All
//! bytes mean something, and where they end zeros follow.

use std::fmt::Write as _;
use std::sync::LazyLock;

use golem_rpc_local::fuzz::Gate;
use golem_rpc_local::wire::{Uri, WitNode, WitValue};
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, Type, Val};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);

/// What repeated use of nodes may cost, beside the nodes themselves.
const SHARED: usize = 1 << 20;

/// The URIs of handles: the worker's own, the same in other letters, a neighbour's, none.
const URIS: [&str; 4] = [
    "urn:worker:00000000-0000-0000-0000-000000000000/w",
    "urn:WORKER:00000000000000000000000000000000/%77",
    "urn:worker:00000000-0000-0000-0000-000000000000/x",
    "",
];

const PRIMITIVES: [&str; 13] = [
    "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
];

/// Panics if something is wrong.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let types = types(&mut bytes);
    let kept = bytes.below(5) as u32;
    let value = WitValue {
        nodes: nodes(&mut bytes),
    };
    for ty in &types {
        let mut gate = Gate::new(&ENGINE, kept);
        if let Ok(val) = gate.decode(&value, ty) {
            let limit = value.nodes.iter().map(weight).sum::<usize>() + SHARED;
            assert!(size(&val) <= limit, "{limit} is the limit of {value:?}");
            for other in &types {
                // of another type: an error or nonsense, but nothing worse
                let _ = gate.encode(&val, other);
            }
            round_trip(&mut gate, &val, ty);
        }
    }
}

/// A value whose wire form is given back is the same again.
fn round_trip(gate: &mut Gate, val: &Val, ty: &Type) {
    let wire = gate
        .encode(val, ty)
        .expect("a value of this type has a form");
    let WitNode::TupleValue(root) = &wire.nodes[0] else {
        panic!("results are a tuple: {wire:?}")
    };
    assert_eq!(root[..], [1]);
    // children come after their parents, so the first node can go
    let nodes = wire.nodes[1..].iter().map(|node| shifted(node, -1));
    let nodes = nodes.collect();
    let again = gate.decode(&WitValue { nodes }, ty);
    assert_eq!(again.as_ref(), Ok(val), "{wire:?}");
}

/// The bytes that are left.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((byte, rest)) => {
                self.0 = rest;
                *byte
            }
            None => 0,
        }
    }

    /// A number below `count`, which is at most 256.
    fn below(&mut self, count: usize) -> usize {
        self.byte() as usize % count
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn u64(&mut self) -> u64 {
        (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// A node's index: mostly a small one, now and then any.
    fn index(&mut self) -> i32 {
        match self.byte() {
            255 => self.u64() as i32,
            254 => -1,
            small => small.into(),
        }
    }

    fn maybe(&mut self) -> Option<i32> {
        self.flag().then(|| self.index())
    }

    fn indices(&mut self) -> Vec<i32> {
        let count = self.below(16);
        let indices: Vec<_> = (0..count).map(|_| self.index()).collect();
        match self.byte() {
            // the same again and again
            255 => indices.repeat(200),
            _ => indices,
        }
    }

    fn text(&mut self) -> String {
        let (letter, times) = (self.byte(), self.byte());
        let times = if times == 255 { 10_000 } else { times.into() };
        char::from(letter).to_string().repeat(times)
    }
}

/// Types of a component that is made of the bytes.
fn types(bytes: &mut Bytes<'_>) -> Vec<Type> {
    let mut text = "(component (import \"r\" (type $r (sub resource)))\n".to_owned();
    for number in 0..1 + bytes.below(12) {
        let ty = definition(bytes, number);
        // the name of a type is that of its export
        writeln!(
            text,
            "(type $d{number} {ty}) (export $t{number} \"t{number}\" (type $d{number}))"
        )
        .expect("a string takes all");
    }
    text.push(')');
    let binary = wat::parse_str(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let component = Component::from_binary(&ENGINE, &binary);
    let component = component.unwrap_or_else(|error| panic!("{text}\n{error:?}"));
    let mut linker = Linker::<()>::new(&ENGINE);
    let resource = Gate::resource_type();
    let linked = linker.root().resource("r", resource, |_, _| Ok(()));
    linked.expect("a name is free");
    let ty = linker.substituted_component_type(&component);
    let ty = ty.expect("the only import is there");
    let types = ty.exports(&ENGINE).filter_map(|(_, item)| match item.ty {
        ComponentItem::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// A type in the text format of components; `known` types can be parts of it.
fn definition(bytes: &mut Bytes<'_>, known: usize) -> String {
    let kind = bytes.below(12);
    let part = |bytes: &mut Bytes<'_>| match bytes.below(known + PRIMITIVES.len()) {
        number if number < known => format!("$t{number}"),
        number => PRIMITIVES[number - known].to_owned(),
    };
    let mut many = |what: &dyn Fn(usize, &mut Bytes<'_>) -> String| {
        let count = 1 + bytes.below(6);
        let parts = (0..count).map(|number| what(number, bytes));
        parts.collect::<Vec<_>>().join(" ")
    };
    match kind {
        0 | 1 => {
            let fields = many(&|number, bytes| format!("(field \"f{number}\" {})", part(bytes)));
            format!("(record {fields})")
        }
        2 | 3 => {
            let cases = many(&|number, bytes| match bytes.flag() {
                true => format!("(case \"c{number}\" {})", part(bytes)),
                false => format!("(case \"c{number}\")"),
            });
            format!("(variant {cases})")
        }
        4 => format!("(enum {})", many(&|number, _| format!("\"c{number}\""))),
        5 => format!("(flags {})", many(&|number, _| format!("\"f{number}\""))),
        6 => format!("(tuple {})", many(&|_, bytes| part(bytes))),
        7 | 8 => format!("(list {})", part(bytes)),
        9 => format!("(option {})", part(bytes)),
        10 => {
            let side = |bytes: &mut Bytes<'_>| bytes.flag().then(|| part(bytes));
            let ok = side(bytes).unwrap_or_default();
            let error = side(bytes).map_or_else(String::new, |ty| format!("(error {ty})"));
            format!("(result {ok} {error})")
        }
        _ => match bytes.flag() {
            true => "(own $r)".to_owned(),
            false => "(borrow $r)".to_owned(),
        },
    }
}

fn nodes(bytes: &mut Bytes<'_>) -> Vec<WitNode> {
    let mut nodes = Vec::new();
    while !bytes.0.is_empty() {
        nodes.push(node(bytes));
    }
    nodes
}

fn node(bytes: &mut Bytes<'_>) -> WitNode {
    match bytes.below(22) {
        0 => WitNode::RecordValue(bytes.indices()),
        1 => WitNode::VariantValue((bytes.index() as u32, bytes.maybe())),
        2 => WitNode::EnumValue(bytes.index() as u32),
        3 => WitNode::FlagsValue(bytes.indices().iter().map(|index| index & 1 == 1).collect()),
        4 => WitNode::TupleValue(bytes.indices()),
        5 => WitNode::ListValue(bytes.indices()),
        6 => WitNode::OptionValue(bytes.maybe()),
        7 if bytes.flag() => WitNode::ResultValue(Ok(bytes.maybe())),
        7 => WitNode::ResultValue(Err(bytes.maybe())),
        8 => WitNode::PrimU8(bytes.byte()),
        9 => WitNode::PrimU16(bytes.index() as u16),
        10 => WitNode::PrimU32(bytes.index() as u32),
        11 => WitNode::PrimU64(bytes.u64()),
        12 => WitNode::PrimS8(bytes.byte() as i8),
        13 => WitNode::PrimS16(bytes.index() as i16),
        14 => WitNode::PrimS32(bytes.index()),
        15 => WitNode::PrimS64(bytes.u64() as i64),
        16 => WitNode::PrimFloat32(f32::from_bits(bytes.u64() as u32)),
        17 => WitNode::PrimFloat64(f64::from_bits(bytes.u64())),
        18 => WitNode::PrimChar(char::from_u32(bytes.index() as u32).unwrap_or('\u{fffd}')),
        19 => WitNode::PrimBool(bytes.flag()),
        20 => WitNode::PrimString(bytes.text()),
        _ => {
            let value = URIS[bytes.below(URIS.len())].to_owned();
            WitNode::Handle((Uri { value }, bytes.index() as u64))
        }
    }
}

/// A node with its children so much further on.
fn shifted(node: &WitNode, by: i32) -> WitNode {
    let all = |items: &[i32]| items.iter().map(|item| item + by).collect();
    let one = |item: &Option<i32>| item.map(|item| item + by);
    match node {
        WitNode::RecordValue(items) => WitNode::RecordValue(all(items)),
        WitNode::TupleValue(items) => WitNode::TupleValue(all(items)),
        WitNode::ListValue(items) => WitNode::ListValue(all(items)),
        WitNode::VariantValue((case, item)) => WitNode::VariantValue((*case, one(item))),
        WitNode::OptionValue(item) => WitNode::OptionValue(one(item)),
        WitNode::ResultValue(Ok(item)) => WitNode::ResultValue(Ok(one(item))),
        WitNode::ResultValue(Err(item)) => WitNode::ResultValue(Err(one(item))),
        leaf => leaf.clone(),
    }
}

/// What a node may cost.
fn weight(node: &WitNode) -> usize {
    match node {
        WitNode::PrimString(text) => 1 + text.len(),
        WitNode::FlagsValue(set) => 1 + set.len(),
        _ => 1,
    }
}

/// What a value costs: one for each part, and one for each byte of a string and each flag.
fn size(val: &Val) -> usize {
    1 + match val {
        Val::String(text) => text.len(),
        Val::Flags(set) => set.len(),
        Val::List(items) | Val::Tuple(items) => items.iter().map(size).sum(),
        Val::Record(fields) => fields.iter().map(|(_, val)| size(val)).sum(),
        Val::Variant(_, Some(item))
        | Val::Option(Some(item))
        | Val::Result(Ok(Some(item)) | Err(Some(item))) => size(item),
        _ => 0,
    }
}
