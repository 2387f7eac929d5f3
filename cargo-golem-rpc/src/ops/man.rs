//! `man`: the command line as clap describes it → pages of the manual.
//!
//! They are called as `man` and `cargo help` look for them: `cargo-golem-rpc.1`, and
//! `cargo-golem-rpc-init.1` for a command.

use std::io;

use camino::Utf8Path;
use clap::Command;
use clap_mangen::Man;
use golem_rpc_messages::{FreshKind, TextKind};
use golem_rpc_plan::Plan;

use super::Context;
use super::messages::fresh;
use crate::error::CliError;

/// The name of the page that lists the commands.
const PROGRAM: &str = "cargo-golem-rpc";

/// A page and its name.
struct Page {
    name: String,
    text: Vec<u8>,
}

/// Shows the first page, or writes all of them to a directory.
pub(crate) fn run(
    context: &Context,
    command: Command,
    dir: Option<&Utf8Path>,
) -> Result<(), CliError> {
    let pages = pages(command).map_err(CliError::Page)?;
    let Some(dir) = dir.map(|dir| context.absolute(dir)) else {
        let text = String::from_utf8_lossy(&pages[0].text);
        context.report.text(TextKind::Man, &text);
        return Ok(());
    };
    let writer = context.writer_at(&dir)?;
    let (mut plan, count) = (Plan::new(), pages.len());
    for Page { name, text } in pages {
        context.plan_output(&mut plan, &dir.join(format!("{name}.1")), text)?;
    }
    if writer.apply(&plan)? && plan.is_empty() {
        let fresh = fresh(FreshKind::Output, count, Some(&dir));
        context.report.event(&fresh, "Fresh", dir.as_str());
    }
    Ok(())
}

/// All pages, that of the program first.
fn pages(command: Command) -> io::Result<Vec<Page>> {
    let command = command.name(PROGRAM).display_name(PROGRAM);
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = vec![page(&command, PROGRAM.to_string())?];
    for sub in command.get_subcommands() {
        if !sub.is_hide_set() {
            pages.push(page(sub, format!("{PROGRAM}-{}", sub.get_name()))?);
        }
    }
    Ok(pages)
}

fn page(command: &Command, name: String) -> io::Result<Page> {
    let mut text = Vec::new();
    let man = Man::new(command.clone()).title(name.to_uppercase());
    // Not empty: the arguments behind an empty one would move up.
    let man = man.date(" ").manual("cargo golem-rpc");
    man.render(&mut text)?;
    Ok(Page { name, text })
}
