//! The files that Makefile.toml extends: cargo-make puts their tasks below those of the file itself.
//!
//! `extend` names one file, or a table with its `path`, or several such tables; what it names may
//! extend others. A path is meant from the file that names it, or from what `relative` says. Where a
//! git root is nobody knows here: then the nearest directory above counts that has the file.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use toml_edit::{Item, TableLike, Value};

use crate::Workspace;
use crate::members::paths::{MAKEFILE, normal};
use golem_rpc_toml::{TomlText, utf8};

/// A table in a file that Makefile.toml extends.
pub(crate) struct Inherited {
    pub(crate) file: Utf8PathBuf,
    /// The line, from 1.
    pub(crate) line: usize,
}

impl Workspace {
    /// Where the files may lie that Makefile.toml extends, as far as `disk` tells. Once these are read
    /// as well, there may be more.
    pub fn extended_makefiles(&self, disk: &Snapshot) -> BTreeSet<Utf8PathBuf> {
        self.extended(disk).0
    }

    /// What stands at a path of keys in a file that Makefile.toml extends.
    pub(crate) fn inherited(&self, disk: &Snapshot, path: &[&str]) -> Option<Inherited> {
        let line = |file: &Utf8PathBuf| {
            let toml = parse(disk, file)?;
            Some(toml.line(toml.start_of(path)?))
        };
        let files = self.extended(disk).1.into_iter();
        let mut found = files.filter_map(|file| {
            Some(Inherited {
                line: line(&file)?,
                file,
            })
        });
        found.next()
    }

    /// All places where extended files may lie, and those that are there.
    fn extended(&self, disk: &Snapshot) -> (BTreeSet<Utf8PathBuf>, Vec<Utf8PathBuf>) {
        let (mut places, mut files) = (BTreeSet::new(), Vec::new());
        let mut waiting = vec![self.root.join(MAKEFILE)];
        while let Some(file) = waiting.pop() {
            let toml = parse(disk, &file).into_iter();
            for candidates in toml.flat_map(|toml| self.named_by(&toml)) {
                let there = candidates.iter().find(|file| disk.contains(file)).cloned();
                places.extend(candidates);
                if let Some(file) = there.filter(|file| !files.contains(file)) {
                    files.push(file.clone());
                    waiting.push(file);
                }
            }
        }
        (places, files)
    }

    /// The files that a file extends, each with all places where it may lie.
    fn named_by(&self, toml: &TomlText<'_>) -> Vec<Vec<Utf8PathBuf>> {
        let dir = toml.path.parent().unwrap_or(&self.root);
        let places = |(path, relative): (String, Option<String>)| {
            let bases: Vec<&Utf8Path> = match relative.as_deref() {
                Some("git") => dir.ancestors().collect(),
                Some("crate") => vec![self.crate_of(dir)],
                Some("workspace") => vec![self.root.as_path()],
                _ => vec![dir],
            };
            let places = bases.into_iter().map(|base| normal(&base.join(&path)));
            places.collect()
        };
        let extended = toml.get(&["extend"]).into_iter();
        extended.flat_map(entries).map(places).collect()
    }

    /// The directory of the package that a directory belongs to.
    fn crate_of(&self, dir: &Utf8Path) -> &Utf8Path {
        let mut dirs = dir.ancestors();
        let member = dirs.find_map(|dir| self.members.values().find(|member| member.dir == dir));
        member.map_or(&self.root, |member| &member.dir)
    }
}

/// The paths of an `extend`, each with what it is relative to.
fn entries(extend: &Item) -> Vec<(String, Option<String>)> {
    let entry = |table: &dyn TableLike| {
        let text = |key| Some(table.get(key)?.as_str()?.to_string());
        Some((text("path")?, text("relative")))
    };
    match extend {
        Item::Value(Value::String(path)) => vec![(path.value().clone(), None)],
        Item::Value(Value::Array(list)) => {
            let tables = list.iter().filter_map(Value::as_inline_table);
            tables.filter_map(|table| entry(table)).collect()
        }
        Item::ArrayOfTables(list) => list.iter().filter_map(|table| entry(table)).collect(),
        item => item.as_table_like().and_then(entry).into_iter().collect(),
    }
}

/// A file as far as it is TOML; cargo-make says what is wrong with it.
fn parse<'a>(disk: &'a Snapshot, file: &'a Utf8Path) -> Option<TomlText<'a>> {
    TomlText::parse(file, utf8(file, disk.get(file)?).ok()?).ok()
}
