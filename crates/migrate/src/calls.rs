//! What the tasks of Makefile.toml ask of the older tool: its subcommands with their options.
//!
//! | a task has | a call is |
//! |---|---|
//! | `command` and `args` | the two together, if the command is the older tool |
//! | `script`, as text or as lines | each command of it that is one |
//!
//! `extend` is followed within the file, and `${NAME}` stands for what `[env]` says.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use toml_edit::{Item, Value};

use super::shell;
use crate::tasks::tasks;
use golem_rpc_plan::normal;
use golem_rpc_toml::TomlText;

/// A call of the older tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// The task.
    pub(super) task: String,
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// Whether it stands in a script, which the user wrote.
    pub(super) is_script: bool,
    /// `generate`, `build`, `add-stub-dependency`, …
    pub(super) command: String,
    pub(super) options: Vec<Given>,
    /// The directory in which it runs.
    dir: Utf8PathBuf,
}

/// An option of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// Its long name, without hyphens.
    pub(super) name: String,
    /// Its value, if it takes one.
    pub(super) value: Option<String>,
    /// As it is written.
    pub(super) text: String,
    /// The line, from 1.
    pub(super) line: usize,
}

/// Options that take a value, with their short names, by subcommand.
const VALUES: [(&str, &[(&str, &str)]); 4] = [
    (
        "generate",
        &[
            ("source-wit-root", "s"),
            ("dest-crate-root", "d"),
            ("world", "w"),
            ("stub-crate-version", ""),
            ("wasm-rpc-path-override", ""),
            ("wasm-rpc-version-override", ""),
        ],
    ),
    (
        "build",
        &[
            ("source-wit-root", "s"),
            ("dest-wasm", ""),
            ("dest-wit-root", ""),
            ("world", "w"),
            ("stub-crate-version", ""),
            ("wasm-rpc-path-override", ""),
            ("wasm-rpc-version-override", ""),
        ],
    ),
    (
        "add-stub-dependency",
        &[("stub-wit-root", "s"), ("dest-wit-root", "d")],
    ),
    (
        "compose",
        &[("source-wasm", ""), ("stub-wasm", ""), ("dest-wasm", "")],
    ),
];

/// Options that take none.
const FLAGS: [(&str, &str); 3] = [
    ("always-inline-types", ""),
    ("overwrite", "o"),
    ("update-cargo-toml", "u"),
];

impl Call {
    /// The value of an option.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut named = self.options.iter().filter(|given| given.name == name);
        named.next_back()?.value.as_deref()
    }

    /// A path that an option names.
    pub(super) fn path(&self, name: &str) -> Option<Utf8PathBuf> {
        Some(normal(&self.dir.join(self.value(name)?)))
    }
}

/// The calls of a Makefile.toml in the workspace's root.
pub(super) fn find(toml: &TomlText<'_>, root: &Utf8Path) -> Vec<Call> {
    let env = env(toml.get(&["env"]));
    let mut calls = Vec::new();
    for (name, task) in tasks(toml) {
        let field = |key: &str| field(toml, task, key);
        let cwd = field("cwd").and_then(Item::as_str).unwrap_or(".");
        let reading = Reading {
            toml,
            task: name,
            line: toml.line(toml.start_of(&["tasks", name]).unwrap_or(0)),
            dir: root.join(cwd.trim_start_matches("${CARGO_MAKE_WORKSPACE_WORKING_DIRECTORY}/")),
            env: env
                .iter()
                .map(|(k, v)| (k.clone(), v.clone()))
                .chain(self::env(task.get("env")))
                .collect(),
        };
        calls.extend(reading.of_command(field("command"), field("args")));
        calls.extend(reading.of_script(field("script")));
    }
    calls
}

/// A field of a task, or of one that it extends.
fn field<'t>(toml: &'t TomlText<'_>, task: &'t Item, key: &str) -> Option<&'t Item> {
    let mut task = task;
    // As many steps as there could be without going round.
    for _ in 0..16 {
        if let Some(item) = task.get(key) {
            return Some(item);
        }
        let base = task.get("extend")?.as_str()?;
        task = toml.get(&["tasks", base])?;
    }
    None
}

fn env(table: Option<&Item>) -> BTreeMap<String, String> {
    let table = table.and_then(Item::as_table_like);
    let entries = table.into_iter().flat_map(|table| table.iter());
    let texts =
        entries.filter_map(|(key, value)| Some((key.to_string(), value.as_str()?.to_string())));
    texts.collect()
}

