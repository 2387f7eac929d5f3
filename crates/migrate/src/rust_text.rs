//! Rust source → its words with their lines, and its comments: enough to say where a name stands.

/// What a Rust source has, strings left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RustText<'t> {
    /// Each word (a name, a keyword, a number) with its line, from 1.
    pub(super) words: Vec<(usize, &'t str)>,
    /// The lines on which comments begin.
    pub(super) comments: Vec<usize>,
}

impl<'t> RustText<'t> {
    pub(super) fn read(text: &'t str) -> RustText<'t> {
        let mut read = RustText::default();
        let (mut at, mut line) = (0, 1);
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let length = if is_word(c) && !is_raw_string(rest) {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                read.words.push((line, &rest[..length]));
                length
            } else if rest.starts_with("//") || rest.starts_with("/*") {
                read.comments.push(line);
                comment(rest)
            } else {
                literal(rest).unwrap_or(c.len_utf8())
            };
            line += rest[..length].matches('\n').count();
            at += length;
        }
        read
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn comment(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        let step = &rest[at..];
        match (step.starts_with("/*"), step.starts_with("*/")) {
            (true, _) => depth += 1,
            (_, true) => depth -= 1,
            _ => {
                at += step.chars().next().map_or(1, char::len_utf8);
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Whether a raw string begins here: `r"`, `r#"`, `br"`.
fn is_raw_string(rest: &str) -> bool {
    let behind = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
    behind.is_some_and(|behind| behind.trim_start_matches('#').starts_with('"'))
}

/// The length of a string or a character, if one begins here; a lifetime is none.
fn literal(rest: &str) -> Option<usize> {
    if is_raw_string(rest) {
        let quote = rest.find('"')?;
        let hashes = rest[..quote].matches('#').count();
        let end = format!("\"{}", "#".repeat(hashes));
        let length = rest[quote + 1..].find(&end);
        return Some(length.map_or(rest.len(), |at| quote + 1 + at + end.len()));
    }
    match rest.as_bytes()[0] {
        b'"' => Some(until_quote(rest, '"')),
        b'\'' => {
            let mut behind = rest[1..].chars();
            let (first, second) = (behind.next()?, behind.next());
            let is_char = first == '\\' || second == Some('\'');
            is_char.then(|| until_quote(rest, '\''))
        }
        _ => None,
    }
}

fn until_quote(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_comments() {
        let text = "use a::B; // C\nfn f<'a>(x: &'a u8) { \"D // \\\" E\"; 'F'; '\\''; }\n/* G\n/* */ */ h!(r#\"I \" J\"#);\nbr\"K\"; r_ b";
        let read = RustText::read(text);
        let words: Vec<String> = read.words.iter().map(|(l, w)| format!("{l}{w}")).collect();
        let wanted = "1use 1a 1B 2fn 2f 2a 2x 2a 2u8 4h 5r_ 5b";
        assert_eq!(words.join(" "), wanted);
        assert_eq!(read.comments, [1, 3]);
    }

    #[test]
    fn nothing_stops_it() {
        for text in ["", "'", "\"", "r#\"", "/*", "'\\", "/* /* */", "ü'é'", "b"] {
            RustText::read(text);
        }
    }
}
