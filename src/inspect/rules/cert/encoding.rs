//! What in the bytes of a certificate is no DER (X.690 sections 8, 10 and 11), or has parameters where its algorithm has none.

use crate::trust::asn1::{self, BIT_STRING, BOOLEAN, Element, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};

const NULL: u8 = 0x05;
const UTF8_STRING: u8 = 0x0c;
const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// A certificate nests about ten deep; names in constraints a few more.
const DEEPEST: usize = 40;

/// Something that is not as it must be, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub what: &'static str,
    /// Bytes from the start of the certificate.
    pub offset: usize,
    /// Readers differ about it, but most do not look.
    pub is_mild: bool,
}

/// The first fault of a certificate, those that matter before the mild ones.
pub(super) fn fault(der: &[u8]) -> Option<Fault> {
    let mut walk = Walk { der, worst: None };
    walk.elements(der, 0);
    walk.certificate();
    walk.worst
}

struct Walk<'a> {
    der: &'a [u8],
    worst: Option<Fault>,
}

impl Walk<'_> {
    fn found(&mut self, what: &'static str, part: &[u8], is_mild: bool) {
        if self.worst.as_ref().is_none_or(|worst| worst.is_mild && !is_mild) {
            let offset = (part.as_ptr() as usize).saturating_sub(self.der.as_ptr() as usize);
            self.worst = Some(Fault { what, offset, is_mild });
        }
    }

    fn elements(&mut self, bytes: &[u8], depth: usize) {
        let mut reader = Reader::new(bytes);
        while !reader.is_empty() {
            match reader.element() {
                None => return self.found("has an element whose tag or length is no DER", bytes, false),
                Some(element) if element.tag & 0x20 == 0 => self.primitive(element),
                Some(element) if depth < DEEPEST => self.elements(element.content, depth + 1),
                Some(element) => return self.found("is nested too deep", element.whole, false),
            }
        }
    }

    fn primitive(&mut self, element: Element<'_>) {
        let content = element.content;
        let text = |allowed: fn(u8) -> bool| content.iter().all(|octet| allowed(*octet));
        let (is_sound, what, is_mild) = match element.tag {
            BOOLEAN => (matches!(content, [0x00 | 0xff]), "has a BOOLEAN that is neither 00 nor FF", false),
            INTEGER => (is_minimal(content), "has an INTEGER with octets that it does not need", false),
            BIT_STRING => (has_clear_padding(content), "has a BIT STRING whose unused bits are wrong", false),
            OID => (is_object_identifier(content), "has a broken OBJECT IDENTIFIER", false),
            NULL => (content.is_empty(), "has a NULL with content", false),
            UTF8_STRING => (std::str::from_utf8(content).is_ok(), "has a UTF8String that is no UTF-8", false),
            NUMERIC_STRING => (
                text(|octet| octet.is_ascii_digit() || octet == b' '),
                "has a NumericString with other than digits",
                true,
            ),
            PRINTABLE_STRING => {
                (text(is_printable), "has a PrintableString with a character that is not allowed", true)
            }
            IA5_STRING => (content.is_ascii(), "has an IA5String that is not ASCII", false),
            _ => return,
        };
        if !is_sound {
            self.found(what, element.whole, is_mild);
        }
    }

    /// The parts of a certificate that have rules beyond those of DER.
    fn certificate(&mut self) -> Option<()> {
        let mut outer = Reader::new(asn1::only(self.der, SEQUENCE, "").ok()?);
        let (tbs, algorithm) = (outer.element()?, outer.element()?);
        self.signature_algorithm(algorithm);
        let mut fields = Reader::new(tbs.content);
        fields.optional(asn1::constructed(0));
        fields.element()?;
        self.signature_algorithm(fields.element()?);
        for _ in 0..3 {
            fields.element()?;
        }
        self.public_key(fields.element()?);
        while let Some(field) = fields.element() {
            if field.tag == asn1::constructed(3) {
                self.extensions(asn1::only(field.content, SEQUENCE, "").ok()?);
            }
        }
        Some(())
    }

    fn signature_algorithm(&mut self, algorithm: Element<'_>) {
        let mut parts = Reader::new(algorithm.content);
        let Some(oid) = parts.element() else { return };
        let parameters = parts.element();
        match oid.content {
            // RSA with PKCS #1 (RFC 4055 section 5): NULL
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2..=5 | 11..=14] => {
                if parameters.is_none_or(|parameters| parameters.whole != [NULL, 0]) {
                    self.found("has an RSA signature algorithm without NULL parameters", algorithm.whole, false);
                }
            }
            // ECDSA (RFC 5758 section 3.2), Edwards curves (RFC 8410 section 3): absent
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, ..] | [0x2b, 0x65, 112 | 113] => {
                if parameters.is_some() {
                    self.found(
                        "has a signature algorithm with parameters, which it must not have",
                        algorithm.whole,
                        false,
                    );
                }
            }
            oid if ml_dsa_key(oid).is_some() && parameters.is_some() => {
                self.found("has a signature algorithm with parameters, which it must not have", algorithm.whole, false);
            }
            _ => {}
        }
    }

    fn public_key(&mut self, key: Element<'_>) -> Option<()> {
        let mut parts = Reader::new(key.content);
        let (algorithm, bits) = (parts.element()?, parts.element()?);
        let mut algorithm = Reader::new(algorithm.content);
        let (oid, parameters) = (algorithm.element()?, algorithm.element());
        match oid.content {
            // rsaEncryption (RFC 3279 section 2.3.1)
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]
                if parameters.is_none_or(|parameters| parameters.whole != [NULL, 0]) =>
            {
                self.found("has an RSA key without NULL parameters", key.whole, false);
            }
            [0x2b, 0x65, 110..=113] if parameters.is_some() => {
                self.found("has a public key with parameters, which its algorithm must not have", key.whole, false);
            }
            oid => {
                // One octet counts the unused bits.
                if ml_dsa_key(oid).is_some_and(|length| bits.content.len() != length + 1 || parameters.is_some()) {
                    self.found("has an ML-DSA key of a wrong length, or with parameters", key.whole, false);
                }
            }
        }
        Some(())
    }

    fn extensions(&mut self, content: &[u8]) {
        let mut list = Reader::new(content);
        while let Some(extension) = list.element() {
            let mut parts = Reader::new(extension.content);
            let Some(oid) = parts.element() else { continue };
            parts.optional(BOOLEAN);
            let Some(value) = parts.optional(OCTET_STRING) else { continue };
            // Those of RFC 5280; nobody knows what others hold.
            if let [0x55, 0x1d, number] = oid.content {
                self.elements(value.content, 0);
                self.value(*number, value.content);
            }
        }
    }

    fn value(&mut self, extension: u8, value: &[u8]) {
        let trailing = |content: &[u8]| match content {
            // No bit at all has a rule of its own.
            [_] | [] => false,
            [unused, octets @ ..] => {
                octets.last().is_some_and(|last| *unused < 8 && last >> unused & 1 == 0)
                    && octets.iter().any(|octet| *octet != 0)
            }
        };
        let mut reader = Reader::new(value);
        let Some(element) = reader.element() else { return };
        if !reader.is_empty() {
            self.found("has an extension with octets after its value", value, false);
        }
        match extension {
            // keyUsage
            15 if element.tag == BIT_STRING && trailing(element.content) => {
                // Browsers carry roots like that.
                self.found("has a keyUsage with trailing zero bits", element.whole, true);
            }
            // subjectAltName, issuerAltName: e-mail address, host name, URI
            17 | 18 => {
                let mut names = Reader::new(element.content);
                while let Some(name) = names.element() {
                    if matches!(name.tag, 0x81 | 0x82 | 0x86) && !name.content.is_ascii() {
                        self.found("has an alternative name that is not ASCII", name.whole, true);
                    }
                }
            }
            // certificatePolicies: qualifiers, if there is a list of them
            32 => {
                let mut policies = Reader::new(element.content);
                while let Some(policy) = policies.element() {
                    if policy.content.ends_with(&[SEQUENCE, 0]) {
                        self.found("has a certificate policy with an empty list of qualifiers", policy.whole, true);
                    }
                }
            }
            // cRLDistributionPoints: the reasons of each
            31 => {
                let mut points = Reader::new(element.content);
                while let Some(point) = points.element() {
                    let mut parts = Reader::new(point.content);
                    while let Some(part) = parts.element() {
                        if part.tag == asn1::primitive(1)
                            && (trailing(part.content) || !has_clear_padding(part.content))
                        {
                            self.found("has distribution point reasons with trailing zero bits", part.whole, false);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// Octets of a public key of id-ml-dsa-44, -65, -87 (2.16.840.1.101.3.4.3.17 to .19; FIPS 204 table 2).
fn ml_dsa_key(oid: &[u8]) -> Option<usize> {
    match oid {
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17] => Some(1312),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18] => Some(1952),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19] => Some(2592),
        _ => None,
    }
}

fn is_minimal(content: &[u8]) -> bool {
    match content {
        [] => false,
        [0x00, second, ..] => *second >= 0x80,
        [0xff, second, ..] => *second < 0x80,
        _ => true,
    }
}

fn has_clear_padding(content: &[u8]) -> bool {
    match content {
        [0] => true,
        [unused @ 0..=7, .., last] => last.trailing_zeros() >= u32::from(*unused),
        _ => false,
    }
}

fn is_object_identifier(content: &[u8]) -> bool {
    let ends = content.last().is_some_and(|last| *last < 0x80);
    let starts = std::iter::once(&0).chain(content).zip(content);
    ends && starts.into_iter().all(|(before, first)| *before >= 0x80 || *first != 0x80)
}

/// X.680 table 10.
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(bytes: &[u8]) -> Option<&'static str> {
        fault(bytes).map(|fault| fault.what)
    }

    #[test]
    fn der_is_told_from_its_neighbours() {
        for good in [
            &[0x01, 1, 0xff][..],
            &[0x02, 2, 0, 0x80],
            &[0x03, 2, 7, 0x80],
            &[0x03, 1, 0],
            &[0x06, 2, 0x2a, 3],
            &[0x05, 0],
            &[0x13, 2, b'a', b'-'],
        ] {
            assert_eq!(what(good), None, "{good:x?}");
        }
        for bad in [
            &[0x01, 1, 1][..],
            &[0x02, 2, 0, 1],
            &[0x02, 0],
            &[0x03, 2, 7, 0x81],
            &[0x03, 0],
            &[0x06, 2, 0x2a, 0x83],
            &[0x06, 2, 0x80, 1],
            &[0x05, 1, 0],
            &[0x0c, 1, 0xff],
            &[0x13, 1, b'@'],
            &[0x16, 1, 0xff],
            &[0x30, 0x80, 0, 0],
            &[0x30, 3, 1],
        ] {
            assert!(what(bad).is_some(), "{bad:x?}");
        }
    }

    #[test]
    fn what_matters_is_told_before_what_does_not() {
        let both = [0x30, 6, 0x13, 1, b'@', 0x01, 1, 1];
        assert_eq!(fault(&both).map(|fault| (fault.offset, fault.is_mild)), Some((5, false)));
    }

    #[test]
    fn deep_nesting_ends() {
        let mut bytes = vec![0x05, 0];
        for _ in 0..60 {
            bytes = [vec![0x30, bytes.len() as u8], bytes].concat();
        }
        assert_eq!(what(&bytes), Some("is nested too deep"));
    }
}
