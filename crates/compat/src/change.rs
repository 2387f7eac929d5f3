//! One difference between two versions of a target's WIT.

use std::fmt;

use camino::Utf8PathBuf;
use golem_rpc_stub::Source;
use wit_parser::{ResolveError, Span};

use crate::path::Path;

/// What a change does to callers, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A caller that is already built no longer works, or misunderstands.
    Wire,
    /// A caller that is already built works on; its code must change when it is built again.
    Source,
    /// No caller notices.
    Compatible,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The target's package.
    Package,
    /// The world that callers get a stub of.
    World,
    /// An exported interface.
    Interface,
    /// An exported function, method, static function or constructor.
    Function,
    /// An exported resource.
    Resource,
    /// A named type.
    Type,
    /// A function's parameter, or its parameters as a whole.
    Param,
    /// A function's result.
    Result,
    /// A record's field, or its fields as a whole.
    Field,
    /// A variant's or enum's case, or its cases as a whole.
    Case,
    /// A flag, or the flags of a type as a whole.
    Flag,
}

/// How it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name, in the same place.
    Renamed,
    /// The same members stand in another order.
    Reordered,
    /// It has another type; of a function: it is of another kind.
    Retyped,
    /// It is declared in another interface.
    Moved,
    /// Its documentation differs.
    Documented,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it does to callers.
    pub class: Class,
    /// What has changed.
    pub subject: Subject,
    /// How.
    pub what: What,
    /// Where, in the old version's names; in the new one's for what is new.
    pub path: Path,
    /// Where else the same type is carried.
    pub also: Vec<Path>,
    /// How it was; none for what is new.
    pub old: Option<Side>,
    /// How it is; none for what is gone.
    pub new: Option<Side>,
    /// The place in the new version: of what changed, or of what it stood in.
    pub place: Option<Place>,
    /// A sentence that says why this breaks callers, or why it does not.
    pub reason: String,
}

/// One version of what has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// It as WIT, on one line.
    pub text: String,
    /// Where it stands; none in encoded packages.
    pub place: Option<Place>,
}

/// A place in a WIT file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named when it was read.
    pub path: Utf8PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// The line as it stands there with a caret below, each with a margin.
    pub shown: String,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Wire => "wire-breaking",
            Class::Source => "source-breaking",
            Class::Compatible => "compatible",
        })
    }
}

impl Change {
    /// What happened, in one line without its place: ``field `total` has another type``.
    pub fn headline(&self) -> String {
        let name = self.path.name();
        let subject = match self.subject {
            Subject::Package => "package",
            Subject::World => "world",
            Subject::Interface => "interface",
            Subject::Function => "function",
            Subject::Resource => "resource",
            Subject::Type => "type",
            Subject::Param => "parameter",
            Subject::Result => return format!("the result {}", self.happening()),
            Subject::Field => "field",
            Subject::Case => "case",
            Subject::Flag => "flag",
        };
        match (self.what, self.subject) {
            (What::Reordered, Subject::Flag) => format!("the flags of `{name}` are reordered"),
            (What::Reordered, _) => format!("the {subject}s of `{name}` are reordered"),
            _ => format!("{subject} `{name}` {}", self.happening()),
        }
    }

    fn happening(&self) -> &'static str {
        match self.what {
            What::Added => "is new",
            What::Removed => "is gone",
            What::Renamed => "has another name",
            What::Reordered => "is reordered",
            What::Retyped if self.subject == Subject::Function => "is of another kind",
            What::Retyped => "has another type",
            What::Moved => "is declared elsewhere",
            What::Documented => "is documented differently",
        }
    }
}

impl Place {
    /// The place of a span, if it has one.
    pub(crate) fn of(source: &Source, span: Span) -> Option<Place> {
        let map = &source.resolve.source_map;
        let found = map.resolve_span(span)?;
        let location = map.render_location(span);
        let numbers = location.strip_prefix(found.path)?.strip_prefix(':')?;
        let (line, column) = numbers.split_once(':')?;
        // The parser keeps the texts to itself, but shows them in its messages.
        let message = ResolveError::new_semantic(span, "").render(map);
        let shown = message.lines().skip_while(|line| line.trim() != "|");
        Some(Place {
            path: found.path.into(),
            line: line.parse().ok()?,
            column: column.parse().ok()?,
            shown: shown.collect::<Vec<_>>().join("\n"),
        })
    }
}
