//! Everything that can be wrong with a workspace or a request: what, where, and what to do next.

#![allow(
    missing_docs,
    reason = "a message says what its variant and fields are"
)]

use camino::Utf8PathBuf;
use golem_rpc_stub::vendor::VendorError;
use golem_rpc_stub::{GolemRpc, StubError, WitError};
use golem_rpc_toml::TomlError;
use wit_parser::PackageName;

mod bindings;
mod class;
mod crate_type;
mod dangling;
mod plain;

pub use bindings::{BindingsError, Underivable};
pub use crate_type::CrateError;
pub use dangling::Dangling;
pub use plain::PlainError;

/// A line that uses a stub: its number, from 1, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    pub file: Utf8PathBuf,
    pub line: usize,
    pub text: String,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("the workspace `{manifest}` has no members")]
    NoMembers { manifest: Utf8PathBuf },
    #[error("the workspace `{manifest}` links no caller to a target")]
    NoLinks {
        manifest: Utf8PathBuf,
        /// Whether something of ours is left from earlier links.
        left: bool,
    },
    #[error("no member of the workspace is called `{name}`; there {} {}", if .members.len() == 1 { "is" } else { "are" }, list(.members, "and"))]
    UnknownMember {
        name: String,
        near: Option<String>,
        members: Vec<String>,
    },
    #[error("`{name}` is a package, but not a member: `{manifest}` {}", match .pattern {
        Some(pattern) => format!("excludes it by `{pattern}`"),
        None => "does not list it".to_string(),
    })]
    NotAMember {
        name: String,
        dir: String,
        manifest: Utf8PathBuf,
        /// The entry of `exclude` that leaves it out.
        pattern: Option<String>,
        is_listed: bool,
        /// Whether the package has a `[workspace]` table of its own.
        is_root: bool,
    },
    #[error("`{manifest}{}` links `{name}`, which is not a member of the workspace", .line.map_or_else(String::new, |line| format!(":{line}")))]
    UnknownLink {
        manifest: Utf8PathBuf,
        line: Option<usize>,
        name: String,
    },
    #[error("{}:{}",
        each(.links, ", ", |(caller, target)| format!("`{caller}` still uses the stub of `{target}`")),
        each(.uses, "", |Use { file, line, text }| format!("\n  {file}:{line}: {text}")))]
    StillUsed {
        links: Vec<(String, String)>,
        uses: Vec<Use>,
    },
    #[error(transparent)]
    Crate(#[from] CrateError),
    #[error(transparent)]
    Plain(#[from] PlainError),
    #[error(transparent)]
    Bindings(#[from] BindingsError),
    #[error(
        "the WIT of `{member}` is the registry package `{package}` (`{manifest}`), not files of its own"
    )]
    RegistryTarget {
        member: String,
        manifest: Utf8PathBuf,
        package: String,
    },
    #[error("`{manifest}`: [package.metadata.component] of `{member}` cannot be read: {message}")]
    BrokenComponent {
        member: String,
        manifest: Utf8PathBuf,
        message: String,
    },
    #[error("`{member}` has no WIT: there is no `.wit` file in `{path}`")]
    NoWit {
        member: String,
        path: Utf8PathBuf,
        place: String,
    },
    #[error(
        "`{first}` and `{second}` declare the same WIT package `{package}` (`{first_file}`, `{second_file}`)"
    )]
    SamePackage {
        package: String,
        first: String,
        second: String,
        first_file: Utf8PathBuf,
        second_file: Utf8PathBuf,
    },
    #[error(
        "the worlds of `{first}` and `{second}` are both in the package `{package}`, so their stubs would have the same name"
    )]
    SameWorldPackage {
        package: PackageName,
        first: String,
        second: String,
    },
    #[error("cannot add an import to the world `{world}` of `{caller}`: it is in `{file}`, which {}", match .reader {
        Some(reader) => format!("`{reader}` reads as well"),
        None => "is not in the crate's own WIT".to_string(),
    })]
    WorldNotEdited {
        caller: String,
        world: String,
        file: Utf8PathBuf,
        reader: Option<String>,
    },
    #[error("`{first}` and `{second}` both use the WIT in `{path}` as their own")]
    SameRoot {
        first: String,
        second: String,
        path: Utf8PathBuf,
        place: String,
    },
    #[error("{error}")]
    SeveralWorlds { error: WitError, write: String },
    #[error(
        "`{first}` and `{second}` both have their WIT dependencies in `{deps}`, and need different versions of `{file}`"
    )]
    SharedDeps {
        deps: Utf8PathBuf,
        first: String,
        second: String,
        file: Utf8PathBuf,
    },
    #[error("{}; removing the generated files would leave only these there:{}", match .member {
        Some(member) => format!("the bindings of `{member}` fail on a directory without WIT"),
        None => "cargo fails on a directory without a manifest that a glob of `members` finds".into(),
    }, each(.files, "", |file| format!("\n  `{file}`")))]
    Stray {
        files: Vec<Utf8PathBuf>,
        /// One that reads the directory; none where a glob of `members` finds it.
        member: Option<String>,
    },
    #[error("the stub crate `{dir}` would lie outside of the workspace `{root}`")]
    Outside { dir: Utf8PathBuf, root: Utf8PathBuf },
    #[error(
        "the stub crate of `{target}` needs the name `{name}`, which the member in `{dir}` has"
    )]
    NameTaken {
        target: String,
        name: String,
        dir: Utf8PathBuf,
        /// Whether that member is a stub crate itself.
        is_stub: bool,
    },
    #[error("`{manifest}` excludes `{pattern}`, where the stub crate of `{target}` goes")]
    StubExcluded {
        manifest: Utf8PathBuf,
        target: String,
        pattern: String,
    },
    #[error("`{manifest}` names `{entry}` in `{list}`, but the stub of `{target}` has no crate")]
    StubListed {
        manifest: Utf8PathBuf,
        target: String,
        list: &'static str,
        entry: String,
    },
    #[error("`{manifest}`: `{key}`: {message}")]
    UnknownOption {
        manifest: Utf8PathBuf,
        key: String,
        /// What is wrong with its value, and what it can be.
        message: String,
    },
    #[error(
        "`{manifest}`: the stub of `{target}` is for the world `{world}`, which exports {}; the world that is compiled, `{compiled}`, does not",
        list(.missing, "or")
    )]
    MoreThanCompiled {
        manifest: Utf8PathBuf,
        target: String,
        world: String,
        compiled: String,
        missing: Vec<String>,
    },
    #[error("`{file}`, line {line}: `{key}` is not a key of [{table}]")]
    UnknownKey {
        file: Utf8PathBuf,
        line: usize,
        table: String,
        key: String,
        near: Option<String>,
        known: Vec<String>,
    },
    #[error(
        "the stub crate of `{target}` belongs in `{dir}`, which contains something else (`{found}`)"
    )]
    NotAStub {
        dir: Utf8PathBuf,
        target: String,
        found: Utf8PathBuf,
    },
    #[error("`{dir}` is a stub crate by the older tool")]
    OlderStub { dir: Utf8PathBuf },
    #[error("{} edited by hand, or not generated by this tool:{}", match .files.len() {
        1 => "a file was".to_string(),
        n => format!("{n} files were"),
    }, each(.files, "", |file| format!("\n  `{file}`")))]
    Edited { files: Vec<Utf8PathBuf> },
    #[error(transparent)]
    Toml(#[from] TomlError),
    #[error("cargo cannot read `{file}`: {message}")]
    BrokenManifest { file: Utf8PathBuf, message: String },
    #[error("`{file}`: `{key}` should be {expected}")]
    BrokenTable {
        file: Utf8PathBuf,
        key: String,
        expected: &'static str,
    },
    #[error(
        "`{file}`, line {line}: the dependency `{key}` is not the package in `{path}`, which the stubs need"
    )]
    DependencyTaken {
        file: Utf8PathBuf,
        line: usize,
        key: String,
        path: String,
    },
    #[error("there is no `{file}`")]
    Missing { file: Utf8PathBuf },
    #[error(transparent)]
    Wit(#[from] WitError),
    #[error("the WIT of `{member}` does not resolve: {error}")]
    Unresolved {
        member: String,
        error: Box<WorkspaceError>,
        advice: Option<String>,
    },
    #[error("{}", each(.lines, "\n", ToString::to_string))]
    Dangling {
        caller: String,
        lines: Vec<Dangling>,
    },
    #[error("`{manifest}` looks for the WIT package `{key}` in `{path}`, which has no WIT")]
    NoDependency {
        manifest: Utf8PathBuf,
        key: String,
        path: Utf8PathBuf,
    },
    #[error("cannot generate a stub for `{target}`: {error}")]
    Stub {
        target: String,
        error: Box<StubError>,
    },
    #[error(
        "`{caller}` would call `{first}` through golem:rpc {first_version} and `{second}` through golem:rpc {second_version}"
    )]
    GolemRpcs {
        caller: String,
        first: String,
        first_version: GolemRpc,
        second: String,
        second_version: GolemRpc,
    },
    #[error(
        "`{caller}` cannot use `{stub}`: it needs `{needed}`, but `{present_in}` contains `{present}`"
    )]
    Versions {
        caller: String,
        stub: PackageName,
        needed: PackageName,
        present: PackageName,
        present_in: Utf8PathBuf,
    },
    #[error("cannot add the stubs to `{caller}`")]
    Vendor { caller: String, source: VendorError },
}

