//! System calls that fail: a disk that is full, or gone, from any call on, and any single failure.

use nix::errno::Errno;

use crate::workload::{after, place, plan, recover};
use golem_rpc_trace::{Call, Fate, Traced, trace};

/// The test that plays the child.
const APPLY: &str = "kill::a_kill_at_any_call_leaves_all_or_nothing";

/// Applies the plan again and again, with failures that begin one call later each time, until none
/// is left to fail; `check` sees each of them.
fn fail_at_each_call(
    fate: impl Fn(usize, usize, Call) -> Fate,
    check: impl Fn(&crate::place::Place, &Traced, &str, bool),
) {
    let after = after(&plan);
    for n in 0.. {
        let (place, context) = (place(), format!("failing from call {n}"));
        let before = place.state();
        let mut has_failed = false;
        let traced = trace(place.child(APPLY), |number, call| {
            let fate = fate(n, number, call);
            has_failed |= matches!(fate, Fate::Fails(_));
            fate
        });
        if !has_failed {
            assert!(n > 25, "only {n} calls");
            assert!(traced.output.contains("applied"), "{}", traced.output);
            break;
        }
        let context = format!("{context}: {}", traced.output);
        check(&place, &traced, &context, place.state() == before);
        recover(&place, &context);
        let is_before = place.state() == before;
        assert!(
            is_before || place.shape() == after,
            "{context}: {:#?}",
            place.shape()
        );
        let is_applied = traced.output.contains("applied");
        assert!(!(is_applied && is_before), "{context}");
    }
}

/// What makes something new fails; names can still be moved and removed.
#[test]
fn a_disk_that_is_full_from_any_call_on_undoes_at_once() {
    let needs_space = |call| matches!(call, Call::Open | Call::Write | Call::MakeDir | Call::Link);
    fail_at_each_call(
        |n, number, call| match number >= n && needs_space(call) {
            true => Fate::Fails(Errno::ENOSPC),
            false => Fate::Goes,
        },
        |_, traced, context, is_before| {
            // Links are not needed, and so it may be applied.
            let is_applied = traced.output.contains("applied");
            assert!(is_before != is_applied, "{context}");
            assert!(is_applied || context.contains("No space left"), "{context}");
        },
    );
}

/// Whatever changes a file fails, undoing included; the next process finds the disk well again.
#[test]
fn a_disk_that_fails_from_any_call_on_is_put_right_by_the_next_command() {
    fail_at_each_call(
        |n, number, _| match number >= n {
            true => Fate::Fails(Errno::EROFS),
            false => Fate::Goes,
        },
        |_, traced, context, is_before| {
            assert!(
                !is_before || !traced.output.contains("applied"),
                "{context}"
            );
        },
    );
}

#[test]
fn a_single_failure_at_any_call_is_undone_or_of_no_matter() {
    fail_at_each_call(
        |n, number, _| match number == n {
            true => Fate::Fails(Errno::EIO),
            false => Fate::Goes,
        },
        |place, traced, context, is_before| {
            let is_applied = traced.output.contains("applied");
            let says_so = context.contains("temporary files remain");
            assert!(
                is_before || is_applied || says_so,
                "{context}: {:#?}",
                place.shape()
            );
        },
    );
}
