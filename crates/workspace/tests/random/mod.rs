//! Random workspaces, as people write them: layouts, TOML styles, line endings, comments.
//!
//! A seed gives the same workspace each time. Everything is in memory; what cargo would say of it is
//! derived here from the manifests, which [`metadata`] explains.

use camino::{Utf8Path, Utf8PathBuf};
use golem_rpc_plan::Snapshot;

mod files;
mod metadata;

pub(crate) use metadata::workspace;

pub(crate) const ROOT: &str = "/w";

/// Pseudo-random numbers from a seed (splitmix64).
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// A member as it is made up.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) dir: String,
    /// Its WIT package, and its world.
    package: String,
    version: &'static str,
    world: String,
    is_root: bool,
}

pub(crate) struct Random {
    pub(crate) disk: Snapshot,
    pub(crate) members: Vec<Made>,
}

/// The workspace of a seed.
pub(crate) fn random(rng: &mut Rng) -> Random {
    let members = members(rng);
    let mut disk = Snapshot::new();
    let mut put = |path: &str, text: String, rng: &mut Rng| {
        disk.insert(Utf8Path::new(ROOT).join(path), dressed(text, rng));
    };
    put("Cargo.toml", files::root(rng, &members), rng);
    for member in &members {
        let place = |file: &str| {
            let path = Utf8PathBuf::from(&member.dir).join(file);
            path.to_string()
        };
        if !member.is_root {
            put(&place("Cargo.toml"), files::manifest(rng, member), rng);
        }
        for (file, text) in files::wit(rng, member, &members) {
            put(&place(&file), text, rng);
        }
        put(&place("src/lib.rs"), "mod bindings;\n".to_string(), rng);
    }
    if rng.chance(2) {
        put("Makefile.toml", files::makefile(rng), rng);
    }
    Random { disk, members }
}

fn members(rng: &mut Rng) -> Vec<Made> {
    let names = [
        "cart",
        "history",
        "a",
        "pay-ment",
        "order_log",
        "zoo",
        "b-2",
    ];
    let number = 2 + rng.below(3);
    let first = rng.below(names.len());
    let (has_root, namespace) = (rng.chance(5), rng.pick(&["shop", "acme-co"]));
    (0..number)
        .map(|index| {
            let name = names[(first + index) % names.len()];
            let is_root = has_root && index == 0;
            let dir = match rng.below(4) {
                _ if is_root => String::new(),
                0 => format!("services/{name}"),
                1 => format!("components/{name}"),
                2 => format!("dir-of-{}", name.replace('_', "-")),
                _ => name.to_string(),
            };
            let plain = name.replace('_', "-").replace("-2", "two");
            Made {
                name: name.to_string(),
                dir,
                package: format!("{namespace}:{plain}"),
                version: rng.pick(&["", "", "@0.1.0", "@1.2.3"]),
                world: match rng.chance(2) {
                    true => plain,
                    false => format!("world-of-{plain}"),
                },
                is_root,
            }
        })
        .collect()
}

/// A text as some editor leaves it.
fn dressed(text: String, rng: &mut Rng) -> String {
    let mut text = text;
    if rng.chance(6) {
        text = text.trim_end().to_string();
    }
    if rng.chance(8) {
        text.push_str("\n\n");
    }
    if rng.chance(5) {
        text = text.replace('\n', "\r\n");
    }
    if rng.chance(10) {
        text.insert(0, '\u{feff}');
    }
    text
}
