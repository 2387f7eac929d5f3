//! Targets compared with what their callers have of them: the copies of their stubs.
//!
//! A copy tells nothing where it is missing, or is just as the stub would be made now: what callers
//! were built and deployed with may be older, and `regenerate` has overwritten it. It does not tell
//! everything where it depends on the very files that the target reads, through a path or a link:
//! these are always as the target has them. In both cases the target's last committed state is
//! compared as well, and if that is the same, the stub as it was generated last; where nothing is
//! committed, nobody can tell, and that is what is said.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use golem_rpc_compat::{Change, compare, compare_stubs, stub_of, stub_source};
use golem_rpc_messages::Against;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{Source, Stub, StubOptions, WitRoot, compatible};
use golem_rpc_system::read;
use golem_rpc_workspace::{StubCopy, reached_files};
use wit_parser::PackageName;

use super::Context;
use super::baseline::Baseline;
use super::compatibility::Compared;
use super::links::Linked;
use crate::error::CliError;

/// All comparisons of these targets, and what could not be compared, and why.
pub(super) fn compare_all(
    context: &Context,
    linked: &Linked,
    targets: &BTreeSet<String>,
) -> Result<(Vec<Compared>, Vec<String>), CliError> {
    let disk = linked.snapshot_of_all()?;
    let names: BTreeSet<&str> = targets.iter().map(String::as_str).collect();
    let stubs = linked.targets().derive_only(&names, &disk)?;
    let mut committed = Committed::new(linked);
    let (mut all, mut untold) = (Vec::new(), Vec::new());
    for (target, stub) in &stubs {
        let source = linked.source_of(target, &disk)?;
        let found = Copies::of(linked, (target, &source, stub), &disk)?;
        all.extend(found.compared);
        if found.doubts.is_empty() {
            continue;
        }
        let told = all.iter().any(|one: &Compared| one.target == *target);
        match committed.changes(target, &source) {
            Ok(Some(changes)) => {
                let generated = if changes.is_empty() && !told {
                    generated(linked, (target, &source, stub), &disk)
                } else {
                    None
                };
                all.push(generated.unwrap_or_else(|| Compared {
                    target: target.clone(),
                    against: committed.against(),
                    changes,
                }));
            }
            Ok(None) => {
                let note = format!("`{target}` is not in the last commit: it has no callers yet");
                context.report.note(&note);
            }
            Err(error) if error.exit_code() == 130 => return Err(error),
            Err(error) => untold.push(format!(
                "{}; and nothing older of `{target}` is committed: {}",
                found.doubts.join("; "),
                reason(&error)
            )),
        }
    }
    Ok((all, untold))
}

/// The first line of why there is no last commit, or nothing of a target in it.
fn reason(error: &CliError) -> String {
    let text = match error {
        CliError::NoBaseline { error, .. } => error.to_string(),
        error => error.to_string(),
    };
    text.lines().next().unwrap_or_default().to_string()
}

/// What the copies tell of one target, and why they do not tell everything.
#[derive(Default)]
struct Copies {
    compared: Vec<Compared>,
    doubts: Vec<String>,
}

impl Copies {
    fn of(
        linked: &Linked,
        (target, source, stub): (&str, &Source, &Stub),
        disk: &Snapshot,
    ) -> Result<Copies, CliError> {
        let root = linked.workspace.target_wit(target, disk)?;
        let files = reached_files(&root, &source.resolve);
        let mut copies = Copies::default();
        for caller in linked.links.callers_of(target) {
            let copy = linked
                .workspace
                .stub_copy(&linked.links, caller, target, disk);
            let Ok(copy) = copy else {
                let doubt = format!("the copy of `{target}` that `{caller}` has does not resolve");
                copies.doubts.push(doubt);
                continue;
            };
            let old = copy.as_ref().and_then(|copy| {
                let old = stub_source(&copy.resolve, copy.package)?;
                Some((copy, old))
            });
            let Some((copy, old)) = old else {
                let doubt = format!("`{caller}` has no copy of the stub of `{target}`");
                copies.doubts.push(doubt);
                continue;
            };
            let changes = match present(stub, copy, source, target)? {
                Some(new) => compare_stubs(&old, &new),
                None => Vec::new(),
            };
            copies.add((caller, target), changes, shared(&copy.files, &files));
        }
        Ok(copies)
    }

