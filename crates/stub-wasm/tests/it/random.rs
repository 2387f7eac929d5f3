//! Random values of any type, the same ones for the same seed.

use wasmtime::component::{Type, Val};

use crate::wire::{Node, Tree};

/// The edges of Unicode and of its encodings, what combines and what turns the direction.
const SPECIAL: [char; 14] = [
    '\u{7f}',
    '\u{80}',
    '\u{7ff}',
    '\u{800}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{fffe}',
    '\u{ffff}',
    '\u{10000}',
    '\u{10ffff}',
    '\u{301}',
    '\u{200d}',
    '\u{202e}',
    '\u{feff}',
];

/// A small generator (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Small and extreme numbers as often as others.
    fn bits(&mut self) -> u64 {
        match self.below(4) {
            0 => self.below(4),
            1 => u64::MAX - self.below(2),
            2 => 1 << self.below(64),
            _ => self.next(),
        }
    }

    fn text(&mut self) -> String {
        let length = if self.below(20) == 0 {
            300
        } else {
            self.below(8)
        };
        (0..length).map(|_| self.char()).collect()
    }

    fn char(&mut self) -> char {
        match self.below(4) {
            0 => char::from_u32(self.below(0x11_0000) as u32).unwrap_or('\u{fffd}'),
            1 => char::from(self.below(128) as u8),
            2 => SPECIAL[self.below(SPECIAL.len() as u64) as usize],
            _ => ['a', 'é', '🦊', '\0'][self.below(4) as usize],
        }
    }

    /// A value of a type without resources; `depth` makes deep lists short.
    pub(crate) fn value(&mut self, ty: &Type, depth: u64) -> Val {
        let tree = self.tree(ty, depth, &mut |_, _| None);
        let tree = tree.expect("a type without resources");
        tree.value(ty, &mut |_| unreachable!("no handles"))
    }

    /// The tree of a value of a type, if `handle` gives enough handles.
    pub(crate) fn tree(&mut self, ty: &Type, depth: u64, handle: Handles<'_>) -> Option<Tree> {
        let leaf = |node| Some(Tree::Leaf(node));
        match ty {
            Type::Bool => leaf(Node::Bool(self.below(2) == 1)),
            Type::S8 => leaf(Node::S8(self.bits() as i8)),
            Type::U8 => leaf(Node::U8(self.bits() as u8)),
            Type::S16 => leaf(Node::S16(self.bits() as i16)),
            Type::U16 => leaf(Node::U16(self.bits() as u16)),
            Type::S32 => leaf(Node::S32(self.bits() as i32)),
            Type::U32 => leaf(Node::U32(self.bits() as u32)),
            Type::S64 => leaf(Node::S64(self.bits() as i64)),
            Type::U64 => leaf(Node::U64(self.bits())),
            Type::Float32 => Some(Tree::F32(
                self.float_bits(f32::INFINITY.to_bits().into()) as u32
            )),
            Type::Float64 => Some(Tree::F64(self.float_bits(f64::INFINITY.to_bits()))),
            Type::Char => leaf(Node::Char(self.char())),
            Type::String => leaf(Node::String(self.text())),
            Type::Own(_) | Type::Borrow(_) => handle(self, ty),
            Type::List(list) => {
                let length = self.length(depth);
                let ty = list.ty();
                let items = (0..length).map_while(|_| self.tree(&ty, depth + 1, handle));
                Some(Tree::List(items.collect()))
            }
            Type::Record(record) => {
                let mut fields = record.fields();
                let items = fields.try_fold(Vec::new(), |mut items, field| {
                    items.push(self.tree(&field.ty, depth, handle)?);
                    Some(items)
                });
                items.map(Tree::Record)
            }
            Type::Tuple(tuple) => {
                let mut types = tuple.types();
                let items = types.try_fold(Vec::new(), |mut items, ty| {
                    items.push(self.tree(&ty, depth, handle)?);
                    Some(items)
                });
                items.map(Tree::Tuple)
            }
            Type::Enum(cases) => leaf(Node::Enum(self.below(cases.names().len() as u64) as u32)),
            Type::Flags(flags) => leaf(Node::Flags(
                flags.names().map(|_| self.below(2) == 1).collect(),
            )),
            Type::Variant(variant) => {
                let cases: Vec<Option<Type>> = variant.cases().map(|case| case.ty).collect();
                let (case, payload) = self.choice(&cases, depth, handle)?;
                Some(Tree::Variant(case, payload))
            }
            Type::Option(option) => {
                let (_, payload) = self.choice(&[None, Some(option.ty())], depth, handle)?;
                Some(Tree::Option(payload))
            }
            Type::Result(result) => {
                let (case, payload) = self.choice(&[result.ok(), result.err()], depth, handle)?;
                Some(Tree::Result(if case == 0 {
                    Ok(payload)
                } else {
                    Err(payload)
                }))
            }
            other => panic!("no stub carries {other:?}"),
        }
    }

    /// A case, and its payload: another one where there are not enough handles.
    fn choice(
        &mut self,
        cases: &[Option<Type>],
        depth: u64,
        handle: Handles<'_>,
    ) -> Option<(u32, Option<Box<Tree>>)> {
        let first = self.below(cases.len() as u64) as usize;
        let mut order = (0..cases.len()).map(|i| (first + i) % cases.len());
        order.find_map(|case| match &cases[case] {
            None => Some((case as u32, None)),
            Some(ty) => {
                let payload = self.tree(ty, depth, handle)?;
                Some((case as u32, Some(Box::new(payload))))
            }
        })
    }

    fn length(&mut self, depth: u64) -> u64 {
        let limit = match self.below(60) {
            0..4 => 40,
            4 if depth == 0 => 400,
            _ => 5,
        };
        self.below(limit / (depth + 1) + 1)
    }

    /// Bits of a number, one in four a NaN with some payload.
    fn float_bits(&mut self, exponent: u64) -> u64 {
        match self.below(4) {
            0 => exponent | self.next(),
            _ => self.bits(),
        }
    }
}

/// Gives the tree of a handle of a type, if there is one.
pub(crate) type Handles<'a> = &'a mut dyn FnMut(&mut Random, &Type) -> Option<Tree>;
