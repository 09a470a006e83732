//! Whether a peer holds the key of the certificate it shows: the signature in its handshake (RFC 8446 section 4.4.3, RFC 5246
//! section 7.4.3), against the key in the certificate as it stands there.
//!
//! The TLS library would parse the whole certificate for this and refuse RSA keys of 1024 bits, version 1 and unknown critical
//! extensions. Settings that do not check certificates connect to those too, and settings that do name the reason themselves.

use aws_lc_rs::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};
use rustls::SignatureScheme;

use crate::model::public_key::{KeyKind, PublicKey};
use crate::trust::link::Link;

/// What we accept, the preferred first. PKCS#1 is for TLS 1.2 alone (RFC 8446 section 4.2.3), ML-DSA for TLS 1.3 alone.
pub(in crate::deliver) const SCHEMES: [SignatureScheme; 13] = [
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::ML_DSA_44,
    SignatureScheme::ML_DSA_65,
    SignatureScheme::ML_DSA_87,
];

/// What can be checked with an RSA key of less than 2048 bits, in TLS 1.2.
pub(super) const SMALL_KEY_SCHEMES: [SignatureScheme; 2] =
    [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA512];

/// The peer proved that it holds an RSA key too small for the library's PSS. The handshake can be repeated with
/// `SMALL_KEY_SCHEMES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the peer's RSA key has {bits} bits")]
pub struct SmallRsaKey {
    pub bits: usize,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The certificate cannot be read.
    Unreadable,
    SmallRsaKey(SmallRsaKey),
    /// The key is of another kind than the scheme, or of one that nobody here knows.
    OtherKind,
    /// It was made with another key.
    Wrong,
}

/// Checks `signature` over `message` with the key in `certificate` (DER). In TLS 1.3 a scheme names its curve too.
pub(super) fn check(
    certificate: &[u8],
    scheme: SignatureScheme,
    message: &[u8],
    signature: &[u8],
    tls13: bool,
) -> Result<(), Refusal> {
    let certificate = Link::from_der(certificate.to_vec()).map_err(|_| Refusal::Unreadable)?;
    let key = certificate.public_key();
    let algorithm = algorithm(key, scheme, tls13)?;
    UnparsedPublicKey::new(algorithm, key.subject_public_key()).verify(message, signature).map_err(|_| Refusal::Wrong)
}

fn algorithm(
    key: &PublicKey,
    scheme: SignatureScheme,
    tls13: bool,
) -> Result<&'static dyn VerificationAlgorithm, Refusal> {
    use SignatureScheme as S;
    if let KeyKind::Rsa(bits) = key.kind() {
        return rsa(*bits, scheme, tls13);
    }
    Ok(match (key.kind(), scheme, tls13) {
        (KeyKind::Ed25519, S::ED25519, _) => &algorithms::ED25519,
        (KeyKind::MlDsa44, S::ML_DSA_44, true) => &algorithms::ML_DSA_44,
        (KeyKind::MlDsa65, S::ML_DSA_65, true) => &algorithms::ML_DSA_65,
        (KeyKind::MlDsa87, S::ML_DSA_87, true) => &algorithms::ML_DSA_87,
        (KeyKind::EcdsaP256, S::ECDSA_NISTP256_SHA256, _) => &algorithms::ECDSA_P256_SHA256_ASN1,
        (KeyKind::EcdsaP384, S::ECDSA_NISTP384_SHA384, _) => &algorithms::ECDSA_P384_SHA384_ASN1,
        (KeyKind::EcdsaP521, S::ECDSA_NISTP521_SHA512, _) => &algorithms::ECDSA_P521_SHA512_ASN1,
        (KeyKind::EcdsaP256, S::ECDSA_NISTP384_SHA384, false) => &algorithms::ECDSA_P256_SHA384_ASN1,
        (KeyKind::EcdsaP256, S::ECDSA_NISTP521_SHA512, false) => &algorithms::ECDSA_P256_SHA512_ASN1,
        (KeyKind::EcdsaP384, S::ECDSA_NISTP256_SHA256, false) => &algorithms::ECDSA_P384_SHA256_ASN1,
        (KeyKind::EcdsaP384, S::ECDSA_NISTP521_SHA512, false) => &algorithms::ECDSA_P384_SHA512_ASN1,
        (KeyKind::EcdsaP521, S::ECDSA_NISTP256_SHA256, false) => &algorithms::ECDSA_P521_SHA256_ASN1,
        (KeyKind::EcdsaP521, S::ECDSA_NISTP384_SHA384, false) => &algorithms::ECDSA_P521_SHA384_ASN1,
        _ => return Err(Refusal::OtherKind),
    })
}

