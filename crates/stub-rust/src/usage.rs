//! How a caller's Rust code uses a stub: the `use` lines, and a function to copy that calls it.
//!
//! The names are those of the bindings that cargo-component 0.21.1 makes for the caller, whose world
//! imports the stub. The snippet is made to compile as it stands, with values that mean nothing:
//! what has to be said is how each thing is written. A handle that would have to come from somewhere
//! is a `todo!()`.

mod names;
mod sample;

use golem_rpc_stub::{
    Address, Receiver, ResourceKind, RpcErrors, Stub, StubFunction, StubResource,
};
use wit_parser::{Function, Param};

use crate::names::{camel, ident};
use crate::signature::{function, not_sent};
use names::Names;

/// Longer arguments are variables.
const SHORT: usize = 24;

/// How Rust code uses a stub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The `use` lines of what its functions name.
    pub uses: Vec<String>,
    /// A function that calls the stub, with the `use` lines that it needs.
    pub snippet: String,
}

/// How Rust code uses a stub; `target` is the package that it is a stub of.
pub fn usage(stub: &Stub, target: &str) -> Usage {
    let mut all = Names::new(stub);
    for resource in &stub.resources {
        all.local(&resource.name);
    }
    for function in signatures(stub) {
        let types = function.params.iter().map(|param| param.ty);
        types.chain(function.result).for_each(|ty| all.mention(&ty));
    }
    Usage {
        uses: all.lines(),
        snippet: snippet(stub, target),
    }
}

/// The functions of the stub that stand for remote ones, as those wait, and the constructors.
fn signatures(stub: &Stub) -> impl Iterator<Item = &Function> {
    stub.resources.iter().flat_map(move |resource| {
        let constructor = resource.constructor.iter();
        let functions = resource.functions.iter().map(|f| &f.blocking);
        constructor
            .chain(functions)
            .map(move |key| function(stub, key))
    })
}

/// What the body of the snippet is made of.
struct Snippet<'a> {
    stub: &'a Stub,
    names: Names<'a>,
    lines: Vec<String>,
}

fn snippet(stub: &Stub, target: &str) -> String {
    let mut snippet = Snippet {
        stub,
        names: Names::new(stub),
        lines: Vec::new(),
    };
    let address = snippet.address();
    for line in address {
        snippet.line(&line);
    }
    match connected(stub) {
        Some(resource) => snippet.calls(resource),
        None => snippet.statics(),
    }
    let fails = stub.options.rpc_errors == RpcErrors::Result;
    let result = match fails {
        true => {
            snippet.line("Ok(())");
            let error = snippet.names.rpc("RpcError");
            format!(" -> Result<(), {error}>")
        }
        false => String::new(),
    };
    let name = format!("call_{}", ident(&target.replace('_', "-")));
    let params = match stub.options.golem_rpc.address() {
        Address::Uri | Address::WorkerId => "component_id: &str, worker_name: &str",
        Address::AgentId => "component_id: &str, agent_name: &str",
    };
    let uses = snippet.names.lines().join("\n");
    let body: Vec<String> = snippet.lines.iter().map(|line| indented(line)).collect();
    format!(
        "{uses}\n\nfn {name}({params}){result} {{\n{}\n}}\n",
        body.join("\n")
    )
}

/// A line, or what stands on several, one step to the right.
fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first resource that an address is enough to reach, workers before remote resources.
fn connected(stub: &Stub) -> Option<&StubResource> {
    let mut resources: Vec<&StubResource> = stub.resources.iter().collect();
    resources.sort_by_key(|resource| resource.kind != ResourceKind::Worker);
    let reached = |r: &&StubResource| r.constructor.is_some() && !r.functions.is_empty();
    let with_functions = resources.iter().copied().find(reached);
    let mut any = resources.into_iter().filter(|r| r.constructor.is_some());
    with_functions.or_else(|| any.next())
}

impl<'a> Snippet<'a> {
    fn line(&mut self, line: &str) {
        self.lines.push(line.to_string());
    }

    /// The worker's address in a variable `location`.
    fn address(&mut self) -> Vec<String> {
        let stub = self.stub;
        let mut record = |name: &str, fields: &[&str]| {
            let mut lines = vec![format!("let location = {} {{", self.names.rpc(name))];
            lines.extend(fields.iter().map(|field| format!("    {field},")));
            lines.push("};".into());
            lines.join("\n")
        };
        match stub.options.golem_rpc.address() {
            Address::Uri => {
                let value = "value: format!(\"urn:worker:{component_id}/{worker_name}\")";
                vec![record("Uri", &[value])]
            }
            address => {
                let (name, field) = match address {
                    Address::AgentId => ("AgentId", "agent_id: agent_name.to_string()"),
                    _ => ("WorkerId", "worker_name: worker_name.to_string()"),
                };
                let location = record(name, &["component_id", field]);
                let component = self.names.rpc("ComponentId");
                let parse = self.names.rpc_function("parse_uuid");
                let id = format!(
                    "let component_id = {component} {{\n    uuid: {parse}(component_id).expect(\"a component id is a UUID\"),\n}};"
                );
                vec![id, location]
            }
        }
    }

