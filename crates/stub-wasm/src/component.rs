//! From the core module to the component: wit-component encodes it, and what only readers and tool
//! statistics want is taken out again.

use golem_rpc_stub::guard::guarded;
use wasm_encoder::{ComponentSectionId, RawSection};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::error::EmitError;
use crate::imports::World;

/// The component of a module, as wit-component gives it.
pub(crate) fn encode(mut module: Vec<u8>, world: &World) -> Result<Vec<u8>, EmitError> {
    let encoded = guarded(|| {
        let utf8 = StringEncoding::UTF8;
        embed_component_metadata(&mut module, &world.resolve, world.id, utf8, false)?;
        let mut encoder = ComponentEncoder::default();
        encoder.module(&module)?;
        encoder.encode()
    });
    let encoded = encoded.map_err(|panicked| EmitError::Encode(panicked.into()))?;
    encoded.map_err(EmitError::Encode)
}

/// A component or module without its custom sections.
pub(crate) fn strip(wasm: &[u8]) -> Result<Vec<u8>, EmitError> {
    let mut stripped = wasm.get(..8).unwrap_or_default().to_vec();
    let mut parser = Parser::new(0);
    parser.set_features(WasmFeatures::all());
    let mut depth = 0;
    for payload in parser.parse_all(wasm) {
        let payload = payload?;
        let nested = match &payload {
            Payload::ModuleSection {
                unchecked_range, ..
            } => Some((ComponentSectionId::CoreModule, unchecked_range)),
            Payload::ComponentSection {
                unchecked_range, ..
            } => Some((ComponentSectionId::Component, unchecked_range)),
            _ => None,
        };
        match (&payload, nested) {
            (_, Some((id, range))) => {
                if depth == 0 {
                    let inner = &wasm[range.start as usize..range.end as usize];
                    append(&mut stripped, id.into(), &strip(inner)?);
                }
                depth += 1;
            }
            (Payload::End(_), _) => depth -= 1,
            (Payload::CustomSection(_), _) => {}
            _ => {
                if depth == 0
                    && let Some((id, range)) = payload.as_section()
                {
                    append(
                        &mut stripped,
                        id,
                        &wasm[range.start as usize..range.end as usize],
                    );
                }
            }
        }
    }
    Ok(stripped)
}

fn append(wasm: &mut Vec<u8>, id: u8, data: &[u8]) {
    use wasm_encoder::{Encode, Section};
    let section = RawSection { id, data };
    wasm.push(Section::id(&section));
    section.encode(wasm);
}

/// Makes sure that the component is right.
pub(crate) fn validate(wasm: &[u8]) -> Result<(), EmitError> {
    Validator::new_with_features(WasmFeatures::default())
        .validate_all(wasm)
        .map(|_| ())
        .map_err(EmitError::Invalid)
}