impl WorkspaceError {
    /// What to type next, where that is known.
    #[rustfmt::skip] // a case is a line
    pub fn hint(&self) -> Option<String> {
        use WorkspaceError as E;
        Some(match self {
            E::NoMembers { .. } => "name the components in `members` of [workspace]".into(),
            E::NoLinks { left: true, .. } => "`cargo golem-rpc unlink --all` removes what earlier links left; `cargo golem-rpc init --targets <member> --callers <member>` links anew".into(),
            E::NoLinks { .. } => "link some: `cargo golem-rpc init --targets <member> --callers <member>`".into(),
            E::UnknownMember { near: Some(near), .. } | E::UnknownKey { near: Some(near), .. } => format!("did you mean `{near}`?"),
            E::UnknownMember { .. } => "name a member by its package or its directory".into(),
            E::NotAMember { dir, pattern, is_listed, is_root, .. } => make_member(dir, pattern.as_deref(), *is_listed, *is_root),
            E::StubExcluded { pattern, .. } => format!("take `{pattern}` out of `exclude` of [workspace]"),
            E::StubListed { list: "members", .. } => "`--force` takes it out".into(),
            E::StubListed { list, .. } => format!("take it out of `{list}` of [workspace]"),
            E::UnknownOption { .. } => "write a known value, or remove the line to get the default".into(),
            E::MoreThanCompiled { target, compiled, .. } => format!("export that in `{compiled}` too, or name another world: `world` in [workspace.metadata.golem-rpc.targets.{target}]"),
            E::UnknownKey { known, .. } => format!("remove it; the known keys are {}", list(known, "and")),
            E::UnknownLink { name, .. } => format!("change `{name}` in [workspace.metadata.golem-rpc.links] to its present name, or remove it"),
            E::StillUsed { links, .. } => format!("remove these lines first, or unlink anyway: {}", forced(links)),
            E::Crate(error) => error.hint(),
            E::Plain(error) => error.hint(),
            E::Bindings(error) => error.hint(),
            E::RegistryTarget { .. } => "give it a WIT directory: `path` and `world` in [package.metadata.component.target]".into(),
            E::BrokenComponent { .. } => "`cargo component build` says more about it".into(),
            E::NoWit { place, .. } => format!("write the component's interface there, or name its place: {place}"),
            E::SamePackage { second_file, .. } => format!("give one of them another `package` name, for instance in `{second_file}`"),
            E::SameWorldPackage { package, second, .. } => format!("give `{second}` a world in a package of its own, such as `world <name> {{ include {}; }}`", package.interface_id("<world>")),
            E::WorldNotEdited { world, .. } => format!("give it a world in its own WIT that includes this one and has the imports: `world <name> {{ include <package>/{world}; import …; }}`; or leave `--import` out, and write the line that is then shown"),
            E::SameRoot { second, place, .. } => format!("give `{second}` WIT of its own: {place} names it"),
            E::SeveralWorlds { write, .. } => format!("name one: {write}"),
            E::SharedDeps { second, .. } => format!("give `{second}` a `deps` directory of its own, or bring both to one version of the packages that they name in their manifests"),
            E::Stray { .. } => "move them elsewhere, then run this again; `--force` removes them".into(),
            E::Outside { .. } => "a stub without a crate can lie there: `--stub-backend component` of `init`; or move the target below the workspace's root".into(),
            E::NameTaken { dir, is_stub: true, .. } => format!("`{dir}` holds a stub crate: remove it, or move it back beside its target"),
            E::NameTaken { name, .. } => format!("rename the member `{name}`"),
            E::NotAStub { dir, .. } => format!("move `{dir}` out of the way, or rename the target's directory"),
            E::OlderStub { .. } => "`cargo golem-rpc migrate` migrates all that the older tool wrote".into(),
            E::Edited { .. } => "`cargo golem-rpc regenerate --force` overwrites them; to keep what you edited, move it elsewhere first, or, in a generated file, remove the first line: the file is yours then".into(),
            E::DependencyTaken { key, path, .. } => format!("write `\"{key}\" = {{ path = \"{path}\" }}`, or remove the line"),
            E::Wit(WitError::SeveralWorlds { worlds, .. }) => format!("name one: `world = \"{0}\"` in [package.metadata.component.target], or `world: \"{0}\"` in `wit_bindgen::generate!`", worlds.first()?),
            E::Wit(error) => return error.hint(),
            E::Unresolved { advice: Some(advice), .. } => advice.clone(),
            E::Unresolved { error, .. } => return error.hint(),
            E::Dangling { .. } => "`--fix-imports` of this command, or of `cargo golem-rpc regenerate`, rewrites them".into(),
            E::NoDependency { path, .. } => format!("put the package into `{path}`, or correct the path"),
            E::Stub { target, error } if error.is_skippable() => {
                let instead = error.hint().map_or_else(String::new, |hint| hint + "; or ");
                format!("{instead}leave such functions out: `--skip-unsupported` of `init`, or `skip-unsupported = true` in [workspace.metadata.golem-rpc.targets.{target}]")
            }
            E::Stub { error, .. } => return error.hint(),
            E::GolemRpcs { caller, first, second, first_version, second_version } => {
                let newer = first_version.max(second_version);
                format!("give both one version: `cargo golem-rpc init --targets {first} {second} --callers {caller} --golem-rpc {newer}`")
            }
            E::Versions { caller, needed, present, present_in, .. } => match golem_rpc_version(present) {
                Some(known) => format!("choose that version for all targets of `{caller}`: `--golem-rpc {known}` of `cargo golem-rpc init`"),
                None => format!("bring `{needed}` to `{caller}`, or remove `{present_in}`: it is then copied from the stub"),
            },
            E::Vendor { source: VendorError::Cycle { .. }, .. } => "`cargo golem-rpc regenerate` without further options brings all stubs up to date".into(),
            E::Vendor { source, .. } => return source.hint(),
            E::Toml(error) => return error.hint(),
            E::BrokenTable { file, .. } | E::BrokenManifest { file, .. } => format!("correct `{file}`, then run this again"),
            E::Missing { .. } => return None,
        })
    }
}

