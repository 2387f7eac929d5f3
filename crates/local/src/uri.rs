//! Worker URIs: `urn:worker:<component-id>/<worker-name>`.
//!
//! The table of forms that the Golem 1.1 engine takes and refuses is the test
//! below. Two forms go beyond it, `worker://` and a package name in place of the
//! UUID; each leaves a [`Note`], since neither would work deployed.

use uuid::Uuid;

use crate::event::Note;

/// A URI taken apart. The component may yet be unknown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) component: ComponentRef,
    /// `None` where the URI names none: an ephemeral worker.
    pub(crate) worker: Option<String>,
    pub(crate) notes: Vec<Note>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ComponentRef {
    Id(Uuid),
    Package(String),
}

/// The URI of a worker, as this runtime writes it.
pub(crate) fn format(component: Uuid, worker: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(worker.as_bytes()).collect();
    format!("urn:worker:{component}/{name}")
}

/// The error a caller traps with, in the engine's words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid URI: {uri}. Must be urn:worker:component-id/worker-name")]
pub(crate) struct InvalidUri {
    pub(crate) uri: String,
}

/// Parses a worker URI; `is_package` tells whether a name is a component here.
pub(crate) fn parse(uri: &str, is_package: impl Fn(&str) -> bool) -> Result<Target, InvalidUri> {
    parse_inner(uri, is_package).ok_or_else(|| InvalidUri { uri: uri.into() })
}

fn parse_inner(uri: &str, is_package: impl Fn(&str) -> bool) -> Option<Target> {
    let mut notes = Vec::new();
    let rest = if let Some(rest) = uri.strip_prefix("worker://") {
        notes.push(Note::WorkerScheme { uri: uri.into() });
        rest
    } else {
        strip_urn(uri)?
    };
    let (component, worker) = match rest.split_once('/') {
        Some((_, worker)) if worker.contains('/') => return None,
        Some((component, worker)) => (component, Some(decode(worker))),
        None => (rest, None),
    };
    let component = match Uuid::parse_str(component) {
        Ok(id) => ComponentRef::Id(id),
        Err(_) if is_package(component) => {
            notes.push(Note::PackageName {
                uri: uri.into(),
                package: component.into(),
            });
            ComponentRef::Package(component.into())
        }
        Err(_) => return None,
    };
    Some(Target {
        component,
        worker,
        notes,
    })
}

fn strip_urn(uri: &str) -> Option<&str> {
    let (kind, rest) = uri.strip_prefix("urn:")?.split_once(':')?;
    kind.eq_ignore_ascii_case("worker").then_some(rest)
}

/// Form-urldecodes one name; `&` and `=` have no meaning in it.
fn decode(name: &str) -> String {
    let escaped = name.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(escaped.as_bytes())
        .map(|(name, _)| name.into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6b3a2c1e-0f4d-4e5a-9b8c-7d6e5f4a3b2c";

    fn parse_here(uri: &str) -> Result<Target, InvalidUri> {
        parse(uri, |name| name == "purchase-history")
    }

    fn accepted(uri: &str, worker: Option<&str>) {
        let target = parse_here(uri).unwrap();
        assert_eq!(target.component, ComponentRef::Id(ID.parse().unwrap()));
        assert_eq!(target.worker.as_deref(), worker, "{uri}");
        assert_eq!(target.notes, [], "{uri}");
    }

    fn refused(uri: &str) {
        let error = parse_here(uri).unwrap_err().to_string();
        let expected = format!("Invalid URI: {uri}. Must be urn:worker:component-id/worker-name");
        assert_eq!(error, expected);
    }

    #[test]
    fn the_engines_table_accepted() {
        accepted(&format!("urn:worker:{ID}/user-1"), Some("user-1"));
        accepted(&format!("urn:worker:{}/w", ID.to_uppercase()), Some("w"));
        accepted(&format!("urn:worker:{}/w", ID.replace('-', "")), Some("w"));
        accepted(&format!("urn:worker:{{{ID}}}/w"), Some("w"));
        accepted(&format!("urn:WORKER:{ID}/w"), Some("w"));
        accepted(&format!("urn:Worker:{ID}/w"), Some("w"));
        accepted(&format!("urn:worker:{ID}"), None);
        accepted(&format!("urn:worker:{ID}/"), Some(""));
    }

    #[test]
    fn the_engines_table_refused() {
        refused("worker:///w");
        refused(&format!("{ID}/w"));
        refused("urn:worker:some-name/w");
        refused(&format!("urn:component:{ID}"));
        refused(&format!(" urn:worker:{ID}/w"));
        refused(&format!("urn:worker: {ID}/w"));
        refused(&format!("urn:worker:{ID}/w/f"));
        refused("");
        refused("urn:worker:");
    }

    #[test]
    fn names_are_form_urldecoded() {
        let long = "x".repeat(1000);
        for (text, name) in [
            ("a+b", "a b"),
            ("a%20b", "a b"),
            ("a%2Fb", "a/b"),
            ("a=b&c", "a=b&c"),
            ("a.b:c#d", "a.b:c#d"),
            ("%C3%A9", "é"),
            ("ü", "ü"),
            (&long, &long),
        ] {
            accepted(&format!("urn:worker:{ID}/{text}"), Some(name));
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let id: Uuid = ID.parse().unwrap();
        for name in ["user-1", "", "a b", "a/b", "a+b%20&c=d#e:f", "ü\0\u{1f44b}"] {
            accepted(&format(id, name), Some(name));
        }
        assert_eq!(format(id, "a b"), format!("urn:worker:{ID}/a+b"));
    }

    #[test]
    fn what_goes_beyond_the_engine_leaves_a_note() {
        let uri = format!("worker://{ID}/user-1");
        let target = parse_here(&uri).unwrap();
        assert_eq!(target.worker.as_deref(), Some("user-1"));
        assert_eq!(target.notes, [Note::WorkerScheme { uri }]);

        let uri = "worker://purchase-history/user-1".to_string();
        let target = parse_here(&uri).unwrap();
        let package = "purchase-history".to_string();
        assert_eq!(target.component, ComponentRef::Package(package.clone()));
        let scheme = Note::WorkerScheme { uri: uri.clone() };
        assert_eq!(target.notes, [scheme, Note::PackageName { uri, package }]);
    }
}
