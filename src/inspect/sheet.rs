//! What rules ask of a certificate more than once. `bundle::Sheet` holds the readings; this answers from them.

use crate::model::certificate::Certificate;
use crate::model::moment::Moment;
use crate::trust::asn1::{self, BIT_STRING, Element, INTEGER, Reader, SEQUENCE};
use crate::trust::extensions::{Extensions, Kind};
use crate::trust::general_name::GeneralName;
use crate::trust::presented::Presented;

use super::bundle::{Sheet, Standing};
use super::question::Question;

/// serverAuth (1.3.6.1.5.5.7.3.1), as encoded.
pub const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
/// clientAuth (1.3.6.1.5.5.7.3.2), as encoded.
pub const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
/// OCSPSigning (1.3.6.1.5.5.7.3.9), as encoded.
const OCSP_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 9];
/// anyExtendedKeyUsage (2.5.29.37.0), as encoded.
pub const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0];

/// Bits of keyUsage (RFC 5280 section 4.2.1.3), bit 0 in the lowest position.
pub mod usage {
    pub const DIGITAL_SIGNATURE: u16 = 1;
    pub const NON_REPUDIATION: u16 = 1 << 1;
    pub const KEY_ENCIPHERMENT: u16 = 1 << 2;
    pub const DATA_ENCIPHERMENT: u16 = 1 << 3;
    pub const KEY_AGREEMENT: u16 = 1 << 4;
    pub const KEY_CERT_SIGN: u16 = 1 << 5;
    pub const CRL_SIGN: u16 = 1 << 6;
}

/// The numbers of an RSA public key, big-endian, as encoded: a first octet above 7F is a negative number.
#[derive(Debug, Clone, Copy)]
pub struct RsaNumbers<'a> {
    pub modulus: &'a [u8],
    pub exponent: &'a [u8],
}

impl<'a> Sheet<'a> {
    pub fn certificate(&self) -> &'a Certificate {
        &self.member.found.certificate
    }

    /// What an operator would call it.
    pub fn name(&self) -> &'a str {
        self.member.name()
    }

    pub fn is_leaf(&self) -> bool {
        matches!(self.member.standing, Standing::Leaf | Standing::OtherLeaf)
    }

    /// It issues others: by its standing, or because it says so.
    pub fn is_authority(&self) -> bool {
        matches!(self.member.standing, Standing::Intermediate | Standing::Root) || self.certificate().is_ca()
    }

    /// The rules for subscriber certificates apply: it is no authority, or it claims to be one and is presented as a server's.
    /// A delegated OCSP responder has rules of its own, which are not judged here.
    pub fn is_end_entity(&self) -> bool {
        let is_responder = || self.has_purpose(OCSP_SIGNING) && !self.has_purpose(SERVER_AUTH);
        (!self.is_authority() && !is_responder()) || self.is_server_with_ca()
    }

    /// A leaf that says it is an authority, and has what only servers have: host names or a purpose of theirs. A lone certificate of
    /// a true authority has neither.
    pub fn is_server_with_ca(&self) -> bool {
        let extensions = self.extensions();
        let has_host_name = || self.names().iter().any(|name| matches!(name, GeneralName::Dns(_) | GeneralName::Ip(_)));
        let lacks_cert_sign = || extensions.key_usage.is_some_and(|bits| bits & usage::KEY_CERT_SIGN == 0);
        self.is_leaf()
            && self.certificate().is_ca()
            && (has_host_name() || (self.has_purpose(SERVER_AUTH) && lacks_cert_sign()))
    }

    /// Issuer and subject are the same name, as roots have it.
    pub fn is_self_issued(&self) -> bool {
        self.certificate().is_self_issued()
    }

    /// The strict reading of the extensions.
    pub fn extensions(&self) -> &Extensions {
        static NONE: std::sync::LazyLock<Extensions> = std::sync::LazyLock::new(Extensions::default);
        match (&self.member.link, &self.rescued) {
            (Ok(link), _) => link.extensions(),
            (Err(_), Some(extensions)) => extensions,
            (Err(_), None) => &NONE,
        }
    }

    /// The entries of subjectAltName.
    pub fn names(&self) -> &[GeneralName] {
        self.extensions().alt_names.as_deref().unwrap_or_default()
    }

    /// What it says it is for; with the common name where the ruleset lets that count.
    pub fn presented(&self, question: &Question) -> Presented {
        let common = self.certificate().subject().common_name().filter(|_| question.ruleset.common_name);
        Presented::new(self.names(), common.as_slice())
    }

    /// extKeyUsage is there and has this purpose.
    pub fn has_purpose(&self, purpose: &[u8]) -> bool {
        self.extensions().extended_key_usage.iter().flatten().any(|have| have == purpose)
    }

    /// Whether the extension is there, and critical.
    pub fn critical(&self, kind: Kind) -> Option<bool> {
        self.extensions().critical(kind)
    }

    pub fn not_before(&self) -> Moment {
        self.certificate().not_before()
    }

    pub fn not_after(&self) -> Moment {
        self.certificate().not_after()
    }

    /// `None` for a key of another kind.
    pub fn rsa(&self) -> Option<RsaNumbers<'_>> {
        // 1.2.840.113549.1.1.1 and .10, rsaEncryption and id-RSASSA-PSS
        let algorithm = self.x509.public_key().algorithm.algorithm.as_bytes();
        if !matches!(algorithm, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1 | 10]) {
            return None;
        }
        rsa_numbers(self.x509.public_key().raw)
    }
}

/// The numbers in the SubjectPublicKeyInfo of an RSA key; `None` when they are none.
pub fn rsa_numbers(spki: &[u8]) -> Option<RsaNumbers<'_>> {
    let mut key = Reader::new(asn1::only(spki, SEQUENCE, "").ok()?);
    key.element()?;
    let (0, bits) = key.expect(BIT_STRING, "").ok()?.content.split_first()? else { return None };
    let mut numbers = Reader::new(asn1::only(bits, SEQUENCE, "").ok()?);
    let modulus = numbers.expect(INTEGER, "").ok()?.content;
    let exponent = numbers.expect(INTEGER, "").ok()?.content;
    Some(RsaNumbers { modulus, exponent })
}

/// notBefore and notAfter of a certificate as encoded.
pub(super) fn validity_as_encoded(der: &[u8]) -> Option<[Element<'_>; 2]> {
    let mut outer = Reader::new(asn1::only(der, SEQUENCE, "").ok()?);
    let mut fields = Reader::new(outer.expect(SEQUENCE, "").ok()?.content);
    fields.optional(asn1::constructed(0));
    // serial number, signature algorithm, issuer
    for _ in 0..3 {
        fields.element()?;
    }
    let mut times = Reader::new(fields.expect(SEQUENCE, "").ok()?.content);
    Some([times.element()?, times.element()?])
}

/// The extensions of a TBSCertificate of which other fields cannot be read strictly; `None` when that holds for them too.
pub(super) fn extensions(tbs: &[u8]) -> Option<Extensions> {
    let mut fields = Reader::new(asn1::only(tbs, SEQUENCE, "").ok()?);
    while let Some(field) = fields.element() {
        if field.tag == asn1::constructed(3) {
            return Extensions::read(asn1::only(field.content, SEQUENCE, "").ok()?).ok();
        }
    }
    fields.is_empty().then(Extensions::default)
}
