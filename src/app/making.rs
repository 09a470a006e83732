//! The steps that `cert new` and `cert request` share: from an order to a profile that is ready to be staged.

use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::host_name::HostName;
use crate::model::private_key::{KeyType, PrivateKey, PrivateKeyError};
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::operate::Staged;
use crate::operate::making::MakingError;

use super::identity::{Purpose, host_name_code};

/// Everything that was told, as the reason to stop.
pub fn refusal(told: Vec<Diagnostic>) -> Diagnostics {
    let unnamed = || Diagnostic::error("order/refused", "what was asked for cannot be made").into();
    Diagnostics::if_errors(told).unwrap_or_else(unnamed).with_fact("nothing was staged")
}

/// The name of a profile that does not exist yet.
pub fn new_name(given: &str, staged: &Staged, told: &mut Vec<Diagnostic>) -> Result<Option<ProfileName>, Diagnostics> {
    let Some(name) = profile_name(given, told) else { return Ok(None) };
    Ok(match existing(&name, staged)? {
        Some(wrong) => {
            told.push(wrong);
            None
        }
        None => Some(name),
    })
}

/// The name of a profile that shall be made or changed; the built-in one cannot be.
pub fn profile_name(given: &str, told: &mut Vec<Diagnostic>) -> Option<ProfileName> {
    match given.parse::<ProfileName>() {
        Ok(name) if name.is_demo() => {
            told.push(
                Diagnostic::error(
                    "profile/demo",
                    "Demo is the built-in profile: init makes it, and nothing renames, removes or replaces it",
                )
                .help("name another profile, such as mx-2026"),
            );
            None
        }
        Ok(name) => Some(name),
        Err(error) => {
            let wrong = Diagnostic::error("profile/name", error.to_string()).fact(format!("given: {given}"));
            told.push(wrong.help("choose a name such as mx-2026"));
            None
        }
    }
}

/// The role and the host name that the staged configuration gives it.
pub fn purpose(
    role: Option<&str>,
    staged: &Staged,
    told: &mut Vec<Diagnostic>,
) -> Result<Option<Purpose>, Diagnostics> {
    let Some(role) = role else { return Ok(None) };
    let role = match role.parse::<Role>() {
        Ok(role) => role,
        Err(error) => {
            let wrong = Diagnostic::error("role/unknown", error.to_string());
            told.push(wrong.help("write --for listener:NAME, or name the host with --cn"));
            return Ok(None);
        }
    };
    let configuration = staged.configuration()?;
    let host = match configuration.hostname_for(&role) {
        Ok(host) => host,
        Err(missing) => {
            let message =
                format!("no {} `{}` is configured, so that {role} has no host name", missing.what, missing.name);
            told.push(
                Diagnostic::error("role/not-configured", message)
                    .fact(format!("configured: {}", missing.known.join(", ")))
                    .help("name one of these after --for, or name the host with --cn"),
            );
            return Ok(None);
        }
    };
    match HostName::parse(&host) {
        Ok(host) => Ok(Some(Purpose { role, host })),
        Err(error) => {
            told.push(Diagnostic::error(
                host_name_code(&error.reason),
                format!("`{host}`, the host name of {role}, {}", error.reason),
            ));
            Ok(None)
        }
    }
}

/// An error when there is a profile with this name; says what it holds and how to go on.
pub fn existing(name: &ProfileName, staged: &Staged) -> Result<Option<Diagnostic>, Diagnostics> {
    if !staged.has(name)? {
        return Ok(None);
    }
    let found = staged.summary(name)?;
    let message = format!("there is a profile {name} already, and its key is never replaced");
    let wrong = Diagnostic::error("profile/exists", message).fact(format!("{name}: {}", description(&found)));
    let renew = format!("sealpost cert request {name} --key-from {name}");
    Ok(Some(wrong.help(format!("{renew} (renews with the same key; a new key needs a new name)"))))
}

/// Asked again when the home is locked, for another command may have been faster.
pub fn refuse_existing(name: &ProfileName, staged: &Staged) -> Result<(), Diagnostics> {
    existing(name, staged)?.map_or(Ok(()), |wrong| Err(refusal(vec![wrong])))
}

/// What a profile holds, in a few words.
fn description(found: &ProfileSummary) -> String {
    match (&found.certificate, &found.request) {
        (Some(certificate), _) => format!("certificate for {}, {}", certificate.display_name(), certificate.key_kind()),
        (None, Some(request)) => format!("request for {}, {}", request.subject().short(), request.public_key().kind()),
        (None, None) => "a key alone".to_owned(),
    }
}

pub fn new_key(key_type: KeyType) -> Result<PrivateKey, Diagnostics> {
    PrivateKey::generate(key_type).map_err(|error: PrivateKeyError| {
        let message = format!("a key of type {} could not be made", key_type.as_str());
        Diagnostic::error("key/generation", message).fact(error.to_string()).help("try again").into()
    })
}

pub fn making_error(error: MakingError) -> Diagnostics {
    Diagnostic::error("certificate/encoding", "the certificate or request could not be made")
        .fact(error.to_string())
        .help("use other names, or another --key-type")
        .into()
}
