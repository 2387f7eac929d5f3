//! The files of a crate → the calls of `wit_bindgen::generate!` in them.
//!
//! Follows `mod` from the file that a compiler begins with, `#[path]` included, so that what is no
//! part of the crate does not count; nor does what stands under `#[cfg(test)]`. Only tokens are read:
//! code of any edition will do, and macros are not expanded.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use proc_macro2::{Delimiter, Group, Ident, LexError, Span, TokenStream, TokenTree};

use super::generate::{Call, string};
use crate::PlainError;

/// The calls in the crate that begins with `root`, in reading order.
pub(super) fn calls(
    root: &Utf8Path,
    krate: &str,
    code: &Snapshot,
) -> Result<Vec<Call>, PlainError> {
    let mut search = Search {
        krate,
        code,
        found: Vec::new(),
        seen: BTreeSet::new(),
    };
    search.file(root, root.parent().unwrap_or(root))?;
    Ok(search.found)
}

struct Search<'a> {
    /// The name by which the code knows wit-bindgen.
    krate: &'a str,
    code: &'a Snapshot,
    found: Vec<Call>,
    seen: BTreeSet<Utf8PathBuf>,
}

/// Where in the crate some tokens stand.
#[derive(Clone, Copy)]
struct At<'a> {
    file: &'a Utf8Path,
    /// The directory of the modules that are declared here.
    dir: &'a Utf8Path,
    /// Whether `generate!` alone is wit-bindgen's.
    imported: bool,
}

/// What the attributes before an item say.
#[derive(Default)]
struct Attributes {
    path: Option<String>,
    is_test: bool,
}

impl Search<'_> {
    /// A file, whose modules are in `dir`. One that is not there is the compiler's to complain about.
    fn file(&mut self, file: &Utf8Path, dir: &Utf8Path) -> Result<(), PlainError> {
        if !self.seen.insert(file.to_path_buf()) {
            return Ok(());
        }
        let Some(text) = self.code.text(file) else {
            return Ok(());
        };
        let tokens: TokenStream = text
            .parse()
            .map_err(|error: LexError| PlainError::NotRust {
                place: place(file, error.span()),
                message: error.to_string(),
            })?;
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let imported = imports_generate(&tokens, self.krate);
        let at = At {
            file,
            dir,
            imported,
        };
        self.tokens(&tokens, at)
    }

    fn tokens(&mut self, tokens: &[TokenTree], at: At<'_>) -> Result<(), PlainError> {
        let mut attributes = Attributes::default();
        for (n, token) in tokens.iter().enumerate() {
            match (token, &tokens[n + 1..]) {
                (TokenTree::Punct(hash), [TokenTree::Group(group), ..])
                    if hash.as_char() == '#' =>
                {
                    attributes.read(group);
                }
                (TokenTree::Ident(word), rest) if word == "mod" => {
                    self.module(rest, &attributes, at)?;
                }
                (TokenTree::Ident(word), rest) if word == "generate" => {
                    self.call(word, rest, &tokens[..n], at);
                }
                (TokenTree::Group(group), _) => {
                    let is_module = matches!(&tokens[..n], [.., TokenTree::Ident(word), TokenTree::Ident(_)] if word == "mod");
                    if !is_module && !attributes.is_test {
                        self.group(group, at)?;
                    }
                    if group.delimiter() == Delimiter::Brace {
                        attributes = Attributes::default();
                    }
                }
                (TokenTree::Punct(end), _) if end.as_char() == ';' => {
                    attributes = Attributes::default();
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn group(&mut self, group: &Group, at: At<'_>) -> Result<(), PlainError> {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        self.tokens(&tokens, at)
    }

    /// What stands behind `mod`.
    fn module(
        &mut self,
        rest: &[TokenTree],
        attributes: &Attributes,
        at: At<'_>,
    ) -> Result<(), PlainError> {
        let [TokenTree::Ident(name), body, ..] = rest else {
            return Ok(());
        };
        if attributes.is_test {
            return Ok(());
        }
        let name = name.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        match body {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                let imported = imports_generate(&tokens, self.krate);
                let dir = at.dir.join(name);
                let (file, dir) = (at.file, dir.as_path());
                self.tokens(
                    &tokens,
                    At {
                        file,
                        dir,
                        imported,
                    },
                )
            }
            TokenTree::Punct(end) if end.as_char() == ';' => {
                let (file, dir) = match &attributes.path {
                    Some(path) => {
                        let file =
                            crate::members::paths::normal(&at.file.with_file_name("").join(path));
                        let dir = file.with_file_name("");
                        (file, dir)
                    }
                    None => self.file_of(name, at.dir),
                };
                self.file(&file, &dir)
            }
            _ => Ok(()),
        }
    }

    /// The file of a module, and the directory of the modules in it.
    fn file_of(&self, name: &str, dir: &Utf8Path) -> (Utf8PathBuf, Utf8PathBuf) {
        let (file, own) = (dir.join(format!("{name}.rs")), dir.join(name));
        match self.code.contains(&file) {
            true => (file, own),
            false => (own.join("mod.rs"), own),
        }
    }

    /// What stands around a `generate`.
    fn call(&mut self, word: &Ident, rest: &[TokenTree], before: &[TokenTree], at: At<'_>) {
        let [TokenTree::Punct(bang), TokenTree::Group(arguments), ..] = rest else {
            return;
        };
        let is_call = bang.as_char() == '!'
            && match before {
                [
                    ..,
                    TokenTree::Ident(krate),
                    TokenTree::Punct(_),
                    TokenTree::Punct(colon),
                ] if colon.as_char() == ':' => krate == self.krate || krate == "wit_bindgen",
                _ => at.imported,
            };
        if is_call {
            let place = place(at.file, word.span());
            self.found.push(Call::new(place, arguments));
        }
    }
}

impl Attributes {
    /// `[path = "…"]` or `[cfg(test)]`
    fn read(&mut self, attribute: &Group) {
        let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
        match &tokens[..] {
            [
                TokenTree::Ident(path),
                TokenTree::Punct(_),
                TokenTree::Literal(text),
            ] if path == "path" => {
                self.path = string(text);
            }
            [TokenTree::Ident(cfg), TokenTree::Group(condition)] if cfg == "cfg" => {
                self.is_test |= condition.stream().to_string() == "test";
            }
            _ => {}
        }
    }
}

/// Whether a `use` among these tokens brings wit-bindgen's `generate` in.
fn imports_generate(tokens: &[TokenTree], krate: &str) -> bool {
    let is =
        |token: &TokenTree, text: &str| matches!(token, TokenTree::Ident(word) if word == text);
    let starts = (0..tokens.len()).filter(|n| is(&tokens[*n], "use"));
    starts.into_iter().any(|start| {
        let end = tokens[start..]
            .iter()
            .position(|token| token.to_string() == ";");
        let import = &tokens[start..end.map_or(tokens.len(), |end| start + end)];
        let text: TokenStream = import.iter().cloned().collect();
        let text = text.to_string();
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '*');
        import.iter().any(|token| is(token, krate)) && words.any(|w| w == "generate" || w == "*")
    })
}

fn place(file: &Utf8Path, span: Span) -> String {
    let start = span.start();
    format!("{file}:{}:{}", start.line, start.column + 1)
}
