//! The list of commands, in the order in which help shows them.

use super::command::Command;
use super::{
    cert, change, completions, config, convert, diff, explain, init, lint, man, menu, schema, serve, show, sink, verify,
};

/// One line per command; each constant stands in the file of its verb.
pub const COMMANDS: &[&Command] = &[
    &init::COMMAND,
    &show::COMMAND,
    &lint::COMMAND,
    &explain::COMMAND,
    &verify::COMMAND,
    &diff::COMMAND,
    &convert::COMMAND,
    &cert::list::COMMAND,
    &cert::show::COMMAND,
    &cert::new::COMMAND,
    &cert::request::COMMAND,
    &cert::import::COMMAND,
    &cert::export::COMMAND,
    &cert::rename::COMMAND,
    &cert::remove::COMMAND,
    &menu::certconfig::COMMAND,
    &change::show::COMMAND,
    &change::commit::COMMAND,
    &change::clear::COMMAND,
    &change::history::COMMAND,
    &change::rollback::COMMAND,
    &change::prune::COMMAND,
    &serve::COMMAND,
    &sink::COMMAND,
    &config::save::COMMAND,
    &config::load::COMMAND,
    &completions::COMMAND,
    &man::COMMAND,
    &schema::COMMAND,
];

/// A noun and what its verbs are about.
pub const NOUNS: &[(&str, &str)] = &[
    ("cert", "certificates: make, request, import, export"),
    ("change", "staged changes and committed revisions"),
    ("config", "the whole configuration: save and load"),
];
