//! `cert list`: every profile as it would be after a commit, and what differs from what runs. No key is read.

use std::collections::BTreeMap;

use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::fingerprint::Fingerprint;
use crate::model::moment::{Moment, remaining_days, rfc3339};
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::profile_status::ProfileStatus;
use crate::operate::{Change, HomeError, Staged};

use super::context::Context;
use super::home;

/// All profiles, sorted by name.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ProfileList {
    pub profiles: Vec<ListedProfile>,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ListedProfile {
    pub name: ProfileName,
    /// The common name, else the first name, of certificate or request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// The names with their kind, of certificate or request.
    pub names: Vec<String>,
    /// The issuer's common name, else its whole name; absent without a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_by: Option<String>,
    pub self_signed: bool,
    pub status: ProfileStatus,
    /// Whole days, negative after the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_days: Option<i64>,
    /// RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Fingerprint>,
    /// The roles that present it.
    pub roles: Vec<String>,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

/// What a commit would do to a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StagedAs {
    New,
    Changed,
    Removed,
}

/// Roles by the profiles that they present.
pub(super) type Presenting = BTreeMap<ProfileName, Vec<String>>;

/// Lists every profile, those that a commit would remove included.
pub fn cert_list(context: &Context) -> Result<Reply<ProfileList>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let removed = staged.changes().iter().filter(|(_, change)| matches!(change, Change::Removed { .. }));
    let mut names = staged.names()?;
    names.extend(removed.map(|(name, _)| name.clone()));
    names.sort_unstable();
    let roles = presenting(&staged)?;
    let profiles = names.iter().map(|name| line(name, &staged, &roles, context.now)).collect::<Result<_, _>>()?;
    Ok(ProfileList { profiles }.into())
}

/// A profile as it would be after a commit; one that a commit would remove as it runs.
pub(super) fn look(name: &ProfileName, staged: &Staged) -> Result<(ProfileSummary, Option<StagedAs>), HomeError> {
    Ok(match staged.changes().get(name) {
        None => (staged.summary(name)?, None),
        Some(Change::Removed { .. }) => (staged.running().summary(name)?, Some(StagedAs::Removed)),
        Some(Change::Put) if staged.running().has(name)? => (staged.summary(name)?, Some(StagedAs::Changed)),
        Some(Change::Put) => (staged.summary(name)?, Some(StagedAs::New)),
    })
}

/// Roles by the profiles that they present. A configuration with mistakes hides no profile.
pub(super) fn presenting(staged: &Staged) -> Result<Presenting, HomeError> {
    let mut roles = Presenting::new();
    let configuration = match staged.configuration() {
        Err(HomeError::Configuration { .. }) => return Ok(roles),
        other => other?,
    };
    for role in configuration.every_role() {
        for profile in configuration.roles.presented(&role) {
            roles.entry(profile).or_default().push(role.to_string());
        }
    }
    Ok(roles)
}

fn line(name: &ProfileName, staged: &Staged, roles: &Presenting, now: Moment) -> Result<ListedProfile, HomeError> {
    let (summary, mark) = look(name, staged)?;
    Ok(ListedProfile::new(&summary, mark, roles.get(name).cloned().unwrap_or_default(), now))
}

impl ListedProfile {
    pub(super) fn new(
        summary: &ProfileSummary,
        staged: Option<StagedAs>,
        roles: Vec<String>,
        now: Moment,
    ) -> ListedProfile {
        let certificate = summary.certificate.as_ref();
        let request = summary.request.as_ref();
        let names = certificate.map(|certificate| certificate.subject_alt_names());
        let names = names.or_else(|| request.map(|request| request.subject_alt_names())).unwrap_or_default();
        let subject = certificate.map(|certificate| certificate.subject()).or(request.map(|request| request.subject()));
        let common_name = subject.and_then(|subject| subject.common_name().map(str::to_owned));
        ListedProfile {
            name: summary.name.clone(),
            common_name: common_name.or_else(|| names.first().map(|name| name.value())),
            names: names.iter().map(ToString::to_string).collect(),
            issued_by: certificate.map(|certificate| certificate.issuer().short().to_owned()),
            // The signature is not checked: a list of thousands would take seconds, and what was stored was checked then.
            self_signed: certificate.is_some_and(|certificate| certificate.is_self_issued()),
            status: ProfileStatus::of(summary, now),
            remaining_days: certificate.map(|certificate| remaining_days(certificate.not_after(), now)),
            not_after: certificate.map(|certificate| rfc3339(certificate.not_after())),
            sha256: certificate.map(|certificate| certificate.sha256()),
            roles,
            staged,
        }
    }
}
