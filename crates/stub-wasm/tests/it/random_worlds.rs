//! Worlds made up at random: by wit-smith, which knows all of WIT, and by a small generator of our own
//! whose worlds are denser: types of types, and resources in all of them.
//!
//! `GOLEM_RPC_FUZZ_SEED` is the first seed, for those who want to see one world again or go on from
//! there; with `GOLEM_RPC_FUZZ_MINUTES` worlds of wit-smith are made until that time is over.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use golem_rpc_plan::Snapshot;
use golem_rpc_stub::{GolemRpc, RpcErrors, Source, Stub, StubError, StubOptions, WitRoot};
use golem_rpc_stub_wasm::emit;
use wit_component::WitPrinter;
use wit_parser::{Resolve, WorldId, WorldItem};
use wit_smith::Config;

use crate::bench::Bench;
use crate::corpus;
use crate::host::Compiled;
use crate::pool;
use crate::random::Random;

/// How many worlds there are of either kind, and how many calls are made at least.
const WORLDS: usize = 2_000;
const DENSE_WORLDS: usize = 300;
const CALLS: usize = 20_000;

/// How often each function of a world is called.
const ROUNDS: usize = 6;

/// What may be refused.
const REFUSED: [&str; 9] = [
    "async function",
    "stream",
    "future",
    "error-context",
    "fixed-length list",
    "flags type of more than 32 flags",
    "fallible constructor",
    "imported resource",
    "nothing is exported",
];

const PLAIN: [&str; 13] = [
    "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
];

/// What happened to some worlds.
#[derive(Default)]
struct Tally {
    worlds: usize,
    calls: usize,
    skipped: usize,
    refused: BTreeMap<String, usize>,
}

impl Tally {
    fn sum(all: Vec<Tally>) -> Tally {
        all.into_iter().fold(Tally::default(), |mut sum, one| {
            sum.worlds += one.worlds;
            sum.calls += one.calls;
            sum.skipped += one.skipped;
            for (what, count) in one.refused {
                *sum.refused.entry(what).or_default() += count;
            }
            sum
        })
    }

    fn print(&self, seed: u64) {
        println!(
            "{} worlds from seed {seed} on: {} calls, {} not made for want of a resource",
            self.worlds, self.calls, self.skipped
        );
        for (what, count) in &self.refused {
            println!("  refused: {what}: {count}");
        }
    }
}

/// The options of a random stub, half of them the default.
fn options(random: &mut Random) -> StubOptions {
    StubOptions {
        golem_rpc: match random.below(2) {
            0 => GolemRpc::default(),
            _ => GolemRpc::ALL[random.below(5) as usize],
        },
        rpc_errors: RpcErrors::ALL[random.below(2) as usize],
        skip_unsupported: random.below(2) == 0,
        ..StubOptions::default()
    }
}

/// Emits a stub and calls all of it.
fn call_all(stub: &Stub, random: Random, tally: &mut Tally) {
    let wasm = emit(stub).unwrap_or_else(|e| panic!("{e:?}"));
    assert!(wasm == emit(stub).unwrap(), "the same bytes again");
    let mut bench = Bench::new(stub, &Compiled::quickly(stub, &wasm), random);
    for _ in 0..ROUNDS {
        bench.round();
    }
    bench.finish();
    tally.calls += bench.calls;
    tally.skipped += bench.skipped;
}

/// Does something with a world; whatever goes wrong, tells which world it was.
fn telling<T>(seed: u64, world: impl FnOnce() -> String, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        println!("seed {seed}:\n{}", world());
        resume_unwind(payload)
    })
}

/// A package of wit-smith, and a world of it that exports something; none if there is none.
fn smith(random: &mut Random) -> Option<Source> {
    let mut rarely = || random.below(12) == 0;
    let config = Config {
        async_: rarely(),
        futures: rarely(),
        streams: rarely(),
        error_context: rarely(),
        fixed_length_lists: rarely(),
        implements: false,
        world_include: random.below(2) == 0,
        max_type_size: 5 + random.below(60) as usize,
        max_type_parts: 1 + random.below(8) as usize,
        max_packages: 1 + random.below(4) as usize,
        ..Config::default()
    };
    let size = 200 << random.below(6);
    let bytes: Vec<u8> = (0..size).map(|_| random.next() as u8).collect();
    let package = wit_smith::smith(&config, &mut arbitrary::Unstructured::new(&bytes)).ok()?;
    let mut disk = Snapshot::new();
    disk.insert("/wit.wasm", package);
    let root = WitRoot::read(&disk, Utf8Path::new("/wit.wasm")).unwrap();
    let (resolve, package) = root.resolve().unwrap();
    let worlds = resolve.packages[package].worlds.iter();
    let mut worlds = worlds.filter(|(_, id)| exports_functions(&resolve, **id));
    let (world, _) = worlds.next_back()?;
    Some(root.select(Some(world)).unwrap())
}

