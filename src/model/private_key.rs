//! Private keys: made here, or read in any of the three plain DER forms and kept in one of them, PKCS#8 version 1.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use der::asn1::{AnyRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::public_key::{KeyKind, PublicKey, algorithm_name, bit_length, ec_kind, oid};

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

/// Why some bytes are not a private key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrivateKeyError {
    #[error("not a private key in PKCS#8, PKCS#1 or SEC1 form")]
    NotAKey,
    /// An algorithm, curve or parameter that TLS here does not use.
    #[error("{0} keys are not supported")]
    Unsupported(String),
    /// RSA with a modulus outside 2048 to 8192 bits.
    #[error("the RSA key has {0} bits")]
    RsaSize(usize),
    /// The numbers in the key contradict each other.
    #[error("the parts of the key do not belong together")]
    Inconsistent,
    #[error("the system could not make a key")]
    Generation,
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
            KeyType::Ed25519 => from_ed25519(&Ed25519KeyPair::generate().map_err(|_| PrivateKeyError::Generation)?),
        }
    }

    /// Reads PKCS#8 (RFC 5958, version 1 or 2), PKCS#1 (RFC 8017) or SEC1 (RFC 5915), told apart by their content.
    pub fn from_der(der: &[u8]) -> Result<PrivateKey, PrivateKeyError> {
        if let Ok(info) = PrivateKeyInfoRef::from_der(der) {
            return from_pkcs8(&info);
        }
        match SliceReader::new(der).ok().and_then(|mut reader| reader.sequence(version_and_next_tag).ok()) {
            Some((0, der::Tag::Integer)) => from_pkcs1(der),
            Some((1, der::Tag::OctetString)) => from_sec1(der, None),
            _ => Err(PrivateKeyError::NotAKey),
        }
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

fn version_and_next_tag<'a>(reader: &mut SliceReader<'a>) -> Result<(u8, der::Tag), der::Error> {
    let version = u8::decode(reader)?;
    let next = AnyRef::decode(reader)?;
    while !reader.is_finished() {
        AnyRef::decode(reader)?;
    }
    Ok((version, der::Tagged::tag(&next)))
}

fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<PrivateKey, PrivateKeyError> {
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        oid::RSA => from_pkcs1(inner),
        oid::EC => from_sec1(inner, info.algorithm.parameters),
        oid::ED25519 => {
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| PrivateKeyError::NotAKey)?;
            let pair =
                Ed25519KeyPair::from_seed_unchecked(seed.as_bytes()).map_err(|_| PrivateKeyError::Inconsistent)?;
            from_ed25519(&pair)
        }
        other => Err(PrivateKeyError::Unsupported(algorithm_name(other))),
    }
}

fn from_pkcs1(der: &[u8]) -> Result<PrivateKey, PrivateKeyError> {
    let bits = rsa_private_bits(der).ok_or(PrivateKeyError::NotAKey)?;
    if !(2048..=8192).contains(&bits) {
        return Err(PrivateKeyError::RsaSize(bits));
    }
    let pair = RsaKeyPair::from_der(der).map_err(|_| PrivateKeyError::Inconsistent)?;
    // aws-lc writes what it read, so the wrapping is done here for every RSA key alike.
    let algorithm = AlgorithmIdentifierRef { oid: oid::RSA, parameters: Some(AnyRef::NULL) };
    new(wrap(algorithm, der)?, pair.public_key().as_der())
}

fn rsa_private_bits(der: &[u8]) -> Option<usize> {
    SliceReader::new(der)
        .ok()?
        .sequence(|inner| {
            u8::decode(inner)?;
            let modulus = UintRef::decode(inner)?;
            while !inner.is_finished() {
                AnyRef::decode(inner)?;
            }
            Ok::<_, der::Error>(bit_length(modulus.as_bytes()))
        })
        .ok()
}

fn from_sec1(der: &[u8], parameters: Option<AnyRef<'_>>) -> Result<PrivateKey, PrivateKeyError> {
    let inner = sec1_parameters(der).ok_or(PrivateKeyError::NotAKey)?;
    let algorithm = match ec_kind(parameters.or(inner)) {
        KeyKind::EcdsaP256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        KeyKind::EcdsaP384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        KeyKind::EcdsaP521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        other => return Err(PrivateKeyError::Unsupported(other.to_string())),
    };
    let wrapped = wrap(AlgorithmIdentifierRef { oid: oid::EC, parameters: parameters.or(inner) }, der)?;
    let pair = EcdsaKeyPair::from_private_key_der(algorithm, &wrapped).map_err(|_| PrivateKeyError::Inconsistent)?;
    from_ecdsa(&pair)
}

