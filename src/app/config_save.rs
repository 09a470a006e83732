//! `config save`: what runs, as one file: `sealpost.toml`, every profile with its key, and the custom authorities.

use crate::sys::library_error;
use schemars::JsonSchema;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::formats::age;
use crate::formats::saved_configuration::{self, Head, Saved, SavedFile};
use crate::model::configuration::masked;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment;
use crate::operate::{self, Home, HomeError, RevisionNumber, Running};

use super::context::Context;
use super::exporting::{self, Target};
use super::home;
use super::secrets::Secrets;

/// What stands in place of a key in a masked file.
const MASKED: &str = "masked\n";
pub(super) const CONFIGURATION: &str = "sealpost.toml";
pub(super) const CERTIFICATES: &str = "certificates/";
pub(super) const AUTHORITIES: &str = "authorities/custom.pem";
const KEY: &str = "key.pem";

/// What becomes of keys and passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Secrecy {
    /// Left out: for reading and comparing, not for loading.
    Masked,
    /// The whole file stands under a passphrase.
    Encrypted,
    /// As they are.
    Plain,
}

/// A configuration that was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConfigSaved {
    /// The running revision, which is what was saved.
    pub revision: RevisionNumber,
    pub secrets: Secrecy,
    pub profiles: usize,
    /// The file; absent when it went to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What goes to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Saves the running revision. Nothing is written before it was read back.
pub fn config_save(
    context: &Context,
    secrecy: Secrecy,
    target: &Target,
    secrets: &mut dyn Secrets,
) -> Result<Reply<ConfigSaved>, Diagnostics> {
    if secrecy == Secrecy::Plain && *target == Target::Implied {
        return Err(Diagnostic::error(
            "output/key-to-terminal",
            "private keys are not written to standard output unasked",
        )
        .fact("nothing was written")
        .help("add --out FILE; for standard output all the same: --out -")
        .into());
    }
    exporting::refuse_existing(target)?;
    let home = home::open(context)?;
    let running = home.running()?;
    let head = Head {
        masked: secrecy == Secrecy::Masked,
        saved: moment::rfc3339(context.now),
        revision: running.number().to_string(),
        checked: true,
    };
    let saved = Saved { files: files(&running, head.masked)?, head };
    let profiles = running.names()?.len();
    let text = saved_configuration::write(&saved).map_err(|error| unwritable(&error.to_string()))?;
    if saved_configuration::read(text.as_bytes()).as_ref() != Ok(&saved) {
        return Err(unwritable("what was made does not read back as what is in the home"));
    }
    let bytes = match secrecy {
        Secrecy::Encrypted => seal(&text, target, secrets)?,
        Secrecy::Masked | Secrecy::Plain => Zeroizing::new(text.as_bytes().to_vec()),
    };
    let file = exporting::write(target, &bytes, true)?;
    let content = file.is_none().then(|| String::from_utf8_lossy(&bytes).into_owned());
    let answer = ConfigSaved { revision: running.number(), secrets: secrecy, profiles, file, content };
    Ok(Reply::new(answer, uncommitted(&home)))
}

/// The files of the running revision, in the order in which they are read best.
fn files(running: &Running, mask: bool) -> Result<Vec<SavedFile>, Diagnostics> {
    let mut text = running.configuration_text()?;
    if mask {
        let path = running.configuration_path();
        text = masked(&text).map_err(|problems| HomeError::Configuration { path, problems })?;
    }
    let mut files = vec![SavedFile { path: CONFIGURATION.to_owned(), text: Zeroizing::new(text) }];
    for name in running.names()? {
        for (path, text) in operate::profile_texts(&running.profile(&name)?)? {
            let hidden = mask && path == KEY;
            let text = if hidden { Zeroizing::new(MASKED.to_owned()) } else { text };
            files.push(SavedFile { path: format!("{CERTIFICATES}{name}/{path}"), text });
        }
    }
    let text = running.authorities_text()?;
    if !text.is_empty() {
        files.push(SavedFile { path: AUTHORITIES.to_owned(), text: Zeroizing::new(text) });
    }
    Ok(files)
}

fn seal(text: &str, target: &Target, secrets: &mut dyn Secrets) -> Result<Zeroizing<Vec<u8>>, Diagnostics> {
    let name = match target {
        Target::File { path, .. } => path.as_str(),
        Target::Implied | Target::StandardOutput => "-",
    };
    let passphrase = secrets.seal(name)?;
    let sealed = age::seal(text.as_bytes(), &passphrase).map_err(|error| unwritable(&library_error::io(&error)))?;
    match age::open(&sealed, &passphrase) {
        Ok(content) if content.as_slice() == text.as_bytes() => Ok(Zeroizing::new(sealed)),
        Ok(_) => Err(unwritable("what was encrypted does not read back as what is in the home")),
        Err(error) => Err(unwritable(&error.to_string())),
    }
}

fn unwritable(reason: &str) -> Diagnostics {
    Diagnostic::error("config/unwritable", "the configuration cannot be saved")
        .fact(reason)
        .fact("nothing was written")
        .help("sealpost config check")
        .into()
}

fn uncommitted(home: &Home) -> Vec<Diagnostic> {
    let told = |staged: Result<operate::Staged, HomeError>| staged.is_ok_and(|staged| !staged.is_empty());
    if !told(home.staged()) {
        return Vec::new();
    }
    vec![
        Diagnostic::warning("config/uncommitted", "staged edits are not part of what was saved")
            .fact("what was saved is what runs")
            .help("sealpost change commit, and save again"),
    ]
}
