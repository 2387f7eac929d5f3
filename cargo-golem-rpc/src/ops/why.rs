//! `why`: a WIT package → the members that have it, and what for.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_messages::{Message, Origin, Why};
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::{Brought, Member};
use wit_parser::PackageName;

use super::Context;
use super::links::Linked;
use crate::error::CliError;
use crate::report::Report;

/// How many names a hint gives.
const NEAR: usize = 3;

pub(crate) fn run(context: &Context, package: &str) -> Result<(), CliError> {
    let wanted = parse(package)?;
    context.reader()?;
    let linked = Linked::read(context)?;
    let members: Vec<&Member> = linked.workspace.members.values().collect();
    let disk = linked.snapshot(&members)?;
    let all = linked.workspace.wit_dependencies(&linked.links, &disk);
    let mut found: BTreeMap<&PackageName, Vec<&Brought>> = BTreeMap::new();
    for brought in all.iter().filter(|brought| wanted.is(&brought.package)) {
        found.entry(&brought.package).or_default().push(brought);
    }
    if found.is_empty() {
        return Err(CliError::UnknownPackage {
            package: package.to_string(),
            hint: hint(&linked, &disk, &wanted, &all),
        });
    }
    warn_unseen(context, &found);
    for (package, origins) in found {
        let message = Message::Why(Why {
            package: package.to_string(),
            origins: origins.iter().map(|brought| origin(brought)).collect(),
        });
        let text = || for_people(&context.report, package, &origins);
        context.report.answer(&message, text);
    }
    Ok(())
}

/// Says of which stubs it cannot be told what they use.
fn warn_unseen(context: &Context, found: &BTreeMap<&PackageName, Vec<&Brought>>) {
    let unseen: BTreeSet<(&str, &str, &str)> = found
        .values()
        .flatten()
        .flat_map(|brought| {
            let unseen = brought.unseen.iter();
            unseen.map(|(target, why)| (brought.member.as_str(), target.as_str(), why.as_str()))
        })
        .collect();
    for (member, target, why) in unseen {
        let message =
            format!("what `{member}` has of the stub of `{target}` could not be read: {why}");
        let hint = "fix it, then run this again";
        context.report.warning(&message, Some(hint));
    }
}

/// A package, at a version or at any.
struct Wanted<'a> {
    name: &'a str,
    version: Option<&'a str>,
}

impl Wanted<'_> {
    fn is(&self, package: &PackageName) -> bool {
        let version = package.version.as_ref().map(ToString::to_string);
        self.name == bare(package) && (self.version.is_none() || self.version == version.as_deref())
    }
}

fn parse(text: &str) -> Result<Wanted<'_>, CliError> {
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    let is_word = |word: &str| {
        let mut chars = word.chars();
        let letters = chars.all(|c| c.is_ascii_alphanumeric() || c == '-');
        letters && word.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let is_name = name.split_once(':');
    let is_name = is_name.is_some_and(|(namespace, name)| is_word(namespace) && is_word(name));
    match is_name && version != Some("") {
        true => Ok(Wanted { name, version }),
        false => Err(CliError::NoPackageName {
            text: text.to_string(),
        }),
    }
}

fn bare(package: &PackageName) -> String {
    format!("{}:{}", package.namespace, package.name)
}

/// Whose own package it is, else which packages are called alike.
fn hint(linked: &Linked, disk: &Snapshot, wanted: &Wanted<'_>, all: &[Brought]) -> String {
    let own = linked.workspace.members.values().find(|member| {
        let own = member.wit(disk).ok().and_then(|wit| wit.main.name().ok());
        own.is_some_and(|own| wanted.is(&own))
    });
    if let Some(member) = own {
        let name = &member.name;
        return format!("it is the own package of `{name}`; nobody else has it");
    }
    let names: BTreeSet<String> = all
        .iter()
        .map(|brought| match wanted.name == bare(&brought.package) {
            true => brought.package.to_string(),
            false => bare(&brought.package),
        })
        .collect();
    let mut names: Vec<&String> = names.iter().collect();
    let distance = |name: &&String| strsim::damerau_levenshtein(name, wanted.name);
    names.sort_by_key(distance);
    let near: Vec<String> = names
        .iter()
        .take(NEAR)
        .map(|name| format!("`{name}`"))
        .collect();
    if near.is_empty() {
        "no member has any; `cargo golem-rpc init` makes stubs and copies them".into()
    } else {
        format!("the nearest names are {}", near.join(", "))
    }
}

fn origin(brought: &Brought) -> Origin {
    Origin {
        member: brought.member.clone(),
        path: brought.path.to_string(),
        brought: brought.itself,
        targets: brought.targets.iter().cloned().collect(),
    }
}

fn for_people(report: &Report, package: &PackageName, origins: &[&Brought]) -> String {
    let mut text = format!("{package}\n");
    for brought in origins {
        let path = report.path(&brought.path);
        let targets: Vec<&str> = brought.targets.iter().map(String::as_str).collect();
        let targets = targets.join(", ");
        let unseen: Vec<&str> = brought.unseen.keys().map(String::as_str).collect();
        let why = match (brought.itself, targets.is_empty()) {
            (true, true) => "the member brought it itself".to_string(),
            (true, false) => format!("the member brought it itself; used by the stub of {targets}"),
            (false, true) if !unseen.is_empty() => format!(
                "copied from a stub; whether that of {} uses it cannot be told now",
                unseen.join(", ")
            ),
            (false, true) => {
                "copied from a stub; nothing uses it now: `cargo golem-rpc regenerate`".to_string()
            }
            (false, false) => format!("copied from the stub of {targets}"),
        };
        text.push_str(&format!("    {}: {path}\n        {why}\n", brought.member));
    }
    text
}
