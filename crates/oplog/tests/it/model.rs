//! Random histories: after each of them the journal says what a model of it says.
//!
//! With `GOLEM_RPC_FUZZ_MINUTES` those on disk go on until that time is over, from
//! `GOLEM_RPC_FUZZ_SEED` on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use golem_rpc_oplog::{
    Batch, Completion, Entry, Index, Journal, Log, Millis, Promise, Status, WorkerId, WorkerRecord,
};

use crate::dump::BUCKETS;
use crate::places::{Disk, Memory, Place, Volatile};
use crate::random::Dice;

#[derive(Default)]
struct Model {
    workers: BTreeMap<WorkerId, Worker>,
    values: BTreeMap<(String, String), Vec<u8>>,
    blobs: BTreeMap<(String, String), Vec<u8>>,
}

struct Worker {
    record: WorkerRecord,
    entries: Vec<Entry>,
    promises: BTreeMap<Index, Option<Vec<u8>>>,
}

#[test]
fn histories_in_memory() {
    (0..600).for_each(|seed| history(seed, &Memory::default()));
}

#[test]
fn histories_in_volatile_memory() {
    (0..600).for_each(|seed| history(seed, &Volatile::default()));
}

#[test]
fn histories_on_disk() {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let Some(minutes) = number("GOLEM_RPC_FUZZ_MINUTES") else {
        return (0..250).for_each(|seed| history(seed, &Disk::default()));
    };
    let seeds = number("GOLEM_RPC_FUZZ_SEED").unwrap_or(0)..;
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    for seed in seeds.take_while(|_| Instant::now() < end) {
        println!("history {seed}");
        history(seed, &Disk::default());
    }
}

fn history(seed: u64, place: &impl Place) {
    let mut dice = Dice::new(seed);
    let mut model = Model::default();
    let mut journal = place.open();
    for _ in 0..dice.below(120) {
        match dice.below(24) {
            0 => {
                drop(journal);
                journal = place.open();
            }
            1 => journal.wait_durable(journal.appended()).unwrap(),
            2 => model.check(&journal),
            _ => model.step(&mut dice, &journal),
        }
    }
    model.check(&journal);
    drop(journal);
    model.check(&place.open());
}

impl Model {
    fn step(&mut self, dice: &mut Dice, journal: &Journal) {
        match dice.below(12) {
            0 | 1 => self.create(dice, journal),
            2 => self.value(dice, journal),
            3 => self.blob(dice, journal),
            4 => self.delete(dice, journal),
            5 | 6 => self.promise(dice, journal),
            _ => self.entries(dice, journal),
        }
    }

    fn create(&mut self, dice: &mut Dice, journal: &Journal) {
        let mut record = WorkerRecord::new(dice.worker(), dice.any(), dice.any());
        record.wake = dice.flag().then(|| dice.any());
        record.env = vec![(dice.text(), dice.text())];
        let created = journal.create(&record);
        assert_eq!(created.is_err(), self.workers.contains_key(&record.worker));
        let new = Worker {
            record,
            entries: Vec::new(),
            promises: BTreeMap::new(),
        };
        self.workers.entry(new.record.worker.clone()).or_insert(new);
    }

