//! The types of the attributes in a Name (RFC 5280 section 4.1.2.4), as readers need them.

use crate::trust::asn1::{Element, Reader};

/// What is wrong with an attribute, or with the set it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// OpenSSL or Go cannot read the certificate.
    Type,
    /// The elements of a SET OF stand in ascending order (X.690 section 11.6).
    Order,
}

/// The faults of the content of a Name, each with the bytes it stands at.
pub(super) fn faults(name: &[u8]) -> Vec<(&[u8], Fault)> {
    let mut faults = Vec::new();
    let mut sets = Reader::new(name);
    while let Some(set) = sets.element() {
        let mut pairs = Reader::new(set.content);
        let mut before: Option<&[u8]> = None;
        while let Some(pair) = pairs.element() {
            let mut parts = Reader::new(pair.content);
            parts.element();
            if let Some(value) = parts.element().filter(|value| !is_text(value)) {
                faults.push((value.whole, Fault::Type));
            }
            if before.is_some_and(|before| before > pair.whole) {
                faults.push((set.whole, Fault::Order));
            }
            before = Some(pair.whole);
        }
    }
    faults
}

/// The string types of X.520: DirectoryString, and those of single attributes (serialNumber, domainComponent, x121Address).
fn is_text(value: &Element<'_>) -> bool {
    matches!(value.tag, 0x0c | 0x12 | 0x13 | 0x14 | 0x16 | 0x1c | 0x1e)
}
