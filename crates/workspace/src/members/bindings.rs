//! How a member's bindings are generated: as the component section of its manifest asks cargo-component, or as the
//! call of `wit_bindgen::generate!` in its code says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// How a member's bindings are generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bindings {
    pub(crate) by: By,
    /// Whether bindings are generated for everything that the world imports.
    pub(crate) generate_all: bool,
    /// The interfaces that are remapped, and whether bindings are generated for them all the same.
    pub(crate) with: BTreeMap<String, bool>,
    /// The traits that types derive in addition to those that they always derive.
    pub(crate) derives: Vec<String>,
    /// The types that do not derive them.
    pub(crate) ignored: BTreeSet<String>,
    /// Whether unused types get bindings too.
    pub(crate) unused_types: bool,
}

/// What generates bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// cargo-component, as the manifest says.
    #[default]
    Manifest,
    /// A call of wit-bindgen's macro.
    Macro {
        /// `file:line:column`
        place: String,
        /// The same call with `generate_all`, if that is easily written.
        with_all: Option<String>,
    },
}

impl Bindings {
    /// What the component section of a manifest asks of cargo-component.
    pub(crate) fn of_section(section: &Value) -> Bindings {
        let table = section.get("bindings");
        let get = |key: &str| table.and_then(|table| table.get(key));
        let is = |key: &str| get(key).and_then(Value::as_bool);
        let with = get("with").and_then(Value::as_object).into_iter().flatten();
        let derives = get("derives").and_then(Value::as_array);
        let derives = derives.into_iter().flatten().filter_map(Value::as_str);
        Bindings {
            generate_all: is("generate_all").unwrap_or(true),
            with: with.map(|(name, _)| (name.clone(), false)).collect(),
            derives: derives.map(str::to_string).collect(),
            unused_types: is("generate_unused_types").unwrap_or_default(),
            ..Bindings::default()
        }
    }

    /// Whether there are bindings of another package's interface, or something that stands for them.
    pub(crate) fn covers(&self, interface: &str) -> bool {
        self.generate_all || self.with.contains_key(interface)
    }
}
