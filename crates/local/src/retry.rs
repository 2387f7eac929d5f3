//! When a failed invocation is tried again: the engine's policy.

use std::time::Duration;

/// How often one is repeated.
const MAX_ATTEMPTS: u32 = 3;
const MIN_DELAY: Duration = Duration::from_millis(100);
const MAX_DELAY: Duration = Duration::from_secs(1);
const MULTIPLIER: u32 = 3;

/// The failures of a worker since it last got further.
#[derive(Default)]
pub(crate) struct Failures {
    count: u32,
    /// How many entries it had passed when it failed last.
    passed: u64,
}

impl Failures {
    /// So many are in the oplog, which has so many entries to pass.
    pub(crate) fn before(count: u32, passed: u64) -> Failures {
        Failures { count, passed }
    }

    /// Counts one that happened after so many entries; gives the pause before the next attempt, if there
    /// is one.
    pub(crate) fn next(&mut self, passed: u64) -> Option<Duration> {
        if passed > self.passed {
            *self = Failures { count: 0, passed };
        }
        self.count += 1;
        (self.count <= MAX_ATTEMPTS).then(|| {
            let factor = MULTIPLIER.saturating_pow(self.count.saturating_sub(2));
            MIN_DELAY.saturating_mul(factor).min(MAX_DELAY)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_repeated_three_times_until_it_gets_further() {
        let mut failures = Failures::default();
        let pauses = |failures: &mut Failures, passed| {
            let next = |_| failures.next(passed).map(|pause| pause.as_millis());
            (0..4).map(next).collect::<Vec<_>>()
        };
        let expected = [Some(100), Some(100), Some(300), None];
        assert_eq!(pauses(&mut failures, 4), expected);
        assert_eq!(pauses(&mut failures, 5), expected);
        assert_eq!(Failures::before(3, 5).next(5), None);
    }
}
