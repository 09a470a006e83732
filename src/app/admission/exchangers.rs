//! The MX records of the domains that a listener accepts, where somebody may ask for them.

use crate::model::configuration::Dns;
use crate::model::host_name::HostName;
use crate::sys::dns::{BlockingResolver, DnsError, Mx};

/// Asks for mail exchangers. `cli` runs with DNS; tests and `--no-dns` without.
pub trait Exchangers {
    /// Host names of the mail exchangers of `domain` without a trailing dot; a domain without MX records is its own (RFC 5321 section
    /// 5.1). Empty where it accepts no mail (RFC 7505). The error says why nobody knows.
    fn of(&mut self, domain: &HostName) -> Result<Vec<String>, String>;

    /// False where nobody is asked at all, so that there is nothing to tell.
    fn are_asked(&self) -> bool {
        true
    }
}

/// Nobody is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotAsked;

impl Exchangers for NotAsked {
    fn of(&mut self, _: &HostName) -> Result<Vec<String>, String> {
        Err("DNS was not asked".to_owned())
    }

    fn are_asked(&self) -> bool {
        false
    }
}

/// The resolver of a configuration, or nobody.
pub fn exchangers(dns: &Dns, ask: bool) -> Box<dyn Exchangers> {
    match ask {
        true => Box::new(Resolving { dns: dns.clone(), resolver: None, silent: None }),
        false => Box::new(NotAsked),
    }
}

/// Asks DNS. A server that does not answer once is not asked again: every question would wait as long.
struct Resolving {
    dns: Dns,
    resolver: Option<BlockingResolver>,
    silent: Option<String>,
}

impl Resolving {
    fn ask(&mut self, domain: &HostName) -> Result<Vec<String>, DnsError> {
        if self.resolver.is_none() {
            self.resolver = BlockingResolver::new(&self.dns.servers).ok();
        }
        let Some(resolver) = &self.resolver else { return Err(DnsError::BadName(domain.to_string())) };
        match resolver.mx(domain.as_str()) {
            Ok(answer) => Ok(names(answer.records)),
            Err(DnsError::NoData { .. }) => Ok(vec![domain.to_string()]),
            Err(error) => Err(error),
        }
    }
}

impl Exchangers for Resolving {
    fn of(&mut self, domain: &HostName) -> Result<Vec<String>, String> {
        if let Some(why) = &self.silent {
            return Err(why.clone());
        }
        self.ask(domain).map_err(|error| {
            let why = error.to_string();
            if !error.is_absent() {
                self.silent = Some(why.clone());
            }
            why
        })
    }
}

fn names(records: Vec<Mx>) -> Vec<String> {
    records.into_iter().map(|record| record.exchange).filter(|name| !name.is_empty()).collect()
}