/// Whether a world exports functions.
fn exports_functions(resolve: &Resolve, world: WorldId) -> bool {
    let mut exports = resolve.worlds[world].exports.values();
    exports.any(|item| match item {
        WorldItem::Interface { id, .. } => !resolve.interfaces[*id].functions.is_empty(),
        WorldItem::Function(_) => true,
        WorldItem::Type { .. } => false,
    })
}

/// All packages of a source as text.
fn text(source: &Source) -> String {
    let others = source.resolve.packages.iter().map(|(id, _)| id);
    let others: Vec<_> = others.filter(|id| *id != source.package).collect();
    let mut printer = WitPrinter::default();
    let printed = printer.print(&source.resolve, source.package, &others);
    let world = &source.resolve.worlds[source.world].name;
    match printed {
        Ok(()) => format!("// world: {world}\n{}", &*printer.output.to_string()),
        Err(error) => format!("world `{world}`, which cannot be printed: {error}"),
    }
}

fn smithed(seed: u64) -> Tally {
    let mut random = Random(seed);
    let source = std::iter::repeat_with(|| smith(&mut random)).find_map(|source| source);
    let source = source.expect("there is no end of worlds");
    let options = options(&mut random);
    let world = || format!("{options:?}\n{}", text(&source));
    telling(seed, world, || {
        let mut tally = Tally {
            worlds: 1,
            ..Tally::default()
        };
        match Stub::new(&source, &options) {
            Ok(stub) => {
                for skipped in &stub.skipped {
                    assert!(!skipped.reason.is_empty(), "{}", skipped.wire_name);
                }
                call_all(&stub, random, &mut tally);
            }
            Err(error) => {
                let what = match error {
                    StubError::Unsupported(unsupported) => unsupported.construct.to_string(),
                    StubError::NothingExported { .. } => "nothing is exported".to_string(),
                    other => panic!("{other}"),
                };
                tally.refused.insert(what, 1);
            }
        }
        tally
    })
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number")),
    )
}

#[test]
fn worlds_of_wit_smith_work_or_are_refused_for_a_reason() {
    let first = number("GOLEM_RPC_FUZZ_SEED").unwrap_or(1);
    let mut tally = Tally::default();
    match number("GOLEM_RPC_FUZZ_MINUTES") {
        None => tally = Tally::sum(pool::each(WORLDS, |place| smithed(first + place as u64))),
        Some(minutes) => {
            let end = Instant::now() + Duration::from_secs(60 * minutes);
            while Instant::now() < end {
                let seed = first + tally.worlds as u64;
                let more = pool::each(100, |place| smithed(seed + place as u64));
                tally = Tally::sum(vec![tally, Tally::sum(more)]);
                println!("seed {}: {} calls", seed + 100, tally.calls);
            }
        }
    }
    tally.print(first);
    for what in tally.refused.keys() {
        assert!(REFUSED.contains(&&**what), "{what} is refused");
    }
    let refused: usize = tally.refused.values().sum();
    assert!(refused * 2 < tally.worlds, "{refused} worlds are refused");
    assert!(tally.calls >= tally.worlds * CALLS / WORLDS);
}

#[test]
fn values_of_random_types_survive_the_way_there_and_back() {
    let first = 1_000;
    let tallies = pool::each(DENSE_WORLDS, |place| {
        let seed = first + place as u64;
        let mut random = Random(seed);
        let text = world(&mut random);
        let options = options(&mut random);
        let mut tally = Tally {
            worlds: 1,
            ..Tally::default()
        };
        telling(
            seed,
            || format!("{options:?}\n{text}"),
            || {
                let stub = corpus::stub_of_text_with(&text, &options);
                call_all(&stub, random, &mut tally);
            },
        );
        tally
    });
    let tally = Tally::sum(tallies);
    tally.print(first);
    assert!(tally.calls > 30 * DENSE_WORLDS);
}

/// What types can be made of: the types before them, and resources.
#[derive(Clone, Copy)]
struct Scope {
    named: u64,
    resources: u64,
    /// Whether handles can be borrowed: in parameters.
    lent: bool,
}

