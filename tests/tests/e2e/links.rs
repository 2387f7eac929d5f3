//! Links one by one: `link`, `unlink`, `prune`, `--import`.

use golem_rpc_tests::{Tree, Workspace};

const LINK: [&str; 3] = ["link", "shopping-cart", "purchase-history"];
const UNLINK: [&str; 3] = ["unlink", "shopping-cart", "purchase-history"];
const WIT: &str = "shopping-cart/wit/shopping-cart.wit";
const CODE: &str = "shopping-cart/src/lib.rs";
const IMPORT: &str = "  import shopping:purchase-history-stub/stub-purchase-history;";
/// The same as `--import` puts it in.
const TAGGED: &str = "  import shopping:purchase-history-stub/stub-purchase-history; // golem-rpc";

fn start(fixture: &str) -> (Workspace, Tree) {
    let workspace = Workspace::of_fixture(fixture);
    let tree = workspace.tree();
    (workspace, tree)
}

#[test]
fn init_and_unlink_all_leave_every_byte_as_it_was() {
    for (fixture, target, caller) in [
        ("shopping-cart/start", "purchase-history", "shopping-cart"),
        ("minimal-actor/start", "component1", "component2"),
        ("cycle-self", "countdown", "countdown"),
    ] {
        let (workspace, before) = start(fixture);
        let init = ["init", "--targets", target, "--callers", caller];
        for more in [&[][..], &["--import"], &["--stub-backend", "component"]] {
            workspace.golem_rpc(&[&init, more].concat()).success();
            workspace.golem_rpc(&["check"]).success();
            workspace
                .golem_rpc(&["unlink", "--all", "--force"])
                .success();
            workspace.tree().assert_same_content_as(&before);
        }
    }
}

