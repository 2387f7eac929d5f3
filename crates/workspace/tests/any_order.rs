//! Links come and go in any order: what the workspace then holds is what a first `init` with the links
//! that are left makes of it, byte for byte. Without links it is as it was.
//!
//! Random workspaces and random commands from seeds, all in memory. `SEED=n` runs one of them and says
//! what it does; `SEEDS=n` runs so many.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads its seed from the environment, says what it does, and fails where it cannot go on"
)]

mod random;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Snapshot, unified_diff};
use golem_rpc_stub::RpcErrors;
use golem_rpc_workspace::{Links, OptionChanges, Options, Planned, StubBackend, WorkspaceError};
use random::{Random, Rng, random, workspace};

/// What there should be: links with whether their import is wanted, and the options of targets.
#[derive(Clone, Debug, Default)]
struct Model {
    links: BTreeMap<(String, String), bool>,
    options: BTreeMap<String, OptionChanges>,
}

impl Model {
    fn has_target(&self, target: &str) -> bool {
        self.links.keys().any(|(_, known)| known == target)
    }

    fn links(&self) -> Links {
        let mut links = Links::new();
        for (caller, target) in self.links.keys() {
            links.add([caller.as_str()], [target.as_str()]);
        }
        links
    }

    /// The plan that makes a workspace so. `imports` are those that are asked for now.
    fn plan(
        &self,
        disk: &Snapshot,
        changed: &[String],
        imports: &BTreeSet<(String, String)>,
    ) -> Result<Planned, WorkspaceError> {
        let workspace = workspace(disk);
        let mut options = Options::of(&workspace)?;
        for target in changed {
            options.change(
                target,
                self.options.get(target).cloned().unwrap_or_default(),
            );
        }
        let planned = support::whole(&workspace, disk, &self.links(), &options, imports, false);
        Ok(planned?.0)
    }

    /// The workspace that a first `init` makes of the user's.
    fn fresh(&self, user: &Snapshot) -> Result<Snapshot, WorkspaceError> {
        if self.links.is_empty() {
            return Ok(user.clone());
        }
        let imports = self.links.iter().filter(|(_, import)| **import);
        let imports = imports.map(|(link, _)| link.clone()).collect();
        let targets: Vec<String> = self.options.keys().cloned().collect();
        Ok(user.after(&self.plan(user, &targets, &imports)?.plan))
    }
}

/// A command: the links that it adds or takes out, and what it is asked for.
#[derive(Clone, Debug)]
enum Command {
    Link {
        links: Vec<(String, String)>,
        import: bool,
        options: OptionChanges,
    },
    Unlink(Vec<(String, String)>),
}

fn command(rng: &mut Rng, names: &[&str], model: &Model) -> Command {
    let there: Vec<&(String, String)> = model.links.keys().collect();
    if !there.is_empty() && rng.chance(2) {
        let number = if rng.chance(4) { there.len() } else { 1 };
        let first = rng.below(there.len());
        let some = there.iter().cycle().skip(first).take(number);
        return Command::Unlink(some.map(|link| (*link).clone()).collect());
    }
    let number = 1 + rng.below(2);
    let links = (0..number).map(|_| (rng.pick(names).to_string(), rng.pick(names).to_string()));
    let links = links.collect();
    let backends = [
        None,
        None,
        Some(StubBackend::Component),
        Some(StubBackend::Crate),
    ];
    let errors = [
        None,
        None,
        None,
        Some(RpcErrors::Result),
        Some(RpcErrors::Panic),
    ];
    Command::Link {
        links,
        import: rng.chance(3),
        options: OptionChanges {
            backend: rng.pick(&backends),
            rpc_errors: rng.pick(&errors),
            ..OptionChanges::default()
        },
    }
}

