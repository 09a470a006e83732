//! The names an operator asks for, read into subjectAltName entries (RFC 5280 section 4.2.1.6).

use std::net::IpAddr;

use super::certificate::SubjectAltName;
use super::host_name::{HostName, HostNameError};

/// Octets before the `@` (RFC 5321 section 4.5.3.1.1).
const LOCAL_PART_LIMIT: usize = 64;

/// Why a text is no name that a mail gateway's certificate can carry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectAltNameError {
    #[error("`{}` {}", .0.given, .0.reason)]
    Host(HostNameError),
    #[error("`{given}` is no IPv4 or IPv6 address")]
    Address {
        given: String,
        /// What it is instead, with its kind in front.
        suggestion: Option<String>,
    },
    #[error("`{given}` is no e-mail address: {reason}")]
    Email { given: String, reason: EmailReason },
    /// `URI:`, `otherName:`, `dirName:` and the like.
    #[error("names of kind `{kind}` are of no use to a mail gateway")]
    Kind { kind: String },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailReason {
    #[error("it has no `@`")]
    NoAt,
    #[error("what stands before the `@` is empty, quoted or has a character that needs quotes")]
    LocalPart,
    #[error("what stands before the `@` is not ASCII, which few programs read in a certificate (RFC 9598)")]
    NotAscii,
    #[error("{0} characters stand before the `@`, and the limit is 64 (RFC 5321 section 4.5.3.1.1)")]
    TooLong(usize),
    #[error("its domain {}", .0.reason)]
    Domain(HostNameError),
}

impl SubjectAltNameError {
    /// The value to write instead, with its kind in front where that is not clear.
    pub fn suggestion(&self) -> Option<String> {
        match self {
            SubjectAltNameError::Host(error) => error.suggestion.clone(),
            SubjectAltNameError::Address { suggestion, .. } => suggestion.clone(),
            SubjectAltNameError::Email { given, reason: EmailReason::Domain(error) } => {
                let local = given.rsplit_once('@')?.0;
                let domain = error.suggestion.as_deref().filter(|domain| !domain.contains(':'))?;
                Some(format!("email:{local}@{domain}"))
            }
            SubjectAltNameError::Email { given, .. } => {
                let name = SubjectAltName::parse(given.strip_prefix("mailto:")?).ok()?;
                Some(name.to_string())
            }
            SubjectAltNameError::Kind { .. } => None,
        }
    }
}

impl SubjectAltName {
    /// Reads `DNS:mx1.example.com`, `IP:192.0.2.1`, `email:postmaster@example.com`, or the same without its kind, which the
    /// value then tells. Wildcards are taken. What comes out has A-labels in lower case and addresses in their short form.
    pub fn parse(text: &str) -> Result<SubjectAltName, SubjectAltNameError> {
        match kind_and_value(text) {
            Some(("dns", value)) => dns(value),
            Some(("ip", value)) => ip(value),
            Some(("email", value)) => email(value),
            Some((_, _)) => {
                Err(SubjectAltNameError::Kind { kind: text.split(':').next().unwrap_or_default().to_owned() })
            }
            None => told_from_value(text),
        }
    }

    /// Whether reading `text` changed more than the case and the kind in front.
    pub fn differs_from(&self, text: &str) -> bool {
        let value = kind_and_value(text).map_or(text, |(_, value)| value);
        let taken = match self {
            SubjectAltName::Dns(name) => name.as_str(),
            SubjectAltName::Email(address) => address.as_str(),
            SubjectAltName::Ip(address) => return value.parse() != Ok(*address),
            SubjectAltName::Uri(_) | SubjectAltName::Other(_) => return false,
        };
        !taken.eq_ignore_ascii_case(value)
    }

    /// The name without its kind, as a common name carries it.
    pub fn value(&self) -> String {
        match self {
            SubjectAltName::Dns(name) => name.clone(),
            SubjectAltName::Ip(address) => address.to_string(),
            SubjectAltName::Email(address) => address.clone(),
            SubjectAltName::Uri(uri) => uri.clone(),
            SubjectAltName::Other(text) => text.clone(),
        }
    }
}

/// The kinds that OpenSSL's configuration and other tools know; an address or a port is not mistaken for one.
fn kind_and_value(text: &str) -> Option<(&'static str, &str)> {
    let (kind, value) = text.split_once(':')?;
    let known = ["dns", "ip", "email", "uri", "rid", "dirname", "othername"];
    known.into_iter().find(|known| kind.trim().eq_ignore_ascii_case(known)).map(|known| (known, value))
}

