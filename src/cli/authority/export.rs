//! `sealpost authority export`.

use clap::Args;

use super::list_name;
use crate::app::authorities::AuthorityList;
use crate::app::authority_export::{AuthoritiesExported, authority_export};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::sys::output::Existing;

pub const COMMAND: Command = Command::of::<Export>(
    &["authority", "export"],
    "write a list of authorities as PEM",
    "Examples:
  sealpost authority export > custom.pem
  sealpost authority export system --out system.pem",
);

#[derive(Args)]
pub struct Export {
    /// system or custom
    #[arg(value_parser = list_name, default_value = "custom")]
    list: AuthorityList,

    /// Where to write it [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<String>,

    /// Replace the file if it exists
    #[arg(long, requires = "out")]
    force: bool,
}

impl Verb for Export {
    type Answer = AuthoritiesExported;

    fn run(self, session: &mut Session) -> Result<Reply<AuthoritiesExported>, Diagnostics> {
        let existing = if self.force { Existing::Replace } else { Existing::Keep };
        authority_export(&session.context(), self.list, self.out.as_deref(), existing)
    }
}
