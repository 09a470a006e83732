//! Certificates (RFC 5280), read once and kept with what every part of the program asks of them.

use std::net::IpAddr;
use std::sync::Arc;

use time::Duration;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Version;

use super::certificate_field;
use super::distinguished_name::DistinguishedName;
use super::fingerprint::{Fingerprint, hex};
use super::moment::Moment;
use super::public_key::{KeyKind, PublicKey};
use super::signature::SignatureStatus;

/// Some bytes are no certificate. The reason names the field where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate: {0}")]
pub struct CertificateError(pub String);

/// A certificate. Cloning is cheap; two are equal when their DER is.
#[derive(Debug, Clone)]
pub struct Certificate(Arc<Fields>);

#[derive(Debug)]
struct Fields {
    der: Vec<u8>,
    sha256: Fingerprint,
    subject: DistinguishedName,
    issuer: DistinguishedName,
    serial: String,
    not_before: Moment,
    not_after: Moment,
    public_key: PublicKey,
    names: Vec<SubjectAltName>,
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<Vec<&'static str>>,
    extended_key_usage: Option<Vec<String>>,
    subject_key_id: Option<String>,
    authority_key_id: Option<String>,
    signature_algorithm: String,
    version: u32,
}

/// The basicConstraints extension (RFC 5280 section 4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    pub ca: bool,
    pub path_len: Option<u32>,
}

/// One entry of the subjectAltName extension (RFC 5280 section 4.2.1.6).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SubjectAltName {
    Dns(String),
    Ip(IpAddr),
    Email(String),
    Uri(String),
    /// directoryName, otherName, registeredID and malformed entries, as text for people.
    Other(String),
}

