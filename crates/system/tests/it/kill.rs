//! SIGKILL at every single system call of a plan that changes a file, and at every one of what
//! undoes or finishes it: what the next process finds, makes of it and says.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_plan::Plan;
use golem_rpc_system::{Outcome, Recovered};
use nix::errno::Errno;

use crate::child;
use crate::place::Place;
use crate::workload::{
    PLANNED, after, apply_traced, place, plan, recover, recover_traced, small_plan,
};
use golem_rpc_trace::{Call, Fate, trace};

const APPLY: &str = "kill::a_kill_at_any_call_leaves_all_or_nothing";
const JOURNALS: [&str; 3] = [
    ".golem-rpc.journal.new",
    ".golem-rpc.journal",
    ".golem-rpc.journal.done",
];
const RECOVER: &str = "kill::recovery_may_be_killed_at_any_call_too";

fn kill_at(n: usize) -> impl Fn(usize, Call) -> Fate {
    move |number, _| match number == n {
        true => Fate::Dies,
        false => Fate::Goes,
    }
}

/// The same on a file system without hard links.
fn kill_without_links_at(n: usize) -> impl Fn(usize, Call) -> Fate {
    move |number, call| match call {
        _ if number == n => Fate::Dies,
        Call::Link => Fate::Fails(Errno::EPERM),
        _ => Fate::Goes,
    }
}

#[test]
fn a_kill_at_any_call_leaves_all_or_nothing() {
    if let Some(dir) = child::role(APPLY) {
        return apply_traced(&dir, &plan);
    }
    let met = kill_at_each_call(kill_at);
    let every = [
        Call::Open,
        Call::Write,
        Call::Sync,
        Call::Rename,
        Call::Unlink,
        Call::MakeDir,
        Call::RemoveDir,
        Call::Link,
        Call::Attributes,
    ];
    assert_eq!(met, BTreeSet::from(every), "one of each was killed at");
}

#[test]
fn modes_links_and_line_endings_survive_a_plan() {
    let after = after(&plan);
    let content = |text: &str| format!("{:?}", text.as_bytes());
    let manifest = "\u{feff}[workspace]\r\nmembers = [\"stub\"]\r\n";
    assert!(after["Cargo.toml"].contains(&content(manifest)));
    assert!(after["build.sh"].starts_with("100755"));
    assert!(after["secret.toml"].starts_with("100600"));
    assert!(after["linked.toml"].contains("\"elsewhere/real.toml\""));
    assert!(after["elsewhere/real.toml"].contains(&content("really")));
    assert!(after["linked-dir"].contains("\"shared\"") && after.contains_key("shared/new.wit"));
    assert!(after.contains_key("half/stays") && !after.contains_key("half/gone"));
    assert!(!after.contains_key("gone") && !after.contains_key("shared/no-longer"));
    assert!(after.keys().all(|path| !path.contains(".golem-rpc")));
}

/// Each sync is a wait for the disk.
#[test]
fn the_syncs_of_a_plan_do_not_grow_with_it() {
    let name = "kill::the_syncs_of_a_plan_do_not_grow_with_it";
    if let Some(dir) = child::role(name) {
        return apply_traced(&dir, &|dir, disk| {
            let mut plan = Plan::new();
            for (path, _) in disk.iter() {
                plan.write(disk, path, "new");
                plan.write(disk, &path.with_extension("copy"), "new");
            }
            assert!(plan.changes().all(|change| change.path.starts_with(dir)));
            plan
        });
    }
    let place = Place::new(&[]);
    for n in 0..100 {
        place.put(&format!("{n}/file"), "old");
    }
    let traced = trace(place.child(name), |_, _| Fate::Goes);
    assert!(traced.output.contains("applied"), "{}", traced.output);
    assert_eq!(place.text("99/file"), "new");
    let syncs = traced.calls.iter().filter(|call| **call == Call::Sync);
    // The journal and its directory, the old and new files, the names of all, the end.
    assert_eq!(syncs.count(), 5);
}

#[test]
fn so_it_does_where_files_cannot_have_second_names() {
    kill_at_each_call(kill_without_links_at);
}

