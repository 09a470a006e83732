//! PKCS#7 bags of certificates: SignedData without signers (RFC 5652 sections 3 and 5.1), as CAs send and Windows exports.

use super::ber::{self, BerError};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Encode, Header, Length, Reader, SliceReader, Tag, TagNumber, Tagged};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const CONTEXT_0: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };

/// Why some bytes are no bag of certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs7Error {
    #[error("not PKCS#7")]
    NotPkcs7,
    /// PKCS#7, but another kind of message. Holds its name, or its object identifier.
    #[error("PKCS#7 {0}, which carries no certificates")]
    OtherContent(String),
    #[error("malformed PKCS#7 at byte {offset}: {reason}")]
    Malformed { offset: usize, reason: String },
}

/// The certificates in the order of the file, each as DER. Reads BER too. The order is a set's, not the chain's; CRLs, signers
/// and attribute certificates are skipped.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Pkcs7Error> {
    let der = ber::to_der(bytes).map_err(|error| match error {
        BerError::Malformed { offset, .. } | BerError::TooDeep { offset } if has_type(bytes) => {
            Pkcs7Error::Malformed { offset, reason: error.to_string() }
        }
        _ => Pkcs7Error::NotPkcs7,
    })?;
    let info = content_info(&der).ok_or(Pkcs7Error::NotPkcs7)?;
    if info.kind != SIGNED_DATA {
        return Err(Pkcs7Error::OtherContent(content_name(info.kind)));
    }
    signed_data(info.content).map_err(|error| Pkcs7Error::Malformed {
        offset: error.position().and_then(|at| usize::try_from(at).ok()).unwrap_or(0),
        reason: error.kind().to_string(),
    })
}

/// A SignedData without signers that holds `certificates` in this order. DER would sort the set, yet every reader takes it
/// as it comes and shows it in file order, so the path order is worth more.
pub fn write(certificates: &[&[u8]]) -> Result<Vec<u8>, Pkcs7Error> {
    let build = || {
        let set = tlv(CONTEXT_0, certificates)?;
        let version = 1u8.to_der()?;
        let empty_set = tlv(Tag::Set, &[])?;
        let content = tlv(Tag::Sequence, &[&DATA.to_der()?])?;
        let signed = tlv(Tag::Sequence, &[&version, &empty_set, &content, &set, &empty_set])?;
        tlv(Tag::Sequence, &[&SIGNED_DATA.to_der()?, &tlv(CONTEXT_0, &[&signed])?])
    };
    build().map_err(|error: der::Error| Pkcs7Error::Malformed { offset: 0, reason: error.kind().to_string() })
}

fn tlv(tag: Tag, parts: &[&[u8]]) -> Result<Vec<u8>, der::Error> {
    let content = parts.concat();
    let mut bytes = Header::new(tag, Length::try_from(content.len())?).to_der()?;
    bytes.extend_from_slice(&content);
    Ok(bytes)
}

/// The object identifier of SignedData stands within the first header bytes.
fn has_type(bytes: &[u8]) -> bool {
    let identifier = SIGNED_DATA.as_bytes();
    bytes.iter().take(16).copied().collect::<Vec<_>>().windows(identifier.len()).any(|window| window == identifier)
}

struct ContentInfo<'a> {
    kind: ObjectIdentifier,
    content: &'a [u8],
}

fn content_info(der: &[u8]) -> Option<ContentInfo<'_>> {
    let outer = AnyRef::from_der(der).ok().filter(|any| any.tag() == Tag::Sequence)?;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    let kind = ObjectIdentifier::decode(&mut reader).ok()?;
    let explicit = AnyRef::decode(&mut reader).ok().filter(|any| any.tag() == CONTEXT_0)?;
    reader.is_finished().then(|| ContentInfo { kind, content: explicit.value() })
}

fn signed_data(content: &[u8]) -> Result<Vec<Vec<u8>>, der::Error> {
    let mut outer = SliceReader::new(content)?;
    let mut found = Vec::new();
    outer.sequence(|inner| {
        u8::decode(inner)?;
        let (algorithms, encapsulated) = (AnyRef::decode(inner)?, AnyRef::decode(inner)?);
        algorithms.tag().assert_eq(Tag::Set)?;
        encapsulated.tag().assert_eq(Tag::Sequence)?;
        while !inner.is_finished() {
            let field = AnyRef::decode(inner)?;
            if field.tag() == CONTEXT_0 {
                collect(field.value(), &mut found)?;
            }
        }
        Ok::<_, der::Error>(())
    })?;
    outer.finish()?;
    Ok(found)
}

/// CertificateChoices (RFC 5652 section 10.2.2): an untagged SEQUENCE is a certificate, everything tagged is obsolete or another thing.
fn collect(set: &[u8], found: &mut Vec<Vec<u8>>) -> Result<(), der::Error> {
    let mut reader = SliceReader::new(set)?;
    while !reader.is_finished() {
        let bytes = reader.tlv_bytes()?;
        if bytes.first() == Some(&0x30) {
            found.push(bytes.to_vec());
        }
    }
    Ok(())
}

/// Other contents (RFC 5652 section 14, RFC 2315).
fn content_name(kind: ObjectIdentifier) -> String {
    match kind.to_string().as_str() {
        "1.2.840.113549.1.7.1" => "data".into(),
        "1.2.840.113549.1.7.3" => "enveloped data".into(),
        "1.2.840.113549.1.7.4" => "signed and enveloped data".into(),
        "1.2.840.113549.1.7.5" => "digested data".into(),
        "1.2.840.113549.1.7.6" => "encrypted data".into(),
        other => format!("content of type {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_in_the_same_order() {
        let (one, two) = ([0x30, 0x03, 0x02, 0x01, 0x05], [0x30, 0x03, 0x02, 0x01, 0x01]);
        let bag = write(&[&one, &two, &one]).unwrap();
        assert_eq!(certificates(&bag).unwrap(), [one, two, one]);
        assert_eq!(certificates(&write(&[]).unwrap()).unwrap(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn every_cut_and_other_contents_are_errors() {
        let bag = write(&[&[0x30, 0x03, 0x02, 0x01, 0x05]]).unwrap();
        for cut in 0..bag.len() {
            assert_eq!(certificates(&bag[..cut]).unwrap_err(), Pkcs7Error::NotPkcs7, "{cut}");
        }
        let mut enveloped = bag.clone();
        let last_arc = enveloped.iter().position(|byte| *byte == 7).unwrap() + 1;
        enveloped[last_arc] = 3;
        assert_eq!(certificates(&enveloped).unwrap_err(), Pkcs7Error::OtherContent("enveloped data".into()));
    }

    #[test]
    fn damage_inside_is_told_apart_from_something_else() {
        let mut bag = write(&[&[0x30, 0x03, 0x02, 0x01, 0x05]]).unwrap();
        let at = bag.windows(2).position(|pair| pair == [0x31, 0x00]).unwrap();
        bag[at] = 0x30;
        assert!(matches!(certificates(&bag), Err(Pkcs7Error::Malformed { .. })));
    }
}
