//! What a file is inspected for. Everything is an argument; nothing here knows the time or any file.

use crate::model::diagnostic::Diagnostic;
use crate::model::moment::Moment;
use crate::model::public_key::PublicKey;
use crate::model::tlsa::Published;
use crate::trust::crl::Crl;
use crate::trust::link::Link;
use crate::trust::reference::Reference;

use super::ruleset::Ruleset;

/// Names, trust, time and rules for an inspection.
#[derive(Debug, Clone)]
pub struct Question {
    pub at: Moment,
    /// Names that the leaf must cover.
    pub names: Vec<Reference>,
    /// Trust anchors, store by store; none at all means that trust is not judged.
    pub stores: Vec<Store>,
    /// Certificates that may complete a chain.
    pub pool: Vec<Link>,
    /// The same for the file at hand, from where its certificates say that their issuers are published.
    pub fetched: Vec<Fetched>,
    pub crls: Vec<Crl>,
    /// The key that must belong to the leaf, and the file it came from.
    pub key: Option<(PublicKey, String)>,
    /// Host names of the mail exchangers, or patterns of an MTA-STS policy, that the leaf must cover.
    pub exchangers: Vec<String>,
    /// Domains whose mail the server takes, which some senders look for in place of its host name.
    pub mail_domains: Vec<String>,
    /// What DNS publishes for servers (DANE); `None` where nobody asks about it.
    pub tlsa: Option<Published>,
    /// Issuers that are missing were looked for where they are said to be published.
    pub is_fetching: bool,
    /// What was given to hold the file against, and cannot be used, in whole or in part.
    pub unusable: Vec<UnusableAid>,
    /// Permission bits of the file; `None` where it has none, such as standard input.
    pub file_mode: Option<u32>,
    pub ruleset: Ruleset,
}

impl Question {
    /// Asks for nothing beyond the rules themselves.
    pub fn new(at: Moment, ruleset: Ruleset) -> Question {
        Question {
            at,
            names: Vec::new(),
            stores: Vec::new(),
            pool: Vec::new(),
            fetched: Vec::new(),
            crls: Vec::new(),
            key: None,
            exchangers: Vec::new(),
            mail_domains: Vec::new(),
            tlsa: None,
            is_fetching: false,
            unusable: Vec::new(),
            file_mode: None,
            ruleset,
        }
    }

    /// Everything that may complete a chain and is not in the file.
    pub fn at_hand(&self) -> impl Iterator<Item = &Link> {
        self.pool.iter().chain(self.fetched.iter().map(|fetched| &fetched.link))
    }

    /// Where a certificate was fetched from.
    pub fn source(&self, der: &[u8]) -> Option<&str> {
        let fetched = self.fetched.iter().find(|fetched| fetched.link.der() == der);
        fetched.map(|fetched| fetched.url.as_str())
    }
}

/// Something that was given to hold files against, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct UnusableAid {
    pub aid: Aid,
    pub error: Diagnostic,
}

/// What a file can be held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aid {
    Key,
    Trust,
    Pool,
    Crl,
    Tlsa,
    MtaSts,
    Mx,
}

/// A certificate that a web server gave.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub link: Link,
    pub url: String,
}

/// A list of trust anchors.
#[derive(Debug, Clone)]
pub struct Store {
    /// `system`, or what `--trust LABEL=FILE` calls it.
    pub label: String,
    pub anchors: Vec<Link>,
}
