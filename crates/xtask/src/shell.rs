//! Commands, shown as a person would type them, and run.

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;

/// Where commands run, and what is first on their PATH.
pub(crate) struct Shell {
    cwd: Utf8PathBuf,
    path: String,
}

impl Shell {
    /// Commands in `cwd`.
    pub(crate) fn new(cwd: &Utf8Path) -> Shell {
        Shell {
            cwd: cwd.to_path_buf(),
            path: std::env::var("PATH").unwrap_or_default(),
        }
    }

    /// With the programs of `dir` before all others.
    pub(crate) fn with_programs(self, dir: &Utf8Path) -> Shell {
        Shell {
            path: format!("{dir}:{}", self.path),
            ..self
        }
    }

    /// The directory that commands run in.
    pub(crate) fn cwd(&self) -> &Utf8Path {
        &self.cwd
    }

    /// Shows a command and runs it; its output is ours.
    pub(crate) fn run(&self, command: &[&str]) -> Result<()> {
        show(&[command]);
        self.quiet(command)
    }

    /// Runs a command without a word; its output is ours.
    pub(crate) fn quiet(&self, command: &[&str]) -> Result<()> {
        let status = self
            .expression(command)
            .run()
            .with_context(|| typed(command))?
            .status;
        if status.success() {
            Ok(())
        } else {
            bail!("`{}` failed ({status})", typed(command))
        }
    }

    /// Shows a command, given in lines, runs it, and gives what it wrote to standard output.
    pub(crate) fn read(&self, lines: &[&[&str]]) -> Result<String> {
        show(lines);
        let command = lines.concat();
        let output = self.expression(&command).stdout_capture().run()?;
        if output.status.success() {
            Ok(String::from_utf8(output.stdout)?)
        } else {
            bail!("`{}` failed ({})", typed(&command), output.status)
        }
    }

    /// Runs a command that nobody needs to see; an error holds all that it said.
    pub(crate) fn silent(&self, command: &[&str]) -> Result<String> {
        let output = self
            .expression(command)
            .stderr_to_stdout()
            .stdout_capture()
            .run();
        let output = output.with_context(|| typed(command))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(said)
        } else {
            bail!("`{}` failed ({})\n{said}", typed(command), output.status)
        }
    }

    fn expression(&self, command: &[&str]) -> Expression {
        let expression = duct::cmd(command[0], &command[1..]).dir(&self.cwd);
        expression.env("PATH", &self.path).unchecked()
    }
}

/// `$ command`, on as many lines as it is given in.
fn show(lines: &[&[&str]]) {
    let lines: Vec<String> = lines.iter().map(|line| typed(line)).collect();
    println!("\n$ {}", lines.join(" \\\n    "));
}

/// A command as one would type it into a shell.
fn typed(command: &[&str]) -> String {
    let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,+@%".contains(c);
    if word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// `Verb thing`, as cargo says it.
pub(crate) fn status(verb: &str, thing: &str) {
    let bold = std::io::IsTerminal::is_terminal(&std::io::stderr());
    if bold {
        eprintln!("\x1b[1;32m{verb:>12}\x1b[0m {thing}")
    } else {
        eprintln!("{verb:>12} {thing}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(typed(&["cargo", "-p", "a_b"]), "cargo -p a_b");
        assert_eq!(typed(&["f(\"x\")", "it's"]), r#"'f("x")' 'it'\''s'"#);
    }
}
