//! The calls of `wit_bindgen::generate!` in a crate, and what each says about the WIT and the bindings.
//!
//! `mod` is followed from the crate's root file, so that only what is part of the crate counts. Not found are calls in
//! modules under `#[cfg(test)]` or with `#[path]`, and calls that another macro makes. `generate!` without a path
//! counts as wit-bindgen's.

use std::collections::BTreeSet;
use std::mem::replace;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, LitStr, Macro, Meta, Path, Token, token};

use super::bindings::{Bindings, By};
use crate::PlainError;

/// A call of the macro.
pub(super) struct Call {
    /// `file:line:column`
    pub(super) place: String,
    arguments: proc_macro2::TokenStream,
}

/// What a call says about the WIT.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// From the directory of the manifest.
    pub(super) path: Option<String>,
    pub(super) world: Option<String>,
    pub(super) bindings: Bindings,
}

/// The calls in the crate that begins with the file `root` and knows wit-bindgen by the name `krate`, in reading
/// order.
pub(super) fn calls(
    root: &Utf8Path,
    krate: &str,
    code: &Snapshot,
) -> Result<Vec<Call>, PlainError> {
    let mut search = Search {
        krate,
        code,
        file: Utf8PathBuf::new(),
        dir: Utf8PathBuf::new(),
        seen: BTreeSet::new(),
        found: Ok(Vec::new()),
    };
    search.file(root, root.parent().unwrap_or(root));
    search.found
}

struct Search<'a> {
    krate: &'a str,
    code: &'a Snapshot,
    /// The file that is being read.
    file: Utf8PathBuf,
    /// The directory of the modules that are declared here.
    dir: Utf8PathBuf,
    seen: BTreeSet<Utf8PathBuf>,
    /// The calls, or the first file that does not parse.
    found: Result<Vec<Call>, PlainError>,
}

impl Search<'_> {
    /// Reads a file whose modules are in `dir`. A missing one is for the compiler to complain about.
    fn file(&mut self, file: &Utf8Path, dir: &Utf8Path) {
        let is_new = self.seen.insert(file.to_path_buf()) && self.found.is_ok();
        let Some(text) = self.code.text(file).filter(|_| is_new) else {
            return;
        };
        match syn::parse_file(text) {
            Ok(parsed) => {
                let outer_file = replace(&mut self.file, file.to_path_buf());
                let outer_dir = replace(&mut self.dir, dir.to_path_buf());
                self.visit_file(&parsed);
                (self.file, self.dir) = (outer_file, outer_dir);
            }
            Err(error) => {
                self.found = Err(PlainError::NotRust {
                    place: place(file, error.span()),
                    message: error.to_string(),
                });
            }
        }
    }
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let dir = self.dir.join(module.ident.unraw().to_string());
        if module.attrs.iter().any(is_test) {
            return;
        }
        if module.content.is_some() {
            let outer = replace(&mut self.dir, dir);
            visit::visit_item_mod(self, module);
            self.dir = outer;
            return;
        }
        let files = [dir.with_extension("rs"), dir.join("mod.rs")];
        if let Some(file) = files.iter().find(|file| self.code.contains(file)) {
            self.file(file, &dir);
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let mut names = call
            .path
            .segments
            .iter()
            .rev()
            .map(|segment| &segment.ident);
        let Some(word) = names.next().filter(|word| *word == "generate") else {
            return;
        };
        let is_bindgen = |name: &Ident| name == self.krate || name == "wit_bindgen";
        if let Ok(found) = &mut self.found
            && names.next().is_none_or(is_bindgen)
        {
            found.push(Call {
                place: place(&self.file, word.span()),
                arguments: call.tokens.clone(),
            });
        }
    }
}

/// Whether an attribute is `#[cfg(test)]`.
fn is_test(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    list.path.is_ident("cfg") && list.parse_args::<Ident>().is_ok_and(|word| word == "test")
}

fn place(file: &Utf8Path, span: proc_macro2::Span) -> String {
    let start = span.start();
    format!("{file}:{}:{}", start.line, start.column + 1)
}

impl Call {
    /// Reads the arguments: nothing, `"world"`, `in "path"`, both, or options in braces.
    pub(super) fn arguments(&self, member: String) -> Result<Arguments, PlainError> {
        let place = self.place.clone();
        let Ok(given) = Given::read.parse2(self.arguments.clone()) else {
            return Err(PlainError::NotUnderstood { member, place });
        };
        if given.has_inline {
            return Err(PlainError::Inline { member, place });
        }
        if let Some(option) = given.not_a_string {
            return Err(PlainError::NotAString {
                member,
                option,
                place,
            });
        }
        let mut arguments = given.arguments;
        let with_all = (!given.has_more).then(|| arguments.call_with_all());
        arguments.bindings.by = By::Macro { place, with_all };
        Ok(arguments)
    }
}

