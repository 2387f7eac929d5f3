//! What is generated: it is right, and the same every time.

use golem_rpc_stub::{GolemRpc, RpcErrors, Stub, StubOptions};
use golem_rpc_stub_rust::{CrateOptions, generate};
use golem_rpc_stub_wasm::emit;

use crate::corpus::{World, assert_beside, each, worlds};

fn accepted() -> Vec<World> {
    let mut worlds = worlds();
    worlds.retain(|world| !world.is_refused());
    worlds
}

/// The stub's WIT is parsed by `Stub::new`, the component validated by `emit`.
#[test]
fn the_same_stub_twice() {
    each(&accepted(), |world| {
        let stub = world.stub(&StubOptions::default());
        let again = world.stub(&StubOptions::default());
        assert!(stub.skipped.is_empty(), "nothing is left out");
        assert!(stub.wit == again.wit, "its WIT is not the same twice");
        let bytes = emit(&stub).unwrap_or_else(|error| panic!("{error}"));
        assert!(bytes == emit(&again).unwrap(), "not the same component");
        let options = CrateOptions::new(format!("{}-stub", world.name));
        match (generate(&stub, &options), generate(&again, &options)) {
            (Ok(files), again) => {
                assert_beside(world, "crate-refused.txt", None);
                assert!(files == again.unwrap(), "not the same crate");
            }
            (Err(error), _) => {
                assert_beside(world, "crate-refused.txt", Some(&format!("{error}\n")));
            }
        }
    });
}

/// With all options there are.
#[test]
fn stubs_with_other_options() {
    each(&accepted(), |world| {
        for golem_rpc in GolemRpc::ALL {
            for rpc_errors in RpcErrors::ALL {
                let options = StubOptions {
                    golem_rpc,
                    rpc_errors,
                    ..StubOptions::default()
                };
                let stub = Stub::new(&world.accepted(), &options);
                let stub = stub.unwrap_or_else(|e| panic!("{golem_rpc}, {rpc_errors}: {e}"));
                assert_eq!(stub.options, options);
                if let Err(error) = emit(&stub) {
                    panic!("{golem_rpc}, {rpc_errors}: {error}");
                }
            }
        }
    });
}

/// WIT as an encoded package is the same WIT: the stub has the same text. An encoded package keeps
/// the documentation of its own WIT only, not that of its dependencies.
#[test]
fn the_same_stub_of_an_encoded_package() {
    each(&accepted(), |world| {
        let stub = world.stub(&StubOptions::default());
        let other = Stub::new(&world.encoded(), &StubOptions::default());
        let other = other.unwrap_or_else(|error| panic!("{error}"));
        for (path, content) in stub.wit.iter() {
            let text = std::str::from_utf8(content).unwrap();
            let of_encoded = other.wit.text(path).unwrap_or_default();
            if path.starts_with("deps") {
                assert_eq!(undocumented(of_encoded), undocumented(text), "{path}")
            } else {
                assert_eq!(of_encoded, text, "{path}")
            }
        }
        assert_eq!(stub.wit.len(), other.wit.len());
    });
}

fn undocumented(wit: &str) -> String {
    let lines = wit.lines().filter(|line| !line.trim().starts_with("///"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A target of the world itself, to be called.
#[test]
fn every_world_can_be_exported() {
    each(&accepted(), |world| {
        let source = world.accepted();
        let bytes = golem_rpc_tests::echo::component(&source.resolve, source.world);
        let again = golem_rpc_tests::echo::component(&source.resolve, source.world);
        assert!(bytes == again, "not the same component twice");
    });
}
