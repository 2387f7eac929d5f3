//! A finished command: how it ended and what it said.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Output};

/// A command that has ended.
#[derive(Debug)]
pub struct Run {
    line: String,
    /// The exit code; 128 and the signal's number for one that a signal ended, as shells have it.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Run {
    pub(crate) fn new(line: String, output: Output) -> Run {
        let signal = || 128 + output.status.signal().unwrap_or_default();
        Run {
            line,
            code: output.status.code().unwrap_or_else(signal),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[cfg(test)]
    pub(crate) fn said(line: &str, code: i32, stdout: &str) -> Run {
        Run {
            line: line.to_string(),
            code,
            stdout: stdout.to_string(),
            stderr: String::new(),
        }
    }

    /// Waits for the end of a command that was started.
    pub fn of_child(child: Child) -> Run {
        Run::new("(started)".into(), child.wait_with_output().unwrap())
    }

    /// It succeeded.
    #[track_caller]
    pub fn success(self) -> Run {
        assert_eq!(self.code, 0, "should have succeeded: {self}");
        self
    }

    /// It refused as it should: with this exit code, a message that names each of `things`, and a
    /// hint; it did not panic.
    #[track_caller]
    pub fn refusal(self, code: i32, things: &[&str]) -> Run {
        let run = self.failure(code, things);
        assert!(run.stderr.contains("hint: "), "should have a hint: {run}");
        run
    }

    /// It failed with this exit code and a message that names each of `things`; it did not panic.
    #[track_caller]
    pub fn failure(self, code: i32, things: &[&str]) -> Run {
        // what a worker writes stands behind the worker's name
        let panicked = self.stderr.lines().any(|line| line.starts_with("thread '"));
        assert!(!panicked, "panicked: {self}");
        assert_eq!(
            self.code, code,
            "should have failed with exit code {code}: {self}"
        );
        assert!(
            self.stderr.contains("error: "),
            "should have said what is wrong: {self}"
        );
        things.iter().fold(self, |run, thing| run.says(thing))
    }

    /// Whether another cargo had to be waited for, of which cargo says something.
    pub fn was_blocked(&self) -> bool {
        self.stderr.contains(" Blocking waiting for file lock ")
    }

    /// Standard error has this text.
    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(
            self.stderr.contains(text),
            "should have said `{text}`: {self}"
        );
        self
    }

    /// Standard error does not have this text.
    #[track_caller]
    pub fn does_not_say(self, text: &str) -> Run {
        assert!(
            !self.stderr.contains(text),
            "should not have said `{text}`: {self}"
        );
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run {
            line,
            code,
            stdout,
            stderr,
        } = self;
        write!(f, "$ {line}\n{stdout}{stderr}(exit code {code})")
    }
}
