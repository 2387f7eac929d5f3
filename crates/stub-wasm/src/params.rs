//! From a function's parameters to what golem:rpc takes: a list of `wit-value`s.
//!
//! The canonical ABI passes up to 16 core values as they are and more than that in memory. Here all
//! parameters go to memory first, in that very layout, so that lowering reads from memory only. The
//! core values of a variant's cases share their places: each is as wide as the widest case wants,
//! and what a case stores of it is its low bytes.

use std::ops::Range;

use golem_rpc_stub::Stub;
use wasm_encoder::ValType;
use wit_parser::Resolve;

use crate::emit::{Emit, Key};
use crate::error::EmitError;
use crate::memory::at;
use crate::module::{Body, asm, index};
use crate::shape::{Flat, Kind, ShapeId};
use crate::value::{Place, distinct, load, push_address, switch};

const I32: ValType = ValType::I32;

/// A core value that was passed.
type Passed = (u32, ValType);

/// A function of the stub's interface: its parameters, and how they arrive.
pub(crate) struct Signature {
    name: String,
    /// All of them, a method's `self` too.
    pub(crate) params: Vec<ShapeId>,
    /// Their core types; none if they are in memory.
    flat: Option<Vec<ValType>>,
    /// Where they are in memory.
    offsets: Vec<u32>,
}

impl Signature {
    pub(crate) fn of(e: &mut Emit<'_>, stub: &Stub, name: &str) -> Result<Self, EmitError> {
        let function = &stub.resolve.interfaces[stub.interface].functions[name];
        let params = function.params.iter();
        let params = params.map(|param| e.shapes.of(&param.ty));
        let params: Vec<ShapeId> = params.collect::<Result<_, _>>()?;
        let (_, _, offsets) = e.shapes.frame(&params);
        Ok(Signature {
            name: name.to_string(),
            flat: e.flat_params(&params),
            params,
            offsets,
        })
    }

    /// A body with these parameters.
    pub(crate) fn body(&self, result: Option<ValType>) -> Body {
        let params = self.flat.as_deref().unwrap_or(&[I32]);
        Body::new(&self.name, params, result.as_slice())
    }

    /// Whether one of these parameters may give resources away.
    pub(crate) fn gives(&self, e: &Emit<'_>, params: &[usize]) -> bool {
        let mut params = params.iter();
        params.any(|param| !e.shapes.owned(self.params[*param]).is_empty())
    }

    /// Pushes the core values of a parameter without choices.
    pub(crate) fn push(&self, e: &Emit<'_>, b: &mut Body, param: usize) {
        match &self.flat {
            Some(_) => self.locals(e, param).for_each(|local| {
                asm!(b; local_get local;);
            }),
            None => e.load_flat(b, self.params[param], Place::new(0, self.offsets[param])),
        }
    }

    /// The local variables of a parameter that is not in memory.
    fn locals(&self, e: &Emit<'_>, param: usize) -> Range<u32> {
        let count = |shapes: &[ShapeId]| {
            let counts = shapes.iter().map(|shape| e.shapes.flat_count(*shape));
            index(counts.sum())
        };
        count(&self.params[..param])..count(&self.params[..=param])
    }

    /// Pushes these parameters as wit-values.
    pub(crate) fn push_params(&self, e: &mut Emit<'_>, b: &mut Body, sent: &[usize]) {
        let shapes = sent.iter().map(|param| self.params[*param]);
        if sent.is_empty() {
            asm!(b; i32_const 0;);
        } else if self.flat.is_some() {
            sent.iter().for_each(|param| self.push(e, b, *param));
            asm!(b; call e.f(Key::Params(shapes.collect())););
        } else {
            let offsets = sent.iter().map(|param| self.offsets[*param]);
            asm!(b; local_get 0; call e.f(Key::ParamsAt(offsets.zip(shapes).collect())););
        }
    }
}

