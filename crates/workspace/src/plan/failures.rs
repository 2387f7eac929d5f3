//! What is wrong with parts of a workspace: with a member as a caller, or as a target.
//!
//! A plan that is to be carried out ends at the first failure. One that is only looked at goes on with the
//! other parts, and lists them all.

use std::collections::BTreeMap;

/// What a member is in a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Caller,
    Target,
}

pub(crate) struct Failures<E> {
    ends_all: bool,
    troubles: Vec<E>,
    /// The number of the first trouble of each part.
    parts: BTreeMap<(Role, String), usize>,
}

impl<E> Failures<E> {
    /// Failures of which the first ends everything.
    pub(crate) fn strict() -> Failures<E> {
        Failures {
            ends_all: true,
            troubles: Vec::new(),
            parts: BTreeMap::new(),
        }
    }

    /// Failures that are listed.
    pub(crate) fn listed() -> Failures<E> {
        Failures {
            ends_all: false,
            ..Failures::strict()
        }
    }

    /// What was made of a part; none if that failed and is listed now.
    pub(crate) fn take<T, F: Into<E>>(
        &mut self,
        role: Role,
        name: &str,
        result: Result<T, F>,
    ) -> Result<Option<T>, E> {
        match result {
            Ok(made) => Ok(Some(made)),
            Err(error) => self.add(&[role], name, error.into()).map(|()| None),
        }
    }

    /// Lists what is wrong with a member as a whole.
    ///
    /// # Errors
    /// With just that, if the first failure ends everything.
    pub(crate) fn member(&mut self, name: &str, error: impl Into<E>) -> Result<(), E> {
        self.add(&[Role::Caller, Role::Target], name, error.into())
    }

    /// Lists a trouble of a part, unless one is known.
    fn add(&mut self, roles: &[Role], name: &str, error: E) -> Result<(), E> {
        if self.ends_all {
            return Err(error);
        }
        let number = self.troubles.len();
        let first = |role: &Role| {
            *self
                .parts
                .entry((*role, name.to_string()))
                .or_insert(number)
        };
        let numbers: Vec<usize> = roles.iter().map(first).collect();
        if numbers.contains(&number) {
            self.troubles.push(error);
        }
        Ok(())
    }

    /// The number of the trouble of a part.
    pub(crate) fn of(&self, role: Role, name: &str) -> Option<usize> {
        self.parts.get(&(role, name.to_string())).copied()
    }

    /// Whether something is wrong with a part.
    pub(crate) fn has(&self, role: Role, name: &str) -> bool {
        self.of(role, name).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.troubles.is_empty()
    }

    pub(crate) fn into_troubles(self) -> Vec<E> {
        self.troubles
    }
}
