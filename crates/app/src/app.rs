//! The manifests of an application, taken together.
//!
//! | what | is said by |
//! |---|---|
//! | where a component's WIT is | `sourceWit`: of the component's profile, the component, its template's profile, its template |
//! | where its crate is | the directory around that, as golem-cli finds its Cargo.toml |
//! | whom it calls | `dependencies.<component>`, a list, in any of the manifests |

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::{Class, Snapshot, normal};

use crate::template::fill;
use crate::yaml::{self, Entry, Node, Value};

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The manifest.
    pub file: Utf8PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Where it is declared.
    pub place: Place,
    /// The template that it is built by.
    pub template: Option<String>,
    /// Where the user writes its WIT.
    pub source_wit: Utf8PathBuf,
    /// Where golem-cli puts the WIT that is compiled.
    pub generated_wit: Option<Utf8PathBuf>,
    /// What it is to Golem.
    pub kind: Kind,
}

impl Component {
    /// The directory of its crate, if it is one.
    pub fn dir(&self) -> &Utf8Path {
        self.source_wit.parent().unwrap_or(&self.source_wit)
    }
}

/// What a component is to Golem: `componentType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Workers that keep their state.
    #[default]
    Durable,
    /// A new worker for each call.
    Ephemeral,
    /// Part of other components, and never a worker.
    Library,
}

/// A component that another one depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Where the entry begins.
    pub place: Place,
    /// The component that depends.
    pub component: String,
    /// `type`: `wasm-rpc`, `static-wasm-rpc`, `wasm`.
    pub kind: String,
    /// What it depends on.
    pub target: Target,
}

impl Dependency {
    /// Whether it is about calls between workers. Without a type it is, as golem-cli takes it.
    pub fn is_rpc(&self) -> bool {
        matches!(self.kind.as_str(), "wasm-rpc" | "static-wasm-rpc")
    }
}

/// What a dependency leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A component of the application.
    Component(String),
    /// A wasm file, by path or URL.
    Wasm(String),
    /// Nothing: the entry names no target.
    Missing,
}

/// An application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Its manifests, the topmost first.
    pub manifests: Vec<Utf8PathBuf>,
    /// The components by name.
    pub components: BTreeMap<String, Component>,
    /// The dependencies, in the order in which they stand.
    pub dependencies: Vec<Dependency>,
    /// Directories of WIT packages that all components share.
    pub wit_deps: Vec<Utf8PathBuf>,
    /// The version of the manifests' schema, if a comment names it: `1.2.2`.
    pub schema: Option<String>,
}

/// Why a manifest cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AppError {
    /// It is not YAML, or has another shape than golem-cli's.
    #[error("`{}`, line {}: {message}", .place.file, .place.line)]
    Broken {
        /// Where.
        place: Place,
        /// What is wrong.
        message: String,
    },
    /// It is not text.
    #[error("`{file}` is not UTF-8 text")]
    NotUtf8 {
        /// The file.
        file: Utf8PathBuf,
    },
}

impl AppError {
    /// What sort of failure it is.
    pub fn class(&self) -> Class {
        Class::Workspace
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            AppError::Broken { .. } => "fix it there; `golem-cli` says more about it".into(),
            AppError::NotUtf8 { file } => format!("save `{file}` as UTF-8"),
        }
    }
}

/// A text as a map, if there is anything in it.
pub(crate) fn root_of(file: &Utf8Path, text: &str) -> Result<Option<Rc<Node>>, AppError> {
    let broken = |line, message| AppError::Broken {
        place: place(file, line),
        message,
    };
    let root = yaml::parse(text).map_err(|error| broken(error.line, error.message))?;
    match &root {
        Some(node) if !matches!(node.value, Value::Map(_) | Value::Null) => {
            Err(broken(node.line, "an application manifest is a map".into()))
        }
        _ => Ok(root.filter(|node| matches!(node.value, Value::Map(_)))),
    }
}

impl App {
    /// The application whose topmost manifest is `root`; the others are those in `files`.
    ///
    /// # Errors
    /// If one of them is not YAML, or has another shape than golem-cli's.
    pub fn read(root: &Utf8Path, files: &Snapshot) -> Result<App, AppError> {
        let others = files
            .iter()
            .map(|(path, _)| path)
            .filter(|path| *path != root);
        let root = files.contains(root).then_some(root);
        let mut reading = Reading::default();
        for file in root.into_iter().chain(others) {
            let text = files.text(file).ok_or_else(|| AppError::NotUtf8 {
                file: file.to_path_buf(),
            })?;
            reading.app.manifests.push(file.to_path_buf());
            let schema = schema_of(text).filter(|_| reading.app.schema.is_none());
            reading.app.schema = schema.or(reading.app.schema.take());
            if let Some(root) = root_of(file, text)? {
                reading.take(file, &root)?;
            }
        }
        reading.finish()
    }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    app: App,
    templates: BTreeMap<String, Rc<Node>>,
    components: BTreeMap<String, (Place, Rc<Node>)>,
}

