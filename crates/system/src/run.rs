//! A command as data → a finished child process.
//!
//! A child shares our terminal and process group: Ctrl-C ends it as it ends us. Where only we get the
//! signal, the child is killed after a moment.

use std::io::{self, ErrorKind, PipeWriter, Write};
use std::process::{ExitStatus, Output};
use std::thread;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use duct::Handle;
use golem_rpc_plan::{Class, CommandSpec};

use crate::interrupt;

/// How often a running child's parent looks whether it was interrupted.
const POLL: Duration = Duration::from_millis(20);
/// How long an interrupted child may take to end by itself.
const GRACE: Duration = Duration::from_millis(50);

/// Where a child's output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// To where ours goes.
    Inherited,
    /// Standard output is captured; standard error goes where ours goes.
    StdoutCaptured,
    /// Both are captured.
    Captured,
}

/// The output of a command that succeeded; empty where it was not captured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// A command that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such program.
    #[error("there is no program `{program}` to run `{command}`")]
    NotFound {
        /// The program.
        program: String,
        /// The command as typed.
        command: String,
    },
    /// The command could not be started, or its output not be read.
    #[error("could not run `{command}` in `{cwd}`")]
    Io {
        /// The command as typed.
        command: String,
        /// The directory that it was to run in.
        cwd: Utf8PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The command ran and failed.
    #[error("`{command}` failed in `{cwd}` ({status}){}", indented(stderr))]
    Failed {
        /// The command as typed.
        command: String,
        /// The directory that it ran in.
        cwd: Utf8PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote to standard error, if that was captured.
        stderr: Option<String>,
    },
    /// A signal arrived before or while the command ran.
    #[error("`{command}` was interrupted")]
    Interrupted {
        /// The command as typed.
        command: String,
    },
}

impl RunError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            RunError::Interrupted { .. } => Class::Interrupted,
            _ => Class::Failed,
        }
    }
}

/// Runs a command to its end; standard input is inherited.
pub fn run(spec: &CommandSpec, streams: Streams) -> Result<Finished, RunError> {
    carry_out(spec, streams, None, None)
}

/// Runs a command to its end, with `input` as its standard input; its output is captured.
pub fn run_fed(spec: &CommandSpec, input: Vec<u8>) -> Result<Finished, RunError> {
    carry_out(spec, Streams::Captured, Some(input), None)
}

/// Runs a command to its end and captures its standard output; what it writes to standard error goes
/// to `stderr` as it comes.
pub(crate) fn run_watched(
    spec: &CommandSpec,
    mut stderr: Box<dyn Write + Send>,
) -> Result<Finished, RunError> {
    let (mut from, to) = io::pipe().map_err(|source| io_error(spec, source))?;
    let copying = thread::spawn(move || io::copy(&mut from, &mut stderr));
    let finished = carry_out(spec, Streams::StdoutCaptured, None, Some(to));
    // A child of a child that was killed may hold the pipe open.
    if !matches!(finished, Err(RunError::Interrupted { .. })) {
        // Nobody is left who could be told that what a command said is lost.
        drop(copying.join());
    }
    finished
}

fn carry_out(
    spec: &CommandSpec,
    streams: Streams,
    input: Option<Vec<u8>>,
    stderr: Option<PipeWriter>,
) -> Result<Finished, RunError> {
    if interrupt::was_interrupted() {
        return Err(interrupted(spec));
    }
    let mut command = duct::cmd(&spec.program, &spec.args)
        .dir(&spec.cwd)
        .unchecked();
    if let Some(input) = input {
        command = command.stdin_bytes(input);
    }
    if let Some(stderr) = stderr {
        command = command.stderr_file(stderr);
    }
    for (name, value) in &spec.env {
        command = command.env(name, value);
    }
    if streams != Streams::Inherited {
        command = command.stdout_capture();
    }
    if streams == Streams::Captured {
        command = command.stderr_capture();
    }
    let handle = command
        .start()
        .map_err(|source| not_started(spec, source))?;
    let output = wait(&handle).map_err(|source| io_error(spec, source))?;
    if output.status.success() {
        return Ok(Finished {
            stdout: output.stdout.clone(),
            stderr: output.stderr.clone(),
        });
    }
    Err(if interrupt::was_interrupted() {
        interrupted(spec)
    } else {
        failed(spec, streams, output)
    })
}

/// Waits for the end of a child; one that outlives an interrupt by too long is killed.
fn wait(handle: &Handle) -> io::Result<&Output> {
    let mut deadline = None;
    loop {
        if let Some(output) = handle.wait_timeout(POLL)? {
            return Ok(output);
        }
        if interrupt::was_interrupted()
            && *deadline.get_or_insert_with(|| Instant::now() + GRACE) < Instant::now()
        {
            handle.kill()?;
        }
    }
}

fn not_started(spec: &CommandSpec, source: io::Error) -> RunError {
    // A missing directory to run in is reported by the system just like a missing program.
    match source.kind() == ErrorKind::NotFound && spec.cwd.is_dir() {
        true => RunError::NotFound {
            program: spec.program.clone(),
            command: spec.display(),
        },
        false => io_error(spec, source),
    }
}

fn io_error(spec: &CommandSpec, source: io::Error) -> RunError {
    RunError::Io {
        command: spec.display(),
        cwd: spec.cwd.clone(),
        source,
    }
}

fn interrupted(spec: &CommandSpec) -> RunError {
    RunError::Interrupted {
        command: spec.display(),
    }
}

fn failed(spec: &CommandSpec, streams: Streams, output: &Output) -> RunError {
    RunError::Failed {
        command: spec.display(),
        cwd: spec.cwd.clone(),
        status: output.status,
        stderr: (streams == Streams::Captured)
            .then(|| String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn indented(stderr: &Option<String>) -> String {
    let lines = stderr.iter().flat_map(|text| text.lines());
    lines.map(|line| format!("\n  {line}")).collect()
}
