//! Workspaces of pairs, of several sizes: how long the commands take on them.
//!
//! A workspace of N members is N/2 pairs of a caller and its target. Each time is the minimum of
//! many runs. A build is compared with `cargo component build` of the same workspace in the same
//! minute, since both mostly are cargo.

use anyhow::Result;
use camino::Utf8Path;

use super::args::BenchArgs;
use super::table::{self, Table};
use super::times::{self, Times};

/// Measures and prints.
pub(super) fn run(args: &BenchArgs, programs: &Utf8Path) -> Result<()> {
    let mut measured = Vec::new();
    for &members in &args.members {
        let compile = members <= args.build_up_to;
        measured.push(times::measure(programs, members, args.runs, compile)?);
    }
    println!("\n{}", times_table(&measured));
    if let Some(ratio) = cost_of_a_link(&measured) {
        println!("{ratio}\n");
    }
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
