//! `prune`: the links that no caller makes use of go.

use std::collections::BTreeSet;

use golem_rpc_messages::FreshKind;

use super::Context;
use super::examine::Seen;
use super::links::Linked;
use super::messages::fresh;
use super::unlink::{Keep, Link, nothing_is_linked, unlink};
use crate::error::CliError;

pub(crate) fn run(context: &Context) -> Result<(), CliError> {
    let writer = context.writer()?;
    let linked = Linked::read(context)?;
    if linked.links.is_empty() {
        nothing_is_linked(context);
        return Ok(());
    }
    let Seen { linked, examined } = Seen::new(linked)?;
    let links = examined.links.iter();
    let unused = links.filter(|(_, link)| link.imported == Some(false));
    let unused: BTreeSet<Link> = unused.map(|(link, _)| link.clone()).collect();
    if unused.is_empty() {
        let fresh = fresh(FreshKind::Links, examined.links.len(), None);
        let thing = "every caller imports its stubs";
        context.report.event(&fresh, "Fresh", thing);
        return Ok(());
    }
    unlink(context, &writer, linked, &unused, Keep::InCode)
}
