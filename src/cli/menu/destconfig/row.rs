//! NEW and EDIT: one row, field by field. What is not answered with yes is inherited.

use crate::app::destination_set::destination_set;
use crate::app::destination_show::{DestinationShown, SettingFrom, destination_show};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::configuration::{Assignment, Change, DESTINATION_KEYS, DeliveryTls, IpPreference, Word};

use super::limits;

pub(super) fn new(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let domain = super::domain(dialogue, "Enter the domain you wish to configure.", false)?;
    hold(dialogue, &domain, true)
}

pub(super) fn edit(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let domain = super::domain(dialogue, "Enter the domain you wish to edit.", true)?;
    hold(dialogue, &domain, false)
}

fn hold(dialogue: &mut Dialogue<'_>, domain: &str, is_new: bool) -> Result<(), Stopped> {
    // What a new row begins with is the default row: what a wider row says is not inherited.
    let shown = destination_show(&dialogue.context(), (!is_new).then_some(domain))?.answer;
    let mut row = Row { assignments: Vec::new(), shown };
    limits::ask(dialogue, domain, is_new, &mut row)?;
    if row.specific(dialogue, "Do you wish to apply a specific TLS setting for this domain?", "tls")? {
        let setting = tls(dialogue, row.current("tls"))?;
        row.set("tls", setting.word());
    }
    dialogue.ask.gap()?;
    dialogue.ask.say("Do you wish to apply a specific bounce verification")?;
    if row.yes(dialogue, "address tagging setting for this domain?", "bounce-verification")? {
        dialogue.ask.gap()?;
        let default = row.current("bounce-verification") == "true";
        let on = dialogue.ask.yes("Perform bounce verification address tagging?", default)?;
        row.set("bounce-verification", if on { "true" } else { "false" });
    }
    if row.specific(dialogue, "Do you wish to apply a specific bounce profile to this domain?", "bounce-profile")? {
        let profile = bounce_profile(dialogue, row.current("bounce-profile"))?;
        row.set("bounce-profile", &profile);
    }
    if row.specific(dialogue, "Do you wish to apply a specific IP sort preference to this domain?", "ip-preference")? {
        let preference = ip_preference(dialogue, row.current("ip-preference"))?;
        row.set("ip-preference", preference.word());
    }
    let done = destination_set(&dialogue.context(), &Default::default(), domain, &row.assignments);
    dialogue.remarks(done)?;
    super::count(dialogue)
}

/// What was answered so far, and what holds without an answer.
pub(super) struct Row {
    assignments: Vec<Assignment>,
    shown: DestinationShown,
}

impl Row {
    pub fn set(&mut self, name: &str, value: &str) {
        self.assign(name, Change::Set(vec![value.to_owned()]));
    }

    fn assign(&mut self, name: &str, change: Change) {
        if let Some(key) = DESTINATION_KEYS.iter().find(|key| key.name == name) {
            self.assignments.push(Assignment { key, change });
        }
    }

    /// What holds now: the row's own value, or what it inherits.
    pub fn current(&self, name: &str) -> &str {
        self.shown.settings.iter().find(|setting| setting.name == name).map_or("", |setting| &setting.value)
    }

    pub fn is_own(&self, name: &str) -> bool {
        self.shown.settings.iter().any(|setting| setting.name == name && setting.from == SettingFrom::Row)
    }

    /// Asks whether the row shall have a value of its own; no means that it inherits.
    pub fn specific(&mut self, dialogue: &mut Dialogue<'_>, question: &str, name: &str) -> Result<bool, NoAnswer> {
        dialogue.ask.gap()?;
        self.yes(dialogue, question, name)
    }

    fn yes(&mut self, dialogue: &mut Dialogue<'_>, question: &str, name: &str) -> Result<bool, NoAnswer> {
        let yes = dialogue.ask.yes(question, self.is_own(name))?;
        if !yes {
            self.inherit(name);
        }
        Ok(yes)
    }

    pub fn inherit(&mut self, name: &str) {
        if self.is_own(name) {
            self.assign(name, Change::Unset);
        }
    }
}

/// The numbered list of the documents, and what they say to those who choose TLS.
pub(super) fn tls(dialogue: &mut Dialogue<'_>, current: &str) -> Result<DeliveryTls, NoAnswer> {
    const SETTINGS: [(DeliveryTls, &str); 6] = [
        (DeliveryTls::No, "No"),
        (DeliveryTls::Preferred, "Preferred"),
        (DeliveryTls::Required, "Required"),
        (DeliveryTls::PreferredVerify, "Preferred - Verify"),
        (DeliveryTls::RequiredVerify, "Required - Verify"),
        (DeliveryTls::RequiredVerifyHosted, "Required - Verify Hosted Domains"),
    ];
    let default = SETTINGS.iter().position(|(setting, _)| setting.word() == current).unwrap_or(0);
    let lines = SETTINGS.map(|(_, line)| line.to_owned());
    dialogue.ask.gap()?;
    let (setting, _) = SETTINGS[dialogue.ask.choice("Do you want to use TLS support?", &lines, default)?];
    if setting != DeliveryTls::No {
        dialogue.ask.gap()?;
        dialogue.ask.say("You have chosen to enable TLS. Please use the 'certconfig' command to")?;
        dialogue.ask.say("ensure that there is a valid certificate configured.")?;
    }
    Ok(setting)
}

pub(super) fn bounce_profile(dialogue: &mut Dialogue<'_>, current: &str) -> Result<String, Stopped> {
    let profiles = crate::app::bounce_profiles::list(&dialogue.context())?.answer.bounce_profiles;
    let names: Vec<String> = profiles.into_iter().map(|profile| profile.name).collect();
    let default = names.iter().position(|name| name == current).unwrap_or(0);
    dialogue.ask.gap()?;
    let index = dialogue.ask.choice("Please choose a bounce profile to apply:", &names, default)?;
    Ok(names[index].clone())
}

pub(super) fn ip_preference(dialogue: &mut Dialogue<'_>, current: &str) -> Result<IpPreference, NoAnswer> {
    const PREFERENCES: [(IpPreference, &str); 4] = [
        (IpPreference::PreferV6, "Prefer IPv6"),
        (IpPreference::RequireV6, "Require IPv6"),
        (IpPreference::PreferV4, "Prefer IPv4"),
        (IpPreference::RequireV4, "Require IPv4"),
    ];
    let default = PREFERENCES.iter().position(|(preference, _)| preference.word() == current).unwrap_or(0);
    let lines = PREFERENCES.map(|(_, line)| line.to_owned());
    dialogue.ask.gap()?;
    let index = dialogue.ask.choice("Please choose an IP sort preference to apply:", &lines, default)?;
    Ok(PREFERENCES[index].0)
}
