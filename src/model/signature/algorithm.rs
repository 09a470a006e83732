//! Signature algorithms: what an AlgorithmIdentifier says, which keys it goes with, and whether it still proves anything
//! (RFC 3279, RFC 4055, RFC 5758, RFC 8410, RFC 8692, RFC 9881).

use der::asn1::ObjectIdentifier;
use der::{Decode, Reader, SliceReader};
use spki::AlgorithmIdentifierRef;

use crate::model::public_key::oid as key_oid;

/// What an AlgorithmIdentifier asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scheme {
    /// RSASSA-PKCS1-v1_5
    Pkcs1(Digest),
    Pss(Pss),
    Ecdsa(Digest),
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    /// Known by name and kind of key, and not implemented.
    Other,
}

/// The digests of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Md2,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    /// One that nothing here can compute.
    Unknown,
}

/// RSASSA-PSS-params (RFC 4055 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pss {
    pub digest: Digest,
    /// The digest of MGF1; `Unknown` for another mask generation function.
    pub mask: Digest,
    /// In octets.
    pub salt_length: u16,
}

/// The algorithm of a signature, read from its AlgorithmIdentifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub scheme: Scheme,
    /// Which SubjectPublicKeyInfo it goes with, by algorithm; empty where that is not known.
    pub keys: &'static [ObjectIdentifier],
    oid: ObjectIdentifier,
    name: Option<&'static str>,
}

/// One line of the table.
struct Known {
    oid: ObjectIdentifier,
    name: &'static str,
    scheme: Scheme,
    keys: &'static [ObjectIdentifier],
}

const RSA: &[ObjectIdentifier] = &[key_oid::RSA];
const EC: &[ObjectIdentifier] = &[key_oid::EC];
const DSA: &[ObjectIdentifier] = &[key_oid::DSA];

const fn known(dotted: &str, name: &'static str, scheme: Scheme, keys: &'static [ObjectIdentifier]) -> Known {
    Known { oid: ObjectIdentifier::new_unwrap(dotted), name, scheme, keys }
}

const RSASSA_PSS: ObjectIdentifier = key_oid::RSA_PSS;