impl std::fmt::Display for SubjectAltName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SubjectAltName::Dns(name) => write!(f, "DNS:{name}"),
            SubjectAltName::Ip(address) => write!(f, "IP:{address}"),
            SubjectAltName::Email(address) => write!(f, "email:{address}"),
            SubjectAltName::Uri(uri) => write!(f, "URI:{uri}"),
            SubjectAltName::Other(text) => f.write_str(text),
        }
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Certificate) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one DER certificate that fills the whole slice.
    pub fn from_der(der: &[u8]) -> Result<Certificate, CertificateError> {
        let (rest, parsed) =
            X509Certificate::from_der(der).map_err(|_| CertificateError(certificate_field::unreadable(der)))?;
        if !rest.is_empty() {
            return Err(CertificateError(format!("{} bytes follow the end of the certificate", rest.len())));
        }
        read(der, &parsed).map(|fields| Certificate(Arc::new(fields)))
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub fn sha256(&self) -> Fingerprint {
        self.0.sha256
    }

    pub fn subject(&self) -> &DistinguishedName {
        &self.0.subject
    }

    pub fn issuer(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// Lower-case hexadecimal, as encoded, without separators.
    pub fn serial(&self) -> &str {
        &self.0.serial
    }

    pub fn not_before(&self) -> Moment {
        self.0.not_before
    }

    /// The last second at which it is valid (RFC 5280 section 4.1.2.5: inclusive).
    pub fn not_after(&self) -> Moment {
        self.0.not_after
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// The subjectAltName entries in their order; empty without the extension.
    pub fn subject_alt_names(&self) -> &[SubjectAltName] {
        &self.0.names
    }

    /// The dNSName entries in their order.
    pub fn dns_names(&self) -> impl Iterator<Item = &str> {
        self.0.names.iter().filter_map(|name| match name {
            SubjectAltName::Dns(name) => Some(name.as_str()),
            _ => None,
        })
    }

    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.0.basic_constraints
    }

    /// True when basicConstraints says so; a version 1 certificate that issued itself counts as one, as roots of the nineties do.
    pub fn is_ca(&self) -> bool {
        match self.0.basic_constraints {
            Some(constraints) => constraints.ca,
            None => self.0.version == 1 && self.is_self_issued(),
        }
    }

    /// Names of the bits (RFC 5280 section 4.2.1.3), such as `digitalSignature`; `None` without the extension.
    pub fn key_usage(&self) -> Option<&[&'static str]> {
        self.0.key_usage.as_deref()
    }

    /// `serverAuth`, `clientAuth` ..., dotted where unknown (RFC 5280 section 4.2.1.12); `None` without the extension.
    pub fn extended_key_usage(&self) -> Option<&[String]> {
        self.0.extended_key_usage.as_deref()
    }

    /// Lower-case hexadecimal.
    pub fn subject_key_id(&self) -> Option<&str> {
        self.0.subject_key_id.as_deref()
    }

    /// The keyIdentifier field, lower-case hexadecimal.
    pub fn authority_key_id(&self) -> Option<&str> {
        self.0.authority_key_id.as_deref()
    }

    /// `ecdsa-with-SHA256`, `sha256WithRSAEncryption` ...; dotted where unknown.
    pub fn signature_algorithm(&self) -> &str {
        &self.0.signature_algorithm
    }

    /// 1, 2 or 3.
    pub fn version(&self) -> u32 {
        self.0.version
    }

    /// Subject and issuer are the same name. Says nothing about the signature.
    pub fn is_self_issued(&self) -> bool {
        self.0.subject.der() == self.0.issuer.der()
    }

    /// Its own key made its signature. Where that cannot be checked, the names and key identifiers say so.
    pub fn is_self_signed(&self) -> bool {
        self.is_self_issued() && self.may_be_issued_by(self) && !self.signature_status(self).is_bad()
    }

    /// The issuer's name is this one's issuer name, the key identifiers do not contradict, and the issuer's key did not fail to
    /// verify the signature. Says nothing about dates or whether the issuer is allowed to issue.
    pub fn is_issued_by(&self, issuer: &Certificate) -> bool {
        self.may_be_issued_by(issuer) && !self.signature_status(issuer).is_bad()
    }

    /// What `is_issued_by` can tell without checking a signature.
    pub fn may_be_issued_by(&self, issuer: &Certificate) -> bool {
        let ids_agree = match (self.authority_key_id(), issuer.subject_key_id()) {
            (Some(authority), Some(subject)) => authority == subject,
            _ => true,
        };
        ids_agree && self.0.issuer.der() == issuer.0.subject.der()
    }

    /// Whether the key of `issuer` made the signature, as far as that can be checked. Says nothing about names.
    pub fn signature_status(&self, issuer: &Certificate) -> SignatureStatus {
        super::signature::status(issuer.public_key(), &self.0.der)
    }

    pub fn is_valid_at(&self, moment: Moment) -> bool {
        self.not_before() <= moment && moment <= self.not_after()
    }

    /// It is valid, and so near its end that it should be renewed now: less than two weeks, which a renewal by hand takes with a
    /// holiday in between, or less than the last third of a short life.
    pub fn expires_soon_at(&self, moment: Moment) -> bool {
        let notice = Duration::days(14).min((self.not_after() - self.not_before()) / 3);
        self.is_valid_at(moment) && self.not_after() - moment < notice
    }

    /// What a person would call it: the common name, else the first dNSName, else the subject; of a very long name its beginning.
    pub fn display_name(&self) -> &str {
        let (common_name, dns_name) = (self.0.subject.common_name(), self.dns_names().next());
        match (common_name, dns_name) {
            // A host name has 253 characters at most.
            (None, Some(name)) => name.get(..name.floor_char_boundary(253)).unwrap_or(name),
            _ => self.0.subject.short(),
        }
    }

    pub fn key_kind(&self) -> &KeyKind {
        self.0.public_key.kind()
    }
}

fn read(der: &[u8], parsed: &X509Certificate<'_>) -> Result<Fields, CertificateError> {
    let public_key = PublicKey::from_spki(parsed.public_key().raw)
        .ok_or_else(|| CertificateError("its public key cannot be read".into()))?;
    let mut fields = Fields {
        der: der.to_vec(),
        sha256: Fingerprint::of(der),
        subject: DistinguishedName::read(parsed.subject()),
        issuer: DistinguishedName::read(parsed.issuer()),
        serial: hex(parsed.raw_serial()),
        not_before: parsed.validity().not_before.to_datetime(),
        not_after: parsed.validity().not_after.to_datetime(),
        public_key,
        names: Vec::new(),
        basic_constraints: None,
        key_usage: None,
        extended_key_usage: None,
        subject_key_id: None,
        authority_key_id: None,
        signature_algorithm: super::signature::algorithm_name(&parsed.signature_algorithm.algorithm.to_id_string()),
        version: match parsed.version() {
            X509Version(number) => number + 1,
        },
    };
    for extension in parsed.extensions() {
        read_extension(&mut fields, extension.parsed_extension());
    }
    Ok(fields)
}

fn read_extension(fields: &mut Fields, extension: &ParsedExtension<'_>) {
    match extension {
        ParsedExtension::SubjectAlternativeName(names) => {
            fields.names = names.general_names.iter().map(alt_name).collect()
        }
        ParsedExtension::BasicConstraints(constraints) => {
            fields.basic_constraints =
                Some(BasicConstraints { ca: constraints.ca, path_len: constraints.path_len_constraint });
        }
        ParsedExtension::KeyUsage(usage) => fields.key_usage = Some(key_usage_names(usage.flags)),
        ParsedExtension::ExtendedKeyUsage(usage) => {
            fields.extended_key_usage = Some(super::usage::extended_names(usage))
        }
        ParsedExtension::SubjectKeyIdentifier(id) => fields.subject_key_id = Some(hex(id.0)),
        ParsedExtension::AuthorityKeyIdentifier(id) => {
            fields.authority_key_id = id.key_identifier.as_ref().map(|id| hex(id.0))
        }
        _ => {}
    }
}

/// In the order of the bits (RFC 5280 section 4.2.1.3).
pub(super) fn key_usage_names(flags: u16) -> Vec<&'static str> {
    const BITS: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    BITS.into_iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, name)| name).collect()
}

/// One GeneralName as this program keeps it.
pub(super) fn alt_name(name: &GeneralName<'_>) -> SubjectAltName {
    match name {
        GeneralName::DNSName(name) => SubjectAltName::Dns((*name).to_owned()),
        GeneralName::RFC822Name(address) => SubjectAltName::Email((*address).to_owned()),
        GeneralName::URI(uri) => SubjectAltName::Uri((*uri).to_owned()),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(v4), _) => SubjectAltName::Ip(IpAddr::from(v4)),
            (_, Ok(v6)) => SubjectAltName::Ip(IpAddr::from(v6)),
            _ => SubjectAltName::Other(format!("malformed IP address of {} bytes", bytes.len())),
        },
        GeneralName::DirectoryName(name) => {
            SubjectAltName::Other(format!("directory name {}", DistinguishedName::read(name)))
        }
        GeneralName::RegisteredID(oid) => SubjectAltName::Other(format!("registered id {}", oid.to_id_string())),
        GeneralName::OtherName(oid, _) => SubjectAltName::Other(format!("other name {}", oid.to_id_string())),
        _ => SubjectAltName::Other("name of an unusual kind".into()),
    }
}
