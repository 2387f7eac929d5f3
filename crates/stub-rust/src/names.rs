//! Rust names of WIT items, as wit-bindgen-rust 0.41 (in cargo-component 0.21.1) gives them.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use wit_parser::{InterfaceId, PackageId, Resolve};

/// Words that the bindings write with a `_` behind them: Rust's keywords up to edition 2021.
const KEYWORDS: [&str; 50] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A function, parameter, field or module.
pub(crate) fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("{name}_")
    } else {
        name.to_snake_case()
    }
}

/// Whether a name is no identifier, being a keyword.
pub(crate) fn is_keyword(rust: &str) -> bool {
    KEYWORDS.contains(&rust)
}

/// A case of a variant or an enum, or a resource in the names of its trait and associated type.
pub(crate) fn camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// A type. `Guest` is the name of the bindings' own trait.
pub(crate) fn type_name(name: &str) -> String {
    match name {
        "guest" => "Guest_".into(),
        name => camel(name),
    }
}

/// The module of an interface, from the crate's root.
pub(crate) fn interface_module(resolve: &Resolve, id: InterfaceId, exported: bool) -> String {
    let interface = &resolve.interfaces[id];
    let package = interface
        .package
        .expect("the stub imports and exports interfaces of packages");
    let name = interface
        .name
        .as_deref()
        .expect("an interface of a package has a name");
    let exports = if exported { "exports::" } else { "" };
    let namespace = ident(&resolve.packages[package].name.namespace);
    let package = package_module(resolve, package);
    format!("bindings::{exports}{namespace}::{package}::{}", ident(name))
}

/// The module of a package: with its version only where there are several.
pub(crate) fn package_module(resolve: &Resolve, id: PackageId) -> String {
    let package = &resolve.packages[id].name;
    let base = package.name.to_snake_case();
    let same = |p: &wit_parser::Package| {
        p.name.namespace == package.namespace && p.name.name == package.name
    };
    let several = resolve.packages.iter().filter(|(_, p)| same(p)).count() > 1;
    match &package.version {
        Some(version) if several => {
            let version = version.to_string().replace(['.', '-', '+'], "_");
            format!("{base}{}", version.to_snake_case())
        }
        _ => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_bindings() {
        assert_eq!(ident("type"), "type_");
        assert_eq!(ident("blocking-type"), "blocking_type");
        assert_eq!(ident("get-URL2"), "get_url2");
        assert_eq!(type_name("guest"), "Guest_");
        assert_eq!(type_name("guest-list"), "GuestList");
        assert_eq!(camel("guest"), "Guest");
        assert_eq!(camel("HTTP-error"), "HttpError");
    }

    #[test]
    fn a_package_module_has_its_version_where_there_are_several() {
        let mut resolve = Resolve::default();
        let push = |resolve: &mut Resolve, package: &str| {
            let text = format!("package {package};\ninterface i {{}}\n");
            let id = resolve.push_str("a.wit", &text).unwrap();
            resolve.packages[id].interfaces["i"]
        };
        let one = push(&mut resolve, "a:some-pkg@1.0.0-rc.1");
        assert_eq!(
            interface_module(&resolve, one, false),
            "bindings::a::some_pkg::i"
        );
        push(&mut resolve, "a:some-pkg@2.0.0");
        assert_eq!(
            interface_module(&resolve, one, true),
            "bindings::exports::a::some_pkg1_0_0_rc_1::i"
        );
    }
}
