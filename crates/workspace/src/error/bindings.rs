//! Bindings that cannot be made as they are asked for.

use std::collections::BTreeSet;

use super::{each, list};

/// Why a member does not build with what its world imports. A place is `file:line:column`, or the
/// manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingsError {
    #[error(
        "`{call}` of `{member}` ({place}) makes no bindings of {}, which its world imports: the build would fail", list(.interfaces, "and")
    )]
    Missing {
        member: String,
        call: &'static str,
        place: String,
        interfaces: Vec<String>,
        write: String,
    },
    #[error(
        "{option} of `{member}` ({place}) asks for what types in its bindings cannot derive: the build would fail:{}", each(.types, "", |t| {
            format!("\n  `{}` for `{}` of {}: {}", t.derive, t.name, t.interface, t.why)
        })
    )]
    Underivable {
        member: String,
        option: &'static str,
        place: String,
        types: Vec<Underivable>,
        ignore: Option<BTreeSet<String>>,
    },
}

impl BindingsError {
    /// The member whose bindings fail.
    pub fn member(&self) -> &str {
        let (Self::Missing { member, .. } | Self::Underivable { member, .. }) = self;
        member
    }

    /// `file:line:column`, or the manifest.
    pub fn place(&self) -> &str {
        let (Self::Missing { place, .. } | Self::Underivable { place, .. }) = self;
        place
    }

    /// What to type next.
    pub fn hint(&self) -> String {
        let (types, ignore) = match self {
            BindingsError::Missing { write, .. } => return write.clone(),
            BindingsError::Underivable { types, ignore, .. } => (types, ignore),
        };
        let traits: BTreeSet<String> = types.iter().map(|t| format!("`{}`", t.derive)).collect();
        let traits: Vec<String> = traits.into_iter().collect();
        let hint = format!("take {} out of it", traits.join(", "));
        match ignore {
            Some(ignore) => {
                let types: Vec<String> = ignore.iter().map(|name| format!("{name:?}")).collect();
                let types = types.join(", ");
                format!("{hint}, or leave types out: `additional_derives_ignore: [{types}]`")
            }
            None => hint,
        }
    }
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
