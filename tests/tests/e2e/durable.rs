//! `invoke --state`: workers that outlive the command, also one that is killed.

use std::fs;
use std::io::{self, BufRead as _, BufReader};

use golem_rpc_tests::{Run, Workspace};

const USER: &str = "shopping-cart/ann";
const MUG: &str = r#"add-item({product-id: "p1", name: "Mug", price: 9.5, quantity: 2})"#;
const ORDERS: [&str; 2] = ["purchase-history/ann", "get-orders()"];

fn cart() -> Workspace {
    let cart = Workspace::initialized_cart();
    cart.overlay("shopping-cart/final");
    cart
}

fn invoke(cart: &Workspace, args: &[&str]) -> Run {
    cart.golem_rpc(&[&["invoke", "--state"], args].concat())
}

#[test]
fn an_order_is_there_in_the_next_command() {
    let cart = cart();
    invoke(&cart, &[USER, r#"initialize-cart("ann")"#, USER, MUG]).success();
    let checkout = ["--idempotency-key", "order 1", USER, "checkout()"];
    let first = invoke(&cart, &checkout).success();
    assert!(first.stdout.starts_with("success({order-id: "), "{first}");
    let orders = invoke(&cart, &ORDERS).success();
    assert_eq!(orders.stdout.matches("order-id").count(), 1, "{orders}");
    // under the same key it is the same call, and nothing is said again
    let again = invoke(&cart, &checkout).success();
    assert_eq!(again.stdout, first.stdout);
    let same = invoke(&cart, &ORDERS).success();
    assert_eq!(same.stdout, orders.stdout);
    // its items are in the order
    let contents = invoke(&cart, &[USER, "get-cart-contents()"]).success();
    assert_eq!(contents.stdout, "[]\n", "{contents}");

    // without the state, or in another, there is nothing
    let forgotten = cart.golem_rpc(&[&["invoke"], &ORDERS[..]].concat());
    assert_eq!(forgotten.success().stdout, "[]\n");
    let elsewhere = cart.outside("state");
    let elsewhere = format!("--state={elsewhere}");
    let run = cart.golem_rpc(&[&["invoke", &elsewhere], &ORDERS[..]].concat());
    assert_eq!(run.success().stdout, "[]\n");
    // `clean` takes what can be made again
    cart.golem_rpc(&["clean"]).success();
    assert_eq!(invoke(&cart, &ORDERS).success().stdout, orders.stdout);
}

#[test]
fn a_key_of_another_function_is_said() {
    let cart = cart();
    let key = ["--idempotency-key", "one"];
    invoke(&cart, &[&key[..], &ORDERS].concat()).success();
    let other = [USER, r#"initialize-cart("ann")"#];
    // of another worker, the key is another
    invoke(&cart, &[&key[..], &other].concat()).success();
    let other = [
        ORDERS[0],
        r#"add-order({order-id: "x", items: [], total: 1, timestamp: 1})"#,
    ];
    let run = invoke(&cart, &[&key[..], &other].concat());
    run.failure(1, &["not of the function's type", "idempotency key"]);
}

#[test]
fn a_killed_command_loses_nothing_that_it_has_said() {
    let cart = cart();
    invoke(&cart, &[USER, r#"initialize-cart("ann")"#]).success();
    let mut added = 0;
    for said in [1, 2, 7, 30, 90] {
        let calls = [USER, MUG].into_iter().cycle().take(400);
        let args = ["golem-rpc", "invoke", "--state", "--no-build"];
        let args: Vec<&str> = args.into_iter().chain(calls).collect();
        let mut child = cart.command("cargo-golem-rpc", &args).start();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let is_said = |line: &io::Result<String>| line.as_ref().unwrap().contains("Adding item");
        let first = lines.by_ref().filter(is_said).take(said).count();
        child.kill().unwrap();
        child.wait().unwrap();
        added += first + lines.filter(is_said).count();
        let contents = invoke(&cart, &["--no-build", USER, "get-cart-contents()"]).success();
        let found = contents.stdout.matches("Mug").count();
        assert_eq!(first, said);
        assert!(found >= added, "{added} were acknowledged: {contents}");
        added = found;
    }
}

#[test]
fn a_state_that_cannot_be_used_is_named() {
    let cart = cart();
    invoke(&cart, &ORDERS).success();
    let state = cart.path("target/golem-rpc/state");
    let refused = |things: &[&str]| {
        let run = cart.golem_rpc(&[&["invoke", "--state", "--no-build"], &ORDERS[..]].concat());
        run.refusal(1, things);
    };
    // of a directory that is none
    fs::write(cart.outside("file"), "").unwrap();
    let file = format!("--state={}", cart.outside("file"));
    let args = [&["invoke", &file, "--no-build"], &ORDERS[..]].concat();
    cart.golem_rpc(&args).refusal(1, &["file", "--state=DIR"]);
    // of none, and of one that looks like a worker
    let args = [&["invoke", "--state="], &ORDERS[..]].concat();
    cart.golem_rpc(&args).failure(2, &["a value is required"]);
    let args = [&["invoke", "--state", "elsewhere"], &ORDERS[..]].concat();
    cart.golem_rpc(&args).refusal(2, &["`--state=elsewhere`"]);
    // held by another
    let lock = fs::File::options().write(true).open(state.join("lock"));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    refused(&["is in use by process", "--state=DIR"]);
    drop(lock);
    // damaged
    let tables = state.join("tables.sqlite");
    let mut bytes = fs::read(&tables).unwrap();
    bytes[..64].fill(7);
    fs::write(&tables, bytes).unwrap();
    refused(&["the state is damaged", "tables.sqlite", "--state=DIR"]);
}
