//! What is wrong is named, with a hint and the documented exit code, and no file is touched.

mod build;
mod disk;
mod interrupt;
mod members;
mod output;
mod tools;
mod wit;

/// The command line that links the shopping cart.
const INIT: [&str; 5] = [
    "init",
    "--targets",
    "purchase-history",
    "--callers",
    "shopping-cart",
];
