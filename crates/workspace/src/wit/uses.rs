//! Where a caller still uses a stub: lines of its WIT that we did not put in, and paths in its Rust code
//! that lead into the stub's bindings.
//!
//! Rust code is read word by word, so that comments and strings do not count. Nothing is resolved: a
//! path that names the module of the stub's package is a use of it.

use std::collections::BTreeSet;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use wit_parser::PackageName;

use crate::{Member, Use, Workspace, WorkspaceError, wit::text};

impl Workspace {
    /// Where `caller` uses the stub of `target`, in the order of files and lines. `rust` are the
    /// directories of the caller's Rust code.
    ///
    /// # Errors
    /// If the WIT of either cannot be read.
    pub fn uses(
        &self,
        caller: &Member,
        target: &Member,
        rust: &BTreeSet<Utf8PathBuf>,
        disk: &Snapshot,
    ) -> Result<Vec<Use>, WorkspaceError> {
        let stub = names::stub_package(&target.world_package(disk)?);
        let mut uses = BTreeSet::new();
        for file in caller.wit(disk)?.main.files {
            let text = String::from_utf8_lossy(&file.content);
            let places = mentions(&text, &stub);
            uses.extend(places.into_iter().map(|at| place(&file.path, &text, at)));
        }
        for dir in rust {
            for (path, content) in disk.under(dir) {
                if path.extension() != Some("rs") || !self.is_code_of(caller, path) {
                    continue;
                }
                let text = String::from_utf8_lossy(content);
                let text = text.trim_start_matches('\u{feff}');
                let lines = lines_with(text, &stub).into_iter();
                uses.extend(lines.map(|line| line_of(path, text, line)));
            }
        }
        Ok(uses.into_iter().collect())
    }

    /// Whether Rust code is the member's own: neither generated bindings nor another member's.
    fn is_code_of(&self, member: &Member, path: &Utf8Path) -> bool {
        let owner = |dir: &Utf8Path| {
            let mut members = self.members.values();
            members.find(|other| other.dir == dir)
        };
        let nearest = path.ancestors().find_map(owner);
        path.file_name() != Some("bindings.rs")
            && nearest.is_some_and(|nearest| nearest.name == member.name)
    }
}

/// The offsets at which WIT names a package, imports of ours aside.
fn mentions(text: &str, package: &PackageName) -> Vec<usize> {
    let mut mentions = text::mentions(text, package);
    mentions.retain(|at| !text::is_tagged(text, *at));
    mentions
}

fn place(file: &Utf8Path, text: &str, at: usize) -> Use {
    line_of(file, text, text[..at].matches('\n').count() + 1)
}

fn line_of(file: &Utf8Path, text: &str, line: usize) -> Use {
    let said = text.lines().nth(line - 1).unwrap_or_default();
    Use {
        file: file.to_path_buf(),
        line,
        text: said.trim().to_string(),
    }
}

/// The lines of Rust code that name the module of a package, which stands in the one of its namespace.
fn lines_with(text: &str, package: &PackageName) -> BTreeSet<usize> {
    let module = snake(&package.name);
    if !text.contains(&module) {
        return BTreeSet::new();
    }
    let Ok(tokens) = TokenStream::from_str(text) else {
        // Not Rust (yet): every line that says so counts.
        let lines = text.lines().enumerate();
        let named = lines.filter(|(_, line)| line.contains(&module));
        return named.map(|(index, _)| index + 1).collect();
    };
    let mut words = Vec::new();
    flatten(tokens, &mut words);
    let namespace = snake(&package.namespace);
    let is_use = |index: usize| {
        let (before, after) = words.split_at(index);
        let next = after.get(1).map(|word| word.text.as_str());
        match before {
            // `shop::history_stub`, and not `other::history_stub`
            [.., parent, sign] if sign.text == "::" => {
                parent.text == namespace
                    || ["self", "super", "crate"].contains(&parent.text.as_str())
            }
            _ => next == Some("::") || in_use(before),
        }
    };
    let named = words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.text == module);
    let uses = named.filter(|(index, _)| is_use(*index));
    uses.map(|(_, word)| word.line).collect()
}

/// Whether code ends within a `use` declaration: `use a::{b, …`.
fn in_use(before: &[Word]) -> bool {
    let mut back = before.iter().rev();
    let edge = back.find(|word| matches!(word.text.as_str(), ";" | "use" | "="));
    edge.is_some_and(|word| word.text == "use")
}

struct Word {
    text: String,
    line: usize,
}

fn flatten(tokens: TokenStream, words: &mut Vec<Word>) {
    for token in tokens {
        let line = token.span().start().line;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    _ => ("(", ")"),
                };
                let word = |text: &str| Word {
                    text: text.to_string(),
                    line,
                };
                words.push(word(open));
                flatten(group.stream(), words);
                words.push(word(close));
            }
            TokenTree::Ident(ident) => {
                let text = ident.to_string();
                let text = text.strip_prefix("r#").unwrap_or(&text).to_string();
                words.push(Word { text, line });
            }
            TokenTree::Punct(punct) => {
                let text = punct.as_char().to_string();
                match words.last_mut() {
                    Some(last) if last.text == ":" && text == ":" => last.text.push(':'),
                    _ => words.push(Word { text, line }),
                }
            }
            TokenTree::Literal(_) => words.push(Word {
                text: "\"\"".to_string(),
                line,
            }),
        }
    }
}

/// A WIT name as a Rust module.
fn snake(name: &str) -> String {
    name.replace('-', "_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let package = PackageName {
            namespace: "shop".into(),
            name: "order-log-stub".into(),
            version: None,
        };
        lines_with(text, &package).into_iter().collect()
    }

    #[test]
    fn paths_into_the_bindings() {
        let text = "\
mod bindings;
use bindings::shop::order_log_stub::stub_order_log::Api;
use crate::wit::bindings::shop::{
    cart,
    order_log_stub as log,
};
fn f() {
    let x = crate::wit::bindings::shop::order_log_stub::stub_order_log::Api::new();
    g!(r#order_log_stub::x, 1);
}
";
        assert_eq!(lines(text), [2, 5, 8, 9]);
    }

    #[test]
    fn what_is_no_use() {
        let text = "\
// bindings::shop::order_log_stub::x
/* shop::order_log_stub::x */
/// shop::order_log_stub::x
fn f() {
    let order_log_stub = \"shop::order_log_stub::x\";
    other::order_log_stub::go(order_log_stub, 'x');
    my_order_log_stub::x();
}
";
        assert_eq!(lines(text), Vec::<usize>::new());
    }

    #[test]
    fn what_is_no_rust_is_searched_as_text() {
        assert_eq!(lines("fn f( {\n  shop::order_log_stub::x\n"), [2]);
    }
}
