//! Listeners that lose mail, relay for the world, or cannot listen.

use std::net::IpAddr;

use crate::model::configuration::{Action, AddressPattern, DomainKey, Exposure, Listener, ListenerTls, SenderGroup};
use crate::model::diagnostic::Diagnostic;
use crate::model::shell_word::shell_word;

use super::View;

/// RFC 3207 section 4: a publicly referenced server must not require STARTTLS.
pub(super) fn required_of_everyone(view: &View<'_>) -> Vec<Diagnostic> {
    let public = view.configuration.listeners.iter().filter(|listener| listener.exposure == Exposure::Public);
    let told = public.filter_map(|listener| {
        let (_, policy) = listener.rest()?;
        let loses = policy.takes_mail() && policy.tls == ListenerTls::Required && !listener.implicit_tls;
        loses.then(|| {
            let name = &listener.name;
            let message = format!("public listener `{name}` requires TLS of everyone");
            let diagnostic = Diagnostic::warning("listener/required-of-everyone", message)
                .fact("senders without TLS cannot deliver here; a server that the MX record names must not require it (RFC 3207 section 4)")
                .help(format!(
                    "sealpost listener policy set {} {} --tls preferred",
                    shell_word(name),
                    shell_word(&policy.name)
                ));
            view.at(diagnostic, &["listener", name, "policy", &policy.name, "tls"])
        })
    });
    told.collect()
}

pub(super) fn open_relay(view: &View<'_>) -> Vec<Diagnostic> {
    let told = view.configuration.listeners.iter().filter_map(|listener| {
        let (group, _) = listener.rest().filter(|(_, policy)| policy.action == Action::Relay)?;
        let name = &listener.name;
        let diagnostic = Diagnostic::warning("listener/open-relay", format!("listener `{name}` relays for everyone"))
            .fact("whoever can connect can send mail to the world in your name")
            .help(format!(
                "sealpost listener group set {} {} --policy ACCEPTED",
                shell_word(name),
                shell_word(&group.name)
            ));
        Some(view.at_group(diagnostic, name, &group.name))
    });
    told.collect()
}

/// Whoever tries the listener from this machine meets such a policy first, and wonders.
pub(super) fn clear_for_some(view: &View<'_>) -> Vec<Diagnostic> {
    let offering =
        view.configuration.listeners.iter().filter(|listener| listener.offers_tls() && !listener.implicit_tls);
    let told = offering.flat_map(|listener| {
        let clear = |group: &&SenderGroup| {
            listener.policy(&group.policy).is_some_and(|policy| policy.takes_mail() && !policy.offers_tls())
        };
        listener.groups.iter().filter(clear).map(|group| {
            let (name, policy) = (&listener.name, &group.policy);
            let message = format!("listener `{name}` offers no TLS to senders of group `{}`", group.name);
            let diagnostic = Diagnostic::note("listener/clear-for-some", message)
                .fact(format!("their mail-flow policy is {policy}; others are offered TLS"))
                .help(format!(
                    "sealpost listener policy set {} {} --tls preferred",
                    shell_word(name),
                    shell_word(policy)
                ));
            view.at(diagnostic, &["listener", name, "policy", policy, "tls"])
        })
    });
    told.collect()
}

/// One address is every address, another is one of them, and the port is the same: the second cannot be bound.
pub(super) fn one_port_twice(view: &View<'_>) -> Vec<Diagnostic> {
    let address = |listener: &Listener| view.configuration.interface(&listener.interface).map(|known| known.address);
    let placed: Vec<(&Listener, IpAddr)> =
        view.configuration.listeners.iter().filter_map(|listener| Some((listener, address(listener)?))).collect();
    let mut told = Vec::new();
    for (index, (one, first)) in placed.iter().enumerate() {
        for (other, second) in placed.iter().skip(index + 1) {
            let overlap = first.is_ipv4() == second.is_ipv4() && (first.is_unspecified() || second.is_unspecified());
            if one.port == other.port && overlap && first != second {
                let message =
                    format!("listeners `{}` and `{}` cannot both listen on port {}", one.name, other.name, one.port);
                let diagnostic = Diagnostic::warning("listener/port-taken", message)
                    .fact(format!("{first} and {second} overlap"))
                    .help(format!("sealpost listener set {} --port N", shell_word(&other.name)));
                told.push(view.at(diagnostic, &["listener", &other.name, "port"]));
            }
        }
    }
    told
}

/// Recipients outside the accepted domains never get mail.
pub(super) fn recipients_elsewhere(view: &View<'_>) -> Vec<Diagnostic> {
    let told = view.configuration.listeners.iter().filter_map(|listener| {
        let outside: Vec<String> = listener
            .recipients
            .iter()
            .flatten()
            .filter(|one| !is_accepted(&listener.domains, one))
            .map(ToString::to_string)
            .collect();
        let first = outside.first()?;
        let name = &listener.name;
        let message = format!("listener `{name}` lists recipients in domains that it does not accept");
        let diagnostic = Diagnostic::warning("listener/recipients-elsewhere", message)
            .fact(match outside.len() {
                1 => first.clone(),
                count => format!("{first} and {} more", count - 1),
            })
            .help(format!("sealpost listener set {} --add-domains DOMAIN", shell_word(name)));
        Some(view.at(diagnostic, &["listener", name, "recipients"]))
    });
    told.collect()
}

fn is_accepted(domains: &[DomainKey], recipient: &AddressPattern) -> bool {
    match recipient {
        AddressPattern::Address { domain, .. } => domains.iter().any(|key| key.covers(domain)),
        AddressPattern::Domain(pattern) => {
            domains.iter().any(|key| key == pattern || (!pattern.below && key.covers(&pattern.domain)))
        }
    }
}

pub(super) fn no_domains(view: &View<'_>) -> Vec<Diagnostic> {
    let is_idle = |listener: &&Listener| {
        listener.exposure == Exposure::Public
            && listener.domains.is_empty()
            && listener.rest().is_some_and(|(_, policy)| policy.action == Action::Accept)
    };
    let told = view.configuration.listeners.iter().filter(is_idle).map(|listener| {
        let name = &listener.name;
        let message = format!("listener `{name}` accepts mail for no domain yet");
        let diagnostic = Diagnostic::note("listener/no-domains", message)
            .help(format!("sealpost listener set {} --add-domains DOMAIN", shell_word(name)));
        view.at(diagnostic, &["listener", name, "domains"])
    });
    told.collect()
}
