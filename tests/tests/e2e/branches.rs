//! Two git branches that each add a link: git merges all that is not one line that both edit, and one
//! `regenerate` ends in the bytes of a fresh `init` with both.

use std::collections::{BTreeMap, BTreeSet};

use golem_rpc_tests::{Tree, Workspace, component_manifest};

use super::breaking::{commit_all, git};

const MEMBERS: [&str; 4] = ["desk", "prices", "shop", "stock"];

/// Four members, of which one calls another already.
fn store(links: &[[&str; 2]]) -> Workspace {
    let store = Workspace::empty("store");
    let members = MEMBERS.map(|name| format!("    \"{name}\",\n")).concat();
    store.write(
        "Cargo.toml",
        format!("[workspace]\nresolver = \"2\"\nmembers = [\n{members}]\n"),
    );
    for name in MEMBERS {
        store.write(
            &format!("{name}/Cargo.toml"),
            component_manifest(name, &format!("store:{name}")),
        );
        store.write(&format!("{name}/src/lib.rs"), "");
        store.write(
            &format!("{name}/wit/{name}.wit"),
            format!(
                "package store:{name};\n\ninterface api {{\n  get: func(of: string) -> u64;\n}}\n\nworld {name} {{\n  export api;\n}}\n"
            ),
        );
    }
    for link in links {
        add(&store, *link);
    }
    store
}

fn add(store: &Workspace, [caller, target]: [&str; 2]) {
    let args = ["link", caller, target, "--import"];
    store.golem_rpc(&args).success();
}

/// The files that git left both sides in.
fn conflicts(store: &Workspace) -> Vec<String> {
    let args = ["diff", "--name-only", "--diff-filter=U"];
    let run = store.command("git", &args).run().success();
    run.stdout.lines().map(String::from).collect()
}

/// Keeps both sides, in the order of the alphabet, as one does in lists; two lists of one key become one.
fn keep_both(store: &Workspace, file: &str) {
    let text = store.read(file);
    let mut both: Option<BTreeMap<String, BTreeSet<&str>>> = None;
    let mut resolved = String::new();
    for line in text.lines() {
        if line.starts_with("<<<<<<< ") {
            both = Some(BTreeMap::new());
        } else if line.starts_with(">>>>>>> ") {
            for (key, elements) in both.take().unwrap_or_default() {
                let elements: Vec<&str> = elements.into_iter().collect();
                resolved += &key.replace("[]", &format!("[{}]", elements.join(", ")));
            }
        } else if let Some(both) = &mut both {
            if line != "=======" {
                let (key, elements) = match line.split_once(" = [") {
                    Some((key, rest)) => (format!("{key} = []\n"), rest.trim_end_matches(']')),
                    None => (format!("{line}\n"), ""),
                };
                both.entry(key).or_default().extend(elements.split(", "));
            }
        } else {
            resolved += &format!("{line}\n");
        }
    }
    store.write(file, resolved);
}

/// Adds a link on a branch each, merges them, and compares with a store that had them from the start.
fn merged(one: [&str; 2], other: [&str; 2]) -> Vec<String> {
    let old = ["desk", "stock"];
    let store = store_in_git(old);
    git(&store, &["checkout", "--quiet", "-b", "other"]);
    add(&store, other);
    commit(&store);
    git(&store, &["checkout", "--quiet", "v1"]);
    add(&store, one);
    commit(&store);
    // What it leaves in conflict is looked at next.
    let merge = ["merge", "--quiet", "-m", "both", "other"];
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    store
        .command("git", &[&identity[..], &merge].concat())
        .run();
    let conflicts = conflicts(&store);
    for file in &conflicts {
        match file.as_str() {
            "Makefile.toml" => git(&store, &["checkout", "--quiet", "--ours", file]),
            file => keep_both(&store, file),
        }
    }
    store.golem_rpc(&["regenerate"]).success();
    store.golem_rpc(&["check"]).success();
    let fresh = self::store(&[old, one, other]);
    users_and_ours(&store).assert_same_content_as(&fresh.tree());
    conflicts
}

fn store_in_git(link: [&str; 2]) -> Workspace {
    let store = store(&[link]);
    commit_all(&store);
    store
}

fn commit(store: &Workspace) {
    git(store, &["add", "--all"]);
    git(store, &["commit", "--quiet", "-m", "a link"]);
}

/// The tree without what git keeps for itself.
fn users_and_ours(store: &Workspace) -> Tree {
    std::fs::remove_dir_all(store.path(".git")).unwrap();
    store.tree()
}

#[test]
fn links_of_two_callers_meet_in_the_lists_and_tasks_alone() {
    let conflicts = merged(["shop", "stock"], ["desk", "prices"]);
    for file in &conflicts {
        assert!(
            ["Cargo.toml", "Makefile.toml"].contains(&file.as_str()),
            "{conflicts:?}"
        );
    }
}

#[test]
fn links_of_one_caller_meet_in_its_own_files_as_well() {
    let conflicts = merged(["shop", "stock"], ["shop", "prices"]);
    for file in &conflicts {
        assert!(
            [
                "Cargo.toml",
                "Makefile.toml",
                "shop/Cargo.toml",
                "shop/wit/shop.wit"
            ]
            .contains(&file.as_str()),
            "{conflicts:?}"
        );
    }
}

/// cargo reads no workspace while the manifest of a stub crate is in conflict.
#[test]
fn a_conflict_in_a_stub_crate_takes_either_side_and_regenerate() {
    let store = store_in_git(["desk", "stock"]);
    let (manifest, generated) = ("stock-stub/Cargo.toml", store.read("stock-stub/Cargo.toml"));
    git(&store, &["checkout", "--quiet", "-b", "other"]);
    store.write(manifest, format!("{generated}# other\n"));
    commit(&store);
    git(&store, &["checkout", "--quiet", "v1"]);
    store.write(manifest, format!("{generated}# one\n"));
    commit(&store);
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    let merge = [&identity[..], &["merge", "--quiet", "other"]].concat();
    store.command("git", &merge).run();
    assert_eq!(conflicts(&store), [manifest]);

    let commands = [
        "`git checkout --ours stock-stub`",
        "`cargo golem-rpc regenerate --force`",
    ];
    store.golem_rpc(&["check"]).failure(3, &commands);
    git(&store, &["checkout", "--quiet", "--ours", "stock-stub"]);
    store.golem_rpc(&["regenerate", "--force"]).success();
    assert_eq!(store.read(manifest), generated);
}
