//! Messages → lines on standard output.
//!
//! Whatever is written first, the `start` comes before it: a command that works in a workspace
//! learns where that is a moment after it began.

use std::io::{self, ErrorKind, Write as _};
use std::sync::{Mutex, PoisonError};

use camino::Utf8Path;
use golem_rpc_messages::{Message, Start};

/// The lines of one command.
#[derive(Debug)]
pub(super) struct Lines {
    /// The `start` while it has not been written.
    start: Mutex<Option<Start>>,
    /// Why something could not be written, the first time.
    lost: Mutex<Option<io::Error>>,
}

impl Lines {
    /// Those of `command`; none if the command line names none.
    pub(super) fn new(command: Option<&str>) -> Lines {
        let start = Start {
            command: command.map(str::to_string),
            version: env!("CARGO_PKG_VERSION").to_string(),
            workspace: None,
        };
        Lines {
            start: Mutex::new(Some(start)),
            lost: Mutex::new(None),
        }
    }

    /// Writes the `start` of a command that works in the workspace with this root, if that is still
    /// to come.
    pub(super) fn start_in(&self, root: &Utf8Path) {
        let mut pending = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(start) = pending.take() {
            self.print(&start_line(Start {
                workspace: Some(root.to_string()),
                ..start
            }));
        }
    }

    /// Writes a message.
    pub(super) fn write(&self, message: &Message) {
        // Held to the end: no other thread comes in between.
        let mut pending = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(start) = pending.take() {
            self.print(&start_line(start));
        }
        self.print(&message.to_line());
    }

    /// Writes a line. If nobody reads it any more, that is no reason to stop half way, and no news to
    /// whoever stopped reading.
    pub(super) fn print(&self, line: &str) {
        let mut stdout = io::stdout().lock();
        let written = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        if let Err(error) = written {
            self.lose(error);
        }
    }

    /// Remembers why something could not be written, unless it is that nobody reads any more.
    pub(super) fn lose(&self, error: io::Error) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if error.kind() != ErrorKind::BrokenPipe {
            lost.get_or_insert(error);
        }
    }

    /// Why something could not be written, if that is not told yet.
    pub(super) fn lost(&self) -> Option<io::Error> {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.take()
    }
}

fn start_line(start: Start) -> String {
    Message::Start(start).to_line()
}
