//! A role as somebody names it: one that this gateway has or could have, or what was probably meant.

use crate::model::configuration::{Configuration, DomainKey, nearest};
use crate::model::diagnostic::Diagnostic;
use crate::model::host_name::HostName;
use crate::model::role::Role;

/// The role that `text` names, with its domains as A-labels. The listener, interface or service in it must be configured.
pub fn named(text: &str, configuration: &Configuration) -> Result<Role, Diagnostic> {
    let role: Role = text.parse().map_err(|error: crate::model::role::RoleError| {
        meant(Diagnostic::error("role/unknown", error.to_string()), text, configuration)
    })?;
    let (kind, name, known) = match &role {
        Role::Listener { name, .. } => ("listener", name, listeners(configuration)),
        Role::Https { interface } => ("interface", interface, interfaces(configuration)),
        Role::Service { name } => ("service", name, services(configuration)),
        Role::Outbound { .. } | Role::Ldap | Role::UrlFilter => return normalised(role),
    };
    if known.iter().any(|known| known == name) {
        return normalised(role);
    }
    let wrong = Diagnostic::error(
        "role/not-configured",
        format!("there is no {kind} `{name}`, so that there is no role `{role}`"),
    );
    let wrong = match known.as_slice() {
        [] => wrong.fact(format!("no {kind} is configured")),
        known => wrong.fact(format!("configured: {}", known.join(", "))),
    };
    Err(meant(wrong, text, configuration))
}

fn normalised(role: Role) -> Result<Role, Diagnostic> {
    let unusable = |text: &str, why: String| {
        Diagnostic::error("role/unknown", format!("`{text}` cannot be part of a role: {why}"))
            .help("sealpost role list")
    };
    Ok(match role {
        Role::Listener { name, host: Some(host) } => {
            let parsed: HostName = host
                .parse()
                .map_err(|error: crate::model::host_name::HostNameError| unusable(&host, error.to_string()))?;
            Role::Listener { name, host: Some(parsed.to_string()) }
        }
        Role::Outbound { domain: Some(domain) } => {
            let parsed: DomainKey = domain
                .parse()
                .map_err(|mistake: crate::model::configuration::Mistake| unusable(&domain, mistake.to_string()))?;
            Role::Outbound { domain: Some(parsed.to_string()) }
        }
        other => other,
    })
}

/// Adds the role that is fewest slips away.
fn meant(wrong: Diagnostic, text: &str, configuration: &Configuration) -> Diagnostic {
    let roles: Vec<String> = configuration.every_role().iter().map(ToString::to_string).collect();
    match nearest(text, roles.iter().map(String::as_str)) {
        Some(meant) => wrong.help(format!("did you mean `{meant}`? (`sealpost role list` lists all)")),
        None => wrong.help("sealpost role list"),
    }
}

fn listeners(configuration: &Configuration) -> Vec<String> {
    configuration.listeners.iter().map(|listener| listener.name.clone()).collect()
}

fn interfaces(configuration: &Configuration) -> Vec<String> {
    configuration.interfaces.iter().map(|interface| interface.name.clone()).collect()
}

fn services(configuration: &Configuration) -> Vec<String> {
    configuration.services.iter().map(|service| service.name.clone()).collect()
}
