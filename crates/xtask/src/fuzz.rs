//! Looking for mistakes with made-up input, for as long as one likes.
//!
//! - random worlds: a test of `stub-wasm`, which goes on for `GOLEM_RPC_FUZZ_MINUTES`
//! - random workspaces: a test that `init`s and builds them, in the same way
//! - random histories of workers: a test of `oplog`, which breaks off and reopens its store, likewise
//! - `wit_stub`, `wit_value`, `oplog_entry`, `oplog_rows`: targets for cargo-fuzz in `fuzz/`, where it and nightly are installed
//!
//! The targets begin with what is in `fuzz/corpus` and with the worlds of the fixtures, and put what
//! they find below `fuzz/target`, so that nothing in git changes by itself.

use std::fs;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::repository;
use crate::shell::{Shell, status};

/// The fuzz targets, and what tells libFuzzer of their input.
const TARGETS: [(&str, &[&str]); 4] = [
    ("wit_stub", &["-dict=fuzz/wit.dict", "-max_len=16384"]),
    // from the start any length: what is absurdly long is to be tried, too
    ("wit_value", &["-max_len=4096", "-len_control=0"]),
    ("oplog_entry", &["-max_len=1024"]),
    ("oplog_rows", &["-max_len=4096"]),
];

/// Tests that go on for `GOLEM_RPC_FUZZ_MINUTES`: what is random in them, the test binary and the test.
const RANDOM_TESTS: [(&str, (&str, &str)); 4] = [
    ("random worlds", ("it", "worlds_of_wit_smith")),
    ("random histories", ("it", "histories_on_disk")),
    (
        "random pairs of members",
        ("e2e", "what_init_leaves_builds"),
    ),
    (
        "random workspaces",
        ("e2e", "what_init_leaves_of_many_links_builds"),
    ),
];

/// How long one input may take, and how much memory.
const LIMITS: [&str; 2] = ["-timeout=30", "-rss_limit_mb=2048"];

/// What the targets need beside this checkout: how to see whether it is there, and to install it.
const TOOLS: [(&str, &[&str], &str); 2] = [
    (
        "the nightly toolchain",
        &["cargo", "+nightly", "--version"],
        "rustup toolchain install nightly",
    ),
    (
        "cargo-fuzz",
        &["cargo", "fuzz", "--version"],
        "cargo install --locked cargo-fuzz --version 0.13.2",
    ),
];

#[derive(Args)]
pub(crate) struct FuzzArgs {
    /// How long to look, all parts together
    #[arg(long, default_value_t = 10, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// Begin with this seed; without it, each run has another one
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

/// Runs all parts that can be run, and says what was wrong in them.
pub(crate) fn run(args: &FuzzArgs) -> Result<()> {
    let shell = Shell::new(repository::root());
    let seed = args.seed.unwrap_or_else(new_seed);
    status("Beginning", &format!("with --seed {seed}"));
    let targets: &[_] = if missing_tools(&shell) { &[] } else { &TARGETS };
    let shares = Shares::of(args.minutes, targets.len() as u64);
    let mut failed = Vec::new();
    for random in RANDOM_TESTS {
        if let Err(error) = random_test(&shell, random, shares.tests, seed) {
            failed.push(format!("{}: {error}", random.0));
        }
    }
    for (name, flags) in targets {
        if let Err(error) = target(&shell, name, flags, shares.target, seed) {
            failed.push(format!("{name}: {error}"));
        }
    }
    if !failed.is_empty() {
        bail!("with --seed {seed}:\n{}", failed.join("\n"));
    }
    status("Passed", "no mistake was found");
    Ok(())
}

fn new_seed() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since_1970.map_or(0, |time| time.as_secs())
}

/// Says what the targets lack.
fn missing_tools(shell: &Shell) -> bool {
    let missing = TOOLS
        .iter()
        .filter(|(_, probe, _)| shell.silent(probe).is_err());
    let missing: Vec<_> = missing.collect();
    for (tool, _, install) in &missing {
        let names = TARGETS.map(|(name, _)| name).join(", ");
        status(
            "Skipping",
            &format!("{names}: no {tool}; install it with `{install}`"),
        );
    }
    !missing.is_empty()
}

/// How long each part runs.
#[derive(Debug, PartialEq)]
struct Shares {
    /// The random tests count whole minutes, at least one each.
    tests: u64,
    target: Duration,
}

