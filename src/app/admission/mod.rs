//! Where `operate` meets `inspect`: the inspector that a commit needs, and what the operator reads of its findings.

mod accepting;
mod agreement;
mod exchangers;
mod told;

use crate::inspect::bytes::{Form, Item, Items, Kind};
use crate::inspect::findings;
use crate::inspect::question::{Question, Store};
use crate::inspect::ruleset::Ruleset;
use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::model::diagnostic::Severity;
use crate::model::finding::Finding;
use crate::model::moment::Moment;
use crate::model::place::Place;
use crate::model::profile::ProfileSummary;
use crate::model::role::Role;
use crate::operate::{InRole, Inspector};
use crate::trust::link::Link;
use crate::trust::reference::Reference;

use super::authorities;

pub use accepting::{Accepting, unneeded};
pub use agreement::{Agreement, DomainRecords, names};
pub use exchangers::{Exchangers, NotAsked, exchangers};
pub use told::{blocked, foretold, loud, refused, remarks, unpresentable, word};

/// What the gateway presents is not the Demo certificate's business alone: every output that shows the role says so.
pub const DEMO: &str = "role/demo";

/// Looks at profiles in their roles: with the ruleset of the role, against the public authorities, names and MX records.
pub struct Judge {
    now: Moment,
    /// The authorities of this system: what the peers of a public gateway have.
    system: Vec<Link>,
    /// Private authorities that are known here; they complete chains, and are nobody else's anchors.
    custom: Vec<Link>,
    exchangers: Box<dyn Exchangers>,
}

impl Judge {
    /// `custom` is the custom list of authorities that goes with the configuration.
    pub fn new(now: Moment, custom: &[Certificate], exchangers: Box<dyn Exchangers>) -> Judge {
        let links = custom.iter().filter_map(link).collect();
        Judge { now, system: authorities::system_links(), custom: links, exchangers }
    }

    fn question(&self, seat: &InRole<'_>) -> Question {
        let pool = self.custom.iter().cloned().chain(seat.profile.root.iter().filter_map(link));
        let name = match seat.role {
            Role::Listener { .. } | Role::Https { .. } | Role::Outbound { .. } => {
                seat.configuration.hostname_for(seat.role).ok()
            }
            // These are known by their certificate, whatever its names are.
            Role::Ldap | Role::UrlFilter | Role::Service { .. } => None,
        };
        Question {
            names: name.and_then(|name| name.parse::<Reference>().ok()).into_iter().collect(),
            stores: vec![Store { label: "system".to_owned(), anchors: self.system.clone() }],
            pool: pool.collect(),
            ..Question::new(self.now, ruleset(seat.configuration, seat.role))
        }
    }
}

impl Inspector for Judge {
    fn inspect(&mut self, seat: &InRole<'_>) -> Vec<Finding> {
        let mut question = self.question(seat);
        let agreement = agreement::Agreement::of(seat, self.exchangers.as_mut());
        question.exchangers = agreement.uncovered();
        let report = findings::inspect(&items(seat.profile), &question);
        let mut found: Vec<Finding> =
            report.findings.into_iter().filter(|finding| !is_told_by_demo(finding, seat)).collect();
        found.extend(agreement.elsewhere());
        found.extend(demo(seat));
        for finding in &mut found {
            agreement.side_by_side(finding);
            told::advise(finding, seat);
        }
        found.sort_by_key(|finding| finding.severity);
        found
    }
}

/// What each role is inspected by; for a client stricter where somebody refuses us without a certificate.
fn ruleset(configuration: &Configuration, role: &Role) -> Ruleset {
    let name = match role {
        Role::Listener { .. } => "smtp-server",
        Role::Https { .. } => "https",
        Role::Outbound { .. } | Role::Ldap | Role::UrlFilter | Role::Service { .. } => "smtp-client",
    };
    // Built in, and read by a test.
    let Ok(mut ruleset) = Ruleset::named(name) else { unreachable!("`{name}` is a built-in ruleset") };
    if !role.is_server() && is_required(configuration, role) {
        let _ = ruleset.set("cert/eku-client-auth", Some("error"), None);
    }
    ruleset
}

/// Somebody asks for the client certificate of this role and refuses us without a good one.
pub fn is_required(configuration: &Configuration, role: &Role) -> bool {
    let destinations = &configuration.destinations;
    match role {
        Role::Outbound { domain: Some(domain) } => match destinations.rows.get(domain) {
            Some((_, row)) => {
                row.client_certificate_required.or(destinations.default.client_certificate_required).unwrap_or(false)
            }
            None => destinations.default.client_certificate_required.unwrap_or(false),
        },
        Role::Outbound { domain: None } => {
            let rows = destinations.rows.values().map(|(_, row)| row).chain([&destinations.default]);
            rows.into_iter().any(|row| row.client_certificate_required == Some(true))
        }
        Role::Ldap => configuration.ldap.as_ref().is_some_and(|ldap| ldap.server.client_certificate_required),
        Role::UrlFilter => configuration.urlfilter.as_ref().is_some_and(|service| service.client_certificate_required),
        Role::Service { name } => {
            let mut services = configuration.services.iter();
            services.any(|service| service.name == *name && service.client_certificate_required)
        }
        Role::Listener { .. } | Role::Https { .. } => false,
    }
}

/// What the engine would send, as a file to inspect.
fn items(profile: &ProfileSummary) -> Items {
    let file = format!("profile {}", profile.name);
    let chain = profile.certificate.iter().chain(&profile.intermediates);
    let item = |(block, certificate): (usize, &Certificate)| Item {
        place: Place { block: Some(block), ..Place::file(&file) },
        name: None,
        kind: Kind::Certificate(certificate.clone()),
    };
    Items { items: (1..).zip(chain).map(item).collect(), form: Form::Pem, damages: Vec::new(), file }
}

fn link(certificate: &Certificate) -> Option<Link> {
    Link::from_der(certificate.der().to_vec()).ok()
}

fn is_told_by_demo(finding: &Finding, seat: &InRole<'_>) -> bool {
    seat.profile.record.demo && finding.rule == "chain/self-signed-leaf"
}

/// A certificate that everybody has a copy of the idea of proves nothing, whoever bound it.
fn demo(seat: &InRole<'_>) -> Option<Finding> {
    let profile = Some(seat.profile).filter(|profile| profile.record.demo)?;
    let how = if seat.configuration.roles.falls_back(seat.role) { "falls back to" } else { "presents" };
    Some(Finding {
        rule: DEMO,
        severity: Severity::Warning,
        decides: false,
        message: format!("{} {how} the Demo certificate, which encrypts and proves nothing", seat.role),
        place: Place::file(format!("profile {}", profile.name)),
        certificate: None,
        related: Vec::new(),
        facts: vec!["no peer that checks certificates will ever accept it".to_owned()],
        help: Some(format!("sealpost role bind {} PROFILE", told::word(seat.role))),
        fixable: false,
    })
}
