//! Values make the round trip: into the stub, over golem:rpc to the target, and back.
//!
//! In the local runtime one worker is the emitted stub component, another the echo of the target's
//! world (`golem_rpc_tests::echo`). Every function of the stub is called with random values, and
//! gives what the echo's rules say; resources are made, lent, given away and dropped, and in the end
//! nobody keeps any.

use golem_rpc_local::wire::WitNode;
use golem_rpc_stub::{GolemRpc, Receiver, RpcErrors, Stub, StubFunction, StubOptions};
use golem_rpc_stub_wasm::emit;
use golem_rpc_tests::echo::{self, same_type};

use wit_parser::TypeId;

use crate::caller::{Caller, handle_uri, single_handle};
use crate::corpus::{World, each, worlds};
use crate::random::Random;
use crate::value::Value;

/// How often each function is called in each way.
const ROUNDS: usize = 4;
/// How many remote resources are kept between calls.
const KEPT: usize = 5;

#[test]
fn every_value_comes_back() {
    let mut worlds = worlds();
    worlds.retain(|world| !world.is_refused());
    each(&worlds, |world| {
        round_trip(world, &StubOptions::default());
    });
}

#[test]
fn errors_as_results() {
    with_options(StubOptions {
        rpc_errors: RpcErrors::Result,
        ..StubOptions::default()
    });
}

#[test]
fn golem_rpc_0_2_0() {
    with_options(StubOptions {
        golem_rpc: GolemRpc::V0_2_0,
        ..StubOptions::default()
    });
}

#[test]
fn golem_rpc_0_2_2_with_errors_as_results() {
    with_options(StubOptions {
        golem_rpc: GolemRpc::V0_2_2,
        rpc_errors: RpcErrors::Result,
        ..StubOptions::default()
    });
}

/// A handful of worlds.
fn with_options(options: StubOptions) {
    let names = [
        "world-level",
        "zoo",
        "only-params",
        "parameter-names",
        "resource-constructor-params",
        "resource-statics",
        "resource-in-records",
        "resources-several",
    ];
    let mut worlds = worlds();
    worlds.retain(|world| names.contains(&&*world.name));
    assert_eq!(worlds.len(), names.len());
    each(&worlds, |world| round_trip(world, &options));
}

/// Calls every function of a world's stub.
pub(crate) fn round_trip(world: &World, options: &StubOptions) {
    let source = world.accepted();
    let stub = world.stub(options);
    let skipped: Vec<&str> = stub.skipped.iter().map(|s| &*s.wire_name).collect();
    let resolve = echo::without(&source.resolve, source.world, &skipped);
    let target = echo::component(&resolve, source.world);
    let wasm = emit(&stub).unwrap_or_else(|error| panic!("{error}"));
    let mut random = Random(world.name.bytes().map(u64::from).sum());
    let mut caller = Caller::new(&stub, wasm, target);
    for function in stub.resources.iter().flat_map(|r| &r.functions) {
        for _ in 0..ROUNDS {
            for start in [false, true] {
                exercise(&mut caller, &stub, function, start, &mut random);
            }
            caller.drop_to(&mut random, KEPT);
        }
    }
    assert!(caller.calls > 0 || stub.resources.iter().all(|r| r.functions.is_empty()));
    make_all(&mut caller, &stub, &mut random);
    caller.finish(&mut random);
    if let Some(function) = functions(&stub).find(|f| tells_alive(&stub, f)) {
        let alive = caller.call_target(&function.wire_name);
        assert_eq!(alive, Some(Value::Plain(WitNode::PrimU32(0))));
    }
}

fn functions(stub: &Stub) -> impl Iterator<Item = &StubFunction> {
    stub.resources
        .iter()
        .flat_map(|resource| &resource.functions)
}

/// Constructors that no function has called for yet.
fn make_all(caller: &mut Caller<'_>, stub: &Stub, random: &mut Random) {
    for resource in &stub.resources {
        let Some(constructor) = &resource.constructor else {
            continue;
        };
        let params = caller.params(random, constructor, Receiver::Address, 0);
        let (answer, ty) = caller.answer(constructor, &params);
        match resource.kind {
            golem_rpc_stub::ResourceKind::Worker => {
                caller.drop(resource.id, single_handle(&answer))
            }
            golem_rpc_stub::ResourceKind::Remote { .. } => caller.keep(&ty, &answer),
        }
    }
}

