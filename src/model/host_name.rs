//! Host names as certificates carry them: A-labels in lower case (RFC 5890), without the final dot, optionally with a wildcard.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// Octets of a label (RFC 1035 section 2.3.4).
const LABEL_LIMIT: usize = 63;
/// Octets of a name as text: 255 on the wire (RFC 1035 section 2.3.4) less the first length and the root.
const NAME_LIMIT: usize = 253;
/// Octets of what is looked at more closely: above any URL that a host name is taken from.
const PASTE_LIMIT: usize = 4096;

/// `mx1.example.com`, or `*.example.com` where `parse_pattern` made it. Two are the same host when they are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

/// Why a text is no host name, and what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it {reason}")]
pub struct HostNameError {
    pub given: String,
    pub reason: HostNameReason,
    /// The value to write instead, with its kind in front (`IP:`, `email:`) where it is no host name; always a valid value.
    pub suggestion: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostNameReason {
    #[error("is empty")]
    Empty,
    #[error("is a URL, not a host name")]
    Url,
    #[error("is an e-mail address, not a host name")]
    Email,
    #[error("is an IP address, not a host name")]
    Address,
    #[error("carries a port number, which is no part of a host name")]
    Port,
    #[error("contains a space, which no host name can")]
    Space,
    #[error("contains an underscore, which no host name can (RFC 1123 section 2.1)")]
    Underscore,
    #[error("contains the character {0:?}, which no host name can")]
    Character(char),
    #[error("has an empty label: two dots in a row, or a dot in front")]
    EmptyLabel,
    #[error("has the label `{0}` that begins or ends with a hyphen (RFC 1123 section 2.1)")]
    Hyphen(String),
    #[error("cannot be turned into A-labels (RFC 5891)")]
    Idna,
    #[error("has a label of {0} characters, and the limit is 63 (RFC 1035 section 2.3.4)")]
    LabelTooLong(usize),
    #[error("has {0} characters, and the limit is 253 (RFC 1035 section 2.3.4)")]
    TooLong(usize),
    #[error("ends in a number, as addresses do and host names do not (RFC 1123 section 2.1)")]
    Numeric,
    #[error("is a wildcard, which cannot stand here")]
    WildcardHere,
    #[error("has a `*` that is not the whole left-most label (RFC 9525 section 6.3)")]
    WildcardPlace,
    #[error("is a wildcard directly below a top-level domain")]
    WildcardTooBroad,
}

impl HostName {
    /// One host, no wildcard. Capital letters, a final dot and U-labels are converted; compare with what was given to say so.
    pub fn parse(text: &str) -> Result<HostName, HostNameError> {
        parse(text, false)
    }

    /// Also `*.example.com`: the whole left-most label, above at least two others.
    pub fn parse_pattern(text: &str) -> Result<HostName, HostNameError> {
        parse(text, true)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// More than one label: a name that others can look up, and that a public authority signs.
    pub fn has_domain(&self) -> bool {
        self.0.contains('.')
    }

    /// Whether parsing changed more than the case of what was given.
    pub fn differs_from(&self, given: &str) -> bool {
        !self.0.eq_ignore_ascii_case(given)
    }
}

/// Without wildcards, as `HostName::parse`.
impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<HostName, HostNameError> {
        HostName::parse(text)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn parse(given: &str, pattern: bool) -> Result<HostName, HostNameError> {
    read(given, pattern).map_err(|reason| HostNameError {
        given: given.to_owned(),
        suggestion: correct(given, &reason, pattern),
        reason,
    })
}

fn read(given: &str, pattern: bool) -> Result<HostName, HostNameReason> {
    look_for_something_else(given)?;
    let name = given.strip_suffix(['.', '。']).unwrap_or(given);
    let (wildcard, host) = match name.strip_prefix("*.") {
        Some(host) => (true, host),
        None => (false, name),
    };
    if host.contains('*') {
        return Err(HostNameReason::WildcardPlace);
    }
    let host = to_a_labels(host)?;
    if !wildcard {
        return check_length(host);
    }
    match (pattern, host.contains('.')) {
        (false, _) => Err(HostNameReason::WildcardHere),
        (true, false) => Err(HostNameReason::WildcardTooBroad),
        (true, true) => check_length(format!("*.{host}")),
    }
}

/// What people paste where a host name belongs, most telling first.
fn look_for_something_else(given: &str) -> Result<(), HostNameReason> {
    if given.len() > PASTE_LIMIT {
        return Err(HostNameReason::TooLong(given.chars().count()));
    }
    let whole = given.trim();
    if whole.is_empty() {
        return Err(HostNameReason::Empty);
    }
    if let Some(control) = given.chars().find(|c| c.is_control()) {
        return Err(HostNameReason::Character(control));
    }
    if whole.contains('/') {
        return Err(HostNameReason::Url);
    }
    if whole.contains('@') {
        return Err(HostNameReason::Email);
    }
    if address(whole).is_some() {
        return Err(HostNameReason::Address);
    }
    if without_port(whole).is_some() {
        return Err(HostNameReason::Port);
    }
    match given.chars().any(char::is_whitespace) {
        true => Err(HostNameReason::Space),
        false => Ok(()),
    }
}

/// An address with or without the brackets of URLs and address literals.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    // RFC 5321 section 4.1.3 writes IPv6 literals with a tag.
    let bare = bare.strip_prefix("IPv6:").unwrap_or(bare);
    bare.parse().ok()
}

/// `mx1.example.com:25`, `[2001:db8::1]:25`, `192.0.2.1:25` without the number.
fn without_port(text: &str) -> Option<&str> {
    let (host, port) = text.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && !host.is_empty()).then_some(host)
}

fn to_a_labels(host: &str) -> Result<String, HostNameReason> {
    if host.is_ascii() {
        check_ldh(host)?;
    }
    let ascii = Uts46::new()
        .to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Ignore)
        .map_err(|_| why_not_idna(host))?
        .into_owned();
    check_ldh(&ascii)?;
    Ok(ascii)
}