#[test]
fn links_come_and_go_in_any_order() {
    let (cart, before) = start("shopping-cart/start");
    let (c, h) = ("shopping-cart", "purchase-history");
    let says = |args: &[&str]| drop(cart.golem_rpc(args).success());
    says(&["link", c, h]);
    let one = cart.tree();
    says(&["link", h, c, h, "--stub-backend", "component"]);
    says(&["link", c, c]);
    says(&["unlink", h, h]);
    says(&["unlink", c, c]);
    says(&["unlink", h, c]);
    // The option was given for the target, whoever calls it.
    says(&["link", c, h, "--stub-backend", "crate"]);
    cart.tree().assert_same_content_as(&one);
    says(&["regenerate"]);
    cart.tree().assert_same_content_as(&one);
    says(&["unlink", c, h]);
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn an_import_is_put_in_once_and_taken_out_with_its_link() {
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success()
        .does_not_say("to call");
    let wit = cart.read(WIT);
    assert!(
        wit.contains(&format!("world shopping-cart {{\n{TAGGED}\n")),
        "{wit}"
    );
    let linked = cart.tree();
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["prune"])
        .success()
        .says("every caller imports");
    cart.tree().assert_same_content_as(&linked);

    // Taken out by hand, it stays out.
    cart.replace(WIT, &format!("{TAGGED}\n"), "");
    cart.golem_rpc(&["regenerate"]).success();
    assert_eq!(cart.read(WIT), before.text(WIT).unwrap());
    cart.golem_rpc(&["prune"])
        .success()
        .says("shopping-cart from purchase-history");
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn an_import_is_ours_in_whatever_file_and_world_it_comes_to_stand() {
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    let now = "shopping-cart/wit/cart.wit";
    let world = |name: &str| format!("world {name} {{");
    let text = cart.read(WIT);
    let text = text.replace(&world("shopping-cart"), &world("cart"));
    cart.write(now, text);
    std::fs::remove_file(cart.path(WIT)).unwrap();
    cart.golem_rpc(&UNLINK).success().does_not_say("still uses");
    let restored = cart
        .read(now)
        .replace(&world("cart"), &world("shopping-cart"));
    cart.write(WIT, restored);
    std::fs::remove_file(cart.path(now)).unwrap();
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn an_import_goes_to_the_file_in_which_the_world_stands() {
    let cart = Workspace::cart();
    let (interface, world) = {
        let text = cart.read(WIT);
        let (interface, world) = text.split_once("world shopping-cart").unwrap();
        (interface.to_string(), format!("world shopping-cart{world}"))
    };
    cart.write(WIT, &interface);
    let comment = "/* world shopping-cart { */\r\n";
    let world = world
        .replace('\n', "\r\n")
        .replace("export", "import log: func(text: string); // }\r\n\texport");
    let world = format!("{comment}{}", world.replace("  import", "\timport"));
    cart.write("shopping-cart/wit/world.wit", &world);
    let before = cart.tree();
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    let line = TAGGED.trim();
    let wanted = world.replace("// }\r\n", &format!("// }}\r\n\t{line}\r\n"));
    assert_eq!(cart.read("shopping-cart/wit/world.wit"), wanted);
    assert_eq!(cart.read(WIT), interface);
    cart.golem_rpc(&UNLINK).success();
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn what_the_world_imports_already_is_not_put_in() {
    let cart = Workspace::cart();
    cart.overlay("shopping-cart/final");
    let text = cart.read(WIT);
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    assert_eq!(cart.read(WIT), text);
    // By way of another world, too.
    let (interface, _) = text.split_once("world shopping-cart").unwrap();
    let included = format!(
        "{interface}world calls {{\n{IMPORT}\n}}\n\nworld shopping-cart {{\n  include calls;\n  export api;\n}}\n"
    );
    cart.write(WIT, &included);
    cart.replace(
        "shopping-cart/Cargo.toml",
        "package = \"shopping:cart\"",
        "package = \"shopping:cart\"\ntarget.world = \"shopping-cart\"",
    );
    cart.golem_rpc(&["unlink", "--all", "--force"]).success();
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    assert_eq!(cart.read(WIT), included);
}

#[test]
fn what_the_user_writes_in_between_stays() {
    let cart = Workspace::initialized_cart();
    let edits = [
        ("Cargo.toml", "resolver = \"2\"", "resolver = \"2\" # two"),
        ("shopping-cart/Cargo.toml", "[lib]", "# the library\n[lib]"),
    ];
    for (file, old, new) in edits {
        cart.replace(file, old, new);
    }
    let task = "\n[tasks.lint]\ncommand = \"cargo\"\n";
    cart.write("Makefile.toml", cart.read("Makefile.toml") + task);
    cart.golem_rpc(&["check"]).success();
    cart.golem_rpc(&UNLINK).success();
    let (user, _) = start("shopping-cart/start");
    for (file, old, new) in edits {
        user.replace(file, old, new);
    }
    user.write("Makefile.toml", task);
    cart.tree().assert_same_content_as(&user.tree());
}

#[test]
fn entries_that_were_rewritten_by_hand_are_found_again() {
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&LINK).success();
    let entry = "\"wasi:io\" = { path = \"wit/deps/io\" }";
    cart.replace(
        "shopping-cart/Cargo.toml",
        entry,
        "\"wasi:io\".path = 'wit/deps/io'",
    );
    cart.replace(
        "Cargo.toml",
        "shopping-cart = [\"purchase-history\"]",
        "shopping-cart = [ 'purchase-history' ]",
    );
    cart.golem_rpc(&["regenerate"]).success();
    cart.golem_rpc(&["regenerate"]).success().says("up to date");
    cart.golem_rpc(&UNLINK).success();
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn a_stub_that_is_in_use_is_not_unlinked() {
    let cart = Workspace::cart();
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    let code = cart.read(CODE);
    cart.write(
        CODE,
        format!("// purchase_history_stub\n{code}\nuse crate::bindings::shopping::{{\n    purchase_history_stub,\n}};\n"),
    );
    let line = code.matches('\n').count() + 4;
    let place = format!("{CODE}:{line}: purchase_history_stub,");
    cart.refuses(
        &UNLINK,
        5,
        &["`shopping-cart` still uses", &place, "--force"],
    );
    cart.refuses(&["unlink", "--all"], 5, &[&place]);
    cart.write(CODE, &code);
    cart.golem_rpc(&UNLINK).success();

    // A line of the user's in the WIT, and with --force whatever it is.
    cart.replace(WIT, "  export api;", &format!("{IMPORT}\n  export api;"));
    cart.golem_rpc(&LINK).success();
    let place = format!("{WIT}:41: {}", IMPORT.trim());
    cart.refuses(&UNLINK, 5, &[&place]);
    let run = cart.golem_rpc(&[&UNLINK[..], &["--force"]].concat());
    run.success()
        .says("warning: `shopping-cart` still uses")
        .says(&place);
    assert!(cart.read(WIT).contains(IMPORT), "it is the user's");
}

#[test]
fn a_generated_file_that_was_edited_stays_unless_forced() {
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&LINK).success();
    let file = "purchase-history-stub/src/lib.rs";
    let edited = cart.read(file) + "// mine\n";
    cart.write(file, &edited);
    cart.golem_rpc(&UNLINK).success().says(&format!(
        "`{file}` is no longer needed, but was edited by hand and stays"
    ));
    assert_eq!(cart.read(file), edited);
    std::fs::remove_dir_all(cart.path("purchase-history-stub")).unwrap();
    cart.tree().assert_same_content_as(&before);

    cart.golem_rpc(&LINK).success();
    cart.write(file, &edited);
    cart.golem_rpc(&[&UNLINK[..], &["--force"]].concat())
        .success()
        .says("edited by hand and is removed");
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn options_of_a_target_go_with_its_last_link() {
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&[&LINK[..], &["--rpc-errors", "result"]].concat())
        .success();
    assert!(cart.read("Cargo.toml").contains("rpc-errors = \"result\""));
    cart.golem_rpc(&UNLINK).success();
    cart.tree().assert_same_content_as(&before);
    // Those that somebody wrote by hand, too: the whole table is ours.
    let table =
        "\n[workspace.metadata.golem-rpc.targets.purchase-history]\nrpc-errors = \"result\"\n";
    cart.write("Cargo.toml", cart.read("Cargo.toml") + table);
    cart.golem_rpc(&LINK).success();
    assert!(cart.read("Cargo.toml").contains(table));
    let stub = cart.read("purchase-history-stub/wit/_stub.wit");
    assert!(stub.contains("result<_, rpc-error>"), "{stub}");
    cart.golem_rpc(&UNLINK).success();
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn force_says_what_stays_even_where_a_target_cannot_be_read() {
    let (cart, _) = start("shopping-cart/start");
    let [caller, target] = ["shopping-cart", "purchase-history"];
    cart.golem_rpc(&["link", caller, target, "--import"])
        .success();
    cart.golem_rpc(&["link", caller, caller]).success();
    let own = "  import golem:template-stub/stub-shopping-cart;";
    cart.replace(WIT, "  export api;", &format!("{own}\n  export api;"));
    let of_target = "purchase-history/wit/purchase-history.wit";
    let broken = cart.read(of_target).replace("package ", "packag ");
    cart.write(of_target, broken);
    cart.refuses(&["unlink", "--all"], 4, &[of_target]);
    let run = cart.golem_rpc(&["unlink", "--all", "--force"]).success();
    let text = cart.read(WIT);
    let line = text.lines().position(|line| line == own).unwrap() + 1;
    run.says("warning: `shopping-cart` still uses the stub of `shopping-cart`")
        .says(&format!("{WIT}:{line}: {}", own.trim()));
    assert!(!text.contains(IMPORT), "{text}");
}

#[test]
fn wit_outside_the_workspace_s_directory_is_the_member_s_all_the_same() {
    let (cart, _) = start("shopping-cart/start");
    let table = "\n[package.metadata.component.target]\npath = \"../../idl\"\n";
    let manifest = "shopping-cart/Cargo.toml";
    cart.write(manifest, cart.read(manifest) + table);
    cart.write("../idl/cart.wit", cart.read(WIT));
    std::fs::remove_dir_all(cart.path("shopping-cart/wit")).unwrap();
    let (before, wit) = (cart.tree(), cart.read("../idl/cart.wit"));
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    for _ in ["first", "again"] {
        cart.golem_rpc(&["regenerate"]).success().says("up to date");
    }
    cart.golem_rpc(&UNLINK).success();
    cart.tree().assert_same_content_as(&before);
    assert_eq!(cart.read("../idl/cart.wit"), wit);
    assert!(!cart.path("../idl/deps").exists());
}

#[test]
fn a_target_that_has_another_name_is_imported_all_the_same() {
    let (cart, _) = start("shopping-cart/start");
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    let of_target = "purchase-history/wit/purchase-history.wit";
    cart.replace(of_target, "package shopping:", "package selling:");
    cart.golem_rpc(&["status"]).success().does_not_say("unused");
    cart.golem_rpc(&["prune"])
        .success()
        .says("every caller imports");
    cart.golem_rpc(&["regenerate"]).success();
    let import = "import selling:purchase-history-stub/stub-purchase-history;";
    assert!(cart.read(WIT).contains(import));
}

#[test]
fn force_does_not_warn_of_what_it_takes_out() {
    let (cart, _) = start("shopping-cart/start");
    cart.write("shopping-cart/build.rs", "fn main() {}\n");
    let before = cart.tree();
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    cart.golem_rpc(&[&UNLINK[..], &["--force"]].concat())
        .success()
        .does_not_say("still uses");
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn prune_takes_only_what_nobody_imports() {
    let cart = Workspace::cart();
    cart.golem_rpc(&[&LINK[..], &["--import"]].concat())
        .success();
    let wanted = cart.tree();
    cart.golem_rpc(&["link", "purchase-history", "shopping-cart"])
        .success();
    let both = cart.tree();
    let says = "purchase-history from shopping-cart";
    let run = cart.golem_rpc(&["prune", "--dry-run"]).success().says(says);
    assert!(!run.stderr.contains("shopping-cart from"), "{run}");
    cart.tree().assert_same_content_as(&both);
    cart.golem_rpc(&["prune"]).success().says(says);
    cart.tree().assert_same_content_as(&wanted);
}

#[test]
fn a_dry_run_of_unlink_changes_nothing() {
    let cart = Workspace::initialized_cart();
    let before = cart.tree();
    let run = cart
        .golem_rpc(&[&UNLINK[..], &["--dry-run"]].concat())
        .success();
    assert!(run.stdout.contains("+++ /dev/null"), "{run}");
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn misuse() {
    let cart = Workspace::cart();
    let refuses = |args: &[&str], code, things: &[&str]| drop(cart.refuses(args, code, things));
    refuses(
        &UNLINK,
        3,
        &[
            "`shopping-cart` is not linked to `purchase-history`",
            "calls no other member",
        ],
    );
    for args in [&["unlink", "--all"][..], &["prune"]] {
        cart.golem_rpc(args).success().says("nothing is linked");
    }
    refuses(
        &["link", "shopping-card", "purchase-history"],
        3,
        &["`shopping-card`", "did you mean `shopping-cart`?"],
    );
    refuses(
        &["link", "shopping-cart", "purchase-histories"],
        3,
        &["`purchase-histories`", "did you mean `purchase-history`?"],
    );
    cart.golem_rpc(&LINK).success();
    refuses(
        &[
            "unlink",
            "shopping-cart",
            "purchase-history",
            "shopping-cart",
        ],
        3,
        &[
            "is not linked to `shopping-cart`",
            "it calls: purchase-history",
        ],
    );
    refuses(
        &["unlink", "purchase-history", "shopping-cart"],
        3,
        &["`purchase-history` is not linked to `shopping-cart`"],
    );
    refuses(&["unlink", "shopping-cart", "nobody"], 3, &["`nobody`"]);

    let usage = |args: &[&str], thing: &str| drop(cart.golem_rpc(args).failure(2, &[thing]));
    usage(&["unlink"], "<CALLER>");
    usage(&["unlink", "shopping-cart"], "<TARGET>");
    usage(
        &["unlink", "shopping-cart", "purchase-history", "--all"],
        "--all",
    );
    usage(&["link", "shopping-cart"], "<TARGET>");
    usage(&["prune", "shopping-cart"], "shopping-cart");

    cart.golem_rpc(&UNLINK).success();
    let text = cart.read(WIT);
    cart.write(WIT, format!("{text}\nworld other {{\n}}\n"));
    refuses(
        &[&LINK[..], &["--import"]].concat(),
        4,
        &["several worlds", "`shopping-cart`", "`other`"],
    );
    cart.write(WIT, &text);
    cart.replace(
        "shopping-cart/Cargo.toml",
        "package = \"shopping:cart\"",
        "package = \"shopping:cart\"\ntarget.world = \"carts\"",
    );
    refuses(
        &[&LINK[..], &["--import"]].concat(),
        4,
        &["no world `carts`"],
    );
}

#[test]
fn hints_name_commands_that_work() {
    let (cart, before) = start("shopping-cart/start");
    let copy = "shopping-cart/wit/deps/shopping_purchase-history-stub/_stub.wit";
    let forced = [&LINK[..], &["--force"]].concat();
    let command = [&["cargo golem-rpc"], &UNLINK[..], &["--force"]].concat();
    let foreign = "package shopping:purchase-history-stub;\n";
    // A package below `deps` that nobody generated is the user's, and is taken as it is.
    cart.write(copy, foreign);
    let dir = "`shopping-cart/wit/deps/shopping_purchase-history-stub`";
    cart.refuses(
        &LINK,
        4,
        &[&format!("bring {dir} up to date, or remove it")],
    );
    std::fs::remove_file(cart.path(copy)).unwrap();
    cart.golem_rpc(&LINK).success();
    // What was edited is not.
    cart.write(copy, cart.read(copy) + "// mine\n");
    cart.refuses(
        &["regenerate"],
        5,
        &[copy, "`cargo golem-rpc regenerate --force` overwrites them"],
    );
    cart.golem_rpc(&["regenerate", "--force"]).success();
    cart.golem_rpc(&["check"]).success();
    cart.golem_rpc(&UNLINK).success();
    cart.write(copy, foreign);
    cart.golem_rpc(&forced).success();
    let code = cart.read(CODE);
    cart.write(
        CODE,
        format!("{code}\nuse crate::bindings::shopping::purchase_history_stub;\n"),
    );
    cart.refuses(&["prune"], 5, &[&command.join(" ")]);
    cart.golem_rpc(&[&UNLINK[..], &["--force"]].concat())
        .success();
    cart.write(CODE, code);
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn links_of_members_that_are_gone_can_be_unlinked() {
    let (cart, before) = start("shopping-cart/start");
    let gone = "shopping-cart = [\"purchase-history\", \"gone\"]\nolder-cart = [\"gone\"]";
    let linked = "shopping-cart = [\"purchase-history\"]";
    cart.golem_rpc(&LINK).success();
    let after = cart.tree();
    cart.replace("Cargo.toml", linked, gone);
    cart.refuses(&["regenerate"], 3, &["`gone`"]);
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&before);

    let (cart, _) = start("shopping-cart/start");
    cart.golem_rpc(&LINK).success();
    cart.replace("Cargo.toml", linked, gone);
    cart.refuses(&["unlink", "shopping-cart", "gone"], 3, &["`gone`"]);
    cart.replace("Cargo.toml", "\nolder-cart = [\"gone\"]", "");
    cart.golem_rpc(&["unlink", "shopping-cart", "gone"])
        .success();
    assert_eq!(cart.read("Cargo.toml"), after.text("Cargo.toml").unwrap());
}

#[test]
fn what_is_left_without_links_is_cleaned_up() {
    for options in [&[][..], &["--import"], &["--stub-backend", "component"]] {
        let (cart, before) = start("shopping-cart/start");
        cart.golem_rpc(&[&LINK[..], options].concat()).success();
        // A merge has kept the other side's manifest.
        cart.write("Cargo.toml", before.text("Cargo.toml").unwrap());
        cart.refuses(&["status"], 3, &["cargo golem-rpc unlink --all"]);
        cart.golem_rpc(&["unlink", "--all"]).success();
        cart.tree().assert_same_content_as(&before);
    }
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&LINK).success();
    let linked = "shopping-cart = [\"purchase-history\"]\n";
    cart.replace("Cargo.toml", linked, "");
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&before);
}

/// A merge of two branches, each with a link of its own, of which one manifest was taken as it was.
#[test]
fn the_links_of_one_side_of_a_merge_decide() {
    let (cart, before) = start("shopping-cart/start");
    cart.golem_rpc(&["link", "purchase-history", "shopping-cart"])
        .success();
    let one_side = cart.tree();
    cart.golem_rpc(&LINK).success();
    cart.write("Cargo.toml", one_side.text("Cargo.toml").unwrap());
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_content_as(&one_side);
    cart.golem_rpc(&["unlink", "--all"]).success();
    cart.tree().assert_same_content_as(&before);
}

#[test]
fn a_manifest_without_a_component_section_cannot_call() {
    let cart = Workspace::cart();
    cart.write(
        "shopping-cart/Cargo.toml",
        "[package]\nname = \"shopping-cart\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    );
    cart.refuses(&LINK, 3, &["`shopping-cart`"]);
}
