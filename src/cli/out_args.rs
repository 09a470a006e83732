//! `--out` and `--force`, for commands that write a file or to standard output.

use clap::Args;

use crate::app::exporting::Target;

#[derive(Debug, Clone, Args)]
pub struct OutArgs {
    /// Where to write it (`-` = standard output, which is where it goes without this)
    #[arg(long, value_name = "FILE")]
    out: Option<String>,

    /// Replace the file if it exists
    #[arg(long, requires = "out")]
    force: bool,
}

impl From<OutArgs> for Target {
    fn from(args: OutArgs) -> Target {
        match args.out {
            None => Target::Implied,
            Some(path) if path == "-" => Target::StandardOutput,
            Some(path) => Target::File { path, force: args.force },
        }
    }
}