/// Names the reason for a U-label where it is one that people make; else the conversion as a whole failed.
fn why_not_idna(host: &str) -> HostNameReason {
    match host.chars().find(|c| c.is_ascii() && !is_ldh(*c) && *c != '.') {
        Some('_') => HostNameReason::Underscore,
        Some(other) => HostNameReason::Character(other),
        None => HostNameReason::Idna,
    }
}

fn is_ldh(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Letters, digits and hyphens (RFC 1123 section 2.1, RFC 5890 section 2.3.1).
fn check_ldh(host: &str) -> Result<(), HostNameReason> {
    if let Some(bad) = host.chars().find(|c| !is_ldh(*c) && *c != '.') {
        return Err(match bad {
            '_' => HostNameReason::Underscore,
            other => HostNameReason::Character(other),
        });
    }
    for label in host.split('.') {
        check_label(label)?;
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    match last.bytes().all(|b| b.is_ascii_digit()) {
        true => Err(HostNameReason::Numeric),
        false => Ok(()),
    }
}

fn check_label(label: &str) -> Result<(), HostNameReason> {
    if label.is_empty() {
        return Err(HostNameReason::EmptyLabel);
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(HostNameReason::Hyphen(label.to_owned()));
    }
    match label.len() {
        length if length > LABEL_LIMIT => Err(HostNameReason::LabelTooLong(length)),
        _ => Ok(()),
    }
}

fn check_length(name: String) -> Result<HostName, HostNameReason> {
    match name.len() {
        length if length > NAME_LIMIT => Err(HostNameReason::TooLong(length)),
        _ => Ok(HostName(name)),
    }
}

/// Mistakes that one value is freed of, one after the other, before nothing is suggested.
const CORRECTIONS: usize = 8;

/// What was probably meant; only offered when it is a valid value itself.
fn correct(given: &str, reason: &HostNameReason, pattern: bool) -> Option<String> {
    let mut guess = given.trim().to_owned();
    let mut reason = reason.clone();
    for _ in 0..CORRECTIONS {
        match &reason {
            HostNameReason::Email => return email(&guess),
            HostNameReason::Address => return address(&guess).map(|address| format!("IP:{address}")),
            _ => guess = without_mistake(&guess, &reason)?,
        }
        match read(&guess, pattern) {
            Ok(name) => return Some(name.0),
            Err(next) => reason = next,
        }
    }
    None
}

fn without_mistake(text: &str, mistake: &HostNameReason) -> Option<String> {
    Some(match mistake {
        HostNameReason::Url => host_of_url(text),
        HostNameReason::Port => without_port(text)?.to_owned(),
        HostNameReason::Space => close_spaces(text),
        HostNameReason::Underscore => text.replace('_', "-"),
        HostNameReason::EmptyLabel => join_labels(text, |label| label),
        HostNameReason::Hyphen(_) => join_labels(text, |label| label.trim_matches('-')),
        HostNameReason::WildcardHere => text.strip_prefix("*.")?.to_owned(),
        _ => return None,
    })
}

fn host_of_url(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
}

fn email(text: &str) -> Option<String> {
    let bare = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = bare.rsplit_once('@')?;
    let domain = parse(domain, false).ok()?;
    super::subject_alt_name::is_dot_atom(local).then(|| format!("email:{local}@{domain}"))
}

/// Spaces beside a dot were typed by accident; others stand for hyphens.
fn close_spaces(text: &str) -> String {
    let labels = text.split('.').map(|label| label.split_whitespace().collect::<Vec<_>>().join("-"));
    labels.collect::<Vec<_>>().join(".")
}

fn join_labels(text: &str, mend: impl Fn(&str) -> &str) -> String {
    text.split('.').map(mend).filter(|label| !label.is_empty()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(given: &str) -> (HostNameReason, Option<String>) {
        let error = HostName::parse_pattern(given).expect_err(given);
        assert_eq!(error.given, given);
        (error.reason, error.suggestion)
    }

    #[test]
    fn good_names_are_taken_and_normalised() {
        for (given, taken) in [
            ("mx1.example.com", "mx1.example.com"),
            ("MX1.Example.COM", "mx1.example.com"),
            ("mx1.example.com.", "mx1.example.com"),
            ("mäil.example.com", "xn--mil-qla.example.com"),
            ("MÄIL.example.com", "xn--mil-qla.example.com"),
            ("xn--mil-qla.example.com", "xn--mil-qla.example.com"),
            ("日本語。jp", "xn--wgv71a119e.jp"),
            ("*.example.com", "*.example.com"),
            ("*.bücher.example", "*.xn--bcher-kva.example"),
            ("3com.com", "3com.com"),
            ("localhost", "localhost"),
            // Only hyphens at the third and fourth place are reserved.
            ("a--b.example.com", "a--b.example.com"),
        ] {
            assert_eq!(HostName::parse_pattern(given).unwrap().as_str(), taken, "{given}");
        }
    }

    #[test]
    fn every_mistake_is_named_with_what_was_meant() {
        use HostNameReason::*;
        let table: &[(&str, HostNameReason, Option<&str>)] = &[
            ("", Empty, None),
            ("  ", Empty, None),
            ("https://mx1.example.com/x", Url, Some("mx1.example.com")),
            ("smtp://user@mx1.example.com:25", Url, Some("mx1.example.com")),
            ("mx1.example.com/", Url, Some("mx1.example.com")),
            ("https://[2001:db8::1]:443/", Url, Some("IP:2001:db8::1")),
            ("postmaster@example.com", Email, Some("email:postmaster@example.com")),
            ("192.0.2.1", Address, Some("IP:192.0.2.1")),
            ("2001:DB8:0::1", Address, Some("IP:2001:db8::1")),
            ("[2001:db8::1]", Address, Some("IP:2001:db8::1")),
            ("[IPv6:2001:db8::1]", Address, Some("IP:2001:db8::1")),
            ("mx1.example.com:25", Port, Some("mx1.example.com")),
            ("[2001:db8::1]:25", Port, Some("IP:2001:db8::1")),
            ("192.0.2.1:25", Port, Some("IP:192.0.2.1")),
            (" mx1.example.com", Space, Some("mx1.example.com")),
            ("mx1 .example.com", Space, Some("mx1.example.com")),
            ("mail server.example.com", Space, Some("mail-server.example.com")),
            ("mail_1.example.com", Underscore, Some("mail-1.example.com")),
            ("mäil_1.example.com", Underscore, Some("xn--mil-1-gra.example.com")),
            ("mx1..example.com", EmptyLabel, Some("mx1.example.com")),
            (".example.com", EmptyLabel, Some("example.com")),
            ("-mx1.example.com", Hyphen("-mx1".into()), Some("mx1.example.com")),
            ("mx1,mx2.example.com", Character(','), None),
            ("mx1\0.example.com", Character('\0'), None),
            ("mx1.example.com\n", Character('\n'), None),
            ("xn--zzzzzzzzzzzz.example.com", Idna, None),
            ("192.0.2.300", Numeric, None),
            ("mx*.example.com", WildcardPlace, None),
            ("mx.*.example.com", WildcardPlace, None),
            ("*.com", WildcardTooBroad, None),
        ];
        for (given, reason, suggestion) in table {
            assert_eq!(refused(given), (reason.clone(), suggestion.map(str::to_owned)), "{given:?}");
        }
    }

    #[test]
    fn hyphens_in_the_third_and_fourth_place_mean_something_in_a_labels_only() {
        assert_eq!(HostName::parse("r3--sn-4g5e.example.com").unwrap().as_str(), "r3--sn-4g5e.example.com");
    }

    #[test]
    fn lengths_are_counted_in_a_labels() {
        let label = "a".repeat(64);
        assert_eq!(refused(&format!("{label}.example.com")).0, HostNameReason::LabelTooLong(64));
        let name = format!("{}example.com", "abcdefg.".repeat(31));
        assert_eq!(refused(&name).0, HostNameReason::TooLong(name.len()));
        assert!(HostName::parse(&name["abcdefg.".len()..]).is_ok());
    }

    #[test]
    fn a_correction_is_given_up_in_bounded_time() {
        assert_eq!(refused(&format!("mx1.example.com{}", ":1".repeat(1_000))).1, None);
    }

    #[test]
    fn a_wildcard_is_taken_only_where_it_was_asked_for() {
        let error = HostName::parse("*.example.com").unwrap_err();
        assert_eq!((error.reason, error.suggestion.as_deref()), (HostNameReason::WildcardHere, Some("example.com")));
    }
}
