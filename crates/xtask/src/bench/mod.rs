//! Times and sizes of a release build of the command, as a table; nothing is asserted.
//!
//! A workspace of N members is N/2 pairs of a caller and its target. Each time is the minimum of
//! many runs. A build is compared with `cargo component build` of the same workspace in the same
//! minute, since both mostly are cargo.

mod pairs;
mod sizes;
mod table;
mod times;

use anyhow::Result;
use clap::Args;

use crate::repository;
use crate::setup;
use crate::shell::{Shell, status};
use table::Table;
use times::Times;

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// How often each thing is done
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    runs: usize,
    /// The sizes of the workspaces
    #[arg(long, default_values_t = [2, 20, 100], value_delimiter = ',', value_name = "MEMBERS")]
    members: Vec<usize>,
    /// The largest workspace that is also compiled, which takes a second or two for each member
    #[arg(long, default_value_t = 20, value_name = "MEMBERS")]
    build_up_to: usize,
}

/// Builds the command in release, measures and prints.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    setup::run()?;
    status("Building", "cargo-golem-rpc in release");
    let build = [
        "cargo",
        "build",
        "--release",
        "--package",
        "cargo-golem-rpc",
    ];
    Shell::new(repository::root()).quiet(&build)?;
    let programs = repository::binaries("release")?;
    let mut measured = Vec::new();
    for &members in &args.members {
        let compile = members <= args.build_up_to;
        measured.push(times::measure(&programs, members, args.runs, compile)?);
    }
    println!("\n{}", times_table(&measured));
    if let Some(ratio) = cost_of_a_link(&measured) {
        println!("{ratio}\n");
    }
    status("Measuring", "the shopping cart's components");
    println!("{}", sizes::measure(&programs)?);
    Ok(())
}

fn times_table(measured: &[Times]) -> Table {
    let mut table = Table::new(&[
        "members",
        "links",
        "init",
        "init per link",
        "regenerate, no-op",
        "regenerate per link",
        "build-flow, no-op",
        "cargo component build, no-op",
        "ratio",
    ]);
    for times in measured {
        let (flow, plain, ratio) = match times.builds {
            Some(builds) => {
                let ratio = builds.flow.as_secs_f64() / builds.plain.as_secs_f64();
                (
                    table::time(builds.flow),
                    table::time(builds.plain),
                    format!("{ratio:.2}"),
                )
            }
            None => ("-".into(), "-".into(), "-".into()),
        };
        table.add(vec![
            times.members.to_string(),
            times.links().to_string(),
            table::time(times.init),
            table::time(times.per_link(times.init)),
            table::time(times.regenerate),
            table::time(times.per_link(times.regenerate)),
            flow,
            plain,
            ratio,
        ]);
    }
    table
}

/// How a link's cost grows from the smallest to the largest workspace.
fn cost_of_a_link(measured: &[Times]) -> Option<String> {
    let small = measured.iter().min_by_key(|times| times.members)?;
    let large = measured.iter().max_by_key(|times| times.members)?;
    let ratio = |of: fn(&Times) -> std::time::Duration| {
        large.per_link(of(large)).as_secs_f64() / small.per_link(of(small)).as_secs_f64()
    };
    (small.members < large.members).then(|| {
        format!(
            "cost per link at {} members / at {}: init {:.2}, regenerate {:.2}",
            large.members,
            small.members,
            ratio(|times| times.init),
            ratio(|times| times.regenerate),
        )
    })
}
