//! Types and functions as one line of WIT, for messages.
//!
//! A named type stands as its name where it is used and as its definition where it is described.

use wit_parser::{
    Function, FunctionKind, Handle, Resolve, Type, TypeDef, TypeDefKind, TypeId, TypeOwner,
};

/// A type where it is described.
pub(crate) fn described(resolve: &Resolve, ty: Type) -> String {
    match ty {
        Type::Id(id) => definition(resolve, id),
        primitive => used(resolve, primitive),
    }
}

/// `record order { id: string }`, `type id = u32`, or just the type where it has no name.
pub(crate) fn definition(resolve: &Resolve, id: TypeId) -> String {
    let definition = &resolve.types[id];
    let Some(name) = &definition.name else {
        return shape(resolve, definition);
    };
    match &definition.kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            let fields = fields.map(|field| format!("{}: {}", field.name, used(resolve, field.ty)));
            braced("record", name, fields)
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|case| match case.ty {
                Some(ty) => format!("{}({})", case.name, used(resolve, ty)),
                None => case.name.clone(),
            });
            braced("variant", name, cases)
        }
        TypeDefKind::Enum(cases) => braced(
            "enum",
            name,
            cases.cases.iter().map(|case| case.name.clone()),
        ),
        TypeDefKind::Flags(flags) => braced(
            "flags",
            name,
            flags.flags.iter().map(|flag| flag.name.clone()),
        ),
        TypeDefKind::Resource => match owner(resolve, definition) {
            Some(interface) => format!("resource {name} of {interface}"),
            None => format!("resource {name}"),
        },
        _ => format!("type {name} = {}", shape(resolve, definition)),
    }
}

/// `func(order: order) -> bool`; a method's `self` is left out, as in WIT.
pub(crate) fn signature(resolve: &Resolve, function: &Function) -> String {
    let is_method = matches!(
        function.kind,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
    );
    let params = function.params.iter().skip(usize::from(is_method));
    let params: Vec<_> = params
        .map(|param| format!("{}: {}", param.name, used(resolve, param.ty)))
        .collect();
    let params = params.join(", ");
    let result = function
        .result
        .map(|ty| format!(" -> {}", used(resolve, ty)));
    let result = result.unwrap_or_default();
    match function.kind {
        FunctionKind::Constructor(_) => format!("constructor({params})"),
        FunctionKind::Static(_) => format!("static func({params}){result}"),
        FunctionKind::AsyncStatic(_) => format!("static async func({params}){result}"),
        _ if function.kind.is_async() => format!("async func({params}){result}"),
        _ => format!("func({params}){result}"),
    }
}

/// `add-order`, or `api.add-order` in a resource.
pub(crate) fn function_name(resolve: &Resolve, function: &Function) -> String {
    let resource = function.kind.resource();
    match resource.and_then(|id| resolve.types[id].name.as_ref()) {
        Some(resource) => format!("{resource}.{}", function.item_name()),
        None => function.item_name().to_owned(),
    }
}

fn braced(keyword: &str, name: &str, items: impl Iterator<Item = String>) -> String {
    format!(
        "{keyword} {name} {{ {} }}",
        items.collect::<Vec<_>>().join(", ")
    )
}

/// A type where it is used.
fn used(resolve: &Resolve, ty: Type) -> String {
    let primitive = match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => {
            let definition = &resolve.types[id];
            return definition
                .name
                .clone()
                .unwrap_or_else(|| shape(resolve, definition));
        }
    };
    primitive.to_owned()
}

/// A type without its name.
fn shape(resolve: &Resolve, definition: &TypeDef) -> String {
    let used = |ty: Type| used(resolve, ty);
    let optional = |ty: Option<Type>| ty.map_or_else(|| "_".to_owned(), used);
    match &definition.kind {
        TypeDefKind::Handle(Handle::Own(id)) => used(Type::Id(*id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", used(Type::Id(*id))),
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<_> = tuple.types.iter().map(|ty| used(*ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Option(ty) => format!("option<{}>", used(*ty)),
        TypeDefKind::List(ty) => format!("list<{}>", used(*ty)),
        TypeDefKind::FixedLengthList(ty, length) => format!("list<{}, {length}>", used(*ty)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", used(*key), used(*value)),
        TypeDefKind::Result(result) => match (result.ok, result.err) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{}>", used(ok)),
            (ok, err) => format!("result<{}, {}>", optional(ok), optional(err)),
        },
        TypeDefKind::Future(ty) => format!("future<{}>", optional(*ty)),
        TypeDefKind::Stream(ty) => format!("stream<{}>", optional(*ty)),
        TypeDefKind::Type(ty) => used(*ty),
        // the kinds that cannot be written without a name
        kind => kind.as_str().to_owned(),
    }
}

/// The id of the interface in which a type is defined.
pub(crate) fn owner(resolve: &Resolve, definition: &TypeDef) -> Option<String> {
    match definition.owner {
        TypeOwner::Interface(id) => resolve.id_of(id),
        _ => None,
    }
}
