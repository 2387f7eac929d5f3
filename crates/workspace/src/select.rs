//! Names as a person types them → members.
//!
//! A member is named by its package name or by a path to its directory, from the working directory
//! or else from the workspace's root.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_util_schemas::manifest::TomlManifest;
use golem_rpc_plan::Snapshot;

use crate::paths::normal;
use crate::{Member, Workspace, WorkspaceError};

impl Workspace {
    /// The members that `names` name, in that order, each once; blanks around a name do not count,
    /// nor does an empty one. `cwd` is the directory from which
    /// paths are meant.
    ///
    /// # Errors
    /// If a name names no member; `disk` says, by the root manifest, whether that one is excluded.
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
        if let Some(excluded) = self.excluded(name, cwd, disk) {
            return excluded;
        }
        let members: Vec<String> = self.members.keys().cloned().collect();
        let asked = name
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(name);
        let distance = |other: &&String| strsim::damerau_levenshtein(asked, other);
        let near = members.iter().min_by_key(distance);
        let near = near
            .filter(|near| distance(near) <= asked.chars().count().max(near.chars().count()) / 3);
        WorkspaceError::UnknownMember {
            name: name.to_string(),
            near: near.cloned(),
            members,
        }
    }

    fn excluded(&self, name: &str, cwd: &Utf8Path, disk: &Snapshot) -> Option<WorkspaceError> {
        let manifest: TomlManifest = toml_edit::de::from_str(disk.text(&self.manifest)?).ok()?;
        let exclude = manifest.workspace?.exclude?;
        let places = self.places(name, cwd);
        let covers = |pattern: &&String| {
            let dir = self.path_of(pattern);
            places.iter().any(|place| place.starts_with(&dir))
        };
        exclude
            .iter()
            .find(covers)
            .map(|pattern| WorkspaceError::Excluded {
                path: name.into(),
                manifest: self.manifest.clone(),
                pattern: pattern.clone(),
            })
    }
}