fn told_from_value(text: &str) -> Result<SubjectAltName, SubjectAltNameError> {
    if let Ok(address) = text.parse() {
        return Ok(SubjectAltName::Ip(address));
    }
    match text.contains('@') && !text.contains('/') {
        true => email(text),
        false => dns(text),
    }
}

fn dns(text: &str) -> Result<SubjectAltName, SubjectAltNameError> {
    let name = HostName::parse_pattern(text).map_err(SubjectAltNameError::Host)?;
    Ok(SubjectAltName::Dns(name.as_str().to_owned()))
}

fn ip(text: &str) -> Result<SubjectAltName, SubjectAltNameError> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse::<IpAddr>()
        .map(SubjectAltName::Ip)
        .map_err(|_| SubjectAltNameError::Address { given: text.to_owned(), suggestion: address_meant(text) })
}

fn address_meant(text: &str) -> Option<String> {
    match HostName::parse_pattern(text.trim()) {
        Ok(name) => Some(format!("DNS:{name}")),
        Err(error) => error.suggestion.map(|value| if value.contains(':') { value } else { format!("DNS:{value}") }),
    }
}

fn email(text: &str) -> Result<SubjectAltName, SubjectAltNameError> {
    let wrong = |reason| SubjectAltNameError::Email { given: text.to_owned(), reason };
    let (local, domain) = text.rsplit_once('@').ok_or_else(|| wrong(EmailReason::NoAt))?;
    if !local.is_ascii() {
        return Err(wrong(EmailReason::NotAscii));
    }
    if !is_dot_atom(local) {
        return Err(wrong(EmailReason::LocalPart));
    }
    if local.len() > LOCAL_PART_LIMIT {
        return Err(wrong(EmailReason::TooLong(local.len())));
    }
    let domain = HostName::parse(domain).map_err(|error| wrong(EmailReason::Domain(error)))?;
    // The domain is A-labels (RFC 5280 section 7.5); the local part keeps its case, which only its own host may fold.
    Ok(SubjectAltName::Email(format!("{local}@{domain}")))
}

/// `Dot-string` of RFC 5321 section 4.1.2.
pub(super) fn is_dot_atom(local: &str) -> bool {
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_given_or_told_from_the_value() {
        for (given, taken) in [
            ("mx1.example.com", "DNS:mx1.example.com"),
            ("dns:MX1.example.com", "DNS:mx1.example.com"),
            ("*.example.com", "DNS:*.example.com"),
            ("192.0.2.1", "IP:192.0.2.1"),
            ("IP:192.0.2.1", "IP:192.0.2.1"),
            ("2001:DB8::0:1", "IP:2001:db8::1"),
            ("IP:[2001:db8::1]", "IP:2001:db8::1"),
            ("postmaster@example.com", "email:postmaster@example.com"),
            ("email:Post.Master+x@BÜCHER.example", "email:Post.Master+x@xn--bcher-kva.example"),
        ] {
            assert_eq!(SubjectAltName::parse(given).unwrap().to_string(), taken, "{given}");
        }
    }

    #[test]
    fn wrong_kinds_and_values_say_what_was_meant() {
        for (given, suggestion) in [
            ("DNS:192.0.2.1", Some("IP:192.0.2.1")),
            ("DNS:postmaster@example.com", Some("email:postmaster@example.com")),
            ("IP:mx1.example.com", Some("DNS:mx1.example.com")),
            ("IP:192.0.2.1:25", Some("IP:192.0.2.1")),
            ("IP:192.0.2.0/24", Some("IP:192.0.2.0")),
            ("IP:fe80::1%eth0", None),
            ("URI:https://mx1.example.com", None),
            ("email:postmaster", None),
            ("email:pöst@example.com", None),
            ("email:\"a b\"@example.com", None),
            ("email:a@mail_1.example.com", Some("email:a@mail-1.example.com")),
            ("email:a@*.example.com", Some("email:a@example.com")),
            ("email:@example.com", None),
            ("mailto:a@example.com", Some("email:a@example.com")),
        ] {
            let error = SubjectAltName::parse(given).expect_err(given);
            assert_eq!(error.suggestion().as_deref(), suggestion, "{given}: {error}");
        }
    }

    #[test]
    fn only_a_real_change_is_worth_a_remark() {
        let differs = |text: &str| SubjectAltName::parse(text).unwrap().differs_from(text);
        assert!(!differs("MX1.example.com") && !differs("DNS:mx1.example.com") && !differs("IP:2001:DB8::1"));
        assert!(differs("mx1.example.com.") && differs("mäil.example.com"));
    }
}
