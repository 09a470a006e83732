//! Certificates and keys into files for other programs: what `cert export` and `convert` share.
//!
//! Encoded (`encoding`), read back with the reader that `cert import` uses (`read_back`), and only then written: whole, with
//! mode 0600 where a key is inside, and never over another file unasked.

mod encoding;
mod read_back;

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::private_key::PrivateKey;
use crate::sys::output::{self, Existing, OutputError};

use super::secrets::{Password, Secrets};
use crate::sys::library_error;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    Pem,
    Der,
    Pkcs7,
    Pkcs8,
    Pkcs12,
}

/// What of a profile goes into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The certificate and its intermediates: what a server sends.
    Fullchain,
    Leaf,
    /// The intermediates alone.
    Chain,
    Key,
    /// The key, the certificate and its intermediates.
    All,
}

/// How a PKCS#12 is protected: one recipe for every reader of our time, one for old ones, one for the newest.
pub use crate::formats::pkcs12::Recipe;

/// What shall be written, and where.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub form: Form,
    /// What fits the form, when not said.
    pub part: Option<Part>,
    pub recipe: Recipe,
    /// The name that a PKCS#12 shows in other programs, when not the material's own.
    pub friendly_name: Option<String>,
    pub target: Target,
    /// Somebody gave a password for the new file, so that a key in it shall be encrypted even where it need not be.
    pub encrypt: bool,
}

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output because nothing else was said: never for a key.
    Implied,
    /// `--out -`.
    StandardOutput,
    File {
        path: String,
        force: bool,
    },
}

/// What there is to write.
#[derive(Debug, Clone)]
pub struct Material {
    /// What it is called unless told otherwise.
    pub name: String,
    pub key: Option<PrivateKey>,
    pub leaf: Option<Certificate>,
    pub intermediates: Vec<Certificate>,
}

/// The finished file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exported {
    pub to: Form,
    /// The file; absent when it went to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Subjects of the certificates inside, in their order.
    pub certificates: Vec<String>,
    pub key: bool,
    /// How the key is protected; absent when there is none, or when it is not encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<String>,
    /// The bytes for standard output.
    #[serde(skip)]
    pub data: Zeroizing<Vec<u8>>,
}

/// Makes the file. Nothing is written before it was read back.
pub fn export(material: &Material, wanted: &Wanted, secrets: &mut dyn Secrets) -> Result<Exported, Diagnostics> {
    let part = encoding::part(wanted, material)?;
    let holds_key = matches!(part, Part::Key | Part::All);
    if holds_key && wanted.target == Target::Implied {
        return Err(key_to_nowhere(wanted).into());
    }
    refuse_existing(&wanted.target)?;
    let password = password(wanted, holds_key, secrets)?;
    let chosen = encoding::choose(material, part);
    let bytes = encoding::encode(&chosen, wanted, password.as_deref().map(String::as_str))?;
    let protection = read_back::check(&bytes, &chosen, password.as_deref().map(String::as_str))?;
    let file = write(&wanted.target, &bytes, holds_key)?;
    Ok(Exported {
        to: wanted.form,
        certificates: chosen.certificates.iter().map(|certificate| certificate.subject().to_string()).collect(),
        key: holds_key,
        protection,
        data: if file.is_none() { bytes } else { Zeroizing::default() },
        file,
    })
}

fn password(wanted: &Wanted, holds_key: bool, secrets: &mut dyn Secrets) -> Result<Option<Password>, Diagnostics> {
    let must = matches!(wanted.form, Form::Pkcs12 | Form::Pkcs8);
    if !(must || (holds_key && wanted.encrypt)) {
        return Ok(None);
    }
    let name = match &wanted.target {
        Target::File { path, .. } => path.as_str(),
        Target::Implied | Target::StandardOutput => "-",
    };
    secrets.seal(name).map(Some)
}

fn key_to_nowhere(wanted: &Wanted) -> Diagnostic {
    let ending = match wanted.form {
        Form::Pkcs12 => "p12",
        Form::Der => "der",
        _ => "pem",
    };
    Diagnostic::error("output/key-to-terminal", "a private key is not written to standard output unasked")
        .fact("nothing was written")
        .help(format!("add --out FILE.{ending}; for standard output all the same: --out -"))
}

pub fn refuse_existing(target: &Target) -> Result<(), Diagnostics> {
    match target {
        Target::File { path, force: false } if Path::new(path).symlink_metadata().is_ok() => {
            Err(unwritten(path, &OutputError::Exists))
        }
        _ => Ok(()),
    }
}

/// Writes the file, with mode 0600 where a key is inside; gives its name, or nothing when the bytes go to standard output.
pub fn write(target: &Target, bytes: &[u8], holds_key: bool) -> Result<Option<String>, Diagnostics> {
    let Target::File { path, force } = target else { return Ok(None) };
    let mode = if holds_key { 0o600 } else { 0o644 };
    let existing = if *force { Existing::Replace } else { Existing::Keep };
    output::write(Path::new(path), bytes, mode, existing).map_err(|error| unwritten(path, &error))?;
    Ok(Some(path.clone()))
}

/// A file that was not written, in words.
pub fn unwritten(path: &str, error: &OutputError) -> Diagnostics {
    cannot_write(path, error).fact("nothing was written").into()
}

/// The same for commands that did something else before.
pub fn cannot_write(path: &str, error: &OutputError) -> Diagnostic {
    match error {
        OutputError::Exists => Diagnostic::error("output/exists", format!("`{path}` exists already"))
            .help("choose another name, or add --force to replace it"),
        OutputError::Directory => {
            Diagnostic::error("output/directory", format!("`{path}` is a directory")).help("name a file in it")
        }
        OutputError::Io(error) => Diagnostic::error("output/unwritable", format!("`{path}` cannot be written"))
            .fact(library_error::io(error))
            .help("choose another file after --out"),
    }
}
