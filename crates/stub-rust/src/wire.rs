//! How the user's records, variants, enums, flags and resources travel: their `Lower` and `Lift`.
//!
//! Everything is positional: a field, case or flag is known by its place alone. A resource is known
//! by its handle.

use golem_rpc_stub::{ResourceKind, Stub};
use wit_parser::{Enum, Flags, Record, TypeDefKind, TypeId, Variant};

use crate::layout::{arm, item, list};
use crate::names::{camel, ident};
use crate::reach::{Reach, Shape, Way};
use crate::spell::Speller;

const IN_FN: &str = "        ";
const IN_MATCH: &str = "            ";

/// The implementations for all named types that travel.
pub(crate) fn implementations(stub: &Stub, speller: &Speller<'_>, reach: &Reach) -> Vec<String> {
    let mut items = Vec::new();
    for (shape, ways) in &reach.shapes {
        items.extend(ways.iter().filter_map(|way| match (shape, way) {
            (Shape::Named(id), Way::Lower) => Some(lower(stub, speller, *id)),
            (Shape::Named(id), Way::Lift) => Some(lift(stub, speller, *id)),
            (Shape::Own(id), Way::Lower) => Some(hand_over(speller, *id)),
            (Shape::Own(id), Way::Lift) => Some(receive(stub, speller, *id)),
            (Shape::Borrow(id), _) => Some(lend(speller, *id)),
            _ => None,
        }));
    }
    items
}

fn lower(stub: &Stub, speller: &Speller<'_>, id: TypeId) -> String {
    let (nodes, body) = match &stub.resolve.types[id].kind {
        TypeDefKind::Record(record) => ("nodes", lower_record(record)),
        TypeDefKind::Variant(variant) => {
            let payloads = variant.cases.iter().any(|case| case.ty.is_some());
            (if payloads { "nodes" } else { "_" }, lower_variant(variant))
        }
        TypeDefKind::Enum(_) => ("_", lower_enum()),
        TypeDefKind::Flags(flags) => ("_", lower_flags(flags)),
        _ => unreachable!("only these types are named in Rust"),
    };
    let mut lines = vec![
        format!("impl Lower for {} {{", speller.named(id)),
        format!("    fn lower(self, {nodes}: &mut Nodes) -> rpc::WitNode {{"),
    ];
    lines.extend(body);
    lines.extend(["    }".into(), "}".into()]);
    item("", &lines)
}

/// A resource that the worker owns again: it is not ended here.
fn hand_over(speller: &Speller<'_>, id: TypeId) -> String {
    let body = "self.into_inner::<Resource>().hand_over(nodes)";
    lower_as(&speller.named(id), body)
}

fn lend(speller: &Speller<'_>, id: TypeId) -> String {
    let borrow = format!("{}Borrow<'_>", speller.named(id));
    lower_as(&borrow, "self.get::<Resource>().lower(nodes)")
}

fn lower_as(ty: &str, body: &str) -> String {
    let lines = [
        format!("impl Lower for {ty} {{"),
        "    fn lower(self, nodes: &mut Nodes) -> rpc::WitNode {".into(),
        format!("{IN_FN}{body}"),
        "    }".into(),
        "}".into(),
    ];
    item("", &lines)
}

/// A resource out of an answer: it is ended by its own function.
fn receive(stub: &Stub, speller: &Speller<'_>, id: TypeId) -> String {
    let resource = stub.resources.iter().find(|r| r.id == id);
    let Some(ResourceKind::Remote { drop, .. }) = resource.map(|r| &r.kind) else {
        unreachable!("only remote resources travel");
    };
    let parts = ["&answer.worker", "handle", &format!("\"{drop}\"")].map(String::from);
    let made = list(IN_FN, "let resource = Resource::new(", &parts, ");");
    let lines = [
        format!("impl Lift for {} {{", speller.named(id)),
        lift_head("answer"),
        format!("{IN_FN}let handle = Handle::lift(node, answer)?;"),
        made,
        format!("{IN_FN}Ok(Self::new(resource))"),
        "    }".into(),
        "}".into(),
    ];
    item("", &lines)
}

fn lift_head(answer: &str) -> String {
    format!("    fn lift(node: rpc::WitNode, {answer}: &mut Answer) -> Result<Self, Failure> {{")
}

fn lift(stub: &Stub, speller: &Speller<'_>, id: TypeId) -> String {
    let ty = &stub.resolve.types[id];
    let name = ty.name.as_deref().expect("such a type has a name");
    let (answer, body) = match &ty.kind {
        TypeDefKind::Record(record) => ("answer", lift_record(name, record)),
        TypeDefKind::Variant(variant) => {
            let payloads = variant.cases.iter().any(|case| case.ty.is_some());
            (
                if payloads { "answer" } else { "_" },
                lift_variant(name, variant),
            )
        }
        TypeDefKind::Enum(cases) => ("_", lift_enum(name, cases)),
        TypeDefKind::Flags(flags) => ("_", lift_flags(name, flags)),
        _ => unreachable!("only these types are named in Rust"),
    };
    let mut lines = vec![
        format!("impl Lift for {} {{", speller.named(id)),
        lift_head(answer),
    ];
    lines.extend(body);
    lines.extend(["    }".into(), "}".into()]);
    item("", &lines)
}

