//! DEFAULT: what every row inherits, with what holds now in brackets.

use crate::app::destination_set::destination_default;
use crate::app::destination_show::{DestinationShown, destination_show};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::model::configuration::{Assignment, Change, DESTINATION_KEYS, Word};

use super::{limits, row};

pub(super) fn hold(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let shown = destination_show(&dialogue.context(), None)?.answer;
    let mut answers: Vec<(&'static str, String)> = Vec::new();
    let concurrency =
        limits::number(dialogue, "Enter the default concurrency limit.", now(&shown, "concurrency"), 1, 1_000)?;
    answers.push(("concurrency", concurrency.to_string()));
    let current = now(&shown, "messages-per-connection");
    let messages = limits::number(dialogue, "Enter the default messages-per-connection limit.", current, 1, 1_000)?;
    answers.push(("messages-per-connection", messages.to_string()));
    let current = now(&shown, "recipients");
    let is_limited = current != "no limit";
    answers.push((
        "recipients",
        match dialogue.ask_again("Do you wish to apply a recipient limit by default?", is_limited)? {
            true => limits::recipients(dialogue, "a domain", current)?.to_string(),
            false => "no limit".to_owned(),
        },
    ));
    answers.push(("limit-scope", limits::scope(dialogue, "a domain", now(&shown, "limit-scope"))?.to_owned()));
    answers.push(("limit-apply", limits::apply(dialogue, now(&shown, "limit-apply"))?.to_owned()));
    answers.push(("tls", row::tls(dialogue, now(&shown, "tls"))?.word().to_owned()));
    let tagging = now(&shown, "bounce-verification") == "true";
    let tagging = dialogue.ask_again("Perform bounce verification address tagging by default?", tagging)?;
    answers.push(("bounce-verification", tagging.to_string()));
    answers.push(("bounce-profile", row::bounce_profile(dialogue, now(&shown, "bounce-profile"))?));
    let preference = row::ip_preference(dialogue, now(&shown, "ip-preference"))?;
    answers.push(("ip-preference", preference.word().to_owned()));
    let done = destination_default(&dialogue.context(), &Default::default(), &assignments(&shown, answers));
    dialogue.remarks(done)?;
    super::count(dialogue)
}

fn now<'s>(shown: &'s DestinationShown, name: &str) -> &'s str {
    shown.settings.iter().find(|setting| setting.name == name).map_or("", |setting| &setting.value)
}

/// What was only confirmed need not stand in the file.
fn assignments(shown: &DestinationShown, answers: Vec<(&'static str, String)>) -> Vec<Assignment> {
    let changed = answers.into_iter().filter(|(name, value)| now(shown, name) != value);
    let assignment = |(name, value): (&str, String)| {
        let key = DESTINATION_KEYS.iter().find(|key| key.name == name)?;
        Some(Assignment { key, change: Change::Set(vec![value]) })
    };
    changed.filter_map(assignment).collect()
}
