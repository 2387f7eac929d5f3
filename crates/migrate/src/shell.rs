//! A shell script → its commands, each with its words and its line: enough to read the arguments of a
//! call. Variables stay as they are written.

/// A command: its line in the script, from 0, and its words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) line: usize,
    pub(super) words: Vec<String>,
}

/// The commands of a script, in its order.
pub(super) fn commands(script: &str) -> Vec<Command> {
    let mut reading = Reading::default();
    let mut chars = script.chars().peekable();
    let mut line = 0;
    while let Some(c) = chars.next() {
        match (reading.quote, c) {
            (Some(quote), c) if c == quote => reading.quote = None,
            (quote, '\\') if quote != Some('\'') => match chars.next() {
                Some('\n') => line += 1,
                Some(c) => reading.push(c, line),
                None => {}
            },
            (Some(_), c) => reading.push(c, line),
            (None, '\'' | '"') => {
                reading.quote = Some(c);
                reading.begin(line);
            }
            (None, '#') if reading.word.is_none() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => reading.end_command(),
            (None, c) if c.is_whitespace() => reading.end_word(),
            (None, c) => reading.push(c, line),
        }
        line += usize::from(c == '\n');
    }
    reading.end_command();
    reading.commands
}

#[derive(Default)]
struct Reading {
    commands: Vec<Command>,
    words: Vec<String>,
    /// The line on which the command began.
    line: usize,
    word: Option<String>,
    quote: Option<char>,
}

impl Reading {
    fn begin(&mut self, line: usize) {
        if self.words.is_empty() && self.word.is_none() {
            self.line = line;
        }
        self.word.get_or_insert_default();
    }

    fn push(&mut self, c: char, line: usize) {
        self.begin(line);
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            let words = std::mem::take(&mut self.words);
            let line = self.line;
            self.commands.push(Command { line, words });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_their_words() {
        let script = "# generate -w no\nset -e\ncd 'a b' && X=1 golem-cli stubgen \\\n  generate -s \"c \\\" d\" # more\n\nif true; then e''f; fi\n";
        let found: Vec<(usize, String)> = commands(script)
            .into_iter()
            .map(|command| (command.line, command.words.join("|")))
            .collect();
        let wanted = [
            (1, "set|-e"),
            (2, "cd|a b"),
            (2, "X=1|golem-cli|stubgen|generate|-s|c \" d"),
            (5, "if|true"),
            (5, "then|ef"),
            (5, "fi"),
        ];
        assert_eq!(found, wanted.map(|(line, words)| (line, words.to_string())));
    }

    #[test]
    fn nothing_stops_it() {
        for script in ["", "'", "\"\\", "a\\", "a 'b\nc", "$((1)) # x"] {
            commands(script);
        }
    }
}
