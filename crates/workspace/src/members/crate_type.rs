//! Whether cargo makes wasm of a member, and whether that becomes a component.
//!
//! | the package has | it builds |
//! |---|---|
//! | a library with `cdylib` among its crate types | the library's wasm |
//! | no such library, but a binary | the first binary's wasm |
//! | neither | no wasm: it can be neither caller nor target |

use cargo_metadata::{Package, TargetKind};

/// What the library of a package that builds no wasm is; none if the package builds wasm.
pub(crate) fn no_wasm(package: &Package) -> Option<String> {
    let kinds = || package.targets.iter().flat_map(|target| &target.kind);
    let is_wasm = |kind: &TargetKind| matches!(kind, TargetKind::CDyLib | TargetKind::Bin);
    if kinds().any(is_wasm) {
        return None;
    }
    let library = kinds().find_map(|kind| match kind {
        TargetKind::Lib | TargetKind::RLib => Some("Rust library"),
        TargetKind::StaticLib => Some("`staticlib`"),
        TargetKind::DyLib => Some("`dylib`"),
        TargetKind::ProcMacro => Some("procedural macro"),
        _ => None,
    });
    Some(library.unwrap_or("library of another kind").to_string())
}

/// Whether a target of a package is a library, of whatever kind.
pub(crate) fn is_library(kind: &TargetKind) -> bool {
    matches!(
        kind,
        TargetKind::Lib | TargetKind::CDyLib | TargetKind::RLib | TargetKind::DyLib
    )
}
