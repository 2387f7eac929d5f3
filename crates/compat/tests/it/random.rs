//! Random small edits of a world with everything in it: each is found, and in the class that the
//! protocol's rules give it.

use golem_rpc_compat::{Class, Subject, What, compare};

use crate::source;

/// A world as data, so that an edit is a change of data.
#[derive(Clone)]
struct Model {
    /// Record fields: name, type.
    fields: Vec<(String, &'static str)>,
    cases: Vec<(String, Option<&'static str>)>,
    flags: Vec<String>,
    params: Vec<(String, &'static str)>,
    functions: Vec<(String, &'static str)>,
}

const TYPES: [&str; 6] = [
    "u8",
    "s64",
    "string",
    "list<u8>",
    "option<bool>",
    "tuple<u8, char>",
];

impl Model {
    fn random(rng: &mut Rng) -> Model {
        let mut named = |prefix: &str, least: usize| -> Vec<(String, &'static str)> {
            let count = least + rng.below(4);
            (0..count)
                .map(|i| (format!("{prefix}{i}"), TYPES[rng.below(TYPES.len())]))
                .collect()
        };
        let (fields, params, functions) = (named("fi", 2), named("pa", 2), named("fu", 2));
        let cases = named("ca", 2);
        let flags = named("fl", 2).into_iter().map(|(name, _)| name).collect();
        let cases = cases
            .into_iter()
            .map(|(name, ty)| (name, Some(ty).filter(|_| rng.below(2) == 0)));
        Model {
            fields,
            cases: cases.collect(),
            flags,
            params,
            functions,
        }
    }

    fn wit(&self) -> String {
        let pairs = |list: &[(String, &str)]| -> String {
            list.iter()
                .map(|(name, ty)| format!("{name}: {ty}, "))
                .collect()
        };
        let cases: String = self
            .cases
            .iter()
            .map(|(name, ty)| match ty {
                Some(ty) => format!("{name}({ty}), "),
                None => format!("{name}, "),
            })
            .collect();
        let functions: String = self
            .functions
            .iter()
            .map(|(name, ty)| format!("  {name}: func(x: {ty}) -> {ty};\n"))
            .collect();
        format!(
            "record r {{ {} }}\n variant v {{ {cases} }}\n flags p {{ {} }}\n\
             both: func({}r: r, p: p) -> result<r, p>;\n send: func(v: v);\n{functions}",
            pairs(&self.fields),
            self.flags.join(", "),
            pairs(&self.params),
        )
    }
}

/// One edit: what is to be found.
type Expected = (Class, Subject, What);

/// Edits the model in one place.
fn edit(model: &mut Model, rng: &mut Rng) -> Expected {
    use Class::{Compatible, Source, Wire};
    let other = |ty: &'static str, rng: &mut Rng| loop {
        let new = TYPES[rng.below(TYPES.len())];
        if new != ty {
            return new;
        }
    };
    match rng.below(13) {
        0 => {
            let i = rng.below(model.fields.len());
            model.fields[i].0 = "renamed".into();
            (Source, Subject::Field, What::Renamed)
        }
        1 => {
            let i = rng.below(model.fields.len());
            model.fields[i].1 = other(model.fields[i].1, rng);
            (Wire, Subject::Field, What::Retyped)
        }
        2 => {
            let i = rng.below(model.fields.len() - 1);
            model.fields.swap(i, i + 1);
            (Wire, Subject::Field, What::Reordered)
        }
        3 => {
            let i = rng.below(model.fields.len() + 1);
            model.fields.insert(i, ("added".into(), "u8"));
            (Wire, Subject::Field, What::Added)
        }
        4 => {
            model.fields.remove(rng.below(model.fields.len()));
            (Wire, Subject::Field, What::Removed)
        }
        5 => {
            model.cases.push(("added".into(), None));
            (Compatible, Subject::Case, What::Added)
        }
        6 => {
            let i = rng.below(model.cases.len());
            model.cases.insert(i, ("added".into(), Some("u8")));
            (Wire, Subject::Case, What::Added)
        }
        7 => {
            let i = rng.below(model.flags.len());
            model.flags[i] = "renamed".into();
            (Source, Subject::Flag, What::Renamed)
        }
        8 => {
            model.flags.pop();
            (Wire, Subject::Flag, What::Removed)
        }
        9 => {
            let i = rng.below(model.params.len());
            model.params[i].0 = "renamed".into();
            (Source, Subject::Param, What::Renamed)
        }
        10 => {
            model.params.remove(rng.below(model.params.len()));
            (Wire, Subject::Param, What::Removed)
        }
        11 => {
            let i = rng.below(model.functions.len());
            model.functions[i].0 = "renamed".into();
            (Wire, Subject::Function, What::Renamed)
        }
        _ => {
            model.functions.push(("added".into(), "char"));
            (Compatible, Subject::Function, What::Added)
        }
    }
}

#[test]
fn random_edits_are_found_in_their_class() {
    for seed in 0..400 {
        let mut rng = Rng(seed);
        let old = Model::random(&mut rng);
        let mut new = old.clone();
        let expected = edit(&mut new, &mut rng);
        let (old, new) = (old.wit(), new.wit());
        let changes = compare(&source(&old), &source(&new));
        let found: Vec<Expected> = changes
            .iter()
            .map(|c| (c.class, c.subject, c.what))
            .collect();
        assert_eq!(found, [expected], "seed {seed}\n{old}\n{new}\n{changes:#?}");
    }
}

/// A small generator (splitmix64): the same seed, the same worlds.
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % bound as u64) as usize
    }
}
