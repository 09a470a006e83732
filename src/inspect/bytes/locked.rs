//! What needs a password: how it is protected is known before, what is in it after.

use std::sync::Arc;

use super::container::entry_place;
use super::damage::Damage;
use super::object;
use super::{Item, Kind};
use crate::formats::jks::{self, JksError, JksKey};
use crate::formats::legacy_key::{DekInfo, LegacyKeyError};
use crate::formats::pkcs8::{self, Pkcs8Error};
use crate::formats::pkcs12::{self, Content, Mac, Pkcs12Error};
use crate::model::certificate::Certificate;
use crate::model::place::Place;
use crate::model::private_key::{PrivateKeyError, UnusableKey};
use crate::model::shell_word::shell_word;

/// A key or a container under a password.
#[derive(Debug, Clone)]
pub struct Locked {
    protection: String,
    place: Place,
    sealed: Sealed,
}

#[derive(Debug, Clone)]
pub(super) enum Sealed {
    Pkcs12(Arc<[u8]>),
    Pkcs8(Arc<[u8]>),
    Legacy {
        info: DekInfo,
        bytes: Arc<[u8]>,
    },
    Jks(Arc<[u8]>),
    /// A key of a JKS entry that has its own password.
    JksKey(Arc<[u8]>),
    Jceks,
}

/// Why a password opened nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// Or, where `is_authenticated` is false, a damaged file: nothing in it tells the two apart.
    #[error("wrong password")]
    WrongPassword,
    /// What it is protected by, and what can be done where something can.
    #[error("not supported: {0}")]
    Unsupported(String),
    #[error("{0}")]
    Malformed(String),
}

impl Locked {
    pub(super) fn new(protection: String, place: Place, sealed: Sealed) -> Locked {
        Locked { protection, place, sealed }
    }

    /// Whether the protection rests on MD5, SHA-1, DES or RC2, and is cheap to break for whoever has the file.
    pub fn is_legacy(&self) -> bool {
        match &self.sealed {
            Sealed::Pkcs12(bytes) => pkcs12::inspect(bytes).is_ok_and(|protection| protection.is_legacy()),
            Sealed::Pkcs8(_) => false,
            Sealed::Legacy { .. } | Sealed::Jks(_) | Sealed::JksKey(_) | Sealed::Jceks => true,
        }
    }

    /// It is one private key, not a container of several things.
    pub fn is_single_key(&self) -> bool {
        matches!(self.sealed, Sealed::Pkcs8(_) | Sealed::Legacy { .. } | Sealed::JksKey(_))
    }

    /// Whether a wrong password can be told from damage: there is a MAC or a digest over the whole file.
    pub fn is_authenticated(&self) -> bool {
        match &self.sealed {
            Sealed::Pkcs12(bytes) => pkcs12::inspect(bytes).is_ok_and(|protection| protection.mac != Mac::None),
            Sealed::Pkcs8(_) | Sealed::Legacy { .. } => false,
            Sealed::Jks(_) | Sealed::JksKey(_) | Sealed::Jceks => true,
        }
    }

    /// The damage that a weak protection is.
    pub(super) fn weakness(&self) -> Option<Damage> {
        let damage = match &self.sealed {
            Sealed::Pkcs12(bytes) => {
                let protection = pkcs12::inspect(bytes).ok().filter(pkcs12::Protection::is_legacy)?;
                let message = format!("the PKCS#12 has an old protection: {}", self.protection);
                let damage = Damage::warning("pem/p12-legacy-encryption", self.place.clone(), message)
                    .fact("whoever has the file can try passwords cheaply")
                    .help(format!("sealpost convert {} --to pkcs12 --out new.p12", shell_word(&self.place.file)));
                match protection.needs_openssl_legacy() {
                    true => damage.fact("OpenSSL 3 opens RC2, RC4 and DES only with -legacy"),
                    false => damage,
                }
            }
            Sealed::Legacy { .. } => {
                let message = "the key is encrypted in the old way of PEM headers";
                Damage::note("key/encrypted", self.place.clone(), message)
                    .fact("one round of MD5 makes the key from the password, so passwords can be tried cheaply")
                    .help(format!("openssl pkcs8 -topk8 -in {} -out new.key", shell_word(&self.place.file)))
            }
            _ => return None,
        };
        Some(damage)
    }

    /// What it is and how it is protected, such as `encrypted PKCS#8 key, PBES2: …`.
    pub fn protection(&self) -> String {
        self.protection.clone()
    }

