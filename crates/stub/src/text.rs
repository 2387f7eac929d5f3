//! Types and functions as WIT on one line, for people to compare.

use wit_parser::{Function, FunctionKind, Handle, Resolve, Type, TypeDefKind, TypeId};

/// A type as it is written where it is used: by its name if it has one.
pub fn spell(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Id(id) => match &resolve.types[*id].name {
            Some(name) => name.clone(),
            None => structure(resolve, *id),
        },
        Type::String => "string".into(),
        Type::ErrorContext => "error-context".into(),
        primitive => format!("{primitive:?}").to_lowercase(),
    }
}

/// As [`spell`]; of a name for something without fields or cases, what it stands for as well.
pub fn spell_out(resolve: &Resolve, ty: &Type) -> String {
    let name = spell(resolve, ty);
    let mut target = *ty;
    while let Type::Id(id) = target
        && let TypeDefKind::Type(inner) = &resolve.types[id].kind
    {
        target = *inner;
    }
    match spell(resolve, &target) {
        same if same == name => name,
        other => format!("{name} /* {other} */"),
    }
}

/// The word with which a type is declared.
pub fn word(resolve: &Resolve, id: TypeId) -> &'static str {
    match &resolve.types[id].kind {
        TypeDefKind::Record(_) => "record",
        TypeDefKind::Variant(_) => "variant",
        TypeDefKind::Enum(_) => "enum",
        TypeDefKind::Flags(_) => "flags",
        TypeDefKind::Resource => "resource",
        _ => "type",
    }
}

/// The declaration of a type.
pub fn declared(resolve: &Resolve, id: TypeId) -> String {
    let name = resolve.types[id].name.as_deref().unwrap_or_default();
    match &resolve.types[id].kind {
        TypeDefKind::Resource => format!("resource {name}"),
        kind => match word(resolve, id) {
            "type" => match kind {
                TypeDefKind::Type(ty) => format!("type {name} = {}", spell(resolve, ty)),
                _ => format!("type {name} = {}", structure(resolve, id)),
            },
            word => format!("{word} {name} {}", structure(resolve, id)),
        },
    }
}

/// A function's declaration; of a resource's function with the resource in front.
pub fn signature(resolve: &Resolve, function: &Function) -> String {
    format!("{}: {}", wire(function), shape(resolve, function))
}

/// A function's declaration as it stands in its interface or resource, without `;`.
pub fn item(resolve: &Resolve, function: &Function) -> String {
    let shape = shape(resolve, function);
    match function.kind {
        FunctionKind::Constructor(_) => shape,
        _ => format!("{}: {shape}", function.item_name()),
    }
}

/// A function's declaration without its name.
fn shape(resolve: &Resolve, function: &Function) -> String {
    let params = function.params.iter().skip(implicit(function));
    let params: Vec<String> = params
        .map(|p| format!("{}: {}", p.name, spell(resolve, &p.ty)))
        .collect();
    let params = params.join(", ");
    let word = match &function.kind {
        FunctionKind::Constructor(_) => return format!("constructor({params})"),
        FunctionKind::Static(_) => "static func",
        FunctionKind::AsyncStatic(_) => "static async func",
        kind if kind.is_async() => "async func",
        _ => "func",
    };
    match &function.result {
        Some(result) => format!("{word}({params}) -> {}", spell(resolve, result)),
        None => format!("{word}({params})"),
    }
}

/// The number of parameters that are not written: a method's `self`.
pub fn implicit(function: &Function) -> usize {
    usize::from(matches!(
        function.kind,
        FunctionKind::Method(_)
            | FunctionKind::AsyncMethod(_)
            | FunctionKind::MethodGetter(_)
            | FunctionKind::MethodSetter(_)
    ))
}

/// The name of a function on the wire, without its interface: `add`, `cart.add`, `cart.new`.
pub fn wire(function: &Function) -> String {
    let name = match function.name.split_once(']') {
        Some((_, name)) => name,
        None => &function.name,
    };
    match function.kind {
        FunctionKind::Constructor(_) => format!("{name}.new"),
        _ => name.to_string(),
    }
}

fn structure(resolve: &Resolve, id: TypeId) -> String {
    let go = |ty: &Type| spell(resolve, ty);
    let or_blank = |ty: &Option<Type>| ty.as_ref().map_or("_".to_string(), go);
    let body = |parts: Vec<String>| format!("{{ {} }}", parts.join(", "));
    match &resolve.types[id].kind {
        TypeDefKind::Record(r) => {
            let field = |f: &wit_parser::Field| format!("{}: {}", f.name, go(&f.ty));
            body(r.fields.iter().map(field).collect())
        }
        TypeDefKind::Variant(v) => {
            let case = |c: &wit_parser::Case| case(resolve, &c.name, c.ty.as_ref());
            body(v.cases.iter().map(case).collect())
        }
        TypeDefKind::Enum(e) => body(e.cases.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Flags(f) => body(f.flags.iter().map(|c| c.name.clone()).collect()),
        TypeDefKind::Tuple(t) => {
            let types: Vec<String> = t.types.iter().map(go).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Option(ty) => format!("option<{}>", go(ty)),
        TypeDefKind::List(ty) => format!("list<{}>", go(ty)),
        TypeDefKind::FixedLengthList(ty, length) => format!("list<{}, {length}>", go(ty)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", go(key), go(value)),
        TypeDefKind::Result(r) => match (&r.ok, &r.err) {
            (None, None) => "result".into(),
            (ok, None) => format!("result<{}>", or_blank(ok)),
            (ok, err) => format!("result<{}, {}>", or_blank(ok), or_blank(err)),
        },
        TypeDefKind::Future(None) => "future".into(),
        TypeDefKind::Future(Some(ty)) => format!("future<{}>", go(ty)),
        TypeDefKind::Stream(None) => "stream".into(),
        TypeDefKind::Stream(Some(ty)) => format!("stream<{}>", go(ty)),
        TypeDefKind::Handle(Handle::Own(id)) => go(&Type::Id(*id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", go(&Type::Id(*id))),
        TypeDefKind::Type(ty) => go(ty),
        TypeDefKind::Resource | TypeDefKind::Unknown => "resource".into(),
    }
}

/// A variant's case.
pub fn case(resolve: &Resolve, name: &str, payload: Option<&Type>) -> String {
    match payload {
        Some(ty) => format!("{name}({})", spell(resolve, ty)),
        None => name.to_string(),
    }
}
