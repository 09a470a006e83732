//! A role as somebody names it: one that this gateway has or could have, or what was probably meant.

use crate::model::configuration::{Configuration, DomainKey, Mistake, nearest};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::host_name::{HostName, HostNameError};
use crate::model::role::{Role, RoleError};

/// The role that `text` names, with its domains as A-labels. The listener, interface or service in it must be configured.
pub fn named(text: &str, configuration: &Configuration) -> Result<Role, Diagnostics> {
    let role: Role = text.parse().map_err(|error: RoleError| {
        Diagnostics::from(meant(Diagnostic::error("role/unknown", error.to_string()), text, configuration))
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
    Err(meant(wrong, text, configuration).into())
}

fn normalised(role: Role) -> Result<Role, Diagnostics> {
    let unusable = |text: &str, why: String| -> Diagnostics {
        let message = format!("`{text}` cannot be part of a role: {why}");
        Diagnostic::error("role/unknown", message).help("sealpost role list").into()
    };
    Ok(match role {
        Role::Listener { name, host: Some(host) } => {
            let parsed: HostName = host.parse().map_err(|error: HostNameError| unusable(&host, error.to_string()))?;
            Role::Listener { name, host: Some(parsed.to_string()) }
        }
        Role::Outbound { domain: Some(domain) } => {
            let parsed: DomainKey =
                domain.parse().map_err(|mistake: Mistake| unusable(&domain, mistake.to_string()))?;
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
