//! Containers that hold items: PKCS#7, PKCS#12, Java keystores, and the password over a single key.

use super::damage::{Damage, Damages, counted};
use super::locked::{Locked, Sealed};
use super::object::{Object, Problem};
use super::{Form, Item, Items, Kind};
use crate::formats::jks::{self, JksError};
use crate::formats::legacy_key::{DekInfo, LegacyKeyError};
use crate::formats::pkcs7::{self, Pkcs7Error};
use crate::formats::pkcs8;
use crate::formats::pkcs12::{self, Pkcs12Error};
use crate::model::certificate::Certificate;
use crate::model::place::Place;

/// The certificates of a PKCS#7 bag. One that cannot be read makes the whole bag a problem: a bag is not read by halves.
pub(super) fn pkcs7(bytes: &[u8], place: &Place) -> Result<Object, Problem> {
    let certificates = match pkcs7::certificates(bytes) {
        Ok(certificates) => certificates,
        Err(Pkcs7Error::NotPkcs7) => return Err(Problem::Unknown),
        Err(error @ Pkcs7Error::OtherContent(_)) => {
            let item = Item { place: place.clone(), name: None, kind: Kind::Other(error.to_string()) };
            return Ok(Object { form: Form::Pkcs7, items: vec![item] });
        }
        Err(error) => return Err(Problem::Malformed(error.to_string())),
    };
    if certificates.is_empty() {
        let item = Item { place: place.clone(), name: None, kind: Kind::Other("PKCS#7 without certificates".into()) };
        return Ok(Object { form: Form::Pkcs7, items: vec![item] });
    }
    let items = certificates.iter().enumerate().map(|(index, der)| {
        let kind = Certificate::from_der(der)
            .map(Kind::Certificate)
            .map_err(|error| Problem::Malformed(format!("entry {}: {error}", index + 1)))?;
        Ok(Item { place: entry_place(place, index + 1), name: None, kind })
    });
    Ok(Object { form: Form::Pkcs7, items: items.collect::<Result<_, _>>()? })
}

/// A PKCS#12, locked unless nothing in it is protected at all.
pub(super) fn pkcs12(bytes: &[u8], place: &Place) -> Result<Object, Problem> {
    let protection = match pkcs12::inspect(bytes) {
        Ok(protection) => protection,
        Err(Pkcs12Error::NotPkcs12) => return Err(Problem::Unknown),
        Err(error) => return Err(Problem::Malformed(error.to_string())),
    };
    let locked = Locked::new(format!("PKCS#12, {protection}"), place.clone(), Sealed::Pkcs12(bytes.into()));
    let items = match protection.needs_password() {
        true => vec![Item { place: place.clone(), name: None, kind: Kind::Locked(locked) }],
        false => locked.unlock("").map_err(|error| Problem::Malformed(error.to_string()))?,
    };
    Ok(Object { form: Form::Pkcs12, items })
}

/// An EncryptedPrivateKeyInfo (RFC 5958 section 3); `None` when it is something else.
pub(super) fn encrypted_key(der: &[u8], place: &Place) -> Option<Locked> {
    let protection = pkcs8::protection(der)?;
    Some(Locked::new(format!("encrypted PKCS#8 key, {protection}"), place.clone(), Sealed::Pkcs8(der.into())))
}

/// A key under PEM headers; `None` when the headers say nothing of encryption.
pub(super) fn legacy_key(
    headers: &[(String, String)],
    bytes: &[u8],
    place: &Place,
) -> Option<Result<Locked, LegacyKeyError>> {
    let header = |wanted: &str| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let dek = header("DEK-Info").map(|(_, value)| value.as_str());
    let encrypted = header("Proc-Type").is_some_and(|(_, value)| value.contains("ENCRYPTED"));
    if dek.is_none() && !encrypted {
        return None;
    }
    let info = DekInfo::parse(dek.unwrap_or_default());
    Some(info.map(|info| {
        let protection = format!("encrypted key, {}", info.protection());
        Locked::new(protection, place.clone(), Sealed::Legacy { info, bytes: bytes.into() })
    }))
}

/// A whole Java keystore.
pub(super) fn keystore(file: &str, bytes: &[u8], form: Form) -> Items {
    let place = Place { offset: Some(0), ..Place::file(file) };
    let mut damages = Damages::default();
    let mut items = Vec::new();
    match jks::inspect(bytes) {
        Ok(summary) => {
            let protection = format!(
                "Java keystore (JKS) with {} and {}, SHA-1 digest, keys under Sun's key protector",
                counted(summary.keys, "key"),
                counted(summary.certificates, "certificate"),
            );
            let locked = Locked::new(protection, place.clone(), Sealed::Jks(bytes.into()));
            items.push(Item { place, name: None, kind: Kind::Locked(locked) });
        }
        Err(JksError::Jceks) => {
            let locked = Locked::new("Java keystore (JCEKS)".into(), place.clone(), Sealed::Jceks);
            items.push(Item { place, name: None, kind: Kind::Locked(locked) });
        }
        Err(error) => {
            let at = match error {
                JksError::Truncated { bytes, .. } => bytes,
                JksError::Malformed { offset, .. } => offset,
                _ => 0,
            };
            let place = Place { offset: Some(at), ..Place::file(file) };
            damages.push(
                Damage::error("pem/malformed", place, format!("the Java keystore cannot be read: {error}"))
                    .help("copy the keystore again from where it came, in binary mode"),
            );
        }
    }
    Items { file: file.to_owned(), form, items, damages: damages.finish(file) }
}

/// Where entry `number` of the container at `place` stands.
pub(super) fn entry_place(place: &Place, number: usize) -> Place {
    Place { file: place.file.clone(), block: Some(number), line: place.line, offset: None }
}
