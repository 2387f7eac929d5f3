//! WIT text with the places of a world's items in it.
//!
//! The parser says what a world means, but not where each of its items stands. So brackets are counted here
//! among the tokens of the text. What is put in by this is parsed again by the real parser.

use std::collections::BTreeSet;
use std::ops::Range;

use golem_rpc_stub::tokens;
use semver::Version;
use wit_parser::PackageName;

/// A word (`import`, `%my-name`, `1`) or a single sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token<'t> {
    text: &'t str,
    at: usize,
}

impl Token<'_> {
    /// The word without the mark that it is no keyword.
    fn name(&self) -> &str {
        self.text.strip_prefix('%').unwrap_or(self.text)
    }

    fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

/// A world in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) name: String,
    /// Where it begins: the line's indentation is that of the world.
    start: usize,
    /// The offset behind its opening brace.
    open: usize,
    pub(crate) items: Vec<Item>,
}

/// Something that a world says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What it imports, if it is an import, without blanks; an interface in braces by its name.
    pub(crate) import: Option<String>,
    /// The world that it includes, likewise.
    pub(crate) include: Option<String>,
    /// From its first word or its gate to its end.
    pub(crate) range: Range<usize>,
    /// The comment behind it that says that it is ours, with the blanks in front of that.
    pub(crate) tag: Option<Range<usize>>,
}

/// What an import of ours bears: on a line of its own, and where something else follows on that.
const TAGS: [&str; 2] = ["// golem-rpc", "/* golem-rpc */"];

/// Whether a file can have a tag.
pub(crate) fn has_tag(content: &[u8]) -> bool {
    let word = b"golem-rpc";
    content.windows(word.len()).any(|part| part == word)
}

/// The tag behind what ends at `end`; on a line of its own with all that is said behind it.
fn tag_behind(text: &str, end: usize) -> Option<Range<usize>> {
    let line = &text[end..line_end(text, end)];
    let comment = line.trim_start_matches([' ', '\t']);
    let [own_line, within] = TAGS;
    let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    if comment.starts_with(within) {
        let length = line.len() - comment.len() + within.len();
        return Some(end..end + length);
    }
    let rest = comment.strip_prefix(own_line)?;
    is_whole(rest).then(|| end..end + line.len())
}

/// The worlds of the file's own package.
pub(crate) fn worlds(text: &str) -> Vec<World> {
    let tokens = tokens(text);
    let (mut worlds, mut depth) = (Vec::new(), 0usize);
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "world" if depth == 0 => {
                if let [name, brace, rest @ ..] = &tokens[index + 1..]
                    && brace.text == "{"
                {
                    let mut items = items(rest);
                    let imports = items.iter_mut().filter(|item| item.import.is_some());
                    imports.for_each(|item| item.tag = tag_behind(text, item.range.end));
                    worlds.push(World {
                        name: name.name().to_string(),
                        start: token.at,
                        open: brace.end(),
                        items,
                    });
                }
            }
            _ => {}
        }
    }
    worlds
}

