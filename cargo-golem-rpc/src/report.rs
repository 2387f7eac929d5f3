//! What a person or a program sees: the only place that prints.
//!
//! For people: status lines in cargo's style on standard error (verb, then thing, paths relative to
//! where they are), results on standard output, spinners only on a terminal. As JSON: one message of
//! `golem_rpc_messages` a line on standard output, from `start` to `finish`; what is said in a verb
//! and a thing alone is for people only. `-q` and `-v` are about what people see.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the room for it"
)]

mod held_back;
mod human;
mod lines;
mod plan;
mod review;

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anstyle::Style;
use camino::{Utf8Path, Utf8PathBuf};
use clap::ValueEnum;
use golem_rpc_messages::{
    Action, Cause, Diagnostic, Error, ErrorKind, FileChange, Finish, Level, Message, Text, TextKind,
};
use golem_rpc_plan::{Class, CommandSpec, Plan};

use held_back::HeldBack;
#[cfg(feature = "local")]
use human::WORKER;
use human::{ERROR, HINT, STATUS, WARNING, shorten};
pub(crate) use human::{Spinner, count};
use lines::Lines;

/// How long the last words of a process may wait for a reader.
const UNREAD: Duration = Duration::from_millis(100);

/// The exit code after a signal.
const INTERRUPTED: u8 = Class::Interrupted as u8;

/// `--message-format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text
    #[default]
    Human,
    /// One JSON object per line
    Json,
}

/// Where all output goes.
#[derive(Clone)]
pub(crate) struct Report {
    format: Format,
    quiet: bool,
    verbose: u8,
    /// Paths below are shown relative to it.
    cwd: Utf8PathBuf,
    lines: Arc<Lines>,
    /// Whether the end of the command is being told.
    ended: Arc<AtomicBool>,
}

impl Report {
    /// That of `command`; none if the command line names none.
    pub(crate) fn new(format: Format, command: Option<&str>) -> Report {
        Report {
            format,
            quiet: false,
            verbose: 0,
            cwd: Utf8PathBuf::new(),
            lines: Arc::new(Lines::new(command)),
            ended: Arc::default(),
        }
    }

    /// The same, with what people want to see less or more.
    pub(crate) fn with_volume(self, quiet: bool, verbose: u8) -> Report {
        Report {
            quiet: quiet && self.format == Format::Human,
            verbose,
            ..self
        }
    }

    /// From now on paths below `cwd` are shown relative to it.
    pub(crate) fn set_cwd(&mut self, cwd: &Utf8Path) {
        self.cwd = cwd.to_path_buf();
    }

    /// The root of the workspace that the command works in.
    pub(crate) fn in_workspace(&self, root: &Utf8Path) {
        if self.format == Format::Json {
            self.lines.start_in(root);
        }
    }

    /// A path as a person sees it.
    pub(crate) fn path(&self, path: &Utf8Path) -> String {
        if self.cwd.as_str().is_empty() {
            return path.to_string();
        }
        match path.strip_prefix(&self.cwd) {
            Ok(below) if below.as_str().is_empty() => ".".to_string(),
            Ok(below) => below.to_string(),
            Err(_) => path.to_string(),
        }
    }

    /// A text in which every path below the working directory is shown relative to it.
    pub(crate) fn shorten(&self, text: &str) -> String {
        shorten(text, &self.cwd)
    }

    /// Something that was done or is being done: `Generating purchase-history-stub`. For people
    /// only: what programs should know goes by [`Report::event`].
    pub(crate) fn status(&self, verb: &str, thing: &str) {
        if self.format == Format::Human && !self.quiet {
            let thing = self.shorten(thing);
            anstream::eprintln!("{STATUS}{verb:>12}{STATUS:#} {thing}");
        }
    }

    /// A status that is only worth seeing with `--verbose`.
    pub(crate) fn detail(&self, verb: &str, thing: &str) {
        if self.verbose > 0 {
            self.status(verb, thing);
        }
    }

    /// Something that was done or is being done: a line for programs, a status for people.
    pub(crate) fn event(&self, message: &Message, verb: &str, thing: &str) {
        self.line(message);
        self.status(verb, thing);
    }

    /// An event that people only see with `--verbose`.
    pub(crate) fn event_detail(&self, message: &Message, verb: &str, thing: &str) {
        self.line(message);
        self.detail(verb, thing);
    }

    /// Something that programs want to know, and people see in another way or not at all.
    pub(crate) fn line(&self, message: &Message) {
        if self.format == Format::Json {
            self.lines.write(message);
        }
    }

    /// A process that is started.
    pub(crate) fn command(&self, spec: &CommandSpec) {
        let message = Message::Command(plan::command(spec));
        self.event_detail(&message, "Running", &spec.display());
    }

