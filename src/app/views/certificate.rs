//! A certificate.

use crate::model::certificate::Certificate;
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::{Moment, date, date_and_distance, remaining_days, rfc3339};

use super::extension::ExtensionView;
use super::key::KeyView;

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct CertificateView {
    /// RFC 4514.
    pub subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// RFC 4514.
    pub issuer: String,
    /// `DNS:mx1.example.com`, `IP:192.0.2.1`, `email:postmaster@example.com`.
    pub subject_alt_names: Vec<String>,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC; the last second at which it is valid.
    pub not_after: String,
    pub validity: Validity,
    /// Whole days until `not_after`; negative when it has passed.
    pub remaining_days: i64,
    /// `2026-05-01 to 2027-02-14 (in 85 days)`.
    #[serde(skip)]
    pub period: String,
    pub key: KeyView,
    /// Over the whole certificate.
    pub sha256: Fingerprint,
    /// Lower-case hexadecimal.
    pub serial: String,
    pub signature_algorithm: String,
    /// 1, 2 or 3.
    pub version: u32,
    pub is_ca: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_usage: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_key_usage: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_key_id: Option<String>,
    /// With `--full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Vec<ExtensionView>>,
}

/// Where a moment lies to the validity period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    Valid,
    Expired,
    NotYetValid,
}

impl Validity {
    /// `expired`, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Validity::Valid => "valid",
            Validity::Expired => "expired",
            Validity::NotYetValid => "not yet valid",
        }
    }

    pub fn at(certificate: &Certificate, now: Moment) -> Validity {
        match certificate.is_valid_at(now) {
            true => Validity::Valid,
            false if now < certificate.not_before() => Validity::NotYetValid,
            false => Validity::Expired,
        }
    }
}

impl CertificateView {
    /// `full` adds every extension.
    pub fn new(certificate: &Certificate, now: Moment, full: bool) -> CertificateView {
        let validity = Validity::at(certificate, now);
        CertificateView {
            subject: certificate.subject().to_string(),
            common_name: certificate.subject().common_name().map(str::to_owned),
            issuer: certificate.issuer().to_string(),
            subject_alt_names: certificate.subject_alt_names().iter().map(ToString::to_string).collect(),
            not_before: rfc3339(certificate.not_before()),
            not_after: rfc3339(certificate.not_after()),
            validity,
            remaining_days: remaining_days(certificate.not_after(), now),
            period: period(certificate, validity, now),
            key: certificate.public_key().into(),
            sha256: certificate.sha256(),
            serial: certificate.serial().to_owned(),
            signature_algorithm: certificate.signature_algorithm().to_owned(),
            version: certificate.version(),
            is_ca: certificate.is_ca(),
            path_length: certificate.basic_constraints().and_then(|constraints| constraints.path_len),
            key_usage: certificate.key_usage().map(|names| names.iter().map(|&name| name.to_owned()).collect()),
            extended_key_usage: certificate.extended_key_usage().map(<[String]>::to_vec),
            subject_key_id: certificate.subject_key_id().map(str::to_owned),
            authority_key_id: certificate.authority_key_id().map(str::to_owned),
            extensions: full.then(|| certificate.extensions().into_iter().map(ExtensionView::from).collect()),
        }
    }

    /// The name a person would call it by.
    pub fn display_name(&self) -> &str {
        let name = self.common_name.as_deref();
        name.or_else(|| self.subject_alt_names.first().map(String::as_str)).unwrap_or(&self.subject)
    }
}

/// The distance stands at the end that matters: the beginning while it has not come.
fn period(certificate: &Certificate, validity: Validity, now: Moment) -> String {
    let (from, until) = (certificate.not_before(), certificate.not_after());
    match validity {
        Validity::NotYetValid => format!("{} to {}", date_and_distance(from, now), date(until)),
        Validity::Valid | Validity::Expired => format!("{} to {}", date(from), date_and_distance(until, now)),
    }
}
