//! Writing a PKCS#12 file that every reader opens: DER, two safes, certificates first, then one encrypted key.

use aws_lc_rs::digest;
use zeroize::Zeroizing;

use super::structure::{DATA, ENCRYPTED_DATA};
use super::{Pkcs12Error, bags, mac};
use crate::formats::der_fields::{OCTET_STRING, SEQUENCE, SET, element, integer_der, oid_der};
use crate::formats::encryption::{EncryptionError, ITERATIONS, Password, Scheme, names};
use crate::formats::pkcs8;

/// For which readers a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recipe {
    /// PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC, HMAC-SHA-256; 600,000 iterations each.
    #[default]
    Modern,
    /// PBE-SHA1-3DES and a SHA-1 MAC, for Windows before 2019, macOS before 15, Java 8, OpenSSL before 1.1.
    Legacy,
    /// As `Modern`, but with the MAC of RFC 9879, for where the derivation of PKCS#12 itself is not allowed.
    Pbmac1,
}

/// What OpenSSL has written for 25 years, and so what every old reader opens in time. More would help little: the
/// weakness is SHA-1 and 3DES, and readers such as old Java refuse large counts.
const LEGACY_ITERATIONS: u32 = 2048;

/// What goes into a file.
#[derive(Clone, Copy)]
pub struct Contents<'a> {
    /// PKCS#8, DER.
    pub key: &'a [u8],
    /// X.509, DER; the leaf first, then the path in order, best without the root.
    pub certificates: &'a [&'a [u8]],
    /// The name that programs show; none when empty.
    pub friendly_name: &'a str,
}

/// Writes a file. Key and leaf carry the name and the same localKeyID: the SHA-1 of the leaf, as OpenSSL has it.
///
/// # Errors
/// `EmptyPassword`; `Malformed` when the key is no PKCS#8.
pub fn seal(contents: &Contents<'_>, recipe: Recipe, password: &str) -> Result<Vec<u8>, Pkcs12Error> {
    if password.is_empty() {
        return Err(Pkcs12Error::EmptyPassword);
    }
    if pkcs8::believed(Zeroizing::new(contents.key.to_vec())).is_none() {
        return Err(Pkcs12Error::Malformed("the key to write is no PKCS#8".into()));
    }
    let password = Password::new(password);
    let attributes = attributes(contents);
    let mut safes = Vec::new();
    if !contents.certificates.is_empty() {
        safes.extend(certificates(contents, &attributes, &scheme(recipe)?, &password)?);
    }
    safes.extend(key(contents, &attributes, &scheme(recipe)?, &password)?);
    let authenticated = element(SEQUENCE, &[&safes]);
    let mac = match recipe {
        Recipe::Modern => mac::classic(&authenticated, &password, names::SHA256, ITERATIONS)?,
        Recipe::Legacy => mac::classic(&authenticated, &password, names::SHA1, LEGACY_ITERATIONS)?,
        Recipe::Pbmac1 => mac::pbmac1(&authenticated, &password)?,
    };
    Ok(element(SEQUENCE, &[&integer_der(3), &data(&authenticated), &mac]).to_vec())
}

fn scheme(recipe: Recipe) -> Result<Scheme, EncryptionError> {
    match recipe {
        Recipe::Modern | Recipe::Pbmac1 => Scheme::modern(),
        Recipe::Legacy => Scheme::legacy(LEGACY_ITERATIONS),
    }
}

/// The explicit tag `[0]`.
const EXPLICIT: u8 = 0xa0;
/// `[0] IMPLICIT OCTET STRING`.
const IMPLICIT_OCTETS: u8 = 0x80;
const BMP_STRING: u8 = 0x1e;

/// ContentInfo of type data (RFC 5652 section 4).
fn data(content: &[u8]) -> Zeroizing<Vec<u8>> {
    element(SEQUENCE, &[&oid_der(DATA), &element(EXPLICIT, &[&element(OCTET_STRING, &[content])])])
}

/// ContentInfo of type encryptedData (RFC 5652 section 8) with all certificates.
fn certificates(
    contents: &Contents<'_>,
    attributes: &[u8],
    scheme: &Scheme,
    password: &Password,
) -> Result<Vec<u8>, EncryptionError> {
    let bags: Vec<u8> = (contents.certificates.iter().enumerate())
        .flat_map(|(index, certificate)| {
            let octets = element(EXPLICIT, &[&element(OCTET_STRING, &[certificate])]);
            let value = element(SEQUENCE, &[&oid_der(bags::X509), &octets]);
            safe_bag(bags::CERTIFICATE, &value, if index == 0 { attributes } else { &[] }).to_vec()
        })
        .collect();
    let encrypted = scheme.encrypt(&element(SEQUENCE, &[&bags]), password)?;
    let octets = element(IMPLICIT_OCTETS, &[&encrypted]);
    let content = element(SEQUENCE, &[&oid_der(DATA), &scheme.to_der()?, &octets]);
    let data = element(SEQUENCE, &[&integer_der(0), &content]);
    Ok(element(SEQUENCE, &[&oid_der(ENCRYPTED_DATA), &element(EXPLICIT, &[&data])]).to_vec())
}

/// ContentInfo of type data with the encrypted key.
fn key(
    contents: &Contents<'_>,
    attributes: &[u8],
    scheme: &Scheme,
    password: &Password,
) -> Result<Vec<u8>, EncryptionError> {
    let value = pkcs8::encrypt_with(scheme, contents.key, password)?;
    Ok(data(&element(SEQUENCE, &[&safe_bag(bags::SHROUDED_KEY, &value, attributes)])).to_vec())
}

fn safe_bag(id: der::asn1::ObjectIdentifier, value: &[u8], attributes: &[u8]) -> Zeroizing<Vec<u8>> {
    element(SEQUENCE, &[&oid_der(id), &element(EXPLICIT, &[value]), attributes])
}

/// The SET of both attributes, or nothing.
fn attributes(contents: &Contents<'_>) -> Vec<u8> {
    let attribute = |id, value: &[u8]| element(SEQUENCE, &[&oid_der(id), &element(SET, &[value])]).to_vec();
    let mut all = Vec::new();
    if !contents.friendly_name.is_empty() {
        let units: Vec<u8> = contents.friendly_name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        all.push(attribute(bags::FRIENDLY_NAME, &element(BMP_STRING, &[&units])));
    }
    if let Some(leaf) = contents.certificates.first() {
        let id = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, leaf);
        all.push(attribute(bags::LOCAL_KEY_ID, &element(OCTET_STRING, &[id.as_ref()])));
    }
    // DER wants the elements of a SET OF in ascending order (X.690 section 11.6).
    all.sort();
    match all.is_empty() {
        true => Vec::new(),
        false => element(SET, &[&all.concat()]).to_vec(),
    }
}
