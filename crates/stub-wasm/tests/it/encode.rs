//! Every stub becomes a valid component that exports the stub's interface and nothing else.

use golem_rpc_stub_wasm::emit;
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve};

use crate::corpus;
use crate::host::Compiled;

/// A package as WIT text, without its worlds and docs.
fn interfaces(resolve: &Resolve, package: PackageId) -> String {
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print(resolve, package, &[]).unwrap();
    let text = printer.output.to_string();
    let text = text.split("\nworld ").next().unwrap_or_default();
    text.trim_end().to_string()
}

#[test]
fn every_component_exports_the_stub() {
    for world in corpus::worlds() {
        let stub = corpus::stub(&world);
        let wasm = emit(&stub).unwrap_or_else(|e| panic!("{world}: {e}"));
        let decoded = wit_component::decode(&wasm);
        let Ok(DecodedWasm::Component(resolve, id)) = decoded else {
            panic!("{world}: a component was made");
        };
        let exports = resolve.worlds[id].exports.keys();
        let exports: Vec<String> = exports.map(|key| resolve.name_world_key(key)).collect();
        assert_eq!(exports, [stub.resolve.id_of(stub.interface).unwrap()]);
        let name = &stub.resolve.packages[stub.package].name;
        let package = resolve.package_names[name];
        assert_eq!(
            interfaces(&resolve, package),
            interfaces(&stub.resolve, stub.package),
            "{world}"
        );
    }
}

/// `@external-id` is for readers of WIT; a component that has it needs an engine that knows it.
#[test]
fn external_ids_are_not_passed_on() {
    let stub = corpus::stub_of_text(
        "package demo:named;
        interface api {
          @external-id(\"hi\")
          record point { x: s32 }
          @external-id(\"there\")
          echo: func(point: point) -> point;
        }
        world named { export api; }",
    );
    Compiled::quickly(&stub, &emit(&stub).unwrap());
}
