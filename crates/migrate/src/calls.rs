//! The tasks of Makefile.toml that call the older tool: its subcommands with their options.
//!
//! A call is a task with `command` and `args`, as the older tool wrote them. Scripts are the user's.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::normal;
use golem_rpc_toml::TomlText;
use toml_edit::{Item, Value};

/// A call of the older tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The task.
    pub(crate) task: String,
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    /// `generate`, `build`, `add-stub-dependency`, …
    pub(crate) command: String,
    pub(crate) options: Vec<Given>,
    /// The directory in which it runs.
    dir: Utf8PathBuf,
}

/// An option of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// Its long name, without hyphens.
    pub(crate) name: String,
    /// Its value, if it takes one.
    pub(crate) value: Option<String>,
    /// As it is written.
    pub(crate) text: String,
    /// The line, from 1.
    pub(crate) line: usize,
}

/// Options that take no value.
const FLAGS: [&str; 3] = ["always-inline-types", "overwrite", "update-cargo-toml"];

impl Call {
    /// A path that an option names.
    pub(crate) fn path(&self, name: &str) -> Option<Utf8PathBuf> {
        let mut named = self.options.iter().filter(|given| given.name == name);
        let value = named.next_back()?.value.as_ref()?;
        Some(normal(&self.dir.join(value)))
    }

    /// Whether it gives the stub in `stub` to the member in `caller`.
    pub(crate) fn links(&self, stub: &Utf8Path, caller: &Utf8Path) -> bool {
        let below = |name, dir| self.path(name).is_some_and(|path| path.starts_with(dir));
        self.command == "add-stub-dependency"
            && below("stub-wit-root", stub)
            && below("dest-wit-root", caller)
    }
}

/// The calls of a Makefile.toml in the workspace's root.
pub(crate) fn find(toml: &TomlText<'_>, root: &Utf8Path) -> Vec<Call> {
    let calls = tasks(toml).filter_map(|(name, task)| call(toml, root, name, task));
    calls.collect()
}

/// The tasks of a Makefile.toml.
pub(crate) fn tasks<'t>(toml: &'t TomlText<'_>) -> impl Iterator<Item = (&'t str, &'t Item)> {
    let tasks = toml.get(&["tasks"]).and_then(Item::as_table_like);
    tasks.into_iter().flat_map(|tasks| tasks.iter())
}

/// The line on which a task begins, from 1.
pub(crate) fn line_of(toml: &TomlText<'_>, task: &str) -> usize {
    toml.line(toml.start_of(&["tasks", task]).unwrap_or(0))
}

/// The arguments of a task.
pub(crate) fn args(task: &Item) -> impl Iterator<Item = (&str, &Value)> {
    let args = task.get("args").and_then(Item::as_array);
    let args = args.into_iter().flatten();
    args.filter_map(|value| Some((value.as_str()?, value)))
}

fn call(toml: &TomlText<'_>, root: &Utf8Path, name: &str, task: &Item) -> Option<Call> {
    let line = line_of(toml, name);
    let line_of = |value: &Value| value.span().map_or(line, |span| toml.line(span.start));
    let words: Vec<(&str, usize)> = args(task).map(|(word, v)| (word, line_of(v))).collect();
    let tool = task.get("command")?.as_str()?;
    let rest = match Utf8Path::new(tool).file_name()? {
        "wasm-rpc-stubgen" => &words[..],
        "golem-cli" | "golem-cloud-cli" => {
            let at = words.iter().position(|(word, _)| *word == "stubgen")?;
            &words[at + 1..]
        }
        _ => return None,
    };
    let ((command, _), rest) = rest.split_first()?;
    let cwd = task.get("cwd").and_then(Item::as_str).unwrap_or(".");
    Some(Call {
        task: name.to_string(),
        line,
        command: command.to_string(),
        options: options(command, rest),
        dir: root.join(cwd),
    })
}

/// The options among the words behind a subcommand.
fn options(command: &str, words: &[(&str, usize)]) -> Vec<Given> {
    let mut options = Vec::new();
    let mut words = words.iter();
    while let Some((word, line)) = words.next() {
        let Some((name, inline)) = split(command, word) else {
            continue;
        };
        let mut text = word.to_string();
        let mut value = inline.map(str::to_string);
        if value.is_none() && !FLAGS.contains(&name) {
            value = words.next().map(|(next, _)| next.to_string());
            text += &value.iter().map(|v| format!(" {v}")).collect::<String>();
        }
        options.push(Given {
            name: name.to_string(),
            value,
            text,
            line: *line,
        });
    }
    options
}

/// An option's long name, with a value that is written in the same word.
fn split<'w>(command: &str, word: &'w str) -> Option<(&'w str, Option<&'w str>)> {
    if let Some(long) = word.strip_prefix("--") {
        return Some(match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        });
    }
    let short = word.strip_prefix('-')?;
    let name = match (short.chars().next()?, command) {
        ('s', "add-stub-dependency") => "stub-wit-root",
        ('s', _) => "source-wit-root",
        ('d', "add-stub-dependency") => "dest-wit-root",
        ('d', _) => "dest-crate-root",
        ('w', _) => "world",
        ('o', _) => "overwrite",
        ('u', _) => "update-cargo-toml",
        _ => return None,
    };
    let value = short[1..].trim_start_matches('=');
    Some((name, Some(value).filter(|value| !value.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

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

[tasks.b]
command = \"wasm-rpc-stubgen\"
cwd = \"sub\"
args = [\"add-stub-dependency\", \"-s\", \"../b\", \"-o\", \"-u\"]
";
        let toml = TomlText::parse(Utf8Path::new("/w/Makefile.toml"), text).unwrap();
        let calls = find(&toml, Utf8Path::new("/w"));
        let shown = calls.iter().map(|call| {
            let options = call.options.iter().map(|given| {
                let value = given.value.as_deref().unwrap_or("+");
                format!(" {}={value}@{} [{}]", given.name, given.line, given.text)
            });
            format!(
                "{} {}{}",
                call.task,
                call.command,
                options.collect::<String>()
            )
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                "a generate source-wit-root=a/wit@5 [-s a/wit] dest-crate-root=a-stub@5 [-da-stub] world=x@6 [--world=x] always-inline-types=+@7 [--always-inline-types] stub-crate-version=1.2.3@8 [--stub-crate-version 1.2.3]",
                "b add-stub-dependency stub-wit-root=../b@14 [-s ../b] overwrite=+@14 [-o] update-cargo-toml=+@14 [-u]",
            ]
        );
        assert_eq!(calls[0].path("dest-crate-root").unwrap(), "/w/a-stub");
        assert!(calls[1].path("stub-wit-root").unwrap() == "/w/b");
    }
}
