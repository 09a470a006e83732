//! Java keystores (`JKS`, what keytool wrote before version 9, and `-storetype jks` still does). There is no RFC; the layout is
//! magic, version, entries, and a SHA-1 over password and entries.
//!
//! The crate checks the digest and decrypts keys, but trusts every length it reads. So the whole file is walked here first, and
//! the crate only sees what has been found to fit.

use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Reader, SliceReader};
use jks::decoder::Decoder;
use jks::{Entry, KeyStoreError, common, keyprotector};
use zeroize::Zeroizing;

const JCEKS_MAGIC: u32 = 0xcece_cece;
/// Length of the SHA-1 at the end of the file.
const DIGEST: usize = 20;
/// Sun's own key encryption, 1.3.6.1.4.1.42.2.17.1.1: an XOR with a SHA-1 stream.
const KEY_PROTECTOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.17.1.1");

/// Why a keystore gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JksError {
    #[error("not a Java keystore")]
    NotJks,
    /// JCEKS: the same layout with stronger keys and serialised Java objects; recognised, not opened.
    #[error("a JCEKS keystore, which only Java opens")]
    Jceks,
    #[error("version {0} of the format is unknown")]
    Version(u32),
    /// The file ends inside an entry (counted from 1), or after the last one (`entry` > `entries`).
    #[error("truncated: the file ends at byte {bytes}, in entry {entry} of {entries}")]
    Truncated { bytes: usize, entry: usize, entries: usize },
    #[error("malformed at byte {offset}: {reason}")]
    Malformed { offset: usize, reason: String },
    /// The digest over password and entries differs. A changed byte looks the same.
    #[error("wrong password")]
    WrongPassword,
    #[error("the key is protected by an algorithm that is not supported")]
    UnsupportedProtection,
}

/// What can be told without a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub keys: usize,
    pub certificates: usize,
}

/// One entry, in file order.
#[derive(Debug)]
pub struct JksEntry {
    pub alias: String,
    /// `None` for a trusted certificate.
    pub key: Option<JksKey>,
    /// The key's chain, leaf first, or the one trusted certificate.
    pub certificates: Vec<Vec<u8>>,
}

/// The key of an entry, which may have a password of its own.
pub enum JksKey {
    /// PKCS#8.
    Plain(Zeroizing<Vec<u8>>),
    /// The store's password did not fit; for `decrypt_key`.
    Protected(Vec<u8>),
    /// Protected by something else than keytool uses in JKS.
    Unsupported,
}

impl std::fmt::Debug for JksKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            JksKey::Plain(_) => "Plain(…)",
            JksKey::Protected(_) => "Protected(…)",
            JksKey::Unsupported => "Unsupported",
        })
    }
}

/// Walks the whole file without a password: every length fits, and nothing follows the digest.
pub fn inspect(bytes: &[u8]) -> Result<Summary, JksError> {
    let mut walk = Walk { bytes, at: 0, entry: 0, entries: 0 };
    match walk.number() {
        Ok(common::MAGIC) => {}
        Ok(JCEKS_MAGIC) => return Err(JksError::Jceks),
        _ => return Err(JksError::NotJks),
    }
    let version = walk.number()?;
    if !(common::VERSION_01..=common::VERSION_02).contains(&version) {
        return Err(JksError::Version(version));
    }
    walk.entries = walk.length()?;
    let mut summary = Summary { keys: 0, certificates: 0 };
    for entry in 1..=walk.entries {
        walk.entry = entry;
        walk.entry(version, &mut summary)?;
    }
    walk.entry = walk.entries.saturating_add(1);
    walk.skip(DIGEST)?;
    match bytes.len() - walk.at {
        0 => Ok(summary),
        more => Err(JksError::Malformed { offset: walk.at, reason: format!("{more} bytes follow the digest") }),
    }
}

