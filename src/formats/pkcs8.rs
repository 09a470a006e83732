//! EncryptedPrivateKeyInfo (RFC 5958 section 3), what stands between `BEGIN ENCRYPTED PRIVATE KEY` and its end.

use der::{Encode, Tag};
use zeroize::Zeroizing;

use super::ber;
use super::der_fields::{Fields, Malformed, OCTET_STRING, SEQUENCE, element};
use super::encryption::{self, EncryptionError, MOST_ITERATIONS, Password, Scheme};
use super::private_key_info;

/// Why an encrypted key could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs8Error {
    /// What comes out is no key. There is no check that would tell a damaged file from a wrong password.
    #[error("wrong password")]
    WrongPassword,
    #[error("{0} is not supported")]
    Unsupported(String),
    #[error("it asks for {iterations} iterations; at most {MOST_ITERATIONS} are computed")]
    TooManyIterations { iterations: u64 },
    #[error("it is no encrypted private key")]
    Malformed,
    #[error("an empty password protects nothing")]
    EmptyPassword,
}

impl From<Malformed> for Pkcs8Error {
    fn from(_: Malformed) -> Pkcs8Error {
        Pkcs8Error::Malformed
    }
}

impl From<EncryptionError> for Pkcs8Error {
    fn from(error: EncryptionError) -> Pkcs8Error {
        match error {
            EncryptionError::Unsupported(name) => Pkcs8Error::Unsupported(name),
            EncryptionError::TooManyIterations { iterations } => Pkcs8Error::TooManyIterations { iterations },
            EncryptionError::Malformed => Pkcs8Error::Malformed,
            EncryptionError::WrongKey => Pkcs8Error::WrongPassword,
        }
    }
}

/// The two fields: the AlgorithmIdentifier as DER, and the encrypted bytes.
pub(super) fn parts(der: &[u8]) -> Result<(Vec<u8>, &[u8]), Malformed> {
    let mut fields = Fields::of_der(der, Tag::Sequence)?;
    let algorithm = fields.any()?;
    Fields::of(algorithm, Tag::Sequence)?.oid()?;
    let data = fields.octets()?;
    match fields.next()? {
        None => Ok((algorithm.to_der()?, data)),
        Some(_) => Err(Malformed),
    }
}

/// How the key is protected, for people; `None` when it is no EncryptedPrivateKeyInfo.
pub fn protection(der: &[u8]) -> Option<String> {
    let der = ber::to_der(der).ok()?;
    parts(&der).ok().map(|(algorithm, _)| encryption::describe(&algorithm))
}

/// Gives the PKCS#8 inside.
///
/// # Errors
/// See [`Pkcs8Error`].
pub fn decrypt(der: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, Pkcs8Error> {
    let der = ber::to_der(der).map_err(|_| Pkcs8Error::Malformed)?;
    let (algorithm, data) = parts(&der)?;
    let scheme = Scheme::read(&algorithm)?;
    for password in Password::candidates(password) {
        match scheme.decrypt(data, &password).map(believed) {
            Ok(Some(key)) => return Ok(key),
            Ok(None) | Err(EncryptionError::WrongKey) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Pkcs8Error::WrongPassword)
}

/// A wrong password passes the check of the padding once in 256 times, but what comes out then is no key.
pub(super) fn believed(plain: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let der = match ber::to_der(&plain).ok()? {
        std::borrow::Cow::Borrowed(_) => plain,
        std::borrow::Cow::Owned(der) => Zeroizing::new(der),
    };
    private_key_info::read(&der).is_some().then_some(der)
}

/// PBES2: PBKDF2-HMAC-SHA-256 with 600,000 iterations and AES-256-CBC, which OpenSSL, GnuTLS, Java and NSS all read.
///
/// # Errors
/// `EmptyPassword`; `Malformed` when `pkcs8` is no PrivateKeyInfo.
pub fn encrypt(pkcs8: &[u8], password: &str) -> Result<Vec<u8>, Pkcs8Error> {
    if password.is_empty() {
        return Err(Pkcs8Error::EmptyPassword);
    }
    private_key_info::read(pkcs8).ok_or(Pkcs8Error::Malformed)?;
    Ok(encrypt_with(&Scheme::modern()?, pkcs8, &Password::new(password))?)
}

pub(super) fn encrypt_with(scheme: &Scheme, pkcs8: &[u8], password: &Password) -> Result<Vec<u8>, EncryptionError> {
    let data = element(OCTET_STRING, &[&scheme.encrypt(pkcs8, password)?]);
    Ok(element(SEQUENCE, &[&scheme.to_der()?, &data]).to_vec())
}
