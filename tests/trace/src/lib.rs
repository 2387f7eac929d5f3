//! For tests: a child process that is stopped before each system call that changes a file, and there
//! goes on, is killed, or is told that the call has failed.
//!
//! [`trace`] follows a test executable in a role: its thread says [`ready`] and is traced from there
//! on. [`trace_program`] follows all threads of any program from its start. Children of the traced
//! process are not followed. Linux on x86-64 only, as registers are read and written.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it is for tests: they start processes, fail by panicking, and their children print"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// A system call that changes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// Of a file that may not exist, or that it empties.
    Open,
    /// Of content, or of a length.
    Write,
    /// A wait for the disk.
    Sync,
    /// Of a file.
    Rename,
    /// Of a file.
    Unlink,
    /// Of one directory.
    MakeDir,
    /// Of an empty directory.
    RemoveDir,
    /// Of either kind.
    Link,
    /// Mode, owner, times.
    Attributes,
}

/// What becomes of a call.
pub enum Fate {
    /// It happens.
    Goes,
    /// The process is killed instead.
    Dies,
    /// The call does nothing and returns this error.
    Fails(Errno),
}

/// A child that has ended.
pub struct Traced {
    /// Its calls, with the one that it was killed at.
    pub calls: Vec<Call>,
    /// Whether it was killed.
    pub was_killed: bool,
    /// What it wrote to standard output after it was ready.
    pub output: String,
}

/// Says that this thread may be traced from here on, and waits until it is.
pub fn ready() {
    let thread = std::fs::read_link("/proc/thread-self").unwrap();
    println!("ready {}", thread.file_name().unwrap().to_str().unwrap());
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// Runs a child in a role to its end, asking `fate` about each call, which it numbers from 0.
pub fn trace(mut command: Command, fate: impl FnMut(usize, Call) -> Fate) -> Traced {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let thread = Pid::from_raw(thread_id(&mut stdout));
    let (calls, was_killed) = attach(&mut child, thread, Options::empty(), fate);
    let mut output = String::new();
    stdout.read_to_string(&mut output).unwrap();
    let status = child.wait().unwrap();
    assert!(was_killed || status.success(), "{output}");
    Traced {
        calls,
        was_killed,
        output,
    }
}

/// In front of a program and its arguments: a shell that becomes the program once it has read a
/// line.
pub const HELD: [&str; 4] = ["sh", "-c", "read -r go && exec \"$@\"", "sh"];

/// Runs a program, whose command begins with [`HELD`], to its end in the same way. What it wrote to
/// standard output and error is in the output, one after the other.
pub fn trace_program(mut command: Command, fate: impl FnMut(usize, Call) -> Fate) -> Traced {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let thread = Pid::from_raw(child.id() as i32);
    let (calls, was_killed) = attach(&mut child, thread, Options::PTRACE_O_TRACECLONE, fate);
    // Whoever traces the main thread of a process has waited for the process.
    let mut output = String::new();
    child.stdout.unwrap().read_to_string(&mut output).unwrap();
    child.stderr.unwrap().read_to_string(&mut output).unwrap();
    Traced {
        calls,
        was_killed,
        output,
    }
}

/// Traces a thread of a child that waits for a line on its standard input.
fn attach(
    child: &mut Child,
    thread: Pid,
    more: Options,
    mut fate: impl FnMut(usize, Call) -> Fate,
) -> (Vec<Call>, bool) {
    ptrace::attach(thread).unwrap();
    waitpid(thread, Some(WaitPidFlag::__WALL)).unwrap();
    let options = Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_TRACEEXEC | more;
    ptrace::setoptions(thread, options).unwrap();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    follow(thread, Pid::from_raw(child.id() as i32), &mut fate)
}

fn thread_id(stdout: &mut impl BufRead) -> i32 {
    loop {
        let mut line = String::new();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "the child died");
        if let Some((_, id)) = line.split_once("ready ") {
            return id.trim().parse().unwrap();
        }
    }
}