/// All that makes a package a member, and what works without that.
fn make_member(dir: &str, pattern: Option<&str>, is_listed: bool, is_root: bool) -> String {
    let exclude = pattern.map(|pattern| format!("take `{pattern}` out of `exclude`"));
    let members = (!is_listed).then(|| format!("add `{dir}` to `members`"));
    let of_root: Vec<String> = exclude.into_iter().chain(members).collect();
    let mut steps = format!("{} of [workspace]", of_root.join(" and "));
    if is_root {
        steps += &format!(", and remove [workspace] from `{dir}/Cargo.toml`");
    }
    format!(
        "{steps}; or leave it outside, and make its stub with `cargo golem-rpc build --source-wit-root {dir}/wit`, give it one with `add-stub-dependency --dest-wit-root {dir}/wit`, and join them with `compose`"
    )
}

/// The commands that unlink in spite of what still uses the stubs.
fn forced(links: &[(String, String)]) -> String {
    each(links, ", ", |(caller, target)| {
        format!("`cargo golem-rpc unlink {caller} {target} --force`")
    })
}

/// The version that a package is of golem:rpc, if it is one that we know.
fn golem_rpc_version(package: &PackageName) -> Option<GolemRpc> {
    let version = package.version.as_ref()?.to_string();
    let is_golem_rpc = (package.namespace.as_str(), package.name.as_str()) == ("golem", "rpc");
    let mut known = GolemRpc::ALL.into_iter();
    known.find(|known| is_golem_rpc && known.name() == version)
}

/// Values as a person lists them.
fn list(values: &[String], conjunction: &str) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match values.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} {conjunction} {last}", others.join(", "))
        }
        _ => values.concat(),
    }
}

/// Each of several things as a text.
fn each<T>(all: &[T], between: &str, text: impl Fn(&T) -> String) -> String {
    all.iter().map(text).collect::<Vec<_>>().join(between)
}
