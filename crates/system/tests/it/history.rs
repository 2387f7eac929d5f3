//! What git has of files, asked of a real repository.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::CommandSpec;
use golem_rpc_system::history::{History, history};
use golem_rpc_system::{Streams, run};

fn git(dir: &Utf8Path, args: &[&str]) {
    let spec = CommandSpec {
        program: "git".into(),
        args: args.iter().map(ToString::to_string).collect(),
        cwd: dir.to_path_buf(),
        env: Default::default(),
    };
    run(&spec, Streams::Captured).unwrap();
}

#[test]
fn files_in_each_state() {
    let scratch = tempfile::tempdir().unwrap();
    let top = Utf8Path::from_path(scratch.path()).unwrap();
    let top = top.canonicalize_utf8().unwrap();
    let dir = top.join("a member");
    fs::create_dir(&dir).unwrap();
    let names = ["same", "changed", "staged", "é \"q\" *", "ignored", "new"];
    let files: Vec<Utf8PathBuf> = names.iter().map(|name| dir.join(name)).collect();
    let write = |from: usize, to: usize, text: &str| {
        for file in &files[from..to] {
            fs::write(file, text).unwrap();
        }
    };
    write(0, 4, "old\n");
    assert_eq!(history(&dir, &files).unwrap(), History::Missing);

    fs::write(top.join(".gitignore"), "ignored\nhidden/\n").unwrap();
    git(&top, &["init", "-q", "."]);
    git(&top, &["add", "-A"]);
    let name = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org"];
    git(&top, &[&name[..], &["commit", "-qm", "all"]].concat());
    assert_eq!(history(&dir, &files).unwrap(), History::Committed);
    let hidden = dir.join("hidden/deep/file");
    fs::create_dir_all(hidden.parent().unwrap()).unwrap();
    fs::write(&hidden, "only here\n").unwrap();
    let in_ignored = History::Uncommitted(vec![hidden.clone()]);
    assert_eq!(history(&dir, &[hidden]).unwrap(), in_ignored);

    write(1, 6, "new\n");
    git(&top, &["add", "a member/staged"]);
    let mut wanted: Vec<Utf8PathBuf> = [1, 2, 3, 4, 5].map(|at| files[at].clone()).into();
    wanted.sort();
    assert_eq!(history(&dir, &files).unwrap(), History::Uncommitted(wanted));
    // Only what is asked about counts, and a name is no pattern.
    assert_eq!(history(&dir, &files[..1]).unwrap(), History::Committed);
    let one = [files[3].clone()];
    assert_eq!(
        history(&dir, &one).unwrap(),
        History::Uncommitted(one.to_vec())
    );
    assert_eq!(history(&dir, &[]).unwrap(), History::Committed);
}
