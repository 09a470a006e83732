//! The three that must agree before a sender can verify a listener: the MX record of an accepted domain, the names of the
//! certificate, and the host name of the listener's interface.

use crate::model::diagnostic::Severity;
use crate::model::finding::Finding;
use crate::model::host_name::HostName;
use crate::model::place::Place;
use crate::model::role::Role;
use crate::operate::InRole;
use crate::trust::link::Link;
use crate::trust::presented::Presented;
use crate::trust::reference::Reference;

use super::Exchangers;

/// Domains that are asked about: a look at the first tells, and a commit must not wait for a thousand answers.
const ASKED: usize = 20;

/// No MX record of an accepted domain names the interface that its mail is accepted on.
pub const ELSEWHERE: &str = "mail/mx-elsewhere";

/// All three, as far as they are known.
#[derive(Debug, Default)]
pub struct Agreement {
    role: String,
    profile: String,
    /// Host name and name of the interface.
    interface: Option<(String, String)>,
    names: Vec<String>,
    domains: Vec<DomainRecords>,
    /// Somebody was asked for the records.
    asked: bool,
}

#[derive(Debug)]
pub struct DomainRecords {
    pub name: String,
    /// Why nobody knows them, where nobody does.
    pub exchangers: Result<Vec<String>, String>,
    /// One of the exchangers is the interface's host name.
    pub is_here: bool,
    /// The certificate covers one of the exchangers.
    pub is_covered: bool,
}

impl Agreement {
    /// Domains are looked at where the change touches the listener: DNS takes its time.
    pub fn of(seat: &InRole<'_>, exchangers: &mut dyn Exchangers) -> Agreement {
        let Role::Listener { name, host: None } = seat.role else { return Agreement::default() };
        let Some(listener) = seat.configuration.listener(name) else { return Agreement::default() };
        let host = seat.configuration.hostname_for(seat.role).unwrap_or_default();
        let presented = seat.profile.certificate.as_ref().and_then(|own| Link::from_der(own.der().to_vec()).ok());
        let presented = presented.as_ref().map(Presented::of);
        let asked = exchangers.are_asked();
        let domains = listener.domains.iter().filter(|key| !key.below && seat.touched).take(ASKED).map(|key| {
            let found = exchangers.of(&key.domain);
            let list = found.as_deref().unwrap_or_default();
            let covers = |exchanger: &String| {
                let reference = exchanger.parse::<Reference>();
                reference.is_ok_and(|wanted| presented.as_ref().is_some_and(|own| own.matches(&wanted).is_ok()))
            };
            DomainRecords {
                name: key.domain.to_string(),
                is_here: list.iter().any(|exchanger| is_same(exchanger, &host)),
                is_covered: list.iter().any(covers),
                exchangers: found,
            }
        });
        Agreement {
            asked,
            role: seat.role.to_string(),
            profile: seat.profile.name.to_string(),
            domains: domains.collect(),
            names: seat.profile.certificate.iter().flat_map(names).collect(),
            interface: Some((host, listener.interface.clone())),
        }
    }

    /// Exchangers that the certificate should cover: of the domains whose records name neither this interface nor the certificate.
    /// Where a record names this interface, its host name is what counts; the other records are other machines.
    pub fn uncovered(&self) -> Vec<String> {
        let domains = self.domains.iter().filter(|domain| !domain.is_here && !domain.is_covered);
        let mut uncovered: Vec<String> =
            domains.flat_map(|domain| domain.exchangers.iter().flatten().cloned()).collect();
        uncovered.sort_unstable();
        uncovered.dedup();
        uncovered
    }

    /// What no rule of `inspect` can know: the record and the interface do not agree, or nobody answered.
    pub fn elsewhere(&self) -> Vec<Finding> {
        let told = self.domains.iter().filter(|domain| self.asked && !domain.is_here);
        told.map(|domain| {
            let (severity, message) = match &domain.exchangers {
                Ok(list) if list.is_empty() => (
                    Severity::Warning,
                    format!("{} is accepted here, but its null MX record says that it takes no mail", domain.name),
                ),
                Ok(_) => {
                    (Severity::Warning, format!("no MX record of {} names the interface of {}", domain.name, self.role))
                }
                Err(_) => (Severity::Note, format!("the MX records of {} could not be asked for", domain.name)),
            };
            Finding {
                rule: ELSEWHERE,
                severity,
                decides: false,
                message,
                place: Place::file(format!("profile {}", self.profile)),
                certificate: None,
                related: Vec::new(),
                facts: domain.exchangers.as_ref().err().cloned().into_iter().collect(),
                help: None,
                fixable: false,
            }
        })
        .collect()
    }

    /// Puts the three beside a finding that is about their agreement.
    pub fn side_by_side(&self, finding: &mut Finding) {
        let is_about = ["name/hostname-mismatch", "mail/mx-not-covered", ELSEWHERE].contains(&finding.rule);
        if !is_about || finding.severity == Severity::Note {
            return;
        }
        let rows = self.rows();
        let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
        finding.facts = rows.into_iter().map(|(label, value)| format!("{label:width$} {value}")).collect();
        finding.facts.push("senders can verify only where the three agree".to_owned());
    }

    /// What each of the three says, with what it is; nothing for other roles than listeners.
    pub fn rows(&self) -> Vec<(String, String)> {
        let Some((host, interface)) = &self.interface else { return Vec::new() };
        let records = self.domains.iter().map(|domain| {
            let list = match &domain.exchangers {
                Ok(list) if list.is_empty() => "takes no mail".to_owned(),
                Ok(list) => list.join(", "),
                Err(why) => format!("not known: {why}"),
            };
            (format!("MX record of {}:", domain.name), list)
        });
        let own = (format!("certificate of {}:", self.profile), listed(&self.names));
        records.chain([own, (format!("host name of {interface}:"), host.clone())]).collect()
    }

    /// The accepted domains that were looked at.
    pub fn domains(&self) -> &[DomainRecords] {
        &self.domains
    }
}

fn is_same(exchanger: &str, host: &str) -> bool {
    let name = |text: &str| HostName::parse(text.trim_end_matches('.')).ok();
    name(exchanger).is_some_and(|exchanger| name(host) == Some(exchanger))
}

/// The names that count: dNSName entries, else the common name.
pub fn names(certificate: &crate::model::certificate::Certificate) -> Vec<String> {
    let names: Vec<String> = certificate.dns_names().map(str::to_owned).collect();
    match names.is_empty() {
        true => certificate.subject().common_name().map(|name| format!("{name} (CN)")).into_iter().collect(),
        false => names,
    }
}

/// Names shown; a certificate may have thousands.
const SHOWN: usize = 8;

fn listed(names: &[String]) -> String {
    match names {
        [] => "no host name".to_owned(),
        names if names.len() > SHOWN => {
            format!("{} and {} more", names.get(..SHOWN).unwrap_or_default().join(", "), names.len() - SHOWN)
        }
        names => names.join(", "),
    }
}
