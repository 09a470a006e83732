//! `sealpost certconfig`: the appliance's dialogue about certificates. It asks, and calls the same use cases as `sealpost cert`.

mod delete;
mod edit;
mod export;
mod import;
mod new;
mod paste;

use clap::Args;

use crate::app::cert_list::cert_list;
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::profile_name::ProfileName;
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};
use super::prompter::NoAnswer;

pub const COMMAND: Command = Command::of::<CertConfig>(
    &["certconfig"],
    "certificates by question and answer, as on the appliance",
    "Answers come from a terminal or from a pipe, one per line; an empty answer takes what stands in brackets, or goes up one
level. Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation
drops that operation.

Examples:
  sealpost certconfig
  sealpost certconfig < answers.txt",
);

#[derive(Args)]
pub struct CertConfig {}

impl Verb for CertConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        // A home that is missing or damaged is told before the first question.
        cert_list(&session.context())?;
        dialogue::hold(session, "sealpost cert --help", top)
    }
}

const TOP: &[(&str, &str)] =
    &[("CERTIFICATE", "Import, create, request, edit, export or remove certificate profiles.")];

fn top(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    while dialogue.ask.menu(TOP)?.is_some() {
        certificate(dialogue)?;
    }
    Ok(())
}

const CERTIFICATE: &[(&str, &str)] = &[
    ("IMPORT", "Import a certificate profile from files: PKCS#12, PEM, DER, PKCS#7 or Java keystore."),
    ("PASTE", "Paste a certificate and its key."),
    ("NEW", "Create a self-signed certificate and a signing request."),
    ("EDIT", "Update a certificate, or view its signing request."),
    ("EXPORT", "Export a certificate profile as PKCS#12."),
    ("DELETE", "Remove a certificate profile."),
];

fn certificate(dialogue: &mut Dialogue<'_>) -> Result<(), NoAnswer> {
    loop {
        let list = cert_list(&dialogue.context()).map_err(Stopped::Refused);
        dialogue.ask.say("")?;
        dialogue.tell(list)?;
        match dialogue.ask.menu(CERTIFICATE)? {
            Some("IMPORT") => import::hold(dialogue)?,
            Some("PASTE") => paste::hold(dialogue)?,
            Some("NEW") => new::hold(dialogue)?,
            Some("EDIT") => edit::hold(dialogue)?,
            Some("EXPORT") => export::hold(dialogue)?,
            Some("DELETE") => delete::hold(dialogue)?,
            _ => return Ok(()),
        }
    }
}

/// Asks for a name that a profile can have: a new one, or the one that waits for what is brought.
fn profile_name(dialogue: &mut Dialogue<'_>) -> Result<ProfileName, NoAnswer> {
    dialogue.ask.checked("Enter a name for this certificate profile:", "", |answer| name_for(answer, &[]))
}

/// Asks for a name that no profile has.
fn unused_name(dialogue: &mut Dialogue<'_>) -> Result<ProfileName, Stopped> {
    let taken = names(dialogue)?;
    Ok(dialogue.ask.checked("Enter a name for this certificate profile:", "", |answer| name_for(answer, &taken))?)
}

fn name_for(answer: &str, taken: &[ProfileName]) -> Result<ProfileName, String> {
    let name = answer.parse::<ProfileName>().map_err(|error| format!("{error}."))?;
    match (name.is_demo(), taken.contains(&name)) {
        (true, _) => Err("Demo is the built-in profile.".to_owned()),
        (_, true) => Err(format!("There is a profile {name} already.")),
        _ => Ok(name),
    }
}

/// Every profile but the built-in one.
fn names(dialogue: &Dialogue<'_>) -> Result<Vec<ProfileName>, Diagnostics> {
    let list = cert_list(&dialogue.context())?.answer;
    Ok(list.profiles.into_iter().map(|row| row.name).filter(|name| !name.is_demo()).collect())
}

/// Asks for one of the profiles; the built-in one is not offered.
fn existing(dialogue: &mut Dialogue<'_>, question: &str) -> Result<ProfileName, Stopped> {
    let names = names(dialogue)?;
    if names.is_empty() {
        let none = Diagnostic::error("profile/none", "there is no profile but Demo, which stays as it is");
        return Err(Diagnostics::from(none.help("NEW, IMPORT or PASTE makes one")).into());
    }
    let lines: Vec<String> = names.iter().map(ProfileName::to_string).collect();
    let index = dialogue.ask.choice(question, &lines, 0)?;
    Ok(names[index].clone())
}
