//! Input bytes to the packages of a composition graph.
//!
//! Says what a file is that is not a component, and finds who exports which interface. Function
//! bodies are not validated here: the output contains every used input and is validated whole.

use std::collections::BTreeMap;

use semver::Version;
use wac_graph::types::{ItemKind, Package, are_semver_compatible};
use wac_graph::{CompositionGraph, PackageId};
use wasmparser::Parser;

use crate::error::{ComposeError, NotAComponent};

/// One component file.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What messages call it, usually its path.
    pub name: &'a str,
    /// Its bytes.
    pub wasm: &'a [u8],
}

/// The caller's place among the parts.
pub(crate) const CALLER: usize = 0;

/// An input that is a component.
pub(crate) struct Part<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) package: PackageId,
    /// The imported interfaces, with their versions.
    pub(crate) imports: Vec<String>,
    /// The exported interfaces, with their versions.
    pub(crate) exports: Vec<String>,
}

/// The caller, then the stubs without repetitions.
pub(crate) struct Parts<'a> {
    parts: Vec<Part<'a>>,
    /// Which stub exports an interface.
    providers: BTreeMap<String, usize>,
}

impl<'a> Parts<'a> {
    pub(crate) fn read(
        caller: Input<'a>,
        stubs: &[Input<'a>],
    ) -> Result<(Self, CompositionGraph), ComposeError> {
        let mut graph = CompositionGraph::new();
        let mut parts = vec![read_part(&mut graph, caller, CALLER)?];
        let mut providers = BTreeMap::new();
        for stub in stubs {
            if parts[1..].iter().any(|part| part.input.wasm == stub.wasm) {
                continue;
            }
            let index = parts.len();
            let part = read_part(&mut graph, *stub, index)?;
            if part.exports.is_empty() {
                return Err(ComposeError::NoInterface {
                    name: stub.name.to_owned(),
                });
            }
            for interface in &part.exports {
                if let Some(earlier) = providers.insert(interface.clone(), index) {
                    return Err(ComposeError::SameInterface {
                        interface: interface.clone(),
                        first: parts[earlier].input.name.to_owned(),
                        second: stub.name.to_owned(),
                    });
                }
            }
            parts.push(part);
        }
        Ok((Self { parts, providers }, graph))
    }

    pub(crate) fn all(&self) -> &[Part<'a>] {
        &self.parts
    }

    pub(crate) fn name(&self, index: usize) -> String {
        self.parts[index].input.name.to_owned()
    }

    /// The export and the stub that serve an import: exactly its version, else the highest
    /// compatible one.
    pub(crate) fn provider(&self, import: &str) -> Option<(&str, usize)> {
        let exact = self.providers.get_key_value(import);
        let (export, stub) = exact.or_else(|| {
            let compatible = self.providers.iter();
            let compatible = compatible.filter(|(export, _)| are_semver_compatible(export, import));
            compatible.max_by_key(|(export, _)| version(export))
        })?;
        Some((export, *stub))
    }
}

/// The interface's id without the version.
pub(crate) fn unversioned(interface: &str) -> &str {
    interface.split_once('@').map_or(interface, |(id, _)| id)
}

fn version(interface: &str) -> Option<Version> {
    let (_, version) = interface.split_once('@')?;
    Version::parse(version).ok()
}

fn read_part<'a>(
    graph: &mut CompositionGraph,
    input: Input<'a>,
    index: usize,
) -> Result<Part<'a>, ComposeError> {
    if let Some(found) = not_a_component(input.wasm) {
        return Err(ComposeError::NotAComponent {
            name: input.name.to_owned(),
            found,
        });
    }
    // The graph's name of a package must be unique and stands in no output.
    let package = Package::from_bytes(&format!("part{index}"), None, input.wasm, graph.types_mut())
        .map_err(|error| ComposeError::Invalid {
            name: input.name.to_owned(),
            source: error.into(),
        })?;
    let world = &graph.types()[package.ty()];
    let imports = interfaces(&world.imports);
    let exports = interfaces(&world.exports);
    let package = graph
        .register_package(package)
        .expect("each part has its own index");
    Ok(Part {
        input,
        package,
        imports,
        exports,
    })
}

/// The instances whose names are interface ids.
fn interfaces<'a>(items: impl IntoIterator<Item = (&'a String, &'a ItemKind)>) -> Vec<String> {
    let items = items.into_iter();
    let instances =
        items.filter(|(name, kind)| matches!(kind, ItemKind::Instance(_)) && name.contains('/'));
    instances.map(|(name, _)| name.clone()).collect()
}

fn not_a_component(wasm: &[u8]) -> Option<NotAComponent> {
    if Parser::is_component(wasm) {
        None
    } else if wasm.is_empty() {
        Some(NotAComponent::Empty)
    } else if Parser::is_core_wasm(wasm) {
        Some(NotAComponent::CoreModule)
    } else if wasm.starts_with(b"\0asm") {
        Some(NotAComponent::OtherVersion)
    } else if is_wat(wasm) {
        Some(NotAComponent::Text)
    } else {
        Some(NotAComponent::Unknown)
    }
}

/// Text whose first word, after any comments, opens an s-expression.
fn is_wat(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut lines = text.lines().map(str::trim);
    lines
        .find(|line| !line.is_empty() && !line.starts_with(";;"))
        .is_some_and(|line| line.starts_with('('))
}

/// One import of a part and the export that satisfies it.
pub(crate) struct Wire<'a> {
    pub(crate) importer: usize,
    pub(crate) import: &'a str,
    pub(crate) stub: usize,
    pub(crate) export: &'a str,
}