/// Applies the plan again and again, each time killed one call later, until it comes to its end.
/// Answers which calls there were.
fn kill_at_each_call<F: Fn(usize, Call) -> Fate>(kill_at: impl Fn(usize) -> F) -> BTreeSet<Call> {
    let after = after(&plan);
    let (mut met, mut outcomes) = (BTreeSet::new(), BTreeSet::new());
    for n in 0.. {
        let (place, context) = (place(), format!("killed at call {n}"));
        let (before, old) = (place.state(), place.shape());
        let traced = trace(place.child(APPLY), kill_at(n));
        if !traced.was_killed {
            assert!(traced.output.contains("applied"), "{}", traced.output);
            assert_eq!(place.shape(), after);
            break;
        }
        met.extend(traced.calls);
        let torn = place.shape();
        let mut secrets = torn
            .values()
            .filter(|file| file.contains(&format!("{:?}", b"key = 2")));
        assert!(
            secrets.all(|file| file.starts_with("100600")),
            "{context}: {torn:#?}"
        );
        let recovered = recover(&place, &context);
        match recovered.as_ref().map(|recovered| recovered.outcome) {
            None if torn == after => {}
            Some(Outcome::Finished) => assert_eq!(place.shape(), after, "{context}"),
            None | Some(Outcome::Undone) => assert_eq!(place.state(), before, "{context}"),
        }
        if let Some(recovered) = recovered {
            assert_eq!(
                said(&place, &recovered),
                expected(&recovered, &old, &torn),
                "{context}"
            );
            outcomes.insert(recovered.outcome == Outcome::Undone);
        }
        assert_eq!(recover(&place, &context), None);
    }
    assert_eq!(outcomes.len(), 2, "both were met");
    met
}

fn said(place: &Place, recovered: &Recovered) -> Vec<String> {
    let files = recovered.files.iter();
    files.map(|file| place.relative(file)).collect()
}

/// The files that a recovery has to name: all that the plan had changed, or was to change.
fn expected(
    recovered: &Recovered,
    old: &BTreeMap<String, String>,
    torn: &BTreeMap<String, String>,
) -> Vec<String> {
    let is_finished = recovered.outcome == Outcome::Finished;
    let files = PLANNED.iter();
    let files = files.filter(|(_, file)| is_finished || old.get(*file) != torn.get(*file));
    files.map(|(path, _)| path.to_string()).collect()
}

/// What there is, without what is random in our names.
fn without_names(place: &Place) -> String {
    let shape = format!("{:?}", place.shape());
    let mut parts = shape.split(".golem-rpc-");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| text + &part[16..])
}

#[test]
fn recovery_may_be_killed_at_any_call_too() {
    if let Some(dir) = child::role(RECOVER) {
        let is_torn = JOURNALS.iter().any(|name| dir.join(name).exists());
        if is_torn {
            recover_traced(&dir)
        } else {
            apply_traced(&dir, &small_plan)
        }
        return;
    }
    let after = after(&small_plan);
    let (mut kills, mut seen) = (0, BTreeSet::new());
    for n in 0.. {
        let torn = place();
        let before = torn.state();
        if !trace(torn.child(RECOVER), kill_at(n)).was_killed {
            break;
        }
        // A call that only makes sure of something leaves what the one before it left.
        let leaves_a_journal = JOURNALS.iter().any(|name| torn.path(name).exists());
        if !leaves_a_journal || !seen.insert(without_names(&torn)) {
            continue;
        }
        for m in 0.. {
            let context = format!("killed at call {n}, recovery at {m}");
            let place = torn.copy();
            if !trace(place.child(RECOVER), kill_at(m)).was_killed {
                break;
            }
            kills += 1;
            recover(&place, &context);
            let is_before = place.state() == before;
            assert!(
                is_before || place.shape() == after,
                "{context}: {:#?}",
                place.shape()
            );
        }
    }
    assert!(seen.len() > 20, "only {} states", seen.len());
    assert!(kills > 200, "only {kills} kills");
}
