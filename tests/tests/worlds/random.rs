//! Random values of any type, the same ones for the same seed.

use golem_rpc_local::wire::WitNode;
use wit_parser::{Resolve, Type, TypeDefKind, TypeId};

use crate::value::{Value, resource};

/// A small generator (splitmix64).
pub(crate) struct Random(pub(crate) u64);

/// Where handles come from: of a resource, owned or not, so deep in a call.
pub(crate) type Handles<'a> = dyn FnMut(&mut Random, TypeId, bool, u64) -> Value + 'a;

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Small and extreme numbers as often as others, and NaNs of all kinds among them.
    fn bits(&mut self) -> u64 {
        match self.below(5) {
            0 => self.below(4),
            1 => u64::MAX - self.below(2),
            2 => 1 << self.below(64),
            3 => 0x7ff8_0000_7fc0_0000 ^ self.below(16),
            _ => self.next(),
        }
    }

    fn char(&mut self) -> char {
        match self.below(3) {
            0 => {
                char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap()).unwrap_or('\u{fffd}')
            }
            1 => char::from(u8::try_from(self.below(128)).unwrap()),
            _ => ['\0', 'e', '\u{301}', '🦊', '\u{200d}', '\u{feff}'][self.pick(6)],
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

    fn pick(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).unwrap()
    }

    /// A value of a type; `depth` makes deep lists short, and very deep ones empty.
    pub(crate) fn value(
        &mut self,
        resolve: &Resolve,
        ty: &Type,
        depth: u64,
        handles: &mut Handles<'_>,
    ) -> Value {
        let id = match ty {
            Type::Id(id) => *id,
            plain => return self.plain(plain),
        };
        if let Some((resource, owned)) = resource(resolve, ty) {
            return handles(self, resource, owned, depth);
        }
        let mut value =
            |random: &mut Random, ty: &Type| random.value(resolve, ty, depth + 1, handles);
        let mut some = |random: &mut Random, ty: &Option<Type>| {
            ty.as_ref().map(|ty| Box::new(value(random, ty)))
        };
        match &resolve.types[id].kind {
            TypeDefKind::Type(aliased) => value(self, aliased),
            TypeDefKind::Record(record) => {
                Value::Record(record.fields.iter().map(|f| value(self, &f.ty)).collect())
            }
            TypeDefKind::Tuple(tuple) => {
                Value::Tuple(tuple.types.iter().map(|ty| value(self, ty)).collect())
            }
            TypeDefKind::List(item) => {
                let limit = if self.below(15) == 0 { 40 } else { 6 };
                let length = self.below(limit / (depth + 1) + 1);
                Value::List((0..length).map(|_| value(self, item)).collect())
            }
            TypeDefKind::Variant(variant) => {
                let case = self.pick(variant.cases.len());
                let payload = some(self, &variant.cases[case].ty);
                Value::Variant(u32::try_from(case).unwrap(), payload)
            }
            TypeDefKind::Option(_) if depth > 8 || self.below(2) == 0 => Value::Option(None),
            TypeDefKind::Option(ty) => Value::Option(some(self, &Some(*ty))),
            TypeDefKind::Result(result) => Value::Result(match self.below(2) {
                0 => Ok(some(self, &result.ok)),
                _ => Err(some(self, &result.err)),
            }),
            TypeDefKind::Enum(cases) => {
                let case = self.pick(cases.cases.len());
                Value::Plain(WitNode::EnumValue(u32::try_from(case).unwrap()))
            }
            TypeDefKind::Flags(flags) => {
                let flags = flags.flags.iter().map(|_| self.below(2) == 1);
                Value::Plain(WitNode::FlagsValue(flags.collect()))
            }
            other => panic!("a stub has no {}", other.as_str()),
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "any bits will do"
    )]
    fn plain(&mut self, ty: &Type) -> Value {
        let bits = self.bits();
        Value::Plain(match ty {
            Type::Bool => WitNode::PrimBool(bits & 1 == 1),
            Type::U8 => WitNode::PrimU8(bits as u8),
            Type::U16 => WitNode::PrimU16(bits as u16),
            Type::U32 => WitNode::PrimU32(bits as u32),
            Type::U64 => WitNode::PrimU64(bits),
            Type::S8 => WitNode::PrimS8(bits as i8),
            Type::S16 => WitNode::PrimS16(bits as i16),
            Type::S32 => WitNode::PrimS32(bits as i32),
            Type::S64 => WitNode::PrimS64(bits as i64),
            Type::F32 => return Value::F32(bits as u32),
            Type::F64 => return Value::F64(bits),
            Type::Char => WitNode::PrimChar(self.char()),
            Type::String => WitNode::PrimString(self.text()),
            other => panic!("a stub has no {other:?}"),
        })
    }
}
