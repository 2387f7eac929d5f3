//! Members that cargo makes no component of.

use camino::Utf8PathBuf;

/// Why a member cannot be a caller or a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrateError {
    #[error(
        "`{member}` builds no wasm: its library is a {kinds}, not a `cdylib`, and it has no binary (`{manifest}`)"
    )]
    NoWasm {
        member: String,
        manifest: Utf8PathBuf,
        kinds: String,
        /// Whether it is a component but for that.
        is_component: bool,
        /// Whether its code can have wit-bindgen's macro.
        has_macro: bool,
    },
    #[error(
        "`{member}` is not a component: `{manifest}` has no [package.metadata.component], and its code calls no `wit_bindgen::generate!`"
    )]
    NoComponent {
        member: String,
        manifest: Utf8PathBuf,
        has_macro: bool,
    },
}

impl CrateError {
    /// What to type next.
    pub fn hint(&self) -> String {
        // How cargo alone is told of a component, and how cargo-component is.
        let as_component = |has_macro: bool| {
            if has_macro {
                "call `wit_bindgen::generate!` in its code, or, where the call cannot be read, say where its WIT is: [package.metadata.golem-rpc] with `wit = \"wit\"`"
            } else {
                "add a [package.metadata.component] section, as `cargo component new` writes it; or, for plain cargo, depend on `wit-bindgen` and call its `generate!`"
            }
        };
        match self {
            Self::NoWasm {
                manifest,
                is_component: true,
                ..
            } => {
                format!("write `[lib]` with `crate-type = [\"cdylib\"]` in `{manifest}`")
            }
            Self::NoWasm {
                member, has_macro, ..
            } => format!(
                "name the member that uses it; for `{member}` to be a component itself, write `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`, put its WIT into `wit` beside its Cargo.toml, and {}",
                as_component(*has_macro)
            ),
            Self::NoComponent { has_macro, .. } => as_component(*has_macro).to_string(),
        }
    }
}
