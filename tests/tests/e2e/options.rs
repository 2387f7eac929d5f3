//! Options of a target: how errors arrive, which golem:rpc is called, what is left out.

use golem_rpc_tests::{Run, Workspace};

const INIT: [&str; 5] = [
    "init",
    "--targets",
    "purchase-history",
    "--callers",
    "shopping-cart",
];
const STUB: &str = "purchase-history-stub/wit/_stub.wit";
const SOURCE: &str = "shopping-cart/src/lib.rs";

#[test]
fn errors_of_calls_arrive_as_results() {
    let cart = Workspace::cart();
    init(&cart, &["--rpc-errors", "result"]).success();
    let stub = cart.read(STUB);
    let blocking = "blocking-add-order: func(order: order) -> result<_, rpc-error>;";
    assert!(stub.contains(blocking), "{stub}");
    cart.overlay("shopping-cart/final");
    cart.replace(
        SOURCE,
        "purchase_history(&cart.user_id).add_order(&order);",
        "let sent = purchase_history(&cart.user_id).blocking_add_order(&order);\n    sent.map_err(|error| format!(\"not sent: {error:?}\"))?;",
    );
    for backend in ["crate", "component"] {
        init(&cart, &["--stub-backend", backend]).success();
        cart.make("build-flow").success().does_not_say("warning");
        let orders = ["purchase-history/ann", "get-orders()"];
        let run = checkout(&cart, &[], &orders).success();
        let results: Vec<&str> = run.stdout.lines().collect();
        assert_eq!(results[0], "success({order-id: \"ann-1\"})", "{run}");
        assert_eq!(results[1].matches("order-id").count(), 1, "{run}");

        let nobody = "PURCHASE_HISTORY_COMPONENT_ID=00000000-0000-0000-0000-000000000000";
        let run = checkout(&cart, &["--env", nobody], &orders).success();
        let results: Vec<&str> = run.stdout.lines().collect();
        assert!(
            results[0].starts_with("error(\"not sent: RpcError::"),
            "{run}"
        );
        assert_eq!(results[1], "[]", "{run}");
    }
}

fn checkout(cart: &Workspace, flags: &[&str], more: &[&str]) -> Run {
    let calls = [
        "shopping-cart/ann",
        "initialize-cart(\"ann\")",
        "shopping-cart/ann",
        "checkout()",
    ];
    cart.golem_rpc(&[&["invoke"], flags, &calls, more].concat())
}

#[test]
fn an_option_is_changed_by_hand_and_back() {
    let cart = Workspace::initialized_cart();
    let plain = cart.tree();
    init(&cart, &["--rpc-errors", "result", "--golem-rpc", "0.2.1"]).success();
    let table = "[workspace.metadata.golem-rpc.targets.purchase-history]\n\
                 golem-rpc = \"0.2.1\"\nrpc-errors = \"result\"\n";
    cart.replace("Cargo.toml", table, &table.replace("0.2.1", "0.2.2"));
    cart.golem_rpc(&["regenerate"]).success();
    assert!(cart.read(STUB).contains("agent-id"));
    cart.golem_rpc(&["regenerate"]).success().says("Fresh");
    cart.replace(
        "Cargo.toml",
        "rpc-errors = \"result\"",
        "rpc-errors = \"log\"",
    );
    let things = [
        "Cargo.toml",
        "purchase-history.rpc-errors",
        "`log`",
        "`panic`",
        "`result`",
    ];
    cart.refuses(&["regenerate"], 3, &things);
    cart.replace(
        "Cargo.toml",
        "rpc-errors = \"log\"",
        "rpc-errors = \"result\"",
    );
    cart.replace(
        "Cargo.toml",
        &format!("\n{}", table.replace("0.2.1", "0.2.2")),
        "",
    );
    cart.golem_rpc(&["regenerate"]).success();
    cart.tree().assert_same_content_as(&plain);
}

#[test]
fn what_a_stub_cannot_carry_is_left_out_and_listed() {
    let cart = Workspace::cart();
    let wit = "purchase-history/wit/purchase-history.wit";
    let watch = "  watch: func() -> stream<order>;\n\n  add-order:";
    cart.replace(wit, "  add-order:", watch);
    let place = "purchase-history.wit:18:";
    cart.refuses(&INIT, 4, &["`purchase-history`", "a stream", place]);
    let run = init(&cart, &["--skip-unsupported"]).success();
    let warned = run
        .stderr
        .lines()
        .find(|line| line.starts_with("warning: "));
    let warned = warned.unwrap_or_else(|| panic!("should have warned: {run}"));
    for thing in ["`purchase-history`", "{watch}", "stream", place] {
        assert!(warned.contains(thing), "no {thing} in {warned}");
    }
    let stub = cart.read(STUB);
    assert!(
        !stub.contains("watch") && stub.contains("blocking-add-order"),
        "{stub}"
    );
    cart.golem_rpc(&["regenerate"]).success().says("{watch}");
    cart.refuses(
        &[&INIT[..], &["--skip-unsupported=false"]].concat(),
        4,
        &["a stream"],
    );
    let generate = [
        "generate",
        "-s",
        "purchase-history/wit",
        "-d",
        "elsewhere-stub",
    ];
    cart.refuses(&generate, 4, &["a stream", place]);
    let skip = [&generate[..], &["--skip-unsupported"]].concat();
    cart.golem_rpc(&skip)
        .success()
        .says("warning: ")
        .says("{watch}");
}

fn init(cart: &Workspace, options: &[&str]) -> Run {
    cart.golem_rpc(&[&INIT[..], options].concat())
}

#[test]
fn a_misspelt_option_is_an_error() {
    let cart = Workspace::initialized_cart();
    let manifest = cart.read("Cargo.toml");
    let line = manifest.lines().count() + 2;
    let with = |table: &str| {
        let table = format!("\n[workspace.metadata.golem-rpc.{table}\n");
        cart.write("Cargo.toml", format!("{manifest}{table}"));
    };
    let refuses = |line: usize, things: &[&str]| {
        let line = format!("`Cargo.toml`, line {line}: ");
        let things = [&[line.as_str()], things].concat();
        cart.refuses(&["regenerate"], 3, &things);
        cart.refuses(&["check"], 3, &things);
    };
    with("targets.purchase-history]\nrpc-error = \"result\"");
    refuses(
        line + 1,
        &["`rpc-error` is not a key", "did you mean `rpc-errors`?"],
    );
    with("target.purchase-history]\nrpc-errors = \"result\"");
    refuses(line, &["`target` is not a key", "did you mean `targets`?"]);
    with("targets.purchase-history]\nx = 1");
    refuses(line + 1, &["`x` is not a key", "`rpc-errors`"]);

    with("targets.not-a-member]\nrpc-errors = \"result\"");
    cart.golem_rpc(&["regenerate"])
        .success()
        .says("`not-a-member`, which is not a member");
    with("targets.shopping-cart]\nrpc-errors = \"result\"");
    cart.golem_rpc(&["regenerate"])
        .success()
        .does_not_say("no member");
}
