//! `graph`: who calls whom, drawn: for a terminal, for other programs, or as a picture.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_graph::{self as graph, Graph, Link, Member, Role, State};
use golem_rpc_messages::{
    FreshKind, Graph as GraphMessage, GraphLink, GraphMember, LinkState, Message,
    Role as MemberRole, Text, TextKind,
};
use golem_rpc_plan::{Plan, Snapshot};
use golem_rpc_system::read;

use super::Context;
use super::examine::Seen;
use super::links::Linked;
use super::messages::fresh;
use crate::error::CliError;

pub(crate) struct Request {
    pub(crate) form: Option<Form>,
    pub(crate) output: Option<Utf8PathBuf>,
}

/// What a graph is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Dot,
    Mermaid,
    Svg,
    Json,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    context.reader()?;
    let seen = Seen::new(Linked::read(context)?)?;
    let graph = draw(context, &seen)?;
    let text = match request.form.unwrap_or(Form::Text) {
        Form::Text => graph::tree::render(&graph),
        Form::Dot => graph::dot::render(&graph),
        Form::Mermaid => graph::mermaid::render(&graph),
        Form::Svg => graph::svg::render(&graph),
        Form::Json => graph::json::render(&graph),
    };
    match &request.output {
        Some(output) => write(context, &context.absolute(output), request.form, &text),
        None => {
            context
                .report
                .answer(&message(request.form, &graph, &text), || text.clone());
            Ok(())
        }
    }
}

/// Every member that is linked or could be, with the links.
fn draw(context: &Context, seen: &Seen) -> Result<Graph, CliError> {
    let (workspace, examined) = (&seen.linked.workspace, &seen.examined);
    let linked = seen.linked.links.members();
    let mut members = Vec::new();
    for (name, member) in &workspace.members {
        let wit = match examined.packages.get(name) {
            Some(package) => Some(package.clone()),
            None if linked.contains(name.as_str()) => None,
            None if !member.is_component() || is_stub(seen, &member.dir) => continue,
            None => {
                let disk = seen.linked.snapshot(&[member])?;
                member.wit(&disk).ok().and_then(|wit| wit.main.name().ok())
            }
        };
        members.push(Member {
            name: name.clone(),
            wit: wit.map(|package| package.to_string()),
        });
    }
    let links = examined.links.iter().map(|((caller, target), link)| Link {
        caller: caller.clone(),
        target: target.clone(),
        state: match seen.state(link) {
            LinkState::UpToDate => State::UpToDate,
            LinkState::Stale => State::Stale,
            LinkState::Unused => State::Unused,
            LinkState::Broken => State::Broken,
        },
        reason: seen.because(context, link),
    });
    Ok(Graph::new(members, links))
}

/// Whether a directory is that of a stub.
fn is_stub(seen: &Seen, dir: &Utf8Path) -> bool {
    let workspace = &seen.linked.workspace;
    let mut targets = seen.linked.links.targets().into_iter();
    targets.any(|target| {
        let target = workspace.members.get(target);
        target.is_some_and(|target| workspace.stub_dir(target) == dir)
    })
}

/// The graph for programs; the text itself where a form was asked for.
fn message(form: Option<Form>, graph: &Graph, text: &str) -> Message {
    let kind = match form {
        Some(Form::Text) => TextKind::Tree,
        Some(Form::Dot) => TextKind::Dot,
        Some(Form::Mermaid) => TextKind::Mermaid,
        Some(Form::Svg) => TextKind::Svg,
        None | Some(Form::Json) => return Message::Graph(document(graph)),
    };
    Message::Text(Text {
        kind,
        text: text.to_string(),
    })
}

fn document(graph: &Graph) -> GraphMessage {
    let member = |member: &Member| GraphMember {
        name: member.name.clone(),
        wit: member.wit.clone(),
        role: match graph.role(&member.name) {
            Role::Caller => MemberRole::Caller,
            Role::Both => MemberRole::Both,
            Role::Target => MemberRole::Target,
            Role::Alone => MemberRole::Alone,
        },
    };
    let link = |link: &Link| GraphLink {
        caller: link.caller.clone(),
        target: link.target.clone(),
        state: match link.state {
            State::UpToDate => LinkState::UpToDate,
            State::Stale => LinkState::Stale,
            State::Unused => LinkState::Unused,
            State::Broken => LinkState::Broken,
        },
        reason: link.reason.clone(),
    };
    GraphMessage {
        members: graph.members().map(member).collect(),
        links: graph.links().map(link).collect(),
    }
}

/// Writes the drawing where there is nothing, or an earlier one of the same form.
fn write(
    context: &Context,
    dest: &Utf8Path,
    form: Option<Form>,
    text: &str,
) -> Result<(), CliError> {
    let mut disk = Snapshot::new();
    if let Some(old) = read::file(dest)? {
        if !old.is_empty() && !is_drawing(form.unwrap_or(Form::Text), &old) {
            return Err(CliError::NotAnOutput {
                path: dest.to_path_buf(),
            });
        }
        disk.insert(dest, old);
    }
    let mut plan = Plan::new();
    plan.write(&disk, dest, text);
    if context.writer_at(dest)?.apply(&plan)? && plan.is_empty() {
        let fresh = fresh(FreshKind::Output, 1, Some(dest));
        context.report.event(&fresh, "Fresh", dest.as_str());
    }
    Ok(())
}

/// Whether a file is something that we drew in that form.
fn is_drawing(form: Form, content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else {
        return false;
    };
    match form {
        Form::Dot => text.starts_with("digraph workspace {\n"),
        Form::Mermaid => text.starts_with("flowchart LR\n"),
        Form::Svg => text.starts_with("<svg xmlns="),
        Form::Json => text.starts_with("{\n  \"format-version\":"),
        // A member's name, or a branch to one.
        Form::Text => text
            .lines()
            .all(|line| line.contains("── ") || !line.contains(char::is_whitespace)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_known_again_and_nothing_else_is() {
        let link = Link {
            caller: "a".into(),
            target: "b".into(),
            state: State::Stale,
            reason: Some("x y".into()),
        };
        let graph = Graph::new([], [link]);
        let drawings = [
            (Form::Text, graph::tree::render(&graph)),
            (Form::Dot, graph::dot::render(&graph)),
            (Form::Mermaid, graph::mermaid::render(&graph)),
            (Form::Svg, graph::svg::render(&graph)),
            (Form::Json, graph::json::render(&graph)),
        ];
        for (form, _) in &drawings {
            for (other, text) in &drawings {
                assert_eq!(
                    is_drawing(*form, text.as_bytes()),
                    form == other,
                    "{form:?} {other:?}"
                );
            }
            assert!(!is_drawing(*form, b"# Some notes\n"), "{form:?}");
        }
    }
}
