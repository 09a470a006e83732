//! From what an operator asked for to an identity that can be put into a certificate; every mistake is told at once.

use crate::model::certificate::SubjectAltName;
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::host_name::{HostName, HostNameError, HostNameReason};
use crate::model::identity::{Identity, Purposes};
use crate::model::role::Role;
use crate::model::subject::{Attribute, Subject, SubjectError, SubjectFields};
use crate::model::subject_alt_name::{EmailReason, SubjectAltNameError};

/// What a certificate or request shall say, in the operator's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The subject; its common name is the value of `--cn`.
    pub subject: SubjectFields,
    /// The values of `--san`.
    pub names: Vec<String>,
    /// `clientAuth` beside `serverAuth`.
    pub client: bool,
}

/// The role that a certificate is made for, and the host name that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    pub role: Role,
    pub host: HostName,
}

/// Checks a wish. Errors, warnings and notes go to `told`; `None` when there is an error in it then, whoever told it.
pub fn identity(wish: &Wish, purpose: Option<&Purpose>, told: &mut Vec<Diagnostic>) -> Option<Identity> {
    let common_name = wish.subject.common_name.as_deref().and_then(|given| common_name(given, told));
    let mut names = Vec::new();
    names.extend(common_name.clone());
    names.extend(purpose.map(|purpose| SubjectAltName::Dns(purpose.host.to_string())));
    let asked: Vec<SubjectAltName> = wish.names.iter().filter_map(|given| name(given, told)).collect();
    tell_repeats(&asked, told);
    names.extend(asked);
    let names = without_repeats(names);
    tell_other_name(common_name.as_ref(), purpose, told);
    tell_single_labels(&names, told);

    let mut fields = wish.subject.clone();
    fields.common_name = match wish.subject.common_name {
        // The value as given is checked below, too, so that its length is told with everything else.
        Some(ref given) => Some(common_name.map_or_else(|| given.clone(), |name| name.value())),
        None => first_host(&names, told),
    };
    let subject = match Subject::new(&fields) {
        Ok(subject) => Some(subject),
        Err(errors) => {
            told.extend(errors.into_iter().map(subject_error));
            None
        }
    };
    if !names.iter().any(is_host) && !told.iter().any(explains_missing_name) {
        told.push(no_name());
    }
    let is_refused = told.iter().any(is_error);
    let purposes = purposes(wish, purpose);
    subject.filter(|_| !is_refused).map(|subject| Identity { subject, names, purposes })
}

