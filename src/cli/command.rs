//! What one command is made of. Help, man pages, completions, schemas and dispatch are derived from these.

use clap::{ArgMatches, Args, FromArgMatches};

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::answer::{Answer, Exit};
use crate::render::json;

use super::session::Session;

/// The arguments of a command, and what it does with them.
pub trait Verb: Args + FromArgMatches {
    type Answer: Answer + 'static;

    /// Asks `app`; decides nothing itself.
    fn run(self, session: &mut Session) -> Result<Reply<Self::Answer>, Diagnostics>;
}

/// A command, as a constant in the slice `commands::COMMANDS`.
pub struct Command {
    /// Its words, such as `["cert", "list"]`.
    pub path: &'static [&'static str],
    /// The appliance's name for it, a word at top level.
    pub alias: Option<&'static str>,
    /// One line, lower case, no full stop.
    pub about: &'static str,
    /// What help and man page say beyond the arguments; ends with examples.
    pub details: &'static str,
    pub arguments: fn(clap::Command) -> clap::Command,
    pub run: fn(&ArgMatches, &mut Session) -> Exit,
    /// Name and JSON Schema of the answer.
    pub schema: fn() -> (&'static str, serde_json::Value),
}

impl Command {
    /// A command that runs `V`.
    pub const fn of<V: Verb>(path: &'static [&'static str], about: &'static str, details: &'static str) -> Command {
        Command { path, alias: None, about, details, arguments: V::augment_args, run: run::<V>, schema: schema::<V> }
    }

    #[must_use]
    pub const fn alias(mut self, alias: &'static str) -> Command {
        self.alias = Some(alias);
        self
    }
}

fn run<V: Verb>(matches: &ArgMatches, session: &mut Session) -> Exit {
    match V::from_arg_matches(matches) {
        Ok(verb) => {
            // Before anything is done: an answer that cannot be shown would be lost.
            let result = session.has_form().and_then(|()| verb.run(session));
            session.finish(result)
        }
        Err(error) => session.usage_error(&error),
    }
}

fn schema<V: Verb>() -> (&'static str, serde_json::Value) {
    (V::Answer::SCHEMA, json::answer_schema::<V::Answer>())
}
