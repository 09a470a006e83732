//! `role check`: for each role, what each kind of peer will conclude from what it is shown, and why.
//!
//! `peers` lists who asks for what, `conclusion` judges the chain and compares the names.

mod conclusion;
mod peers;

use schemars::JsonSchema;
use serde::Serialize;

use super::admission::{self, Agreement, Exchangers, exchangers};
use super::context::Context;
use super::{home, roles};
use crate::model::configuration::Configuration;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::model::moment::date_and_distance;
use crate::model::profile::ProfileSummary;
use crate::model::role::Role;
use crate::operate::{InRole, Staged};

use conclusion::Judging;

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOrder {
    /// One role; by default all of them.
    pub role: Option<String>,
    /// Ask DNS for the MX records of accepted domains.
    pub ask_dns: bool,
}

/// The roles that were looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RolesChecked {
    /// Every peer that matters accepts what it is shown.
    pub good: bool,
    pub roles: Vec<CheckedRole>,
}

/// One profile in one role; a role that presents two stands twice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckedRole {
    pub role: String,
    /// Absent for a client that presents nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// A server that nothing is bound to presents Demo.
    pub falls_back: bool,
    /// For people: when the certificate ends.
    #[serde(skip)]
    pub until: Option<String>,
    /// The three that must agree before a sender can verify a listener.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agreement: Vec<Compared>,
    pub peers: Vec<Concluded>,
}

/// One of the three: what it is, and what it says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Compared {
    pub what: String,
    pub value: String,
}

/// What a kind of peer concludes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Concluded {
    /// A stable name, such as `hosted-verify`.
    pub peer: &'static str,
    /// For people, such as `a sender with Hosted Verify`.
    pub who: &'static str,
    /// The recipient's domain that a sender looks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    pub accepts: bool,
    /// When it does not accept, something that should work does not.
    pub matters: bool,
    pub because: String,
}

/// Looks at what would be presented after a commit of the staged edits.
pub fn role_check(context: &Context, order: &CheckOrder) -> Result<Reply<RolesChecked>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let configuration = staged.configuration()?;
    let wanted: Vec<Role> = match &order.role {
        Some(text) => vec![roles::named(text, &configuration)?],
        None => configuration.every_role().into_iter().collect(),
    };
    let judging = Judging::new(&configuration, &staged.authorities()?, context.now);
    let mut exchangers = exchangers(&configuration.dns, order.ask_dns);
    let mut checked = Vec::new();
    for role in &wanted {
        checked.extend(check(role, &configuration, &staged, &judging, exchangers.as_mut())?);
    }
    let good = checked.iter().flat_map(|role| &role.peers).all(|peer| peer.accepts || !peer.matters);
    Ok(RolesChecked { good, roles: checked }.into())
}

fn check(
    role: &Role,
    configuration: &Configuration,
    staged: &Staged,
    judging: &Judging,
    exchangers: &mut dyn Exchangers,
) -> Result<Vec<CheckedRole>, Diagnostics> {
    let mut found = Vec::new();
    for name in configuration.roles.presented(role) {
        if staged.has(&name)? {
            found.push(staged.summary(&name)?);
        }
    }
    let found: Vec<ProfileSummary> = found.into_iter().filter(|profile| profile.certificate.is_some()).collect();
    let one = |profile: Option<&ProfileSummary>| checked(role, profile, configuration, judging, exchangers);
    Ok(match found.as_slice() {
        [] => std::iter::once(None).map(one).collect(),
        profiles => profiles.iter().map(Some).map(one).collect(),
    })
}

fn checked(
    role: &Role,
    profile: Option<&ProfileSummary>,
    configuration: &Configuration,
    judging: &Judging,
    exchangers: &mut dyn Exchangers,
) -> CheckedRole {
    let agreement = match profile {
        Some(profile) => Agreement::of(&InRole { configuration, role, profile, touched: true }, exchangers),
        None => Agreement::default(),
    };
    let questions = peers::of(role, configuration, &agreement, admission::is_required(configuration, role));
    let certificate = profile.and_then(|profile| profile.certificate.as_ref());
    let presented = match role {
        Role::Listener { name, .. } if configuration.listener(name).is_some_and(|listener| !listener.offers_tls()) => {
            Err("it is offered no TLS: no mail-flow policy of the listener has it")
        }
        _ => profile.ok_or("it is shown no certificate"),
    };
    CheckedRole {
        role: role.to_string(),
        profile: profile.map(|profile| profile.name.to_string()),
        falls_back: configuration.roles.falls_back(role),
        until: certificate.map(|own| date_and_distance(own.not_after(), judging.now())),
        agreement: agreement.rows().into_iter().map(|(what, value)| Compared { what, value }).collect(),
        peers: judging.conclude(questions, presented),
    }
}
