//! Private keys: made here, or read in any of the three plain DER forms and kept in one of them, PKCS#8 version 1.

mod reading;
mod rsa;
mod stated;

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use zeroize::Zeroizing;

use super::fingerprint::Fingerprint;
use super::public_key::{KeyKind, PublicKey};

/// The kinds of key that are made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyType {
    #[default]
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
    Rsa2048,
    Rsa3072,
    Rsa4096,
    Ed25519,
}

impl KeyType {
    /// In the order in which they are offered.
    pub const ALL: [KeyType; 7] = [
        KeyType::EcdsaP256,
        KeyType::EcdsaP384,
        KeyType::EcdsaP521,
        KeyType::Rsa2048,
        KeyType::Rsa3072,
        KeyType::Rsa4096,
        KeyType::Ed25519,
    ];

    /// What the finished key is called.
    pub fn kind(self) -> KeyKind {
        match self {
            KeyType::EcdsaP256 => KeyKind::EcdsaP256,
            KeyType::EcdsaP384 => KeyKind::EcdsaP384,
            KeyType::EcdsaP521 => KeyKind::EcdsaP521,
            KeyType::Rsa2048 => KeyKind::Rsa(2048),
            KeyType::Rsa3072 => KeyKind::Rsa(3072),
            KeyType::Rsa4096 => KeyKind::Rsa(4096),
            KeyType::Ed25519 => KeyKind::Ed25519,
        }
    }

    /// As written after `--key-type`.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyType::EcdsaP256 => "ecdsa-p256",
            KeyType::EcdsaP384 => "ecdsa-p384",
            KeyType::EcdsaP521 => "ecdsa-p521",
            KeyType::Rsa2048 => "rsa-2048",
            KeyType::Rsa3072 => "rsa-3072",
            KeyType::Rsa4096 => "rsa-4096",
            KeyType::Ed25519 => "ed25519",
        }
    }
}

impl FromStr for KeyType {
    type Err = ();

    fn from_str(text: &str) -> Result<KeyType, ()> {
        KeyType::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// Why some bytes are not a private key that can be used. Displays as a clause behind a colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    #[error("not a private key in PKCS#8, PKCS#1 or SEC1 form")]
    NotAKey,
    /// An algorithm, curve or parameter that TLS here does not use, by name: `Ed448`, `DSA 2048`, `EC brainpoolP256r1`.
    #[error("{0} keys are not supported")]
    Unsupported(String),
    /// RSA with a modulus outside 2048 to 8192 bits.
    #[error("the RSA key has {0} bits")]
    RsaSize(usize),
    /// The outside is that of a key of this kind, and the inside is not.
    #[error("the {kind} key is damaged: {reason}")]
    Damaged { kind: String, reason: &'static str },
    /// The file states a public key beside the private one, and it is that of another.
    #[error("the public key inside is not that of the {kind} key: {} is stated, {} is computed", stated.short(), computed.short())]
    PublicKeyDiffers {
        kind: String,
        /// SHA-256 over the SubjectPublicKeyInfo, as for the computed one.
        stated: Fingerprint,
        computed: Fingerprint,
    },
    #[error("the system could not make a key")]
    Generation,
}

impl PrivateKeyError {
    /// `Ed448`, `RSA 1024`, `DSA 2048`; `None` when the bytes do not tell.
    pub fn kind(&self) -> Option<String> {
        match self {
            PrivateKeyError::Unsupported(kind)
            | PrivateKeyError::Damaged { kind, .. }
            | PrivateKeyError::PublicKeyDiffers { kind, .. } => Some(kind.clone()),
            PrivateKeyError::RsaSize(bits) => Some(KeyKind::Rsa(*bits).to_string()),
            PrivateKeyError::NotAKey | PrivateKeyError::Generation => None,
        }
    }
}

/// A private key that cannot be used here, and what is known of it. Displays as the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct UnusableKey {
    pub reason: PrivateKeyError,
    /// As computed from the private key where that can be done, else as the file states it.
    pub public: Option<PublicKey>,
}

impl From<PrivateKeyError> for UnusableKey {
    fn from(reason: PrivateKeyError) -> UnusableKey {
        UnusableKey { reason, public: None }
    }
}

/// A usable private key. The bytes are wiped from memory when it is dropped, and never shown by `Debug`.
#[derive(Clone)]
pub struct PrivateKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, public key {})", self.kind(), self.public.fingerprint())
    }
}

