//! The list of commands, in the order in which help shows them.

use super::command::Command;
use super::{
    authority, cert, change, completions, config, convert, diff, explain, init, lint, man, menu, role, schema, serve,
    show, sink, verify,
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
    &role::list::COMMAND,
    &role::bind::COMMAND,
    &role::unbind::COMMAND,
    &role::check::COMMAND,
    &authority::list::COMMAND,
    &authority::import::COMMAND,
    &authority::export::COMMAND,
    &authority::enable::COMMAND,
    &authority::disable::COMMAND,
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
    ("role", "services that present a certificate, and which one"),
    ("authority", "authorities that are trusted: the system's and your own"),
    ("change", "staged changes and committed revisions"),
    ("config", "the whole configuration: save and load"),
];
