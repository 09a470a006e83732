//! How destination controls stand in the file: the default row's keys in `[destination]`, and a table for each domain.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use toml_edit::Table;

use super::destination::{
    DeliveryTls, Destination, Destinations, IpPreference, LimitApply, LimitScope, MxNames, RecipientLimit,
};
use super::domain::{DomainKey, host_name};
use super::key::{Key, Kind, words};
use super::problem::Mistake;
use super::reader::{ALONE, Beside, Reader, excerpt};
use super::section::Section;

pub(super) const CONCURRENCY: Key =
    Key::new("concurrency", Kind::Number { from: 1, to: 1_000 }, "connections at the same time").default("500");
pub(super) const MESSAGES_PER_CONNECTION: Key =
    Key::new("messages-per-connection", Kind::Number { from: 1, to: 1_000 }, "messages in one connection")
        .default("50");
pub(super) const RECIPIENTS: Key = Key::new(
    "recipients",
    Kind::Text("`no limit`, or 0 to 1,000,000,000 per 1 to 60 minutes, such as `1000 per 60 minutes`"),
    "recipients in so many minutes",
)
.default("no limit");
pub(super) const LIMIT_SCOPE: Key =
    Key::new("limit-scope", Kind::Words(words::<LimitScope>), "what the limits are counted by").default("domain");
pub(super) const LIMIT_APPLY: Key =
    Key::new("limit-apply", Kind::Words(words::<LimitApply>), "across what the limits are counted").default("system");
pub(super) const TLS: Key = Key::new("tls", Kind::Words(words::<DeliveryTls>), "TLS on delivery").default("no");
pub(super) const BOUNCE_VERIFICATION: Key =
    Key::new("bounce-verification", Kind::Switch, "tag the envelope sender with prvs=").default("false");
pub(super) const BOUNCE_PROFILE: Key =
    Key::new("bounce-profile", Kind::Text("the name of a bounce profile"), "how long and how often delivery is tried")
        .default("(Default)");
pub(super) const IP_PREFERENCE: Key = Key::new(
    "ip-preference",
    Kind::Words(words::<IpPreference>),
    "which addresses of a host are tried, and in which order",
)
.default("prefer-v6");
pub(super) const VERIFY_NAMES: Key =
    Key::new("verify-names", Kind::List("host names"), "further names that the peer's certificate may have");
pub(super) const MX_NAMES: Key =
    Key::new("mx-names", Kind::Words(words::<MxNames>), "which MX host names count for the hosted setting")
        .default("any");
pub(super) const TLS_ALERT: Key = Key::new(
    "tls-alert",
    Kind::Switch,
    "alert when a required TLS connection fails; without it, alerts.tls-required decides",
);
pub(super) const CLIENT_CERTIFICATE_REQUIRED: Key =
    Key::new("client-certificate-required", Kind::Switch, "the peer refuses mail without our certificate")
        .default("false");
/// Of the default row and of each other.
pub const KEYS: &[Key] = &[
    CONCURRENCY,
    MESSAGES_PER_CONNECTION,
    RECIPIENTS,
    LIMIT_SCOPE,
    LIMIT_APPLY,
    TLS,
    BOUNCE_VERIFICATION,
    BOUNCE_PROFILE,
    IP_PREFERENCE,
    VERIFY_NAMES,
    MX_NAMES,
    TLS_ALERT,
    CLIENT_CERTIFICATE_REQUIRED,
];

pub(super) fn read(reader: &mut Reader<'_>, root: &Table) -> Destinations {
    let Some(table) = reader.table(root, &[], "destination") else { return Destinations::default() };
    let default = row(&mut reader.section(table, &["destination"], KEYS, Beside::AnyTable));
    let mut rows = BTreeMap::new();
    for (name, item) in table.iter() {
        let Some(inner) = item.as_table() else { continue };
        let path = ["destination", name];
        let read = row(&mut reader.section(inner, &path, KEYS, ALONE));
        match keyed(name, &rows) {
            Ok(key) => drop(rows.insert(key.to_string(), (key, read))),
            Err(mistake) => reader.report(item.span(), &path, mistake),
        }
    }
    Destinations { default, rows }
}

fn keyed(name: &str, rows: &BTreeMap<String, (DomainKey, Destination)>) -> Result<DomainKey, Mistake> {
    let key: DomainKey = name.parse()?;
    if rows.contains_key(&key.to_string()) {
        return Err(Mistake::new(format!("there is a destination `{key}` already")));
    }
    Ok(key)
}

fn row(section: &mut Section<'_, '_, '_>) -> Destination {
    Destination {
        concurrency: section.number(&CONCURRENCY),
        messages_per_connection: section.number(&MESSAGES_PER_CONNECTION),
        recipients: section.text(&RECIPIENTS, recipients),
        limit_scope: section.word(&LIMIT_SCOPE),
        limit_apply: section.word(&LIMIT_APPLY),
        tls: section.word(&TLS),
        bounce_verification: section.switch(&BOUNCE_VERIFICATION),
        bounce_profile: section.reference(&BOUNCE_PROFILE, "bounce-profile"),
        ip_preference: section.word(&IP_PREFERENCE),
        verify_names: section.list(&VERIFY_NAMES, host_name),
        mx_names: section.word(&MX_NAMES),
        tls_alert: section.switch(&TLS_ALERT),
        client_certificate_required: section.switch(&CLIENT_CERTIFICATE_REQUIRED),
    }
}

/// `no limit` is `None`.
pub fn recipients(text: &str) -> Result<Option<RecipientLimit>, Mistake> {
    if text.split_whitespace().map(str::to_ascii_lowercase).eq(["no", "limit"]) {
        return Ok(None);
    }
    text.parse().map(Some)
}

/// What a recipient limit looks like in the file: `1000 per 60 minutes`, `no limit`.
pub fn recipients_text(limit: Option<RecipientLimit>) -> String {
    limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string())
}

/// `1000 per 60 minutes`, `1 per minute`, `1000/60`.
impl FromStr for RecipientLimit {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<RecipientLimit, Mistake> {
        let unfit = || Mistake::new(format!("`recipients` must be {}, not `{}`", RECIPIENTS.kind, excerpt(text)));
        let (count, period) = text.split_once("per").or_else(|| text.split_once('/')).ok_or_else(unfit)?;
        let minutes = period.trim().trim_end_matches("minutes").trim_end_matches("minute").trim();
        let recipients: u32 = count.trim().parse().map_err(|_| unfit())?;
        let minutes: u8 = if minutes.is_empty() { 1 } else { minutes.parse().map_err(|_| unfit())? };
        if recipients > 1_000_000_000 || !(1..=60).contains(&minutes) {
            return Err(unfit());
        }
        Ok(RecipientLimit { recipients, minutes })
    }
}

impl fmt::Display for RecipientLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minutes {
            1 => write!(f, "{} per minute", self.recipients),
            minutes => write!(f, "{} per {minutes} minutes", self.recipients),
        }
    }
}

/// The name of the table for `key`. A domain that is named like a key of the default row gets the final dot that reading drops again.
pub fn destination_table(key: &DomainKey) -> String {
    let name = key.to_string();
    if KEYS.iter().any(|known| known.name == name) { format!("{name}.") } else { name }
}
