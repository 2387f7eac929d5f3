//! The exported resources: one trait implementation for each resource and each future.
//!
//! Every function makes a `Call`, gives it the parameters and ends it in its own way.

use golem_rpc_stub::{Receiver, ResourceKind, Stub, StubFunction, StubResource};
use wit_parser::{Function, FunctionKind};

use crate::header::{name_of, rust_type};
use crate::layout::{binding, function, item};
use crate::names::{camel, ident};
use crate::signature::{self, not_sent};
use crate::spell::Speller;

const IN_IMPL: &str = "    ";
const IN_FN: &str = "        ";

/// The implementations of all resources, each followed by those of its futures.
pub(crate) fn implementations(stub: &Stub, speller: &Speller<'_>) -> Vec<String> {
    let mut items = Vec::new();
    for resource in &stub.resources {
        items.push(implement_resource(stub, speller, resource));
        for function in &resource.functions {
            items.extend(implement_future(stub, speller, function));
        }
    }
    items
}

fn implement_resource(stub: &Stub, speller: &Speller<'_>, resource: &StubResource) -> String {
    let mut methods = Vec::new();
    methods.extend(constructor(stub, speller, resource));
    methods.extend(ephemeral(stub, speller, resource));
    for function in &resource.functions {
        methods.push(blocking(stub, speller, function));
        methods.push(start(stub, speller, function));
        methods.extend(schedule(stub, speller, function));
    }
    implementation(&camel(&resource.name), rust_type(resource), &methods)
}

fn implement_future(stub: &Stub, speller: &Speller<'_>, call: &StubFunction) -> Option<String> {
    let future = name_of(stub, call.future?);
    let own = ["&self".to_string()];
    let body = ["self.pollable()".to_string()];
    let get = Method::new(stub, &format!("[method]{future}.get"));
    let methods = [
        function(IN_IMPL, "subscribe", &own, " -> Pollable", &body),
        get.render(speller, &["self.poll()".into()]),
    ];
    Some(implementation(&camel(future), "Pending", &methods))
}

fn implementation(resource: &str, ty: &str, methods: &[String]) -> String {
    let head = format!("impl stub::Guest{resource} for {ty} {{");
    match methods {
        [] => item("", &[head + "}"]),
        methods => format!("{}{}}}\n", item("", &[head]), methods.join("\n")),
    }
}

fn constructor(stub: &Stub, speller: &Speller<'_>, resource: &StubResource) -> Option<String> {
    let method = Method::new(stub, resource.constructor.as_deref()?);
    let (mut body, made) = make(&method, resource, "connect");
    body.push(made);
    Some(method.render(speller, &body))
}

fn ephemeral(stub: &Stub, speller: &Speller<'_>, resource: &StubResource) -> Option<String> {
    let method = Method::new(stub, resource.ephemeral.as_deref()?);
    let (mut body, made) = make(&method, resource, "ephemeral");
    let ty = format!("stub::{}", camel(&resource.name));
    body.push(format!("{ty}::new({made})"));
    Some(method.render(speller, &body))
}

/// The statements and the value that make a resource of the worker that `connect` finds.
fn make(method: &Method<'_>, resource: &StubResource, connect: &str) -> (Vec<String>, String) {
    let worker = format!("Worker::{connect}({})", method.param(0));
    let ResourceKind::Remote { new, drop } = &resource.kind else {
        return (vec![], worker);
    };
    let new = new.as_deref().expect("what has no constructor is not made");
    let body = method.call(Some(&worker), "worker", new, 1);
    (body, format!("call.construct(\"{drop}\")"))
}

fn blocking(stub: &Stub, speller: &Speller<'_>, function: &StubFunction) -> String {
    let method = Method::new(stub, &function.blocking);
    let last = match function.future {
        Some(_) => "call.result()".to_string(),
        None => method.last("call.finish()"),
    };
    method.render_call(speller, function, 0, last)
}

