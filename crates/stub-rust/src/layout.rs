//! How rustfmt lays things out, as far as the generated code needs it.
//!
//! The generator writes only constructs whose layout is a matter of their width: one line if it
//! fits, else one fixed broken form. A name so long that rustfmt would go further gets its item a
//! `#[rustfmt::skip]`.

/// rustfmt's `max_width`.
const MAX_WIDTH: usize = 100;

/// rustfmt's `fn_call_width` and `array_width`: of what stands between the brackets.
const LIST_WIDTH: usize = 60;

/// `fn name(params) -> result {`, or one parameter per line.
fn signature(indent: &str, name: &str, params: &[String], result: &str) -> String {
    let line = format!("{indent}fn {name}({}){result} {{", params.join(", "));
    if line.len() <= MAX_WIDTH {
        return line;
    }
    let params = params.iter().map(|p| format!("{indent}    {p},\n"));
    let params: String = params.collect();
    let end = format!("{indent}){result}");
    // rustfmt counts the indentation twice when it looks for room for the brace
    let brace = match indent.len() + end.len() + " {".len() <= MAX_WIDTH {
        true => " {".to_string(),
        false => format!("\n{indent}{{"),
    };
    format!("{indent}fn {name}(\n{params}{end}{brace}")
}

/// A function with its body, kept from rustfmt where its types are too wide for one line each.
pub(crate) fn function(
    indent: &str,
    name: &str,
    params: &[String],
    result: &str,
    body: &[String],
) -> String {
    let mut lines = vec![signature(indent, name, params, result)];
    lines.extend(body.iter().map(|line| format!("{indent}    {line}")));
    lines.push(format!("{indent}}}"));
    let wide = has_wide_tuple(result) || params.iter().any(|param| has_wide_tuple(param));
    if wide {
        skipped(indent, &lines.join("\n"))
    } else {
        item(indent, &lines)
    }
}

/// Whether rustfmt would put each item of a tuple type on a line of its own.
fn has_wide_tuple(ty: &str) -> bool {
    let mut open = Vec::new();
    ty.char_indices().any(|(at, c)| match c {
        '(' => {
            open.push(at + 1);
            false
        }
        ')' => open.pop().is_some_and(|start| at - start > LIST_WIDTH),
        _ => false,
    })
}

/// `before[items]after`, or one item per line.
pub(crate) fn list(indent: &str, before: &str, items: &[String], after: &str) -> String {
    let inner = items.join(", ");
    let line = format!("{indent}{before}{inner}{after}");
    let narrow = inner.len() <= LIST_WIDTH && line.len() <= MAX_WIDTH;
    if narrow || items.len() == 1 {
        return line;
    }
    let items: Vec<String> = items
        .iter()
        .map(|i| format!("{indent}    {i},\n"))
        .collect();
    format!("{indent}{before}\n{}{indent}{after}", items.concat())
}

/// `pattern => value,`, or the value in a block.
pub(crate) fn arm(indent: &str, pattern: &str, value: &str) -> String {
    let line = format!("{indent}{pattern} => {value},");
    match line.len() <= MAX_WIDTH {
        true => line,
        false => format!("{indent}{pattern} => {{\n{indent}    {value}\n{indent}}}"),
    }
}

/// `name = value;`, or the value on a line of its own.
pub(crate) fn binding(indent: &str, name: &str, value: &str) -> String {
    let line = format!("{indent}{name} = {value};");
    if line.len() <= MAX_WIDTH {
        line
    } else {
        format!("{indent}{name} =\n{indent}    {value};")
    }
}

/// An item, kept from rustfmt where a line of it is too long all the same, or has a call that
/// rustfmt would break.
pub(crate) fn item(indent: &str, lines: &[String]) -> String {
    let text = lines.join("\n");
    let fits = |line: &str| {
        let call = line.split_once("malformed(");
        let inner = call.map_or("", |(_, inner)| inner.trim_end_matches([')', ',']));
        line.len() <= MAX_WIDTH && inner.len() <= LIST_WIDTH
    };
    if text.lines().all(fits) {
        format!("{text}\n")
    } else {
        skipped(indent, &text)
    }
}

fn skipped(indent: &str, text: &str) -> String {
    format!("{indent}#[rustfmt::skip]\n{text}\n")
}
