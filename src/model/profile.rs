//! Profiles: a private key with what belongs to it.

use super::certificate::Certificate;
use super::moment::{self, Moment};
use super::private_key::PrivateKey;
use super::profile_name::ProfileName;
use super::public_key::PublicKey;
use super::request::Request;

/// One named private key with its certificate, its intermediates in path order (leaf's issuer first), and its request.
#[derive(Debug, Clone)]
pub struct Profile {
    pub name: ProfileName,
    pub record: ProfileRecord,
    pub key: PrivateKey,
    /// `None` while a CA has not answered yet.
    pub certificate: Option<Certificate>,
    pub intermediates: Vec<Certificate>,
    /// Kept for exports and checks; never served.
    pub root: Option<Certificate>,
    pub request: Option<Request>,
    pub previous: Option<Previous>,
}

/// The version that the last import or renewal replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    pub certificate: Certificate,
    pub intermediates: Vec<Certificate>,
}

/// What is known about a profile beyond its files; `profile.toml` in the home.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProfileRecord {
    #[serde(with = "moment::as_text")]
    pub created: Moment,
    /// Made by `init`: encrypts, proves nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    /// When its request last left the home: from then on a CA may answer, and the key must not be lost.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "moment::as_optional_text")]
    pub request_exported: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_end: Option<ChainEnd>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
}

/// When the certificate came from outside, and what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Imported {
    #[serde(with = "moment::as_text")]
    pub time: Moment,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// How the chain above the certificate ended when it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChainEnd {
    /// The certificate is its own issuer.
    SelfSigned,
    /// At a root that was given along with it.
    GivenRoot,
    /// At a root of the system list.
    SystemRoot,
    /// An issuer is missing.
    Open,
}

impl ProfileRecord {
    pub fn new(created: Moment) -> ProfileRecord {
        ProfileRecord { created, demo: false, request_exported: None, chain_end: None, imported: None }
    }
}

impl Profile {
    /// A profile with a key and nothing else yet.
    pub fn new(name: ProfileName, key: PrivateKey, created: Moment) -> Profile {
        Profile {
            name,
            record: ProfileRecord::new(created),
            key,
            certificate: None,
            intermediates: Vec::new(),
            root: None,
            request: None,
            previous: None,
        }
    }

    /// Leaf and intermediates: what is served. Empty without a certificate.
    pub fn chain(&self) -> impl Iterator<Item = &Certificate> {
        self.certificate.iter().chain(self.certificate.iter().flat_map(|_| &self.intermediates))
    }

    pub fn summary(&self) -> ProfileSummary {
        ProfileSummary {
            name: self.name.clone(),
            record: self.record.clone(),
            certificate: self.certificate.clone(),
            request: self.request.clone(),
            intermediates: self.intermediates.clone(),
            root: self.root.clone(),
        }
    }
}

/// A profile without its key: what lists and differences need, read without touching a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSummary {
    pub name: ProfileName,
    pub record: ProfileRecord,
    pub certificate: Option<Certificate>,
    pub request: Option<Request>,
    pub intermediates: Vec<Certificate>,
    pub root: Option<Certificate>,
}

impl ProfileSummary {
    /// The public key as certificate or request tell it.
    pub fn public_key(&self) -> Option<&PublicKey> {
        let certificate = self.certificate.as_ref().map(Certificate::public_key);
        certificate.or_else(|| self.request.as_ref().map(Request::public_key))
    }
}
