//! The sources of a crate → which module depends on which.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

use crate::circle::Edges;

/// A path as segments, from the crate's root or from wherever it stands.
type Segments = Vec<String>;

/// The modules of a crate, each a file with its inline modules, by their paths from the root.
pub(crate) struct Modules(BTreeMap<Segments, Paths>);

/// The paths in a file, each with the module (inline ones too) that it stands in.
#[derive(Default)]
struct Paths {
    module: Segments,
    used: Vec<(Segments, Segments)>,
    /// What it re-exports: the name here, and where it comes from.
    exported: Vec<(String, Segments, Segments)>,
}

impl Modules {
    /// The modules of the crate whose `src` this is.
    pub(crate) fn read(src: &Path) -> Modules {
        let mut files = Vec::new();
        collect(src, "", &mut files);
        Modules::parse(
            files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str())),
        )
    }

    /// The modules of a crate of these files, named from `src`.
    pub(crate) fn parse<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Modules {
        let parsed = files.map(|(name, text)| {
            let module = module(name);
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut paths = Paths {
                module: module.clone(),
                ..Paths::default()
            };
            paths.visit_file(&file);
            (module, paths)
        });
        Modules(parsed.collect())
    }

    /// Which module depends on which.
    pub(crate) fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (module, paths) in &self.0 {
            let to = edges.entry(module.join("::")).or_default();
            for (within, path) in &paths.used {
                let target = self.target(within, path);
                if let Some(target) = target.filter(|target| target != module) {
                    to.entry(target.join("::")).or_insert(path.join("::"));
                }
            }
        }
        edges
    }

    /// The module that defines what a path leads to; none if that is no item of this crate.
    fn target(&self, within: &[String], path: &[String]) -> Option<Segments> {
        let mut full = self.absolute(within, path)?;
        for _ in 0..10 {
            let module = self.file_of(&full);
            let name = full.get(module.len());
            let exported = self.0[&module].exported.iter();
            let from = exported.filter(|(exported, ..)| Some(exported) == name);
            let mut from = from.filter_map(|(_, within, path)| self.absolute(within, path));
            match from.next() {
                Some(from) if from != full => full = from,
                _ => return Some(module),
            }
        }
        None
    }

    /// A path from the root; none if it begins with something else than a module of this crate.
    fn absolute(&self, within: &[String], path: &[String]) -> Option<Segments> {
        let mut base = within.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => base.clear(),
            "self" | "super" => {}
            first => {
                let child = [self.file_of(within), vec![first.to_string()]].concat();
                return self.0.contains_key(&child).then(|| [&base, path].concat());
            }
        }
        while let [first, tail @ ..] = rest {
            match first.as_str() {
                "super" => drop_last(&mut base),
                "crate" | "self" => {}
                _ => break,
            }
            rest = tail;
        }
        Some([&base, rest].concat())
    }

    /// The file that a path from the root leads into.
    fn file_of(&self, path: &[String]) -> Segments {
        let prefixes = (0..=path.len()).rev().map(|len| &path[..len]);
        let mut files = prefixes.filter(|prefix| self.0.contains_key(*prefix));
        files.next().unwrap_or_default().to_vec()
    }
}

fn drop_last(segments: &mut Segments) {
    segments.pop();
}

/// The files below a directory that are compiled without tests.
fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let name = format!("{prefix}{file}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The module of a file, as a path from the root.
fn module(file: &str) -> Segments {
    let name = file.trim_end_matches(".rs");
    let name = name.strip_suffix("/mod").unwrap_or(name);
    match name {
        "lib" | "main" => Vec::new(),
        name => name.split('/').map(str::to_string).collect(),
    }
}

impl Paths {
    fn add(&mut self, path: Segments) {
        self.used.push((self.module.clone(), path));
    }

    /// The paths in the tokens of a macro that say that they are of this crate.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => continue,
                TokenTree::Ident(ident)
                    if ["crate", "super"].contains(&&*ident.to_string())
                        && path.last().is_none_or(|last| last != "super") =>
                {
                    self.end(&mut path);
                    path.push(ident.to_string());
                }
                TokenTree::Ident(ident) if !path.is_empty() => path.push(ident.to_string()),
                TokenTree::Group(group) => {
                    self.end(&mut path);
                    self.tokens(group.stream());
                }
                _ => self.end(&mut path),
            }
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Segments) {
        if path.len() > 1 {
            self.add(path.clone());
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        for (name, path) in flat(&item.tree, &[]) {
            match item.vis {
                Visibility::Inherited => self.add(path),
                _ => self.exported.push((name, self.module.clone(), path)),
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Segments = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if segments.len() > 1 {
            self.add(segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(item.tokens.clone());
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let test = |path: syn::Path| path.is_ident("test");
    attribute.path().is_ident("cfg") && attribute.parse_args().is_ok_and(test)
}

/// The paths of a `use`, each with the name that it has here.
fn flat(tree: &UseTree, before: &[String]) -> Vec<(String, Segments)> {
    let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => flat(&path.tree, &with(&path.ident)),
        UseTree::Name(name) if name.ident == "self" => {
            let own = before.last().cloned().unwrap_or_default();
            vec![(own, before.to_vec())]
        }
        UseTree::Name(name) => vec![(name.ident.to_string(), with(&name.ident))],
        UseTree::Rename(rename) => vec![(rename.rename.to_string(), with(&rename.ident))],
        UseTree::Glob(_) => vec![("*".into(), before.to_vec())],
        UseTree::Group(group) => {
            let trees = group.items.iter();
            trees.flat_map(|tree| flat(tree, before)).collect()
        }
    }
}
