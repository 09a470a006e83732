//! Findings that somebody lets pass: a rule with a reason, for the roles that it was found on, until a day or until it is gone.

use std::collections::BTreeSet;

use crate::model::moment::{self, Moment};

use super::review::RoleReview;
use crate::operate::number::RevisionNumber;

/// Without these no engine could serve the role, so that letting them pass would only move the error.
pub const NEVER_ACCEPTED: [&str; 3] = ["key/missing", "key/mismatch", "profile/unloadable"];

/// A rule whose findings do not stop a commit; kept in `commit.toml` from revision to revision while anything needs it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Acceptance {
    /// `family/name`.
    pub rule: String,
    pub reason: String,
    /// The last day on which it counts, `2027-02-14`; without one it counts until the finding is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The roles that had the finding.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// The revision that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<RevisionNumber>,
}

impl Acceptance {
    /// One that is asked for and not kept yet: for whatever roles the change touches.
    pub fn new(rule: impl Into<String>, reason: impl Into<String>, until: Option<String>) -> Acceptance {
        Acceptance { rule: rule.into(), reason: reason.into(), until, roles: BTreeSet::new(), since: None }
    }

    pub fn has_expired(&self, now: Moment) -> bool {
        // Days in ISO 8601 are ordered as text is.
        self.until.as_ref().is_some_and(|until| *until < moment::date(now))
    }
}

/// Marks the findings that are let pass: by an acceptance `asked` for now on roles that the change touches, else by one that is
/// `known` of this role. Gives what the new revision keeps: those that were needed.
pub(super) fn apply(
    reviews: &mut [RoleReview],
    asked: &[Acceptance],
    known: &[Acceptance],
    number: RevisionNumber,
    now: Moment,
) -> Vec<Acceptance> {
    let mut kept: Vec<Acceptance> = Vec::new();
    for review in reviews {
        let role = review.role.to_string();
        for reviewed in &mut review.findings {
            let is_about = |acceptance: &&Acceptance| {
                let counts = !acceptance.has_expired(now) && !NEVER_ACCEPTED.contains(&acceptance.rule.as_str());
                counts && acceptance.rule == reviewed.finding.rule
            };
            let new = asked.iter().filter(|_| review.touched).find(is_about);
            let old = || known.iter().filter(|known| known.roles.contains(&role)).find(is_about);
            let Some(found) = new.or_else(old) else { continue };
            let since = found.since.or(Some(number));
            let acceptance = Acceptance { roles: BTreeSet::new(), since, ..found.clone() };
            let same = |one: &&mut Acceptance| Acceptance { roles: BTreeSet::new(), ..(**one).clone() } == acceptance;
            match kept.iter_mut().find(same) {
                Some(one) => drop(one.roles.insert(role.clone())),
                None => kept.push(Acceptance { roles: BTreeSet::from([role.clone()]), ..acceptance.clone() }),
            }
            reviewed.accepted = Some(acceptance);
        }
    }
    kept
}
