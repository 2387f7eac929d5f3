//! A refused composition to an error that shows both sides.
//!
//! Only here are components decoded to WIT. A component whose WIT cannot be read back is still
//! refused, just with the type checker's words alone.

use std::error::Error;

use wasmparser::{BinaryReaderError, Validator};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{InterfaceId, Resolve, WorldId, WorldItem};

use crate::differ::{Side, differences};
use crate::error::{ComposeError, Difference};
use crate::input::{CALLER, Input, Part, Parts, Wire};

/// The error for a link whose sides do not fit.
pub(crate) fn types_differ(
    parts: &Parts<'_>,
    wire: &Wire<'_>,
    source: Box<dyn Error + Send + Sync>,
) -> ComposeError {
    ComposeError::TypesDiffer {
        importer: parts.name(wire.importer),
        stub: parts.name(wire.stub),
        interface: wire.import.to_owned(),
        differences: across(parts, wire),
        source,
    }
}

/// The error for an interface that two parts need from the host with other types.
pub(crate) fn imports_differ(
    interface: &str,
    first: &Part<'_>,
    second: &Part<'_>,
    source: Box<dyn Error + Send + Sync>,
) -> ComposeError {
    let (one, other) = (Decoded::new(first), Decoded::new(second));
    let mut found = match (&one, &other) {
        (Some(one), Some(other)) => between(one.import(interface), other.import(interface)),
        _ => Vec::new(),
    };
    // Each may import less than the other; only what both import can be in conflict.
    found.retain(|difference| difference.found.is_some());
    ComposeError::ImportsDiffer {
        interface: interface.to_owned(),
        first: first.input.name.to_owned(),
        second: second.input.name.to_owned(),
        differences: found,
        source,
    }
}

/// The error for an output that does not validate: an input that does not, else a link whose
/// resources come from different places, which only the validator sees.
pub(crate) fn invalid(
    parts: &Parts<'_>,
    wires: &[Wire<'_>],
    error: BinaryReaderError,
) -> ComposeError {
    for Part {
        input: Input { name, wasm },
        ..
    } in parts.all()
    {
        if let Err(error) = Validator::new().validate_all(wasm) {
            return ComposeError::Invalid {
                name: (*name).to_owned(),
                source: error.into(),
            };
        }
    }
    match wires.iter().find(|wire| !across(parts, wire).is_empty()) {
        Some(wire) => types_differ(parts, wire, error.into()),
        None => ComposeError::Refused {
            caller: parts.name(CALLER),
            source: error.into(),
        },
    }
}

/// The differences between the two sides of a link.
fn across(parts: &Parts<'_>, wire: &Wire<'_>) -> Vec<Difference> {
    let importer = Decoded::new(&parts.all()[wire.importer]);
    let stub = Decoded::new(&parts.all()[wire.stub]);
    match (&importer, &stub) {
        (Some(importer), Some(stub)) => {
            between(importer.import(wire.import), stub.export(wire.export))
        }
        _ => Vec::new(),
    }
}

fn between(expected: Option<Side<'_>>, found: Option<Side<'_>>) -> Vec<Difference> {
    match (expected, found) {
        (Some(expected), Some(found)) => differences(expected, found),
        _ => Vec::new(),
    }
}

/// A component's WIT.
struct Decoded {
    resolve: Resolve,
    world: WorldId,
}

impl Decoded {
    fn new(part: &Part<'_>) -> Option<Self> {
        match decode(part.input.wasm).ok()? {
            DecodedWasm::Component(resolve, world) => Some(Self { resolve, world }),
            DecodedWasm::WitPackage(..) => None,
        }
    }

    fn import(&self, name: &str) -> Option<Side<'_>> {
        let items = self.resolve.worlds[self.world].imports.values();
        self.side(items, name)
    }

    fn export(&self, name: &str) -> Option<Side<'_>> {
        let items = self.resolve.worlds[self.world].exports.values();
        self.side(items, name)
    }

    fn side<'a>(
        &'a self,
        items: impl Iterator<Item = &'a WorldItem>,
        name: &str,
    ) -> Option<Side<'a>> {
        let mut ids = items.filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some(*id),
            _ => None,
        });
        let is_named = |id: &InterfaceId| self.resolve.id_of(*id).as_deref() == Some(name);
        let interface = ids.find(is_named)?;
        Some(Side {
            resolve: &self.resolve,
            interface,
        })
    }
}
