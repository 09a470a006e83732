//! Lists in extensions that RFC 5280 gives at least one element, and that have none.

use crate::trust::asn1::{self, Element, OCTET_STRING, Reader, SEQUENCE};

/// A list without elements.
pub(super) struct EmptyList<'a> {
    pub what: &'static str,
    pub part: &'a [u8],
    /// OpenSSL refuses the certificate; other readers, and OpenSSL with the others, take it.
    pub is_mild: bool,
}

/// What is said of a certificate, by the object identifier of the extension. That of subjectAltName and nameConstraints is a matter
/// of `name/no-san` and `cert/nc-malformed`.
fn wording(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        [0x55, 0x1d, 9] => "has an empty subjectDirectoryAttributes",
        [0x55, 0x1d, 18] => "has an empty issuerAltName",
        [0x55, 0x1d, 31] => "has an empty cRLDistributionPoints",
        [0x55, 0x1d, 32] => "has an empty certificatePolicies",
        [0x55, 0x1d, 33] => "has an empty policyMappings",
        [0x55, 0x1d, 36] => "has an empty policyConstraints",
        [0x55, 0x1d, 37] => "has an empty extKeyUsage",
        [0x55, 0x1d, 46] => "has an empty freshestCRL",
        // id-pe (1.3.6.1.5.5.7.1)
        [0x2b, 6, 1, 5, 5, 7, 1, 1] => "has an empty authorityInfoAccess",
        [0x2b, 6, 1, 5, 5, 7, 1, 11] => "has an empty subjectInfoAccess",
        [0x2b, 6, 1, 5, 5, 7, 1, 24] => "has an empty tlsFeature",
        _ => return None,
    })
}

/// The embedded list of signed certificate timestamps (1.3.6.1.4.1.11129.2.4.2).
const TIMESTAMPS: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];

/// The first empty list in the value of an extension.
pub(super) fn find<'a>(oid: &[u8], value: &'a [u8]) -> Option<EmptyList<'a>> {
    if oid == TIMESTAMPS {
        return timestamps(value);
    }
    let what = wording(oid)?;
    let list = Reader::new(value).optional(SEQUENCE)?;
    if list.content.is_empty() {
        return Some(EmptyList { what, part: list.whole, is_mild: oid != [0x55, 0x1d, 37] });
    }
    match oid {
        [0x55, 0x1d, 31 | 46] => elements(list).find_map(point),
        // Qualifiers, if there is a list of them.
        [0x55, 0x1d, 32] => {
            elements(list).find(|policy| policy.content.ends_with(&[SEQUENCE, 0])).map(|policy| EmptyList {
                what: "has a certificate policy with an empty list of qualifiers",
                part: policy.whole,
                is_mild: true,
            })
        }
        _ => None,
    }
}

fn elements<'a>(list: Element<'a>) -> impl Iterator<Item = Element<'a>> {
    let mut reader = Reader::new(list.content);
    std::iter::from_fn(move || reader.element())
}

/// A DistributionPoint has a name or a cRLIssuer (RFC 5280 section 4.2.1.13), and each of them is a list.
fn point(point: Element<'_>) -> Option<EmptyList<'_>> {
    if point.content.is_empty() {
        return Some(EmptyList { what: "has an empty distribution point", part: point.whole, is_mild: false });
    }
    let is_empty = |part: &Element<'_>| match part.tag {
        0xa0 => part.content.ends_with(&[asn1::constructed(0), 0]) && part.content.len() == 2,
        0xa2 => part.content.is_empty(),
        _ => false,
    };
    let part = elements(point).find(is_empty)?;
    Some(EmptyList { what: "has a distribution point with an empty list of names", part: part.whole, is_mild: true })
}

/// An OCTET STRING in the extension holds a length of two octets and the timestamps (RFC 6962 section 3.3).
fn timestamps(value: &[u8]) -> Option<EmptyList<'_>> {
    let is_empty = matches!(asn1::only(value, OCTET_STRING, "").unwrap_or_default(), [] | [0, 0]);
    is_empty.then_some(EmptyList {
        what: "has an empty list of signed certificate timestamps",
        part: value,
        is_mild: true,
    })
}
