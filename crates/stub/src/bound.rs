//! A WIT root as a bindings generator takes it in: all of its packages, not only those that the main
//! one reaches. So each of them has to parse and to resolve, and none may stand there twice.
//!
//! Many roots of a workspace hold the same copies. [`Parses`] keeps what was parsed, by content; where
//! something does not resolve all is parsed again, so that the error names the root's own files.

use std::cell::RefCell;
use std::collections::BTreeMap;

use golem_rpc_plan::ContentHash;
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup};

use crate::error::WitError;
use crate::source::{Source, WitPackage, WitRoot};
use crate::world::{WorldName, select_world};

/// Dependencies that were parsed already.
#[derive(Debug, Default)]
pub struct Parses(RefCell<BTreeMap<ContentHash, UnresolvedPackageGroup>>);

impl Parses {
    fn parse(&self, package: &WitPackage) -> Result<UnresolvedPackageGroup, WitError> {
        let files = package.files.iter();
        let files = files.map(|file| (file.path.file_name().unwrap_or(""), &file.content[..]));
        let key = ContentHash::of_parts(files);
        if let Some(known) = self.0.borrow().get(&key) {
            return Ok(known.clone());
        }
        let group = package.parse()?;
        self.0.borrow_mut().insert(key, group.clone());
        Ok(group)
    }
}

impl WitRoot {
    /// Resolves all packages of the root and selects a world, as [`WitRoot::select`] does.
    ///
    /// # Errors
    /// If any package does not parse or resolve, or if there is no such world.
    pub fn bind(&self, world: Option<&str>, parses: &Parses) -> Result<Source, WitError> {
        let wanted = world.map(WorldName::parse).transpose()?;
        let (resolve, main) = match self.resolve_all(|package| parses.parse(package)) {
            Ok(resolved) => resolved,
            Err(_) => self.resolve_all(WitPackage::parse)?,
        };
        let worlds = || self.worlds();
        let world = select_world(&resolve, main, wanted.as_ref(), &self.path, worlds)?;
        Ok(Source {
            package: resolve.worlds[world].package.unwrap_or(main),
            resolve,
            world,
        })
    }

    fn resolve_all(
        &self,
        parse: impl Fn(&WitPackage) -> Result<UnresolvedPackageGroup, WitError>,
    ) -> Result<(Resolve, PackageId), WitError> {
        if self.main.is_encoded() {
            return self.main.decode();
        }
        let mut resolve = Resolve::default();
        let main = self.main.parse()?;
        let mut deps = Vec::new();
        for package in &self.deps {
            if package.is_encoded() {
                self.merge_encoded(&mut resolve, package)?
            } else {
                deps.push(parse(package)?)
            }
        }
        let package = self.push(&mut resolve, main, deps)?;
        Ok((resolve, package))
    }
}
