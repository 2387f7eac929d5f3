//! Everything that can be wrong with a workspace or a request: what, where, and what to do next.

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

/// A line that uses a stub.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The file.
    pub file: Utf8PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The workspace has no package.
    #[error("the workspace `{manifest}` has no members")]
    NoMembers {
        /// The root manifest.
        manifest: Utf8PathBuf,
    },
    /// Nothing is linked yet, so there is nothing to bring up to date.
    #[error("the workspace `{manifest}` links no caller to a target")]
    NoLinks {
        /// The root manifest.
        manifest: Utf8PathBuf,
        /// Whether something of ours is left from earlier links.
        left: bool,
    },
    /// No member has this name or path.
    #[error("no member of the workspace is called `{name}`; there {}", members_are(.members))]
    UnknownMember {
        /// What was asked for.
        name: String,
        /// The member whose name is nearest.
        near: Option<String>,
        /// All members.
        members: Vec<String>,
    },
    /// The path leads to a package that is no member.
    #[error(
        "`{name}` is a package, but not a member: `{manifest}` {}",
        left_out(.pattern)
    )]
    NotAMember {
        /// What was asked for.
        name: String,
        /// The package's directory, from the workspace's root.
        dir: String,
        /// The root manifest.
        manifest: Utf8PathBuf,
        /// The entry of `exclude` that leaves it out.
        pattern: Option<String>,
        /// Whether `members` names it without that entry.
        is_listed: bool,
        /// Whether the package has a `[workspace]` table of its own.
        is_root: bool,
    },
    /// The link between two members that `[workspace.metadata.golem-rpc.links]` speaks of names
    /// something that is not a member.
    #[error("`{manifest}{}` links `{name}`, which is not a member of the workspace", at(.line))]
    UnknownLink {
        /// The root manifest.
        manifest: Utf8PathBuf,
        /// The line there, if it is known.
        line: Option<usize>,
        /// The name.
        name: String,
    },
    /// Callers use stubs whose links are to go.
    #[error("{}:{}", still_used(.links), use_lines(.uses))]
    StillUsed {
        /// Callers and targets.
        links: Vec<(String, String)>,
        /// Where.
        uses: Vec<Use>,
    },
    /// A linked member is no component.
    #[error(transparent)]
    Crate(#[from] CrateError),
    /// The WIT of a member that cargo alone builds is not found.
    #[error(transparent)]
    Plain(#[from] PlainError),
    /// The bindings of a member cannot be made of its world.
    #[error(transparent)]
    Bindings(#[from] BindingsError),
    /// A member's WIT comes from a registry.
    #[error(
        "the WIT of `{member}` is the registry package `{package}` (`{manifest}`), not files of its own"
    )]
    RegistryTarget {
        /// The package.
        member: String,
        /// Its manifest.
        manifest: Utf8PathBuf,
        /// The registry package.
        package: String,
    },
    /// A member's component section is not what cargo-component reads.
    #[error("`{manifest}`: [package.metadata.component] of `{member}` cannot be read: {message}")]
    BrokenComponent {
        /// The package.
        member: String,
        /// Its manifest.
        manifest: Utf8PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A member has no WIT.
    #[error("`{member}` has no WIT: there is no `.wit` file in `{path}`")]
    NoWit {
        /// The package.
        member: String,
        /// Its WIT root.
        path: Utf8PathBuf,
        /// What names that.
        place: String,
    },
    /// Two members declare the same WIT package.
    #[error(
        "`{first}` and `{second}` declare the same WIT package `{package}` (`{first_file}`, `{second_file}`)"
    )]
    SamePackage {
        /// The WIT package, without its version.
        package: String,
        /// One member.
        first: String,
        /// The other member.
        second: String,
        /// A WIT file of the one.
        first_file: Utf8PathBuf,
        /// A WIT file of the other.
        second_file: Utf8PathBuf,
    },
    /// The worlds of two targets stand in one package.
    #[error(
        "the worlds of `{first}` and `{second}` both stand in the package `{package}`, after which the stubs of both would be named"
    )]
    SameWorldPackage {
        /// The package.
        package: PackageName,
        /// One target.
        first: String,
        /// The other target.
        second: String,
    },
    /// A caller's world stands where we do not write.
    #[error("the world `{world}` of `{caller}` stands in `{file}`, {}, so that its imports are not written there", not_its_own(.reader))]
    WorldNotEdited {
        /// The caller.
        caller: String,
        /// Its world.
        world: String,
        /// The file.
        file: Utf8PathBuf,
        /// Another member that reads the file.
        reader: Option<String>,
    },
    /// Two members have one WIT.
    #[error("`{first}` and `{second}` both use the WIT in `{path}` as their own")]
    SameRoot {
        /// One member.
        first: String,
        /// The other member.
        second: String,
        /// The WIT file that is theirs.
        path: Utf8PathBuf,
        /// What names the WIT of the other one.
        place: String,
    },
    /// A member has several worlds, and does not say which is meant.
    #[error("{error}")]
    SeveralWorlds {
        /// Which there are.
        error: WitError,
        /// The line that names one, and where it goes.
        write: String,
    },
    /// Callers that have one directory of dependencies would need different copies there.
    #[error(
        "`{first}` and `{second}` both have their WIT dependencies in `{deps}`, and would each need another `{file}`"
    )]
    SharedDeps {
        /// The directory.
        deps: Utf8PathBuf,
        /// One caller.
        first: String,
        /// The other caller.
        second: String,
        /// The file.
        file: Utf8PathBuf,
    },
    /// Files of the user's in directories of ours that go, and that wit-bindgen takes for WIT packages.
    #[error("{}, which is what would be left with{}", fails_on(.member), lines(.files))]
    Stray {
        /// The files.
        files: Vec<Utf8PathBuf>,
        /// A member that reads the directory; none where a glob of `members` finds it.
        member: Option<String>,
    },
    /// A stub crate would lie outside of the workspace.
    #[error("the stub crate `{dir}` would lie outside of the workspace `{root}`")]
    Outside {
        /// The stub crate.
        dir: Utf8PathBuf,
        /// The workspace.
        root: Utf8PathBuf,
    },
    /// Another member has the name of a stub crate.
    #[error("the stub crate of `{target}` would be called `{name}`, as is the member in `{dir}`")]
    NameTaken {
        /// The target.
        target: String,
        /// The stub crate's name.
        name: String,
        /// The directory of the member that has the name.
        dir: Utf8PathBuf,
        /// Whether that member is a stub crate itself.
        is_stub: bool,
    },
    /// The root manifest excludes the very directory of a stub crate.
    #[error("`{manifest}` excludes `{pattern}`, where the stub crate of `{target}` goes")]
    StubExcluded {
        /// The root manifest.
        manifest: Utf8PathBuf,
        /// The target.
        target: String,
        /// The entry of `exclude`.
        pattern: String,
    },
    /// The root manifest makes a stub directory a member that holds no crate (any more).
    #[error(
        "`{manifest}` names `{entry}` in `{list}`, but the stub of `{target}` is to be no crate"
    )]
    StubListed {
        /// The root manifest.
        manifest: Utf8PathBuf,
        /// The target.
        target: String,
        /// `members` or `default-members`.
        list: &'static str,
        /// The entry.
        entry: String,
    },
    /// An option of a target has a value that we do not know.
    #[error("`{manifest}`: `{key}`: {message}")]
    UnknownOption {
        /// The root manifest.
        manifest: Utf8PathBuf,
        /// The key, from the root of the manifest.
        key: String,
        /// What is wrong with its value, and what it can be.
        message: String,
    },
    /// A stub would have functions that no worker of its target has.
    #[error(
        "`{manifest}`: the stub of `{target}` is to be for the world `{world}`, which exports {}; the world that is compiled, `{compiled}`, does not",
        one_of(.missing)
    )]
    MoreThanCompiled {
        /// The root manifest, which names the world.
        manifest: Utf8PathBuf,
        /// The target.
        target: String,
        /// The world that callers are to see.
        world: String,
        /// The world that is compiled.
        compiled: String,
        /// What the one exports and the other does not.
        missing: Vec<String>,
    },
    /// A table of ours has a key that we do not know.
    #[error("`{file}`, line {line}: `{key}` is not a key of [{table}]")]
    UnknownKey {
        /// The root manifest.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// The table.
        table: String,
        /// The key.
        key: String,
        /// The key that was probably meant.
        near: Option<String>,
        /// The keys that it can have.
        known: Vec<String>,
    },
    /// Something that is not ours stands where a stub crate should go.
    #[error(
        "`{dir}` is not a stub crate, and the stub crate of `{target}` should go there (found `{found}`)"
    )]
    NotAStub {
        /// The directory.
        dir: Utf8PathBuf,
        /// The target.
        target: String,
        /// A file in it.
        found: Utf8PathBuf,
    },
    /// A stub crate that the older tool wrote.
    #[error("`{dir}` is a stub crate by the older tool")]
    OlderStub {
        /// The directory.
        dir: Utf8PathBuf,
    },
    /// Files that we would write have a content that is not ours.
    #[error("{} edited by hand, or not generated by this tool:{}", files_were(.files), lines(.files))]
    Edited {
        /// The files.
        files: Vec<Utf8PathBuf>,
    },
    /// TOML that does not parse, has another shape, or cannot be edited.
    #[error(transparent)]
    Toml(#[from] TomlError),
    /// A manifest that cargo would not take.
    #[error("`{file}` is not a manifest that cargo takes: {message}")]
    BrokenManifest {
        /// The file.
        file: Utf8PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A table of ours in a manifest has another shape.
    #[error("`{file}`: `{key}` should be {expected}")]
    BrokenTable {
        /// The manifest.
        file: Utf8PathBuf,
        /// The table.
        key: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A key that we need in a caller's dependencies stands for something else there.
    #[error(
        "`{file}`, line {line}: the dependency `{key}` is not the package in `{path}`, which the stubs need"
    )]
    DependencyTaken {
        /// The manifest.
        file: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
        /// What it should be, from the manifest's directory.
        path: String,
    },
    /// A file that has to be there and was not read.
    #[error("there is no `{file}`")]
    Missing {
        /// The file.
        file: Utf8PathBuf,
    },
    /// WIT that does not parse or resolve.
    #[error(transparent)]
    Wit(#[from] WitError),
    /// A member's WIT does not resolve as its bindings generator would.
    #[error("the WIT of `{member}` does not resolve: {error}")]
    Unresolved {
        /// The member.
        member: String,
        /// Why.
        error: Box<WorkspaceError>,
        /// What to do about it, where that is known of this member.
        advice: Option<String>,
    },
    /// A caller's own WIT names what a stub no longer has.
    #[error("{}", dangling(.lines))]
    Dangling {
        /// The caller.
        caller: String,
        /// Where.
        lines: Vec<Dangling>,
    },
    /// A manifest names a WIT package where there is none.
    #[error("`{manifest}` says that the WIT package `{key}` is in `{path}`, where no WIT is")]
    NoDependency {
        /// The manifest.
        manifest: Utf8PathBuf,
        /// The package, as the manifest names it.
        key: String,
        /// The path.
        path: Utf8PathBuf,
    },
    /// There can be no stub of a target.
    #[error("cannot generate a stub for `{target}`: {error}")]
    Stub {
        /// The target.
        target: String,
        /// Why.
        error: Box<StubError>,
    },
    /// A caller's targets are called through different versions of golem:rpc.
    #[error(
        "`{caller}` would call `{first}` through golem:rpc {first_version} and `{second}` through golem:rpc {second_version}"
    )]
    GolemRpcs {
        /// The caller.
        caller: String,
        /// A target.
        first: String,
        /// Its version.
        first_version: GolemRpc,
        /// Another target.
        second: String,
        /// Its version.
        second_version: GolemRpc,
    },
    /// A caller has a package at another version than a stub needs.
    #[error(
        "`{caller}` cannot take `{stub}` in: that needs `{needed}`{}, and `{present_in}` holds `{present}`",
        stands_in(.needed_in)
    )]
    Versions {
        /// The caller.
        caller: String,
        /// The stub package.
        stub: PackageName,
        /// The package that it needs.
        needed: PackageName,
        /// Where that stands, if it is known.
        needed_in: Option<Utf8PathBuf>,
        /// What the caller has.
        present: PackageName,
        /// Where.
        present_in: Utf8PathBuf,
    },
    /// Planning again and again does not come to an end.
    #[error(
        "the stubs of {} depend on each other in a way that never settles, which is a bug in cargo golem-rpc",
        one_of(.targets)
    )]
    Unsettled {
        /// The targets.
        targets: Vec<String>,
    },
    /// A stub's WIT that cannot stand in a caller.
    #[error("`{caller}` cannot take the stubs in")]
    Vendor {
        /// The caller.
        caller: String,
        /// Why.
        source: VendorError,
    },
}

