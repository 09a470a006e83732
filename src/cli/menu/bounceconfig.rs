//! `sealpost bounceconfig`: how long and how often delivery is tried before a message bounces.

use clap::Args;

use crate::app::bounce_profiles::{self, BounceProfileShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::{BOUNCE_PROFILE_KEYS, DEFAULT_BOUNCE_PROFILE};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};
use super::keyed::Answers;

pub const COMMAND: Command = Command::of::<BounceConfig>(
    &["bounceconfig"],
    "bounce profiles by question and answer, as on the appliance",
    "Times are in seconds, or as 90s, 5m, 72h, 3d. Each finished operation is staged; `sealpost change commit` makes it live. The end of
the input inside an operation drops it.

Examples:
  sealpost bounceconfig",
);

#[derive(Args)]
pub struct BounceConfig {}

impl Verb for BounceConfig {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        bounce_profiles::list(&session.context())?;
        dialogue::hold(session, "sealpost bounce-profile --help", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] =
    &[("NEW", "Create a new profile."), ("EDIT", "Edit a profile."), ("DELETE", "Remove a profile.")];
/// What the appliance proposes for delay warnings: four hours.
const USUAL_WARNING: u64 = 14_400;

fn all(dialogue: &Dialogue<'_>) -> Result<Vec<BounceProfileShown>, Diagnostics> {
    Ok(bounce_profiles::list(&dialogue.context())?.answer.bounce_profiles)
}

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let names: Vec<String> = all(dialogue)?.into_iter().map(|profile| profile.name).collect();
    Ok(dialogue.numbered("Current bounce profiles:", &names)?)
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    let profiles = all(dialogue)?;
    let names: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
    let named = |name: &str| profiles.iter().find(|profile| profile.name == name);
    match operation {
        "NEW" => {
            dialogue.ask.gap()?;
            let name = dialogue.required("Please create a name for the profile:")?;
            if named(&name).is_some() {
                return Ok(dialogue.ask.say("There is a profile of that name; EDIT changes it.")?);
            }
            // A new one begins with what holds without it.
            named(DEFAULT_BOUNCE_PROFILE).map_or(Ok(()), |default| edit(dialogue, &name, default))
        }
        "EDIT" => {
            let name = dialogue.pick("Enter the profile you want to edit:", &names)?;
            named(&name).map_or(Ok(()), |profile| edit(dialogue, &name, profile))
        }
        _ => {
            let name = dialogue.pick("Enter the profile you want to remove:", &names)?;
            let done = bounce_profiles::remove(&dialogue.context(), &Default::default(), &name)?;
            Ok(dialogue.tell(Ok(done))?)
        }
    }
}

fn edit(dialogue: &mut Dialogue<'_>, name: &str, current: &BounceProfileShown) -> Result<(), Stopped> {
    let mut answers = Answers::about(BOUNCE_PROFILE_KEYS);
    // What a new profile is to have is written down, whatever (Default) becomes later.
    let is_new = name != current.name;
    let mut set = |key: &str, value: String, before: String| {
        answers.set(key, &value, if is_new { "" } else { &before });
    };
    let retries = current.retries.to_string();
    set("retries", dialogue.text("Please enter the maximum number of retries.", &retries)?, retries);
    for (key, question, seconds) in [
        (
            "longest-in-queue",
            "Please enter the maximum number of seconds a message may stay in the queue before being hard bounced.",
            current.longest_in_queue_seconds,
        ),
        (
            "first-wait",
            "Please enter the initial number of seconds to wait before retrying a message.",
            current.first_wait_seconds,
        ),
        (
            "longest-wait",
            "Please enter the maximum number of seconds to wait before retrying a message.",
            current.longest_wait_seconds,
        ),
    ] {
        let before = seconds.to_string();
        set(key, time(&dialogue.text(question, &before)?), time(&before));
    }
    let question = "If a message is undeliverable after some interval, do you want to send a delay warning message?";
    let before = current.delay_warning_seconds;
    let warning = match dialogue.ask_again(question, before.is_some())? {
        true => {
            let usual = before.unwrap_or(USUAL_WARNING).to_string();
            time(&dialogue.text("Please enter the number of seconds after which it is sent.", &usual)?)
        }
        false => "off".to_owned(),
    };
    set("delay-warning", warning, before.map_or_else(|| "off".to_owned(), |seconds| time(&seconds.to_string())));
    dialogue.settle(&answers, |dialogue, assignments| {
        bounce_profiles::set(&dialogue.context(), &Default::default(), name, assignments)
    })
}

/// A number alone is seconds.
fn time(answer: &str) -> String {
    match answer.parse::<u64>() {
        Ok(seconds) => format!("{seconds}s"),
        Err(_) => answer.to_owned(),
    }
}
