//! The arguments of `wit_bindgen::generate!`: where the WIT is, and which world.
//!
//! The macro takes nothing, `"world"`, `in "path"`, both, or options in braces. Of the options that are
//! about the bindings those are read that can make a stub's bindings fail.

use proc_macro2::{Delimiter, Group, Literal, TokenTree};

use crate::PlainError;
use crate::members::bindings::{Bindings, By};

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
    pub(super) bindings: Bindings,
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
        let mut arguments = read(&self.tokens).map_err(|wrong| match wrong {
            Wrong::Inline => PlainError::Inline { member, place },
            Wrong::NotAString(option) => PlainError::NotAString {
                member,
                option,
                place,
            },
            Wrong::NotUnderstood => PlainError::NotUnderstood { member, place },
        })?;
        arguments.bindings.by = By::Macro {
            place: self.place.clone(),
            with_all: with_all(&self.tokens, &arguments),
        };
        Ok(arguments)
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
    Ok(Arguments {
        path,
        world,
        ..Arguments::default()
    })
}

/// The call as it is with `generate_all`; none if it has options that are longer to write.
fn with_all(tokens: &[TokenTree], arguments: &Arguments) -> Option<String> {
    let known = ["path", "world"];
    if let [TokenTree::Group(options)] = tokens {
        let mut keys = fields(options).into_iter().map(|field| field.0);
        if keys.any(|key| !known.contains(&key.as_str())) {
            return None;
        }
    }
    let texts = [&arguments.path, &arguments.world].into_iter().zip(known);
    let given = texts.filter_map(|(text, key)| Some(format!("{key}: {:?}, ", text.as_ref()?)));
    let given: String = given.collect();
    Some(format!("wit_bindgen::generate!({{ {given}generate_all }})"))
}

/// `{ world: "…", path: "…", … }`
fn options_in(braces: &Group) -> Result<Arguments, Wrong> {
    let mut arguments = Arguments::default();
    let bindings = &mut arguments.bindings;
    for (key, value) in fields(braces) {
        match (key.as_str(), &value[..]) {
            ("inline", _) => return Err(Wrong::Inline),
            ("path", value) => {
                arguments.path = Some(path(value).ok_or(Wrong::NotAString("path"))?);
            }
            ("world", [TokenTree::Literal(world)]) => arguments.world = string(world),
            ("world", _) => return Err(Wrong::NotAString("world")),
            ("generate_all", _) => bindings.generate_all = true,
            ("generate_unused_types", [TokenTree::Ident(value)]) => {
                bindings.unused_types = value == "true";
            }
            ("with", [TokenTree::Group(with)]) => bindings.with.extend(remapped(with)),
            ("additional_derives", [TokenTree::Group(derives)]) => {
                bindings.derives.extend(elements(derives));
            }
            ("additional_derives_ignore", [TokenTree::Group(types)]) => {
                let types = elements(types).into_iter();
                bindings
                    .ignored
                    .extend(types.map(|name| name.trim_matches('"').to_string()));
            }
            _ => {}
        }
    }
    Ok(arguments)
}

/// The options in braces: keys, and what stands behind their colon.
fn fields(braces: &Group) -> Vec<(String, Vec<TokenTree>)> {
    let fields = parts(braces)
        .into_iter()
        .filter_map(|field| match &field[..] {
            [TokenTree::Ident(key)] => Some((key.to_string(), Vec::new())),
            [TokenTree::Ident(key), TokenTree::Punct(_), value @ ..] => {
                Some((key.to_string(), value.to_vec()))
            }
            _ => None,
        });
    fields.collect()
}

/// What stands between the commas of a group.
fn parts(group: &Group) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    tokens.split(is_comma).map(<[TokenTree]>::to_vec).collect()
}

/// `{ "a:b/c": path::to, "a:b/d": generate }`: what is named, and whether it is generated.
fn remapped(with: &Group) -> Vec<(String, bool)> {
    let named = parts(with).into_iter().filter_map(|part| match &part[..] {
        [TokenTree::Literal(name), TokenTree::Punct(_), value @ ..] => {
            let generate = matches!(value, [TokenTree::Ident(word)] if word == "generate");
            Some((string(name)?, generate))
        }
        _ => None,
    });
    named.collect()
}

/// The elements of a list, as written but for blanks.
fn elements(list: &Group) -> Vec<String> {
    let texts = parts(list).into_iter().map(|part| {
        let tokens = part.iter().map(ToString::to_string);
        tokens.collect::<String>()
    });
    texts.filter(|text| !text.is_empty()).collect()
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
            let found = of(arguments).unwrap();
            let found = (found.path.as_deref(), found.world.as_deref());
            assert_eq!(found, (path, world), "{arguments}");
        }
    }

    #[test]
    fn what_decides_about_the_bindings() {
        let bindings = of(
            "{ generate_all, with: { \"a:b/c@1.0.0\": x::y, \"a:b/d\": generate, },
            additional_derives: [Eq, serde::Serialize], additional_derives_ignore: [\"entry\"] }",
        );
        let bindings = bindings.unwrap().bindings;
        assert!(bindings.generate_all && !bindings.unused_types);
        let with = [
            ("a:b/c@1.0.0".to_string(), false),
            ("a:b/d".to_string(), true),
        ];
        assert_eq!(bindings.with, with.into());
        assert_eq!(bindings.derives, ["Eq", "serde::Serialize"]);
        assert_eq!(bindings.ignored, ["entry".to_string()].into());
        assert!(!of("{ with: { } }").unwrap().bindings.generate_all);
    }

    #[test]
    fn the_call_with_all() {
        let with_all = |arguments: &str| match of(arguments).unwrap().bindings.by {
            By::Macro { with_all, .. } => with_all,
            By::Manifest => panic!("{arguments}"),
        };
        for (arguments, wanted) in [
            ("", "{ generate_all }"),
            (
                "\"w\" in \"idl\"",
                "{ path: \"idl\", world: \"w\", generate_all }",
            ),
            ("{ world: \"w\" }", "{ world: \"w\", generate_all }"),
        ] {
            let wanted = format!("wit_bindgen::generate!({wanted})");
            assert_eq!(with_all(arguments), Some(wanted), "{arguments}");
        }
        assert_eq!(with_all("{ world: \"w\", std_feature }"), None);
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
