//! Our identity and key in rcgen's terms. Everything that rcgen has a default for is set: its defaults are not ours.

use rcgen::string::{Ia5String, PrintableString};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    SanType, SignatureAlgorithm,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use crate::model::certificate::SubjectAltName;
use crate::model::identity::{Identity, Purposes};
use crate::model::private_key::PrivateKey;
use crate::model::public_key::KeyKind;
use crate::model::subject::{Attribute, Subject};

use super::MakingError;

/// What certificate and request have in common: subject, names, usages, and that it is no CA.
pub fn parameters(identity: &Identity, kind: &KeyKind) -> Result<CertificateParams, MakingError> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = distinguished_name(&identity.subject)?;
    parameters.subject_alt_names = identity.names.iter().map(alt_name).collect::<Result<_, _>>()?;
    // `NoCa` would leave out basicConstraints, and the key identifier with it.
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = key_usages(kind);
    parameters.extended_key_usages = purposes(identity.purposes);
    Ok(parameters)
}

/// The key for signing, wiped when it is dropped.
pub fn signer(key: &PrivateKey) -> Result<Zeroizing<KeyPair>, MakingError> {
    let pkcs8 = PrivatePkcs8KeyDer::from(key.pkcs8());
    Ok(Zeroizing::new(KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, algorithm(key.kind())?)?))
}

/// The digest that fits the strength of the key; SHA-256 for RSA of every size, which the oldest readers know.
fn algorithm(kind: &KeyKind) -> Result<&'static SignatureAlgorithm, MakingError> {
    Ok(match kind {
        KeyKind::Rsa(_) => &rcgen::PKCS_RSA_SHA256,
        KeyKind::EcdsaP256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        KeyKind::EcdsaP384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        KeyKind::EcdsaP521 => &rcgen::PKCS_ECDSA_P521_SHA512,
        KeyKind::Ed25519 => &rcgen::PKCS_ED25519,
        KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 | KeyKind::Other(_) => {
            return Err(MakingError::Key(kind.to_string()));
        }
    })
}

/// One value per attribute type is all that rcgen keeps, and all that a `Subject` has.
fn distinguished_name(subject: &Subject) -> Result<DistinguishedName, MakingError> {
    let mut name = DistinguishedName::new();
    for (attribute, value) in subject.attributes() {
        let (kind, value) = match attribute {
            // RFC 5280 appendix A.1: the country is a PrintableString.
            Attribute::Country => (DnType::CountryName, DnValue::PrintableString(PrintableString::try_from(value)?)),
            Attribute::State => (DnType::StateOrProvinceName, DnValue::Utf8String(value.into())),
            Attribute::Locality => (DnType::LocalityName, DnValue::Utf8String(value.into())),
            Attribute::Organization => (DnType::OrganizationName, DnValue::Utf8String(value.into())),
            Attribute::OrganizationalUnit => (DnType::OrganizationalUnitName, DnValue::Utf8String(value.into())),
            Attribute::CommonName => (DnType::CommonName, DnValue::Utf8String(value.into())),
        };
        name.push(kind, value);
    }
    Ok(name)
}

fn alt_name(name: &SubjectAltName) -> Result<SanType, MakingError> {
    Ok(match name {
        SubjectAltName::Dns(name) => SanType::DnsName(Ia5String::try_from(name.as_str())?),
        SubjectAltName::Ip(address) => SanType::IpAddress(*address),
        SubjectAltName::Email(address) => SanType::Rfc822Name(Ia5String::try_from(address.as_str())?),
        SubjectAltName::Uri(uri) => SanType::URI(Ia5String::try_from(uri.as_str())?),
        SubjectAltName::Other(text) => return Err(MakingError::Encoding(format!("cannot encode the name `{text}`"))),
    })
}

/// RSA also transports keys in TLS 1.2 (RFC 5246 section 7.4.2); every other key here only signs.
fn key_usages(kind: &KeyKind) -> Vec<KeyUsagePurpose> {
    match kind {
        KeyKind::Rsa(_) => vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
        _ => vec![KeyUsagePurpose::DigitalSignature],
    }
}

fn purposes(purposes: Purposes) -> Vec<ExtendedKeyUsagePurpose> {
    let all = [
        (purposes.server, ExtendedKeyUsagePurpose::ServerAuth),
        (purposes.client, ExtendedKeyUsagePurpose::ClientAuth),
    ];
    all.into_iter().filter(|(set, _)| *set).map(|(_, purpose)| purpose).collect()
}
