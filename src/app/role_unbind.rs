//! `role unbind`: a role presents a profile no more, and falls back to what it would present without.

use super::binding::{self, Bound};
use super::committing::Committing;
use super::context::Context;
use super::making;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;

/// Takes the binding of `profile` away, or of all profiles. A role that nothing is bound to is as it was.
pub fn role_unbind(
    context: &Context,
    role: &str,
    profile: Option<&str>,
    committing: &Committing,
) -> Result<Reply<Bound>, Diagnostics> {
    binding::bind(context, role, committing, |role, configuration, _| {
        let bound = configuration.roles.bound.get(role).cloned().unwrap_or_default();
        profile.map_or(Ok(Vec::new()), |profile| without(role, &bound, profile))
    })
}

fn without(role: &Role, bound: &[ProfileName], profile: &str) -> Result<Vec<ProfileName>, Diagnostics> {
    let kept: Vec<ProfileName> = bound.iter().filter(|name| name.as_str() != profile).cloned().collect();
    if kept.len() < bound.len() {
        return Ok(kept);
    }
    let list: Vec<&str> = bound.iter().map(ProfileName::as_str).collect();
    let listed = if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
    let wrong = Diagnostic::error("role/not-bound", format!("profile `{profile}` is not bound to {role}"))
        .fact(format!("bound to it: {listed}"))
        .help("sealpost role list");
    Err(making::refusal(vec![wrong]))
}
