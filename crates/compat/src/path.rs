//! Where in a target's exports something stands: `ns:pkg/api.add-order: param order: record order`.

use std::fmt;

/// A place among the exports of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The interface's id as it is on the wire, or that of the world or package; empty for what a
    /// world exports without an interface.
    pub export: String,
    /// From there inwards.
    pub steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A function by its name on the wire: `add`, `cart.add`, `cart.new`.
    Function(String),
    /// A function's parameter.
    Param(String),
    /// A function's result.
    Result,
    /// A named type.
    Type {
        /// `record`, `variant`, `type`, `resource`, ….
        word: &'static str,
        /// Its name.
        name: String,
    },
    /// A record's field.
    Field(String),
    /// A variant's or enum's case.
    Case(String),
    /// One of a flags type's flags.
    Flag(String),
}

impl Path {
    pub(crate) fn new(export: impl Into<String>) -> Path {
        Path {
            export: export.into(),
            steps: Vec::new(),
        }
    }

    pub(crate) fn with(&self, step: Step) -> Path {
        let mut path = self.clone();
        path.steps.push(step);
        path
    }

    /// The name of what the path leads to.
    pub fn name(&self) -> &str {
        match self.steps.last() {
            None => &self.export,
            Some(Step::Result) => "result",
            Some(
                Step::Function(name)
                | Step::Param(name)
                | Step::Type { name, .. }
                | Step::Field(name)
                | Step::Case(name)
                | Step::Flag(name),
            ) => name,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.export)?;
        let mut empty = self.export.is_empty();
        for step in &self.steps {
            let between = match step {
                _ if empty => "",
                Step::Function(_) => ".",
                _ => ": ",
            };
            write!(f, "{between}{step}")?;
            empty = false;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Function(name) => f.write_str(name),
            Step::Param(name) => write!(f, "param {name}"),
            Step::Result => f.write_str("result"),
            Step::Type { word, name } => write!(f, "{word} {name}"),
            Step::Field(name) => write!(f, "field {name}"),
            Step::Case(name) => write!(f, "case {name}"),
            Step::Flag(name) => write!(f, "flag {name}"),
        }
    }
}
