//! The MAC of a PKCS#12 file: the one of RFC 7292 section 5.1, and PBMAC1 of RFC 9879.

use aws_lc_rs::hmac;
use der::Tag;
use der::asn1::{AnyRef, ObjectIdentifier};

use super::Pkcs12Error;
use crate::formats::der_fields::{Fields, Malformed, NULL, OCTET_STRING, SEQUENCE, element, integer_der, oid_der};
use crate::formats::encryption::kdf::{self, Purpose};
use crate::formats::encryption::{
    EncryptionError, ITERATIONS, Password, identifier, iterations, iterations_for_people, names, pbkdf2_parameters,
    random,
};

/// MacData (RFC 7292 section 4), as written.
pub struct MacData<'a> {
    algorithm: ObjectIdentifier,
    parameters: Option<AnyRef<'a>>,
    digest: &'a [u8],
    salt: &'a [u8],
    iterations: i128,
}

impl<'a> MacData<'a> {
    pub fn read(element: AnyRef<'a>) -> Result<MacData<'a>, Malformed> {
        let mut fields = Fields::of(element, Tag::Sequence)?;
        let mut info = fields.sequence()?;
        let (algorithm, parameters) = identifier(&mut info.sequence()?)?;
        let digest = info.octets()?;
        let salt = fields.octets()?;
        let iterations = fields.optional(Tag::Integer)?.map(crate::formats::der_fields::integer).transpose()?;
        Ok(MacData { algorithm, parameters, digest, salt, iterations: iterations.unwrap_or(1) })
    }

    pub fn is_pbmac1(&self) -> bool {
        self.algorithm == names::PBMAC1
    }

    pub fn is_weak(&self) -> bool {
        [names::SHA1, names::MD5].contains(&self.algorithm)
    }

    /// For people: `HMAC-SHA-256 (2,048 iterations)`.
    pub fn describe(&self) -> String {
        if !self.is_pbmac1() {
            return format!("HMAC-{} ({})", names::name(self.algorithm), iterations_for_people(self.iterations));
        }
        match self.pbmac1_parts() {
            Ok((pbkdf2, mac)) => format!(
                "PBMAC1: PBKDF2-{} ({}), {}",
                names::name(pbkdf2.prf),
                iterations_for_people(pbkdf2.iterations),
                names::name(mac)
            ),
            Err(_) => "PBMAC1".to_owned(),
        }
    }

    /// Checks everything that can be checked without a password, before any work is done.
    pub fn check(&self) -> Result<Check<'a>, Pkcs12Error> {
        let (key, mac, cost) = if self.is_pbmac1() {
            self.check_pbmac1()?
        } else {
            let unsupported = || Pkcs12Error::Unsupported(format!("a MAC with {}", names::name(self.algorithm)));
            let digest = kdf::digest_of(self.algorithm).ok_or_else(unsupported)?;
            let mac = hmac_of(self.algorithm).ok_or_else(unsupported)?;
            let iterations = iterations(self.iterations)?;
            (Key::Pkcs12 { digest, salt: self.salt, iterations }, mac, iterations)
        };
        Ok(Check { key, mac, expected: self.digest, cost: u64::from(cost) })
    }

    fn pbmac1_parts(&self) -> Result<(crate::formats::encryption::Pbkdf2<'a>, ObjectIdentifier), Pkcs12Error> {
        let mut fields = Fields::of(self.parameters.ok_or(Malformed)?, Tag::Sequence)?;
        let (derivation, parameters) = identifier(&mut fields.sequence()?)?;
        let (mac, _) = identifier(&mut fields.sequence()?)?;
        match derivation {
            names::PBKDF2 => Ok((pbkdf2_parameters(parameters.ok_or(Malformed)?)?, mac)),
            other => Err(Pkcs12Error::Unsupported(format!("PBMAC1 with {}", names::name(other)))),
        }
    }

    fn check_pbmac1(&self) -> Result<(Key<'a>, hmac::Algorithm, u32), Pkcs12Error> {
        let (pbkdf2, mac) = self.pbmac1_parts()?;
        let unsupported = |oid| Pkcs12Error::Unsupported(format!("PBMAC1 with {}", names::name(oid)));
        // RFC 9879 wants the length written down, and not short.
        let length = pbkdf2
            .key_length
            .filter(|length| (20..=64).contains(length))
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(Pkcs12Error::BadKeyLength { length: pbkdf2.key_length })?;
        let iterations = iterations(pbkdf2.iterations)?;
        let algorithm = kdf::pbkdf2_of(pbkdf2.prf).ok_or_else(|| unsupported(pbkdf2.prf))?;
        let mac = hmac_of(mac).ok_or_else(|| unsupported(mac))?;
        Ok((Key::Pbkdf2 { algorithm, salt: pbkdf2.salt, iterations, length }, mac, iterations))
    }
}

