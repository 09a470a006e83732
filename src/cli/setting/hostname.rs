//! `sealpost sethostname NAME`, as on the appliance.

use clap::Args;

use crate::app::configured::Configured;
use crate::app::settings::{self, Setting};
use crate::cli::command::{Command, Verb};
use crate::cli::commit_args::CommitArgs;
use crate::cli::session::Session;
use crate::model::configuration::Change;
use crate::model::diagnostic::{Diagnostics, Reply};

pub const COMMAND: Command = Command::of::<SetHostname>(
    &["sethostname"],
    "set the host name that stands in alerts and page headers",
    "It plays no part in TLS: certificates carry the host name of an interface, which `sealpost interface set` sets.

Examples:
  sealpost sethostname gateway.example.com",
);

#[derive(Args)]
pub struct SetHostname {
    /// The host name
    name: String,

    #[command(flatten)]
    commit: CommitArgs,
}

impl Verb for SetHostname {
    type Answer = Configured;

    fn run(self, session: &mut Session) -> Result<Reply<Configured>, Diagnostics> {
        let setting = Setting::new("system.hostname", Change::Set(vec![self.name]))?;
        settings::set(&session.context(), &self.commit.into(), &[setting])
    }
}