    /// The items inside, in their order; each place names the entry. The empty password also stands for none at all.
    /// Nothing is given out when a digest or MAC does not fit. An item may again be locked: a key of a Java keystore can have a
    /// password of its own.
    pub fn unlock(&self, password: &str) -> Result<Vec<Item>, UnlockError> {
        match &self.sealed {
            Sealed::Pkcs12(bytes) => self.pkcs12(bytes, password),
            Sealed::Pkcs8(bytes) => self.one_key(&pkcs8::decrypt(bytes, password).map_err(of_pkcs8)?),
            Sealed::Legacy { info, bytes } => {
                self.one_key(&info.decrypt(bytes, password).map_err(|error| match error {
                    LegacyKeyError::WrongPassword => UnlockError::WrongPassword,
                    other => UnlockError::Malformed(other.to_string()),
                })?)
            }
            Sealed::Jks(bytes) => self.jks(bytes, password),
            Sealed::JksKey(bytes) => self.one_key(&jks::decrypt_key(bytes, password).map_err(of_jks)?),
            Sealed::Jceks => Err(of_jks(JksError::Jceks)),
        }
    }

    /// A wrong password can leave well-formed padding by chance, but hardly a well-formed key.
    fn one_key(&self, der: &[u8]) -> Result<Vec<Item>, UnlockError> {
        match object::decrypted_key(der) {
            Kind::UnusableKey(UnusableKey { reason: PrivateKeyError::NotAKey, .. }) => Err(UnlockError::WrongPassword),
            kind => Ok(vec![Item { place: self.place.clone(), name: None, kind }]),
        }
    }

    fn pkcs12(&self, bytes: &[u8], password: &str) -> Result<Vec<Item>, UnlockError> {
        let archive = pkcs12::open(bytes, password).map_err(of_pkcs12)?;
        let items = archive.entries.into_iter().enumerate().map(|(index, entry)| {
            let kind = match &entry.content {
                Content::Certificate(der) => certificate(der, index + 1)?,
                Content::Key(der) => object::private_key(der),
                Content::Other(name) => Kind::Other(name.clone()),
            };
            Ok(Item { place: entry_place(&self.place, index + 1), name: entry.friendly_name, kind })
        });
        items.collect()
    }

    fn jks(&self, bytes: &[u8], password: &str) -> Result<Vec<Item>, UnlockError> {
        let mut items = Vec::new();
        for (index, entry) in jks::open(bytes, password).map_err(of_jks)?.into_iter().enumerate() {
            let place = entry_place(&self.place, index + 1);
            let mut add = |kind| items.push(Item { place: place.clone(), name: Some(entry.alias.clone()), kind });
            match entry.key {
                Some(JksKey::Plain(der)) => add(object::private_key(&der)),
                Some(JksKey::Protected(bytes)) => {
                    let protection = format!("key `{}` of a Java keystore, with a password of its own", entry.alias);
                    add(Kind::Locked(Locked::new(protection, place.clone(), Sealed::JksKey(bytes.into()))));
                }
                Some(JksKey::Unsupported) => {
                    let reason = PrivateKeyError::Unsupported("specially protected Java".into());
                    add(Kind::UnusableKey(reason.into()));
                }
                None => {}
            }
            for der in &entry.certificates {
                add(certificate(der, index + 1)?);
            }
        }
        Ok(items)
    }
}

fn certificate(der: &[u8], entry: usize) -> Result<Kind, UnlockError> {
    Certificate::from_der(der)
        .map(Kind::Certificate)
        .map_err(|error| UnlockError::Malformed(format!("entry {entry}: {error}")))
}

fn of_pkcs8(error: Pkcs8Error) -> UnlockError {
    match error {
        Pkcs8Error::WrongPassword => UnlockError::WrongPassword,
        Pkcs8Error::Unsupported(what) => UnlockError::Unsupported(what),
        limit @ Pkcs8Error::TooManyIterations { .. } => UnlockError::Unsupported(limit.to_string()),
        other => UnlockError::Malformed(other.to_string()),
    }
}

fn of_pkcs12(error: Pkcs12Error) -> UnlockError {
    match error {
        Pkcs12Error::WrongPassword | Pkcs12Error::WrongPasswordOrDamaged => UnlockError::WrongPassword,
        Pkcs12Error::Unsupported(what) => UnlockError::Unsupported(what),
        limit @ (Pkcs12Error::TooManyIterations { .. } | Pkcs12Error::OtherPassword(_)) => {
            UnlockError::Unsupported(limit.to_string())
        }
        other => UnlockError::Malformed(other.to_string()),
    }
}

fn of_jks(error: JksError) -> UnlockError {
    match error {
        JksError::WrongPassword => UnlockError::WrongPassword,
        JksError::UnsupportedProtection => UnlockError::Unsupported(error.to_string()),
        JksError::Jceks => UnlockError::Unsupported(
            "JCEKS; turn it into PKCS#12 with `keytool -importkeystore -srckeystore STORE -srcstoretype jceks \
             -destkeystore STORE.p12 -deststoretype pkcs12`"
                .into(),
        ),
        other => UnlockError::Malformed(other.to_string()),
    }
}
