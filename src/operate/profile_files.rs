//! A profile as files: `profile.toml key.pem certificate.pem intermediates.pem root.pem request.pem previous/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::private_key::PrivateKey;
use crate::model::profile::{Previous, Profile, ProfileRecord, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::model::request::Request;
use crate::sys::files::{Directory, Entry};

use super::error::HomeError;
use crate::sys::library_error;

const RECORD: &str = "profile.toml";
const KEY: &str = "key.pem";
const CERTIFICATE: &str = "certificate.pem";
const INTERMEDIATES: &str = "intermediates.pem";
const ROOT: &str = "root.pem";
const REQUEST: &str = "request.pem";
const PREVIOUS: &str = "previous";
const FILES: [&str; 8] =
    [RECORD, KEY, CERTIFICATE, INTERMEDIATES, ROOT, REQUEST, "previous/certificate.pem", "previous/intermediates.pem"];

/// Far above any chain that a handshake could carry.
pub(super) const FILE_LIMIT: u64 = 4 << 20;

/// The files of a profile, by their paths in its directory.
pub type ProfileTexts = BTreeMap<String, Zeroizing<String>>;

/// Where the files of a profile are read from.
trait Files {
    /// A file that must be there.
    fn needed(&self, path: &str) -> Result<Zeroizing<Vec<u8>>, HomeError>;
    /// A file that need not be there.
    fn optional(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, HomeError>;
    fn has_previous(&self) -> Result<bool, HomeError>;
    fn damaged(&self, path: &str, reason: String) -> HomeError;
}

/// Every file of the profile.
pub fn profile_texts(profile: &Profile) -> Result<ProfileTexts, HomeError> {
    let mut texts = ProfileTexts::new();
    let record = toml_edit::ser::to_string_pretty(&profile.record)
        .map_err(|_| HomeError::Damaged { path: RECORD.into(), reason: library_error::UNWRITABLE.to_owned() })?;
    texts.insert(RECORD.to_owned(), Zeroizing::new(record));
    texts.insert(KEY.to_owned(), Zeroizing::new(pem::encode("PRIVATE KEY", profile.key.pkcs8())));
    let mut add = |path: String, certificates: &[Certificate]| {
        let text: String =
            certificates.iter().map(|certificate| pem::encode("CERTIFICATE", certificate.der())).collect();
        if !text.is_empty() {
            texts.insert(path, Zeroizing::new(text));
        }
    };
    add(CERTIFICATE.to_owned(), profile.certificate.as_slice());
    add(INTERMEDIATES.to_owned(), &profile.intermediates);
    add(ROOT.to_owned(), profile.root.as_slice());
    if let Some(previous) = &profile.previous {
        add(format!("{PREVIOUS}/{CERTIFICATE}"), std::slice::from_ref(&previous.certificate));
        add(format!("{PREVIOUS}/{INTERMEDIATES}"), &previous.intermediates);
    }
    if let Some(request) = &profile.request {
        texts.insert(REQUEST.to_owned(), Zeroizing::new(pem::encode("CERTIFICATE REQUEST", request.der())));
    }
    Ok(texts)
}

/// Writes every file into a directory that nobody reads yet, and syncs it.
pub(super) fn write(directory: &Directory, profile: &Profile) -> Result<(), HomeError> {
    let (inner, outer): (Vec<_>, Vec<_>) =
        profile_texts(profile)?.into_iter().partition(|(path, _)| path.contains('/'));
    for (path, text) in outer {
        directory.create(&path, text.as_bytes())?;
    }
    if !inner.is_empty() {
        let previous = directory.make(PREVIOUS)?;
        for (path, text) in inner {
            previous.create(path.trim_start_matches(PREVIOUS).trim_start_matches('/'), text.as_bytes())?;
        }
        previous.sync()?;
    }
    Ok(directory.sync()?)
}

/// Reads the whole profile; the key must be private to its owner.
pub(super) fn read(directory: &Directory, name: &ProfileName) -> Result<Profile, HomeError> {
    read_from(directory, name)
}

/// The profile that these files make; `place` is where they come from, for messages. A file that no profile has is damage.
pub fn profile_of_texts(name: &ProfileName, place: &Path, texts: &ProfileTexts) -> Result<Profile, HomeError> {
    let files = Texts { place, texts };
    if let Some(path) = texts.keys().find(|path| !FILES.contains(&path.as_str())) {
        return Err(files.damaged(path, "no profile has such a file".to_owned()));
    }
    read_from(&files, name)
}

fn read_from(files: &dyn Files, name: &ProfileName) -> Result<Profile, HomeError> {
    Ok(Profile {
        name: name.clone(),
        record: read_record(files)?,
        key: read_key(files)?,
        certificate: read_certificate(files, CERTIFICATE)?,
        intermediates: read_certificates(files, INTERMEDIATES)?,
        root: read_certificate(files, ROOT)?,
        request: read_request(files)?,
        previous: read_previous(files)?,
    })
}

/// Reads everything but key and previous version. The request is read only where there is no certificate.
pub(super) fn read_summary(directory: &Directory, name: &ProfileName) -> Result<ProfileSummary, HomeError> {
    let certificate = read_certificate(directory, CERTIFICATE)?;
    Ok(ProfileSummary {
        name: name.clone(),
        record: read_record(directory)?,
        request: if certificate.is_none() { read_request(directory)? } else { None },
        intermediates: if certificate.is_some() { read_certificates(directory, INTERMEDIATES)? } else { Vec::new() },
        root: if certificate.is_some() { read_certificate(directory, ROOT)? } else { None },
        certificate,
    })
}

/// Removes the key for good.
pub(super) fn purge_key(directory: &Directory) -> Result<(), HomeError> {
    if directory.entry(KEY)?.is_none() {
        return Ok(());
    }
    directory.remove(KEY)?;
    Ok(directory.sync()?)
}

fn read_record(files: &dyn Files) -> Result<ProfileRecord, HomeError> {
    let bytes = files.needed(RECORD)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| files.damaged(RECORD, library_error::NO_TEXT.to_owned()))?;
    toml_edit::de::from_str(text).map_err(|error| files.damaged(RECORD, library_error::toml_with_line(&error, text)))
}

fn read_key(files: &dyn Files) -> Result<PrivateKey, HomeError> {
    let text = files.needed(KEY)?;
    let blocks = pem::blocks(&text).map_err(|error| files.damaged(KEY, error.to_string()))?;
    // All of them are wiped, wanted or not.
    let blocks = blocks.into_iter().map(|(label, der)| (label, Zeroizing::new(der)));
    let mut keys = blocks.filter(|(label, _)| label.ends_with("PRIVATE KEY"));
    let (Some((_, der)), None) = (keys.next(), keys.next()) else {
        return Err(files.damaged(KEY, "it must hold exactly one private key".to_owned()));
    };
    PrivateKey::from_der(&der).map_err(|error| files.damaged(KEY, error.to_string()))
}

fn read_certificate(files: &dyn Files, path: &str) -> Result<Option<Certificate>, HomeError> {
    let mut certificates = read_certificates(files, path)?;
    match certificates.len() {
        0 | 1 => Ok(certificates.pop()),
        several => Err(files.damaged(path, format!("it holds {several} certificates, one belongs there"))),
    }
}

/// None when there is no such file; a file without a certificate is damaged.
fn read_certificates(files: &dyn Files, path: &str) -> Result<Vec<Certificate>, HomeError> {
    let Some(blocks) = read_blocks(files, path, "CERTIFICATE")? else { return Ok(Vec::new()) };
    let read = |der: &Vec<u8>| Certificate::from_der(der).map_err(|error| files.damaged(path, error.to_string()));
    blocks.iter().map(read).collect()
}

fn read_request(files: &dyn Files) -> Result<Option<Request>, HomeError> {
    let Some(blocks) = read_blocks(files, REQUEST, "CERTIFICATE REQUEST")? else { return Ok(None) };
    let first = blocks.first().map(|der| Request::from_der(der));
    first.transpose().map_err(|error| files.damaged(REQUEST, error.to_string()))
}

fn read_blocks(files: &dyn Files, path: &str, label: &str) -> Result<Option<Vec<Vec<u8>>>, HomeError> {
    let Some(text) = files.optional(path)? else { return Ok(None) };
    let blocks = pem::blocks(&text).map_err(|error| files.damaged(path, error.to_string()))?;
    if blocks.is_empty() {
        return Err(files.damaged(path, format!("it holds no `{label}`")));
    }
    if let Some((other, _)) = blocks.iter().find(|(found, _)| found != label) {
        return Err(files.damaged(path, format!("it holds `{other}` where `{label}` belongs")));
    }
    Ok(Some(blocks.into_iter().map(|(_, der)| der).collect()))
}

fn read_previous(files: &dyn Files) -> Result<Option<Previous>, HomeError> {
    if !files.has_previous()? {
        return Ok(None);
    }
    let path = format!("{PREVIOUS}/{CERTIFICATE}");
    let certificate =
        read_certificate(files, &path)?.ok_or_else(|| files.damaged(&path, "it is missing".to_owned()))?;
    let intermediates = read_certificates(files, &format!("{PREVIOUS}/{INTERMEDIATES}"))?;
    Ok(Some(Previous { certificate, intermediates }))
}

impl Files for Directory {
    fn needed(&self, path: &str) -> Result<Zeroizing<Vec<u8>>, HomeError> {
        match path.split_once('/') {
            Some((directory, name)) => Ok(Zeroizing::new(self.sub(directory)?.read(name, FILE_LIMIT)?)),
            None if path == KEY => Ok(self.read_secret(KEY, FILE_LIMIT)?),
            None => Ok(Zeroizing::new(self.read(path, FILE_LIMIT)?)),
        }
    }

    fn optional(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, HomeError> {
        match self.needed(path) {
            Err(HomeError::File(error)) if error.is_missing() => Ok(None),
            other => other.map(Some),
        }
    }

    fn has_previous(&self) -> Result<bool, HomeError> {
        Ok(self.entry(PREVIOUS)? == Some(Entry::Directory))
    }

    fn damaged(&self, path: &str, reason: String) -> HomeError {
        damaged(self, path, reason)
    }
}

/// Files that stand in another file.
struct Texts<'a> {
    place: &'a Path,
    texts: &'a ProfileTexts,
}

impl Files for Texts<'_> {
    fn needed(&self, path: &str) -> Result<Zeroizing<Vec<u8>>, HomeError> {
        self.optional(path)?.ok_or_else(|| self.damaged(path, "it is missing".to_owned()))
    }

    fn optional(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, HomeError> {
        Ok(self.texts.get(path).map(|text| Zeroizing::new(text.as_bytes().to_vec())))
    }

    fn has_previous(&self) -> Result<bool, HomeError> {
        Ok(self.texts.keys().any(|path| path.starts_with(PREVIOUS)))
    }

    fn damaged(&self, path: &str, reason: String) -> HomeError {
        HomeError::Damaged { path: self.place.join(path), reason }
    }
}

pub(super) fn damaged(directory: &Directory, name: &str, reason: String) -> HomeError {
    HomeError::Damaged { path: path_of(directory, name), reason }
}

fn path_of(directory: &Directory, name: &str) -> PathBuf {
    directory.path().join(name)
}