    /// A resource, a function that waits for its result, and one that does not wait.
    fn calls(&mut self, resource: &'a StubResource) {
        let stub = self.stub;
        let rust = self.names.local(&resource.name);
        let variable = variable(&camel(&resource.name));
        let key = resource.constructor.as_deref().unwrap_or_default();
        let more = self.args(&function(stub, key).params[1..]);
        let args = joined("&location", &more);
        self.line(&format!("let {variable} = {rust}::new({args});"));
        let methods = resource.functions.iter();
        let methods =
            methods.filter(|f| matches!(f.receiver, Receiver::Worker | Receiver::Resource));
        let mut methods: Vec<_> = methods.collect();
        let runs = |f: &&StubFunction| stub.owned.iter().all(|o| o.wire_name != f.wire_name);
        if methods.iter().any(runs) {
            methods.retain(runs); // a sample that runs on Golem
        }
        let without = methods.iter().find(|f| f.future.is_none());
        let with = methods.iter().find(|f| f.future.is_some());
        for function in without.into_iter().chain(with) {
            self.call(&variable, function);
        }
    }

    /// A function in each of its forms.
    fn call(&mut self, variable: &str, remote: &StubFunction) {
        let stub = self.stub;
        let blocking = function(stub, &remote.blocking);
        let start = function(stub, &remote.start);
        let params = &blocking.params[not_sent(remote.receiver)..];
        let args = self.variables(params, variable);
        let asked = match stub.options.rpc_errors {
            RpcErrors::Panic => "",
            RpcErrors::Result => "?",
        };
        let blocking = format!("{variable}.{}({args})", ident(blocking.item_name()));
        let start = format!("{variable}.{}({args})", ident(start.item_name()));
        if remote.future.is_none() {
            self.line("// waits until it is done");
            self.line(&format!("{blocking}{asked};"));
            self.line("// only starts it");
            self.line(&format!("{start}{asked};"));
            return;
        }
        self.line("// waits for the result");
        self.line(&format!("let _result = {blocking}{asked};"));
        self.line("// starts it, and waits later");
        self.line(&format!("let future = {start};"));
        self.line("future.subscribe().block();");
        self.line("let _result = future.get();");
    }

    /// For a stub that has no constructor: a static function that takes the address.
    fn statics(&mut self) {
        let stub = self.stub;
        let mut all = stub
            .resources
            .iter()
            .flat_map(|resource| resource.functions.iter().map(move |f| (resource, f)));
        let Some((resource, remote)) = all.find(|(_, f)| f.receiver == Receiver::Address) else {
            self.line("let _ = location; // nothing here can be reached by an address");
            return;
        };
        let rust = self.names.local(&resource.name);
        let blocking = function(stub, &remote.blocking);
        let more = self.args(&blocking.params[1..]);
        let name = ident(blocking.item_name());
        let asked = match stub.options.rpc_errors {
            RpcErrors::Panic => "",
            RpcErrors::Result => "?",
        };
        let args = joined("&location", &more);
        self.line("// waits for the result");
        self.line(&format!("let _result = {rust}::{name}({args}){asked};"));
    }

    /// The arguments, those that are long and lent as variables.
    fn variables(&mut self, params: &[Param], worker: &str) -> String {
        let mut args = Vec::new();
        for param in params {
            let arg = sample::argument(&mut self.names, param);
            let name = ident(&param.name);
            let is_free = variable(&name) == name && name != worker;
            match arg.strip_prefix('&') {
                Some(lent) if is_free && arg.len() > SHORT => {
                    self.line(&format!("let {name} = {lent};"));
                    args.push(format!("&{name}"));
                }
                _ => args.push(arg),
            }
        }
        args.join(", ")
    }

    fn args(&mut self, params: &[Param]) -> String {
        let args = params
            .iter()
            .map(|param| sample::argument(&mut self.names, param));
        args.collect::<Vec<_>>().join(", ")
    }
}

fn joined(first: &str, more: &str) -> String {
    match more {
        "" => first.to_string(),
        more => format!("{first}, {more}"),
    }
}

/// A variable for a resource that is out of the way of the others.
fn variable(rust: &str) -> String {
    use heck::ToSnakeCase as _;
    match ident(&rust.to_snake_case().replace('_', "-")).as_str() {
        "location" | "component_id" | "worker_name" | "agent_name" | "future" => "worker".into(),
        name => name.to_string(),
    }
}