impl Arguments {
    /// The same call with `generate_all`.
    fn call_with_all(&self) -> String {
        let texts = [("path", &self.path), ("world", &self.world)].into_iter();
        let texts = texts.filter_map(|(key, text)| Some(format!("{key}: {:?}, ", text.as_ref()?)));
        let texts: String = texts.collect();
        format!("wit_bindgen::generate!({{ {texts}generate_all }})")
    }
}

/// The arguments as they are written.
#[derive(Default)]
struct Given {
    arguments: Arguments,
    has_inline: bool,
    not_a_string: Option<&'static str>,
    /// Whether there are options beside `path` and `world`.
    has_more: bool,
}

impl Given {
    fn read(input: ParseStream<'_>) -> syn::Result<Given> {
        let mut given = Given::default();
        if input.peek(token::Brace) {
            let options;
            syn::braced!(options in input);
            while !options.is_empty() {
                given.option(&options)?;
                options.parse::<Option<Token![,]>>()?;
            }
            return Ok(given);
        }
        if input.peek(LitStr) {
            given.arguments.world = Some(text(input)?);
        }
        if input.parse::<Option<Token![in]>>()?.is_some() {
            given.arguments.path = Some(text(input)?);
        }
        Ok(given)
    }

    /// One option in braces. Of those about the bindings, the ones are read that can make a stub's bindings fail.
    fn option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let key = input.call(Ident::parse_any)?.to_string();
        let has_value = input.parse::<Option<Token![:]>>()?.is_some();
        self.has_more |= key != "path" && key != "world";
        let bindings = &mut self.arguments.bindings;
        match key.as_str() {
            "inline" => self.has_inline = true,
            "path" => self.arguments.path = self.string("path", input),
            "world" => self.arguments.world = self.string("world", input),
            "generate_all" => bindings.generate_all = true,
            "generate_unused_types" if has_value => {
                bindings.unused_types = input.parse::<syn::LitBool>()?.value();
            }
            "with" => bindings.with.extend(list(input, remapped)?),
            "additional_derives" => bindings.derives.extend(list(input, path)?),
            "additional_derives_ignore" => bindings.ignored.extend(list(input, text)?),
            _ => {}
        }
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        Ok(())
    }

    /// A string, or a list of one.
    fn string(&mut self, option: &'static str, input: ParseStream<'_>) -> Option<String> {
        let ahead = input.fork();
        let values = if ahead.peek(token::Bracket) {
            list(&ahead, text)
        } else {
            text(&ahead).map(|value| vec![value])
        };
        let is_all = ahead.is_empty() || ahead.peek(Token![,]);
        match &values.unwrap_or_default()[..] {
            [value] if is_all => Some(value.clone()),
            _ => {
                self.not_a_string = Some(option);
                None
            }
        }
    }
}

/// What stands between the commas in brackets or braces.
fn list<T>(
    input: ParseStream<'_>,
    element: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let content;
    if input.peek(token::Bracket) {
        syn::bracketed!(content in input);
    } else {
        syn::braced!(content in input);
    }
    let elements = Punctuated::<T, Token![,]>::parse_terminated_with(&content, element)?;
    Ok(elements.into_iter().collect())
}

fn text(input: ParseStream<'_>) -> syn::Result<String> {
    Ok(input.parse::<LitStr>()?.value())
}

fn path(input: ParseStream<'_>) -> syn::Result<String> {
    let path = input.call(Path::parse_mod_style)?;
    let names = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    Ok(names.collect::<Vec<_>>().join("::"))
}

/// `"a:b/c": path::to` or `"a:b/d": generate`: what is named, and whether it is generated.
fn remapped(input: ParseStream<'_>) -> syn::Result<(String, bool)> {
    let name = text(input)?;
    input.parse::<Token![:]>()?;
    Ok((name, path(input)? == "generate"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &str) -> Result<Arguments, PlainError> {
        let (place, arguments) = ("lib.rs:1:1".into(), arguments.parse().unwrap());
        Call { place, arguments }.arguments("cart".into())
    }

    #[test]
    fn every_form_of_the_macro() {
        for (arguments, path, world) in [
            ("", None, None),
            ("\"w\"", None, Some("w")),
            ("in \"idl\"", Some("idl"), None),
            ("\"a:b/w\" in r#\"idl\"#", Some("idl"), Some("a:b/w")),
            ("{}", None, None),
            ("{ path: \"a\\u{62}\" }", Some("ab"), None),
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
