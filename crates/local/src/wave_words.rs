//! Cases whose names are words of WAVE: `none`, written plainly, is never the case of that name.
//!
//! In: a call that does not fit its function, the place where that shows, and the types that may be
//! meant. Out: what to write, if such a word stands there and one of the types has a case of its name.

use std::ops::Range;

use wasmtime::component::Type;

use crate::value;

/// The words.
const WORDS: [&str; 8] = ["true", "false", "some", "none", "ok", "err", "inf", "nan"];

/// What to write for a case.
pub(crate) fn advice<'a>(
    call: &str,
    span: &Range<usize>,
    mut types: impl Iterator<Item = &'a Type>,
) -> Option<String> {
    let word = word_at(call, span.start)?;
    let found = WORDS.contains(&word) && types.any(|ty| has_case(ty, word));
    found.then(|| {
        format!("the case `{word}` is written `%{word}`, since `{word}` is a word of WAVE")
    })
}

/// The word that begins at a place, or else the last one before: what does not fit may only show
/// behind it.
fn word_at(call: &str, start: usize) -> Option<&str> {
    let part_of_word = |c: char| c == '-' || c == '%' || c.is_ascii_alphanumeric();
    let after = call.get(start..)?;
    let end = after.find(|c| !part_of_word(c)).unwrap_or(after.len());
    if end > 0 {
        return Some(&after[..end]);
    }
    let before = call[..start].trim_end_matches(|c| !part_of_word(c));
    let begin = before.rfind(|c| !part_of_word(c)).map_or(0, |at| at + 1);
    Some(&before[begin..])
}

fn has_case(ty: &Type, name: &str) -> bool {
    let found = value::within(ty, &mut |ty| {
        let has = match ty {
            Type::Enum(ty) => ty.names().any(|case| case == name),
            Type::Variant(ty) => ty.cases().any(|case| case.name == name),
            _ => false,
        };
        has.then_some(())
    });
    found.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_a_place_or_before_it() {
        assert_eq!(word_at("f(none, 1)", 2), Some("none"));
        assert_eq!(word_at("f(some)", 6), Some("some"));
        assert_eq!(word_at("f(%some ( 1))", 8), Some("%some"));
        assert_eq!(word_at("(", 0), Some(""));
        assert_eq!(word_at("f(\u{e4})", 3), None);
    }
}
