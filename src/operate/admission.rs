//! Whether the staged edits may run. Only this step makes an `Admitted`, and only an `Admitted` can be committed.

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;

use super::error::{HomeError, Refusal, RefusalReason};
use super::home::Home;
use super::number::RevisionNumber;
use super::rebase;
use super::revision::Revision;
use super::staged::{Change, Staged};

/// What the next revision will hold; every profile in it is known to load.
#[derive(Debug)]
pub struct Admitted {
    pub(super) parent: Option<RevisionNumber>,
    pub(super) text: String,
    /// Profiles to be written.
    pub(super) put: Vec<Profile>,
    /// Profiles that stand in an older revision already.
    pub(super) linked: Vec<(ProfileName, RevisionNumber)>,
    pub(super) purged: Vec<ProfileName>,
    pub(super) restores: Option<RevisionNumber>,
}

/// Checks the staged edits. Edits on an older base are stale, unless `rebase` is set and nothing newer touches the same.
pub fn admit(home: &Home, staged: &Staged, rebase: bool) -> Result<Admitted, HomeError> {
    let text = rebase::configuration(home, staged, rebase)?;
    crate::model::configuration::Configuration::parse(&text)
        .map_err(|problems| HomeError::Configuration { path: staged.configuration_path(), problems })?;
    let running = staged.running();
    let mut admitted = Admitted {
        parent: Some(running.number()),
        text,
        put: Vec::new(),
        linked: links(running, |name| !staged.changes().contains_key(name))?,
        purged: Vec::new(),
        restores: None,
    };
    for (name, change) in staged.changes() {
        match change {
            Change::Put => admitted.put.push(staged.profile(name)?),
            Change::Removed { purge_key: true } => admitted.purged.push(name.clone()),
            Change::Removed { purge_key: false } => {}
        }
    }
    refuse(admitted.put.iter())?;
    Ok(admitted)
}

/// Checks the content of an older revision, to run again on top of `running`.
pub fn admit_again(running: &Revision, old: &Revision) -> Result<Admitted, HomeError> {
    old.configuration()?;
    let linked = links(old, |_| true)?;
    let mut changed = Vec::new();
    for (name, number) in &linked {
        if running.location(name)? != Some(*number) {
            changed.push(old.profile(name)?);
        }
    }
    refuse(changed.iter())?;
    Ok(Admitted {
        parent: Some(running.number()),
        text: old.configuration_text()?,
        put: Vec::new(),
        linked,
        purged: Vec::new(),
        restores: Some(old.number()),
    })
}

/// The content of a new home's first revision.
pub(super) fn admit_first(text: String, demo: Profile) -> Result<Admitted, HomeError> {
    refuse(std::iter::once(&demo))?;
    Ok(Admitted { parent: None, text, put: vec![demo], linked: Vec::new(), purged: Vec::new(), restores: None })
}

fn links(
    revision: &Revision,
    wanted: impl Fn(&ProfileName) -> bool,
) -> Result<Vec<(ProfileName, RevisionNumber)>, HomeError> {
    let mut links = Vec::new();
    for (name, is_here) in revision.entries()? {
        if wanted(&name) {
            let number = if is_here { revision.number() } else { revision.linked(&name)? };
            links.push((name, number));
        }
    }
    Ok(links)
}

/// Every profile that the engine could not serve, at once. For a command that is about to stage them, too.
pub fn refuse<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Result<(), HomeError> {
    let provider = aws_lc_rs::default_provider();
    let refusals: Vec<Refusal> = profiles
        .filter_map(|profile| {
            let reason = load(profile, &provider).err()?;
            Some(Refusal { profile: profile.name.clone(), reason })
        })
        .collect();
    if refusals.is_empty() { Ok(()) } else { Err(HomeError::Refused(refusals)) }
}

/// What the engine does when it begins to serve the profile. Without a certificate there is only the key to load.
fn load(profile: &Profile, provider: &CryptoProvider) -> Result<(), RefusalReason> {
    let unloadable = |error: Error| RefusalReason::Unloadable(error.to_string());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(profile.key.pkcs8().to_vec()));
    let Some(certificate) = &profile.certificate else {
        return provider.key_provider.load_private_key(key).map(drop).map_err(unloadable);
    };
    if certificate.public_key() != profile.key.public() {
        return Err(RefusalReason::KeyMismatch {
            certificate: certificate.public_key().fingerprint().short(),
            key: profile.key.public().fingerprint().short(),
        });
    }
    let chain = profile.chain().map(|certificate| CertificateDer::from(certificate.der().to_vec())).collect();
    match CertifiedKey::from_der(chain, key, provider) {
        // Some keys do not tell their public half; it was compared above.
        Ok(_) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(()),
        Err(error) => Err(unloadable(error)),
    }
}
