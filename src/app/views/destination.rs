//! A row of destination controls as it is told: in the words of `sealpost.toml`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{Destination, Word, recipients_text};

/// What the default row is called.
pub const DEFAULT_ROW: &str = "(Default)";

/// A row; what it inherits is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DestinationRow {
    /// `example.com`, `.example.com` for its subdomains, `(Default)`.
    pub domain: String,
    /// Connections at the same time, 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u16>,
    /// 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_per_connection: Option<u16>,
    /// `1000 per 60 minutes`, or `no limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<String>,
    /// `domain` or `mx-address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_scope: Option<&'static str>,
    /// `system` or `interface`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_apply: Option<&'static str>,
    /// `no`, `preferred`, `required`, `preferred-verify`, `required-verify` or `required-verify-hosted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce_verification: Option<bool>,
    /// A name; `(Default)` is the built-in profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce_profile: Option<String>,
    /// `prefer-v6`, `require-v6`, `prefer-v4` or `require-v4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_preference: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_names: Option<Vec<String>>,
    /// `any` or `dnssec`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mx_names: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_alert: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate_required: Option<bool>,
}

impl DestinationRow {
    pub fn of(domain: impl Into<String>, row: &Destination) -> DestinationRow {
        DestinationRow {
            domain: domain.into(),
            concurrency: row.concurrency,
            messages_per_connection: row.messages_per_connection,
            recipients: row.recipients.map(recipients_text),
            limit_scope: row.limit_scope.map(Word::word),
            limit_apply: row.limit_apply.map(Word::word),
            tls: row.tls.map(Word::word),
            bounce_verification: row.bounce_verification,
            bounce_profile: row.bounce_profile.clone(),
            ip_preference: row.ip_preference.map(Word::word),
            verify_names: row.verify_names.as_ref().map(|names| names.iter().map(ToString::to_string).collect()),
            mx_names: row.mx_names.map(Word::word),
            tls_alert: row.tls_alert,
            client_certificate_required: row.client_certificate_required,
        }
    }
}
