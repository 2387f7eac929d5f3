//! Members of records, variants, enums and flags, and parameters: lists whose order is the meaning.

use wit_parser::{Docs, Span, Type};

use crate::align::{Alignment, align};
use crate::change::{Class, Subject, What};
use crate::comparison::{Comparison, Draft, Piece, Slot};
use crate::directions::Directions;
use crate::path::{Path, Step};

/// One field, case, flag or parameter.
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) ty: Option<&'a Type>,
    /// It as WIT.
    pub(crate) piece: Piece,
    pub(crate) docs: Option<&'a Docs>,
}

/// One version of the list.
pub(crate) struct Members<'a> {
    pub(crate) list: Vec<Member<'a>>,
    /// What they are members of, as WIT.
    pub(crate) whole: Piece,
}

impl<'a> Members<'a> {
    fn names(&self) -> Vec<&'a str> {
        self.list.iter().map(|m| m.name).collect()
    }
}

/// What both versions have in common.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) path: &'p Path,
    pub(crate) subject: Subject,
    pub(crate) directions: Directions,
}

impl Comparison<'_> {
    pub(crate) fn members(&mut self, place: Place<'_>, old: &Members<'_>, new: &Members<'_>) {
        let alignment = align(&old.names(), &new.names());
        if alignment.reordered {
            self.reordered(place, old, new);
        }
        for (i, member) in old.list.iter().enumerate() {
            let to = |pairs: &[(usize, usize)]| pairs.iter().find(|p| p.0 == i).map(|p| p.1);
            if let Some(j) = to(&alignment.same) {
                self.member(place, member, &new.list[j]);
            } else if let Some(j) = to(&alignment.renamed) {
                self.renamed(place, member, &new.list[j]);
                self.member(place, member, &new.list[j]);
            } else {
                let last = i >= new.list.len();
                let verdict = removed(place.subject, last, place.directions);
                self.one(
                    place,
                    What::Removed,
                    verdict,
                    Some(member),
                    None,
                    new.whole.span,
                );
            }
        }
        self.added(place, &alignment, old.list.len(), new);
    }

    fn added(&mut self, place: Place<'_>, alignment: &Alignment, known: usize, new: &Members<'_>) {
        for j in &alignment.added {
            let verdict = added(place.subject, *j >= known, place.directions);
            let member = Some(&new.list[*j]);
            self.one(place, What::Added, verdict, None, member, new.whole.span);
        }
    }

    /// The type and the documentation of a member.
    fn member(&mut self, place: Place<'_>, old: &Member<'_>, new: &Member<'_>) {
        let path = place.path.with(step(place.subject, old.name));
        if let (Some(a), Some(b)) = (old.docs, new.docs) {
            self.docs(
                &path,
                place.subject,
                (a, old.piece.span),
                (b, new.piece.span),
            );
        }
        let slot = Slot {
            path: &path,
            subject: place.subject,
            directions: place.directions,
            old: old.piece.clone(),
            new: new.piece.clone(),
        };
        match (old.ty, new.ty) {
            (Some(a), Some(b)) => self.types(&slot, a, b),
            (None, None) => {}
            (a, _) => {
                let has = if a.is_none() { "has" } else { "has no" };
                let reason = format!("a case that {has} a payload now is encoded differently");
                self.retyped(&slot, Class::Wire, reason);
            }
        }
    }

    fn renamed(&mut self, place: Place<'_>, old: &Member<'_>, new: &Member<'_>) {
        let reason = match place.subject {
            Subject::Param => format!(
                "parameters travel by position, so callers that are built go on; the stub's function takes `{}` now",
                new.name
            ),
            subject => format!(
                "{}s travel by position, so callers that are built go on, and take it for the same; code that names `{}` must change",
                noun(subject),
                old.name
            ),
        };
        let verdict = (Class::Source, reason);
        self.one(
            place,
            What::Renamed,
            verdict,
            Some(old),
            Some(new),
            new.piece.span,
        );
    }

    fn reordered(&mut self, place: Place<'_>, old: &Members<'_>, new: &Members<'_>) {
        let pairs = old.list.iter().zip(&new.list);
        let unnoticed = old.list.len() == new.list.len()
            && pairs.into_iter().all(|(a, b)| match (a.ty, b.ty) {
                (Some(a), Some(b)) => self.same_wire(a, b),
                (a, b) => a.is_none() && b.is_none(),
            });
        let noun = noun(place.subject);
        let reason = match unnoticed {
            true => format!(
                "{noun}s travel by position, and the types at each position fit: values silently arrive in the wrong {noun}"
            ),
            false => format!("{noun}s travel by position: values arrive in the wrong {noun}"),
        };
        let (class, reason) = cap((Class::Wire, reason), place.directions, place.subject);
        self.push(
            place.path.clone(),
            Draft {
                subject: place.subject,
                what: What::Reordered,
                class,
                old: Some(old.whole.clone()),
                new: Some(new.whole.clone()),
                within: new.whole.span,
                reason,
            },
        );
    }

    fn one(
        &mut self,
        place: Place<'_>,
        what: What,
        verdict: (Class, String),
        old: Option<&Member<'_>>,
        new: Option<&Member<'_>>,
        within: Span,
    ) {
        let (class, reason) = cap(verdict, place.directions, place.subject);
        let name = old.or(new).map_or("", |member| member.name);
        self.push(
            place.path.with(step(place.subject, name)),
            Draft {
                subject: place.subject,
                what,
                class,
                old: old.map(|member| member.piece.clone()),
                new: new.map(|member| member.piece.clone()),
                within,
                reason,
            },
        );
    }
}

