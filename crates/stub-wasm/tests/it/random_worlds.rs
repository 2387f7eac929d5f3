//! Worlds made up at random: types of types, as parameters and results.

use std::fmt::Write;

use crate::bench::exercise;
use crate::corpus;
use crate::random::Random;

const WORLDS: u64 = 40;

const PLAIN: [&str; 13] = [
    "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
];

/// A type: a primitive, one of the `named` types, or one made of others.
fn ty(random: &mut Random, named: u64, depth: u64) -> String {
    let choices = if depth > 2 { 5 } else { 12 };
    match random.below(choices) {
        0..3 => PLAIN[random.below(13) as usize].to_string(),
        3 | 4 if named > 0 => format!("t{}", random.below(named)),
        3 | 4 => "string".to_string(),
        5 | 6 => format!("list<{}>", ty(random, named, depth + 1)),
        7 | 8 => format!("option<{}>", ty(random, named, depth + 1)),
        9 => format!("tuple<{}>", types(random, named, depth + 1, 4).join(", ")),
        10 => {
            let ok = ty(random, named, depth + 1);
            format!("result<{ok}, {}>", ty(random, named, depth + 1))
        }
        _ => ["result", "result<_, u8>", "result<string>"][random.below(3) as usize].to_string(),
    }
}

/// One to `most` types.
fn types(random: &mut Random, named: u64, depth: u64, most: u64) -> Vec<String> {
    let count = 1 + random.below(most);
    (0..count).map(|_| ty(random, named, depth)).collect()
}

/// The type `t<index>`, made of those before it.
fn definition(random: &mut Random, index: u64) -> String {
    let name = format!("t{index}");
    let numbered = |texts: Vec<String>| -> String {
        let texts = texts.iter().enumerate();
        texts.map(|(i, text)| format!("x{i}{text}, ")).collect()
    };
    match random.below(5) {
        0 | 1 => {
            let fields = types(random, index, 0, 6);
            let fields = fields.iter().map(|ty| format!(": {ty}")).collect();
            format!("record {name} {{ {} }}", numbered(fields))
        }
        2 => {
            let cases = types(random, index, 0, 6).into_iter();
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

fn world(random: &mut Random) -> String {
    let mut text = "package demo:random;\ninterface api {\n".to_string();
    let named = 1 + random.below(6);
    for index in 0..named {
        writeln!(text, "{}", definition(random, index)).unwrap();
    }
    for index in 0..6 {
        let params = types(random, named, 0, 4);
        let params = params
            .iter()
            .enumerate()
            .map(|(i, ty)| format!("p{i}: {ty}"));
        let params: Vec<String> = params.collect();
        let result = match random.below(4) {
            0 => String::new(),
            _ => format!(" -> {}", ty(random, named, 0)),
        };
        writeln!(text, "call-{index}: func({}){result};", params.join(", ")).unwrap();
    }
    text + "}\nworld random { export api; }\n"
}

#[test]
fn values_of_random_types_survive_the_way_there_and_back() {
    for seed in 0..WORLDS {
        let mut random = Random(1_000 + seed);
        let text = world(&mut random);
        println!("{text}");
        exercise(&corpus::stub_of_text(&text), &mut random, 25);
    }
}
