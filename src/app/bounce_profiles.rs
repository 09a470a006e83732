//! Bounce profiles: how long and how often delivery is tried before a message bounces.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Assignment, BounceProfile, Configuration, DEFAULT_BOUNCE_PROFILE, duration_text};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::shell_word::shell_word;

use super::cert_list::StagedAs;
use super::committing::Committing;
use super::configured::{self, Configured, Entry, Reference, staged_as};
use super::context::Context;
use super::home;

/// All bounce profiles, `(Default)` first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BounceProfileList {
    pub bounce_profiles: Vec<BounceProfileShown>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BounceProfileShown {
    pub name: String,
    /// Attempts after the first.
    pub retries: u32,
    pub longest_in_queue_seconds: u64,
    pub first_wait_seconds: u64,
    pub longest_wait_seconds: u64,
    /// Absent: the sender is told of no delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_warning_seconds: Option<u64>,
    /// Destinations that name it; the default row is `(Default)`.
    pub destinations: Vec<String>,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

/// Lists the bounce profiles as they are staged.
pub fn list(context: &Context) -> Result<Reply<BounceProfileList>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    let bounce_profiles = names(&now).iter().map(|name| shown(name, &now, &running)).collect();
    Ok(BounceProfileList { bounce_profiles }.into())
}

/// Shows one bounce profile as it is staged.
pub fn show(context: &Context, name: &str) -> Result<Reply<BounceProfileShown>, Diagnostics> {
    let (now, running) = configured::both(&home::open(context)?.staged()?)?;
    let known = names(&now);
    match known.iter().any(|known| known == name) {
        true => Ok(shown(name, &now, &running).into()),
        false => Err(entry(name).unknown(known.iter().map(String::as_str))),
    }
}

fn names(configuration: &Configuration) -> Vec<String> {
    let others = configuration.bounce_profiles.keys().filter(|name| *name != DEFAULT_BOUNCE_PROFILE).cloned();
    std::iter::once(DEFAULT_BOUNCE_PROFILE.to_owned()).chain(others).collect()
}

fn shown(name: &str, now: &Configuration, running: &Configuration) -> BounceProfileShown {
    let of = |configuration: &Configuration| match name {
        DEFAULT_BOUNCE_PROFILE => Some(configuration.bounce_profile(None)),
        name => configuration.bounce_profiles.get(name).cloned(),
    };
    let BounceProfile { retries, longest_in_queue, first_wait, longest_wait, delay_warning } =
        of(now).unwrap_or_default();
    BounceProfileShown {
        name: name.to_owned(),
        retries,
        longest_in_queue_seconds: longest_in_queue.as_secs(),
        first_wait_seconds: first_wait.as_secs(),
        longest_wait_seconds: longest_wait.as_secs(),
        delay_warning_seconds: delay_warning.map(|wait| wait.as_secs()),
        destinations: destinations(now, name),
        staged: staged_as(now, running, of),
    }
}

/// Rows that name the profile.
fn destinations(configuration: &Configuration, name: &str) -> Vec<String> {
    let all = &configuration.destinations;
    let is_meant = |row: &Option<String>| row.as_deref() == Some(name);
    let default = is_meant(&all.default.bounce_profile).then(|| "(Default)".to_owned());
    let rows = all.rows.iter().filter(|(_, (_, row))| is_meant(&row.bounce_profile)).map(|(domain, _)| domain.clone());
    default.into_iter().chain(rows).collect()
}

/// Sets keys of a bounce profile, which comes into being if it is not there.
pub fn set(
    context: &Context,
    committing: &Committing,
    name: &str,
    assignments: &[Assignment],
) -> Result<Reply<Configured>, Diagnostics> {
    configured::set(context, committing, &entry(name), assignments)
}

/// Removes a bounce profile that no destination names. `(Default)` has its first values again.
pub fn remove(context: &Context, committing: &Committing, name: &str) -> Result<Reply<Configured>, Diagnostics> {
    configured::remove(context, committing, &entry(name), names, |configuration| match name {
        DEFAULT_BOUNCE_PROFILE => Vec::new(),
        name => destinations(configuration, name).into_iter().map(|domain| user(&domain)).collect(),
    })
}

fn user(domain: &str) -> Reference {
    match domain {
        "(Default)" => Reference {
            told: "the default row of the destinations names it".to_owned(),
            help: "sealpost destination default --bounce-profile NAME".to_owned(),
        },
        domain => Reference {
            told: format!("destination `{domain}` names it"),
            help: format!("sealpost destination set {} --bounce-profile NAME", shell_word(domain)),
        },
    }
}

fn entry(name: &str) -> Entry {
    Entry::new("bounce profile", "bounce-profile", name)
}

/// `72h`; for the renderer of lists and dialogues.
pub fn wait(seconds: u64) -> String {
    duration_text(seconds)
}
