//! The status for people: a summary, then a table of the links and one of the files.
//!
//! Of many links only those that are not up to date are shown, and of these not all, unless `-v`
//! asks for everything.

use golem_rpc_messages::{Artifact, ArtifactKind, LinkState, LinkStatus, Status};
use golem_rpc_system::Profile;

use super::super::Context;
use super::super::examine::Seen;
use super::artifacts::Made;
use crate::report::count;

/// More rows than these are too many to show what is as it should be.
const MANY: usize = 24;

/// More rows than these are too many altogether.
const TOO_MANY: usize = 60;

pub(super) fn text(
    context: &Context,
    seen: &Seen,
    status: &Status,
    made: &Made,
    profile: &Profile,
) -> String {
    let mut text = summary(seen, status);
    text.push_str(&links(context, seen, status));
    text.push_str(&files(context, made, profile));
    let of_no_link = seen.examined.findings.iter();
    let of_no_link = of_no_link
        .filter(|finding| finding.targets.is_empty())
        .count();
    if of_no_link > 0 {
        let others = match of_no_link {
            1 => "1 generated file or entry that belongs to no single link is".to_string(),
            n => format!("{n} generated files and entries that belong to no single link are"),
        };
        text.push_str(&format!(
            "\n{others} not up to date: `cargo golem-rpc check` names what is not\n"
        ));
    }
    text
}

/// `3 links of 2 callers to 2 targets: 1 up to date, 1 stale, 1 unused`
fn summary(seen: &Seen, status: &Status) -> String {
    let states = [
        (LinkState::UpToDate, "up to date"),
        (LinkState::Stale, "stale"),
        (LinkState::Unused, "unused"),
        (LinkState::Broken, "broken"),
    ];
    let counted = states.into_iter().filter_map(|(state, name)| {
        let links = status.links.iter().filter(|link| link.state == state);
        let number = links.count();
        (number > 0).then(|| format!("{number} {name}"))
    });
    let links = &seen.linked.links;
    format!(
        "{} of {} to {}: {}\n",
        count(status.links.len(), "link"),
        count(links.callers().len(), "caller"),
        count(links.targets().len(), "target"),
        counted.collect::<Vec<_>>().join(", ")
    )
}

fn links(context: &Context, seen: &Seen, status: &Status) -> String {
    let all = status.links.len() <= MANY || context.report.is_verbose();
    let wanted = |link: &&LinkStatus| all || link.state != LinkState::UpToDate;
    let adds = status.links.iter().any(|link| link.adds_bytes.is_some());
    let rows = status.links.iter().filter(wanted).map(|link| {
        let key = (link.caller.clone(), link.target.clone());
        let why = seen.because(context, &seen.examined.links[&key]);
        let mut row = vec![link.caller.clone(), link.target.clone()];
        row.push(state(link.state).to_string());
        if adds {
            row.push(link.adds_bytes.map_or("-".into(), size));
        }
        row.push(why.unwrap_or_default());
        row
    });
    let mut headings = vec!["caller", "target", "state"];
    if adds {
        headings.push("adds");
    }
    headings.push("");
    table(context, &headings, rows.collect())
}

fn files(context: &Context, made: &Made, profile: &Profile) -> String {
    let build = [
        vec!["cargo golem-rpc build-workspace".to_string()],
        profile.args(),
    ]
    .concat();
    let (build, profile) = (build.join(" "), profile.name());
    let all = made.files().count() <= MANY || context.report.is_verbose();
    let mut rows = Vec::new();
    let (mut there, mut wrong, mut bytes) = (0, 0, 0);
    for (file, why) in made.files() {
        there += usize::from(file.path.is_some());
        wrong += usize::from(why.is_some());
        bytes += file.bytes;
        if all || why.is_some() {
            rows.push(row(context, file, why));
        }
    }
    if rows.is_empty() && there == 0 {
        return format!("\nnothing is built in the {profile} profile: `{build}` builds it\n");
    }
    let wrong = match wrong {
        0 => String::new(),
        n => format!("; {n} missing or out of date: run `{build}`"),
    };
    format!(
        "\n{} in the {profile} profile, {}{wrong}\n{}",
        count(there, "file"),
        size(bytes),
        table(context, &["file", "size", ""], rows)
    )
}

fn row(context: &Context, file: &Artifact, why: Option<&str>) -> Vec<String> {
    let path = file.path.as_deref().or(file.package.as_deref());
    let what = match (file.kind, file.targets.len()) {
        (ArtifactKind::Composed, 0) => "composed, with no stub".to_string(),
        (ArtifactKind::Composed, _) => format!("with the {}", stubs(&file.targets)),
        (ArtifactKind::Stub, _) => "stub".to_string(),
        (ArtifactKind::Component, _) => String::new(),
    };
    vec![
        context.report.path(path.unwrap_or_default().into()),
        size(file.bytes),
        why.map_or(what, str::to_string),
    ]
}

fn stubs(targets: &[String]) -> String {
    match targets {
        [one] => format!("stub of {one}"),
        several if several.len() <= 3 => format!("stubs of {}", several.join(", ")),
        many => format!("{} stubs", many.len()),
    }
}

fn state(state: LinkState) -> &'static str {
    match state {
        LinkState::UpToDate => "up to date",
        LinkState::Stale => "stale",
        LinkState::Unused => "unused",
        LinkState::Broken => "broken",
    }
}

/// Rows below headings, as wide as they need; the last column ends where its text does.
fn table(context: &Context, headings: &[&str], mut rows: Vec<Vec<String>>) -> String {
    let left_out = if context.report.is_verbose() {
        0
    } else {
        rows.len().saturating_sub(TOO_MANY)
    };
    rows.truncate(rows.len() - left_out);
    if rows.is_empty() {
        return String::new();
    }
    rows.insert(
        0,
        headings.iter().map(|heading| heading.to_string()).collect(),
    );
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..headings.len()).filter_map(width).collect();
    let mut text = String::from("\n");
    for row in &rows {
        let cells = row.iter().zip(&widths).zip(headings);
        let cells = cells.map(|((cell, width), heading)| match *heading {
            "adds" | "size" => format!("{cell:>width$}"),
            _ => format!("{cell:<width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str(&format!("  {}\n", line.trim_end()));
    }
    if left_out > 0 {
        text.push_str(&format!("  … and {left_out} more; `-v` shows all\n"));
    }
    text
}

/// `71.4 KB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
