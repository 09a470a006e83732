//! The one key that a profile will have.

use crate::inspect::certificates::{Certificates, FoundKey};
use crate::inspect::chain::Found;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::place::Place;
use crate::model::private_key::{PrivateKey, PrivateKeyError};
use crate::model::profile::Profile;
use crate::model::public_key::PublicKey;

/// The existing profile's own key, or the one key that was given for a new profile. A certificate for it is among `offered`.
pub(super) fn settle(existing: Option<&Profile>, offered: &Certificates) -> Result<PrivateKey, Diagnostics> {
    refuse_unusable(offered)?;
    if offered.certificates.is_empty() {
        return Err(no_certificate(existing, offered).into());
    }
    match existing {
        Some(profile) => keep(profile, offered),
        None => choose(offered),
    }
}

/// An error for each private key that cannot be used here.
pub fn refuse_unusable(offered: &Certificates) -> Result<(), Diagnostics> {
    let errors = offered.unusable_keys.iter().map(|(place, reason)| unusable(reason, place)).collect();
    match Diagnostics::if_errors(errors) {
        Some(errors) => Err(errors),
        None => Ok(()),
    }
}

fn unusable(reason: &PrivateKeyError, place: &Place) -> Diagnostic {
    let code = match reason {
        PrivateKeyError::RsaSize(_) => "cert/weak-key",
        PrivateKeyError::Unsupported(_) => "cert/key-type",
        _ => "key/malformed",
    };
    let error =
        Diagnostic::error(code, format!("the key in `{}` cannot be used: {reason}", place.file)).at(place.clone());
    let new_key = "sealpost cert request NEW-PROFILE --cn NAME, and let the CA sign that";
    match reason {
        PrivateKeyError::RsaSize(_) => error.fact("RSA keys have 2048 to 8192 bits").help(new_key),
        PrivateKeyError::Unsupported(kind) if kind.starts_with('X') => error
            .fact(format!(
                "with {kind} two sides agree on a secret; it cannot sign, so no server has a certificate for it"
            ))
            .help(new_key),
        PrivateKeyError::Unsupported(_) => {
            error.fact("keys are ECDSA P-256, P-384, P-521, RSA of 2048 to 8192 bits, or Ed25519").help(new_key)
        }
        PrivateKeyError::PublicKeyDiffers { stated, computed, .. } => error
            .fact(format!("public key inside:                {stated}"))
            .fact(format!("public key of the private numbers: {computed}"))
            .help("take the key from the program that made it once more"),
        _ => error.help("take the key from the program that made it once more"),
    }
}

fn no_certificate(existing: Option<&Profile>, offered: &Certificates) -> Diagnostic {
    if let Some(request) = offered.requests.first() {
        let place = &request.place;
        return Diagnostic::error(
            "import/request",
            format!("`{}` holds a signing request, not a certificate", place.file),
        )
        .at_what(place.clone(), "signing request")
        .help("send the request to your CA, and import the certificate that comes back");
    }
    let error = Diagnostic::error("import/no-certificate", "none of the files holds a certificate");
    let error = offered
        .keys
        .iter()
        .fold(error, |error, FoundKey { key, place, .. }| error.at_what(place.clone(), key.kind().to_string()));
    match existing {
        Some(profile) => error.help(format!("sealpost cert import {} SIGNED.pem, with what the CA sent", profile.name)),
        None => error.help("name the file with the certificate too; sealpost show FILE says what a file holds"),
    }
}

fn keep(profile: &Profile, offered: &Certificates) -> Result<PrivateKey, Diagnostics> {
    let wanted = profile.key.public();
    if let Some(other) = offered.keys.iter().find(|found| found.key.public() != wanted) {
        return Err(other_key(profile, &other.key, &other.place).into());
    }
    if offered.certificates.iter().any(|found| found.certificate.public_key() == wanted) {
        return Ok(profile.key.clone());
    }
    Err(mismatch(
        format!("no certificate in the files belongs to the key of profile {}", profile.name),
        &format!("the key of {}", profile.name),
        wanted,
        offered,
    )
    .help(format!("send the CA the request of this profile: sealpost cert request {0} --key-from {0}", profile.name))
    .into())
}

