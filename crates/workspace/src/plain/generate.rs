//! The arguments of `wit_bindgen::generate!`: where the WIT is, and which world.
//!
//! The macro takes nothing, `"world"`, `in "path"`, both, or options in braces. All other options are
//! about the bindings, and passed over.

use proc_macro2::{Delimiter, Group, Literal, TokenTree};

use super::PlainError;

/// A call of the macro.
pub(super) struct Call {
    /// `file:line:column`
    pub(super) place: String,
    tokens: Vec<TokenTree>,
}

/// What a call says about the WIT.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// From the directory of the manifest.
    pub(super) path: Option<String>,
    pub(super) world: Option<String>,
}

/// What is wrong with a call.
enum Wrong {
    Inline,
    NotAString(&'static str),
    NotUnderstood,
}

impl Call {
    pub(super) fn new(place: String, arguments: &Group) -> Call {
        Call {
            place,
            tokens: arguments.stream().into_iter().collect(),
        }
    }

    /// Reads the arguments.
    pub(super) fn arguments(&self, member: String) -> Result<Arguments, PlainError> {
        let place = self.place.clone();
        read(&self.tokens).map_err(|wrong| match wrong {
            Wrong::Inline => PlainError::Inline { member, place },
            Wrong::NotAString(option) => PlainError::NotAString {
                member,
                option,
                place,
            },
            Wrong::NotUnderstood => PlainError::NotUnderstood { member, place },
        })
    }
}

fn read(tokens: &[TokenTree]) -> Result<Arguments, Wrong> {
    use TokenTree::{Group, Ident, Literal};
    let text = |literal, option| string(literal).ok_or(Wrong::NotAString(option)).map(Some);
    let (world, path) = match tokens {
        [] => (None, None),
        [Group(options)] if options.delimiter() == Delimiter::Brace => {
            return options_in(options);
        }
        [Literal(world)] => (text(world, "world")?, None),
        [Ident(word), Literal(path)] if word == "in" => (None, text(path, "path")?),
        [Literal(world), Ident(word), Literal(path)] if word == "in" => {
            (text(world, "world")?, text(path, "path")?)
        }
        _ => return Err(Wrong::NotUnderstood),
    };
    Ok(Arguments { path, world })
}

/// `{ world: "…", path: "…", … }`
fn options_in(braces: &Group) -> Result<Arguments, Wrong> {
    let tokens: Vec<TokenTree> = braces.stream().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    let mut arguments = Arguments::default();
    for option in tokens.split(is_comma) {
        let [TokenTree::Ident(key), TokenTree::Punct(_), value @ ..] = option else {
            continue;
        };
        match key.to_string().as_str() {
            "inline" => return Err(Wrong::Inline),
            "path" => arguments.path = Some(path(value).ok_or(Wrong::NotAString("path"))?),
            "world" => match value {
                [TokenTree::Literal(world)] => arguments.world = string(world),
                _ => return Err(Wrong::NotAString("world")),
            },
            _ => {}
        }
    }
    Ok(arguments)
}

/// A path, or a list of one.
fn path(value: &[TokenTree]) -> Option<String> {
    match value {
        [TokenTree::Literal(path)] => string(path),
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
            let list: Vec<TokenTree> = list.stream().into_iter().collect();
            match &list[..] {
                [TokenTree::Literal(path)] => string(path),
                [TokenTree::Literal(path), TokenTree::Punct(_)] => string(path),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The value of a string without escapes, raw or not.
pub(super) fn string(literal: &Literal) -> Option<String> {
    let text = literal.to_string();
    let is_raw = text.starts_with('r');
    let text = text.trim_start_matches('r').trim_matches('#');
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    (is_raw || !text.contains('\\')).then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &str) -> Result<Arguments, PlainError> {
        let tokens: proc_macro2::TokenStream = arguments.parse().unwrap();
        let group = Group::new(Delimiter::Parenthesis, tokens);
        Call::new("lib.rs:1:1".into(), &group).arguments("cart".into())
    }

    fn known(path: Option<&str>, world: Option<&str>) -> Arguments {
        Arguments {
            path: path.map(str::to_string),
            world: world.map(str::to_string),
        }
    }

    #[test]
    fn every_form_of_the_macro() {
        for (arguments, path, world) in [
            ("", None, None),
            ("\"w\"", None, Some("w")),
            ("in \"idl\"", Some("idl"), None),
            ("\"a:b/w\" in r#\"idl\"#", Some("idl"), Some("a:b/w")),
            ("{}", None, None),
            ("{ generate_all }", None, None),
            (
                "{ path: \"idl\", world: \"w\", with: { \"a:b/c\": generate } }",
                Some("idl"),
                Some("w"),
            ),
            (
                "{ additional_derives: [Path, path::World], path: [\"../idl\",], }",
                Some("../idl"),
                None,
            ),
            (
                "{ with: { \"path\": x::path }, async: [\"-all\"] }",
                None,
                None,
            ),
        ] {
            assert_eq!(of(arguments), Ok(known(path, world)), "{arguments}");
        }
    }

    #[test]
    fn what_is_not_understood() {
        let inline = of("{ inline: \"package a:b;\", path: \"wit\" }");
        assert!(
            matches!(inline, Err(PlainError::Inline { .. })),
            "{inline:?}"
        );
        for (arguments, wanted) in [
            (
                "{ path: concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/wit\") }",
                "path",
            ),
            ("{ path: [\"a\", \"b\"] }", "path"),
            ("{ path: \"a\\u{62}\" }", "path"),
            ("{ world: W }", "world"),
        ] {
            let found = of(arguments);
            assert!(
                matches!(found, Err(PlainError::NotAString { option, .. }) if option == wanted),
                "{arguments}: {found:?}"
            );
        }
        assert!(matches!(of("world"), Err(PlainError::NotUnderstood { .. })));
    }
}