fn rsa(bits: usize, scheme: SignatureScheme, tls13: bool) -> Result<&'static dyn VerificationAlgorithm, Refusal> {
    use SignatureScheme as S;
    let small = bits < 2048;
    Ok(match scheme {
        S::RSA_PKCS1_SHA256 if !tls13 => &algorithms::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        S::RSA_PKCS1_SHA512 if !tls13 => &algorithms::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        S::RSA_PKCS1_SHA384 if !tls13 && !small => &algorithms::RSA_PKCS1_2048_8192_SHA384,
        S::RSA_PSS_SHA256 if !small => &algorithms::RSA_PSS_2048_8192_SHA256,
        S::RSA_PSS_SHA384 if !small => &algorithms::RSA_PSS_2048_8192_SHA384,
        S::RSA_PSS_SHA512 if !small => &algorithms::RSA_PSS_2048_8192_SHA512,
        S::RSA_PSS_SHA256 | S::RSA_PSS_SHA384 | S::RSA_PSS_SHA512 | S::RSA_PKCS1_SHA384 if small => {
            return Err(Refusal::SmallRsaKey(SmallRsaKey { bits }));
        }
        _ => return Err(Refusal::OtherKind),
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{EcdsaKeyPair, RsaKeyPair};

    use super::*;
    use crate::model::private_key::{KeyType, PrivateKey};

    fn certificate(key: &PrivateKey) -> Vec<u8> {
        let pair = rcgen::KeyPair::try_from(key.pkcs8()).unwrap();
        rcgen::CertificateParams::new(vec!["mx.example".into()]).unwrap().self_signed(&pair).unwrap().der().to_vec()
    }

    #[test]
    fn only_the_key_of_the_certificate_signs_for_it() {
        let (own, other) =
            (PrivateKey::generate(KeyType::EcdsaP256).unwrap(), PrivateKey::generate(KeyType::EcdsaP256).unwrap());
        let sign = |key: &PrivateKey| {
            let pair = EcdsaKeyPair::from_pkcs8(&algorithms::ECDSA_P256_SHA256_ASN1_SIGNING, key.pkcs8()).unwrap();
            pair.sign(&SystemRandom::new(), b"handshake").unwrap().as_ref().to_vec()
        };
        let certificate = certificate(&own);
        let scheme = SignatureScheme::ECDSA_NISTP256_SHA256;
        for tls13 in [true, false] {
            let check = |signature: &[u8], scheme| check(&certificate, scheme, b"handshake", signature, tls13);
            assert_eq!(check(&sign(&own), scheme), Ok(()));
            assert_eq!(check(&sign(&other), scheme), Err(Refusal::Wrong));
            assert_eq!(check(b"", scheme), Err(Refusal::Wrong));
            assert_eq!(check(&sign(&own), SignatureScheme::RSA_PSS_SHA256), Err(Refusal::OtherKind));
        }
        assert_eq!(super::check(b"x", scheme, b"", b"", true), Err(Refusal::Unreadable));
    }

    #[test]
    fn ml_dsa_signs_in_tls_13_alone() {
        use rcgen::SigningKey;
        for (made_with, scheme) in [
            (&rcgen::PKCS_ML_DSA_44, SignatureScheme::ML_DSA_44),
            (&rcgen::PKCS_ML_DSA_65, SignatureScheme::ML_DSA_65),
            (&rcgen::PKCS_ML_DSA_87, SignatureScheme::ML_DSA_87),
        ] {
            let pair = rcgen::KeyPair::generate_for(made_with).unwrap();
            let parameters = rcgen::CertificateParams::new(vec!["mx.example".into()]).unwrap();
            let certificate = parameters.self_signed(&pair).unwrap().der().to_vec();
            let signature = pair.sign(b"handshake").unwrap();
            assert_eq!(check(&certificate, scheme, b"handshake", &signature, true), Ok(()));
            assert_eq!(check(&certificate, scheme, b"another", &signature, true), Err(Refusal::Wrong));
            assert_eq!(check(&certificate, scheme, b"handshake", &signature, false), Err(Refusal::OtherKind));
            assert!(SCHEMES.contains(&scheme));
        }
    }

    #[test]
    fn tls_13_binds_a_scheme_to_its_curve_and_forbids_pkcs1() {
        let ec = PrivateKey::generate(KeyType::EcdsaP521).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&algorithms::ECDSA_P521_SHA384_ASN1_SIGNING, ec.pkcs8()).unwrap();
        let signature = pair.sign(&SystemRandom::new(), b"m").unwrap();
        let scheme = SignatureScheme::ECDSA_NISTP384_SHA384;
        assert_eq!(check(&certificate(&ec), scheme, b"m", signature.as_ref(), false), Ok(()));
        assert_eq!(check(&certificate(&ec), scheme, b"m", signature.as_ref(), true), Err(Refusal::OtherKind));
        let rsa = PrivateKey::generate(KeyType::Rsa2048).unwrap();
        let pair = RsaKeyPair::from_pkcs8(rsa.pkcs8()).unwrap();
        for (encoding, scheme, tls12, tls13) in [
            (&algorithms::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA256, Ok(()), Err(Refusal::OtherKind)),
            (&algorithms::RSA_PSS_SHA384, SignatureScheme::RSA_PSS_SHA384, Ok(()), Ok(())),
        ] {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &SystemRandom::new(), b"m", &mut signature).unwrap();
            assert_eq!(check(&certificate(&rsa), scheme, b"m", &signature, false), tls12);
            assert_eq!(check(&certificate(&rsa), scheme, b"m", &signature, true), tls13);
        }
    }
}
