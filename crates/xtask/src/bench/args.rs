//! The arguments of `cargo xtask bench`.

use clap::{Args, ValueEnum};

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Measure only a part
    #[arg(long, value_enum, value_name = "PART")]
    pub(super) only: Option<Part>,
    /// How often each thing is done in a workspace
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    pub(super) runs: usize,
    /// The sizes of the workspaces
    #[arg(long, default_values_t = [2, 20, 100], value_delimiter = ',', value_name = "MEMBERS")]
    pub(super) members: Vec<usize>,
    /// The largest workspace that is also compiled, which takes a second or two for each member
    #[arg(long, default_value_t = 20, value_name = "MEMBERS")]
    pub(super) build_up_to: usize,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(super) enum Part {
    /// How long the commands take on workspaces
    Workspace,
    /// How long it takes to look at many links, and how that grows
    Web,
    /// The stubs of both backends: times, bytes, fuel, and what a link adds to a caller
    Stub,
}
