//! TLSA records (RFC 6698 section 2): what DNS publishes about the certificate of a server.

mod published;

pub use published::{Fault, Published};

use std::fmt;

use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};

use crate::formats::zone_file::Record;

use super::certificate::Certificate;
use super::fingerprint::hex;

/// What a record binds (RFC 7218 section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Usage {
    /// 0, PKIX-TA.
    AuthorityConstraint,
    /// 1, PKIX-EE.
    ServerConstraint,
    /// 2, DANE-TA: a trust anchor.
    TrustAnchor,
    /// 3, DANE-EE: the server's own certificate or key.
    Server,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tlsa {
    /// The line of the text it begins at, counted from 1.
    pub line: usize,
    usage: u8,
    selector: u8,
    matching: u8,
    data: Vec<u8>,
}

/// Why a client has to leave a record out of account (RFC 6698 section 4.1, RFC 7671 section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("there is no certificate usage {0}")]
    Usage(u8),
    #[error("there is no selector {0}")]
    Selector(u8),
    #[error("there is no matching type {0}")]
    MatchingType(u8),
    #[error("its digest has {found} bytes, not {wanted}")]
    Length { found: usize, wanted: usize },
    #[error("its data is no certificate")]
    NoCertificate,
    #[error("its data is no public key")]
    NoKey,
    #[error("mail servers do not use certificate usage {0}")]
    NotForMail(u8),
}

impl Tlsa {
    /// `data` is what stands behind `TLSA` in a record, or behind `TYPE52` (RFC 3597 section 5). The error says what is wrong, for
    /// people; what merely cannot be used is no error.
    fn read(record: &Record) -> Result<Tlsa, String> {
        let (line, words) = (record.line, record.data.as_slice());
        if let Some((_, rest)) = words.split_first().filter(|(first, _)| *first == "\\#") {
            return Tlsa::of_octets(line, &generic(rest)?);
        }
        let [usage, selector, matching, data @ ..] = words else {
            return Err("usage, selector, matching type and data are wanted".into());
        };
        let number = |word: &String| {
            word.parse::<u8>()
                .map_err(|_| format!("usage, selector and matching type are numbers up to 255, not `{word}`"))
        };
        let (usage, selector, matching) = (number(usage)?, number(selector)?, number(matching)?);
        let data = octets(&data.concat())?;
        if data.is_empty() {
            return Err("the data is empty".into());
        }
        Ok(Tlsa { line, usage, selector, matching, data })
    }

    fn of_octets(line: usize, octets: &[u8]) -> Result<Tlsa, String> {
        match octets {
            [usage, selector, matching, data @ ..] if !data.is_empty() => {
                Ok(Tlsa { line, usage: *usage, selector: *selector, matching: *matching, data: data.to_vec() })
            }
            _ => Err(format!("a TLSA record has at least 4 bytes, not {}", octets.len())),
        }
    }

    /// What it binds; `None` for a usage nobody has defined.
    pub fn usage(&self) -> Option<Usage> {
        match self.usage {
            0 => Some(Usage::AuthorityConstraint),
            1 => Some(Usage::ServerConstraint),
            2 => Some(Usage::TrustAnchor),
            3 => Some(Usage::Server),
            _ => None,
        }
    }

    /// Why no client can use it; `for_mail`: a client that speaks SMTP (RFC 7672 section 3.1.3).
    pub fn unusable(&self, for_mail: bool) -> Option<Unusable> {
        let length =
            |wanted| (self.data.len() != wanted).then_some(Unusable::Length { found: self.data.len(), wanted });
        match (self.usage, self.selector, self.matching) {
            (4.., _, _) => Some(Unusable::Usage(self.usage)),
            (_, 2.., _) => Some(Unusable::Selector(self.selector)),
            (_, _, 3..) => Some(Unusable::MatchingType(self.matching)),
            (0 | 1, _, _) if for_mail => Some(Unusable::NotForMail(self.usage)),
            (_, _, 1) => length(32),
            (_, _, 2) => length(64),
            (_, 0, 0) => Certificate::from_der(&self.data).err().map(|_| Unusable::NoCertificate),
            (_, 1, 0) => {
                let is_key = SubjectPublicKeyInfo::from_der(&self.data).is_ok_and(|(rest, _)| rest.is_empty());
                (!is_key).then_some(Unusable::NoKey)
            }
        }
    }

    /// The record stands for this certificate, or for its key.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        let subject = match self.selector {
            0 => certificate.der(),
            1 => certificate.public_key().spki(),
            _ => return false,
        };
        let digest = |algorithm| aws_lc_rs::digest::digest(algorithm, subject).as_ref() == self.data;
        match self.matching {
            0 => subject == self.data,
            1 => digest(&aws_lc_rs::digest::SHA256),
            2 => digest(&aws_lc_rs::digest::SHA512),
            _ => false,
        }
    }

    /// Clients that know the stronger digest of `other` leave this record out of account (RFC 7671 section 9).
    pub fn is_outranked_by(&self, other: &Tlsa) -> bool {
        (self.usage, self.selector) == (other.usage, other.selector) && (self.matching, other.matching) == (1, 2)
    }
}

/// The length in octets, and as many in hexadecimal.
fn generic(words: &[String]) -> Result<Vec<u8>, String> {
    let Some((length, data)) = words.split_first() else { return Err("a length is wanted behind `\\#`".into()) };
    let data = octets(&data.concat())?;
    match length.parse::<usize>() {
        Ok(length) if length == data.len() => Ok(data),
        Ok(length) => Err(format!("the data has {} bytes, and {length} are announced", data.len())),
        Err(_) => Err(format!("a length is wanted behind `\\#`, not `{length}`")),
    }
}

fn octets(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> = digits.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.ok_or("the data is no hexadecimal")?;
    match digits.len().is_multiple_of(2) {
        true => Ok(digits.chunks(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect()),
        false => Err("the data has an odd number of hexadecimal digits".into()),
    }
}

/// `3 1 1 0d6fce3f…`: the data cut to what an eye compares.
impl fmt::Display for Tlsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = hex(self.data.get(..8).unwrap_or(&self.data));
        let more = if self.data.len() > 8 { "…" } else { "" };
        write!(f, "{} {} {} {data}{more}", self.usage, self.selector, self.matching)
    }
}