fn start(stub: &Stub, speller: &Speller<'_>, function: &StubFunction) -> String {
    let method = Method::new(stub, &function.start);
    let last = match function.future {
        Some(future) => format!("stub::{}::new(call.start())", camel(name_of(stub, future))),
        None => method.last("call.trigger()"),
    };
    method.render_call(speller, function, 0, last)
}

fn schedule(stub: &Stub, speller: &Speller<'_>, function: &StubFunction) -> Option<String> {
    let method = Method::new(stub, function.schedule.as_deref()?);
    let when = method.param(not_sent(function.receiver));
    let last = format!("call.schedule({when})");
    Some(method.render_call(speller, function, 1, last))
}

/// A function of the stub interface, to be implemented.
struct Method<'a> {
    function: &'a Function,
}

impl<'a> Method<'a> {
    fn new(stub: &'a Stub, key: &str) -> Method<'a> {
        let function = signature::function(stub, key);
        Method { function }
    }

    fn is_method(&self) -> bool {
        matches!(self.function.kind, FunctionKind::Method(_))
    }

    /// A parameter's name, which may be anything but that of a local variable beside it.
    fn param(&self, index: usize) -> String {
        match ident(&self.function.params[index].name) {
            name if name == "call" || name == "worker" => name + "_",
            name => name,
        }
    }

    /// A call as a statement where nothing is returned.
    fn last(&self, call: &str) -> String {
        match self.function.result {
            Some(_) => call.to_string(),
            None => format!("{call};"),
        }
    }

    /// The statements that make a call of `callee`, with the parameters from `first` on.
    fn call(
        &self,
        worker: Option<&str>,
        callee: &str,
        wire_name: &str,
        first: usize,
    ) -> Vec<String> {
        let params = first..self.function.params.len();
        let name = if params.is_empty() {
            "let call"
        } else {
            "let mut call"
        };
        let worker = worker.map(|worker| binding(IN_FN, "let worker", worker));
        let call = format!("{callee}.call(\"{wire_name}\")");
        let lets = worker.into_iter().chain([binding(IN_FN, name, &call)]);
        let lets = lets.map(|line| line.trim_start().to_string());
        let params = params.map(|index| format!("call.param({});", self.param(index)));
        lets.chain(params).collect()
    }

    /// The function as a call of the remote one, with `extra` parameters before its own.
    fn render_call(
        &self,
        speller: &Speller<'_>,
        remote: &StubFunction,
        extra: usize,
        last: String,
    ) -> String {
        let first = not_sent(remote.receiver) + extra;
        let (worker, callee) = match remote.receiver {
            Receiver::Worker | Receiver::Resource => (None, "self"),
            Receiver::Address => (
                Some(format!("Worker::connect({})", self.param(0))),
                "worker",
            ),
            Receiver::Param(index) => {
                let resource = self.param(first + index);
                (
                    Some(format!("&{resource}.get::<Resource>().worker")),
                    "worker",
                )
            }
        };
        let mut body = self.call(worker.as_deref(), callee, &remote.wire_name, first);
        body.push(last);
        self.render(speller, &body)
    }

    /// The whole function.
    fn render(&self, speller: &Speller<'_>, body: &[String]) -> String {
        let name = match self.function.kind {
            FunctionKind::Constructor(_) => "new".into(),
            _ => ident(self.function.item_name()),
        };
        let result = match (&self.function.kind, &self.function.result) {
            (FunctionKind::Constructor(_), _) => " -> Self".into(),
            (_, Some(ty)) => format!(" -> {}", speller.owned(ty)),
            (_, None) => String::new(),
        };
        let mut params = Vec::new();
        for (index, param) in self.function.params.iter().enumerate() {
            params.push(match index {
                0 if self.is_method() => "&self".into(),
                _ => format!("{}: {}", self.param(index), speller.owned(&param.ty)),
            });
        }
        function(IN_IMPL, &name, &params, &result, body)
    }
}
