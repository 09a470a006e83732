//! Who looks at what a role presents, and for which names.
//!
//! Sources: the settings Verify and Hosted Verify as this program's own deliveries use them; Postfix TLS_README, "Mandatory server
//! certificate verification" (`verify`: the MX host name) and "Secure server certificate verification" (`secure`: the recipient's domain
//! or a name below it); RFC 9525 for browsers and other clients.

use crate::app::admission::{Agreement, DomainRecords};
use crate::model::configuration::Configuration;
use crate::model::role::Role;
use crate::trust::peer::Usage;
use crate::trust::reference::Reference;

/// A peer and what it looks for.
pub(super) struct Question {
    pub peer: &'static str,
    pub who: &'static str,
    pub domain: Option<String>,
    pub wants: Wants,
    pub matters: bool,
}

/// What a peer asks before it accepts.
pub(super) enum Wants {
    /// It encrypts, and looks at nothing.
    Anything,
    /// A chain it trusts, whatever the names are; one of these usages is enough.
    Chain(Vec<Usage>),
    /// A chain it trusts, and one of these names.
    OneOf(Vec<Reference>),
    /// The same, and a common name never counts (RFC 9525 section 2).
    OneOfNoCommonName(Vec<Reference>),
    /// A chain it trusts, and this domain or a name below it.
    Within(Reference),
}

/// The peers of a role. `required`: somebody refuses us without a good client certificate.
pub(super) fn of(role: &Role, configuration: &Configuration, agreement: &Agreement, required: bool) -> Vec<Question> {
    let host = configuration.hostname_for(role).ok().and_then(|host| host.parse::<Reference>().ok());
    match role {
        Role::Listener { host: None, .. } if agreement.domains().is_empty() => vec![unchecking(), client(host)],
        Role::Listener { host: None, .. } => {
            let senders = agreement.domains().iter().flat_map(|domain| senders(domain, host.as_ref()));
            std::iter::once(unchecking()).chain(senders).collect()
        }
        Role::Listener { host: Some(_), .. } => vec![unchecking(), client(host)],
        Role::Https { .. } => vec![Question {
            peer: "browser",
            who: "a browser",
            domain: None,
            wants: Wants::OneOfNoCommonName(host.into_iter().collect()),
            matters: true,
        }],
        Role::Outbound { .. } => vec![
            asked("receiver", "a receiver that asks for a certificate", vec![Usage::Client], required),
            asked(
                "receiver-any",
                "a receiver that takes a server's certificate too",
                vec![Usage::Client, Usage::Server],
                required,
            ),
        ],
        Role::Ldap => vec![asked("directory", "the directory, if it asks", vec![Usage::Client], required)],
        Role::UrlFilter | Role::Service { .. } => {
            vec![asked("service", "the service, if it asks", vec![Usage::Client], required)]
        }
    }
}

fn unchecking() -> Question {
    Question {
        peer: "opportunistic",
        who: "a sender that does not check",
        domain: None,
        wants: Wants::Anything,
        matters: true,
    }
}

fn client(host: Option<Reference>) -> Question {
    Question {
        peer: "client",
        who: "a client that checks the host name",
        domain: None,
        wants: Wants::OneOf(host.into_iter().collect()),
        matters: true,
    }
}

fn asked(peer: &'static str, who: &'static str, usages: Vec<Usage>, matters: bool) -> Question {
    Question { peer, who, domain: None, wants: Wants::Chain(usages), matters }
}

/// Those that look up the MX records of a domain. Where nobody knows these, the host name of the interface stands for them.
fn senders(domain: &DomainRecords, host: Option<&Reference>) -> Vec<Question> {
    let Ok(own) = domain.name.parse::<Reference>() else { return Vec::new() };
    let exchangers = match &domain.exchangers {
        // Others of them may be other machines; a sender that comes here asked for this one.
        Ok(_) if domain.is_here => host.cloned().into_iter().collect(),
        Ok(list) => list.iter().filter_map(|name| name.parse().ok()).collect(),
        Err(_) => host.cloned().into_iter().collect::<Vec<Reference>>(),
    };
    let hosted = std::iter::once(own.clone()).chain(exchangers.iter().cloned()).collect();
    let sender = |peer, who, wants, matters| Question { peer, who, domain: Some(domain.name.clone()), wants, matters };
    vec![
        sender("hosted-verify", "a sender with Hosted Verify", Wants::OneOf(hosted), true),
        sender("postfix-verify", "Postfix, level verify", Wants::OneOf(exchangers), true),
        // Certificates are usually for the MX host and not for the domain: who chooses these levels knows the receiver.
        sender("verify", "a sender with Verify", Wants::OneOf(vec![own.clone()]), false),
        sender("postfix-secure", "Postfix, level secure", Wants::Within(own), false),
    ]
}
