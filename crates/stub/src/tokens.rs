//! WIT text → its tokens, comments and blanks among them: together they are the text.
//!
//! Just enough of WIT's grammar to know what is a comment and what is a word. Nothing is refused:
//! what is no WIT comes out as single characters. Block comments nest, as they do in WIT; a text in
//! quotation marks is one token.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters, digits and hyphens; `%` in front makes a name of a keyword.
    Word,
    /// `->`
    Arrow,
    /// Any other character.
    Sign,
    /// Text in quotation marks.
    Quoted,
    /// `// …`, without the line break.
    LineComment,
    /// `/* … */`
    BlockComment,
    /// Spaces, tabs, line breaks.
    Blank,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

impl Token {
    /// Whether it means something to WIT.
    pub fn is_code(&self) -> bool {
        !matches!(
            self.kind,
            Kind::LineComment | Kind::BlockComment | Kind::Blank
        )
    }
}

/// The tokens of a text, in its order and without gaps.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let (kind, length) = next(&text[start..], first);
        let range = start..start + length;
        start = range.end;
        tokens.push(Token { kind, range });
    }
    tokens
}

/// What `rest` begins with, and how long that is.
fn next(rest: &str, first: char) -> (Kind, usize) {
    let until = |end: fn(char) -> bool| rest.find(end).unwrap_or(rest.len());
    match first {
        _ if rest.starts_with("//") => {
            let line = until(|c| c == '\n');
            (Kind::LineComment, rest[..line].trim_end_matches('\r').len())
        }
        _ if rest.starts_with("/*") => (Kind::BlockComment, block_comment(rest)),
        _ if rest.starts_with("->") => (Kind::Arrow, 2),
        '"' => (Kind::Quoted, quoted(rest)),
        c if c.is_whitespace() => (Kind::Blank, until(|c| !c.is_whitespace())),
        '%' => {
            let name = rest[1..].find(|c| !is_in_word(c)).unwrap_or(rest.len() - 1);
            (if name == 0 { Kind::Sign } else { Kind::Word }, 1 + name)
        }
        c if c.is_ascii_alphanumeric() => (Kind::Word, word(rest)),
        c => (Kind::Sign, c.len_utf8()),
    }
}

fn is_in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// A word ends before an arrow: `u8->u8` has none of it.
fn word(rest: &str) -> usize {
    let end = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
    if rest[end..].starts_with('>') && rest[..end].ends_with('-') {
        end - 1
    } else {
        end
    }
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\n' => return at,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        let step = &rest[at..];
        if step.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if step.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += step.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Vec<&str> {
        let tokens = tokens(text).into_iter().filter(Token::is_code);
        tokens.map(|token| &text[token.range]).collect()
    }

    #[test]
    fn tokens_are_the_text() {
        for text in [
            "a: func(x: f32)->%type; // end",
            "/* /* inner */ still */ b",
            "\u{feff}package a:b@1.0.0-rc.float32;\r\n",
            "/* never ends",
            "\"never ends\nbut here it does",
            "% ü -> -",
        ] {
            let joined: String = tokens(text).into_iter().map(|t| &text[t.range]).collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn what_is_code() {
        assert_eq!(code("u8->u8"), ["u8", "->", "u8"]);
        assert_eq!(code("a-b%c-d"), ["a-b", "%c-d"]);
        assert_eq!(code("/* /* float32 */ x */ y // z\nw"), ["y", "w"]);
        assert_eq!(code("@a(b = \"// \\\" c\")")[5], "\"// \\\" c\"");
    }
}
