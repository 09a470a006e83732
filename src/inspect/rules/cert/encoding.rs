//! What in the bytes of a certificate is no DER (X.690 sections 8, 10 and 11), has another type than RFC 5280 gives it, or has
//! parameters where its algorithm has none.

use super::encoded_name::{self, Fault as NameFault};
use super::{RSASSA_PSS, empty_list};
use crate::trust::asn1::{self, BIT_STRING, BOOLEAN, Element, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE, SET};

const NULL: u8 = 0x05;
const UTF8_STRING: u8 = 0x0c;
const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;

/// A certificate nests about ten deep; names in constraints a few more.
const DEEPEST: usize = 40;

const WRONG_TAG: &str = "has an element with a wrong ASN.1 tag";

/// Something that is not as it must be, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub what: &'static str,
    /// Bytes from the start of the certificate.
    pub offset: usize,
    /// Readers differ about it, but most do not look.
    pub is_mild: bool,
}

/// The first fault of each kind in a certificate, those that matter before the mild ones.
pub(super) fn faults(der: &[u8]) -> Vec<Fault> {
    let mut walk = Walk { der, faults: Vec::new(), in_extension: false };
    walk.elements(der, 0);
    walk.certificate();
    walk.faults.sort_by_key(|fault| (fault.is_mild, fault.offset));
    walk.faults
}

struct Walk<'a> {
    der: &'a [u8],
    faults: Vec<Fault>,
    in_extension: bool,
}

