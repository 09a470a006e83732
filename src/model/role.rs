//! Roles: the services of a mail gateway that present a certificate.

use std::fmt;
use std::str::FromStr;

/// A service that presents a certificate. Names are kept as given; host names and domains in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The SMTP server of a listener; with a host name, what it shows to who asks for that name (SNI).
    Listener { name: String, host: Option<String> },
    /// Client of all outgoing SMTP; with a domain, of deliveries to that destination.
    Outbound { domain: Option<String> },
    /// The web server of an interface.
    Https { interface: String },
    /// Client of the LDAP directory.
    Ldap,
    /// Client of the URL-filtering service.
    UrlFilter,
    /// Client of another named service.
    Service { name: String },
}

/// The forms of a role, for errors and help.
pub const FORMS: &str =
    "listener:NAME, listener:NAME/HOST, outbound, outbound:DOMAIN, https:INTERFACE, ldap, urlfilter, service:NAME";

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    #[error("`{0}` is no role; roles are {FORMS}")]
    Unknown(String),
    #[error("`{0}` lacks the name after the colon; roles are {FORMS}")]
    NameMissing(String),
    #[error("`{0}` takes no name; roles are {FORMS}")]
    NameUnwanted(&'static str),
}

impl Role {
    /// The service presents the certificate to those who connect to it.
    pub fn is_server(&self) -> bool {
        matches!(self, Role::Listener { .. } | Role::Https { .. })
    }

    /// The role that this one is a part of, and whose profiles it presents when it has none of its own.
    pub fn wider(&self) -> Option<Role> {
        match self {
            Role::Listener { name, host: Some(_) } => Some(Role::Listener { name: name.clone(), host: None }),
            Role::Outbound { domain: Some(_) } => Some(Role::Outbound { domain: None }),
            _ => None,
        }
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Role, RoleError> {
        let (kind, name) = match text.split_once(':') {
            Some((kind, name)) => (kind, Some(name.trim())),
            None => (text, None),
        };
        let needed = || match name {
            Some(name) if !name.is_empty() => Ok(name.to_owned()),
            _ => Err(RoleError::NameMissing(text.to_owned())),
        };
        let unwanted = |kind, role| if name.is_none() { Ok(role) } else { Err(RoleError::NameUnwanted(kind)) };
        match kind.trim().to_ascii_lowercase().as_str() {
            "listener" => listener(&needed()?, text),
            "outbound" if name.is_none() => Ok(Role::Outbound { domain: None }),
            "outbound" => Ok(Role::Outbound { domain: Some(needed()?.to_ascii_lowercase()) }),
            "https" => Ok(Role::Https { interface: needed()? }),
            "ldap" => unwanted("ldap", Role::Ldap),
            "urlfilter" => unwanted("urlfilter", Role::UrlFilter),
            "service" => Ok(Role::Service { name: needed()? }),
            _ => Err(RoleError::Unknown(text.to_owned())),
        }
    }
}

fn listener(name: &str, text: &str) -> Result<Role, RoleError> {
    let (name, host) = match name.split_once('/') {
        Some((name, host)) => (name, Some(host.to_ascii_lowercase())),
        None => (name, None),
    };
    if name.is_empty() || host.as_deref() == Some("") {
        return Err(RoleError::NameMissing(text.to_owned()));
    }
    Ok(Role::Listener { name: name.to_owned(), host })
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::Listener { name, host: None } => write!(f, "listener:{name}"),
            Role::Listener { name, host: Some(host) } => write!(f, "listener:{name}/{host}"),
            Role::Outbound { domain: None } => f.write_str("outbound"),
            Role::Outbound { domain: Some(domain) } => write!(f, "outbound:{domain}"),
            Role::Https { interface } => write!(f, "https:{interface}"),
            Role::Ldap => f.write_str("ldap"),
            Role::UrlFilter => f.write_str("urlfilter"),
            Role::Service { name } => write!(f, "service:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_alike() {
        for text in [
            "listener:IncomingMail",
            "listener:In/mx1.example.com",
            "outbound",
            "outbound:example.org",
            "https:Data 1",
            "ldap",
            "urlfilter",
            "service:sandbox",
        ] {
            assert_eq!(text.parse::<Role>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_role_is_told_the_forms() {
        for text in ["", "smtp", "listener", "listener:", "listener:a/", "listener:/h", "https", "ldap:x", "service: "]
        {
            let error = text.parse::<Role>().unwrap_err().to_string();
            assert!(error.contains(FORMS), "{text}: {error}");
        }
    }
}