/// What is wrong with a part of a wish before the rest is known: for a dialogue, which asks for one thing after the other.
pub fn objection(part: &Wish) -> Option<Diagnostic> {
    let mut told = Vec::new();
    identity(part, None, &mut told);
    told.into_iter().find(|diagnostic| is_error(diagnostic) && diagnostic.code != "name/missing")
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// A name was given and refused, or would have come from a role or profile that was refused.
fn explains_missing_name(diagnostic: &Diagnostic) -> bool {
    let (family, name) = diagnostic.code.split_once('/').unwrap_or_default();
    let explains =
        matches!((family, name), ("name" | "role", _) | ("subject", "empty") | ("profile", "exists" | "unknown"));
    is_error(diagnostic) && explains
}

/// A common name is a host name or an address: peers compare nothing else with it.
fn common_name(given: &str, told: &mut Vec<Diagnostic>) -> Option<SubjectAltName> {
    if let Ok(address) = given.parse() {
        return Some(SubjectAltName::Ip(address));
    }
    match HostName::parse_pattern(given) {
        Ok(name) => {
            tell_conversion(given, name.differs_from(given), name.as_str(), told);
            Some(SubjectAltName::Dns(name.to_string()))
        }
        // `Subject` tells that it is empty.
        Err(HostNameError { reason: HostNameReason::Empty, .. }) => None,
        Err(error) => {
            let code = host_name_code(&error.reason);
            told.push(correction(
                Diagnostic::error(code, format!("`{given}` {}", error.reason)),
                "--cn",
                given,
                error.suggestion,
            ));
            None
        }
    }
}

fn name(given: &str, told: &mut Vec<Diagnostic>) -> Option<SubjectAltName> {
    match SubjectAltName::parse(given) {
        Ok(name) => {
            tell_conversion(given, name.differs_from(given), &name.to_string(), told);
            Some(name)
        }
        Err(error) => {
            let wrong = Diagnostic::error(name_code(&error), error.to_string());
            told.push(correction(wrong, "--san", given, error.suggestion()));
            None
        }
    }
}

/// Both values as facts, and the flag to write.
fn correction(wrong: Diagnostic, flag: &str, given: &str, suggestion: Option<String>) -> Diagnostic {
    let wrong = wrong.fact(format!("given:    {flag} {given}"));
    match suggestion {
        Some(value) => {
            // An address or mailbox is no host name: it goes among the further names.
            let flag = if value.contains(':') { "--san" } else { flag };
            wrong.fact(format!("probably: {flag} {value}")).help(format!("write {flag} {value}"))
        }
        None => wrong.help(format!("write {flag} with a name such as mx1.example.com")),
    }
}

fn tell_conversion(given: &str, differs: bool, taken: &str, told: &mut Vec<Diagnostic>) {
    if differs {
        told.push(Diagnostic::note("name/converted", format!("`{given}` is written as `{taken}`")));
    }
}

fn tell_repeats(names: &[SubjectAltName], told: &mut Vec<Diagnostic>) {
    for (index, name) in names.iter().enumerate() {
        let earlier = names[..index].iter().filter(|other| *other == name).count();
        if earlier == 1 {
            told.push(Diagnostic::note("name/repeated", format!("`{name}` was asked for twice and is written once")));
        }
    }
}

fn tell_other_name(common_name: Option<&SubjectAltName>, purpose: Option<&Purpose>, told: &mut Vec<Diagnostic>) {
    if let (Some(name), Some(Purpose { role, host })) = (common_name, purpose)
        && name.value() != host.as_str()
    {
        let message = format!("the common name `{}` is not the host name that {role} uses, `{host}`", name.value());
        told.push(
            Diagnostic::warning("name/other-than-role", message)
                .fact(format!("names in the certificate: {}, {host}", name.value()))
                .help(format!("leave out --cn to use {host}")),
        );
    }
}

fn tell_single_labels(names: &[SubjectAltName], told: &mut Vec<Diagnostic>) {
    for name in names {
        if let SubjectAltName::Dns(name) = name
            && !name.contains('.')
        {
            told.push(
                Diagnostic::warning("name/no-domain", format!("`{name}` has no domain: no public authority signs it"))
                    .help(format!("use the full name, such as {name}.example.com")),
            );
        }
    }
}

/// The first host name or address becomes the common name, unless it is too long for one: then the names stand alone.
fn first_host(names: &[SubjectAltName], told: &mut Vec<Diagnostic>) -> Option<String> {
    let first = names.iter().find(|name| is_host(name))?.value();
    if first.len() <= Attribute::CommonName.limit() {
        return Some(first);
    }
    let message = format!("`{first}` is too long for a common name and stands among the names only");
    told.push(Diagnostic::note("subject/no-common-name", message));
    None
}

fn is_host(name: &SubjectAltName) -> bool {
    matches!(name, SubjectAltName::Dns(_) | SubjectAltName::Ip(_))
}

fn no_name() -> Diagnostic {
    Diagnostic::error("name/missing", "no host name was given that peers could compare")
        .help("give --cn mx1.example.com, or --for listener:NAME to take the host name of its interface")
}

fn without_repeats(names: Vec<SubjectAltName>) -> Vec<SubjectAltName> {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// A client role needs `clientAuth`. `serverAuth` always stays: one certificate serves a gateway in both directions.
fn purposes(wish: &Wish, purpose: Option<&Purpose>) -> Purposes {
    let client_role = purpose.is_some_and(|purpose| !purpose.role.is_server());
    Purposes { server: true, client: wish.client || client_role }
}

/// The words for a subject that does not fit.
fn subject_error(error: SubjectError) -> Diagnostic {
    let message = error.to_string();
    match error {
        SubjectError::Empty(attribute) => Diagnostic::error("subject/empty", message)
            .help(format!("leave out {} or give it a value", flag(attribute))),
        SubjectError::TooLong { attribute: Attribute::CommonName, value, .. } => {
            Diagnostic::error("subject/too-long", message)
                .fact(format!("given: {value}"))
                .help(format!("write --san {value} instead of --cn"))
        }
        SubjectError::TooLong { attribute, value, .. } => Diagnostic::error("subject/too-long", message)
            .fact(format!("given: {value}"))
            .help(format!("shorten the value of {}", flag(attribute))),
        SubjectError::Control { attribute, .. } => Diagnostic::error("subject/control-character", message)
            .help(format!("type the value of {} again", flag(attribute))),
        SubjectError::Country { given, suggestion } => {
            let wrong = Diagnostic::error("subject/country", message).fact(format!("given:    --country {given}"));
            match suggestion {
                Some(code) => wrong.fact(format!("probably: --country {code}")).help(format!("write --country {code}")),
                None => wrong.help("write two letters, such as --country DE"),
            }
        }
    }
}

fn flag(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::CommonName => "--cn",
        Attribute::Organization => "--org",
        Attribute::OrganizationalUnit => "--unit",
        Attribute::Locality => "--locality",
        Attribute::State => "--state",
        Attribute::Country => "--country",
    }
}

fn name_code(error: &SubjectAltNameError) -> &'static str {
    match error {
        SubjectAltNameError::Host(error) => host_name_code(&error.reason),
        SubjectAltNameError::Address { .. } => "name/no-address",
        SubjectAltNameError::Email { reason: EmailReason::Domain(error), .. } => host_name_code(&error.reason),
        SubjectAltNameError::Email { .. } => "name/no-email",
        SubjectAltNameError::Kind { .. } => "name/kind",
    }
}