fn other_key(profile: &Profile, other: &PrivateKey, place: &Place) -> Diagnostic {
    Diagnostic::error("key/mismatch", format!("the key in `{}` is not the key of profile {}", place.file, profile.name))
        .at_what(place.clone(), other.kind().to_string())
        .fact(format!("public key of {}: {}", profile.name, profile.key.public().fingerprint()))
        .fact(format!("public key of the file: {}", other.public().fingerprint()))
        .help("a profile never changes its key: import this one under a new name")
}

fn choose(offered: &Certificates) -> Result<PrivateKey, Diagnostics> {
    let Some(FoundKey { key, place, .. }) = offered.keys.first() else { return Err(no_key(offered).into()) };
    if offered.keys.iter().any(|other| other.key.public() != key.public()) {
        return Err(several_keys(offered).into());
    }
    if offered.certificates.iter().any(|found| found.certificate.public_key() == key.public()) {
        return Ok(key.clone());
    }
    let error = mismatch(
        format!("the key in `{}` does not belong to any certificate given", place.file),
        "the key file",
        key.public(),
        offered,
    );
    Err(error
        .at_what(place.clone(), key.kind().to_string())
        .help("use the key that was made together with this certificate's request")
        .into())
}

/// The key belongs to a CA among the certificates, and the server's certificate is there too.
pub(super) fn of_authority(key: &PrivateKey, offered: &Certificates) -> Diagnostic {
    let has_key = |found: &&Found| found.certificate.public_key() == key.public();
    let name = offered.certificates.iter().find(has_key).map_or("a CA", |found| found.certificate.display_name());
    mismatch(
        format!("the key is that of the CA {name}, not of the server's certificate"),
        &format!("the CA {name}"),
        key.public(),
        offered,
    )
    .help("use the key that was made together with the server's certificate request")
}

fn no_key(offered: &Certificates) -> Diagnostic {
    let error =
        Diagnostic::error("import/no-key", "a new profile needs a private key, and none of the files holds one");
    let listed = offered.certificates.iter().take(4);
    listed
        .fold(error, |error, found| error.at_what(found.place.clone(), found.certificate.subject().short()))
        .help("name the key file too, or import into the profile whose request was signed: sealpost cert list")
}

fn several_keys(offered: &Certificates) -> Diagnostic {
    let error =
        Diagnostic::error("import/several-keys", "the files hold different private keys, and a profile has one");
    offered
        .keys
        .iter()
        .fold(error, |error, FoundKey { key, place, .. }| {
            let owner = offered.certificates.iter().find(|found| found.certificate.public_key() == key.public());
            let whose = owner.map_or("no certificate given", |found| found.certificate.display_name());
            error
                .at_what(place.clone(), key.kind().to_string())
                .fact(format!("public key {}: belongs to {whose}", key.public().fingerprint()))
        })
        .help("import one profile after the other, each with its own files")
}

/// Both sides of a mismatch: the key wanted, and the key of each certificate that could have been the leaf.
fn mismatch(message: String, whose: &str, wanted: &PublicKey, offered: &Certificates) -> Diagnostic {
    let error =
        Diagnostic::error("key/mismatch", message).fact(format!("public key of {whose}: {}", wanted.fingerprint()));
    let leaves: Vec<_> = offered.certificates.iter().filter(|found| !found.certificate.is_ca()).collect();
    let candidates = if leaves.is_empty() { offered.certificates.iter().collect() } else { leaves };
    candidates.into_iter().take(4).fold(error, |error, found| {
        let certificate = &found.certificate;
        error
            .at_what(found.place.clone(), format!("{}, {}", certificate.display_name(), certificate.key_kind()))
            .fact(format!("public key of {}: {}", certificate.display_name(), certificate.public_key().fingerprint()))
    })
}