impl WorkspaceError {
    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        use WorkspaceError as E;
        Some(match self {
            E::NoMembers { .. } => "name the components in `members` of [workspace]".into(),
            E::NoLinks { left: true, .. } => {
                "`cargo golem-rpc unlink --all` takes out what earlier links left; `cargo golem-rpc init --targets <member> --callers <member>` links anew".into()
            }
            E::NoLinks { .. } => {
                "link some: `cargo golem-rpc init --targets <member> --callers <member>`".into()
            }
            E::UnknownMember { near: Some(near), .. } => format!("did you mean `{near}`?"),
            E::UnknownMember { .. } => "name a member by its package or its directory".into(),
            E::NotAMember {
                dir,
                pattern,
                is_listed,
                is_root,
                ..
            } => whole_way(dir, pattern.as_deref(), *is_listed, *is_root),
            E::StubExcluded { pattern, .. } => {
                format!("take `{pattern}` out of `exclude` of [workspace]")
            }
            E::StubListed { list: "members", .. } => "`--force` takes it out".into(),
            E::StubListed { list, .. } => format!("take it out of `{list}` of [workspace]"),
            E::UnknownOption { .. } => "write a known value, or remove the line to get the default".into(),
            E::MoreThanCompiled { target, compiled, .. } => format!(
                "export that in `{compiled}` too, or name another world: `world` in [workspace.metadata.golem-rpc.targets.{target}]"
            ),
            E::UnknownKey { near: Some(near), .. } => format!("did you mean `{near}`?"),
            E::UnknownKey { known, .. } => format!("remove it; the table can have {}", one_of(known)),
            E::UnknownLink { name, .. } => {
                format!("change `{name}` in [workspace.metadata.golem-rpc.links] to its present name, or remove it")
            }
            E::StillUsed { links, .. } => {
                format!("take these lines out first; all the same: {}", forced(links))
            }
            E::Crate(error) => error.hint(),
            E::Plain(error) => error.hint(),
            E::Bindings(error) => error.hint(),
            E::RegistryTarget { .. } => {
                "give it a WIT directory: `path` and `world` in [package.metadata.component.target]".into()
            }
            E::BrokenComponent { .. } => "`cargo component build` says more about it".into(),
            E::NoWit { place, .. } => {
                format!("write the component's interface there, or name its place: {place}")
            }
            E::SamePackage { second_file, .. } => {
                format!("give one of them another `package` name, for instance in `{second_file}`")
            }
            E::SameWorldPackage { package, second, .. } => format!(
                "give `{second}` a world in a package of its own, such as `world <name> {{ include {}; }}`",
                package.interface_id("<world>")
            ),
            E::WorldNotEdited { world, .. } => format!(
                "give it a world in its own WIT that includes this one and has the imports: `world <name> {{ include <package>/{world}; import …; }}`; or leave `--import` out, and write the line that is then shown"
            ),
            E::SameRoot { second, place, .. } => {
                format!("give `{second}` WIT of its own: {place} names it")
            }
            E::SeveralWorlds { write, .. } => format!("name one: {write}"),
            E::SharedDeps { second, .. } => format!(
                "give `{second}` a `deps` directory of its own, or bring both to one version of the packages that they name in their manifests"
            ),
            E::Stray { .. } => {
                "move them elsewhere, then run this again; `--force` removes them".into()
            }
            E::Outside { .. } => {
                "a stub without a crate can lie there: `--stub-backend component` of `init`; or move the target below the workspace's root".into()
            }
            E::NameTaken { dir, is_stub: true, .. } => {
                format!("`{dir}` holds a stub crate: remove it, or move it back beside its target")
            }
            E::NameTaken { name, .. } => format!("rename the member `{name}`"),
            E::NotAStub { dir, .. } => format!("move `{dir}` out of the way, or rename the target's directory"),
            E::OlderStub { .. } => {
                "`cargo golem-rpc migrate` migrates all that the older tool wrote".into()
            }
            E::Edited { .. } => {
                "`cargo golem-rpc regenerate --force` overwrites them; to keep what you edited, move it elsewhere first, or, in a generated file, remove the first line: the file is yours then".into()
            }
            E::DependencyTaken { key, path, .. } => format!("write `\"{key}\" = {{ path = \"{path}\" }}`, or remove the line"),
            E::Wit(WitError::SeveralWorlds { worlds, .. }) => format!(
                "name one: `world = \"{0}\"` in [package.metadata.component.target], or `world: \"{0}\"` in `wit_bindgen::generate!`",
                worlds.first()?
            ),
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
            E::Versions { caller, needed, present, present_in, .. } => versions_hint(caller, needed, present, present_in),
            E::Vendor { source: VendorError::Cycle { .. }, .. } => {
                "`cargo golem-rpc regenerate` without further options brings all stubs up to date".into()
            }
            E::Vendor { source, .. } => return source.hint(),
            E::Toml(error) => return error.hint(),
            E::BrokenTable { file, .. } | E::BrokenManifest { file, .. } => {
                format!("correct `{file}`, then run this again")
            }
            E::Missing { .. } | E::Unsettled { .. } => return None,
        })
    }
}

