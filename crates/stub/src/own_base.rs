//! Whether a target's own golem:rpc, wasi:io and wasi:clocks can be called through, where the stub has
//! to use these: they need every type that ours have, by structure, and the functions that stubs call.

use wit_parser::{Function, InterfaceId, PackageName, Resolve, ResolveError, Span};

use crate::closure::Closure;
use crate::golem_rpc::Base;
use crate::options::GolemRpc;
use crate::vendor::compare::{Difference, Pair, difference, structure};

/// Functions of golem:rpc that no stub calls. Those of the other packages are for callers, all of them.
const NOT_CALLED: [&str; 4] = [
    "[method]wasm-rpc.schedule-invocation",
    "[method]cancellation-token.cancel",
    "parse-uuid",
    "uuid-to-string",
];

/// A package of the target's that is not what stubs call through.
#[derive(Debug, thiserror::Error)]
#[error("{rendered}")]
pub struct OtherBase {
    /// The package.
    pub package: PackageName,
    /// What differs, with the place.
    pub rendered: String,
}

impl OtherBase {
    pub(crate) fn hint(&self) -> String {
        let package = &self.package;
        format!("bring the WIT of `{package}` that Golem has below the target's `deps/`")
    }
}

/// Checks what a stub with this closure would use of its target's.
///
/// # Errors
/// [`OtherBase`] for the first difference.
pub(crate) fn check(
    resolve: &Resolve,
    closure: &Closure,
    rpc: GolemRpc,
) -> Result<(), Box<OtherBase>> {
    if closure.own.is_empty() {
        return Ok(());
    }
    let ours = ours(closure, rpc);
    for base in &closure.own {
        let package = closure.base(*base);
        let wanted = interface(&ours, package, *base).expect("ours has its own interface");
        check_interface((&ours, wanted), resolve, package, *base)?;
    }
    Ok(())
}

/// Our packages, at the versions of the closure.
fn ours(closure: &Closure, rpc: GolemRpc) -> Resolve {
    let mut resolve = Resolve::default();
    // what others need comes last in that list
    for base in Base::of(rpc).iter().rev() {
        let text = base.text(rpc, &closure.base);
        let pushed = resolve.push_source("ours.wit", &text);
        pushed.expect("our own texts are WIT");
    }
    resolve
}

fn interface(resolve: &Resolve, package: &PackageName, base: Base) -> Option<InterfaceId> {
    let package = &resolve.packages[*resolve.package_names.get(package)?];
    package.interfaces.get(base.interface()).copied()
}

fn check_interface(
    needed: (&Resolve, InterfaceId),
    resolve: &Resolve,
    package: &PackageName,
    base: Base,
) -> Result<(), Box<OtherBase>> {
    let (difference, span) = match interface(resolve, package, base) {
        None => {
            let id = resolve.package_names[package];
            let mut all = resolve.packages[id].interfaces.values();
            let span = all.next().map(|id| resolve.interfaces[*id].span);
            (Some(Difference::missing(base.interface())), span)
        }
        Some(present) => (
            difference(needed, (resolve, present)).or_else(|| match base {
                Base::GolemRpc => function_difference(needed, (resolve, present)),
                Base::WasiClocks | Base::WasiIo => None,
            }),
            Some(resolve.interfaces[present].span),
        ),
    };
    let Some(Difference {
        item,
        needed,
        present,
    }) = difference
    else {
        return Ok(());
    };
    let message = format!(
        "a stub cannot call through the target's own `{package}`: it needs `{item}` as\n    {needed}\nbut this package has\n    {present}"
    );
    let error = ResolveError::new_semantic(span.unwrap_or_else(Span::default), message);
    Err(Box::new(OtherBase {
        package: package.clone(),
        rendered: error.render(&resolve.source_map),
    }))
}

/// The first function that one side lacks or has otherwise.
fn function_difference(
    needed: (&Resolve, InterfaceId),
    present: (&Resolve, InterfaceId),
) -> Option<Difference> {
    let (mine, theirs) = (
        &needed.0.interfaces[needed.1].functions,
        &present.0.interfaces[present.1].functions,
    );
    let called = mine.iter();
    let mut called = called.filter(|(name, _)| !NOT_CALLED.contains(&name.as_str()));
    let mut pair = Pair::new(needed.0, present.0);
    called.find_map(|(name, function)| {
        let found = theirs.get(name);
        let is_same = found.is_some_and(|found| pair.same_function(function, found));
        let found = found.map(|function| signature(present.0, function));
        (!is_same).then(|| Difference {
            item: name.clone(),
            needed: signature(needed.0, function),
            present: found.unwrap_or_else(|| "no such function".to_string()),
        })
    })
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let params = function.params.iter();
    let params = params.map(|param| structure(resolve, &param.ty));
    let params: Vec<_> = params.collect();
    let word = if function.kind.is_async() {
        "async func"
    } else {
        "func"
    };
    let result = function.result.as_ref();
    let result = result.map(|ty| format!(" -> {}", structure(resolve, ty)));
    format!(
        "{word}({}){}",
        params.join(", "),
        result.unwrap_or_default()
    )
}
