//! Names as a person types them → members.
//!
//! A member is named by its package name or by a path to its directory, from the working directory
//! or else from the workspace's root.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_util_schemas::manifest::{TomlManifest, TomlWorkspace};
use golem_rpc_plan::Snapshot;

use crate::members::listed::is_listed;
use crate::members::misspelt::near;
use crate::members::paths::normal;
use crate::{Member, Workspace, WorkspaceError};

impl Workspace {
    /// The members that `names` name, in that order, each once; blanks around a name do not count,
    /// nor does an empty one. `cwd` is the directory from which
    /// paths are meant.
    ///
    /// # Errors
    /// If a name names no member; `disk` says, by the root manifest and those of
    /// [`Workspace::manifests_of`], what it names then.
    pub fn select(
        &self,
        names: &[String],
        cwd: &Utf8Path,
        disk: &Snapshot,
    ) -> Result<Vec<&Member>, WorkspaceError> {
        let mut selected: Vec<&Member> = Vec::new();
        let names = names.iter().map(|name| name.trim());
        for name in names.filter(|name| !name.is_empty()) {
            let member = self
                .find(name, cwd)
                .ok_or_else(|| self.unknown(name, cwd, disk))?;
            if !selected.iter().any(|other| other.name == member.name) {
                selected.push(member);
            }
        }
        Ok(selected)
    }

    fn find(&self, name: &str, cwd: &Utf8Path) -> Option<&Member> {
        self.members.get(name).or_else(|| {
            let mut places = self.places(name, cwd).into_iter();
            places.find_map(|dir| self.members.values().find(|member| member.dir == dir))
        })
    }

    /// The directories that a path can mean.
    fn places(&self, name: &str, cwd: &Utf8Path) -> Vec<Utf8PathBuf> {
        let path = Utf8Path::new(name);
        let dir = match path.file_name() {
            Some("Cargo.toml") => path.parent().unwrap_or(path),
            _ => path,
        };
        vec![normal(&cwd.join(dir)), self.path_of(dir)]
    }

    fn unknown(&self, name: &str, cwd: &Utf8Path, disk: &Snapshot) -> WorkspaceError {
        if let Some(stranger) = self.stranger(name, cwd, disk) {
            return stranger;
        }
        let members: Vec<String> = self.members.keys().cloned().collect();
        let asked = name
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(name);
        WorkspaceError::UnknownMember {
            name: name.to_string(),
            near: near(asked, members.iter().map(String::as_str)),
            members,
        }
    }

    /// Manifests that tell what a name is that names no member, to be read into the snapshot.
    pub fn manifests_of(
        &self,
        names: &[String],
        cwd: &Utf8Path,
        disk: &Snapshot,
    ) -> BTreeSet<Utf8PathBuf> {
        let named = names.iter().flat_map(|name| self.places(name.trim(), cwd));
        let excluded = self.workspace_table(disk).and_then(|table| table.exclude);
        let excluded = excluded.into_iter().flatten().map(|dir| self.path_of(dir));
        let dirs = named.chain(excluded);
        dirs.map(|dir| dir.join("Cargo.toml")).collect()
    }

    /// The package that is no member and that is meant, by its directory or its name.
    fn stranger(&self, name: &str, cwd: &Utf8Path, disk: &Snapshot) -> Option<WorkspaceError> {
        let table = self.workspace_table(disk)?;
        let excluded = table.exclude.iter().flatten();
        let places = self.places(name, cwd).into_iter();
        let mut dirs = places.chain(excluded.map(|dir| self.path_of(dir)));
        let (path, package) = dirs.find_map(|path| {
            let manifest: TomlManifest =
                toml_edit::de::from_str(disk.text(path.join("Cargo.toml"))?).ok()?;
            let package = &manifest.package.as_ref()?.name;
            let is_named = package
                .as_ref()
                .is_some_and(|package| package.as_ref() == name)
                || self.places(name, cwd).contains(&path);
            is_named.then_some((path, manifest))
        })?;
        let covers = |pattern: &&String| path.starts_with(self.path_of(pattern));
        let dir = self.relative(&path);
        Some(WorkspaceError::NotAMember {
            name: name.to_string(),
            manifest: self.manifest.clone(),
            pattern: table.exclude.iter().flatten().find(covers).cloned(),
            is_listed: is_listed(&table, &dir),
            is_root: package.workspace.is_some(),
            dir,
        })
    }

    /// The [workspace] table of the root manifest, as it stands in a snapshot.
    pub(crate) fn workspace_table(&self, disk: &Snapshot) -> Option<TomlWorkspace> {
        let manifest: TomlManifest = toml_edit::de::from_str(disk.text(&self.manifest)?).ok()?;
        manifest.workspace
    }
}
