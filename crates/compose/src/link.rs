//! The composition graph: which instance gets which export, and its encoding.
//!
//! Starts at the caller and instantiates just the stubs that are needed, each once, also where one
//! stub needs another. The types of a link are checked when it is made; the encoded bytes are
//! validated, and checked for imports that a stub should have satisfied.

use std::error::Error;

use wac_graph::{CompositionGraph, EncodeError, EncodeOptions, InstantiationArgumentError, NodeId};
use wasmparser::types::Types;
use wasmparser::{BinaryReaderError, Parser, Payload, Validator};

use crate::error::ComposeError;
use crate::explain;
use crate::input::{CALLER, Part, Parts, Wire, unversioned};

/// An import that a stub satisfies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The name of the input that imports: the caller, or a stub that needs another stub.
    pub importer: String,
    /// The imported interface, as in `shop:history-stub/stub-history@1.0.0`.
    pub import: String,
    /// The name of the stub.
    pub stub: String,
    /// The interface that the stub exports: `import`, or a compatible version of it.
    pub export: String,
}

/// A stub that nothing imports, so that it is not in the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// The name of the stub.
    pub stub: String,
    /// The interfaces that it exports, as in `shop:history-stub/stub-history@1.0.0`.
    pub exports: Vec<String>,
}

impl Unused {
    /// The WIT lines, one for each exported interface, any of which would use the stub when
    /// written in the caller's world.
    pub fn import_lines(&self) -> impl Iterator<Item = String> {
        self.exports.iter().map(|id| format!("import {id};"))
    }
}

/// The linked graph.
pub(crate) struct Linked<'a> {
    parts: &'a Parts<'a>,
    graph: CompositionGraph,
    /// By part: the instance, where the part is used.
    nodes: Vec<Option<NodeId>>,
    wires: Vec<Wire<'a>>,
}

impl<'a> Linked<'a> {
    pub(crate) fn new(parts: &'a Parts<'a>, graph: CompositionGraph) -> Result<Self, ComposeError> {
        let nodes = vec![None; parts.all().len()];
        let wires = Vec::new();
        let mut linked = Self {
            parts,
            graph,
            nodes,
            wires,
        };
        linked.instantiate(CALLER, &mut Vec::new())?;
        linked.check_versions()?;
        Ok(linked)
    }

    /// The instance of a part, with all its links. `above` are the parts that wait for it.
    fn instantiate(&mut self, part: usize, above: &mut Vec<usize>) -> Result<NodeId, ComposeError> {
        if let Some(node) = self.nodes[part] {
            return Ok(node);
        }
        let parts = self.parts;
        above.push(part);
        let node = self.graph.instantiate(parts.all()[part].package);
        for import in &parts.all()[part].imports {
            match parts.provider(import) {
                Some((export, stub)) if stub != part => {
                    check_circle(parts, stub, above)?;
                    let provider = self.instantiate(stub, above)?;
                    let importer = part;
                    let wire = Wire {
                        importer,
                        import,
                        stub,
                        export,
                    };
                    self.connect(node, provider, wire)?;
                }
                _ => {}
            }
        }
        above.pop();
        self.nodes[part] = Some(node);
        Ok(node)
    }

    fn connect(
        &mut self,
        importer: NodeId,
        stub: NodeId,
        wire: Wire<'a>,
    ) -> Result<(), ComposeError> {
        let alias = self.graph.alias_instance_export(stub, wire.export);
        let export = alias.expect("the providers are read from the exports of the stubs");
        self.graph
            .set_instantiation_argument(importer, wire.import, export)
            .map_err(|error| match error {
                InstantiationArgumentError::ArgumentTypeMismatch { source, .. } => {
                    explain::types_differ(self.parts, &wire, source.into())
                }
                other => refused(self.parts, other),
            })?;
        self.wires.push(wire);
        Ok(())
    }

