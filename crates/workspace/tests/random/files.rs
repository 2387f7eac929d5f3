//! The texts of a random workspace.

use super::{Made, Rng};

pub(super) fn root(rng: &mut Rng, members: &[Made]) -> String {
    let mut text = String::new();
    if rng.chance(3) {
        text.push_str("# The shop.\n\n");
    }
    let others: Vec<&Made> = members.iter().filter(|member| !member.is_root).collect();
    let entries = entries(rng, &others);
    if let Some(root) = members.iter().find(|member| member.is_root) {
        text.push_str(&manifest(rng, root));
        text.push('\n');
    } else if rng.chance(8) {
        return format!(
            "{text}workspace = {{ resolver = \"2\", members = [{}] }}\n",
            entries.join(", ")
        );
    } else if rng.chance(8) {
        return format!(
            "{text}workspace.resolver = \"2\"\nworkspace.members = [{}] # all\n\n[profile.dev]\nopt-level = 1\n",
            entries.join(", ")
        );
    }
    text.push_str(rng.pick(&["[workspace]\n", "[workspace] # here\n", "[ workspace ]\n"]));
    let list = list(rng, &entries);
    if rng.chance(2) {
        text.push_str(&format!("resolver = \"2\"\nmembers = {list}\n"))
    } else {
        text.push_str(&format!("members = {list}\nresolver = \"2\"\n"))
    }
    if rng.chance(4) {
        text.push_str(rng.pick(&[
            "exclude = [\"old\"]\n",
            "exclude = [\n  \"old\", # for now\n  \"legacy\"\n]\n",
            "exclude = []\n",
        ]));
    }
    let sections = [
        "\n[profile.release]\nlto = \"thin\" # mine\n",
        "\n# dev\n[profile.dev]\nopt-level = 1\n",
        "\n[workspace.metadata.other]\nx = { y = [1, 2] }\n",
        "\n[workspace.metadata]\nnote = \"\"\"\nlong\n\"\"\"\n",
        "\n[workspace.dependencies]\n# none yet\n",
        "\n\n# [profile.release]\n# lto = true\n",
        "\n[workspace.metadata.golem-rpc]\n# ours, one day\n",
        "\n[patch.crates-io]\n",
    ];
    for section in sections {
        if rng.chance(5) {
            text.push_str(section);
        }
    }
    text
}

/// What stands in `members`: names, or globs over the directories that are for many.
fn entries(rng: &mut Rng, members: &[&Made]) -> Vec<String> {
    let by_glob = rng.chance(2);
    let mut entries: Vec<String> = Vec::new();
    for member in members {
        let entry = match member.dir.split_once('/') {
            Some((dir, _)) if by_glob => format!("{dir}/*"),
            _ => member.dir.clone(),
        };
        let entry = if rng.chance(6) {
            format!("'{entry}'")
        } else {
            format!("\"{entry}\"")
        };
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    if rng.chance(2) {
        entries.sort();
    }
    entries
}

fn list(rng: &mut Rng, entries: &[String]) -> String {
    let lines = |end: &str| -> String {
        let (last, others) = entries.split_last().unwrap();
        let others: String = others
            .iter()
            .map(|e| format!("    {e}, # {}\n", e.len()))
            .collect();
        format!("[\n{others}    {last}{end}\n]")
    };
    match rng.below(6) {
        0 => format!("[{}]", entries.join(", ")),
        1 => format!("[ {}, ]", entries.join(" , ")),
        2 => lines(","),
        3 => lines(""),
        4 => lines(" # last"),
        _ => format!("[\n  # all of them\n  {}]", entries.join(", ")),
    }
}

pub(super) fn manifest(rng: &mut Rng, member: &Made) -> String {
    let Made {
        name,
        package,
        world,
        ..
    } = member;
    let mut text = String::new();
    if rng.chance(4) {
        text.push_str("# A member.\n");
    }
    text.push_str(&format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n"
    ));
    let edition = rng.pick(&["edition = \"2021\"\n", "edition=\"2021\" # old\n"]);
    text.push_str(edition);
    if rng.chance(6) {
        text.push_str(&format!(
            "metadata.component.package = \"{package}\"\nmetadata.component.target.world = \"{world}\"\n"
        ));
        return text + &rest(rng);
    }
    if rng.chance(6) {
        text.push_str(&format!(
            "metadata = {{ component = {{ package = \"{package}\" }} }}\n"
        ));
        return text + &rest(rng);
    }
    let rest = rest(rng);
    let first = rng.chance(2);
    if first {
        text.push_str(&rest);
    }
    text.push_str(&match rng.below(6) {
        0 => "\n[package.metadata.component]\n".to_string(),
        1 => format!(
            "\n[package.metadata.component]\npackage = \"{package}\"\n\n[package.metadata.component.target]\npath = \"wit\"\nworld = \"{world}\"\n"
        ),
        2 => format!(
            "\n[package.metadata.component]\npackage = \"{package}\"\n\n[package.metadata.component.target.dependencies]\n"
        ),
        3 => format!(
            "\n[package.metadata.component]\ntarget = {{ path = \"wit\", world = \"{world}\" }}\n"
        ),
        4 => format!(
            "\n[package.metadata.component.target.dependencies]\n\"my:stuff\" = {{ path = \"own/my.wit\" }} # mine\n\n[package.metadata.component]\npackage = \"{package}\" # last\n"
        ),
        _ => "\n[package.metadata.component.target.dependencies]\n# what it needs\n\"my:stuff\".path = \"own/my.wit\"\n".to_string(),
    });
    if !first {
        text.push_str(&rest);
    }
    text
}

