//! What a composed component still imports, and neither Golem nor the local runtime offers: told, or,
//! with `--deny-imports`, refused before anything is written.

use golem_rpc_compose::{Composed, Offered, OpenImport};
use golem_rpc_messages::Cause;
use golem_rpc_stub::names;

use super::Context;
use super::links::Linked;
use crate::error::CliError;

/// A component whose imports are looked at.
pub(super) struct Component<'a> {
    /// The caller; of a composition of files, its file.
    pub(super) caller: &'a str,
    /// The same for people.
    pub(super) shown: &'a str,
    /// The workspace that it is of; none for files.
    pub(super) linked: Option<&'a Linked>,
}

/// The imports that nobody offers.
pub(super) fn unmet(composed: &Composed) -> impl Iterator<Item = &OpenImport> {
    let open = composed.open.iter();
    open.filter(|import| import.offered == Offered::Nowhere)
}

/// Says what nobody offers; with `deny` it is an error.
pub(super) fn look(
    context: &Context,
    component: &Component<'_>,
    composed: &Composed,
    deny: bool,
) -> Result<(), CliError> {
    let unmet: Vec<&OpenImport> = unmet(composed).collect();
    if deny && !unmet.is_empty() {
        let hints = unmet.iter().map(|import| component.hint(import));
        let hints = hints.collect::<Result<Vec<_>, _>>()?;
        return Err(CliError::ImportsDenied {
            imports: unmet.iter().map(|i| component.message(i)).collect(),
            hints,
        });
    }
    for import in unmet {
        let (message, hint) = (component.message(import), component.hint(import)?);
        let cause = component.cause(import);
        context.report.warning_of(cause, &message, Some(&hint));
    }
    Ok(())
}

impl Component<'_> {
    fn message(&self, import: &OpenImport) -> String {
        format!(
            "`{}` imports {import}: Golem can create no worker of it",
            self.shown
        )
    }

    fn cause(&self, import: &OpenImport) -> Cause {
        let (caller, name) = (self.caller.to_string(), import.name.clone());
        match import.is_stub() {
            true => Cause::StubNotGiven {
                caller,
                import: name,
            },
            false => Cause::ImportNotOffered {
                caller,
                import: name,
                functions: import.functions.clone(),
                resources: import.resources.clone(),
            },
        }
    }

    /// What to type about an import.
    fn hint(&self, import: &OpenImport) -> Result<String, CliError> {
        let package = import.name.split('/').next().unwrap_or_default();
        Ok(match (self.linked, import.is_stub()) {
            (None, true) => {
                "give its component with `--stub-wasm` as well: `cargo golem-rpc build` \
                 makes it from the target's WIT"
                    .into()
            }
            (Some(linked), true) => match target_of(linked, package)? {
                Some(target) => format!("cargo golem-rpc link {} {target}", self.caller),
                None => "no member has that stub: take the import out of the caller's world".into(),
            },
            (None, false) => format!(
                "where only types of `{package}` are used, `add-stub-dependency --overwrite` copies \
                 them without functions, then build again; else take the import out of the caller's \
                 world"
            ),
            (Some(_), false) => format!(
                "where only types of `{package}` are used, remove the caller's own copy of it, then \
                 `cargo golem-rpc regenerate` copies them without functions; else take the import \
                 out of the caller's world"
            ),
        })
    }
}

/// The member whose stub has this package.
fn target_of(linked: &Linked, package: &str) -> Result<Option<String>, CliError> {
    let members: Vec<_> = linked.workspace.members.values().collect();
    let disk = linked.snapshot(&members)?;
    let has_it = |member: &&&golem_rpc_workspace::Member| {
        let own = member.wit(&disk).ok().and_then(|wit| wit.main.name().ok());
        let stub = own.map(|own| names::stub_package(&own));
        stub.is_some_and(|stub| format!("{}:{}", stub.namespace, stub.name) == package)
    };
    Ok(members
        .iter()
        .find(has_it)
        .map(|member| member.name.clone()))
}

/// Why the local runtime can have no worker of a component, if it is for what that imports.
#[cfg(feature = "local")]
pub(super) fn lacking(composed: &Composed) -> Option<String> {
    let reasons = composed.open.iter().map(|import| match import.offered {
        Offered::OnGolem => format!(
            "it imports `{}`, which Golem offers and the local runtime does not",
            import.name
        ),
        Offered::Nowhere | Offered::Everywhere => format!("it imports {import}"),
    });
    let reasons: Vec<String> = reasons.collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}
