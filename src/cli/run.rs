//! From arguments to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, FromArgMatches};

use crate::render::answer::Exit;

use super::command::Command;
use super::commands::{COMMANDS, NOUNS};
use super::globals::Globals;
use super::session::Session;

/// Runs the program on its arguments; the first is its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match program().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { code(Exit::Failed) } else { code(Exit::Done) };
        }
    };
    let globals = match Globals::from_arg_matches(&matches) {
        Ok(globals) => globals,
        Err(error) => error.exit(),
    };
    let mut session = Session::new(globals);
    let mut path = Vec::new();
    let mut inner = &matches;
    while let Some((word, next)) = inner.subcommand() {
        path.push(word);
        inner = next;
    }
    match find(&path) {
        Some(command) => code((command.run)(inner, &mut session)),
        None => code(Exit::Failed),
    }
}

fn code(exit: Exit) -> ExitCode {
    ExitCode::from(exit as u8)
}

fn find(path: &[&str]) -> Option<&'static Command> {
    COMMANDS.iter().copied().find(|command| command.path == path || (path.len() == 1 && command.alias == Some(path[0])))
}

const DETAILS: &str = "Exit status:
  0  done, or the answer is yes
  1  done, and the answer is no
  2  it could not be done, and what it would have changed is as it was

Data goes to standard output, everything else to standard error. `-` reads standard input wherever a file is read.
A password comes from a prompt, --password-file or --password-env, never from an argument.";

/// The whole command line as clap knows it; man pages and completions are made from it too.
pub fn program() -> clap::Command {
    let program = clap::Command::new("sealpost")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Looks after the TLS certificates of a mail gateway, from the key to the wire")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .after_long_help(reflowed(DETAILS));
    let program = Globals::augment_args(program);
    let aliases =
        COMMANDS.iter().filter_map(|command| command.alias.map(|alias| clap_command(command, alias).hide(true)));
    program.subcommands(below(&[])).subcommands(aliases)
}

/// The commands and nouns directly below the words `path`, each where it first stands in the list.
fn below(path: &[&'static str]) -> Vec<clap::Command> {
    let mut words = Vec::new();
    for command in COMMANDS.iter().filter(|command| command.path.len() > path.len() && command.path.starts_with(path)) {
        if !words.contains(&command.path[path.len()]) {
            words.push(command.path[path.len()]);
        }
    }
    words.into_iter().map(|word| one([path, &[word]].concat(), word)).collect()
}

/// A command, or a noun with its verbs and the nouns that belong to it: `listener policy`.
fn one(path: Vec<&'static str>, word: &'static str) -> clap::Command {
    if let Some(command) = COMMANDS.iter().find(|command| command.path == path) {
        return clap_command(command, word);
    }
    let noun = path.join(" ");
    let about = NOUNS.iter().find(|(known, _)| *known == noun).map_or("", |(_, about)| about);
    clap::Command::new(word)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(below(&path))
}

fn clap_command(command: &'static Command, name: &'static str) -> clap::Command {
    // Set last, because the doc comment of a flattened struct of arguments would replace it.
    let arguments = (command.arguments)(clap::Command::new(name));
    arguments.about(command.about).long_about(None).after_long_help(reflowed(command.details))
}

/// Each paragraph as one line, which help and man page wrap as wide as they are; indented lines and lists stay as they stand.
fn reflowed(text: &str) -> String {
    let mut out = String::new();
    let mut in_paragraph = false;
    for line in text.lines() {
        let is_prose = !line.is_empty() && !line.starts_with(' ') && !line.ends_with(':');
        if !out.is_empty() {
            out.push(if in_paragraph && !line.is_empty() && !line.starts_with(' ') { ' ' } else { '\n' });
        }
        out.push_str(line);
        in_paragraph = is_prose;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::reflowed;

    #[test]
    fn prose_is_joined_and_examples_stay() {
        let text = "One sentence that\ngoes on.\n\nExamples:\n  sealpost a\n  sealpost b";
        assert_eq!(reflowed(text), "One sentence that goes on.\n\nExamples:\n  sealpost a\n  sealpost b");
    }
}
