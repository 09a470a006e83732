//! What the linked library can check, algorithm by algorithm and key by key.

use aws_lc_rs::signature::{self as library, ParsedPublicKey, RsaParameters, RsaPssSaltLength, VerificationAlgorithm};

use super::algorithm::{Algorithm, Digest, Pss, Scheme, pss_of_key};
use super::{Obstacle, SignatureStatus};
use crate::model::public_key::{KeyKind, PublicKey, SECP256K1, oid};

/// Checks a signature by an algorithm that goes with the key.
pub(super) fn verify(algorithm: &Algorithm, key: &PublicKey, message: &[u8], signature: &[u8]) -> SignatureStatus {
    let verification = match &algorithm.scheme {
        Scheme::Other => return unchecked(Obstacle::Algorithm(algorithm.full_name())),
        Scheme::Pss(pss) => return verify_pss(*pss, algorithm, key, message, signature),
        Scheme::Pkcs1(digest) => match pkcs1(*digest) {
            Some(parameters) => return verify_rsa(parameters, algorithm, key, message, signature),
            None => return unchecked(Obstacle::Algorithm(algorithm.full_name())),
        },
        Scheme::Ecdsa(digest) => ecdsa(*digest, key.kind()),
        Scheme::Ed25519 => Some(&library::ED25519 as &dyn VerificationAlgorithm),
        Scheme::MlDsa44 => Some(&library::ML_DSA_44 as _),
        Scheme::MlDsa65 => Some(&library::ML_DSA_65 as _),
        Scheme::MlDsa87 => Some(&library::ML_DSA_87 as _),
    };
    let Some(verification) = verification else { return unchecked(wrong_kind(algorithm, key)) };
    match ParsedPublicKey::new(verification, key.subject_public_key()) {
        Err(_) => unchecked(Obstacle::DamagedKey(key.kind().clone())),
        Ok(parsed) => of(parsed.verify_sig(message, signature).is_ok()),
    }
}

/// There is a key for which signatures of this scheme can be checked.
pub(super) fn is_implemented(scheme: &Scheme) -> bool {
    match scheme {
        Scheme::Other => false,
        Scheme::Pkcs1(digest) => pkcs1(*digest).is_some(),
        Scheme::Pss(pss) => pss_of(*pss).is_some(),
        Scheme::Ecdsa(_) | Scheme::Ed25519 | Scheme::MlDsa44 | Scheme::MlDsa65 | Scheme::MlDsa87 => true,
    }
}

/// SHA-2 for the signature and its mask alike.
fn pss_of(pss: Pss) -> Option<RsaParameters> {
    if pss.mask != pss.digest {
        return None;
    }
    let parameters = match pss.digest {
        Digest::Sha256 => library::RSA_PSS_2048_8192_SHA256,
        Digest::Sha384 => library::RSA_PSS_2048_8192_SHA384,
        Digest::Sha512 => library::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    };
    Some(parameters.with_pss_salt_length(RsaPssSaltLength::Custom(pss.salt_length)))
}

fn verify_pss(pss: Pss, algorithm: &Algorithm, key: &PublicKey, message: &[u8], signature: &[u8]) -> SignatureStatus {
    if key.algorithm() == oid::RSA_PSS && pss_of_key(key.spki()).is_some_and(|own| !pss.is_allowed_by(own)) {
        return SignatureStatus::Bad;
    }
    match pss_of(pss) {
        Some(parameters) => verify_rsa(parameters, algorithm, key, message, signature),
        None => unchecked(Obstacle::Algorithm(algorithm.full_name())),
    }
}

fn verify_rsa(
    parameters: RsaParameters,
    algorithm: &Algorithm,
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
) -> SignatureStatus {
    let Ok(bits) = RsaParameters::public_modulus_len(key.subject_public_key()) else {
        // The library reads no modulus that is shorter or longer than it can use either.
        return unchecked(match key.rsa_bits() {
            Some(bits) if !is_in_range(bits, &parameters) => wrong_kind(algorithm, key),
            _ => Obstacle::DamagedKey(key.kind().clone()),
        });
    };
    if !is_in_range(bits as usize, &parameters) {
        return unchecked(wrong_kind(algorithm, key));
    }
    of(parameters.verify_sig(key.subject_public_key(), message, signature).is_ok())
}

fn is_in_range(bits: usize, parameters: &RsaParameters) -> bool {
    (parameters.min_modulus_len() as usize..=parameters.max_modulus_len() as usize).contains(&bits)
}

fn of(is_good: bool) -> SignatureStatus {
    if is_good { SignatureStatus::Good } else { SignatureStatus::Bad }
}

fn unchecked(obstacle: Obstacle) -> SignatureStatus {
    SignatureStatus::Unchecked(obstacle)
}

fn wrong_kind(algorithm: &Algorithm, key: &PublicKey) -> Obstacle {
    Obstacle::KeyKind { algorithm: algorithm.full_name(), key: key.kind().clone() }
}

fn pkcs1(digest: Digest) -> Option<RsaParameters> {
    Some(match digest {
        Digest::Sha1 => library::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => library::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        Digest::Sha384 => library::RSA_PKCS1_2048_8192_SHA384,
        Digest::Sha512 => library::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        _ => return None,
    })
}

fn ecdsa(digest: Digest, key: &KeyKind) -> Option<&'static dyn VerificationAlgorithm> {
    use KeyKind::{EcdsaP256, EcdsaP384, EcdsaP521, Other};
    Some(match (digest, key) {
        (Digest::Sha256, EcdsaP256) => &library::ECDSA_P256_SHA256_ASN1,
        (Digest::Sha384, EcdsaP256) => &library::ECDSA_P256_SHA384_ASN1,
        (Digest::Sha512, EcdsaP256) => &library::ECDSA_P256_SHA512_ASN1,
        (Digest::Sha1, EcdsaP256) => &library::ECDSA_P256_SHA1_ASN1,
        (Digest::Sha256, EcdsaP384) => &library::ECDSA_P384_SHA256_ASN1,
        (Digest::Sha384, EcdsaP384) => &library::ECDSA_P384_SHA384_ASN1,
        (Digest::Sha512, EcdsaP384) => &library::ECDSA_P384_SHA512_ASN1,
        (Digest::Sha3_384, EcdsaP384) => &library::ECDSA_P384_SHA3_384_ASN1,
        (Digest::Sha1, EcdsaP521) => &library::ECDSA_P521_SHA1_ASN1,
        (Digest::Sha224, EcdsaP521) => &library::ECDSA_P521_SHA224_ASN1,
        (Digest::Sha256, EcdsaP521) => &library::ECDSA_P521_SHA256_ASN1,
        (Digest::Sha384, EcdsaP521) => &library::ECDSA_P521_SHA384_ASN1,
        (Digest::Sha512, EcdsaP521) => &library::ECDSA_P521_SHA512_ASN1,
        (Digest::Sha3_512, EcdsaP521) => &library::ECDSA_P521_SHA3_512_ASN1,
        (Digest::Sha256, Other(name)) if name == SECP256K1 => &library::ECDSA_P256K1_SHA256_ASN1,
        (Digest::Sha3_256, Other(name)) if name == SECP256K1 => &library::ECDSA_P256K1_SHA3_256_ASN1,
        _ => return None,
    })
}
