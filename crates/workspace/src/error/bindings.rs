//! Bindings that cannot be made as they are asked for.

use std::collections::BTreeSet;

/// Why a member does not build with what its world imports. A place is `file:line:column`, or the
/// manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingsError {
    /// The macro makes no bindings of some imports.
    #[error(
        "`{call}` of `{member}` ({place}) makes no bindings of {}, which its world imports: the build would fail", list(.interfaces)
    )]
    Missing {
        /// The package.
        member: String,
        /// The macro, or the manifest's section.
        call: &'static str,
        /// Where the bindings are asked for.
        place: String,
        /// The interfaces.
        interfaces: Vec<String>,
        /// What to write there.
        write: String,
    },
    /// Types are to derive what they cannot.
    #[error(
        "{option} of `{member}` ({place}) asks for what types in its bindings cannot derive: the build would fail:{}", lines(.types)
    )]
    Underivable {
        /// The package.
        member: String,
        /// Where the traits are listed.
        option: &'static str,
        /// Where the bindings are asked for.
        place: String,
        /// Which types, and what.
        types: Vec<Underivable>,
        /// The types to leave out instead, where that can be said.
        ignore: Option<BTreeSet<String>>,
    },
}

impl BindingsError {
    /// The member whose bindings fail.
    pub fn member(&self) -> &str {
        match self {
            BindingsError::Missing { member, .. } | BindingsError::Underivable { member, .. } => {
                member
            }
        }
    }

    /// `file:line:column`, or the manifest.
    pub fn place(&self) -> &str {
        match self {
            BindingsError::Missing { place, .. } | BindingsError::Underivable { place, .. } => {
                place
            }
        }
    }

    /// What to type next.
    pub fn hint(&self) -> String {
        match self {
            BindingsError::Missing { write, .. } => write.clone(),
            BindingsError::Underivable { types, ignore, .. } => {
                let traits: BTreeSet<&str> = types.iter().map(|t| t.derive.as_str()).collect();
                let traits: Vec<String> = traits.iter().map(|t| format!("`{t}`")).collect();
                let out = format!("take {} out of it", traits.join(", "));
                let names = |names: &BTreeSet<String>| {
                    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
                    names.join(", ")
                };
                match ignore {
                    Some(ignore) => format!(
                        "{out}, or leave types out: `additional_derives_ignore: [{}]`",
                        names(ignore)
                    ),
                    None => out,
                }
            }
        }
    }
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

fn lines(types: &[Underivable]) -> String {
    let line = |t: &Underivable| {
        format!(
            "\n  `{}` for `{}` of {}: {}",
            t.derive, t.name, t.interface, t.why
        )
    };
    types.iter().map(line).collect()
}

/// A type that cannot derive what it is asked to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Underivable {
    /// The trait, as it is asked for.
    pub derive: String,
    /// The type, in WIT.
    pub name: String,
    /// The interface or world that it is of.
    pub interface: String,
    /// What of it is in the way.
    pub why: String,
}
