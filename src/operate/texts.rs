//! The files of a revision that are edited as text: `sealpost.toml` and `authorities/custom.pem`.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;

use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::sys::files::{Directory, Entry};

use super::error::HomeError;
use super::profile_files::damaged;
use crate::sys::library_error;

pub(super) const CONFIGURATION: &str = "sealpost.toml";
pub(super) const AUTHORITIES: &str = "authorities";
pub(super) const CUSTOM: &str = "custom.pem";
/// Far above any configuration that people or programs write, and above any system's list of authorities.
const LIMIT: u64 = 64 << 20;

/// Both texts, mistakes and all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts {
    pub configuration: String,
    /// The custom list of authorities as PEM; empty where there is none.
    pub authorities: String,
}

impl Texts {
    /// Reads both from a revision or from the staged edits.
    pub fn read(directory: &Directory) -> Result<Texts, HomeError> {
        let configuration = read_text(directory, CONFIGURATION)?;
        let authorities = match directory.entry(AUTHORITIES)? {
            Some(Entry::Directory) => match read_text(&directory.sub(AUTHORITIES)?, CUSTOM) {
                Err(HomeError::File(error)) if error.is_missing() => String::new(),
                other => other?,
            },
            Some(_) => return Err(damaged(directory, AUTHORITIES, "it is no directory".to_owned())),
            None => String::new(),
        };
        Ok(Texts { configuration, authorities })
    }

    /// Writes both into a directory that nobody reads yet.
    pub fn create(&self, directory: &Directory) -> Result<(), HomeError> {
        directory.create(CONFIGURATION, self.configuration.as_bytes())?;
        if !self.authorities.is_empty() {
            let authorities = directory.make(AUTHORITIES)?;
            authorities.create(CUSTOM, self.authorities.as_bytes())?;
            authorities.sync()?;
        }
        Ok(())
    }
}

/// Puts a custom list in place of the one in `directory`.
pub(super) fn replace_authorities(directory: &Directory, text: &str) -> Result<(), HomeError> {
    if directory.entry(AUTHORITIES)?.is_none() {
        directory.make(AUTHORITIES)?;
        directory.sync()?;
    }
    let authorities = directory.sub(AUTHORITIES)?;
    match text.is_empty() {
        true => authorities.remove(CUSTOM)?,
        false => authorities.replace(CUSTOM, text.as_bytes())?,
    }
    Ok(authorities.sync()?)
}

fn read_text(directory: &Directory, name: &str) -> Result<String, HomeError> {
    let bytes = directory.read(name, LIMIT)?;
    String::from_utf8(bytes).map_err(|_| damaged(directory, name, library_error::NO_TEXT.to_owned()))
}

pub(super) fn parse_configuration(directory: &Directory, text: &str) -> Result<Configuration, HomeError> {
    Configuration::parse(text)
        .map_err(|problems| HomeError::Configuration { path: directory.path().join(CONFIGURATION), problems })
}

/// What `kept` holds, or else what is read now and kept.
pub(super) fn once(
    kept: &OnceCell<Rc<Configuration>>,
    read: impl FnOnce() -> Result<Configuration, HomeError>,
) -> Result<Rc<Configuration>, HomeError> {
    match kept.get() {
        Some(configuration) => Ok(Rc::clone(configuration)),
        None => read().map(|configuration| Rc::clone(kept.get_or_init(|| Rc::new(configuration)))),
    }
}

/// The certificates of a custom list; anything else in it is damage. `path` is where it stands, for messages.
pub fn parse_authorities(path: PathBuf, text: &str) -> Result<Vec<Certificate>, HomeError> {
    let damaged = |reason: String| HomeError::Damaged { path: path.clone(), reason };
    let blocks = pem::blocks(text.as_bytes()).map_err(|error| damaged(error.to_string()))?;
    let certificate = |(number, (label, der)): (usize, (String, Vec<u8>))| match label.as_str() {
        "CERTIFICATE" => Certificate::from_der(&der).map_err(|error| damaged(format!("certificate {number}: {error}"))),
        other => Err(damaged(format!("block {number} is `{other}` where `CERTIFICATE` belongs"))),
    };
    (1..).zip(blocks).map(certificate).collect()
}

/// Where a list stands, for messages.
pub(super) fn authorities_path(directory: &Directory) -> PathBuf {
    directory.path().join(AUTHORITIES).join(CUSTOM)
}
