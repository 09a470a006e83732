//! Bindings that lead nowhere, and certificates that are demanded and not there.

use crate::model::configuration::{ClientService, DeliveryTls, Destinations};
use crate::model::diagnostic::Diagnostic;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;
use crate::model::shell_word::shell_word;

use super::View;

/// A role is bound to a profile that is not there.
pub(super) fn missing(view: &View<'_>, profiles: &[ProfileName]) -> Vec<Diagnostic> {
    let bound = view.configuration.roles.bound.iter();
    let missing = bound.flat_map(|(role, names)| names.iter().map(move |name| (role, name)));
    let told = missing.filter(|(_, name)| !profiles.contains(name)).map(|(role, name)| {
        let role = role.to_string();
        let diagnostic = Diagnostic::error(
            "role/no-profile",
            format!("role `{role}` is bound to `{name}`, and there is no such profile"),
        )
        .help(format!("sealpost cert list; then sealpost role bind {} PROFILE", shell_word(&role)));
        view.at(diagnostic, &["role", &role])
    });
    told.collect()
}

/// A profile is bound to something that never presents it.
pub(super) fn not_presented(view: &View<'_>) -> Vec<Diagnostic> {
    let configuration = view.configuration;
    let told = configuration.roles.bound.keys().filter_map(|role| {
        let (what, help) = match role {
            Role::Ldap if configuration.ldap.is_none() => {
                ("no directory is configured", "sealpost setting set ldap.host=HOST ldap.base=DN".to_owned())
            }
            Role::UrlFilter if configuration.urlfilter.is_none() => {
                ("no URL filtering service is configured", "sealpost setting set urlfilter.host HOST".to_owned())
            }
            Role::Https { interface } if configuration.interface(interface).is_some_and(|one| one.https.is_none()) => (
                "the interface serves no pages",
                format!("sealpost interface set {} --https 443", shell_word(interface)),
            ),
            Role::Listener { name, .. } => {
                let listener = configuration.listener(name).filter(|listener| !listener.offers_tls())?;
                let policy = listener.rest().map_or("POLICY", |(_, policy)| policy.name.as_str());
                (
                    "no mail-flow policy of the listener offers TLS",
                    format!("sealpost listener policy set {} {} --tls preferred", shell_word(name), shell_word(policy)),
                )
            }
            Role::Outbound { domain } if !leaves_over_tls(&configuration.destinations, domain.as_ref()) => {
                let row = domain
                    .as_ref()
                    .map_or_else(|| "default".to_owned(), |domain| format!("set {}", shell_word(domain)));
                ("mail to there leaves in clear text", format!("sealpost destination {row} --tls preferred"))
            }
            _ => return None,
        };
        let role = role.to_string();
        let message = format!("role `{role}` has a certificate that is never presented");
        let diagnostic = Diagnostic::warning("role/not-presented", message).fact(what).help(help);
        Some(view.at(diagnostic, &["role", &role]))
    });
    told.collect()
}

/// Whether mail to `domain`, or without one to anywhere, may travel over TLS.
fn leaves_over_tls(destinations: &Destinations, domain: Option<&String>) -> bool {
    let encrypts = |setting| setting != DeliveryTls::No;
    match domain {
        Some(domain) => encrypts(destinations.controls(domain.parse().ok().as_ref()).tls),
        None => {
            let mut settings = destinations.rows.values().map(|(_, row)| row).chain([&destinations.default]);
            settings.any(|row| row.tls.is_some_and(encrypts))
        }
    }
}

/// A service refuses us without a certificate, and none is bound.
pub(super) fn demanded(view: &View<'_>) -> Vec<Diagnostic> {
    let configuration = view.configuration;
    let ldap = configuration.ldap.iter().map(|ldap| (Role::Ldap, vec!["ldap"], &ldap.server));
    let urlfilter = configuration.urlfilter.iter().map(|service| (Role::UrlFilter, vec!["urlfilter"], service));
    let services = configuration
        .services
        .iter()
        .map(|service| (Role::Service { name: service.name.clone() }, vec!["service", service.name.as_str()], service));
    let demanding = ldap.chain(urlfilter).chain(services);
    let told =
        demanding.filter(|(_, _, service): &(Role, Vec<&str>, &ClientService)| service.client_certificate_required);
    let told =
        told.filter(|(role, ..)| configuration.roles.profiles(role).is_empty()).map(|(role, mut path, service)| {
            path.push("client-certificate-required");
            let diagnostic = Diagnostic::warning(
                "role/demanded",
                format!("`{}` refuses us without a certificate, and no profile is bound to its role", service.host),
            )
            .help(format!("sealpost role bind {} PROFILE", shell_word(&role.to_string())));
            view.at(diagnostic, &path)
        });
    told.collect()
}