const PARAMETERS: der::Tag = der::Tag::ContextSpecific { constructed: true, number: der::TagNumber(0) };

/// The `parameters [0]` of an ECPrivateKey (RFC 5915 section 3), if there are any; `None` outside when it is no ECPrivateKey.
fn sec1_parameters(der: &[u8]) -> Option<Option<AnyRef<'_>>> {
    SliceReader::new(der)
        .ok()?
        .sequence(|inner| {
            u8::decode(inner)?;
            <&OctetStringRef>::decode(inner)?;
            let mut parameters = None;
            while !inner.is_finished() {
                let field = AnyRef::decode(inner)?;
                if der::Tagged::tag(&field) == PARAMETERS {
                    parameters = Some(AnyRef::from_der(field.value())?);
                }
            }
            Ok::<_, der::Error>(parameters)
        })
        .ok()
}

fn wrap(algorithm: AlgorithmIdentifierRef<'_>, inner: &[u8]) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    let inner = OctetStringRef::new(inner).map_err(|_| PrivateKeyError::NotAKey)?;
    PrivateKeyInfoRef::new(algorithm, inner).to_der().map(Zeroizing::new).map_err(|_| PrivateKeyError::NotAKey)
}

fn generate_ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Result<PrivateKey, PrivateKeyError> {
    from_ecdsa(&EcdsaKeyPair::generate(algorithm).map_err(|_| PrivateKeyError::Generation)?)
}

fn from_ecdsa(pair: &EcdsaKeyPair) -> Result<PrivateKey, PrivateKeyError> {
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| PrivateKeyError::Inconsistent)?;
    new(Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_der())
}

fn generate_rsa(size: KeySize) -> Result<PrivateKey, PrivateKeyError> {
    let pair = RsaKeyPair::generate(size).map_err(|_| PrivateKeyError::Generation)?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| PrivateKeyError::Generation)?;
    new(Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_der())
}

fn from_ed25519(pair: &Ed25519KeyPair) -> Result<PrivateKey, PrivateKeyError> {
    // Version 1: OpenSSL 3.0 and GnuTLS refuse version 2.
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| PrivateKeyError::Inconsistent)?;
    new(Zeroizing::new(pkcs8.as_ref().to_vec()), pair.public_key().as_der())
}

fn new<E>(pkcs8: Zeroizing<Vec<u8>>, spki: Result<PublicKeyX509Der<'_>, E>) -> Result<PrivateKey, PrivateKeyError> {
    let spki = spki.map_err(|_| PrivateKeyError::Inconsistent)?;
    let public = PublicKey::from_spki(spki.as_ref()).ok_or(PrivateKeyError::Inconsistent)?;
    Ok(PrivateKey { pkcs8, public })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back_as_itself() {
        for key_type in [KeyType::EcdsaP256, KeyType::EcdsaP384, KeyType::EcdsaP521, KeyType::Rsa2048, KeyType::Ed25519]
        {
            let made = PrivateKey::generate(key_type).unwrap();
            let read = PrivateKey::from_der(made.pkcs8()).unwrap();
            assert_eq!(made.public(), read.public());
            assert_eq!(made.pkcs8(), read.pkcs8(), "{}", key_type.as_str());
        }
    }

    #[test]
    fn the_inner_forms_are_read_and_normalised() {
        for key_type in [KeyType::EcdsaP256, KeyType::Rsa2048] {
            let made = PrivateKey::generate(key_type).unwrap();
            let info = PrivateKeyInfoRef::from_der(made.pkcs8()).unwrap();
            let inner = info.private_key.as_bytes();
            match PrivateKey::from_der(inner) {
                Ok(read) => assert_eq!(made.public(), read.public()),
                // SEC1 inside PKCS#8 leaves the curve to the outside.
                Err(error) => {
                    assert_eq!(
                        (key_type, error),
                        (KeyType::EcdsaP256, PrivateKeyError::Unsupported("EC with explicit parameters".into()))
                    )
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_no_key_are_said_to_be_none() {
        for bytes in [&b""[..], b"x", &[0x30, 0x03, 0x02, 0x01, 0x00], &[0x30; 64]] {
            assert_eq!(PrivateKey::from_der(bytes).unwrap_err(), PrivateKeyError::NotAKey);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
        let shown = format!("{key:?}");
        assert!(shown.len() < 120 && shown.contains("ECDSA P-256"), "{shown}");
    }
}
