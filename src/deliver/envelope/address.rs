//! A mailbox (RFC 5321 section 4.1.2, RFC 6531 section 3.3): `local@domain`, `"quoted local"@domain`, `local@[192.0.2.1]`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::model::host_name::{HostName, HostNameError};

/// Octets of a mailbox as written: what is left of a path without its brackets (RFC 5321 section 4.5.3.1.3). The 64 octets of a local
/// part (section 4.5.3.1.1) are what everybody must take, not the most there is: senders of mailing lists (VERP), of forwarders (SRS)
/// and with tags (BATV) are longer.
const LIMIT: usize = 254;
/// Octets of a domain as written (RFC 5321 section 4.5.3.1.2).
const DOMAIN_LIMIT: usize = 255;

/// Where mail for an address goes: a domain name in A-labels, or an address literal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MailDomain {
    Name(HostName),
    /// `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    Literal(IpAddr),
}

/// A mailbox. Two spellings with and without needless quotes are the same address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Without quotes and backslashes.
    local: String,
    domain: MailDomain,
}

/// Why a text is no path or mailbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("no `<` in front of the address")]
    NoBracket,
    #[error("no `>` behind the address")]
    Unclosed,
    #[error("nothing stands in front of the `@`")]
    NoLocalPart,
    #[error("the local part holds the character {0:?} without quotes")]
    LocalCharacter(char),
    #[error("the local part begins or ends with a dot, or has two in a row")]
    LocalDot,
    #[error("the quoted local part does not end, or holds a character that it cannot")]
    Quoted,
    #[error("no `@` and domain behind the local part")]
    NoDomain,
    #[error("the address has {0} octets, and the limit is 254")]
    TooLong(usize),
    #[error("the domain has {0} octets, and the limit is 255")]
    DomainTooLong(usize),
    #[error("the path has {0} octets, and the limit is 256")]
    PathTooLong(usize),
    #[error("the domain cannot be used: {0}")]
    Domain(#[from] HostNameError),
    #[error("`{0}` is no address literal such as [192.0.2.1] or [IPv6:2001:db8::1]")]
    Literal(String),
    #[error("the source route before the address is not of the form @a,@b:")]
    Route,
    #[error("something stands behind the address")]
    Trailing,
}

impl Address {
    /// From a local part without quoting. It may hold anything but control characters.
    pub fn new(local: String, domain: MailDomain) -> Result<Address, AddressError> {
        if let Some(control) = local.chars().find(|c| c.is_control()) {
            return Err(AddressError::LocalCharacter(control));
        }
        Address { local, domain }.within_limit()
    }

    /// The local part without quotes and backslashes; its case means something to its domain alone.
    pub fn local(&self) -> &str {
        &self.local
    }

    pub fn domain(&self) -> &MailDomain {
        &self.domain
    }

    /// It can be sent to a peer without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.local.is_ascii()
    }

    /// The mailbox at the beginning of `text`, and what stands behind it.
    pub(super) fn leading(text: &str) -> Result<(Address, &str), AddressError> {
        let (local, rest) = match text.starts_with('"') {
            true => quoted_string(text)?,
            false => dot_string(text)?,
        };
        let rest = rest.strip_prefix('@').ok_or(AddressError::NoDomain)?;
        let (domain, rest) = MailDomain::leading(rest)?;
        Ok((Address { local, domain }.within_limit()?, rest))
    }

    /// As it is written out again: A-labels may be longer than what was given.
    fn within_limit(self) -> Result<Address, AddressError> {
        match self.to_string().len() {
            octets if octets > LIMIT => Err(AddressError::TooLong(octets)),
            _ => Ok(self),
        }
    }
}

impl MailDomain {
    pub fn name(&self) -> Option<&HostName> {
        match self {
            MailDomain::Name(name) => Some(name),
            MailDomain::Literal(_) => None,
        }
    }

