//! The readable view of a stub component: WAT text with what each function is for.

use std::collections::BTreeMap;

use golem_rpc_stub::Stub;

use crate::error::EmitError;
use crate::module::Module;

/// The text of a component, with function names and comments of the module it was made of.
pub(crate) fn print(stub: &Stub, module: &Module, component: &[u8]) -> Result<String, EmitError> {
    let text = wasmprinter::print_bytes(component).map_err(EmitError::Encode)?;
    let comments: BTreeMap<&str, &str> = module.comments().collect();
    let mut view = header(stub);
    for line in text.lines() {
        let code = line.trim_start();
        if let Some(comment) = function_name(code).and_then(|name| comments.get(name)) {
            let indent = &line[..line.len() - code.len()];
            view.push_str(&format!("{indent};; {comment}\n"));
        }
        view.push_str(line);
        view.push('\n');
    }
    Ok(view)
}

/// The name of the function whose code starts in this line.
fn function_name(code: &str) -> Option<&str> {
    let name = code.strip_prefix("(func $")?;
    match name.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => name.split(' ').next(),
    }
}

/// Which methods of the stub call which function.
fn header(stub: &Stub) -> String {
    let package = &stub.resolve.packages[stub.package].name;
    let mut header = format!(";; The golem:rpc stub `{package}`\n");
    for resource in &stub.resources {
        header.push_str(&format!(";;\n;; resource `{}`\n", resource.name));
        for function in &resource.functions {
            let method = |name: &str| name.rsplit('.').next().unwrap_or_default().to_string();
            let forms = [Some(&function.blocking), Some(&function.start)];
            let forms = forms.into_iter().chain([function.schedule.as_ref()]);
            let forms: Vec<String> = forms.flatten().map(|name| method(name)).collect();
            header.push_str(&format!(
                ";;   {}: call `{}`\n",
                forms.join(", "),
                function.wire_name
            ));
        }
    }
    header.push('\n');
    header
}
