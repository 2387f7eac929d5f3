//! Random values of any type, the same ones for the same seed.

use wasmtime::component::{Type, Val};

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
        match self.below(3) {
            0 => char::from_u32(self.below(0x11_0000) as u32).unwrap_or('\u{fffd}'),
            1 => char::from(self.below(128) as u8),
            _ => ['a', 'é', '🦊', '\0'][self.below(4) as usize],
        }
    }

    /// A value of a type; `depth` makes deep lists short.
    pub(crate) fn value(&mut self, ty: &Type, depth: u64) -> Val {
        let some =
            |random: &mut Random, ty: Option<Type>| ty.map(|ty| Box::new(random.value(&ty, depth)));
        match ty {
            Type::Bool => Val::Bool(self.below(2) == 1),
            Type::S8 => Val::S8(self.bits() as i8),
            Type::U8 => Val::U8(self.bits() as u8),
            Type::S16 => Val::S16(self.bits() as i16),
            Type::U16 => Val::U16(self.bits() as u16),
            Type::S32 => Val::S32(self.bits() as i32),
            Type::U32 => Val::U32(self.bits() as u32),
            Type::S64 => Val::S64(self.bits() as i64),
            Type::U64 => Val::U64(self.bits()),
            Type::Float32 => {
                Val::Float32(number(f64::from(f32::from_bits(self.bits() as u32))) as f32)
            }
            Type::Float64 => Val::Float64(number(f64::from_bits(self.bits()))),
            Type::Char => Val::Char(self.char()),
            Type::String => Val::String(self.text()),
            Type::List(list) => {
                let limit = if self.below(15) == 0 { 40 } else { 5 };
                let length = self.below(limit / (depth + 1) + 1);
                let ty = list.ty();
                Val::List((0..length).map(|_| self.value(&ty, depth + 1)).collect())
            }
            Type::Record(record) => {
                let fields = record.fields();
                Val::Record(
                    fields
                        .map(|f| (f.name.to_string(), self.value(&f.ty, depth)))
                        .collect(),
                )
            }
            Type::Tuple(tuple) => {
                Val::Tuple(tuple.types().map(|ty| self.value(&ty, depth)).collect())
            }
            Type::Enum(cases) => {
                let count = cases.names().len() as u64;
                let case = cases.names().nth(self.below(count) as usize);
                Val::Enum(case.unwrap().to_string())
            }
            Type::Flags(flags) => {
                let set = flags.names().filter(|_| self.below(2) == 1);
                Val::Flags(set.map(str::to_string).collect())
            }
            Type::Variant(variant) => {
                let count = variant.cases().len() as u64;
                let case = variant.cases().nth(self.below(count) as usize).unwrap();
                Val::Variant(case.name.to_string(), some(self, case.ty))
            }
            Type::Option(option) => match self.below(2) {
                0 => Val::Option(None),
                _ => Val::Option(some(self, Some(option.ty()))),
            },
            Type::Result(result) => match self.below(2) {
                0 => Val::Result(Ok(some(self, result.ok()))),
                _ => Val::Result(Err(some(self, result.err()))),
            },
            other => panic!("no stub carries {other:?}"),
        }
    }
}

/// Equality is what tests ask for: no NaN.
fn number(value: f64) -> f64 {
    if value.is_nan() { -0.0 } else { value }
}
