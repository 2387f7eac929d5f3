//! Changes of a target as the message that tells of them, and as people see them.

use camino::Utf8Path;
use golem_rpc_compat as compat;
use golem_rpc_messages::{
    Against, Class, Compatibility, CompatibilityChange, Message, Place, Side, Subject, What,
};

use crate::report::Report;

/// How one target differs from one older version of itself.
pub(super) struct Compared {
    pub(super) target: String,
    pub(super) against: Against,
    pub(super) changes: Vec<compat::Change>,
}

/// What is compared with what: `purchase-history, against what shopping-cart has:`.
pub(super) fn heading(report: &Report, target: &str, against: &Against) -> String {
    match against {
        Against::Vendored { caller } => format!("{target}, against what {caller} has:"),
        Against::Git { revision } => format!("{target}, against {revision}:"),
        Against::Directory { path } => {
            format!("{target}, against {}:", report.path(Utf8Path::new(path)))
        }
    }
}

/// The same changes with paths from the working directory.
pub(super) fn for_people(report: &Report, changes: &[compat::Change]) -> Vec<compat::Change> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        let sides = [&mut change.old, &mut change.new].into_iter().flatten();
        let places = sides.map(|side| &mut side.place).chain([&mut change.place]);
        for place in places.flatten() {
            place.path = report.path(&place.path).into();
        }
    }
    changes
}

/// The line for programs.
pub(super) fn message(target: &str, against: &Against, changes: &[compat::Change]) -> Message {
    Message::Compatibility(Compatibility {
        target: target.to_string(),
        against: against.clone(),
        changes: changes.iter().map(change).collect(),
    })
}

fn change(change: &compat::Change) -> CompatibilityChange {
    CompatibilityChange {
        class: class(change.class),
        subject: subject(change.subject),
        what: what(change.what),
        item: change.path.to_string(),
        also: change.also.iter().map(ToString::to_string).collect(),
        old: change.old.as_ref().map(side),
        new: change.new.as_ref().map(side),
        place: change.place.as_ref().map(place),
        because: change.reason.clone(),
    }
}

fn side(side: &compat::Side) -> Side {
    Side {
        text: side.text.clone(),
        place: side.place.as_ref().map(place),
    }
}

fn place(place: &compat::Place) -> Place {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place {
        path: place.path.to_string(),
        line: number(place.line),
        column: Some(number(place.column)),
    }
}

fn class(class: compat::Class) -> Class {
    match class {
        compat::Class::Wire => Class::Wire,
        compat::Class::Source => Class::Source,
        compat::Class::Compatible => Class::Compatible,
    }
}

fn subject(subject: compat::Subject) -> Subject {
    match subject {
        compat::Subject::Package => Subject::Package,
        compat::Subject::World => Subject::World,
        compat::Subject::Interface => Subject::Interface,
        compat::Subject::Function => Subject::Function,
        compat::Subject::Resource => Subject::Resource,
        compat::Subject::Type => Subject::Type,
        compat::Subject::Param => Subject::Param,
        compat::Subject::Result => Subject::Result,
        compat::Subject::Field => Subject::Field,
        compat::Subject::Case => Subject::Case,
        compat::Subject::Flag => Subject::Flag,
    }
}

fn what(what: compat::What) -> What {
    match what {
        compat::What::Added => What::Added,
        compat::What::Removed => What::Removed,
        compat::What::Renamed => What::Renamed,
        compat::What::Reordered => What::Reordered,
        compat::What::Retyped => What::Retyped,
        compat::What::Moved => What::Moved,
        compat::What::Documented => What::Documented,
    }
}
