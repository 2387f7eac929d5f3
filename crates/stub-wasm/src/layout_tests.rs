//! The layouts of golem:rpc that are written down as numbers are those that wit-parser computes.

use wit_parser::{Resolve, SizeAlign, Type, TypeDefKind};

use crate::failure::ERROR_SIZE;
use crate::handles::NODE_ID;
use crate::lower::{CHILD, LENGTH, NODE_ALIGN, NODE_SIZE, PAYLOAD};
use crate::remote::{OPTION_PAYLOAD, OPTION_SIZE, RESULT_PAYLOAD, RESULT_SIZE};
use crate::shape::Node;

fn golem_rpc() -> (Resolve, SizeAlign) {
    let mut resolve = Resolve::default();
    let texts = [
        include_str!("../../stub/wit/wasi-io-0.2.0.wit"),
        include_str!("../../stub/wit/golem-rpc-0.1.0.wit"),
    ];
    for text in texts {
        resolve.push_source("test.wit", text).unwrap();
    }
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve).unwrap();
    (resolve, sizes)
}

fn find(resolve: &Resolve, name: &str) -> Type {
    let mut types = resolve.types.iter();
    let found = types.find(|(_, ty)| ty.name.as_deref() == Some(name));
    Type::Id(found.unwrap().0)
}

fn size(sizes: &SizeAlign, ty: &Type) -> (usize, usize) {
    (sizes.size(ty).size_wasm32(), sizes.align(ty).align_wasm32())
}

#[test]
fn a_node_is_laid_out_as_assumed() {
    let (resolve, sizes) = golem_rpc();
    let node = find(&resolve, "wit-node");
    assert_eq!(
        size(&sizes, &node),
        (NODE_SIZE as usize, NODE_ALIGN as usize)
    );
    let Type::Id(id) = node else { unreachable!() };
    let TypeDefKind::Variant(variant) = &resolve.types[id].kind else {
        panic!("a node is a variant");
    };
    let cases = variant.cases.iter().map(|case| case.ty.as_ref());
    let payload = sizes.payload_offset(variant.tag(), cases).size_wasm32();
    assert_eq!(payload, PAYLOAD as usize);
    assert_eq!(LENGTH, PAYLOAD + 4);
    // a tag of four bytes, or of one and padding, before an option of an index
    assert_eq!(CHILD, PAYLOAD + 4);
    let names: Vec<&str> = variant.cases.iter().map(|case| &*case.name).collect();
    let kinds = [
        (Node::Record, "record-value"),
        (Node::Variant, "variant-value"),
        (Node::Enum, "enum-value"),
        (Node::Flags, "flags-value"),
        (Node::Tuple, "tuple-value"),
        (Node::List, "list-value"),
        (Node::Option, "option-value"),
        (Node::Result, "result-value"),
        (Node::U8, "prim-u8"),
        (Node::U16, "prim-u16"),
        (Node::U32, "prim-u32"),
        (Node::U64, "prim-u64"),
        (Node::S8, "prim-s8"),
        (Node::S16, "prim-s16"),
        (Node::S32, "prim-s32"),
        (Node::S64, "prim-s64"),
        (Node::F32, "prim-float32"),
        (Node::F64, "prim-float64"),
        (Node::Char, "prim-char"),
        (Node::Bool, "prim-bool"),
        (Node::String, "prim-string"),
        (Node::Handle, "handle"),
    ];
    assert_eq!(names.len(), kinds.len());
    for (kind, name) in kinds {
        assert_eq!(names[kind as usize], name);
    }
}

#[test]
fn the_results_of_calls_are_laid_out_as_assumed() {
    let (resolve, sizes) = golem_rpc();
    let (_, rpc) = resolve.interfaces.iter().next_back().unwrap();
    let result = |name: &str| rpc.functions[name].result.unwrap();
    let wait = result("[method]wasm-rpc.invoke-and-await");
    assert_eq!(size(&sizes, &wait), (RESULT_SIZE as usize, 4));
    let trigger = result("[method]wasm-rpc.invoke");
    assert_eq!(size(&sizes, &trigger), (RESULT_SIZE as usize, 4));
    let get = result("[method]future-invoke-result.get");
    assert_eq!(size(&sizes, &get), (OPTION_SIZE as usize, 4));
    let (value, error) = (find(&resolve, "wit-value"), find(&resolve, "rpc-error"));
    assert_eq!(size(&sizes, &value), (8, 4));
    assert_eq!(size(&sizes, &error), (ERROR_SIZE as usize, 4));
    assert_eq!((RESULT_PAYLOAD, OPTION_PAYLOAD), (4, 4));
}

#[test]
fn a_handle_is_laid_out_as_assumed() {
    let (resolve, sizes) = golem_rpc();
    let uri = find(&resolve, "uri");
    let offsets = sizes.field_offsets([&uri, &Type::U64]);
    let id = offsets[1].0.size_wasm32();
    assert_eq!(NODE_ID as usize, PAYLOAD as usize + id);
}
