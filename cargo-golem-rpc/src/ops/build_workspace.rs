//! `build-workspace`: stubs up to date, members built, callers composed.

use std::collections::BTreeSet;

use golem_rpc_system::Profile;

use super::Context;
use super::build_first::Part;
use super::build_steps::CargoOutput;
use super::compose_callers::{compose_callers, remove_left_behind};
use super::links::Linked;
use crate::error::CliError;

pub(crate) struct Request {
    /// Those to build with all that they call; none for all.
    pub(crate) packages: Vec<String>,
    /// Whether imports that nobody offers are an error.
    pub(crate) deny_imports: bool,
    pub(crate) profile: Profile,
}

pub(crate) fn run(context: &Context, request: &Request) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read_linked(context)?;
    let part = Part::of(&linked, chosen(context, &linked, &request.packages)?);
    let profile = &request.profile;
    let Some(built) = part.build(context, writer, linked, profile, CargoOutput::Whole)? else {
        return Ok(());
    };
    let (callers, deny_imports) = (part.callers(), request.deny_imports);
    let writer = context.writer()?;
    remove_left_behind(&writer, &built.linked, profile)?;
    compose_callers(context, &writer, &built, profile, callers, deny_imports)
}

/// The members that were named, or all that are linked.
fn chosen(
    context: &Context,
    linked: &Linked,
    named: &[String],
) -> Result<BTreeSet<String>, CliError> {
    let all = linked.links.members();
    if named.is_empty() {
        return Ok(all.into_iter().map(str::to_string).collect());
    }
    let chosen = linked.select(context, named)?;
    match chosen.iter().find(|name| !all.contains(name.as_str())) {
        Some(member) => Err(CliError::NotLinked {
            member: member.clone(),
        }),
        None => Ok(chosen),
    }
}
