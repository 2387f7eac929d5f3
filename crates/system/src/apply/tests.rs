//! Interruptions and failures at every single step of a plan, which needs the seam that the public
//! function hides: the question "was there a signal?" is asked before each step.

use std::collections::BTreeMap;

use super::*;
use golem_rpc_plan::Snapshot;

/// A directory with some files, and everything that can be seen of it.
struct Place {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::try_from(dir.path().to_path_buf()).unwrap();
        for (path, content) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Place { _dir: dir, root }
    }

    /// Path → inode, mode, modification time and content; directories too.
    fn state(&self) -> BTreeMap<Utf8PathBuf, String> {
        let mut state = BTreeMap::new();
        let mut dirs = vec![self.root.clone()];
        while let Some(dir) = dirs.pop() {
            for entry in dir.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                let metadata = fs::symlink_metadata(&path).unwrap();
                if metadata.is_dir() {
                    state.insert(path.clone(), "directory".to_string());
                    dirs.push(path);
                } else {
                    let content = fs::read(&path).unwrap();
                    let facts = (
                        metadata.ino(),
                        metadata.mode(),
                        metadata.modified().unwrap(),
                    );
                    state.insert(path, format!("{facts:?} {content:?}"));
                }
            }
        }
        state
    }

    fn root_if(&self, journaled: bool) -> Option<&Utf8Path> {
        journaled.then_some(&*self.root)
    }

    fn read(&self) -> Snapshot {
        read::tree(&self.root, |_| true).unwrap()
    }
}

/// Creates in new directories, changes, and removes the only file of a directory.
fn plan(place: &Place) -> Plan {
    let disk = place.read();
    let mut plan = Plan::new();
    plan.write(&disk, &place.root.join("a.toml"), "new a\r\n");
    plan.write(&disk, &place.root.join("b/new/one"), "1");
    plan.write(&disk, &place.root.join("b/new/two/three"), "3");
    plan.remove(&disk, &place.root.join("c/old/only"));
    plan.write(&disk, &place.root.join("z.toml"), "new z");
    plan
}

fn place() -> Place {
    Place::new(&[
        ("a.toml", "old a\r\n"),
        ("c/old/only", "removed"),
        ("z.toml", "old z"),
    ])
}

#[test]
fn an_interruption_before_any_step_leaves_everything_as_it_was() {
    for journaled in [false, true] {
        interrupt_before_each_step(journaled);
    }
}

fn interrupt_before_each_step(journaled: bool) {
    let mut steps = 0;
    loop {
        let place = place();
        let (plan, before) = (plan(&place), place.state());
        let mut asked = 0;
        let result = carry_out(&plan, place.root_if(journaled), &mut || {
            asked += 1;
            asked > steps
        });
        match result {
            Err(ApplyError::Interrupted) => assert_eq!(place.state(), before, "step {steps}"),
            Ok(applied) => {
                assert_eq!(applied.removed, [place.root.join("c/old/only")]);
                break;
            }
            Err(error) => panic!("step {steps}: {error}"),
        }
        steps += 1;
    }
    assert_eq!(
        steps, 11,
        "five files staged, five committed, and once at the end"
    );
}

#[test]
fn a_file_that_moves_on_while_others_are_written_is_kept_and_the_others_restored() {
    for journaled in [false, true] {
        one_file_moves_on(journaled);
    }
}

fn one_file_moves_on(journaled: bool) {
    let place = place();
    let (plan, mut before) = (plan(&place), place.state());
    let last = place.root.join("z.toml");
    let mut asked = 0;
    let result = carry_out(&plan, place.root_if(journaled), &mut || {
        asked += 1;
        // Everything is staged and all but the last file is written.
        if asked == 10 {
            fs::write(&last, "the user's own").unwrap();
        }
        false
    });
    let Err(ApplyError::MovedOn { files }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(files, [MovedOn::Changed(last.clone())]);
    let mut after = place.state();
    assert!(
        after
            .remove(&last)
            .unwrap()
            .contains(&format!("{:?}", b"the user's own"))
    );
    before.remove(&last);
    assert_eq!(after, before);
}

#[test]
fn what_cannot_be_put_back_is_named_with_its_state() {
    for journaled in [false, true] {
        name_what_cannot_be_put_back(journaled);
    }
}

fn name_what_cannot_be_put_back(journaled: bool) {
    let place = place();
    let plan = plan(&place);
    let root = place.root.clone();
    let mut asked = 0;
    let result = carry_out(&plan, place.root_if(journaled), &mut || {
        asked += 1;
        if asked < 11 {
            return false;
        }
        // Somebody removes what was kept aside, and puts a file into a new directory.
        for dir in [root.clone(), root.join("c/old")] {
            for entry in dir.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                if path.extension() == Some("tmp") {
                    fs::remove_file(path).unwrap();
                }
            }
        }
        fs::write(root.join("b/new/mine"), "").unwrap();
        true
    });
    let Err(ApplyError::NotRestored { cause, left }) = result else {
        panic!("{result:?}");
    };
    assert!(matches!(*cause, ApplyError::Interrupted));
    let mut named: Vec<_> = left
        .iter()
        .map(|left| {
            (
                left.path.strip_prefix(&place.root).unwrap().as_str(),
                &left.state,
            )
        })
        .collect();
    named.sort_by_key(|(path, _)| *path);
    let paths: Vec<_> = named.iter().map(|(path, _)| *path).collect();
    assert_eq!(paths, ["a.toml", "b", "b/new", "c/old/only", "z.toml"]);
    assert!(matches!(named[0].1, FileState::Changed { .. }));
    assert_eq!(*named[1].1, FileState::CreatedDirectory);
    assert!(matches!(named[3].1, FileState::Missing { .. }));
    assert_eq!(
        fs::read_to_string(place.root.join("a.toml")).unwrap(),
        "new a\r\n"
    );
}

#[test]
fn two_paths_to_one_new_file_are_one_file() {
    let place = Place::new(&[("shared/seen", "")]);
    std::os::unix::fs::symlink("shared", place.root.join("linked")).unwrap();
    let disk = place.read();
    let mut plan = Plan::new();
    plan.write(&disk, &place.root.join("linked/new"), "same");
    plan.write(&disk, &place.root.join("shared/new"), "same");
    apply(&plan).unwrap();
    assert_eq!(
        fs::read_to_string(place.root.join("shared/new")).unwrap(),
        "same"
    );

    let mut plan = Plan::new();
    plan.write(&disk, &place.root.join("linked/other"), "one");
    plan.write(&disk, &place.root.join("shared/other"), "another");
    let result = apply(&plan);
    assert!(
        matches!(result, Err(ApplyError::MovedOn { .. })),
        "{result:?}"
    );
    assert!(!place.root.join("shared/other").exists());
}
