//! Whether the engine can serve a profile: what it does when it begins to, done beforehand.

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use crate::model::profile::Profile;

use crate::operate::error::{HomeError, Refusal, RefusalReason};
use crate::sys::library_error;

/// Every profile that the engine could not serve, at once. For a command that is about to stage them, too.
pub fn refuse<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Result<(), HomeError> {
    let refusals = unloadable(profiles);
    if refusals.is_empty() { Ok(()) } else { Err(HomeError::Refused(refusals)) }
}

/// The same as a list.
pub(super) fn unloadable<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Vec<Refusal> {
    let provider = aws_lc_rs::default_provider();
    profiles
        .filter_map(|profile| {
            let reason = load(profile, &provider).err()?;
            Some(Refusal { profile: profile.name.clone(), role: None, reason })
        })
        .collect()
}

/// Without a certificate there is only the key to load.
fn load(profile: &Profile, provider: &CryptoProvider) -> Result<(), RefusalReason> {
    let unloadable = |error: Error| RefusalReason::Unloadable(library_error::tls(&error));
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
