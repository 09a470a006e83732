//! `config load`: a saved configuration becomes the staged edits, to be looked at and committed like any other change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::formats::age::{self, AgeError};
use crate::formats::saved_configuration::{self, Saved, SavedError, SavedFile};
use crate::model::configuration::Configuration;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::place::Place;
use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;
use crate::model::shell_word::shell_word;
use crate::operate::{self, HomeError, Intent, ProfileTexts, RevisionNumber, Staged};
use crate::sys::input;

use super::committing::{self, Committing};
use super::config_save::{AUTHORITIES, CERTIFICATES, CONFIGURATION};
use super::context::Context;
use super::home;
use super::reading::unreadable;
use super::secrets::{Locked, Secrets};

/// Ten thousand profiles and a hundred thousand destinations fit in.
const LARGEST_FILE: u64 = 256 << 20;

/// A configuration that was loaded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConfigLoaded {
    pub file: String,
    /// When it was saved, RFC 3339, as the file says.
    pub saved: String,
    /// The revision that it is a copy of, in the home it comes from.
    pub saved_revision: String,
    /// Whether `sealpost.toml` differs from what runs.
    pub configuration: bool,
    /// Whether the custom list of authorities differs from what runs.
    pub authorities: bool,
    /// Profiles that are new or differ from what runs.
    pub put: Vec<ProfileName>,
    /// Profiles that run and are not in the file.
    pub removed: Vec<ProfileName>,
    /// The revision that holds the change; absent while it is only staged, or when nothing differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

impl ConfigLoaded {
    /// The file is what runs.
    pub fn is_same(&self) -> bool {
        !self.configuration && !self.authorities && self.put.is_empty() && self.removed.is_empty()
    }
}

/// What a file says a home shall be.
struct Wanted {
    text: String,
    /// The custom list; empty for none.
    authorities: String,
    profiles: BTreeMap<ProfileName, Profile>,
}

/// Stages everything that differs from what runs. Refused while something else is staged.
pub fn config_load(
    context: &Context,
    file: &str,
    secrets: &mut dyn Secrets,
    committing: &Committing,
) -> Result<Reply<ConfigLoaded>, Diagnostics> {
    let bytes = input::read(file, LARGEST_FILE).map_err(|error| Diagnostics::from(unreadable(file, &error)))?.bytes;
    let bytes = Zeroizing::new(bytes);
    let bytes = if age::is_sealed(&bytes) { open(file, &bytes, secrets)? } else { bytes };
    let saved = saved_configuration::read(&bytes).map_err(|error| no_configuration(file, &error))?;
    if saved.head.masked {
        return Err(is_masked(file));
    }
    let mut remarks = if saved.head.checked { Vec::new() } else { vec![edited(file)] };
    let wanted = wanted(file, &saved)?;
    let staged = home::open(context)?.staged()?;
    let answer = compare(file, &saved, &wanted, &staged)?;
    if answer.is_same() && staged.is_empty() {
        return Ok(Reply::new(answer, remarks));
    }
    let (outcome, mut answer) = committing::stage(context, committing, |_, staged| {
        if !staged.is_empty() {
            return Err(something_is_staged());
        }
        let answer = compare(file, &saved, &wanted, staged)?;
        Ok((intents(wanted, &answer), answer))
    })?;
    answer.revision = outcome.revision();
    remarks.extend(outcome.into_remarks());
    Ok(Reply::new(answer, remarks))
}

/// What of the file differs from what runs.
fn compare(file: &str, saved: &Saved, wanted: &Wanted, staged: &Staged) -> Result<ConfigLoaded, HomeError> {
    let running = staged.running();
    let mut put = Vec::new();
    for (name, profile) in &wanted.profiles {
        let is_there =
            running.has(name)? && operate::profile_texts(&running.profile(name)?)? == operate::profile_texts(profile)?;
        if !is_there {
            put.push(name.clone());
        }
    }
    Ok(ConfigLoaded {
        file: file.to_owned(),
        saved: saved.head.saved.clone(),
        saved_revision: saved.head.revision.clone(),
        configuration: wanted.text.trim_end() != running.configuration_text()?.trim_end(),
        authorities: wanted.authorities.trim_end() != running.authorities_text()?.trim_end(),
        put,
        removed: running.names()?.into_iter().filter(|name| !wanted.profiles.contains_key(name)).collect(),
        revision: None,
    })
}

fn intents(mut wanted: Wanted, answer: &ConfigLoaded) -> Vec<Intent> {
    let put = answer.put.iter().filter_map(|name| wanted.profiles.remove(name)).map(Intent::Put);
    let mut intents: Vec<Intent> = put.collect();
    if answer.configuration {
        intents.push(Intent::Configure(wanted.text));
    }
    if answer.authorities {
        intents.push(Intent::TrustCustom(wanted.authorities));
    }
    intents.extend(answer.removed.iter().map(|name| Intent::Remove { name: name.clone(), purge_key: false }));
    intents
}

