//! What `role bind` and `role unbind` share: the edit of `[role]`, and what is to be said about the result.

use std::rc::Rc;

use schemars::JsonSchema;
use serde::Serialize;

use super::admission::{self, Judge};
use super::committing::{self, Committing, judge};
use super::context::Context;
use super::{configuring, roles};
use crate::model::configuration::{Configuration, Edit};
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::moment::date_and_distance;
use crate::model::profile::ProfileSummary;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::operate::{HomeError, InRole, Inspector, Reviewed, RevisionNumber, RoleReview, Staged};

/// A role that presents something else now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bound {
    pub role: String,
    /// What it presented before.
    pub before: Vec<ProfileName>,
    /// What it presents now; empty for a client that presents nothing.
    pub profiles: Vec<ProfileName>,
    /// Nothing is bound any more, and so a server presents Demo.
    pub falls_back: bool,
    /// It was so before.
    pub unchanged: bool,
    /// The names of the certificates.
    pub names: Vec<String>,
    /// For people: when the first of the certificates ends.
    #[serde(skip)]
    pub until: Option<String>,
    /// The revision that holds it; absent while it is only staged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
}

/// What was staged: the configuration before and after, and who looks at it.
struct Rebound {
    role: Role,
    before: Rc<Configuration>,
    after: Rc<Configuration>,
    summaries: Vec<ProfileSummary>,
    judge: Judge,
}

/// Binds what `wanted` gives for the role that `text` names; an empty list takes the binding away.
pub fn bind(
    context: &Context,
    text: &str,
    committing: &Committing,
    wanted: impl FnOnce(&Role, &Configuration, &Staged) -> Result<Vec<ProfileName>, Diagnostics>,
) -> Result<Reply<Bound>, Diagnostics> {
    let (outcome, mut rebound) = committing::stage(context, committing, |_, staged| {
        let before = staged.configuration()?;
        let role = roles::named(text, &before).map_err(|wrong| wrong.with_fact("nothing was staged"))?;
        let profiles = wanted(&role, &before, staged)?;
        let (intents, after) = configuring::edited(staged, |_, edit| {
            put(edit, &role, &profiles);
            Ok(Configuration::parse(&edit.text()))
        })?;
        let after = after.map_or_else(|_| Rc::clone(&before), Rc::new);
        let names = after.roles.presented(&role);
        let summaries = names.iter().filter_map(|name| summary(name, staged).transpose()).collect::<Result<_, _>>()?;
        let judge = judge(context, staged, committing.ask_dns && committing.comment.is_none());
        Ok((intents, Rebound { role, before, after, summaries, judge }))
    })?;
    let revision = outcome.revision();
    let remarks = match revision {
        Some(_) => outcome.into_remarks(),
        None => admission::foretold(&[review(&mut rebound)]),
    };
    let Rebound { role, before, after, summaries, .. } = rebound;
    let certificates = || summaries.iter().filter_map(|summary| summary.certificate.as_ref());
    let answer = Bound {
        role: role.to_string(),
        before: before.roles.presented(&role),
        profiles: after.roles.presented(&role),
        falls_back: after.roles.falls_back(&role),
        unchanged: before.roles.bound.get(&role) == after.roles.bound.get(&role),
        names: certificates().flat_map(admission::names).collect(),
        until: certificates().map(|own| own.not_after()).min().map(|end| date_and_distance(end, context.now)),
        revision,
    };
    Ok(Reply::new(answer, remarks))
}

fn summary(name: &ProfileName, staged: &Staged) -> Result<Option<ProfileSummary>, HomeError> {
    if staged.has(name)? { staged.summary(name).map(Some) } else { Ok(None) }
}

fn review(rebound: &mut Rebound) -> RoleReview {
    let Rebound { role, after: configuration, summaries, judge, .. } = rebound;
    let findings = summaries.iter().filter(|profile| profile.certificate.is_some()).flat_map(|profile| {
        let found = judge.inspect(&InRole { configuration, role, profile, touched: true });
        found.into_iter().map(|finding| Reviewed { profile: profile.name.clone(), finding, accepted: None })
    });
    RoleReview {
        touched: true,
        falls_back: configuration.roles.falls_back(role),
        profiles: summaries.iter().map(|profile| profile.name.clone()).collect(),
        findings: findings.collect(),
        role: role.clone(),
    }
}

/// One profile as a text, two as a list, none not at all.
pub(super) fn put(edit: &mut Edit, role: &Role, profiles: &[ProfileName]) {
    let key = key(edit, role);
    let table = &["role"];
    match profiles {
        [] => drop(edit.unset(table, &key)),
        [one] => edit.set(table, &key, one.as_str()),
        several => edit.set_list(table, &key, several.iter().map(ProfileName::as_str)),
    }
}

/// The role as the file spells it, else as we do.
fn key(edit: &Edit, role: &Role) -> String {
    let spelled = edit.keys(&["role"]).into_iter().find(|key| key.parse::<Role>().is_ok_and(|known| known == *role));
    spelled.unwrap_or_else(|| role.to_string())
}

/// Lets bindings follow a profile that gets another name.
pub fn rename(edit: &mut Edit, configuration: &Configuration, from: &ProfileName, to: &ProfileName) {
    let roles: Vec<&Role> = configuration.roles.of_profile(from).collect();
    for role in roles {
        let bound = configuration.roles.profiles(role).iter();
        let renamed: Vec<ProfileName> =
            bound.map(|name| if name == from { to.clone() } else { name.clone() }).collect();
        put(edit, role, &renamed);
    }
}
