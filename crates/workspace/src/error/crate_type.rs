//! Members that cargo makes no component of.

use camino::Utf8PathBuf;

/// Why a member cannot be a caller or a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrateError {
    /// cargo makes no wasm of it.
    #[error(
        "`{member}` builds no wasm: its library is a {kinds}, not a `cdylib`, and it has no binary (`{manifest}`)"
    )]
    NoWasm {
        /// The package.
        member: String,
        /// Its manifest.
        manifest: Utf8PathBuf,
        /// What its library is, as a person says it.
        kinds: String,
        /// Whether it is a component but for that.
        is_component: bool,
        /// Whether its code can have wit-bindgen's macro.
        has_macro: bool,
    },
    /// It has no component section, and its code no bindings.
    #[error("`{member}` is not a component: {}", no_component(.manifest, *.has_macro))]
    NoComponent {
        /// The package.
        member: String,
        /// Its manifest.
        manifest: Utf8PathBuf,
        /// Whether its code can have wit-bindgen's macro.
        has_macro: bool,
    },
}

/// What is missing for a component.
fn no_component(manifest: &Utf8PathBuf, has_macro: bool) -> String {
    match has_macro {
        true => format!(
            "its code calls no `wit_bindgen::generate!`, and `{manifest}` has no [package.metadata.component]"
        ),
        false => format!(
            "`{manifest}` has no [package.metadata.component], and its code calls no `wit_bindgen::generate!`"
        ),
    }
}

/// How cargo alone is told of a component, and how cargo-component is.
const PLAIN: &str = "call `wit_bindgen::generate!` in its code, or, where the call cannot be read, say where its WIT is: [package.metadata.golem-rpc] with `wit = \"wit\"`";
const SECTION: &str = "add a [package.metadata.component] section, as `cargo component new` writes it; or, for plain cargo, depend on `wit-bindgen` and call its `generate!`";

impl CrateError {
    /// What to type next.
    pub fn hint(&self) -> String {
        match self {
            CrateError::NoWasm {
                manifest,
                is_component: true,
                ..
            } => {
                format!("write `[lib]` with `crate-type = [\"cdylib\"]` in `{manifest}`")
            }
            CrateError::NoWasm {
                member, has_macro, ..
            } => format!(
                "name the member that uses it; for `{member}` to be a component itself, write `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`, put its WIT into `wit` beside its Cargo.toml, and {}",
                as_component(*has_macro)
            ),
            CrateError::NoComponent { has_macro, .. } => as_component(*has_macro).to_string(),
        }
    }
}

fn as_component(has_macro: bool) -> &'static str {
    match has_macro {
        true => PLAIN,
        false => SECTION,
    }
}