/// Named as OpenSSL and the standards do.
#[rustfmt::skip]
const KNOWN: &[Known] = &[
    known("1.2.840.10045.4.3.2", "ecdsa-with-SHA256", Scheme::Ecdsa(Digest::Sha256), EC),
    known("1.2.840.10045.4.3.3", "ecdsa-with-SHA384", Scheme::Ecdsa(Digest::Sha384), EC),
    known("1.2.840.10045.4.3.4", "ecdsa-with-SHA512", Scheme::Ecdsa(Digest::Sha512), EC),
    known("1.2.840.113549.1.1.11", "sha256WithRSAEncryption", Scheme::Pkcs1(Digest::Sha256), RSA),
    known("1.2.840.113549.1.1.12", "sha384WithRSAEncryption", Scheme::Pkcs1(Digest::Sha384), RSA),
    known("1.2.840.113549.1.1.13", "sha512WithRSAEncryption", Scheme::Pkcs1(Digest::Sha512), RSA),
    known("1.3.101.112", "Ed25519", Scheme::Ed25519, &[key_oid::ED25519]),
    known("2.16.840.1.101.3.4.3.17", "ML-DSA-44", Scheme::MlDsa44, &[key_oid::ML_DSA_44]),
    known("2.16.840.1.101.3.4.3.18", "ML-DSA-65", Scheme::MlDsa65, &[key_oid::ML_DSA_65]),
    known("2.16.840.1.101.3.4.3.19", "ML-DSA-87", Scheme::MlDsa87, &[key_oid::ML_DSA_87]),
    known("1.2.840.113549.1.1.5", "sha1WithRSAEncryption", Scheme::Pkcs1(Digest::Sha1), RSA),
    // sha1WithRSASignature of OIW: another identifier of the same.
    known("1.3.14.3.2.29", "sha1WithRSA", Scheme::Pkcs1(Digest::Sha1), RSA),
    known("1.2.840.113549.1.1.2", "md2WithRSAEncryption", Scheme::Pkcs1(Digest::Md2), RSA),
    known("1.2.840.113549.1.1.4", "md5WithRSAEncryption", Scheme::Pkcs1(Digest::Md5), RSA),
    known("1.2.840.113549.1.1.14", "sha224WithRSAEncryption", Scheme::Pkcs1(Digest::Sha224), RSA),
    known("1.2.840.113549.1.1.15", "sha512-224WithRSAEncryption", Scheme::Other, RSA),
    known("1.2.840.113549.1.1.16", "sha512-256WithRSAEncryption", Scheme::Other, RSA),
    known("1.3.36.3.3.1.2", "ripemd160WithRSA", Scheme::Other, RSA),
    known("2.16.840.1.101.3.4.3.13", "RSA-SHA3-224", Scheme::Other, RSA),
    known("2.16.840.1.101.3.4.3.14", "RSA-SHA3-256", Scheme::Other, RSA),
    known("2.16.840.1.101.3.4.3.15", "RSA-SHA3-384", Scheme::Other, RSA),
    known("2.16.840.1.101.3.4.3.16", "RSA-SHA3-512", Scheme::Other, RSA),
    known("1.2.840.10045.4.1", "ecdsa-with-SHA1", Scheme::Ecdsa(Digest::Sha1), EC),
    known("1.2.840.10045.4.3.1", "ecdsa-with-SHA224", Scheme::Ecdsa(Digest::Sha224), EC),
    known("2.16.840.1.101.3.4.3.9", "ecdsa-with-SHA3-224", Scheme::Other, EC),
    known("2.16.840.1.101.3.4.3.10", "ecdsa-with-SHA3-256", Scheme::Ecdsa(Digest::Sha3_256), EC),
    known("2.16.840.1.101.3.4.3.11", "ecdsa-with-SHA3-384", Scheme::Ecdsa(Digest::Sha3_384), EC),
    known("2.16.840.1.101.3.4.3.12", "ecdsa-with-SHA3-512", Scheme::Ecdsa(Digest::Sha3_512), EC),
    known("1.2.840.10040.4.3", "dsa-with-SHA1", Scheme::Other, DSA),
    known("2.16.840.1.101.3.4.3.1", "dsa-with-SHA224", Scheme::Other, DSA),
    known("2.16.840.1.101.3.4.3.2", "dsa-with-SHA256", Scheme::Other, DSA),
    known("2.16.840.1.101.3.4.3.3", "dsa-with-SHA384", Scheme::Other, DSA),
    known("2.16.840.1.101.3.4.3.4", "dsa-with-SHA512", Scheme::Other, DSA),
    known("1.3.101.113", "Ed448", Scheme::Other, &[key_oid::ED448]),
];

/// DSA with SHA-1, the one weak algorithm that has no scheme of its own here.
const DSA_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.3");

impl Algorithm {
    /// Reads an AlgorithmIdentifier in DER; `None` when it is none.
    pub fn from_der(der: &[u8]) -> Option<Algorithm> {
        let identifier = AlgorithmIdentifierRef::from_der(der).ok()?;
        if identifier.oid == RSASSA_PSS {
            let scheme = Scheme::Pss(Pss::read(&identifier)?);
            return Some(Algorithm { scheme, keys: &[key_oid::RSA, key_oid::RSA_PSS], oid: RSASSA_PSS, name: None });
        }
        let known = KNOWN.iter().find(|known| known.oid == identifier.oid);
        Some(Algorithm {
            scheme: known.map_or(Scheme::Other, |known| known.scheme.clone()),
            keys: known.map_or(&[], |known| known.keys),
            oid: identifier.oid,
            name: known.map(|known| known.name),
        })
    }

    /// It rests on MD2, MD5 or SHA-1: collisions can be made, so it proves nothing about a certificate.
    pub fn is_weak(&self) -> bool {
        let digest = match &self.scheme {
            Scheme::Pkcs1(digest) | Scheme::Ecdsa(digest) => *digest,
            Scheme::Pss(pss) => pss.digest,
            _ => return self.oid == DSA_SHA1,
        };
        matches!(digest, Digest::Md2 | Digest::Md5 | Digest::Sha1)
    }

    /// `sha256WithRSAEncryption`, `rsassaPss with SHA-256, salt of 20 octets`; dotted where unknown.
    pub fn full_name(&self) -> String {
        match &self.scheme {
            Scheme::Pss(pss) => format!("rsassaPss with {}", pss.described()),
            _ => self.name(),
        }
    }