    /// The domain at the beginning of `text`; it ends where a path or parameter would go on.
    pub(super) fn leading(text: &str) -> Result<(MailDomain, &str), AddressError> {
        let end = match text.starts_with('[') {
            true => text.find(']').map(|at| at + 1).ok_or_else(|| AddressError::Literal(beginning(text)))?,
            false => text.find(['>', ' ', ',', ':']).unwrap_or(text.len()),
        };
        let (domain, rest) = text.split_at(end);
        match domain.len() {
            0 => Err(AddressError::NoDomain),
            octets if octets > DOMAIN_LIMIT => Err(AddressError::DomainTooLong(octets)),
            _ => Ok((domain.parse()?, rest)),
        }
    }
}

impl FromStr for MailDomain {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<MailDomain, AddressError> {
        let Some(inner) = text.strip_prefix('[') else { return Ok(MailDomain::Name(HostName::parse(text)?)) };
        let wrong = || AddressError::Literal(beginning(text));
        let inner = inner.strip_suffix(']').ok_or_else(wrong)?;
        let address = match inner.get(..5).filter(|tag| tag.eq_ignore_ascii_case("IPv6:")) {
            Some(tag) => IpAddr::V6(inner[tag.len()..].parse::<Ipv6Addr>().map_err(|_| wrong())?),
            None => IpAddr::V4(inner.parse::<Ipv4Addr>().map_err(|_| wrong())?),
        };
        Ok(MailDomain::Literal(address))
    }
}

impl fmt::Display for MailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MailDomain::Name(name) => f.write_str(name.as_str()),
            MailDomain::Literal(IpAddr::V4(address)) => write!(f, "[{address}]"),
            MailDomain::Literal(IpAddr::V6(address)) => write!(f, "[IPv6:{address}]"),
        }
    }
}

impl TryFrom<String> for MailDomain {
    type Error = AddressError;

    fn try_from(text: String) -> Result<MailDomain, AddressError> {
        text.parse()
    }
}

impl From<MailDomain> for String {
    fn from(domain: MailDomain) -> String {
        domain.to_string()
    }
}

/// A mailbox alone, without brackets.
impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Address, AddressError> {
        match Address::leading(text)? {
            (address, "") => Ok(address),
            _ => Err(AddressError::Trailing),
        }
    }
}

/// With quotes where they are needed; never with a control character.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", quoted_if_needed(&self.local), self.domain)
    }
}

/// For messages: a hostile domain is not repeated at length.
fn beginning(text: &str) -> String {
    text.chars().take(64).collect()
}

/// `Atom *("." Atom)`.
fn dot_string(text: &str) -> Result<(String, &str), AddressError> {
    let end = text.find(|c: char| c != '.' && !is_atext(c)).unwrap_or(text.len());
    let (local, rest) = text.split_at(end);
    match rest.chars().next() {
        Some(strange) if strange != '@' && strange != '>' => return Err(AddressError::LocalCharacter(strange)),
        _ if local.is_empty() => return Err(AddressError::NoLocalPart),
        _ => {}
    }
    match local.split('.').any(str::is_empty) {
        true => Err(AddressError::LocalDot),
        false => Ok((local.to_owned(), rest)),
    }
}

/// `DQUOTE *QcontentSMTP DQUOTE`; gives what it means.
fn quoted_string(text: &str) -> Result<(String, &str), AddressError> {
    let mut local = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((local, text.get(at + 1..).unwrap_or_default())),
            // quoted-pairSMTP: %d92 %d32-126
            '\\' => match characters.next() {
                Some((_, escaped @ ' '..='~')) => local.push(escaped),
                _ => return Err(AddressError::Quoted),
            },
            _ if character.is_control() => return Err(AddressError::Quoted),
            _ => local.push(character),
        }
    }
    Err(AddressError::Quoted)
}

/// RFC 5322 section 3.2.3, and beyond ASCII what RFC 6531 adds.
fn is_atext(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c),
        false => !c.is_control() && !c.is_whitespace(),
    }
}

