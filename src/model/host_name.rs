//! Host names that a certificate can carry and DNS can hold (RFC 1123 section 2.1, RFC 5890 for internationalised ones).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A host name in lower case, internationalised labels as A-labels, without a trailing dot; never a wildcard or an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

/// Why a text is no host name; `suggestion` is the value that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct HostNameError {
    pub problem: HostNameProblem,
    pub suggestion: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostNameProblem {
    #[error("it is empty")]
    Empty,
    #[error("it is a URL")]
    Url,
    #[error("it is an e-mail address")]
    Email,
    #[error("it is an IP address")]
    Address,
    #[error("it is a wildcard")]
    Wildcard,
    #[error("it ends with a dot")]
    TrailingDot,
    #[error("it holds a space")]
    Space,
    #[error("`_` is not allowed in host names")]
    Underscore,
    #[error("it has an empty label")]
    EmptyLabel,
    #[error("a label begins or ends with `-`")]
    Hyphen,
    #[error("a label has {0} characters, at most 63 are allowed")]
    LongLabel(usize),
    #[error("it has {0} characters, at most 253 are allowed")]
    Long(usize),
    #[error("it holds characters that no host name has")]
    Characters,
}

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// More than one label: a name that others can look up.
    pub fn has_domain(&self) -> bool {
        self.0.contains('.')
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<HostName, HostNameError> {
        strict(text).map_err(|problem| {
            let suggestion = mended(text).and_then(|text| strict(&text).ok()).map(|name| name.0);
            HostNameError { problem, suggestion: suggestion.filter(|mended| mended != text) }
        })
    }
}

fn strict(text: &str) -> Result<HostName, HostNameProblem> {
    if text.is_empty() {
        return Err(HostNameProblem::Empty);
    }
    if text.contains("://") {
        return Err(HostNameProblem::Url);
    }
    if text.contains('@') {
        return Err(HostNameProblem::Email);
    }
    if text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(HostNameProblem::Address);
    }
    if text.contains(char::is_whitespace) {
        return Err(HostNameProblem::Space);
    }
    if text.contains('*') {
        return Err(HostNameProblem::Wildcard);
    }
    if text.contains('_') {
        return Err(HostNameProblem::Underscore);
    }
    if text.ends_with('.') {
        return Err(HostNameProblem::TrailingDot);
    }
    // The limit is far above 253 and keeps the conversion of endless input short.
    if text.len() > 1_000 {
        return Err(HostNameProblem::Long(text.len()));
    }
    let ascii = idna::domain_to_ascii(text).map_err(|_| HostNameProblem::Characters)?;
    check_labels(&ascii)?;
    Ok(HostName(ascii))
}

fn check_labels(name: &str) -> Result<(), HostNameProblem> {
    if name.len() > 253 {
        return Err(HostNameProblem::Long(name.len()));
    }
    for label in name.split('.') {
        match label {
            "" => return Err(HostNameProblem::EmptyLabel),
            _ if label.len() > 63 => return Err(HostNameProblem::LongLabel(label.len())),
            _ if label.starts_with('-') || label.ends_with('-') => return Err(HostNameProblem::Hyphen),
            _ if !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
                return Err(HostNameProblem::Characters);
            }
            _ => {}
        }
    }
    // RFC 3696 section 2: a top-level label is never all digits, so that a name cannot be taken for an address.
    match name.rsplit('.').next() {
        Some(last) if last.bytes().all(|b| b.is_ascii_digit()) => Err(HostNameProblem::Address),
        _ => Ok(()),
    }
}

/// What was probably meant; may still be wrong.
fn mended(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let host: String = host.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '_' { '-' } else { c }).collect();
    let host = host.trim_matches('.').trim_start_matches("*.");
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_in_the_form_dns_compares() {
        for (given, kept) in [
            ("mx1.example.com", "mx1.example.com"),
            ("MX1.Example.COM", "mx1.example.com"),
            ("mäil.example", "xn--mil-qla.example"),
            ("gateway", "gateway"),
        ] {
            assert_eq!(given.parse::<HostName>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_was_meant_is_said() {
        for (given, problem, suggestion) in [
            ("https://mx1.example.com/x", HostNameProblem::Url, Some("mx1.example.com")),
            ("mail_1.example.com", HostNameProblem::Underscore, Some("mail-1.example.com")),
            ("mx1 .example.com", HostNameProblem::Space, Some("mx1.example.com")),
            ("mx1.example.com.", HostNameProblem::TrailingDot, Some("mx1.example.com")),
            ("postmaster@example.com", HostNameProblem::Email, Some("example.com")),
            ("*.example.com", HostNameProblem::Wildcard, Some("example.com")),
            ("192.0.2.1", HostNameProblem::Address, None),
            ("[2001:db8::1]", HostNameProblem::Address, None),
            ("10.1", HostNameProblem::Address, None),
            ("", HostNameProblem::Empty, None),
            ("a..b", HostNameProblem::EmptyLabel, None),
            ("-a.example", HostNameProblem::Hyphen, None),
            ("a,b", HostNameProblem::Characters, None),
        ] {
            let error = given.parse::<HostName>().unwrap_err();
            assert_eq!((error.problem, error.suggestion.as_deref()), (problem, suggestion), "{given}");
        }
        assert!(format!("{}.example", "x".repeat(64)).parse::<HostName>().is_err());
        assert!("x.".repeat(200).parse::<HostName>().is_err());
    }
}
