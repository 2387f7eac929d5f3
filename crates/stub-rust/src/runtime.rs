//! The fixed part of the crate: calls, and values that are not types of the user's.
//!
//! Each template is a piece of Rust. Which ones are needed, and which of their lines, follows from
//! the stub's options and [`Reach`]; the rest is left out, so that the crate has no dead code. These
//! are the words in the templates' conditions:
//!
//! | word | holds where |
//! |---|---|
//! | `panic`, `result` | the failure of a call is a panic, or a result |
//! | `uri`, `worker-id`, `agent-id` | that is a worker's address |
//! | `ephemeral`, `schedule` | the stub has such functions |
//! | `finishes`, `triggers` | calls without a result are waited for, or not |
//! | `lifts` | some answer holds a value |
//! | `constructs` | a remote resource has a constructor |
//! | `gives`, `takes` | results, parameters hold remote resources that are handed over |
//! | `makes` | there is a way to get a remote resource |
//! | `text` | what failed is said on standard error |
//! | `panics` | some failures are panics, all but those of constructors being results perhaps |
//! | `errors` | some failures are results |
//! | `urn` | a worker's name is made of its address |

use std::collections::BTreeSet;

use golem_rpc_stub::{Address, RpcErrors, Stub};

use crate::reach::{Reach, Shape, Way};
use crate::template::render;

const WORKER: &str = include_str!("../templates/worker.rs");
const FAILURE: &str = include_str!("../templates/failure.rs");
const WITHOUT_RESULT: &str = include_str!("../templates/without_result.rs");
const WITH_RESULT: &str = include_str!("../templates/with_result.rs");
const ANSWER: &str = include_str!("../templates/answer.rs");
const PARAMS: &str = include_str!("../templates/params.rs");
const RESOURCE: &str = include_str!("../templates/resource.rs");
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
pub(crate) fn calls(stub: &Stub, reach: &Reach) -> Vec<String> {
    let words = words(stub, reach);
    let holds = |word| words.contains(word);
    let parts = [
        (true, WORKER),
        (true, FAILURE),
        (holds("finishes") || holds("triggers"), WITHOUT_RESULT),
        (reach.results, WITH_RESULT),
        (reach.resources, RESOURCE),
        (holds("lifts"), ANSWER),
        (reach.resources || reach.goes(Way::Lower), PARAMS),
    ];
    let needed = parts.into_iter().filter(|(needed, _)| *needed);
    let rendered = needed.map(|(_, template)| render(template, &words));
    rendered.map(|text| outcomes(stub, &text)).collect()
}

/// The words that hold of a stub.
fn words(stub: &Stub, reach: &Reach) -> BTreeSet<&'static str> {
    let panic = stub.options.rpc_errors == RpcErrors::Panic;
    let address = stub.options.golem_rpc.address();
    let has_ephemeral = stub.resources.iter().any(|r| r.ephemeral.is_some());
    let mut functions = stub.resources.iter().flat_map(|r| &r.functions);
    let gives = reach.hands_over(Way::Lift);
    let text = panic || reach.resources;
    let words = [
        ("panic", panic),
        ("result", !panic),
        ("uri", address == Address::Uri),
        ("worker-id", address == Address::WorkerId),
        ("agent-id", address == Address::AgentId),
        ("ephemeral", has_ephemeral),
        ("schedule", functions.any(|f| f.schedule.is_some())),
        ("finishes", reach.no_results || (panic && reach.resources)),
        ("triggers", reach.no_results),
        ("lifts", reach.results || reach.constructs),
        ("constructs", reach.constructs),
        ("gives", gives),
        ("takes", reach.hands_over(Way::Lower)),
        ("makes", gives || reach.constructs),
        ("text", text),
        ("panics", panic || reach.constructs),
        ("errors", !panic && (reach.results || reach.no_results)),
        ("urn", text && address != Address::Uri),
    ];
    let holding = words.into_iter().filter(|(_, holds)| *holds);
    holding.map(|(word, _)| word).collect()
}

/// Writes out what templates call `Outcome<T>`: what a caller gets of a call.
fn outcomes(stub: &Stub, text: &str) -> String {
    match stub.options.rpc_errors {
        RpcErrors::Panic => text
            .replace(" -> Outcome<()>", "")
            .replace("Outcome<T>", "T"),
        RpcErrors::Result => {
            let text = text.replace("Outcome<()>", "Result<(), rpc::RpcError>");
            text.replace("Outcome<T>", "Result<T, rpc::RpcError>")
        }
    }
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
                Shape::Primitive(_) | Shape::Tuple(_) => {}
                Shape::Named(_) | Shape::Own(_) | Shape::Borrow(_) => {}
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
        let (node, value) = if present {
            ("Some(value)", "answer.get(value)?")
        } else {
            ("None", "()")
        };
        format!("            rpc::WitNode::ResultValue({case}({node})) => Ok({case}({value})),\n")
    };
    let answer = if ok || err { "answer" } else { "_" };
    format!(
        "    fn lift(node: rpc::WitNode, {answer}: &mut Answer) -> Result<Self, Failure> {{
        match node {{
{}{}            _ => malformed(\"a result\"),
        }}
    }}
",
        arm("Ok", ok),
        arm("Err", err),
    )
}
