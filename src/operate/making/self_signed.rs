//! Self-signed certificates: what a gateway shows until an authority has answered.

use rcgen::SerialNumber;
use time::Duration;

use crate::model::certificate::Certificate;
use crate::model::identity::Identity;
use crate::model::moment::Moment;
use crate::model::private_key::PrivateKey;

use super::MakingError;
use super::parameters::{parameters, signer};

/// First and last second of a certificate's life (RFC 5280 section 4.1.2.5: both inclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub not_before: Moment,
    pub not_after: Moment,
}

impl Validity {
    /// `days` of 86,400 seconds, the last second counted. It begins an hour ago, because the clocks of peers run late, and
    /// a certificate from the future is refused as an expired one is.
    pub fn days(days: u32, now: Moment) -> Validity {
        let not_before = now.replace_nanosecond(0).unwrap_or(now) - Duration::HOUR;
        Validity { not_before, not_after: not_before + Duration::days(days.into()) - Duration::SECOND }
    }
}

/// Makes a certificate that its own key signed.
pub fn self_signed(identity: &Identity, key: &PrivateKey, validity: Validity) -> Result<Certificate, MakingError> {
    let mut parameters = parameters(identity, key.kind())?;
    parameters.serial_number = Some(serial_number()?);
    parameters.not_before = validity.not_before;
    parameters.not_after = validity.not_after;
    let made = parameters.self_signed(&*signer(key)?)?;
    Certificate::from_der(made.der()).map_err(|error| MakingError::Encoding(error.to_string()))
}

/// 126 random bits in 16 octets: positive, never zero, of constant length, within the 20 octets of RFC 5280 section
/// 4.1.2.2 and above the 64 bits that authorities are held to.
fn serial_number() -> Result<SerialNumber, MakingError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| MakingError::Random)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::SubjectAltName;
    use crate::model::identity::Purposes;
    use crate::model::moment::rfc3339;
    use crate::model::private_key::KeyType;
    use crate::model::subject::{Subject, SubjectFields};
    use time::macros::datetime;

    fn identity() -> Identity {
        let names = ["mx1.example.com", "*.example.com", "192.0.2.1", "2001:db8::1", "postmaster@example.com"];
        Identity {
            subject: Subject::new(&SubjectFields {
                common_name: Some("mx1.example.com".into()),
                organization: Some("Müller & Söhne, O=x".into()),
                country: Some("de".into()),
                ..SubjectFields::default()
            })
            .unwrap(),
            names: names.iter().map(|name| SubjectAltName::parse(name).unwrap()).collect(),
            purposes: Purposes { server: true, client: true },
        }
    }

    #[test]
    fn it_says_what_was_asked_and_nothing_of_the_encoders_defaults() {
        let now = datetime!(2026-11-23 12:30:15.5 UTC);
        for key_type in [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::EcdsaP521, KeyType::Rsa2048, KeyType::Ed25519]
        {
            let key = PrivateKey::generate(key_type).unwrap();
            let made = self_signed(&identity(), &key, Validity::days(397, now)).unwrap();
            assert!(made.is_self_signed(), "{}", key_type.as_str());
            assert_eq!(made.public_key(), key.public());
            assert_eq!(made.subject().as_str(), "CN=mx1.example.com,O=Müller & Söhne\\, O=x,C=DE");
            assert_eq!(made.subject_alt_names(), identity().names);
            assert_eq!(rfc3339(made.not_before()), "2026-11-23T11:30:15Z");
            assert_eq!(rfc3339(made.not_after()), "2027-12-25T11:30:14Z");
            assert_eq!(made.basic_constraints().map(|constraints| constraints.ca), Some(false));
            assert!(made.subject_key_id().is_some());
            assert_eq!(made.extended_key_usage().unwrap(), ["serverAuth", "clientAuth"]);
            let usages: &[&str] = match key_type {
                KeyType::Rsa2048 => &["digitalSignature", "keyEncipherment"],
                _ => &["digitalSignature"],
            };
            assert_eq!(made.key_usage().unwrap(), usages);
        }
    }

    #[test]
    fn two_certificates_over_one_key_have_two_long_positive_serials() {
        let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
        let validity = Validity::days(1, datetime!(2026-11-23 12:00 UTC));
        let serials: Vec<String> =
            (0..20).map(|_| self_signed(&identity(), &key, validity).unwrap().serial().to_owned()).collect();
        for (index, serial) in serials.iter().enumerate() {
            assert_eq!(serial.len(), 32, "{serial}");
            assert!(matches!(serial.as_bytes()[0], b'4'..=b'7'), "{serial} is negative or short");
            assert!(!serials[..index].contains(serial));
        }
    }

    #[test]
    fn the_longest_validity_can_be_encoded() {
        let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
        let made = self_signed(&identity(), &key, Validity::days(36_500, datetime!(2026-11-23 12:00 UTC))).unwrap();
        assert_eq!(made.not_after().year(), 2126);
    }
}
