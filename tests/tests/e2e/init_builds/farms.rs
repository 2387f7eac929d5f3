//! Several members and links: chains, cycles, members that call themselves, both backends, both ways to
//! build, WIT roots and dependencies that members share, junk, worlds and packages that change after `init`.
//!
//! What `init` and `regenerate` leave with exit code 0 builds, unless `check` says why not; and `check` is
//! right both times. What they refuse is left as it was. What is unlinked leaves the user's own bytes.

use std::fs;
use std::os::unix::fs::symlink;

use golem_rpc_tests::{Run, Tree, Workspace, cache_dir};

use super::{Random, each_seed};

/// How many workspaces are made where nobody asks for more.
const SEEDS: u64 = 16;

#[test]
fn what_init_leaves_of_many_links_builds() {
    each_seed(SEEDS, look_at);
}

/// A type, functions with it, and the Rust code of an export.
const SORTS: [(&str, &str); 5] = [
    (
        "  flags lights { red, green }\n  show: func(lights: lights) -> lights;\n",
        "fn show(_: Lights) -> Lights { todo!() }",
    ),
    (
        "  record rate { litres: f64, per: string }\n  measure: func() -> rate;\n",
        "fn measure() -> Rate { todo!() }",
    ),
    (
        "  enum state { off, on }\n  turn: func(to: state) -> option<state>;\n",
        "fn turn(_: State) -> Option<State> { todo!() }",
    ),
    (
        "  resource valve { open: func(by: u8); }\n  record set { valve: valve }\n  fit: func() -> set;\n",
        "type Valve = It; fn fit() -> Set { todo!() }",
    ),
    (
        "  variant fault { none, leak(list<u8>), other(result<u8, string>) }\n  inspect: func() -> fault;\n",
        "fn inspect() -> Fault { todo!() }",
    ),
];
const UNITS: &str =
    "package farm:units;\n\ninterface types {\n  record amount { litres: u32 }\n}\n";

struct Member {
    name: &'static str,
    is_plain: bool,
    /// Its WIT is in a directory that others share.
    shares_root: bool,
    /// Its world and the version of its package change.
    world: String,
    version: &'static str,
    names_world: usize,
    uses_units: bool,
    sorts: Vec<usize>,
}

impl Member {
    fn new(name: &'static str, random: &mut Random) -> Member {
        let shares_root = random.number(4) == 0;
        Member {
            name,
            is_plain: random.is(),
            shares_root,
            world: format!("world-{name}"),
            version: match shares_root {
                true => "",
                false => random.one(&["", "@1.2.3"]),
            },
            names_world: match shares_root {
                true => 1 + random.number(2),
                false => random.number(3),
            },
            uses_units: random.number(3) == 0,
            sorts: (0..SORTS.len()).filter(|_| random.is()).collect(),
        }
    }

    fn package(&self) -> &str {
        if self.shares_root {
            "common"
        } else {
            self.name
        }
    }

    /// The world as the manifest or the macro names it.
    fn world_name(&self) -> String {
        match self.names_world {
            0 => String::new(),
            1 => self.world.clone(),
            _ => format!("farm:{}/{}{}", self.package(), self.world, self.version),
        }
    }

    fn wit(&self) -> String {
        if self.shares_root {
            format!("wit/{}.wit", self.name)
        } else {
            format!("{}/wit/{}.wit", self.name, self.name)
        }
    }

    /// What a caller imports.
    fn stub(&self) -> String {
        format!(
            "farm:{}-stub/stub-{}{}",
            self.package(),
            self.world,
            self.version
        )
    }

    fn write(&self, farm: &Workspace, random: &mut Random) {
        let name = self.name;
        let units = if self.uses_units {
            "  use farm:units/types.{amount};\n  fill: func(by: amount);\n"
        } else {
            ""
        };
        let sorts: String = self.sorts.iter().map(|sort| SORTS[*sort].0).collect();
        let wit = format!(
            "package farm:{}{};\n\ninterface {name}-api {{\n{units}{sorts}  stop: func();\n}}\n\nworld {} {{\n  export {name}-api;\n}}\n",
            self.package(),
            self.version,
            self.world,
        );
        farm.write(&self.wit(), wit);
        if !self.shares_root && (self.uses_units || random.is()) {
            let deps = farm.path(&format!("{name}/wit/deps"));
            if random.is() {
                symlink("../../units", deps).unwrap()
            } else {
                farm.write(&format!("{name}/wit/deps/units/units.wit"), UNITS)
            }
        }
        if random.is() {
            farm.write(&format!("{name}/wit/.DS_Store"), "\0");
        }
        farm.write(&format!("{name}/Cargo.toml"), self.manifest(random));
        farm.write(&format!("{name}/src/lib.rs"), self.code(random));
    }

