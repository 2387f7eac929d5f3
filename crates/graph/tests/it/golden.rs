//! Every rendering of every graph, as it was approved.

use std::fs;
use std::path::Path;

use golem_rpc_graph::{Graph, dot, json, mermaid, svg, tree};

use crate::graphs;

type Render = fn(&Graph) -> String;

const FORMATS: [(&str, Render); 5] = [
    ("txt", tree::render),
    ("dot", dot::render),
    ("mmd", mermaid::render),
    ("json", json::render),
    ("svg", svg::render),
];

#[test]
fn every_rendering_is_as_it_was() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, graph) in graphs::all() {
        for (format, render) in FORMATS {
            let path = dir.join(format!("{name}.{format}"));
            let text = render(&graph);
            if bless {
                fs::create_dir_all(&dir).unwrap();
                fs::write(&path, &text).unwrap();
            } else if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
                wrong.push(path.display().to_string());
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "these differ; BLESS=1 rewrites them: {wrong:#?}"
    );
}

#[test]
fn a_document_reads_back_and_is_closed() {
    let text = json::render(&graphs::six());
    let document: json::Document = serde_json::from_str(&text).unwrap();
    assert_eq!(document, json::document(&graphs::six()));
    let more = text.replacen("\"links\"", "\"more\": 1, \"links\"", 1);
    assert!(serde_json::from_str::<json::Document>(&more).is_err());
}
