//! `sealpost cert show PROFILE`.

use clap::Args;

use crate::app::cert_show::{ShownProfile, cert_show};
use crate::cli::command::{Command, Verb};
use crate::cli::profile_args::profile_name;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::profile_name::ProfileName;

pub const COMMAND: Command = Command::of::<Show>(
    &["cert", "show"],
    "show one profile with its chain and its request",
    "Shows what a commit would make of the profile. The private key is never shown.

Examples:
  sealpost cert show mx-2026
  sealpost cert show mx-2026 --full",
);

#[derive(Args)]
pub struct Show {
    /// The profile to show
    #[arg(value_parser = profile_name)]
    profile: ProfileName,

    /// Every field and extension
    #[arg(long)]
    full: bool,
}

impl Verb for Show {
    type Answer = ShownProfile;

    fn run(self, session: &mut Session) -> Result<Reply<ShownProfile>, Diagnostics> {
        cert_show(&session.context(), &self.profile, self.full)
    }
}
