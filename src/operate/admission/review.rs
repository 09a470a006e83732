//! Every role with what an inspection finds about it.

use crate::model::configuration::Configuration;
use crate::model::diagnostic::Severity;
use crate::model::finding::Finding;
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;

use super::acceptance::Acceptance;
use super::candidate::Candidate;
use super::touched::Touched;
use crate::operate::error::HomeError;

/// Looks at what a profile presents in a role. The rules stand in `inspect`, which `operate` does not know: who asks for admission
/// brings an inspector along, and nothing is admitted without one.
pub trait Inspector {
    /// Everything that is to be said, worst first.
    fn inspect(&mut self, seat: &InRole<'_>) -> Vec<Finding>;
}

/// A profile with a certificate, in a role.
#[derive(Debug, Clone, Copy)]
pub struct InRole<'a> {
    pub configuration: &'a Configuration,
    pub role: &'a Role,
    pub profile: &'a ProfileSummary,
    /// The change touches the role, so that a slow question (DNS) is worth its time.
    pub touched: bool,
}

/// A role and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleReview {
    pub role: Role,
    pub touched: bool,
    /// It presents Demo because nothing is bound.
    pub falls_back: bool,
    /// What it presents; empty for a client without a certificate.
    pub profiles: Vec<ProfileName>,
    /// Worst first.
    pub findings: Vec<Reviewed>,
}

/// A finding about one of the profiles of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    pub profile: ProfileName,
    pub finding: Finding,
    /// Why it does not stop anything.
    pub accepted: Option<Acceptance>,
}

impl RoleReview {
    /// An error that nobody accepted, on a role that the change touches.
    pub fn blocks(&self) -> bool {
        self.touched && self.errors().next().is_some()
    }

    /// The errors that nobody accepted.
    pub fn errors(&self) -> impl Iterator<Item = &Reviewed> {
        self.open().filter(|reviewed| reviewed.finding.severity == Severity::Error)
    }

    /// The findings that nobody accepted.
    pub fn open(&self) -> impl Iterator<Item = &Reviewed> {
        self.findings.iter().filter(|reviewed| reviewed.accepted.is_none())
    }
}

pub(super) fn of(
    candidate: &Candidate<'_>,
    touched: &Touched,
    inspector: &mut dyn Inspector,
) -> Result<Vec<RoleReview>, HomeError> {
    let mut reviews = Vec::new();
    for role in candidate.configuration.every_role() {
        let profiles = candidate.presented(&role);
        let touched = touched.has(&role);
        let mut findings = Vec::new();
        for name in &profiles {
            // What an untouched role lacks was told when it was committed.
            let Some(profile) = candidate.summary(name)?.filter(|profile| profile.certificate.is_some()) else {
                continue;
            };
            let seat = InRole { configuration: &candidate.configuration, role: &role, profile: &profile, touched };
            let found = inspector.inspect(&seat).into_iter();
            findings.extend(found.map(|finding| Reviewed { profile: name.clone(), finding, accepted: None }));
        }
        findings.sort_by_key(|reviewed| reviewed.finding.severity);
        let falls_back = candidate.configuration.roles.falls_back(&role);
        reviews.push(RoleReview { role, touched, falls_back, profiles, findings });
    }
    Ok(reviews)
}
