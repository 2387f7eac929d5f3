//! This test executable, run again as a child that plays one test's other half.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use camino::{Utf8Path, Utf8PathBuf};

use crate::place::Place;

const ROLE: &str = "GOLEM_RPC_TEST_ROLE";

/// The directory to work in, if this process is the child of the test `name`.
pub(crate) fn role(name: &str) -> Option<Utf8PathBuf> {
    let role = std::env::var(ROLE).ok()?;
    Some(role.strip_prefix(name)?.strip_prefix(' ')?.into())
}

/// Makes `command` (a program that runs its arguments, or nothing) run the test `name` as a child
/// that works in `dir`.
pub(crate) fn command(wrapper: &[&str], name: &str, dir: &Utf8Path) -> Command {
    let exe = std::env::current_exe().unwrap();
    let mut command = match wrapper {
        [] => Command::new(exe),
        [program, args @ ..] => {
            let mut command = Command::new(program);
            command.args(args).arg(exe);
            command
        }
    };
    command.args(["--exact", "--nocapture", "--test-threads=1", name]);
    command.env(ROLE, format!("{name} {dir}"));
    command
}

/// Runs the test `name` as a child without root's rights, which permission bits do not bind.
pub(crate) fn as_nobody(place: &Place, name: &str) -> Output {
    let dir = place.path("");
    let mut command = command(&[], name, &dir);
    if fs::metadata(&dir).unwrap().uid() == 0 {
        let own = own(&dir, 65534);
        assert!(own.success(), "only root owns root's files");
        let copy = Place::new(&[]);
        fs::set_permissions(copy.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        let exe = copy.path("test");
        fs::copy(std::env::current_exe().unwrap(), &exe).unwrap();
        let mut other = Command::new(&exe);
        other.args(command.get_args());
        other.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        other.current_dir("/").uid(65534).gid(65534);
        return other.output().unwrap();
    }
    command.output().unwrap()
}

fn own(dir: &Utf8Path, user: u32) -> std::process::ExitStatus {
    Command::new("chown")
        .args(["-R", &format!("{user}:{user}"), dir.as_str()])
        .status()
        .unwrap()
}

/// The child's output, with a panic of the child as ours.
pub(crate) fn passed(output: &Output) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    assert!(
        text(&output.stdout).contains("1 passed"),
        "{}",
        text(&output.stdout)
    );
}
