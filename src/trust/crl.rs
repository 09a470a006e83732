//! Certificate revocation lists (RFC 5280 section 5).

use std::sync::Arc;

use super::asn1::{self, BIT_STRING, ENUMERATED, INTEGER, Malformed, Reader, SEQUENCE, constructed, primitive};
use super::distinguished::FoldedName;
use super::extensions::{AuthorityKeyId, PointName, authority_key_id, frame, point_name};
use super::general_name::GeneralName;

/// A CRL, complete or delta. Cloning is cheap. Entries are read when one is looked up.
#[derive(Debug, Clone)]
pub struct Crl(Arc<Fields>);

#[derive(Debug, Default)]
struct Fields {
    tbs: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    issuer: FoldedName,
    this_update: i64,
    next_update: Option<i64>,
    entries: Vec<u8>,
    extensions: CrlExtensions,
}

/// What the extensions of a CRL say (RFC 5280 section 5.2).
#[derive(Debug, Default)]
pub struct CrlExtensions {
    /// Big-endian, without leading zeros, and whether it is critical.
    pub number: Option<(Vec<u8>, bool)>,
    /// BaseCRLNumber: this is a delta CRL.
    pub delta_base: Option<Vec<u8>>,
    pub issuing_point: Option<IssuingPoint>,
    pub authority_key_id: Option<AuthorityKeyId>,
    pub unknown_critical: bool,
}

/// RFC 5280 section 5.2.5.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuingPoint {
    pub name: Option<PointName>,
    pub only_user_certificates: bool,
    pub only_ca_certificates: bool,
    /// Bit 0 is "unused".
    pub only_reasons: Option<u16>,
    pub indirect: bool,
    pub only_attribute_certificates: bool,
}

/// One revoked certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Seconds since 1970.
    pub at: i64,
    /// CRLReason; 0 where none is given.
    pub code: u8,
}

/// reasonCode removeFromCRL, which only delta CRLs have.
pub const REMOVED: u8 = 8;

impl Crl {
    /// Reads one DER CRL that fills `der`.
    pub fn from_der(der: &[u8]) -> Result<Crl, Malformed> {
        const FIELD: &str = "the CRL";
        let mut outer = Reader::new(asn1::only(der, SEQUENCE, FIELD)?);
        let tbs = outer.expect(SEQUENCE, FIELD)?;
        let algorithm = outer.expect(SEQUENCE, "the signature algorithm")?;
        let signature = asn1::signature(outer.expect(BIT_STRING, "the signature")?.content)?;
        outer.finish(FIELD)?;

        let mut fields = Reader::new(tbs.content);
        fields.optional(INTEGER);
        let inner_algorithm = fields.expect(SEQUENCE, "the signature algorithm")?;
        if inner_algorithm.whole != algorithm.whole {
            return Err(Malformed("the signature algorithm"));
        }
        let issuer = FoldedName::read(fields.expect(SEQUENCE, "the issuer")?.content)?;
        let this_update = asn1::time(fields.element().ok_or(Malformed("thisUpdate"))?, "thisUpdate")?;
        let next_update = match fields.peek() {
            Some(asn1::UTC_TIME | asn1::GENERALIZED_TIME) => {
                fields.element().map(|time| asn1::time(time, "nextUpdate"))
            }
            _ => None,
        };
        let entries = fields.optional(SEQUENCE).map(|list| list.content.to_vec()).unwrap_or_default();
        let extensions = match fields.optional(constructed(0)) {
            Some(tagged) => extensions(asn1::only(tagged.content, SEQUENCE, FIELD)?)?,
            None => CrlExtensions::default(),
        };
        fields.finish(FIELD)?;
        Ok(Crl(Arc::new(Fields {
            tbs: tbs.whole.to_vec(),
            algorithm: algorithm.whole.to_vec(),
            signature: signature.to_vec(),
            issuer,
            this_update,
            next_update: next_update.transpose()?,
            entries,
            extensions,
        })))
    }

    /// The outer AlgorithmIdentifier.
    pub fn signature_algorithm(&self) -> &[u8] {
        &self.0.algorithm
    }

    pub fn issuer(&self) -> &FoldedName {
        &self.0.issuer
    }

    /// Seconds since 1970.
    pub fn this_update(&self) -> i64 {
        self.0.this_update
    }

    pub fn next_update(&self) -> Option<i64> {
        self.0.next_update
    }

    pub fn extensions(&self) -> &CrlExtensions {
        &self.0.extensions
    }

