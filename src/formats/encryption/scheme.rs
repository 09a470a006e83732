//! An AlgorithmIdentifier of an encryption by password: read, described for people, and used.

use der::Tag;
use der::asn1::{AnyRef, ObjectIdentifier};
use pkcs5::pbes2;
use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::kdf::{self, OldDigest, Purpose};
use super::{EncryptionError, ITERATIONS, Password, iterations, names};
use crate::formats::der_fields::{self, Fields, Malformed, OCTET_STRING, SEQUENCE, element, integer_der, oid_der};

/// The most memory that scrypt may take. RFC 7914's own largest example takes 1 GiB; key files in the field take 16 to 32 MiB.
const MOST_SCRYPT_BYTES: u64 = 256 << 20;

impl From<Malformed> for EncryptionError {
    fn from(_: Malformed) -> EncryptionError {
        EncryptionError::Malformed
    }
}

/// An encryption that can be undone, checked: its iterations are within the bound and its salt and IV are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    kind: Kind,
    /// What the derivation costs, in iterations; for a limit over a whole file.
    pub cost: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Pbes2 {
        prf: ObjectIdentifier,
        salt: Vec<u8>,
        iterations: u32,
        cipher: Cipher,
        iv: Vec<u8>,
    },
    /// What aws-lc has no derivation for, and crate pkcs5 has: scrypt, and PBKDF2 with SHA-224.
    Pkcs5(Box<pbes2::Parameters>),
    Pbes1 {
        digest: OldDigest,
        cipher: Cipher,
        salt: Vec<u8>,
        iterations: u32,
    },
    Pkcs12 {
        cipher: Cipher,
        salt: Vec<u8>,
        iterations: u32,
    },
}

impl Scheme {
    /// Reads the DER of an AlgorithmIdentifier.
    ///
    /// # Errors
    /// `Unsupported` with the name for people, `TooManyIterations`, `Malformed`.
    pub fn read(algorithm: &[u8]) -> Result<Scheme, EncryptionError> {
        let (oid, parameters) = identifier(&mut Fields::of_der(algorithm, Tag::Sequence)?)?;
        let parameters = parameters.ok_or_else(|| EncryptionError::Unsupported(names::name(oid)));
        if oid == names::PBES2 {
            return read_pbes2(algorithm, parameters?);
        }
        let Some(kind) = old_kind(oid) else { return Err(EncryptionError::Unsupported(describe(algorithm))) };
        let mut fields = Fields::of(parameters?, Tag::Sequence)?;
        let (salt, iterations) = (fields.octets()?.to_vec(), iterations(fields.integer()?)?);
        let kind = match kind {
            Old::Pbes1(digest, cipher) => Kind::Pbes1 { digest, cipher, salt, iterations },
            Old::Pkcs12(cipher) => Kind::Pkcs12 { cipher, salt, iterations },
        };
        Ok(Scheme { kind, cost: u64::from(iterations) })
    }

    /// PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC, fresh salt and IV.
    pub fn modern() -> Result<Scheme, EncryptionError> {
        let kind = Kind::Pbes2 {
            prf: names::HMAC_SHA256,
            salt: random(16)?,
            iterations: ITERATIONS,
            cipher: Cipher::Aes256,
            iv: random(16)?,
        };
        Ok(Scheme { kind, cost: u64::from(ITERATIONS) })
    }

    /// PBE-SHA1-3DES of PKCS#12, fresh salt.
    pub fn legacy(iterations: u32) -> Result<Scheme, EncryptionError> {
        // Eight bytes of salt are what readers of that time wrote themselves.
        let kind = Kind::Pkcs12 { cipher: Cipher::TripleDes3, salt: random(8)?, iterations };
        Ok(Scheme { kind, cost: u64::from(iterations) })
    }

    /// Whether it is one of those that most programs write and that p12-keystore reads.
    pub fn is_common(&self) -> bool {
        match &self.kind {
            Kind::Pbes2 { cipher, .. } => matches!(cipher, Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256),
            Kind::Pkcs12 { cipher, .. } => matches!(cipher, Cipher::TripleDes3 | Cipher::Rc2(5)),
            Kind::Pkcs5(_) | Kind::Pbes1 { .. } => false,
        }
    }

