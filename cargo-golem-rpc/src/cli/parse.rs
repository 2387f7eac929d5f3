//! Arguments → a command that runs, or what is wrong with them.
//!
//! Where the command line asks for JSON, and only there, clap's own texts become messages: help and
//! version are texts that were asked for, everything else is an error like any other.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::error::ErrorKind as ClapKind;
use golem_rpc_messages::{Error, ErrorKind, Message, Text, TextKind};

use super::{Cli, command};
use crate::report::{Format, Report};

/// Runs what the arguments ask for; the first of them is the program.
pub(crate) fn run(args: &[OsString]) -> ExitCode {
    match parse(args) {
        Ok((command, cli)) => cli.run(&command),
        Err(error) => unparsed(args, &error),
    }
}

/// The name of the command, and the whole command line.
fn parse(args: &[OsString]) -> Result<(String, Cli), clap::Error> {
    let mut matches = command().try_get_matches_from(args)?;
    let name = matches.subcommand_name().unwrap_or_default().to_string();
    let dry_run = matches
        .subcommand()
        .and_then(|(_, given)| given.try_get_one("dry-run").ok().flatten())
        .is_some_and(|given: &bool| *given);
    let mut cli =
        Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command()))?;
    cli.global.dry_run = dry_run;
    Ok((name, cli))
}

fn unparsed(args: &[OsString], error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    if !asks_for_json(args) {
        return match error.print() {
            Err(lost) if !error.use_stderr() => Report::new(Format::Human, None).not_written(lost),
            _ => ExitCode::from(code),
        };
    }
    let command = command_of(args);
    let text = error.render().to_string();
    let message = match error.kind() {
        ClapKind::DisplayHelp => answer(TextKind::Help, text),
        ClapKind::DisplayVersion => answer(TextKind::Version, text),
        _ => Message::Error(Error {
            kind: ErrorKind::of(code),
            code,
            message: message_of(&text),
            causes: Vec::new(),
            hint: Some(hint_of(&text, command.as_deref())),
            place: None,
        }),
    };
    Report::new(Format::Json, command.as_deref()).unparsed(&message, code)
}

fn answer(kind: TextKind, text: String) -> Message {
    Message::Text(Text { kind, text })
}

/// The first paragraph, which says what is wrong.
fn message_of(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    text.split("\n\n")
        .next()
        .unwrap_or(text)
        .trim_end()
        .to_string()
}

/// What clap advises, or else where to read on.
fn hint_of(text: &str, command: Option<&str>) -> String {
    let mut lines = text.lines().map(str::trim_start);
    match (lines.find_map(|line| line.strip_prefix("tip: ")), command) {
        (Some(tip), _) => tip.to_string(),
        (None, Some(command)) => format!("cargo golem-rpc {command} --help"),
        (None, None) => "cargo golem-rpc --help".to_string(),
    }
}

/// Whether `--message-format json` is among the arguments, which could not be parsed as a whole.
fn asks_for_json(args: &[OsString]) -> bool {
    let options = args.iter().take_while(|arg| *arg != "--");
    let options: Vec<&OsString> = options.collect();
    let apart = |pair: &[&OsString]| pair[0] == "--message-format" && pair[1] == "json";
    options.windows(2).any(apart) || options.iter().any(|arg| *arg == "--message-format=json")
}

/// The command that the arguments name, of which others may be wrong.
fn command_of(args: &[OsString]) -> Option<String> {
    let cli = command();
    let takes_value = |arg: &str| {
        let name = arg.strip_prefix("--");
        let mut options = cli.get_arguments();
        options.any(|option| option.get_long() == name && option.get_action().takes_values())
    };
    let mut words = args.iter().skip(1).filter_map(|arg| arg.to_str());
    while let Some(word) = words.next() {
        if takes_value(word) {
            words.next();
        } else if !word.starts_with('-') {
            let command = cli.find_subcommand(word)?;
            return Some(command.get_name().to_string());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_command_is_found_among_arguments_that_are_wrong() {
        let of = |line| command_of(&words(line));
        assert_eq!(of("x --manifest-path build init --no"), Some("init".into()));
        assert_eq!(
            of("x --color=never -q initialize-workspace"),
            Some("init".into())
        );
        assert_eq!(of("x --manifest-path build"), None);
        assert_eq!(of("x nonsense init"), None);
    }

    #[test]
    fn json_is_asked_for_in_two_ways() {
        assert!(asks_for_json(&words("x init --no --message-format json")));
        assert!(asks_for_json(&words("x --message-format=json init")));
        assert!(!asks_for_json(&words("x init -- --message-format json")));
        assert!(!asks_for_json(&words("x init --message-format human json")));
    }
}