/// Carries a command out, on the model and on the disk.
fn run(
    command: &Command,
    model: &Model,
    disk: &Snapshot,
) -> Result<(Model, Snapshot), WorkspaceError> {
    let mut model = model.clone();
    let (mut changed, mut imports) = (Vec::new(), BTreeSet::new());
    match command {
        Command::Link {
            links,
            import,
            options,
        } => {
            for (caller, target) in links {
                let link = (caller.clone(), target.clone());
                let known = model.links.entry(link.clone()).or_default();
                *known |= import;
                if *import {
                    imports.insert(link);
                }
                let known = model.options.entry(target.clone()).or_default();
                known.backend = options.backend.or(known.backend);
                known.rpc_errors = options.rpc_errors.or(known.rpc_errors);
                changed.push(target.clone());
            }
        }
        Command::Unlink(links) => {
            model.links.retain(|link, _| !links.contains(link));
            let without = model.clone();
            model.options.retain(|target, _| without.has_target(target));
        }
    }
    let planned = model.plan(disk, &changed, &imports)?;
    let after = disk.after(&planned.plan);
    Ok((model, after))
}

/// Writes the same into a file of the user's and into what became of it.
fn edit(rng: &mut Rng, user: &mut Snapshot, disk: &mut Snapshot) {
    let files: Vec<Utf8PathBuf> = user.iter().map(|(path, _)| path.to_path_buf()).collect();
    let file = &rng.pick(&files);
    let comment = if file.extension() == Some("toml") {
        "#"
    } else {
        "//"
    };
    let kind = rng.below(4);
    // A file with an import of ours gets another name.
    let has_ours =
        |file: &&Utf8PathBuf| file.extension() == Some("wit") && disk.get(*file) != user.get(*file);
    if let (3, Some(file)) = (kind, files.iter().find(has_ours)) {
        let now = file.with_file_name(format!("r{}", file.file_name().unwrap_or_default()));
        return [user, disk].into_iter().for_each(|s| rename(s, file, &now));
    }
    for snapshot in [user, disk] {
        let text = snapshot.text(file).unwrap();
        let (bom, text) = match text.strip_prefix('\u{feff}') {
            Some(text) => ("\u{feff}", text),
            None => ("", text),
        };
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let edited = match kind {
            0 => format!("{bom}{comment} first{newline}{text}"),
            1 => format!("{bom}{text}{newline}{comment} last{newline}"),
            _ => format!(
                "{bom}{}",
                text.replace("\"0.1.0\"", "\"0.2.0\"")
                    .replace("go:", "went:")
            ),
        };
        snapshot.insert(file, edited);
    }
}

fn rename(snapshot: &mut Snapshot, file: &Utf8Path, now: &Utf8Path) {
    let mut renamed = Snapshot::new();
    for (path, content) in snapshot.iter() {
        renamed.insert(if path == file { now } else { path }, content);
    }
    *snapshot = renamed;
}

/// How many commands could be carried out.
fn check_edits(seed: u64) -> usize {
    let mut rng = Rng::new(seed);
    let Random {
        disk: mut user,
        members,
    } = random(&mut rng);
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let (mut model, mut disk, mut done) = (Model::default(), user.clone(), 0);
    for _ in 0..2 + rng.below(4) {
        let command = command(&mut rng, &names, &model);
        if let Ok(next) = run(&command, &model, &disk) {
            (model, disk) = next;
            done += 1;
        }
        edit(&mut rng, &mut user, &mut disk);
    }
    let all = Command::Unlink(model.links.keys().cloned().collect());
    if !model.links.is_empty() {
        let (_, after) =
            run(&all, &model, &disk).unwrap_or_else(|error| panic!("SEED={seed}: {error}"));
        let diff = differences(&user, &after);
        assert!(
            diff.is_empty(),
            "SEED={seed}: without links, not as the user has it:\n{diff}"
        );
    }
    done
}

#[test]
fn what_the_user_writes_in_between_stays() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("SEED") {
        check_edits(seed);
        return;
    }
    let seeds = number("SEEDS").unwrap_or(60);
    let done: usize = (0..seeds).map(check_edits).sum();
    assert!(
        done as u64 > seeds,
        "most commands can be carried out: {done} in {seeds} workspaces"
    );
}