fn lower_record(record: &Record) -> Vec<String> {
    let fields = record.fields.iter();
    let fields: Vec<String> = fields
        .map(|f| format!("nodes.add(self.{})", ident(&f.name)))
        .collect();
    vec![
        list(IN_FN, "let fields = vec![", &fields, "];"),
        format!("{IN_FN}rpc::WitNode::RecordValue(fields)"),
    ]
}

fn lift_record(name: &str, record: &Record) -> Vec<String> {
    let count = record.fields.len();
    let mut lines = only(
        "fields",
        &format!("rpc::WitNode::RecordValue(fields) if fields.len() == {count}"),
        &format!("record `{name}`"),
    );
    lines.push(format!("{IN_FN}Ok(Self {{"));
    for (index, field) in record.fields.iter().enumerate() {
        let field = ident(&field.name);
        lines.push(format!("{IN_MATCH}{field}: answer.get(fields[{index}])?,"));
    }
    lines.push(format!("{IN_FN}}})"));
    lines
}

fn lower_variant(variant: &Variant) -> Vec<String> {
    let mut lines = vec![format!("{IN_FN}let case = match self {{")];
    for (index, case) in variant.cases.iter().enumerate() {
        let name = camel(&case.name);
        lines.push(match case.ty {
            Some(_) => arm(
                IN_MATCH,
                &format!("Self::{name}(value)"),
                &format!("({index}, Some(nodes.add(value)))"),
            ),
            None => arm(
                IN_MATCH,
                &format!("Self::{name}"),
                &format!("({index}, None)"),
            ),
        });
    }
    lines.push(format!("{IN_FN}}};"));
    lines.push(format!("{IN_FN}rpc::WitNode::VariantValue(case)"));
    lines
}

fn lift_variant(name: &str, variant: &Variant) -> Vec<String> {
    let cases = variant.cases.iter().enumerate().map(|(index, case)| {
        let name = camel(&case.name);
        match case.ty {
            Some(_) => (
                format!("rpc::WitNode::VariantValue(({index}, Some(value)))"),
                format!("Self::{name}(answer.get(value)?)"),
            ),
            None => (
                format!("rpc::WitNode::VariantValue(({index}, None))"),
                format!("Self::{name}"),
            ),
        }
    });
    one_of(cases, &format!("variant `{name}`"))
}

fn lower_enum() -> Vec<String> {
    vec![format!("{IN_FN}rpc::WitNode::EnumValue(self as u32)")]
}

fn lift_enum(name: &str, cases: &Enum) -> Vec<String> {
    let cases = cases.cases.iter().enumerate().map(|(index, case)| {
        let node = format!("rpc::WitNode::EnumValue({index})");
        (node, format!("Self::{}", camel(&case.name)))
    });
    one_of(cases, &format!("enum `{name}`"))
}

fn lower_flags(flags: &Flags) -> Vec<String> {
    let count = flags.flags.len();
    vec![
        format!("{IN_FN}let bits = self.bits();"),
        format!("{IN_FN}let flags = (0..{count}).map(|index| (bits >> index) & 1 == 1);"),
        format!("{IN_FN}rpc::WitNode::FlagsValue(flags.collect())"),
    ]
}

fn lift_flags(name: &str, flags: &Flags) -> Vec<String> {
    let count = flags.flags.len();
    let mut lines = only(
        "flags",
        &format!("rpc::WitNode::FlagsValue(flags) if flags.len() == {count}"),
        &format!("flags `{name}`"),
    );
    let rest = [
        "let mut bits = 0;",
        "for (index, flag) in flags.into_iter().enumerate() {",
        "    if flag {",
        "        bits |= 1 << index;",
        "    }",
        "}",
        "Ok(Self::from_bits_truncate(bits))",
    ];
    lines.extend(rest.iter().map(|line| format!("{IN_FN}{line}")));
    lines
}

/// Binds what the only good node holds.
fn only(name: &str, node: &str, expected: &str) -> Vec<String> {
    vec![
        format!("{IN_FN}let {name} = match node {{"),
        arm(IN_MATCH, node, name),
        arm(IN_MATCH, "_", &format!("return malformed(\"{expected}\")")),
        format!("{IN_FN}}};"),
    ]
}

/// The value for each of several good nodes.
fn one_of(cases: impl Iterator<Item = (String, String)>, expected: &str) -> Vec<String> {
    let mut lines = vec![format!("{IN_FN}Ok(match node {{")];
    lines.extend(cases.map(|(node, value)| arm(IN_MATCH, &node, &value)));
    let malformed = format!("return malformed(\"{expected}\")");
    lines.push(arm(IN_MATCH, "_", &malformed));
    lines.push(format!("{IN_FN}}})"));
    lines
}
