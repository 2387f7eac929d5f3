//! A command's JSON lines: whether they are what the format promises.
//!
//! Each line is a message of the published types and valid by the published schema; paths are
//! absolute; the first line is the only `start`, the last the only `finish`, and says the exit code;
//! a command that fails has said why.

use std::sync::OnceLock;

use golem_rpc_messages::{Finish, Message, SCHEMA};
use jsonschema::Validator;
use serde_json::Value;

use crate::run::Run;

/// The keys whose values are paths.
const PATHS: [&str; 8] = [
    "cwd",
    "dir",
    "path",
    "paths",
    "root",
    "source",
    "stub-crate",
    "workspace",
];

impl Run {
    /// Its JSON lines, which are what the format promises.
    #[track_caller]
    pub fn messages(&self) -> Vec<Message> {
        let messages: Vec<Message> = self.stdout.lines().map(read_line).collect();
        let of = |wanted: fn(&Message) -> bool| messages.iter().filter(|m| wanted(m)).count();
        let starts = of(|message| matches!(message, Message::Start(_)));
        let ends = of(|message| matches!(message, Message::Finish(_)));
        assert_eq!((starts, ends), (1, 1), "one start and one finish: {self}");
        let first = messages.first();
        assert!(matches!(first, Some(Message::Start(_))), "no start: {self}");
        let Some(Message::Finish(Finish { code })) = messages.last() else {
            panic!("no finish: {self}");
        };
        assert_eq!(i32::from(*code), self.code, "{self}");
        for message in &messages {
            if let Message::Error(error) = message {
                assert_eq!(error.code, *code, "{self}");
            }
        }
        messages
    }
}

#[track_caller]
fn read_line(line: &str) -> Message {
    let message = Message::from_line(line);
    let message = message.unwrap_or_else(|error| panic!("{error}: {:?}\n{line}", error));
    let value: Value = serde_json::from_str(line).unwrap();
    let errors: Vec<String> = schema()
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{line}");
    each_path(&value, &mut |path| {
        assert!(path.starts_with('/'), "`{path}` is not absolute:\n{line}");
    });
    assert_eq!(message.to_line(), line, "keys in another order");
    message
}

fn schema() -> &'static Validator {
    static SCHEMA_OF_A_LINE: OnceLock<Validator> = OnceLock::new();
    SCHEMA_OF_A_LINE.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    })
}

/// Calls `found` with every path in a message.
fn each_path(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(keys) => {
            for (key, value) in keys {
                match value {
                    Value::String(path) if is_path(key) => found(path),
                    Value::Array(items) if is_path(key) => {
                        let paths = items.iter().filter_map(Value::as_str);
                        paths.for_each(&mut *found);
                    }
                    value => each_path(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each_path(item, found)),
        _ => {}
    }
}

fn is_path(key: &str) -> bool {
    PATHS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = r#"{"format-version":1,"reason":"start","command":"init","version":"0.1.0","workspace":"/w"}"#;
    const FINISH: &str = r#"{"format-version":1,"reason":"finish","code":0}"#;

    fn said(code: i32, lines: &[&str]) -> Run {
        Run::said("init", code, &lines.join("\n"))
    }

    #[test]
    fn a_start_and_a_finish() {
        assert_eq!(said(0, &[START, FINISH]).messages().len(), 2);
    }

    #[test]
    #[should_panic(expected = "one start and one finish")]
    fn no_finish() {
        said(0, &[START]).messages();
    }

    #[test]
    #[should_panic(expected = "no finish")]
    fn something_after_the_finish() {
        let file = r#"{"format-version":1,"reason":"file","path":"/w/a","action":"create"}"#;
        said(0, &[START, FINISH, file]).messages();
    }

    #[test]
    #[should_panic(expected = "left == right")]
    fn another_exit_code() {
        said(1, &[START, FINISH]).messages();
    }

    #[test]
    #[should_panic(expected = "is not absolute")]
    fn a_relative_path() {
        said(0, &[&START.replace("/w", "w"), FINISH]).messages();
    }

    #[test]
    #[should_panic(expected = "the line is no message")]
    fn a_line_of_text() {
        said(0, &[START, "text", FINISH]).messages();
    }
}
