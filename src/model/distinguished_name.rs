//! Distinguished names as text (RFC 4514), and as bytes for comparing.

use std::fmt;

use x509_parser::der_parser::asn1_rs::{Oid, Tag};
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::fingerprint::hex;

/// A Name (RFC 5280 section 4.1.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DistinguishedName {
    der: Vec<u8>,
    text: String,
    common_name: Option<String>,
    /// For a name that is too long to be shown.
    shortened: Option<String>,
}

/// The longest name that is shown whole. A commonName has 64 characters at most (RFC 5280 appendix A, ub-common-name); in a hostile
/// certificate it has megabytes.
const LONGEST_SHOWN: usize = 128;

impl DistinguishedName {
    /// Reads a DER Name that fills the whole slice; `None` when it is none.
    pub fn from_der(der: &[u8]) -> Option<DistinguishedName> {
        let (rest, name) = X509Name::from_der(der).ok()?;
        rest.is_empty().then(|| DistinguishedName::read(&name))
    }

    pub(super) fn read(name: &X509Name<'_>) -> DistinguishedName {
        let relative = name.iter_rdn().map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>().join("+"));
        let mut relative: Vec<String> = relative.collect();
        relative.reverse();
        let (text, common_name) = (relative.join(","), name.iter_common_name().last().map(value));
        let shown = common_name.as_ref().unwrap_or(&text);
        let end = shown.floor_char_boundary(LONGEST_SHOWN);
        let shortened = (end < shown.len()).then(|| format!("{}…", shown.get(..end).unwrap_or_default()));
        DistinguishedName { der: name.as_raw().to_vec(), text, common_name, shortened }
    }

    /// The DER encoding, by which issuer and subject are matched.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// RFC 4514: most specific part first, special characters escaped, so that no value can pass for two.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The last, most specific commonName, without RFC 4514's escapes.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The name an operator would use for it: the common name, else the whole name; of a very long one its beginning.
    pub fn short(&self) -> &str {
        self.shortened.as_deref().or(self.common_name()).unwrap_or(&self.text)
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    match keyword(attribute.attr_type()) {
        Some(keyword) if is_string(attribute) => format!("{keyword}={}", escape(&value(attribute))),
        Some(keyword) => format!("{keyword}=#{}", hex(attribute.attr_value().data)),
        None => format!("{}={}", attribute.attr_type().to_id_string(), escape(&value(attribute))),
    }
}

/// Keywords of RFC 4514 section 3, and the ones every program prints.
fn keyword(oid: &Oid<'_>) -> Option<&'static str> {
    Some(match oid.to_id_string().as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.42" => "GN",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

fn is_string(attribute: &AttributeTypeAndValue<'_>) -> bool {
    matches!(
        attribute.attr_value().tag(),
        Tag::Utf8String
            | Tag::PrintableString
            | Tag::Ia5String
            | Tag::T61String
            | Tag::BmpString
            | Tag::NumericString
            | Tag::UniversalString
            | Tag::VisibleString
    )
}

fn value(attribute: &AttributeTypeAndValue<'_>) -> String {
    let any = attribute.attr_value();
    match any.tag() {
        Tag::BmpString => {
            let units: Vec<u16> =
                any.data.chunks(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte))).collect();
            String::from_utf16_lossy(&units)
        }
        // T61 is read as Latin 1, which is what its writers meant.
        Tag::T61String => any.data.iter().map(|byte| char::from(*byte)).collect(),
        _ if is_string(attribute) => String::from_utf8_lossy(any.data).into_owned(),
        _ => format!("#{}", hex(any.data)),
    }
}

/// RFC 4514 section 2.4.
fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(value.len());
    for (index, c) in value.chars().enumerate() {
        let special = matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (c == '#' && index == 0)
            || (c == ' ' && (index == 0 || index == last));
        match c {
            '\0' => out.push_str("\\00"),
            _ if special => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_value_cannot_pass_for_two_attributes() {
        assert_eq!(escape("Example, O=Other"), "Example\\, O=Other");
        assert_eq!(escape(" #x "), "\\ #x\\ ");
        assert_eq!(escape("#x"), "\\#x");
        assert_eq!(escape("a\0b"), "a\\00b");
    }
}
