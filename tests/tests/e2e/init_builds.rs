//! What `init` leaves, builds; and what it refuses because the build would fail, does fail.
//!
//! Random workspaces, which the real cargo and cargo-component build: [`pairs`] of a caller and a target,
//! and [`farms`] of several members with links of all shapes. Dependencies are compiled once, in one
//! target directory. `GOLEM_RPC_FUZZ_SEED` is the first seed, for those who want to see one workspace again
//! or go on from there; with `GOLEM_RPC_FUZZ_MINUTES` workspaces are made until that time is over.
#![allow(
    clippy::print_stdout,
    reason = "a failure shows what was random in the workspace"
)]

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

mod farms;
mod pairs;

/// A small generator (splitmix64).
struct Random(u64);

impl Random {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % below as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.number(of.len())]
    }

    fn is(&mut self) -> bool {
        self.number(2) == 0
    }
}

/// Held while workspaces are built: they have members of the same names, in one target directory.
static TARGET_DIRECTORY: Mutex<()> = Mutex::new(());

/// Looks at the workspaces of so many seeds, or for as long as somebody asks.
fn each_seed(seeds: u64, look_at: impl Fn(u64) -> &'static str) {
    let _alone = TARGET_DIRECTORY
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let first = number("GOLEM_RPC_FUZZ_SEED").unwrap_or(1);
    let minutes = number("GOLEM_RPC_FUZZ_MINUTES").map(|minutes| Duration::from_secs(60 * minutes));
    let start = Instant::now();
    let mut outcomes = BTreeMap::new();
    for seed in first.. {
        let is_over = match minutes {
            Some(minutes) => start.elapsed() >= minutes,
            None => seed >= first + seeds,
        };
        if is_over {
            break;
        }
        println!("seed {seed}");
        *outcomes.entry(look_at(seed)).or_insert(0) += 1;
    }
    println!("{outcomes:?}");
    // a generator that only makes one sort of workspaces tests nothing
    assert!(minutes.is_some() || outcomes.len() > 1, "{outcomes:?}");
}
