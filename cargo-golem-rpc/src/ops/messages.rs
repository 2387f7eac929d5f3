//! Messages that several commands write.

use camino::Utf8Path;
use golem_rpc_messages::{Artifact, ArtifactKind, Fresh, FreshKind, Generating, Message};
use golem_rpc_stub::names;
use golem_rpc_system::{Profile, read};
use golem_rpc_workspace::StubBackend;

use super::links::Linked;
use crate::error::CliError;

/// A stub is made from the WIT at `source`, as a crate if it has a directory.
pub(super) fn generating(source: &Utf8Path, stub_crate: Option<&Utf8Path>) -> Message {
    Message::Generating(Generating {
        source: source.to_string(),
        stub_crate: stub_crate.map(Utf8Path::to_string),
    })
}

/// So many of them needed no change.
pub(super) fn fresh(kind: FreshKind, count: usize, path: Option<&Utf8Path>) -> Message {
    Message::Fresh(Fresh {
        kind,
        count: u32::try_from(count).unwrap_or(u32::MAX),
        path: path.map(Utf8Path::to_string),
    })
}

/// A wasm file that was made of files and directories which were named.
pub(super) fn artifact(kind: ArtifactKind, path: &Utf8Path, bytes: u64) -> Artifact {
    Artifact {
        package: None,
        kind,
        path: Some(path.to_string()),
        bytes,
        profile: None,
        targets: Vec::new(),
        fresh: false,
    }
}

/// The component of a member or of a stub that is a crate, after a build.
pub(super) fn built(
    linked: &Linked,
    package: &str,
    wasm: &Utf8Path,
    of: &Profile,
    fresh: bool,
) -> Result<Message, CliError> {
    let mut targets = linked.targets_with(StubBackend::Crate);
    let target = targets.find(|target| names::stub_crate(target) == package);
    let kind = match target {
        Some(_) => ArtifactKind::Stub,
        None => ArtifactKind::Component,
    };
    let bytes = read::size(wasm)?.unwrap_or_default();
    Ok(Message::Artifact(Artifact {
        package: Some(target.unwrap_or(package).to_string()),
        profile: Some(of.name().to_string()),
        fresh,
        ..artifact(kind, wasm, bytes)
    }))
}
