//! Signing requests (PKCS#10, RFC 2986): what an authority is sent.

use crate::model::identity::Identity;
use crate::model::private_key::PrivateKey;
use crate::model::request::Request;

use super::MakingError;
use super::parameters::{parameters, signer};

/// Makes a request that asks for everything the identity says: subject, names, key usage, purposes (RFC 2985 section 5.4.2).
pub fn signing_request(identity: &Identity, key: &PrivateKey) -> Result<Request, MakingError> {
    let made = parameters(identity, key.kind())?.serialize_request(&*signer(key)?)?;
    Request::from_der(made.der()).map_err(|error| MakingError::Encoding(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::SubjectAltName;
    use crate::model::identity::Purposes;
    use crate::model::private_key::KeyType;
    use crate::model::subject::{Subject, SubjectFields};

    #[test]
    fn it_carries_the_identity_and_proves_that_we_have_the_key() {
        let subject = SubjectFields { common_name: Some("mx1.example.com".into()), ..SubjectFields::default() };
        let identity = Identity {
            subject: Subject::new(&subject).unwrap(),
            names: vec![SubjectAltName::Dns("mx1.example.com".into())],
            purposes: Purposes::default(),
        };
        for key_type in [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::EcdsaP521, KeyType::Rsa2048, KeyType::Ed25519]
        {
            let key = PrivateKey::generate(key_type).unwrap();
            let made = signing_request(&identity, &key).unwrap();
            assert!(made.signature_status().is_good(), "{}", key_type.as_str());
            assert_eq!(made.public_key(), key.public());
            assert_eq!(made.subject().as_str(), "CN=mx1.example.com");
            assert_eq!(made.subject_alt_names(), identity.names);
            assert_eq!(made.extended_key_usage().unwrap(), ["serverAuth"]);
        }
    }

    #[test]
    fn an_empty_subject_is_a_valid_request() {
        let identity = Identity {
            subject: Subject::default(),
            names: vec![SubjectAltName::Dns("mx1.example.com".into())],
            purposes: Purposes::default(),
        };
        let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
        assert!(signing_request(&identity, &key).unwrap().subject().is_empty());
    }
}
