//! `role bind`: which profiles a role presents. Each must be one that an engine can present; what else is to be said is a warning.

use super::admission;
use super::binding::{self, Bound};
use super::committing::Committing;
use super::context::Context;
use super::making;
use crate::model::configuration::nearest;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::operate::{self, HomeError, RefusalReason, Staged};

/// Lets `role` present `profiles`, and nothing else.
pub fn role_bind(
    context: &Context,
    role: &str,
    profiles: &[String],
    committing: &Committing,
) -> Result<Reply<Bound>, Diagnostics> {
    binding::bind(context, role, committing, |role, _, staged| presentable(role, profiles, staged))
}

/// The profiles, each with a key that belongs to its certificate; everything that is wrong is told at once.
fn presentable(role: &Role, given: &[String], staged: &Staged) -> Result<Vec<ProfileName>, Diagnostics> {
    let mut wrong = Vec::new();
    let mut found: Vec<ProfileSummary> = Vec::new();
    for text in given {
        let name = text.parse::<ProfileName>().ok();
        let name = name.filter(|name| staged.has(name).unwrap_or(false));
        let Some(name) = name else {
            wrong.push(unknown_profile(text, staged)?);
            continue;
        };
        let summary = staged.summary(&name)?;
        match unpresentable(&summary, staged)? {
            Some(reason) => wrong.push(admission::unpresentable(&name, role, &reason)),
            None if found.iter().any(|known| known.name == name) => {
                wrong.push(Diagnostic::error("role/twice", format!("profile {name} was named twice")));
            }
            None => found.push(summary),
        }
    }
    let most = if role.is_server() { 2 } else { 1 };
    if given.len() > most {
        wrong.push(too_many(role, given));
    } else if let [first, second] = found.as_slice() {
        wrong.extend(no_pair(role, first, second));
    }
    match wrong.is_empty() {
        true => Ok(found.into_iter().map(|summary| summary.name).collect()),
        false => Err(making::refusal(wrong)),
    }
}

/// Why no engine could present the profile.
fn unpresentable(summary: &ProfileSummary, staged: &Staged) -> Result<Option<RefusalReason>, Diagnostics> {
    if summary.certificate.is_none() {
        return Ok(Some(RefusalReason::NoCertificate));
    }
    let profile = match staged.profile(&summary.name) {
        Err(HomeError::File(error)) if error.is_missing() => return Ok(Some(RefusalReason::NoKey)),
        other => other?,
    };
    match operate::refuse(std::iter::once(&profile)) {
        Err(HomeError::Refused(refusals)) => Ok(refusals.into_iter().next().map(|refusal| refusal.reason)),
        other => Ok(other.map(|()| None)?),
    }
}

fn unknown_profile(text: &str, staged: &Staged) -> Result<Diagnostic, HomeError> {
    let names: Vec<String> = staged.names()?.iter().map(ToString::to_string).collect();
    let wrong = Diagnostic::error("profile/unknown", format!("there is no profile `{text}`"));
    Ok(match nearest(text, names.iter().map(String::as_str)) {
        Some(meant) => wrong.help(format!("did you mean `{meant}`? (`sealpost cert list` lists all)")),
        None => wrong.help("sealpost cert list"),
    })
}

fn too_many(role: &Role, given: &[String]) -> Diagnostic {
    let wrong = Diagnostic::error("role/too-many", format!("{role} cannot present {} profiles", given.len()));
    match role.is_server() {
        true => wrong.fact("a server presents one ECDSA and one RSA profile, or one of any kind"),
        false => wrong.fact("a client presents one profile"),
    }
    .fact(format!("given: {}", given.join(", ")))
    .help(format!("sealpost role bind {} PROFILE", admission::word(role)))
}

fn no_pair(role: &Role, first: &ProfileSummary, second: &ProfileSummary) -> Option<Diagnostic> {
    let (one, other) = (first.public_key()?.kind(), second.public_key()?.kind());
    if one.pairs_with(other) {
        return None;
    }
    let reason = RefusalReason::NoPair { beside: first.name.clone(), kinds: [one.to_string(), other.to_string()] };
    Some(admission::unpresentable(&second.name, role, &reason))
}