impl Emit<'_> {
    /// The core types of all parameters of a function; none if they are in memory.
    pub(crate) fn flat_params(&self, params: &[ShapeId]) -> Option<Vec<ValType>> {
        let counts = params.iter().map(|p| self.shapes.flat_count(*p));
        let count = counts.fold(0, usize::saturating_add);
        if count > Resolve::MAX_FLAT_PARAMS {
            return None;
        }
        Some(self.flat(params))
    }

    /// The core types of values that are not too many.
    fn flat(&self, values: &[ShapeId]) -> Vec<ValType> {
        let core = values.iter().flat_map(|value| self.shapes.core(*value));
        core.copied().collect()
    }

    /// `params(core values) -> list of wit-values`.
    pub(crate) fn params(&mut self, params: &[ShapeId]) -> Body {
        let flat = self.flat(params);
        let mut b = self.params_body(params.iter().copied(), &flat);
        let (size, align, offsets) = self.shapes.frame(params);
        let frame = b.local(I32);
        asm!(b;
            i64_const i64::from(size); i32_const align as i32; call self.f(Key::Alloc);
            local_set frame;
        );
        let passed: Vec<Passed> = (0..).zip(flat).collect();
        self.spill_params(&mut b, params, &offsets, frame, &passed);
        let placed: Vec<_> = offsets.into_iter().zip(params.iter().copied()).collect();
        self.lower_params(&mut b, frame, &placed);
        b
    }

    /// `params(frame) -> list of wit-values`.
    pub(crate) fn params_at(&mut self, params: &[(u32, ShapeId)]) -> Body {
        let mut b = self.params_body(params.iter().map(|(_, shape)| *shape), &[I32]);
        self.lower_params(&mut b, 0, params);
        b
    }

    fn params_body(&mut self, params: impl Iterator<Item = ShapeId>, core: &[ValType]) -> Body {
        let name = format!("params-{}", self.params_count);
        self.params_count += 1;
        let names: Vec<&str> = params.map(|p| &*self.shapes.get(p).name).collect();
        let about = format!("parameters to wit-values: {}", names.join(", "));
        Body::new(name, core, &[I32]).about(about)
    }

    /// Pushes the list of wit-values that are made of what lies in the frame.
    fn lower_params(&mut self, b: &mut Body, frame: u32, params: &[(u32, ShapeId)]) {
        let (list, root) = (b.local(I32), b.local(I32));
        asm!(b;
            i64_const 8 * params.len() as i64; i32_const 4; call self.f(Key::Alloc);
            local_set list;
        );
        for (place, (offset, param)) in (0u32..).zip(params) {
            let value = Place::new(frame, *offset);
            push_address(b, Place::new(list, 8 * place));
            self.count_value(b, *param, value);
            asm!(b; call self.f(Key::Open); local_set root;);
            self.lower_value(b, *param, Place::new(root, 0), value);
        }
        asm!(b; local_get list;);
    }

    /// Pushes the core values of what lies in memory.
    fn load_flat(&self, b: &mut Body, id: ShapeId, place: Place) {
        match &self.shapes.get(id).kind {
            Kind::Plain {
                flat: Flat::Pair, ..
            }
            | Kind::List(_) => {
                asm!(b;
                    local_get place.base; i32_load at(place.offset);
                    local_get place.base; i32_load at(place.offset + 4);
                );
            }
            Kind::Plain { width, .. } | Kind::Enum { width, .. } | Kind::Flags { width, .. } => {
                asm!(b; local_get place.base;);
                load(b, *width, place.offset);
            }
            Kind::Handle { .. } => asm!(b; local_get place.base; i32_load at(place.offset);),
            Kind::Fields(fields) => {
                for (offset, field) in fields {
                    self.load_flat(b, *field, Place::new(place.base, place.offset + offset));
                }
            }
            Kind::Choice { .. } => unreachable!("only addresses and times are passed on"),
        }
    }

    fn spill_params(
        &mut self,
        b: &mut Body,
        params: &[ShapeId],
        offsets: &[u32],
        frame: u32,
        mut passed: &[Passed],
    ) {
        for (param, offset) in params.iter().zip(offsets) {
            let (own, rest) = passed.split_at(self.shapes.flat_count(*param));
            self.spill(b, *param, Place::new(frame, *offset), own);
            passed = rest;
        }
    }

    /// Stores what was passed of a value at `place`.
    fn spill(&mut self, b: &mut Body, id: ShapeId, place: Place, passed: &[Passed]) {
        match &self.shapes.get(id).kind {
            Kind::Plain {
                flat: Flat::Pair, ..
            }
            | Kind::List(_) => {
                spill_core(b, place, 4, passed[0]);
                spill_core(b, Place::new(place.base, place.offset + 4), 4, passed[1]);
            }
            Kind::Plain { width, .. } | Kind::Enum { width, .. } | Kind::Flags { width, .. } => {
                spill_core(b, place, *width, passed[0]);
            }
            Kind::Handle { .. } => spill_core(b, place, 4, passed[0]),
            Kind::Fields(fields) => {
                let mut passed = passed;
                for (offset, field) in fields.clone() {
                    let (own, rest) = passed.split_at(self.shapes.flat_count(field));
                    let place = Place::new(place.base, place.offset + offset);
                    self.spill(b, field, place, own);
                    passed = rest;
                }
            }
            Kind::Choice {
                cases,
                width,
                payload,
            } => match distinct(cases).1.iter().flatten().collect::<Vec<_>>()[..] {
                // A case without a payload may store another's: nobody reads it.
                [] => spill_core(b, place, *width, passed[0]),
                [case] => {
                    let (case, payload) = (*case, place.offset + payload);
                    spill_core(b, place, *width, passed[0]);
                    let own = &passed[1..][..self.shapes.flat_count(case)];
                    self.spill(b, case, Place::new(place.base, payload), own);
                }
                _ => {
                    push_address(b, place);
                    let core = self.shapes.core(id).iter();
                    passed
                        .iter()
                        .zip(core)
                        .for_each(|(passed, ty)| push_as(b, *passed, *ty));
                    asm!(b; call self.f(Key::Spill(id)););
                }
            },
        }
    }

    /// `spill(address, core values)`: stores a choice with several payloads. A function, since choices
    /// can stand in each other.
    pub(crate) fn spill_choice(&mut self, id: ShapeId) -> Body {
        let shape = self.shapes.get(id).clone();
        let Kind::Choice {
            cases,
            width,
            payload,
        } = &shape.kind
        else {
            unreachable!("others are stored where they are passed")
        };
        let core = [&[I32], self.shapes.core(id)].concat();
        let name = self.function_name("spill", id);
        let mut b = Body::new(name, &core, &[]).about(format!("{} to memory", shape.name));
        let passed: Vec<Passed> = (0..).zip(core).collect();
        let (tag, payload) = (passed[1].0, Place::new(0, *payload));
        spill_core(&mut b, Place::new(0, 0), *width, passed[1]);
        let (targets, payloads) = distinct(cases);
        switch(&mut b, tag, &targets, &mut |b, target| {
            if let Some(case) = payloads[target] {
                let own = &passed[2..][..self.shapes.flat_count(case)];
                self.spill(b, case, payload, own);
            }
        });
        b
    }
}