    /// A stub that is unused just because its version is not compatible is stale, not superfluous.
    fn check_versions(&self) -> Result<(), ComposeError> {
        for stub in self.parts_where(Option::is_none) {
            for export in &stub.exports {
                if let Some((importer, import)) = self.open_import_like(export) {
                    return Err(ComposeError::OtherVersion {
                        importer: importer.input.name.to_owned(),
                        import: import.to_owned(),
                        stub: stub.input.name.to_owned(),
                        export: export.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// An import that no stub satisfies, of an interface that is `export` but for the version.
    fn open_import_like(&self, export: &str) -> Option<(&'a Part<'a>, &'a str)> {
        let used = self.parts_where(Option::is_some);
        let imports = used.flat_map(|part| part.imports.iter().map(move |id| (part, id.as_str())));
        imports
            .filter(|(_, import)| unversioned(import) == unversioned(export))
            .find(|(_, import)| self.parts.provider(import).is_none())
    }

    fn parts_where(
        &self,
        state: impl Fn(&Option<NodeId>) -> bool,
    ) -> impl Iterator<Item = &'a Part<'a>> {
        let all = self.parts.all().iter().zip(&self.nodes);
        all.filter_map(move |(part, node)| state(node).then_some(part))
    }

    /// The component, not validated: the caller's own bytes where no stub is used.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, ComposeError> {
        if self.wires.is_empty() {
            Ok(self.parts.all()[CALLER].input.wasm.to_vec())
        } else {
            self.encode_graph()
        }
    }

    /// Checks the encoded component; gives its types.
    pub(crate) fn validate(&self, wasm: &[u8]) -> Result<Types, ComposeError> {
        let types = Validator::new().validate_all(wasm);
        types.map_err(|error| explain::invalid(self.parts, &self.wires, error))
    }

    /// The graph as a component that exports what the caller exports.
    fn encode_graph(&self) -> Result<Vec<u8>, ComposeError> {
        let mut graph = self.graph.clone();
        let caller = self.nodes[CALLER].expect("the caller is instantiated first");
        let world = graph[self.parts.all()[CALLER].package].ty();
        let exports: Vec<String> = graph.types()[world].exports.keys().cloned().collect();
        for name in exports {
            let alias = graph.alias_instance_export(caller, &name);
            let item = alias.expect("the names are those of the caller's exports");
            graph
                .export(item, name)
                .map_err(|error| refused(self.parts, error))?;
        }
        let options = EncodeOptions {
            define_components: true,
            validate: false,
            processor: None,
        };
        graph.encode(options).map_err(|error| match error {
            EncodeError::ImportTypeMergeConflict {
                import,
                first,
                second,
                source,
            } => {
                let (first, second) = (self.part_of(first), self.part_of(second));
                explain::imports_differ(&import, first, second, source.into())
            }
            other => refused(self.parts, other),
        })
    }

    fn part_of(&self, node: NodeId) -> &'a Part<'a> {
        let part = self.nodes.iter().position(|&known| known == Some(node));
        &self.parts.all()[part.expect("every instance belongs to a part")]
    }

    /// The names of the imports of the encoded component; none is an interface of a stub.
    pub(crate) fn imports(&self, wasm: &[u8]) -> Result<Vec<String>, ComposeError> {
        let imports = import_names(wasm).map_err(|error| refused(self.parts, error))?;
        for import in &imports {
            if let Some((_, stub)) = self.parts.provider(import) {
                return Err(ComposeError::StillImported {
                    interface: import.clone(),
                    stub: self.parts.name(stub),
                });
            }
        }
        Ok(imports)
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        let link = |wire: &Wire<'_>| Link {
            importer: self.parts.name(wire.importer),
            import: wire.import.to_owned(),
            stub: self.parts.name(wire.stub),
            export: wire.export.to_owned(),
        };
        self.wires.iter().map(link).collect()
    }

    pub(crate) fn unused(&self) -> Vec<Unused> {
        let unused = |part: &Part<'_>| Unused {
            stub: part.input.name.to_owned(),
            exports: part.exports.clone(),
        };
        self.parts_where(Option::is_none).map(unused).collect()
    }
}

/// Refuses a stub that is needed by one that it needs itself.
fn check_circle(parts: &Parts<'_>, stub: usize, above: &[usize]) -> Result<(), ComposeError> {
    let Some(start) = above.iter().position(|&waiting| waiting == stub) else {
        return Ok(());
    };
    let circle = above[start..].iter().chain([&stub]);
    let names = circle.map(|&part| parts.name(part)).collect();
    Err(ComposeError::Circle { names })
}

fn refused(parts: &Parts<'_>, error: impl Error + Send + Sync + 'static) -> ComposeError {
    ComposeError::Refused {
        caller: parts.name(CALLER),
        source: error.into(),
    }
}

/// The names of a component's imports, without those of the components inside it.
fn import_names(wasm: &[u8]) -> Result<Vec<String>, BinaryReaderError> {
    let mut names = Vec::new();
    let mut depth = 0u32;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    names.push(import?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(names)
}