/// Follows a thread, and those that it starts if they are traced as well, until it ends.
fn follow(
    thread: Pid,
    process: Pid,
    fate: &mut dyn FnMut(usize, Call) -> Fate,
) -> (Vec<Call>, bool) {
    let mut calls = Vec::new();
    // The errors that calls will return, by thread.
    let mut failures: BTreeMap<Pid, Errno> = BTreeMap::new();
    ptrace::syscall(thread, None).unwrap();
    loop {
        let mut signal = None;
        let stopped = match wait() {
            WaitStatus::Exited(ended, _) if ended == thread => return (calls, false),
            WaitStatus::Exited(..) | WaitStatus::Signaled(..) => continue,
            // That of our attaching, if it comes late: passed on, it would stop the other threads for
            // good. A new thread begins with one as well.
            WaitStatus::Stopped(stopped, Signal::SIGSTOP) => stopped,
            WaitStatus::Stopped(stopped, other) => {
                signal = Some(other);
                stopped
            }
            // It has become another program, or has started a thread.
            WaitStatus::PtraceEvent(stopped, ..) => stopped,
            WaitStatus::PtraceSyscall(stopped) if !is_entry(stopped) => {
                if let Some(errno) = failures.remove(&stopped) {
                    give_back(stopped, errno);
                }
                stopped
            }
            WaitStatus::PtraceSyscall(stopped) => {
                if let Some(call) = call(stopped) {
                    let number = calls.len();
                    calls.push(call);
                    match fate(number, call) {
                        Fate::Goes => {}
                        Fate::Fails(errno) => {
                            skip(stopped);
                            failures.insert(stopped, errno);
                        }
                        Fate::Dies => {
                            kill(process, Signal::SIGKILL).unwrap();
                            while !matches!(wait(), WaitStatus::Signaled(ended, ..) if ended == thread)
                            {
                            }
                            return (calls, true);
                        }
                    }
                }
                stopped
            }
            other => panic!("{other:?}"),
        };
        // A thread that is gone was ended by its process.
        match ptrace::syscall(stopped, signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// What happens next to one of the threads that this thread traces.
fn wait() -> WaitStatus {
    let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
    waitpid(None, Some(flags)).unwrap()
}

fn is_entry(thread: Pid) -> bool {
    ptrace::syscall_info(thread).unwrap().op == libc::PTRACE_SYSCALL_INFO_ENTRY
}

/// Makes the call that is about to happen one that does not exist.
fn skip(thread: Pid) {
    let mut registers = ptrace::getregs(thread).unwrap();
    registers.orig_rax = u64::MAX;
    ptrace::setregs(thread, registers).unwrap();
}

/// Makes the call that has happened return an error.
fn give_back(thread: Pid, errno: Errno) {
    let mut registers = ptrace::getregs(thread).unwrap();
    registers.rax = -i64::from(errno as i32) as u64;
    ptrace::setregs(thread, registers).unwrap();
}

/// The call that is about to happen, if it changes a file.
fn call(thread: Pid) -> Option<Call> {
    let registers = ptrace::getregs(thread).unwrap();
    let creates = |flags: u64| flags as i32 & (libc::O_CREAT | libc::O_TRUNC) != 0;
    // Standard output is not a file here.
    let is_file = registers.rdi > 2;
    Some(match registers.orig_rax as i64 {
        libc::SYS_open if creates(registers.rsi) => Call::Open,
        libc::SYS_openat if creates(registers.rdx) => Call::Open,
        libc::SYS_creat => Call::Open,
        libc::SYS_write | libc::SYS_writev | libc::SYS_pwrite64 if is_file => Call::Write,
        libc::SYS_truncate | libc::SYS_ftruncate | libc::SYS_fallocate => Call::Write,
        libc::SYS_copy_file_range | libc::SYS_sendfile => Call::Write,
        libc::SYS_fsync | libc::SYS_fdatasync | libc::SYS_syncfs => Call::Sync,
        libc::SYS_rename | libc::SYS_renameat | libc::SYS_renameat2 => Call::Rename,
        libc::SYS_unlinkat if registers.rdx as i32 & libc::AT_REMOVEDIR != 0 => Call::RemoveDir,
        libc::SYS_unlink | libc::SYS_unlinkat => Call::Unlink,
        libc::SYS_rmdir => Call::RemoveDir,
        libc::SYS_mkdir | libc::SYS_mkdirat => Call::MakeDir,
        libc::SYS_link | libc::SYS_linkat | libc::SYS_symlink | libc::SYS_symlinkat => Call::Link,
        libc::SYS_chmod | libc::SYS_fchmod | libc::SYS_fchmodat => Call::Attributes,
        libc::SYS_chown | libc::SYS_fchown | libc::SYS_lchown | libc::SYS_fchownat => {
            Call::Attributes
        }
        libc::SYS_utimensat | libc::SYS_setxattr | libc::SYS_fsetxattr => Call::Attributes,
        _ => return None,
    })
}
