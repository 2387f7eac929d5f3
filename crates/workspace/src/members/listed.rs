//! What a root manifest lists as members, as cargo matches it.

use std::collections::BTreeSet;

use camino::Utf8Path;
use cargo_util_schemas::manifest::{TomlManifest, TomlWorkspace};
use glob::{MatchOptions, Pattern};
use golem_rpc_toml::TomlText;

use super::paths::normal;
use crate::WorkspaceError;

pub(crate) fn entry(text: &str) -> Entry<'_> {
    (text, normal(text.into()).into_string())
}

/// The element that names a directory.
pub(crate) fn named<'a>(list: &[Entry<'a>], dir: &str) -> Option<&'a str> {
    let mut list = list.iter();
    list.find(|(_, path)| path == dir).map(|(entry, _)| *entry)
}

/// Whether `members` has a directory, by name or by a glob, if `exclude` does not count.
pub(crate) fn is_listed(workspace: &TomlWorkspace, dir: &str) -> bool {
    let all = TomlWorkspace {
        exclude: None,
        ..workspace.clone()
    };
    Listed::new(&all).has(dir)
}

/// Whether a glob of `members` finds a directory: cargo fails on one without a manifest.
pub(crate) fn is_found(workspace: &TomlWorkspace, dir: &str) -> bool {
    Listed::new(workspace).by_glob(dir)
}

/// An element as it is written, and the path that it means.
pub(crate) type Entry<'a> = (&'a str, String);

/// What the manifest lists, as cargo matches it: a member by name is one even below an excluded
/// directory, a member by glob is not.
#[derive(Clone)]
pub(crate) struct Listed<'a> {
    members: Vec<Entry<'a>>,
    pub(crate) default_members: Vec<Entry<'a>>,
    globs: Vec<Pattern>,
    exclude: Vec<Entry<'a>>,
}

impl<'a> Listed<'a> {
    pub(crate) fn new(workspace: &'a TomlWorkspace) -> Listed<'a> {
        let entries = |list: &'a Option<Vec<String>>| -> Vec<Entry<'a>> {
            list.iter().flatten().map(|text| entry(text)).collect()
        };
        let members: Vec<Entry<'a>> = entries(&workspace.members);
        let globs = members
            .iter()
            .filter(|(_, path)| path.contains(['*', '?', '[']));
        Listed {
            globs: globs
                .filter_map(|(_, path)| Pattern::new(path).ok())
                .collect(),
            members,
            default_members: entries(&workspace.default_members),
            exclude: entries(&workspace.exclude),
        }
    }

    pub(crate) fn has(&self, dir: &str) -> bool {
        self.by_name(dir) || self.by_glob(dir)
    }

    /// The same if these directories were not excluded.
    pub(crate) fn without_excluding(&self, dirs: &BTreeSet<String>) -> Listed<'a> {
        let mut listed = self.clone();
        listed.exclude.retain(|(_, path)| !dirs.contains(path));
        listed
    }

    pub(crate) fn by_name(&self, dir: &str) -> bool {
        self.members.iter().any(|(_, path)| path == dir)
    }

    pub(crate) fn by_glob(&self, dir: &str) -> bool {
        let options = MatchOptions {
            require_literal_separator: true,
            ..MatchOptions::new()
        };
        let below = |(_, path): &Entry<'_>| Utf8Path::new(dir).starts_with(path);
        let mut globs = self.globs.iter();
        !self.exclude.iter().any(below) && globs.any(|glob| glob.matches_with(dir, options))
    }

    /// The entry of `exclude` that names exactly this directory, unless `members` names it too.
    pub(crate) fn excluded_itself(&self, dir: &str) -> Option<&'a str> {
        let mut exclude = self.exclude.iter().filter(|_| !self.by_name(dir));
        exclude
            .find(|(_, path)| path == dir)
            .map(|(entry, _)| *entry)
    }

    /// An element of the user's that makes a directory a member by name; one in `members` counts
    /// only if it may not go.
    pub(crate) fn user_entry(&self, dir: &str, may_go: bool) -> Option<(&'static str, &'a str)> {
        let member = named(&self.members, dir).filter(|_| !may_go);
        let member = member.map(|entry| ("members", entry));
        member.or_else(|| Some(("default-members", named(&self.default_members, dir)?)))
    }
}

/// The manifest as cargo reads it, which is also a check of what was edited.
pub(crate) fn read_manifest(toml: &TomlText<'_>) -> Result<TomlManifest, WorkspaceError> {
    toml_edit::de::from_str(toml.text).map_err(|error| WorkspaceError::BrokenManifest {
        file: toml.path.to_path_buf(),
        message: error.message().trim_end().replace('\n', "; "),
    })
}

pub(crate) fn no_workspace() -> TomlWorkspace {
    TomlWorkspace {
        members: None,
        exclude: None,
        default_members: None,
        resolver: None,
        metadata: None,
        package: None,
        dependencies: None,
        lints: None,
    }
}
