//! The names that a certificate presents, and whether a wanted host is among them (RFC 9525 section 6).

use std::fmt;

use super::general_name::GeneralName;
use super::link::Link;
use super::reason::Reason;
use super::reference::{Reference, is_host_name};

/// commonName, as encoded.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// Names that are listed when the wanted one is not among them.
const TOLD: usize = 8;

/// What a certificate says it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    alternative: Vec<GeneralName>,
    /// The common names that have the form of a host name.
    common: Vec<String>,
}

/// The entry that fitted, as the certificate has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matched {
    SubjectAltName(String),
    /// There is no dNSName, so the common name was asked.
    CommonName(String),
}

/// The wanted name is not there. These are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPresented {
    /// The first few, each with its kind.
    pub names: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// A common name that would have fitted, but does not count beside dNSName entries.
    pub ignored: Option<String>,
}

impl fmt::Display for Matched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Matched::SubjectAltName(name) => write!(f, "SAN {name}"),
            Matched::CommonName(name) => write!(f, "CN {name}"),
        }
    }
}

impl Presented {
    pub fn of(certificate: &Link) -> Presented {
        let common = certificate.subject_values(COMMON_NAME);
        let alternative = certificate.extensions().alt_names.as_deref().unwrap_or_default();
        Presented::new(alternative, &common.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// As if it had no common name, which is all that RFC 9525 knows.
    pub fn in_alt_names(certificate: &Link) -> Presented {
        let alternative = certificate.extensions().alt_names.clone().unwrap_or_default();
        Presented { alternative, common: Vec::new() }
    }

    /// Names at hand; `common` are common names of whatever form.
    pub fn new(alternative: &[GeneralName], common: &[&str]) -> Presented {
        let common = common.iter().filter(|name| is_host_name(name.strip_prefix("*.").unwrap_or(name)));
        Presented { alternative: alternative.to_vec(), common: common.map(ToString::to_string).collect() }
    }

    /// Looks for one host or address. SubjectAltName entries come first; a common name counts for a host only where there is no
    /// dNSName at all, and never for an address. A wildcard is the whole left-most label, one label deep, and never stands
    /// directly below a public suffix.
    ///
    /// Whoever lets the common name count has to let name constraints apply to it too: `Question::common_name`.
    pub fn matches(&self, wanted: &Reference) -> Result<Matched, NotPresented> {
        if let Some(name) = self.alternative.iter().find(|name| wanted.fits(name)) {
            return Ok(Matched::SubjectAltName(bare(name)));
        }
        let common = self.common.iter().find(|name| wanted.fits(&GeneralName::Dns((*name).clone()))).cloned();
        match common {
            Some(name) if !self.has_dns_names() => Ok(Matched::CommonName(name)),
            ignored => Err(self.not_presented(ignored)),
        }
    }

    /// The names that count for hosts when there is no dNSName.
    pub fn host_common_names(&self) -> &[String] {
        if self.has_dns_names() { &[] } else { &self.common }
    }

    fn has_dns_names(&self) -> bool {
        self.alternative.iter().any(|name| matches!(name, GeneralName::Dns(_)))
    }

    fn not_presented(&self, ignored: Option<String>) -> NotPresented {
        let alternative = self.alternative.iter().map(ToString::to_string);
        let all = alternative.chain(self.host_common_names().iter().map(|name| format!("CN:{name}")));
        let count = self.alternative.len() + self.host_common_names().len();
        NotPresented { names: all.take(TOLD).collect(), more: count.saturating_sub(TOLD), ignored }
    }
}

impl NotPresented {
    /// As a reason why a certificate is not for `wanted`.
    pub fn reason(self, wanted: &Reference) -> Reason {
        Reason::NameMismatch { wanted: wanted.clone(), presented: self.names, more: self.more }
    }
}

/// Without its kind, which the reference tells.
fn bare(name: &GeneralName) -> String {
    match name {
        GeneralName::Dns(text) | GeneralName::Email(text) => text.clone(),
        other => other.to_string().trim_start_matches("IP:").to_owned(),
    }
}
