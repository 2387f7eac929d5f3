//! What a package installs: the program, its manual pages, scripts that complete command lines, and
//! documents, in the directories below a prefix where they are looked for.

use std::fs;

use anyhow::{Context as _, Result};
use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::repository;
use crate::shell::{Shell, status};

const BUILD: [&str; 6] = [
    "cargo",
    "build",
    "--release",
    "--locked",
    "--package",
    "cargo-golem-rpc",
];

/// The shells whose scripts are found without a line of the user's, and where. The script for bash
/// also completes `cargo golem-rpc`, so it is not one of those that are read when `cargo-golem-rpc`
/// is completed for the first time.
const SCRIPTS: [(&str, &str); 3] = [
    ("bash", "etc/bash_completion.d/cargo-golem-rpc"),
    ("fish", "share/fish/vendor_conf.d/cargo-golem-rpc.fish"),
    ("zsh", "share/zsh/site-functions/_cargo-golem-rpc"),
];

/// Documents of the checkout.
const DOCUMENTS: [&str; 4] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "crates/messages/schema.json",
];

#[derive(Args)]
pub(crate) struct DistArgs {
    /// The prefix, `pkg/usr` say; files of an earlier run are replaced
    prefix: Utf8PathBuf,
    /// Take this program instead of building one for release
    #[arg(long, value_name = "FILE")]
    binary: Option<Utf8PathBuf>,
}

/// Fills the directories below the prefix.
pub(crate) fn run(args: &DistArgs) -> Result<()> {
    let built = match &args.binary {
        Some(binary) => binary.clone(),
        None => {
            Shell::new(repository::root()).run(&BUILD)?;
            repository::binaries("release")?.join("cargo-golem-rpc")
        }
    };
    let prefix = &args.prefix;
    let program = prefix.join("bin/cargo-golem-rpc");
    copy(&built, &program)?;
    let program = program.canonicalize_utf8()?;
    let shell = Shell::new(prefix);
    let pages = ["golem-rpc", "--quiet", "man", "share/man/man1"];
    shell.quiet(&[&[program.as_str()], &pages[..]].concat())?;
    for (name, place) in SCRIPTS {
        let script = shell.silent(&[program.as_str(), "golem-rpc", "completions", name])?;
        let file = prefix.join(place);
        make_parent(&file)?;
        fs::write(&file, script).with_context(|| file.to_string())?;
    }
    for document in DOCUMENTS {
        let document = repository::root().join(document);
        let name = document.file_name().context("a file")?;
        copy(
            &document,
            &prefix.join("share/doc/cargo-golem-rpc").join(name),
        )?;
    }
    status("Packed", prefix.as_str());
    Ok(())
}

fn copy(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    make_parent(to)?;
    fs::copy(from, to).with_context(|| format!("{from} -> {to}"))?;
    Ok(())
}

fn make_parent(file: &Utf8Path) -> Result<()> {
    let dir = file.parent().context("a file below the prefix")?;
    fs::create_dir_all(dir).with_context(|| dir.to_string())
}
