//! Revisions of real repositories.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_system::git::{GitError, Repository};

struct Scratch {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Scratch {
    fn new() -> Scratch {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(dir.path().to_path_buf()).unwrap();
        Scratch { _dir: dir, root }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, args: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
        let mut command = Command::new("git");
        command.args(identity).args(args).current_dir(&self.root);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "x"]);
    }
}

#[test]
fn files_are_as_they_were() {
    let scratch = Scratch::new();
    scratch.git(&["init", "--quiet"]);
    scratch.write("a/one.wit", "old\n");
    scratch.write("a/ü b.wit", "\n\n");
    scratch.commit();
    scratch.git(&["tag", "v1"]);
    scratch.write("a/one.wit", "new\n");
    scratch.write("c/two.wit", "two\n");
    scratch.commit();
    scratch.write("a/one.wit", "not committed\n");

    // from a directory below the root as well
    let repository = Repository::around(&scratch.root.join("a")).unwrap();
    assert_eq!(repository.root, scratch.root);
    let old = repository.at("v1").unwrap();
    let read = old.read(|_| true).unwrap();
    assert_eq!(read.text(scratch.root.join("a/one.wit")), Some("old\n"));
    assert_eq!(read.text(scratch.root.join("a/ü b.wit")), Some("\n\n"));
    assert_eq!(read.iter().count(), 2);
    let new = repository.at("HEAD").unwrap();
    assert_eq!(new.paths().count(), 3);
    let read = new.read(|path| path.ends_with("a/one.wit")).unwrap();
    assert_eq!(read.iter().count(), 1);
    assert_eq!(read.text(scratch.root.join("a/one.wit")), Some("new\n"));
}

#[test]
fn links_are_followed_within_the_revision() {
    let scratch = Scratch::new();
    scratch.git(&["init", "--quiet"]);
    scratch.write("idl/common/types.wit", "types\n");
    scratch.write("a/main.wit", "main\n");
    let link = |goal: &str, name: &str| {
        std::os::unix::fs::symlink(goal, scratch.root.join(name)).unwrap();
    };
    link("../idl", "a/deps");
    link("main.wit", "a/same.wit");
    link("../..", "idl/common/round");
    link("/nowhere", "a/lost.wit");
    scratch.commit();
    let repository = Repository::around(&scratch.root).unwrap();
    let read = repository.at("HEAD").unwrap().read(|_| true).unwrap();
    let text = |name: &str| read.text(scratch.root.join(name)).map(str::to_string);
    assert_eq!(text("a/deps/common/types.wit").as_deref(), Some("types\n"));
    assert_eq!(text("a/same.wit").as_deref(), Some("main\n"));
    assert_eq!(text("a/lost.wit"), None);
}

#[test]
fn what_is_not_there_is_said() {
    let scratch = Scratch::new();
    let none = Repository::around(&scratch.root).unwrap_err();
    assert!(matches!(none, GitError::NoRepository { .. }), "{none}");
    scratch.git(&["init", "--quiet"]);
    scratch.commit();
    let repository = Repository::around(&scratch.root).unwrap();
    for revision in ["v1", "--all", "", "HEAD:a"] {
        let error = repository.at(revision).unwrap_err();
        assert!(matches!(error, GitError::NoRevision { .. }), "{error}");
    }
    let nowhere = Utf8Path::new("/nowhere");
    assert!(Repository::around(nowhere).is_err());
}
