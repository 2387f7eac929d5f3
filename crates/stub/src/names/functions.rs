//! What the functions of the stub's resources are called. The rules stand in the table of
//! [`crate::names`].

use std::collections::BTreeSet;

/// Function names that bindings give to every resource: in Rust, then those that Go adds.
const TAKEN_BY_BINDINGS: [&str; 8] = [
    "new",
    "handle",
    "from-handle",
    "take-handle",
    "drop",
    "set-handle",
    "from-own-handle",
    "from-borrow-handle",
];

/// The static function that makes a resource on a new ephemeral worker.
pub const EPHEMERAL: &str = "ephemeral";

/// A remote function to name.
#[derive(Clone, Copy, Debug)]
pub struct RemoteName<'a> {
    /// What the target calls it.
    pub name: &'a str,
    /// Whether the stub has static functions for it.
    pub is_static: bool,
}

/// What a resource of the stub has beside `blocking-<f>` and `<f>`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Added {
    /// `schedule-<f>`.
    pub schedule: bool,
    /// [`EPHEMERAL`].
    pub ephemeral: bool,
}

/// What the functions for one remote function are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionNames {
    /// Waits for the result.
    pub blocking: String,
    /// Starts the call.
    pub start: String,
    /// Schedules the call, where that is possible.
    pub schedule: Option<String>,
}

/// Names the functions of all resources of one stub, one resource after the other.
///
/// It knows every name together with its resource's, joined: the encoder of components takes
/// `[method]a.b-c` and `[method]a-b.c` for one name.
#[derive(Debug, Default)]
pub struct Functions {
    joined: BTreeSet<String>,
}

/// The names of one resource.
struct Taken<'a> {
    resource: &'a str,
    names: BTreeSet<String>,
    joined: &'a mut BTreeSet<String>,
}

impl Functions {
    /// Takes names that are fixed: a function `name` of `resource`.
    pub fn take(&mut self, resource: &str, name: &str, is_static: bool) {
        self.joined.insert(join(resource, name, is_static));
    }

    /// Names what `resource` has for each remote function.
    pub fn name(
        &mut self,
        remote: &[RemoteName<'_>],
        resource: &str,
        added: Added,
    ) -> Vec<FunctionNames> {
        let mut forms: BTreeSet<String> = remote.iter().map(|f| lower(&blocking(f))).collect();
        if added.schedule {
            forms.extend(remote.iter().map(|f| lower(&schedule(f))));
        }
        forms.extend(added.ephemeral.then(|| EPHEMERAL.to_string()));
        let mut names = forms.clone();
        names.extend(remote.iter().map(|f| lower(f.name)));
        names.insert(lower(resource));
        let mut taken = Taken {
            resource,
            names,
            joined: &mut self.joined,
        };
        let mut named: Vec<FunctionNames> = Vec::new();
        for f in remote {
            named.push(FunctionNames {
                blocking: taken.form(blocking(f), f.is_static),
                start: String::new(),
                schedule: added.schedule.then(|| taken.form(schedule(f), f.is_static)),
            });
        }
        // Plain names come last: they make room for all forms.
        for (f, names) in remote.iter().zip(&mut named) {
            let plain = lower(f.name);
            let reserved = TAKEN_BY_BINDINGS.contains(&plain.as_str()) || forms.contains(&plain);
            names.start = if reserved {
                taken.call(f.name, f.is_static)
            } else {
                taken.form(f.name.to_string(), f.is_static)
            };
        }
        named
    }
}

impl Taken<'_> {
    /// `name`, if the resource itself and no other resource's function stand in its way.
    fn form(&mut self, name: String, is_static: bool) -> String {
        // A component cannot have `[method]x.x` beside a resource `x`.
        let own = lower(&name) == lower(self.resource);
        if !own && self.joined.insert(join(self.resource, &name, is_static)) {
            name
        } else {
            self.call(&name, is_static)
        }
    }

    fn call(&mut self, name: &str, is_static: bool) -> String {
        let mut name = format!("call-{name}");
        while !self.names.insert(lower(&name))
            || !self.joined.insert(join(self.resource, &name, is_static))
        {
            name.insert_str(0, "call-");
        }
        name
    }
}

fn blocking(function: &RemoteName<'_>) -> String {
    format!("blocking-{}", function.name)
}

fn schedule(function: &RemoteName<'_>) -> String {
    format!("schedule-{}", function.name)
}

fn lower(name: &str) -> String {
    name.to_lowercase()
}

fn join(resource: &str, name: &str, is_static: bool) -> String {
    let kind = if is_static { "static" } else { "method" };
    lower(&format!("{kind}-{resource}-{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(functions: &mut Functions, remote: &[&str], resource: &str) -> Vec<String> {
        let remote: Vec<_> = remote
            .iter()
            .map(|name| RemoteName {
                name,
                is_static: false,
            })
            .collect();
        let named = functions.name(&remote, resource, Added::default());
        named.into_iter().map(|names| names.start).collect()
    }

    #[test]
    fn starts_avoid_what_bindings_and_blocking_forms_take() {
        let mut functions = Functions::default();
        let remote = ["x", "blocking-x", "new", "get", "call-new"];
        let expected = ["x", "call-blocking-x", "call-call-new", "get", "call-new"];
        assert_eq!(starts(&mut functions, &remote, "api"), expected);
        let other = starts(&mut functions, &["blocking-y"], "other");
        assert_eq!(other, ["blocking-y"]);
    }

    #[test]
    fn names_that_the_bindings_of_rust_and_go_take() {
        let mut functions = Functions::default();
        let starts = starts(&mut functions, &TAKEN_BY_BINDINGS, "api");
        let expected: Vec<_> = TAKEN_BY_BINDINGS
            .iter()
            .map(|f| format!("call-{f}"))
            .collect();
        assert_eq!(starts, expected);
        assert!(
            ["drop", "set-handle"]
                .iter()
                .all(|f| TAKEN_BY_BINDINGS.contains(f))
        );
    }

    #[test]
    fn names_that_are_one_when_joined_with_their_resources() {
        let mut functions = Functions::default();
        assert_eq!(starts(&mut functions, &["b-c"], "a"), ["b-c"]);
        assert_eq!(starts(&mut functions, &["c", "d"], "a-b"), ["call-c", "d"]);
    }
}
