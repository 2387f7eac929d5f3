//! Where a caller still uses a stub: lines of its WIT that are not ours, and names in its Rust code.
//!
//! Rust code is read token by token, so that comments and strings do not count. Nothing is resolved: each word that
//! is the name of the stub's module counts as a use of it.

use std::collections::BTreeSet;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::names;
use proc_macro2::{TokenStream, TokenTree};
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

/// The lines of Rust code that name the module of a package.
fn lines_with(text: &str, package: &PackageName) -> BTreeSet<usize> {
    let module = snake(&package.name);
    let mut lines = BTreeSet::new();
    match TokenStream::from_str(text) {
        _ if !text.contains(&module) => {}
        Ok(tokens) => named(tokens, &module, &mut lines),
        // Not Rust (yet): every line with the name counts.
        Err(_) => {
            let found = text
                .lines()
                .zip(1..)
                .filter(|(line, _)| line.contains(&module));
            lines.extend(found.map(|(_, number)| number));
        }
    }
    lines
}

fn named(tokens: TokenStream, module: &str, lines: &mut BTreeSet<usize>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => named(group.stream(), module, lines),
            TokenTree::Ident(word) if word.to_string().trim_start_matches("r#") == module => {
                lines.insert(word.span().start().line);
            }
            _ => {}
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
    let name = \"shop::order_log_stub::x\";
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
