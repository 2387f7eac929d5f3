//! Old spellings among look-alikes, by hand and at random.

use wit_parser::UnresolvedPackageGroup;

use super::*;

fn parses(text: &str) -> Result<(), String> {
    let parsed = UnresolvedPackageGroup::parse("w.wit", text);
    parsed.map(drop).map_err(|(_, error)| error.to_string())
}

#[track_caller]
fn becomes(old: &str, new: &str) {
    let respelled = respell(old);
    assert_eq!(respelled.as_deref().unwrap_or(old), new);
    assert_eq!(respell(new), None, "the second time there is nothing to do");
}

fn interface(body: &str) -> String {
    format!("package a:b;\ninterface i {{\n{body}\n}}\n")
}

#[test]
fn types_in_every_place() {
    for (old, new) in [
        (
            "record r { a: float32, b: float64 }",
            "record r { a: f32, b: f64 }",
        ),
        (
            "variant v { a(float32), b(list<float64>) }",
            "variant v { a(f32), b(list<f64>) }",
        ),
        ("type t = float32;", "type t = f32;"),
        (
            "type t = tuple<u8, float32, option<float64>>;",
            "type t = tuple<u8, f32, option<f64>>;",
        ),
        ("type t = result<_,float64>;", "type t = result<_,f64>;"),
        (
            "f: func(a: float32, b: list<float32>) -> float64;",
            "f: func(a: f32, b: list<f32>) -> f64;",
        ),
        ("f: func()->float32;", "f: func()->f32;"),
        (
            "resource x { constructor(a: float32); m: static func() -> float64; }",
            "resource x { constructor(a: f32); m: static func() -> f64; }",
        ),
    ] {
        becomes(&interface(old), &interface(new));
        parses(&interface(new)).unwrap();
        parses(&interface(old)).unwrap_err();
    }
    becomes(
        "package a:b;\nworld w {\n  import f: func(a: float32) -> ();\n  export g: func() -> float64;\n}\n",
        "package a:b;\nworld w {\n  import f: func(a: f32);\n  export g: func() -> f64;\n}\n",
    );
}

#[test]
fn names_are_nobody_s_types() {
    for body in [
        "enum e { float32, float64 }",
        "flags f { float32, float64, }",
        "variant v { float32, float64(u8) }",
        "record r { float32: u8, float64: s8 }",
        "float32: func(float64: u8);",
        "type float32 = u32;\nf: func(a: float32) -> list<float32>;",
        "record float64 { a: u8 }\ntype t = float64;",
        "use o.{float32, x as float64};\nf: func(a: float32) -> float64;",
        "type %float32 = u8;\ntype t = float32;",
        "@unstable(feature = float32)\nf: func();",
        "float32-ish: func(a-float32: u8, float64-b: u8);",
        "/// float32 -> ()\n// float64 -> ()\n/* -> () /* float32 */ -> () */\nf: func();",
    ] {
        let text = interface(body);
        becomes(&text, &text);
    }
    for text in [
        "package float32:float64@1.0.0-float32;\ninterface float32 {}\nworld w { import float32; export float64:float32/float64; }\n",
        "package a:b;\nuse float32:float64/float32;\nworld float64 { include float32; import float32: func(); }\n",
    ] {
        becomes(text, text);
    }
}

#[test]
fn a_name_counts_in_its_own_interface_alone() {
    becomes(
        "package a:b;\ninterface i { type float32 = u8; type t = float32; }\ninterface j { type t = float32; }\n",
        "package a:b;\ninterface i { type float32 = u8; type t = float32; }\ninterface j { type t = f32; }\n",
    );
}

#[test]
fn empty_results_go_with_the_blanks_in_front() {
    for (old, new) in [
        ("f: func() -> ();", "f: func();"),
        ("f: func()->();", "f: func();"),
        ("f: func()\r\n    ->\t( ) ;", "f: func() ;"),
        (
            "f: func() /* none */ -> ( /* really */ );",
            "f: func() /* none *//* really */;",
        ),
        (
            "f: func() // nothing\n  -> ();",
            "f: func() // nothing\n  ;",
        ),
        ("f: func() -> // nothing\n  ();", "f: func()// nothing\n  ;"),
    ] {
        becomes(&interface(old), &interface(new));
        parses(&interface(new)).unwrap_or_else(|error| panic!("{new}: {error}"));
    }
}

/// Random interfaces, spelled as of old and as of today from one and the same choice.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// What may stand between any two tokens.
    fn gap(&mut self) -> &'static str {
        self.pick(&[
            " ",
            "  ",
            "\n\t",
            "\r\n",
            " /* float32 */ ",
            " /* -> () /* float64 */ */ ",
            " // x: float32 -> ()\n",
            " // float64\r\n",
        ])
    }
}

