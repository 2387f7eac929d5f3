//! Types that stand in each other over and over: work grows with the number of types, and what no
//! component can hold is refused before a file is written.

use golem_rpc_tests::{Run, Workspace};

/// A small generator (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (z ^ (z >> 27)) % limit
    }
}

/// Types of which each is made of some of those before it, in 40 steps; `share` in ten are made of two.
fn types(seed: u64, share: u64) -> String {
    let mut random = Random(seed);
    let mut text = "type t0 = string;\n".to_string();
    for n in 1..=40 {
        let before = |random: &mut Random| format!("t{}", n - 1 - random.below(2).min(n - 1));
        let (a, b) = (before(&mut random), before(&mut random));
        let two = random.below(10) < share;
        text += &match (two, random.below(4)) {
            (true, 0) => format!("record t{n} {{ a: {a}, b: {b} }}\n"),
            (true, 1) => format!("variant t{n} {{ a({a}), b({b}) }}\n"),
            (true, 2) => format!("type t{n} = result<{a}, {b}>;\n"),
            (true, _) => format!("type t{n} = tuple<{a}, {b}>;\n"),
            (false, 0) => format!("record t{n} {{ a: {a} }}\n"),
            (false, 1) => format!("type t{n} = list<{a}>;\n"),
            (false, _) => format!("type t{n} = option<{a}>;\n"),
        };
    }
    text
}

fn world(types: &str) -> String {
    format!(
        "package a:b;\n\ninterface api {{\n{types}f: func(v: t40) -> t40;\n}}\n\nworld w {{ export api; }}\n"
    )
}

/// Each command makes something no larger than so many types call for, or refuses them at their place.
#[test]
fn random_types_that_share_others() {
    let files = Workspace::empty("files");
    let (mut made, mut refused) = (0, 0);
    for seed in 0..8 {
        files.write("wit/main.wit", world(&types(seed, 1 + seed)));
        let commands: [(&[&str], &str); 2] = [
            (
                &["generate", "-s", "wit", "-d", "stub", "--overwrite"],
                "stub/src/lib.rs",
            ),
            (
                &[
                    "build",
                    "-s",
                    "wit",
                    "--dest-wasm",
                    "stub.wasm",
                    "--dest-wit-root",
                    "stub-wit",
                ],
                "stub.wasm",
            ),
        ];
        for (args, output) in commands {
            let before = files.tree();
            let run = files.golem_rpc(args);
            match run.code {
                0 => {
                    let size = std::fs::metadata(files.path(output)).unwrap().len();
                    assert!(size < 100_000, "{seed}: {size} bytes of {output}");
                    made += 1;
                }
                _ => {
                    is_refused(&run);
                    files.tree().assert_same_as(&before);
                    refused += 1;
                }
            }
        }
    }
    assert!(made > 3 && refused > 3, "{made} made, {refused} refused");
}

#[track_caller]
fn is_refused(run: &Run) {
    assert_eq!(run.code, 4, "{run}");
    for thing in ["a stub cannot carry a", "wit/main.wit:", "^", "hint: "] {
        assert!(run.stderr.contains(thing), "no `{thing}`: {run}");
    }
    assert!(!run.stderr.contains("bug"), "{run}");
}

/// A workspace with such a target says so as well, and stays as it is.
#[test]
fn a_target_that_no_component_can_hold() {
    let cart = Workspace::cart();
    let chain: String = (1..30)
        .map(|n| format!("  record r{n} {{ a: r{0}, b: r{0} }}\n", n - 1))
        .collect();
    cart.replace(
        "purchase-history/wit/purchase-history.wit",
        "  get-orders:",
        &format!("  record r0 {{ x: bool }}\n{chain}  deep: func(v: r29);\n\n  get-orders:"),
    );
    let before = cart.tree();
    for backend in ["crate", "component"] {
        let args = [
            "init",
            "--targets",
            "purchase-history",
            "--callers",
            "shopping-cart",
        ];
        let run = cart.golem_rpc(&[&args[..], &["--stub-backend", backend]].concat());
        assert_eq!(run.code, 4, "{run}");
        assert!(
            run.stderr.contains("purchase-history.wit:") && run.stderr.contains('^'),
            "{run}"
        );
        cart.tree().assert_same_as(&before);
    }
}

/// The parser itself gets so deep; what it does not take is told as well.
#[test]
fn what_is_written_very_deep() {
    let files = Workspace::empty("files");
    for depth in [150, 5_000, 100_000] {
        let ty = format!("{}u8{}", "list<".repeat(depth), ">".repeat(depth));
        let text = format!(
            "package a:b;\n\ninterface api {{\nf: func(v: {ty});\n}}\n\nworld w {{ export api; }}\n"
        );
        files.write("wit/main.wit", text);
        let before = files.tree();
        let run = files.golem_rpc(&["generate", "-s", "wit", "-d", "stub"]);
        assert_eq!(
            run.code,
            4,
            "{depth}: {}",
            &run.stderr[..run.stderr.len().min(2000)]
        );
        files.tree().assert_same_as(&before);
    }
}
