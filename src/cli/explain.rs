//! `sealpost explain [RULE]`.

use clap::Args;

use crate::app::explain::{Explained, explain};
use crate::model::diagnostic::{Diagnostics, Reply};

use super::command::{Command, Verb};
use super::session::Session;

pub const COMMAND: Command = Command::of::<Explain>(
    &["explain"],
    "say what a lint rule checks, why, and what to do",
    "Examples:
  sealpost explain chain/misordered
  sealpost explain",
);

#[derive(Args)]
pub struct Explain {
    /// The rule as findings name it; none lists all
    rule: Option<String>,
}

impl Verb for Explain {
    type Answer = Explained;

    fn run(self, _: &mut Session) -> Result<Reply<Explained>, Diagnostics> {
        explain(self.rule.as_deref())
    }
}
