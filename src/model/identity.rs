//! What a certificate or a request shall say about its holder.

use super::certificate::SubjectAltName;
use super::subject::Subject;

/// Subject, names and purposes. The names are without repeats and hold the common name, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub subject: Subject,
    pub names: Vec<SubjectAltName>,
    pub purposes: Purposes,
}

/// Extended key usages (RFC 5280 section 4.2.1.12) of a gateway; at least one is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purposes {
    pub server: bool,
    pub client: bool,
}

impl Default for Purposes {
    /// Servers only: public authorities no longer sign both, and most certificates are shown by listeners.
    fn default() -> Purposes {
        Purposes { server: true, client: false }
    }
}

impl Purposes {
    /// As they are called in certificates.
    pub fn names(self) -> Vec<&'static str> {
        [(self.server, "serverAuth"), (self.client, "clientAuth")]
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, name)| name)
            .collect()
    }
}
