//! `--release`, `--profile` and `--no-build`, as several commands take them.

use clap::Args;
use golem_rpc_system::Profile;

#[derive(Args)]
pub(super) struct ProfileArgs {
    /// Use the release profile
    #[arg(long, short, conflicts_with = "profile")]
    release: bool,
    /// Use this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

#[derive(Args)]
pub(super) struct NoBuildArgs {
    /// Skip the build and use what the last one left
    #[arg(long)]
    pub(super) no_build: bool,
}

impl From<ProfileArgs> for Profile {
    fn from(args: ProfileArgs) -> Self {
        match args.profile {
            Some(name) => Profile::Named(name),
            None if args.release => Profile::Release,
            None => Profile::Dev,
        }
    }
}
