//! Some value of each type, as Rust writes it for an imported function.
//!
//! | type | as a parameter | elsewhere |
//! |---|---|---|
//! | string, list | `"…"`, `&[…]` | `"…".to_string()`, `vec![…]` |
//! | a named type that holds one of these | `&T` | `T` |
//! | anything that owns a handle | by value | by value |
//! | option, result, tuple without a name | with its parts as parameters | by value |
//!
//! What makes an argument too long to read is a `todo!()`.

use std::collections::BTreeSet;

use golem_rpc_stub::{parts, text};
use wit_parser::{Handle, Param, Type, TypeDefKind, TypeId};

use super::names::Names;
use crate::names::{camel, ident};

/// The longest record on one line.
const WIDTH: usize = 60;

/// How many records, variants and tuples an argument shows.
const SHOWN: usize = 40;

/// A value for a parameter of an imported function.
pub(super) fn argument(names: &mut Names<'_>, param: &Param) -> String {
    let holds = Holds::of(names, &param.ty);
    names.left = SHOWN;
    let borrowed = holds.borrows || (holds.lists && !holds.owns);
    if borrowed {
        lent(names, &param.ty)
    } else {
        owned(names, &param.ty)
    }
}

/// What is in a value.
#[derive(Default)]
struct Holds {
    lists: bool,
    owns: bool,
    borrows: bool,
}

impl Holds {
    fn of(names: &Names<'_>, ty: &Type) -> Holds {
        let mut holds = Holds::default();
        holds.add(names, ty, &mut BTreeSet::new());
        holds
    }

    fn add(&mut self, names: &Names<'_>, ty: &Type, seen: &mut BTreeSet<TypeId>) {
        let Type::Id(id) = ty else {
            self.lists |= *ty == Type::String;
            return;
        };
        if !seen.insert(*id) {
            return;
        }
        let kind = &names.resolve().types[*id].kind;
        self.lists |= matches!(kind, TypeDefKind::List(_));
        self.owns |= matches!(kind, TypeDefKind::Handle(Handle::Own(_)));
        self.borrows |= matches!(kind, TypeDefKind::Handle(Handle::Borrow(_)));
        for part in parts(kind) {
            self.add(names, &part, seen);
        }
    }
}

/// The type behind aliases, and whether a name led there.
fn behind(names: &Names<'_>, mut id: TypeId) -> (Type, bool) {
    let types = &names.resolve().types;
    let named = types[id].name.is_some();
    loop {
        match types[id].kind {
            TypeDefKind::Type(Type::Id(next)) => id = next,
            TypeDefKind::Type(primitive) => return (primitive, named),
            _ => return (Type::Id(id), named),
        }
    }
}

/// A value that is lent to the function.
fn lent(names: &mut Names<'_>, ty: &Type) -> String {
    let Type::Id(id) = *ty else {
        return match ty {
            Type::String => "\"…\"".into(),
            ty => owned(names, ty),
        };
    };
    let resolve = names.resolve();
    let (structure, named) = behind(names, id);
    let Type::Id(inner) = structure else {
        // an alias of a string is lent as one, other primitives by reference to the alias
        return match structure {
            Type::String => "\"…\"".into(),
            structure => format!("&{}", owned(names, &structure)),
        };
    };
    match &resolve.types[inner].kind {
        TypeDefKind::List(element) => format!("&[{}]", owned(names, element)),
        TypeDefKind::Handle(_) | TypeDefKind::Resource => handle(names, inner),
        TypeDefKind::Option(_) if !named => "None".into(),
        TypeDefKind::Result(result) if !named => match (&result.ok, &result.err) {
            (Some(ok), _) => format!("Ok({})", lent(names, ok)),
            (None, _) => "Ok(())".into(),
        },
        TypeDefKind::Tuple(tuple) if !named => {
            let types = &tuple.types;
            tuple_of(types.iter().map(|ty| lent(names, ty)).collect())
        }
        _ => format!("&{}", owned(names, ty)),
    }
}

/// A value as a field, an element or a payload has it.
fn owned(names: &mut Names<'_>, ty: &Type) -> String {
    let id = match ty {
        Type::Id(id) => *id,
        Type::Bool => return "false".into(),
        Type::F32 | Type::F64 => return "0.0".into(),
        Type::Char => return "'…'".into(),
        Type::String => return "\"…\".to_string()".into(),
        _ => return "0".into(),
    };
    let resolve = names.resolve();
    let (structure, _) = behind(names, id);
    let Type::Id(inner) = structure else {
        return owned(names, &structure);
    };
    names.left = match names.left.checked_sub(1) {
        Some(left) => left,
        None => return format!("todo!(\"some {}\")", text::spell(resolve, &Type::Id(id))),
    };
    match &resolve.types[inner].kind {
        TypeDefKind::Record(record) => {
            let path = names.of_type(id);
            let fields = record.fields.iter();
            let fields = fields.map(|f| format!("{}: {}", ident(&f.name), owned(names, &f.ty)));
            record_of(&path, fields.collect())
        }
        TypeDefKind::Variant(variant) => {
            let path = names.of_type(id);
            let first = &variant.cases[0];
            match &first.ty {
                Some(ty) => format!("{path}::{}({})", camel(&first.name), owned(names, ty)),
                None => format!("{path}::{}", camel(&first.name)),
            }
        }
        TypeDefKind::Enum(cases) => {
            format!("{}::{}", names.of_type(id), camel(&cases.cases[0].name))
        }
        TypeDefKind::Flags(_) => format!("{}::empty()", names.of_type(id)),
        TypeDefKind::List(element) => format!("vec![{}]", owned(names, element)),
        TypeDefKind::Option(_) => "None".into(),
        TypeDefKind::Result(result) => match &result.ok {
            Some(ok) => format!("Ok({})", owned(names, ok)),
            None => "Ok(())".into(),
        },
        TypeDefKind::Tuple(tuple) => {
            let types = &tuple.types;
            tuple_of(types.iter().map(|ty| owned(names, ty)).collect())
        }
        _ => handle(names, inner),
    }
}

/// A record, on one line where that is short.
fn record_of(path: &str, fields: Vec<String>) -> String {
    let short = format!("{path} {{ {} }}", fields.join(", "));
    match (
        fields.is_empty(),
        short.len() > WIDTH || short.contains('\n'),
    ) {
        (true, _) => format!("{path} {{}}"),
        (false, false) => short,
        (false, true) => {
            let fields = fields.join(",\n").replace('\n', "\n    ");
            format!("{path} {{\n    {fields},\n}}")
        }
    }
}

fn tuple_of(parts: Vec<String>) -> String {
    match parts.as_slice() {
        [one] => format!("({one},)"),
        parts => format!("({})", parts.join(", ")),
    }
}

/// A handle, which nothing but a call gives.
fn handle(names: &Names<'_>, id: TypeId) -> String {
    let resolve = names.resolve();
    let resource = match resolve.types[id].kind {
        TypeDefKind::Handle(Handle::Own(resource) | Handle::Borrow(resource)) => resource,
        _ => id,
    };
    let name = resolve.types[resource].name.as_deref();
    format!("todo!(\"the handle of {}\")", name.unwrap_or("a resource"))
}