    fn add(
        &mut self,
        (caller, target): (&str, &str),
        changes: Vec<Change>,
        shared: Option<Utf8PathBuf>,
    ) {
        if let Some(file) = shared {
            self.doubts.push(format!(
                "`{caller}` and `{target}` read the same `{file}`, so that what `{caller}` has is never older there"
            ));
        } else if changes.is_empty() {
            self.doubts.push(format!(
                "what `{caller}` has of `{target}` is up to date, whatever it was built with"
            ));
        }
        if !changes.is_empty() {
            self.compared.push(Compared {
                target: target.to_string(),
                against: Against::Vendored {
                    caller: caller.to_string(),
                },
                changes,
            });
        }
    }
}

/// How a target differs from its stub as it was generated last, if it does: what was committed since
/// without `regenerate` is older there.
fn generated(
    linked: &Linked,
    (target, source, stub): (&str, &Source, &Stub),
    disk: &Snapshot,
) -> Option<Compared> {
    let workspace = &linked.workspace;
    let wit = workspace
        .stub_dir(workspace.members.get(target)?)
        .join("wit");
    let then = StubCopy::of(&WitRoot::read(disk, &wit).ok()?).ok()?;
    let old = stub_source(&then.resolve, then.package)?;
    let new = present(stub, &then, source, target).ok()??;
    let changes = compare_stubs(&old, &new);
    (!changes.is_empty()).then(|| Compared {
        target: target.to_string(),
        against: Against::Directory {
            path: wit.to_string(),
        },
        changes,
    })
}

/// A file that both have, by whatever path.
fn shared(copy: &BTreeSet<Utf8PathBuf>, target: &BTreeSet<Utf8PathBuf>) -> Option<Utf8PathBuf> {
    let mut files = copy.iter();
    let found = files.find(|file| target.iter().any(|other| read::is_same(file, other)));
    found.cloned()
}

/// What was committed last, looked for when it is first asked for.
struct Committed<'a> {
    linked: &'a Linked,
    head: Option<Baseline>,
}

const HEAD: &str = "HEAD";

impl<'a> Committed<'a> {
    fn new(linked: &'a Linked) -> Committed<'a> {
        Committed { linked, head: None }
    }

    /// How a target has changed since; none if it was not there.
    fn changes(&mut self, target: &str, new: &Source) -> Result<Option<Vec<Change>>, CliError> {
        let head = match &mut self.head {
            Some(head) => head,
            none => none.insert(Baseline::revision(HEAD, self.linked)?),
        };
        let workspace = &self.linked.workspace;
        let package = &new.resolve.packages[new.package].name;
        let old = head.source(workspace.linked(target)?, package, self.linked)?;
        match old {
            Some(old) => Ok(Some(compare(&old, new))),
            None if head.has(&workspace.manifest) => Ok(None),
            None => Err(CliError::NotThen {
                member: target.to_string(),
                baseline: head.to_string(),
            }),
        }
    }

    fn against(&self) -> Against {
        Against::Git {
            revision: HEAD.to_string(),
        }
    }
}

/// The stub that the target gives today, with the options of a copy.
fn present(
    stub: &Stub,
    copy: &StubCopy,
    source: &Source,
    target: &str,
) -> Result<Option<Source>, CliError> {
    let now = stub.options.golem_rpc;
    let alike = |one: &str, other: &str| compatible(&version(one), &version(other));
    let golem_rpc = match copy.golem_rpc {
        Some(then) if !alike(then.name(), now.name()) => then,
        _ => now,
    };
    let options = StubOptions {
        golem_rpc,
        rpc_errors: copy.rpc_errors,
        ..stub.options.clone()
    };
    if options == stub.options {
        return Ok(stub_of(stub, source));
    }
    let stub = Stub::new(source, &options).map_err(|error| CliError::Stub {
        target: target.to_string(),
        error,
    })?;
    Ok(stub_of(&stub, source))
}

fn version(version: &str) -> PackageName {
    PackageName {
        namespace: "golem".into(),
        name: "rpc".into(),
        version: version.parse().ok(),
    }
}
