//! Work on several threads.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// Calls `work` with 0, 1, 2, … below `end` on as many threads as there are processors, and gives its
/// results in order. After a panic nothing new is started, and the panic goes on.
pub(crate) fn each<T: Send>(end: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (results, panic) = (Mutex::new(Vec::new()), Mutex::new(None));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let run = || {
        while !failed.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= end {
                return;
            }
            match catch_unwind(AssertUnwindSafe(|| work(place))) {
                Ok(result) => results.lock().unwrap().push((place, result)),
                Err(payload) => {
                    failed.store(true, Ordering::Relaxed);
                    *panic.lock().unwrap() = Some(payload);
                }
            }
        }
    };
    thread::scope(|scope| {
        (0..threads).for_each(|_| {
            scope.spawn(run);
        });
    });
    if let Some(payload) = panic.into_inner().unwrap() {
        resume_unwind(payload);
    }
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}