impl Walk<'_> {
    /// Keeps the first of a kind, and of two that matter in one place the one that says more exactly where.
    fn found(&mut self, what: &'static str, part: &[u8], is_mild: bool) {
        let offset = (part.as_ptr() as usize).saturating_sub(self.der.as_ptr() as usize);
        let is_within = |fault: &Fault| !fault.is_mild && (offset..offset + part.len()).contains(&fault.offset);
        if self.faults.iter().all(|fault| fault.what != what) && !self.faults.iter().any(is_within) {
            self.faults.push(Fault { what, offset, is_mild });
        }
    }

    fn elements(&mut self, bytes: &[u8], depth: usize) {
        let mut reader = Reader::new(bytes);
        while !reader.is_empty() {
            match reader.element() {
                None => return self.found("has an element whose tag or length is no DER", bytes, false),
                Some(element) if element.tag & 0x20 == 0 => self.primitive(element),
                // An x400Address has types of a standard of its own.
                Some(element) if self.in_extension && element.tag == asn1::constructed(3) => {}
                Some(element) => {
                    if !matches!(element.tag, SEQUENCE | SET | 0xa0..=0xbf) {
                        self.found(WRONG_TAG, element.whole, false);
                    }
                    if depth >= DEEPEST {
                        return self.found("is nested too deep", element.whole, false);
                    }
                    self.elements(element.content, depth + 1);
                }
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
            UNIVERSAL_STRING => (is_utf32(content), "has a UniversalString that is cut off or not Unicode", false),
            BMP_STRING => (content.len().is_multiple_of(2), "has a BMPString of an odd length", false),
            // The other universal types that are primitive (X.680 table 1), and what is tagged with a number.
            OCTET_STRING | asn1::ENUMERATED | 0x14 | 0x17..=0x1b | 0x80..=0x9f => return,
            _ => (false, WRONG_TAG, false),
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
        let version = fields.optional(asn1::constructed(0));
        if let Some(version) = version.filter(|version| version.content == [INTEGER, 1, 0]) {
            self.found("writes out version 1, which DER leaves out as the default", version.whole, true);
        }
        fields.element()?;
        self.signature_algorithm(fields.element()?);
        self.name(fields.element()?);
        fields.element()?;
        self.name(fields.element()?);
        self.public_key(fields.element()?);
        while let Some(field) = fields.element() {
            if field.tag == asn1::constructed(3) {
                self.extensions(asn1::only(field.content, SEQUENCE, "").ok()?);
            }
        }
        Some(())
    }

    fn name(&mut self, name: Element<'_>) {
        for (value, fault) in encoded_name::faults(name.content) {
            match fault {
                NameFault::Type => self.found("has a name with an attribute that is no text", value, false),
                NameFault::Order => self.found("has a name whose set is not in the order of DER", value, true),
            }
        }
    }

    fn signature_algorithm(&mut self, algorithm: Element<'_>) {
        let mut parts = Reader::new(algorithm.content);
        let Some(oid) = parts.element() else { return };
        if oid.tag != OID {
            return self.found(WRONG_TAG, algorithm.whole, false);
        }
        let parameters = parts.element();
        let is_null = parameters.is_some_and(|parameters| parameters.whole == [NULL, 0]);
        // RSA with PKCS #1 (RFC 4055 section 5): NULL; who reads must take it without any, which cert/sigalg-parameters notes.
        let is_rsa = matches!(oid.content, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2..=5 | 11..=14]);
        // ECDSA (RFC 5758 section 3.2), Edwards curves (RFC 8410 section 3)
        let wants_none = matches!(oid.content, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, ..] | [0x2b, 0x65, 112 | 113]);
        if is_rsa && parameters.is_some() && !is_null {
            self.found("has an RSA signature algorithm with parameters other than NULL", algorithm.whole, false);
        }
        if (wants_none || ml_dsa_key(oid.content).is_some()) && parameters.is_some() {
            self.found("has a signature algorithm with parameters, which it must not have", algorithm.whole, false);
        }
        if let (RSASSA_PSS, Some(parameters)) = (oid.content, parameters)
            && writes_out_pss_default(parameters.content)
        {
            let what = "writes out a parameter of RSASSA-PSS that DER leaves out as the default";
            self.found(what, parameters.whole, true);
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
        if content.is_empty() {
            self.found("has an empty list of extensions", content, true);
        }
        let mut list = Reader::new(content);
        while let Some(extension) = list.element() {
            let mut parts = Reader::new(extension.content);
            let Some(oid) = parts.element() else { continue };
            if let Some(critical) = parts.optional(BOOLEAN).filter(|critical| critical.content == [0]) {
                let what = "writes out `critical FALSE`, which DER leaves out as the default";
                self.found(what, critical.whole, true);
            }
            let Some(value) = parts.optional(OCTET_STRING) else { continue };
            if let Some(list) = empty_list::find(oid.content, value.content) {
                self.found(list.what, list.part, list.is_mild);
            }
            // Those of RFC 5280; nobody knows what others hold.
            if let [0x55, 0x1d, number] = oid.content {
                self.in_extension = true;
                self.elements(value.content, 0);
                self.in_extension = false;
                self.value(*number, value.content);
            }
        }
    }

    fn value(&mut self, extension: u8, value: &[u8]) {
        let mut reader = Reader::new(value);
        let Some(element) = reader.element() else { return };
        if !reader.is_empty() {
            self.found("has an extension with octets after its value", value, false);
        }
        match extension {
            15 if element.tag == BIT_STRING => self.key_usage(element),
            // basicConstraints
            19 if element.content.starts_with(&[BOOLEAN, 1, 0]) => {
                self.found("writes out `cA FALSE`, which DER leaves out as the default", element.whole, true);
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
            // nameConstraints
            30 => self.subtrees(element),
            // cRLDistributionPoints, freshestCRL: the reasons of each
            31 | 46 => {
                let mut points = Reader::new(element.content);
                while let Some(point) = points.element() {
                    let mut parts = Reader::new(point.content);
                    while let Some(part) = parts.element() {
                        if part.tag == asn1::primitive(1)
                            && (has_trailing_zeros(part.content) || !has_clear_padding(part.content))
                        {
                            self.found("has distribution point reasons with trailing zero bits", part.whole, false);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Browsers carry roots whose keyUsage has trailing zero bits.
    fn key_usage(&mut self, element: Element<'_>) {
        let octets = element.content.get(1..).unwrap_or_default();
        if has_trailing_zeros(element.content) {
            self.found("has a keyUsage with trailing zero bits", element.whole, true);
        }
        // The last bit that has a meaning is decipherOnly, the first of the second octet.
        if octets.len() > 2 {
            self.found("has a keyUsage of more than two octets", element.whole, true);
        } else if octets.get(1).is_some_and(|second| second & 0x7f != 0) {
            self.found("has a keyUsage with a bit that has no meaning", element.whole, true);
        }
    }

    /// GeneralSubtree: `minimum` is 0 unless something else is said.
    fn subtrees(&mut self, constraints: Element<'_>) {
        let mut lists = Reader::new(constraints.content);
        while let Some(list) = lists.element() {
            let mut trees = Reader::new(list.content);
            while let Some(tree) = trees.element() {
                if tree.content.ends_with(&[asn1::primitive(0), 1, 0]) && has_minimum(tree.content) {
                    let what = "writes out `minimum 0` in nameConstraints, which DER leaves out as the default";
                    self.found(what, tree.whole, true);
                }
            }
        }
    }
}

/// The base is followed by `minimum`, and not merely ends like one.
fn has_minimum(tree: &[u8]) -> bool {
    let mut parts = Reader::new(tree);
    parts.element();
    parts.peek() == Some(asn1::primitive(0))
}

/// RSASSA-PSS-params (RFC 4055 section 3.1): SHA-1 [0], MGF1 with SHA-1 [1], salt of 20 octets [2], trailer field 1 [3].
fn writes_out_pss_default(parameters: &[u8]) -> bool {
    /// id-sha1 (1.3.14.3.2.26)
    const SHA1: [u8; 7] = [OID, 5, 0x2b, 0x0e, 3, 2, 0x1a];
    let mut fields = Reader::new(parameters);
    while let Some(field) = fields.element() {
        let value = field.content;
        let is_default = match field.tag {
            0xa0 => value.get(2..9) == Some(&SHA1),
            0xa1 => value.windows(SHA1.len()).any(|part| part == SHA1),
            0xa2 => value == [INTEGER, 1, 20],
            0xa3 => value == [INTEGER, 1, 1],
            _ => false,
        };
        if is_default {
            return true;
        }
    }
    false
}

/// A named-bit BIT STRING ends with a bit that is set (X.690 section 11.2.2). No bit at all has a rule of its own.
fn has_trailing_zeros(content: &[u8]) -> bool {
    match content {
        [_] | [] => false,
        [unused, octets @ ..] => {
            octets.last().is_some_and(|last| *unused < 8 && last >> unused & 1 == 0)
                && octets.iter().any(|octet| *octet != 0)
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

/// Four octets for each character.
fn is_utf32(content: &[u8]) -> bool {
    content.len().is_multiple_of(4)
        && content.chunks(4).all(|four| {
            char::from_u32(four.iter().fold(0, |character, octet| character << 8 | u32::from(*octet))).is_some()
        })
}

/// X.680 table 10.
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(bytes: &[u8]) -> Option<&'static str> {
        faults(bytes).first().map(|fault| fault.what)
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
            &[0x1c, 4, 0, 0, 0, b'a'],
            &[0x1e, 2, 0, b'a'],
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
            &[0x1c, 3, 0, 0, b'a'],
            &[0x1c, 4, 0, 0x11, 0, 0],
            &[0x1e, 1, b'a'],
            &[0x00, 0],
            &[0x10, 0],
            &[0x24, 3, 0x04, 1, 0],
            &[0x46, 2, 0x2a, 3],
            &[0xc6, 2, 0x2a, 3],
            &[0x70, 0],
        ] {
            assert!(what(bad).is_some(), "{bad:x?}");
        }
    }

    #[test]
    fn what_matters_is_told_before_what_does_not() {
        let both = [0x30, 6, 0x13, 1, b'@', 0x01, 1, 1];
        let found: Vec<(usize, bool)> = faults(&both).iter().map(|fault| (fault.offset, fault.is_mild)).collect();
        assert_eq!(found, [(5, false), (2, true)]);
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
