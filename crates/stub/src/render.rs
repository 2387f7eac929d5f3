//! The stub package as WIT text.
//!
//! Every identifier is written with `%`, so that no name of a target's is taken for a keyword; the
//! text is parsed and printed again before anybody sees it.

use std::fmt::Write as _;

use wit_parser::{Docs, Function, PackageName, Resolve, TypeDefKind, TypeId};

use crate::derive::{Derived, Export, Remote};
use crate::names;
use crate::source::Source;
use crate::types::usable_interface;

/// Renders the stub package; `rpc` and `io` are the versions of golem:rpc and wasi:io it uses.
pub(crate) fn render(
    source: &Source,
    derived: &Derived<'_>,
    rpc: &PackageName,
    io: &PackageName,
) -> String {
    let world = &source.resolve.worlds[source.world].name;
    let mut out = Renderer {
        resolve: &source.resolve,
        derived,
        text: String::new(),
    };
    let package = names::stub_package(&source.resolve.packages[source.package].name);
    let interface = names::stub_interface(world);
    out.line(&format!("package {};", package_id(&package)));
    out.line(&format!("interface %{interface} {{"));
    out.use_as(&path(rpc, "types"), "uri", &derived.uri);
    out.use_as(&path(io, "poll"), "pollable", &derived.pollable);
    for id in &derived.types.used {
        out.use_type(*id);
    }
    for id in &derived.types.redeclared {
        out.declare(*id);
    }
    for export in &derived.exports {
        out.futures(export);
    }
    for export in &derived.exports {
        out.resource(export);
    }
    out.line("}");
    out.line(&format!(
        "world %{} {{ export %{interface}; }}",
        names::stub_world(world)
    ));
    out.text
}

/// `%ns:%name/%interface@version`, as a `use` spells it.
fn path(package: &PackageName, interface: &str) -> String {
    let version = package.version.as_ref().map(|v| format!("@{v}"));
    let PackageName {
        namespace, name, ..
    } = package;
    format!(
        "%{namespace}:%{name}/%{interface}{}",
        version.unwrap_or_default()
    )
}

fn package_id(package: &PackageName) -> String {
    let version = package.version.as_ref().map(|v| format!("@{v}"));
    format!(
        "%{}:%{}{}",
        package.namespace,
        package.name,
        version.unwrap_or_default()
    )
}

struct Renderer<'a> {
    resolve: &'a Resolve,
    derived: &'a Derived<'a>,
    text: String,
}

impl Renderer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn docs(&mut self, docs: &Docs) {
        for line in docs.contents.iter().flat_map(|text| text.lines()) {
            self.line(&format!("/// {line}"));
        }
    }

    fn use_as(&mut self, path: &str, name: &str, local: &str) {
        match name == local {
            true => self.line(&format!("use {path}.{{%{name}}};")),
            false => self.line(&format!("use {path}.{{%{name} as %{local}}};")),
        }
    }

    fn use_type(&mut self, id: TypeId) {
        let def = &self.resolve.types[id];
        let interface = usable_interface(self.resolve, def).expect("only usable types are used");
        let package = interface.package.expect("a named interface has a package");
        let name = interface
            .name
            .as_deref()
            .expect("a usable interface has a name");
        let path = path(&self.resolve.packages[package].name, name);
        let ty = def.name.as_deref().expect("a used type has a name");
        self.use_as(&path, ty, self.derived.local.of(id));
    }

    fn declare(&mut self, id: TypeId) {
        let def = &self.resolve.types[id];
        self.docs(&def.docs);
        let name = self.derived.local.of(id).to_string();
        let write = |ty| self.derived.local.write(self.resolve, ty);
        let declaration = match &def.kind {
            TypeDefKind::Record(record) => {
                let fields = record
                    .fields
                    .iter()
                    .map(|f| format!("%{}: {}", f.name, write(&f.ty)));
                block("record", &name, fields)
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter().map(|case| match &case.ty {
                    Some(ty) => format!("%{}({})", case.name, write(ty)),
                    None => format!("%{}", case.name),
                });
                block("variant", &name, cases)
            }
            TypeDefKind::Enum(cases) => block(
                "enum",
                &name,
                cases.cases.iter().map(|c| format!("%{}", c.name)),
            ),
            TypeDefKind::Flags(flags) => block(
                "flags",
                &name,
                flags.flags.iter().map(|f| format!("%{}", f.name)),
            ),
            kind => format!(
                "type %{name} = {};",
                self.derived.local.write_kind(self.resolve, kind)
            ),
        };
        self.line(&declaration);
    }

    fn futures(&mut self, export: &Export<'_>) {
        for remote in &export.functions {
            let (Some(future), Some(result)) = (&remote.future, &remote.function.result) else {
                continue;
            };
            let (result, pollable) = (
                self.derived.local.write(self.resolve, result),
                &self.derived.pollable,
            );
            let text = format!(
                "resource %{future} {{ subscribe: func() -> %{pollable}; get: func() -> option<{result}>; }}"
            );
            self.line(&text);
        }
    }

    fn resource(&mut self, export: &Export<'_>) {
        self.line(&format!("resource %{} {{", export.resource));
        self.line(&format!("constructor(location: %{});", self.derived.uri));
        for remote in &export.functions {
            self.methods(remote);
        }
        self.line("}");
    }

    fn methods(&mut self, remote: &Remote<'_>) {
        let function = remote.function;
        let params = self.params(function);
        let result = function
            .result
            .map(|ty| self.derived.local.write(self.resolve, &ty));
        let arrow = |ty: Option<String>| ty.map(|ty| format!(" -> {ty}")).unwrap_or_default();
        self.docs(&function.docs);
        self.line(&format!(
            "%{}: func({params}){};",
            remote.blocking,
            arrow(result)
        ));
        self.docs(&function.docs);
        let future = remote.future.as_ref().map(|name| format!("%{name}"));
        self.line(&format!(
            "%{}: func({params}){};",
            remote.start,
            arrow(future)
        ));
    }

    /// Parameters as WIT; one called `self` would clash with the method's own.
    fn params(&self, function: &Function) -> String {
        let mut text = String::new();
        for (index, param) in function.params.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let name = match param.name.as_str() {
                "self" => "self-param",
                name => name,
            };
            let ty = self.derived.local.write(self.resolve, &param.ty);
            write!(text, "{comma}%{name}: {ty}").expect("writing to a string");
        }
        text
    }
}

fn block(keyword: &str, name: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("  {item},\n")).collect();
    format!("{keyword} %{name} {{\n{}}}", items.concat())
}
