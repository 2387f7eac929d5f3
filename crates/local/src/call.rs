//! A call as a person writes it: `function(argument, …)` in WAVE.
//!
//! The function is meant by its bare name where only one exported interface has
//! it, else by `interface.function`, or in full by its name on the wire.

use std::ops::Range;

use wasmtime::component::wasm_wave::parser::ParserError;
use wasmtime::component::wasm_wave::untyped::UntypedFuncCall;
use wasmtime::component::{Type, Val, wasm_wave};

use crate::error::CallError;
use crate::functions::{Function, find, no_resources, speaks_of_resource};
use crate::value;

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
    #[error("`{component}` has no function `{function}`; it has:{}", listed(.functions))]
    UnknownFunction {
        /// The package name.
        component: String,
        /// The function as written.
        function: String,
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
    #[error("{found} arguments, where {expected} are expected: {signature}")]
    ArgumentCount {
        /// The function's signature.
        signature: String,
        /// How many it takes.
        expected: usize,
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
    /// The worker answered with an error.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// A call that fits its function.
pub(crate) struct Call {
    /// The function's name on the wire.
    pub(crate) function: String,
    pub(crate) args: Vec<Val>,
}

/// Parses `text` as a call of one of these functions.
pub(crate) fn parse(
    component: &str,
    functions: &[Function],
    text: &str,
) -> Result<Call, InvokeError> {
    let name_end = name_end(text).ok_or_else(|| InvokeError::Syntax {
        call: text.into(),
        span: 0..text.len(),
        message: "expected `function(argument, …)`".into(),
    })?;
    let name = text[..name_end].trim();
    let function = select(component, functions, name)?;
    // WAVE knows plain names only: one as long keeps every position as it is
    let plain = "f".repeat(name_end) + &text[name_end..];
    let call = UntypedFuncCall::parse(&plain).map_err(|error| InvokeError::Syntax {
        call: text.into(),
        span: error.span(),
        message: message(&error),
    })?;
    value::check_signature(&function.wire_name(), &function.ty)?;
    Ok(Call {
        function: function.wire_name(),
        args: arguments(function, &call, text)?,
    })
}

/// A call's results in WAVE.
pub(crate) fn display(values: &[Val]) -> Result<Option<String>, InvokeError> {
    let texts: Result<Vec<_>, _> = values.iter().map(wasm_wave::to_string).collect();
    let texts = texts.map_err(|error| CallError::Unsupported {
        reason: format!("the result has no form in WAVE: {error}"),
    })?;
    Ok((!texts.is_empty()).then(|| texts.join(", ")))
}

/// The signatures of the functions that can be called.
pub(crate) fn signatures<'a>(functions: impl IntoIterator<Item = &'a Function>) -> Vec<String> {
    let callable = functions
        .into_iter()
        .filter(|function| !function.is_of_resource());
    callable.map(Function::signature).collect()
}

/// Where the name ends: at the first parenthesis outside of `.{…}`.
fn name_end(text: &str) -> Option<usize> {
    let open = text.find('(')?;
    let end = match text.find(".{") {
        Some(brace) if brace < open => {
            let rest = brace + text[brace..].find('}')?;
            rest + text[rest..].find('(')?
        }
        _ => open,
    };
    (!text[..end].trim().is_empty()).then_some(end)
}

fn select<'a>(
    component: &str,
    functions: &'a [Function],
    name: &str,
) -> Result<&'a Function, InvokeError> {
    match find(functions, name)[..] {
        [function] => Ok(function),
        [] if speaks_of_resource(functions, name) => Err(no_resources(name).into()),
        [] => Err(InvokeError::UnknownFunction {
            component: component.into(),
            function: name.into(),
            functions: signatures(functions),
        }),
        ref several => Err(InvokeError::AmbiguousFunction {
            function: name.into(),
            functions: signatures(several.iter().copied()),
        }),
    }
}

fn arguments(
    function: &Function,
    call: &UntypedFuncCall<'_>,
    text: &str,
) -> Result<Vec<Val>, InvokeError> {
    let nodes: Vec<_> = match call.params_node() {
        Some(node) => node.as_tuple().into_iter().flatten().collect(),
        None => Vec::new(),
    };
    let params: Vec<_> = function.ty.params().collect();
    // WAVE lets options be left out at the end
    let left_out = params.get(nodes.len()..);
    let left_out = left_out.filter(|rest| rest.iter().all(|(_, ty)| is_option(ty)));
    let Some(left_out) = left_out else {
        return Err(InvokeError::ArgumentCount {
            signature: function.signature(),
            expected: params.len(),
            found: nodes.len(),
        });
    };
    let left_out = left_out.iter().map(|_| Ok(Val::Option(None)));
    let given = nodes.into_iter().zip(&params);
    given
        .map(|(node, (name, ty))| {
            let value = node.to_wasm_value::<Val>(ty, call.source());
            value.map_err(|error| InvokeError::Argument {
                parameter: (*name).into(),
                ty: value::display(ty),
                call: text.into(),
                span: error.span(),
                message: message(&error),
            })
        })
        .chain(left_out)
        .collect()
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Option(_))
}

/// The parser's message without its position, which the underline shows.
fn message(error: &ParserError) -> String {
    let text = error.to_string();
    let position = format!(" at {:?}", error.span());
    text.strip_suffix(&position).unwrap_or(&text).to_owned()
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
