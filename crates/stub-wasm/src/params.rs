//! From a function's parameters to what golem:rpc takes: a list of `wit-value`s.
//!
//! The canonical ABI passes up to 16 core values as they are and more than that in memory. Here all
//! parameters go to memory first, in that very layout, so that lowering reads from memory only. The
//! core values of a variant's cases share their places: each is as wide as the widest case wants,
//! and what a case stores of it is its low bytes.

use wasm_encoder::ValType;
use wit_parser::Resolve;

use crate::emit::{Emit, Key};
use crate::memory::at;
use crate::module::{Body, asm};
use crate::shape::{Flat, Kind, ShapeId};
use crate::value::{Place, distinct, load, push_address, switch};

const I32: ValType = ValType::I32;

/// A core value that was passed.
type Passed = (u32, ValType);

impl Emit<'_> {
    /// The core types of parameters, without the handle before them; none if they are in memory.
    pub(crate) fn flat_params(&self, params: &[ShapeId]) -> Option<Vec<ValType>> {
        let count: usize = params.iter().map(|p| self.shapes.flat_count(*p)).sum();
        if count + 1 > Resolve::MAX_FLAT_PARAMS {
            return None;
        }
        let mut flat = Vec::new();
        params.iter().for_each(|p| self.flatten(*p, &mut flat));
        Some(flat)
    }

    fn flatten(&self, id: ShapeId, flat: &mut Vec<ValType>) {
        match &self.shapes.get(id).kind {
            Kind::Plain {
                flat: Flat::Pair, ..
            }
            | Kind::List(_) => flat.extend([I32, I32]),
            Kind::Plain { flat: plain, .. } => flat.push(plain.core()),
            Kind::Enum { .. } | Kind::Flags { .. } => flat.push(I32),
            Kind::Fields(fields) => fields.iter().for_each(|(_, f)| self.flatten(*f, flat)),
            Kind::Choice { cases, .. } => {
                let mut joined: Vec<ValType> = Vec::new();
                for case in cases.iter().flatten() {
                    let mut own = Vec::new();
                    self.flatten(*case, &mut own);
                    for (place, ty) in own.into_iter().enumerate() {
                        match joined.get_mut(place) {
                            Some(other) => *other = join(*other, ty),
                            None => joined.push(ty),
                        }
                    }
                }
                flat.push(I32);
                flat.extend(joined);
            }
        }
    }

    /// `params(core values, or where they are) -> list of wit-values`.
    pub(crate) fn params(&mut self, params: &[ShapeId]) -> Body {
        let flat = self.flat_params(params);
        let name = format!("params-{}", self.params_count);
        self.params_count += 1;
        let names: Vec<&str> = params.iter().map(|p| &*self.shapes.get(*p).name).collect();
        let about = format!("parameters to wit-values: {}", names.join(", "));
        let mut b = Body::new(name, flat.as_deref().unwrap_or(&[I32]), &[I32]).about(about);
        let (size, align, offsets) = self.shapes.frame(params);
        let frame = match &flat {
            None => 0,
            Some(flat) => {
                let frame = b.local(I32);
                asm!(b;
                    i64_const i64::from(size); i32_const align as i32; call self.f(Key::Alloc);
                    local_set frame;
                );
                let passed: Vec<Passed> = (0..).zip(flat.iter().copied()).collect();
                self.spill_params(&mut b, params, &offsets, frame, &passed);
                frame
            }
        };
        let (list, root) = (b.local(I32), b.local(I32));
        asm!(b;
            i64_const 8 * params.len() as i64; i32_const 4; call self.f(Key::Alloc);
            local_set list;
        );
        for (place, (param, offset)) in (0u32..).zip(params.iter().zip(offsets)) {
            let value = Place::new(frame, offset);
            push_address(&mut b, Place::new(list, 8 * place));
            self.count_value(&mut b, *param, value);
            asm!(b; call self.f(Key::Open); local_set root;);
            self.lower_value(&mut b, *param, Place::new(root, 0), value);
        }
        asm!(b; local_get list;);
        b
    }

    fn spill_params(
        &self,
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
    fn spill(&self, b: &mut Body, id: ShapeId, place: Place, passed: &[Passed]) {
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
            Kind::Fields(fields) => {
                let mut passed = passed;
                for (offset, field) in fields {
                    let (own, rest) = passed.split_at(self.shapes.flat_count(*field));
                    let place = Place::new(place.base, place.offset + offset);
                    self.spill(b, *field, place, own);
                    passed = rest;
                }
            }
            Kind::Choice {
                cases,
                width,
                payload,
            } => {
                spill_core(b, place, *width, passed[0]);
                let payload = Place::new(place.base, place.offset + payload);
                self.spill_payload(b, cases, (place, *width), payload, &passed[1..]);
            }
        }
    }

    /// A case without a payload may store another's: nobody reads it. So a tag is looked at only
    /// where there are different payloads.
    fn spill_payload(
        &self,
        b: &mut Body,
        cases: &[Option<ShapeId>],
        (tag, width): (Place, u32),
        payload: Place,
        passed: &[Passed],
    ) {
        let spill_case = |b: &mut Body, case: ShapeId| {
            self.spill(b, case, payload, &passed[..self.shapes.flat_count(case)]);
        };
        let (targets, payloads) = distinct(cases);
        let mut some = payloads.iter().flatten();
        if let (Some(only), None) = (some.next(), some.next()) {
            spill_case(b, *only);
            return;
        }
        let local = b.local(I32);
        asm!(b; local_get tag.base;);
        load(b, width, tag.offset);
        asm!(b; local_set local;);
        switch(b, local, &targets, &mut |b, target| {
            if let Some(case) = payloads[target] {
                spill_case(b, case);
            }
        });
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

/// The core type of a place that two cases of a variant share.
fn join(a: ValType, b: ValType) -> ValType {
    match (a, b) {
        (a, b) if a == b => a,
        (ValType::I32, ValType::F32) | (ValType::F32, ValType::I32) => I32,
        _ => ValType::I64,
    }
}