/// A type: a primitive, one of the named types, a resource, or one made of others.
fn ty(random: &mut Random, scope: Scope, depth: u64) -> String {
    let choices = if depth > 2 { 7 } else { 14 };
    match random.below(choices) {
        0..3 => PLAIN[random.below(13) as usize].to_string(),
        3 | 4 if scope.named > 0 => format!("t{}", random.below(scope.named)),
        3 | 4 => "string".to_string(),
        5 | 6 if scope.resources > 0 => {
            let resource = format!("r{}", random.below(scope.resources));
            if scope.lent && random.below(2) == 0 {
                format!("borrow<{resource}>")
            } else {
                resource
            }
        }
        5 | 6 => "u32".to_string(),
        7 | 8 => format!("list<{}>", ty(random, scope, depth + 1)),
        9 | 10 => format!("option<{}>", ty(random, scope, depth + 1)),
        11 => format!("tuple<{}>", types(random, scope, depth + 1, 4).join(", ")),
        12 => {
            let ok = ty(random, scope, depth + 1);
            format!("result<{ok}, {}>", ty(random, scope, depth + 1))
        }
        _ => ["result", "result<_, u8>", "result<string>"][random.below(3) as usize].to_string(),
    }
}

/// One to `most` types.
fn types(random: &mut Random, scope: Scope, depth: u64, most: u64) -> Vec<String> {
    let count = 1 + random.below(most);
    (0..count).map(|_| ty(random, scope, depth)).collect()
}

/// The type `t<index>`, made of those before it.
fn definition(random: &mut Random, scope: Scope, index: u64) -> String {
    let name = format!("t{index}");
    let scope = Scope {
        named: index,
        lent: false,
        ..scope
    };
    let numbered = |texts: Vec<String>| -> String {
        let texts = texts.iter().enumerate();
        texts.map(|(i, text)| format!("x{i}{text}, ")).collect()
    };
    match random.below(5) {
        0 | 1 => {
            let fields = types(random, scope, 0, 6);
            let fields = fields.iter().map(|ty| format!(": {ty}")).collect();
            format!("record {name} {{ {} }}", numbered(fields))
        }
        2 => {
            let cases = types(random, scope, 0, 6).into_iter();
            let cases = cases.map(|ty| match random.below(3) {
                0 => String::new(),
                _ => format!("({ty})"),
            });
            let cases = cases.collect();
            format!("variant {name} {{ {} }}", numbered(cases))
        }
        3 => {
            let cases = vec![String::new(); 1 + random.below(300) as usize];
            format!("enum {name} {{ {} }}", numbered(cases))
        }
        _ => {
            let flags = vec![String::new(); 1 + random.below(32) as usize];
            format!("flags {name} {{ {} }}", numbered(flags))
        }
    }
}

/// `name: x0: …, x1: …`, the parameters of a function.
fn params(random: &mut Random, scope: Scope) -> String {
    let scope = Scope {
        lent: true,
        ..scope
    };
    let most = [1, 3, 8][random.below(3) as usize];
    let params = types(random, scope, 0, most);
    let params = params.iter().enumerate();
    let params: Vec<String> = params.map(|(i, ty)| format!("p{i}: {ty}")).collect();
    params.join(", ")
}

fn signature(random: &mut Random, scope: Scope) -> String {
    let params = params(random, scope);
    let result = match random.below(4) {
        0 => String::new(),
        _ => format!(" -> {}", ty(random, scope, 0)),
    };
    format!("func({params}){result}")
}

/// The resource `r<index>`.
fn resource(random: &mut Random, scope: Scope, index: u64) -> String {
    let mut text = format!("resource r{index} {{\n");
    if random.below(4) > 0 {
        let params = match random.below(2) {
            0 => String::new(),
            _ => params(
                random,
                Scope {
                    resources: index,
                    ..scope
                },
            ),
        };
        writeln!(text, "constructor({params});").unwrap();
    }
    for i in 0..random.below(4) {
        writeln!(text, "m{i}: {};", signature(random, scope)).unwrap();
    }
    for i in 0..random.below(3) {
        writeln!(text, "s{i}: static {};", signature(random, scope)).unwrap();
    }
    text + "}"
}

fn world(random: &mut Random) -> String {
    let mut text = "package demo:random;\ninterface api {\n".to_string();
    let scope = Scope {
        named: 1 + random.below(6),
        resources: random.below(4),
        lent: false,
    };
    for index in 0..scope.named {
        writeln!(text, "{}", definition(random, scope, index)).unwrap();
    }
    for index in 0..scope.resources {
        writeln!(text, "{}", resource(random, scope, index)).unwrap();
    }
    for index in 0..6 {
        writeln!(text, "call-{index}: {};", signature(random, scope)).unwrap();
    }
    text + "}\nworld random { export api; }\n"
}