    /// Something that will probably not do what the user wants, and what to type about it.
    pub(crate) fn warning(&self, message: &str, hint: Option<&str>) {
        self.warning_of(Cause::Other {}, message, hint);
    }

    /// A warning that programs can tell from others.
    pub(crate) fn warning_of(&self, cause: Cause, message: &str, hint: Option<&str>) {
        self.diagnostic(Level::Warning, cause, message, hint);
    }

    /// Something that is good to know.
    pub(crate) fn note(&self, message: &str) {
        self.note_of(Cause::Other {}, message);
    }

    /// A note that programs can tell from others.
    pub(crate) fn note_of(&self, cause: Cause, message: &str) {
        if !self.quiet {
            self.diagnostic(Level::Note, cause, message, None);
        }
    }

    /// Whether nobody wants to know more than warnings, errors and results.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether everything is wanted, however long.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose > 0
    }

    fn diagnostic(&self, level: Level, cause: Cause, message: &str, hint: Option<&str>) {
        if self.format == Format::Json {
            return self.line(&Message::Diagnostic(Diagnostic {
                level,
                cause,
                message: self.shorten(message),
                hint: hint.map(|hint| self.shorten(hint)),
            }));
        }
        match level {
            Level::Note => self.labelled("note", HINT, message, hint),
            Level::Warning => self.labelled("warning", WARNING, message, hint),
        }
    }

    fn labelled(&self, label: &str, style: Style, message: &str, hint: Option<&str>) {
        anstream::eprintln!("{style}{label}{style:#}: {}", self.shorten(message));
        if let Some(hint) = hint {
            anstream::eprintln!("{HINT}hint{HINT:#}: {}", self.shorten(hint));
        }
    }

    /// The end of a command that succeeded.
    pub(crate) fn success(&self) -> ExitCode {
        self.finish(0)
    }

    /// The end of a command that failed.
    pub(crate) fn failure(&self, error: &Error) -> ExitCode {
        self.begin_end();
        ExitCode::from(self.tell_failure(error))
    }

    fn tell_failure(&self, error: &Error) -> u8 {
        match self.format {
            Format::Json => self.line(&Message::Error(Error {
                message: self.shorten(&error.message),
                causes: error.causes.iter().map(|text| self.shorten(text)).collect(),
                hint: error.hint.as_deref().map(|hint| self.shorten(hint)),
                ..error.clone()
            })),
            Format::Human => {
                let causes = error.causes.iter();
                let causes = causes.map(|cause| format!("\n  caused by: {cause}"));
                let message = error.message.clone() + &causes.collect::<String>();
                self.labelled("error", ERROR, &message, error.hint.as_deref());
            }
        }
        self.tell_finish(error.code)
    }

    /// Ends the process after a signal, which its command has not done by itself. Says so, unless the
    /// command is just telling of its own end, or nobody takes what is written.
    #[allow(clippy::exit, reason = "no other thread can be made to return")]
    pub(crate) fn interrupted(&self) {
        let interrupted = Error {
            kind: ErrorKind::Interrupted,
            code: INTERRUPTED,
            message: "interrupted".into(),
            causes: Vec::new(),
            hint: None,
            place: None,
        };
        let end = || std::process::exit(i32::from(INTERRUPTED));
        if !self.ended.swap(true, Ordering::SeqCst) {
            thread::spawn(move || {
                thread::sleep(UNREAD);
                end()
            });
            self.tell_failure(&interrupted);
        }
        end()
    }

    /// Begins to tell of the command's end; after a signal has ended it that is not told any more.
    fn begin_end(&self) {
        while self.ended.swap(true, Ordering::SeqCst) {
            thread::park();
        }
    }

    /// The end of a command whose command line is no good, or was for a help text only.
    pub(crate) fn unparsed(&self, message: &Message, code: u8) -> ExitCode {
        self.line(message);
        self.finish(code)
    }

    /// The end of a command that has said everything.
    pub(crate) fn finish(&self, code: u8) -> ExitCode {
        self.begin_end();
        ExitCode::from(self.tell_finish(code))
    }

    fn tell_finish(&self, code: u8) -> u8 {
        self.line(&Message::Finish(Finish { code }));
        self.told(code)
    }

    /// The exit code of a command whose output may be lost, which is then said on standard error.
    fn told(&self, code: u8) -> u8 {
        if let Some(error) = self.lines.lost() {
            let message = format!("standard output could not be written: {error}");
            let hint = "make room for it, then run it again";
            self.labelled("error", ERROR, &message, Some(hint));
            return code.max(1);
        }
        code
    }

    /// The end of a command whose help text could not be written.
    pub(crate) fn not_written(&self, error: io::Error) -> ExitCode {
        self.lines.lose(error);
        ExitCode::from(self.told(0))
    }

    /// What was asked for: a line for programs, or a text for people on standard output.
    pub(crate) fn answer(&self, message: &Message, text: impl FnOnce() -> String) {
        match self.format {
            Format::Json => self.line(message),
            Format::Human => self.lines.print(text().trim_end_matches('\n')),
        }
    }

    /// Text that was asked for.
    pub(crate) fn text(&self, kind: TextKind, text: &str) {
        let message = Message::Text(Text {
            kind,
            text: text.to_string(),
        });
        self.answer(&message, || text.to_string());
    }

    /// The result of a remote call, if the function has one.
    #[cfg(feature = "local")]
    pub(crate) fn result(&self, outcome: golem_rpc_messages::Outcome) {
        if self.format == Format::Human {
            return outcome
                .result
                .iter()
                .for_each(|result| self.lines.print(result));
        }
        self.line(&Message::Result(outcome));
    }

    /// A line that a worker wrote.
    #[cfg(feature = "local")]
    pub(crate) fn worker_line(&self, output: golem_rpc_messages::Output) {
        if self.format == Format::Human {
            let (worker, line) = (&output.worker, &output.line);
            anstream::eprintln!("{WORKER}{worker}{WORKER:#} | {line}");
        }
        self.line(&Message::WorkerOutput(output));
    }

    /// A triggered call that failed, which its caller never learns; `message` is for people.
    #[cfg(feature = "local")]
    pub(crate) fn trigger_failed(&self, trigger: golem_rpc_messages::Trigger, message: &str) {
        if self.format == Format::Human {
            self.labelled("warning", WARNING, message, None);
        }
        self.line(&Message::TriggerFailed(trigger));
    }

    /// A plan that will not be carried out.
    pub(crate) fn dry_run(&self, plan: &Plan) {
        if self.format == Format::Json {
            let plan = plan::plan(plan, |path| self.path(path));
            return self.line(&Message::Plan(plan));
        }
        for change in plan.changes() {
            self.lines
                .print(change.diff(&self.path(&change.path)).trim_end_matches('\n'));
        }
        for command in &plan.commands {
            self.lines.print(&format!("$ {}", command.display()));
        }
        let changes = plan.changes().count();
        match changes + plan.commands.len() {
            0 => self.status("Unchanged", "there is nothing to do"),
            _ => self.status(
                "Dry run",
                &format!("{} would change", count(changes, "file")),
            ),
        }
    }

    /// A plan that was carried out: a line for each file.
    pub(crate) fn applied(&self, plan: &Plan) {
        for change in plan.changes() {
            let action = plan::action(change);
            let verb = match action {
                Action::Create => "Creating",
                Action::Change => "Updating",
                Action::Remove => "Removing",
            };
            let path = change.path.to_string();
            let message = Message::File(FileChange { path, action });
            self.event(&message, verb, &self.path(&change.path));
        }
    }

    /// A spinner for something that takes a while; nothing where there is no terminal.
    pub(crate) fn spinner(&self, text: &str) -> Spinner {
        let is_wanted = self.format == Format::Human && !self.quiet;
        Spinner::new(text, is_wanted && std::io::stderr().is_terminal())
    }

    /// A bar for something in `total` parts; nothing where there is no terminal.
    pub(crate) fn bar(&self, text: &str, total: usize) -> Spinner {
        self.spinner(text).of(total)
    }

    /// The arguments that make cargo as talkative and as colorful as we are.
    pub(crate) fn cargo_args(&self) -> Vec<String> {
        let mut args = Vec::new();
        if self.quiet || self.format == Format::Json {
            args.push("--quiet".to_string());
        }
        let color = match anstream::ColorChoice::global() {
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => "always",
            anstream::ColorChoice::Never => "never",
            anstream::ColorChoice::Auto => return args,
        };
        args.extend(["--color".to_string(), color.to_string()]);
        args
    }

    /// Where what cargo says goes, to be shown once there is something to do; none where all is wanted,
    /// or cargo is told to be quiet.
    pub(crate) fn held_back(&self) -> Option<Box<dyn Write + Send>> {
        let is_held_back = self.format == Format::Human && !self.quiet && !self.is_verbose();
        is_held_back.then(|| Box::new(HeldBack::new(io::stderr())) as Box<dyn Write + Send>)
    }

    /// Whether somebody watches in colors.
    pub(crate) fn has_terminal(&self) -> bool {
        let choice = anstream::AutoStream::choice(&io::stderr());
        io::stderr().is_terminal() && choice != anstream::ColorChoice::Never
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_from_the_working_directory() {
        let mut report = Report::new(Format::Human, None);
        report.set_cwd(Utf8Path::new("/q"));
        assert_eq!(report.path(Utf8Path::new("/q/a/b")), "a/b");
        assert_eq!(report.path(Utf8Path::new("/q")), ".");
    }
}
