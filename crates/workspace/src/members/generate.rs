//! The calls of `wit_bindgen::generate!` in a crate, and what each says about the WIT and the bindings.
//!
//! `mod` is followed from the crate's root file, `#[path]` included. What is not part of the crate does not
//! count, nor does what stands under `#[cfg(test)]`, nor a call that another macro makes.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::{Visit, visit_file, visit_item_macro};
use syn::{Attribute, Ident, Item, LitStr, Macro, Meta, Path, Token, UseTree, token};

use super::bindings::{Bindings, By};
use super::paths::normal;
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
        imported: false,
        seen: BTreeSet::new(),
        found: Vec::new(),
        error: None,
    };
    search.file(root, root.parent().unwrap_or(root));
    search.error.map_or(Ok(search.found), Err)
}

struct Search<'a> {
    krate: &'a str,
    code: &'a Snapshot,
    /// The file that is being read.
    file: Utf8PathBuf,
    /// The directory of the modules that are declared here.
    dir: Utf8PathBuf,
    /// Whether `generate!` alone is wit-bindgen's here.
    imported: bool,
    seen: BTreeSet<Utf8PathBuf>,
    found: Vec<Call>,
    /// The first file that does not parse.
    error: Option<PlainError>,
}

impl Search<'_> {
    /// Reads a file whose modules are in `dir`. A missing one is for the compiler to complain about.
    fn file(&mut self, file: &Utf8Path, dir: &Utf8Path) {
        let is_new = self.seen.insert(file.to_path_buf());
        let Some(text) = self.code.text(file).filter(|_| is_new) else {
            return;
        };
        match syn::parse_file(text) {
            Ok(parsed) => {
                let outer = std::mem::replace(&mut self.file, file.to_path_buf());
                self.within(dir.to_path_buf(), &parsed.items, |search| {
                    visit_file(search, &parsed);
                });
                self.file = outer;
            }
            Err(error) => {
                self.error.get_or_insert(PlainError::NotRust {
                    place: place(file, error.span()),
                    message: error.to_string(),
                });
            }
        }
    }

    /// Visits the items of a module whose own modules are in `dir`.
    fn within(&mut self, dir: Utf8PathBuf, items: &[Item], visit: impl FnOnce(&mut Self)) {
        let krate = self.krate;
        let imports = |item: &Item| matches!(item, Item::Use(item) if imports_generate(&item.tree, krate, false));
        let dir = std::mem::replace(&mut self.dir, dir);
        let imported = std::mem::replace(&mut self.imported, items.iter().any(imports));
        visit(self);
        (self.dir, self.imported) = (dir, imported);
    }
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_test(&module.attrs) {
            return;
        }
        let name = module.ident.unraw().to_string();
        let dir = self.dir.join(&name);
        if let Some((_, items)) = &module.content {
            return self.within(dir, items, |search| {
                items.iter().for_each(|item| search.visit_item(item));
            });
        }
        if let Some(path) = path_attribute(&module.attrs) {
            let file = normal(&self.file.with_file_name(path));
            return self.file(&file, &file.with_file_name(""));
        }
        let file = dir.with_extension("rs");
        let file = if self.code.contains(&file) {
            file
        } else {
            dir.join("mod.rs")
        };
        self.file(&file, &dir);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if !is_test(&item.attrs) {
            visit_item_macro(self, item);
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
        if names.next().map_or(self.imported, is_bindgen) {
            self.found.push(Call {
                place: place(&self.file, word.span()),
                arguments: call.tokens.clone(),
            });
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let is_test = |meta: &Meta| {
        let list = meta.require_list().ok();
        let condition = list.and_then(|list| list.parse_args::<Ident>().ok());
        meta.path().is_ident("cfg") && condition.is_some_and(|condition| condition == "test")
    };
    attributes.iter().any(|attribute| is_test(&attribute.meta))
}

/// The value of `#[path = "…"]`.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
}

/// Whether a `use` brings wit-bindgen's `generate` in; `inside` is whether wit-bindgen is named already.
fn imports_generate(tree: &UseTree, krate: &str, inside: bool) -> bool {
    match tree {
        UseTree::Path(path) => imports_generate(&path.tree, krate, inside || path.ident == krate),
        UseTree::Group(group) => {
            let mut trees = group.items.iter();
            trees.any(|tree| imports_generate(tree, krate, inside))
        }
        UseTree::Name(name) => inside && name.ident == "generate",
        UseTree::Glob(_) => inside,
        UseTree::Rename(_) => false,
    }
}

