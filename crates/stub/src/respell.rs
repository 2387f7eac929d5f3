//! Old WIT spellings, found by what stands around them, and the text with today's in their place.
//!
//! | old | today | is one where |
//! |---|---|---|
//! | `float32`, `float64` | `f32`, `f64` | a type stands there, and no type of that name is declared beside it |
//! | `-> ()` | nothing | always |
//!
//! Whatever else the text says stays, byte for byte: comments, names, line endings.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::tokens::{Kind, Token, tokens};

/// One old spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Old {
    /// Where it begins.
    pub(crate) start: usize,
    /// The spelling as people know it.
    pub(crate) old: &'static str,
    /// What is written today.
    pub(crate) new: &'static str,
    /// The pieces of text that give way: the first to `new`, the others to nothing.
    pieces: Vec<Range<usize>>,
}

impl Old {
    /// Where it ends, or the line that it begins in.
    pub(crate) fn end_of_line(&self, text: &str) -> usize {
        let end = self.pieces.last().map_or(self.start, |piece| piece.end);
        let line = text[self.start..].find(['\r', '\n']);
        line.map_or(end, |line| end.min(self.start + line))
    }
}

const FLOATS: [(&str, &str); 2] = [("float32", "f32"), ("float64", "f64")];

/// The text of a WIT file with today's spellings; none if it has no old one.
pub fn respell(text: &str) -> Option<String> {
    let found = find(text);
    if found.is_empty() {
        return None;
    }
    let (mut new, mut from) = (String::with_capacity(text.len()), 0);
    for spelling in found {
        let mut put = spelling.new;
        for piece in spelling.pieces {
            new.push_str(&text[from..piece.start]);
            new.push_str(std::mem::take(&mut put));
            from = piece.end;
        }
    }
    new.push_str(&text[from..]);
    Some(new)
}

/// All old spellings of a text, in its order.
pub(crate) fn find(text: &str) -> Vec<Old> {
    let tokens = tokens(text);
    let scan = Scan::new(text, &tokens);
    let mut found = scan.floats();
    found.extend(scan.empty_results());
    found.sort_by_key(|old| old.start);
    found
}

/// What an open bracket means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    /// `{` of an interface or a world, with its number: types are declared in it.
    Scope(usize),
    /// `.{` of a `use`.
    Uses,
    /// Any other `{`.
    Braces,
    /// `(` behind `@name`.
    Attribute,
    /// Any other `(`.
    Parens,
    /// `<`
    Angle,
}

/// A word `float32` or `float64` without `%`.
struct Float {
    /// Which of the code tokens.
    at: usize,
    scope: usize,
    is_type: bool,
}

