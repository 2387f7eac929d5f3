//! `invoke`: calls of the workspace's workers in the embedded local runtime.
//!
//! The workers' members are built first, with all that they call, and callers are composed in memory,
//! so that what runs is never older than the sources. All calls are checked before the first is made,
//! and Ctrl-C ends any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_local::{ComponentSpec, Event, ParsedCall, Runtime, WorkerRef, target_env};
use golem_rpc_messages::{Message, Outcome, Output, Stream, Trigger, Worker};
use golem_rpc_oplog::{DiskStore, Journal, JournalError};
use golem_rpc_system::Profile;
use golem_rpc_system::interrupt::was_interrupted;

use super::build_first::{Built, Part};
use super::build_steps::CargoOutput;
use super::components::Components;
use super::composing::{composing, link_caller};
use super::links::Linked;
use super::{Context, causes, open_imports};
use crate::error::CliError;
use crate::report::Report;

pub(crate) struct Request {
    /// Worker and call.
    pub(crate) calls: Vec<(String, String)>,
    pub(crate) env: BTreeMap<String, String>,
    /// Where durable workers are kept, if they are; the inner none is the usual place.
    pub(crate) state: Option<Option<Utf8PathBuf>>,
    pub(crate) key: Option<String>,
    pub(crate) profile: Profile,
    /// Whether to take what the last build left.
    pub(crate) no_build: bool,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let Some((built, called)) = build(context, request)? else {
        return Ok(());
    };
    let calls: Vec<_> = called
        .workers
        .into_iter()
        .zip(request.calls.iter().map(|(_, call)| call))
        .collect();
    let components = components(context, request, &built, called.part.members())?;
    let report = Arc::new(context.report.clone());
    let events = Arc::clone(&report);
    let events = move |event| show(&events, event);
    let runtime = match &request.state {
        Some(directory) => {
            let journal = journal(&built.linked, directory.as_deref())?;
            Runtime::durable(components, journal, events, was_interrupted)?
        }
        None => Runtime::new(components, events, was_interrupted)?,
    };
    let failed = |call: &str, error| CliError::Invoke {
        call: call.to_string(),
        error,
    };
    let mut parsed = Vec::new();
    for (worker, call) in &calls {
        let _spinner = report.spinner(&format!("{worker} {call}"));
        let checked = runtime.parse(worker, call);
        let checked = checked.map_err(|error| failed(call, error))?;
        parsed.push(keyed(request, parsed.len(), checked));
    }
    for ((worker, call), parsed) in calls.iter().zip(parsed) {
        let _spinner = report.spinner(&format!("{worker} {call}"));
        let result = runtime.invoke(parsed);
        let result = result.map_err(|error| failed(call, error))?;
        report.result(Outcome {
            worker: worker.to_string(),
            call: call.to_string(),
            result,
        });
    }
    match runtime.failed_triggers().len() {
        0 => Ok(()),
        number => Err(CliError::TriggersFailed { number }),
    }
}

/// The state of durable workers.
fn journal(linked: &Linked, directory: Option<&Utf8Path>) -> Result<Journal, CliError> {
    let usual = || linked.workspace.target_directory.join("golem-rpc/state");
    let directory = directory.map_or_else(usual, Utf8Path::to_path_buf);
    let store = DiskStore::open(directory.as_std_path()).map_err(JournalError::from)?;
    Ok(Journal::open(store)?)
}

/// The call under the key that was given; of several calls, each has one of its own.
fn keyed(request: &Request, number: usize, call: ParsedCall) -> ParsedCall {
    match &request.key {
        Some(key) if number == 0 => call.with_key(key),
        Some(key) => call.with_key(&format!("{key}-{}", number + 1)),
        None => call,
    }
}

/// The workers that are called, and what they need.
struct Called {
    workers: Vec<WorkerRef>,
    part: Part,
}

impl Called {
    fn new(context: &Context, linked: &Linked, request: &Request) -> Result<Called, CliError> {
        let mut workers = Vec::new();
        for (worker, _) in &request.calls {
            let mut worker: WorkerRef = worker.parse()?;
            let selected = linked.select(context, std::slice::from_ref(&worker.component))?;
            worker.component = selected
                .into_iter()
                .next()
                .expect("one name selects one member");
            workers.push(worker);
        }
        let members = workers.iter().map(|worker| worker.component.clone());
        let part = Part::of(linked, members);
        Ok(Called { workers, part })
    }
}

/// Builds what is called; none with `--dry-run`.
fn build(context: &Context, request: &Request) -> Result<Option<(Built, Called)>, CliError> {
    if request.no_build {
        context.reader()?;
        let linked = Linked::read(context)?;
        let called = Called::new(context, &linked, request)?;
        let built = called.part.last_built(linked, &request.profile)?;
        return Ok(Some((built, called)));
    }
    let writer = context.writer()?;
    let linked = Linked::read(context)?;
    let called = Called::new(context, &linked, request)?;
    let (part, profile) = (&called.part, &request.profile);
    let built = part.build(context, writer, linked, profile, CargoOutput::HeldBack)?;
    Ok(built.map(|built| (built, called)))
}

/// The components of these members, composed with the stubs of all that they call.
fn components(
    context: &Context,
    request: &Request,
    built: &Built,
    members: &BTreeSet<String>,
) -> Result<Vec<ComponentSpec>, CliError> {
    let linked = &built.linked;
    let mut env = target_env(linked.links.targets());
    env.extend(request.env.clone());
    let components = Components::read(linked, &built.files, members)?;
    let mut specs = Vec::new();
    for name in members {
        let inputs = components.of(name)?;
        let _spinner = composing(context, inputs.source);
        let composed = link_caller(context, &inputs)?.composed;
        specs.push(ComponentSpec {
            name: name.clone(),
            lacks: open_imports::lacking(&composed),
            wasm: composed.wasm,
            env: env.clone(),
            ..ComponentSpec::default()
        });
    }
    Ok(specs)
}

fn show(report: &Report, event: Event) {
    match event {
        Event::WorkerCreated { worker } => {
            let worker = worker.to_string();
            let thing = format!("worker {worker}");
            let message = Message::WorkerStarted(Worker { worker });
            report.event_detail(&message, "Starting", &thing);
        }
        Event::Output {
            worker,
            stream,
            line,
        } => report.worker_line(Output {
            worker: worker.to_string(),
            stream: match stream {
                golem_rpc_local::Stream::Stdout => Stream::Stdout,
                golem_rpc_local::Stream::Stderr => Stream::Stderr,
            },
            line,
        }),
        Event::Note(note) => report.note_of(causes::of_local_note(&note), &note.to_string()),
        Event::TriggerFailed(failure) => {
            let message = failure.to_string();
            let trigger = Trigger {
                worker: failure.worker.to_string(),
                function: failure.function,
                message: failure.cause,
            };
            report.trigger_failed(trigger, &message);
        }
    }
}
