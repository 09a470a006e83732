//! `sealpost cert show PROFILE`.

use clap::Args;

use crate::app::cert_show::{ProfileAnswer, cert_show, stored_request};
use crate::cli::command::{Command, Verb};
use crate::cli::profile_args::profile_name;
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::profile_name::ProfileName;

pub const COMMAND: Command = Command::of::<Show>(
    &["cert", "show"],
    "show a profile: certificate, intermediates, request",
    "Shows what a commit would make of the profile. The private key is never printed.

With --request the stored signing request goes to standard output as PEM, and nothing else.

Examples:
  sealpost cert show mx-2026
  sealpost cert show mx-2026 --request > mx.csr",
);

#[derive(Args)]
pub struct Show {
    /// The profile to show
    #[arg(value_parser = profile_name)]
    profile: ProfileName,

    /// Every field and every extension
    #[arg(long)]
    full: bool,

    /// The signing request as PEM
    #[arg(long, conflicts_with = "full")]
    request: bool,
}

impl Verb for Show {
    type Answer = ProfileAnswer;

    fn run(self, session: &mut Session) -> Result<Reply<ProfileAnswer>, Diagnostics> {
        let context = session.context();
        match self.request {
            true => Ok(stored_request(&context, &self.profile)?.map(ProfileAnswer::Request)),
            false => {
                Ok(cert_show(&context, &self.profile, self.full)?
                    .map(|profile| ProfileAnswer::Profile(Box::new(profile))))
            }
        }
    }
}
