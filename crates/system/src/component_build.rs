//! Members of a workspace → wasm, by `cargo component build` or `cargo build --target …`.
//!
//! Which of the two is a member's own; one run builds all that go the same way, as cargo would make
//! two runs wait for each other's target directory anyway. What comes out is a component, save with
//! cargo alone for `wasm32-wasip1`: that is a core module.
//!
//! Where the wasm files are is taken from cargo's JSON messages; nothing spells
//! `target/wasm32-wasip1` or guesses at file names. Only where nothing is to be built, [`BuildTool::last_built`]
//! says where cargo has put them. A failed build is looked into only afterwards, so that a good
//! one costs no questions.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitStatus;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{Artifact, CrateType, Message, Package, PackageId, Target};
use golem_rpc_plan::{Class, CommandSpec};

use crate::cargo::{CargoFlags, cargo};
use crate::run::run_watched;
use crate::tools::{WASM_TARGET, ask};
use crate::{RunError, Streams, run};

/// What builds a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuildTool {
    /// `cargo component build`
    CargoComponent,
    /// `cargo build --target TARGET`
    Cargo {
        /// The target.
        target: &'static str,
    },
}

impl BuildTool {
    /// The target that it builds for.
    fn target(&self) -> &'static str {
        match self {
            BuildTool::CargoComponent => WASM_TARGET,
            BuildTool::Cargo { target } => target,
        }
    }

    /// The targets below whose directories its wasm files may lie: cargo-component takes one that
    /// cargo's configuration names.
    fn targets(&self) -> &[&'static str] {
        match self {
            BuildTool::CargoComponent => &[WASM_TARGET, "wasm32-unknown-unknown"],
            BuildTool::Cargo { target } => std::slice::from_ref(target),
        }
    }

    /// The wasm file that the last build of a package left below `target_dir`, if there is one.
    pub fn last_built(
        &self,
        package: &Package,
        profile: &Profile,
        target_dir: &Utf8Path,
    ) -> Option<Utf8PathBuf> {
        let targets = package.targets.iter();
        let is_library = |target: &&Target| target.crate_types.contains(&CrateType::CDyLib);
        let name = match targets.clone().find(is_library) {
            Some(library) => library.name.replace('-', "_"),
            None => {
                let programs = targets.filter(|target| target.is_bin());
                programs.map(|program| &program.name).min()?.clone()
            }
        };
        let mut files = self.targets().iter().map(|target| {
            let dir = target_dir.join(target).join(profile.directory());
            dir.join(&name).with_added_extension("wasm")
        });
        files.find(|file| file.is_file())
    }
}

/// A build of some members.
#[derive(Clone, Debug)]
pub struct ComponentBuild {
    /// The root of the workspace.
    pub workspace_root: Utf8PathBuf,
    /// What builds them.
    pub tool: BuildTool,
    /// The members to build: package name → the id that cargo's messages know it by.
    pub packages: BTreeMap<String, PackageId>,
    /// The profile.
    pub profile: Profile,
    /// About network and lock file.
    pub flags: CargoFlags,
    /// The target directory, where cargo would take another one in the root: a relative one in the
    /// environment is meant from where the user is.
    pub target_dir: Option<Utf8PathBuf>,
    /// Further arguments for cargo, such as `--quiet` or `--color=always`.
    pub cargo_args: Vec<String>,
    /// Whether cargo is to behave as on a terminal, though what it says goes through a pipe.
    pub on_terminal: bool,
}

/// A cargo profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// cargo's default.
    #[default]
    Dev,
    /// `--release`
    Release,
    /// `--profile NAME`
    Named(String),
}

impl Profile {
    /// The name that people know the profile by.
    pub fn name(&self) -> &str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
            Profile::Named(name) => name,
        }
    }

    /// The name of the directory that cargo gives the profile below the target directory.
    pub fn directory(&self) -> &str {
        match self {
            Profile::Dev => "debug",
            Profile::Release => "release",
            Profile::Named(name) => match name.as_str() {
                "dev" | "test" => "debug",
                "bench" => "release",
                name => name,
            },
        }
    }

    /// The arguments that choose the profile.
    pub fn args(&self) -> Vec<String> {
        match self {
            Profile::Dev => Vec::new(),
            Profile::Release => vec!["--release".to_string()],
            Profile::Named(name) => vec!["--profile".to_string(), name.clone()],
        }
    }
}

/// A wasm file as cargo reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The package's id.
    pub package_id: PackageId,
    /// The target that the file is named after.
    pub target: String,
    /// The wasm file.
    pub wasm: Utf8PathBuf,
    /// Whether it was up to date already.
    pub fresh: bool,
}

/// A build that made no components.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// cargo has no subcommand `component`.
    #[error("cargo-component is not installed")]
    CargoComponentMissing,
    /// The standard library for the wasm target is not installed.
    #[error("the Rust target `{target}` is not installed")]
    TargetMissing {
        /// The target.
        target: &'static str,
    },
    /// The build failed; cargo has said why.
    #[error("`{command}` failed ({status})")]
    BuildFailed {
        /// The command as typed.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The build succeeded, but this package makes no wasm.
    #[error("package `{package}` builds no wasm file: it has no `cdylib` or binary target")]
    NoArtifact {
        /// The package.
        package: String,
    },
    /// cargo's messages could not be read.
    #[error("could not read the messages of `{command}`")]
    Messages {
        /// The command as typed.
        command: String,
        /// Why not.
        source: io::Error,
    },
    /// cargo could not be run, or a signal arrived.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl BuildError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        match self {
            BuildError::CargoComponentMissing | BuildError::TargetMissing { .. } => {
                Class::ToolMissing
            }
            BuildError::Run(error) => error.class(),
            _ => Class::Failed,
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            BuildError::CargoComponentMissing => {
                "cargo install --locked cargo-component --version 0.21.1".into()
            }
            BuildError::TargetMissing { target } => format!("rustup target add {target}"),
            BuildError::BuildFailed { .. } => {
                "fix what cargo reports above, then run this again".into()
            }
            BuildError::NoArtifact { .. } => {
                "write `[lib]` with `crate-type = [\"cdylib\"]` in its Cargo.toml".into()
            }
            BuildError::Messages { .. } | BuildError::Run(_) => return None,
        })
    }
}