/// By the OID of the digest (RFC 7292) or of the HMAC (RFC 9879).
fn hmac_of(oid: ObjectIdentifier) -> Option<hmac::Algorithm> {
    Some(match oid {
        names::SHA1 | names::HMAC_SHA1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        names::SHA224 | names::HMAC_SHA224 => hmac::HMAC_SHA224,
        names::SHA256 | names::HMAC_SHA256 => hmac::HMAC_SHA256,
        names::SHA384 | names::HMAC_SHA384 => hmac::HMAC_SHA384,
        names::SHA512 | names::HMAC_SHA512 => hmac::HMAC_SHA512,
        _ => return None,
    })
}

enum Key<'a> {
    Pkcs12 { digest: &'static aws_lc_rs::digest::Algorithm, salt: &'a [u8], iterations: u32 },
    Pbkdf2 { algorithm: aws_lc_rs::pbkdf2::Algorithm, salt: &'a [u8], iterations: u32, length: usize },
}

impl Key<'_> {
    fn derive(&self, mac: hmac::Algorithm, password: &Password) -> hmac::Key {
        match self {
            Key::Pkcs12 { digest, salt, iterations } => {
                let length = digest.output_len();
                let key = kdf::pkcs12(digest, Purpose::Mac, password.wide(), salt, *iterations, length);
                hmac::Key::new(mac, &key)
            }
            Key::Pbkdf2 { algorithm, salt, iterations, length } => {
                hmac::Key::new(mac, &kdf::pbkdf2(*algorithm, password.plain(), salt, *iterations, *length))
            }
        }
    }
}

/// A MAC that can be computed.
pub struct Check<'a> {
    key: Key<'a>,
    mac: hmac::Algorithm,
    expected: &'a [u8],
    /// In iterations.
    pub cost: u64,
}

impl Check<'_> {
    /// Whether `password` gives this MAC over `authenticated`.
    pub fn passes(&self, password: &Password, authenticated: &[u8]) -> bool {
        hmac::verify(&self.key.derive(self.mac, password), authenticated, self.expected).is_ok()
    }
}

/// MacData over `authenticated`, as RFC 7292 has it, with SHA-256 or SHA-1.
pub fn classic(
    authenticated: &[u8],
    password: &Password,
    digest: ObjectIdentifier,
    iterations: u32,
) -> Result<Vec<u8>, EncryptionError> {
    let unsupported = || EncryptionError::Unsupported(names::name(digest));
    let salt = random(if digest == names::SHA1 { 8 } else { 16 })?;
    let key = Key::Pkcs12 { digest: kdf::digest_of(digest).ok_or_else(unsupported)?, salt: &salt, iterations };
    let tag = hmac::sign(&key.derive(hmac_of(digest).ok_or_else(unsupported)?, password), authenticated);
    let algorithm = element(SEQUENCE, &[&oid_der(digest), NULL]);
    let info = element(SEQUENCE, &[&algorithm, &element(OCTET_STRING, &[tag.as_ref()])]);
    Ok(element(SEQUENCE, &[&info, &element(OCTET_STRING, &[&salt]), &integer_der(iterations)]).to_vec())
}

/// MacData with PBMAC1: PBKDF2-HMAC-SHA-256 with 600,000 iterations, a key of 32 bytes, HMAC-SHA-256 (RFC 9879).
pub fn pbmac1(authenticated: &[u8], password: &Password) -> Result<Vec<u8>, EncryptionError> {
    let salt = random(16)?;
    let key = Key::Pbkdf2 {
        algorithm: aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256,
        salt: &salt,
        iterations: ITERATIONS,
        length: 32,
    };
    let tag = hmac::sign(&key.derive(hmac::HMAC_SHA256, password), authenticated);
    let hmac_sha256 = element(SEQUENCE, &[&oid_der(names::HMAC_SHA256), NULL]);
    let salt = element(OCTET_STRING, &[&salt]);
    let parameters = element(SEQUENCE, &[&salt, &integer_der(ITERATIONS), &integer_der(32), &hmac_sha256]);
    let derivation = element(SEQUENCE, &[&oid_der(names::PBKDF2), &parameters]);
    let parameters = element(SEQUENCE, &[&derivation, &hmac_sha256]);
    let algorithm = element(SEQUENCE, &[&oid_der(names::PBMAC1), &parameters]);
    let info = element(SEQUENCE, &[&algorithm, &element(OCTET_STRING, &[tag.as_ref()])]);
    // RFC 9879: the outer salt is not used, but a reader of RFC 7292 wants one; iterations stay the default.
    Ok(element(SEQUENCE, &[&info, &element(OCTET_STRING, &[b"NOT USED"])]).to_vec())
}
