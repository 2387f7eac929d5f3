//! What `check` found, in numbers: why it fails.

use golem_rpc_messages::{Check, FindingKind as Kind};

/// The command that fixes what is out of date.
pub(crate) const REGENERATE: &str = "cargo golem-rpc regenerate";
/// The command that also overwrites what was edited by hand.
pub(crate) const OVERWRITE: &str = "cargo golem-rpc regenerate --force";

/// How much was found: why the exit code is not 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    /// What `regenerate` fixes.
    stale: usize,
    /// What only `regenerate --force` fixes.
    edited: usize,
    /// What has to be corrected by hand.
    broken: usize,
    /// How much there should be.
    of: usize,
}

impl Checked {
    pub(crate) fn new(check: &Check) -> Checked {
        let count = |kinds: &[Kind]| {
            let mut kind = check.findings.iter().map(|finding| finding.kind);
            kind.by_ref().filter(|kind| kinds.contains(kind)).count()
        };
        Checked {
            stale: count(&[Kind::Stale, Kind::Missing, Kind::Unneeded]),
            edited: count(&[Kind::Edited]),
            broken: count(&[Kind::Broken]),
            of: check.checked as usize,
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.stale + self.edited + self.broken == 0
    }

    /// What was found, in numbers.
    pub(super) fn message(&self) -> String {
        let things = match self.of {
            1 => "1 generated file or entry is".to_string(),
            of => format!("{of} generated files and entries are"),
        };
        let changed = match self.stale + self.edited {
            0 => None,
            number => Some(format!(
                "{number} of {things} not as `regenerate` would leave {}",
                if self.of == 1 { "it" } else { "them" }
            )),
        };
        let broken = match self.broken {
            0 => None,
            1 => Some("1 problem kept links from being checked".to_string()),
            n => Some(format!("{n} problems kept links from being checked")),
        };
        let both: Vec<String> = changed.into_iter().chain(broken).collect();
        both.join("; ")
    }

    /// The command that fixes most of it.
    pub(super) fn hint(&self) -> String {
        let Checked {
            stale,
            edited,
            broken,
            ..
        } = *self;
        match (broken > 0, stale > 0, edited > 0) {
            (true, _, _) => format!("fix what is broken, then `{REGENERATE}`"),
            (false, _, false) => format!("`{REGENERATE}`"),
            (false, false, true) => format!("`{OVERWRITE}` overwrites what was changed by hand"),
            (false, true, true) => {
                format!("`{OVERWRITE}`, which overwrites what was changed by hand")
            }
        }
    }
}
