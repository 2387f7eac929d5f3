//! Files that cannot be written.
//!
//! The tests have to work for root, in a container without further rights, and for anybody else.
//! Root's right to write what is read-only is a capability, which a command can be run without;
//! a file that cannot be written to its end is a matter of a limit that every process may set.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_tests::{Invocation, Run, Tree, Workspace, copy_dir};

use super::INIT;

/// `cargo golem-rpc init` of the shopping cart by somebody who has to respect permissions.
fn init_respecting_permissions(cart: &Workspace) -> Run {
    let command = [&["cargo", "golem-rpc"], &INIT[..]].concat();
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let run = match root {
        true => {
            let caps = ["--bounding-set", "-dac_override,-dac_read_search"];
            let args = [&caps[..], &["--"], &command].concat();
            cart.command("setpriv", &args)
        }
        false => cart.command(command[0], &command[1..]),
    };
    run.run()
}

fn set_mode(path: &Utf8Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_read_only_directory() {
    let cart = Workspace::cart();
    let dir = cart.path("shopping-cart/wit");
    set_mode(&dir, 0o555);
    let before = cart.tree();
    let run = init_respecting_permissions(&cart);
    set_mode(&dir, 0o755);
    run.refusal(1, &["shopping-cart/wit"]);
    cart.tree().assert_same_as(&before);
}

#[test]
fn a_read_only_file() {
    let cart = Workspace::cart();
    let file = cart.path("shopping-cart/Cargo.toml");
    set_mode(&file, 0o444);
    let before = cart.tree();
    init_respecting_permissions(&cart).refusal(1, &["shopping-cart/Cargo.toml"]);
    cart.tree().assert_same_as(&before);
}

#[test]
fn a_file_that_cannot_be_read() {
    let cart = Workspace::cart();
    let file = cart.path("purchase-history/wit/purchase-history.wit");
    set_mode(&file, 0o000);
    init_respecting_permissions(&cart).failure(1, &["purchase-history.wit"]);
    assert!(!cart.path("purchase-history-stub").exists());
}

/// No file may get longer than four kilobytes: the write of a longer one fails in its middle. What is
/// written down about the plan itself is shorter.
#[test]
fn a_file_that_cannot_be_written_to_its_end() {
    let cart = Workspace::cart();
    let before = cart.tree();
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec cargo golem-rpc {}",
        INIT.join(" ")
    );
    let run = cart.command("sh", &["-c", &script]).run();
    run.refusal(1, &["Makefile.toml"]);
    cart.tree().assert_same_as(&before);
}

/// Where a file system of our own may be mounted, it is one that fills up; elsewhere the limit of
/// the test above has to do.
#[test]
fn a_full_disk() {
    let cart = Workspace::cart();
    let Some(disk) = SmallDisk::mount(&cart.outside("disk")) else {
        return a_file_that_cannot_be_written_to_its_end();
    };
    for free in [8, 24, 40] {
        let root = disk.0.join(format!("free-{free}"));
        copy_dir(cart.root(), &root);
        let ballast = disk.fill_but(free);
        let before = Tree::read(&root);
        let args = [&["golem-rpc"], &INIT[..]].concat();
        Invocation::new("cargo", &args, &root)
            .run()
            .refusal(1, &["No space left on device"]);
        Tree::read(&root).assert_same_as(&before);
        fs::remove_file(ballast).unwrap();
    }
}

/// A file system of one megabyte, unmounted at the end.
struct SmallDisk(Utf8PathBuf);

impl SmallDisk {
    fn mount(dir: &Utf8Path) -> Option<SmallDisk> {
        fs::create_dir(dir).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs", dir.as_str()]);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then(|| SmallDisk(dir.to_path_buf()))
    }

    /// Fills the disk but for so many kilobytes.
    fn fill_but(&self, kilobytes: usize) -> Utf8PathBuf {
        let ballast = self.0.join("ballast");
        let mut size = 1024 * 1024;
        while fs::write(&ballast, vec![0; size]).is_err() {
            size -= 4096;
        }
        fs::write(&ballast, vec![0; size - kilobytes * 1024]).unwrap();
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let status = Command::new("umount").arg(&self.0).status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "{} is still mounted",
            self.0
        );
    }
}