/// The code of a text, read once from front to back.
struct Scan<'t> {
    text: &'t str,
    all: &'t [Token],
    /// Indices into `all`.
    code: Vec<usize>,
    floats: Vec<Float>,
    /// Names declared as types, by scope.
    declared: BTreeSet<(usize, &'t str)>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, all: &'t [Token]) -> Scan<'t> {
        let code = (0..all.len()).filter(|at| all[*at].is_code()).collect();
        let mut scan = Scan {
            text,
            all,
            code,
            floats: Vec::new(),
            declared: BTreeSet::new(),
        };
        scan.read();
        scan
    }

    /// The text of a code token; empty before the first and behind the last.
    fn word(&self, at: Option<usize>) -> &'t str {
        let token = at.and_then(|at| self.code.get(at));
        token.map_or("", |token| &self.text[self.all[*token].range.clone()])
    }

    fn read(&mut self) {
        let mut open: Vec<Bracket> = Vec::new();
        let (mut statement, mut scopes) = (0, 0);
        // what is open of the interfaces and worlds alone
        let mut within: Vec<usize> = Vec::new();
        for at in 0..self.code.len() {
            let word = self.word(Some(at));
            let scope = within.last().copied().unwrap_or(0);
            if is_float(word.trim_start_matches('%')) {
                self.float(at, &open, statement, scope);
            }
            match word {
                "{" => {
                    let bracket = self.braces(statement, at);
                    if bracket == Bracket::Braces && self.opens_scope(statement, at) {
                        scopes += 1;
                        within.push(scopes);
                        open.push(Bracket::Scope(scopes));
                    } else {
                        open.push(bracket);
                    }
                }
                "(" if self.word(at.checked_sub(2)) == "@" => open.push(Bracket::Attribute),
                "(" => open.push(Bracket::Parens),
                "<" => open.push(Bracket::Angle),
                "}" | ")" | ">" => {
                    if let Some(Bracket::Scope(_)) = open.pop() {
                        within.pop();
                    }
                }
                _ => {}
            }
            if matches!(word, "{" | "}" | ";") {
                statement = at + 1;
            }
        }
    }

    fn braces(&self, statement: usize, at: usize) -> Bracket {
        if at > statement && self.word(at.checked_sub(1)) == "." {
            Bracket::Uses
        } else {
            Bracket::Braces
        }
    }

    /// Whether the statement is that of an interface or a world.
    fn opens_scope(&self, statement: usize, brace: usize) -> bool {
        (statement..brace).any(|at| matches!(self.word(Some(at)), "interface" | "world"))
    }

    /// Notes what a word `float32` or `float64` is: a declared name, a type, or some other name.
    fn float(&mut self, at: usize, open: &[Bracket], statement: usize, scope: usize) {
        let word = self.word(Some(at));
        let before = self.word(at.checked_sub(1));
        let behind = self.word(Some(at + 1));
        let inner = open.last();
        let named = match inner {
            Some(Bracket::Uses) => behind != "as",
            _ => matches!(
                before,
                "type" | "record" | "variant" | "enum" | "flags" | "resource"
            ),
        };
        if named {
            self.declared.insert((scope, word.trim_start_matches('%')));
        }
        if word.starts_with('%') {
            return;
        }
        let head = self.word(Some(statement));
        let is_path = matches!(head, "use" | "include" | "package") || matches!(behind, ":" | "/");
        let place = match before {
            ":" | "=" | "->" | "<" | "(" => true,
            "," => inner == Some(&Bracket::Angle),
            _ => false,
        };
        let is_type = place && !is_path && !named && inner.is_none_or(|b| *b != Bracket::Attribute);
        self.floats.push(Float { at, scope, is_type });
    }

    fn floats(&self) -> Vec<Old> {
        let old = |float: &Float| {
            let word = self.word(Some(float.at));
            let (old, new) = FLOATS.into_iter().find(|(old, _)| *old == word)?;
            let range = self.all[self.code[float.at]].range.clone();
            let counts = float.is_type && !self.declared.contains(&(float.scope, word));
            counts.then(|| Old {
                start: range.start,
                old,
                new,
                pieces: vec![range],
            })
        };
        self.floats.iter().filter_map(old).collect()
    }

    fn empty_results(&self) -> Vec<Old> {
        let is_old = |at: &usize| {
            let words = [*at, at + 1, at + 2].map(|at| self.word(Some(at)));
            words == ["->", "(", ")"]
        };
        let arrows = (0..self.code.len()).filter(is_old);
        arrows.map(|at| self.empty_result(at)).collect()
    }

    /// The arrow and its empty brackets, with the blanks between them and in front.
    fn empty_result(&self, at: usize) -> Old {
        let (from, to) = (self.code[at], self.code[at + 2]);
        let is_ours = |token: &&Token| token.is_code() || token.kind == Kind::Blank;
        let mut pieces: Vec<Range<usize>> = Vec::new();
        // Behind `// …` the line break has to stay: what follows would become a comment.
        let ends_comment = |blank: usize| {
            blank
                .checked_sub(1)
                .is_some_and(|before| self.all[before].kind == Kind::LineComment)
        };
        let blank = from.checked_sub(1);
        let blank = blank.filter(|at| self.all[*at].kind == Kind::Blank && !ends_comment(*at));
        let first = blank.unwrap_or(from);
        for (offset, token) in self.all[first..=to].iter().enumerate() {
            let is_blank = token.kind == Kind::Blank;
            if is_ours(&token) && !(is_blank && ends_comment(first + offset)) {
                pieces.push(token.range.clone());
            }
        }
        Old {
            start: self.all[from].range.start,
            old: "-> ()",
            new: "",
            pieces,
        }
    }
}

fn is_float(word: &str) -> bool {
    FLOATS.iter().any(|(old, _)| *old == word)
}

#[cfg(test)]
mod tests;
