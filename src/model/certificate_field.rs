//! Which field of a certificate stops the reading (RFC 5280 section 4.1).

use der::Tag;
use x509_parser::extensions::X509Extension;
use x509_parser::prelude::FromDer;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

use super::der_fields::{Fields, Unreadable};

/// How a time of the validity that cannot be read is named.
pub const TIMES: [&str; 2] = ["the start of the validity", "the end of the validity"];

/// Says what is wrong with bytes that the library does not take for a certificate.
pub(super) fn unreadable(der: &[u8]) -> String {
    match walk(der) {
        Err(unreadable) => unreadable.to_string(),
        // Every field has its form; a value inside one has not.
        Ok(()) => "the value of a field is out of its range".to_owned(),
    }
}

fn walk(der: &[u8]) -> Result<(), Unreadable> {
    let mut outer = Fields::of_all(der, "the certificate as a whole")?;
    let mut fields = outer.sequence("the part that is signed")?;
    if let Some(mut version) = fields.context(0, "the version")? {
        version.element(Tag::Integer, "the version")?;
    }
    fields.element(Tag::Integer, "the serial number")?;
    algorithm(fields.element(Tag::Sequence, "the inner signature algorithm")?, "the inner signature algorithm")?;
    name(fields.element(Tag::Sequence, "the issuer")?, "the issuer")?;
    validity(fields.sequence("the validity")?)?;
    name(fields.element(Tag::Sequence, "the subject")?, "the subject")?;
    let key = fields.element(Tag::Sequence, "the public key")?;
    SubjectPublicKeyInfo::from_der(key).map_err(|_| Unreadable("the public key"))?;
    extensions(&mut fields)?;
    algorithm(outer.element(Tag::Sequence, "the signature algorithm")?, "the signature algorithm")?;
    outer.element(Tag::BitString, "the signature")?;
    outer.finish("the signature")
}

fn algorithm(der: &[u8], field: &'static str) -> Result<(), Unreadable> {
    AlgorithmIdentifier::from_der(der).map(drop).map_err(|_| Unreadable(field))
}

fn name(der: &[u8], field: &'static str) -> Result<(), Unreadable> {
    X509Name::from_der(der).map(drop).map_err(|_| Unreadable(field))
}

/// Each time in one of the two forms, with a date that the calendar has.
fn validity(mut times: Fields<'_>) -> Result<(), Unreadable> {
    for field in TIMES {
        let is_time = |tag| {
            let bytes = times.clone().element(tag, field)?;
            x509_parser::time::ASN1Time::from_der(bytes).map_err(|_| Unreadable(field))?;
            Ok::<_, Unreadable>(tag)
        };
        let tag = is_time(Tag::UtcTime).or_else(|_| is_time(Tag::GeneralizedTime))?;
        times.element(tag, field)?;
    }
    times.finish("the validity")
}

fn extensions(fields: &mut Fields<'_>) -> Result<(), Unreadable> {
    const FIELD: &str = "the list of extensions";
    while !fields.is_empty() {
        match fields.context(3, FIELD)? {
            Some(mut explicit) => {
                let mut list = explicit.sequence(FIELD)?;
                while !list.is_empty() {
                    let extension = list.element(Tag::Sequence, FIELD)?;
                    X509Extension::from_der(extension).map_err(|_| Unreadable(FIELD))?;
                }
                explicit.finish(FIELD)?;
            }
            // issuerUniqueID and subjectUniqueID.
            None => fields.skip("what follows the public key")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::unreadable;

    /// A certificate whose byte at `at` is another one.
    fn broken(der: &[u8], at: usize, byte: u8) -> String {
        let mut der = der.to_vec();
        der[at] = byte;
        unreadable(&der)
    }

    #[test]
    fn the_field_is_named() {
        let made = rcgen::generate_simple_self_signed(vec!["mx1.example.com".to_owned()]).unwrap();
        let der = made.cert.der().as_ref();
        let find = |needle: &[u8]| der.windows(needle.len()).position(|window| window == needle).unwrap();
        // The tag of the first time, and its month.
        let time = find(&[0x17, 0x0d]);
        for (at, byte, field) in [
            (10, 0x04, "the version"),
            (13, 0x04, "the serial number"),
            (time, 0x04, "the start of the validity"),
            (time + 4, b'9', "the start of the validity"),
            (find(&[0x03, 0x42, 0x00, 0x04]), 0x05, "the public key"),
            (find(&[0x06, 0x03, 0x55, 0x1d, 0x11]) - 2, 0x31, "the list of extensions"),
        ] {
            assert!(broken(der, at, byte).starts_with(field), "{field}: {}", broken(der, at, byte));
        }
        assert!(unreadable(&der[..40]).starts_with("the certificate as a whole"));
        assert!(unreadable(b"").starts_with("the certificate as a whole"));
    }
}