fn not_its_own(reader: &Option<String>) -> String {
    match reader {
        Some(reader) => format!("which `{reader}` reads as well"),
        None => "which is not a file of its own".to_string(),
    }
}

fn dangling(lines: &[Dangling]) -> String {
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn fails_on(member: &Option<String>) -> String {
    match member {
        Some(member) => format!("the bindings of `{member}` fail on a directory without WIT"),
        None => {
            "cargo fails on a directory without a manifest that a glob of `members` finds".into()
        }
    }
}

fn left_out(pattern: &Option<String>) -> String {
    match pattern {
        Some(pattern) => format!("excludes it by `{pattern}`"),
        None => "does not list it".to_string(),
    }
}

/// All that makes a package a member, and what can be done without.
fn whole_way(dir: &str, pattern: Option<&str>, is_listed: bool, is_root: bool) -> String {
    let exclude = pattern.map(|pattern| format!("take `{pattern}` out of `exclude`"));
    let members = (!is_listed).then(|| format!("add `{dir}` to `members`"));
    let of_root: Vec<String> = exclude.into_iter().chain(members).collect();
    let mut steps = vec![format!("{} of [workspace]", of_root.join(" and "))];
    steps.extend(is_root.then(|| format!("remove [workspace] from `{dir}/Cargo.toml`")));
    format!(
        "{}; or leave it outside, and make its stub with `cargo golem-rpc build --source-wit-root {dir}/wit`, give it one with `add-stub-dependency --dest-wit-root {dir}/wit`, and join them with `compose`",
        steps.join(", and ")
    )
}

fn still_used(links: &[(String, String)]) -> String {
    let uses: Vec<String> = links
        .iter()
        .map(|(caller, target)| format!("`{caller}` still uses the stub of `{target}`"))
        .collect();
    uses.join(", ")
}

/// The commands that unlink in spite of that.
fn forced(links: &[(String, String)]) -> String {
    let command = |(caller, target)| format!("`cargo golem-rpc unlink {caller} {target} --force`");
    let commands: Vec<String> = links.iter().map(|(c, t)| (c, t)).map(command).collect();
    commands.join(", ")
}

fn use_lines(uses: &[Use]) -> String {
    let line = |Use { file, line, text }: &Use| format!("\n  {file}:{line}: {text}");
    uses.iter().map(line).collect()
}

fn members_are(members: &[String]) -> String {
    let names: Vec<String> = members.iter().map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{verb} {}", names.join(", "))
}

/// The values, as a person lists them.
fn one_of(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match values.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => values.concat(),
    }
}

