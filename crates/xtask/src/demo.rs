//! The shopping cart's walkthrough: two components, a link between them, and an order that arrives.

use anyhow::{Context as _, Result, ensure};
use camino::Utf8Path;

use crate::repository::{self, copy_dir};
use crate::setup;
use crate::shell::{Shell, status};

/// With the same selection the tests build the command, so that cargo unites the same features:
/// otherwise wasmtime would be compiled once for the demo and once more for the tests.
const COMPILE: [&str; 7] = [
    "cargo",
    "build",
    "--workspace",
    "--bin",
    "cargo-golem-rpc",
    "--test",
    "e2e",
];

const INIT: [&str; 7] = [
    "cargo",
    "golem-rpc",
    "init",
    "--targets",
    "purchase-history",
    "--callers",
    "shopping-cart",
];

const BUILD: [&str; 3] = ["cargo", "make", "build-flow"];

const INVOKE: [&[&str]; 5] = [
    &["cargo", "golem-rpc", "invoke"],
    &["shopping-cart/user-1", r#"initialize-cart("user-1")"#],
    &[
        "shopping-cart/user-1",
        r#"add-item({product-id: "p1", name: "Mug", price: 9.5, quantity: 2})"#,
    ],
    &["shopping-cart/user-1", "checkout()"],
    &["purchase-history/user-1", "get-orders()"],
];

/// Sets the machine up, builds the command, and walks in a scratch copy of the fixture.
pub(crate) fn run() -> Result<()> {
    setup::run()?;
    status("Building", "cargo-golem-rpc");
    Shell::new(repository::root()).quiet(&COMPILE)?;
    let scratch = tempfile::tempdir()?;
    let workspace = Utf8Path::from_path(scratch.path())
        .context("a path in UTF-8")?
        .join("shop");
    let fixture = repository::root().join("fixtures/shopping-cart");
    copy_dir(&fixture.join("start"), &workspace)?;
    let shell = Shell::new(&workspace).with_programs(&repository::binaries("debug")?);
    walk(&shell, &fixture)
}

fn walk(shell: &Shell, fixture: &Utf8Path) -> Result<()> {
    say(
        "A workspace with two components, shopping-cart and purchase-history. Neither knows the other.",
    );
    shell.run(&["ls", "-F"])?;
    say("Link them: the cart is the caller, the history is the target.");
    shell.run(&INIT)?;
    say("This already builds, but the cart does not import the stub yet.");
    shell.run(&BUILD)?;
    say("Now the cart's WIT imports the stub, and its checkout calls it.");
    let changes = fixture.join("final");
    shell.run(&["cp", "-R", changes.join("shopping-cart").as_str(), "."])?;
    shell.quiet(&[
        "grep",
        "-n",
        "import",
        "shopping-cart/wit/shopping-cart.wit",
    ])?;
    shell.quiet(&[
        "grep",
        "-n",
        "purchase_history(",
        "shopping-cart/src/lib.rs",
    ])?;
    shell.run(&BUILD)?;
    say("A customer fills a cart and checks out. Then we ask for her purchase history.");
    let results = shell.read(&INVOKE)?;
    print!("{results}");
    let order = order_in_history(&results)?;
    say(&format!(
        "The order that arrived in user-1's history:\n\n{order}"
    ));
    say("docs/src/walkthrough.md builds something like this from nothing, step by step.");
    Ok(())
}

/// The history's answer, if the order that the cart confirmed is in it.
fn order_in_history(results: &str) -> Result<&str> {
    let lines: Vec<&str> = results.lines().collect();
    let [confirmed, history] = lines[..] else {
        anyhow::bail!("two calls have results, not {}:\n{results}", lines.len());
    };
    let (_, id) = confirmed
        .split_once("order-id: ")
        .context("the cart confirmed no order")?;
    let id = id.trim_end_matches(['}', ')']);
    let arrived = history.contains(&format!("order-id: {id},"));
    ensure!(arrived, "the order {id} is not in the history: {history}");
    Ok(history)
}

fn say(text: &str) {
    println!("\n# {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_to_be_in_the_history() {
        let confirmed = r#"success({order-id: "user-1-1"})"#;
        let history = r#"[{order-id: "user-1-1", items: [], total: 19}]"#;
        let results = format!("{confirmed}\n{history}\n");
        assert_eq!(order_in_history(&results).unwrap(), history);
        assert!(order_in_history(&results.replace("user-1-1\",", "user-1-2\",")).is_err());
        assert!(order_in_history(&format!("{confirmed}\n[]\n")).is_err());
        assert!(order_in_history("error(\"no\")\n[]\n").is_err());
        assert!(order_in_history("").is_err());
    }
}