    fn manifest(&self, random: &mut Random) -> String {
        let dependency = match self.is_plain {
            true => "wit-bindgen = \"0.63\"",
            // its own flags need the feature without any link
            false if self.sorts.contains(&0) || random.is() => {
                "wit-bindgen-rt = { version = \"0.44.0\", features = [\"bitflags\"] }"
            }
            false => random.one(&[
                "wit-bindgen-rt = \"0.44.0\"",
                "wit-bindgen-rt.workspace = true",
            ]),
        };
        let mut manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\n{dependency}\n",
            self.name
        );
        if self.is_plain {
            return manifest;
        }
        manifest.push_str("\n[package.metadata.component]\n");
        let root = if self.shares_root { "../wit" } else { "wit" };
        let world = self.world_name();
        if self.shares_root || !world.is_empty() {
            manifest.push_str("\n[package.metadata.component.target]\n");
        }
        if self.shares_root {
            manifest.push_str("path = \"../wit\"\n");
        }
        if !world.is_empty() {
            manifest.push_str(&format!("world = \"{world}\"\n"));
        }
        if self.uses_units {
            manifest.push_str(&format!(
                "\n[package.metadata.component.target.dependencies]\n\"farm:units\" = {{ path = \"{root}/deps/units\" }}\n"
            ));
        }
        manifest
    }

    fn code(&self, random: &mut Random) -> String {
        let (modules, export) = match self.is_plain {
            true => (self.macro_call(random), "export!(It);"),
            false => (
                "mod bindings;\nuse bindings::exports;\n".to_string(),
                "bindings::export!(It with_types_in bindings);",
            ),
        };
        let mut functions = vec!["fn stop() {}"];
        if self.uses_units {
            functions.push("fn fill(_: Amount) {}");
        }
        functions.extend(self.sorts.iter().map(|sort| SORTS[*sort].1));
        let resource = match self.sorts.contains(&3) {
            true => "impl GuestValve for It { fn open(&self, _: u8) {} }\n",
            false => "",
        };
        format!(
            "#![allow(warnings)]\n{modules}use exports::farm::{}::{}_api::*;\nstruct It;\nimpl Guest for It {{ {} }}\n{resource}{export}\n",
            self.package(),
            self.name,
            functions.join(" ")
        )
    }

    fn macro_call(&self, random: &mut Random) -> String {
        let mut options = Vec::new();
        let world = self.world_name();
        if !world.is_empty() {
            options.push(format!("world: {world:?}"));
        }
        // what the member imports itself needs it without any link
        if self.uses_units || random.number(4) > 0 {
            options.push("generate_all".to_string());
        }
        if self.shares_root {
            options.push("path: \"../wit\"".to_string());
        }
        format!("wit_bindgen::generate!({{ {} }});\n", options.join(", "))
    }

    /// Its world gets another name, or its package a higher version.
    fn change(&mut self, farm: &Workspace, random: &mut Random) {
        let old = self.world_name();
        let wit = self.wit();
        if self.shares_root || random.is() {
            let head = format!("world {} {{", self.world);
            self.world = format!("other-{}", self.name);
            farm.replace(&wit, &head, &format!("world {} {{", self.world));
        } else {
            let head = format!("package farm:{}{};", self.name, self.version);
            self.version = "@2.0.0";
            farm.replace(&wit, &head, &format!("package farm:{}@2.0.0;", self.name));
        }
        let new = self.world_name();
        if old != new {
            let file = if self.is_plain {
                format!("{}/src/lib.rs", self.name)
            } else {
                format!("{}/Cargo.toml", self.name)
            };
            farm.replace(&file, &format!("{old:?}"), &format!("{new:?}"));
        }
    }
}

/// What became of the workspace of a seed.
fn look_at(seed: u64) -> &'static str {
    let random = &mut Random(seed);
    let farm = Workspace::empty("farm");
    let mut members = write(&farm, random);
    let before = farm.tree();
    let Some(imports) = link(&farm, &members, random) else {
        return "nothing linked";
    };
    let has_changes = random.is();
    if has_changes {
        let member = random.number(members.len());
        members[member].change(&farm, random);
        println!("{} changes", members[member].name);
        if !regenerate(&farm) {
            return "changed and refused";
        }
    }
    let check = farm.golem_rpc(&["check"]);
    let built = build(&farm, &members, seed.is_multiple_of(4));
    assert_eq!(
        check.code == 0,
        built.code == 0,
        "seed {seed}: {check}\n{built}"
    );
    if !has_changes {
        leaves_nothing(&farm, &imports, &before);
    }
    match (check.code, has_changes) {
        (0, true) => "changed and built",
        (0, false) => "built",
        _ => "red and does not build",
    }
}