    /// # Errors
    /// `WrongKey` when the padding is not there. Once in 256 times a wrong password passes: judge what comes out.
    pub fn decrypt(&self, data: &[u8], password: &Password) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
        match &self.kind {
            Kind::Pkcs5(parameters) => {
                let mut buffer = Zeroizing::new(data.to_vec());
                let length = parameters
                    .decrypt_in_place(password.plain(), &mut buffer)
                    .map_err(|_| EncryptionError::WrongKey)?
                    .len();
                buffer.truncate(length);
                Ok(buffer)
            }
            _ => {
                let (cipher, key, iv) = self.derive(password)?;
                cipher.decrypt(&key, &iv, data)
            }
        }
    }

    pub fn encrypt(&self, data: &[u8], password: &Password) -> Result<Vec<u8>, EncryptionError> {
        let (cipher, key, iv) = self.derive(password)?;
        cipher.encrypt(&key, &iv, data)
    }

    fn derive(&self, password: &Password) -> Result<Derived, EncryptionError> {
        match &self.kind {
            Kind::Pbes2 { prf, salt, iterations, cipher, iv } => {
                let algorithm = kdf::pbkdf2_of(*prf).ok_or_else(|| EncryptionError::Unsupported(names::name(*prf)))?;
                let key = kdf::pbkdf2(algorithm, password.plain(), salt, *iterations, cipher.key_length());
                Ok((*cipher, key, Zeroizing::new(iv.clone())))
            }
            Kind::Pkcs5(_) => Err(EncryptionError::Unsupported("writing with that derivation".into())),
            Kind::Pbes1 { digest, cipher, salt, iterations } => {
                let derived = kdf::pbkdf1(*digest, password.plain(), salt, *iterations);
                let (key, iv) = derived.split_at(8);
                Ok((*cipher, Zeroizing::new(key.to_vec()), Zeroizing::new(iv.to_vec())))
            }
            Kind::Pkcs12 { cipher, salt, iterations } => {
                let derive = |purpose, length| {
                    let sha1 = &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
                    kdf::pkcs12(sha1, purpose, password.wide(), salt, *iterations, length)
                };
                Ok((*cipher, derive(Purpose::Key, cipher.key_length()), derive(Purpose::Iv, cipher.iv_length())))
            }
        }
    }

    /// The AlgorithmIdentifier of one made by [`Scheme::modern`] or [`Scheme::legacy`].
    pub fn to_der(&self) -> Result<Vec<u8>, EncryptionError> {
        match &self.kind {
            Kind::Pbes2 { prf, salt, iterations, iv, .. } => {
                let prf = element(SEQUENCE, &[&oid_der(*prf), der_fields::NULL]);
                let salt = element(OCTET_STRING, &[salt]);
                let parameters = element(SEQUENCE, &[&salt, &integer_der(*iterations), &prf]);
                let derivation = element(SEQUENCE, &[&oid_der(names::PBKDF2), &parameters]);
                let iv = element(OCTET_STRING, &[iv]);
                let encryption = element(SEQUENCE, &[&oid_der(names::AES_256_CBC), &iv]);
                let parameters = element(SEQUENCE, &[&derivation, &encryption]);
                Ok(element(SEQUENCE, &[&oid_der(names::PBES2), &parameters]).to_vec())
            }
            Kind::Pkcs12 { salt, iterations, .. } => {
                let salt = element(OCTET_STRING, &[salt]);
                let parameters = element(SEQUENCE, &[&salt, &integer_der(*iterations)]);
                Ok(element(SEQUENCE, &[&oid_der(names::P12_3DES_3), &parameters]).to_vec())
            }
            Kind::Pkcs5(_) | Kind::Pbes1 { .. } => Err(EncryptionError::Unsupported("writing that scheme".into())),
        }
    }
}

type Derived = (Cipher, Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

/// Random bytes of the system.
pub fn random(length: usize) -> Result<Vec<u8>, EncryptionError> {
    let mut bytes = vec![0; length];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| EncryptionError::Unsupported("a system without random numbers".into()))?;
    Ok(bytes)
}

