//! What a plan does to a workspace that has a history: links added, WIT changed, files edited.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use golem_rpc_workspace::{Links, Note, Read, WorkspaceError, add_component_dependencies};
use support::{Scratch, changed};

const ROOT: &str = "[workspace]\nresolver = \"2\"\nmembers = [\"a\", \"b\", \"c\"]\n";
const STUB_WIT: &str = "cart/wit/deps/shop_a-stub/_stub.wit";

fn manifest(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[package.metadata.component]\n"
    )
}

fn wit(name: &str, function: &str) -> String {
    format!(
        "package shop:{name};\n\ninterface api {{\n  {function}\n}}\n\nworld {name} {{\n  export api;\n}}\n"
    )
}

/// Members `a`, `b` and, in the directory `cart`, `c`.
fn workspace() -> Scratch {
    Scratch::with(&[
        ("Cargo.toml", &ROOT.replace("\"c\"", "\"cart\"")),
        ("a/Cargo.toml", &manifest("a")),
        ("a/wit/a.wit", &wit("a", "go: func();")),
        ("b/Cargo.toml", &manifest("b")),
        ("b/wit/b.wit", &wit("b", "go: func() -> u8;")),
        ("cart/Cargo.toml", &manifest("c")),
        ("cart/wit/c.wit", &wit("c", "go: func();")),
    ])
}

#[test]
fn members_are_named_in_many_ways() {
    let scratch = workspace();
    let (workspace, disk) = (scratch.workspace().unwrap(), scratch.snapshot());
    let cwd = scratch.root.join("a");
    let absolute = scratch.root.join("cart").to_string();
    let ways = [
        "c",
        "cart",
        "../cart",
        "./../cart/",
        "cart/Cargo.toml",
        &absolute,
    ]
    .map(String::from);
    let selected = workspace.select(&ways, &cwd, &disk).unwrap();
    let names: Vec<&str> = selected.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["c"]);
    let here = workspace
        .select(&[".".into(), "b".into()], &cwd, &disk)
        .unwrap();
    let names: Vec<&str> = here.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let typed = ["b", " a ", "", " "].map(String::from);
    let typed = workspace.select(&typed, &cwd, &disk).unwrap();
    let names: Vec<&str> = typed.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
}

#[test]
fn what_is_to_be_read() {
    let scratch = workspace();
    // One below the WIT root, and one that reading the root would not enter.
    let table = "[package.metadata.component.target.dependencies]";
    let deps = "\"x:y\" = { path = \"wit/deps/x\" }\n\"x:z\" = { path = \"wit/.z\" }";
    let text = format!("{}\n{table}\n{deps}\n", manifest("c"));
    scratch.write("cart/Cargo.toml", text);
    let workspace = scratch.workspace().unwrap();
    let reads = workspace.reads([&workspace.members["c"]]);
    let names: Vec<String> = reads
        .iter()
        .map(|read| match read {
            Read::File(path) => path.strip_prefix(&scratch.root).unwrap().to_string(),
            Read::Tree(path) => format!("{}/", path.strip_prefix(&scratch.root).unwrap()),
            Read::Wit(path) => format!("{}: WIT", path.strip_prefix(&scratch.root).unwrap()),
            Read::Deps(path) => unreachable!("no WIT root is a file: {path}"),
        })
        .collect();
    assert_eq!(
        names,
        [
            "Cargo.toml",
            "Makefile.toml",
            "cart/Cargo.toml",
            "golem-rpc.lock",
            "cart-stub/",
            "cart/wit: WIT",
            "cart/wit/.z: WIT",
            "cart/wit/deps/x: WIT",
        ]
    );
    assert!(Read::wants("wit/deps/io".into()) && !Read::wants("x/target".into()));
}

