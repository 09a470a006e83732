//! `--accept`, `--reason`, `--until` and `--no-dns`, for the commands that commit.

use clap::Args;

use crate::app::admission::Accepting;

#[derive(Debug, Clone, Args)]
pub struct AcceptArgs {
    /// Commit in spite of this finding, such as cert/expired-leaf
    #[arg(long, value_name = "RULE", requires = "reason")]
    accept: Vec<String>,

    /// Why the finding is let pass; kept with the revision (one for all, or one for each --accept)
    #[arg(long, value_name = "TEXT", requires = "accept")]
    reason: Vec<String>,

    /// The last day on which the finding is let pass (one for all, or one for each --accept)
    #[arg(long, value_name = "DATE", requires = "accept")]
    until: Vec<String>,

    /// Do not ask DNS for the MX records of accepted domains
    #[arg(long)]
    no_dns: bool,
}

impl AcceptArgs {
    pub fn ask_dns(&self) -> bool {
        !self.no_dns
    }
}

impl From<AcceptArgs> for Accepting {
    fn from(args: AcceptArgs) -> Accepting {
        Accepting { rules: args.accept, reasons: args.reason, until: args.until }
    }
}