enum Old {
    Pbes1(OldDigest, Cipher),
    Pkcs12(Cipher),
}

fn old_kind(oid: ObjectIdentifier) -> Option<Old> {
    Some(match oid {
        names::PBE_MD5_DES => Old::Pbes1(OldDigest::Md5, Cipher::Des),
        names::PBE_MD5_RC2 => Old::Pbes1(OldDigest::Md5, Cipher::Rc2(8)),
        names::PBE_SHA1_DES => Old::Pbes1(OldDigest::Sha1, Cipher::Des),
        names::PBE_SHA1_RC2 => Old::Pbes1(OldDigest::Sha1, Cipher::Rc2(8)),
        names::P12_RC4_128 => Old::Pkcs12(Cipher::Rc4(16)),
        names::P12_RC4_40 => Old::Pkcs12(Cipher::Rc4(5)),
        names::P12_3DES_3 => Old::Pkcs12(Cipher::TripleDes3),
        names::P12_3DES_2 => Old::Pkcs12(Cipher::TripleDes2),
        names::P12_RC2_128 => Old::Pkcs12(Cipher::Rc2(16)),
        names::P12_RC2_40 => Old::Pkcs12(Cipher::Rc2(5)),
        _ => return None,
    })
}

pub(in crate::formats) fn identifier<'a>(
    fields: &mut Fields<'a>,
) -> Result<(ObjectIdentifier, Option<AnyRef<'a>>), Malformed> {
    Ok((fields.oid()?, fields.next()?))
}

/// PBKDF2-params (RFC 8018 appendix A.2), as written.
pub(in crate::formats) struct Pbkdf2<'a> {
    pub salt: &'a [u8],
    pub iterations: i128,
    pub key_length: Option<i128>,
    pub prf: ObjectIdentifier,
}