fn stands_in(file: &Option<Utf8PathBuf>) -> String {
    let file = file.as_ref();
    file.map_or(String::new(), |file| format!(" (`{file}`)"))
}

fn versions_hint(
    caller: &str,
    needed: &PackageName,
    present: &PackageName,
    present_in: &Utf8PathBuf,
) -> String {
    let is_golem_rpc = (present.namespace.as_str(), present.name.as_str()) == ("golem", "rpc");
    let version = present.version.as_ref().map(ToString::to_string);
    let mut known = GolemRpc::ALL.into_iter();
    match known.find(|known| is_golem_rpc && version.as_deref() == Some(known.name())) {
        Some(known) => format!(
            "choose that version for all targets of `{caller}`: `--golem-rpc {known}` of `cargo golem-rpc init`"
        ),
        None => format!(
            "bring `{needed}` to `{caller}`, or remove `{present_in}`: it is then copied from the stub"
        ),
    }
}

fn files_were(files: &[Utf8PathBuf]) -> String {
    match files.len() {
        1 => "a file was".to_string(),
        n => format!("{n} files were"),
    }
}

fn lines(files: &[Utf8PathBuf]) -> String {
    files.iter().map(|file| format!("\n  `{file}`")).collect()
}

/// A line behind the name of a file.
fn at(line: &Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(":{line}"))
}