/// A text in both spellings.
#[derive(Default)]
struct Both {
    old: String,
    new: String,
}

impl Both {
    fn put(&mut self, random: &mut Random, token: &str) {
        self.put_both(random, token, token);
    }

    fn put_both(&mut self, random: &mut Random, old: &str, new: &str) {
        let gap = random.gap();
        self.old.push_str(gap);
        self.old.push_str(old);
        self.new.push_str(gap);
        self.new.push_str(new);
    }

    fn all(&mut self, random: &mut Random, tokens: &str) {
        tokens.split(' ').for_each(|token| self.put(random, token));
    }

    fn a_type(&mut self, random: &mut Random, depth: usize) {
        match random.below(if depth > 3 { 4 } else { 8 }) {
            0 => self.put_both(random, "float32", "f32"),
            1 => self.put_both(random, "float64", "f64"),
            2 => self.put(random, "u32"),
            3 => self.put(random, "string"),
            4 => {
                let head = random.pick(&["list", "option", "result"]);
                self.all(random, &format!("{head} <"));
                self.a_type(random, depth + 1);
                self.put(random, ">");
            }
            5 => {
                self.all(random, "result < _ ,");
                self.a_type(random, depth + 1);
                self.put(random, ">");
            }
            _ => {
                self.all(random, "tuple <");
                self.a_type(random, depth + 1);
                self.put(random, ",");
                self.a_type(random, depth + 1);
                self.put(random, ">");
            }
        }
    }

    fn item(&mut self, random: &mut Random, number: usize) {
        if random.below(4) == 0 {
            self.all(random, "@ unstable ( feature = float32 )");
        }
        match random.below(5) {
            0 => {
                self.all(random, &format!("record r{number} {{ float32 :"));
                self.a_type(random, 0);
                self.all(random, ", b :");
                self.a_type(random, 0);
                self.put(random, "}");
            }
            1 => {
                self.all(random, &format!("variant v{number} {{ float64 , float32 ("));
                self.a_type(random, 0);
                self.all(random, ") }");
            }
            2 => self.all(random, &format!("enum e{number} {{ float32 , float64 }}")),
            3 => {
                self.all(random, &format!("type t{number} ="));
                self.a_type(random, 0);
                self.put(random, ";");
            }
            _ => self.function(random, number),
        }
    }

    fn function(&mut self, random: &mut Random, number: usize) {
        self.all(random, &format!("float32-{number} : func ( float64 :"));
        self.a_type(random, 0);
        self.put(random, ")");
        match random.below(3) {
            0 => {
                self.put(random, "->");
                self.a_type(random, 0);
            }
            // What the new text has in its place depends on the gaps: see the test above.
            1 => self.old.push_str(" -> ()"),
            _ => {}
        }
        self.put(random, ";");
    }
}

#[test]
fn random_interfaces() {
    for seed in 1..600 {
        let random = &mut Random::new(seed);
        let mut both = Both::default();
        both.all(random, "package float32 : float64 ; interface float64 {");
        for number in 0..6 {
            both.item(random, number);
        }
        both.all(random, "}\n");
        let respelled = respell(&both.old).unwrap_or_else(|| both.old.clone());
        assert_eq!(respelled, both.new, "seed {seed}");
        assert_eq!(respell(&respelled), None, "seed {seed}");
        let parsed = parses(&respelled);
        assert!(parsed.is_ok(), "seed {seed}: {parsed:?}\n{respelled}");
    }
}

/// Any bytes at all: what is rewritten stands at its spans, the rest is as it was.
#[test]
fn random_tokens() {
    let pieces = [
        "float32", "float64", "->", "(", ")", "{", "}", "<", ">", ",", ":", ";", "=", "type",
        "use", ".", "as", "%", "/*", "*/", "//", "\n", "\r\n", " ", "\"", "ü", "-", "world", "@",
    ];
    for seed in 1..3000 {
        let mut random = Random::new(seed);
        let text: String = (0..40).map(|_| random.pick(&pieces)).collect();
        let found = find(&text);
        let mut kept = text.clone();
        for piece in found.iter().rev().flat_map(|old| old.pieces.iter().rev()) {
            let gone = &text[piece.clone()];
            let may_go = matches!(gone, "float32" | "float64" | "->" | "(" | ")");
            assert!(
                may_go || gone.trim().is_empty(),
                "seed {seed}: {gone:?} goes"
            );
            kept.replace_range(piece.clone(), "");
        }
        let respelled = respell(&text).unwrap_or_else(|| text.clone());
        let without_new: usize = found.iter().map(|old| old.new.len()).sum();
        assert_eq!(respelled.len(), kept.len() + without_new, "seed {seed}");
    }
}
