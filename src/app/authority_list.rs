//! `authority list`: which authorities are trusted, after a commit.

use schemars::JsonSchema;
use serde::Serialize;

use super::authorities::{self, AuthorityList};
use super::context::Context;
use super::home;
use crate::model::certificate::Certificate;
use crate::model::configuration::Authorities;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::{Moment, date_and_distance, remaining_days, rfc3339};

/// The lists, or one of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthorityLists {
    pub lists: Vec<OneList>,
    /// One list was asked for, and its certificates are wanted.
    #[serde(skip)]
    pub is_one: bool,
}

/// One list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneList {
    pub list: AuthorityList,
    /// Its authorities are trusted.
    pub enabled: bool,
    /// The file of the system's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    pub authorities: Vec<Authority>,
}

/// An authority.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Authority {
    pub name: String,
    /// RFC 4514.
    pub subject: String,
    /// It issued itself; the others are kept to complete chains, and are trusted by their roots.
    pub root: bool,
    /// RFC 3339 in UTC.
    pub not_after: String,
    /// Whole days, negative after the end.
    pub remaining_days: i64,
    pub sha256: Fingerprint,
    /// With its distance, for people.
    #[serde(skip)]
    pub until: String,
}

/// Lists `only` one list with every certificate, or both.
pub fn authority_list(context: &Context, only: Option<AuthorityList>) -> Result<Reply<AuthorityLists>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let enabled = staged.configuration()?.authorities.clone();
    let mut remarks = Vec::new();
    let mut lists = Vec::new();
    for list in [AuthorityList::Custom, AuthorityList::System] {
        if only.is_some_and(|only| only != list) {
            continue;
        }
        let (file, certificates) = match list {
            AuthorityList::Custom => (None, staged.authorities()?),
            AuthorityList::System => authorities::system(),
        };
        if list == AuthorityList::System && file.is_none() {
            remarks.push(no_system_list());
        }
        lists.push(OneList {
            list,
            enabled: list.is_enabled(&enabled),
            file: file.map(|file| file.display().to_string()),
            authorities: certificates.iter().map(|one| Authority::new(one, context.now)).collect(),
        });
    }
    remarks.extend(nothing_trusted(&enabled));
    Ok(Reply::new(AuthorityLists { lists, is_one: only.is_some() }, remarks))
}

impl Authority {
    pub fn new(certificate: &Certificate, now: Moment) -> Authority {
        Authority {
            name: certificate.display_name().to_owned(),
            subject: certificate.subject().to_string(),
            root: certificate.is_self_issued(),
            not_after: rfc3339(certificate.not_after()),
            remaining_days: remaining_days(certificate.not_after(), now),
            sha256: certificate.sha256(),
            until: date_and_distance(certificate.not_after(), now),
        }
    }
}

pub fn no_system_list() -> Diagnostic {
    Diagnostic::warning("authority/no-system-list", "this system has no list of trusted authorities")
        .help("install it (Debian: apt install ca-certificates), or: sealpost authority import FILE")
}

/// Both lists are off.
pub fn nothing_trusted(enabled: &Authorities) -> Option<Diagnostic> {
    (!enabled.system && !enabled.custom).then(|| {
        Diagnostic::warning("authority/none-enabled", "no authority is trusted: both lists are disabled")
            .fact("mail whose delivery must be verified is not delivered")
            .help("sealpost authority enable system")
    })
}