impl Reading {
    fn take(&mut self, file: &Utf8Path, root: &Node) -> Result<(), AppError> {
        let dir = file.parent().unwrap_or(Utf8Path::new("/"));
        for Entry { key, node, .. } in map(file, root, "templates")? {
            self.templates.insert(key.clone(), node.clone());
        }
        for Entry { key, line, node } in map(file, root, "components")? {
            let entry = (place(file, *line), node.clone());
            if let Some((first, _)) = self.components.insert(key.clone(), entry) {
                return Err(AppError::Broken {
                    place: place(file, *line),
                    message: format!("the component `{key}` a second time; it is also in {first}"),
                });
            }
        }
        let shared = root.get("witDeps").map(|node| node.texts());
        let shared = shared.into_iter().flatten();
        self.app
            .wit_deps
            .extend(shared.map(|path| normal(&dir.join(path))));
        for Entry { key, node, .. } in map(file, root, "dependencies")? {
            let Value::List(items) = &node.value else {
                continue;
            };
            let items = items.iter().map(|item| dependency(file, key, item));
            self.app.dependencies.extend(items);
        }
        Ok(())
    }

    fn finish(self) -> Result<App, AppError> {
        let Reading {
            mut app,
            templates,
            components,
        } = self;
        for (name, (place, node)) in components {
            let template = node
                .get("template")
                .and_then(|node| node.texts().first().copied());
            let template = template.map(str::to_string);
            let base = template.as_ref().and_then(|name| templates.get(name));
            let property = |key: &str| property(&node, base, key);
            let dir = place.file.parent().unwrap_or(Utf8Path::new("/"));
            let path = |key: &str| -> Result<Option<Utf8PathBuf>, AppError> {
                let Some((text, line)) = property(key) else {
                    return Ok(None);
                };
                let filled = fill(&text, &name).ok_or_else(|| AppError::Broken {
                    place: place.clone(),
                    message: format!(
                        "`{key}` of `{name}` is `{text}` (line {line}), and of what stands in braces only `component_name` is understood"
                    ),
                })?;
                Ok(Some(normal(&dir.join(filled))))
            };
            let component = Component {
                source_wit: path("sourceWit")?.unwrap_or_else(|| dir.join("wit")),
                generated_wit: path("generatedWit")?,
                kind: match property("componentType") {
                    Some((kind, _)) if kind == "ephemeral" => Kind::Ephemeral,
                    Some((kind, _)) if kind == "library" => Kind::Library,
                    _ => Kind::Durable,
                },
                place: place.clone(),
                template,
            };
            app.components.insert(name, component);
        }
        Ok(app)
    }
}

fn place(file: &Utf8Path, line: usize) -> Place {
    Place {
        file: file.to_path_buf(),
        line,
    }
}

/// The entries of a map of the manifest.
fn map<'n>(file: &Utf8Path, root: &'n Node, key: &str) -> Result<&'n [Entry], AppError> {
    match root.get(key).map(|node| (&node.value, node.line)) {
        None => Ok(&[]),
        Some((Value::Map(entries), _)) => Ok(entries),
        Some((_, line)) => Err(AppError::Broken {
            place: place(file, line),
            message: format!("`{key}` should be a map"),
        }),
    }
}

fn dependency(file: &Utf8Path, component: &str, item: &Node) -> Dependency {
    let text = |key| {
        item.get(key)
            .and_then(|node| node.text())
            .map(str::to_string)
    };
    let wasm = || text("path").or_else(|| text("url"));
    Dependency {
        place: place(file, item.line),
        component: component.to_string(),
        kind: text("type").unwrap_or_else(|| "wasm-rpc".to_string()),
        target: match text("target") {
            Some(target) => Target::Component(target),
            None => wasm().map_or(Target::Missing, Target::Wasm),
        },
    }
}

/// A property of a component, where it is said first, with its line.
fn property(component: &Node, template: Option<&Rc<Node>>, key: &str) -> Option<(String, usize)> {
    let template = template.map(Rc::as_ref);
    let named = |node: &Node| node.get("defaultProfile")?.text().map(str::to_string);
    let default = named(component).or_else(|| named(template?));
    let profile = |node: &'_ Node| -> Option<Rc<Node>> {
        let profiles = node.get("profiles")?;
        match &default {
            Some(name) => profiles.get(name).cloned(),
            None => profiles.entries().first().map(|entry| entry.node.clone()),
        }
    };
    let of = |node: &Node| {
        let node = node.get(key)?;
        Some((node.text()?.to_string(), node.line))
    };
    let within = |node: &Node| profile(node).and_then(|profile| of(&profile));
    within(component)
        .or_else(|| of(component))
        .or_else(|| within(template?))
        .or_else(|| of(template?))
}

/// The version of the schema that a comment names: `…/app/golem/1.2.2/golem.schema.json`.
fn schema_of(text: &str) -> Option<String> {
    let comments = text
        .lines()
        .filter(|line| line.trim_start().starts_with('#'));
    let mut versions = comments.filter_map(|line| {
        let (_, behind) = line.split_once("schema.golem.cloud/app/")?;
        behind.split('/').nth(1)
    });
    versions.next().map(str::to_string)
}

#[cfg(test)]
mod tests;
