//! What is staged: what each profile was and what it becomes, and the configuration line by line.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::certificate::Certificate;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::moment::{self, Moment};
use crate::model::profile::ProfileSummary;
use crate::operate::difference::{self, Difference, Line, Presents, ProfileDifference, RoleDifference};
use crate::operate::{self, RevisionNumber};

use super::admission;
use super::committing::judge;
use super::context::Context;
use super::home;

/// The staged edits as a difference to what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shown {
    /// True when nothing is staged.
    pub empty: bool,
    /// The revision that the edits began on.
    pub base: RevisionNumber,
    /// The running revision; another than `base` when something was committed meanwhile.
    pub running: RevisionNumber,
    #[serde(flatten)]
    pub changes: Changes,
}

/// What differs between two states of the home.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Changes {
    pub profiles: Vec<ProfileChange>,
    /// Roles that present other profiles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleChange>,
    /// What the custom list of authorities gains and loses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<AuthorityChange>,
    /// Lines of `sealpost.toml`: the first character is `-`, `+`, or a space for a line that stays; `~` alone is a gap.
    pub configuration: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProfileChange {
    pub name: String,
    pub action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Version>,
    /// Whether before and after have the same key; missing when there is only one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_key: Option<bool>,
    /// The key leaves all older revisions with this change.
    pub purge_key: bool,
    /// The roles that present it.
    pub roles: Vec<String>,
}

/// A role before and after: the profiles that it presents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RoleChange {
    pub role: String,
    /// Absent where there was no such role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<RolePresents>,
    /// Absent where the role goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<RolePresents>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RolePresents {
    /// Empty for a client that presents nothing.
    pub profiles: Vec<String>,
    /// Nothing is bound, and so a server presents Demo.
    pub falls_back: bool,
}

/// A certificate that comes into the custom list, or leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuthorityChange {
    pub action: Action,
    pub name: String,
    /// RFC 4514.
    pub subject: String,
    pub sha256: String,
    /// RFC 3339.
    pub not_after: String,
    /// For people: the date and its distance.
    #[serde(skip)]
    pub expires: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Added,
    Changed,
    Renamed,
    Removed,
}

/// One state of a profile, as its certificate tells it, or its request while there is no certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Version {
    /// False while a CA has not answered the request.
    pub has_certificate: bool,
    pub subject: String,
    /// The subjectAltName entries.
    pub names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// For people: the date and its distance.
    #[serde(skip)]
    pub expires: Option<String>,
    /// Leaf and intermediates.
    pub certificates: usize,
    /// SHA-256 of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// `ECDSA P-256`.
    pub key_kind: String,
    /// SHA-256 of the public key.
    pub key_sha256: String,
}

/// Shows what `change commit` would commit.
pub fn show(context: &Context) -> Result<Reply<Shown>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let difference = difference::of_staged(&staged)?;
    let mut remarks = Vec::new();
    let (base, running) = (staged.base(), staged.running().number());
    if base != running && !staged.is_empty() {
        remarks.push(
            Diagnostic::warning(
                "change/stale",
                format!("revision {running} was committed since these edits began on revision {base}"),
            )
            .help("sealpost change commit --rebase, when they touch different things"),
        );
    }
    match staged.configuration() {
        Err(mistakes) => remarks.extend(Diagnostics::from(mistakes).into_vec()),
        Ok(_) => {
            let mut reviews = operate::preview(&staged, &mut judge(context, &staged, false), context.now)?;
            reviews.retain(|review| review.touched);
            remarks.extend(admission::foretold(&reviews));
        }
    }
    let changes = Changes::of(&difference, context.now);
    Ok(Reply::new(Shown { empty: staged.is_empty(), base, running, changes }, remarks))
}

impl Changes {
    pub fn of(difference: &Difference, now: Moment) -> Changes {
        Changes {
            profiles: difference.profiles.iter().map(|profile| profile_change(profile, now)).collect(),
            roles: difference.roles.iter().map(role_change).collect(),
            authorities: authority_changes(difference, now),
            configuration: difference.configuration.iter().map(line).collect(),
        }
    }
}

fn profile_change(profile: &ProfileDifference, now: Moment) -> ProfileChange {
    let action = match (&profile.before, &profile.after, &profile.renamed_from) {
        (None, _, _) => Action::Added,
        (_, None, _) => Action::Removed,
        (_, _, Some(_)) => Action::Renamed,
        _ => Action::Changed,
    };
    let keys = profile.before.as_ref().and_then(ProfileSummary::public_key);
    let keys = keys.zip(profile.after.as_ref().and_then(ProfileSummary::public_key));
    ProfileChange {
        name: profile.name.to_string(),
        action,
        renamed_from: profile.renamed_from.as_ref().map(ToString::to_string),
        before: profile.before.as_ref().map(|summary| version(summary, now)),
        after: profile.after.as_ref().map(|summary| version(summary, now)),
        same_key: keys.map(|(before, after)| before == after),
        purge_key: profile.purge_key,
        roles: profile.roles.iter().map(ToString::to_string).collect(),
    }
}

fn role_change(difference: &RoleDifference) -> RoleChange {
    let presents = |presents: &Presents| RolePresents {
        profiles: presents.profiles.iter().map(ToString::to_string).collect(),
        falls_back: presents.falls_back,
    };
    RoleChange {
        role: difference.role.to_string(),
        before: difference.before.as_ref().map(presents),
        after: difference.after.as_ref().map(presents),
    }
}

fn authority_changes(difference: &Difference, now: Moment) -> Vec<AuthorityChange> {
    let change = |action: Action| {
        move |certificate: &Certificate| AuthorityChange {
            action,
            name: certificate.display_name().to_owned(),
            subject: certificate.subject().to_string(),
            sha256: certificate.sha256().to_string(),
            not_after: moment::rfc3339(certificate.not_after()),
            expires: moment::date_and_distance(certificate.not_after(), now),
        }
    };
    let gone = difference.distrusted.iter().map(change(Action::Removed));
    gone.chain(difference.trusted.iter().map(change(Action::Added))).collect()
}

fn version(summary: &ProfileSummary, now: Moment) -> Version {
    let certificate = summary.certificate.as_ref();
    let request = summary.request.as_ref();
    let names = certificate.map(Certificate::subject_alt_names).or(request.map(|request| request.subject_alt_names()));
    let subject = certificate.map(Certificate::subject).or(request.map(|request| request.subject()));
    let key = summary.public_key();
    Version {
        has_certificate: certificate.is_some(),
        subject: subject.map(ToString::to_string).unwrap_or_default(),
        names: names.unwrap_or_default().iter().map(ToString::to_string).collect(),
        issuer: certificate.map(|certificate| match certificate.is_self_signed() {
            true => "self-signed".to_owned(),
            false => certificate.issuer().to_string(),
        }),
        not_after: certificate.map(|certificate| moment::rfc3339(certificate.not_after())),
        expires: certificate.map(|certificate| moment::date_and_distance(certificate.not_after(), now)),
        certificates: certificate.map_or(0, |_| 1 + summary.intermediates.len()),
        sha256: certificate.map(|certificate| certificate.sha256().to_string()),
        key_kind: key.map(|key| key.kind().to_string()).unwrap_or_default(),
        key_sha256: key.map(|key| key.fingerprint().to_string()).unwrap_or_default(),
    }
}

fn line(line: &Line) -> String {
    match line {
        Line::Same(text) => format!(" {text}"),
        Line::Removed(text) => format!("-{text}"),
        Line::Added(text) => format!("+{text}"),
        Line::Gap => "~".to_owned(),
    }
}
