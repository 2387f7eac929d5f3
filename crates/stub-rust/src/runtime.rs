//! The fixed part of the crate: calls, and values that are not types of the user's.
//!
//! Each template is a piece of Rust that is put in as it is. Which ones are needed follows from
//! [`Reach`]; the rest is left out, so that the crate has no dead code.

use crate::reach::{Reach, Shape, Way};

const REMOTE: &str = include_str!("../templates/remote.rs");
const WITHOUT_RESULT: &str = include_str!("../templates/without_result.rs");
const WITH_RESULT: &str = include_str!("../templates/with_result.rs");
const PARAMS: &str = include_str!("../templates/params.rs");
const PRIMITIVE: [&str; 2] = [
    include_str!("../templates/primitive_lower.rs"),
    include_str!("../templates/primitive_lift.rs"),
];
const TUPLE: [&str; 2] = [
    include_str!("../templates/tuple_lower.rs"),
    include_str!("../templates/tuple_lift.rs"),
];
const LIST: [&str; 2] = [
    include_str!("../templates/list_lower.rs"),
    include_str!("../templates/list_lift.rs"),
];
const OPTION: [&str; 2] = [
    include_str!("../templates/option_lower.rs"),
    include_str!("../templates/option_lift.rs"),
];

/// How calls are made and answers are read.
pub(crate) fn calls(reach: &Reach) -> Vec<String> {
    let parts = [
        (true, REMOTE),
        (reach.no_results, WITHOUT_RESULT),
        (reach.results, WITH_RESULT),
        (reach.goes(Way::Lower), PARAMS),
    ];
    let needed = parts.into_iter().filter(|(needed, _)| *needed);
    needed.map(|(_, text)| text.to_string()).collect()
}

/// Primitives, lists, options, results and tuples, each with the directions it travels in.
pub(crate) fn values(reach: &Reach) -> Vec<String> {
    let mut items = Vec::new();
    for way in [Way::Lower, Way::Lift] {
        let going = reach.shapes.iter().filter(|(_, ways)| ways.contains(&way));
        let shapes: Vec<&Shape> = going.map(|(shape, _)| shape).collect();
        items.extend(macros(&shapes, way));
        for shape in shapes {
            match shape {
                Shape::List => items.push(pick(LIST, way).into()),
                Shape::Option => items.push(pick(OPTION, way).into()),
                Shape::Result(ok, err) => items.push(result(*ok, *err, way)),
                Shape::Primitive(_) | Shape::Tuple(_) | Shape::Named(_) => {}
            }
        }
    }
    items
}

fn pick(templates: [&'static str; 2], way: Way) -> &'static str {
    match way {
        Way::Lower => templates[0],
        Way::Lift => templates[1],
    }
}

/// The macros for primitives and tuples, each with its uses.
fn macros(shapes: &[&Shape], way: Way) -> Vec<String> {
    let mut primitives = String::new();
    let mut tuples = String::new();
    for shape in shapes {
        match (shape, way) {
            (Shape::Primitive((ty, node, _)), Way::Lower) => {
                primitives.push_str(&format!("lower_primitive!({ty}, {node});\n"));
            }
            (Shape::Primitive((ty, node, name)), Way::Lift) => {
                primitives.push_str(&format!("lift_primitive!({ty}, {node}, \"{name}\");\n"));
            }
            (Shape::Tuple(count), Way::Lower) => {
                tuples.push_str(&format!("lower_tuple!({});\n", tuple_items(*count)));
            }
            (Shape::Tuple(count), Way::Lift) => {
                tuples.push_str(&format!("lift_tuple!({count}, {});\n", tuple_items(*count)));
            }
            _ => {}
        }
    }
    let mut items = Vec::new();
    for (template, uses) in [(PRIMITIVE, primitives), (TUPLE, tuples)] {
        if !uses.is_empty() {
            items.extend([pick(template, way).to_string(), uses]);
        }
    }
    items
}

fn tuple_items(count: usize) -> String {
    let items: Vec<String> = (0..count).map(|i| format!("T{i} {i}")).collect();
    items.join(", ")
}

/// A result in one of its four forms.
fn result(ok: bool, err: bool, way: Way) -> String {
    let bound = match way {
        Way::Lower => "Lower",
        Way::Lift => "Lift",
    };
    let params = match (ok, err) {
        (true, true) => format!("<T: {bound}, E: {bound}>"),
        (true, false) => format!("<T: {bound}>"),
        (false, true) => format!("<E: {bound}>"),
        (false, false) => String::new(),
    };
    let side = |present, name| if present { name } else { "()" };
    let ty = format!("Result<{}, {}>", side(ok, "T"), side(err, "E"));
    let body = match way {
        Way::Lower => lower_result(ok, err),
        Way::Lift => lift_result(ok, err),
    };
    format!("impl{params} {bound} for {ty} {{\n{body}}}\n")
}

fn lower_result(ok: bool, err: bool) -> String {
    let arm = |case, present| match present {
        true => format!("            {case}(value) => {case}(Some(nodes.add(value))),\n"),
        false => format!("            {case}(()) => {case}(None),\n"),
    };
    let nodes = if ok || err { "nodes" } else { "_" };
    format!(
        "    fn lower(self, {nodes}: &mut Nodes) -> rpc::WitNode {{
        rpc::WitNode::ResultValue(match self {{
{}{}        }})
    }}
",
        arm("Ok", ok),
        arm("Err", err),
    )
}

fn lift_result(ok: bool, err: bool) -> String {
    let arm = |case, present| {
        let (node, value) = match present {
            true => ("Some(value)", "answer.get(value)"),
            false => ("None", "()"),
        };
        format!("            rpc::WitNode::ResultValue({case}({node})) => {case}({value}),\n")
    };
    format!(
        "    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Self {{
        match node {{
{}{}            _ => answer.malformed(\"a result\"),
        }}
    }}
",
        arm("Ok", ok),
        arm("Err", err),
    )
}
