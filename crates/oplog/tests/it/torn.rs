//! Files that are cut off and bytes that are flipped: the last commit or an error, nothing else.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use golem_rpc_oplog::{Batch, DiskStore, Journal, JournalError};
use tempfile::TempDir;

use crate::dump::{BUCKETS, dump};
use crate::journal::record;
use crate::places::scratch;
use crate::random::Dice;

/// A store as a process leaves it that is killed, and what was in it after each commit.
struct Left {
    dir: TempDir,
    dumps: Vec<String>,
}

const FILES: [&str; 4] = ["commits", "committed", "tables.sqlite", "tables.sqlite-wal"];

static LEFT: LazyLock<Left> = LazyLock::new(left);

fn left() -> Left {
    let dir = scratch();
    let (live, copy) = (dir.path().join("live"), dir.path().join("copy"));
    // so that some commits are in the tables, and some are not
    let store = DiskStore::with_fresh(&live, 30_000).unwrap();
    let journal = Journal::open(store).unwrap();
    let mut dice = Dice::new(11);
    let mut dumps = vec![dump(&journal).unwrap()];
    for number in 0..60 {
        commit(&journal, number, &mut dice);
        dumps.push(dump(&journal).unwrap());
    }
    copied(&live, &copy);
    journal.close().unwrap();
    // all of it was used
    assert!(fs::metadata(copy.join("commits")).unwrap().len() > 15_000);
    Left { dir, dumps }
}

fn commit(journal: &Journal, number: u64, dice: &mut Dice) {
    let mut row = record(&format!("w{}", number % 5));
    row.wake = number.is_multiple_of(3).then_some(number);
    let log = journal.log(&row.worker).unwrap();
    let log = log.unwrap_or_else(|| journal.create(&row).unwrap());
    let mut batch = Batch::default();
    (0..3).for_each(|_| batch.entry(&log, &dice.entry()));
    batch.worker(&log, &row);
    let bucket = BUCKETS[number as usize % 3];
    batch.set_value(bucket, &dice.text(), dice.bytes(30));
    match number % 10 {
        7 => drop(
            journal
                .write_blob(("box", &dice.text()), b"blob", 3, batch)
                .unwrap(),
        ),
        8 => drop(journal.create_promise(&log, number % 12, batch).unwrap()),
        _ => drop(journal.append(batch).unwrap()),
    }
    journal.wait_durable(journal.appended()).unwrap();
}

impl Left {
    /// Damages a copy of the store, and gives what is read of it then.
    fn after(&self, damage: impl FnOnce(&Path)) -> Result<String, JournalError> {
        let scratch = scratch();
        let copy = scratch.path().join("damaged");
        copied(&self.dir.path().join("copy"), &copy);
        damage(&copy);
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let journal = Journal::open(DiskStore::open(&copy)?)?;
            dump(&journal)
        }));
        opened.expect("damage is no reason to panic")
    }

    fn last(&self) -> &String {
        self.dumps.last().unwrap()
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("objects")).unwrap();
    let objects = fs::read_dir(from.join("objects")).unwrap();
    let objects = objects.map(|entry| Path::new("objects").join(entry.unwrap().file_name()));
    for file in FILES.map(PathBuf::from).into_iter().chain(objects) {
        fs::copy(from.join(&file), to.join(&file)).unwrap();
    }
}

#[test]
fn a_killed_process_leaves_its_last_commit() {
    let left = &*LEFT;
    assert_eq!(left.after(|_| ()).unwrap(), *left.last());
}

#[test]
fn a_flipped_bit_is_an_error_or_does_not_matter() {
    let left = &*LEFT;
    let (mut errors, mut dice) = (0, Dice::new(5));
    for round in 0..1400 {
        let name = FILES[round % 4];
        let read = left.after(|path| {
            let path = path.join(name);
            let mut bytes = fs::read(&path).unwrap();
            // most pages of the database are mostly empty
            let used = |place: &usize| bytes[*place] != 0 || dice.below(50) == 0;
            let used: Vec<usize> = (0..bytes.len()).filter(used).collect();
            let place = used[dice.below(used.len() as u64) as usize];
            bytes[place] ^= 1 << dice.below(8);
            fs::write(path, bytes).unwrap();
        });
        match read {
            Ok(text) => assert!(text == *left.last(), "round {round}, {name}"),
            Err(error) => {
                errors += 1;
                assert!(
                    error.to_string().contains("damaged") || error.to_string().contains("format"),
                    "{error:?}"
                );
            }
        }
    }
    assert!(errors > 600, "{errors}");
}

#[test]
fn a_file_that_ends_too_early_is_an_error_or_does_not_matter() {
    let left = &*LEFT;
    let mut errors = 0;
    for name in FILES {
        let length = fs::metadata(left.dir.path().join("copy").join(name))
            .unwrap()
            .len();
        for step in 0..150 {
            let read = left.after(|path| {
                let file = fs::File::options()
                    .write(true)
                    .open(path.join(name))
                    .unwrap();
                file.set_len(length * step / 150).unwrap();
            });
            match read {
                Ok(text) => assert!(text == *left.last(), "{name} cut at {step}/150"),
                Err(_) => errors += 1,
            }
        }
    }
    assert!(errors > 200, "{errors}");
}

/// After a power failure the number of the last commit may be an older one, or missing: a commit
/// that is there in part is forgotten, and no other.
#[test]
fn a_commit_that_was_being_written_is_forgotten() {
    let left = &*LEFT;
    let length = fs::metadata(left.dir.path().join("copy/commits"))
        .unwrap()
        .len();
    let mut seen = std::collections::BTreeSet::new();
    for cut in (0..length).step_by(61) {
        let read = left.after(|path| {
            fs::remove_file(path.join("committed")).unwrap();
            let file = fs::File::options()
                .write(true)
                .open(path.join("commits"))
                .unwrap();
            file.set_len(cut).unwrap();
        });
        let text = read.unwrap();
        let commit = left.dumps.iter().position(|dump| *dump == text);
        seen.insert(commit.expect("it is as it was after some commit"));
    }
    assert!(seen.len() > 3, "{seen:?}");
}

#[test]
fn a_damaged_blob_is_an_error() {
    let left = &*LEFT;
    let read = left.after(|path| {
        let mut objects = fs::read_dir(path.join("objects")).unwrap();
        fs::write(objects.next().unwrap().unwrap().path(), "other").unwrap();
    });
    assert!(read.unwrap_err().to_string().contains("another hash"));
}
