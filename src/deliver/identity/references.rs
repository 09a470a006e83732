//! The names that a peer's certificate may have for a destination (RFC 9525 section 6.1), and where each comes from.

use std::fmt;

use crate::trust::presented::{self, NotPresented, Presented};
use crate::trust::reference::Reference;

/// Where a reference name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The recipient's domain.
    Domain,
    /// `verify-names` of the destination.
    Config,
    /// The host of an SMTP route.
    Route,
    /// An MX record that nobody vouches for.
    Mx,
    /// An MX record that DNSSEC vouches for.
    MxDnssec,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Domain => "domain",
            Source::Config => "config",
            Source::Route => "route",
            Source::Mx => "mx",
            Source::MxDnssec => "mx+dnssec",
        })
    }
}

/// A name with its source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Named {
    pub reference: Reference,
    pub source: Source,
}

/// The names for a destination; the first that a certificate has counts. Empty: it cannot be verified.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct References(Vec<Named>);

/// The name that a certificate has, and the entry it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    pub named: Named,
    pub entry: presented::Matched,
}

impl References {
    /// In the order in which they are tried; a name that comes again is left out.
    pub fn new(names: impl IntoIterator<Item = Named>) -> References {
        let mut kept: Vec<Named> = Vec::new();
        for named in names {
            if kept.iter().all(|known| known.reference != named.reference) {
                kept.push(named);
            }
        }
        References(kept)
    }

    pub fn names(&self) -> &[Named] {
        &self.0
    }

    /// The first name that the certificate has. The error tells what it has instead.
    pub fn matching(&self, presented: &Presented) -> Result<Matched, NotPresented> {
        let mut missing = NotPresented { names: Vec::new(), more: 0, ignored: None };
        for named in &self.0 {
            match presented.matches(&named.reference) {
                Ok(entry) => return Ok(Matched { named: named.clone(), entry }),
                Err(not) => {
                    let ignored = missing.ignored.or(not.ignored.clone());
                    missing = NotPresented { ignored, ..not };
                }
            }
        }
        Err(missing)
    }
}

impl fmt::Display for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, named) in self.0.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, named.reference)?;
        }
        Ok(())
    }
}
