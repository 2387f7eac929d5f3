//! The files that Makefile.toml extends: cargo-make puts their tasks below those of the file itself.
//!
//! `extend` names one file, or a table with its `path`, or several such tables; what it names may
//! extend others. A path is meant from the file that names it, or from what `relative` says. Where a
//! git root is nobody knows here: then the nearest directory above counts that has the file.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use toml_edit::{Item, Value};

use crate::Workspace;
use crate::members::paths::MAKEFILE;
use crate::members::paths::normal;
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
        let (_, files) = self.extended(disk);
        files.into_iter().find_map(|file| {
            let toml = parse(disk, &file)?;
            let line = toml.line(toml.start_of(path)?);
            toml.get(path).is_some().then_some(Inherited {
                file: file.clone(),
                line,
            })
        })
    }

    /// All places where extended files may lie, and those that are there.
    fn extended(&self, disk: &Snapshot) -> (BTreeSet<Utf8PathBuf>, Vec<Utf8PathBuf>) {
        let (mut places, mut files) = (BTreeSet::new(), Vec::new());
        let mut waiting = vec![self.root.join(MAKEFILE)];
        while let Some(file) = waiting.pop() {
            for candidates in parse(disk, &file)
                .into_iter()
                .flat_map(|toml| self.named_by(&toml))
            {
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
        let named = entries(toml.get(&["extend"])).into_iter();
        let places = named.map(|(path, relative)| {
            let bases: Vec<&Utf8Path> = match relative.as_deref() {
                Some("git") => dir.ancestors().collect(),
                Some("crate") => vec![self.crate_of(dir)],
                Some("workspace") => vec![self.root.as_path()],
                _ => vec![dir],
            };
            let places = bases.into_iter().map(|base| normal(&base.join(&path)));
            places.collect()
        });
        places.collect()
    }

    /// The directory of the package that a directory belongs to.
    fn crate_of(&self, dir: &Utf8Path) -> &Utf8Path {
        let dirs = self.members.values().map(|member| member.dir.as_path());
        let above = dirs.filter(|member| dir.starts_with(member));
        above
            .max_by_key(|dir| dir.as_str().len())
            .unwrap_or(&self.root)
    }
}

/// The paths of an `extend`, each with what it is relative to.
fn entries(extend: Option<&Item>) -> Vec<(String, Option<String>)> {
    let table = |item: &Item| {
        let text = |key| Some(item.as_table_like()?.get(key)?.as_str()?.to_string());
        Some((text("path")?, text("relative")))
    };
    match extend {
        Some(Item::Value(Value::String(path))) => vec![(path.value().clone(), None)],
        Some(Item::Value(Value::Array(list))) => {
            let items = list.iter().map(|value| Item::Value(value.clone()));
            items.filter_map(|item| table(&item)).collect()
        }
        Some(Item::ArrayOfTables(list)) => {
            let items = list.iter().map(|inner| Item::Table(inner.clone()));
            items.filter_map(|item| table(&item)).collect()
        }
        Some(item) => table(item).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A file as far as it is TOML; cargo-make says what is wrong with it.
fn parse<'a>(disk: &'a Snapshot, file: &'a Utf8Path) -> Option<TomlText<'a>> {
    TomlText::parse(file, utf8(file, disk.get(file)?).ok()?).ok()
}
