//! The questions about limits, for a row and for the default row.

use crate::cli::menu::dialogue::Dialogue;
use crate::cli::menu::prompter::NoAnswer;
use crate::model::configuration::RecipientLimit;

use super::row::Row;

const SCOPES: [&str; 2] = ["domain", "mx-address"];
const APPLIES: [&str; 2] = ["system", "interface"];
/// What the appliance offers.
const MINUTES: u8 = 60;

/// Of a row. How the limits are applied is asked only where there are any.
pub(super) fn ask(dialogue: &mut Dialogue<'_>, domain: &str, is_new: bool, row: &mut Row) -> Result<(), NoAnswer> {
    let question = format!("Do you wish to configure a concurrency limit for {domain}?");
    let mut any = false;
    // The one question that the appliance answers with yes for a new row.
    if dialogue.ask_again(&question, is_new || row.is_own("concurrency"))? {
        let question = format!("Enter the max concurrency limit for \"{domain}\".");
        let limit = number(dialogue, &question, row.current("concurrency"), 1, 1_000)?;
        row.set("concurrency", &limit.to_string());
        any = true;
    } else {
        row.inherit("concurrency");
    }
    let question = "Do you wish to apply a messages-per-connection limit to this domain?";
    if row.specific(dialogue, question, "messages-per-connection")? {
        let question = format!("Enter the max messages-per-connection limit for \"{domain}\".");
        let limit = number(dialogue, &question, row.current("messages-per-connection"), 1, 1_000)?;
        row.set("messages-per-connection", &limit.to_string());
        any = true;
    }
    if row.specific(dialogue, "Do you wish to apply a recipient limit to this domain?", "recipients")? {
        let limit = recipients(dialogue, &format!("\"{domain}\""), row.current("recipients"))?;
        row.set("recipients", &limit.to_string());
        any = true;
    }
    if any {
        let scope = scope(dialogue, domain, row.current("limit-scope"))?;
        row.set("limit-scope", scope);
        let apply = apply(dialogue, row.current("limit-apply"))?;
        row.set("limit-apply", apply);
    } else {
        row.inherit("limit-scope");
        row.inherit("limit-apply");
    }
    Ok(())
}

/// A number within its range, which is said when it is not.
pub(super) fn number(
    dialogue: &mut Dialogue<'_>,
    question: &str,
    default: &str,
    least: u32,
    most: u32,
) -> Result<u32, NoAnswer> {
    dialogue.ask.gap()?;
    dialogue.ask.checked(question, default, |answer| {
        let number = answer.replace(',', "").parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| format!("Please enter a number from {least} to {most}."))
    })
}

pub(super) fn recipients(dialogue: &mut Dialogue<'_>, whom: &str, current: &str) -> Result<RecipientLimit, NoAnswer> {
    let current: Option<RecipientLimit> = current.parse().ok();
    let question = "Enter the number of minutes used to measure the recipient limit.";
    let minutes = current.map_or(MINUTES, |limit| limit.minutes).to_string();
    let minutes = number(dialogue, question, &minutes, 1, 60)?;
    let question = format!("Enter the max number of recipients per {minutes} minutes for {whom}.");
    let count = current.map(|limit| limit.recipients.to_string()).unwrap_or_default();
    let recipients = number(dialogue, &question, &count, 0, 1_000_000_000)?;
    Ok(RecipientLimit { recipients, minutes: u8::try_from(minutes).unwrap_or(MINUTES) })
}

pub(super) fn scope(dialogue: &mut Dialogue<'_>, domain: &str, current: &str) -> Result<&'static str, NoAnswer> {
    let lines = [
        format!("One limit applies to the entire domain for {domain}."),
        "Separate limit for each mail exchanger IP address.".to_owned(),
    ];
    let default = SCOPES.iter().position(|scope| *scope == current).unwrap_or(0);
    dialogue.ask.gap()?;
    let question = format!("Select how you want to apply the limits for {domain}:");
    Ok(SCOPES[dialogue.ask.choice(&question, &lines, default)?])
}

pub(super) fn apply(dialogue: &mut Dialogue<'_>, current: &str) -> Result<&'static str, NoAnswer> {
    let lines = ["System Wide.", "Per source interface."].map(str::to_owned);
    let default = APPLIES.iter().position(|apply| *apply == current).unwrap_or(0);
    dialogue.ask.gap()?;
    Ok(APPLIES[dialogue.ask.choice("Select how the limits will be enforced:", &lines, default)?])
}
