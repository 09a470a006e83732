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

use std::collections::BTreeMap;

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

use candidate::{Candidate, Contents, Source};

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
    let contents = contents(staged)?;
    let put: Vec<Profile> = contents.put.iter().map(|name| staged.profile(name)).collect::<Result<_, _>>()?;
    let candidate = Candidate::new(&texts, &contents, Source::Staged(staged))?;
    let (reviews, accepted) = judge(&candidate, &put, staged.running(), &known(staged.running()), asked)?;
    let purged = staged.changes().iter().filter(|(_, change)| **change == Change::Removed { purge_key: true });
    Ok(Admitted {
        parent: Some(staged.running().number()),
        texts,
        put,
        purged: purged.map(|(name, _)| name.clone()).collect(),
        linked: contents.linked.into_iter().collect(),
        restores: None,
        accepted,
        reviews,
    })
}

/// Checks the content of an older revision, to run again on top of `running`.
pub fn admit_again(running: &Revision, old: &Revision, asked: Asked<'_>) -> Result<Admitted, HomeError> {
    let (texts, contents) = (old.texts()?, Contents { linked: links(old, |_| true)?, ..Contents::default() });
    let candidate = Candidate::new(&texts, &contents, Source::Old(old))?;
    let mut changed = Vec::new();
    for (name, number) in &contents.linked {
        if running.location(name)? != Some(*number) {
            changed.push(old.profile(name)?);
        }
    }
    let (reviews, accepted) = judge(&candidate, &changed, running, &known(old), asked)?;
    Ok(Admitted {
        parent: Some(running.number()),
        texts,
        put: Vec::new(),
        purged: Vec::new(),
        linked: contents.linked.into_iter().collect(),
        restores: Some(old.number()),
        accepted,
        reviews,
    })
}

/// Every role as it would be after a commit of the staged edits, with what an admission would find. No key is read, nothing is refused,
/// and edits on an older base are looked at as they are.
pub fn preview(staged: &Staged, inspector: &mut dyn Inspector, now: Moment) -> Result<Vec<RoleReview>, HomeError> {
    let contents = contents(staged)?;
    let candidate = Candidate::new(staged.texts(), &contents, Source::Staged(staged))?;
    let running = staged.running();
    let touched = touched::roles(&candidate, running)?;
    let mut reviews = review::of(&candidate, &touched, inspector)?;
    acceptance::apply(&mut reviews, &[], &known(running), running.number().next(), now);
    Ok(reviews)
}

fn contents(staged: &Staged) -> Result<Contents, HomeError> {
    let put = staged.changes().iter().filter(|(_, change)| **change == Change::Put);
    Ok(Contents {
        put: put.map(|(name, _)| name.clone()).collect(),
        linked: links(staged.running(), |name| !staged.changes().contains_key(name))?,
    })
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
    changed: &[Profile],
    running: &Revision,
    known: &[Acceptance],
    asked: Asked<'_>,
) -> Result<(Vec<RoleReview>, Vec<Acceptance>), HomeError> {
    let Asked { now, inspector, accept, .. } = asked;
    let touched = touched::roles(candidate, running)?;
    let refusals: Vec<Refusal> =
        loading::unloadable(changed.iter()).into_iter().chain(candidate.unusable(&touched)?).collect();
    if !refusals.is_empty() {
        return Err(HomeError::Refused(refusals));
    }
    let mut reviews = review::of(candidate, &touched, inspector)?;
    let accepted = acceptance::apply(&mut reviews, accept, known, running.number().next(), now);
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
) -> Result<BTreeMap<ProfileName, RevisionNumber>, HomeError> {
    let mut links = BTreeMap::new();
    for (name, is_here) in revision.entries()? {
        if wanted(&name) {
            let number = if is_here { revision.number() } else { revision.linked(&name)? };
            links.insert(name, number);
        }
    }
    Ok(links)
}
