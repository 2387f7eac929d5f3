//! The templates: tables of TOML with names left open.
//!
//! Input: the text of a template file, tables parted by blank lines. Output: for a [`Scope`] of
//! packages, the [`Table`]. A header that holds `{{target}}` or `{{caller}}` makes a table for each
//! of them; the other placeholders stand for all packages of the scope:
//!
//! | placeholder | becomes |
//! |---|---|
//! | `{{targets}}`, `{{callers}}` | the names, parted by commas |
//! | `{{target-flags}}`, `{{caller-flags}}` | `"--target", "x"`, parted by commas |
//! | `{{member-flags}}` | a line with `"-p", "x",` for each target and caller |
//! | `{{package-flags}}` | the same, for the stub crates too |

use std::collections::BTreeSet;

const TARGET: &str = "{{target}}";
const CALLER: &str = "{{caller}}";

/// One table of a Makefile.toml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The keys from the root of the file, such as `["tasks", "build-flow"]`.
    pub path: Vec<String>,
    /// The comment above, the header, and the keys: a TOML document of its own, ending with a newline.
    pub toml: String,
}

/// One table with names left open.
pub(crate) struct Template<'a> {
    comment: &'a str,
    /// The header without its last key, such as `tasks`.
    parent: &'a str,
    name: &'a str,
    body: &'a str,
}

/// The packages that a table is about.
#[derive(Default)]
pub(crate) struct Scope<'a> {
    targets: BTreeSet<&'a str>,
    callers: BTreeSet<&'a str>,
    /// The targets whose stub is a crate.
    crates: BTreeSet<&'a str>,
}

/// The tables of a template file, in its order.
pub(crate) fn parse(text: &str) -> Vec<Template<'_>> {
    text.split("\n\n").map(parse_table).collect()
}

fn parse_table(text: &str) -> Template<'_> {
    let (comment, table) = if text.starts_with('[') {
        ("", text)
    } else {
        let header = text.find("\n[").expect("a template has a header") + 1;
        text.split_at(header)
    };
    let (header, body) = table.split_once('\n').expect("a template has a body");
    let (parent, name) = header
        .trim_matches(['[', ']'])
        .rsplit_once('.')
        .expect("a template's header has a parent");
    Template {
        comment,
        parent,
        name,
        body: body.trim_end(),
    }
}

impl<'a> Scope<'a> {
    pub(crate) fn of(
        targets: impl IntoIterator<Item = &'a str>,
        callers: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            targets: targets.into_iter().collect(),
            callers: callers.into_iter().collect(),
            crates: BTreeSet::new(),
        }
    }

    pub(crate) fn with_crates(mut self, crates: &[&'a str]) -> Self {
        self.crates.extend(crates);
        self
    }

    /// Takes another scope's packages in.
    pub(crate) fn join(&mut self, other: Self) {
        self.targets.extend(other.targets);
        self.callers.extend(other.callers);
        self.crates.extend(other.crates);
    }
}

impl Template<'_> {
    /// Whether there is a table for each target.
    pub(crate) fn names_target(&self) -> bool {
        self.name.contains(TARGET)
    }

    /// Whether there is a table for each caller.
    pub(crate) fn names_caller(&self) -> bool {
        self.name.contains(CALLER)
    }

    /// The table's last key for a scope of one target, one caller or both.
    pub(crate) fn table_name(&self, scope: &Scope<'_>) -> String {
        let first = |names: &BTreeSet<&str>| names.first().copied().unwrap_or_default().to_owned();
        self.name
            .replace(TARGET, &first(&scope.targets))
            .replace(CALLER, &first(&scope.callers))
    }

    /// The table under a name that [`Template::table_name`] gave.
    pub(crate) fn render(&self, name: &str, scope: &Scope<'_>) -> Table {
        let mut path: Vec<String> = self.parent.split('.').map(str::to_owned).collect();
        path.push(name.to_owned());
        let Self {
            comment, parent, ..
        } = self;
        let (key, body) = (toml_key(name), fill(self.body, scope));
        let toml = format!("{comment}[{parent}.{key}]\n{body}\n");
        Table { path, toml }
    }
}

fn fill(body: &str, scope: &Scope<'_>) -> String {
    let Scope {
        targets,
        callers,
        crates,
    } = scope;
    let members: BTreeSet<String> = (targets.union(callers))
        .map(|name| (*name).to_owned())
        .collect();
    let stubs = crates.iter().map(|target| format!("{target}-stub"));
    let packages: BTreeSet<String> = members.iter().cloned().chain(stubs).collect();
    body.replace("{{targets}}", &list(targets))
        .replace("{{callers}}", &list(callers))
        .replace("{{target-flags}}", &flags("--target", targets))
        .replace("{{caller-flags}}", &flags("--caller", callers))
        .replace("{{member-flags}}", &package_lines(&members))
        .replace("{{package-flags}}", &package_lines(&packages))
}

fn list(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}

fn flags(flag: &str, names: &BTreeSet<&str>) -> String {
    let each: Vec<String> = (names.iter())
        .map(|name| format!("\"{flag}\", \"{name}\""))
        .collect();
    each.join(", ")
}

fn package_lines(names: &BTreeSet<String>) -> String {
    let each: Vec<String> = (names.iter())
        .map(|name| format!("    \"-p\", \"{name}\","))
        .collect();
    each.join("\n")
}

/// A key as TOML writes it: a package name may hold letters that a bare key may not.
fn toml_key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.chars().all(bare) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}
