//! Where the parts of a value lie in memory, and which types are the same.

use wit_parser::{
    ArchitectureSize, Handle, Int, Resolve, SizeAlign, Type, TypeDef, TypeDefKind, TypeId,
};

/// A type as it lies in memory; sizes, alignments and offsets are bytes.
pub(super) struct Layout {
    pub(super) shape: Shape,
    pub(super) size: u32,
    pub(super) align: u32,
    /// How many core values it is when it is passed.
    pub(super) flat: usize,
}

pub(super) enum Shape {
    /// As many bytes as the layout's size.
    Bits,
    /// A handle that is owned.
    Own(TypeId),
    /// An address and a number: of the items of a list, or of the bytes of a text.
    List(Option<Box<Layout>>),
    /// Parts at their offsets.
    Fields(Vec<(u32, Layout)>),
    /// A tag of so many bytes at 0, and a payload.
    Choice {
        tag: u32,
        payload: u32,
        cases: Vec<Option<Layout>>,
    },
}

impl Layout {
    /// Whether values may own a resource.
    pub(super) fn owns(&self) -> bool {
        match &self.shape {
            Shape::Bits | Shape::List(None) => false,
            Shape::Own(_) => true,
            Shape::List(Some(item)) => item.owns(),
            Shape::Fields(fields) => fields.iter().any(|(_, field)| field.owns()),
            Shape::Choice { cases, .. } => cases.iter().flatten().any(Layout::owns),
        }
    }
}

/// Makes layouts.
pub(super) struct Layouts<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
}

impl<'a> Layouts<'a> {
    pub(super) fn new(resolve: &'a Resolve) -> Self {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve).unwrap();
        Self { resolve, sizes }
    }

    /// The layout of a record of such fields.
    pub(super) fn frame(&self, types: &[Type]) -> Layout {
        let info = self.sizes.record(types);
        let fields = self.fields(types);
        Layout {
            size: bytes(info.size),
            align: u32::try_from(info.align.align_wasm32()).unwrap(),
            flat: fields.iter().map(|(_, field)| field.flat).sum(),
            shape: Shape::Fields(fields),
        }
    }

    pub(super) fn of(&self, ty: &Type) -> Layout {
        let (shape, flat) = match ty {
            Type::String => (Shape::List(None), 2),
            Type::Id(id) => self.compound(*id),
            _ => (Shape::Bits, 1),
        };
        Layout {
            shape,
            flat,
            size: bytes(self.sizes.size(ty)),
            align: u32::try_from(self.sizes.align(ty).align_wasm32()).unwrap(),
        }
    }

    fn compound(&self, id: TypeId) -> (Shape, usize) {
        match &self.resolve.types[id].kind {
            TypeDefKind::Type(aliased) => {
                let layout = self.of(aliased);
                (layout.shape, layout.flat)
            }
            TypeDefKind::Record(record) => {
                let types: Vec<Type> = record.fields.iter().map(|f| f.ty).collect();
                self.fields_of(&types)
            }
            TypeDefKind::Tuple(tuple) => self.fields_of(&tuple.types),
            TypeDefKind::List(item) => (Shape::List(Some(Box::new(self.of(item)))), 2),
            TypeDefKind::Variant(variant) => {
                let cases: Vec<_> = variant.cases.iter().map(|case| case.ty).collect();
                self.choice(variant.tag(), &cases)
            }
            TypeDefKind::Option(some) => self.choice(Int::U8, &[None, Some(*some)]),
            TypeDefKind::Result(result) => self.choice(Int::U8, &[result.ok, result.err]),
            TypeDefKind::Handle(Handle::Own(resource)) => {
                (Shape::Own(origin(self.resolve, *resource)), 1)
            }
            TypeDefKind::Handle(Handle::Borrow(_)) | TypeDefKind::Enum(_) => (Shape::Bits, 1),
            TypeDefKind::Flags(flags) if flags.flags.len() <= 32 => (Shape::Bits, 1),
            other => panic!("an echo has no {}", other.as_str()),
        }
    }

    fn fields(&self, types: &[Type]) -> Vec<(u32, Layout)> {
        let offsets = self.sizes.field_offsets(types).into_iter();
        offsets
            .map(|(offset, ty)| (bytes(offset), self.of(ty)))
            .collect()
    }

    fn fields_of(&self, types: &[Type]) -> (Shape, usize) {
        let fields = self.fields(types);
        let flat = fields.iter().map(|(_, field)| field.flat).sum();
        (Shape::Fields(fields), flat)
    }

    fn choice(&self, tag: Int, types: &[Option<Type>]) -> (Shape, usize) {
        let payload = self
            .sizes
            .payload_offset(tag, types.iter().map(Option::as_ref));
        let cases: Vec<_> = types.iter().map(|ty| ty.map(|ty| self.of(&ty))).collect();
        let flat = 1 + cases.iter().flatten().map(|c| c.flat).max().unwrap_or(0);
        let tag = match tag {
            Int::U8 => 1,
            Int::U16 => 2,
            _ => 4,
        };
        let payload = bytes(payload);
        let shape = Shape::Choice {
            tag,
            payload,
            cases,
        };
        (shape, flat)
    }
}

fn bytes(size: ArchitectureSize) -> u32 {
    u32::try_from(size.size_wasm32()).unwrap()
}

/// What an alias stands for in the end.
pub(super) fn origin(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(aliased)) = &resolve.types[id].kind {
        id = *aliased;
    }
    id
}

/// Whether two types are one: aliases are looked through, and types without a name compared.
pub fn same_type(resolve: &Resolve, a: &Type, b: &Type) -> bool {
    let same = |a: &Type, b: &Type| same_type(resolve, a, b);
    let maybe = |a: &Option<Type>, b: &Option<Type>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    };
    let (a, b) = (aliased(resolve, a), aliased(resolve, b));
    let (Type::Id(left), Type::Id(right)) = (a, b) else {
        return a == b;
    };
    let kind = |id: TypeId| -> &TypeDef { &resolve.types[id] };
    match (&kind(left).kind, &kind(right).kind) {
        _ if left == right => true,
        (TypeDefKind::List(a), TypeDefKind::List(b))
        | (TypeDefKind::Option(a), TypeDefKind::Option(b)) => same(a, b),
        (TypeDefKind::Tuple(a), TypeDefKind::Tuple(b)) => {
            let mut pairs = a.types.iter().zip(&b.types);
            a.types.len() == b.types.len() && pairs.all(|(a, b)| same(a, b))
        }
        (TypeDefKind::Result(a), TypeDefKind::Result(b)) => {
            maybe(&a.ok, &b.ok) && maybe(&a.err, &b.err)
        }
        (TypeDefKind::Handle(a), TypeDefKind::Handle(b)) => match (a, b) {
            (Handle::Own(a), Handle::Own(b)) | (Handle::Borrow(a), Handle::Borrow(b)) => {
                origin(resolve, *a) == origin(resolve, *b)
            }
            _ => false,
        },
        _ => false,
    }
}

fn aliased(resolve: &Resolve, ty: &Type) -> Type {
    let mut ty = *ty;
    while let Type::Id(id) = ty
        && let TypeDefKind::Type(aliased) = &resolve.types[id].kind
    {
        ty = *aliased;
    }
    ty
}
