//! A call as a person writes it: `function(argument, …)` in WAVE.
//!
//! The function is meant by its bare name where only one exported interface has
//! it, else by `interface.function`, or in full by its name on the wire.

use wasmtime::component::wasm_wave::parser::{ParserError, ParserErrorKind};
use wasmtime::component::wasm_wave::untyped::UntypedFuncCall;
use wasmtime::component::{Type, Val, wasm_wave};

use crate::error::CallError;
use crate::functions::{Function, find, nearest, no_resources, shortest, speaks_of_resource};
use crate::invoke_error::InvokeError;
use crate::value;
use crate::wave_words;
use crate::wire::{Invocation, WitValue};

/// A call that fits its function.
pub(crate) struct Call {
    pub(crate) invocation: Invocation,
    /// The types of the function's results.
    pub(crate) results: Vec<Type>,
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
    let call = UntypedFuncCall::parse(&plain).map_err(|error| {
        let types: Vec<_> = function.ty.params().map(|(_, ty)| ty).collect();
        let word = wave_words::advice(&plain, &error.span(), types.iter());
        InvokeError::Syntax {
            call: text.into(),
            span: error.span(),
            message: with_advice(message(&error), word),
        }
    })?;
    value::check_written(&function.wire_name(), &function.ty)?;
    let args = arguments(function, name, &call, text)?;
    let types = function.ty.params().map(|(_, ty)| ty);
    let params = args.iter().zip(types);
    let params = params.map(|(arg, ty)| value::encode_written(arg, &ty));
    Ok(Call {
        invocation: Invocation {
            function: function.wire_name(),
            params: params.collect::<Result<_, _>>().map_err(CallError::from)?,
        },
        results: function.ty.results().collect(),
    })
}

/// A call's results in WAVE.
pub(crate) fn display(results: &WitValue, types: &[Type]) -> Result<Option<String>, InvokeError> {
    let values = value::decode_written(results, types).map_err(|error| CallError::Unsupported {
        reason: format!(
            "the result is not of the function's type: {error}; was the idempotency key used for another function?"
        ),
    })?;
    let texts: Result<Vec<_>, _> = values.iter().map(wasm_wave::to_string).collect();
    let texts = texts.map_err(|error| CallError::Unsupported {
        reason: format!("the result has no form in WAVE: {error}"),
    })?;
    Ok((!texts.is_empty()).then(|| texts.join(", ")))
}

/// The signatures of the functions that can be called, short enough to read in a list.
pub(crate) fn signatures(functions: &[Function]) -> Vec<String> {
    let callable = functions
        .iter()
        .filter(|function| !function.is_of_resource());
    callable
        .map(|function| function.short_signature(&shortest(functions, function)))
        .collect()
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
            near: nearest(functions, name),
            functions: signatures(functions),
        }),
        ref several => Err(InvokeError::AmbiguousFunction {
            function: name.into(),
            functions: several
                .iter()
                .map(|function| function.short_signature(&shortest(functions, function)))
                .collect(),
        }),
    }
}

fn arguments(
    function: &Function,
    name: &str,
    call: &UntypedFuncCall<'_>,
    text: &str,
) -> Result<Vec<Val>, InvokeError> {
    let nodes: Vec<_> = match call.params_node() {
        Some(node) => node.as_tuple().into_iter().flatten().collect(),
        None => Vec::new(),
    };
    let params: Vec<_> = function.ty.params().collect();
    // WAVE lets options be left out at the end
    let required = params.iter().rposition(|(_, ty)| !is_option(ty));
    let expected = required.map_or(0, |last| last + 1)..=params.len();
    if !expected.contains(&nodes.len()) {
        return Err(InvokeError::ArgumentCount {
            function: name.into(),
            signature: function.signature(name),
            expected,
            found: nodes.len(),
        });
    }
    let left_out = params[nodes.len()..].iter();
    let left_out = left_out.map(|_| Ok(Val::Option(None)));
    let given = nodes.into_iter().zip(&params);
    given
        .map(|(node, (name, ty))| {
            let value = node.to_wasm_value::<Val>(ty, call.source());
            value.map_err(|error| InvokeError::Argument {
                parameter: (*name).into(),
                ty: value::display(ty),
                call: text.into(),
                span: error.span(),
                message: wrong(&error, call.source(), ty),
            })
        })
        .chain(left_out)
        .collect()
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Option(_))
}

/// What is wrong with an argument.
fn wrong(error: &ParserError, source: &str, ty: &Type) -> String {
    if let Some(message) = no_number(error, source) {
        return message;
    }
    let word = wave_words::advice(source, &error.span(), std::iter::once(ty));
    with_advice(message(error), word)
}

fn with_advice(message: String, advice: Option<String>) -> String {
    match advice {
        Some(advice) => format!("{message}; {advice}"),
        None => message,
    }
}

/// What is wrong with a number that its integer type does not take.
fn no_number(error: &ParserError, source: &str) -> Option<String> {
    let text = source.get(error.span())?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    if error.kind() != ParserErrorKind::InvalidValue
        || !digits.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    Some(if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{text} is out of range")
    } else {
        format!("{text} is not a whole number")
    })
}

/// The parser's message without its position, which the underline shows.
fn message(error: &ParserError) -> String {
    let text = error.to_string();
    let position = format!(" at {:?}", error.span());
    text.strip_suffix(&position).unwrap_or(&text).to_owned()
}
