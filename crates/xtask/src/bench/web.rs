//! Workspaces in which every caller calls many targets: how long looking at them takes.
//!
//! Half of the members are callers, the others targets. All sizes are measured in turn, run by run,
//! so that whatever else the machine does meets all of them; the ratios are to the smallest.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};

use super::pairs;
use super::table::{self, Table};
use crate::shell::{Shell, status};

/// Members and links.
const SIZES: [(usize, usize); 3] = [(20, 50), (50, 250), (200, 1_000)];

const COMMANDS: [(&str, &[&str]); 3] = [
    ("status", &["cargo", "golem-rpc", "status", "--quiet"]),
    ("check", &["cargo", "golem-rpc", "check", "--quiet"]),
    (
        "regenerate, no-op",
        &["cargo", "golem-rpc", "regenerate", "--quiet"],
    ),
];

/// What an empty workspace of that many members would cost.
const METADATA: &[&str] = &["cargo", "metadata", "--no-deps", "--format-version", "1"];

struct Web {
    members: usize,
    links: usize,
    shell: Shell,
    /// The minimum for each command, then for cargo alone.
    least: Vec<Duration>,
}

/// Measures and prints.
pub(super) fn run(programs: &Utf8Path, runs: usize) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let scratch = Utf8Path::from_path(scratch.path()).context("a path in UTF-8")?;
    let mut webs = Vec::new();
    for (members, links) in SIZES {
        let root = scratch.join(format!("web{links}"));
        write(&root, members, links)?;
        let shell = Shell::new(&root).with_programs(programs);
        shell.silent(&["cargo", "golem-rpc", "regenerate", "--quiet"])?;
        webs.push(Web {
            members,
            links,
            shell,
            least: vec![Duration::MAX; COMMANDS.len() + 1],
        });
    }
    status(
        "Measuring",
        &format!("{} links: looking, {runs} times", SIZES[2].1),
    );
    for _ in 0..runs {
        webs.iter_mut().try_for_each(Web::measure)?;
    }
    println!("\n{}", table_of(&webs));
    Ok(())
}

impl Web {
    fn measure(&mut self) -> Result<()> {
        let commands = COMMANDS.iter().map(|(_, command)| *command);
        for (least, command) in self.least.iter_mut().zip(commands.chain([METADATA])) {
            let start = Instant::now();
            self.shell.silent(command)?;
            *least = start.elapsed().min(*least);
        }
        Ok(())
    }
}

fn table_of(webs: &[Web]) -> Table {
    let mut headings = vec!["members", "links"];
    for (name, _) in COMMANDS {
        headings.extend([name, "ratio"]);
    }
    headings.push("cargo metadata");
    let mut table = Table::new(&headings);
    for web in webs {
        let mut row = vec![web.members.to_string(), web.links.to_string()];
        for (number, _) in COMMANDS.iter().enumerate() {
            let ratio = web.least[number].as_secs_f64() / webs[0].least[number].as_secs_f64();
            row.extend([table::time(web.least[number]), format!("{ratio:.1}")]);
        }
        row.push(table::time(web.least[COMMANDS.len()]));
        table.add(row);
    }
    table
}

/// Writes the workspace, with its links in the root manifest.
fn write(root: &Utf8PathBuf, members: usize, links: usize) -> Result<()> {
    let half = members / 2;
    let each = links / half;
    ensure!(each <= half, "a caller calls a target once");
    pairs::write(root, half)?;
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let (mut text, _) = text
        .split_once("\n[workspace.metadata.golem-rpc.links]\n")
        .map(|(text, links)| (text.to_string(), links))
        .context("several pairs are linked")?;
    text.push_str("\n[workspace.metadata.golem-rpc.links]\n");
    for caller in 0..half {
        let targets = (0..each).map(|step| format!("\"target{}\"", (caller + step) % half));
        let targets: Vec<String> = targets.collect();
        writeln!(text, "caller{caller} = [{}]", targets.join(", "))?;
        import_all(root, caller, &targets)?;
    }
    Ok(fs::write(manifest, text)?)
}

/// Has a caller import the stubs of its targets.
fn import_all(root: &Utf8Path, caller: usize, targets: &[String]) -> Result<()> {
    let file = root.join(format!("caller{caller}/wit/caller.wit"));
    let names = targets.iter().map(|target| target.trim_matches('"'));
    let imports: String = names
        .map(|name| format!("  import bench:{name}-stub/stub-{name};\n"))
        .collect();
    let text = fs::read_to_string(&file)?;
    let (before, after) = text.split_once("  export api;").context("an export")?;
    Ok(fs::write(
        file,
        format!("{before}{imports}  export api;{after}"),
    )?)
}
