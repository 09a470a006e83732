//! A signing request.

use crate::model::request::Request;
use crate::model::signature::SignatureStatus;

use super::extension::ExtensionView;
use super::key::KeyView;

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RequestView {
    /// RFC 4514.
    pub subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// `DNS:mx1.example.com`, `IP:192.0.2.1`, `email:postmaster@example.com`.
    pub subject_alt_names: Vec<String>,
    pub key: KeyView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_key_usage: Option<Vec<String>>,
    /// Its signature was made with its own key (RFC 2986 section 3); `null` where that cannot be checked.
    pub proves_possession: Option<bool>,
    /// Why it cannot be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_unchecked: Option<String>,
    /// With `--full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Vec<ExtensionView>>,
}

impl RequestView {
    /// `full` adds every extension asked for.
    pub fn new(request: &Request, full: bool) -> RequestView {
        let (proves_possession, signature_unchecked) = match request.signature_status() {
            SignatureStatus::Good => (Some(true), None),
            SignatureStatus::Bad => (Some(false), None),
            SignatureStatus::Unchecked(obstacle) => (None, Some(obstacle.to_string())),
        };
        RequestView {
            subject: request.subject().to_string(),
            common_name: request.subject().common_name().map(str::to_owned),
            subject_alt_names: request.subject_alt_names().iter().map(ToString::to_string).collect(),
            key: request.public_key().into(),
            extended_key_usage: request.extended_key_usage().map(<[String]>::to_vec),
            proves_possession,
            signature_unchecked,
            extensions: full.then(|| request.extensions().into_iter().map(ExtensionView::from).collect()),
        }
    }
}