/// What a manifest has besides.
fn rest(rng: &mut Rng) -> String {
    let mut text = String::new();
    let dependencies = rng.pick(&[
        "\n[dependencies]\nwit-bindgen-rt = { version = \"0.41\", features = [\"bitflags\"] }\n",
        "\n[dependencies]\nwit-bindgen-rt = { version = \"0.41\", features = [] } # mine\n",
        "\n[dependencies]\nwit-bindgen-rt = \"0.41\"\n",
        "\n[dependencies.wit-bindgen-rt]\nversion = \"0.41\"\n",
    ]);
    for section in [
        "\n[lib]\ncrate-type = [\"cdylib\"]\n",
        dependencies,
        "\n# nothing below\n",
        "\n[features]\ndefault = []\n\n",
    ] {
        if rng.chance(3) {
            text.push_str(section);
        }
    }
    text
}

/// The WIT files of a member, and a package of its own beside them.
pub(super) fn wit(rng: &mut Rng, member: &Made, members: &[Made]) -> Vec<(String, String)> {
    let Made {
        package,
        version,
        world,
        ..
    } = member;
    let mut api = format!("package {package}{version};\n\n");
    api.push_str("/// What it does. } { world x {\ninterface api {\n  record item {\n    id: u32,\n    name: string,\n  }\n");
    api.push_str(rng.pick(&[
        "  go: func(item: item) -> u32;\n}\n",
        "  go: func();\n  all: func() -> list<item>;\n}\n",
        "  flags marks {\n    new,\n    sold,\n  }\n  mark: func(with: marks) -> marks;\n}\n",
        "  resource store {\n    constructor(name: string);\n    get: func() -> option<item>;\n  }\n}\n",
    ]));
    let world = match rng.below(7) {
        0 => format!("world {world} {{\n  export api;\n}}\n"),
        1 => format!("world {world} {{ export api; }}\n"),
        2 => format!(
            "/* {{ /* world {world} {{ */ */\nworld {world} {{\n\n    // import nothing;\n    export api;\n}}\n"
        ),
        3 => format!(
            "world {world}\n{{\n\timport log: func(text: string); // a {{\n\texport api;\n}}\n"
        ),
        4 => format!(
            "world {world} {{\n  import log: interface {{\n    say: func(text: string);\n  }}\n  export api;\n}}"
        ),
        5 => format!("world base {{\n  export api;\n}}\n\nworld {world} {{\n  include base;\n}}\n"),
        _ => format!("world {world} {{ import log: func(); export api;\n}}\n"),
    };
    let several = world.starts_with("world base");
    let world = match rng.chance(5) && !several {
        // The user has imported a stub already, perhaps one that is not there yet.
        true => {
            let Made {
                package,
                version,
                world: of,
                ..
            } = &members[rng.below(members.len())];
            let import = format!("import {package}-stub/stub-{of}{version};");
            world.replacen("export api;", &format!("{import} export api;"), 1)
        }
        false => world,
    };
    let mut files = vec![("own/my.wit".to_string(), "package my:stuff;\n".to_string())];
    match rng.chance(4) && !several {
        true => {
            files.push(("wit/api.wit".into(), api));
            files.push(("wit/world.wit".into(), format!("// the world\n{world}")));
        }
        false => files.push((
            format!("wit/{}.wit", member.name),
            format!("{api}\n{world}"),
        )),
    }
    files
}

pub(super) fn makefile(rng: &mut Rng) -> String {
    let mut text = String::new();
    for section in [
        "[config]\nskip_core_tasks = true\n\n",
        "# mine\n[tasks.lint]\ncommand = \"cargo\" # c\nargs = [\"clippy\"]\n\n",
        "[tasks.build]\nscript = '''\necho [tasks.x]\n'''\n\n",
        "[env]\nA = \"b\"\n",
        "[tasks.default]\nalias = \"lint\"",
    ] {
        if rng.chance(2) {
            text.push_str(section);
        }
    }
    text
}