impl ComponentBuild {
    /// The command that builds.
    pub fn command(&self) -> CommandSpec {
        let words: &[&str] = match &self.tool {
            BuildTool::CargoComponent => &["component", "build"],
            BuildTool::Cargo { target } => &["build", "--target", target],
        };
        let words = words
            .iter()
            .chain(&["--message-format", "json-render-diagnostics"]);
        let mut args: Vec<String> = words.map(|word| word.to_string()).collect();
        for package in self.packages.keys() {
            args.extend(["-p".to_string(), package.clone()]);
        }
        args.extend(self.profile.args());
        // cargo-component's own reading of `--offline` wants a lock file of its own, which a project
        // without registry packages never gets; cargo reads the variable.
        let flags = CargoFlags {
            offline: false,
            ..self.flags
        };
        args.extend(flags.args());
        args.extend(self.cargo_args.iter().cloned());
        let offline = self.flags.offline.then(|| "true".to_string());
        let target_dir = self.target_dir.as_ref().map(Utf8PathBuf::to_string);
        let is_chosen = std::env::var_os("CARGO_TERM_COLOR").is_some();
        let color = (self.on_terminal && !is_chosen).then(|| "always".to_string());
        let terminal = |value: &str| self.on_terminal.then(|| value.to_string());
        let env = [
            ("CARGO_NET_OFFLINE", offline),
            ("CARGO_TARGET_DIR", target_dir),
            ("CARGO_TERM_COLOR", color),
            ("CARGO_TERM_PROGRESS_WHEN", terminal("always")),
            ("CARGO_TERM_PROGRESS_WIDTH", terminal("80")),
        ];
        let env = env.into_iter();
        CommandSpec {
            program: cargo(),
            args,
            cwd: self.workspace_root.clone(),
            env: env
                .filter_map(|(name, value)| Some((name.to_string(), value?)))
                .collect(),
        }
    }
}

/// Builds and says for each package what was built. What cargo has to say goes to `stderr`; without
/// one, to where our own standard error goes.
pub fn component_build(
    build: &ComponentBuild,
    stderr: Option<Box<dyn Write + Send>>,
) -> Result<BTreeMap<String, Built>, BuildError> {
    let command = build.command();
    let finished = match stderr {
        Some(stderr) => run_watched(&command, stderr),
        None => run(&command, Streams::StdoutCaptured),
    };
    let messages = match finished {
        Ok(finished) => finished.stdout,
        Err(RunError::Failed {
            status, command, ..
        }) => {
            return Err(diagnose(build, command, status)?);
        }
        Err(error) => return Err(error.into()),
    };
    let artifacts = wasm_artifacts(&messages).map_err(|source| BuildError::Messages {
        command: command.display(),
        source,
    })?;
    let packages = build.packages.iter();
    packages
        .map(|(name, id)| Ok((name.clone(), built(name, id, &artifacts)?)))
        .collect()
}

/// The artifacts of cargo's messages that have a wasm file.
fn wasm_artifacts(messages: &[u8]) -> io::Result<Vec<(Artifact, Utf8PathBuf)>> {
    let mut found = Vec::new();
    for message in Message::parse_stream(messages) {
        if let Message::CompilerArtifact(artifact) = message?
            && let Some(wasm) = artifact
                .filenames
                .iter()
                .find(|file| file.extension() == Some("wasm"))
        {
            let wasm = wasm.clone();
            found.push((artifact, wasm));
        }
    }
    Ok(found)
}

/// A package's library is its component; without one, its first program by name is.
fn built(
    name: &str,
    id: &PackageId,
    artifacts: &[(Artifact, Utf8PathBuf)],
) -> Result<Built, BuildError> {
    let own = artifacts
        .iter()
        .filter(|(artifact, _)| artifact.package_id == *id);
    let first = own.min_by_key(|(artifact, _)| (artifact.target.is_bin(), &artifact.target.name));
    let (artifact, wasm) = first.ok_or_else(|| BuildError::NoArtifact {
        package: name.to_string(),
    })?;
    Ok(Built {
        package_id: id.clone(),
        target: artifact.target.name.clone(),
        wasm: wasm.clone(),
        fresh: artifact.fresh,
    })
}

/// Finds out whether a build failed for the lack of a tool.
fn diagnose(
    build: &ComponentBuild,
    command: String,
    status: ExitStatus,
) -> Result<BuildError, RunError> {
    let (cwd, target) = (&build.workspace_root, build.tool.target());
    if build.tool == BuildTool::CargoComponent {
        match ask(&cargo(), &["component", "--version"], cwd) {
            Err(RunError::Failed {
                stderr: Some(text), ..
            }) if text.contains("no such command") => {
                return Ok(BuildError::CargoComponentMissing);
            }
            Err(error @ RunError::Interrupted { .. }) => return Err(error),
            _ => {}
        }
    }
    let libdir = ["--print", "target-libdir", "--target", target];
    match ask("rustc", &libdir, cwd) {
        Err(error @ RunError::Interrupted { .. }) => Err(error),
        Ok(libdir) if !Utf8Path::new(libdir.trim_end()).is_dir() => {
            Ok(BuildError::TargetMissing { target })
        }
        _ => Ok(BuildError::BuildFailed { command, status }),
    }
}
