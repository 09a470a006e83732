//! A certificate as a link of a path: everything path validation asks of it, read once from its DER.

use std::sync::Arc;

use crate::model::public_key::PublicKey;

use super::asn1::{self, BIT_STRING, INTEGER, Malformed, Reader, SEQUENCE};
use super::distinguished::FoldedName;
use super::extensions::Extensions;

/// A certificate (RFC 5280 section 4.1). Cloning is cheap; two are equal when their DER is.
///
/// Reading fails only where the frame is broken. An extension that cannot be read is remembered in `extensions`, because it
/// matters only if a path goes through this certificate.
#[derive(Debug, Clone)]
pub struct Link(Arc<Fields>);

#[derive(Debug)]
struct Fields {
    der: Vec<u8>,
    tbs: Span,
    signature_algorithm: Span,
    signature: Span,
    algorithms_agree: bool,
    version: u32,
    serial: Span,
    issuer: Span,
    subject: Span,
    issuer_folded: FoldedName,
    subject_folded: FoldedName,
    not_before: i64,
    not_after: i64,
    public_key: PublicKey,
    extensions: Extensions,
}

/// A part of the DER.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// Where `part`, which was read from `whole`, lies in it.
    fn of(whole: &[u8], part: &[u8]) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        Span { start, end: start + part.len() }
    }
}

impl PartialEq for Link {
    fn eq(&self, other: &Link) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for Link {}

impl Link {
    /// Reads one DER certificate that fills `der`.
    pub fn from_der(der: Vec<u8>) -> Result<Link, Malformed> {
        read(&der).map(|fields| Link(Arc::new(Fields { der, ..fields })))
    }

    fn part(&self, span: Span) -> &[u8] {
        self.0.der.get(span.start..span.end).unwrap_or_default()
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The signed bytes.
    pub fn tbs(&self) -> &[u8] {
        self.part(self.0.tbs)
    }

    /// The outer AlgorithmIdentifier.
    pub fn signature_algorithm(&self) -> &[u8] {
        self.part(self.0.signature_algorithm)
    }

    pub fn signature(&self) -> &[u8] {
        self.part(self.0.signature)
    }

    /// The AlgorithmIdentifiers inside and outside the signature are the same (RFC 5280 section 4.1.1.2).
    pub fn algorithms_agree(&self) -> bool {
        self.0.algorithms_agree
    }

    /// 1, 2 or 3, or whatever else it says.
    pub fn version(&self) -> u32 {
        self.0.version
    }

    /// The content of the INTEGER, as encoded.
    pub fn serial(&self) -> &[u8] {
        self.part(self.0.serial)
    }

    /// A whole Name.
    pub fn issuer(&self) -> &[u8] {
        self.part(self.0.issuer)
    }

    /// A whole Name.
    pub fn subject(&self) -> &[u8] {
        self.part(self.0.subject)
    }

    pub fn issuer_folded(&self) -> &FoldedName {
        &self.0.issuer_folded
    }

    pub fn subject_folded(&self) -> &FoldedName {
        &self.0.subject_folded
    }

    /// Seconds since 1970.
    pub fn not_before(&self) -> i64 {
        self.0.not_before
    }

    /// Seconds since 1970; the certificate is still valid in that second (RFC 5280 section 4.1.2.5).
    pub fn not_after(&self) -> i64 {
        self.0.not_after
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Subject and issuer are the same name. Says nothing about the signature.
    pub fn is_self_issued(&self) -> bool {
        self.0.subject_folded == self.0.issuer_folded
    }

    pub fn is_ca(&self) -> bool {
        self.0.extensions.basic_constraints.is_some_and(|constraints| constraints.ca)
    }

    /// The same entity under the same key and names: going through both in one path is a loop (RFC 4158 section 5.2).
    pub fn is_same_entity(&self, other: &Link) -> bool {
        self.0.public_key == other.0.public_key
            && self.0.subject_folded == other.0.subject_folded
            && self.0.extensions.alt_names == other.0.extensions.alt_names
    }

    /// The values of all attributes of one type in the subject, as far as they are text; `oid` without tag and length.
    pub fn subject_values(&self, oid: &[u8]) -> Vec<String> {
        let mut values = Vec::new();
        let Ok(sets) = asn1::only(self.subject(), SEQUENCE, "subject") else { return values };
        for set in Reader::new(sets).all(asn1::SET, "subject").unwrap_or_default() {
            for pair in Reader::new(set.content).all(SEQUENCE, "subject").unwrap_or_default() {
                let mut pair = Reader::new(pair.content);
                if pair.element().is_some_and(|kind| kind.content == oid) {
                    values.extend(pair.element().map(|value| String::from_utf8_lossy(value.content).into_owned()));
                }
            }
        }
        values
    }
}

fn read(der: &[u8]) -> Result<Fields, Malformed> {
    let mut outer = Reader::new(asn1::only(der, SEQUENCE, "the certificate")?);
    let tbs = outer.expect(SEQUENCE, "the certificate")?;
    let signature_algorithm = outer.expect(SEQUENCE, "the signature algorithm")?;
    let signature = asn1::signature(outer.expect(BIT_STRING, "the signature")?.content)?;
    outer.finish("the certificate")?;

    let mut fields = Reader::new(tbs.content);
    let version = match fields.optional(asn1::constructed(0)) {
        Some(tagged) => {
            asn1::unsigned(asn1::only(tagged.content, INTEGER, "the version")?, "the version")?.saturating_add(1)
        }
        None => 1,
    };
    let serial = fields.expect(INTEGER, "the serial number")?;
    if serial.content.is_empty() {
        return Err(Malformed("the serial number"));
    }
    let inner_algorithm = fields.expect(SEQUENCE, "the signature algorithm")?;
    let issuer = fields.expect(SEQUENCE, "the issuer")?;
    let (not_before, not_after) = validity(fields.expect(SEQUENCE, "the validity")?.content)?;
    let subject = fields.expect(SEQUENCE, "the subject")?;
    let key = fields.expect(SEQUENCE, "the public key")?;
    // issuerUniqueID and subjectUniqueID: nobody uses them, and they do not count for name chaining.
    fields.optional(asn1::primitive(1));
    fields.optional(asn1::primitive(2));
    let extensions = match fields.optional(asn1::constructed(3)) {
        Some(tagged) => Extensions::read(asn1::only(tagged.content, SEQUENCE, "the extensions")?)?,
        None => Extensions::default(),
    };
    fields.finish("the certificate")?;

    Ok(Fields {
        der: Vec::new(),
        tbs: Span::of(der, tbs.whole),
        signature_algorithm: Span::of(der, signature_algorithm.whole),
        signature: Span::of(der, signature),
        algorithms_agree: inner_algorithm.whole == signature_algorithm.whole,
        version,
        serial: Span::of(der, serial.content),
        issuer: Span::of(der, issuer.whole),
        subject: Span::of(der, subject.whole),
        issuer_folded: FoldedName::read(issuer.content).map_err(|_| Malformed("the issuer"))?,
        subject_folded: FoldedName::read(subject.content).map_err(|_| Malformed("the subject"))?,
        not_before,
        not_after,
        public_key: PublicKey::from_spki(key.whole).ok_or(Malformed("the public key"))?,
        extensions,
    })
}

fn validity(content: &[u8]) -> Result<(i64, i64), Malformed> {
    const FIELD: &str = "the validity";
    let mut times = Reader::new(content);
    let mut next = || asn1::time(times.element().ok_or(Malformed(FIELD))?, FIELD);
    let bounds = (next()?, next()?);
    times.finish(FIELD)?;
    Ok(bounds)
}
