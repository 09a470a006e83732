//! `sealpost serve`.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;

use crate::app::serve::{ServeEnded, ServeOrder, serve};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::serve as lines;

use super::command::{Command, Verb};
use super::session::Session;

pub const COMMAND: Command = Command::of::<Serve>(
    &["serve"],
    "run the gateway: listeners, queue and deliveries of the running revision",
    "It runs in the foreground until SIGTERM or Ctrl-C. `change commit` and `change rollback` make it take the new revision at once, and so
does SIGHUP, which also opens the log files anew: new connections see the new certificates and settings, those under way go on with what
they began with. A revision that it cannot load is never committed.

Started as root it opens its ports and then becomes the owner of the home, for good; --user says who that has to be. It takes sockets from systemd and tells it when it is ready;
templates/sealpost.service is a unit for it. What happens to mail stands in log/mail.log of the home.

Examples:
  sealpost serve
  sealpost --home /var/lib/sealpost serve --user sealpost --grace 10",
);

#[derive(Args)]
pub struct Serve {
    /// Seconds that connections may go on after SIGTERM
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    grace: u64,

    /// Refuse to run as anybody else: this user must own the home
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
}

impl Verb for Serve {
    type Answer = ServeEnded;

    fn run(self, session: &mut Session) -> Result<Reply<ServeEnded>, Diagnostics> {
        let (as_json, quiet) = (session.is_json(), session.is_quiet());
        let order = ServeOrder { grace: Duration::from_secs(self.grace), user: self.user };
        serve(&session.context(), &order, &mut |line| {
            let line = lines::line(line, as_json);
            // An engine does not end because nobody reads what it says.
            let _ = match (as_json, quiet) {
                (true, _) => io::stdout().lock().write_all(line.as_bytes()),
                (false, false) => io::stderr().lock().write_all(line.as_bytes()),
                (false, true) => Ok(()),
            };
        })
    }
}