#[test]
fn further_names_add_to_what_is_there() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let planned = scratch.init_twice(&["b"], &["c", "a"]);
    let links = Links::of(&scratch.workspace().unwrap()).unwrap();
    let all: Vec<String> = links.iter().map(|(c, ts)| format!("{c} {ts:?}")).collect();
    assert_eq!(all, [r#"a {"b"}"#, r#"c {"a", "b"}"#]);
    let files = changed(&planned, &scratch.root);
    assert!(files.contains(&"a/Cargo.toml".to_string()), "{files:?}");
    assert!(
        !files.iter().any(|file| file.starts_with("a-stub")),
        "{files:?}"
    );
    assert!(
        scratch
            .read("Cargo.toml")
            .contains(r#"["a", "a-stub", "b", "b-stub", "cart"]"#)
    );
    assert!(
        scratch
            .read("Makefile.toml")
            .contains("add-stub-dependency-b-a")
    );
    let workspace = scratch.workspace().unwrap();
    assert!(
        workspace.members.contains_key("b-stub"),
        "cargo takes the result"
    );
}

#[test]
fn a_changed_wit_is_brought_to_its_stub_and_its_callers() {
    let scratch = workspace();
    scratch.init_twice(&["a", "b"], &["c"]);
    scratch.write("a/wit/a.wit", wit("a", "go: func(n: u8);"));
    scratch.write("b/wit/b.wit", wit("b", "go: func() -> u16;"));
    let limited = scratch.regenerate(&["a"], &["c"]).unwrap();
    let stub = "a-stub/wit/_stub.wit".to_string();
    assert_eq!(
        changed(&limited, &scratch.root),
        [stub.clone(), STUB_WIT.into()]
    );
    let stubs_alone = scratch.regenerate(&["a"], &[]).unwrap();
    assert_eq!(changed(&stubs_alone, &scratch.root), [stub]);
    scratch.apply(&limited);
    assert!(scratch.read(STUB_WIT).contains("n: u8"));
    assert!(scratch.regenerate(&["a"], &["c"]).unwrap().plan.is_empty());
}

#[test]
fn a_package_that_is_no_longer_used_goes() {
    let scratch = workspace();
    let used = wit("a", "record r { x: u8 }\n  go: func(r: r);");
    scratch.write("a/wit/a.wit", used);
    scratch.init_twice(&["a"], &["c"]);
    assert!(scratch.read("cart/Cargo.toml").contains("\"shop:a\" ="));
    scratch.write("a/wit/a.wit", wit("a", "go: func();"));
    let planned = scratch.init_twice(&["a"], &["c"]);
    let files = changed(&planned, &scratch.root);
    assert!(
        files.contains(&"-cart/wit/deps/shop_a/a.wit".to_string()),
        "{files:?}"
    );
    let manifest = scratch.read("cart/Cargo.toml");
    assert!(!manifest.contains("\"shop:a\" =") && manifest.contains("\"shop:a-stub\" ="));
}

#[test]
fn what_was_edited_by_hand_is_named_and_kept_unless_forced() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    for file in ["a-stub/src/lib.rs", STUB_WIT] {
        scratch.write(file, scratch.read(file) + "// mine\n");
    }
    let error = scratch.init(&["a"], &["c"], false).unwrap_err();
    let WorkspaceError::Edited { files } = &error else {
        panic!("{error}");
    };
    let edited = ["a-stub/src/lib.rs", STUB_WIT].map(|name| scratch.root.join(name));
    assert_eq!(files, &edited);
    assert!(error.hint().unwrap().contains("--force"));
    let forced = scratch.init(&["a"], &["c"], true).unwrap();
    let notes = edited.map(|file| Note::Overwritten { file });
    assert_eq!(forced.notes, notes);
    scratch.apply(&forced);
    assert!(scratch.init(&["a"], &["c"], false).unwrap().plan.is_empty());
}

#[test]
fn what_is_lost_comes_back() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let whole = scratch.snapshot();
    for lost in ["cart/wit/deps", "a-stub/wit/deps", "Makefile.toml"] {
        scratch.remove(lost);
    }
    scratch.init_twice(&["a"], &["c"]);
    assert_eq!(scratch.snapshot(), whole);
}

