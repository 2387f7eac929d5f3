//! Why WIT could not be read.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Class;
use wit_parser::PackageName;

use crate::guard::Panicked;
use crate::loaders::Unfit;
use crate::spelling::OldSpelling;

/// Why WIT could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WitError {
    /// The root holds no WIT.
    #[error("no WIT file in `{path}`")]
    NoWit {
        /// The directory.
        path: Utf8PathBuf,
    },
    /// A file stands where the dependencies should lie.
    #[error("`{path}` is a file, where a directory is needed")]
    DepsIsFile {
        /// The file.
        path: Utf8PathBuf,
        /// Where it would lead if it were the symbolic link that it reads like.
        link: Option<String>,
    },
    /// Something on which the loaders of WIT choke.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// A file is not UTF-8.
    #[error("`{path}` is not UTF-8 text")]
    NotUtf8 {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The text does not parse or resolve.
    #[error("{rendered}")]
    Invalid {
        /// The parser's message with file, line and caret.
        rendered: String,
        /// The package that is missing, if that is the trouble.
        missing: Option<PackageName>,
    },
    /// The text uses spellings that WIT no longer has.
    #[error("old WIT spelling\n{}", .places.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    OldSpelling {
        /// Every place.
        places: Vec<OldSpelling>,
    },
    /// The parser panicked, and nothing is known of the reason.
    #[error("the WIT parser crashed on `{path}`: {panicked}")]
    GaveUp {
        /// The package's first file.
        path: Utf8PathBuf,
        /// What it panicked with.
        panicked: Panicked,
    },
    /// An encoded package does not decode.
    #[error("`{path}` is not an encoded WIT package or component: {message}")]
    NotWit {
        /// The file.
        path: Utf8PathBuf,
        /// The decoder's message.
        message: String,
    },
    /// The package has no world.
    #[error("package `{package}` in `{path}` has no world")]
    NoWorld {
        /// The package.
        package: PackageName,
        /// Its WIT root.
        path: Utf8PathBuf,
    },
    /// The package has several worlds and none was named.
    #[error("package `{package}` in `{path}` has several worlds: {}", list(.worlds))]
    SeveralWorlds {
        /// The package.
        package: PackageName,
        /// Its WIT root.
        path: Utf8PathBuf,
        /// Their names.
        worlds: Vec<String>,
    },
    /// There is no world of that name.
    #[error("package `{package}` in `{path}` has no world `{world}`; it has {}", list(.worlds))]
    UnknownWorld {
        /// The package.
        package: PackageName,
        /// Its WIT root.
        path: Utf8PathBuf,
        /// The name that was asked for.
        world: String,
        /// The names there are.
        worlds: Vec<String>,
    },
    /// What should name a world does not.
    #[error("`{text}` cannot be the name of a world")]
    NoWorldName {
        /// What was given.
        text: String,
    },
    /// A world is named with a package that is not there.
    #[error("there is no package `{package}` in `{path}`, so no world `{world}`; the worlds there are {}", list(.worlds))]
    NoSuchPackage {
        /// The package that was named.
        package: PackageName,
        /// The world that was asked for.
        world: String,
        /// The WIT root.
        path: Utf8PathBuf,
        /// The worlds there are, with their packages.
        worlds: Vec<String>,
    },
    /// A world is named with a package that is there at several versions.
    #[error("`{path}` has `{world}` at several versions: {}", list(.worlds))]
    SeveralVersions {
        /// The world that was asked for.
        world: String,
        /// The WIT root.
        path: Utf8PathBuf,
        /// The worlds that it can be.
        worlds: Vec<String>,
    },
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_string(),
        names => names
            .iter()
            .map(|n| format!("`{n}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

impl WitError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        Class::Wit
    }

    /// What to type next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            WitError::NoWit { .. } => {
                Some("a WIT root holds `*.wit` files that declare a `package` and a `world`".into())
            }
            WitError::DepsIsFile {
                path,
                link: Some(link),
            } => Some(format!(
                "git writes a symbolic link so where `core.symlinks` is off: make `{path}` a link to `{link}`, or a directory"
            )),
            WitError::DepsIsFile { path, .. } => Some(format!("move `{path}` out of the way")),
            WitError::Unfit(unfit) => Some(unfit.hint()),
            WitError::NoWorld { .. } => {
                Some("add a `world` that exports what callers may call".into())
            }
            WitError::SeveralWorlds { worlds, .. } => Some(format!(
                "name one: `--world {}`, or `world = \"{0}\"` in [package.metadata.component.target]",
                worlds[0]
            )),
            WitError::Invalid {
                missing: Some(package),
                ..
            } => Some(format!(
                "put the package `{package}` below `deps/` of the WIT root, or name it in [package.metadata.component.target.dependencies]"
            )),
            WitError::OldSpelling { .. } => Some("`cargo golem-rpc migrate` rewrites them in a workspace; elsewhere change these places, then run this again".into()),
            WitError::Invalid { missing: None, .. } => {
                Some("fix it there, then run this again".into())
            }
            WitError::GaveUp { .. } => Some(
                "the parser fails on something there: rewrite what was added last"
                    .into(),
            ),
            WitError::UnknownWorld { .. } => Some("name one of its worlds".into()),
            WitError::NoWorldName { .. } => {
                Some("write `world`, `ns:pkg/world` or `ns:pkg/world@1.2.3`".into())
            }
            WitError::NoSuchPackage { .. } | WitError::SeveralVersions { .. } => {
                Some("name one of these worlds".into())
            }
            WitError::NotUtf8 { path } if is_apple_double(path) => Some(format!(
                "macOS keeps it beside the file of that name: remove `{path}`"
            )),
            WitError::NotUtf8 { path } => Some(format!("save `{path}` as UTF-8")),
            WitError::NotWit { path, .. } => Some(format!(
                "`{path}` should be what `wasm-tools component wit --wasm` writes"
            )),
        }
    }
}

/// Whether macOS wrote a file for one that its file system could not hold all of.
fn is_apple_double(path: &Utf8Path) -> bool {
    path.file_name().is_some_and(|name| name.starts_with("._"))
}
