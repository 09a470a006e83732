//! Who says how mail to a domain is protected. Several may; the first that says something decides.
//!
//! Next come here, between the two: what the domain publishes itself, DANE (RFC 7672) before MTA-STS (RFC 8461, section 2).

use std::fmt;

use crate::model::configuration::{DeliveryTls, DestinationControls, DomainKey};

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicySource {
    /// The row of destination controls for the domain.
    Row(DomainKey),
    /// The default row.
    DefaultRow,
}

/// A decision and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsPolicy {
    pub setting: DeliveryTls,
    pub source: PolicySource,
}

/// The sources, the strongest first.
const PRECEDENCE: [fn(&DestinationControls) -> Option<TlsPolicy>; 2] = [own_row, default_row];

/// How mail under these controls is protected.
pub(super) fn decide(controls: &DestinationControls) -> TlsPolicy {
    let decided = PRECEDENCE.iter().find_map(|source| source(controls));
    decided.unwrap_or(TlsPolicy { setting: controls.tls, source: PolicySource::DefaultRow })
}

fn own_row(controls: &DestinationControls) -> Option<TlsPolicy> {
    let row = controls.row.clone()?;
    Some(TlsPolicy { setting: controls.tls, source: PolicySource::Row(row) })
}

fn default_row(controls: &DestinationControls) -> Option<TlsPolicy> {
    Some(TlsPolicy { setting: controls.tls, source: PolicySource::DefaultRow })
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicySource::Row(key) => write!(f, "{key}"),
            PolicySource::DefaultRow => f.write_str("default"),
        }
    }
}
