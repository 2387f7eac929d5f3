//! `--release`, `--profile` and `--no-build`, as several commands take them.

use clap::Args;
use golem_rpc_system::Profile;

#[derive(Args)]
pub(super) struct ProfileArgs {
    /// Build with the release profile
    #[arg(long, short, conflicts_with = "profile")]
    release: bool,
    /// Build with this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

#[derive(Args)]
pub(super) struct NoBuildArgs {
    /// Skip the build and use the results of the last one
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
