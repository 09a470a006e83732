//! `role list`: every role of the gateway as it would be after a commit: what it presents, and how that stands.

use schemars::JsonSchema;
use serde::Serialize;

use super::admission;
use super::committing::judge;
use super::context::Context;
use super::home;
use crate::model::configuration::Configuration;
use crate::model::diagnostic::{Diagnostics, Reply, Severity};
use crate::model::moment::{Moment, remaining_days, rfc3339};
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::profile_status::ProfileStatus;
use crate::model::role::Role;
use crate::operate::{self, HomeError, Reviewed, RoleReview, Staged};

/// Every role.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoleList {
    pub roles: Vec<ListedRole>,
}

/// One role.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedRole {
    pub role: String,
    /// `server` or `client`: which side of the connection it is.
    pub side: Side,
    pub binding: Binding,
    /// The wider role whose profiles it presents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited_from: Option<String>,
    /// The host name that its certificate should carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    pub profiles: Vec<RoleProfile>,
    pub health: Health,
    /// Worst first.
    pub findings: Vec<RoleFinding>,
    /// A commit of the staged edits would change what it presents, or what that is held against.
    pub staged: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Server,
    Client,
}

/// Where the profiles of a role come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Binding {
    Own,
    Inherited,
    /// A server that nothing is bound to presents the Demo certificate.
    Demo,
    /// A client that nothing is bound to presents nothing.
    None,
}

/// A profile that a role presents.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoleProfile {
    pub profile: ProfileName,
    /// `ECDSA P-256`; absent where the profile is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The host names that count.
    pub names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ProfileStatus>,
    /// RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// Whole days, negative after the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_days: Option<i64>,
}

/// The worst thing found that nobody let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It cannot present what is bound.
    Broken,
    Error,
    Warning,
    Good,
    /// It presents nothing, as a client may.
    Nothing,
}

/// Something found on a profile in this role.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoleFinding {
    pub profile: ProfileName,
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    /// Why it is let pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// Lists every role. DNS is not asked: `role check` does.
pub fn role_list(context: &Context) -> Result<Reply<RoleList>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let configuration = staged.configuration()?;
    let reviews = operate::preview(&staged, &mut judge(context, &staged, false), context.now)?;
    let roles = reviews.iter().map(|review| listed(review, &configuration, &staged, context.now));
    let roles = roles.collect::<Result<_, HomeError>>()?;
    Ok(Reply::new(RoleList { roles }, admission::loud(&reviews)))
}

fn listed(
    review: &RoleReview,
    configuration: &Configuration,
    staged: &Staged,
    now: Moment,
) -> Result<ListedRole, HomeError> {
    let role = &review.role;
    let mut profiles = Vec::new();
    for name in &review.profiles {
        let summary = if staged.has(name)? { Some(staged.summary(name)?) } else { None };
        profiles.push(profile(name, summary.as_ref(), now));
    }
    let (binding, inherited_from) = binding(role, configuration);
    Ok(ListedRole {
        role: role.to_string(),
        side: if role.is_server() { Side::Server } else { Side::Client },
        binding,
        inherited_from: inherited_from.map(|wider| wider.to_string()),
        hostname: configuration.hostname_for(role).ok(),
        health: health(review, &profiles),
        profiles,
        findings: review.findings.iter().map(finding).collect(),
        staged: review.touched,
    })
}

fn binding(role: &Role, configuration: &Configuration) -> (Binding, Option<Role>) {
    let roles = &configuration.roles;
    let wider = role.wider().filter(|wider| roles.bound.contains_key(wider));
    match (roles.bound.contains_key(role), wider) {
        (true, _) => (Binding::Own, None),
        (false, Some(wider)) => (Binding::Inherited, Some(wider)),
        (false, None) if role.is_server() => (Binding::Demo, None),
        (false, None) => (Binding::None, None),
    }
}

fn profile(name: &ProfileName, summary: Option<&ProfileSummary>, now: Moment) -> RoleProfile {
    let certificate = summary.and_then(|summary| summary.certificate.as_ref());
    RoleProfile {
        profile: name.clone(),
        key: summary.and_then(ProfileSummary::public_key).map(|key| key.kind().to_string()),
        names: certificate.map(admission::names).unwrap_or_default(),
        status: summary.map(|summary| ProfileStatus::of(summary, now)),
        not_after: certificate.map(|own| rfc3339(own.not_after())),
        remaining_days: certificate.map(|own| remaining_days(own.not_after(), now)),
    }
}

fn health(review: &RoleReview, profiles: &[RoleProfile]) -> Health {
    if profiles.is_empty() {
        return if review.role.is_server() { Health::Broken } else { Health::Nothing };
    }
    if profiles.iter().any(|profile| profile.not_after.is_none()) {
        return Health::Broken;
    }
    match review.open().map(|reviewed| reviewed.finding.severity).min() {
        Some(Severity::Error) => Health::Error,
        Some(Severity::Warning) => Health::Warning,
        Some(Severity::Note) | None => Health::Good,
    }
}

fn finding(reviewed: &Reviewed) -> RoleFinding {
    RoleFinding {
        profile: reviewed.profile.clone(),
        rule: reviewed.finding.rule,
        severity: reviewed.finding.severity,
        message: reviewed.finding.message.clone(),
        accepted: reviewed.accepted.as_ref().map(|acceptance| acceptance.reason.clone()),
    }
}
