//! `invoke`: calls of the workspace's workers in the embedded local runtime.
//!
//! Callers are composed in memory, from what the last build made, so that what runs is never an
//! older composition. All calls are checked before the first is made, and Ctrl-C ends any of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use golem_rpc_local::{ComponentSpec, Event, Runtime, WorkerRef, target_env};
use golem_rpc_messages::{Message, Outcome, Output, Stream, Trigger, Worker};
use golem_rpc_system::Profile;
use golem_rpc_system::interrupt::was_interrupted;

use super::compose::compose_caller;
use super::links::Linked;
use super::members::Built;
use super::{Context, causes, open_imports};
use crate::error::CliError;
use crate::report::Report;

pub(crate) struct Request {
    /// Worker and call.
    pub(crate) calls: Vec<(String, String)>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) profile: Profile,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    context.reader()?;
    let linked = Linked::read(context)?;
    let mut calls = Vec::new();
    for (worker, call) in &request.calls {
        let mut worker: WorkerRef = worker.parse()?;
        let selected = linked.select(context, std::slice::from_ref(&worker.component))?;
        worker.component = selected
            .into_iter()
            .next()
            .expect("one name selects one member");
        calls.push((worker, call));
    }
    let mut env = target_env(linked.links.targets());
    env.extend(request.env.clone());
    let mut components = Vec::new();
    let called = calls.iter().map(|(worker, _)| worker.component.clone());
    let reachable = linked.reachable(called);
    let built = Built::load(&linked, &request.profile, &reachable)?;
    for name in reachable {
        let composed = compose_caller(context, &linked, &built, &name)?.composed;
        components.push(ComponentSpec {
            name,
            lacks: open_imports::lacking(&composed),
            wasm: composed.wasm,
            env: env.clone(),
            ..ComponentSpec::default()
        });
    }
    let report = Arc::new(context.report.clone());
    let events = Arc::clone(&report);
    let events = move |event| show(&events, event);
    let runtime = Runtime::new(components, events, was_interrupted)?;
    let failed = |call: &str, error| CliError::Invoke {
        call: call.to_string(),
        error,
    };
    let mut parsed = Vec::new();
    for (worker, call) in &calls {
        let _spinner = report.spinner(&format!("{worker} {call}"));
        let checked = runtime.parse(worker, call);
        parsed.push(checked.map_err(|error| failed(call, error))?);
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
