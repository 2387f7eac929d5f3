//! What was found in a workspace, as data.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use golem_rpc_plan::Change;
use wit_parser::PackageName;

use crate::{Limits, Spot};

/// What was found.
#[derive(Debug)]
pub struct Examined<E> {
    /// Every link, by caller and target.
    pub links: BTreeMap<(String, String), ExaminedLink>,
    /// What is not as it should be, by path.
    pub findings: Vec<Finding>,
    /// What is wrong with members, so that their links are broken.
    pub troubles: Vec<E>,
    /// The linked members' own WIT packages, where these are known.
    pub packages: BTreeMap<String, PackageName>,
    /// What does not work of targets that have a stub.
    pub limits: Limits,
    /// How many files and entries there should be.
    pub checked: usize,
}

/// A link and how it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExaminedLink {
    /// The trouble that makes it impossible, by its place among the troubles.
    pub broken: Option<usize>,
    /// What is not as it should be, by its place among the findings.
    pub findings: Vec<usize>,
    /// The line that imports the stub, where there is a stub.
    pub import: Option<String>,
    /// Whether the caller's world imports the stub, where that can be told.
    pub imported: Option<bool>,
    /// Where the caller's world stands.
    pub world: Option<Spot>,
}

/// Something generated that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong with it.
    pub kind: FindingKind,
    /// The file.
    pub path: Utf8PathBuf,
    /// The key, for an entry of a TOML file.
    pub key: Option<String>,
    /// The callers that it is there for.
    pub callers: BTreeSet<String>,
    /// The targets that it comes from.
    pub targets: BTreeSet<String>,
    /// What would fix it, for a file that is ours altogether.
    pub change: Option<Change>,
}

/// What is wrong with something generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// It is out of date.
    Stale,
    /// It was edited by hand, so that only `--force` replaces it.
    Edited,
    /// It is not there.
    Missing,
    /// Nothing needs it any more.
    Unneeded,
}