/// Versions that kept a list of what is ours left it in the root.
#[test]
fn an_old_lock_goes_with_a_note() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let file = scratch.root.join("golem-rpc.lock");
    scratch.write("golem-rpc.lock", "version = 2\n");
    let planned = scratch.init(&["a"], &["c"], false).unwrap();
    assert_eq!(changed(&planned, &scratch.root), ["-golem-rpc.lock"]);
    assert_eq!(planned.notes, [Note::OldLock { file }]);
    scratch.apply(&planned);
    scratch.init_twice(&["a"], &["c"]);
}

#[test]
fn files_that_cargo_writes_into_a_stub_crate_do_not_matter() {
    let scratch = workspace();
    scratch.write("a-stub/src/bindings.rs", "// generated\n");
    scratch.init_twice(&["a"], &["c"]);
    scratch.write("a-stub/notes.txt", "mine\n");
    assert!(scratch.init(&["a"], &["c"], false).unwrap().plan.is_empty());
}

#[test]
fn our_profile_that_was_taken_out_stays_out() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let root = scratch.read("Cargo.toml");
    let without = root.split("\n[profile.release]").next().unwrap();
    scratch.write("Cargo.toml", without);
    assert!(scratch.init(&["a"], &["c"], false).unwrap().plan.is_empty());
}

#[test]
fn a_link_written_by_hand_is_a_link() {
    let scratch = workspace();
    let links = "\n[workspace.metadata.golem-rpc.links]\nc = [ \"a\", ] # by hand\n\n[workspace.metadata.golem-rpc.targets.a]\nx = 1\n";
    scratch.write(
        "Cargo.toml",
        format!("{}{links}", scratch.read("Cargo.toml")),
    );
    scratch.apply(&scratch.regenerate(&["a"], &["c"]).unwrap());
    assert!(scratch.read("Cargo.toml").contains(links));
    scratch.init_twice(&["b"], &["c"]);
    let added = links.replace("[ \"a\", ]", "[ \"a\", \"b\", ]");
    assert!(scratch.read("Cargo.toml").contains(&added));
}

#[test]
fn nothing_linked_is_nothing_to_do() {
    let error = workspace().regenerate(&[], &[]).unwrap_err();
    assert!(matches!(error, WorkspaceError::NoLinks { .. }), "{error}");
}

#[test]
fn a_workspace_without_members() {
    let scratch = Scratch::with(&[("Cargo.toml", "[workspace]\n")]);
    let error = scratch.workspace().unwrap_err();
    assert!(matches!(error, WorkspaceError::NoMembers { .. }), "{error}");
}

#[test]
fn each_may_call_the_other_and_itself() {
    let scratch = workspace();
    scratch.init_twice(&["b"], &["a"]);
    scratch.init_twice(&["a"], &["a", "b"]);
    let links = Links::of(&scratch.workspace().unwrap()).unwrap();
    assert_eq!(
        links.callers_of("a").into_iter().collect::<Vec<_>>(),
        ["a", "b"]
    );
    for caller in ["a", "b"] {
        let copy = scratch.read(&format!("{caller}/wit/deps/shop_a-stub/_stub.wit"));
        assert!(copy.contains("interface stub-a"), "{copy}");
    }
}

#[test]
fn a_world_that_the_caller_does_not_have() {
    let scratch = workspace();
    let with = |world: &str| {
        let target = format!("\n[package.metadata.component.target]\nworld = \"{world}\"\n");
        scratch.write("cart/Cargo.toml", format!("{}{target}", manifest("c")));
        scratch.init(&["a"], &["c"], false)
    };
    let error = with("nope").unwrap_err();
    assert!(error.to_string().contains("no world `nope`"), "{error}");
    assert!(with("c").is_ok() && with("shop:c/c").is_ok());
    // no generator finds a package that is not there
    assert!(with("x:y/z@1.0.0").is_err());
    let import = "world c {\n  import shop:a-stub/stub-a;\n}\n";
    scratch.write("cart/wit/c.wit", format!("package shop:c;\n\n{import}"));
    assert!(with("c").is_ok(), "what it imports is not there yet");
    assert!(with("nope").is_err());
}