/// Every mistake of the file at once.
fn wanted(file: &str, saved: &Saved) -> Result<Wanted, Diagnostics> {
    let mut told = Vec::new();
    let mut text = None;
    let mut authorities = String::new();
    let mut groups: BTreeMap<&str, ProfileTexts> = BTreeMap::new();
    for SavedFile { path, text: content } in &saved.files {
        let of_profile = path.strip_prefix(CERTIFICATES).and_then(|rest| rest.split_once('/'));
        match (path.as_str(), of_profile) {
            (CONFIGURATION, _) => text = Some(content.to_string()),
            (_, Some((name, inner))) => drop(groups.entry(name).or_default().insert(inner.to_owned(), content.clone())),
            (AUTHORITIES, None) => authorities = content.to_string(),
            (other, None) => told.push(damaged(file, other, "no home has such a file")),
        }
    }
    match text.as_deref().map(Configuration::parse) {
        None => told.push(damaged(file, CONFIGURATION, "it is missing")),
        Some(Ok(_)) => {}
        Some(Err(problems)) => {
            let path = PathBuf::from(format!("{file}: {CONFIGURATION}"));
            told.extend(Diagnostics::from(HomeError::Configuration { path, problems }).into_vec());
        }
    }
    if let Err(error) = operate::parse_authorities(AUTHORITIES.into(), &authorities) {
        let (path, reason) = place_of(error, AUTHORITIES);
        told.push(damaged(file, &path, &reason));
    }
    let mut profiles = BTreeMap::new();
    for (name, texts) in &groups {
        match profile(name, texts) {
            Ok(profile) => drop(profiles.insert(profile.name.clone(), profile)),
            Err((path, reason)) => told.push(damaged(file, &path, &reason)),
        }
    }
    match Diagnostics::if_errors(told) {
        Some(errors) => Err(errors),
        None => Ok(Wanted { text: text.unwrap_or_default(), authorities, profiles }),
    }
}

/// The error is the path and what is wrong there.
fn profile(name: &str, texts: &ProfileTexts) -> Result<Profile, (String, String)> {
    let place = format!("{CERTIFICATES}{name}");
    let parsed = name.parse().map_err(|error| (place.clone(), format!("it is no profile: {error}")))?;
    operate::profile_of_texts(&parsed, Path::new(&place), texts).map_err(|error| place_of(error, &place))
}

fn place_of(error: HomeError, place: &str) -> (String, String) {
    match error {
        HomeError::Damaged { path, reason } => (path.display().to_string(), reason),
        other => (place.to_owned(), other.to_string()),
    }
}

/// Asks for passphrases until one opens the file.
fn open(file: &str, bytes: &[u8], secrets: &mut dyn Secrets) -> Result<Zeroizing<Vec<u8>>, Diagnostics> {
    let locked = Locked { file: file.to_owned(), protection: "a saved configuration under a passphrase".to_owned() };
    for attempt in 0.. {
        let Some(passphrase) = secrets.unlock(&locked, attempt)? else { break };
        match age::open(bytes, &passphrase) {
            Ok(content) => return Ok(content),
            Err(AgeError::Passphrase) => {}
            Err(error) => {
                return Err(Diagnostic::error("config/damaged", format!("`{file}` cannot be decrypted"))
                    .at(Place::file(file))
                    .fact(error.to_string())
                    .fact("nothing was staged")
                    .help("fetch the file again, or take another backup")
                    .into());
            }
        }
    }
    Err(Diagnostic::error("password/wrong", format!("the passphrase does not open `{file}`"))
        .at(Place::file(file))
        .fact("it may also be that the first lines of the file were changed, which cannot be told apart")
        .fact("nothing was staged")
        .help("try again with the passphrase it was saved under")
        .into())
}

fn is_masked(file: &str) -> Diagnostics {
    Diagnostic::error("config/masked", format!("`{file}` was saved without its secrets, so that it cannot be loaded"))
        .at_what(Place::file(file), "secrets: masked")
        .fact("the private keys and passwords are not in it")
        .fact("nothing was staged")
        .help("load a file that was saved with: sealpost config save --encrypt --out FILE")
        .into()
}

fn no_configuration(file: &str, error: &SavedError) -> Diagnostics {
    let message = match error {
        SavedError::Title | SavedError::Version(_) => format!("`{file}` is no configuration that this program saved"),
        _ => format!("`{file}` is not as it was saved"),
    };
    let mut told = Diagnostic::error("config/damaged", message).at(Place::file(file)).fact(error.to_string());
    if let SavedError::Changed { saved, found } = error {
        told = told.fact(format!("SHA-256 as saved: {saved}")).fact(format!("SHA-256 now:      {found}"));
    }
    told.fact("nothing was staged")
        .help(match error {
            SavedError::Changed { .. } => {
                format!(
                    "to load a file that was edited on purpose, take its line `sha256: …` out: sed -i 5d {}",
                    shell_word(file)
                )
            }
            _ => "sealpost config save --encrypt --out FILE makes one".to_owned(),
        })
        .into()
}

fn damaged(file: &str, path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("config/damaged", format!("`{path}` in `{file}` cannot be loaded"))
        .at_what(Place::file(file), path)
        .fact(reason)
        .fact("nothing was staged")
        .help("take another backup, or mend that part by hand")
}

fn edited(file: &str) -> Diagnostic {
    Diagnostic::warning(
        "config/unchecked",
        format!("`{file}` has no checksum, so that nobody knows whether it is whole"),
    )
    .at(Place::file(file))
    .help("sealpost change show, before you commit")
}

fn something_is_staged() -> Diagnostics {
    Diagnostic::error("change/pending", "something else is staged already, and loading would replace it")
        .fact("nothing was changed")
        .help("sealpost change show; then sealpost change commit, or sealpost change clear")
        .into()
}