fn step(subject: Subject, name: &str) -> Step {
    let name = name.to_string();
    match subject {
        Subject::Param => Step::Param(name),
        Subject::Case => Step::Case(name),
        Subject::Flag => Step::Flag(name),
        _ => Step::Field(name),
    }
}

fn noun(subject: Subject) -> &'static str {
    match subject {
        Subject::Param => "parameter",
        Subject::Case => "case",
        Subject::Flag => "flag",
        _ => "field",
    }
}

/// What no function carries cannot break on the wire.
pub(crate) fn cap(
    (class, reason): (Class, String),
    directions: Directions,
    subject: Subject,
) -> (Class, String) {
    match class == Class::Wire && directions.none() && subject != Subject::Param {
        true => (
            Class::Source,
            "no exported function carries the type, so only code that names it must change".into(),
        ),
        false => (class, reason),
    }
}

fn added(subject: Subject, last: bool, directions: Directions) -> (Class, String) {
    let wire = |reason: &str| (Class::Wire, reason.to_string());
    match subject {
        Subject::Param => {
            wire("callers that are built send one value less than the function takes")
        }
        Subject::Flag => wire("flags travel as a list, whose length both sides check"),
        Subject::Case if !last => {
            wire("cases travel by number, and every case after it has another number now")
        }
        Subject::Case if directions.result => wire(
            "the target may answer with it, and callers that are built know no case of that number",
        ),
        Subject::Case if directions.param => (
            Class::Compatible,
            "it stands last and only callers send it: those that are built never do".into(),
        ),
        Subject::Case => wire(""),
        _ => wire("fields travel by position, and both sides check how many there are"),
    }
}

fn removed(subject: Subject, last: bool, directions: Directions) -> (Class, String) {
    let wire = |reason: &str| (Class::Wire, reason.to_string());
    match subject {
        Subject::Param => wire("callers that are built send one value more than the function takes"),
        Subject::Flag => wire("flags travel as a list, whose length both sides check"),
        Subject::Case if !last => wire(
            "cases travel by number, and every case after it has another number now",
        ),
        Subject::Case if directions.param => {
            wire("callers that are built may still send it, and the target knows no such case")
        }
        Subject::Case if directions.result => (
            Class::Source,
            "it stood last and only the target sent it: callers that are built never get it again, but code that names it must change".into(),
        ),
        Subject::Case => wire(""),
        _ => wire("fields travel by position, and both sides check how many there are"),
    }
}