/// The items up to the brace that closes the world.
fn items(tokens: &[Token<'_>]) -> Vec<Item> {
    let (mut items, mut depth, mut first) = (Vec::new(), 0usize, 0);
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(|next| next.text);
        match token.text {
            "{" | "(" => depth += 1,
            "}" if depth == 0 => return items,
            "}" | ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = token.text == ";" || (token.text == "}" && next != Some(";"));
        if ends && depth == 0 {
            items.push(item(&tokens[first..=index]));
            first = index + 1;
        }
    }
    items
}

fn item(tokens: &[Token<'_>]) -> Item {
    let words = without_gates(tokens);
    let is = |word: &str| words.first().is_some_and(|first| first.text == word);
    let name = |what: &[Token<'_>]| what.iter().map(Token::name).collect::<String>();
    let import = match words {
        [_, what @ .., end] if is("import") && end.text == ";" => Some(name(what)),
        [_, what, ..] if is("import") => Some(what.name().to_string()),
        _ => None,
    };
    let included = words.iter().skip(1);
    let included = included.take_while(|word| ![";", "with"].contains(&word.text));
    let include = is("include").then(|| included.map(Token::name).collect());
    let end = tokens.last().map_or(tokens[0].at, Token::end);
    Item {
        import,
        include,
        range: tokens[0].at..end,
        tag: None,
    }
}

/// An item without `@since(…)` and the like.
fn without_gates<'a, 't>(mut tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    while let [sign, _, rest @ ..] = tokens
        && sign.text == "@"
    {
        let close = rest.iter().position(|token| token.text == ")");
        tokens = match (rest.first().map(|token| token.text), close) {
            (Some("("), Some(close)) => &rest[close + 1..],
            _ => rest,
        };
    }
    tokens
}

/// What a world imports, by itself and by the worlds of the same package that it includes.
pub(crate) fn imports(worlds: &[World], name: &str) -> BTreeSet<String> {
    let (mut imports, mut seen, mut left) = (BTreeSet::new(), BTreeSet::new(), vec![name]);
    while let Some(name) = left.pop() {
        if seen.insert(name) {
            let worlds = worlds.iter().filter(|world| world.name == name);
            let items = || worlds.clone().flat_map(|world| &world.items);
            imports.extend(items().filter_map(|item| item.import.clone()));
            left.extend(items().filter_map(|item| item.include.as_deref()));
        }
    }
    imports
}

impl World {
    /// Where new imports of ours go, and the text that puts them there: behind the last import, else behind
    /// the brace.
    pub(crate) fn insertion(&self, text: &str, imports: &[String]) -> (usize, String) {
        let last = self.items.iter().rev().find(|item| item.import.is_some());
        let anchor = last.map_or(self.open, |item| item.range.end);
        let line_end = line_end(text, anchor);
        let rest = &text[anchor..line_end];
        let is_last_on_line = line_end < text.len() && is_blank(rest);
        if !is_last_on_line {
            let import = |import: &String| format!(" import {import}; {}", TAGS[1]);
            return (anchor, imports.iter().map(import).collect());
        }
        let is_windows = text[line_end..].starts_with('\r');
        let newline = if is_windows { "\r\n" } else { "\n" };
        let indent = self.indent(text, last);
        let line = |import: &String| format!("{newline}{indent}import {import}; {}", TAGS[0]);
        (line_end, imports.iter().map(line).collect())
    }

    /// The indentation of the item that comes before, or else of any, or else two blanks more than
    /// the world's.
    fn indent(&self, text: &str, before: Option<&Item>) -> String {
        let mut items = before.into_iter().chain(&self.items);
        let of_item = items.find_map(|item| {
            let line = &text[line_start(text, item.range.start)..item.range.start];
            line.trim().is_empty().then(|| line.to_string())
        });
        of_item.unwrap_or_else(|| {
            let line = &text[line_start(text, self.start)..self.start];
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            format!("{}  ", &line[..blanks])
        })
    }
}

/// Whether an offset lies in an import of ours.
pub(crate) fn is_tagged(text: &str, at: usize) -> bool {
    let items = worlds(text).into_iter().flat_map(|world| world.items);
    let mut ours = items.filter(|item| item.tag.is_some());
    ours.any(|item| item.range.contains(&at))
}

/// A text without the imports of ours.
pub(crate) fn without_tagged(text: &str) -> String {
    let items = worlds(text).into_iter().flat_map(|world| world.items);
    let ours: Vec<Item> = items.filter(|item| item.tag.is_some()).collect();
    let mut without = text.to_string();
    for item in ours.iter().rev() {
        without.replace_range(removal(text, item), "");
    }
    without
}

/// What has to go for an item to be gone: with what documents it, its tag, and with its line, if that
/// holds nothing else. Another comment behind it stays, on that line.
fn removal(text: &str, item: &Item) -> Range<usize> {
    let Range { start, end } = item.range;
    let end = item.tag.as_ref().map_or(end, |tag| tag.end);
    let start = with_docs(text, start);
    let (line, line_end) = (line_start(text, start), line_end(text, end));
    let before = &text[line..start];
    if before.trim().is_empty() && text[end..line_end].trim().is_empty() && line > 0 {
        let above = text[..line].strip_suffix('\n').unwrap_or(&text[..line]);
        let above = above.strip_suffix('\r').unwrap_or(above);
        return above.len()..line_end;
    }
    let rest = &text[end..line_end];
    if before.trim().is_empty() && line > 0 {
        // The line's indentation is now that of what stood behind.
        return start..line_end - rest.trim_start().len();
    }
    text[..start].trim_end_matches([' ', '\t']).len()..end
}

/// The start of an item with the lines above that document it.
fn with_docs(text: &str, start: usize) -> usize {
    let (mut first, mut line) = (start, line_start(text, start));
    if !text[line..start].trim().is_empty() {
        return start;
    }
    while line > 0 {
        let above = line_start(text, line - 1);
        let content = text[above..line].trim();
        let is_comment = content.starts_with("//") || (is_doc(content) && content.ends_with("*/"));
        if !content.is_empty() && !is_comment {
            break;
        }
        if is_doc(content) {
            first = line_end(text, above) - text[above..line_end(text, above)].trim_start().len();
        }
        line = above;
    }
    first
}

fn is_doc(comment: &str) -> bool {
    (comment.starts_with("///") && !comment.starts_with("////"))
        || (comment.starts_with("/**") && !comment.starts_with("/***") && comment != "/**/")
}

/// The offsets at which a file names a package.
pub fn mentions(text: &str, package: &PackageName) -> Vec<usize> {
    let tokens = tokens(text);
    let names = tokens.windows(3).filter(|words| {
        words[0].name() == package.namespace
            && words[1].text == ":"
            && words[2].name() == package.name
    });
    names.map(|words| words[0].at).collect()
}

/// An interface or world that a text names with its package: `ns:pkg/name@1.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) package: PackageName,
    pub(crate) item: String,
    /// From the namespace to the version.
    pub(crate) range: Range<usize>,
}

/// All of them, in their order.
pub(crate) fn references(text: &str) -> Vec<Reference> {
    let tokens = tokens(text);
    let names = tokens.windows(5);
    let names = names.filter(|words| words[1].text == ":" && words[3].text == "/");
    let found = names.map(|words| {
        let (version, end) = version(text, words[4].end());
        Reference {
            package: PackageName {
                namespace: words[0].name().to_string(),
                name: words[2].name().to_string(),
                version,
            },
            item: words[4].name().to_string(),
            range: words[0].at..end,
        }
    });
    found.collect()
}

/// The version behind a name that ends at `name_end`, and where the name ends with it.
fn version(text: &str, name_end: usize) -> (Option<Version>, usize) {
    let Some(rest) = text[name_end..].strip_prefix('@') else {
        return (None, name_end);
    };
    let belongs = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
    let rest = &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
    // What follows may begin with a dot of its own: `@1.0.0.{types}`
    let rest = rest.trim_end_matches('.');
    match Version::parse(rest) {
        Ok(version) => (Some(version), name_end + 1 + rest.len()),
        Err(_) => (None, name_end),
    }
}

fn is_blank(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || rest.starts_with("//")
}

fn line_start(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    start + line.len() - line.trim_start_matches('\u{feff}').len()
}

fn line_end(text: &str, at: usize) -> usize {
    let line = text[at..].split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The words and signs of a text.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let code = tokens::tokens(text)
        .into_iter()
        .filter(|token| token.is_code());
    let tokens = code.map(|token| Token {
        at: token.range.start,
        text: &text[token.range],
    });
    tokens.filter(|token| token.text != "\u{feff}").collect()
}

#[cfg(test)]
mod tests;
