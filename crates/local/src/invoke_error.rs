//! Why a call from outside gave no result, in words for the person who wrote it.

use std::ops::{Range, RangeInclusive};

use crate::error::CallError;

/// Why a call did not happen, or how it failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// No component of this package name.
    #[error("no component `{component}`; there are: {}", .known.join(", "))]
    UnknownComponent {
        /// The package name as given.
        component: String,
        /// The package names there are.
        known: Vec<String>,
    },
    /// The bytes of a component are none, or none that runs here.
    #[error("`{component}` is not a component that can run: {cause}")]
    NotAComponent {
        /// The package name.
        component: String,
        /// The compiler's reason.
        cause: String,
    },
    /// The text is not `function(argument, …)`.
    #[error("{}", underlined(&format!("not a call: {message}"), .call, .span))]
    Syntax {
        /// The call as written.
        call: String,
        /// Where in it, in bytes.
        span: Range<usize>,
        /// What is wrong there.
        message: String,
    },
    /// The component has no such function.
    #[error("{}", unknown_function(.component, .function, .near.as_deref(), .functions))]
    UnknownFunction {
        /// The package name.
        component: String,
        /// The function as written.
        function: String,
        /// The name that is most like it, if one is.
        near: Option<String>,
        /// The signatures of all functions there are.
        functions: Vec<String>,
    },
    /// Several functions answer to the name.
    #[error("`{function}` may be any of these; name its interface:{}", listed(.functions))]
    AmbiguousFunction {
        /// The function as written.
        function: String,
        /// The signatures of those that are meant.
        functions: Vec<String>,
    },
    /// Too many arguments, or too few.
    #[error("{}: {signature}", argument_count(.function, .expected, *.found))]
    ArgumentCount {
        /// The function as written.
        function: String,
        /// The function's signature.
        signature: String,
        /// How many it takes: options may be left out at the end.
        expected: RangeInclusive<usize>,
        /// How many were written.
        found: usize,
    },
    /// An argument is not a value of its parameter's type.
    #[error(
        "{}",
        underlined(&format!("argument `{parameter}` is no {ty}: {message}"), .call, .span)
    )]
    Argument {
        /// The parameter's name.
        parameter: String,
        /// Its type.
        ty: String,
        /// The call as written.
        call: String,
        /// Where in it, in bytes.
        span: Range<usize>,
        /// What is wrong there.
        message: String,
    },
    /// The runtime was interrupted; what its workers have done by then is lost.
    #[error("interrupted")]
    Interrupted,
    /// The worker answered with an error.
    #[error(transparent)]
    Call(#[from] CallError),
}

fn unknown_function(
    component: &str,
    function: &str,
    near: Option<&str>,
    functions: &[String],
) -> String {
    let unknown = format!("`{component}` has no function `{function}`");
    if functions.is_empty() {
        return format!("{unknown}: it exports no function that can be called");
    }
    let listed = listed(functions);
    match near {
        Some(near) => format!("{unknown}; did you mean `{near}`? It has:{listed}"),
        None => format!("{unknown}; it has:{listed}"),
    }
}

/// `add` takes 1 argument, but 2 are given.
fn argument_count(function: &str, expected: &RangeInclusive<usize>, found: usize) -> String {
    let (least, most) = (*expected.start(), *expected.end());
    let (bound, number) = match (least == most, found < least) {
        (true, _) => ("", most),
        (false, true) => ("at least ", least),
        (false, false) => ("at most ", most),
    };
    let takes = match number {
        0 => "no arguments".into(),
        1 => format!("{bound}1 argument"),
        _ => format!("{bound}{number} arguments"),
    };
    let given = match found {
        0 => "none is given".into(),
        1 => "1 is given".into(),
        _ => format!("{found} are given"),
    };
    format!("`{function}` takes {takes}, but {given}")
}

fn listed(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

/// A message with the line of the call that it is about, underlined.
fn underlined(message: &str, call: &str, span: &Range<usize>) -> String {
    let start = call.floor_char_boundary(span.start);
    let line_start = call[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = call[start..].find('\n').map_or(call.len(), |at| start + at);
    let end = call.floor_char_boundary(span.end).clamp(start, line_end);
    let indent = call[line_start..start].chars().count();
    let width = call[start..end].chars().count().max(1);
    let (line, space, carets) = (
        &call[line_start..line_end],
        " ".repeat(indent),
        "^".repeat(width),
    );
    format!("{message}\n  {line}\n  {space}{carets}")
}