/// Pushes what was passed as the core type that it stands for.
fn push_as(b: &mut Body, (local, passed): Passed, wanted: ValType) {
    asm!(b; local_get local;);
    match (passed, wanted) {
        (ValType::I64, I32) => asm!(b; i32_wrap_i64;),
        (ValType::I64, ValType::F32) => asm!(b; i32_wrap_i64; f32_reinterpret_i32;),
        (ValType::I64, ValType::F64) => asm!(b; f64_reinterpret_i64;),
        (I32, ValType::F32) => asm!(b; f32_reinterpret_i32;),
        _ => {}
    }
}

fn spill_core(b: &mut Body, place: Place, width: u32, (local, ty): Passed) {
    let to = at(place.offset);
    asm!(b; local_get place.base; local_get local;);
    match (ty, width) {
        (ValType::I64, 1) => b.ops().i64_store8(to),
        (ValType::I64, 2) => b.ops().i64_store16(to),
        (ValType::I64, 4) => b.ops().i64_store32(to),
        (ValType::I64, _) => b.ops().i64_store(to),
        (ValType::F32, _) => b.ops().f32_store(to),
        (ValType::F64, _) => b.ops().f64_store(to),
        (_, 1) => b.ops().i32_store8(to),
        (_, 2) => b.ops().i32_store16(to),
        (_, _) => b.ops().i32_store(to),
    };
}