fn differences(left: &Snapshot, right: &Snapshot) -> String {
    let mut paths: BTreeSet<_> = left.iter().map(|(path, _)| path).collect();
    paths.extend(right.iter().map(|(path, _)| path));
    let mut text = String::new();
    for path in paths {
        let (one, other) = (left.get(path), right.get(path));
        if one != other {
            let show = |content: Option<&[u8]>| {
                let text = String::from_utf8_lossy(content.unwrap_or(b"(no file)"));
                text.replace('\r', "␍").replace('\u{feff}', "(BOM)")
            };
            let (one, other) = (show(one), show(other));
            let (one, other) = (one.as_bytes(), other.as_bytes());
            text.push_str(&unified_diff(path.as_str(), Some(one), Some(other)));
        }
    }
    text
}

/// A generated file without the line that says so: it is the user's.
fn unsigned(content: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(content).unwrap();
    text.split_once('\n').unwrap().1.as_bytes().to_vec()
}

/// Gives the user a package below somebody's `deps` already that a link would bring, byte for byte. Not where
/// dependencies stand in braces: there no tag can say that an entry that leads to it is ours.
fn bring(rng: &mut Rng, names: &[&str], user: &mut Snapshot) {
    let in_braces = |line: &str| {
        let mut keys = [
            "metadata = {",
            "component = {",
            "target = {",
            "dependencies = {",
        ]
        .iter();
        keys.any(|key| line.contains(key))
    };
    let is_braced = |(path, _): (&Utf8Path, &[u8])| {
        let text = user.text(path).unwrap_or_default();
        text.lines().any(in_braces)
    };
    if user.iter().any(is_braced) {
        return;
    }
    let mut model = Model::default();
    let link = (rng.pick(names).to_string(), rng.pick(names).to_string());
    model.links.insert(link, false);
    if let Ok(linked) = model.fresh(user) {
        let is_io = |path: &Utf8Path| {
            let dir = path.parent();
            dir.is_some_and(|dir| dir.ends_with("io")) && !path.as_str().contains("-stub/")
        };
        for (path, content) in linked.iter().filter(|(path, _)| is_io(path)) {
            user.insert(path, unsigned(content));
        }
    }
}

fn check(seed: u64, says: bool) -> usize {
    let mut rng = Rng::new(seed);
    let Random {
        disk: mut user,
        members,
    } = random(&mut rng);
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    if rng.chance(3) {
        bring(&mut rng, &names, &mut user);
    }
    let (mut model, mut disk, mut done) = (Model::default(), user.clone(), 0);
    for _ in 0..2 + rng.below(6) {
        let command = command(&mut rng, &names, &model);
        if says {
            println!("{command:?}");
        }
        let (next, after) = match run(&command, &model, &disk) {
            Ok(done) => done,
            Err(error) => {
                // What cannot be planned one by one cannot be planned at once.
                if says {
                    println!("  {error}");
                }
                continue;
            }
        };
        let fresh = next.fresh(&user).unwrap_or_else(|error| {
            panic!("SEED={seed}: {command:?} can be planned, but not at once: {error}")
        });
        let diff = differences(&fresh, &after);
        assert!(
            diff.is_empty(),
            "SEED={seed}: after {command:?}, not as fresh:\n{diff}"
        );
        if !next.links.is_empty() {
            let again = next.plan(&after, &[], &BTreeSet::new()).unwrap();
            let again = differences(&after, &after.after(&again.plan));
            assert!(again.is_empty(), "SEED={seed}: a second plan:\n{again}");
        }
        (model, disk, done) = (next, after, done + 1);
    }
    let all = Command::Unlink(model.links.keys().cloned().collect());
    if !model.links.is_empty() {
        let (_, after) = run(&all, &model, &disk).unwrap();
        let diff = differences(&user, &after);
        assert!(
            diff.is_empty(),
            "SEED={seed}: without links, not as it was:\n{diff}"
        );
    }
    done
}

#[test]
fn any_order_leads_to_the_same_bytes() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("SEED") {
        check(seed, true);
        return;
    }
    let seeds = number("SEEDS").unwrap_or(50);
    let done: usize = (0..seeds).map(|seed| check(seed, false)).sum();
    assert!(
        done as u64 > seeds * 2,
        "most commands can be carried out: {done} of {seeds} workspaces"
    );
}
