//! Paths of MAIL and RCPT (RFC 5321 section 4.1.2): `<>`, `<user@example.com>`, `<@relay.example:user@example.com>`, `<Postmaster>`.

use std::fmt;
use std::str::FromStr;

use super::address::{Address, AddressError, MailDomain};

/// Octets of a path with its brackets (RFC 5321 section 4.5.3.1.3).
const PATH_LIMIT: usize = 256;

/// The sender, or nobody: reports have the null path, and nothing is ever reported about them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReversePath {
    Null,
    Address(Address),
}

/// A recipient as RCPT names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForwardPath {
    /// `<Postmaster>` without a domain, which every server takes (RFC 5321 section 4.1.1.3).
    Postmaster,
    Address(Address),
}

impl ReversePath {
    /// The path at the beginning of `text`, and what stands behind it: nothing, or a space and parameters.
    pub fn leading(text: &str) -> Result<(ReversePath, &str), AddressError> {
        if let Some(rest) = text.strip_prefix("<>") {
            return Ok((ReversePath::Null, rest));
        }
        let (address, rest) = path(text)?;
        Ok((ReversePath::Address(address), rest))
    }

    pub fn address(&self) -> Option<&Address> {
        match self {
            ReversePath::Null => None,
            ReversePath::Address(address) => Some(address),
        }
    }
}

impl ForwardPath {
    /// The path at the beginning of `text`, and what stands behind it: nothing, or a space and parameters.
    pub fn leading(text: &str) -> Result<(ForwardPath, &str), AddressError> {
        const POSTMASTER: &str = "<postmaster>";
        if text.get(..POSTMASTER.len()).is_some_and(|start| start.eq_ignore_ascii_case(POSTMASTER)) {
            return Ok((ForwardPath::Postmaster, &text[POSTMASTER.len()..]));
        }
        let (address, rest) = path(text)?;
        Ok((ForwardPath::Address(address), rest))
    }
}

/// `"<" [ A-d-l ":" ] Mailbox ">"`; a source route is read and ignored (RFC 5321 section 4.1.1.3).
fn path(text: &str) -> Result<(Address, &str), AddressError> {
    let inner = text.strip_prefix('<').ok_or(AddressError::NoBracket)?;
    let inner = if inner.starts_with('@') { behind_route(inner)? } else { inner };
    let (address, rest) = Address::leading(inner)?;
    let rest = rest.strip_prefix('>').ok_or(AddressError::Unclosed)?;
    match text.len() - rest.len() {
        octets if octets > PATH_LIMIT => Err(AddressError::PathTooLong(octets)),
        _ => Ok((address, rest)),
    }
}

/// Reads `@a,@b:`.
fn behind_route(mut text: &str) -> Result<&str, AddressError> {
    loop {
        let hop = text.strip_prefix('@').ok_or(AddressError::Route)?;
        let (_, rest) = MailDomain::leading(hop).map_err(|_| AddressError::Route)?;
        match rest.split_at_checked(1) {
            Some((",", next)) => text = next,
            Some((":", mailbox)) => return Ok(mailbox),
            _ => return Err(AddressError::Route),
        }
    }
}

/// The address, or nothing for the null path: the form that stands in the database.
impl FromStr for ReversePath {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ReversePath, AddressError> {
        match text {
            "" => Ok(ReversePath::Null),
            address => address.parse().map(ReversePath::Address),
        }
    }
}

/// `user@example.com`, or nothing: SMTP's brackets are the caller's.
impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address().map_or(Ok(()), |address| address.fmt(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_at_its_bracket() {
        let (path, rest) = ReversePath::leading("<user@example.com> SIZE=100").unwrap();
        assert_eq!((path.to_string().as_str(), rest), ("user@example.com", " SIZE=100"));
        assert_eq!(ReversePath::leading("<> BODY=7BIT").unwrap(), (ReversePath::Null, " BODY=7BIT"));
        let (path, rest) = ReversePath::leading("<\"a>b c\"@example.com>").unwrap();
        assert_eq!((path.to_string().as_str(), rest), ("\"a>b c\"@example.com", ""));
    }

    #[test]
    fn source_routes_are_ignored() {
        for text in ["<@relay.example:user@example.com>", "<@a.example,@[192.0.2.1]:user@example.com>"] {
            let (path, _) = ForwardPath::leading(text).unwrap();
            assert_eq!(path, ForwardPath::Address("user@example.com".parse().unwrap()), "{text}");
        }
        for text in ["<@:user@example.com>", "<@a.example user@example.com>", "<@a.example,b:user@example.com>", "<@a>"]
        {
            assert_eq!(ForwardPath::leading(text), Err(AddressError::Route), "{text}");
        }
    }

    #[test]
    fn postmaster_needs_no_domain() {
        assert_eq!(
            ForwardPath::leading("<PostMaster> NOTIFY=NEVER").unwrap(),
            (ForwardPath::Postmaster, " NOTIFY=NEVER")
        );
        assert!(ReversePath::leading("<postmaster>").is_err());
    }

    #[test]
    fn what_is_no_path_is_refused() {
        assert_eq!(ForwardPath::leading("user@example.com"), Err(AddressError::NoBracket));
        assert_eq!(ForwardPath::leading("<user@example.com"), Err(AddressError::Unclosed));
        assert_eq!(ForwardPath::leading("<user@example.com SIZE=1"), Err(AddressError::Unclosed));
        assert_eq!(ForwardPath::leading("<>"), Err(AddressError::NoLocalPart));
        let domain = "abcdefg.".repeat(24);
        let path = format!("<{}@{domain}example>", "a".repeat(64));
        assert_eq!(ForwardPath::leading(&path), Err(AddressError::TooLong(path.len() - 2)));
        let path = format!("<@{domain}example:{}@example.com>", "a".repeat(64));
        assert_eq!(ForwardPath::leading(&path), Err(AddressError::PathTooLong(path.len())));
    }
}
