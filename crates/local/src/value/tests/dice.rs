//! Random values and random nodes, the same in every run.

use wasmtime::component::{Type, Val};

use crate::wire::{Uri, WitNode, WitNode as N};

/// A small generator of numbers; the same seed gives the same numbers.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.roll() >> 32) as usize % limit
    }

    fn text(&mut self) -> String {
        let letters = ['a', 'ß', '\u{1f44b}', '\0', '"', '\n'];
        let length = self.below(9);
        (0..length)
            .map(|_| letters[self.below(letters.len())])
            .collect()
    }

    pub(super) fn value(&mut self, ty: &Type) -> Val {
        match ty {
            Type::Bool => Val::Bool(self.below(2) == 0),
            Type::U8 => Val::U8(self.roll() as u8),
            Type::U16 => Val::U16(self.roll() as u16),
            Type::U32 => Val::U32(self.roll() as u32),
            Type::U64 => Val::U64(self.roll()),
            Type::S8 => Val::S8(self.roll() as i8),
            Type::S16 => Val::S16(self.roll() as i16),
            Type::S32 => Val::S32(self.roll() as i32),
            Type::S64 => Val::S64(self.roll() as i64),
            Type::Float32 => Val::Float32(f32::from_bits(self.roll() as u32)),
            Type::Float64 => Val::Float64(f64::from_bits(self.roll())),
            Type::Char => Val::Char(char::from_u32(self.roll() as u32 % 0xd800).unwrap()),
            Type::String => Val::String(self.text()),
            _ => self.compound(ty),
        }
    }

    fn compound(&mut self, ty: &Type) -> Val {
        match ty {
            Type::List(ty) => {
                let length = self.below(4);
                Val::List((0..length).map(|_| self.value(&ty.ty())).collect())
            }
            Type::Record(ty) => Val::Record(
                ty.fields()
                    .map(|field| (field.name.to_owned(), self.value(&field.ty)))
                    .collect(),
            ),
            Type::Tuple(ty) => Val::Tuple(ty.types().map(|ty| self.value(&ty)).collect()),
            Type::Variant(ty) => {
                let case = self.below(ty.cases().len());
                let case = ty.cases().nth(case).unwrap();
                let payload = case.ty.map(|ty| Box::new(self.value(&ty)));
                Val::Variant(case.name.to_owned(), payload)
            }
            Type::Enum(ty) => {
                let case = self.below(ty.names().len());
                Val::Enum(ty.names().nth(case).unwrap().to_owned())
            }
            Type::Flags(ty) => {
                let set = ty.names().filter(|_| self.below(2) == 0);
                Val::Flags(set.map(ToOwned::to_owned).collect())
            }
            Type::Option(ty) => Val::Option(self.maybe(Some(ty.ty()))),
            Type::Result(ty) if self.below(2) == 0 => {
                Val::Result(Ok(ty.ok().map(|ty| Box::new(self.value(&ty)))))
            }
            Type::Result(ty) => Val::Result(Err(ty.err().map(|ty| Box::new(self.value(&ty))))),
            other => panic!("no values of {other:?}"),
        }
    }

    fn maybe(&mut self, ty: Option<Type>) -> Option<Box<Val>> {
        let ty = ty.filter(|_| self.below(2) == 0)?;
        Some(Box::new(self.value(&ty)))
    }

    /// Any node, with indices around those of a list of `count` nodes.
    pub(super) fn node(&mut self, count: usize) -> WitNode {
        let mut dice = Dice(self.roll() | 1);
        let mut index = || dice.below(count + 2) as i32 - 1;
        match self.below(14) {
            0 => N::RecordValue(vec![index(), index(), index()]),
            1 => N::VariantValue((self.below(5) as u32, Some(index()))),
            2 => N::VariantValue((self.below(5) as u32, None)),
            3 => N::EnumValue(self.below(5) as u32),
            4 => N::FlagsValue(vec![true; self.below(5)]),
            5 => N::TupleValue((0..self.below(4)).map(|_| index()).collect()),
            6 => N::ListValue((0..self.below(4)).map(|_| index()).collect()),
            7 => N::OptionValue(Some(index())),
            8 => N::ResultValue(Ok(Some(index()))),
            9 => N::ResultValue(Err(None)),
            10 => N::PrimU8(7),
            11 => N::PrimString(self.text()),
            12 => N::PrimS32(-7),
            _ => N::Handle((Uri { value: "x".into() }, 1)),
        }
    }
}