/// The code of an error in a host name, wherever one is given.
pub fn host_name_code(reason: &HostNameReason) -> &'static str {
    match reason {
        HostNameReason::Empty => "name/empty",
        HostNameReason::Url => "name/url",
        HostNameReason::Email => "name/email",
        HostNameReason::Address => "name/address",
        HostNameReason::Port => "name/port",
        HostNameReason::Space => "name/space",
        HostNameReason::Underscore => "name/underscore",
        HostNameReason::Character(_) => "name/character",
        HostNameReason::EmptyLabel => "name/empty-label",
        HostNameReason::Hyphen(_) => "name/hyphen",
        HostNameReason::Idna => "name/idna",
        HostNameReason::LabelTooLong(_) | HostNameReason::TooLong(_) => "name/too-long",
        HostNameReason::Numeric => "name/numeric",
        HostNameReason::WildcardHere | HostNameReason::WildcardPlace | HostNameReason::WildcardTooBroad => {
            "name/wildcard"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(cn: Option<&str>, names: &[&str]) -> Wish {
        Wish {
            subject: SubjectFields { common_name: cn.map(str::to_owned), ..SubjectFields::default() },
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Wish::default()
        }
    }

    fn taken(wish: &Wish, purpose: Option<&Purpose>) -> (Identity, Vec<String>) {
        let mut told = Vec::new();
        let identity = identity(wish, purpose, &mut told);
        (identity.unwrap_or_else(|| panic!("{told:?}")), told.iter().map(|one| one.code.to_string()).collect())
    }

    fn refused(wish: &Wish) -> Vec<String> {
        let mut told = Vec::new();
        assert_eq!(identity(wish, None, &mut told), None);
        told.iter().map(|one| one.code.to_string()).collect()
    }

    fn names(identity: &Identity) -> Vec<String> {
        identity.names.iter().map(ToString::to_string).collect()
    }

    fn purpose(role: &str) -> Purpose {
        Purpose { role: role.parse().unwrap(), host: HostName::parse("mx1.example.com").unwrap() }
    }

    #[test]
    fn the_common_name_is_always_the_first_name() {
        let (identity, told) = taken(&wish(Some("MX1.example.com"), &["mail.example.com", "mx1.example.com"]), None);
        assert_eq!(identity.subject.common_name(), Some("mx1.example.com"));
        assert_eq!(names(&identity), ["DNS:mx1.example.com", "DNS:mail.example.com"]);
        assert!(told.is_empty(), "{told:?}");
    }

    #[test]
    fn without_a_common_name_the_first_host_is_it() {
        let (identity, _) = taken(&wish(None, &["postmaster@example.com", "mx1.example.com"]), None);
        assert_eq!(identity.subject.common_name(), Some("mx1.example.com"));
        let long = format!("{}.example.com", "a".repeat(60));
        let (identity, told) = taken(&wish(None, &[&long]), None);
        assert_eq!((identity.subject.common_name(), told), (None, vec!["subject/no-common-name".to_owned()]));
        assert_eq!(refused(&wish(None, &[])), ["name/missing"]);
        assert_eq!(refused(&wish(None, &["postmaster@example.com"])), ["name/missing"]);
    }

    #[test]
    fn a_role_gives_the_name_and_the_purposes() {
        let (identity, told) = taken(&wish(None, &[]), Some(&purpose("listener:In")));
        assert_eq!(identity.subject.common_name(), Some("mx1.example.com"));
        assert_eq!(identity.purposes, Purposes { server: true, client: false });
        assert!(told.is_empty(), "{told:?}");
        let (identity, told) = taken(&wish(Some("mail.example.com"), &[]), Some(&purpose("outbound")));
        assert_eq!(names(&identity), ["DNS:mail.example.com", "DNS:mx1.example.com"]);
        assert_eq!(identity.purposes, Purposes { server: true, client: true });
        assert_eq!(told, ["name/other-than-role"]);
    }

    #[test]
    fn a_client_is_a_server_too() {
        for client in [false, true] {
            let wish = Wish { client, ..wish(Some("mx1.example.com"), &[]) };
            assert_eq!(taken(&wish, None).0.purposes, Purposes { server: true, client });
        }
    }

    #[test]
    fn every_mistake_is_told_in_one_go() {
        let mut wish = wish(Some("https://mx1.example.com"), &["mail_1.example.com", "IP:x", "a@b_c.example", "URI:x"]);
        wish.subject.country = Some("DEU".into());
        wish.subject.organization = Some("x".repeat(65));
        assert_eq!(
            refused(&wish),
            [
                "name/url",
                "name/underscore",
                "name/no-address",
                "name/underscore",
                "name/kind",
                "subject/country",
                "subject/too-long"
            ]
        );
    }

    #[test]
    fn what_was_changed_or_dropped_is_said() {
        let (identity, told) = taken(&wish(Some("mäil.example.com."), &["b.example", "b.example", "mx1"]), None);
        assert_eq!(names(&identity), ["DNS:xn--mil-qla.example.com", "DNS:b.example", "DNS:mx1"]);
        assert_eq!(told, ["name/converted", "name/repeated", "name/no-domain"]);
    }
}
