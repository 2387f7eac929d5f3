//! How long the commands take on a workspace of pairs.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use camino::Utf8Path;

use super::pairs;
use crate::repository::copy_dir;
use crate::shell::{Shell, status};

const INIT: [&str; 7] = [
    "cargo",
    "golem-rpc",
    "init",
    "--targets",
    "target0",
    "--callers",
    "caller0",
];
const REGENERATE: [&str; 3] = ["cargo", "golem-rpc", "regenerate"];
const FLOW: [&str; 4] = ["cargo", "make", "--disable-check-for-updates", "build-flow"];
const PLAIN: [&str; 3] = ["cargo", "component", "build"];

/// The minimum of each time.
pub(super) struct Times {
    pub(super) members: usize,
    pub(super) init: Duration,
    pub(super) regenerate: Duration,
    pub(super) builds: Option<Builds>,
}

/// Builds with nothing to do.
#[derive(Clone, Copy)]
pub(super) struct Builds {
    pub(super) flow: Duration,
    pub(super) plain: Duration,
}

impl Times {
    pub(super) fn links(&self) -> usize {
        self.members / 2
    }

    pub(super) fn per_link(&self, whole: Duration) -> Duration {
        whole.div_f64(self.links() as f64)
    }
}

/// Measures a workspace of `members` members; with `compile`, its builds too.
pub(super) fn measure(
    programs: &Utf8Path,
    members: usize,
    runs: usize,
    compile: bool,
) -> Result<Times> {
    ensure!(
        members >= 2 && members.is_multiple_of(2),
        "members come in pairs"
    );
    let scratch = tempfile::tempdir()?;
    let scratch = Utf8Path::from_path(scratch.path()).context("a path in UTF-8")?;
    let (fresh, root) = (scratch.join("fresh"), scratch.join("workspace"));
    pairs::write(&fresh, members / 2)?;
    let shell = Shell::new(&root).with_programs(programs);

    status(
        "Measuring",
        &format!("{members} members: init and regenerate, {runs} times"),
    );
    let init = minimum(runs, || {
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        copy_dir(&fresh, &root)?;
        timed(&shell, &INIT)
    })?;
    let last = root.join(format!("target{}-stub/Cargo.toml", members / 2 - 1));
    ensure!(last.is_file(), "init made no `{last}`");
    let regenerate = minimum(runs, || timed(&shell, &REGENERATE))?;
    let builds = if compile {
        Some(measure_builds(&shell, members, runs)?)
    } else {
        None
    };
    Ok(Times {
        members,
        init,
        regenerate,
        builds,
    })
}

/// Both builds in turn, so that whatever else the machine does meets both.
fn measure_builds(shell: &Shell, members: usize, runs: usize) -> Result<Builds> {
    pairs::import_stubs(shell.cwd(), members / 2)?;
    status("Building", &format!("{members} members and their stubs"));
    shell.silent(&FLOW)?;
    shell.silent(&PLAIN)?;
    status(
        "Measuring",
        &format!("{members} members: builds with nothing to do, {runs} times"),
    );
    let (mut flow, mut plain) = (Duration::MAX, Duration::MAX);
    for _ in 0..runs {
        flow = flow.min(timed(shell, &FLOW)?);
        plain = plain.min(timed(shell, &PLAIN)?);
    }
    Ok(Builds { flow, plain })
}

fn minimum(runs: usize, mut run: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut least = run()?;
    for _ in 1..runs {
        least = least.min(run()?);
    }
    Ok(least)
}

fn timed(shell: &Shell, command: &[&str]) -> Result<Duration> {
    let start = Instant::now();
    shell.silent(command)?;
    Ok(start.elapsed())
}
