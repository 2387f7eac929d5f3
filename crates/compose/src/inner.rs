//! A composed component → the components in it: what each stub takes up of the whole.

use std::ops::Range;

use wasmparser::{BinaryReaderError, Parser, Payload};

/// A component inside of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inner {
    /// The names of its exports, in its order.
    pub exports: Vec<String>,
    /// Where its bytes are in the whole.
    pub range: Range<usize>,
}

/// The components that stand directly in `wasm`, in its order. Their bytes are those of the inputs
/// that were composed.
///
/// # Errors
/// If `wasm` is not well formed.
pub fn inner(wasm: &[u8]) -> Result<Vec<Inner>, BinaryReaderError> {
    let mut found: Vec<Inner> = Vec::new();
    let mut depth = 0u32;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentSection {
                unchecked_range, ..
            } if depth == 1 => found.push(Inner {
                exports: Vec::new(),
                range: offset(unchecked_range.start)..offset(unchecked_range.end),
            }),
            Payload::ComponentExportSection(section) if depth == 2 => {
                let Some(last) = found.last_mut() else {
                    continue;
                };
                for export in section {
                    last.exports.push(export?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// A place in bytes that are in memory.
fn offset(place: u64) -> usize {
    usize::try_from(place).expect("an offset into a slice")
}
