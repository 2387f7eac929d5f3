//! Messages → lines on standard output.
//!
//! Whatever is written first, the `start` comes before it: a command that works in a workspace
//! learns where that is a moment after it began.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use camino::Utf8Path;
use golem_rpc_messages::{Message, Start};

/// The lines of one command.
#[derive(Debug)]
pub(super) struct Lines {
    /// The `start` while it has not been written.
    start: Mutex<Option<Start>>,
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
        }
    }

    /// Writes the `start` of a command that works in the workspace with this root, if that is still
    /// to come.
    pub(super) fn start_in(&self, root: &Utf8Path) {
        let mut pending = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(start) = pending.take() {
            print_line(&start_line(Start {
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
            print_line(&start_line(start));
        }
        print_line(&message.to_line());
    }
}

fn start_line(start: Start) -> String {
    Message::Start(start).to_line()
}

/// A line on standard output. If nobody reads it any more, that is no reason to stop half way.
pub(super) fn print_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}");
}