fn write(farm: &Workspace, random: &mut Random) -> Vec<Member> {
    let names = ["pump", "well", "tank", "weir"];
    let names = &names[..2 + random.number(3)];
    farm.write(
        "Cargo.toml",
        format!(
            "[workspace]\nresolver = \"2\"\nmembers = {names:?}\n\n[workspace.dependencies]\nwit-bindgen-rt = \"0.44.0\"\n"
        ),
    );
    farm.write("units/units/units.wit", UNITS);
    let members: Vec<_> = names.iter().map(|name| Member::new(name, random)).collect();
    if members.iter().any(|member| member.shares_root) {
        farm.write("wit/deps/units/units.wit", UNITS);
    }
    for member in &members {
        member.write(farm, random);
    }
    members
}

/// `unlink` takes everything out again, save the imports that the user wrote.
fn leaves_nothing(farm: &Workspace, imports: &[Import], before: &Tree) {
    farm.golem_rpc(&["unlink", "--all", "--force"]).success();
    for (file, line) in imports {
        farm.replace(file, line, "");
    }
    let of_cargo: Vec<_> = farm
        .tree()
        .files()
        .filter(|file| *file == "Cargo.lock" || file.ends_with("src/bindings.rs"))
        .map(|file| farm.path(file.as_str()))
        .collect();
    of_cargo
        .iter()
        .for_each(|file| fs::remove_file(file).unwrap());
    farm.tree().assert_same_content_as(before);
}

/// A file, and a line that the user wrote in it.
type Import = (String, String);

/// Links some members; gives the imports that the user wrote, if there are links then.
fn link(farm: &Workspace, members: &[Member], random: &mut Random) -> Option<Vec<Import>> {
    let (mut is_linked, mut imports_written) = (false, Vec::new());
    for _ in 0..=members.len() {
        let target = &members[random.number(members.len())];
        let caller = &members[random.number(members.len())];
        let backend = random.one(&["crate", "component"]);
        let mut init = vec!["init", "--targets", target.name, "--callers", caller.name];
        init.extend(["--stub-backend", backend]);
        let imports = random.number(3);
        if imports > 0 {
            init.push("--import");
        }
        let before = farm.tree();
        let run = farm.golem_rpc(&init);
        println!("{init:?}: {}", run.code);
        if run.code != 0 {
            println!("{}", run.stderr);
            assert!([3, 4].contains(&run.code), "{run}");
            farm.tree().assert_same_as(&before);
            continue;
        }
        is_linked = true;
        let import = format!("import {};", target.stub());
        if imports == 0 && !farm.read(&caller.wit()).contains(&import) {
            println!("{} {import}", caller.name);
            let head = format!("world {} {{\n", caller.world);
            let line = format!("  {import}\n");
            farm.replace(&caller.wit(), &head, &format!("{head}{line}"));
            imports_written.push((caller.wit(), line));
        }
    }
    is_linked.then_some(imports_written)
}

/// With the way out that it names where imports are left behind; whether that leads somewhere.
fn regenerate(farm: &Workspace) -> bool {
    let before = farm.tree();
    let run = farm.golem_rpc(&["regenerate"]);
    if run.code == 0 {
        return true;
    }
    farm.tree().assert_same_as(&before);
    println!("{}", run.stderr);
    let fixed = farm.golem_rpc(&["regenerate", "--fix-imports"]);
    if fixed.code == 0 {
        return true;
    }
    // what the user wrote below a macro without `generate_all` still cannot work; and a member that imports
    // its own stub by hand has to do without the import while it is renamed
    assert!([3, 4].contains(&fixed.code), "{fixed}");
    farm.tree().assert_same_as(&before);
    false
}

/// Code that compiles; and components that are composed, which costs more and proves a little more.
fn build(farm: &Workspace, members: &[Member], is_whole: bool) -> Run {
    if is_whole {
        let run = cargo(farm, &["golem-rpc", "build-workspace"]);
        if run.code != 0 {
            return run;
        }
    }
    let (plain, components): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.is_plain);
    let stubs = members.iter().map(|member| format!("{}-stub", member.name));
    let stubs: Vec<_> = stubs
        .filter(|stub| farm.path(stub).join("Cargo.toml").exists())
        .collect();
    let mut last = None;
    let of_cargo = plain.iter().map(|member| member.name).collect::<Vec<_>>();
    let components = components.iter().map(|member| member.name);
    let of_component = components.chain(stubs.iter().map(String::as_str)).collect();
    for (command, names) in [
        (&["check", "--target", "wasm32-wasip1"][..], of_cargo),
        (&["component", "check"], of_component),
    ] {
        if names.is_empty() {
            continue;
        }
        let names = names.iter().flat_map(|name| ["-p", *name]);
        let run = cargo(
            farm,
            &command.iter().copied().chain(names).collect::<Vec<_>>(),
        );
        if run.code != 0 {
            return run;
        }
        last = Some(run);
    }
    last.unwrap()
}

fn cargo(farm: &Workspace, args: &[&str]) -> Run {
    farm.command("cargo", args)
        .env("CARGO_TARGET_DIR", cache_dir("init-builds"))
        .run()
}
