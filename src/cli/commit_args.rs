//! `--commit`, `--with-pending` and `--no-dns`, for every command that stages something.

use clap::Args;

use crate::app::committing::Committing;

#[derive(Debug, Clone, Args)]
pub struct CommitArgs {
    /// Commit at once, with this comment
    #[arg(long, value_name = "WHY")]
    commit: Option<String>,

    /// With --commit: commit what was staged before along with it
    #[arg(long, requires = "commit")]
    with_pending: bool,

    /// With --commit: do not ask DNS for MX records
    #[arg(long, requires = "commit")]
    no_dns: bool,
}

impl From<CommitArgs> for Committing {
    fn from(args: CommitArgs) -> Committing {
        Committing { comment: args.commit, with_pending: args.with_pending, ask_dns: !args.no_dns }
    }
}
