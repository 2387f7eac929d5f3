//! What `cargo metadata --no-deps` says of a workspace in memory: members by name and by glob, and the
//! metadata tables of their manifests. Not for anything else that cargo knows.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::MetadataCommand;
use glob::{MatchOptions, Pattern};
use golem_rpc_plan::Snapshot;
use golem_rpc_workspace::Workspace;
use serde_json::{Value, json};

use super::ROOT;

pub(crate) fn workspace(disk: &Snapshot) -> Workspace {
    let root = read(disk, Utf8Path::new("Cargo.toml"));
    let packages: Vec<Value> = member_dirs(disk, &root)
        .iter()
        .map(|dir| package(disk, dir))
        .collect();
    let ids: Vec<&Value> = packages.iter().map(|package| &package["id"]).collect();
    let metadata = json!({
        "packages": packages,
        "workspace_members": ids,
        "workspace_default_members": ids,
        "resolve": null,
        "target_directory": format!("{ROOT}/target"),
        "version": 1,
        "workspace_root": ROOT,
        "metadata": root["workspace"]["metadata"],
    });
    Workspace::new(&MetadataCommand::parse(metadata.to_string()).unwrap()).unwrap()
}

fn read(disk: &Snapshot, path: &Utf8Path) -> Value {
    let text = disk.text(Utf8Path::new(ROOT).join(path));
    let text = text.unwrap_or_else(|| panic!("{path} is a member without a manifest"));
    toml_edit::de::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"))
}

fn member_dirs(disk: &Snapshot, root: &Value) -> Vec<Utf8PathBuf> {
    let list = |key: &str| -> Vec<String> {
        let list = root["workspace"][key].as_array().into_iter().flatten();
        list.map(|entry| entry.as_str().unwrap().to_string())
            .collect()
    };
    let manifests = disk.iter().filter_map(|(path, _)| {
        let dir = path.strip_prefix(ROOT).ok()?.parent()?;
        (path.file_name() == Some("Cargo.toml")).then(|| dir.to_path_buf())
    });
    let manifests: Vec<Utf8PathBuf> = manifests.collect();
    let excluded = list("exclude");
    let options = MatchOptions {
        require_literal_separator: true,
        ..MatchOptions::new()
    };
    let mut dirs = Vec::new();
    if root.get("package").is_some() {
        dirs.push(Utf8PathBuf::new());
    }
    for entry in list("members") {
        if !entry.contains('*') {
            dirs.push(Utf8PathBuf::from(entry));
            continue;
        }
        let pattern = Pattern::new(&entry).unwrap();
        // Cargo wants a manifest in every directory that a glob finds.
        for (path, _) in disk.iter() {
            let below = path.strip_prefix(ROOT).unwrap().parent().unwrap();
            for dir in below
                .ancestors()
                .filter(|dir| pattern.matches_with(dir.as_str(), options))
            {
                let out = excluded.iter().any(|entry| dir.starts_with(entry));
                assert!(
                    out || manifests.iter().any(|known| known == dir),
                    "cargo finds {dir} without a manifest"
                );
            }
        }
        let found = manifests.iter().filter(|dir| {
            let out = excluded.iter().any(|entry| dir.starts_with(entry));
            pattern.matches_with(dir.as_str(), options) && !out
        });
        dirs.extend(found.cloned());
    }
    dirs.sort();
    dirs.dedup();
    dirs
}

fn package(disk: &Snapshot, dir: &Utf8Path) -> Value {
    let manifest = read(disk, &dir.join("Cargo.toml"));
    let (path, name) = (Utf8Path::new(ROOT).join(dir), &manifest["package"]["name"]);
    json!({
        "name": name,
        "version": "0.1.0",
        "id": format!("path+file://{path}#{}@0.1.0", name.as_str().unwrap()),
        "source": null, "license": null, "license_file": null, "description": null,
        "dependencies": [], "features": {}, "authors": [], "categories": [], "keywords": [],
        "targets": [{
            "kind": ["cdylib"], "crate_types": ["cdylib"], "name": name.as_str().unwrap().replace('-', "_"),
            "src_path": path.join("src/lib.rs"), "edition": "2021", "doc": true, "doctest": true,
            "test": true,
        }],
        "manifest_path": path.join("Cargo.toml"),
        "metadata": manifest["package"]["metadata"],
        "publish": null, "readme": null, "repository": null, "homepage": null,
        "documentation": null, "edition": "2021", "links": null, "default_run": null,
        "rust_version": null,
    })
}
