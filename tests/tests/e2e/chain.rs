//! A member that is called and calls: its stub has types of the member that it calls.

use golem_rpc_tests::Workspace;

#[test]
fn one_regenerate_updates_the_whole_chain() {
    // no order by name is always the order that stubs depend on each other in
    for [base, middle, top] in [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]] {
        let chain = chain(base, middle, top);
        let settled = chain.tree();
        chain.golem_rpc(&["regenerate"]).success();
        chain.tree().assert_same_as(&settled);

        chain.replace(&format!("{base}/wit/{base}.wit"), FIELD, NEW_FIELDS);
        chain.golem_rpc(&["regenerate"]).success();
        let tree = chain.tree();
        let mut copies = tree.files().filter_map(|file| tree.text(file.as_str()));
        let old = copies.find(|text| text.contains(FIELD) && !text.contains(NEW_FIELDS));
        assert_eq!(old, None, "{base} <- {middle} <- {top}");
        let copied = format!("{top}/wit/deps/chain_{base}");
        let copies = tree.files().filter(|file| file.starts_with(&copied));
        assert_eq!(copies.count(), 1, "{copied}");

        chain
            .golem_rpc(&["regenerate"])
            .success()
            .says("2 stubs up to date");
        chain.tree().assert_same_as(&tree);
    }
}

/// `top` calls `middle`, whose interface has a type of `base`, which it calls.
fn chain(base: &str, middle: &str, top: &str) -> Workspace {
    let chain = Workspace::empty("chain");
    chain.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"a\", \"b\", \"c\"]\n",
    );
    for name in [base, middle, top] {
        chain.write(
            &format!("{name}/Cargo.toml"),
            MANIFEST.replace("NAME", name),
        );
        chain.write(&format!("{name}/src/lib.rs"), "");
    }
    let write = |name: &str, wit: &str| {
        let text = wit.replace("NAME", name).replace("BASE", base);
        chain.write(&format!("{name}/wit/{name}.wit"), text);
    };
    let link = |target: &str, caller: &str| {
        let args = ["init", "--targets", target, "--callers", caller];
        chain.golem_rpc(&args).success();
    };
    write(base, BASE);
    write(middle, EMPTY);
    write(top, EMPTY);
    link(base, middle);
    write(middle, MIDDLE);
    link(middle, top);
    chain
}

const FIELD: &str = "weight: u32,";
const NEW_FIELDS: &str = "weight: u32,\n    height: u32,";

const MANIFEST: &str = "[package]
name = \"NAME\"
version = \"0.1.0\"
edition = \"2021\"

[lib]
crate-type = [\"cdylib\"]

[package.metadata.component]
package = \"chain:NAME\"
";

const EMPTY: &str = "package chain:NAME;

world NAME {
}
";

const BASE: &str = "package chain:NAME;

interface things {
  record thing {
    weight: u32,
  }
}

interface api {
  use things.{thing};

  find: func() -> thing;
}

world NAME {
  export api;
}
";

const MIDDLE: &str = "package chain:NAME;

interface api {
  use chain:BASE/things.{thing};

  find-all: func(like: thing) -> list<thing>;
}

world NAME {
  import chain:BASE-stub/stub-BASE;
  export api;
}
";