fn place(file: &Utf8Path, span: proc_macro2::Span) -> String {
    let start = span.start();
    format!("{file}:{}:{}", start.line, start.column + 1)
}

/// The arguments as they are written.
#[derive(Default)]
struct Given {
    /// Its name, and its value if that is a string.
    path: Option<Option<String>>,
    world: Option<Option<String>>,
    inline: bool,
    /// Whether there are options beside `path` and `world`.
    has_more: bool,
    bindings: Bindings,
}

impl Call {
    /// Reads the arguments: nothing, `"world"`, `in "path"`, both, or options in braces.
    pub(super) fn arguments(&self, member: String) -> Result<Arguments, PlainError> {
        let place = self.place.clone();
        let Ok(given) = Given::read.parse2(self.arguments.clone()) else {
            return Err(PlainError::NotUnderstood { member, place });
        };
        if given.inline {
            return Err(PlainError::Inline { member, place });
        }
        let option = match (&given.path, &given.world) {
            (Some(None), _) => "path",
            (_, Some(None)) => "world",
            _ => {
                let (path, world) = (given.path.flatten(), given.world.flatten());
                let texts = [("path", &path), ("world", &world)].into_iter();
                let texts =
                    texts.filter_map(|(key, text)| Some(format!("{key}: {:?}, ", text.as_ref()?)));
                let texts: String = texts.collect();
                let with_all = format!("wit_bindgen::generate!({{ {texts}generate_all }})");
                let with_all = (!given.has_more).then_some(with_all);
                let by = By::Macro { place, with_all };
                let bindings = Bindings {
                    by,
                    ..given.bindings
                };
                return Ok(Arguments {
                    path,
                    world,
                    bindings,
                });
            }
        };
        Err(PlainError::NotAString {
            member,
            option,
            place,
        })
    }
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
            given.world = Some(Some(input.parse::<LitStr>()?.value()));
        }
        if input.parse::<Option<Token![in]>>()?.is_some() {
            given.path = Some(Some(input.parse::<LitStr>()?.value()));
        }
        Ok(given)
    }

    /// One option in braces. Of those about the bindings, the ones are read that can make a stub's bindings fail.
    fn option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let key = input.call(Ident::parse_any)?.to_string();
        let has_value = input.parse::<Option<Token![:]>>()?.is_some();
        self.has_more |= key != "path" && key != "world";
        let bindings = &mut self.bindings;
        match key.as_str() {
            "inline" => self.inline = true,
            "path" => self.path = Some(string(input)),
            "world" => self.world = Some(string(input)),
            "generate_all" => bindings.generate_all = true,
            "generate_unused_types" if has_value => {
                bindings.unused_types = input.parse::<syn::LitBool>()?.value();
            }
            "with" => bindings.with.extend(list(input, remapped)?),
            "additional_derives" => {
                let path =
                    |input: ParseStream<'_>| Ok(path_text(&input.call(Path::parse_mod_style)?));
                bindings.derives.extend(list(input, path)?);
            }
            "additional_derives_ignore" => {
                let name = |input: ParseStream<'_>| Ok(input.parse::<LitStr>()?.value());
                bindings.ignored.extend(list(input, name)?);
            }
            _ => {}
        }
        while !input.is_empty() && !input.peek(Token![,]) {
            input.parse::<proc_macro2::TokenTree>()?;
        }
        Ok(())
    }
}

/// A string, or a list of one.
fn string(input: ParseStream<'_>) -> Option<String> {
    let ahead = input.fork();
    let text = |input: ParseStream<'_>| Ok(input.parse::<LitStr>()?.value());
    if !ahead.peek(token::Bracket) {
        let value = text(&ahead).ok()?;
        return (ahead.is_empty() || ahead.peek(Token![,])).then_some(value);
    }
    let mut values = list(&ahead, text).ok()?;
    values.pop().filter(|_| values.is_empty())
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

/// `"a:b/c": path::to` or `"a:b/d": generate`: what is named, and whether it is generated.
fn remapped(input: ParseStream<'_>) -> syn::Result<(String, bool)> {
    let name = input.parse::<LitStr>()?.value();
    input.parse::<Token![:]>()?;
    let path = input.call(Path::parse_mod_style)?;
    Ok((name, path.is_ident("generate")))
}

fn path_text(path: &Path) -> String {
    let names = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    names.collect::<Vec<_>>().join("::")
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
