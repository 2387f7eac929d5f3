//! The stub package as WIT text.
//!
//! Every identifier is written with `%`, so that no name of a target's is taken for a keyword; the
//! text is parsed and printed again before anybody sees it.

use wit_parser::{Docs, Function, PackageName, Param, Resolve, Type, TypeDefKind, TypeId};

use crate::derive::{Derived, Export, Remote};
use crate::golem_rpc::address_type;
use crate::model::Receiver;
use crate::names;
use crate::options::{Address, RpcErrors, StubOptions};
use crate::source::Source;
use crate::types::usable_interface;

/// Renders the stub package.
pub(crate) fn render(source: &Source, derived: &Derived<'_>, options: &StubOptions) -> String {
    let world = &source.resolve.worlds[source.world].name;
    let mut out = Renderer {
        resolve: &source.resolve,
        derived,
        options,
        text: String::new(),
    };
    let package = names::stub_package(&source.resolve.packages[source.package].name);
    let interface = names::stub_interface(world);
    out.line(&format!("package {};", package_id(&package)));
    out.line(&format!("interface %{interface} {{"));
    for (ours, local) in &derived.ours {
        let package = derived.closure.base(ours.base);
        out.use_as(&path(package, ours.base.interface()), ours.name, local);
    }
    for id in &derived.closure.types.used {
        out.use_type(*id);
    }
    for id in &derived.closure.types.redeclared {
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

/// What a caller has to know of a future's `subscribe`; bindings show it.
const SUBSCRIBE: &str =
    "/// The pollable must be dropped before this future: otherwise the worker traps.\n";

struct Renderer<'a> {
    resolve: &'a Resolve,
    derived: &'a Derived<'a>,
    options: &'a StubOptions,
    text: String,
}

/// A parameter that the stub adds: its name, and the name of its type among ours.
type OurParam = (&'static str, &'static str);

impl Renderer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn docs(&mut self, docs: &Docs) {
        self.text.push_str(&doc_lines(docs));
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
        let write = |ty: &Type| self.derived.local.write(self.resolve, ty);
        let item = |docs: &Docs, text: String| format!("{}{text}", doc_lines(docs));
        let declaration = match &def.kind {
            TypeDefKind::Record(record) => {
                let field =
                    |f: &wit_parser::Field| item(&f.docs, format!("%{}: {}", f.name, write(&f.ty)));
                block("record", &name, record.fields.iter().map(field))
            }
            TypeDefKind::Variant(variant) => {
                let case = |case: &wit_parser::Case| match &case.ty {
                    Some(ty) => item(&case.docs, format!("%{}({})", case.name, write(ty))),
                    None => item(&case.docs, format!("%{}", case.name)),
                };
                block("variant", &name, variant.cases.iter().map(case))
            }
            TypeDefKind::Enum(cases) => {
                let case = |c: &wit_parser::EnumCase| item(&c.docs, format!("%{}", c.name));
                block("enum", &name, cases.cases.iter().map(case))
            }
            TypeDefKind::Flags(flags) => {
                let flag = |f: &wit_parser::Flag| item(&f.docs, format!("%{}", f.name));
                block("flags", &name, flags.flags.iter().map(flag))
            }
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
            let result = self.answer(Some(result)).expect("it has a result");
            let pollable = self.derived.our("pollable");
            let text = format!(
                "resource %{future} {{\n{SUBSCRIBE}subscribe: func() -> %{pollable};\nget: func() -> option<{result}>;\n}}"
            );
            self.line(&text);
        }
    }

    /// What a call gives when it has come back.
    fn answer(&self, result: Option<&Type>) -> Option<String> {
        let result = result.map(|ty| self.derived.local.write(self.resolve, ty));
        match self.options.rpc_errors {
            RpcErrors::Panic => result,
            RpcErrors::Result => {
                let result = result.as_deref().unwrap_or("_");
                Some(format!(
                    "result<{result}, %{}>",
                    self.derived.our("rpc-error")
                ))
            }
        }
    }

    fn resource(&mut self, export: &Export<'_>) {
        export.docs.into_iter().for_each(|docs| self.docs(docs));
        self.line(&format!("resource %{} {{", export.resource));
        self.constructors(export);
        for remote in &export.functions {
            self.functions(remote);
        }
        self.line("}");
    }

    fn constructors(&mut self, export: &Export<'_>) {
        let Some(constructor) = &export.constructor else {
            return;
        };
        let theirs = constructor.remote.map_or(&[][..], |f| f.params.as_slice());
        let docs = constructor
            .remote
            .map(|f| doc_lines(&f.docs))
            .unwrap_or_default();
        let params = self.params(&[self.address()], theirs);
        self.line(&format!("{docs}constructor({params});"));
        if constructor.ephemeral {
            let params = self.params(&[("component-id", "component-id")], theirs);
            let name = names::EPHEMERAL;
            self.line(&format!(
                "{docs}%{name}: static func({params}) -> %{};",
                export.resource
            ));
        }
    }

    /// What the stub has for one remote function.
    fn functions(&mut self, remote: &Remote<'_>) {
        let function = remote.function;
        let names = &remote.names;
        let result = self.answer(function.result.as_ref());
        let started = match &remote.future {
            Some(future) => Some(format!("%{future}")),
            None => self.answer(None),
        };
        self.function(remote, &names.blocking, &[], result);
        self.function(remote, &names.start, &[], started);
        if let Some(schedule) = &names.schedule {
            let token = format!("%{}", self.derived.our("cancellation-token"));
            self.function(remote, schedule, &[("when", "datetime")], Some(token));
        }
    }

    fn function(
        &mut self,
        remote: &Remote<'_>,
        name: &str,
        added: &[OurParam],
        result: Option<String>,
    ) {
        let address = (remote.receiver == Receiver::Address).then(|| self.address());
        let ours: Vec<OurParam> = address.into_iter().chain(added.iter().copied()).collect();
        let params = self.params(&ours, sent(remote.function, remote.receiver));
        let keyword = match remote.receiver {
            Receiver::Worker | Receiver::Resource => "func",
            Receiver::Address | Receiver::Param(_) => "static func",
        };
        let arrow = result.map(|ty| format!(" -> {ty}")).unwrap_or_default();
        self.docs(&remote.function.docs);
        self.line(&format!("%{name}: {keyword}({params}){arrow};"));
    }

    /// The parameter that says which worker.
    fn address(&self) -> OurParam {
        let address = self.options.golem_rpc.address();
        let ty = address_type(address);
        match address {
            Address::Uri => ("location", ty),
            Address::WorkerId | Address::AgentId => (ty, ty),
        }
    }

    /// Parameters as WIT: ours, then the target's.
    fn params(&self, ours: &[OurParam], theirs: &[Param]) -> String {
        let names: Vec<&str> = theirs.iter().map(|param| param.name.as_str()).collect();
        let their_names = names::their_params(&names);
        let plain: Vec<&str> = ours.iter().map(|(name, _)| *name).collect();
        let their_refs: Vec<&str> = their_names.iter().map(String::as_str).collect();
        let our_names = names::our_params(&plain, &their_refs);
        let ours = our_names.iter().zip(ours);
        let ours = ours.map(|(name, (_, ty))| format!("%{name}: %{}", self.derived.our(ty)));
        let write = |ty| self.derived.local.write(self.resolve, ty);
        let theirs = their_names.iter().zip(theirs);
        let theirs = theirs.map(|(name, param)| format!("%{name}: {}", write(&param.ty)));
        ours.chain(theirs).collect::<Vec<_>>().join(", ")
    }
}

/// The remote function's parameters without a method's `self`.
fn sent(function: &Function, receiver: Receiver) -> &[Param] {
    match receiver {
        Receiver::Resource => &function.params[1..],
        _ => &function.params,
    }
}

/// Documentation as `///` lines, without what WIT text may not hold: an encoded package's can.
fn doc_lines(docs: &Docs) -> String {
    let lines = docs.contents.iter().flat_map(|text| text.lines());
    let lines = lines.map(|line| format!("/// {}\n", line.replace(is_refused, "")));
    lines.collect()
}

/// Characters that WIT refuses even in comments: controls, what turns the direction of text, and
/// what Unicode discourages.
fn is_refused(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let discouraged = [
        '\u{149}', '\u{673}', '\u{f77}', '\u{f79}', '\u{17a3}', '\u{17a4}', '\u{17b4}', '\u{17b5}',
    ];
    turns || discouraged.contains(&c) || (c.is_control() && c != '\t')
}

fn block(keyword: &str, name: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("  {item},\n")).collect();
    format!("{keyword} %{name} {{\n{}}}", items.concat())
}