#[test]
fn a_member_with_several_worlds_names_one_in_its_manifest() {
    let scratch = workspace();
    scratch.write("a/wit/a.wit", wit("a", "go: func();") + "\nworld z {}\n");
    let error = scratch.init(&["a"], &["c"], false).unwrap_err();
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("`world = \"a\"` in") && !hint.contains("--world"),
        "{hint}"
    );
}

#[test]
fn a_caller_and_its_target_cannot_have_one_wit_root() {
    let scratch = workspace();
    let target = "\n[package.metadata.component.target]\npath = \"../a/wit/a.wit\"\n";
    for name in ["a", "b"] {
        scratch.write(&format!("{name}/Cargo.toml"), manifest(name) + target);
    }
    let error = scratch.init(&["a"], &["b"], false).unwrap_err();
    let root = scratch.root.join("a/wit/a.wit");
    let said = format!("`a` and `b` both use the WIT in `{root}` as their own");
    assert_eq!(error.to_string(), said);
    assert!(error.hint().unwrap().contains("`b`"));
    scratch.write(
        "b/Cargo.toml",
        manifest("b") + &target.replace("/a.wit", ""),
    );
    let error = scratch.init(&["a"], &["b"], false).unwrap_err();
    assert_eq!(error.to_string(), said);
}

#[test]
fn a_stub_crate_that_was_moved_is_in_the_way() {
    let scratch = workspace();
    let root = ROOT.replace("\"c\"", "\"cart\", \"moved\"");
    scratch.write("Cargo.toml", root);
    scratch.write("moved/Cargo.toml", manifest("a-stub"));
    scratch.complete();
    let error = scratch.init(&["a"], &["c"], false).unwrap_err();
    assert_eq!(error.hint().unwrap(), "rename the member `a-stub`");
    scratch.write("moved/wit/_stub.wit", "package shop:a-stub;\n");
    let error = scratch.init(&["a"], &["c"], false).unwrap_err();
    assert!(error.hint().unwrap().contains("remove it, or move it"));
    let workspace = scratch.workspace().unwrap();
    let reads = workspace.reads([&workspace.members["a"]]);
    let stub = scratch.root.join("moved/wit/_stub.wit");
    assert!(reads.contains(&Read::File(stub)));
}

#[test]
fn an_entry_of_ours_with_a_header_of_its_own_moves_with_the_wit() {
    let scratch = workspace();
    let target = "\n[package.metadata.component.target]\npath = \"wit\"\n";
    let entry = "\n[package.metadata.component.target.dependencies.\"shop:a-stub\"]\npath = \"wit/deps/shop_a-stub\"\n";
    let after = "\n[package.metadata.mine]\nx = 1\n";
    let text = format!("{}{target}{after}", manifest("c"));
    scratch.write("cart/Cargo.toml", &text);
    scratch.init_twice(&["a"], &["c"]);
    let line = "\"shop:a-stub\" = { path = \"wit/deps/shop_a-stub\" }\n";
    let text = scratch.read("cart/Cargo.toml");
    let text = text
        .replace(line, "")
        .replace(after, &format!("{entry}{after}"));
    scratch.write("cart/Cargo.toml", &text);
    scratch.init_twice(&["a"], &["c"]);
    let moved = scratch.read("cart/Cargo.toml");
    assert_eq!(moved, text);
    let moved = moved.replace("path = \"wit\"\n", "path = \"idl\"\n");
    scratch.write("cart/Cargo.toml", moved);
    scratch.write("cart/idl/c.wit", wit("c", "go: func();"));
    scratch.init_twice(&["a"], &["c"]);
    let manifest = scratch.read("cart/Cargo.toml");
    let new = "\"shop:a-stub\" = { path = \"idl/deps/shop_a-stub\" }\n";
    assert!(
        manifest.contains(new) && manifest.contains(after),
        "{manifest}"
    );
    assert!(!manifest.contains("wit/deps/shop_a-stub"), "{manifest}");
}