impl Shares {
    fn of(minutes: u64, targets: u64) -> Self {
        let random = RANDOM_TESTS.len() as u64;
        let tests = minutes.div_ceil(random + targets).max(1);
        let left = Duration::from_secs(60 * minutes.saturating_sub(random * tests));
        let target = match targets {
            0 => Duration::ZERO,
            // libFuzzer takes 0 for without end
            _ => (left / targets as u32).max(Duration::from_secs(20)),
        };
        Self { tests, target }
    }
}

fn random_test(
    shell: &Shell,
    (what, test): (&str, (&str, &str)),
    minutes: u64,
    seed: u64,
) -> Result<()> {
    status("Running", &format!("{what} for {minutes} min"));
    shell.run(&[
        "env",
        &format!("GOLEM_RPC_FUZZ_MINUTES={minutes}"),
        &format!("GOLEM_RPC_FUZZ_SEED={seed}"),
        "cargo",
        "test",
        // all packages: one alone would have wasmtime compiled once more, with fewer features
        "--workspace",
        "--test",
        test.0,
        test.1,
        "--",
        "--nocapture",
    ])
}

fn target(shell: &Shell, name: &str, flags: &[&str], time: Duration, seed: u64) -> Result<()> {
    status("Running", &format!("{name} for {} s", time.as_secs()));
    let fuzz = Utf8Path::new("fuzz");
    let found = fuzz.join("target/found").join(name);
    let known = fuzz.join("corpus").join(name);
    fs::create_dir_all(repository::root().join(&found))?;
    let mut command = vec![
        "cargo",
        "+nightly",
        "fuzz",
        "run",
        "--sanitizer",
        "none",
        name,
    ];
    command.extend([found.as_str(), known.as_str()]);
    let seeds = fuzz.join("target/worlds");
    if name == "wit_stub" {
        write_worlds(&repository::root().join(&seeds))?;
        command.push(seeds.as_str());
    }
    let time = format!("-max_total_time={}", time.as_secs());
    // libFuzzer's seed has 32 bits, and 0 is none
    let seed = format!("-seed={}", seed as u32 | 1);
    command.extend(["--", &time, &seed]);
    command.extend(LIMITS);
    command.extend(flags);
    shell.run(&command)
}

/// Writes the worlds of the fixtures, each as one text: see `fuzz/src/wit_stub.rs`.
fn write_worlds(to: &Utf8Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let worlds = repository::root().join("fixtures/worlds");
    for world in worlds.read_dir_utf8().with_context(|| worlds.to_string())? {
        let world = world?;
        let mut files = Vec::new();
        collect(world.path(), &mut files)?;
        let read = |file: &Utf8PathBuf| {
            let path = file.strip_prefix(world.path())?.to_string();
            Ok((path, fs::read_to_string(file)?))
        };
        let files: Vec<_> = files.iter().map(read).collect::<Result<_>>()?;
        fs::write(to.join(world.file_name()), joined(&files))?;
    }
    Ok(())
}

/// All WIT files below a directory, in the order of their paths.
fn collect(dir: &Utf8Path, files: &mut Vec<Utf8PathBuf>) -> Result<()> {
    let entries = dir.read_dir_utf8().with_context(|| dir.to_string())?;
    let mut paths: Vec<_> = entries
        .map(|entry| entry.map(|entry| entry.into_path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => collect(&path, files)?,
            false if path.extension() == Some("wit") => files.push(path),
            false => {}
        }
    }
    Ok(())
}

/// Files as one text, each after its path.
fn joined(files: &[(String, String)]) -> String {
    let file = |(path, text): &(String, String)| {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        format!("//: {path}\n{text}{end}")
    };
    files.iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_shared() {
        let shares = |minutes, targets| {
            let shares = Shares::of(minutes, targets);
            (shares.tests, shares.target.as_secs())
        };
        assert_eq!(shares(30, 2), (5, 300));
        assert_eq!(shares(10, 2), (2, 60));
        assert_eq!(shares(10, 0), (3, 0));
        assert_eq!(shares(1, 2), (1, 20));
    }

    #[test]
    fn a_world_is_one_text() {
        let files = [
            ("deps/a.wit".to_owned(), "package a:a;".to_owned()),
            ("main.wit".to_owned(), "package b:b;\n".to_owned()),
        ];
        let expected = "//: deps/a.wit\npackage a:a;\n//: main.wit\npackage b:b;\n";
        assert_eq!(joined(&files), expected);
    }
}