    /// The name every program prints; dotted where unknown.
    pub fn name(&self) -> String {
        match self.oid {
            RSASSA_PSS => "rsassaPss".into(),
            oid => self.name.map_or_else(|| oid.to_string(), str::to_owned),
        }
    }
}

/// The name every program prints for a signature algorithm; dotted where unknown.
pub(in crate::model) fn name_of(dotted: &str) -> String {
    if dotted == "1.2.840.113549.1.1.10" {
        return "rsassaPss".into();
    }
    let known = KNOWN.iter().find(|known| known.oid.to_string() == dotted);
    known.map_or_else(|| dotted.to_owned(), |known| known.name.to_owned())
}

/// RSASSA-PSS-params as encoded. What is absent has the default of RFC 4055 section 3.1: SHA-1 and a salt of 20 octets.
#[derive(der::Sequence)]
struct PssParameters<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

impl Pss {
    /// `None` when the parameters cannot be read, or ask for another trailer than the one that exists.
    pub fn read(identifier: &AlgorithmIdentifierRef<'_>) -> Option<Pss> {
        /// id-mgf1 (RFC 8017 appendix A.2.1).
        const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
        let parameters: PssParameters<'_> = identifier.parameters?.decode_as().ok()?;
        let mask = match &parameters.mask {
            None => Digest::Sha1,
            Some(mask) if mask.oid == MGF1 => {
                Digest::of(mask.parameters?.decode_as::<AlgorithmIdentifierRef<'_>>().ok()?.oid)
            }
            Some(_) => Digest::Unknown,
        };
        if parameters.trailer.is_some_and(|trailer| trailer != 1) {
            return None;
        }
        Some(Pss {
            digest: parameters.hash.map_or(Digest::Sha1, |hash| Digest::of(hash.oid)),
            mask,
            salt_length: parameters.salt_length.unwrap_or(20),
        })
    }

    /// A key that says so makes signatures with its own parameters only (RFC 4055 section 3.3).
    pub fn is_allowed_by(&self, key: Pss) -> bool {
        self.digest == key.digest && self.mask == key.mask && self.salt_length >= key.salt_length
    }

    fn described(&self) -> String {
        let mask = if self.mask == self.digest { String::new() } else { format!(", MGF1 with {}", self.mask) };
        format!("{}{mask}, salt of {} octets", self.digest, self.salt_length)
    }
}

impl Digest {
    /// By the identifiers of RFC 8017 appendix B.1 and NIST's registry.
    fn of(oid: ObjectIdentifier) -> Digest {
        match oid.to_string().as_str() {
            "1.2.840.113549.2.2" => Digest::Md2,
            "1.2.840.113549.2.5" => Digest::Md5,
            "1.3.14.3.2.26" => Digest::Sha1,
            "2.16.840.1.101.3.4.2.4" => Digest::Sha224,
            "2.16.840.1.101.3.4.2.1" => Digest::Sha256,
            "2.16.840.1.101.3.4.2.2" => Digest::Sha384,
            "2.16.840.1.101.3.4.2.3" => Digest::Sha512,
            "2.16.840.1.101.3.4.2.8" => Digest::Sha3_256,
            "2.16.840.1.101.3.4.2.9" => Digest::Sha3_384,
            "2.16.840.1.101.3.4.2.10" => Digest::Sha3_512,
            _ => Digest::Unknown,
        }
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Digest::Md2 => "MD2",
            Digest::Md5 => "MD5",
            Digest::Sha1 => "SHA-1",
            Digest::Sha224 => "SHA-224",
            Digest::Sha256 => "SHA-256",
            Digest::Sha384 => "SHA-384",
            Digest::Sha512 => "SHA-512",
            Digest::Sha3_256 => "SHA3-256",
            Digest::Sha3_384 => "SHA3-384",
            Digest::Sha3_512 => "SHA3-512",
            Digest::Unknown => "an unknown digest",
        })
    }
}

/// The parameters of an RSASSA-PSS key (RFC 4055 section 3.1); `None` where it has none and allows all.
pub(super) fn pss_of_key(spki: &[u8]) -> Option<Pss> {
    let mut reader = SliceReader::new(spki).ok()?;
    let identifier = reader
        .sequence(|inner| {
            let identifier = AlgorithmIdentifierRef::decode(inner)?;
            inner.tlv_bytes()?;
            Ok::<_, der::Error>(identifier)
        })
        .ok()?;
    identifier.parameters?;
    Pss::read(&identifier)
}
