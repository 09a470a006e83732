//! The name a caller wants to reach, and whether a certificate presents it (RFC 9525, RFC 5280 section 4.2.1.6).

use std::fmt;
use std::net::IpAddr;

use super::general_name::GeneralName;
use super::link::Link;
use super::public_suffix::is_public_suffix;

/// A name that the leaf must present.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// An A-label host name in lower case without a trailing dot.
    Dns(String),
    Ip(IpAddr),
    /// A mailbox; the part before `@` is compared as it is.
    Email(String),
}

/// A text is no host name, address or mailbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no host name, IP address or mailbox")]
pub struct NoReference(pub String);

impl std::str::FromStr for Reference {
    type Err = NoReference;

    /// Tells by the form which of the three it is. A U-label becomes an A-label.
    fn from_str(text: &str) -> Result<Reference, NoReference> {
        let bad = || NoReference(text.to_owned());
        if let Ok(address) = text.trim_matches(['[', ']']).parse() {
            return Ok(Reference::Ip(address));
        }
        if let Some((mailbox, host)) = text.rsplit_once('@') {
            let sound = !mailbox.is_empty() && !host.is_empty();
            return if sound { Ok(Reference::Email(text.to_owned())) } else { Err(bad()) };
        }
        let name =
            if text.is_ascii() { text.to_ascii_lowercase() } else { idna::domain_to_ascii(text).map_err(|_| bad())? };
        // The dot of the root is how people write an absolute name; an ideographic full stop has just become one.
        let host = name.strip_suffix('.').unwrap_or(&name);
        if is_host_name(host) { Ok(Reference::Dns(host.to_owned())) } else { Err(bad()) }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Dns(name) => f.write_str(name),
            Reference::Ip(address) => write!(f, "{address}"),
            Reference::Email(address) => f.write_str(address),
        }
    }
}

impl Reference {
    /// Whether the subjectAltName presents this name. The common name never counts.
    pub fn is_presented_by(&self, leaf: &Link) -> bool {
        self.is_among(leaf.extensions().alt_names.as_deref().unwrap_or_default())
    }

    /// The same for names at hand.
    pub fn is_among(&self, names: &[GeneralName]) -> bool {
        names.iter().any(|name| self.fits(name))
    }

    /// Whether one presented name is this one, or a pattern that covers it.
    pub fn fits(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Reference::Dns(wanted), GeneralName::Dns(presented)) => dns_matches(presented, wanted),
            (Reference::Ip(wanted), GeneralName::Ip(octets)) => GeneralName::address(octets) == Some(*wanted),
            (Reference::Email(wanted), GeneralName::Email(presented)) => mailbox_matches(presented, wanted),
            _ => false,
        }
    }
}

/// A wildcard stands for exactly one label, and only as the whole left-most one (RFC 9525 section 6.3). Directly below a public
/// suffix it would stand for everybody's domain (section 7.1). A presented name that ends with a dot is in no preferred name syntax
/// (RFC 5280 section 4.2.1.6) and matches nothing, as with OpenSSL, GnuTLS, Go and webpki.
fn dns_matches(presented: &str, wanted: &str) -> bool {
    match presented.strip_prefix("*.") {
        Some(parent) => {
            is_host_name(parent)
                && !is_public_suffix(parent)
                && wanted
                    .split_once('.')
                    .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent))
        }
        None => !presented.contains('*') && presented.eq_ignore_ascii_case(wanted),
    }
}

fn mailbox_matches(presented: &str, wanted: &str) -> bool {
    match (presented.rsplit_once('@'), wanted.rsplit_once('@')) {
        (Some((box_a, host_a)), Some((box_b, host_b))) => box_a == box_b && host_a.eq_ignore_ascii_case(host_b),
        _ => false,
    }
}

/// Labels of 1 to 63 octets, 253 altogether, without control characters, blanks or wildcards. An underscore is let through here:
/// hosts do have such names.
pub fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// `name` is `base` with one label or more to its left.
pub fn is_below(name: &str, base: &str) -> bool {
    let Some(at) = name.len().checked_sub(base.len() + 1) else { return false };
    name.is_char_boundary(at)
        && name.is_char_boundary(at + 1)
        && name[at..].starts_with('.')
        && name[at + 1..].eq_ignore_ascii_case(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_one_whole_left_most_label() {
        for (presented, wanted) in [("*.example.com", "mx.example.com"), ("MX.Example.com", "mx.example.com")] {
            assert!(dns_matches(presented, wanted), "{presented} {wanted}");
        }
        for (presented, wanted) in [
            ("*.example.com", "a.b.example.com"),
            ("*.example.com", "example.com"),
            ("m*.example.com", "mx.example.com"),
            ("mx.*.com", "mx.example.com"),
            ("*", "com"),
            ("*.", "com"),
            ("*.*.com", "a.b.com"),
            ("*.com", "example.com"),
            ("*.co.uk", "example.co.uk"),
            ("mx.example.com.", "mx.example.com"),
            ("*.example.com.", "mx.example.com"),
            (".mx.example.com", "mx.example.com"),
        ] {
            assert!(!dns_matches(presented, wanted), "{presented} {wanted}");
        }
    }

    #[test]
    fn a_reference_is_told_by_its_form() {
        assert_eq!("MX1.Example.com.".parse(), Ok(Reference::Dns("mx1.example.com".into())));
        for absolute in ["bücher.example", "bücher.example.", "bücher.example。"] {
            assert_eq!(absolute.parse(), Ok(Reference::Dns("xn--bcher-kva.example".into())), "{absolute}");
        }
        assert_eq!("[2001:db8::1]".parse(), Ok(Reference::Ip("2001:db8::1".parse().unwrap())));
        assert_eq!("a@b.example".parse(), Ok(Reference::Email("a@b.example".into())));
        for bad in ["", ".", "a..b", "a.b..", "*.example.com", "a b", "@x", "https://example.com"] {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }
}