/// Every entry, once the digest has been found right. Nothing is given out when it is not.
pub fn open(bytes: &[u8], password: &str) -> Result<Vec<JksEntry>, JksError> {
    inspect(bytes)?;
    let mut input = bytes;
    let mut decoder = Decoder::new(&mut input);
    decoder.update_digest(&Zeroizing::new(password_bytes(password.as_bytes())));
    decoder.update_digest(common::WHITENER_MESSAGE);
    let mut read = || -> Result<Vec<(String, Entry)>, KeyStoreError> {
        decoder.read_u32()?;
        let version = decoder.read_u32()?;
        let entries = decoder.read_u32()?;
        let found = (0..entries).map(|_| decoder.read_entry(version)).collect::<Result<_, _>>()?;
        decoder.verify_digest()?;
        Ok(found)
    };
    let found = read().map_err(|error| match error {
        KeyStoreError::InvalidDigest => JksError::WrongPassword,
        _ => JksError::Malformed { offset: 0, reason: "an entry cannot be read".into() },
    })?;
    Ok(found.into_iter().map(|(alias, entry)| convert(alias, entry, password)).collect())
}

/// Decrypts a key that has its own password; gives PKCS#8.
pub fn decrypt_key(protected: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, JksError> {
    // The crate slices without looking, so the shape is made sure of before.
    if !is_protected(protected) {
        return Err(JksError::UnsupportedProtection);
    }
    keyprotector::decrypt(protected, password.as_bytes(), password_bytes).map(Zeroizing::new).map_err(|error| {
        match error {
            KeyStoreError::InvalidDigest => JksError::WrongPassword,
            _ => JksError::UnsupportedProtection,
        }
    })
}

fn convert(alias: String, entry: Entry, password: &str) -> JksEntry {
    match entry {
        Entry::TrustedCertificate(trusted) => {
            JksEntry { alias, key: None, certificates: vec![trusted.certificate.content] }
        }
        Entry::PrivateKey(entry) => {
            let key = match decrypt_key(&entry.private_key, password) {
                Ok(key) => JksKey::Plain(key),
                Err(JksError::WrongPassword) => JksKey::Protected(entry.private_key),
                Err(_) => JksKey::Unsupported,
            };
            let certificates = entry.certificate_chain.into_iter().map(|certificate| certificate.content).collect();
            JksEntry { alias, key: Some(key), certificates }
        }
    }
}

/// Java feeds every UTF-16 unit of the password to the digest, high byte first; the crate alone would take UTF-8 bytes for units.
fn password_bytes(utf8: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(utf8).encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// EncryptedPrivateKeyInfo with Sun's algorithm, and room for salt and digest.
fn is_protected(der: &[u8]) -> bool {
    let read = || -> Result<bool, der::Error> {
        let mut outer = SliceReader::new(der)?;
        let known = outer.sequence(|inner| {
            let algorithm = inner.sequence(|algorithm| {
                let oid = ObjectIdentifier::decode(algorithm)?;
                if !algorithm.is_finished() {
                    AnyRef::decode(algorithm)?;
                }
                Ok::<_, der::Error>(oid)
            })?;
            let data = <&OctetStringRef>::decode(inner)?;
            Ok::<_, der::Error>(algorithm == KEY_PROTECTOR && data.as_bytes().len() >= common::SALT_LEN + DIGEST)
        })?;
        outer.finish()?;
        Ok(known)
    };
    read().unwrap_or(false)
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    entry: usize,
    entries: usize,
}

impl Walk<'_> {
    fn entry(&mut self, version: u32, summary: &mut Summary) -> Result<(), JksError> {
        let start = self.at;
        let tag = self.number()?;
        let alias = self.short()?;
        if std::str::from_utf8(self.skip(alias)?).is_err() {
            return Err(JksError::Malformed { offset: start, reason: "the alias is not UTF-8".into() });
        }
        // Time of creation, in milliseconds.
        self.skip(8)?;
        match tag {
            common::PRIVATE_KEY_TAG => {
                let key = self.length()?;
                self.skip(key)?;
                for _ in 0..self.length()? {
                    self.certificate(version)?;
                    summary.certificates += 1;
                }
                summary.keys += 1;
                Ok(())
            }
            common::TRUSTED_CERT_TAG => {
                summary.certificates += 1;
                self.certificate(version)
            }
            other => Err(JksError::Malformed { offset: start, reason: format!("entry of unknown kind {other}") }),
        }
    }

    fn certificate(&mut self, version: u32) -> Result<(), JksError> {
        if version == common::VERSION_02 {
            let start = self.at;
            let kind = self.short()?;
            if std::str::from_utf8(self.skip(kind)?).is_err() {
                return Err(JksError::Malformed { offset: start, reason: "a certificate type is not UTF-8".into() });
            }
        }
        let length = self.length()?;
        self.skip(length)?;
        Ok(())
    }

    fn short(&mut self) -> Result<usize, JksError> {
        Ok(self.skip(2)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn number(&mut self) -> Result<u32, JksError> {
        Ok(self.skip(4)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn length(&mut self) -> Result<usize, JksError> {
        self.number().map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    }

    fn skip(&mut self, count: usize) -> Result<&[u8], JksError> {
        let cut = JksError::Truncated { bytes: self.bytes.len(), entry: self.entry, entries: self.entries };
        let end = self.at.checked_add(count).ok_or(cut.clone())?;
        let slice = self.bytes.get(self.at..end).ok_or(cut)?;
        self.at = end;
        Ok(slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jks::{Certificate, KeyStore, PrivateKeyEntry};
    use std::time::SystemTime;

    fn store(password: &str) -> Vec<u8> {
        let mut store = KeyStore::new();
        let entry = PrivateKeyEntry {
            creation_time: SystemTime::UNIX_EPOCH,
            private_key: vec![0x30; 50],
            certificate_chain: vec![Certificate { cert_type: "X.509".into(), content: vec![1, 2, 3] }],
        };
        store.set_private_key_entry("mx", entry, password.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        store.store(&mut bytes, password.as_bytes()).unwrap();
        bytes
    }

    #[test]
    fn a_store_opens_with_its_password_only() {
        let bytes = store("changeit");
        assert_eq!(inspect(&bytes).unwrap(), Summary { keys: 1, certificates: 1 });
        let entries = open(&bytes, "changeit").unwrap();
        assert_eq!((entries[0].alias.as_str(), entries[0].certificates[0].as_slice()), ("mx", &[1, 2, 3][..]));
        assert!(matches!(&entries[0].key, Some(JksKey::Plain(key)) if key.as_slice() == [0x30; 50]));
        assert_eq!(open(&bytes, "changeme").unwrap_err(), JksError::WrongPassword);
    }

    #[test]
    fn every_cut_is_seen_without_a_password() {
        let bytes = store("changeit");
        for cut in 4..bytes.len() {
            assert!(matches!(inspect(&bytes[..cut]), Err(JksError::Truncated { .. })), "{cut}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(matches!(inspect(&longer), Err(JksError::Malformed { offset, .. }) if offset == bytes.len()));
    }

    #[test]
    fn any_byte_may_be_anything() {
        let bytes = store("changeit");
        for at in 0..bytes.len() {
            for value in [0, 0x7f, 0xff, bytes[at] ^ 1] {
                let mut changed = bytes.clone();
                changed[at] = value;
                if value != bytes[at] {
                    assert!(open(&changed, "changeit").is_err(), "byte {at} = {value}");
                }
            }
        }
    }

    #[test]
    fn a_key_of_any_shape_is_refused_quietly() {
        let bytes = store("changeit");
        let Some(Entry::PrivateKey(entry)) = ({
            let mut input = &bytes[12..];
            Decoder::new(&mut input).read_entry(2).ok().map(|(_, entry)| entry)
        }) else {
            panic!("an entry")
        };
        for cut in 0..entry.private_key.len() {
            assert_eq!(decrypt_key(&entry.private_key[..cut], "x").unwrap_err(), JksError::UnsupportedProtection);
        }
    }

    #[test]
    fn jceks_is_named() {
        assert_eq!(inspect(&[0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2]).unwrap_err(), JksError::Jceks);
    }
}
