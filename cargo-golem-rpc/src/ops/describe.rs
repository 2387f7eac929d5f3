//! `describe`: a member → its stub → how callers use that.

use std::collections::BTreeSet;

use golem_rpc_messages::{Describe, Function, Message, Resource, Uri};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Address, Stub, StubResource, text};
use golem_rpc_stub_rust::usage;

use super::Context;
use super::links::Linked;
use super::stubs::warn_limits;
use crate::error::CliError;

pub(crate) fn run(context: &Context, target: &str) -> Result<(), CliError> {
    context.reader()?;
    let linked = Linked::read(context)?;
    let chosen = linked.select(context, &[target.to_string()])?;
    let Some(target) = chosen.into_iter().next() else {
        return Err(CliError::NoName);
    };
    let is_linked = linked.links.targets().contains(target.as_str());
    let disk = if is_linked {
        linked.snapshot_of_all()?
    } else {
        linked.snapshot(&linked.members([target.as_str()])?)?
    };
    let stub = if is_linked {
        linked_stub(&linked, &target, &disk)?
    } else {
        stub_of(&linked, &target, &disk)?
    };
    warn_limits(context, &target, &stub);
    let described = describe(&linked, &target, &stub, &disk)?;
    let text = for_people(&described);
    context
        .report
        .answer(&Message::Describe(described), || text);
    if !is_linked {
        let command = format!("cargo golem-rpc init --targets {target} --callers <member>");
        let note = format!("no member calls `{target}` yet: `{command}` makes its stub");
        context.report.note(&note);
    }
    Ok(())
}

/// The stub as its callers get it.
fn linked_stub(linked: &Linked, target: &str, disk: &Snapshot) -> Result<Stub, CliError> {
    let mut stubs = linked
        .targets()
        .derive_only(&BTreeSet::from([target]), disk)?;
    match stubs.remove(target) {
        Some(stub) => Ok(stub),
        None => stub_of(linked, target, disk),
    }
}

/// The stub that a member would have if nobody's packages stood in its way.
fn stub_of(linked: &Linked, target: &str, disk: &Snapshot) -> Result<Stub, CliError> {
    let source = linked.source_of(target, disk)?;
    let options = linked.options.get(target);
    let options = options.stub(options.redeclared());
    Stub::new(&source, &options).map_err(|error| CliError::Stub {
        target: target.to_string(),
        error,
    })
}

fn describe(
    linked: &Linked,
    target: &str,
    stub: &Stub,
    disk: &Snapshot,
) -> Result<Describe, CliError> {
    let source = linked.source_of(target, disk)?;
    let usage = usage(stub, target);
    Ok(Describe {
        target: target.to_string(),
        package: source.resolve.packages[source.package].name.to_string(),
        world: source.resolve.worlds[source.world].name.clone(),
        import: linked.import_line(target, disk)?.1,
        use_paths: usage.uses,
        resources: stub.resources.iter().map(|r| resource(stub, r)).collect(),
        uris: addresses(stub, target),
        snippet: usage.snippet,
    })
}

fn resource(stub: &Stub, resource: &StubResource) -> Resource {
    let functions = &stub.resolve.interfaces[stub.interface].functions;
    let item = |key: &String| text::item(&stub.resolve, &functions[key]);
    Resource {
        name: resource.name.clone(),
        constructor: resource.constructor.as_ref().map(item),
        ephemeral: resource.ephemeral.as_ref().map(item),
        functions: resource
            .functions
            .iter()
            .map(|function| Function {
                wire_name: function.wire_name.clone(),
                blocking: item(&function.blocking),
                start: item(&function.start),
                schedule: function.schedule.as_ref().map(item),
            })
            .collect(),
    }
}

/// The forms of an address: those that work everywhere first.
fn addresses(stub: &Stub, target: &str) -> Vec<Uri> {
    let form = |form: &str, on_golem| Uri {
        form: form.to_string(),
        on_golem,
    };
    match stub.options.golem_rpc.address() {
        Address::Uri => vec![
            form("urn:worker:<component-id>/<worker-name>", true),
            form("urn:worker:<component-id>", true),
            form(&format!("urn:worker:{target}/<worker-name>"), false),
            form(&format!("urn:worker:{target}"), false),
            form("worker://<component-id>/<worker-name>", false),
        ],
        Address::WorkerId => vec![form(
            "{ component-id: <component-id>, worker-name: \"<worker-name>\" }",
            true,
        )],
        Address::AgentId => vec![form(
            "{ component-id: <component-id>, agent-id: \"<agent-name>\" }",
            true,
        )],
    }
}

fn for_people(described: &Describe) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    let Describe {
        target,
        package,
        world,
        ..
    } = described;
    line(&format!("{target}: world `{world}` of `{package}`"));
    line("\nIn the caller's world:\n");
    line(&format!("    {}", described.import));
    line("\nIn its Rust code:\n");
    let uses = described.use_paths.iter();
    uses.for_each(|path| line(&format!("    {path}")));
    for resource in &described.resources {
        line(&format!("\nThe resource `{}`:\n", resource.name));
        let made = resource.constructor.iter().chain(&resource.ephemeral);
        made.for_each(|item| line(&format!("    {item}")));
        for function in &resource.functions {
            line(&format!("    // {}", function.wire_name));
            let forms = [&function.blocking, &function.start].into_iter();
            let forms = forms.chain(&function.schedule);
            forms.for_each(|item| line(&format!("    {item}")));
        }
    }
    line("\nA worker's address:\n");
    for uri in &described.uris {
        if uri.on_golem {
            line(&format!("    {}", uri.form))
        } else {
            line(&format!("    {}    (in the local runtime only)", uri.form))
        }
    }
    line("\nTo copy into a separate module:\n");
    for code in described.snippet.lines() {
        if code.is_empty() {
            line("")
        } else {
            line(&format!("    {code}"))
        }
    }
    text
}
