//! `status`: how each link is, and which components there are.

mod artifacts;
mod human;

use golem_rpc_messages::{LinkStatus, Message, Status};
use golem_rpc_system::Profile;

use self::artifacts::Made;
use super::Context;
use super::examine::Seen;
use crate::error::CliError;

pub(crate) fn run(context: &Context, profile: &Profile) -> Result<(), CliError> {
    let seen = Seen::linked(context)?;
    let made = Made::read(&seen, profile)?;
    let links = seen.examined.links.iter();
    let links = links.map(|((caller, target), link)| LinkStatus {
        caller: caller.clone(),
        target: target.clone(),
        state: seen.state(link),
        reasons: seen.reasons(link),
        import: link.import.clone(),
        adds_bytes: made.adds(caller, target),
    });
    let status = Status {
        links: links.collect(),
        artifacts: made.messages(),
    };
    let text = || human::text(context, &seen, &status, &made, profile);
    context
        .report
        .answer(&Message::Status(status.clone()), text);
    Ok(())
}