    fn any<'a>(&'a mut self, dice: &mut Dice, journal: &Journal) -> Option<(&'a mut Worker, Log)> {
        let count = self.workers.len() as u64;
        let place = dice.below(count.max(1)) as usize;
        let worker = self.workers.values_mut().nth(place)?;
        let log = journal.log(&worker.record.worker).unwrap().unwrap();
        assert_eq!(log.last(), worker.entries.len() as u64);
        Some((worker, log))
    }

    fn entries(&mut self, dice: &mut Dice, journal: &Journal) {
        let Some((worker, log)) = self.any(dice, journal) else {
            return;
        };
        let mut batch = Batch::default();
        for _ in 0..dice.below(6) {
            let entry = dice.entry();
            batch.entry(&log, &entry);
            worker.entries.push(entry);
        }
        if dice.flag() {
            worker.record.status = [Status::Running, Status::Idle][dice.below(2) as usize];
            worker.record.wake = dice.flag().then(|| dice.below(3));
            batch.worker(&log, &worker.record);
        }
        journal.append(batch).unwrap();
    }

    fn promise(&mut self, dice: &mut Dice, journal: &Journal) {
        let Some((worker, log)) = self.any(dice, journal) else {
            return;
        };
        let (index, data) = (dice.below(4), dice.bytes(20));
        let id = worker.record.worker.clone();
        match dice.below(5) {
            0 => {
                journal
                    .delete_promise(&id, index, Batch::default())
                    .unwrap();
                worker.promises.remove(&index);
            }
            1 | 2 => {
                journal
                    .create_promise(&log, index, Batch::default())
                    .unwrap();
                worker.promises.entry(index).or_default();
            }
            _ => {
                let completed = journal
                    .complete_promise(&id, index, data.clone(), Batch::default())
                    .unwrap();
                match worker.promises.get_mut(&index) {
                    None => assert_eq!(completed, Completion::Unknown),
                    Some(Some(_)) => assert_eq!(completed, Completion::Before),
                    Some(pending) => {
                        assert!(matches!(completed, Completion::Now(_)));
                        *pending = Some(data);
                    }
                }
            }
        }
    }

    fn delete(&mut self, dice: &mut Dice, journal: &Journal) {
        let Some((worker, log)) = self.any(dice, journal) else {
            return;
        };
        let mut batch = Batch::default();
        batch.entry(&log, &dice.entry());
        batch.delete_worker(&log);
        let id = worker.record.worker.clone();
        journal.append(batch).unwrap();
        self.workers.remove(&id);
    }

    fn value(&mut self, dice: &mut Dice, journal: &Journal) {
        let bucket = BUCKETS[dice.below(3) as usize].to_owned();
        let (key, value) = (dice.text(), dice.bytes(3000));
        let mut batch = Batch::default();
        if dice.below(3) > 0 {
            batch.set_value(&bucket, &key, value.clone());
            self.values.insert((bucket, key), value);
        } else {
            batch.delete_value(&bucket, &key);
            self.values.remove(&(bucket, key));
        }
        journal.append(batch).unwrap();
    }

    fn blob(&mut self, dice: &mut Dice, journal: &Journal) {
        let (container, name, bytes) = (dice.text(), dice.text(), dice.bytes(3));
        if dice.below(3) > 0 {
            journal
                .write_blob((&container, &name), &bytes, 1, Batch::default())
                .unwrap();
            self.blobs.insert((container, name), bytes);
        } else {
            let mut batch = Batch::default();
            batch.delete_blob(&container, &name);
            journal.append(batch).unwrap();
            self.blobs.remove(&(container, name));
            journal.sweep().unwrap();
        }
    }

    fn check(&self, journal: &Journal) {
        let records = journal.workers(None, None, usize::MAX).unwrap();
        let expected = self.workers.values().map(|worker| &worker.record);
        assert!(records.iter().eq(expected), "{records:?}");
        self.workers
            .values()
            .for_each(|worker| worker.check(journal));
        let mut wakes: Vec<(WorkerId, Millis)> = journal.wakes().unwrap();
        wakes.sort();
        let records = self.workers.values().map(|worker| &worker.record);
        let expected = records.filter_map(|record| Some((record.worker.clone(), record.wake?)));
        assert!(wakes.into_iter().eq(expected));
        for bucket in BUCKETS {
            let keys = journal.value_keys(bucket).unwrap();
            let own = self.values.keys().filter(|(own, _)| own == bucket);
            assert!(
                keys.iter().eq(own.map(|(_, key)| key)),
                "{keys:?} of {bucket:?}"
            );
        }
        for ((bucket, key), value) in &self.values {
            assert_eq!(journal.value(bucket, key).unwrap().as_ref(), Some(value));
        }
        for ((container, name), bytes) in &self.blobs {
            let info = journal.blob(container, name).unwrap().unwrap();
            assert_eq!(journal.object(&info.hash).unwrap(), *bytes);
        }
    }
}

impl Worker {
    fn check(&self, journal: &Journal) {
        let id = &self.record.worker;
        let log = journal.log(id).unwrap().unwrap();
        let mut read = Vec::new();
        loop {
            let page = journal.read(&log, read.len() as u64 + 1).unwrap();
            if page.is_empty() {
                break;
            }
            read.extend(page.into_iter().map(|(_, entry)| entry));
        }
        assert_eq!(read, self.entries);
        for index in 0..4 {
            let expected = self.promises.get(&index).map(|data| match data.clone() {
                Some(data) => Promise::Completed { data },
                None => Promise::Pending,
            });
            assert_eq!(journal.promise(id, index).unwrap(), expected);
        }
    }
}