fn quoted_if_needed(local: &str) -> String {
    let is_dot_string = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
    if is_dot_string {
        return local.to_owned();
    }
    let mut quoted = String::with_capacity(local.len() + 2);
    quoted.push('"');
    for character in local.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (given, written) in [
            ("user@example.com", "user@example.com"),
            ("User.Name+tag@EXAMPLE.com", "User.Name+tag@example.com"),
            ("\"john doe\"@example.com", "\"john doe\"@example.com"),
            ("\"john\"@example.com", "john@example.com"),
            ("\"a\\\"b\\\\c\"@example.com", "\"a\\\"b\\\\c\"@example.com"),
            ("\"a@b\"@example.com", "\"a@b\"@example.com"),
            ("\"a>b\"@example.com", "\"a>b\"@example.com"),
            ("\"\"@example.com", "\"\"@example.com"),
            ("\"a..b\"@example.com", "\"a..b\"@example.com"),
            ("user@[192.0.2.1]", "user@[192.0.2.1]"),
            ("user@[IPv6:2001:DB8::1]", "user@[IPv6:2001:db8::1]"),
            ("prvs=1234567890=user@example.com", "prvs=1234567890=user@example.com"),
            ("用户@例え.jp", "用户@xn--r8jz45g.jp"),
        ] {
            let address: Address = given.parse().unwrap_or_else(|error| panic!("{given}: {error}"));
            assert_eq!(address.to_string(), written);
            assert_eq!(written.parse::<Address>().unwrap(), address);
        }
    }

    #[test]
    fn every_mistake_has_its_name() {
        use AddressError::*;
        for (given, error) in [
            ("", NoLocalPart),
            ("@example.com", NoLocalPart),
            ("user", NoDomain),
            ("user@", NoDomain),
            (".user@example.com", LocalDot),
            ("us..er@example.com", LocalDot),
            ("user.@example.com", LocalDot),
            ("us er@example.com", LocalCharacter(' ')),
            ("us\"er@example.com", LocalCharacter('"')),
            ("us\0er@example.com", LocalCharacter('\0')),
            ("us\u{a0}er@example.com", LocalCharacter('\u{a0}')),
            ("\"user@example.com", Quoted),
            ("\"us\ner\"@example.com", Quoted),
            ("\"us\\\ter\"@example.com", Quoted),
            ("\"user\\", Quoted),
            ("user@[192.0.2.300]", Literal("[192.0.2.300]".into())),
            ("user@[2001:db8::1]", Literal("[2001:db8::1]".into())),
            ("user@[192.0.2.1", Literal("[192.0.2.1".into())),
            ("user@[x:y]", Literal("[x:y]".into())),
            ("user@example.com>", Trailing),
            ("user@[192.0.2.1]x", Trailing),
        ] {
            assert_eq!(given.parse::<Address>(), Err(error), "{given:?}");
        }
        for given in ["user@exa_mple.com", "user@-a.example", "user@example..com", "user@a@b", "user@192.0.2.1"] {
            assert!(matches!(given.parse::<Address>(), Err(Domain(_))), "{given}");
        }
    }

    #[test]
    fn limits_count_octets_as_written() {
        let local = |length: usize| format!("{}@example.com", "a".repeat(length));
        // Longer than 64 octets is what VERP, SRS and BATV make of senders.
        assert!([64, 65, 242].iter().all(|length| local(*length).parse::<Address>().is_ok()));
        assert_eq!(local(243).parse::<Address>(), Err(AddressError::TooLong(255)));
        let quoted = format!("\"{} \"@example.com", "a".repeat(240));
        assert_eq!(quoted.parse::<Address>(), Err(AddressError::TooLong(255)));
        let labels = format!("{}@{}example.com", "a".repeat(200), "ä.".repeat(10));
        assert!(labels.len() < 254 && matches!(labels.parse::<Address>(), Err(AddressError::TooLong(_))));
        let domain = format!("a@{}example.com", "abcdefg.".repeat(31));
        assert_eq!(domain.parse::<Address>(), Err(AddressError::DomainTooLong(259)));
        let bare = MailDomain::Name("example.com".parse().unwrap());
        assert_eq!(Address::new(" ".repeat(241), bare.clone()), Err(AddressError::TooLong(255)));
        assert_eq!(Address::new("a\r\nb".into(), bare), Err(AddressError::LocalCharacter('\r')));
    }
}
