//! What a file is inspected for. Everything is an argument; nothing here knows the time or any file.

use crate::model::moment::Moment;
use crate::model::public_key::PublicKey;
use crate::model::tlsa::Tlsa;
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
    pub crls: Vec<Crl>,
    /// The key that must belong to the leaf, and the file it came from.
    pub key: Option<(PublicKey, String)>,
    /// Host names of the mail exchangers, or patterns of an MTA-STS policy, that the leaf must cover.
    pub exchangers: Vec<String>,
    /// What DNS publishes for the server (DANE).
    pub tlsa: Vec<Tlsa>,
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
            crls: Vec::new(),
            key: None,
            exchangers: Vec::new(),
            tlsa: Vec::new(),
            file_mode: None,
            ruleset,
        }
    }
}

/// A list of trust anchors.
#[derive(Debug, Clone)]
pub struct Store {
    /// `system`, or what `--trust LABEL=FILE` calls it.
    pub label: String,
    pub anchors: Vec<Link>,
}