#[test]
fn a_task_that_stays_is_mentioned_while_something_changes() {
    let scratch = workspace();
    scratch.write("Makefile.toml", "[tasks.clean]\ncommand = \"true\"\n");
    let planned = scratch.init_twice(&["a"], &["c"]);
    assert!(matches!(planned.notes[..], [Note::TaskKept { .. }]));
    let again = scratch.init(&["a"], &["c"], false).unwrap();
    assert_eq!(again.notes, []);
}

#[test]
fn flows_run_a_step_that_is_the_users() {
    let scratch = workspace();
    scratch.init_twice(&["a"], &["c"]);
    let steps = "dependencies = [\"regenerate-stubs\", \"build\", \"post-build\"]";
    let command = "args = [\"golem-rpc\", \"build-workspace\"]";
    let ours = scratch.read("Makefile.toml");
    assert!(ours.contains(command) && !ours.contains(steps));
    for own in ["build", "post-build-release", "compose-c"] {
        let theirs = format!("[tasks.{own}]\ncommand = \"true\"\n");
        let scratch = workspace();
        scratch.write("Makefile.toml", &theirs);
        scratch.init_twice(&["a"], &["c"]);
        let text = scratch.read("Makefile.toml");
        assert!(text.contains(steps) && !text.contains(command), "{text}");
        // without that task, the flow is one command again
        scratch.write("Makefile.toml", text.replace(&theirs, ""));
        scratch.init_twice(&["a"], &["c"]);
        let text = scratch.read("Makefile.toml");
        assert!(text.contains(command) && !text.contains(steps), "{text}");
    }
}

#[test]
fn entries_can_be_added_to_one_manifest_alone() {
    let scratch = workspace();
    let table = "[package.metadata.component.target.dependencies]\n\"a:b\" = { path = \"mine\" }\n";
    scratch.write("a/Cargo.toml", format!("{}\n{table}", manifest("a")));
    let path = scratch.root.join("a/Cargo.toml");
    let packages = ["a:b", "c:d"].map(|key| (key.to_string(), "wit/deps/x".into()));
    let text = add_component_dependencies(&scratch.snapshot(), &path, &packages).unwrap();
    let added = format!("{table}\"c:d\" = {{ path = \"wit/deps/x\" }}\n");
    assert_eq!(text, scratch.read("a/Cargo.toml").replace(table, &added));
}

/// Everything of a kind appears once however many links there are, and nothing is lost.
#[test]
fn a_hundred_members() {
    let names: Vec<String> = (0..100).map(|n| format!("m{n}")).collect();
    let list: Vec<String> = names
        .iter()
        .map(|name| format!("    \"{name}\",\n"))
        .collect();
    let scratch = Scratch::with(&[(
        "Cargo.toml",
        &format!(
            "[workspace]\nresolver = \"2\"\nmembers = [\n{}]\n",
            list.concat()
        ),
    )]);
    for name in &names {
        scratch.write(&format!("{name}/Cargo.toml"), manifest(name));
        scratch.write(&format!("{name}/wit/x.wit"), wit(name, "go: func() -> u8;"));
    }
    scratch.complete();
    let (targets, callers): (Vec<_>, Vec<_>) = names
        .iter()
        .map(String::as_str)
        .partition(|n| n.ends_with('0'));
    scratch.init_twice(&targets, &callers[..10]);
    let files = scratch.content().into_keys();
    let copies = files.filter(|file| file.ends_with("deps/shop_m10-stub/_stub.wit"));
    assert_eq!(copies.count(), 10);
    assert_eq!(scratch.workspace().unwrap().members.len(), 110);
}
