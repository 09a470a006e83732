//! Whether the staged edits may run. Only this step makes an `Admitted`, and only an `Admitted` can be committed.
//!
//! ```text
//! Staged, or an old Revision ──candidate──▶ what the next revision would hold
//!   ──touched──▶ the roles that this changes ──loading──▶ what the engine could not serve: refused, always
//!   ──review──▶ the inspector's findings by role, without those that are accepted ──▶ Admitted, or why not
//! ```

mod acceptance;
mod candidate;
mod loading;
mod review;
mod touched;

use crate::model::moment::Moment;
use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;

use super::error::{HomeError, Refusal};
use super::home::Home;
use super::number::RevisionNumber;
use super::rebase;
use super::revision::Revision;
use super::staged::{Change, Staged};
use super::texts::Texts;

pub use acceptance::{Acceptance, NEVER_ACCEPTED};
pub use loading::refuse;
pub use review::{InRole, Inspector, Reviewed, RoleReview};

use candidate::Candidate;

/// What the next revision will hold; every profile in it is known to load, and every role that it changes was inspected.
#[derive(Debug)]
pub struct Admitted {
    pub(super) parent: Option<RevisionNumber>,
    pub(super) texts: Texts,
    /// Profiles to be written.
    pub(super) put: Vec<Profile>,
    /// Profiles that stand in an older revision already.
    pub(super) linked: Vec<(ProfileName, RevisionNumber)>,
    pub(super) purged: Vec<ProfileName>,
    pub(super) restores: Option<RevisionNumber>,
    pub(super) accepted: Vec<Acceptance>,
    reviews: Vec<RoleReview>,
}

impl Admitted {
    /// Every role with what was found about it. Errors are left on roles that the change does not touch, and where they are accepted.
    pub fn reviews(&self) -> &[RoleReview] {
        &self.reviews
    }
}

/// With what somebody asks to be admitted.
pub struct Asked<'a> {
    pub now: Moment,
    /// Looks at what roles would present.
    pub inspector: &'a mut dyn Inspector,
    /// Rules whose findings shall not stop it.
    pub accept: &'a [Acceptance],
    /// Put edits on an older base on top of what runs, when nothing newer touches the same.
    pub rebase: bool,
}

/// Checks the staged edits. Edits on an older base are `Stale`.
pub fn admit(home: &Home, staged: &Staged, asked: Asked<'_>) -> Result<Admitted, HomeError> {
    let texts = rebase::texts(home, staged, asked.rebase)?;
    let running = staged.running();
    let mut admitted = Admitted {
        parent: Some(running.number()),
        texts,
        put: Vec::new(),
        linked: links(running, |name| !staged.changes().contains_key(name))?,
        purged: Vec::new(),
        restores: None,
        accepted: Vec::new(),
        reviews: Vec::new(),
    };
    for (name, change) in staged.changes() {
        match change {
            Change::Put => admitted.put.push(staged.profile(name)?),
            Change::Removed { purge_key: true } => admitted.purged.push(name.clone()),
            Change::Removed { purge_key: false } => {}
        }
    }
    let candidate = Candidate::new(&admitted, running, staged.configuration_path(), staged.authorities_path())?;
    let known = known(running);
    let (reviews, accepted) = judge(&candidate, running, &known, asked)?;
    Ok(Admitted { reviews, accepted, ..admitted })
}

/// Checks the content of an older revision, to run again on top of `running`.
pub fn admit_again(running: &Revision, old: &Revision, asked: Asked<'_>) -> Result<Admitted, HomeError> {
    let admitted = Admitted {
        parent: Some(running.number()),
        texts: old.texts()?,
        put: Vec::new(),
        linked: links(old, |_| true)?,
        purged: Vec::new(),
        restores: Some(old.number()),
        accepted: Vec::new(),
        reviews: Vec::new(),
    };
    let candidate = Candidate::new(&admitted, old, old.configuration_path(), old.authorities_path())?;
    let mut changed = Vec::new();
    for (name, number) in &admitted.linked {
        if running.location(name)? != Some(*number) {
            changed.push(old.profile(name)?);
        }
    }
    loading::refuse(changed.iter())?;
    let (reviews, accepted) = judge(&candidate, running, &known(old), asked)?;
    Ok(Admitted { reviews, accepted, ..admitted })
}

/// The content of a new home's first revision, in which every role falls back to Demo.
pub(super) fn admit_first(configuration: String, demo: Profile) -> Result<Admitted, HomeError> {
    loading::refuse(std::iter::once(&demo))?;
    Ok(Admitted {
        parent: None,
        texts: Texts { configuration, authorities: String::new() },
        put: vec![demo],
        linked: Vec::new(),
        purged: Vec::new(),
        restores: None,
        accepted: Vec::new(),
        reviews: Vec::new(),
    })
}

fn judge(
    candidate: &Candidate<'_>,
    running: &Revision,
    known: &[Acceptance],
    asked: Asked<'_>,
) -> Result<(Vec<RoleReview>, Vec<Acceptance>), HomeError> {
    let Asked { now, inspector, accept, .. } = asked;
    let touched = touched::roles(candidate, running)?;
    let refusals: Vec<Refusal> =
        loading::unloadable(candidate.put().iter()).into_iter().chain(candidate.unusable(&touched)?).collect();
    if !refusals.is_empty() {
        return Err(HomeError::Refused(refusals));
    }
    let mut reviews = review::of(candidate, &touched, inspector)?;
    let accepted = acceptance::apply(&mut reviews, accept, known, candidate.number(running), now);
    if reviews.iter().any(RoleReview::blocks) {
        return Err(HomeError::NotAdmitted { running: running.number(), reviews });
    }
    Ok((reviews, accepted))
}

/// What was accepted with a revision. A damaged record must not keep anybody from leaving it.
fn known(revision: &Revision) -> Vec<Acceptance> {
    revision.record().map(|record| record.accepted).unwrap_or_default()
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