/// One call: with `start` by the function that does not wait.
fn exercise(
    caller: &mut Caller<'_>,
    stub: &Stub,
    function: &StubFunction,
    start: bool,
    random: &mut Random,
) {
    let key = if start {
        &function.start
    } else {
        &function.blocking
    };
    let params = caller.params(random, key, function.receiver, 0);
    let expected = expected(caller, stub, function, &params);
    let answer = match (start, function.future) {
        (true, Some(future)) => awaited(caller, stub, future, key, &params),
        _ => caller.call(key, &params),
    };
    let answer = caller.succeeded(key, answer);
    let ty = caller.result(caller.function(&function.blocking));
    if let (Some(ty), Some(answer)) = (&ty, &answer) {
        caller.keep(ty, answer);
    }
    let name = &function.wire_name;
    match (&answer, &expected) {
        (Some(answer), Some(expected)) => {
            let (got, wanted) = (answer.clone(), expected.value.clone());
            assert_eq!(got.without_handles(), wanted.without_handles(), "{name}");
            if let Some(numbers) = &expected.numbers {
                assert_eq!(&caller.numbers(answer), numbers, "the resources of {name}");
            }
        }
        (answer, expected) => {
            assert!(
                answer.is_none() && expected.is_none(),
                "{name} gives {answer:?}"
            );
        }
    }
}

/// What the future gives that a call gives.
fn awaited(
    caller: &mut Caller<'_>,
    stub: &Stub,
    future: TypeId,
    key: &str,
    params: &[Value],
) -> Option<Value> {
    let handle = single_handle(&caller.call(key, params).expect("a future"));
    let name = stub.resolve.types[future].name.as_ref().unwrap();
    let get = format!("[method]{name}.get");
    let mut polls = (0..100).map(|_| caller.call(&get, &[Value::Handle(handle_uri(), handle)]));
    let answer = polls.find_map(|answer| match answer {
        Some(Value::Option(value)) => value,
        other => panic!("{get} gives {other:?}"),
    });
    caller.drop(future, handle);
    Some(*answer.unwrap_or_else(|| panic!("{get} never has a value")))
}

/// What a function has to give.
struct Expected {
    value: Value,
    /// The numbers of the resources in it, if they are the same that were sent.
    numbers: Option<Vec<Option<u32>>>,
}

fn expected(
    caller: &Caller<'_>,
    stub: &Stub,
    function: &StubFunction,
    params: &[Value],
) -> Option<Expected> {
    let signature = caller.function(&function.blocking);
    let ty = caller.result(signature)?;
    let number = |number| Value::Plain(WitNode::PrimU32(number));
    let plain = |value| Expected {
        value,
        numbers: None,
    };
    if caller.tells_number(function) {
        let numbers = caller.numbers(&params[0]);
        return Some(plain(number(numbers[0].expect("it told before"))));
    }
    if tells_alive(stub, function) {
        return Some(plain(number(u32::try_from(caller.alive()).unwrap())));
    }
    let own = match function.receiver {
        Receiver::Param(_) => 0,
        Receiver::Worker | Receiver::Resource | Receiver::Address => 1,
    };
    let mut sent = signature.params[own..].iter();
    let echoed = sent.position(|param| same_type(&stub.resolve, &param.ty, &ty));
    Some(match echoed {
        Some(place) => Expected {
            value: params[own + place].clone(),
            numbers: Some(caller.numbers(&params[own + place])),
        },
        None => plain(Value::zero(&stub.resolve, &ty)),
    })
}

/// Whether a function gives the number of resources that live: see `golem_rpc_tests::echo`.
fn tells_alive(stub: &Stub, function: &StubFunction) -> bool {
    let functions = &stub.resolve.interfaces[stub.interface].functions;
    let name = &function.wire_name;
    function.receiver == Receiver::Worker
        && functions[&function.blocking].params.len() == 1
        && (name == "alive" || name.ends_with(".{alive}"))
}