/// A task that is read.
struct Reading<'t> {
    toml: &'t TomlText<'t>,
    task: &'t str,
    line: usize,
    dir: Utf8PathBuf,
    env: BTreeMap<String, String>,
}

/// A word and its line.
type Word = (String, usize);

impl Reading<'_> {
    fn of_command(&self, command: Option<&Item>, args: Option<&Item>) -> Option<Call> {
        let command = command?.as_str()?;
        let mut words = vec![(command.to_string(), self.line)];
        let args = args.and_then(Item::as_array).into_iter().flatten();
        words.extend(
            args.filter_map(|value| Some((value.as_str()?.to_string(), self.line_of(value)))),
        );
        self.call(words, false)
    }

    fn of_script(&self, script: Option<&Item>) -> Vec<Call> {
        let Some(script) = script.and_then(Item::as_value) else {
            return Vec::new();
        };
        let lines = script.as_array();
        let texts = match lines {
            Some(lines) => lines.iter().collect(),
            None => vec![script],
        };
        let calls = texts.into_iter().filter_map(|text| {
            let first = self.line_of(text) + usize::from(self.begins_below(text));
            let commands = shell::commands(text.as_str()?).into_iter();
            let calls = commands.filter_map(move |command| {
                let line = first + command.line;
                let words = command.words.into_iter().map(|word| (word, line));
                self.call(words.collect(), true)
            });
            Some(calls.collect::<Vec<_>>())
        });
        calls.flatten().collect()
    }

    fn line_of(&self, value: &Value) -> usize {
        value
            .span()
            .map_or(self.line, |span| self.toml.line(span.start))
    }

    /// Whether the first line of a text stands below its quotation marks.
    fn begins_below(&self, value: &Value) -> bool {
        let text = value.span().and_then(|span| self.toml.text.get(span));
        let marks = ["'''\n", "\"\"\"\n", "'''\r\n", "\"\"\"\r\n"];
        text.is_some_and(|text| marks.iter().any(|mark| text.starts_with(mark)))
    }

    /// Words as a call, if they are one.
    fn call(&self, words: Vec<Word>, is_script: bool) -> Option<Call> {
        let words: Vec<Word> = words
            .into_iter()
            .map(|(word, line)| (self.filled(&word), line))
            .collect();
        let before = words.iter().take_while(|(word, _)| comes_before(word));
        let tool = before.count();
        if !is_tool(&words.get(tool)?.0) {
            return None;
        }
        let rest = match Utf8Path::new(&words[tool].0).file_name() {
            Some("wasm-rpc-stubgen") => &words[tool + 1..],
            _ => {
                let stubgen = words.iter().position(|(word, _)| word == "stubgen")?;
                words.get(stubgen + 1..)?
            }
        };
        let at = rest.iter().position(|(word, _)| !word.starts_with('-'))?;
        let command = rest[at].0.clone();
        Some(Call {
            task: self.task.to_string(),
            line: words[tool].1,
            is_script,
            options: options(&command, &rest[at + 1..]),
            command,
            dir: self.dir.clone(),
        })
    }

    fn filled(&self, word: &str) -> String {
        self.env
            .iter()
            .fold(word.to_string(), |word, (name, value)| {
                word.replace(&format!("${{{name}}}"), value)
            })
    }
}

fn is_tool(word: &str) -> bool {
    let name = Utf8Path::new(word).file_name();
    matches!(
        name,
        Some("golem-cli" | "golem-cloud-cli" | "wasm-rpc-stubgen")
    )
}

/// Whether a word of a script can stand in front of a command.
fn comes_before(word: &str) -> bool {
    let words = [
        "!", "do", "else", "env", "exec", "if", "then", "time", "while",
    ];
    words.contains(&word) || word.contains('=') && !word.starts_with('-')
}

