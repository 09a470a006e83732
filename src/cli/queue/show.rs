//! `sealpost queue show MID`.

use std::io;

use clap::{ArgMatches, Args, FromArgMatches};

use crate::app::queue_show::{QueueShowOrder, QueueShown, raw, show};
use crate::cli::command::Command;
use crate::cli::session::Session;
use crate::deliver::numbers::Mid;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::render::answer::{Answer, Exit};
use crate::render::json;

pub const COMMAND: Command = Command {
    path: &["queue", "show"],
    alias: None,
    about: "one message in the queue: who it is from and for, what became of it so far, its header",
    arguments: Show::augment_args,
    run,
    schema: || (QueueShown::SCHEMA, json::answer_schema::<QueueShown>()),
    details: "What comes from outside is escaped. --raw writes the message to standard output as it will be sent, octet by octet.

Examples:
  sealpost queue show 217
  sealpost queue show 217 --body
  sealpost queue show 217 --raw > 217.eml",
};

#[derive(Args)]
pub struct Show {
    /// The message, by its MID
    #[arg(value_name = "MID")]
    mid: Mid,

    /// Show what stands behind the header, too
    #[arg(long)]
    body: bool,

    /// Write the message itself and nothing else
    #[arg(long, conflicts_with = "body")]
    raw: bool,
}

fn run(matches: &ArgMatches, session: &mut Session) -> Exit {
    let verb = match Show::from_arg_matches(matches) {
        Ok(verb) => verb,
        Err(error) => return session.usage_error(&error),
    };
    if let Err(errors) = session.has_form() {
        return session.finish::<QueueShown>(Err(errors));
    }
    let (context, order) = (session.context(), QueueShowOrder { mid: verb.mid, body: verb.body });
    if !verb.raw {
        return session.finish(show(&context, &order));
    }
    match write_raw(session, verb.mid) {
        Ok(Ok(())) => Exit::Done,
        Ok(Err(error)) => session.output_refused(&error),
        Err(errors) => session.finish::<QueueShown>(Err(errors)),
    }
}

fn write_raw(session: &Session, mid: Mid) -> Result<io::Result<()>, Diagnostics> {
    if session.is_json() {
        return Err(Diagnostic::error("queue/raw-json", "--raw writes the message itself, which is no JSON")
            .fact("nothing was written")
            .help("--body puts it into the JSON answer")
            .into());
    }
    let written = raw(&session.context(), mid, &mut io::stdout().lock())?;
    Ok(match written {
        // A reader that went away (`| head`) is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map(drop),
    })
}
