//! wit-bindgen-rt's feature `bitflags`: put into a caller's Cargo.toml where a stub brings flags, however
//! that writes the dependency, and taken out again byte for byte.
#![allow(
    clippy::unwrap_used,
    reason = "the tests put workspaces on disk, for real cargo to read"
)]

mod support;

use cargo_metadata::MetadataCommand;
use support::Scratch;

const VENTS: &str = "[package]\nname = \"vents\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
    [lib]\ncrate-type = [\"cdylib\"]\n[package.metadata.component]\n";
const FLAGS: &str = "package house:vents;\n\ninterface control {\n  flags walls { north, south }\n  \
    open: func(more: walls) -> walls;\n}\nworld vents { export control; }\n";
const NUMBERS: &str = "package house:vents;\n\ninterface control {\n  open: func(more: u8) -> u8;\n}\n\
    world vents { export control; }\n";
const GARDENER: &str =
    "package house:gardener;\n\nworld gardener { export morning: func() -> u32; }\n";
const HEAD: &str = "[package]\nname = \"gardener\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n\
    [lib]\ncrate-type = [\"cdylib\"]\n\n[package.metadata.component]\npackage = \"house:gardener\"\n";

/// A workspace whose gardener calls the vents, with these dependencies in its manifest.
fn house(root: &str, dependencies: &str, vents: &str) -> Scratch {
    Scratch::with(&[
        (
            "Cargo.toml",
            &format!("[workspace]\nmembers = [\"vents\", \"gardener\"]\nresolver = \"2\"\n{root}"),
        ),
        ("vents/Cargo.toml", VENTS),
        ("vents/wit/vents.wit", vents),
        ("gardener/Cargo.toml", &format!("{HEAD}\n{dependencies}")),
        ("gardener/wit/gardener.wit", GARDENER),
    ])
}

/// The features of wit-bindgen-rt that the gardener asks for, as cargo reads its manifest.
fn features(house: &Scratch) -> Vec<String> {
    let mut command = MetadataCommand::new();
    command
        .manifest_path(house.root.join("Cargo.toml"))
        .no_deps();
    let metadata = command.exec().unwrap();
    let package = metadata
        .packages
        .iter()
        .find(|p| p.name.as_str() == "gardener")
        .unwrap();
    let runtimes = package
        .dependencies
        .iter()
        .filter(|d| d.name == "wit-bindgen-rt");
    runtimes.flat_map(|d| d.features.clone()).collect()
}

const FORMS: [(&str, &str); 14] = [
    (
        "wit-bindgen-rt = \"0.44.0\" # the runtime\n",
        "wit-bindgen-rt = { features = [\"bitflags\"], version = \"0.44.0\" } # golem-rpc # the runtime\n",
    ),
    (
        "wit-bindgen-rt = { version = \"0.44.0\" }\n",
        "wit-bindgen-rt = { version = \"0.44.0\", features = [\"bitflags\"] } # golem-rpc\n",
    ),
    (
        "wit-bindgen-rt = {version='0.44.0', default-features=false}",
        "wit-bindgen-rt = {version='0.44.0', default-features=false, features = [\"bitflags\"]} # golem-rpc",
    ),
    (
        "wit-bindgen-rt = { features = [\"async\"], version = \"0.44.0\" }\n",
        "wit-bindgen-rt = { features = [\"async\", \"bitflags\"], version = \"0.44.0\" } # golem-rpc\n",
    ),
    (
        "wit-bindgen-rt = { features = [], version = \"0.44.0\" }\n",
        "wit-bindgen-rt = { features = [ \"bitflags\"], version = \"0.44.0\" } # golem-rpc\n",
    ),
    (
        "wit-bindgen-rt.version = \"0.44.0\"\n",
        "wit-bindgen-rt.version = \"0.44.0\"\nwit-bindgen-rt.features = [\"bitflags\"] # golem-rpc\n",
    ),
    (
        "[dependencies.wit-bindgen-rt]\nversion = \"0.44.0\"\n# the end\n",
        "[dependencies.wit-bindgen-rt]\nfeatures = [\"bitflags\"] # golem-rpc\nversion = \"0.44.0\"\n# the end\n",
    ),
    (
        "wit-bindgen-rt.workspace = true\n",
        "wit-bindgen-rt.workspace = true\nwit-bindgen-rt.features = [\"bitflags\"] # golem-rpc\n",
    ),
    (
        "wit-bindgen-rt = { workspace = true }\n",
        "wit-bindgen-rt = { workspace = true, features = [\"bitflags\"] } # golem-rpc\n",
    ),
    (
        "wit_bindgen_rt = { package = \"wit-bindgen-rt\", version = \"0.44.0\" }\n",
        "wit_bindgen_rt = { package = \"wit-bindgen-rt\", version = \"0.44.0\", features = [\"bitflags\"] } # golem-rpc\n",
    ),
    (
        "[target.'cfg(target_family = \"wasm\")'.dependencies]\nwit-bindgen-rt = \"0.44\"\n",
        "[target.'cfg(target_family = \"wasm\")'.dependencies]\nwit-bindgen-rt = { features = [\"bitflags\"], version = \"0.44\" } # golem-rpc\n",
    ),
    (
        "[target.wasm32-wasip1.dependencies.wit-bindgen-rt]\nversion = \"0.44\"\nfeatures = [\n  \"async\",\n]\n",
        "[target.wasm32-wasip1.dependencies.wit-bindgen-rt]\nversion = \"0.44\"\nfeatures = [\n  \"async\",\n  \"bitflags\",\n] # golem-rpc\n",
    ),
    (
        "wit-bindgen-rt = { version = \"0.44\", features = [\"bitflags\"] }\n",
        "wit-bindgen-rt = { version = \"0.44\", features = [\"bitflags\"] }\n",
    ),
    (
        "log = \"0.4\"\nwit-bindgen-rt = \"0.44\"\n",
        "log = \"0.4\"\nwit-bindgen-rt = { features = [\"bitflags\"], version = \"0.44\" } # golem-rpc\n",
    ),
];

fn section(text: &str) -> String {
    if text.starts_with('[') {
        text.to_string()
    } else {
        format!("[dependencies]\n{text}")
    }
}

const INHERITED: &str = "[workspace.dependencies]\nwit-bindgen-rt = \"0.44.0\"\n";

#[test]
fn every_way_to_write_the_dependency() {
    for (before, after) in FORMS {
        let (before, after) = (section(before), section(after));
        for (rewrite, newline) in [(false, "\n"), (true, "\r\n")] {
            let house = house(INHERITED, &before, FLAGS);
            if rewrite {
                let text = house.read("gardener/Cargo.toml").replace('\n', newline);
                house.write("gardener/Cargo.toml", text);
            }
            let content = house.content();
            house.init_twice(&["vents"], &["gardener"]);
            let text = house.read("gardener/Cargo.toml").replace("\r\n", "\n");
            assert!(text.contains(after.trim_end()), "{before}\n{text}");
            assert!(features(&house).contains(&"bitflags".to_string()), "{text}");
            house.apply(&house.unlink_all().unwrap());
            assert_eq!(house.content(), content, "{before}");
        }
    }
}

#[test]
fn what_is_inherited_with_the_feature_stays() {
    let root = "[workspace.dependencies]\nwit-bindgen-rt = { version = \"0.44.0\", features = [\"bitflags\"] }\n";
    let house = house(
        root,
        "[dependencies]\nwit-bindgen-rt.workspace = true\n",
        FLAGS,
    );
    house.init_twice(&["vents"], &["gardener"]);
    assert!(!house.read("gardener/Cargo.toml").contains("features"));
}

/// Where cargo builds wasm, it does not see what stands there for other platforms.
#[test]
fn features_for_other_platforms_do_not_count() {
    let with = "wit-bindgen-rt = { version = \"0.44\", features = [\"bitflags\"] }\n";
    let platforms = [
        "cfg(not(target_arch = \"wasm32\"))",
        "cfg(target_os = \"linux\")",
        "x86_64-unknown-linux-gnu",
    ];
    for platform in platforms {
        let other = format!("[target.'{platform}'.dependencies]\n{with}");
        let plain = "[dependencies]\nwit-bindgen-rt = \"0.44\"\n";
        let house = house("", &format!("{plain}\n{other}"), FLAGS);
        let content = house.content();
        house.init_twice(&["vents"], &["gardener"]);
        let text = house.read("gardener/Cargo.toml");
        let ours =
            "wit-bindgen-rt = { features = [\"bitflags\"], version = \"0.44\" } # golem-rpc\n";
        assert!(text.contains(&format!("[dependencies]\n{ours}")), "{text}");
        assert!(text.contains(&other), "{text}");
        house.apply(&house.unlink_all().unwrap());
        assert_eq!(house.content(), content);
    }
}

#[test]
fn the_feature_comes_and_goes_with_the_flags() {
    let house = house("", "[dependencies]\nwit-bindgen-rt = \"0.44.0\"\n", NUMBERS);
    house.init_twice(&["vents"], &["gardener"]);
    let without = house.read("gardener/Cargo.toml");
    assert!(!without.contains("features"), "{without}");
    let regenerate = || {
        let planned = house.regenerate(&["vents"], &["gardener"]).unwrap();
        house.apply(&planned);
        house.read("gardener/Cargo.toml")
    };
    house.write("vents/wit/vents.wit", FLAGS);
    assert!(
        regenerate().contains("{ features = [\"bitflags\"], version = \"0.44.0\" } # golem-rpc")
    );
    house.write("vents/wit/vents.wit", NUMBERS);
    assert_eq!(regenerate(), without);
}

/// The user has changed the file since.
#[test]
fn an_edited_manifest_gives_the_feature_back() {
    let house = house("", "[dependencies]\nwit-bindgen-rt = \"0.44.0\"\n", FLAGS);
    house.init_twice(&["vents"], &["gardener"]);
    let text = house.read("gardener/Cargo.toml");
    let edited = text.replace("[dependencies]\n", "[dependencies]\nlog = \"0.4\"\n");
    house.write("gardener/Cargo.toml", edited);
    house.apply(&house.unlink_all().unwrap());
    let wanted = format!("{HEAD}\n[dependencies]\nlog = \"0.4\"\nwit-bindgen-rt = \"0.44.0\"\n");
    assert_eq!(house.read("gardener/Cargo.toml"), wanted);
}

/// Of its own accord the user asks for more features: theirs stay, ours goes.
#[test]
fn features_beside_ours_stay() {
    let house = house(
        "",
        "[dependencies]\nwit-bindgen-rt = { version = \"0.44.0\" }\n",
        FLAGS,
    );
    house.init_twice(&["vents"], &["gardener"]);
    let text = house.read("gardener/Cargo.toml");
    house.write(
        "gardener/Cargo.toml",
        text.replace("[\"bitflags\"]", "[\"async\", \"bitflags\"]"),
    );
    house.apply(&house.unlink_all().unwrap());
    let text = house.read("gardener/Cargo.toml");
    assert!(text.contains("features = [\"async\"]"), "{text}");
}