/// The options among the words behind a subcommand.
fn options(command: &str, words: &[Word]) -> Vec<Given> {
    let values = VALUES.iter().find(|(name, _)| *name == command);
    let values = values.map_or(&[][..], |(_, values)| values);
    let mut options = Vec::new();
    let mut words = words.iter();
    while let Some((word, line)) = words.next() {
        let Some((name, inline)) = split(word, values) else {
            continue;
        };
        let takes = values.iter().any(|(long, _)| *long == name);
        let mut next = || words.next().map(|(value, _)| value.clone());
        let (value, text) = match (inline, takes) {
            (None, true) => {
                let value = next();
                let behind = value.as_ref().map(|value| format!(" {value}"));
                (value, word.clone() + &behind.unwrap_or_default())
            }
            (value, _) => (value, word.clone()),
        };
        options.push(Given {
            name,
            value,
            text,
            line: *line,
        });
    }
    options
}

/// An option as its long name, with a value that is written in the same word.
fn split(word: &str, values: &[(&str, &str)]) -> Option<(String, Option<String>)> {
    if let Some(long) = word.strip_prefix("--") {
        return Some(match long.split_once('=') {
            Some((name, value)) => (name.to_string(), Some(value.to_string())),
            None => (long.to_string(), None),
        });
    }
    let short = word.strip_prefix('-').filter(|short| !short.is_empty())?;
    let all = values.iter().chain(&FLAGS);
    let (long, name) = all
        .clone()
        .find(|(_, name)| !name.is_empty() && short.starts_with(name))?;
    let value = short[name.len()..].trim_start_matches('=');
    let takes = values.iter().any(|(other, _)| other == long);
    Some((
        long.to_string(),
        (takes && !value.is_empty()).then(|| value.to_string()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<Call> {
        let toml = TomlText::parse(Utf8Path::new("/w/Makefile.toml"), text).unwrap();
        find(&toml, Utf8Path::new("/w"))
    }

    fn shown(call: &Call) -> String {
        let options = call.options.iter().map(|given| {
            let value = given.value.as_deref().unwrap_or("+");
            format!(" {}={value}@{} [{}]", given.name, given.line, given.text)
        });
        format!(
            "{} {}@{}{}",
            call.task,
            call.command,
            call.line,
            options.collect::<String>()
        )
    }

    #[test]
    fn every_way_to_write_an_option() {
        let text = "\
[tasks.a]
command = \"golem-cli\"
args = [
  \"stubgen\", \"generate\",
  \"-s\", \"a/wit\", \"-da-stub\",
  \"--world=x\",
  \"--always-inline-types\",
  \"--stub-crate-version\", \"1.2.3\",
]
";
        let [call] = &calls(text)[..] else { panic!() };
        assert_eq!(
            shown(call),
            "a generate@1 source-wit-root=a/wit@5 [-s a/wit] dest-crate-root=a-stub@5 [-da-stub] world=x@6 [--world=x] always-inline-types=+@7 [--always-inline-types] stub-crate-version=1.2.3@8 [--stub-crate-version 1.2.3]"
        );
        assert_eq!(call.path("dest-crate-root").unwrap(), "/w/a-stub");
    }

    #[test]
    fn scripts_and_what_they_extend() {
        let text = "\
[env]
WORLD = \"seen\"

[tasks.base]
command = \"golem-cloud-cli\"
cwd = \"sub\"

[tasks.b]
extend = \"base\"
args = [\"--profile\", \"p\", \"stubgen\", \"add-stub-dependency\", \"-s\", \"../b\", \"-o\", \"-u\"]

[tasks.c]
script = '''
mkdir -p out
/usr/bin/wasm-rpc-stubgen build -s wit \\
  -w ${WORLD} --dest-wasm out/c.wasm
'''

[tasks.d]
script = [
  \"echo golem-cli\",
  \"golem-cli stubgen compose --source-wasm a --stub-wasm b --stub-wasm c --dest-wasm d\",
]
";
        let shown: Vec<String> = calls(text).iter().map(shown).collect();
        assert_eq!(
            shown,
            [
                "b add-stub-dependency@8 stub-wit-root=../b@10 [-s ../b] overwrite=+@10 [-o] update-cargo-toml=+@10 [-u]",
                "c build@15 source-wit-root=wit@15 [-s wit] world=seen@15 [-w seen] dest-wasm=out/c.wasm@15 [--dest-wasm out/c.wasm]",
                "d compose@22 source-wasm=a@22 [--source-wasm a] stub-wasm=b@22 [--stub-wasm b] stub-wasm=c@22 [--stub-wasm c] dest-wasm=d@22 [--dest-wasm d]",
            ]
        );
        assert_eq!(calls(text)[0].path("stub-wit-root").unwrap(), "/w/b");
    }
}
