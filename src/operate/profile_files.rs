//! A profile as files: `profile.toml key.pem certificate.pem intermediates.pem root.pem request.pem previous/`.

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::private_key::PrivateKey;
use crate::model::profile::{Previous, Profile, ProfileRecord, ProfileSummary};
use crate::model::profile_name::ProfileName;
use crate::model::request::Request;
use crate::sys::files::{Directory, Entry};

use super::error::HomeError;

const RECORD: &str = "profile.toml";
const KEY: &str = "key.pem";
const CERTIFICATE: &str = "certificate.pem";
const INTERMEDIATES: &str = "intermediates.pem";
const ROOT: &str = "root.pem";
const REQUEST: &str = "request.pem";
const PREVIOUS: &str = "previous";

/// Far above any chain that a handshake could carry.
pub(super) const FILE_LIMIT: u64 = 4 << 20;

/// Writes every file into a directory that nobody reads yet, and syncs it.
pub(super) fn write(directory: &Directory, profile: &Profile) -> Result<(), HomeError> {
    let record = toml_edit::ser::to_string_pretty(&profile.record)
        .map_err(|error| damaged(directory, RECORD, error.to_string()))?;
    directory.create(RECORD, record.as_bytes())?;
    let key = Zeroizing::new(pem::encode("PRIVATE KEY", profile.key.pkcs8()));
    directory.create(KEY, key.as_bytes())?;
    write_certificates(directory, CERTIFICATE, profile.certificate.as_slice())?;
    write_certificates(directory, INTERMEDIATES, &profile.intermediates)?;
    write_certificates(directory, ROOT, profile.root.as_slice())?;
    if let Some(request) = &profile.request {
        directory.create(REQUEST, pem::encode("CERTIFICATE REQUEST", request.der()).as_bytes())?;
    }
    if let Some(previous) = &profile.previous {
        let inner = directory.make(PREVIOUS)?;
        write_certificates(&inner, CERTIFICATE, std::slice::from_ref(&previous.certificate))?;
        write_certificates(&inner, INTERMEDIATES, &previous.intermediates)?;
        inner.sync()?;
    }
    Ok(directory.sync()?)
}

fn write_certificates(directory: &Directory, name: &str, certificates: &[Certificate]) -> Result<(), HomeError> {
    if certificates.is_empty() {
        return Ok(());
    }
    let text: String = certificates.iter().map(|certificate| pem::encode("CERTIFICATE", certificate.der())).collect();
    Ok(directory.create(name, text.as_bytes())?)
}

/// Reads the whole profile; the key must be private to its owner.
pub(super) fn read(directory: &Directory, name: &ProfileName) -> Result<Profile, HomeError> {
    Ok(Profile {
        name: name.clone(),
        record: read_record(directory)?,
        key: read_key(directory)?,
        certificate: read_certificate(directory, CERTIFICATE)?,
        intermediates: read_certificates(directory, INTERMEDIATES)?,
        root: read_certificate(directory, ROOT)?,
        request: read_request(directory)?,
        previous: read_previous(directory)?,
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

fn read_record(directory: &Directory) -> Result<ProfileRecord, HomeError> {
    let bytes = directory.read(RECORD, FILE_LIMIT)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| damaged(directory, RECORD, error.to_string()))?;
    toml_edit::de::from_str(text).map_err(|error| damaged(directory, RECORD, one_line(&error.to_string())))
}

fn read_key(directory: &Directory) -> Result<PrivateKey, HomeError> {
    let text = directory.read_secret(KEY, FILE_LIMIT)?;
    let blocks = pem::blocks(&text).map_err(|error| damaged(directory, KEY, error.to_string()))?;
    // All of them are wiped, wanted or not.
    let blocks = blocks.into_iter().map(|(label, der)| (label, Zeroizing::new(der)));
    let mut keys = blocks.filter(|(label, _)| label.ends_with("PRIVATE KEY"));
    let (Some((_, der)), None) = (keys.next(), keys.next()) else {
        return Err(damaged(directory, KEY, "it must hold exactly one private key".to_owned()));
    };
    PrivateKey::from_der(&der).map_err(|error| damaged(directory, KEY, error.to_string()))
}

fn read_certificate(directory: &Directory, name: &str) -> Result<Option<Certificate>, HomeError> {
    let mut certificates = read_certificates(directory, name)?;
    match certificates.len() {
        0 | 1 => Ok(certificates.pop()),
        several => Err(damaged(directory, name, format!("it holds {several} certificates, one belongs there"))),
    }
}

/// None when there is no such file; a file without a certificate is damaged.
fn read_certificates(directory: &Directory, name: &str) -> Result<Vec<Certificate>, HomeError> {
    let Some(blocks) = read_blocks(directory, name, "CERTIFICATE")? else { return Ok(Vec::new()) };
    let read = |der: &Vec<u8>| Certificate::from_der(der).map_err(|error| damaged(directory, name, error.to_string()));
    blocks.iter().map(read).collect()
}

fn read_request(directory: &Directory) -> Result<Option<Request>, HomeError> {
    let Some(blocks) = read_blocks(directory, REQUEST, "CERTIFICATE REQUEST")? else { return Ok(None) };
    let first = blocks.first().map(|der| Request::from_der(der));
    first.transpose().map_err(|error| damaged(directory, REQUEST, error.to_string()))
}

fn read_blocks(directory: &Directory, name: &str, label: &str) -> Result<Option<Vec<Vec<u8>>>, HomeError> {
    let text = match directory.read(name, FILE_LIMIT) {
        Err(error) if error.is_missing() => return Ok(None),
        other => other?,
    };
    let blocks = pem::blocks(&text).map_err(|error| damaged(directory, name, error.to_string()))?;
    if blocks.is_empty() {
        return Err(damaged(directory, name, format!("it holds no `{label}`")));
    }
    if let Some((other, _)) = blocks.iter().find(|(found, _)| found != label) {
        return Err(damaged(directory, name, format!("it holds `{other}` where `{label}` belongs")));
    }
    Ok(Some(blocks.into_iter().map(|(_, der)| der).collect()))
}

fn read_previous(directory: &Directory) -> Result<Option<Previous>, HomeError> {
    if directory.entry(PREVIOUS)? != Some(Entry::Directory) {
        return Ok(None);
    }
    let inner = directory.sub(PREVIOUS)?;
    let certificate = read_certificate(&inner, CERTIFICATE)?
        .ok_or_else(|| damaged(&inner, CERTIFICATE, "it is missing".to_owned()))?;
    Ok(Some(Previous { certificate, intermediates: read_certificates(&inner, INTERMEDIATES)? }))
}

pub(super) fn damaged(directory: &Directory, name: &str, reason: String) -> HomeError {
    HomeError::Damaged { path: path_of(directory, name), reason }
}

fn path_of(directory: &Directory, name: &str) -> PathBuf {
    directory.path().join(name)
}

/// TOML errors span lines and draw arrows; one line is enough here.
pub(super) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('|')).collect::<Vec<_>>().join(", ")
}
