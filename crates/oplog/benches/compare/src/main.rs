//! SQLite, redb and fjall under the load of a journal: commits of 1, 16 and 256 entries of 70 bytes by
//! 64 workers, each commit with one row of a worker; then what is left after SIGKILL in the middle,
//! and after single flipped bits. The rate of `fdatasync` of the same moment stands beside.

mod engines;
mod journal;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use engines::{Engine, OPEN};

pub type Key = [u8; 16];

fn key(worker: u64, index: u64) -> Key {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&worker.to_be_bytes());
    key[8..].copy_from_slice(&index.to_be_bytes());
    key
}

fn value(index: u64) -> Vec<u8> {
    let mut seed = index.wrapping_add(1);
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as u8
    };
    let text = b"shop:cart/api.{add-item}".iter().copied();
    text.chain((0..46).map(|_| random())).collect()
}

/// The `number`th commit of `group` entries: (table 0: a worker's row, table 1: entries).
fn group(number: u64, size: u64) -> Vec<(bool, Key, Vec<u8>)> {
    let first = number * size;
    let entry = |index| (true, key(index % 64, index), value(index));
    let row = (
        false,
        key(first % 64, 0),
        [value(first), value(first)].concat(),
    );
    (first..first + size).map(entry).chain([row]).collect()
}

fn main() {
    let args: Vec<String> = env::args().collect();
    match args.get(1).map(String::as_str) {
        Some("journal") => journal::run(),
        Some("child") => child(&args[2], Path::new(&args[3])),
        Some("rates") => rates(&|_| true),
        Some(only) => all(&|name| name == only),
        None => all(&|_| true),
    }
}

fn all(wanted: &dyn Fn(&str) -> bool) {
    rates(wanted);
    let dir = tempfile::tempdir_in(env::current_dir().unwrap()).unwrap();
    for (name, open) in OPEN.iter().filter(|(name, _)| wanted(name)) {
        killed(name, *open, &dir.path().join(format!("{name}-killed")));
        flipped(name, *open, &dir.path().join(format!("{name}-flipped")));
    }
}

fn rates(wanted: &dyn Fn(&str) -> bool) {
    let dir = tempfile::tempdir_in(env::current_dir().unwrap()).unwrap();
    for (name, open) in OPEN.iter().filter(|(name, _)| wanted(name)) {
        for size in [1, 16, 256] {
            let path = dir.path().join(format!("{name}-{size}"));
            print!("fdatasync {:.0}/s; ", syncs(&dir.path().join("sync")));
            rate(name, *open, &path, size);
        }
    }
}

pub fn syncs(path: &Path) -> f64 {
    let mut file = fs::File::create(path).unwrap();
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(1) {
        file.write_all(&[count as u8; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn rate(name: &str, open: fn(&Path) -> Box<dyn Engine>, path: &Path, size: u64) {
    let engine = open(path);
    let start = Instant::now();
    let mut commits = 0;
    while start.elapsed() < Duration::from_secs(2) {
        engine.commit(&group(commits, size)).unwrap();
        commits += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    let entries = commits * size;
    drop(engine);
    let bytes: u64 = files(path).iter().map(|file| disk(file)).sum();
    let start = Instant::now();
    let engine = open(path);
    let opened = start.elapsed();
    let start = Instant::now();
    let read = engine.read().unwrap().len();
    let reading = read as f64 / start.elapsed().as_secs_f64();
    println!(
        "{name} by {size}: {:.0} commits/s, {:.0} entries/s, {} bytes an entry, opens in {opened:.1?}, reads {reading:.0} rows/s",
        commits as f64 / seconds,
        entries as f64 / seconds,
        bytes / entries,
    );
}

/// What a file takes of the disk.
pub fn disk(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().blocks() * 512
}

pub fn files(path: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path))
        } else {
            all.push(path)
        }
    }
    all.sort();
    all
}

/// Commits for ever, and says how far it is.
fn child(name: &str, path: &Path) {
    let open = OPEN.iter().find(|(known, _)| *known == name).unwrap().1;
    let engine = open(path);
    let mut number = 0;
    loop {
        engine.commit(&group(number, 16)).unwrap();
        println!("{number}");
        number += 1;
    }
}

fn killed(name: &str, open: fn(&Path) -> Box<dyn Engine>, path: &Path) {
    let (mut lost, mut opened) = (0, Duration::ZERO);
    for round in 0..20 {
        let path = path.join(round.to_string());
        fs::create_dir_all(&path).unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["child", name])
            .arg(&path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut last = lines.by_ref().nth(50 + 37 * round).unwrap().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        for line in lines {
            last = line.unwrap();
        }
        let acknowledged = (last.parse::<u64>().unwrap() + 1) * 16;
        let start = Instant::now();
        let engine = open(&path);
        opened = opened.max(start.elapsed());
        let kept = engine.read().unwrap().len() as u64;
        lost += u64::from(kept < acknowledged || kept % 16 != 0);
    }
    println!("{name} killed 20 times: {lost} with something lost, opens in {opened:.1?} at most");
}

/// Flips one bit at a time in a store that was closed, and in one that was not.
fn flipped(name: &str, open: fn(&Path) -> Box<dyn Engine>, path: &Path) {
    std::panic::set_hook(Box::new(|_| {}));
    for clean in [true, false] {
        let source = path.join(if clean { "clean" } else { "open" });
        let engine = open(&source);
        (0..100).for_each(|number| engine.commit(&group(number, 16)).unwrap());
        let whole = engine.read().unwrap();
        let copy = path.join("copy");
        if clean {
            drop(engine);
        } else {
            copied(&source, &path.join("snapshot"));
            drop(engine);
            fs::remove_dir_all(&source).unwrap();
            fs::rename(path.join("snapshot"), &source).unwrap();
        }
        let mut outcomes = BTreeMap::new();
        for round in 0..200 {
            let _ = fs::remove_dir_all(&copy);
            copied(&source, &copy);
            flip(&copy, round);
            let outcome = catch_unwind(AssertUnwindSafe(|| look(open, &copy, &whole)));
            *outcomes.entry(outcome.unwrap_or("panic")).or_insert(0) += 1;
        }
        println!("{name} flipped, closed before: {clean}: {outcomes:?}");
    }
    let _ = std::panic::take_hook();
}

fn look(open: fn(&Path) -> Box<dyn Engine>, path: &Path, whole: &[(Key, Vec<u8>)]) -> &'static str {
    let Ok(rows) = open(path).read() else {
        return "error";
    };
    match rows == whole {
        true => "all there",
        false if rows.iter().all(|row| whole.contains(row)) => "rows missing, silently",
        false => "wrong rows, silently",
    }
}

fn copied(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

/// Flips a bit of a byte that is not zero, so that it is in use.
fn flip(path: &Path, round: usize) {
    let all: Vec<_> = files(path)
        .iter()
        .map(|file| (file.clone(), fs::read(file).unwrap()))
        .collect();
    let used: Vec<_> = all
        .iter()
        .enumerate()
        .flat_map(|(file, (_, bytes))| {
            let used = bytes.iter().enumerate().filter(|(_, byte)| **byte != 0);
            used.map(move |(place, _)| (file, place))
        })
        .collect();
    let (file, place) = used[round * 7919 % used.len()];
    let (path, mut bytes) = all[file].clone();
    bytes[place] ^= 1 << (round % 8);
    fs::write(path, bytes).unwrap();
}
