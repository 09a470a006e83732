//! `destination show`: what holds for a domain, and where each setting comes from.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{DESTINATION_KEYS, Destination, Destinations, DomainKey, destination_texts, nearest};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};

use super::context::Context;
use super::home;
use super::views::destination::DEFAULT_ROW;

/// What holds for mail to a domain.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DestinationShown {
    /// What was asked for; absent for the default row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The row that applies: the most specific one, or `(Default)`.
    pub row: String,
    pub settings: Vec<DestinationSetting>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DestinationSetting {
    /// As in `sealpost.toml`.
    pub name: &'static str,
    /// As `destination set` takes it; empty for none.
    pub value: String,
    pub from: SettingFrom,
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SettingFrom {
    /// The domain's own row.
    Row,
    /// The default row.
    Default,
    /// Nobody: what holds unless somebody says otherwise.
    Factory,
}

/// `domain` is a domain, a row such as `.example.com`, or nothing for the default row.
pub fn destination_show(context: &Context, domain: Option<&str>) -> Result<Reply<DestinationShown>, Diagnostics> {
    let configuration = home::open(context)?.staged()?.configuration()?;
    let destinations = &configuration.destinations;
    let Some(given) = domain else {
        let settings = settings(&Destination::default(), &destinations.default);
        return Ok(DestinationShown { domain: None, row: DEFAULT_ROW.to_owned(), settings }.into());
    };
    let key = domain_key(given)?;
    let controls = if key.below { None } else { destinations.controls(Some(&key.domain)).row };
    let row = match (key.below, controls) {
        (false, row) => row,
        (true, _) if destinations.rows.contains_key(&key.to_string()) => Some(key.clone()),
        (true, _) => return Err(unknown(&key, destinations).into()),
    };
    let own = row.as_ref().and_then(|row| destinations.rows.get(&row.to_string())).map(|(_, row)| row.clone());
    let settings = settings(&own.unwrap_or_default(), &destinations.default);
    let row = row.map_or_else(|| DEFAULT_ROW.to_owned(), |row| row.to_string());
    Ok(DestinationShown { domain: Some(key.to_string()), row, settings }.into())
}

/// What was given as a domain or as the name of a row.
pub fn domain_key(given: &str) -> Result<DomainKey, Diagnostics> {
    given.parse().map_err(|mistake: crate::model::configuration::Mistake| {
        let told = Diagnostic::error("destination/domain", mistake.message).fact("nothing was changed");
        let help = mistake.suggestion.map_or_else(
            || "write example.com, or .example.com for its subdomains".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        );
        told.help(help).into()
    })
}

/// There is no row of this name.
pub fn unknown(key: &DomainKey, destinations: &Destinations) -> Diagnostic {
    let near = nearest(&key.to_string(), destinations.rows.keys().map(String::as_str));
    let told = Diagnostic::error("destination/unknown", format!("there is no destination `{key}`"));
    match near {
        Some(near) => told.help(format!("did you mean `{near}`? sealpost destination list")),
        None => told.help("sealpost destination list"),
    }
}

fn settings(own: &Destination, default: &Destination) -> Vec<DestinationSetting> {
    let (own, default) = (destination_texts(own), destination_texts(default));
    let find = |texts: &[(&'static str, String)], name: &str| {
        texts.iter().find(|(key, _)| *key == name).map(|(_, text)| text.clone())
    };
    DESTINATION_KEYS
        .iter()
        .map(|key| {
            let (value, from) = match (find(&own, key.name), find(&default, key.name)) {
                (Some(value), _) => (value, SettingFrom::Row),
                (None, Some(value)) => (value, SettingFrom::Default),
                (None, None) => (key.default.unwrap_or_default().to_owned(), SettingFrom::Factory),
            };
            DestinationSetting { name: key.name, value, from }
        })
        .collect()
}