    /// The signed bytes, the AlgorithmIdentifier and the signature.
    pub fn signed(&self) -> (&[u8], &[u8], &[u8]) {
        (&self.0.tbs, &self.0.algorithm, &self.0.signature)
    }

    /// The entry for a certificate, if there is one. Fails when any entry has a critical extension that is not understood:
    /// such a CRL must not be used (section 5.3).
    pub fn find(&self, issuer: &FoldedName, serial: &[u8]) -> Result<Option<Entry>, Malformed> {
        const FIELD: &str = "a CRL entry";
        let mut found = None;
        // In an indirect CRL an entry belongs to the certificate issuer named last (section 5.3.3).
        let mut belongs_to = self.0.issuer == *issuer;
        let mut entries = Reader::new(&self.0.entries);
        while !entries.is_empty() {
            let mut parts = Reader::new(entries.expect(SEQUENCE, FIELD)?.content);
            let number = parts.expect(INTEGER, FIELD)?;
            let at = asn1::time(parts.element().ok_or(Malformed(FIELD))?, FIELD)?;
            let mut code = 0;
            if let Some(list) = parts.optional(SEQUENCE) {
                for extension in Reader::new(list.content).all(SEQUENCE, FIELD)? {
                    let (oid, critical, value) = frame(extension.content)?;
                    match oid {
                        [0x55, 0x1d, 21] => code = asn1::only(value, ENUMERATED, FIELD)?.first().copied().unwrap_or(0),
                        [0x55, 0x1d, 29] => belongs_to = names(asn1::only(value, SEQUENCE, FIELD)?, issuer)?,
                        // invalidityDate
                        [0x55, 0x1d, 24] => {}
                        _ if critical => return Err(Malformed(FIELD)),
                        _ => {}
                    }
                }
            }
            if belongs_to && number.content == serial && found.is_none() {
                found = Some(Entry { at, code });
            }
        }
        Ok(found)
    }
}

/// Whether these GeneralNames hold the directory name.
fn names(content: &[u8], wanted: &FoldedName) -> Result<bool, Malformed> {
    let names = GeneralName::read_all(content)?;
    Ok(names.iter().any(|name| matches!(name, GeneralName::Directory(name) if name == wanted)))
}

fn extensions(content: &[u8]) -> Result<CrlExtensions, Malformed> {
    const FIELD: &str = "the extensions of the CRL";
    let mut extensions = CrlExtensions::default();
    for element in Reader::new(content).all(SEQUENCE, FIELD)? {
        let (oid, critical, value) = frame(element.content)?;
        match oid {
            [0x55, 0x1d, 20] => extensions.number = Some((number(value)?, critical)),
            [0x55, 0x1d, 27] => extensions.delta_base = Some(number(value)?),
            [0x55, 0x1d, 28] => extensions.issuing_point = Some(issuing_point(asn1::only(value, SEQUENCE, FIELD)?)?),
            [0x55, 0x1d, 35] => {
                extensions.authority_key_id = Some(authority_key_id(asn1::only(value, SEQUENCE, FIELD)?)?);
            }
            _ => extensions.unknown_critical |= critical,
        }
    }
    Ok(extensions)
}

fn number(value: &[u8]) -> Result<Vec<u8>, Malformed> {
    let content = asn1::only(value, INTEGER, "the number of the CRL")?;
    Ok(content.iter().copied().skip_while(|octet| *octet == 0).collect())
}

/// Whether one CRL number is greater than or equal to another; both without leading zeros.
pub fn reaches(number: &[u8], base: &[u8]) -> bool {
    (number.len(), number) >= (base.len(), base)
}

fn issuing_point(content: &[u8]) -> Result<IssuingPoint, Malformed> {
    const FIELD: &str = "issuingDistributionPoint";
    let mut parts = Reader::new(content);
    let name = parts.optional(constructed(0)).map(|name| point_name(name.content)).transpose()?;
    let flag = |parts: &mut Reader<'_>, number| match parts.optional(primitive(number)) {
        Some(value) => asn1::boolean(value.content, FIELD),
        None => Ok(false),
    };
    let only_user_certificates = flag(&mut parts, 1)?;
    let only_ca_certificates = flag(&mut parts, 2)?;
    let only_reasons = parts.optional(primitive(3)).map(|bits| asn1::named_bits(bits.content, FIELD)).transpose()?;
    let indirect = flag(&mut parts, 4)?;
    let only_attribute_certificates = flag(&mut parts, 5)?;
    parts.finish(FIELD)?;
    Ok(IssuingPoint {
        name,
        only_user_certificates,
        only_ca_certificates,
        only_reasons,
        indirect,
        only_attribute_certificates,
    })
}