pub(in crate::formats) fn pbkdf2_parameters(parameters: AnyRef<'_>) -> Result<Pbkdf2<'_>, Malformed> {
    let mut fields = Fields::of(parameters, Tag::Sequence)?;
    let (salt, iterations) = (fields.octets()?, fields.integer()?);
    let key_length = fields.optional(Tag::Integer)?.map(der_fields::integer).transpose()?;
    let prf = match fields.optional(Tag::Sequence)? {
        Some(prf) => identifier(&mut Fields::of(prf, Tag::Sequence)?)?.0,
        None => names::HMAC_SHA1,
    };
    Ok(Pbkdf2 { salt, iterations, key_length, prf })
}

fn read_pbes2(algorithm: &[u8], parameters: AnyRef<'_>) -> Result<Scheme, EncryptionError> {
    let unsupported = || EncryptionError::Unsupported(describe(algorithm));
    let mut fields = Fields::of(parameters, Tag::Sequence)?;
    let (derivation, derivation_parameters) = identifier(&mut fields.sequence()?)?;
    let (encryption, encryption_parameters) = identifier(&mut fields.sequence()?)?;
    if derivation == names::SCRYPT {
        check_scrypt(derivation_parameters.ok_or(Malformed)?)?;
        return with_pkcs5(parameters, 0).ok_or_else(unsupported);
    }
    if derivation != names::PBKDF2 {
        return Err(unsupported());
    }
    let pbkdf2 = pbkdf2_parameters(derivation_parameters.ok_or(Malformed)?)?;
    let iterations = iterations(pbkdf2.iterations)?;
    let cost = u64::from(iterations);
    let cipher = match encryption {
        names::AES_128_CBC => Cipher::Aes128,
        names::AES_192_CBC => Cipher::Aes192,
        names::AES_256_CBC => Cipher::Aes256,
        names::DES_EDE3_CBC => Cipher::TripleDes3,
        names::DES_CBC => Cipher::Des,
        _ => return with_pkcs5(parameters, cost).ok_or_else(unsupported),
    };
    if kdf::pbkdf2_of(pbkdf2.prf).is_none() {
        return with_pkcs5(parameters, cost).ok_or_else(unsupported);
    }
    let iv = encryption_parameters.filter(|iv| der::Tagged::tag(iv) == Tag::OctetString).ok_or(Malformed)?.value();
    let fits = pbkdf2.key_length.is_none_or(|length| usize::try_from(length) == Ok(cipher.key_length()));
    if iv.len() != cipher.iv_length() || !fits {
        return Err(EncryptionError::Malformed);
    }
    let kind = Kind::Pbes2 { prf: pbkdf2.prf, salt: pbkdf2.salt.to_vec(), iterations, cipher, iv: iv.to_vec() };
    Ok(Scheme { kind, cost })
}

fn with_pkcs5(parameters: AnyRef<'_>, cost: u64) -> Option<Scheme> {
    let parameters = pbes2::Parameters::try_from(parameters).ok()?;
    Some(Scheme { kind: Kind::Pkcs5(Box::new(parameters)), cost })
}

/// RFC 7914: N, r and p decide about memory (128·N·r bytes) and work (p times as much).
fn check_scrypt(parameters: AnyRef<'_>) -> Result<(), EncryptionError> {
    let mut fields = Fields::of(parameters, Tag::Sequence)?;
    fields.octets()?;
    let mut number = || fields.integer().map(|n| u64::try_from(n).unwrap_or(u64::MAX));
    let (n, r, p) = (number()?, number()?, number()?);
    let bytes = n.saturating_mul(r).saturating_mul(128);
    match bytes <= MOST_SCRYPT_BYTES && p <= 16 {
        true => Ok(()),
        false => Err(EncryptionError::Unsupported(format!("scrypt that takes {} MiB and {p} rounds", bytes >> 20))),
    }
}

/// What an AlgorithmIdentifier says, for people; of what is not known the dotted numbers.
pub fn describe(algorithm: &[u8]) -> String {
    try_describe(algorithm).unwrap_or_else(|_| "a damaged algorithm".to_owned())
}

fn try_describe(algorithm: &[u8]) -> Result<String, Malformed> {
    let (oid, parameters) = identifier(&mut Fields::of_der(algorithm, Tag::Sequence)?)?;
    let name = names::name(oid);
    let Some(parameters) = parameters.filter(|_| oid == names::PBES2 || old_kind(oid).is_some()) else {
        return Ok(name);
    };
    let mut fields = Fields::of(parameters, Tag::Sequence)?;
    if oid != names::PBES2 {
        fields.octets()?;
        return Ok(format!("{name} ({})", iterations_for_people(fields.integer()?)));
    }
    let (derivation, parameters) = identifier(&mut fields.sequence()?)?;
    let (encryption, _) = identifier(&mut fields.sequence()?)?;
    let derivation = match (derivation, parameters) {
        (names::PBKDF2, Some(parameters)) => {
            let pbkdf2 = pbkdf2_parameters(parameters)?;
            format!("PBKDF2-{} ({})", names::name(pbkdf2.prf), iterations_for_people(pbkdf2.iterations))
        }
        _ => names::name(derivation),
    };
    Ok(format!("{name}: {derivation}, {}", names::name(encryption)))
}

pub(in crate::formats) fn iterations_for_people(count: i128) -> String {
    match count {
        1 => "1 iteration".to_owned(),
        _ => format!("{} iterations", names::count(count)),
    }
}

/// Whether it rests on what was broken or weak already in the century it comes from: everything before PBES2, and RC2 and DES.
pub fn is_legacy(algorithm: &[u8]) -> bool {
    let oid = Fields::of_der(algorithm, Tag::Sequence).and_then(|mut fields| fields.oid());
    oid.is_ok_and(|oid| oid != names::PBES2) || is_openssl_legacy(algorithm)
}

/// Whether OpenSSL 3 has the cipher in its legacy provider only, which programs do not load unasked: RC2, RC4 and DES with one key.
/// 3DES and SHA-1 are in the default provider.
pub fn is_openssl_legacy(algorithm: &[u8]) -> bool {
    let read = || -> Result<bool, Malformed> {
        let (oid, parameters) = identifier(&mut Fields::of_der(algorithm, Tag::Sequence)?)?;
        if oid != names::PBES2 {
            return Ok(matches!(old_kind(oid), Some(Old::Pbes1(..) | Old::Pkcs12(Cipher::Rc2(_) | Cipher::Rc4(_)))));
        }
        let mut fields = Fields::of(parameters.ok_or(Malformed)?, Tag::Sequence)?;
        fields.sequence()?;
        let (cipher, _) = identifier(&mut fields.sequence()?)?;
        Ok([names::DES_CBC, names::RC2_CBC].contains(&cipher))
    };
    read().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_described_and_reads_back() {
        let modern = Scheme::modern().unwrap();
        let der = modern.to_der().unwrap();
        assert_eq!(describe(&der), "PBES2: PBKDF2-HMAC-SHA-256 (600,000 iterations), AES-256-CBC");
        assert_eq!(Scheme::read(&der).unwrap(), modern);
        let legacy = Scheme::legacy(2048).unwrap();
        let der = legacy.to_der().unwrap();
        assert_eq!(describe(&der), "PKCS#12: SHA-1, 3DES (2,048 iterations)");
        assert_eq!(Scheme::read(&der).unwrap(), legacy);
        let (plain, password) = (b"some bytes".as_slice(), Password::new("pw"));
        let sealed = legacy.encrypt(plain, &password).unwrap();
        assert_eq!(Scheme::read(&der).unwrap().decrypt(&sealed, &password).unwrap().as_slice(), plain);
    }

    #[test]
    fn too_many_iterations_are_refused_before_any_work() {
        let with = |count: &[u8]| {
            let parameters = element(SEQUENCE, &[&element(OCTET_STRING, &[b"salt"]), &element(0x02, &[count])]);
            Scheme::read(&element(SEQUENCE, &[&oid_der(names::P12_3DES_3), &parameters]))
        };
        assert_eq!(with(&[0x7f, 0, 0, 0]), Err(EncryptionError::TooManyIterations { iterations: 0x7f00_0000 }));
        assert_eq!(with(&[0x7f; 30]), Err(EncryptionError::TooManyIterations { iterations: u64::MAX }));
        assert!(with(&[0x4c, 0x4b, 0x40]).is_ok(), "5,000,000 are allowed");
        assert!(with(&[0x4c, 0x4b, 0x41]).is_err());
        assert_eq!(with(&[0]), Err(EncryptionError::Malformed));
        assert_eq!(with(&[0xff]), Err(EncryptionError::Malformed));
    }

    #[test]
    fn a_short_iv_and_an_expensive_scrypt_are_refused() {
        let pbes2 = |derivation: &[u8], cipher: ObjectIdentifier, iv: &[u8]| {
            let encryption = element(SEQUENCE, &[&oid_der(cipher), &element(OCTET_STRING, &[iv])]);
            let parameters = element(SEQUENCE, &[derivation, &encryption]);
            Scheme::read(&element(SEQUENCE, &[&oid_der(names::PBES2), &parameters]))
        };
        let salt = element(OCTET_STRING, &[b"salt"]);
        let pbkdf2 = element(SEQUENCE, &[&oid_der(names::PBKDF2), &element(SEQUENCE, &[&salt, &integer_der(1)])]);
        assert!(pbes2(&pbkdf2, names::DES_EDE3_CBC, &[0; 8]).is_ok());
        for length in [0, 1, 7, 9] {
            assert_eq!(pbes2(&pbkdf2, names::DES_EDE3_CBC, &vec![0; length]), Err(EncryptionError::Malformed));
        }
        let unknown = ObjectIdentifier::new_unwrap("1.2.3");
        let expected = "PBES2: PBKDF2-HMAC-SHA-1 (1 iteration), 1.2.3".to_owned();
        assert_eq!(pbes2(&pbkdf2, unknown, &[0; 8]), Err(EncryptionError::Unsupported(expected)));
        let scrypt = |n| {
            let numbers = [integer_der(n), integer_der(8), integer_der(1)].concat();
            element(SEQUENCE, &[&oid_der(names::SCRYPT), &element(SEQUENCE, &[&salt, &numbers])])
        };
        assert!(pbes2(&scrypt(16384), names::AES_256_CBC, &[0; 16]).is_ok());
        assert!(matches!(
            pbes2(&scrypt(1 << 30), names::AES_256_CBC, &[0; 16]),
            Err(EncryptionError::Unsupported(name)) if name.contains("1048576 MiB")
        ));
    }
}
