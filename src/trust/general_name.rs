//! GeneralName (RFC 5280 section 4.2.1.6) as path validation needs it.

use std::net::IpAddr;

use super::asn1::{self, Malformed, Reader, SEQUENCE};
use super::distinguished::FoldedName;

/// One GeneralName. Text is IA5 as encoded, not yet judged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum GeneralName {
    Dns(String),
    Email(String),
    Uri(String),
    /// An address, or in name constraints an address and a mask: 4, 16, 8 or 32 octets where it is right.
    Ip(Vec<u8>),
    Directory(FoldedName),
    /// otherName, x400Address, ediPartyName, registeredID, by their tag number.
    Other(u8),
}

impl GeneralName {
    /// Reads one element.
    pub fn read(element: asn1::Element<'_>) -> Result<GeneralName, Malformed> {
        const FIELD: &str = "a general name";
        let ia5 = || match std::str::from_utf8(element.content) {
            Ok(text) if text.is_ascii() => Ok(text.to_owned()),
            // A U-label (RFC 5280 section 7.2 wants A-labels): it is nobody's name, but no reason to lose the others.
            _ => Ok(String::from_utf8_lossy(element.content).into_owned()),
        };
        match element.tag {
            0x81 => ia5().map(GeneralName::Email),
            0x82 => ia5().map(GeneralName::Dns),
            0x86 => ia5().map(GeneralName::Uri),
            0x87 => Ok(GeneralName::Ip(element.content.to_vec())),
            0xa4 => {
                let name = asn1::only(element.content, SEQUENCE, FIELD)?;
                FoldedName::read(name).map(GeneralName::Directory)
            }
            0xa0 | 0xa3 | 0xa5 | 0x88 => Ok(GeneralName::Other(element.tag & 0x1f)),
            _ => Err(Malformed(FIELD)),
        }
    }

    /// Reads the names that stand one after the other in the content of a GeneralNames.
    pub fn read_all(content: &[u8]) -> Result<Vec<GeneralName>, Malformed> {
        let mut reader = Reader::new(content);
        let mut names = Vec::new();
        while !reader.is_empty() {
            names.push(GeneralName::read(reader.element().ok_or(Malformed("a general name"))?)?);
        }
        Ok(names)
    }

    /// The address of an iPAddress that is one.
    pub fn address(octets: &[u8]) -> Option<IpAddr> {
        match octets.len() {
            4 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
            16 => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
            _ => None,
        }
    }
}

/// As people write it.
impl std::fmt::Display for GeneralName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GeneralName::Dns(name) => write!(f, "DNS:{name}"),
            GeneralName::Email(address) => write!(f, "email:{address}"),
            GeneralName::Uri(uri) => write!(f, "URI:{uri}"),
            GeneralName::Ip(octets) => match GeneralName::address(octets) {
                Some(address) => write!(f, "IP:{address}"),
                None => write!(f, "IP:{}", network(octets).unwrap_or_else(|| format!("{} octets", octets.len()))),
            },
            GeneralName::Directory(_) => f.write_str("a directory name"),
            GeneralName::Other(0) => f.write_str("an otherName"),
            GeneralName::Other(3) => f.write_str("an x400Address"),
            GeneralName::Other(5) => f.write_str("an ediPartyName"),
            GeneralName::Other(_) => f.write_str("a registeredID"),
        }
    }
}

/// `192.0.2.0/24`.
fn network(octets: &[u8]) -> Option<String> {
    let (address, mask) = octets.split_at_checked(octets.len() / 2)?;
    let bits: u32 = mask.iter().map(|octet| octet.leading_ones()).sum();
    GeneralName::address(address).filter(|_| octets.len().is_multiple_of(8)).map(|address| format!("{address}/{bits}"))
}
