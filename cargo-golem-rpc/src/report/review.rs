//! A plan shown to a person, who says whether it is to be carried out.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use golem_rpc_messages::Action;
use golem_rpc_plan::{Change, Plan};
use golem_rpc_system::interrupt;

use super::plan::action;
use super::{Format, Report};

/// How often we look whether somebody pressed Ctrl-C instead of answering.
const POLL: Duration = Duration::from_millis(100);

impl Report {
    /// Whether there is somebody to ask.
    pub(crate) fn can_ask(&self) -> bool {
        self.format == Format::Human && stdin().is_terminal() && stderr().is_terminal()
    }

    /// What a plan would do: a line for each file, with how many lines come and go.
    pub(crate) fn preview(&self, plan: &Plan) {
        for change in plan.changes() {
            let verb = match action(change) {
                Action::Create => "create",
                Action::Change => "change",
                Action::Remove => "remove",
            };
            let (added, removed) = lines(change);
            let path = self.path(&change.path);
            anstream::eprintln!("{verb:>12} {path} (+{added} -{removed})");
        }
    }

    /// Asks a question that is answered by yes or no; Ctrl-C gives nothing.
    pub(crate) fn ask(&self, question: &str) -> Option<bool> {
        anstream::eprint!("{question} [y/N] ");
        let _ = stderr().flush();
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let mut answer = String::new();
            let _ = stdin().lock().read_line(&mut answer);
            let _ = sender.send(answer);
        });
        loop {
            match receiver.recv_timeout(POLL) {
                Ok(answer) if !interrupt::was_interrupted() => {
                    let answer = answer.trim().to_lowercase();
                    return Some(matches!(answer.as_str(), "y" | "yes"));
                }
                Err(RecvTimeoutError::Timeout) if !interrupt::was_interrupted() => {}
                Ok(_) | Err(_) => return None,
            }
        }
    }
}

/// How many lines come and how many go.
fn lines(change: &Change) -> (usize, usize) {
    let diff = change.diff("");
    let body = diff.lines().skip_while(|line| !line.starts_with("@@"));
    let (mut added, mut removed) = (0, 0);
    for line in body {
        added += usize::from(line.starts_with('+'));
        removed += usize::from(line.starts_with('-'));
    }
    (added, removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_come_and_go() {
        let change = |before: Option<&str>, after: Option<&str>| Change {
            path: "/a".into(),
            before: before.map(|text| text.as_bytes().to_vec()),
            after: after.map(|text| text.as_bytes().to_vec()),
        };
        assert_eq!(lines(&change(None, Some("a\n++b\n"))), (2, 0));
        assert_eq!(
            lines(&change(Some("a\n--b\nc\n"), Some("a\nd\nc\n"))),
            (1, 1)
        );
        assert_eq!(lines(&change(Some("a\n"), None)), (0, 1));
    }
}