impl PrivateKey {
    /// Makes a key. RSA takes from a tenth of a second to some seconds.
    pub fn generate(key_type: KeyType) -> Result<PrivateKey, PrivateKeyError> {
        match key_type {
            KeyType::EcdsaP256 => generate_ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING),
            KeyType::EcdsaP384 => generate_ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING),
            KeyType::EcdsaP521 => generate_ecdsa(&ECDSA_P521_SHA512_ASN1_SIGNING),
            KeyType::Rsa2048 => generate_rsa(KeySize::Rsa2048),
            KeyType::Rsa3072 => generate_rsa(KeySize::Rsa3072),
            KeyType::Rsa4096 => generate_rsa(KeySize::Rsa4096),
            KeyType::Ed25519 => of_ed25519(&Ed25519KeyPair::generate().map_err(|_| PrivateKeyError::Generation)?),
        }
    }

    /// Reads PKCS#8 (RFC 5958, version 1 or 2), PKCS#1 (RFC 8017) or SEC1 (RFC 5915), told apart by their content. A public key
    /// that stands beside the private one must be its own.
    ///
    /// # Errors
    /// See [`PrivateKeyError`].
    pub fn from_der(der: &[u8]) -> Result<PrivateKey, PrivateKeyError> {
        reading::private_key(der)
    }

    /// The same for what may be a key that cannot be used, with its public key where there is one.
    ///
    /// # Errors
    /// As `from_der`.
    pub fn or_unusable(der: &[u8]) -> Result<PrivateKey, UnusableKey> {
        PrivateKey::from_der(der).map_err(|reason| match reason {
            // Nobody knows which of the two is meant.
            PrivateKeyError::PublicKeyDiffers { .. } => UnusableKey { reason, public: None },
            _ => UnusableKey { reason, public: reading::public_of_unusable(der) },
        })
    }

    /// PKCS#8 version 1, which every other program reads.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub fn kind(&self) -> &KeyKind {
        self.public.kind()
    }
}

fn generate_ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Result<PrivateKey, PrivateKeyError> {
    of_ecdsa(&EcdsaKeyPair::generate(algorithm).map_err(|_| PrivateKeyError::Generation)?)
}

fn of_ecdsa(pair: &EcdsaKeyPair) -> Result<PrivateKey, PrivateKeyError> {
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| PrivateKeyError::Generation)?;
    new(Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_der())
}

fn generate_rsa(size: KeySize) -> Result<PrivateKey, PrivateKeyError> {
    let pair = RsaKeyPair::generate(size).map_err(|_| PrivateKeyError::Generation)?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| PrivateKeyError::Generation)?;
    new(Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_der())
}

fn of_ed25519(pair: &Ed25519KeyPair) -> Result<PrivateKey, PrivateKeyError> {
    // Version 1: OpenSSL 3.0 and GnuTLS refuse version 2.
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| PrivateKeyError::Generation)?;
    new(Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_der())
}

fn new<E>(pkcs8: Zeroizing<Vec<u8>>, spki: Result<PublicKeyX509Der<'_>, E>) -> Result<PrivateKey, PrivateKeyError> {
    let spki = spki.map_err(|_| PrivateKeyError::Generation)?;
    let public = PublicKey::from_spki(spki.as_ref()).ok_or(PrivateKeyError::Generation)?;
    Ok(PrivateKey { pkcs8, public })
}

#[cfg(test)]
mod tests;
