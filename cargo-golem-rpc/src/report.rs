//! What a person or a program sees: the only place that prints.
//!
//! For people: status lines in cargo's style on standard error (verb, then thing, paths relative to
//! where they are), results on standard output, spinners only on a terminal. As JSON: one object a
//! line on standard output, each with a `reason`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the room for it"
)]

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use camino::{Utf8Path, Utf8PathBuf};
use clap::ValueEnum;
use golem_rpc_messages::Message;
use golem_rpc_plan::{Change, Plan};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::error::CliError;

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
}

const fn bold(color: AnsiColor) -> Style {
    color.on_default().bold()
}

const STATUS: Style = bold(AnsiColor::Green);
const WARNING: Style = bold(AnsiColor::Yellow);
const ERROR: Style = bold(AnsiColor::Red);
const HINT: Style = bold(AnsiColor::Cyan);
const WORKER: Style = bold(AnsiColor::Blue);

impl Report {
    pub(crate) fn new(format: Format, quiet: bool, verbose: u8) -> Report {
        Report {
            format,
            quiet,
            verbose,
            cwd: Utf8PathBuf::new(),
        }
    }

    /// From now on paths below `cwd` are shown relative to it.
    pub(crate) fn set_cwd(&mut self, cwd: &Utf8Path) {
        self.cwd = cwd.to_path_buf();
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
    fn shorten(&self, text: &str) -> String {
        let prefix = match self.cwd.as_str() {
            "" | "/" => return text.to_string(),
            cwd => format!("{cwd}/"),
        };
        let mut short = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(&prefix) {
            let (before, found) = rest.split_at(at);
            short.push_str(before);
            // In the middle of a longer path it is something else.
            let starts = !before.ends_with(|c: char| c.is_alphanumeric() || "/._-".contains(c));
            let kept = if starts { "" } else { &prefix };
            short.push_str(kept);
            rest = &found[prefix.len()..];
        }
        short + rest
    }

    fn json(&self, value: serde_json::Value) {
        print_line(&value.to_string());
    }

    /// Something that was done or is being done: `Generating purchase-history-stub`.
    pub(crate) fn status(&self, verb: &str, thing: &str) {
        let thing = self.shorten(thing);
        match self.format {
            Format::Json => self.json(json!({ "reason": "status", "verb": verb, "thing": thing })),
            Format::Human if self.quiet => {}
            Format::Human => anstream::eprintln!("{STATUS}{verb:>12}{STATUS:#} {thing}"),
        }
    }

    /// A status that is only worth seeing with `--verbose`.
    pub(crate) fn detail(&self, verb: &str, thing: &str) {
        if self.verbose > 0 || self.format == Format::Json {
            self.status(verb, thing);
        }
    }

    /// Something that will probably not do what the user wants, and what to type about it.
    pub(crate) fn warning(&self, message: &str, hint: Option<&str>) {
        self.diagnostic("warning", WARNING, message, hint);
    }

    /// Whether nobody wants to know more than warnings, errors and results.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Something that is good to know.
    pub(crate) fn note(&self, message: &str) {
        if !self.quiet {
            self.diagnostic("note", HINT, message, None);
        }
    }

    fn diagnostic(&self, level: &str, style: Style, message: &str, hint: Option<&str>) {
        let (message, hint) = (self.shorten(message), hint.map(|hint| self.shorten(hint)));
        if self.format == Format::Json {
            return self.json(json!({ "reason": level, "message": message, "hint": hint }));
        }
        anstream::eprintln!("{style}{level}{style:#}: {message}");
        if let Some(hint) = hint {
            anstream::eprintln!("{HINT}hint{HINT:#}: {hint}");
        }
    }

    /// The end of a command that failed.
    pub(crate) fn failure(&self, error: &CliError) -> ExitCode {
        let (code, message, hint) = (error.exit_code(), error.message(), error.hint());
        if self.format == Format::Json {
            let (message, hint) = (self.shorten(&message), hint.map(|hint| self.shorten(&hint)));
            self.json(json!({ "reason": "error", "code": code, "message": message, "hint": hint }));
        } else {
            self.diagnostic("error", ERROR, &message, hint.as_deref());
        }
        ExitCode::from(code)
    }

    /// The result of a remote call; `None` if the function has none.
    #[cfg(feature = "local")]
    pub(crate) fn result(&self, worker: &str, call: &str, result: Option<&str>) {
        match (self.format, result) {
            (Format::Json, _) => self.json(json!({
                "reason": "result", "worker": worker, "call": call, "result": result
            })),
            (Format::Human, Some(result)) => print_line(result),
            (Format::Human, None) => {}
        }
    }

    /// What was asked for: a line for programs, or a text for people on standard output.
    pub(crate) fn answer(&self, message: &Message, text: impl FnOnce() -> String) {
        match self.format {
            Format::Json => print_line(&message.to_line()),
            Format::Human => print_line(text().trim_end_matches('\n')),
        }
    }

    /// Text that was asked for; `kind` says what it is.
    pub(crate) fn text(&self, kind: &str, text: &str) {
        match self.format {
            Format::Json => self.json(json!({ "reason": kind, "text": text })),
            Format::Human => print_line(text.trim_end_matches('\n')),
        }
    }

    /// A line that a worker wrote.
    #[cfg(feature = "local")]
    pub(crate) fn worker_line(&self, worker: &str, stream: &str, line: &str) {
        match self.format {
            Format::Json => self.json(json!({
                "reason": "worker-output", "worker": worker, "stream": stream, "line": line
            })),
            Format::Human => anstream::eprintln!("{WORKER}{worker}{WORKER:#} | {line}"),
        }
    }

    /// A plan that will not be carried out.
    pub(crate) fn dry_run(&self, plan: &Plan) {
        if self.format == Format::Json {
            return self.json(self.plan_as_json(plan));
        }
        for change in plan.changes() {
            print_line(change.diff(&self.path(&change.path)).trim_end_matches('\n'));
        }
        for command in &plan.commands {
            print_line(&format!("$ {}", command.display()));
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

    fn plan_as_json(&self, plan: &Plan) -> serde_json::Value {
        let change = |change: &Change| {
            json!({
                "path": change.path,
                "action": action(change),
                "diff": change.diff(&self.path(&change.path)),
            })
        };
        let command = |command: &golem_rpc_plan::CommandSpec| json!({ "program": command.program, "args": command.args, "cwd": command.cwd, "env": command.env });
        json!({
            "reason": "plan",
            "changes": plan.changes().map(change).collect::<Vec<_>>(),
            "commands": plan.commands.iter().map(command).collect::<Vec<_>>(),
        })
    }

    /// A plan that was carried out: a line for each file.
    pub(crate) fn applied(&self, plan: &Plan) {
        for change in plan.changes() {
            let verb = match action(change) {
                "create" => "Creating",
                "change" => "Updating",
                _ => "Removing",
            };
            self.status(verb, &self.path(&change.path));
        }
    }

    /// A spinner for something that takes a while; nothing where there is no terminal.
    pub(crate) fn spinner(&self, text: &str) -> Spinner {
        let visible =
            self.format == Format::Human && !self.quiet && std::io::stderr().is_terminal();
        Spinner(visible.then(|| {
            let style = ProgressStyle::with_template("{spinner:>12.cyan} {msg}")
                .expect("a template without mistakes");
            let bar = ProgressBar::new_spinner()
                .with_style(style)
                .with_message(text.to_string());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        }))
    }

    /// A bar for something in `total` parts; nothing where there is no terminal.
    pub(crate) fn bar(&self, text: &str, total: usize) -> Spinner {
        let bar = self.spinner(text);
        if let Some(bar) = &bar.0 {
            let style = ProgressStyle::with_template("{msg:>12.cyan.bold} [{bar:25}] {pos}/{len}")
                .expect("a template without mistakes");
            bar.set_style(style.progress_chars("=> "));
            bar.set_length(total as u64);
        }
        bar
    }

    /// The arguments that make cargo as talkative and as colorful as we are.
    pub(crate) fn cargo_args(&self) -> Vec<String> {
        let mut args = Vec::new();
        if self.quiet || self.format == Format::Json {
            args.push("--quiet".to_string());
        }
        match anstream::ColorChoice::global() {
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => {
                args.extend(["--color".to_string(), "always".to_string()]);
            }
            anstream::ColorChoice::Never => {
                args.extend(["--color".to_string(), "never".to_string()])
            }
            anstream::ColorChoice::Auto => {}
        }
        args
    }
}

/// A line on standard output. If nobody reads it any more, that is no reason to stop half way.
fn print_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}");
}

fn action(change: &Change) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "create",
        (Some(_), Some(_)) => "change",
        (Some(_), None) => "remove",
    }
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// Turns until it is dropped.
pub(crate) struct Spinner(Option<ProgressBar>);

impl Spinner {
    /// Another part is done.
    pub(crate) fn advance(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_working_directory() {
        let mut report = Report::new(Format::Human, false, 0);
        report.set_cwd(Utf8Path::new("/q"));
        assert_eq!(
            report.shorten("`/q/a` --> /q/b.wit:1:2"),
            "`a` --> b.wit:1:2"
        );
        assert_eq!(report.shorten("/srv/q/q/Cargo.toml"), "/srv/q/q/Cargo.toml");
        assert_eq!(report.path(Utf8Path::new("/q/a/b")), "a/b");
        assert_eq!(report.path(Utf8Path::new("/q")), ".");
    }
}
